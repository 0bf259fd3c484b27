"""What is in the weights: the ledger's tables of studies, of the facts each was taught, and of what moved since.

Takes an open connection from `ledger`; gives studies, facts near a question, and what today's documents say of
them. A study comes into use by one row, written last. It trains nothing and reads no document: whether a fact
is still supported is decided by the passages and texts that the ledger holds.
"""

from __future__ import annotations

import json
import re
import sqlite3
from collections.abc import Callable, Mapping, Sequence, Set
from contextlib import AbstractContextManager

from byheart import words
from byheart.errors import UsageError
from byheart.types import Fact, FactKind, Learned, Passage, Revision, StudyRecord, Support, Surroundings, Taught

SCHEMA = """
CREATE TABLE study(
    id INTEGER PRIMARY KEY, base TEXT NOT NULL, weights TEXT NOT NULL, made TEXT NOT NULL,
    is_in_use INTEGER NOT NULL, planned INTEGER NOT NULL, mastered INTEGER NOT NULL, minutes REAL NOT NULL,
    details TEXT NOT NULL);
CREATE UNIQUE INDEX one_study_in_use ON study(is_in_use) WHERE is_in_use;
CREATE TABLE studied(
    study INTEGER NOT NULL REFERENCES study, source INTEGER NOT NULL REFERENCES source,
    revision INTEGER NOT NULL REFERENCES revision, PRIMARY KEY (study, source)) WITHOUT ROWID;
CREATE TABLE seen(
    study INTEGER NOT NULL REFERENCES study, passage TEXT NOT NULL, PRIMARY KEY (study, passage)) WITHOUT ROWID;
CREATE TABLE fact(
    id INTEGER PRIMARY KEY, study INTEGER NOT NULL REFERENCES study, digest TEXT NOT NULL, kind TEXT NOT NULL,
    passage INTEGER NOT NULL REFERENCES passage, source INTEGER NOT NULL REFERENCES source, start INTEGER NOT NULL,
    end INTEGER NOT NULL, value TEXT NOT NULL, statement TEXT NOT NULL, subject TEXT NOT NULL,
    attribute TEXT NOT NULL, asked_as TEXT NOT NULL, evidence TEXT NOT NULL, place INTEGER NOT NULL,
    is_mastered INTEGER NOT NULL, support TEXT NOT NULL);
CREATE INDEX fact_of_passage ON fact(passage);
CREATE INDEX fact_of_source ON fact(source, study);
CREATE VIRTUAL TABLE fact_words USING fts5(
    subject, attribute, statement, title, asked_as, tokenize="unicode61 tokenchars '_.'");
CREATE VIRTUAL TABLE fact_vocabulary USING fts5vocab(fact_words, 'row');
CREATE TABLE moved(
    source INTEGER NOT NULL, passage INTEGER NOT NULL, PRIMARY KEY (source, passage)) WITHOUT ROWID;
"""

# A fact's subject and attribute say what a question is about; its statement also holds passing words.
_COLUMN_WEIGHTS = "3.0, 2.0, 1.0, 1.0, 0.5"

_SENTENCE_START = re.compile(r"(?:[.!?][\"')\]*_`]*\s+|\n\s*\n)(?=\S)")
_SENTENCE_END = re.compile(r"[.!?][\"')\]*_`]*(?=\s)|\n\s*\n")
_PROSE = (FactKind.TERM, FactKind.NUMBER, FactKind.DEFINITION)


