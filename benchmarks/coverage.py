"""How many questions the worthiest facts of a shelf could answer: what extraction finds, before anything is taught.

    python benchmarks/coverage.py --shelf FOLDER --questions core.jsonl [more.jsonl …] [--facts 6000]

Questions are JSON lines with question, answer, aliases, source (a path below the shelf), quote, book and kind. One is
covered when among the worthiest facts there is one from the right passage (its quote, or an unbroken half of it,
stands there) whose value answers it by `byheart.grade`. "in the quote" counts only facts whose value overlaps the
quote itself, "by few words" only values of at most six. Reads the files and finds the facts; no model, no embedding.
Prints tables with 95 % Wilson intervals and, last, a line of JSON with ids and ranks only.
"""

from __future__ import annotations

import argparse
import json
import time
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from byheart import facts, passages, read, reliability
from byheart.cases import folded
from byheart.errors import UnreadableDocument
from byheart.grading import Grade, grade
from byheart.types import LONG_KINDS, Fact, Passage

MARKS = (100, 500, 1000, 2000, 4000, 6000, 10_000, 10**9)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--shelf", type=Path, required=True)
    parser.add_argument("--questions", type=Path, nargs="+", required=True)
    parser.add_argument("--facts", type=int, default=6000)
    options = parser.parse_args()
    asked = [json.loads(line) for path in options.questions for line in path.read_text(encoding="utf-8").splitlines()]
    begun = time.perf_counter()
    documents = read_below(options.shelf)
    read_seconds = time.perf_counter() - begun
    begun, worked = time.perf_counter(), time.process_time()
    found = facts.find(documents.values())
    seconds, worked = time.perf_counter() - begun, time.process_time() - worked
    count = sum(map(len, documents.values()))
    left_out = ", ".join(f"{number:,} {reason}" for reason, number in found.dropped.items())
    print(
        f"{len(documents)} documents, {count:,} passages (read in {read_seconds:.0f} s), {len(found.facts):,} facts "
        f"found in {seconds:.1f} s ({worked:.1f} s of one processor)\n"
        f"dropped: {left_out}\n"
    )
    print_kinds(found.facts, options.facts)
    rows = [answered(question, documents, found.facts) for question in asked]
    print_coverage(rows, options.facts)
    figures = {
        "facts": len(found.facts),
        "dropped": dict(found.dropped),
        "seconds": round(worked, 1),
        "covered": sum(row["rank"] <= options.facts for row in rows),
        "ranks": {row["id"]: row["rank"] if row["rank"] < MARKS[-1] else None for row in rows},
    }
    print(json.dumps(figures))


def read_below(shelf: Path) -> dict[str, list[Passage]]:
    """The passages of each document below `shelf` but licences, by its path there."""
    held = {}
    for path in read.files_below(shelf):
        try:
            document = read.read(path)
        except UnreadableDocument:
            continue
        if not document.is_licence:
            placed = passages.split(document)
            held[path.relative_to(shelf).as_posix()] = [one.passage for one in placed]
    return held


def answered(
    question: Mapping[str, Any], documents: Mapping[str, Sequence[Passage]], found: Sequence[Fact]
) -> dict[str, Any]:
    """At which rank (from 1) the first fact stands that answers, and the first whose value is in the quote itself."""
    places = {passage.id: place for passage in documents[question["source"]] if (place := quoted(passage, question))}
    never = MARKS[-1]
    ranks, kinds = {"rank": never, "in the quote": never, "by few words": never}, {}
    for rank, fact in enumerate(found, 1):
        if fact.passage not in places:
            continue
        if grade(fact.value, question["answer"], question.get("aliases", ())) is not Grade.RIGHT:
            continue
        start, end, text = places[fact.passage]
        at = len(folded(text[: fact.start]))
        kinds.setdefault("rank", fact.kind.value)
        ranks["rank"] = min(ranks["rank"], rank)
        if fact.kind not in LONG_KINDS:
            ranks["by few words"] = min(ranks["by few words"], rank)
        if at < end and start < at + len(folded(text[fact.start : fact.end])):
            ranks["in the quote"] = min(ranks["in the quote"], rank)
    return {
        **{key: question[key] for key in ("id", "book", "kind")},
        **ranks,
        "fact kind": kinds.get("rank"),
        "has passage": bool(places),
    }


def quoted(passage: Passage, question: Mapping[str, Any]) -> tuple[int, int, str] | None:
    """Where the quote, or its first or second half, stands in a passage's text (white space folded), and that text."""
    wanted, text = folded(question["quote"]), folded(passage.text)
    middle = len(wanted) // 2
    for part in (wanted, wanted[:middle], wanted[middle:]):
        at = text.find(part)
        if at >= 0:
            return at, at + len(part), passage.text
    return None


def print_kinds(found: Sequence[Fact], most: int) -> None:
    every, worthiest = (Counter(fact.kind.value for fact in some) for some in (found, found[:most]))
    print(f"{'kind of fact':14}{'found':>8}{f'worthiest {most:,}':>18}")
    for kind, count in every.most_common():
        print(f"{kind:14}{count:>8,}{worthiest[kind]:>18,}")
    print(f"passages with a fact among them: {len({fact.passage for fact in found[:most]}):,}\n")


def print_coverage(rows: Sequence[Mapping[str, Any]], most: int) -> None:
    print(
        f"{'questions':26}{'n':>5}{f'covered by {most:,}':>24}{'in the quote':>22}{'by few words':>14}"
        f"{'by any fact':>13}"
    )
    groups: dict[str, list[Mapping[str, Any]]] = defaultdict(list)
    for row in rows:
        for name in ("all", f"book {row['book']}"[:25], f"kind {row['kind']}"):
            groups[name].append(row)
    for name, group in sorted(groups.items()):
        n = len(group)
        covered, inside, short = (
            sum(row[key] <= most for row in group) for key in ("rank", "in the quote", "by few words")
        )
        anywhere = sum(row["rank"] < MARKS[-1] for row in group)
        print(f"{name:26}{n:>5}{share(covered, n):>24}{share(inside, n):>22}{short / n:>14.2f}{anywhere / n:>13.2f}")
    by_kind = Counter(row["fact kind"] for row in rows if row["rank"] <= most)
    print(f"\nanswered by: {', '.join(f'{count} {kind}' for kind, count in by_kind.most_common())}")
    print(f"passage not found: {sum(not row['has passage'] for row in rows)}")
    marks = ((f"{mark:,}" if mark < MARKS[-1] else "all", sum(row["rank"] <= mark for row in rows)) for mark in MARKS)
    print(f"covered by the first: {', '.join(f'{mark}: {count}' for mark, count in marks)}\n")


def share(count: int, n: int) -> str:
    found = reliability.share(count, n)
    return f"{found.value:.2f} [{found.low:.2f}–{found.high:.2f}]"


if __name__ == "__main__":
    main()
