"""Tables and sentences for a terminal, drawn by rich, with or without styles: what is shown of measuring and advice."""

from __future__ import annotations

import io
import shutil
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from rich import box
from rich.console import Console, ConsoleOptions, RenderableType, RenderResult
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

_WIDEST = 110

# Wide enough for any table: what it takes when nothing is cut.
_UNBOUNDED = 10_000


@dataclass(frozen=True, slots=True)
class FigureTable:
    """A table of figures, a row each, by the names of their columns; the first names the row.

    No cell is ever cut or broken: where the terminal is too narrow, the columns `least` are left out in that order,
    and a line says so and where they are (`elsewhere`).
    """

    rows: Sequence[Mapping[str, str | Text]]
    least: Sequence[str]
    elsewhere: str

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        names = list(self.rows[0])
        left_out: list[str] = []
        for name in [one for one in self.least if one in names]:
            if _width(self._drawn(names), console, options) <= options.max_width:
                break
            names.remove(name)
            left_out.append(name)
        yield self._drawn(names)
        if left_out:
            yield sentence(f"no room here for {', '.join(left_out)}: {self.elsewhere}")

    def _drawn(self, names: Sequence[str]) -> Table:
        drawn_as = Table(box=box.SIMPLE_HEAD, pad_edge=False, header_style="dim", padding=(0, 1))
        for place, name in enumerate(names):
            drawn_as.add_column(name, justify="right" if place else "left", no_wrap=True)
        for row in self.rows:
            drawn_as.add_row(*(row[name] for name in names))
        return drawn_as


def _width(table: Table, console: Console, options: ConsoleOptions) -> int:
    return console.measure(table, options=options.update_width(_UNBOUNDED)).maximum


def sentence(text: str) -> RenderableType:
    """A sentence under a table."""
    return Padding(Text(text), (0, 0, 0, 2))


def drawn(parts: Sequence[RenderableType], *, has_styles: bool) -> str:
    """The text of `parts`, one below the other."""
    console = Console(
        file=io.StringIO(),
        force_terminal=has_styles,
        width=min(_WIDEST, shutil.get_terminal_size((_WIDEST, 24)).columns),
        highlight=False,
    )
    with console.capture() as captured:
        for part in parts:
            console.print(part)
    return "\n".join(line.rstrip() for line in captured.get().rstrip().splitlines())
