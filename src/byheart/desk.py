"""What a question is answered with, and the course of one answer: its seconds by stage and its steps in words.

Takes the open parts of a library, handed in by whoever opened it. It answers nothing itself.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from byheart.confidence import Calibration
from byheart.errors import LibraryDamaged
from byheart.ledger import Ledger
from byheart.ports import Model
from byheart.settings import Settings
from byheart.types import Draft, Hit, Step


@dataclass(frozen=True, slots=True)
class Desk:
    """What a question is answered with.

    `model` recalls and `reader` reads, often the same one; they and `search` open what they need when they are first
    called. `calibration` is None for a library that was never studied: it has no memory to ask. `lost` is None, or why
    the memory that it had cannot be asked.
    """

    ledger: Ledger
    settings: Settings
    model: Callable[[], Model]
    reader: Callable[[], Model]
    search: Callable[[str, int], list[Hit]]
    calibration: Calibration | None
    lost: LibraryDamaged | None = None


@dataclass(slots=True)
class Course:
    """The course of one answer so far."""

    started: float = field(default_factory=time.perf_counter)
    stages: dict[str, float] = field(default_factory=dict)
    steps: list[Step] = field(default_factory=list)
    drafts: list[Draft] = field(default_factory=list)

    @contextmanager
    def stage(self, name: str) -> Iterator[None]:
        """Counts the seconds within to the stage `name`."""
        begun = time.perf_counter()
        try:
            yield
        finally:
            self.stages[name] = self.stages.get(name, 0.0) + time.perf_counter() - begun

    def seconds(self) -> float:
        """Seconds since the question was asked."""
        return time.perf_counter() - self.started
