"""Tables and sentences for a terminal, drawn by rich, with or without styles: what is shown of measuring and advice."""

from __future__ import annotations

import io
import shutil
from collections.abc import Sequence

from rich import box
from rich.console import Console, RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

_WIDEST = 110


def table(first: str, *others: str) -> Table:
    """A table of figures under these names; a column without one goes with the figure before it."""
    drawn_as = Table(box=box.SIMPLE_HEAD, pad_edge=False, header_style="dim", padding=(0, 1))
    drawn_as.add_column(first)
    for name in others:
        drawn_as.add_column(name, justify="left" if not name else "right", no_wrap=True)
    return drawn_as


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
