"""The parts that a library's settings name, opened when they are first needed: the only place where they are wired.

Takes a library's folder, its ledger and its settings; gives models, embedder, vector store and trainer. A question
answered from memory opens no vector store and no embedder, and nothing but a study loads torch. It answers nothing,
reads no document and decides nothing but which backend a setting means.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

from byheart import index, models, needs
from byheart.confidence import EXTRACTIVE, Calibration
from byheart.errors import EmbedderMismatch, LibraryDamaged, UsageError, of_extra
from byheart.ledger import Ledger
from byheart.needs import Shape
from byheart.outcomes import Form, Precision, StudyRecord
from byheart.ports import Embedder, Exporter, Model, Store, Trainer
from byheart.settings import Settings
from byheart.workshop import WEIGHTS

INDEX = "index"
STUDIES = "studies"
PAGE = "page.html"
_EMBEDDER = "embedder"


def served(address: str, *, option: str, stop: Sequence[str] = ("\n\n",)) -> Model:
    """The model that an OpenAI-compatible server at `address` serves, named after a # where it serves several.

    Nobody asks it how sure it is; any of `stop` ends its answer. Hints speak of `option`, by which the user named it.
    """
    from byheart.backends.openai import Named, OpenAI

    place, _, name = address.partition("#")
    without = f"leave {option} out"
    named = Named(option, f"what follows # in {option}", without, without)
    return OpenAI(place, name, needs_logprobs=False, stop=stop, named=named)


class Parts:
    """What one open library answers, searches and studies with."""

    def __init__(self, folder: Path, ledger: Ledger, chosen: Settings) -> None:
        self.folder = folder
        self.ledger = ledger
        self.settings = chosen
        self._model: Model | None = None
        self._reader: Model | None = None
        self._embedder: Embedder | None = None
        self._store: Store | None = None
        self._calibration: Calibration | None = None

    def close(self) -> None:
        """Closes what was opened; what is asked for afterwards is opened anew."""
        self.close_models()
        self.close_store()
        self._embedder = None

    # ── models ──

    def model(self) -> Model:
        """The model that answers: a server, the weights of the study in use, or the base model."""
        if self._model is None:
            self._model = self._opened_model()
        return self._model

    def reader(self) -> Model:
        """Who reads: before the first study one that quotes, or a server's model; then who was found to read best."""
        calibration, quotes = self.calibration(), self.quoting_reader()
        found_best = calibration.reader if calibration else "" if self.settings.server else EXTRACTIVE
        if quotes and (self.settings.reader == "sentence" or found_best == EXTRACTIVE):
            return quotes
        reads_itself = calibration.reader == calibration.weights if calibration else self.lost() is None
        if reads_itself:
            return self.model()
        if self._reader is None:
            self._reader = self.base()
        return self._reader

    def quoting_reader(self) -> Model | None:
        """The reader that quotes a sentence; None where a model is to read."""
        if self.settings.reader == "model" or self.settings.model == "memory":
            return None
        from byheart.backends.extractive import ExtractiveReader

        return ExtractiveReader()

    def base(self) -> Model:
        """The model as it was before any study; the caller closes it."""
        if self.settings.model == "memory":
            from byheart.backends.memory.model import MemoryModel

            return MemoryModel()
        return self.model_of(models.weights_to_serve(self.settings.model))

    def model_of(self, weights: Path) -> Model:
        """The model in `weights`, named by their content so that a calibration can be bound to it."""
        name = models.name_of(weights)
        if self.settings.model == "memory":
            from byheart.backends.memory.model import MemoryModel

            return MemoryModel.load(weights, name=name)
        from byheart.backends.llamacpp import LlamaCpp

        return LlamaCpp(weights, name=name, format=models.format_of(self.settings.model), threads=self.settings.threads)

    def weights(self, record: StudyRecord) -> Path:
        """The weights of a study; LibraryDamaged when they are gone."""
        path = self.folder / STUDIES / str(record.number) / WEIGHTS
        if not path.is_file():
            raise LibraryDamaged(f"the weights of study {record.number} are gone", hint="byheart study makes new ones")
        return path

    def lost(self) -> LibraryDamaged | None:
        """Why the memory of the study in use cannot be asked: its weights are gone, and no server has them."""
        in_use = self.ledger.studies.in_use()
        try:
            if in_use and not self.settings.server:
                self.weights(in_use)
        except LibraryDamaged as error:
            return error
        return None

    def calibration(self) -> Calibration | None:
        """The calibration of the study in use; None where there is none, where other weights would answer, and where
        its own are lost."""
        if self._calibration is None:
            self._calibration = self._loaded_calibration()
        return self._calibration

    def close_models(self) -> None:
        """Closes the models: another study came into use."""
        for opened in (self._model, self._reader):
            if opened is not None:
                opened.close()
        self._model = self._reader = self._calibration = None

    # ── search ──

    def embedder(self) -> Embedder:
        """The embedder; EmbedderMismatch when the library was indexed with another one."""
        if self._embedder is None:
            name = self.settings.embedder
            indexed_with = self.ledger.meta(_EMBEDDER)
            if indexed_with is not None and indexed_with != name:
                raise EmbedderMismatch(indexed_with, name)
            self._embedder = self._opened_embedder(name)
        return self._embedder

    def store(self) -> Store:
        """The vector store, in step with the ledger; StoreUnavailable when it is gone or down."""
        if self._store is None:
            has_passages = self.ledger.counts()[1] > 0
            self._store = self._opened_store(create=not has_passages)
            index.follow(self.ledger, self._store)
        return self._store

    def prepare_index(self) -> None:
        """Makes embedder and store ready for the first passage that is recorded.

        A library killed while it is filled then has a store that can catch up, and knows whose vectors it holds.
        """
        self.embedder()
        self._writable_store()
        if self.ledger.meta(_EMBEDDER) is None:
            self.ledger.set_meta(_EMBEDDER, self.settings.embedder)

    def follow(self) -> None:
        """Brings the vector store in step, making it where it is new and filling it where it was lost."""
        puts, _, drops = self.ledger.outbox.pending(1)
        is_absent = not self.settings.chroma and not (self.folder / INDEX).is_dir()
        if puts or drops or (is_absent and self.ledger.counts()[1]):
            index.follow(self.ledger, self._writable_store())

    def refill(self) -> int:
        """Fills the vector store anew from the ledger, without embedding anything; gives the passages put."""
        self.close_store()
        self.ledger.outbox.put_all_again()
        self._store = self._opened_store(create=True, empty=True)
        return index.follow(self.ledger, self._store)

    def close_store(self) -> None:
        if self._store is not None:
            self._store.close()
            self._store = None

    # ── study ──

    def trainer(self, upon: Path | None = None) -> Trainer:
        """What teaches the base model, or the weights of an earlier study, `upon` which a new one is taught."""
        name = self.settings.model
        if name == "memory":
            from byheart.backends.memory.trainer import MemoryTrainer

            return MemoryTrainer(upon)
        with of_extra("study", "a study"):
            from byheart.backends.transformers import TransformersTrainer

        base = upon or models.weights_to_teach(name)
        return TransformersTrainer(
            base,
            format=models.format_of(name),
            threads=self.settings.threads,
            converter=models.converter() if base.is_dir() else None,
            method=self.settings.method,
            keep_adapter=self.settings.keep_adapter,
        )

    def shape(self, name: str) -> Shape | None:
        """The sizes of a model: a name, a path, a config.json, or such as "7B"; None of the one that is only in RAM."""
        if name == "memory":
            return None
        if said := needs.of_size(name):
            return said
        path = Path(name).expanduser()
        if path.suffix != ".json":
            path = models.weights_to_teach(name)
        if path.suffix == ".gguf":
            from byheart.backends.gguf_config import config_of

            return needs.of_config(config_of(path), name)
        path = path / "config.json" if path.is_dir() else path
        try:
            return needs.of_config(json.loads(path.read_text(encoding="utf-8")), name)
        except (OSError, ValueError) as error:
            raise UsageError(f"{path} is no configuration of a model: {error}", hint="name a size: 7B") from error

    def can_teach_upon(self) -> bool:
        """Whether the weights of a study can be taught again: they are a GGUF file, as the base must then be."""
        return self.settings.model == "memory" or models.weights_to_teach(self.settings.model).is_file()

    # ── export ──

    def exporter(self, form: Form, precision: Precision, record: StudyRecord) -> Exporter:
        """What writes the weights of a study in `form`."""
        if record.base == "memory":
            raise UsageError(
                "the model that is only in RAM has no weights that another program could load",
                hint="name another model in byheart.toml, then byheart study",
            )
        from byheart.backends.llamacpp import native

        # Before torch: the two share OpenMP, and who loads it decides how its threads wait.
        native()
        format, tokens, threads = models.format_of(record.base), self.settings.answer_tokens, self.settings.threads
        if form == "hf":
            with of_extra("study", "an export as a Hugging Face folder"):
                from byheart.backends.hf_folder import HuggingFaceFolder

            return HuggingFaceFolder(models.folder_of(record.base), format, tokens=tokens, threads=threads)
        from byheart.backends.gguf_folder import GgufFolder

        gguf = GgufFolder(format, precision, threads=threads)
        if form == "gguf":
            return gguf
        from byheart.backends.ollama_folder import OllamaFolder

        return OllamaFolder(gguf, tokens=tokens, licence=models.known_as(record.base).licence)

    # ── within ──

    def _opened_model(self) -> Model:
        if self.settings.server:
            from byheart.backends.openai import OpenAI

            return OpenAI(self.settings.server, self.settings.server_model)
        in_use = self.ledger.studies.in_use()
        return self.base() if in_use is None else self.model_of(self.weights(in_use))

    def _loaded_calibration(self) -> Calibration | None:
        in_use = self.ledger.studies.in_use()
        if in_use is None or self.lost():
            return None
        answering = self.model().name if self.settings.server else models.name_of(self.weights(in_use))
        if answering != in_use.weights:
            return None
        try:
            return Calibration.from_data(in_use.details["calibration"])
        except (KeyError, TypeError) as error:
            raise LibraryDamaged(
                f"study {in_use.number} was calibrated by another byheart (no {error})", hint="byheart study"
            ) from error

    def _opened_embedder(self, name: str) -> Embedder:
        if name == "memory":
            from byheart.backends.memory.embedder import MemoryEmbedder

            return MemoryEmbedder()
        if name.startswith(("http://", "https://")):
            from byheart.backends.openai import OpenAIEmbedder

            return OpenAIEmbedder(name, timeout=self.settings.timeout)
        from byheart.backends.minilm import MiniLM

        return MiniLM(models.path_of(name), name=name, threads=self.settings.threads)

    def _writable_store(self) -> Store:
        """The vector store, made where it is new, to be filled where it was lost."""
        if self._store is None:
            self._store = self._opened_store(create=True)
            if self._store.count() == 0:
                self.ledger.outbox.put_all_again()
        return self._store

    def _opened_store(self, *, create: bool, empty: bool = False) -> Store:
        if self.settings.embedder == "memory":
            from byheart.backends.memory.store import MemoryStore

            self.ledger.outbox.put_all_again()
            return MemoryStore()
        from byheart.backends.chroma import Chroma

        return Chroma(
            self.settings.chroma or self.folder / INDEX,
            create=create,
            empty=empty,
            timeout=self.settings.timeout,
            # Libraries that share a server must not share their vectors.
            collection=f"byheart-{self.ledger.identity}",
        )
