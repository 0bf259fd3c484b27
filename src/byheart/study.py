"""Documents into weights: core documents → facts → lessons → training → test → calibration → in use.

Takes the workshop of an open library, gives the record of a study that has come into use. Everything it makes lies in
`studies/N/`; until the ledger's one row is written, the study before it serves on. A study that was interrupted is
taken up again if it would be planned the same today. It renders no lesson and trains nothing itself.
"""

from __future__ import annotations

import errno
import hashlib
import random
import shutil
import sqlite3
from collections.abc import Callable, Iterator, Mapping, Sequence, Set
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from time import perf_counter

from byheart import calibrate, examine, forgetting, lessons, machine, plan, records, teacher, transcript
from byheart.confidence import Calibration
from byheart.curriculum import FactCurriculum
from byheart.errors import LibraryBusy, TrainingFailed
from byheart.examine import Examiner, Graded, Notes, Sort
from byheart.forgetting import Said
from byheart.ledger import Ledger
from byheart.outcomes import Studying, StudyRecord, TrainingProgress, TrainingResult
from byheart.plan import Forecast, Plan
from byheart.ports import Model, Trainer
from byheart.settings import Settings
from byheart.types import Hit, Learned, Passage, Revision

WEIGHTS = "model.gguf"
RECORD = "record.json"
NOTES = "examined.jsonl"
_PLAN = "plan.json"
_TRAINED = "trained.json"
_HELP = "teacher"

# Questions that nothing answers, asked before and after.
_UNANSWERABLE = 60

# A study is taught upon the one before if this share of that one's facts is wanted and mastered. Each link of a chain
# forgets a little, so its length is bounded (docs/decisions/0010).
_KNOWN = 0.5
_LONGEST_CHAIN = 4

# Testing memory may take this share of the training time, but at least so many seconds.
_RECALLING = 0.5
_SHORTEST_RECALLING = 60.0

# Testing the reader may take this share of the training time, but at least so many seconds: reading is slow.
_READING = 0.15
_SHORTEST_READING = 40.0

# Asking the untaught model may take this share of the training time, but at least so many seconds.
_ASKING = 0.15
_SHORTEST_ASKING = 20.0

# How the system says that a disk, or what a user may take of it, is full.
_FULL = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}

# Seconds after which a model that is being tested is given up.
_PATIENCE = 300.0


@dataclass(frozen=True, slots=True)
class Workshop:
    """What a study needs of a library.

    `folder` is where studies lie. `trainer` teaches the base, or the weights of an earlier study if `can_teach_upon`;
    `base` opens the untaught model, if it can be asked, and its answers are kept in the folder `base_answers`;
    `quoting_reader` reads without one.
    """

    ledger: Ledger
    settings: Settings
    folder: Path
    trainer: Callable[[Path | None], Trainer]
    can_teach_upon: Callable[[], bool]
    model_of: Callable[[Path], Model]
    search: Callable[[str, int], list[Hit]]
    base_answers: Path
    base: Callable[[], Model] | None = None
    quoting_reader: Model | None = None


@dataclass(frozen=True, slots=True)
class Start:
    """What a study is taught upon: the weights of an earlier one, with the facts it mastered; or the base.

    `chain` counts the studies that stand upon each other.
    """

    study: int | None
    weights: Path | None
    mastered: frozenset[str]
    chain: int


def forecast(
    workshop: Workshop,
    *,
    minutes: float,
    also: Set[str],
    unread: Mapping[Revision, tuple[Passage, ...]],
    only: Path | None = None,
) -> Forecast:
    """What a study would teach in so many minutes, were the documents at the locations `also` core too.

    `unread` are documents that it would add first, `only` is a file of facts (`plan.kept`).
    """
    whole = _whole(workshop, plan.planned(workshop.ledger, also=also, unread=unread), only)
    start = _start(workshop, whole)
    tokens_a_minute = 60 * workshop.trainer(start.weights).tokens_a_second()
    whole = replace(whole, known=start.mastered)
    taught = plan.cut(whole, plan.affordable(whole, minutes * tokens_a_minute))
    return Forecast(taught, taught.tokens() / tokens_a_minute)


