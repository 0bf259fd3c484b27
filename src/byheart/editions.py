"""The works of a ledger: which of its texts are texts of one work, and which of them a newer one supersedes.

Takes an open connection from `ledger`; keeps a row a source, and says which texts a question names. What the user
declares of a text (`add --version`, `--date`, `--replaces`) counts more than what the text says of itself. `works`
knows how texts are told apart; nothing here reads one.
"""

from __future__ import annotations

import json
import re
import sqlite3
from collections.abc import Callable, Sequence, Set
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import date
from typing import Any

from byheart import staleness, works
from byheart.errors import UnknownSource, UsageError
from byheart.types import Citation, Hit
from byheart.works import Edition, Shelfmark

SCHEMA = """
CREATE TABLE edition(
    source INTEGER PRIMARY KEY REFERENCES source, work INTEGER NOT NULL, project TEXT NOT NULL, path TEXT NOT NULL,
    title TEXT NOT NULL, mark TEXT NOT NULL, is_of_a_series INTEGER NOT NULL, version TEXT, dated TEXT,
    replaces INTEGER REFERENCES source, superseded_by INTEGER REFERENCES source);
CREATE INDEX edition_of_work ON edition(work);
CREATE INDEX edition_of_project ON edition(project);
"""

# Whether the work of edition e has other texts, so that it must be said which one is meant.
HAS_OTHERS = "EXISTS (SELECT 1 FROM edition o WHERE o.work = e.work AND o.source != e.source)"

_HAS_CURRENT_OTHERS = (
    "EXISTS (SELECT 1 FROM edition o JOIN revision c ON c.source = o.source AND c.is_current "
    "WHERE o.work = e.work AND o.source != e.source)"
)
_IS_CURRENT = "EXISTS (SELECT 1 FROM revision r WHERE r.source = e.source AND r.is_current)"


@dataclass(frozen=True, slots=True)
class Declared:
    """What the user says of texts: the version and ISO date they speak of, and which held path they replace."""

    version: str | None = None
    dated: str | None = None
    replaces: str | None = None


@dataclass(frozen=True, slots=True)
class _Text:
    """What is held of a source: the text that counts today."""

    source: int
    work: int
    location: str
    replaces: int | None
    edition: Edition
    shelfmark: Shelfmark


@dataclass(frozen=True, slots=True)
class Named:
    """What `question` asks, the works of which it named a version, and the texts (locations) that it named."""

    question: str
    works: frozenset[int] = frozenset()
    sources: frozenset[str] = frozenset()


def declared(version: str | None, dated: str | None, replaces: str | None) -> Declared:
    """What a user says of texts, checked; UsageError where it is no version or no date."""
    if version is not None and not re.search(r"\d", version):
        raise UsageError(f'"{version}" is no version: it holds no number', hint="byheart add --version 2.13 …")
    try:
        day = dated if dated is None else date.fromisoformat(dated).isoformat()
    except ValueError as error:
        raise UsageError(f'"{dated}" is no date', hint="byheart add --date 2024-05-31 …") from error
    return Declared(version, day, replaces)


class Editions:
    """The editions of an open ledger."""

    def __init__(
        self, connection: sqlite3.Connection, writing: Callable[[], AbstractContextManager[sqlite3.Connection]]
    ) -> None:
        self._connection = connection
        self._writing = writing

    def named(self, question: str) -> Named:
        """The texts that `question` names by version or date, the newest of each work, if it has more than one."""
        if not works.mentioned(question):
            return Named(question)
        naming: list[re.Match[str]] = []
        chosen: dict[int, list[_Text]] = {}
        for text in _texts(self._connection, f"coalesce(r.version, r.dated) IS NOT NULL AND {_HAS_CURRENT_OTHERS}"):
            if found := works.naming(question, text.shelfmark, text.edition):
                naming += found
                chosen.setdefault(text.work, []).append(text)
        newer = {source: above for texts in chosen.values() for source, above in _newer(texts).items()}
        newest = [text.location for texts in chosen.values() for text in texts if not newer[text.source]]
        return Named(works.without(question, naming), frozenset(chosen), frozenset(newest))

    def missing(self, question: str, location: str) -> str:
        """What `question` names of the work of the text at `location` and is not held: "for 1.9"; empty if nothing."""
        if not works.mentioned(question):
            return ""
        is_of_work = "e.work = (SELECT o.work FROM edition o JOIN source c ON c.id = o.source WHERE c.location = ?)"
        texts = _texts(self._connection, is_of_work, location)
        return works.missing(question, [(text.shelfmark, text.edition) for text in texts])

    def require(self, place: str) -> None:
        """UnknownSource unless something is or was held at or below `place`."""
        _older(self._connection, place)

    def declare(self, sources: Sequence[str], declared: Declared) -> None:
        """Writes down what the user says of the texts at `sources`; UnknownSource if what they replace is not known."""
        with self._writing() as connection:
            older = _older(connection, declared.replaces) if declared.replaces else []
            for location in sources:
                source, before = connection.execute(
                    "SELECT s.id, e.work FROM source s JOIN edition e ON e.source = s.id WHERE s.location = ?",
                    (location,),
                ).fetchone()
                connection.execute(
                    "UPDATE edition SET version = coalesce(?, version), dated = coalesce(?, dated) WHERE source = ?",
                    (declared.version, declared.dated, source),
                )
                connection.execute(
                    "UPDATE revision SET version = coalesce(?, version), dated = coalesce(?, dated) "
                    "WHERE source = ? AND is_current",
                    (declared.version, declared.dated, source),
                )
                if older and (replaced := _counterpart(connection, source, older)):
                    _replace(connection, source, replaced)
                settle(connection, source)
                _order(connection, before)
                staleness.refresh(connection, source)


