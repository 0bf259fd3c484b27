"""Progress on stderr: a bar with the time left on a terminal, a line now and then elsewhere.

Takes the events that the library's verbs give to `watch`, draws them. Nothing here knows what is going on, and rich
is imported only when there is something to draw.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from byheart.shown import place

if TYPE_CHECKING:
    from byheart.models import Fetching
    from byheart.types import Adding, Studying

# Where there is no terminal, a line at most this often, and whenever another thing begins.
_QUIET_SECONDS = 15.0


@dataclass(frozen=True, slots=True)
class Step:
    """What is done now: how far of how much (`total` 0: not known), and the seconds left if known."""

    what: str
    done: float
    total: float
    seconds_left: float | None
    note: str


@contextmanager
def adding() -> Iterator[Callable[[Adding], None]]:
    """A `watch` for `Library.add`."""
    with _drawn() as draw:
        begun = time.monotonic()

        def watch(event: Adding) -> None:
            left = _estimate(time.monotonic() - begun, event.done, event.total)
            note = f"{event.done:,} of {event.total:,}"
            draw(
                Step(
                    "reading", event.done, event.total, left, f"{note}  {place(event.source)}" if event.source else note
                )
            )

        yield watch


@contextmanager
def studying() -> Iterator[Callable[[Studying], None]]:
    """A `watch` for `Library.study`."""
    with _drawn() as draw:
        yield lambda event: draw(Step(event.stage, event.done, event.total, event.seconds_left, event.note))


@contextmanager
def fetching() -> Iterator[Callable[[Fetching], None]]:
    """A `watch` for `models.fetch`."""
    with _drawn() as draw:
        begun = {"": 0.0}

        def watch(event: Fetching) -> None:
            elapsed = time.monotonic() - begun.setdefault(event.name + event.step, time.monotonic())
            sizes = f"{event.done / 1e6:.0f} of {event.total / 1e6:.0f} MB  " if event.total else ""
            left = _estimate(elapsed, event.done, event.total)
            draw(Step(event.step, event.done, event.total, left, f"{sizes}{event.name}"))

        yield watch


def clock(seconds: float) -> str:
    """Seconds as they are read off a clock: 0:05, 3:20, 1:00:00."""
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"


def _estimate(elapsed: float, done: float, total: float) -> float | None:
    """Seconds left if it goes on as it went; None while nobody can tell."""
    return elapsed / done * (total - done) if done > 0 and elapsed > 1 else None


@contextmanager
def _drawn() -> Iterator[Callable[[Step], None]]:
    if sys.stderr.isatty():
        with _bar() as draw:
            yield draw
    else:
        yield _lines()


@contextmanager
def _bar() -> Iterator[Callable[[Step], None]]:
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TextColumn
    from rich.table import Column

    rest = Column(ratio=1, no_wrap=True, overflow="ellipsis")
    columns = (
        TextColumn("  {task.description}", markup=False),
        BarColumn(bar_width=20),
        TextColumn("{task.fields[share]:>4}", markup=False),
        TextColumn("{task.fields[left]}", markup=False),
        TextColumn("{task.fields[note]}", markup=False, style="dim", table_column=rest),
    )
    with Progress(*columns, console=Console(stderr=True), transient=True, expand=True) as shown:
        task = shown.add_task("", total=None, share="", left="", note="")

        def draw(step: Step) -> None:
            shown.update(
                task,
                description=step.what,
                completed=step.done,
                total=step.total or None,
                share=_share(step),
                left=_left(step),
                note=step.note,
            )

        yield draw


def _lines() -> Callable[[Step], None]:
    last = Step("", 0, 0, None, "")
    told = 0.0

    def draw(step: Step) -> None:
        nonlocal last, told
        now = time.monotonic()
        if step.what != last.what or now - told > _QUIET_SECONDS:
            parts = (step.what, _share(step), _left(step), step.note)
            sys.stderr.write("  ".join(part for part in parts if part) + "\n")
            sys.stderr.flush()
            last, told = step, now

    return draw


def _share(step: Step) -> str:
    return f"{step.done / step.total:.0%}" if step.total else ""


def _left(step: Step) -> str:
    return f"{clock(step.seconds_left)} left" if step.seconds_left is not None else ""
