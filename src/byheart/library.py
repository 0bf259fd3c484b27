"""A library folder, opened: the only place where the parts are wired together.

`open` gives a `Library` whose verbs are those of the command line. Parts are made when a verb first needs them: a
question answered from memory loads no vector store and no embedder, and nothing but `study` loads torch.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from time import perf_counter
from types import TracebackType
from typing import TYPE_CHECKING

from byheart import index, models, settings
from byheart.ask import Desk, ask
from byheart.confidence import Calibration
from byheart.errors import EmbedderMismatch, LibraryDamaged, UnknownSource, UnreadableDocument, UsageError
from byheart.ledger import Ledger, Source
from byheart.ports import Embedder, Model, Store, Trainer
from byheart.types import Added, Adding, Answer, Hit, Holding, Revision, Side, Skipped, Status, Studying, StudyRecord

if TYPE_CHECKING:
    from byheart.study import Parts

INDEX = "index"
STUDIES = "studies"
WEIGHTS = "model.gguf"
_EMBEDDER = "embedder"


def new(folder: str | Path) -> Path:
    """Makes an empty library in `folder` and gives its path; AlreadyALibrary if there is one."""
    path = Path(folder).expanduser().resolve()
    Ledger.create(path).close()
    settings.write_default(path)
    return path


def open(folder: str | Path) -> Library:
    """The library in `folder`, opened; NotALibrary if there is none, BadSettings if byheart.toml is not right."""
    path = Path(folder).expanduser().resolve()
    ledger = Ledger.open(path)
    try:
        return Library(path, ledger, settings.load(path))
    except BaseException:
        ledger.close()
        raise


class Library:
    """An open library; a context manager. One thread at a time."""

    def __init__(self, folder: Path, ledger: Ledger, chosen: settings.Settings) -> None:
        self.folder = folder
        self.settings = chosen
        self.ledger = ledger
        self._model: Model | None = None
        self._reader: Model | None = None
        self._embedder: Embedder | None = None
        self._store: Store | None = None

    def __enter__(self) -> Library:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Closes everything that was opened; a library can be closed twice."""
        self._close_model()
        self._close_store()
        self._embedder = None
        self.ledger.close()

    # ── documents ──

    def add(
        self,
        paths: Sequence[str | Path],
        *,
        core: bool | None = None,
        watch: Callable[[Adding], None] = lambda adding: None,
    ) -> Added:
        """Reads, splits and indexes files and folders: searchable at once.

        What has not changed is left alone; a file that is gone from a folder is withdrawn; one that gives no text
        is listed with its reason. `core` says whether the documents may be studied; None leaves that as it is.
        """
        from byheart import read

        begun = perf_counter()
        files, withdrawn = self._considered(paths, read.files_below)
        holding = None if core is None else Holding.CORE if core else Holding.REFERENCE
        outcome: dict[str, list[str]] = {"new": [], "changed": [], "unchanged": []}
        skipped: list[Skipped] = []
        embedded = 0
        known = {source.location: source for source in self.ledger.sources()}
        for place, file in enumerate(files):
            location = file.as_posix()
            watch(Adding(place, len(files), location))
            before = known.get(location)
            try:
                what, count = self._add_file(file, before, holding)
            except UnreadableDocument as error:
                skipped.append(Skipped(location, str(error)))
                continue
            outcome[what].append(location)
            embedded += count
        for location in withdrawn:
            self.ledger.withdraw(location)
        if holding is not None:
            self.ledger.hold(outcome["unchanged"], holding)
        self._follow()
        watch(Adding(len(files), len(files), ""))
        return Added(
            new=tuple(outcome["new"]),
            changed=tuple(outcome["changed"]),
            unchanged=tuple(outcome["unchanged"]),
            withdrawn=tuple(withdrawn),
            skipped=tuple(skipped),
            passages_embedded=embedded,
            seconds=perf_counter() - begun,
        )

    def forget(self, paths: Sequence[str | Path]) -> tuple[str, ...]:
        """Takes documents out of search and out of what is told from memory; gives the sources that were held."""
        gone: list[str] = []
        for path in paths:
            gone += [source.location for source in self._held(path)]
        for location in gone:
            self.ledger.withdraw(location)
        self._follow()
        return tuple(gone)

    def search(self, question: str, *, k: int = 10) -> list[Hit]:
        """At most `k` passages for `question`, best first, by words and vectors together."""
        if k < 1:
            raise UsageError(f"k = {k}: at least one passage must be asked for", hint="byheart search -k 10 …")
        return index.search(self.ledger, self.embedder(), self.store(), question, k)

    def repair(self) -> int:
        """Fills the vector store anew from the ledger, without embedding anything; gives the passages put."""
        self._close_store()
        self.ledger.put_all_again()
        self._store = self._opened_store(create=True, empty=True)
        return index.follow(self.ledger, self._store)

    # ── questions ──

    def ask(self, question: str, *, side: Side | None = None) -> Answer:
        """The answer to `question`, with where it came from and how sure it is.

        `side="memory"` gives the recall as it is, ungated (NothingStudied where there is none); `side="documents"`
        gives what reading finds. A part that is down or missing makes the answer's origin none, with the reason.
        """
        return ask(question, self.desk(), side=side)

    def desk(self) -> Desk:
        """The parts a question is answered with."""
        calibration = self._calibration()
        return Desk(
            self.ledger,
            self.settings,
            self.model,
            lambda: self.reader(calibration),
            lambda question, k: self.search(question, k=k),
            calibration,
        )

    # ── study ──

    def study(
        self,
        paths: Sequence[str | Path] = (),
        *,
        minutes: float | None = None,
        watch: Callable[[Studying], None] = lambda studying: None,
    ) -> StudyRecord:
        """Teaches the core documents to the model and brings the study into use.

        `paths` makes documents core first. At most `minutes` are trained. An interrupted study goes on where it
        stopped; until the new one is whole, the one before it answers.
        """
        from byheart import study

        for path in paths:
            held = [source.location for source in self._held(path) if not source.is_licence]
            self.ledger.hold(held, Holding.CORE)
        record = study.study(self._parts(), minutes=minutes or self.settings.minutes, watch=watch)
        self._close_model()
        return record

    def use(self, number: int) -> None:
        """Goes back (or forth) to study `number`."""
        for record in self.ledger.studies.all():
            if record.number == number:
                self._weights(record)
        self.ledger.studies.use(number)
        self._close_model()

    def status(self) -> Status:
        """What the library holds, what is in the weights, and what changed since."""
        documents, passages = self.ledger.counts()
        stale_facts, stale_sources = self.ledger.studies.stale()
        studies = self.ledger.studies.all()
        return Status(
            str(self.folder),
            documents,
            passages,
            self.ledger.skipped(),
            next((record for record in studies if record.is_in_use), None),
            len(studies),
            sum(source.holding is Holding.CORE for source in self.ledger.sources()),
            stale_facts,
            stale_sources,
            self.ledger.studies.unstudied(),
        )

    def documents(self) -> list[Source]:
        """Every file the library holds or skipped, by location."""
        return self.ledger.sources()

    # ── parts, made when first needed ──

    def model(self) -> Model:
        """The model that answers: a server, the weights of the study in use, or the base model."""
        if self._model is None:
            self._model = self._opened_model()
        return self._model

    def reader(self, calibration: Calibration | None) -> Model:
        """The model that reads: the one that recalls, unless its base was found to read better."""
        if calibration is None or calibration.reader == calibration.weights:
            return self.model()
        if self._reader is None:
            self._reader = self._base()
        return self._reader

    def embedder(self) -> Embedder:
        """The embedder; EmbedderMismatch when the library was indexed with another one."""
        if self._embedder is None:
            name = self.settings.embedder
            indexed_with = self.ledger.meta(_EMBEDDER)
            if indexed_with is not None and indexed_with != name:
                raise EmbedderMismatch(indexed_with, name)
            if name == "memory":
                from byheart.backends.memory.embedder import MemoryEmbedder

                self._embedder = MemoryEmbedder()
            elif name.startswith(("http://", "https://")):
                from byheart.backends.openai import OpenAIEmbedder

                self._embedder = OpenAIEmbedder(name, timeout=self.settings.timeout)
            else:
                from byheart.backends.minilm import MiniLM

                self._embedder = MiniLM(models.path_of(name), name=name, threads=self.settings.threads)
        return self._embedder

    def store(self) -> Store:
        """The vector store, in step with the ledger; StoreUnavailable when it is gone or down."""
        if self._store is None:
            has_passages = self.ledger.counts()[1] > 0
            self._store = self._opened_store(create=not has_passages)
            index.follow(self.ledger, self._store)
        return self._store

    def trainer(self) -> Trainer:
        """What teaches the base model."""
        name = self.settings.model
        if name == "memory":
            from byheart.backends.memory.trainer import MemoryTrainer

            return MemoryTrainer()
        from byheart.backends.transformers import TransformersTrainer

        base = models.weights_to_teach(name)
        return TransformersTrainer(
            base,
            format=models.format_of(name),
            threads=self.settings.threads,
            converter=models.converter() if base.is_dir() else None,
        )

    def model_of(self, weights: Path) -> Model:
        """The model in `weights`, named by their content so that a calibration can be bound to it."""
        name = models.name_of(weights)
        if self.settings.model == "memory":
            from byheart.backends.memory.model import MemoryModel

            return MemoryModel.load(weights, name=name)
        from byheart.backends.llamacpp import LlamaCpp

        return LlamaCpp(weights, name=name, format=models.format_of(self.settings.model), threads=self.settings.threads)

    # ── within ──

    def _add_file(self, file: Path, before: Source | None, holding: Holding | None) -> tuple[str, int]:
        """What became of one file ("new", "changed" or "unchanged"), and how many passages were embedded."""
        from byheart import read

        location = file.as_posix()
        try:
            digest = hashlib.sha256(file.read_bytes()).hexdigest()
        except OSError as error:
            raise UnreadableDocument(f"cannot be read: {error.strerror}") from error
        if before and self.ledger.digest(location) == digest:
            if before.skipped:
                raise UnreadableDocument(before.skipped)
            return "unchanged", 0
        try:
            document = read.read(file)
        except UnreadableDocument as error:
            self.ledger.skip(location, digest, str(error))
            raise
        revision = Revision(
            location, digest, document.title, document.version, document.dated, datetime.now(UTC).isoformat()
        )
        embedder = self.embedder()
        # Before the first passage is recorded: a library killed while it is filled has a store that can catch up.
        self._writable_store()
        if self.ledger.meta(_EMBEDDER) is None:
            self.ledger.set_meta(_EMBEDDER, self.settings.embedder)
        count = index.add_document(self.ledger, embedder, document, revision, holding)
        return ("changed" if before and before.revision else "new"), count

    def _considered(
        self, paths: Sequence[str | Path], files_below: Callable[[Path], list[Path]]
    ) -> tuple[list[Path], list[str]]:
        """The files that `paths` name, and the sources below them that are gone."""
        if not paths:
            raise UsageError("no document was named", hint="byheart add FILE_OR_FOLDER …")
        files: dict[Path, None] = {}
        gone: list[str] = []
        for given in paths:
            path = Path(given).expanduser().resolve()
            held = [source.location for source in self.ledger.sources(path.as_posix())]
            if not path.exists() and not held:
                raise UsageError(f"there is no file or folder at {given}", hint="byheart add FILE_OR_FOLDER …")
            found = [path] if path.is_file() else files_below(path) if path.is_dir() else []
            own = [file for file in found if self.folder not in (file, *file.parents)]
            files |= dict.fromkeys(own)
            names = {file.as_posix() for file in own}
            gone += [location for location in held if location not in names and not Path(location).exists()]
        return list(files), gone

    def _held(self, path: str | Path) -> list[Source]:
        location = Path(path).expanduser().resolve().as_posix()
        held = self.ledger.sources(location)
        if not held:
            raise UnknownSource(str(path))
        return held

    def _follow(self) -> None:
        """Brings the vector store in step, making it where it is new and filling it where it was lost."""
        puts, _, drops = self.ledger.pending(1)
        is_absent = not self.settings.chroma and not (self.folder / INDEX).is_dir()
        if not (puts or drops or (is_absent and self.ledger.counts()[1])):
            return
        index.follow(self.ledger, self._writable_store())

    def _writable_store(self) -> Store:
        """The vector store, made where it is new, to be filled where it was lost."""
        if self._store is None:
            self._store = self._opened_store(create=True)
            if self._store.count() == 0:
                self.ledger.put_all_again()
        return self._store

    def _opened_store(self, *, create: bool, empty: bool = False) -> Store:
        if self.settings.embedder == "memory":
            from byheart.backends.memory.store import MemoryStore

            self.ledger.put_all_again()
            return MemoryStore()
        from byheart.backends.chroma import Chroma

        return Chroma(
            self.settings.chroma or self.folder / INDEX, create=create, empty=empty, timeout=self.settings.timeout
        )

    def _opened_model(self) -> Model:
        if self.settings.server:
            from byheart.backends.openai import OpenAI

            return OpenAI(self.settings.server, self.settings.server_model)
        in_use = self.ledger.studies.in_use()
        return self._base() if in_use is None else self.model_of(self._weights(in_use))

    def _base(self) -> Model:
        """The model as it was before any study."""
        if self.settings.model == "memory":
            from byheart.backends.memory.model import MemoryModel

            return MemoryModel()
        return self.model_of(models.weights_to_serve(self.settings.model))

    def _close_model(self) -> None:
        for opened in (self._model, self._reader):
            if opened is not None:
                opened.close()
        self._model = self._reader = None

    def _close_store(self) -> None:
        if self._store is not None:
            self._store.close()
            self._store = None

    def _calibration(self) -> Calibration | None:
        """The calibration of the study in use; None where there is none, or where other weights would answer."""
        in_use = self.ledger.studies.in_use()
        if in_use is None:
            return None
        answering = self.model().name if self.settings.server else models.name_of(self._weights(in_use))
        if answering != in_use.weights:
            return None
        try:
            return Calibration.from_data(in_use.details["calibration"])
        except (KeyError, TypeError) as error:
            raise LibraryDamaged(
                f"study {in_use.number} was calibrated by another byheart (no {error})", hint="byheart study"
            ) from error

    def _weights(self, record: StudyRecord) -> Path:
        path = self.folder / STUDIES / str(record.number) / WEIGHTS
        if not path.is_file():
            raise LibraryDamaged(f"the weights of study {record.number} are gone", hint="byheart study makes new ones")
        return path

    def _parts(self) -> Parts:
        from byheart.study import Parts

        return Parts(
            self.ledger,
            self.settings,
            self.folder / STUDIES,
            self.trainer,
            self.model_of,
            lambda question, k: self.search(question, k=k),
            self._base if models.can_be_served(self.settings.model) else None,
        )
