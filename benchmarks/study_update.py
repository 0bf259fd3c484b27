"""What it costs to keep a study up with its documents: one in ten is changed, one is withdrawn, and all studied again.

Takes the run of a row; in a copy of its library, of each changed document one sentence that a mastered fact rests on
says another value, and one document with mastered facts is gone. The second study, taught upon the first, may take a
third of the first one's training. Tells what became of what was mastered, of the changed facts and of the withdrawn.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import byheart
from byheart import reliability
from byheart.grading import gives
from byheart.library import Library
from byheart.outcomes import StudyRecord
from byheart.types import LONG_KINDS, Fact, FactKind, Origin
from study_row import Row, Run, Target, Told, copied, own_right, shown, studied

# One document in so many is changed.
ONE_IN = 10

# The share of the first study's time that the second may take.
MOST_TIME = 1 / 3
LEAST_KEPT = 0.98

Figures = dict[str, Any]


def another(value: str, others: Sequence[str]) -> str | None:
    """A value of the same sort: the last number made greater by one, or the first of `others` that differs; None if
    there is none."""
    numbers = list(re.finditer(r"\d+", value))
    if numbers:
        last = numbers[-1]
        return f"{value[: last.start()]}{int(last[0]) + 1:0{len(last[0])}}{value[last.end() :]}"
    return next((other for other in others if other.lower() != value.lower()), None)


def spread(count: int, wanted: int) -> list[int]:
    """`wanted` places of `count`, at even distances."""
    return [place * count // wanted for place in range(wanted)]


def updated(first: Run, out: Path, shelf: Path, row: Row) -> Figures:
    """The figures of a second study, after the documents of the first one's library have moved."""
    run = Run(out / "update")
    home = copied(first.folder / "library", run.folder)
    with byheart.open(home) as library:
        record, told = studied(first, library, row, first.state["minutes"])
        if "changed" not in run.state:
            run.keep(**chosen(library, told, out / "shelf", shelf))
        if "after" not in run.state:
            run.keep(after=moved(library, run.state, out / "shelf", shelf, row))
        minutes = record.minutes * MOST_TIME
        again, told_again = studied(run, library, row, minutes, number=2)
        return compared(library, run, (record, told), (again, told_again))


def chosen(library: Library, told: Told, texts: Path, shelf: Path) -> Figures:
    """Which documents are changed, how, and which one is withdrawn."""
    mastered = {fact["id"] for fact in told["facts"] if fact["mastered"]}
    taught = [fact for fact, _, _ in library.ledger.studies.facts() if fact.id in mastered]
    edits = {
        source: edit
        for source in sorted(told["sources"])
        if (edit := next(_edits(library, source, taught, texts, shelf), None))
    }
    documents, count = len(told["sources"]), max(1, round(len(told["sources"]) / ONE_IN))
    if documents < ONE_IN or len(edits) <= count:
        sys.exit(
            f"one document in {ONE_IN} cannot be changed and another one withdrawn: of the {documents} that were "
            f"studied, {len(edits)} have a mastered fact in a text that can be edited in its place"
        )
    sources = list(edits)
    places = spread(len(sources), count)
    withdrawn = next(source for place, source in enumerate(sources) if place not in places)
    return {"changed": {sources[place]: edits[sources[place]] for place in places}, "withdrawn": withdrawn}


def _edits(library: Library, source: str, taught: Sequence[Fact], texts: Path, shelf: Path) -> Iterator[Figures]:
    """The changes of one value in a document that are possible: its place in the file, and what shall stand there."""
    text = original(source, texts, shelf).read_text(encoding="utf-8", errors="replace")
    placed = {held.passage.id: held.start for held in library.ledger.passages(source)}
    for fact in taught:
        if fact.passage not in placed:
            continue
        begun = placed[fact.passage] + fact.start
        others = [other.value for other in taught if (other.kind, other.attribute) == (fact.kind, fact.attribute)]
        value = another(fact.value, others)
        # In HTML, PDF and the like the text that was read is not the file's own.
        if value and text[begun : begun + len(fact.value)] == fact.value:
            yield {"fact": fact.id, "start": begun, "old": fact.value, "new": value}


