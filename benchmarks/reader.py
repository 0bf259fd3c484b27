"""Who reads best: questions put to a reader with the right passage among three, and with three wrong ones.

    python benchmarks/reader.py --library FOLDER --questions core.jsonl --out FOLDER [--most N]

Questions are JSON lines with question, answer, aliases, source, book and quote, about documents of the library. The
right passage holds the quote, or an unbroken half of it; the wrong ones are the best that search finds beside it and
that neither hold the quote nor say the answer; their order is drawn from the question. Asked are the model of the study
in use, its base, and the reader that quotes. An answer counts by `byheart.grade`; with three wrong passages only "Not
in the documents." does. Prints a table with 95 % Wilson intervals and, last, a line of JSON. What was said is kept in
FOLDER/answers.jsonl: the same command goes on where it stopped.
"""

from __future__ import annotations

import argparse
import json
import random
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, closing
from dataclasses import asdict, dataclass
from pathlib import Path

import byheart
from byheart import cases, prompts, reliability
from byheart.agreement import is_value
from byheart.backends.extractive import ExtractiveReader
from byheart.cases import Case
from byheart.grading import Grade, grade
from byheart.library import Library
from byheart.ports import Model
from byheart.questions import gives_away
from byheart.types import Hit
from byheart.workshop import PATIENCE
from study_row import answers, shown

# Passages a question is asked over.
_PASSAGES = 3

# Among so many found passages the wrong ones are sought.
_SOUGHT = 20


@dataclass(frozen=True, slots=True)
class Reading:
    """A question with what it is asked over: the right passage among wrong ones, and wrong ones alone."""

    case: Case
    told: tuple[Hit, ...]
    untold: tuple[Hit, ...]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--library", type=Path, required=True)
    parser.add_argument("--questions", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--most", type=int, help="ask so many questions, drawn at random")
    options = parser.parse_args()
    options.out.mkdir(parents=True, exist_ok=True)
    asked = [case for case in cases.read([options.questions]) if case.answer and case.quote]
    if options.most:
        asked = random.Random(0).sample(asked, min(options.most, len(asked)))
    with byheart.open(options.library) as library, ExitStack() as opened:
        held = [reading for case in asked if (reading := reading_of(library, case))]
        print(f"{len(held)} of {len(asked)} questions have their passage and {_PASSAGES} wrong ones in the library")
        base = opened.enter_context(closing(library.parts.base()))
        readers = {"taught": library.parts.model(), "untaught": base, "sentence": ExtractiveReader()}
        found = {name: figures(held, said(options.out, reader, held, library)) for name, reader in readers.items()}
    print(f"\n{'':12}{'right passage among three':>34}{'three wrong ones':>34}")
    for name, shares in found.items():
        print(f"{name:12}" + "".join(f"{shown(share):>34}" for share in shares.values()))
    print(json.dumps({name: {of: asdict(share) for of, share in shares.items()} for name, shares in found.items()}))


def reading_of(library: Library, case: Case) -> Reading | None:
    """What `case` is asked over; None where the library does not hold its passage, or too few others."""
    right = next(right_passages(library, case), None)
    others = [
        hit
        for hit in library.search(case.question, k=_SOUGHT)
        if not cases.holds(hit.text, case.quote)
        and not any(gives_away(hit.text, answer) for answer in (case.answer, *case.aliases))
    ][:_PASSAGES]
    if right is None or len(others) < _PASSAGES:
        return None
    told = (right, *others[:-1])
    return Reading(case, tuple(random.Random(case.question).sample(told, len(told))), tuple(others))


def right_passages(library: Library, case: Case) -> Iterator[Hit]:
    """The passages of the document that `case` names which hold its quote."""
    for source in library.documents():
        if cases.is_at(source.location, case.source):
            for placed in library.ledger.passages(source.location):
                if cases.holds(placed.passage.text, case.quote):
                    yield from library.ledger.hits([(placed.passage.id, 0.0)])


def said(folder: Path, reader: Model, asked: Sequence[Reading], library: Library) -> Mapping[str, str]:
    """What a reader says to each question, over both sets of passages."""
    turns = {
        f"{reading.case.id} {name}": prompts.read(reading.case.question, passages)
        for reading in asked
        for name, passages in (("told", reading.told), ("untold", reading.untold))
    }
    tokens = library.settings.answer_tokens
    return answers(folder, reader.name, turns, lambda turn: reader.complete(turn, tokens=tokens, timeout=PATIENCE).text)


def figures(asked: Sequence[Reading], said: Mapping[str, str]) -> dict[str, byheart.Estimate]:
    """The shares of right answers: over three passages with the right one, and over three wrong ones."""
    told = [
        grade(said[f"{reading.case.id} told"], reading.case.answer, reading.case.aliases) is Grade.RIGHT
        for reading in asked
    ]
    untold = [is_value(said[f"{reading.case.id} untold"], prompts.NOT_TOLD) for reading in asked]
    return {"told": reliability.share(sum(told), len(told)), "untold": reliability.share(sum(untold), len(untold))}


if __name__ == "__main__":
    main()
