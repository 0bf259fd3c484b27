"""Documents into weights: core documents → facts → lessons → training → test → calibration → in use.

Takes the workshop of an open library, gives the record of a study that has come into use. Everything it makes lies in
`studies/N/`; until the ledger's one row is written, the study before it serves on. A study that was interrupted is
taken up again if it would be planned the same today. It renders no lesson and trains nothing itself.
"""

from __future__ import annotations

import hashlib
import json
import shutil
import sqlite3
from collections.abc import Callable, Iterator, Mapping, Sequence, Set
from contextlib import closing, contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from time import perf_counter

from byheart import calibrate, facts
from byheart.calibrate import Examiner, Graded
from byheart.confidence import Calibration
from byheart.curriculum import FactCurriculum
from byheart.errors import LibraryBusy, NothingToStudy
from byheart.ledger import Ledger
from byheart.ports import Model, Trainer
from byheart.settings import Settings
from byheart.types import (
    Fact,
    Hit,
    Holding,
    Passage,
    Revision,
    Studying,
    StudyRecord,
    TrainingProgress,
    TrainingResult,
)

WEIGHTS = "model.gguf"
RECORD = "record.json"
_PLAN = "plan.json"
_TRAINED = "trained.json"

# What it takes to master a fact, all renderings and open-book lessons counted (docs/decisions/0006). More facts than
# the minutes allow would leave the worthiest half learned.
_TOKENS_A_FACT = 900

# A model that is taught very few facts gives them in answer to everything.
_FEWEST_FACTS = 16

# Testing the reader may take this share of the training time, but at least so many seconds: reading is slow.
_READING = 0.15
_SHORTEST_READING = 40.0

# Seconds after which a model that is being tested is given up.
_PATIENCE = 300.0


@dataclass(frozen=True, slots=True)
class Workshop:
    """What a study needs of a library: `folder` is where studies lie, `base` opens the untaught model, if any."""

    ledger: Ledger
    settings: Settings
    folder: Path
    trainer: Callable[[], Trainer]
    model_of: Callable[[Path], Model]
    search: Callable[[str, int], list[Hit]]
    base: Callable[[], Model] | None = None


@dataclass(frozen=True, slots=True)
class Plan:
    """What a study teaches: the texts it is from, the facts, worthiest first, and why others were left out.

    `spare` are facts that were found and are not taught: the minutes do not allow them.
    """

    studied: Mapping[Revision, tuple[Passage, ...]]
    facts: tuple[Fact, ...]
    dropped: Mapping[str, int]
    spare: tuple[Fact, ...] = ()

    def passages(self) -> dict[str, Passage]:
        """The passages of the plan, by id."""
        return {passage.id: passage for held in self.studied.values() for passage in held}


def study(workshop: Workshop, *, minutes: float, watch: Callable[[Studying], None]) -> StudyRecord:
    """Teaches the core documents of a library, tests and calibrates the result, and brings it into use."""
    with _alone(workshop.folder, workshop.ledger.folder):
        watch(Studying("finding facts", 0, 1))
        trainer = workshop.trainer()
        whole = planned(workshop.ledger)
        number = workshop.ledger.studies.next_number()
        folder = workshop.folder / str(number)
        most = _begun(folder, whole, workshop.settings)
        if most is None:
            most = max(_FEWEST_FACTS, int(minutes * 60 * trainer.tokens_a_second() / _TOKENS_A_FACT))
        plan = replace(whole, facts=whole.facts[:most], spare=whole.facts[most:])
        _prepare(folder, plan, workshop.settings)
        curriculum = FactCurriculum(plan.facts, plan.passages(), seed=workshop.settings.seed)
        trained = _trained(workshop, trainer, curriculum, folder, minutes=minutes, watch=watch)
        model = workshop.model_of(folder / WEIGHTS)
        try:
            record, mastered = _examined(workshop, plan, curriculum, model, number, trained, watch)
        finally:
            model.close()
        _write(folder / RECORD, {**record.details, "facts": mastered})
        learned = [(fact, fact.id in curriculum.mastered()) for fact in plan.facts]
        workshop.ledger.studies.finish(record, learned, plan.studied)
        return record


