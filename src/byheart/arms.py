"""The ways to answer that are measured beside each other: byheart's three, and what they are compared with.

Takes an open library, gives arms that answer a question, each opened and ready. One that cannot run here is left out,
with the reason and what to do about it. What byheart is compared with is wired here, as its own parts are in `parts`.
"""

from __future__ import annotations

import hashlib
import shutil
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from byheart import ask as corridor
from byheart import library as libraries
from byheart import models, prompts, usual
from byheart.errors import ByheartError, NothingStudied, UsageError
from byheart.library import Library
from byheart.outcomes import Measuring
from byheart.parts import served
from byheart.ports import Embedder, Model, Store
from byheart.rows import LeftOut
from byheart.types import Answer, Citation, Draft, Side

ARMS = ("memory", "documents", "both", "untaught", "usual", "baseline")

# Those whose models run on this machine, unless byheart.toml names a server.
_SIDES: Mapping[str, Side | None] = {"memory": "memory", "documents": "documents", "both": None}

# What arms that are not byheart's may take for one answer: the usual pipeline reads ten passages.
PATIENCE = 300.0

# Ten passages and an answer.
_CONTEXT = 8192

_ALONE = "import sys; from byheart.arms import answer_alone; answer_alone(*sys.argv[1:])"
_BY_COMMAND = "from byheart.cli import main; main()"


@dataclass(frozen=True, slots=True)
class Response:
    """What an arm gave: `origin` is "" and `confidence` None where it tells neither; `stages` are seconds."""

    text: str
    stages: Mapping[str, float]
    tokens_in: int
    tokens_out: int
    origin: str = ""
    confidence: float | None = None
    cited: tuple[str, ...] = ()
    why: str = ""
    has_conflict: bool = False


@dataclass(frozen=True, slots=True)
class Arm:
    """One way to answer. `what` says it in words; `retrieve` gives the passages it would read (location and text),
    nearest first; `alone` is the command by which a process of its own answers one question, without the question.
    """

    name: str
    what: str
    ask: Callable[[str], Response]
    is_here: bool = True
    retrieve: Callable[[str, int], list[tuple[str, str]]] | None = None
    alone: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Bench:
    """The arms that were opened, and those that were left out."""

    arms: Sequence[Arm]
    left_out: Sequence[LeftOut]


@dataclass(frozen=True, slots=True)
class _Place:
    """Where arms are opened: `baseline` is address#model, `cache` keeps the index of the usual pipeline."""

    library: Library
    baseline: str
    cache: Path
    watch: Callable[[Measuring], None]
    stack: ExitStack = field(default_factory=ExitStack)


@contextmanager
def opened(
    library: Library,
    wanted: Sequence[str],
    *,
    baseline: str,
    cache: Path,
    watch: Callable[[Measuring], None] = lambda measuring: None,
) -> Iterator[Bench]:
    """The arms named in `wanted`, opened in that order; closed when the context ends, but for the library's parts."""
    arms: list[Arm] = []
    left_out: list[LeftOut] = []
    place = _Place(library, baseline, cache, watch)
    with place.stack:
        for name in wanted:
            watch(Measuring("opening", len(arms) + len(left_out), len(wanted), name))
            try:
                arms.append(_OPENERS[name](place) if name in _OPENERS else _own(place, name))
            except ByheartError as error:
                left_out.append(LeftOut(name, str(error), error.hint))
        yield Bench(arms, left_out)


def answer_alone(folder: str, name: str, cache: str, question: str) -> None:
    """Answers one question with one arm and nothing else: what a process of its own does, to be timed as a whole."""
    with libraries.open(folder) as library, opened(library, [name], baseline="", cache=Path(cache)) as bench:
        if bench.left_out:
            raise ByheartError(bench.left_out[0].why, hint=bench.left_out[0].remedy)
        bench.arms[0].ask(question)


# ── byheart's own ──


def _own(place: _Place, name: str) -> Arm:
    """An arm of the library itself, with the parts it needs opened."""
    library, side = place.library, _SIDES[name]
    parts, record = library.parts, library.ledger.studies.in_use()
    what = []
    if name != "documents":
        if parts.calibration() is None or record is None:
            raise parts.lost() or NothingStudied(library.folder)
        what.append(f"study {record.number}, {'asked first' if name == 'both' else 'asked without a gate'}")
        parts.model()
    if name != "memory":
        if not library.ledger.counts()[1]:
            raise UsageError(f"{library.folder} holds no document", hint="byheart add FOLDER")
        parts.store()
        parts.embedder()
        what.append(f"words and vectors, {library.settings.passages} best read by {_short(parts.reader().name)}")
    options = () if side is None else ("--from", side)
    command = (sys.executable, "-c", _BY_COMMAND, "--library", str(library.folder), "ask", "--private", *options, "--")
    is_here = not library.settings.server

    def retrieve(question: str, k: int) -> list[tuple[str, str]]:
        return [(hit.source, hit.text) for hit in library.search(question, k=k)]

    return Arm(
        name,
        "; ".join(what),
        # Not by the library's own verb: a measurement is no use of it, and stays out of its log.
        lambda question: _answered(corridor.ask(question, library.desk(), side=side)),
        is_here,
        retrieve if name == "documents" else None,
        command,
    )


def _answered(answer: Answer) -> Response:
    return Response(
        answer.text,
        answer.stages,
        answer.tokens_in,
        answer.tokens_out,
        answer.origin.value,
        answer.confidence,
        tuple(_cited(citation) for citation in answer.citations),
        answer.why,
        answer.conflict is not None,
    )