class Studies:
    """The studies of an open ledger."""

    def __init__(
        self, connection: sqlite3.Connection, writing: Callable[[], AbstractContextManager[sqlite3.Connection]]
    ) -> None:
        self._connection = connection
        self._writing = writing

    def next_number(self) -> int:
        (last,) = self._connection.execute("SELECT coalesce(max(id), 0) FROM study").fetchone()
        return int(last) + 1

    def finish(
        self,
        record: StudyRecord,
        facts: Sequence[Learned],
        studied: Mapping[Revision, Sequence[Passage]],
    ) -> None:
        """Records a study and brings it into use, in one transaction.

        `studied` gives the passages of each text that was studied,
        as they were when the study was planned. Documents may have changed meanwhile: their facts are then stale.
        """
        with self._writing() as connection:
            connection.execute("UPDATE study SET is_in_use = 0")
            connection.execute(
                "INSERT INTO study VALUES (?, ?, ?, ?, 1, ?, ?, ?, ?)",
                (
                    record.number,
                    record.base,
                    record.weights,
                    record.made,
                    record.facts_planned,
                    record.facts_mastered,
                    record.minutes,
                    json.dumps(dict(record.details)),
                ),
            )
            passages: dict[str, tuple[int, Passage]] = {}
            for revision, held in studied.items():
                source, number = connection.execute(
                    "SELECT s.id, r.id FROM source s JOIN revision r ON r.source = s.id "
                    "WHERE s.location = ? AND r.digest = ? AND r.added = ?",
                    (revision.source, revision.digest, revision.added),
                ).fetchone()
                connection.execute("INSERT INTO studied VALUES (?, ?, ?)", (record.number, source, number))
                connection.executemany(
                    "INSERT OR IGNORE INTO seen VALUES (?, ?)", [(record.number, passage.id) for passage in held]
                )
                passages |= {passage.id: (source, passage) for passage in held}
            for learned in facts:
                source, passage = passages[learned.fact.passage]
                _record_fact(connection, record.number, learned, passage, source)
            _bring_into_use(connection, record.number)

    def use(self, number: int) -> None:
        """Brings an earlier study back into use."""
        with self._writing() as connection:
            if not connection.execute("SELECT 1 FROM study WHERE id = ?", (number,)).fetchone():
                known = [str(record.number) for record in self.all()]
                raise UsageError(
                    f"there is no study {number}",
                    hint=f"the studies are {', '.join(known)}" if known else "byheart study makes the first one",
                )
            connection.execute("UPDATE study SET is_in_use = 0")
            connection.execute("UPDATE study SET is_in_use = 1 WHERE id = ?", (number,))
            _bring_into_use(connection, number)

    def all(self) -> list[StudyRecord]:
        """Every study, oldest first."""
        return [_study(row) for row in self._connection.execute(f"SELECT {_STUDY} FROM study ORDER BY id")]

    def in_use(self) -> StudyRecord | None:
        row = self._connection.execute(f"SELECT {_STUDY} FROM study WHERE is_in_use").fetchone()
        return None if row is None else _study(row)

    def near(self, question: str, k: int = 12) -> Surroundings:
        """At most `k` facts of the study in use near `question`, best first, and how much of it they do not know."""
        match = match_any(words.content_terms(question))
        if not match:
            return Surroundings(unknown_words=1.0)
        rows = self._connection.execute(
            f"SELECT rowid, -bm25(fact_words, {_COLUMN_WEIGHTS}) AS score FROM fact_words "
            "WHERE fact_words MATCH ? ORDER BY score DESC LIMIT ?",
            (match, k),
        ).fetchall()
        return Surroundings(
            tuple(self._taught(number, score) for number, score in rows),
            unknown_words=self._unknown(words.content_terms(question)),
            unknown_names=self._unknown(words.names(question)),
        )

    def _unknown(self, wanted: Sequence[str]) -> float:
        """The share (0 to 1) of the `wanted` terms that no fact of the study in use holds; 0 if none is wanted."""
        different = set(wanted)
        (known,) = self._connection.execute(
            "SELECT count(*) FROM fact_vocabulary WHERE term IN (SELECT value FROM json_each(?))",
            (json.dumps(sorted(different)),),
        ).fetchone()
        return 1 - known / len(different) if different else 0.0

    def passage(self, taught: Taught) -> Passage:
        """The passage that a fact was learned from, as it was then."""
        digest, title, heading, text = self._connection.execute(
            "SELECT digest, title, heading, text FROM passage WHERE digest = ?", (taught.fact.passage,)
        ).fetchone()
        return Passage(digest, title, tuple(json.loads(heading)), text)

    def facts(self) -> list[tuple[Fact, bool, Support]]:
        """The facts of the study in use: each with whether it was mastered, and what documents say of it now."""
        rows = self._connection.execute(
            f"SELECT {_FACT}, f.is_mastered, f.support FROM fact f JOIN passage p ON p.id = f.passage "
            "JOIN study s ON s.id = f.study AND s.is_in_use ORDER BY f.id"
        )
        return [(_fact(row[:9]), bool(row[9]), Support(row[10])) for row in rows]

    def stale(self) -> tuple[int, list[str]]:
        """How many facts of the study in use documents no longer say, and the sources they are from."""
        rows = self._connection.execute(
            "SELECT o.location, count(*) FROM fact f JOIN study s ON s.id = f.study AND s.is_in_use "
            "JOIN source o ON o.id = f.source WHERE f.support != ? GROUP BY o.location ORDER BY o.location",
            (Support.STILL.value,),
        ).fetchall()
        return sum(count for _, count in rows), [location for location, _ in rows]

    def unstudied(self) -> list[str]:
        """Core documents that the study in use did not hold, or held in an older text."""
        rows = self._connection.execute(
            "SELECT s.location FROM source s JOIN revision r ON r.source = s.id AND r.is_current "
            "WHERE s.holding = 'core' AND NOT s.is_licence AND NOT EXISTS (SELECT 1 FROM studied d "
            "JOIN study u ON u.id = d.study AND u.is_in_use WHERE d.source = s.id AND d.revision = r.id) "
            "ORDER BY s.location"
        )
        return [location for (location,) in rows]

    def moved(self, passages: Sequence[str]) -> set[str]:
        """Those of `passages` (ids) that came into a studied work after the study in use."""
        rows = self._connection.execute(
            "SELECT DISTINCT p.digest FROM moved m JOIN passage p ON p.id = m.passage "
            "WHERE p.digest IN (SELECT value FROM json_each(?))",
            (json.dumps(list(passages)),),
        )
        return {digest for (digest,) in rows}

    def has_moved(self) -> bool:
        """Whether any passage came into a studied work after the study in use."""
        return self._connection.execute("SELECT 1 FROM moved LIMIT 1").fetchone() is not None

    def _taught(self, number: int, score: float) -> Taught:
        row = self._connection.execute(
            f"SELECT {_FACT}, f.is_mastered, f.support, p.heading, o.location, r.digest, p.title, r.version, r.dated, "
            "r.added, f.place, f.asked_as FROM fact f JOIN passage p ON p.id = f.passage "
            "JOIN source o ON o.id = f.source JOIN studied d ON d.study = f.study AND d.source = f.source "
            "JOIN revision r ON r.id = d.revision WHERE f.id = ?",
            (number,),
        ).fetchone()
        mastered, support, heading, location, digest, title, version, dated, added, place, asked_as = row[9:]
        revision = Revision(location, digest, title, version, dated, added)
        heading_path = tuple(json.loads(heading))
        return Taught(_fact(row[:9]), score, bool(mastered), Support(support), revision, heading_path, place, asked_as)


