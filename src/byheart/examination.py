"""A taught model examined and calibrated: after its training, and again with the questions of its user.

Takes the workshop of an open library; gives what was asked and what the model's word is worth. The examination is
bounded in time; its notes are kept, so that one that was killed goes on, and a later calibration need not ask again.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import ExitStack, closing
from dataclasses import replace
from pathlib import Path

from byheart import calibrate, examine, records
from byheart.cases import Case
from byheart.confidence import EXTRACTIVE, Calibration
from byheart.errors import NothingStudied, UsageError
from byheart.examine import MEMORY, Examiner, Graded, Notes, Part
from byheart.ledger import Ledger
from byheart.outcomes import Studying, StudyRecord
from byheart.plan import Plan
from byheart.ports import Model
from byheart.workshop import NOTES, PATIENCE, RECORD, WEIGHTS, Workshop, alone, counting

# Testing memory may take this share of the training time, but at least so many seconds.
_RECALLING = 0.5
_SHORTEST_RECALLING = 60.0

# Testing the reader may take this share of the training time, but at least so many seconds: reading is slow.
_READING = 0.15
_SHORTEST_READING = 40.0

_NO_END = float("inf")


def examined(
    workshop: Workshop,
    taught: Plan,
    model: Model,
    rehearsal: Ledger,
    *,
    folder: Path,
    trained: float,
    watch: Callable[[Studying], None],
) -> tuple[list[Graded], Calibration]:
    """What a model that was `trained` for so many seconds recalls of what it never saw, and what its word is worth."""
    settings, notes = workshop.settings, Notes(folder / NOTES, model.name)
    asked = examine.questions(taught.facts, taught.spare, taught.passages(), settings.seed)
    reading = examine.reading_questions(taught.facts, taught.spare, taught.passages(), settings.seed)
    recalling = max(_RECALLING * trained, _SHORTEST_RECALLING)
    to_read = max(_READING * trained, _SHORTEST_READING)
    with ExitStack() as opened:
        base = opened.enter_context(closing(workshop.base())) if workshop.base else None
        examiner = _examiner(workshop, model, _readers(workshop, model, base), rehearsal, notes)
        recalls = examine.recall_all(asked, examiner, seconds=recalling, watch=counting(watch, "testing memory"))
        readings = examine.read_all(reading, examiner, seconds=to_read, watch=counting(watch, "testing reading"))
        watch(Studying("calibrating", 0, 1))
        calibration = calibrate.calibrated(model.name, recalls, readings, trust=settings.trust)
        one_reader = replace(examiner, readers=[one for one in examiner.readers if one.name == calibration.reader])
        to_both = examine.for_both(recalls)
        both = examine.read_all(to_both, one_reader, seconds=to_read, watch=counting(watch, "testing both sides"))
    return recalls, calibrate.weighed(calibration, recalls, both[calibration.reader], floor=settings.floor)


def recalibrated(
    workshop: Workshop, cases: Sequence[Case], *, watch: Callable[[Studying], None] = lambda studying: None
) -> StudyRecord:
    """The study in use with a calibration that its user's own questions were asked for too; it is in force at once.

    NothingStudied where there is none, UsageError where the notes of its examination are not there.
    """
    with alone(workshop.folder, workshop.ledger.folder), ExitStack() as opened:
        record = workshop.ledger.studies.in_use()
        if record is None:
            raise NothingStudied(workshop.ledger.folder)
        folder, floor = workshop.folder / str(record.number), workshop.settings.floor
        model = opened.enter_context(closing(workshop.model_of(folder / WEIGHTS)))
        if not examine.noted_recalls(folder / NOTES, model.name):
            raise UsageError(
                f"the examination of study {record.number} is not kept in a form that can be gone on with",
                hint="byheart study makes a new one",
            )
        notes = Notes(folder / NOTES, model.name)
        reader = str(record.details["calibration"]["reader"])
        is_base = workshop.base is not None and reader not in (model.name, EXTRACTIVE)
        base = opened.enter_context(closing(workshop.base())) if workshop.base and is_base else None
        one_reader = [one for one in _readers(workshop, model, base) if one.name == reader]
        examiner = _examiner(workshop, model, one_reader, workshop.ledger, notes)
        asked = examine.own_questions(cases)
        examine.recall_all(asked, examiner, seconds=_NO_END, watch=counting(watch, "asking your questions"))
        examine.read_all(asked, examiner, seconds=_NO_END, watch=counting(watch, "looking them up"))
        recalls, readings = notes.answers(MEMORY), notes.answers(reader)
        fit = {reader: [one for one in readings if one.question.part is Part.FIT]}
        calibration = calibrate.calibrated(model.name, recalls, fit, trust=workshop.settings.trust)
        calibration = calibrate.weighed(calibration, recalls, readings, floor=floor)
        record = replace(record, details={**record.details, "calibration": calibration.as_data()})
        workshop.ledger.studies.amend(record)
        told = {**(records.read(folder / RECORD) or {}), "gate": calibrate.tried(calibration.recall, recalls)}
        records.write(folder / RECORD, {**told, **record.details})
        return workshop.ledger.studies.one(record.number)


def _examiner(workshop: Workshop, model: Model, readers: Sequence[Model], ledger: Ledger, notes: Notes) -> Examiner:
    settings = workshop.settings
    return Examiner(
        model,
        readers,
        ledger.look_around,
        workshop.search,
        settings.passages,
        settings.answer_tokens,
        timeout=max(settings.timeout, PATIENCE),
        notes=notes,
    )


def _readers(workshop: Workshop, model: Model, base: Model | None) -> list[Model]:
    """Who may read, as the settings say: the taught model, its base, and the one that quotes."""
    quoting = [workshop.quoting_reader] if workshop.quoting_reader else []
    if quoting and workshop.settings.reader == "sentence":
        return quoting
    return [model, *([base] if base else []), *quoting]
