"""A row of the table that byheart is held to: its books, its minutes, its library, its study, and what is asked of it.

Takes a shelf with a folder for each book; copies it beside the library, so that nothing of the user's is touched. All
books can be searched, those of the row are taught. What was done is kept in run.json and answers.jsonl of the run's
folder: whatever is asked for again goes on where it stopped.
"""

from __future__ import annotations

import json
import resource
import shutil
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import byheart
from byheart import arms, cases, plan, records, units
from byheart.arms import Arm
from byheart.cases import Case
from byheart.grading import Grade, gives, grade
from byheart.library import Library
from byheart.outcomes import Estimate, Studying, StudyRecord
from byheart.settings import FILE, processors
from byheart.types import LONG_KINDS
from byheart.workshop import RECORD

BOOKS = ("peps", "wtfpython", "python-tutorial", "python-faq", "whirlwind-tour", "lectures-scientific-computing")

# The rate of matrix products, in floating-point operations a second, at which the minutes of the table hold.
ISSUE_RATE = 890e9

Told = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Row:
    """Which books are taught, for how many minutes, and what must come of it; `kind` is that of the facts, if not all.

    `sealed` and `natural` are shares: of the planned facts asked in words never taught, and of people's questions.
    """

    books: tuple[str, ...]
    minutes: float
    sealed: float
    natural: float | None = None
    kind: str = ""


@dataclass(frozen=True, slots=True)
class Target:
    """Something that is aimed at: what is wanted, what came of it, in words; whether it is met, None if not known."""

    name: str
    wanted: str
    found: str
    is_met: bool | None


ROWS: Mapping[int, Row] = {
    1: Row(("peps",), 8, 0.99, kind="field"),
    2: Row(("wtfpython",), 20, 0.75, 0.45),
    3: Row(("python-tutorial", "python-faq"), 50, 0.65, 0.45),
    4: Row(BOOKS, 150, 0.55, 0.40),
}


def scaled(minutes: float, rate: float) -> float:
    """The minutes that a machine of `rate` takes for what takes `minutes` at the table's rate."""
    return minutes * ISSUE_RATE / rate


def unscaled(minutes: float, rate: float) -> float:
    """The minutes at the table's rate for what takes `minutes` on a machine of `rate`."""
    return minutes * rate / ISSUE_RATE


def shown(share: Estimate) -> str:
    """A share with its 95 % interval and how many it is of."""
    if not share.n:
        return units.NONE
    return f"{share.value:.1%} [{units.interval(share.low, share.high)}] of {share.n}"


def measured_rate(threads: int) -> float:
    """How fast this machine multiplies matrices, as a training is measured by."""
    import torch

    from byheart.backends import products

    torch.set_num_threads(threads or processors())
    # The best of several: what other programs take meanwhile is no property of the machine.
    return max(products.of_machine() for _ in range(10))


def indexed(out: Path, shelf: Path, row: Row, settings: Path | None) -> Path:
    """The library in which nothing was studied yet, made once: `shelf` is copied to `out`, and all its books added."""
    home, texts = out / "indexed", out / "shelf"
    state = records.read(out / "row.json")
    if state is None:
        for half_done in (home, texts):
            shutil.rmtree(half_done, ignore_errors=True)
        out.mkdir(parents=True, exist_ok=True)
        shutil.copytree(shelf, texts)
        byheart.new(home)
        if settings:
            shutil.copy(settings, home / FILE)
        with byheart.open(home) as library:
            for book in (path for path in sorted(texts.iterdir()) if path.is_dir()):
                library.add([book], core=book.name in row.books)
        state = {"books": list(row.books)}
        records.write(out / "row.json", state)
    if state["books"] != list(row.books):
        sys.exit(f"{out} is of another row: it teaches {', '.join(state['books'])}")
    return home


def copied(home: Path, folder: Path) -> Path:
    """A copy of the library `home` in the folder of a run, made once."""
    made = folder / "library"
    if not made.exists():
        partial = folder / "library.partial"
        shutil.rmtree(partial, ignore_errors=True)
        shutil.copytree(home, partial)
        partial.replace(made)
    return made


class Run:
    """What was done so far in the folder of a run, and the seconds that each stage of its study took."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.folder = folder
        self.state: dict[str, Any] = records.read(folder / "run.json") or {"seconds": {}, "starts": 0}
        self._stage = ""
        self._since = time.perf_counter()

    def keep(self, **values: object) -> None:
        """Keeps `values` for the next time."""
        self.state |= values
        records.write(self.folder / "run.json", self.state)

    def pinned(self, minutes: float | None, default: float, threads: int) -> float:
        """The minutes of this run here, settled when it first began: `minutes`, or the table's `default`, scaled."""
        if "minutes" not in self.state:
            rate = measured_rate(threads)
            self.keep(rate=rate, minutes=minutes or scaled(default, rate))
        settled, rate = float(self.state["minutes"]), float(self.state["rate"])
        if minutes and minutes != settled:
            sys.exit(f"{self.folder} was begun with {settled:g} minutes; name another folder for {minutes:g}")
        print(
            f"{settled:.1f} minutes here, where matrix products reach {rate / 1e9:.0f} GFLOP/s: "
            f"{unscaled(settled, rate):.1f} minutes at {ISSUE_RATE / 1e9:.0f} GFLOP/s"
        )
        return settled

    def watch(self, studying: Studying) -> None:
        """Shows how far a study is, and counts the seconds of its stages."""
        if studying.stage != self._stage:
            self.turn(studying.stage)
        left = "" if studying.seconds_left is None else f", {units.seconds(studying.seconds_left)} left"
        shown = f"{studying.stage}: {studying.done / max(studying.total, 1):.0%}{left} {studying.note}"
        print(f"\r{shown}\033[K", end="", file=sys.stderr)

    def turn(self, stage: str) -> None:
        """The stage under way ends, and `stage` begins."""
        now, seconds = time.perf_counter(), self.state["seconds"]
        if self._stage:
            seconds[self._stage] = seconds.get(self._stage, 0.0) + now - self._since
        self._stage, self._since = stage, now
        self.keep(seconds=seconds)

    def other_seconds(self, record: StudyRecord) -> float | None:
        """The seconds of loading and conversion: those of training that taught nothing. None if it was interrupted."""
        stages = self.state["seconds"]
        if self.state["starts"] != 1 or "teaching" not in stages:
            return None
        return float(stages["loading the model"] + stages["teaching"] - record.details["training seconds"])