def hits(
    connection: sqlite3.Connection, scored: Sequence[tuple[str, float]], *, named: Set[str] = frozenset()
) -> list[Hit]:
    """The passages of `scored` (id, score) that can still be found, each at one place, in that order.

    Where a passage stands in several texts, those that are `named` (locations) come first, then those that no newer
    text supersedes, then the one that was added first.
    """
    rows = connection.execute(
        "SELECT p.digest, p.text, s.location, p.heading, l.start, l.end, p.title, r.version, r.dated, r.added, "
        f"e.work, e.mark, {HAS_OTHERS}, e.superseded_by IS NOT NULL FROM passage p JOIN place l ON l.passage = p.id "
        "JOIN revision r ON r.id = l.revision JOIN source s ON s.id = r.source JOIN edition e ON e.source = s.id "
        "WHERE p.digest IN (SELECT value FROM json_each(?)) "
        "ORDER BY s.location IN (SELECT value FROM json_each(?)), e.superseded_by IS NULL, r.added DESC, "
        "s.location DESC, l.start DESC",
        (json.dumps([passage for passage, _ in scored]), json.dumps(sorted(named))),
    )
    best = {row[0]: row[1:] for row in rows}
    return [_hit(passage, score, best[passage]) for passage, score in scored if passage in best]


def name_of(version: str | None, dated: str | None, mark: str, *, has_others: bool) -> str:
    """What a text is called among the texts of its work; empty where it needs no name."""
    return version or ((dated or mark) if has_others else "")


def cited(hit: Hit, *, span: tuple[int, int] | None = None) -> Citation:
    """The place of a passage that was found; `span` is what in its text says the answer."""
    place = (hit.source, hit.title, hit.heading, hit.start, hit.end, hit.text, hit.version, hit.dated)
    return Citation(*place, added=hit.added, edition=hit.edition, span=span)


def _hit(passage: str, score: float, row: Sequence[Any]) -> Hit:
    text, location, heading, start, end, title, version, dated, added, work, mark, has_others, is_superseded = row
    edition = name_of(version, dated, mark, has_others=has_others)
    place = (text, score, location, tuple(json.loads(heading)), start, end, title, passage, version, dated, added)
    return Hit(*place, work=work, edition=edition, is_superseded=bool(is_superseded))


def spoken_of(connection: sqlite3.Connection, source: int) -> tuple[str | None, str | None]:
    """The version and date that the user declared for the texts of `source`."""
    row = connection.execute("SELECT version, dated FROM edition WHERE source = ?", (source,)).fetchone()
    return (row[0], row[1]) if row else (None, None)


def settle(connection: sqlite3.Connection, source: int) -> None:
    """Within the transaction that changed `source`: finds its work, and which texts of that work are superseded."""
    row = connection.execute(
        "SELECT s.location, r.title, r.version FROM source s JOIN revision r ON r.source = s.id WHERE s.id = ? "
        "ORDER BY r.is_current DESC, r.id DESC LIMIT 1",
        (source,),
    ).fetchone()
    if row:
        mark = works.shelfmark(*row)
        connection.execute(
            "INSERT INTO edition(source, work, project, path, title, mark, is_of_a_series) "
            "VALUES (?, ?, ?, ?, ?, ?, ?) "
            "ON CONFLICT(source) DO UPDATE SET project = excluded.project, path = excluded.path, "
            "title = excluded.title, mark = excluded.mark, is_of_a_series = excluded.is_of_a_series",
            (source, source, mark.project, mark.path, mark.title, mark.mark, mark.is_of_a_series),
        )
        is_alone = "NOT EXISTS (SELECT 1 FROM edition o WHERE o.work = edition.work AND o.source != edition.source)"
        if connection.execute(f"SELECT 1 FROM edition WHERE source = ? AND {is_alone}", (source,)).fetchone():
            work = _work_like(connection, source, mark) or source
            connection.execute("UPDATE edition SET work = ? WHERE source = ?", (work, source))
        _order(connection, *connection.execute("SELECT work FROM edition WHERE source = ?", (source,)).fetchone())


