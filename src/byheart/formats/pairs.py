"""Files of questions with their answers, JSON lines or CSV: each pair a section of its own, as "Q: …" and "A: …".

The lines are those that `byheart measure` reads. A pair that has no answer, or a question that two lines answer
differently, makes the file unreadable: what it should teach is not known.
"""

from __future__ import annotations

import re

from byheart import cases
from byheart.agreement import answers_differ
from byheart.errors import UnreadableDocument
from byheart.formats import Structure
from byheart.types import Block, BlockKind


def is_of_pairs(text: str) -> bool:
    """Whether the first line of a CSV file names a question and an answer."""
    first = text.partition("\n")[0]
    return {"question", "answer"} <= {name.strip(' "') for name in first.split(",")}


def parse(text: str, suffix: str) -> Structure:
    """The structure of the text of a file of pairs whose name ends in `suffix`: .jsonl or .csv."""
    texts: list[str] = []
    blocks: list[Block] = []
    at = 0
    for question, answer in _pairs(text, suffix):
        said = f"Q: {question}\nA: {answer}"
        blocks.append(Block(BlockKind.PROSE, at, at + len(said), (question,)))
        texts.append(said)
        at += len(said) + 2
    return Structure("\n\n".join(texts), tuple(blocks))


def _pairs(text: str, suffix: str) -> list[tuple[str, str]]:
    pairs: list[tuple[str, str]] = []
    answered: dict[str, tuple[int, str]] = {}
    problems: list[str] = []
    for line in cases.lines(text, suffix):
        try:
            question, answer = _pair(line)
            number, other = answered.setdefault(_asked(question), (line.number, answer))
            if answers_differ(answer, other):
                raise cases.Unusable(f"{answer!r} answers what line {number} answers with {other!r}: keep one of them")
        except cases.Unusable as problem:
            problems.append(f"line {line.number}: {problem}")
            continue
        pairs.append((question, answer))
    if problems:
        raise UnreadableDocument(cases.told(problems))
    return pairs


def _pair(line: cases.Line) -> tuple[str, str]:
    case = cases.case_of(line)
    if case.answer is None:
        raise cases.Unusable('no answer; write "answer": "…", or leave this line out: nothing can be learned from it')
    return " ".join(case.question.split()), re.sub(r"\n\s*\n", "\n", case.answer)


def _asked(question: str) -> str:
    """A question without what does not count: case, and marks at its end."""
    return question.casefold().rstrip(" ?.!")
