"""One tree of errors; each says what was found, what was wanted, and carries the next command.

ByheartError
├── UsageError            bad arguments, settings or files of the user's
│   ├── NotALibrary       the folder holds no library
│   ├── AlreadyALibrary   `new` on a folder that has one
│   ├── BadSettings       byheart.toml: unknown key, wrong type
│   ├── BadFacts          a file of facts: a line that is not as it must be
│   ├── BadQuestions      a file of questions: lines that cannot be used
│   ├── NothingToStudy    no core document, or no fact in them
│   ├── NothingStudied    weights were asked for before any study
│   └── UnknownSource     a path that names no document of the library
├── UnreadableDocument    a file that gives no text; `add` lists it and goes on
├── LibraryBusy           another process writes to the library
├── LogUnavailable        the question log cannot be read or written
├── LibraryTooNew         the ledger was written by a newer byheart
├── LibraryTooOld         the ledger was written by an older byheart, in a form that is not read any more
├── LibraryDamaged        the ledger or weights do not hold what they should
├── EmbedderMismatch      indexed with one embedder, opened with another
├── ModelMissing          weights are not on this machine
├── ModelUnavailable      a model server is down, slow, or sends garbage
├── StoreUnavailable      the vector store cannot be reached or is gone
├── DownloadFailed        a fetch did not give the pinned bytes
├── TrainingFailed        out of memory, disk full, a loss that is not a number
├── ExportFailed          an export could not be written, or does not answer as the study does
└── ExtraMissing          an optional part of byheart is not installed
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


class ByheartError(Exception):
    """Anything byheart raises on purpose. `hint` is the next command or step, or empty."""

    def __init__(self, message: str, *, hint: str = "") -> None:
        super().__init__(message)
        self.hint = hint


class UsageError(ByheartError):
    """Arguments, settings or files of the user's are not as they must be."""


class NotALibrary(UsageError):
    """The folder holds no library."""

    def __init__(self, folder: Path) -> None:
        super().__init__(f"{folder} is not a byheart library (no library.db)", hint=f"byheart new {folder}")


class AlreadyALibrary(UsageError):
    """A library was to be made where one is."""

    def __init__(self, folder: Path) -> None:
        super().__init__(f"{folder} already holds a library", hint=f"cd {folder} && byheart status")


class BadSettings(UsageError):
    """byheart.toml holds an unknown key or a value of the wrong type."""

    def __init__(self, path: Path, problem: str) -> None:
        super().__init__(f"{path}: {problem}", hint=f"edit {path}; docs/settings.md lists the keys")


class BadFacts(UsageError):
    """A line of a file of facts is no JSON, names no fact of today's documents, or changes one."""

    def __init__(self, path: Path, line: int, problem: str) -> None:
        super().__init__(
            f"{path}, line {line}: {problem}",
            hint="delete that line, or write the file anew with byheart study --plan --to FILE",
        )


class BadQuestions(UsageError):
    """A file of questions holds lines that cannot be used, or cannot be read at all."""

    def __init__(self, problems: str) -> None:
        super().__init__(problems, hint="docs/measure.md shows what a line of questions holds")


class NothingToStudy(UsageError):
    """No core document was named, or the named ones hold no fact that can be taught."""


class NothingStudied(UsageError):
    """Weights were asked for before any document was studied."""

    def __init__(self, folder: Path) -> None:
        super().__init__(f"{folder} holds no trained weights", hint="byheart study")


class UnknownSource(UsageError):
    """A path names no document of the library."""

    def __init__(self, path: str) -> None:
        super().__init__(f"no document of the library lies at {path}", hint="byheart status --documents lists them")


class UnreadableDocument(ByheartError):
    """A file gives no text: unsupported, damaged, empty, or a scan."""


class LibraryBusy(ByheartError):
    """Another process is writing to the library."""

    def __init__(self, folder: Path) -> None:
        super().__init__(f"another byheart is writing to {folder}", hint="wait for it to finish, then run this again")


class LogUnavailable(ByheartError):
    """The question log cannot be read or written; answers do not need it."""

    def __init__(self, path: Path, reason: str) -> None:
        super().__init__(f"{path}: {reason}", hint="byheart log --empty begins a new one")


class LibraryTooOld(ByheartError):
    """The ledger was written by an older byheart, in a form that is not read any more."""

    def __init__(self, folder: Path) -> None:
        super().__init__(
            f"{folder} was written by an older byheart, in a form that is not read any more",
            hint="byheart new makes a library, byheart add and byheart study fill it again",
        )


class LibraryTooNew(ByheartError):
    """The ledger was written by a newer byheart."""

    def __init__(self, folder: Path, found: int, known: int) -> None:
        super().__init__(
            f"{folder} was written by a newer byheart (ledger version {found}; this one knows {known})",
            hint="pip install --upgrade byheart",
        )


class LibraryDamaged(ByheartError):
    """The ledger or the weights do not hold what they should."""


class EmbedderMismatch(ByheartError):
    """A library indexed with one embedder was opened with another."""

    def __init__(self, indexed_with: str, opened_with: str) -> None:
        super().__init__(
            f"the library was indexed with {indexed_with}, but byheart.toml names {opened_with}",
            hint=f'set embedder = "{indexed_with}" in byheart.toml, or make a new library with the other one',
        )


class ModelMissing(ByheartError):
    """Model files are not on this machine."""


class ModelUnavailable(ByheartError):
    """A model cannot answer: its server is down, slow, or sends garbage, or the process failed."""


class StoreUnavailable(ByheartError):
    """The vector store cannot be reached, or its folder is gone."""


class DownloadFailed(ByheartError):
    """A fetch did not give the pinned bytes."""


class TrainingFailed(ByheartError):
    """Training stopped: out of memory, disk full, a loss that is not a number. The previous study is in use."""


class ExportFailed(ByheartError):
    """An export could not be written, or does not answer as the study does; nothing of it is left."""


class ExtraMissing(ByheartError):
    """An optional part of byheart is not installed."""

    def __init__(self, extra: str, what_for: str) -> None:
        super().__init__(f"{what_for} needs the extra '{extra}'", hint=f'pip install "byheart[{extra}]"')


@contextmanager
def of_extra(extra: str, what_for: str) -> Iterator[None]:
    """Says which part of byheart to install where an import in the context fails."""
    try:
        yield
    except ImportError as error:
        raise ExtraMissing(extra, f"{what_for} ({error.name} is not installed)") from error
