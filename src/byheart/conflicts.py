"""The record of conflicts: what was said differently, by whom, of which day, and by which rule it was settled.

Takes an open connection from `ledger`; keeps a row a conflict, whole, so that it can be read when the documents it
was about have long changed. It settles nothing (resolve.py does).
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from typing import Any

from byheart.types import Claim, Conflict

SCHEMA = (
    "CREATE TABLE conflict(id INTEGER PRIMARY KEY, seen TEXT NOT NULL, question TEXT NOT NULL, record TEXT NOT NULL);"
)


class Conflicts:
    """The conflicts of an open ledger."""

    def __init__(
        self, connection: sqlite3.Connection, writing: Callable[[], AbstractContextManager[sqlite3.Connection]]
    ) -> None:
        self._connection = connection
        self._writing = writing

    def log(self, question: str, conflict: Conflict, *, seen: str) -> None:
        """Writes down that `question` met `conflict` at the ISO time `seen`."""
        record = {
            "memory": _plain(conflict.memory) if conflict.memory else None,
            "documents": _plain(conflict.documents),
            "others": [_plain(other) for other in conflict.others],
            "winner": conflict.winner.value,
            "rule": conflict.rule,
            "told": conflict.told,
        }
        with self._writing() as connection:
            connection.execute(
                "INSERT INTO conflict(seen, question, record) VALUES (?, ?, ?)",
                (seen, question, json.dumps(record, ensure_ascii=False)),
            )

    def all(self) -> list[tuple[str, str, Mapping[str, Any]]]:
        """(time, question, record) of each conflict settled, oldest first."""
        rows = self._connection.execute("SELECT seen, question, record FROM conflict ORDER BY id")
        return [(seen, question, json.loads(record)) for seen, question, record in rows]


def _plain(claim: Claim) -> dict[str, object]:
    said: dict[str, object] = {"text": claim.text, "confidence": claim.confidence}
    if (cited := claim.citation) is not None:
        said |= {"source": cited.source, "heading": cited.heading, "passage": cited.text, "span": cited.span}
        said |= {"version": cited.version, "dated": cited.dated, "added": cited.added, "edition": cited.edition}
    return said