def match_any(terms: Sequence[str]) -> str:
    """A full-text query for any of `terms`; empty when there is none."""
    return " OR ".join(f'"{term}"' for term in dict.fromkeys(terms))


def refresh(connection: sqlite3.Connection, source: int, touched: Set[int] = frozenset()) -> None:
    """Within the transaction that changed `source`: compares what was learned with what texts say now.

    `touched` are the passages that came or went: other sources may have held them too.
    """
    study = _number_in_use(connection)
    if study is None:
        return
    holders = connection.execute(
        "SELECT DISTINCT source FROM fact WHERE passage IN (SELECT value FROM json_each(?))",
        (json.dumps(sorted(touched)),),
    )
    for holder in {source, *(number for (number,) in holders)}:
        _refresh_facts(connection, holder)
    _refresh_moved(connection, source, study)


def evidence(fact: Fact, text: str) -> str:
    """The stretch of a passage's text that says `fact`, white space folded: its lines, or for prose its sentence."""
    if fact.kind in _PROSE:
        starts = [match.end() for match in _SENTENCE_START.finditer(text, 0, fact.start)]
        start = starts[-1] if starts else 0
        ended = _SENTENCE_END.search(text, fact.end)
        end = ended.end() if ended else len(text)
    else:
        start = text.rfind("\n", 0, fact.start) + 1
        end = text.find("\n", max(fact.end - 1, fact.start)) % (len(text) + 1)
    return folded(text[start:end])


def folded(text: str) -> str:
    """`text` with each run of white space as one space."""
    return " ".join(text.split())


_STUDY = "id, base, weights, made, is_in_use, planned, mastered, minutes, details"


def _study(row: tuple[int, str, str, str, int, int, int, float, str]) -> StudyRecord:
    number, base, weights, made, is_in_use, planned, mastered, minutes, details = row
    return StudyRecord(number, base, weights, made, bool(is_in_use), planned, mastered, minutes, json.loads(details))


