"""A `Model` in RAM: knows some questions by heart and reads passages by counting shared words.

Real and tiny: it can be wrong, unsure and ignorant in the same shapes as a language model, always the same way,
so the whole corridor runs on it in milliseconds. The memory trainer writes the file that `MemoryModel.load` reads.
"""

from __future__ import annotations

import json
import re
import time
from collections.abc import Mapping
from pathlib import Path

from byheart.errors import LibraryDamaged, ModelMissing
from byheart.prompts import NOT_TOLD, told
from byheart.types import Draft, Token

_WORD = re.compile(r"\w+(?:[.']\w+)*")
_SENTENCE = re.compile(r"\n+|(?<=[.!?])\s+")
_COMMON = frozenset(
    _WORD.findall(
        "a an and are as at be by did do does for from has have how in is it its of on or that the this to was were "
        "what when where which who whom whose why will with"
    )
)


class MemoryModel:
    """Answers from `known` (question to answer), or from the passages in the prompt."""

    def __init__(self, known: Mapping[str, str] | None = None, *, name: str = "memory") -> None:
        self._known = {_words(question): answer for question, answer in (known or {}).items()}
        self._name = name

    @classmethod
    def load(cls, weights: Path, *, name: str = "") -> MemoryModel:
        """The model whose `known` is the JSON object in `weights`."""
        try:
            known = json.loads(weights.read_text(encoding="utf-8"))
        except FileNotFoundError as error:
            raise ModelMissing(f"no model file at {weights}", hint="byheart study") from error
        except ValueError as error:
            raise LibraryDamaged(f"{weights} is not a memory model: {error}", hint="byheart doctor") from error
        return cls(known, name=name or str(weights))

    @property
    def name(self) -> str:
        return self._name

    def complete(self, prompt: str, *, tokens: int, timeout: float) -> Draft:
        started = time.perf_counter()
        reading = told(prompt)
        text, sureness = self._recall(prompt) if reading is None else _read(*reading)
        words = text.split()
        logprob = sureness - 1.0
        drafted = tuple(Token(f" {word}" if place else word, logprob, 2 * sureness) for place, word in enumerate(words))
        return Draft(
            " ".join(words[:tokens]),
            drafted[:tokens],
            len(prompt.split()),
            time.perf_counter() - started,
            is_complete=len(words) <= tokens,
        )

    def close(self) -> None: ...

    def _recall(self, question: str) -> tuple[str, float]:
        """The answer to the nearest known question, and the share of words (0 to 1) the two have in common."""
        asked = _words(question)
        nearest = max(self._known, key=lambda known: _shared(asked, known), default=frozenset[str]())
        return self._known.get(nearest, "no idea"), _shared(asked, nearest)


def _read(question: str, passages: str) -> tuple[str, float]:
    """The value of the line, or the new words of the sentence, that shares most words with the question.

    A line is read under the place of its passage ("[PEP 634]"), whose words count as said there.
    """
    asked = _words(question)
    place, best, most = frozenset[str](), "", 0
    for sentence in _SENTENCE.split(passages):
        if sentence.startswith("[") and sentence.endswith("]"):
            place = _words(sentence)
        elif (shared := len(asked & (place | _words(sentence)))) > most and _words(sentence) - asked:
            best, most = sentence, shared
    sureness = most / max(len(asked), 1)
    if sureness < 0.5:
        return NOT_TOLD, 1 - sureness
    field, colon, value = best.strip(" :").partition(":")
    if colon and value.strip() and _words(field) & asked:
        return value.strip(), sureness
    new = [word for word in best.split() if not _words(word) <= asked]
    return " ".join(new[:12]).strip(" .,;:") or best.strip(), sureness


def _words(text: str) -> frozenset[str]:
    return frozenset(_WORD.findall(text.lower())) - _COMMON


def _shared(one: frozenset[str], other: frozenset[str]) -> float:
    return len(one & other) / max(len(one | other), 1)
