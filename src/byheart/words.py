"""Text to the words that are searched: lower-case stems, and code identifiers both whole and split.

Gives terms for the ledger's full-text search, the same for passages and for questions. It deliberately
ranks nothing and knows no stop-word list but the one that questions are made of.
"""

from __future__ import annotations

import re
from functools import lru_cache

import snowballstemmer

_WORD = re.compile(r"\d+(?:\.\d+)+|__\w+__|\w+(?:\.\w+)*", re.UNICODE)
_PART = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+|[^\W\d_A-Za-z]+")
_NAME = re.compile(r"\d|_|\w\.\w|[a-z][A-Z]|^[A-Z]{2,}$")
_STEMMER = snowballstemmer.stemmer("english")

# Words that make a sentence a question; they say nothing of what it is about.
COMMON = frozenset(
    "a an and are as at be been but by can could did do does for from had has have how i if in into is it its "
    "me my no of on one or our should so than that the their them then there these they this those to us was we "
    "were what when where which while who whom whose why will with would you your".split()
)


def names(text: str) -> list[str]:
    """The words of `text` that name one thing: code, numbers, abbreviations, words with a capital inside."""
    return [word.lower() for word in _WORD.findall(text) if _NAME.search(word)]


def terms(text: str) -> list[str]:
    """The search terms of `text`, in order: `str.set_xlabel` gives itself, its dotted parts and their words."""
    found: list[str] = []
    for word in _WORD.findall(text):
        found += _terms_of(word)
    return found


def content_terms(text: str) -> list[str]:
    """The terms of `text` that are not common question words; all of them if nothing else is left."""
    wanted = [term for word in _WORD.findall(text) if word.lower() not in COMMON for term in _terms_of(word)]
    return wanted or terms(text)


def whole_words(text: str) -> list[str]:
    """The words of `text` that are not common question words, a term each: code is not split."""
    return [_terms_of(word)[0] for word in _WORD.findall(text) if word.lower() not in COMMON]


@lru_cache(maxsize=50_000)
def stem(word: str) -> str:
    """A word in lower case without its inflection."""
    return str(_STEMMER.stemWord(word))


@lru_cache(maxsize=200_000)
def _terms_of(word: str) -> tuple[str, ...]:
    lower = word.lower()
    if word.isalpha() and (word.islower() or word.istitle()):
        return (_STEMMER.stemWord(lower),)
    if lower[0].isdigit():
        return (lower,)
    parts: dict[str, None] = {lower: None}
    for piece in word.split("."):
        parts[piece.lower()] = None
        for part in _PART.findall(piece):
            parts[_STEMMER.stemWord(part.lower())] = None
    return tuple(part for part in parts if part)
