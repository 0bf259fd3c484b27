"""How many answers are right: from memory alone, from documents alone, and both, on the same questions.

    python benchmarks/answers.py --library FOLDER --questions core.jsonl [more.jsonl …] [--book SLUG] [--out FILE]

Questions are JSON lines with question, answer (null: nothing answers it) and aliases. Prints a table with 95 %
Wilson intervals and, last, a line of JSON; --out writes a line a question and side: ids, grades and figures only.
"""

from __future__ import annotations

import argparse
import json
import math
import statistics
from collections import Counter, defaultdict
from pathlib import Path
from typing import Any

import byheart
from byheart.grading import Grade, grade
from byheart.types import Answer, Side

SIDES: tuple[Side | None, ...] = ("memory", "documents", None)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--library", type=Path, required=True)
    parser.add_argument("--questions", type=Path, nargs="+", required=True)
    parser.add_argument("--book")
    parser.add_argument("--out", type=Path)
    options = parser.parse_args()
    asked = [json.loads(line) for path in options.questions for line in path.read_text(encoding="utf-8").splitlines()]
    asked = [question for question in asked if not options.book or question["book"] == options.book]
    rows: list[dict[str, Any]] = []
    with byheart.open(options.library) as library:
        sides = SIDES if library.status().study else ("documents",)
        for question in asked:
            for side in sides:
                answer = library.ask(question["question"], side=side)
                rows.append(row(question, side or "both", answer))
    if options.out:
        options.out.write_text("".join(json.dumps(one) + "\n" for one in rows), encoding="utf-8")
    figures = {}
    print(f"{'side':11}{'right':>20}{'wrong':>7}{'old':>5}{'declined':>10}{'p50':>9}   origins")
    for side in dict.fromkeys(one["side"] for one in rows):
        mine = [one for one in rows if one["side"] == side]
        grades = Counter(one["grade"] for one in mine)
        low, high = wilson(grades[Grade.RIGHT], len(mine))
        p50 = statistics.median(one["seconds"] for one in mine)
        share = grades[Grade.RIGHT] / len(mine)
        by_origin: dict[str, Counter[str]] = defaultdict(Counter)
        for one in mine:
            by_origin[one["origin"]][one["grade"]] += 1
        origins = ", ".join(
            f"{name} {counts[Grade.RIGHT]}/{counts.total()} right" for name, counts in sorted(by_origin.items())
        )
        print(
            f"{side:11}{share:>7.1%} [{low:.2f}–{high:.2f}]{grades[Grade.WRONG]:>7}{grades[Grade.OLD]:>5}"
            f"{grades[Grade.DECLINED]:>10}{p50 * 1000:>6.0f} ms   {origins}"
        )
        figures[side] = {**grades, "n": len(mine), "p50": round(p50, 4)}
    print(json.dumps(figures))


def row(question: dict[str, Any], side: str, answer: Answer) -> dict[str, Any]:
    expected = question["answer"]
    if expected is None:
        # Nothing answers it: to decline is right.
        verdict = Grade.WRONG if answer.text else Grade.RIGHT
    else:
        verdict = grade(answer.text, expected, question.get("aliases", ()), old_answer=question.get("old_answer", ""))
    return {
        "id": question.get("id", ""),
        "side": side,
        "grade": verdict.value,
        "origin": answer.origin.value,
        "confidence": round(answer.confidence, 4),
        "seconds": round(answer.seconds, 4),
        "tokens_in": answer.tokens_in,
        "tokens_out": answer.tokens_out,
        "conflict": answer.conflict is not None,
    }


def wilson(right: int, n: int, z: float = 1.96) -> tuple[float, float]:
    """The 95 % Wilson interval of a share."""
    share = right / n
    centre = (share + z * z / (2 * n)) / (1 + z * z / n)
    half = z / (1 + z * z / n) * math.sqrt(share * (1 - share) / n + z * z / (4 * n * n))
    return centre - half, centre + half


if __name__ == "__main__":
    main()