def _cited(citation: Citation) -> str:
    where = citation.source if "://" in citation.source else "/".join(Path(citation.source).parts[-2:])
    return ", ".join((where, *citation.heading[-1:]))


# ── what it is compared with ──


def _untaught(place: _Place) -> Arm:
    library = place.library
    model = _stock(place, long=False)

    def ask(question: str) -> Response:
        draft = model.complete(prompts.recall(question), tokens=library.settings.answer_tokens, timeout=PATIENCE)
        return _drafted(draft, {"recall": draft.seconds})

    return Arm("untaught", f"{_short(model.name)}, closed-book", ask, alone=_alone(place, "untaught"))


def _usual(place: _Place) -> Arm:
    library = place.library
    pipeline, sources = _pipeline(place)

    def ask(question: str) -> Response:
        begun = time.perf_counter()
        passages = usual.nearest(pipeline, question)
        found = time.perf_counter()
        draft = usual.answer(pipeline, question, passages)
        return _drafted(draft, {"search": found - begun, "read": time.perf_counter() - found})

    def retrieve(question: str, k: int) -> list[tuple[str, str]]:
        return [(sources[passage], pipeline.texts[passage]) for passage in usual.nearest(pipeline, question, k)]

    vectors = "vectors in RAM" if library.settings.embedder == "memory" else "MiniLM in fp32, Chroma"
    what = f"{vectors}, {usual.PASSAGES} passages read by {_short(pipeline.model.name)}"
    return Arm("usual", what, ask, retrieve=retrieve, alone=_alone(place, "usual"))


def _baseline(place: _Place) -> Arm:
    if not place.baseline:
        raise UsageError("no address was given for it", hint="byheart measure --baseline http://127.0.0.1:8080/v1")
    model = place.stack.enter_context(closing(served(place.baseline, option="--baseline")))
    tokens = place.library.settings.answer_tokens
    # A server that is not there is told of now, not with every question.
    model.complete(WARM_UP, tokens=tokens, timeout=PATIENCE)

    def ask(question: str) -> Response:
        draft = model.complete(question, tokens=tokens, timeout=PATIENCE)
        return _drafted(draft, {"server": draft.seconds})

    return Arm("baseline", model.name, ask, is_here=False)


# Loads what an arm needs; none of the questions that are measured.
WARM_UP = "What is this about?"

_OPENERS: Mapping[str, Callable[[_Place], Arm]] = {"untaught": _untaught, "usual": _usual, "baseline": _baseline}


def _drafted(draft: Draft, stages: Mapping[str, float]) -> Response:
    return Response(draft.text, stages, draft.tokens_in, len(draft.tokens))


def _pipeline(place: _Place) -> tuple[usual.Pipeline, dict[str, str]]:
    """The usual pipeline over the library's passages, and the location of each."""
    library = place.library
    held = {
        placed.passage.id: (placed.passage.text, source.location)
        for source in library.documents()
        for placed in library.ledger.passages(source.location)
    }
    texts = {passage: text for passage, (text, _) in sorted(held.items())}
    if not texts:
        raise UsageError(f"{library.folder} holds no document", hint="byheart add FOLDER")
    model = _stock(place, long=True)
    embedder, store = _index(place, texts)
    place.stack.callback(store.close)

    def watch(done: int) -> None:
        place.watch(Measuring("embedding for the usual pipeline", done, len(texts)))

    usual.fill(embedder, store, texts, watch=watch)
    pipeline = usual.Pipeline(embedder, store, model, texts, library.settings.answer_tokens, PATIENCE)
    return pipeline, {passage: location for passage, (_, location) in held.items()}


def _index(place: _Place, texts: Mapping[str, str]) -> tuple[Embedder, Store]:
    """Embedder and store of the usual pipeline. Its index is kept, for as long as the passages stay the same."""
    if place.library.settings.embedder == "memory":
        from byheart.backends.memory.embedder import MemoryEmbedder
        from byheart.backends.memory.store import MemoryStore

        return MemoryEmbedder(), MemoryStore()
    from byheart.backends.chroma import Chroma
    from byheart.backends.sentence_encoder import SentenceEncoder

    encoder = SentenceEncoder(models.path_of("all-minilm-l6-v2"))
    digest = hashlib.sha256("\n".join(texts).encode()).hexdigest()[:16]
    for other in place.cache.glob("*") if place.cache.is_dir() else ():
        if other.name != digest:
            shutil.rmtree(other)
    return encoder, Chroma(place.cache / digest, create=True)


def _stock(place: _Place, *, long: bool) -> Model:
    """The model as it was before any study; `long` if it must hold ten passages."""
    library = place.library
    settings = library.settings
    if settings.server and library.ledger.studies.in_use() is None:
        return library.parts.model()
    if long and settings.model != "memory":
        from byheart.backends.llamacpp import LlamaCpp

        weights = models.weights_to_serve(settings.model)
        model: Model = LlamaCpp(
            weights, format=models.format_of(settings.model), threads=settings.threads, context=_CONTEXT
        )
    else:
        model = library.parts.base()
    place.stack.callback(model.close)
    return model


def _alone(place: _Place, name: str) -> tuple[str, ...]:
    return (sys.executable, "-c", _ALONE, str(place.library.folder), name, str(place.cache))


def _short(name: str) -> str:
    """A model's name without the size and digest that bind a calibration to it."""
    return name if "://" in name else name.partition(":")[0]
