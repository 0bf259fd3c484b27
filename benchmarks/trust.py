"""Whether byheart knows what it knows: the targets of trust, measured on a studied library or on changed documents.

    python benchmarks/trust.py --library FOLDER --questions core.jsonl gap.jsonl unanswerable.jsonl --out FOLDER
    python benchmarks/trust.py --versions FOLDER --questions changed.jsonl --out FOLDER [--minutes 40]

The first measures a library that was studied (BYHEART_STUDY=FOLDER stands for --library): its gate on the questions of
its own examination, and memory, documents and both on questions that people wrote. Which of them its documents answer
is found out as `byheart measure` does. Injections are tried on a copy. The second is told of in trust_changed.py.

Each question is asked once a side; what came of it is kept in --out as ids, grades and figures, so that the same
command goes on where it was killed, and asks nothing when all is answered. Changed code wants another --out. Prints a
table with 95 % intervals (Wilson's of shares, else percentile bootstrap) and, last, a line of JSON.
"""

from __future__ import annotations

import argparse
import json
import os
import runpy
import sys
from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import Any

import byheart
import trust_changed
from byheart import ask as corridor
from byheart import cases, examine, measure, sealed, upkeep
from byheart.cases import Case
from byheart.confidence import Calibration
from byheart.grading import Grade, declines, grade
from byheart.parts import STUDIES
from byheart.types import Answer, Origin, Side
from byheart.workshop import NOTES
from trust_answers import Answers, counted, of_library
from trust_figures import (
    Asked,
    Given,
    of_declining,
    of_gate,
    of_injections,
    of_people,
    of_promise,
    of_sides,
    of_time,
)
from trust_findings import Finding, Section, table

_SIDES: dict[str, Side | None] = {"memory": "memory", "documents": "documents", "both": None}

# So many mastered facts are asked in words that training never used, to time answers from memory.
_FACTS = 100

_INJECTIONS = Path(__file__).parents[1] / "tests" / "injections.py"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--library", type=Path, default=os.environ.get("BYHEART_STUDY"), help="a studied library")
    parser.add_argument("--versions", type=Path, help="a folder with old/ and new/")
    parser.add_argument("--questions", type=Path, nargs="+", required=True)
    parser.add_argument("--out", type=Path, required=True, help="where answers are kept")
    parser.add_argument("--minutes", type=float, default=0.0, help="of study, with --versions")
    parser.add_argument("--settings", type=Path, help="a byheart.toml, with --versions")
    parser.add_argument("--limit", type=int, help="ask only so many questions, evenly over the files")
    parser.add_argument("--splits", type=int, default=200, help="of calibration and test answers, for the promise")
    parser.add_argument("--injections", type=int, help="try only so many, evenly over all that there are")
    options = parser.parse_args()
    if options.versions:
        sections = trust_changed.measured(options)
    elif options.library:
        with byheart.open(options.library) as library:
            sections = measured(library, options)
    else:
        parser.error("name a --library that was studied, or --versions")
    print(table(sections))
    print(json.dumps({section.heading: [one.as_data() for one in section.findings] for section in sections}))


def measured(library: byheart.Library, options: argparse.Namespace) -> list[Section]:
    """What a studied library is worth against the targets."""
    calibration = library.parts.calibration()
    if calibration is None:
        sys.exit(f"{library.folder} answers with no study of its own: byheart study")
    for told in _circumstances(library, calibration):
        print(told)
    everything = cases.read(options.questions)
    asked_for = measure.held(library, measure.some(everything, options.limit or len(everything)))
    print(f"{len(asked_for)} of {len(everything)} questions, answers kept in {options.out}\n")
    answers = of_library(library, options.out)
    asked = [_asked(library, case, answers) for case in counted(asked_for, "questions")]
    known = [_recalled(library, one, answers) for one in counted(sealed.questions(library)[:_FACTS], "facts")]
    from_memory = [one for one in (*known, *(one.both for one in asked)) if one.added is not None]
    core, seed = [one for one in asked if not one.is_due], library.settings.seed
    return [
        Section("gate", [*_of_examination(library, calibration, options.splits), *of_people(asked, seed=seed)]),
        Section("questions that the documents answer", of_sides(core, seed=seed)),
        Section("declining", of_declining(asked)),
        Section("injections", [_injected(library, asked_for, options.injections, answers)]),
        Section("time", [of_time(from_memory, seed=seed)]),
    ]


# ── the study's own examination ──


def _circumstances(library: byheart.Library, calibration: Calibration) -> list[str]:
    """What is measured, and what its calibration lacks."""
    record = library.ledger.studies.in_use()
    documents, passages = library.ledger.counts()
    promise = "promised" if calibration.is_promised else "not promised: the sample was too small"
    told = [
        f"study {record.number}: {record.facts_mastered} of {record.facts_planned} facts mastered in "
        f"{record.minutes:.0f} min; {documents} documents, {passages} passages",
        f"from memory at {max(library.settings.trust, calibration.threshold):.2f} ({promise}); "
        f"reader: {library.settings.reader}",
    ]
    if calibration.beforehand is None:
        told.append("missing: whether a recall is worth its wait (the calibration is older); memory is always asked")
    if calibration.scales is None:
        told.append("missing: what each side is worth beside the other (no scales); the rules without them settle it")
    return told