def _work_like(connection: sqlite3.Connection, source: int, mark: Shelfmark) -> int | None:
    """The work of another text that `source`, with this shelfmark, is a text of too; None if it is alone."""
    rows = connection.execute(
        f"SELECT e.work, e.project, e.path, e.title, e.mark, e.is_of_a_series, {_IS_CURRENT}, "
        f"EXISTS (SELECT 1 FROM edition o WHERE o.work = e.work AND o.mark = ?2 AND o.source != e.source) "
        f"FROM edition e WHERE e.project = ?1 AND e.source != ?3 AND (e.mark != ?2 OR NOT {_IS_CURRENT})",
        (mark.project, mark.mark, source),
    )
    likely: list[tuple[int, int]] = []
    for work, project, path, title, other, is_of_a_series, is_current, has_one_so_marked in rows:
        likeness = works.likeness(
            mark, Shelfmark(project, path, title, other, bool(is_of_a_series)), is_gone=not is_current
        )
        # A mere likeness of titles is outweighed by a text that fills the place already.
        if likeness > 1 or (likeness and not has_one_so_marked):
            likely.append((likeness, work))
    return max(likely)[1] if likely else None


def _order(connection: sqlite3.Connection, work: int) -> None:
    """Says of each text of `work` by which newer one it is superseded; NULL where it is the newest, or gone."""
    newer = _newer(_texts(connection, "e.work = ?", work))
    connection.execute("UPDATE edition SET superseded_by = NULL WHERE work = ?", (work,))
    for source, above in newer.items():
        if above:
            newest = min(one for one in above if not newer[one])
            connection.execute("UPDATE edition SET superseded_by = ? WHERE source = ?", (newest, source))


def _newer(texts: Sequence[_Text]) -> dict[int, set[int]]:
    """For each source of `texts`, which are of one work, the sources of newer ones."""
    return works.newer({text.source: text.edition for text in texts}, {text.source: text.replaces for text in texts})


def _texts(connection: sqlite3.Connection, condition: str, *values: object) -> list[_Text]:
    """The texts held that meet a condition on edition e and revision r."""
    rows = connection.execute(
        "SELECT e.source, e.work, s.location, e.replaces, r.version, r.dated, e.project, e.path, e.title, e.mark, "
        "e.is_of_a_series FROM edition e JOIN source s ON s.id = e.source "
        f"JOIN revision r ON r.source = e.source AND r.is_current WHERE {condition} ORDER BY e.source",
        values,
    )
    found: list[_Text] = []
    for source, work, location, replaces, version, dated, project, path, title, mark, is_of_a_series in rows:
        shelfmark = Shelfmark(project, path, title, mark, bool(is_of_a_series))
        found.append(_Text(source, work, location, replaces, Edition(version, dated, mark), shelfmark))
    return found


def _replace(connection: sqlite3.Connection, source: int, replaced: int) -> None:
    """Writes down that a text replaces another one, into whose work it goes with all that replaces it.

    What was declared before and says the contrary, over however many texts, is taken back.
    """
    connection.execute(
        "WITH RECURSIVE before(source) AS (SELECT ?2 UNION "
        "SELECT e.replaces FROM edition e JOIN before b ON b.source = e.source WHERE e.replaces IS NOT NULL) "
        "UPDATE edition SET replaces = NULL WHERE replaces = ?1 AND source IN (SELECT source FROM before)",
        (source, replaced),
    )
    connection.execute("UPDATE edition SET replaces = ?2 WHERE source = ?1", (source, replaced))
    connection.execute(
        "WITH RECURSIVE after(source) AS (SELECT ?1 UNION "
        "SELECT e.source FROM edition e JOIN after a ON a.source = e.replaces) "
        "UPDATE edition SET work = (SELECT work FROM edition WHERE source = ?2) "
        "WHERE source IN (SELECT source FROM after)",
        (source, replaced),
    )


def _older(connection: sqlite3.Connection, under: str) -> list[tuple[int, str, str, str]]:
    """(source, location, title, file stem) of what is or was held at or below `under`."""
    rows = connection.execute(
        "SELECT e.source, s.location, e.title FROM edition e JOIN source s ON s.id = e.source "
        "WHERE s.location = ?1 OR substr(s.location, 1, length(?1) + 1) = ?1 || '/'",
        (under.rstrip("/"),),
    ).fetchall()
    if not rows:
        raise UnknownSource(under)
    return [(source, location, title, _stem(location)) for source, location, title in rows]


def _counterpart(connection: sqlite3.Connection, source: int, older: Sequence[tuple[int, str, str, str]]) -> int | None:
    """Which of the `older` texts `source` replaces: the one there is, else the nearest of its name or title."""
    others = [row for row in older if row[0] != source]
    if len(older) == 1:
        return others[0][0] if others else None
    location, title = connection.execute(
        "SELECT s.location, e.title FROM edition e JOIN source s ON s.id = e.source WHERE e.source = ?", (source,)
    ).fetchone()
    folders = set(location.split("/"))
    alike = [
        (2 * (name == title) + (stem == _stem(location)), len(folders & set(place.split("/"))), other)
        for other, place, name, stem in others
        if name == title or stem == _stem(location)
    ]
    return max(alike)[2] if alike else None


def _stem(location: str) -> str:
    return location.rpartition("/")[2].partition(".")[0].lower()
