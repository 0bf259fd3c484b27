"""The ledger: which documents a library holds, their passages, vectors and words, in one SQLite file.

It is the truth that everything else follows: a document is recorded in one transaction, with the list of
what the vector store has yet to learn, and with what its change does to facts that were studied. It reads no
files, embeds nothing and knows no vector store. `studies` keeps what is in the weights.

One process writes at a time; any number read meanwhile. A killed process leaves the last whole transaction.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator, Mapping, Sequence, Set
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

import numpy

from byheart import concordance, conflicts, editions, outbox, staleness, studies, upgrades
from byheart.errors import AlreadyALibrary, LibraryBusy, LibraryDamaged, LibraryTooNew, NotALibrary
from byheart.outcomes import Skipped
from byheart.ports import Vectors
from byheart.types import Document, Hit, Holding, Passage, Placed, Revision, Surroundings

FILE = "library.db"
_VERSION = 2
_BUSY_SECONDS = 5.0

# How many of the nearest passages count as near a question.
_NEAR = 5

_SCHEMA = """
CREATE TABLE meta(key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE source(
    id INTEGER PRIMARY KEY, location TEXT NOT NULL UNIQUE, holding TEXT NOT NULL,
    is_licence INTEGER NOT NULL DEFAULT 0, skipped TEXT NOT NULL DEFAULT '', skipped_digest TEXT NOT NULL DEFAULT '');
CREATE TABLE revision(
    id INTEGER PRIMARY KEY, source INTEGER NOT NULL REFERENCES source, digest TEXT NOT NULL, title TEXT NOT NULL,
    version TEXT, dated TEXT, added TEXT NOT NULL, text TEXT, is_current INTEGER NOT NULL);
CREATE UNIQUE INDEX one_current_revision ON revision(source) WHERE is_current;
CREATE TABLE passage(
    id INTEGER PRIMARY KEY, digest TEXT NOT NULL UNIQUE, title TEXT NOT NULL, heading TEXT NOT NULL,
    text TEXT NOT NULL, vector BLOB NOT NULL);
CREATE TABLE place(
    revision INTEGER NOT NULL REFERENCES revision, start INTEGER NOT NULL, end INTEGER NOT NULL,
    passage INTEGER NOT NULL REFERENCES passage, PRIMARY KEY (revision, start)) WITHOUT ROWID;
CREATE INDEX place_of_passage ON place(passage);
"""
# One transaction: a process killed in it leaves no half-made schema.
_CREATE = f"""
BEGIN IMMEDIATE; {_SCHEMA} {outbox.SCHEMA} {concordance.SCHEMA} {conflicts.SCHEMA}
{editions.SCHEMA} {studies.SCHEMA} {staleness.SCHEMA}
INSERT INTO meta VALUES ('identity', lower(hex(randomblob(8)))); PRAGMA user_version={_VERSION}; COMMIT;
"""


@dataclass(frozen=True, slots=True)
class Source:
    """One file the library knows: how it is held, its current revision, or why it was skipped."""

    location: str
    holding: Holding
    is_licence: bool
    revision: Revision | None
    skipped: str
    passages: int
    is_superseded: bool = False


class Ledger:
    """An open ledger."""

    def __init__(self, folder: Path, connection: sqlite3.Connection) -> None:
        self.folder = folder
        self._connection = connection
        self.words = concordance.Concordance(connection)
        self.outbox = outbox.Outbox(connection, self.writing)
        self.editions = editions.Editions(connection, self.writing)
        self.studies = studies.Studies(connection, self.writing)
        self.conflicts = conflicts.Conflicts(connection, self.writing)

    @classmethod
    def create(cls, folder: Path) -> Ledger:
        """Makes an empty ledger in `folder`; AlreadyALibrary if there is one."""
        if (folder / FILE).exists():
            raise AlreadyALibrary(folder)
        folder.mkdir(parents=True, exist_ok=True)
        connection = _connect(folder)
        connection.executescript(_CREATE)
        return cls(folder, connection)

    @classmethod
    def open(cls, folder: Path) -> Ledger:
        """Opens the ledger in `folder`; NotALibrary, LibraryTooNew or LibraryDamaged if that cannot be."""
        if not (folder / FILE).is_file():
            raise NotALibrary(folder)
        connection = _connect(folder)
        try:
            (version,) = connection.execute("PRAGMA user_version").fetchone()
        except sqlite3.DatabaseError as error:
            raise LibraryDamaged(f"{folder / FILE} is not a ledger: {error}", hint="restore it from a copy") from error
        if version == 0:
            # `create` was killed before its only transaction: nothing is lost by making the ledger now.
            connection.executescript(_CREATE)
        if version > _VERSION:
            raise LibraryTooNew(folder, version, _VERSION)
        ledger = cls(folder, connection)
        if upgrades.OLDEST <= version < _VERSION:
            with ledger.writing():
                upgrades.upgrade(connection, folder)
        return ledger

    def close(self) -> None:
        self._connection.close()

    def rehearsal(self) -> Ledger:
        """A copy in RAM, in which a study can be tried before it comes into use."""
        connection = sqlite3.connect(":memory:", isolation_level=None, check_same_thread=False)
        self._connection.backup(connection)
        return Ledger(self.folder, connection)

    @contextmanager
    def writing(self) -> Iterator[sqlite3.Connection]:
        """One transaction; LibraryBusy when another process holds the pen."""
        try:
            self._connection.execute("BEGIN IMMEDIATE")
        except sqlite3.OperationalError as error:
            if "locked" in str(error):
                raise LibraryBusy(self.folder) from error
            raise LibraryDamaged(f"{self.folder / FILE}: {error}", hint="byheart doctor") from error
        try:
            yield self._connection
        except BaseException:
            self._connection.execute("ROLLBACK")
            raise
        self._connection.execute("COMMIT")

    @property
    def identity(self) -> str:
        """What tells this library from every other one, wherever its folder lies."""
        identity = self.meta("identity")
        if identity is None:
            raise LibraryDamaged(f"{self.folder / FILE} has no identity", hint="restore it from a copy")
        return identity

    def meta(self, key: str) -> str | None:
        row = self._connection.execute("SELECT value FROM meta WHERE key = ?", (key,)).fetchone()
        return None if row is None else str(row[0])

    def set_meta(self, key: str, value: str) -> None:
        with self.writing() as connection:
            connection.execute("INSERT OR REPLACE INTO meta VALUES (?, ?)", (key, value))

    # ── documents ──

    def record(
        self,
        revision: Revision,
        document: Document,
        placed: Sequence[Placed],
        vectors: Mapping[str, Vectors],
        holding: Holding | None,
    ) -> None:
        """Makes `document` the current text of its source, in one transaction.

        `vectors` gives one for each passage that `without_vector` named. `holding` None keeps what was.
        """
        with self.writing() as connection:
            source = self._source(revision.source, holding, is_licence=document.is_licence)
            gone = self._retire(source)
            version, dated = editions.spoken_of(connection, source)
            (number,) = connection.execute(
                "INSERT INTO revision(source, digest, title, version, dated, added, text, is_current) "
                "VALUES (?, ?, ?, ?, ?, ?, ?, 1) RETURNING id",
                (
                    source,
                    revision.digest,
                    revision.title,
                    version or revision.version,
                    dated or revision.dated,
                    revision.added,
                    document.text,
                ),
            ).fetchone()
            here = {p.passage.id: self._keep(p.passage, vectors) for p in placed}
            connection.executemany(
                "INSERT INTO place VALUES (?, ?, ?, ?)",
                [(number, p.start, p.end, here[p.passage.id]) for p in placed],
            )
            touched = gone | set(here.values())
            self._settle(touched)
            editions.settle(connection, source)
            staleness.refresh(connection, source, touched)

    def skip(self, source: str, digest: str, reason: str) -> None:
        """Lists `source` as not searchable, for `reason`; what was known of it is withdrawn."""
        with self.writing() as connection:
            number = self._source(source, None, is_licence=False)
            gone = self._retire(number)
            self._settle(gone)
            connection.execute(
                "UPDATE source SET skipped = ?, skipped_digest = ? WHERE id = ?", (reason, digest, number)
            )
            editions.settle(connection, number)
            staleness.refresh(connection, number, gone)

    def withdraw(self, source: str) -> None:
        """Takes `source` out: no longer found, and no longer told from memory. Its history stays."""
        with self.writing() as connection:
            number = self._source(source, None, is_licence=False)
            gone = self._retire(number)
            self._settle(gone)
            editions.settle(connection, number)
            staleness.refresh(connection, number, gone)

    def hold(self, sources: Sequence[str], holding: Holding) -> None:
        """Says how `sources` are held from now on."""
        with self.writing() as connection:
            connection.executemany(
                "UPDATE source SET holding = ? WHERE location = ?", [(holding.value, source) for source in sources]
            )

    def relocate(self, source: str, location: str) -> None:
        """Says that the file of `source` lies at `location` from now on."""
        with self.writing() as connection:
            connection.execute("UPDATE source SET location = ? WHERE location = ?", (location, source))

    def sources(self, under: str = "") -> list[Source]:
        """The files that are held or skipped, by location; only those at or below `under` if it is given."""
        rows = self._connection.execute(
            "SELECT s.location, s.holding, s.is_licence, s.skipped, r.digest, r.title, r.version, r.dated, r.added, "
            "(SELECT count(*) FROM place WHERE place.revision = r.id), e.superseded_by IS NOT NULL "
            "FROM source s LEFT JOIN revision r ON r.source = s.id AND r.is_current "
            "LEFT JOIN edition e ON e.source = s.id "
            "WHERE (r.id IS NOT NULL OR s.skipped != '') "
            "AND (?1 = '' OR s.location = ?1 OR substr(s.location, 1, length(?1) + 1) = ?1 || '/') ORDER BY s.location",
            (under.rstrip("/"),),
        )
        return [
            Source(
                location,
                Holding(holding),
                bool(is_licence),
                Revision(location, *text) if text[0] else None,
                skipped,
                passages,
                bool(is_superseded),
            )
            for location, holding, is_licence, skipped, *text, passages, is_superseded in rows
        ]

    def history(self) -> list[Revision]:
        """All texts, past ones too, of the files that are held today: by location, in the order in which they came."""
        rows = self._connection.execute(
            "SELECT s.location, r.digest, r.title, r.version, r.dated, r.added FROM revision r "
            "JOIN source s ON s.id = r.source "
            "WHERE EXISTS (SELECT 1 FROM revision c WHERE c.source = s.id AND c.is_current) ORDER BY s.location, r.id"
        )
        return [Revision(*row) for row in rows]

    def digest(self, source: str) -> str | None:
        """The digest under which `source` was last read or skipped; None if it is not held."""
        row = self._connection.execute(
            "SELECT coalesce(r.digest, nullif(s.skipped_digest, '')) FROM source s "
            "LEFT JOIN revision r ON r.source = s.id AND r.is_current WHERE s.location = ?",
            (source,),
        ).fetchone()
        return row[0] if row else None

    def without_vector(self, passages: Sequence[str]) -> set[str]:
        """Those of `passages` (ids) whose vector the ledger does not hold."""
        known = self._connection.execute(
            "SELECT digest FROM passage WHERE digest IN (SELECT value FROM json_each(?)) AND length(vector) > 0",
            (json.dumps(list(passages)),),
        )
        return set(passages) - {digest for (digest,) in known}

    def text(self, source: str) -> str:
        """The current text of `source`, into which places point; empty if there is none."""
        row = self._connection.execute(
            "SELECT r.text FROM revision r JOIN source s ON s.id = r.source WHERE s.location = ? AND r.is_current",
            (source,),
        ).fetchone()
        return row[0] if row else ""

    def passages(self, source: str) -> list[Placed]:
        """The current passages of `source`, in order."""
        rows = self._connection.execute(
            "SELECT p.digest, p.title, p.heading, p.text, l.start, l.end FROM place l "
            "JOIN passage p ON p.id = l.passage JOIN revision r ON r.id = l.revision AND r.is_current "
            "JOIN source s ON s.id = r.source WHERE s.location = ? ORDER BY l.start",
            (source,),
        )
        return [
            Placed(Passage(digest, title, tuple(json.loads(heading)), text), start, end)
            for digest, title, heading, text, start, end in rows
        ]

    def counts(self) -> tuple[int, int]:
        """How many documents and passages can be found."""
        (documents,) = self._connection.execute("SELECT count(*) FROM revision WHERE is_current").fetchone()
        (passages,) = self._connection.execute("SELECT count(DISTINCT passage) FROM place").fetchone()
        return documents, passages

    def skipped(self) -> list[Skipped]:
        rows = self._connection.execute("SELECT location, skipped FROM source WHERE skipped != '' ORDER BY location")
        return [Skipped(location, reason) for location, reason in rows]

    # ── search ──

    def search_words(self, question: str, k: int) -> list[tuple[str, float]]:
        """At most `k` passages (id, BM25 score; higher is better) that hold words of the question, best first."""
        return self.words.find(question, k)

    def look_around(self, question: str) -> Surroundings:
        """Studied facts and moved passages near `question`, by words alone."""
        near = self.studies.near(question)
        if not self.studies.has_moved():
            return near
        found = self.search_words(question, _NEAR)
        gone_on = self.studies.moved([passage for passage, _ in found])
        return replace(
            near, moved=tuple(self.hits([(passage, score) for passage, score in found if passage in gone_on]))
        )

    def vectors(self, passages: Sequence[str]) -> dict[str, Vectors]:
        """The vectors of `passages`, by id."""
        rows = self._connection.execute(
            "SELECT digest, vector FROM passage WHERE digest IN (SELECT value FROM json_each(?))",
            (json.dumps(list(passages)),),
        )
        return {digest: numpy.frombuffer(blob, numpy.float32) for digest, blob in rows}

    def hits(self, scored: Sequence[tuple[str, float]], *, named: Set[str] = frozenset()) -> list[Hit]:
        """The passages of `scored` (id, score) that can still be found, in that order; best in the texts `named`."""
        return editions.hits(self._connection, scored, named=named)

    def is_whole(self) -> bool:
        """Whether SQLite finds the file in order."""
        return bool(self._connection.execute("PRAGMA quick_check").fetchone()[0] == "ok")

    # ── within a transaction ──

    def _source(self, location: str, holding: Holding | None, *, is_licence: bool) -> int:
        self._connection.execute(
            "INSERT INTO source(location, holding) VALUES (?, ?) ON CONFLICT(location) DO NOTHING",
            (location, (holding or Holding.REFERENCE).value),
        )
        self._connection.execute(
            "UPDATE source SET holding = coalesce(?, holding), is_licence = ?, skipped = '', skipped_digest = '' "
            "WHERE location = ?",
            (holding.value if holding else None, is_licence, location),
        )
        (number,) = self._connection.execute("SELECT id FROM source WHERE location = ?", (location,)).fetchone()
        return int(number)

    def _retire(self, source: int) -> set[int]:
        """Ends the current revision; gives the passages that stood in it."""
        rows = self._connection.execute(
            "SELECT DISTINCT l.passage FROM place l JOIN revision r ON r.id = l.revision "
            "WHERE r.source = ? AND r.is_current",
            (source,),
        ).fetchall()
        self._connection.execute(
            "DELETE FROM place WHERE revision IN (SELECT id FROM revision WHERE source = ? AND is_current)", (source,)
        )
        self._connection.execute(
            "UPDATE revision SET is_current = 0, text = NULL WHERE source = ? AND is_current", (source,)
        )
        return {passage for (passage,) in rows}

    def _keep(self, passage: Passage, vectors: Mapping[str, Vectors]) -> int:
        # A passage that is only remembered as a lesson's source may be here without its vector.
        row = self._connection.execute(
            "SELECT id FROM passage WHERE digest = ? AND length(vector) > 0", (passage.id,)
        ).fetchone()
        if row:
            return int(row[0])
        blob = numpy.asarray(vectors[passage.id], numpy.float32).tobytes()
        (number,) = self._connection.execute(
            "INSERT INTO passage(digest, title, heading, text, vector) VALUES (?, ?, ?, ?, ?) "
            "ON CONFLICT(digest) DO UPDATE SET vector = excluded.vector RETURNING id",
            (passage.id, passage.title, json.dumps(passage.heading), passage.text, blob),
        ).fetchone()
        return int(number)

    def _settle(self, touched: set[int]) -> None:
        """Brings words and outbox in step with the places of `touched` passages; drops what nobody needs."""
        for number in touched:
            digest, title, heading, text, is_live, is_found, is_taught = self._connection.execute(
                "SELECT digest, title, heading, text, EXISTS (SELECT 1 FROM place WHERE passage = p.id), "
                "EXISTS (SELECT 1 FROM words WHERE rowid = p.id), EXISTS (SELECT 1 FROM fact WHERE passage = p.id) "
                "FROM passage p WHERE id = ?",
                (number,),
            ).fetchone()
            if is_live == is_found:
                continue
            self.outbox.note(digest, is_put=is_live)
            if is_live:
                self.words.enter(number, title, json.loads(heading), text)
            else:
                self.words.strike(number)
                if not is_taught:
                    self._connection.execute("DELETE FROM passage WHERE id = ?", (number,))


def _connect(folder: Path) -> sqlite3.Connection:
    connection = sqlite3.connect(folder / FILE, timeout=_BUSY_SECONDS, isolation_level=None, check_same_thread=False)
    try:
        connection.executescript("PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA foreign_keys=ON;")
    except sqlite3.OperationalError as error:
        raise LibraryBusy(folder) from error
    except sqlite3.DatabaseError as error:
        raise LibraryDamaged(f"{folder / FILE} is not a ledger: {error}", hint="restore it from a copy") from error
    return connection
