"""A study out into the world: its weights written for other programs, loaded again, and asked what it was taught.

Takes the press of an open library, gives a folder that answers as the study does, or an error and no folder: while it
is made and asked it lies under another name, and what answers otherwise is thrown away. It writes no format itself.
"""

from __future__ import annotations

import random
import re
import shutil
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from byheart import leaflet, lessons, prompts
from byheart.agreement import answers_differ
from byheart.errors import ExportFailed, LibraryDamaged, NothingStudied, UsageError
from byheart.ledger import Ledger
from byheart.outcomes import Base, Exported, Exporting, Form, Precision, StudyRecord
from byheart.ports import Exporter, Model
from byheart.settings import Settings

README = "README.md"

# The share of mastered questions that an export must answer as the study does, and how many are asked.
AGREEMENT = 0.98
QUESTIONS = 200

# Seconds after which a model that is being asked is given up.
_PATIENCE = 300.0


@dataclass(frozen=True, slots=True)
class Press:
    """What an export needs of a library: `exporter` gives what writes a form, `base` what is known of a base model."""

    ledger: Ledger
    settings: Settings
    weights: Callable[[StudyRecord], Path]
    model_of: Callable[[Path], Model]
    exporter: Callable[[Form, Precision, StudyRecord], Exporter]
    base: Callable[[str], Base]


@dataclass(frozen=True, slots=True)
class Trial:
    """A mastered question, and what the study and its export say to it."""

    question: str
    said: str
    again: str

    @property
    def is_agreed(self) -> bool:
        return not answers_differ(self.said, self.again)


def export(
    press: Press, folder: Path, *, form: Form, precision: Precision | None, watch: Callable[[Exporting], None]
) -> Exported:
    """Writes the study in use to `folder`, which is new or empty; `precision` None is the best that the form has."""
    record = press.ledger.studies.in_use()
    if record is None:
        raise NothingStudied(press.ledger.folder)
    _check_free(folder)
    chosen = _chosen(form, precision)
    questions = _questions(press, record)
    exporter = press.exporter(form, chosen, record)
    with _made_whole(folder) as made:
        served = _served(press, record)
        said = _answers(served, questions, press.settings, _counting(watch, "asking the study", questions))
        watch(Exporting("writing the weights", 0, 0))
        with _disk_watched(folder):
            weights = exporter.write(press.weights(record), made, name=_name(press, record))
        watch(Exporting("loading the export", 0, 0))
        opened = exporter.open(made)
        again = _answers(opened, questions, press.settings, _counting(watch, "asking the export", questions))
        trials = [Trial(*row) for row in zip(questions, said, again, strict=True)]
        check(trials)
        exported = Exported(
            str(folder),
            form,
            chosen,
            record.number,
            sum(path.stat().st_size for path in made.rglob("*") if path.is_file()),
            asked=len(trials),
            agreed=sum(trial.is_agreed for trial in trials),
            identical=sum(trial.said == trial.again for trial in trials),
        )
        with _disk_watched(folder):
            (made / README).write_text(_readme(press, record, exported, weights.name, questions[0]), encoding="utf-8")
    return exported


def _check_free(folder: Path) -> None:
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise UsageError(
            f"{folder} is {'not empty' if folder.is_dir() else 'a file'}",
            hint="byheart export into a folder that is new or empty",
        )


def _chosen(form: Form, precision: Precision | None) -> Precision:
    if form == "hf" and precision == "q8_0":
        raise UsageError(
            "a Hugging Face folder holds its weights at f16",
            hint="leave --precision out, or take --as gguf or --as ollama",
        )
    return precision or ("f16" if form == "hf" else "q8_0")


def _questions(press: Press, record: StudyRecord) -> list[str]:
    """Mastered questions: of each mastered fact the one that showed it, at most 200."""
    mastered = press.ledger.studies.mastered()
    if not mastered:
        raise UsageError(
            f"study {record.number} mastered nothing, so an export of it could not be tested",
            hint="byheart study --minutes N, with more minutes than before",
        )
    chosen = random.Random(press.settings.seed).sample(mastered, min(len(mastered), QUESTIONS))
    return [prompts.recall(lessons.probe(fact, passage).prompt) for fact, passage in chosen]


def _served(press: Press, record: StudyRecord) -> Model:
    """The study as it answers in the library; LibraryDamaged where it is not what was tested."""
    model = press.model_of(press.weights(record))
    if model.name != record.weights:
        model.close()
        raise LibraryDamaged(
            f"the weights of study {record.number} are not those that were tested", hint="byheart study makes new ones"
        )
    return model


def _answers(model: Model, questions: Sequence[str], settings: Settings, watch: Callable[[int], None]) -> list[str]:
    """What `model`, which is closed afterwards, answers to `questions`."""
    said = []
    try:
        for done, question in enumerate(questions):
            watch(done)
            said.append(model.complete(question, tokens=settings.answer_tokens, timeout=_PATIENCE).text)
    finally:
        model.close()
    return said


def _counting(watch: Callable[[Exporting], None], stage: str, questions: Sequence[str]) -> Callable[[int], None]:
    return lambda done: watch(Exporting(stage, done, len(questions)))


def check(trials: Sequence[Trial]) -> None:
    """Raises ExportFailed where fewer trials agree than must."""
    differing = [trial for trial in trials if not trial.is_agreed]
    agreed = len(trials) - len(differing)
    if agreed < AGREEMENT * len(trials):
        first = differing[0]
        raise ExportFailed(
            f"the export answers {agreed} of {len(trials)} mastered questions as the study does, less than "
            f"{AGREEMENT:.0%}, and was removed: to {first.question!r} the study says {first.said!r}, "
            f"the export {first.again!r}",
            hint="byheart export FOLDER --as gguf writes the weights just as they were tested",
        )


def _name(press: Press, record: StudyRecord) -> str:
    """What the export is called, in letters that every program takes."""
    library = re.sub(r"[^a-z0-9]+", "-", press.ledger.folder.name.lower()).strip("-")
    return f"{library or 'byheart'}-study-{record.number}"


def _readme(press: Press, record: StudyRecord, exported: Exported, weights: str, question: str) -> str:
    return leaflet.readme(
        exported,
        record,
        press.ledger.studies.documents(),
        leaflet.Use(_name(press, record), weights, question),
        press.base(record.base),
        stale=len(press.ledger.studies.stale()),
        today=datetime.now(UTC).date(),
    )


@contextmanager
def _made_whole(folder: Path) -> Iterator[Path]:
    """An empty folder beside `folder` that becomes it in one step, or is removed with what is in it."""
    partial = folder.with_name(f".{folder.name}.partial")
    # What a killed export left.
    shutil.rmtree(partial, ignore_errors=True)
    try:
        partial.mkdir(parents=True)
        yield partial
        if folder.is_dir():
            folder.rmdir()
        partial.replace(folder)
    finally:
        shutil.rmtree(partial, ignore_errors=True)


@contextmanager
def _disk_watched(folder: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise ExportFailed(
            f"the export could not be written to {folder}: {error.strerror or error}; nothing of it is left",
            hint="free some disk space, or name a folder on another disk",
        ) from error