def planned(ledger: Ledger) -> Plan:
    """All that a study of the core documents could teach today."""
    core = [source for source in ledger.sources() if source.holding is Holding.CORE and source.revision]
    texts = [source for source in core if not source.is_licence]
    if not texts:
        raise NothingToStudy(
            "no core document to study", hint="byheart study FOLDER makes documents core and studies them"
        )
    studied = {
        source.revision: tuple(placed.passage for placed in ledger.passages(source.location))
        for source in texts
        if source.revision
    }
    found = facts.find(studied.values())
    if not found.facts:
        raise NothingToStudy(
            f"the {len(texts)} core documents hold no fact that can be taught "
            f"({', '.join(f'{count} {reason}' for reason, count in found.dropped.items()) or 'none found'})",
            hint="study documents that state facts: header fields, definitions, tables, signatures, numbers",
        )
    return Plan(studied, found.facts, found.dropped)


def _trained(
    workshop: Workshop,
    trainer: Trainer,
    curriculum: FactCurriculum,
    folder: Path,
    *,
    minutes: float,
    watch: Callable[[Studying], None],
) -> TrainingResult:
    """The result of training in `folder`: found there if it was finished before, else made."""
    done = folder / _TRAINED
    if done.is_file() and (folder / WEIGHTS).is_file():
        kept = json.loads(done.read_text(encoding="utf-8"))
        curriculum.restore(kept["curriculum"])
        return TrainingResult(folder / WEIGHTS, kept["seconds"], kept["tokens"], kept["rounds"])

    def show(progress: TrainingProgress) -> None:
        note = f"{progress.mastered} of {progress.facts} facts mastered"
        done = progress.seconds / max(progress.seconds + progress.seconds_left, 1e-9)
        watch(Studying("teaching", done, 1, progress.seconds_left, note))

    watch(Studying("loading the model", 0, 1))
    result = trainer.train(curriculum, folder, minutes=minutes, seed=workshop.settings.seed, watch=show)
    _write(
        done,
        {
            "seconds": result.seconds,
            "tokens": result.tokens,
            "rounds": result.rounds,
            "curriculum": curriculum.state(),
        },
    )
    return result


def _examined(
    workshop: Workshop,
    plan: Plan,
    curriculum: FactCurriculum,
    model: Model,
    number: int,
    trained: TrainingResult,
    watch: Callable[[Studying], None],
) -> tuple[StudyRecord, list[dict[str, object]]]:
    """The record of a trained study, with its calibration, and what became of each fact."""
    begun = perf_counter()
    mastered = curriculum.mastered()
    settings = workshop.settings
    record = StudyRecord(
        number,
        settings.model,
        model.name,
        datetime.now(UTC).isoformat(timespec="seconds"),
        True,
        len(plan.facts),
        len(mastered),
        round(trained.seconds / 60, 2),
    )
    asked = calibrate.questions(plan.facts, plan.passages(), settings.seed)
    reading = calibrate.reading_questions(plan.facts, plan.spare, plan.passages(), settings.seed)
    base = workshop.base() if workshop.base else None
    try:
        with closing(workshop.ledger.rehearsal()) as rehearsal:
            rehearsal.studies.finish(record, [(fact, fact.id in mastered) for fact in plan.facts], plan.studied)
            examiner = Examiner(
                model,
                base,
                rehearsal.look_around,
                workshop.search,
                settings.passages,
                settings.answer_tokens,
                # A study that took minutes is not given up because other programs keep the machine busy.
                timeout=max(settings.timeout, _PATIENCE),
            )
            recalls = calibrate.recall_all(asked, examiner, watch=_counting(watch, "testing memory", len(asked)))
            readings = calibrate.read_all(
                reading,
                examiner,
                seconds=max(_READING * trained.seconds, _SHORTEST_READING),
                watch=_counting(watch, "testing reading", len(reading)),
            )
    finally:
        if base:
            base.close()
    watch(Studying("calibrating", 0, 1))
    calibration = calibrate.calibrated(model.name, recalls, readings, trust=settings.trust)
    details = _details(plan, trained, recalls, calibration, seconds=perf_counter() - begun)
    outcome = _outcome(plan.facts, mastered, recalls)
    return replace(record, details=details), outcome


