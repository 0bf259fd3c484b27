"""What the vector store has yet to learn: the ledger's list of passages to put and to drop.

A line is written in the transaction that changes a document, and struck when the store has followed, so a process
killed in between loses nothing. It knows no vector store.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager

import numpy

from byheart.ports import Vectors

SCHEMA = "CREATE TABLE outbox(digest TEXT PRIMARY KEY, is_put INTEGER NOT NULL) WITHOUT ROWID;"


class Outbox:
    """The list of an open ledger."""

    def __init__(
        self, connection: sqlite3.Connection, writing: Callable[[], AbstractContextManager[sqlite3.Connection]]
    ) -> None:
        self._connection = connection
        self._writing = writing

    def pending(self, most: int = 1000) -> tuple[list[str], Vectors, list[str]]:
        """At most `most` passages to put (ids, with their vectors, shape (n, dimensions)) and to drop (ids)."""
        rows = self._connection.execute(
            "SELECT o.digest, o.is_put, p.vector FROM outbox o LEFT JOIN passage p ON p.digest = o.digest LIMIT ?",
            (most,),
        ).fetchall()
        puts = [(digest, numpy.frombuffer(vector, numpy.float32)) for digest, is_put, vector in rows if is_put]
        stacked = numpy.stack([vector for _, vector in puts]) if puts else numpy.zeros((0, 0), numpy.float32)
        return [digest for digest, _ in puts], stacked, [digest for digest, is_put, _ in rows if not is_put]

    def settled(self, puts: Sequence[str], drops: Sequence[str]) -> None:
        """Strikes from the list what the vector store has learned."""
        with self._writing() as connection:
            for learned, is_put in ((puts, 1), (drops, 0)):
                connection.executemany(
                    "DELETE FROM outbox WHERE digest = ? AND is_put = ?", [(digest, is_put) for digest in learned]
                )

    def put_all_again(self) -> None:
        """Lists every live passage for the vector store, which was lost or is new."""
        with self._writing() as connection:
            connection.execute("DELETE FROM outbox")
            connection.execute(
                "INSERT INTO outbox SELECT DISTINCT p.digest, 1 FROM passage p JOIN place l ON l.passage = p.id"
            )

    def note(self, passage: str, *, is_put: bool) -> None:
        """Within a transaction: `passage` (id) is to be put, or dropped."""
        self._connection.execute("INSERT OR REPLACE INTO outbox VALUES (?, ?)", (passage, is_put))
