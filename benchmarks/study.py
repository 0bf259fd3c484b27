"""What a study learns: documents studied for so many minutes, then the sealed form of every planned fact asked.

    python benchmarks/study.py --documents shelf/peps --out FOLDER [--minutes 10]

FOLDER becomes a library (an existing one is taken up where it stopped). Prints a table by kind of fact and, last, a
line of JSON, which is also appended to FOLDER/results.jsonl. Header fields are the kind "field".
"""

from __future__ import annotations

import argparse
import json
import sys
from collections import defaultdict
from pathlib import Path

import byheart
from byheart.outcomes import Studying
from byheart.workshop import RECORD


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--documents", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--minutes", type=float, default=10.0)
    options = parser.parse_args()
    home = options.out / "library"
    if not home.exists():
        byheart.new(home)
    with byheart.open(home) as library:
        library.add([options.documents], core=True)
        record = library.study(minutes=options.minutes, watch=show)
    facts = json.loads((home / "studies" / str(record.number) / RECORD).read_text(encoding="utf-8"))["facts"]
    kinds: dict[str, list[dict[str, object]]] = defaultdict(list)
    for fact in facts:
        kinds[fact["kind"]].append(fact)
    print(f"\n{'kind':12}{'planned':>9}{'mastered':>10}{'sealed right':>14}")
    for kind, rows in [*sorted(kinds.items()), ("all", facts)]:
        mastered = sum(bool(row["mastered"]) for row in rows)
        right = sum(bool(row.get("right")) for row in rows)
        print(f"{kind:12}{len(rows):>9}{mastered:>10}{right:>8} {right / len(rows):>5.0%}")
    details = record.details
    print(
        f"\n{record.minutes:.1f} minutes of training, {details['tokens']:,} tokens "
        f"({details['tokens'] / details['training seconds']:.0f} a second), {details['rounds']} rounds; "
        f"testing and calibration {details['testing seconds']:.0f} s"
    )
    figures = {
        "documents": options.documents.name,
        "minutes": record.minutes,
        "planned": len(facts),
        "sealed right": {kind: sum(bool(row.get("right")) for row in rows) for kind, rows in kinds.items()},
        "by kind": {kind: len(rows) for kind, rows in kinds.items()},
        **{key: details[key] for key in ("rounds", "tokens", "training seconds", "testing seconds")},
        **details["calibration"]["figures"],
    }
    with (options.out / "results.jsonl").open("a", encoding="utf-8") as results:
        print(json.dumps(figures), file=results)
    print(json.dumps(figures))


def show(studying: Studying) -> None:
    left = "" if studying.seconds_left is None else f", {studying.seconds_left:.0f} s left"
    print(
        f"\r{studying.stage}: {studying.done / studying.total:.0%}{left} {studying.note}\033[K", end="", file=sys.stderr
    )


if __name__ == "__main__":
    main()
