"""Documents into weights: core documents → facts → lessons → training → test → calibration → in use.

Takes the workshop of an open library, gives the record of a study that has come into use. Everything it makes lies in
`studies/N/`; until the ledger's one row is written, the study before it serves on. A study that was interrupted is
taken up again if it would be planned the same today. It renders no lesson and trains nothing itself.
"""

from __future__ import annotations

import hashlib
import itertools
import random
import shutil
import sqlite3
from collections.abc import Callable, Iterator, Mapping, Sequence, Set
from contextlib import closing, contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from time import perf_counter

from byheart import calibrate, examine, facts, forgetting, lessons, records
from byheart.confidence import Calibration
from byheart.curriculum import FactCurriculum
from byheart.errors import LibraryBusy, NothingToStudy
from byheart.examine import Examiner, Graded, Notes, Sort
from byheart.forgetting import Said
from byheart.ledger import Ledger
from byheart.outcomes import Studying, StudyRecord, TrainingProgress, TrainingResult
from byheart.ports import Model, Trainer
from byheart.settings import Settings
from byheart.types import Fact, Hit, Holding, Learned, Passage, Revision

WEIGHTS = "model.gguf"
RECORD = "record.json"
_PLAN = "plan.json"
_TRAINED = "trained.json"
_BASE = "base.json"
_NOTES = "examined.jsonl"

# What it takes to master a fact, all renderings and open-book lessons counted (docs/decisions/0006). More facts than
# the minutes allow would leave the worthiest half learned.
_TOKENS_A_FACT = 900

# What a fact costs that the weights hold already: it rests, and is tested.
_TOKENS_A_KNOWN_FACT = 100

# Questions that nothing answers, asked before and after.
_UNANSWERABLE = 60

# A study is taught upon the one before if this share of that one's facts is wanted and mastered. Each link of a chain
# forgets a little, so its length is bounded (docs/decisions/0010).
_KNOWN = 0.5
_LONGEST_CHAIN = 4

# A model that is taught very few facts gives them in answer to everything.
_FEWEST_FACTS = 16

# Testing memory may take this share of the training time, but at least so many seconds.
_RECALLING = 0.5
_SHORTEST_RECALLING = 60.0

# Testing the reader may take this share of the training time, but at least so many seconds: reading is slow.
_READING = 0.15
_SHORTEST_READING = 40.0

# Seconds after which a model that is being tested is given up.
_PATIENCE = 300.0


@dataclass(frozen=True, slots=True)
class Workshop:
    """What a study needs of a library.

    `folder` is where studies lie. `trainer` teaches the base, or the weights of an earlier study if `can_teach_upon`;
    `base` opens the untaught model, if it can be asked; `quoting_reader` reads without one.
    """

    ledger: Ledger
    settings: Settings
    folder: Path
    trainer: Callable[[Path | None], Trainer]
    can_teach_upon: Callable[[], bool]
    model_of: Callable[[Path], Model]
    search: Callable[[str, int], list[Hit]]
    base: Callable[[], Model] | None = None
    quoting_reader: Model | None = None


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


@dataclass(frozen=True, slots=True)
class Start:
    """What a study is taught upon: the weights of an earlier one, with the facts it mastered; or the base.

    `chain` counts the studies that stand upon each other.
    """

    study: int | None
    weights: Path | None
    mastered: frozenset[str]
    chain: int


def study(workshop: Workshop, *, minutes: float, watch: Callable[[Studying], None]) -> StudyRecord:
    """Teaches the core documents of a library, tests and calibrates the result, and brings it into use."""
    with _alone(workshop.folder, workshop.ledger.folder):
        watch(Studying("finding facts", 0, 1))
        whole = planned(workshop.ledger)
        start = _start(workshop, whole)
        trainer = workshop.trainer(start.weights)
        number = workshop.ledger.studies.next_number()
        folder = workshop.folder / str(number)
        most = _begun(folder, whole, start, workshop.settings)
        if most is None:
            most = _affordable(whole.facts, start, minutes * 60 * trainer.tokens_a_second())
        plan = replace(whole, facts=whole.facts[:most], spare=whole.facts[most:])
        _prepare(folder, plan, start, workshop.settings)
        unanswerable = lessons.near_misses(plan.facts, random.Random(workshop.settings.seed), _UNANSWERABLE)
        before = _asked_before(workshop, unanswerable, watch)
        curriculum = FactCurriculum(
            plan.facts,
            plan.passages(),
            seed=workshop.settings.seed,
            known=start.mastered,
            spare=plan.spare,
            replay=forgetting.replay(before) if before else (),
        )
        trained = _trained(workshop, trainer, curriculum, folder, minutes=minutes, watch=watch)
        model = workshop.model_of(folder / WEIGHTS)
        try:
            record, mastered = _examined(workshop, plan, curriculum, model, number, trained, watch)
            costs = _costs(workshop, before, model, unanswerable, watch)
        finally:
            model.close()
        details = {**record.details, **costs, "taught upon": start.study, "chain": start.chain}
        record = replace(record, details=details)
        records.write(folder / RECORD, {**record.details, "facts": mastered})
        workshop.ledger.studies.finish(record, _learned(plan, curriculum), plan.studied)
        return record


