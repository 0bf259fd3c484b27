"""What has moved since a study: each fact that was taught beside what the documents of today say in its place.

Works within the transaction of `ledger` that changed a document, and keeps two tables: `today`, where each fact
stands or what stands instead, and `moved`, the passages that came into a studied work. It changes no document, and
`alignment` decides what it is for a sentence to stand in a text.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Sequence, Set
from dataclasses import dataclass

from byheart import alignment
from byheart.types import Fact, FactKind, Passage, Support

SCHEMA = """
CREATE TABLE today(
    fact INTEGER PRIMARY KEY REFERENCES fact, stands INTEGER, instead INTEGER, value TEXT NOT NULL,
    start INTEGER NOT NULL, end INTEGER NOT NULL);
CREATE TABLE moved(
    source INTEGER NOT NULL, passage INTEGER NOT NULL, PRIMARY KEY (source, passage)) WITHOUT ROWID;
"""

_PROSE = (FactKind.TERM, FactKind.NUMBER, FactKind.DEFINITION)

# A shorter sentence or line says nothing without the heading above it: "The default is 10."
_SPEAKS_FOR_ITSELF = 12


@dataclass(frozen=True, slots=True)
class _Text:
    """A passage as it stands today in a text of a work; `is_new` if the study in use never saw it."""

    passage: int
    source: int
    heading: tuple[str, ...]
    text: str
    is_superseded: bool
    is_new: bool


@dataclass(frozen=True, slots=True)
class _Taught:
    """A fact as it was taught."""

    number: int
    kind: FactKind
    evidence: str
    passage: int
    source: int
    heading: tuple[str, ...]
    text: str
    start: int
    end: int

    @property
    def is_prose(self) -> bool:
        """Whether it is said in a sentence, not in a line of fixed form."""
        return self.kind in _PROSE


def study_in_use(connection: sqlite3.Connection) -> int | None:
    """The number of the study in use; None before the first."""
    row = connection.execute("SELECT id FROM study WHERE is_in_use").fetchone()
    return int(row[0]) if row else None


def evidence(fact: Fact, passage: Passage, beside: Sequence[Passage]) -> str:
    """The stretch of a passage that says `fact`, and that no passage `beside` it under the same heading holds."""
    same = [other.text for other in beside if other.id != passage.id and other.heading == passage.heading]
    return alignment.evidence(passage.text, fact.start, fact.end, is_prose=fact.kind in _PROSE, beside=same)


def refresh(connection: sqlite3.Connection, source: int, touched: Set[int] = frozenset()) -> None:
    """Within the transaction that changed `source`: compares what was learned with what its work's texts say now.

    `touched` are the passages that came or went: texts of other works may have held them too.
    """
    study = study_in_use(connection)
    if study is None:
        return
    works = connection.execute(
        "SELECT work FROM edition WHERE source = ?1 "
        "UNION SELECT e.work FROM fact f JOIN edition e ON e.source = f.source "
        "WHERE f.study = ?2 AND f.passage IN (SELECT value FROM json_each(?3))",
        (source, study, json.dumps(sorted(touched))),
    ).fetchall()
    for (work,) in works:
        _compare(connection, study, work)
        _note_moved(connection, study, work)


def refresh_all(connection: sqlite3.Connection, study: int) -> None:
    """Within the transaction that brings `study` into use: compares everything that it taught."""
    connection.execute("DELETE FROM today")
    connection.execute("DELETE FROM moved")
    works = connection.execute(
        "SELECT DISTINCT e.work FROM studied d JOIN edition e ON e.source = d.source WHERE d.study = ?", (study,)
    ).fetchall()
    for (work,) in works:
        _compare(connection, study, work)
        _note_moved(connection, study, work)


def _compare(connection: sqlite3.Connection, study: int, work: int) -> None:
    taught = _taught_of(connection, study, work)
    if not taught:
        return
    texts = _texts_of(connection, study, work)
    live = {
        passage
        for (passage,) in connection.execute(
            "SELECT DISTINCT l.passage FROM place l JOIN revision r ON r.id = l.revision AND r.is_current "
            "JOIN edition e ON e.source = r.source WHERE e.superseded_by IS NULL "
            "AND l.passage IN (SELECT value FROM json_each(?))",
            (json.dumps([fact.passage for fact in taught]),),
        )
    }
    newest = [text for text in texts if not text.is_superseded]
    for fact in taught:
        own = [text for text in texts if text.source == fact.source]
        stands = fact.passage if fact.passage in live else _standing(fact, newest)
        support = Support.STILL
        if stands is None:
            stands = _standing(fact, own)
            is_gone = not own and not newest
            support = Support.SUPERSEDED if stands else Support.WITHDRAWN if is_gone else Support.CHANGED
        instead = _instead(fact, newest) if support in (Support.CHANGED, Support.SUPERSEDED) else None
        connection.execute("UPDATE fact SET support = ? WHERE id = ?", (support.value, fact.number))
        connection.execute(
            "INSERT OR REPLACE INTO today VALUES (?, ?, ?, ?, ?, ?)",
            (fact.number, stands, *(instead or (None, "", 0, 0))),
        )


def _standing(fact: _Taught, texts: Sequence[_Text]) -> int | None:
    """The passage among `texts` that says `fact` still."""
    is_short = len(fact.evidence.split()) < _SPEAKS_FOR_ITSELF
    return next(
        (
            text.passage
            for text in texts
            if not (is_short and text.heading != fact.heading)
            and alignment.stands(fact.evidence, text.text, is_prose=fact.is_prose)
        ),
        None,
    )


def _instead(fact: _Taught, texts: Sequence[_Text]) -> tuple[int, str, int, int] | None:
    """The passage, value and span that say otherwise in the sentence of `fact`; None unless just one value does."""
    first, last = alignment.core(fact.text, fact.start, fact.end, is_prose=fact.is_prose)
    is_short = len(fact.text[first:last].split()) < _SPEAKS_FOR_ITSELF
    size = len(fact.text[fact.start : fact.end].split())
    found = [
        (text.passage, instead.value, instead.start, instead.end)
        for text in texts
        if text.is_new and not (is_short and text.heading != fact.heading)
        for instead in alignment.instead(fact.text, fact.start, fact.end, text.text, is_prose=fact.is_prose)
        # A cell that became longer may be two: the table got another column.
        if fact.kind is not FactKind.TABLE or len(instead.value.split()) == size
    ]
    return found[0] if len({value for _, value, _, _ in found}) == 1 else None


def _taught_of(connection: sqlite3.Connection, study: int, work: int) -> list[_Taught]:
    rows = connection.execute(
        "SELECT f.id, f.kind, f.evidence, f.passage, f.source, p.title, p.heading, p.text, f.start, f.end FROM fact f "
        "JOIN passage p ON p.id = f.passage JOIN edition e ON e.source = f.source WHERE f.study = ? AND e.work = ?",
        (study, work),
    )
    return [
        _Taught(number, FactKind(kind), said, passage, source, _below(title, heading), text, start, end)
        for number, kind, said, passage, source, title, heading, text, start, end in rows
    ]


def _texts_of(connection: sqlite3.Connection, study: int, work: int) -> list[_Text]:
    rows = connection.execute(
        "SELECT p.id, e.source, p.title, p.heading, p.text, e.superseded_by IS NOT NULL, "
        "NOT EXISTS (SELECT 1 FROM seen WHERE seen.study = ?1 AND seen.passage = p.digest) "
        "FROM edition e JOIN revision r ON r.source = e.source AND r.is_current JOIN place l ON l.revision = r.id "
        "JOIN passage p ON p.id = l.passage WHERE e.work = ?2 ORDER BY e.source, l.start",
        (study, work),
    )
    return [
        _Text(passage, source, _below(title, heading), text, bool(is_superseded), bool(is_new))
        for passage, source, title, heading, text, is_superseded, is_new in rows
    ]


def _below(title: str, heading: str) -> tuple[str, ...]:
    """A heading path without the work's own title, which two of its texts may word differently."""
    path = tuple(json.loads(heading))
    return path[1:] if path[:1] == (title,) else path


def _note_moved(connection: sqlite3.Connection, study: int, work: int) -> None:
    """Lists what came into a studied work after the study, but for texts that a newer one supersedes anyway."""
    connection.execute("DELETE FROM moved WHERE source IN (SELECT source FROM edition WHERE work = ?)", (work,))
    connection.execute(
        "INSERT INTO moved SELECT DISTINCT r.source, l.passage FROM edition e "
        "JOIN revision r ON r.source = e.source AND r.is_current JOIN place l ON l.revision = r.id "
        "JOIN passage p ON p.id = l.passage WHERE e.work = ?2 AND e.superseded_by IS NULL "
        "AND EXISTS (SELECT 1 FROM studied d JOIN edition o ON o.source = d.source WHERE d.study = ?1 AND o.work = ?2) "
        "AND NOT EXISTS (SELECT 1 FROM seen WHERE seen.study = ?1 AND seen.passage = p.digest)",
        (study, work),
    )
