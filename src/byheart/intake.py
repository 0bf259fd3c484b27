"""Files and folders into the ledger: read, split, embedded, recorded, one transaction a document.

Takes paths and the parts of an open library; gives what became of each file. What has not changed is left alone,
what is gone is withdrawn, what gives no text is listed with its reason and stops nothing. It parses no format and
embeds nothing itself.
"""

from __future__ import annotations

import hashlib
from bisect import bisect_left
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from time import perf_counter

from byheart import index, passages, read
from byheart.editions import Declared
from byheart.errors import UnreadableDocument, UsageError
from byheart.ledger import Ledger, Source
from byheart.outcomes import Added, Adding, Skipped
from byheart.ports import Embedder
from byheart.types import Holding, Revision


@dataclass(frozen=True, slots=True)
class Shelf:
    """What documents are added to: `prepare` opens embedder and index when a text is new, `follow` ends with both in
    step."""

    folder: Path
    ledger: Ledger
    embedder: Callable[[], Embedder]
    prepare: Callable[[], None]
    follow: Callable[[], None]


@dataclass(slots=True)
class _Tally:
    """What became of the files so far."""

    new: list[str] = field(default_factory=list)
    changed: list[str] = field(default_factory=list)
    unchanged: list[str] = field(default_factory=list)
    skipped: list[Skipped] = field(default_factory=list)
    embedded: int = 0


def add(
    shelf: Shelf,
    paths: Sequence[str | Path],
    *,
    core: bool | None,
    declared: Declared,
    watch: Callable[[Adding], None],
) -> Added:
    """Reads files and folders into the ledger; `core` None leaves how they are held as it is."""
    begun = perf_counter()
    known = {source.location: source for source in shelf.ledger.sources()}
    files, withdrawn = _considered(shelf.folder, paths, list(known))
    if declared.replaces:
        shelf.ledger.editions.require(declared.replaces)
    # Before anything is read: a file that has only got another name goes on as the same work.
    for location in withdrawn:
        shelf.ledger.withdraw(location)
    holding = None if core is None else Holding.CORE if core else Holding.REFERENCE
    tally = _Tally()
    for place, file in enumerate(files):
        location = file.as_posix()
        watch(Adding(place, len(files), location))
        try:
            _add_file(shelf, file, known.get(location), holding, tally)
        except UnreadableDocument as error:
            tally.skipped.append(Skipped(location, str(error)))
    if holding is not None:
        shelf.ledger.hold(tally.unchanged, holding)
    if declared != Declared():
        shelf.ledger.editions.declare([*tally.new, *tally.changed, *tally.unchanged], declared)
    shelf.follow()
    watch(Adding(len(files), len(files), ""))
    return Added(
        new=tuple(tally.new),
        changed=tuple(tally.changed),
        unchanged=tuple(tally.unchanged),
        withdrawn=tuple(withdrawn),
        skipped=tuple(tally.skipped),
        passages_embedded=tally.embedded,
        seconds=perf_counter() - begun,
    )


def _add_file(shelf: Shelf, file: Path, before: Source | None, holding: Holding | None, tally: _Tally) -> None:
    location, ledger = file.as_posix(), shelf.ledger
    try:
        digest = hashlib.sha256(file.read_bytes()).hexdigest()
    except OSError as error:
        raise UnreadableDocument(f"cannot be read: {error.strerror}") from error
    if before and ledger.digest(location) == digest:
        if before.skipped:
            raise UnreadableDocument(before.skipped)
        tally.unchanged.append(location)
        return
    try:
        document = read.read(file)
    except UnreadableDocument as error:
        ledger.skip(location, digest, str(error))
        raise
    now = datetime.now(UTC).isoformat()
    revision = Revision(location, digest, document.title, document.version, document.dated, now)
    shelf.prepare()
    placed = passages.split(document)
    tally.embedded += index.add_document(ledger, shelf.embedder(), document, revision, placed, holding)
    (tally.changed if before and before.revision else tally.new).append(location)


def _considered(library: Path, paths: Sequence[str | Path], known: Sequence[str]) -> tuple[list[Path], list[str]]:
    """The files that `paths` name, without the `library`'s own, and which of the sorted locations `known` are gone."""
    if not paths:
        raise UsageError("no document was named", hint="byheart add FILE_OR_FOLDER …")
    files: dict[Path, None] = {}
    gone: list[str] = []
    for given in paths:
        path = Path(given).expanduser().resolve()
        held = _at_or_below(path.as_posix(), known)
        if not path.exists() and not held:
            raise UsageError(f"there is no file or folder at {given}", hint="byheart add FILE_OR_FOLDER …")
        found = [path] if path.is_file() else read.files_below(path) if path.is_dir() else []
        own = [file for file in found if not file.is_relative_to(library)]
        files |= dict.fromkeys(own)
        names = {file.as_posix() for file in own}
        gone += [location for location in held if location not in names and not Path(location).exists()]
    return list(files), list(dict.fromkeys(gone))


def _at_or_below(place: str, known: Sequence[str]) -> list[str]:
    """Those of the sorted locations `known` that are `place` or lie below it."""
    folder = place.rstrip("/")
    # By halves: thousands of files may be named one by one. "0" is what comes after "/".
    at, first, end = (bisect_left(known, bound) for bound in (place, f"{folder}/", f"{folder}0"))
    itself = [place] if known[at : at + 1] == [place] else []
    return [*itself, *known[first:end]]
