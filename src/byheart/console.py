"""What the verbs of the command line share: the library that is meant, both streams, questions, and words for errors.

Results go to stdout, everything else to stderr.
"""

from __future__ import annotations

import contextlib
import os
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

import typer

from byheart.errors import ByheartError, UsageError

if TYPE_CHECKING:
    from byheart.library import Library


def opened(context: typer.Context) -> Library:
    """The library that --library names, or the one the current folder is in; UsageError if there is none."""
    from byheart import library

    folder = context.obj or nearest()
    if folder is None:
        raise UsageError(
            f"{Path.cwd()} is no library, nor is a folder above it",
            hint="byheart new FOLDER makes one; byheart --library FOLDER ... names one",
        )
    return library.open(folder)


@contextlib.contextmanager
def resumable(advice: str) -> Iterator[None]:
    """Says after a Ctrl-C what becomes of work that was begun."""
    try:
        yield
    except KeyboardInterrupt:
        note("stopped")
        hint(advice)
        raise


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
        note(f"{folder.name}: what would you like to know? Ctrl-D ends")
    while True:
        try:
            line = input("? " if is_typed else "")
        except EOFError:
            if is_typed:
                tell("")
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


def tell(text: str) -> None:
    """A result, on stdout."""
    typer.echo(text, color=False if os.environ.get("NO_COLOR") else None)


def note(text: str) -> None:
    """A word beside the result, on stderr."""
    typer.echo(text, err=True)


def hint(text: str) -> None:
    """What to do next, on stderr."""
    if text:
        note(f"hint: {text}")


def complain(error: ByheartError) -> None:
    """An error and its remedy, on stderr."""
    note(f"error: {error}")
    hint(error.hint)


def end(code: int) -> NoReturn:
    """Ends this process at once, when all that was told has been written."""
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(code)


def has_styles() -> bool:
    """Whether stdout shows colours and bold type."""
    return sys.stdout.isatty() and not os.environ.get("NO_COLOR")