def _asked_before(
    workshop: Workshop, unanswerable: Sequence[str], watch: Callable[[Studying], None]
) -> dict[str, Said]:
    """What the base says to general and unanswerable questions; nothing where it cannot be asked."""
    base = workshop.base() if workshop.base else None
    if base is None:
        return {}
    with closing(base):
        return forgetting.said_by_base(
            workshop.folder / _BASE,
            base,
            unanswerable,
            timeout=max(workshop.settings.timeout, _PATIENCE),
            watch=_counting(watch, "asking the untaught model"),
        )


def _costs(
    workshop: Workshop,
    before: Mapping[str, Said],
    model: Model,
    unanswerable: Sequence[str],
    watch: Callable[[Studying], None],
) -> dict[str, float]:
    """What the study cost the model of what it could do before."""
    if not before:
        return {}
    return forgetting.compared(
        before,
        model,
        unanswerable,
        timeout=max(workshop.settings.timeout, _PATIENCE),
        watch=_counting(watch, "asking what it knew before"),
    )


def _start(workshop: Workshop, plan: Plan) -> Start:
    """The study in use, if a new one is well begun with what it holds; else the base."""
    before = workshop.ledger.studies.in_use()
    fresh = Start(None, None, frozenset(), 0)
    if before is None or before.base != workshop.settings.model:
        return fresh
    weights = workshop.folder / str(before.number) / WEIGHTS
    chain = int(before.details.get("chain", 0)) + 1
    wanted = {fact.id for fact in plan.facts}
    mastered = frozenset(
        fact.id for fact, is_mastered, _ in workshop.ledger.studies.facts() if is_mastered and fact.id in wanted
    )
    is_well_begun = len(mastered) >= _KNOWN * before.facts_planned and chain <= _LONGEST_CHAIN
    can_go_on = is_well_begun and weights.is_file() and workshop.can_teach_upon()
    return Start(before.number, weights, mastered, chain) if can_go_on else fresh


def _affordable(facts: Sequence[Fact], start: Start, tokens: float) -> int:
    """How many of `facts`, worthiest first, can be mastered with so many tokens of lessons."""
    costs = (_TOKENS_A_KNOWN_FACT if fact.id in start.mastered else _TOKENS_A_FACT for fact in facts)
    return max(_FEWEST_FACTS, sum(spent <= tokens for spent in itertools.accumulate(costs)))


def _learned(plan: Plan, curriculum: FactCurriculum) -> list[Learned]:
    mastered = curriculum.mastered()
    return [Learned(fact, fact.id in mastered, lessons.vocabulary(fact)) for fact in plan.facts]


