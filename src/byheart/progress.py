"""Progress on stderr: a bar with the time left on a terminal, a line now and then elsewhere.

Takes the events that the library's verbs give to `watch`, draws them. Nothing here knows what is going on, and rich
is imported only when there is something to draw.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass
from typing import TYPE_CHECKING

from byheart.shown import place

if TYPE_CHECKING:
    from byheart.models import Fetching
    from byheart.outcomes import Adding, Exporting, Measuring, Studying

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


@dataclass(frozen=True, slots=True)
class Watchers:
    """What is given as `watch` to `models.fetch` and to the verbs of a library; all draw in one place."""

    fetching: Callable[[Fetching], None]
    adding: Callable[[Adding], None]
    studying: Callable[[Studying], None]
    exporting: Callable[[Exporting], None]
    measuring: Callable[[Measuring], None]


@contextmanager
def drawn() -> Iterator[Watchers]:
    """Watchers that draw while the context is open, and leave nothing behind on a terminal."""
    with _bar() if sys.stderr.isatty() else nullcontext(_lines()) as draw:
        left = _Estimate()
        yield Watchers(
            lambda event: draw(_fetched(event, left)),
            lambda event: draw(_added(event, left)),
            lambda event: draw(Step(event.stage, event.done, event.total, event.seconds_left, event.note)),
            lambda event: draw(_exported(event, left)),
            lambda event: draw(_measured(event, left)),
        )


def clock(seconds: float) -> str:
    """Seconds as they are read off a clock: 0:05, 3:20, 1:00:00."""
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"


class _Estimate:
    """Seconds left of the work under way, if it goes on as it went."""

    def __init__(self) -> None:
        self._work = ""
        self._begun = 0.0

    def __call__(self, work: str, done: float, total: float) -> float | None:
        now = time.monotonic()
        if work != self._work:
            self._work, self._begun = work, now
        elapsed = now - self._begun
        # The first second says little, and a number that jumps says less.
        return elapsed / done * (total - done) if done and total and elapsed > 1 else None


def _fetched(event: Fetching, left: _Estimate) -> Step:
    sizes = f"{event.done / 1e6:.0f} of {event.total / 1e6:.0f} MB  " if event.total else ""
    seconds = left(f"{event.step} {event.name}", event.done, event.total)
    return Step(event.step, event.done, event.total, seconds, f"{sizes}{event.name}")


def _added(event: Adding, left: _Estimate) -> Step:
    note = f"{event.done:,} of {event.total:,}  {place(event.source) if event.source else ''}"
    seconds = left("reading", event.done, event.total)
    return Step("reading", event.done, event.total, seconds, note.rstrip())


def _exported(event: Exporting, left: _Estimate) -> Step:
    note = f"{event.done:,} of {event.total:,} questions" if event.total else ""
    return Step(event.stage, event.done, event.total, left(event.stage, event.done, event.total), note)


def _measured(event: Measuring, left: _Estimate) -> Step:
    note = f"{event.done:,} of {event.total:,}  {event.note}" if event.total > 1 else event.note
    return Step(event.stage, event.done, event.total, left(event.stage, event.done, event.total), note)


@contextmanager
def _bar() -> Iterator[Callable[[Step], None]]:
    from rich.console import Console
    from rich.progress import BarColumn, Progress, ProgressColumn, Task, TextColumn
    from rich.table import Column
    from rich.text import Text

    class TimeLeft(ProgressColumn):
        """The time left, running down while nothing is heard of the work."""

        max_refresh = 0.5

        def render(self, task: Task) -> Text:
            ends = task.fields["ends"]
            return Text("" if ends is None else f"{clock(max(0.0, ends - time.monotonic()))} left")

    columns = (
        TextColumn("  {task.description}", markup=False),
        BarColumn(bar_width=20),
        TextColumn("{task.fields[share]:>4}", markup=False),
        TimeLeft(),
        TextColumn("{task.fields[note]}", style="dim", markup=False, table_column=Column(no_wrap=True, ratio=1)),
    )
    with Progress(*columns, console=Console(stderr=True), transient=True, expand=True) as shown:
        task = shown.add_task("starting", total=None, share="", ends=None, note="")

        def draw(step: Step) -> None:
            shown.update(
                task,
                description=step.what,
                completed=step.done,
                total=step.total if step.done else None,
                share=_share(step),
                ends=None if step.seconds_left is None else time.monotonic() + step.seconds_left,
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
            left = "" if step.seconds_left is None else f"{clock(step.seconds_left)} left"
            parts = (step.what, _share(step), left, step.note)
            sys.stderr.write("  ".join(part for part in parts if part) + "\n")
            sys.stderr.flush()
            last, told = step, now

    return draw


def _share(step: Step) -> str:
    return f"{step.done / step.total:.0%}" if step.total and step.done else ""
