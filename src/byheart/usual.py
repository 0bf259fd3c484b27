"""The usual pipeline, to be compared with: embed the question, take the ten nearest passages, paste them before it.

That is what most tutorials build: MiniLM in fp32, Chroma, a stock model, no words searched, nothing known by heart.
It gets the same passages and the same length of answer as byheart. Takes its parts opened, gives drafts; an index that
was filled half is filled on.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from byheart import prompts
from byheart.ports import Embedder, Model, Store
from byheart.types import Draft

PASSAGES = 10
_BATCH = 64


@dataclass(frozen=True, slots=True)
class Pipeline:
    """The parts of the pipeline; `texts` are the passages by id, as they were put into `store`."""

    embedder: Embedder
    store: Store
    model: Model
    texts: Mapping[str, str]
    tokens: int
    timeout: float


def fill(embedder: Embedder, store: Store, texts: Mapping[str, str], *, watch: Callable[[int], None]) -> None:
    """Puts `texts` into a store that holds the first of them already, or none."""
    ids = list(texts)
    for start in range(store.count(), len(ids), _BATCH):
        watch(start)
        batch = ids[start : start + _BATCH]
        store.put(batch, embedder.embed([texts[passage] for passage in batch]))


def nearest(pipeline: Pipeline, question: str, k: int = PASSAGES) -> list[str]:
    """The ids of the passages nearest to `question`, nearest first."""
    (vector,) = pipeline.embedder.embed([question])
    return [passage for passage, _ in pipeline.store.nearest(vector, k)]


def answer(pipeline: Pipeline, question: str, passages: Sequence[str]) -> Draft:
    """What the model makes of `question` with `passages` (ids) pasted before it."""
    prompt = prompts.usual(question, [pipeline.texts[passage] for passage in passages])
    return pipeline.model.complete(prompt, tokens=pipeline.tokens, timeout=pipeline.timeout)
