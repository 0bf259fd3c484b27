"""A ledger that an earlier byheart wrote, brought to the form of today: in one transaction, losing nothing.

Takes an open connection of an older version. An upgrade that computes what newer tables hold uses the same functions
that fill them from then on.
"""

from __future__ import annotations

import json
import sqlite3
from pathlib import Path

from byheart import editions, staleness
from byheart.errors import LibraryTooOld
from byheart.types import Fact, FactKind, Passage

OLDEST = 1


def upgrade(connection: sqlite3.Connection, folder: Path) -> None:
    """Within a transaction: the ledger in `folder` from version 1, which knew no works, to version 2."""
    if "asked_as" not in {row[1] for row in connection.execute("PRAGMA table_info(fact)")}:
        raise LibraryTooOld(folder)
    connection.execute("DROP TABLE moved")
    for statement in (editions.SCHEMA + staleness.SCHEMA).split(";"):
        connection.execute(statement)
    for (source,) in connection.execute("SELECT DISTINCT source FROM revision ORDER BY source").fetchall():
        editions.settle(connection, source)
    _find_evidence(connection)
    if (study := staleness.study_in_use(connection)) is not None:
        staleness.refresh_all(connection, study)
    connection.execute("PRAGMA user_version = 2")


def _find_evidence(connection: sqlite3.Connection) -> None:
    rows = connection.execute(
        "SELECT f.id, f.kind, f.start, f.end, f.source, p.digest, p.title, p.heading, p.text FROM fact f "
        "JOIN passage p ON p.id = f.passage"
    ).fetchall()
    beside: dict[int, dict[str, Passage]] = {}
    facts: list[tuple[int, int, Fact, Passage]] = []
    for number, kind, start, end, source, digest, title, heading, text in rows:
        passage = Passage(digest, title, tuple(json.loads(heading)), text)
        beside.setdefault(source, {})[digest] = passage
        facts.append((number, source, Fact("", FactKind(kind), digest, start, end, "", ""), passage))
    for number, source, fact, passage in facts:
        said = staleness.evidence(fact, passage, list(beside[source].values()))
        connection.execute("UPDATE fact SET evidence = ? WHERE id = ?", (said, number))
