"""Answers that were graded already, so that a measurement that was killed goes on: ids, grades and figures, no text."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any, TypeVar

from rich.console import Console
from rich.progress import track

import byheart

Item = TypeVar("Item")


class Answers:
    """A file that grows by a line of JSON with each answer; a line that a kill cut short is asked again."""

    def __init__(self, path: Path) -> None:
        self._path = path
        whole = path.read_bytes().rpartition(b"\n")[0] if path.is_file() else b""
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(whole + b"\n" if whole else b"")
        self._kept = {row["of"]: row for row in map(json.loads, whole.splitlines())}

    def __contains__(self, of: str) -> bool:
        return of in self._kept

    def __getitem__(self, of: str) -> dict[str, Any]:
        return self._kept[of]

    def once(self, of: str, ask: Callable[[], dict[str, Any]]) -> dict[str, Any]:
        """What is kept of `of`, or what `ask` gives now: on disk before anything else is asked."""
        if of not in self._kept:
            row = {"of": of, **ask()}
            with self._path.open("a", encoding="utf-8") as answers:
                answers.write(json.dumps(row) + "\n")
            self._kept[of] = row
        return self._kept[of]


def counted(items: Sequence[Item], what: str) -> Iterable[Item]:
    """The items, one after the other, with a bar that tells how far it is."""
    return track(items, description=what, console=Console(stderr=True), transient=True)


def of_library(library: byheart.Library, folder: Path) -> Answers:
    """The answers of a library as it stands: another study, other documents or settings have a file of their own."""
    record = library.ledger.studies.in_use()
    stands = [
        sorted((source.location, source.revision.digest) for source in library.documents() if source.revision),
        record and [record.weights, record.made, record.details["calibration"]],
        asdict(library.settings),
    ]
    digest = hashlib.sha256(json.dumps(stands, sort_keys=True).encode()).hexdigest()[:12]
    return Answers(folder / f"answers-{digest}.jsonl")
