"""Where a command runs: the library it is run in, and the questions that are typed or piped in.

Takes the current folder and stdin; gives paths and lines. It opens no library and answers nothing.
"""

from __future__ import annotations

import contextlib
import sys
from collections.abc import Iterator
from pathlib import Path

import typer


def nearest() -> Path | None:
    """The current folder or the nearest one above that is a library."""
    from byheart.ledger import FILE

    here = Path.cwd()
    return next((folder for folder in (here, *here.parents) if (folder / FILE).is_file()), None)


def questions(folder: Path) -> Iterator[str]:
    """What is typed, or piped in, line by line until the end; empty lines are passed over."""
    is_typed = sys.stdin.isatty() and sys.stdout.isatty()
    if is_typed:
        _remember(folder / ".history")
        typer.echo(f"{folder.name}: what would you like to know? Ctrl-D ends", err=True)
    while True:
        try:
            line = input("? " if is_typed else "")
        except EOFError:
            if is_typed:
                typer.echo("")
            return
        if line.strip():
            yield line.strip()


def _remember(file: Path) -> None:
    """Lets the arrow keys bring back questions of this and earlier sessions, where Python has readline."""
    try:
        import atexit
        import readline
    except ImportError:
        return
    with contextlib.suppress(OSError):
        readline.read_history_file(file)
    readline.set_history_length(1000)
    atexit.register(readline.write_history_file, file)