def _details(
    plan: Plan, trained: TrainingResult, recalls: Sequence[Graded], calibration: Calibration, *, seconds: float
) -> dict[str, object]:
    sealed = [graded for graded in recalls if graded.question.is_sealed]
    return {
        "documents": len(plan.studied),
        "facts found": len(plan.facts) + len(plan.spare),
        "dropped": dict(plan.dropped),
        "rounds": trained.rounds,
        "tokens": trained.tokens,
        "training seconds": round(trained.seconds, 1),
        "testing seconds": round(seconds, 1),
        "sealed asked": len(sealed),
        "sealed right": sum(graded.is_right for graded in sealed),
        "calibration": calibration.as_data(),
    }


def _outcome(facts: Sequence[Fact], mastered: Set[str], recalls: Sequence[Graded]) -> list[dict[str, object]]:
    """What became of each fact: mastered or not, and what its sealed form was answered with, where it was asked."""
    sealed = {graded.question.fact: graded for graded in recalls if graded.question.is_sealed}
    outcome: list[dict[str, object]] = []
    for fact in facts:
        row: dict[str, object] = {"id": fact.id, "kind": fact.kind.value, "value": fact.value}
        row |= {"subject": fact.subject, "attribute": fact.attribute, "mastered": fact.id in mastered}
        if asked := sealed.get(fact.id):
            row |= {"sealed": asked.question.text, "said": asked.said, "right": asked.is_right}
        outcome.append(row)
    return outcome


def _begun(folder: Path, plan: Plan, settings: Settings) -> int | None:
    """How many facts a study that was interrupted in `folder` teaches; None if it would be planned otherwise today."""
    begun = folder / _PLAN
    if not begun.is_file():
        return None
    kept = json.loads(begun.read_text(encoding="utf-8"))
    most = int(kept["facts"])
    return most if kept == _identity(replace(plan, facts=plan.facts[:most]), settings) else None


def _prepare(folder: Path, plan: Plan, settings: Settings) -> None:
    """Empties `folder`, unless a study of just this plan was begun there."""
    if _begun(folder, plan, settings) == len(plan.facts):
        return
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    _write(folder / _PLAN, _identity(plan, settings))


def _identity(plan: Plan, settings: Settings) -> dict[str, object]:
    facts = hashlib.sha256("\n".join(fact.id for fact in plan.facts).encode())
    return {"base": settings.model, "seed": settings.seed, "facts": len(plan.facts), "digest": facts.hexdigest()}


@contextmanager
def _alone(folder: Path, library: Path) -> Iterator[None]:
    """Holds a lock that dies with this process: two studies of one library would spoil each other."""
    folder.mkdir(parents=True, exist_ok=True)
    with closing(sqlite3.connect(folder / "lock", timeout=0, isolation_level=None)) as lock:
        try:
            lock.execute("BEGIN EXCLUSIVE")
        except sqlite3.OperationalError as error:
            raise LibraryBusy(library) from error
        yield


def _counting(watch: Callable[[Studying], None], stage: str, total: int) -> Callable[[int], None]:
    begun = perf_counter()

    def show(done: int) -> None:
        left = (perf_counter() - begun) / done * (total - done) if done else None
        watch(Studying(stage, done, total, left))

    return show


def _write(path: Path, data: Mapping[str, object]) -> None:
    """Writes JSON to `path`, whole or not at all."""
    partial = path.with_suffix(".partial")
    partial.write_text(json.dumps(data, ensure_ascii=False, indent=1), encoding="utf-8")
    partial.replace(path)
