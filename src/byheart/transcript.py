"""What came of a study, as its record tells it: each fact, each round of training, the gate's answers, the machine.

Takes what training and examination gave; gives plain data. It judges nothing and draws nothing: study_figures.py and
study_page.py do.
"""

from __future__ import annotations

import statistics
from collections.abc import Sequence, Set
from dataclasses import asdict

from byheart import calibrate, costs, machine
from byheart.confidence import Calibration
from byheart.examine import Graded
from byheart.outcomes import TrainingResult
from byheart.plan import Plan
from byheart.settings import processors


def told(
    taught: Plan, trained: TrainingResult, mastered: Set[str], recalls: Sequence[Graded], calibration: Calibration
) -> dict[str, object]:
    """What only the file of a study tells: it is too long for the ledger."""
    return {
        "machine": asdict(machine.described()),
        "history": [asdict(done) for done in trained.history],
        "gate": calibrate.tried(calibration.recall, recalls),
        "sources": [revision.source for revision in taught.studied],
        "facts": _outcome(taught, mastered, recalls),
    }


def speed(trained: TrainingResult) -> dict[str, object]:
    """How fast lessons were taught, their tests left out, and what this machine's matrix products reached beside it."""
    measured = [done.products for done in trained.history if done.products]
    teaching = trained.seconds - sum(done.test_seconds for done in trained.history)
    return {
        "tokens a second": trained.tokens / teaching if trained.tokens and trained.history else None,
        "operations a token": trained.operations,
        "products a second": statistics.median(measured) if measured else None,
        "precision": trained.precision,
    }


def energy(spent: machine.Spent, trained: TrainingResult) -> dict[str, object]:
    """What the machine measured of energy, where one run was the whole study, and what it draws when it is busy."""
    is_whole = spent.seconds >= trained.seconds
    watts = costs.watts(costs.Prices(), processors())
    return {"joules": spent.joules if is_whole else None, "watts": watts, "processors": processors()}


def _outcome(taught: Plan, mastered: Set[str], recalls: Sequence[Graded]) -> list[dict[str, object]]:
    """What became of each fact: mastered or not, and what its sealed form was answered with, where it was asked.

    `source` is the place of its document in the list of them.
    """
    places = {revision.source: place for place, revision in enumerate(taught.studied)}
    sources = taught.sources()
    sealed = {graded.question.fact: graded for graded in recalls if graded.question.is_sealed}
    outcome: list[dict[str, object]] = []
    for fact in taught.facts:
        row: dict[str, object] = {"id": fact.id, "kind": fact.kind.value, "value": fact.value}
        row["source"] = places[sources[fact.passage]]
        row |= {"subject": fact.subject, "attribute": fact.attribute, "mastered": fact.id in mastered}
        if asked := sealed.get(fact.id):
            question = asked.question
            row |= {"sealed": question.text, "wanted": question.value, "said": asked.said, "right": asked.is_right}
        outcome.append(row)
    return outcome