def study(
    workshop: Workshop,
    *,
    minutes: float,
    watch: Callable[[Studying], None],
    only: Path | None = None,
    help_of: Model | None = None,
) -> StudyRecord:
    """Teaches the core documents of a library, tests and calibrates the result, and brings it into use.

    `only` is a file of facts (`plan.kept`), `help_of` a teacher that is asked about what is taught (`teacher.consult`).
    """
    with _alone(workshop.folder, workshop.ledger.folder), _disk_watched(workshop.folder):
        meter = machine.Meter()
        watch(Studying("finding facts", 0, 1))
        found = plan.planned(workshop.ledger)
        whole = _whole(workshop, found, only)
        start = _start(workshop, whole)
        trainer = workshop.trainer(start.weights)
        number = workshop.ledger.studies.next_number()
        folder = workshop.folder / str(number)
        taught = _cut(workshop, whole, start, trainer, folder, minutes)
        if help_of:
            teacher.consult(
                workshop.folder / _HELP,
                help_of,
                taught.facts,
                taught.passages(),
                timeout=max(workshop.settings.timeout, _PATIENCE),
                watch=_counting(watch, "asking the teacher"),
            )
            taught = _cut(workshop, _whole(workshop, found, only), start, trainer, folder, minutes)
        _prepare(folder, taught, start, workshop.settings)
        unanswerable = lessons.near_misses(taught.facts, random.Random(workshop.settings.seed), _UNANSWERABLE)
        before = _asked_before(workshop, unanswerable, minutes, watch)
        curriculum = FactCurriculum(
            taught.facts,
            taught.passages(),
            seed=workshop.settings.seed,
            known=start.mastered,
            spare=taught.spare,
            replay=forgetting.replay(before),
        )
        trained = _trained(workshop, trainer, curriculum, folder, minutes=minutes, watch=watch)
        model = workshop.model_of(folder / WEIGHTS)
        try:
            record, told = _examined(workshop, taught, curriculum, model, number, trained, watch)
            lost = _lost(workshop, before, model, unanswerable, watch)
        finally:
            model.close()
        details = {**record.details, **lost, "taught upon": start.study, "chain": start.chain}
        details |= {"teacher": teacher.account(teacher.kept(workshop.folder / _HELP, taught.passages()))}
        details |= {"trust": workshop.settings.trust, **transcript.speed(trained)}
        record = replace(record, details={**details, **transcript.energy(meter.spent(), trained)})
        records.write(folder / RECORD, {**record.details, **told})
        workshop.ledger.studies.finish(record, _learned(taught, curriculum), taught.studied)
        return record


def _whole(workshop: Workshop, found: Plan, only: Path | None) -> Plan:
    """All that could be taught, with a teacher's help; of `only` a file's facts where one is given."""
    passages = found.passages()
    given = teacher.kept(workshop.folder / _HELP, passages)
    helped = replace(found, facts=teacher.helped(found.facts, given, passages)) if given else found
    return plan.kept(helped, only) if only else helped


def _cut(workshop: Workshop, whole: Plan, start: Start, trainer: Trainer, folder: Path, minutes: float) -> Plan:
    """What the minutes allow of all that could be taught; what a study that was interrupted in `folder` taught."""
    whole = replace(whole, known=start.mastered)
    most = _begun(folder, whole, start, workshop.settings)
    if most is None:
        most = plan.affordable(whole, minutes * 60 * trainer.tokens_a_second())
    return plan.cut(whole, most)


def _asked_before(
    workshop: Workshop, unanswerable: Sequence[str], minutes: float, watch: Callable[[Studying], None]
) -> dict[str, Said]:
    """What the base says to general and unanswerable questions; nothing where it cannot be asked."""
    base = workshop.base() if workshop.base else None
    if base is None:
        return {}
    with closing(base):
        return forgetting.said_by_base(
            workshop.base_answers,
            base,
            unanswerable,
            seconds=max(_ASKING * 60 * minutes, _SHORTEST_ASKING),
            timeout=max(workshop.settings.timeout, _PATIENCE),
            watch=_counting(watch, "asking the untaught model"),
        )


