"""How often search finds the passage that holds the answer: by words alone, by vectors alone, and fused.

    python benchmarks/retrieval.py --shelf FOLDER --questions core.jsonl [more.jsonl …] [--library FOLDER]

Questions are JSON lines with question, source (a path below the shelf) and quote. A passage counts when it is from
that source and holds the quote, or an unbroken half of it, white space folded. Builds a library of the shelf in a
temporary folder, or takes the one that is given. Prints a table with 95 % Wilson intervals and, last, a line of JSON.
"""

from __future__ import annotations

import argparse
import json
import statistics
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import byheart
from byheart import cases, reliability
from byheart.library import Library
from byheart.types import Hit

KS = (1, 3, 5, 10, 20)
NEVER = 10**9


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--shelf", type=Path, required=True)
    parser.add_argument("--questions", type=Path, nargs="+", required=True)
    parser.add_argument("--library", type=Path)
    options = parser.parse_args()
    asked = [json.loads(line) for path in options.questions for line in path.read_text(encoding="utf-8").splitlines()]
    with tempfile.TemporaryDirectory() as temporary:
        folder = options.library or byheart.new(Path(temporary) / "library")
        with byheart.open(folder) as library:
            figures: dict[str, Any] = {} if options.library else indexed(library, options.shelf)
            figures |= sizes(library)
            print(f"{'k':14}" + "".join(f"{k:>19}" for k in KS) + f"{'MRR':>8}{'p50':>10}{'p95':>10}")
            for name, search in sides(library).items():
                figures[name] = measured(name, search, asked)
    print(json.dumps(figures))


def indexed(library: Library, shelf: Path) -> dict[str, float]:
    """What adding the shelf took; the first text is embedded before, so that loading the model is not counted."""
    library.parts.embedder().embed(["warm"])
    added = library.add([shelf])
    print(
        f"{len(added.new)} documents, {added.passages_embedded:,} passages indexed in {added.seconds:.1f} s "
        f"({added.passages_embedded / added.seconds:.0f} a second), {len(added.skipped)} files skipped"
    )
    return {"seconds": round(added.seconds, 1), "embedded": added.passages_embedded}


def sizes(library: Library) -> dict[str, float]:
    placed = [place for source in library.documents() for place in library.ledger.passages(source.location)]
    lengths = [len(place.passage.text.split()) for place in placed]
    print(f"{len(placed):,} passages of {statistics.median(lengths):.0f} words (median), at most {max(lengths)}\n")
    return {"passages": len(placed), "median_words": statistics.median(lengths), "most_words": max(lengths)}


def sides(library: Library) -> dict[str, Callable[[str], list[Hit]]]:
    """The ways to search, each giving at most twenty passages, best first."""
    ledger, embedder, store = library.ledger, library.parts.embedder(), library.parts.store()
    return {
        "words alone": lambda question: ledger.hits(ledger.search_words(question, KS[-1])),
        "vectors alone": lambda question: ledger.hits(store.nearest(embedder.embed([question])[0], KS[-1])),
        "fused (ours)": lambda question: library.search(question, k=KS[-1]),
    }


def measured(
    name: str, search: Callable[[str], list[Hit]], asked: Sequence[Mapping[str, str]]
) -> dict[str, float | list[float]]:
    """Prints a row of the table, and gives its figures."""
    ranks: list[int] = []
    milliseconds: list[float] = []
    search(asked[0]["question"])
    for question in asked:
        begun = time.perf_counter()
        hits = search(question["question"])
        milliseconds.append((time.perf_counter() - begun) * 1000)
        right = [rank for rank, hit in enumerate(hits, 1) if holds(hit, question["source"], question["quote"])]
        ranks.append(right[0] if right else NEVER)
    found = [sum(rank <= k for rank in ranks) for k in KS]
    mean_reciprocal_rank = sum(1 / rank for rank in ranks) / len(ranks)
    p50, p95 = statistics.median(milliseconds), statistics.quantiles(milliseconds, n=20)[-1]
    shares = "".join(f"   {share(count, len(asked))}" for count in found)
    print(f"{name:14}{shares}{mean_reciprocal_rank:>7.2f}{p50:>8.1f} ms{p95:>7.1f} ms")
    return {
        "found": [round(count / len(asked), 4) for count in found],
        "mrr": round(mean_reciprocal_rank, 4),
        "p50_ms": round(p50, 2),
        "p95_ms": round(p95, 2),
    }


def share(count: int, n: int) -> str:
    found = reliability.share(count, n)
    return f"{found.value:.2f} [{found.low:.2f}–{found.high:.2f}]"


def holds(hit: Hit, source: str, quote: str) -> bool:
    """Whether a passage of `source` holds `quote`, or its first or second half whole."""
    return cases.is_at(hit.source, source) and cases.holds(hit.text, quote)


if __name__ == "__main__":
    main()