_FACT = "f.digest, f.kind, p.digest, f.start, f.end, f.value, f.statement, f.subject, f.attribute"


def _fact(row: Sequence[object]) -> Fact:
    digest, kind, passage, start, end, value, statement, subject, attribute = row
    return Fact(
        str(digest),
        FactKind(str(kind)),
        str(passage),
        int(str(start)),
        int(str(end)),
        str(value),
        str(statement),
        str(subject),
        str(attribute),
    )


def _record_fact(connection: sqlite3.Connection, study: int, learned: Learned, passage: Passage, source: int) -> None:
    fact = learned.fact
    connection.execute(
        "INSERT OR IGNORE INTO passage(digest, title, heading, text, vector) VALUES (?, ?, ?, ?, x'')",
        (passage.id, passage.title, json.dumps(passage.heading), passage.text),
    )
    number, place = connection.execute(
        "SELECT p.id, coalesce((SELECT min(start) FROM place WHERE passage = p.id), 0) FROM passage p WHERE digest = ?",
        (passage.id,),
    ).fetchone()
    connection.execute(
        "INSERT INTO fact(study, digest, kind, passage, source, start, end, value, statement, subject, attribute, "
        "asked_as, evidence, place, is_mastered, support) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (
            study,
            fact.id,
            fact.kind.value,
            number,
            source,
            fact.start,
            fact.end,
            fact.value,
            fact.statement,
            fact.subject,
            fact.attribute,
            learned.asked_as,
            evidence(fact, passage.text),
            place,
            learned.is_mastered,
            Support.STILL.value,
        ),
    )


def _number_in_use(connection: sqlite3.Connection) -> int | None:
    row = connection.execute("SELECT id FROM study WHERE is_in_use").fetchone()
    return int(row[0]) if row else None


def _bring_into_use(connection: sqlite3.Connection, study: int) -> None:
    """Makes the words of `study`'s facts the ones that are searched, and compares it with today's documents."""
    connection.execute("DELETE FROM fact_words")
    rows = connection.execute(
        "SELECT f.id, f.subject, f.attribute, f.statement || ' ' || f.value, p.title || ' ' || p.heading, "
        "f.asked_as "
        "FROM fact f JOIN passage p ON p.id = f.passage WHERE f.study = ?",
        (study,),
    ).fetchall()
    connection.executemany(
        "INSERT INTO fact_words(rowid, subject, attribute, statement, title, asked_as) VALUES (?, ?, ?, ?, ?, ?)",
        [(number, *(" ".join(words.terms(part)) for part in parts)) for number, *parts in rows],
    )
    connection.execute("DELETE FROM moved")
    for (source,) in connection.execute("SELECT id FROM source").fetchall():
        refresh(connection, source)


def _refresh_facts(connection: sqlite3.Connection, source: int) -> None:
    row = connection.execute("SELECT text FROM revision WHERE source = ? AND is_current", (source,)).fetchone()
    current = folded(row[0]) if row else None
    facts = connection.execute(
        "SELECT f.id, f.evidence, f.support, EXISTS (SELECT 1 FROM place l WHERE l.passage = f.passage) FROM fact f "
        "WHERE f.source = ?",
        (source,),
    ).fetchall()
    for number, said, before, is_live in facts:
        if is_live or (current is not None and said in current):
            support = Support.STILL
        else:
            support = Support.WITHDRAWN if current is None else Support.CHANGED
        if support != before:
            connection.execute("UPDATE fact SET support = ? WHERE id = ?", (support.value, number))


def _refresh_moved(connection: sqlite3.Connection, source: int, study: int) -> None:
    connection.execute("DELETE FROM moved WHERE source = ?", (source,))
    connection.execute(
        "INSERT INTO moved SELECT DISTINCT r.source, l.passage FROM revision r JOIN place l ON l.revision = r.id "
        "JOIN passage p ON p.id = l.passage WHERE r.source = ?1 AND r.is_current "
        "AND (EXISTS (SELECT 1 FROM studied d WHERE d.study = ?2 AND d.source = ?1) "
        "  OR EXISTS (SELECT 1 FROM studied d JOIN revision o ON o.id = d.revision "
        "             WHERE d.study = ?2 AND o.title = r.title)) "
        "AND NOT EXISTS (SELECT 1 FROM seen WHERE seen.study = ?2 AND seen.passage = p.digest)",
        (source, study),
    )