def studied(run: Run, library: Library, row: Row, minutes: float, *, number: int = 1) -> tuple[StudyRecord, Told]:
    """Study `number` of a library, made if it is not there, and what its file tells."""
    made = {record.number: record for record in library.ledger.studies.all()}
    if number not in made:
        run.keep(starts=run.state["starts"] + 1)
        wanted = only(library, row, run.folder / f"facts-{number}.jsonl") if row.kind else None
        made[number] = library.study(minutes=minutes, facts=wanted, watch=run.watch)
        run.turn("")
        run.keep(peak_bytes=max(peak_bytes(), run.state.get("peak_bytes", 0)))
        print(file=sys.stderr)
    text = (library.folder / "studies" / str(number) / RECORD).read_text(encoding="utf-8")
    return made[number], json.loads(text)


def only(library: Library, row: Row, path: Path) -> Path:
    """A file of the facts that a study of this row may teach."""
    found = library.forecast().plan
    facts = tuple(fact for fact in (*found.facts, *found.spare) if fact.kind.value == row.kind)
    path.unlink(missing_ok=True)
    plan.write(replace(found, facts=facts, spare=()), path)
    return path


def peak_bytes() -> int:
    """The most memory that this process has held so far."""
    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return most if sys.platform == "darwin" else 1024 * most


# ── what is asked ──


def questions_of(path: Path, row: Row) -> list[Case]:
    """The questions in the file at `path` about the row's books."""
    return [case for case in cases.read([path]) if case.book in row.books and case.answer]


def answers(folder: Path, name: str, asked: Mapping[str, str], ask: Callable[[str], str]) -> dict[str, str]:
    """What the model called `name` says to each question in `asked`, by id; what it said before is not asked again."""
    path = folder / "answers.jsonl"
    lines = path.read_text(encoding="utf-8").splitlines() if path.is_file() else []
    rows = [json.loads(line) for line in lines if line.endswith("}")]
    known = {row["question"]: row["said"] for row in rows if row["by"] == name}
    said: dict[str, str] = {}
    with path.open("a", encoding="utf-8") as file:
        for place, (id, question) in enumerate(asked.items()):
            if question not in known:
                known[question] = ask(question)
                # A line that a kill cut short must not spoil this one.
                file.write("\n" + json.dumps({"by": name, "question": question, "said": known[question]}) + "\n")
                file.flush()
                print(f"\rasking {name}: {place + 1} of {len(asked)}\033[K", end="", file=sys.stderr)
            said[id] = known[question]
    return said


def natural_right(asked: Sequence[Case], said: Mapping[str, str]) -> dict[str, bool]:
    """Whether each of people's questions was answered right, by the fixed rule."""
    return {case.id: grade(said[case.id], case.answer, case.aliases) is Grade.RIGHT for case in asked}


def sealed_of(told: Told) -> dict[str, str]:
    """The sealed forms that a study asked, by fact."""
    return {fact["id"]: fact["sealed"] for fact in told["facts"] if "sealed" in fact}


def sealed_right(told: Told, said: Mapping[str, str]) -> dict[str, bool]:
    """Whether each sealed form was answered right, as a study grades its own."""
    return {
        fact["id"]: gives(said[fact["id"]], fact.get("wanted", fact["value"]), in_gist=fact["kind"] in LONG_KINDS)
        for fact in told["facts"]
        if fact["id"] in said
    }


def own_right(told: Told) -> dict[str, bool]:
    """Whether a study's own model answered each sealed form right."""
    return {fact["id"]: bool(fact["right"]) for fact in told["facts"] if "right" in fact}


def from_memory(run: Run, library: Library, asked: Sequence[Case], told: Told | None) -> dict[str, dict[str, bool]]:
    """People's questions of the taught model's memory alone and of the untaught model; of the latter also the sealed
    forms of `told`, if they are wanted: whether each was answered right. An untaught model that cannot be asked is
    said to be left out."""
    questions = {case.id: case.question for case in asked}
    right: dict[str, dict[str, bool]] = {}
    with arms.opened(library, ["memory", "untaught"], baseline="", cache=run.folder / "cache") as bench:
        for left_out in bench.left_out:
            print(f"{left_out.name} is left out: {left_out.why}")
        for arm in bench.arms:

            def ask(question: str, arm: Arm = arm) -> str:
                return arm.ask(question).text

            name = f"memory of {library.parts.model().name}" if arm.name == "memory" else arm.name
            right[arm.name] = natural_right(asked, answers(run.folder, name, questions, ask))
            if told and arm.name == "untaught":
                sealed = answers(run.folder, name, sealed_of(told), ask)
                right["untaught, sealed"] = sealed_right(told, sealed)
    print(file=sys.stderr)
    return right
