"""What is in the weights: the ledger's tables of studies, of the facts each was taught, and of what moved since.

Takes an open connection from `ledger`; gives studies, facts near a question, and what today's documents say of
them. A study comes into use by one row, written last. It trains nothing and reads no document: whether a fact
is still supported is decided by the passages and texts that the ledger holds.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import replace

from byheart import editions, staleness, words
from byheart.errors import UsageError
from byheart.outcomes import StudyRecord
from byheart.types import Citation, Claim, Fact, FactKind, Learned, Passage, Revision, Support, Surroundings, Taught

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
"""

# A fact's subject and attribute say what a question is about; its statement also holds passing words.
_COLUMN_WEIGHTS = "3.0, 2.0, 1.0, 1.0, 0.5"


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
            passages: dict[str, tuple[int, Passage, Sequence[Passage]]] = {}
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
                passages |= {passage.id: (source, passage, held) for passage in held}
            for learned in facts:
                source, passage, beside = passages[learned.fact.passage]
                said = staleness.evidence(learned.fact, passage, beside)
                _record_fact(connection, record.number, learned, passage, source, said)
            _bring_into_use(connection, record.number)

    def amend(self, record: StudyRecord) -> None:
        """Sets what is told of a study to the details of `record`."""
        with self._writing() as connection:
            connection.execute(
                "UPDATE study SET details = ? WHERE id = ?", (json.dumps(dict(record.details)), record.number)
            )

    def use(self, number: int) -> None:
        """Brings an earlier study back into use."""
        with self._writing() as connection:
            self.one(number)
            connection.execute("UPDATE study SET is_in_use = 0")
            connection.execute("UPDATE study SET is_in_use = 1 WHERE id = ?", (number,))
            _bring_into_use(connection, number)

    def all(self) -> list[StudyRecord]:
        """Every study, oldest first."""
        return [_study(row) for row in self._connection.execute(f"SELECT {_STUDY} FROM study ORDER BY id")]

    def one(self, number: int) -> StudyRecord:
        """Study `number`; UsageError, which names the others, if there is none."""
        studies = {record.number: record for record in self.all()}
        if number not in studies:
            known = ", ".join(map(str, studies))
            raise UsageError(
                f"there is no study {number}",
                hint=f"the studies are {known}" if known else "byheart study makes the first one",
            )
        return studies[number]

    def in_use(self) -> StudyRecord | None:
        row = self._connection.execute(f"SELECT {_STUDY} FROM study WHERE is_in_use").fetchone()
        return None if row is None else _study(row)

    def near(self, question: str, k: int = 12) -> Surroundings:
        """At most `k` facts of the study in use near `question`, best first, and how much of it they do not know.

        What was learned from documents that are no longer core is left out: they are to be looked up.
        """
        match = match_any(words.content_terms(question))
        if not match:
            return Surroundings(unknown_words=1.0)
        rows = self._connection.execute(
            f"SELECT rowid, -bm25(fact_words, {_COLUMN_WEIGHTS}) AS score FROM fact_words "
            "WHERE fact_words MATCH ? AND rowid NOT IN ("
            "SELECT f.id FROM studied d JOIN study u ON u.id = d.study AND u.is_in_use "
            "JOIN source s ON s.id = d.source AND s.holding != 'core' JOIN fact f ON f.source = s.id AND f.study = u.id"
            ") ORDER BY score DESC LIMIT ?",
            (match, k),
        ).fetchall()
        return Surroundings(
            tuple(self._taught(number, score) for number, score in rows),
            unknown_words=self._unknown(words.whole_words(question)),
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

    def learned_from(self, taught: Taught) -> Citation:
        """The passage that says a fact today; where none does, the one it was learned from, as it was then."""
        fact, revision = taught.fact, taught.revision
        stands = self._connection.execute(
            "SELECT p.digest FROM fact f JOIN study s ON s.id = f.study AND s.is_in_use JOIN today t ON t.fact = f.id "
            "JOIN passage p ON p.id = t.stands WHERE f.digest = ?",
            (fact.id,),
        ).fetchone()
        if stands:
            (hit,) = editions.hits(self._connection, [(stands[0], 0.0)], named={taught.stands_in})
            start = fact.start if hit.passage == fact.passage else hit.text.find(fact.value)
            span = (start, start + fact.end - fact.start) if start >= 0 else None
            return replace(editions.cited(hit, span=span), support=taught.support)
        (text,) = self._connection.execute("SELECT text FROM passage WHERE digest = ?", (fact.passage,)).fetchone()
        place = (revision.source, revision.title, taught.heading, taught.place, taught.place + len(text), text)
        return Citation(
            *place,
            revision.version,
            revision.dated,
            taught.support,
            added=revision.added,
            edition=taught.edition,
            span=(fact.start, fact.end),
        )

    def facts(self) -> list[tuple[Fact, bool, Support]]:
        """The facts of the study in use: each with whether it was mastered, and what documents say of it now."""
        rows = self._connection.execute(
            f"SELECT {_FACT}, f.is_mastered, f.support FROM fact f JOIN passage p ON p.id = f.passage "
            "JOIN study s ON s.id = f.study AND s.is_in_use ORDER BY f.id"
        )
        return [(_fact(row[:9]), bool(row[9]), Support(row[10])) for row in rows]

    def mastered(self) -> list[tuple[Fact, Passage]]:
        """The mastered facts of the study in use, each with the passage it was learned from, as it was then."""
        rows = self._connection.execute(
            f"SELECT {_FACT}, p.title, p.heading, p.text FROM fact f JOIN passage p ON p.id = f.passage "
            "JOIN study s ON s.id = f.study AND s.is_in_use WHERE f.is_mastered ORDER BY f.id"
        )
        facts = [(_fact(row[:9]), *row[9:]) for row in rows]
        return [
            (fact, Passage(fact.passage, title, tuple(json.loads(heading)), text))
            for fact, title, heading, text in facts
        ]

    def documents(self) -> list[Revision]:
        """The texts that the study in use was made from, by location."""
        rows = self._connection.execute(
            "SELECT o.location, r.digest, r.title, r.version, r.dated, r.added FROM studied d "
            "JOIN study s ON s.id = d.study AND s.is_in_use JOIN source o ON o.id = d.source "
            "JOIN revision r ON r.id = d.revision ORDER BY o.location"
        )
        return [Revision(*row) for row in rows]

    def stale(self) -> list[Taught]:
        """The facts of the study in use that documents no longer say, by their source."""
        rows = self._connection.execute(
            "SELECT f.id FROM fact f JOIN study s ON s.id = f.study AND s.is_in_use JOIN source o ON o.id = f.source "
            "WHERE f.support != ? ORDER BY o.location, f.id",
            (Support.STILL.value,),
        ).fetchall()
        return [self._taught(number, 0.0) for (number,) in rows]

    def unseen(self) -> list[list[Passage]]:
        """The passages of core documents that the study in use did not see, by document; no superseded ones."""
        rows = self._connection.execute(
            "SELECT r.id, p.digest, p.title, p.heading, p.text FROM source s "
            "JOIN revision r ON r.source = s.id AND r.is_current JOIN edition e ON e.source = s.id "
            "JOIN place l ON l.revision = r.id JOIN passage p ON p.id = l.passage "
            "WHERE s.holding = 'core' AND NOT s.is_licence AND e.superseded_by IS NULL AND NOT EXISTS "
            "(SELECT 1 FROM seen n JOIN study u ON u.id = n.study AND u.is_in_use WHERE n.passage = p.digest) "
            "ORDER BY s.location, l.start"
        )
        found: dict[int, list[Passage]] = {}
        for revision, digest, title, heading, text in rows:
            found.setdefault(revision, []).append(Passage(digest, title, tuple(json.loads(heading)), text))
        return list(found.values())

    def unstudied(self) -> list[str]:
        """Core documents that the study in use did not hold, or held in an older text."""
        rows = self._connection.execute(
            "SELECT s.location FROM source s JOIN revision r ON r.source = s.id AND r.is_current "
            "JOIN edition e ON e.source = s.id AND e.superseded_by IS NULL "
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
            f"SELECT {_FACT}, f.is_mastered, f.support, p.heading, s.location, r.digest, p.title, r.version, r.dated, "
            f"r.added, f.place, f.asked_as, e.work, e.mark, {editions.HAS_OTHERS}, s.id, t.stands, i.digest, t.value, "
            "t.start, t.end "
            "FROM fact f JOIN passage p ON p.id = f.passage JOIN source s ON s.id = f.source "
            "JOIN studied d ON d.study = f.study AND d.source = f.source JOIN revision r ON r.id = d.revision "
            "JOIN edition e ON e.source = s.id LEFT JOIN today t ON t.fact = f.id "
            "LEFT JOIN passage i ON i.id = t.instead WHERE f.id = ?",
            (number,),
        ).fetchone()
        mastered, support, heading, location, digest, title, version, dated, added, place, asked_as = row[9:20]
        work, mark, has_others, source, stands, instead, *changed = row[20:]
        return Taught(
            _fact(row[:9]),
            score,
            bool(mastered),
            Support(support),
            Revision(location, digest, title, version, dated, added),
            tuple(json.loads(heading)),
            place,
            asked_as,
            work,
            editions.name_of(version, dated, mark, has_others=has_others),
            self._stands_in(stands, source) if stands else "",
            self._instead(instead, *changed) if instead else None,
        )

    def _stands_in(self, passage: int, source: int) -> str:
        """The location of a text that holds `passage` today: `source` itself if it does, else the newest one."""
        (location,) = self._connection.execute(
            "SELECT s.location FROM place l JOIN revision r ON r.id = l.revision AND r.is_current "
            "JOIN source s ON s.id = r.source JOIN edition e ON e.source = s.id WHERE l.passage = ? "
            "ORDER BY s.id != ?, e.superseded_by IS NOT NULL, r.added DESC LIMIT 1",
            (passage, source),
        ).fetchone()
        return str(location)

    def _instead(self, passage: str, value: str, start: int, end: int) -> Claim:
        (hit,) = editions.hits(self._connection, [(passage, 0.0)])
        return Claim(value, 1.0, editions.cited(hit, span=(start, end)))


def match_any(terms: Sequence[str]) -> str:
    """A full-text query for any of `terms`; empty when there is none."""
    return " OR ".join(f'"{term}"' for term in dict.fromkeys(terms))


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


def _record_fact(
    connection: sqlite3.Connection, study: int, learned: Learned, passage: Passage, source: int, said: str
) -> None:
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
            said,
            place,
            learned.is_mastered,
            Support.STILL.value,
        ),
    )


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
    staleness.refresh_all(connection, study)
