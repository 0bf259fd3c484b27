"""The concordance: every word of every passage that can be found, by full-text search in the ledger's file.

Gives the passages that hold words of a question, and a passage's words in order. It deliberately fuses nothing and
knows no vectors: `index` does.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Mapping, Sequence

from byheart import words
from byheart.studies import match_any

# The columns hold the terms that `words` made, so the tokeniser has only to cut at spaces.
SCHEMA = """
CREATE VIRTUAL TABLE words USING fts5(
    title, heading, body, tokenize="unicode61 remove_diacritics 2 tokenchars '_.'");
"""


class Concordance:
    """The words table of an open ledger."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection

    def find(self, question: str, k: int) -> list[tuple[str, float]]:
        """At most `k` passages (id, BM25 score; higher is better) that hold words of the question, best first."""
        match = match_any(words.content_terms(question))
        if not match:
            return []
        rows = self._connection.execute(
            "SELECT p.digest, -w.score FROM (SELECT rowid, bm25(words) AS score FROM words WHERE words MATCH ? "
            "ORDER BY score LIMIT ?) w JOIN passage p ON p.id = w.rowid ORDER BY w.score",
            (match, k),
        )
        return [(digest, score) for digest, score in rows]

    def terms(self, passages: Sequence[str]) -> Mapping[str, tuple[list[str], list[str]]]:
        """The terms of each of `passages` (ids), in order: those of title and headings, and those of the text."""
        rows = self._connection.execute(
            "SELECT p.digest, w.title, w.heading, w.body FROM passage p JOIN words w ON w.rowid = p.id "
            "WHERE p.digest IN (SELECT value FROM json_each(?))",
            (json.dumps(passages),),
        )
        return {digest: (f"{title} {heading}".split(), body.split()) for digest, title, heading, body in rows}

    def enter(self, number: int, title: str, heading: Sequence[str], text: str) -> None:
        """Within a transaction: makes passage `number` one that is found by its words."""
        columns = [" ".join(words.terms(part)) for part in (title, " ".join(heading), text)]
        self._connection.execute(
            "INSERT INTO words(rowid, title, heading, body) VALUES (?, ?, ?, ?)", (number, *columns)
        )

    def strike(self, number: int) -> None:
        """Within a transaction: passage `number` is no longer found."""
        self._connection.execute("DELETE FROM words WHERE rowid = ?", (number,))
