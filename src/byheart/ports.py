"""What byheart asks of its backends: small protocols, one file under backends/ each.

A backend translates its library's errors into `byheart.errors` and decides nothing else. `backends/memory.py`
implements every port in RAM and passes the same contract tests as the real ones.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence, Set
from pathlib import Path
from typing import Protocol

import numpy
from numpy.typing import NDArray

from byheart.outcomes import TrainingProgress, TrainingResult
from byheart.types import Draft, Lesson

Vectors = NDArray[numpy.float32]


class Model(Protocol):
    """A language model that completes one user turn, greedily."""

    @property
    def name(self) -> str:
        """What identifies weights and precision; a calibration is bound to it."""

    def complete(self, prompt: str, *, tokens: int, timeout: float) -> Draft:
        """At most `tokens` tokens in answer to `prompt`, within `timeout` seconds."""

    def close(self) -> None: ...


class Embedder(Protocol):
    """Texts to unit vectors."""

    @property
    def name(self) -> str:
        """What identifies the vectors; a library refuses another one than it was indexed with."""

    @property
    def dimensions(self) -> int: ...

    def embed(self, texts: Sequence[str]) -> Vectors:
        """One row a text, shape (len(texts), dimensions), each of length 1."""


class Store(Protocol):
    """Vectors by passage id, nearest first."""

    def put(self, ids: Sequence[str], vectors: Vectors) -> None: ...

    def drop(self, ids: Sequence[str]) -> None: ...

    def nearest(self, vector: Vectors, k: int) -> Sequence[tuple[str, float]]:
        """At most k (id, cosine similarity), most similar first."""

    def count(self) -> int: ...

    def close(self) -> None: ...


class Curriculum(Protocol):
    """What a trainer asks of a study: lessons for the next round, and what became of them."""

    def round(self, number: int) -> Sequence[Lesson]:
        """The lessons of round `number` (from 0); empty when nothing is left to teach."""

    def probes(self) -> Sequence[Lesson]:
        """One untrained prompt and its expected completion for each fact."""

    def replayed(self) -> Sequence[Lesson]:
        """The lessons, of those that rounds may hold, in which the model says what it said before it was taught."""

    def graded(self, right: Sequence[bool]) -> None:
        """Takes, in the order of `probes()`, whether each was answered right after the round."""

    def mastered(self) -> Set[str]:
        """The ids of the facts that are mastered."""

    def state(self) -> Mapping[str, object]:
        """Plain data from which `restore` goes on after an interruption."""

    def restore(self, state: Mapping[str, object]) -> None: ...


class Exporter(Protocol):
    """Writes the weights of a study for other programs, and opens what it wrote as they do."""

    def write(self, weights: Path, folder: Path, *, name: str) -> Path:
        """Writes `weights`, to be called `name`, into the empty `folder`; gives the file that they are in."""

    def open(self, folder: Path) -> Model:
        """The model in `folder`, asked in the chat template that lies there."""


class Trainer(Protocol):
    """Teaches a curriculum to a base model."""

    def tokens_a_second(self) -> float:
        """About how many tokens of lessons this machine gets through in a second: measured, in a second or two."""

    def train(
        self,
        curriculum: Curriculum,
        folder: Path,
        *,
        minutes: float,
        seed: int,
        watch: Callable[[TrainingProgress], None],
    ) -> TrainingResult:
        """Trains in `folder`, going on from a checkpoint found there, until done or `minutes` are spent.

        Writes the served weights to `folder/model.gguf`.
        """