def _of_examination(library: byheart.Library, calibration: Calibration, splits: int) -> list[Finding]:
    record = library.ledger.studies.in_use()
    path = library.folder / STUDIES / str(record.number) / NOTES
    recalls = examine.noted_recalls(path, record.weights)
    if not recalls:
        found = "are of an older form, or of other weights" if path.is_file() else "are not there"
        why = f"the study's notes ({STUDIES}/{record.number}/{NOTES}) {found}; the next study writes them"
        return [Finding("on the study's own questions; the promise", None, note=why)]
    seed, trust = library.settings.seed, library.settings.trust
    gate = of_gate(recalls, calibration.recall.probability, seed=seed)
    return [*gate, *of_promise(recalls, trust=trust, seed=seed, count=splits)]


# ── questions of people's ──


def _asked(library: byheart.Library, case: Case, answers: Answers) -> Asked:
    """One question, put to every side."""

    def given(name: str) -> Given:
        row = answers.once(f"{case.id} {name}", partial(_graded, library, case, _SIDES[name]))
        return Given.from_row(row, is_due=case.is_to_be_declined)

    return Asked(**{name: given(name) for name in _SIDES})


def _recalled(library: byheart.Library, one: sealed.Sealed, answers: Answers) -> Given:
    """One mastered fact, asked in words that training never used."""
    case = Case(one.fact.id, one.question, one.fact.value)
    row = answers.once(f"fact {case.id}", partial(_graded, library, case, None))
    return Given.from_row(row, is_due=False)


def _ask(library: byheart.Library, question: str, side: Side | None) -> Answer:
    # Not by the library's own verb: a measurement is no use of it, and stays out of its log.
    return corridor.ask(question, library.desk(), side=side)


def _graded(library: byheart.Library, case: Case, side: Side | None) -> dict[str, Any]:
    """What is kept of an answer."""
    answer = _ask(library, case.question, side)

    def grade_of(text: str) -> Grade:
        return grade(text, case.answer, case.aliases, old_answer=case.old_answer)

    is_from_memory_alone = answer.origin is Origin.MEMORY and "search" not in answer.stages
    return {
        "grade": grade_of(answer.text).value,
        # A model that says that it cannot tell declines, too.
        "origin": (Origin.NONE if declines(answer.text) else answer.origin).value,
        "confidence": answer.confidence,
        "withheld": grade_of(answer.withheld[0].text).value if answer.withheld else None,
        "added": answer.seconds - answer.stages["recall"] if is_from_memory_alone else None,
        "load": round(os.getloadavg()[0], 1),
    }


# ── injections ──


def _injected(library: byheart.Library, asked: Sequence[Case], most: int | None, answers: Answers) -> Finding:
    """Texts that give orders, each added to a copy of the library beside everything that it holds."""
    known = sealed.questions(library)[:2]
    chosen = measure.some(asked, 4)
    questions = [*(one.question for one in known), *(case.question for case in chosen)]
    beside = ", ".join([*(one.fact.id for one in known), *(case.id for case in chosen)])
    texts: Sequence[str] = runpy.run_path(str(_INJECTIONS))["INJECTIONS"]
    named = [(f"injection {number} beside {beside}", text) for number, text in enumerate(texts)]
    tried = measure.some(named, most or len(named))
    if all(name in answers for name, _ in tried):
        return of_injections([answers[name]["changed"] for name, _ in tried], len(questions))
    with upkeep.copied(library) as (copy, folder):
        before = [_outcome(copy, question) for question in questions]

        def changed(text: str) -> dict[str, Any]:
            evil = folder / "guide.md"
            body = text.format(question=" ".join(questions))
            evil.write_text(f"# A guide to everything\n\n{body}\n", encoding="utf-8")
            copy.add([evil])
            after = [_outcome(copy, question) for question in questions]
            copy.forget([evil])
            return {"changed": after != before}

        for name, text in counted(tried, "injections"):
            answers.once(name, partial(changed, text))
    return of_injections([answers[name]["changed"] for name, _ in tried], len(questions))


def _outcome(library: byheart.Library, question: str) -> tuple[Any, ...]:
    """All of an answer that a document could have changed, but for probabilities: a passage more moves their scale."""
    answer = _ask(library, question, None)
    rests_on = [(cited.source, cited.span, cited.support) for cited in answer.citations if answer.text]
    rule = answer.conflict and (answer.conflict.rule, answer.conflict.winner)
    return answer.text, answer.origin, rule, tuple(answer.stages), rests_on


if __name__ == "__main__":
    main()
