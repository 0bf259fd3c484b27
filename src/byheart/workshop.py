"""What a study needs of a library, and the lock that only one study at a time holds.

Takes the open parts of a library, handed in by whoever opened it. It teaches nothing itself.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from time import perf_counter

from byheart.errors import LibraryBusy
from byheart.ledger import Ledger
from byheart.outcomes import Studying
from byheart.ports import Model, Trainer
from byheart.settings import Settings
from byheart.types import Hit

# What lies in the folder of a study.
WEIGHTS = "model.gguf"
RECORD = "record.json"
NOTES = "examined.jsonl"

# Seconds after which a model that is being tested is given up: a study that took minutes is not given up because other
# programs keep the machine busy.
PATIENCE = 300.0


@dataclass(frozen=True, slots=True)
class Workshop:
    """What a study needs of a library.

    `folder` is where studies lie. `trainer` teaches the base, or the weights of an earlier study if `can_teach_upon`;
    `base` opens the untaught model, if it can be asked, and its answers are kept in the folder `base_answers`;
    `quoting_reader` reads without one.
    """

    ledger: Ledger
    settings: Settings
    folder: Path
    trainer: Callable[[Path | None], Trainer]
    can_teach_upon: Callable[[], bool]
    model_of: Callable[[Path], Model]
    search: Callable[[str, int], list[Hit]]
    base_answers: Path
    base: Callable[[], Model] | None = None
    quoting_reader: Model | None = None


@contextmanager
def alone(folder: Path, library: Path) -> Iterator[None]:
    """Holds a lock that dies with this process: two studies of one library would spoil each other."""
    folder.mkdir(parents=True, exist_ok=True)
    with closing(sqlite3.connect(folder / "lock", timeout=0, isolation_level=None)) as lock:
        try:
            lock.execute("BEGIN EXCLUSIVE")
        except sqlite3.OperationalError as error:
            raise LibraryBusy(library) from error
        yield


def counting(watch: Callable[[Studying], None], stage: str) -> Callable[[int, int], None]:
    """Tells `watch` of a stage how many of how many are done, and the seconds that the others will take."""
    begun = perf_counter()

    def show(done: int, total: int) -> None:
        left = (perf_counter() - begun) / done * (total - done) if done else None
        watch(Studying(stage, done, total, left))

    return show
