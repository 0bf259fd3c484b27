"""Fits the readers' gates that come with byheart, for libraries that were never studied.

    python benchmarks/untaught_reader.py --out FOLDER [-n 150] [--reader sentence|model]

The documents of `byheart demo` are indexed in FOLDER; their facts are asked by their sealed forms, every third question
is about nothing that they hold, and the reader gets the best passage. Prints how many were right, and the gate for
`confidence.SENTENCE_READER` or `UNTAUGHT_READER`, fitted on half of the answers (what was declined has no answer to
grade) and tried on the other half.
"""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path

import byheart
from byheart import demo, examine, facts
from byheart.backends import logistic
from byheart.backends.extractive import ExtractiveReader
from byheart.examine import Examiner, Notes


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("-n", type=int, default=150)
    parser.add_argument("--reader", choices=("sentence", "model"), default="sentence")
    options = parser.parse_args()
    home = options.out / "library"
    if not home.exists():
        demo.write_documents(options.out / "documents")
        byheart.new(home)
    with byheart.open(home) as library:
        library.add([options.out / "documents"])
        texts = [
            [placed.passage for placed in library.ledger.passages(source.location)] for source in library.documents()
        ]
        found = facts.find(texts).facts
        passages = {passage.id: passage for text in texts for passage in text}
        asked = examine.reading_questions([], found, passages, seed=0, most=options.n)
        reader = ExtractiveReader() if options.reader == "sentence" else library.parts.model()
        settings = library.settings
        examiner = Examiner(
            reader,
            [reader],
            library.ledger.look_around,
            lambda question, k: library.search(question, k=k),
            settings.passages,
            settings.answer_tokens,
            settings.timeout,
            Notes(options.out / f"examined-{options.reader}.jsonl", reader.name),
        )
        (readings,) = examine.read_all(asked, examiner, seconds=float("inf"), watch=show).values()
    answered = [reading for reading in readings if not reading.is_declined]
    fitting, trying = answered[::2], answered[1::2]
    gate = logistic.fit([reading.features for reading in fitting], [reading.is_right for reading in fitting])
    sure = [gate.probability(reading.features) for reading in trying]
    right = sum(reading.is_right for reading in answered)
    print(f"{len(readings)} questions, {len(answered)} answered, {right} right; AUROC on the half kept aside", end=" ")
    print(f"{logistic.auroc(sure, [reading.is_right for reading in trying]):.2f}")
    print(f"mean probability there {sum(sure) / len(sure):.2f}", end=", ")
    print(f"right {sum(reading.is_right for reading in trying) / len(trying):.2f}")
    for name in ("means", "scales", "weights"):
        print(f"    {name}=({', '.join(f'{value:.3f}' for value in getattr(gate, name))}),")
    print(f"    intercept={gate.intercept:.3f},")
    print(json.dumps({"questions": len(readings), "answered": len(answered), "right": right}))


def show(done: int, total: int) -> None:
    print(f"\r{done} of {total}", end="", file=sys.stderr, flush=True)


if __name__ == "__main__":
    main()