def moved(library: Library, state: Mapping[str, Any], texts: Path, shelf: Path, row: Row) -> Figures:
    """Changes and withdraws the documents, adds them again, and says what is found in them now."""
    for source, edit in state["changed"].items():
        text = original(source, texts, shelf).read_text(encoding="utf-8")
        end = edit["start"] + len(edit["old"])
        Path(source).write_text(text[: edit["start"]] + edit["new"] + text[end:], encoding="utf-8")
    Path(state["withdrawn"]).unlink(missing_ok=True)
    added = library.add([texts / book for book in row.books], core=True)
    found = library.forecast().plan
    facts = [fact for fact in (*found.facts, *found.spare) if row.kind in ("", fact.kind.value)]
    return {
        "seconds": added.seconds,
        "stale": library.status().stale_facts,
        "found": [fact.id for fact in facts],
    }


def original(source: str, texts: Path, shelf: Path) -> Path:
    """The user's own file of a document that was copied to `texts`."""
    return shelf / Path(source).relative_to(texts.resolve())


def compared(library: Library, run: Run, first: tuple[StudyRecord, Told], second: tuple[StudyRecord, Told]) -> Figures:
    """What the second study cost, and what it kept, learned and gave up."""
    (record, told), (again, told_again) = first, second
    state = run.state
    found, before = set(state["after"]["found"]), {fact["id"] for fact in told["facts"]}
    mastered = {fact["id"] for fact in told["facts"] if fact["mastered"]}
    now = {fact["id"]: fact for fact in told_again["facts"]}
    still = mastered & found
    kept = sum(bool(fact in now and now[fact]["mastered"]) for fact in still)
    sources = told_again["sources"]
    new = [fact for id, fact in now.items() if sources[fact["source"]] in state["changed"] and id not in before]
    right, right_now = own_right(told), own_right(told_again)
    asked_twice = still & right.keys() & right_now.keys()
    gone = [fact for fact in told["facts"] if told["sources"][fact["source"]] == state["withdrawn"]]
    edited = [fact for fact in told["facts"] if fact["id"] in {one["fact"] for one in state["changed"].values()}]
    return {
        "documents": len(told["sources"]),
        "changed": len(state["changed"]),
        "taught upon": again.details["taught upon"],
        "facts no longer said": state["after"]["stale"],
        "minutes": again.minutes,
        "share of the first study's training": again.minutes / record.minutes,
        "share of the first study's training and testing": _seconds(again) / _seconds(record),
        "mastered and still said": len(still),
        "planned again": len(still & now.keys()),
        "stays mastered": reliability.share(kept, len(still)),
        "sealed right before": reliability.share(sum(right[fact] for fact in asked_twice), len(asked_twice)),
        "sealed right after": reliability.share(sum(right_now[fact] for fact in asked_twice), len(asked_twice)),
        "new facts of changed documents": len(new),
        "new facts mastered": reliability.share(sum(bool(fact["mastered"]) for fact in new), len(new)),
        "withdrawn": given(library, [fact for fact in gone if fact["mastered"]]),
        "old values": given(library, edited),
    }


def given(library: Library, facts: Sequence[Mapping[str, Any]]) -> Figures:
    """Of facts that documents no longer say: how many the weights still say, and how many are sure answers."""
    asked = [fact for fact in facts if "sealed" in fact]
    held = sure = 0
    for fact in asked:
        value, in_gist = fact.get("wanted", fact["value"]), FactKind(fact["kind"]) in LONG_KINDS
        held += gives(library.ask(fact["sealed"], side="memory").text, value, in_gist=in_gist)
        answer = library.ask(fact["sealed"])
        sure += answer.origin is Origin.MEMORY and gives(answer.text, value, in_gist=in_gist)
    n = len(asked)
    return {"asked": n, "held": reliability.share(held, n), "sure": reliability.share(sure, n), "sure count": sure}


def targets(found: Figures) -> list[Target]:
    """What an update is held to. That it takes no more than its share of the time is given: its minutes are limited."""
    time, stays, gone = found["share of the first study's training"], found["stays mastered"], found["withdrawn"]
    return [
        Target("training, of the first study's", f"≤ {MOST_TIME:.0%}", f"{time:.0%}", round(time, 2) <= MOST_TIME),
        Target("stays mastered", f"≥ {LEAST_KEPT:.0%}", shown(stays), stays.value >= LEAST_KEPT if stays.n else None),
        Target(
            "withdrawn facts given as sure answers",
            "none",
            f"{gone['sure count']} of {gone['asked']}",
            gone["sure count"] == 0 if gone["asked"] else None,
        ),
    ]


def _seconds(record: StudyRecord) -> float:
    return float(record.details["training seconds"] + record.details["testing seconds"])
