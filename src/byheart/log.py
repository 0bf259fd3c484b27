"""The question log: what was asked and how it was answered, in a file of its own, so that emptying it deletes it.

Takes `Logged` rows, gives them back. Each row is a transaction of a connection of its own, so two processes may write
at once, a killed one loses at most its last row, and a deleted file is written to by none. It decides nothing, and
nothing of it leaves the machine.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

from byheart.errors import LogUnavailable
from byheart.outcomes import Logged
from byheart.types import Origin

FILE = "log.db"

# Another process holds the pen for less than a millisecond, unless the machine lets it wait meanwhile.
_BUSY_SECONDS = 1.0

# An answer does not wait for the disk: a power cut may cost the log, but no document and no study.
_PRAGMAS = "PRAGMA synchronous=OFF;"
_SCHEMA = """
CREATE TABLE IF NOT EXISTS question(
    id INTEGER PRIMARY KEY, asked TEXT NOT NULL, question TEXT NOT NULL, origin TEXT NOT NULL, confidence REAL NOT NULL,
    seconds REAL NOT NULL, sources TEXT NOT NULL, agrees INTEGER, weights TEXT NOT NULL, is_sure INTEGER NOT NULL,
    read_confidence REAL)
"""
_COLUMNS = "asked, question, origin, confidence, seconds, sources, agrees, weights, is_sure, read_confidence"


@dataclass(frozen=True, slots=True)
class Log:
    """The question log in the folder of a library."""

    folder: Path

    @property
    def path(self) -> Path:
        return self.folder / FILE

    def write(self, row: Logged) -> int:
        """Adds `row` and gives its number; LogUnavailable where that cannot be."""
        values = (row.asked, row.question, row.origin.value, row.confidence, row.seconds, json.dumps(row.sources))
        with self._writing() as connection:
            (number,) = connection.execute(
                f"INSERT INTO question({_COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?) RETURNING id",
                (*values, row.agrees, row.weights, row.is_sure, row.read_confidence),
            ).fetchone()
        return int(number)

    def check_off(self, number: int, row: Logged) -> None:
        """Notes what became of the spot check of row `number`, unless the log was emptied meanwhile."""
        with self._writing() as connection:
            connection.execute(
                "UPDATE question SET agrees = ?, read_confidence = ? WHERE id = ? AND asked = ?",
                (row.agrees, row.read_confidence, number, row.asked),
            )

    def rows(self) -> list[Logged]:
        """Every row, oldest first; LogUnavailable where the file cannot be read."""
        if not self.path.exists():
            return []
        with self._writing() as connection:
            return [_row(values) for values in connection.execute(f"SELECT {_COLUMNS} FROM question ORDER BY id")]

    def empty(self) -> None:
        """Deletes the file."""
        # The journal first: a new log must not take it for its own.
        self.path.with_name(f"{FILE}-journal").unlink(missing_ok=True)
        self.path.unlink(missing_ok=True)

    def require(self) -> None:
        """LogUnavailable unless a row could be written now."""
        with self._writing():
            pass

    @contextmanager
    def _writing(self) -> Iterator[sqlite3.Connection]:
        try:
            # What someone asked is for no one else on the machine to read.
            self.path.touch(mode=0o600)
            with closing(sqlite3.connect(self.path, timeout=_BUSY_SECONDS, isolation_level=None)) as connection:
                connection.executescript(_PRAGMAS)
                connection.execute("BEGIN IMMEDIATE")
                connection.execute(_SCHEMA)
                yield connection
                connection.execute("COMMIT")
        except (sqlite3.Error, OSError) as error:
            raise LogUnavailable(self.path, str(error)) from error


def _row(values: tuple[str, str, str, float, float, str, int | None, str, int, float | None]) -> Logged:
    asked, question, origin, confidence, seconds, sources, agrees, weights, is_sure, read_confidence = values
    return Logged(
        asked,
        question,
        Origin(origin),
        confidence,
        seconds,
        tuple(json.loads(sources)),
        None if agrees is None else bool(agrees),
        weights,
        bool(is_sure),
        read_confidence,
    )