def planned(ledger: Ledger) -> Plan:
    """All that a study of the core documents could teach today."""
    core = [source for source in ledger.sources() if source.holding is Holding.CORE and source.revision]
    # Of a work that is held in several texts the newest is taught: two of them would contradict each other.
    texts = [source for source in core if not source.is_licence and not source.is_superseded]
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
    kept = records.read(folder / _TRAINED)
    if kept and (folder / WEIGHTS).is_file():
        curriculum.restore(kept["curriculum"])
        return TrainingResult(folder / WEIGHTS, kept["seconds"], kept["tokens"], kept["rounds"])

    def show(progress: TrainingProgress) -> None:
        note = f"{progress.mastered} of {progress.facts} facts mastered"
        done = progress.seconds / max(progress.seconds + progress.seconds_left, 1e-9)
        watch(Studying("teaching", done, 1, progress.seconds_left, note))

    watch(Studying("loading the model", 0, 1))
    result = trainer.train(curriculum, folder, minutes=minutes, seed=workshop.settings.seed, watch=show)
    records.write(
        folder / _TRAINED,
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
    asked = examine.questions(plan.facts, plan.spare, plan.passages(), settings.seed)
    reading = examine.reading_questions(plan.facts, plan.spare, plan.passages(), settings.seed)
    base = workshop.base() if workshop.base else None
    try:
        with closing(workshop.ledger.rehearsal()) as rehearsal:
            rehearsal.studies.finish(record, _learned(plan, curriculum), plan.studied)
            examiner = Examiner(
                model,
                _readers(workshop, model, base),
                rehearsal.look_around,
                workshop.search,
                settings.passages,
                settings.answer_tokens,
                # A study that took minutes is not given up because other programs keep the machine busy.
                timeout=max(settings.timeout, _PATIENCE),
                notes=Notes(workshop.folder / str(number) / _NOTES, model.name),
            )
            recalls = examine.recall_all(
                asked,
                examiner,
                seconds=max(_RECALLING * trained.seconds, _SHORTEST_RECALLING),
                watch=_counting(watch, "testing memory"),
            )
            readings = examine.read_all(
                reading,
                examiner,
                seconds=max(_READING * trained.seconds, _SHORTEST_READING),
                watch=_counting(watch, "testing reading"),
            )
    finally:
        if base:
            base.close()
    watch(Studying("calibrating", 0, 1))
    calibration = calibrate.calibrated(model.name, recalls, readings, trust=settings.trust)
    details = _details(plan, trained, recalls, calibration, seconds=perf_counter() - begun)
    outcome = _outcome(plan.facts, mastered, recalls)
    return replace(record, details=details), outcome


def _readers(workshop: Workshop, model: Model, base: Model | None) -> list[Model]:
    """Who may read, as the settings say: the taught model, its base, and the one that quotes."""
    quoting = [workshop.quoting_reader] if workshop.quoting_reader else []
    if quoting and workshop.settings.reader == "sentence":
        return quoting
    return [model, *([base] if base else []), *quoting]


def _details(
    plan: Plan, trained: TrainingResult, recalls: Sequence[Graded], calibration: Calibration, *, seconds: float
) -> dict[str, object]:
    sealed = [graded for graded in recalls if graded.question.sort is Sort.SEALED]
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
    sealed = {graded.question.fact: graded for graded in recalls if graded.question.sort is Sort.SEALED}
    outcome: list[dict[str, object]] = []
    for fact in facts:
        row: dict[str, object] = {"id": fact.id, "kind": fact.kind.value, "value": fact.value}
        row |= {"subject": fact.subject, "attribute": fact.attribute, "mastered": fact.id in mastered}
        if asked := sealed.get(fact.id):
            row |= {"sealed": asked.question.text, "said": asked.said, "right": asked.is_right}
        outcome.append(row)
    return outcome


def _begun(folder: Path, plan: Plan, start: Start, settings: Settings) -> int | None:
    """How many facts a study that was interrupted in `folder` teaches; None if it would be planned otherwise today."""
    kept = records.read(folder / _PLAN)
    if kept is None:
        return None
    most = int(kept["facts"])
    return most if kept == _identity(replace(plan, facts=plan.facts[:most]), start, settings) else None


def _prepare(folder: Path, plan: Plan, start: Start, settings: Settings) -> None:
    """Empties `folder`, unless a study of just this plan was begun there."""
    if _begun(folder, plan, start, settings) == len(plan.facts):
        return
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    records.write(folder / _PLAN, _identity(plan, start, settings))


def _identity(plan: Plan, start: Start, settings: Settings) -> dict[str, object]:
    facts = hashlib.sha256("\n".join(fact.id for fact in plan.facts).encode())
    return {
        "base": settings.model,
        "upon": start.study,
        "seed": settings.seed,
        "facts": len(plan.facts),
        "digest": facts.hexdigest(),
    }


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


def _counting(watch: Callable[[Studying], None], stage: str) -> Callable[[int, int], None]:
    begun = perf_counter()

    def show(done: int, total: int) -> None:
        left = (perf_counter() - begun) / done * (total - done) if done else None
        watch(Studying(stage, done, total, left))

    return show