def _lost(
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


def _start(workshop: Workshop, taught: Plan) -> Start:
    """The study in use, if a new one is well begun with what it holds; else the base."""
    before = workshop.ledger.studies.in_use()
    fresh = Start(None, None, frozenset(), 0)
    if before is None or before.base != workshop.settings.model:
        return fresh
    weights = workshop.folder / str(before.number) / WEIGHTS
    chain = int(before.details.get("chain", 0)) + 1
    wanted = {fact.id for fact in taught.facts}
    mastered = frozenset(
        fact.id for fact, is_mastered, _ in workshop.ledger.studies.facts() if is_mastered and fact.id in wanted
    )
    is_well_begun = len(mastered) >= _KNOWN * before.facts_planned and chain <= _LONGEST_CHAIN
    can_go_on = is_well_begun and weights.is_file() and workshop.can_teach_upon()
    return Start(before.number, weights, mastered, chain) if can_go_on else fresh


def _learned(taught: Plan, curriculum: FactCurriculum) -> list[Learned]:
    mastered = curriculum.mastered()
    return [Learned(fact, fact.id in mastered, lessons.vocabulary(fact)) for fact in taught.facts]


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
        return TrainingResult.from_data(folder / WEIGHTS, kept)

    def show(progress: TrainingProgress) -> None:
        note = f"{progress.mastered} of {progress.facts} facts mastered"
        done = progress.seconds / max(progress.seconds + progress.seconds_left, 1e-9)
        watch(Studying("teaching", done, 1, progress.seconds_left, note))

    watch(Studying("loading the model", 0, 1))
    result = trainer.train(curriculum, folder, minutes=minutes, seed=workshop.settings.seed, watch=show)
    records.write(folder / _TRAINED, {**result.as_data(), "curriculum": curriculum.state()})
    return result


def _examined(
    workshop: Workshop,
    taught: Plan,
    curriculum: FactCurriculum,
    model: Model,
    number: int,
    trained: TrainingResult,
    watch: Callable[[Studying], None],
) -> tuple[StudyRecord, dict[str, object]]:
    """The record of a trained study, with its calibration, and what its file tells beyond it."""
    begun = perf_counter()
    mastered = curriculum.mastered()
    settings = workshop.settings
    record = StudyRecord(
        number,
        settings.model,
        model.name,
        datetime.now(UTC).isoformat(timespec="seconds"),
        True,
        len(taught.facts),
        len(mastered),
        round(trained.seconds / 60, 2),
    )
    with closing(workshop.ledger.rehearsal()) as rehearsal:
        rehearsal.studies.finish(record, _learned(taught, curriculum), taught.studied)
        notes = Notes(workshop.folder / str(number) / NOTES, model.name)
        recalls, calibration = _calibrated(workshop, taught, model, rehearsal, notes, trained.seconds, watch)
    details = _details(taught, trained, recalls, calibration, seconds=perf_counter() - begun)
    return replace(record, details=details), transcript.told(taught, trained, mastered, recalls, calibration)


def _calibrated(
    workshop: Workshop,
    taught: Plan,
    model: Model,
    rehearsal: Ledger,
    notes: Notes,
    trained: float,
    watch: Callable[[Studying], None],
) -> tuple[list[Graded], Calibration]:
    """What a model that was `trained` for so many seconds recalls of what it never saw, and what its word is worth."""
    settings = workshop.settings
    asked = examine.questions(taught.facts, taught.spare, taught.passages(), settings.seed)
    reading = examine.reading_questions(taught.facts, taught.spare, taught.passages(), settings.seed)
    recalling = max(_RECALLING * trained, _SHORTEST_RECALLING)
    to_read = max(_READING * trained, _SHORTEST_READING)
    with ExitStack() as opened:
        base = opened.enter_context(closing(workshop.base())) if workshop.base else None
        examiner = Examiner(
            model,
            _readers(workshop, model, base),
            rehearsal.look_around,
            workshop.search,
            settings.passages,
            settings.answer_tokens,
            # A study that took minutes is not given up because other programs keep the machine busy.
            timeout=max(settings.timeout, _PATIENCE),
            notes=notes,
        )
        recalls = examine.recall_all(asked, examiner, seconds=recalling, watch=_counting(watch, "testing memory"))
        readings = examine.read_all(reading, examiner, seconds=to_read, watch=_counting(watch, "testing reading"))
        watch(Studying("calibrating", 0, 1))
        calibration = calibrate.calibrated(model.name, recalls, readings, trust=settings.trust)
        one_reader = replace(examiner, readers=[one for one in examiner.readers if one.name == calibration.reader])
        to_both = examine.for_both(recalls)
        both = examine.read_all(to_both, one_reader, seconds=to_read, watch=_counting(watch, "testing both sides"))
    return recalls, calibrate.weighed(calibration, recalls, both[calibration.reader], floor=settings.floor)


def _readers(workshop: Workshop, model: Model, base: Model | None) -> list[Model]:
    """Who may read, as the settings say: the taught model, its base, and the one that quotes."""
    quoting = [workshop.quoting_reader] if workshop.quoting_reader else []
    if quoting and workshop.settings.reader == "sentence":
        return quoting
    return [model, *([base] if base else []), *quoting]


def _details(
    taught: Plan, trained: TrainingResult, recalls: Sequence[Graded], calibration: Calibration, *, seconds: float
) -> dict[str, object]:
    sealed = [graded for graded in recalls if graded.question.is_sealed]
    natural = [graded for graded in recalls if graded.question.sort is Sort.NATURAL]
    return {
        "documents": len(taught.studied),
        "facts found": len(taught.facts) + len(taught.spare),
        "dropped": dict(taught.dropped),
        "struck": taught.struck,
        "rounds": trained.rounds,
        "tokens": trained.tokens,
        "training seconds": round(trained.seconds, 1),
        "testing seconds": round(seconds, 1),
        "sealed asked": len(sealed),
        "sealed right": sum(graded.is_right for graded in sealed),
        "natural asked": len(natural),
        "natural right": sum(graded.is_right for graded in natural),
        "calibration": calibration.as_data(),
    }


def _begun(folder: Path, taught: Plan, start: Start, settings: Settings) -> int | None:
    """How many facts a study that was interrupted in `folder` teaches; None if it would be planned otherwise today."""
    kept = records.read(folder / _PLAN)
    if kept is None:
        return None
    most = int(kept["facts"])
    return most if kept == _identity(replace(taught, facts=taught.facts[:most]), start, settings) else None


def _prepare(folder: Path, taught: Plan, start: Start, settings: Settings) -> None:
    """Empties `folder`, unless a study of just this plan was begun there."""
    if _begun(folder, taught, start, settings) == len(taught.facts):
        return
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    records.write(folder / _PLAN, _identity(taught, start, settings))


def _identity(taught: Plan, start: Start, settings: Settings) -> dict[str, object]:
    facts = hashlib.sha256("\n".join(fact.id for fact in taught.facts).encode())
    return {
        "base": settings.model,
        "upon": start.study,
        "seed": settings.seed,
        "facts": len(taught.facts),
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


@contextmanager
def _disk_watched(folder: Path) -> Iterator[None]:
    """A full disk, wherever a study writes, as our error."""
    try:
        yield
    except (OSError, sqlite3.OperationalError) as error:
        if getattr(error, "errno", None) not in _FULL and "disk is full" not in str(error):
            raise
        raise TrainingFailed(
            f"there is no space left to write the study to {folder}; the one before it is in use",
            hint="free some disk space, then run `byheart study` again: it goes on where it stopped",
        ) from error


def _counting(watch: Callable[[Studying], None], stage: str) -> Callable[[int, int], None]:
    begun = perf_counter()

    def show(done: int, total: int) -> None:
        left = (perf_counter() - begun) / done * (total - done) if done else None
        watch(Studying(stage, done, total, left))

    return show
