"""Whether an answer is right, by a fixed rule: the reference stands in its first words, or most of it does.

Takes what was said and what is right; gives a grade. It asks no model: the same answer gets the same grade on every
machine and day.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from enum import StrEnum

from byheart.agreement import is_value

# References of no more words must stand in an answer as they are; of longer ones most words are enough.
EXACT_WORDS = 3

_FIRST = 30
_ARTICLES = frozenset({"a", "an", "the"})
_NEGATIONS = frozenset({"no", "not", "never", "none", "nothing", "cannot", "without", "neither", "nor"})
_FILLERS = frozenset(
    "is are was were be been being it its of in on at to for from by with and or as that this these those which "
    "has have had do does did can could will would you your they their there than then when if so into".split()
)
# Said of a value, these words make it the past one.
_PAST = frozenset({"old", "older", "formerly", "previously", "before", "was", "were", "used", "earlier", "past"})
_MARKS = re.compile(r"(?<=\w)[._=*@-]+(?=\w)|[._=*@]+(?=\w)|(?<=\w)(?:\(\)|[_=*@]+)")
_WORD = re.compile(r"\w+(?:[._'-]\w+)*|[^\s\w]+")
_NUMBER = re.compile(r"v?\d[\w.]*")
# How models say that they have no answer, at the beginning of what they say.
_DECLINES = re.compile(
    r"(?i)\W*(?:(?:i'?m )?sorry,? (?:but )?)?(?:"
    r"not (?:in|told in|stated in|mentioned in|found in) the (?:documents?|text|context|passages?)"
    r"|not known|unknown\W*$|i (?:do not|don't) (?:know|have)"
    r"|i (?:cannot|can't|could not|couldn't|am unable to|was unable to) (?:answer|find|determine|tell)"
    r"|the (?:given |provided )?(?:documents?|text|context|passages?)(?: above| provided)? (?:do|does) ?(?:not|n't) "
    r"(?:say|tell|mention|contain|provide|state|specify|give|include))"
)


class Grade(StrEnum):
    """What an answer is worth. `old` is what an earlier text said; `declined` is no answer."""

    RIGHT = "right"
    WRONG = "wrong"
    OLD = "old"
    DECLINED = "declined"


def grade(said: str, answer: str | None, aliases: Sequence[str] = (), *, old_answer: str = "") -> Grade:
    """The grade of `said`, where `answer` or any of `aliases` is right and `old_answer` was right once.

    `answer` None: nothing answers the question, so to decline is right and all else wrong. Otherwise right
    is an answer in whose first 30 words a reference stands as whole words; case, articles, punctuation and code marks
    beside words ("json.dumps" = "json.dumps()") do not count. Of a reference of more than three words half of the
    content words must stand there, and every number, version and negation. An answer that holds the old value is old,
    unless it holds the new one too and says which is past. No answer, or one that begins by saying that there is none,
    is declined.
    """
    if answer is None:
        return Grade.RIGHT if declines(said) else Grade.WRONG
    references = (answer, *aliases)
    is_right = any(_holds(said, reference) for reference in references)
    if old_answer and _holds(said, old_answer):
        says_which_is_past = bool(_PAST & set(_words(said)))
        # A new value that contains the old one ("model_dump" and "dump") is not the old one.
        contains_old = any(_holds(reference, old_answer) for reference in references)
        if not (is_right and (says_which_is_past or contains_old)):
            return Grade.OLD
    if is_right:
        return Grade.RIGHT
    return Grade.DECLINED if declines(said) else Grade.WRONG


def declines(said: str) -> bool:
    """Whether `said` is no answer: nothing, or words that say that there is none."""
    return not said.strip() or _DECLINES.match(said.replace("’", "'")) is not None


def gives(said: str, value: str, *, in_gist: bool) -> bool:
    """Whether `said` gives the value of a fact and nothing more: word for word.

    Of a sentence or a line of code (`in_gist`) most of it is enough, by the rule of `grade`: half of the content words,
    and every number, version and negation; and it may not be denied.
    """
    if not in_gist:
        return is_value(said, value)
    is_denied = bool(_NEGATIONS & set(_words(said)[:_FIRST])) and not _NEGATIONS & set(_words(value))
    return grade(said, value) is Grade.RIGHT and not is_denied


def _holds(said: str, reference: str) -> bool:
    words, wanted = _words(said)[:_FIRST], _words(reference)
    if not wanted:
        return " ".join(reference.split()) in said
    if any(words[at : at + len(wanted)] == wanted for at in range(len(words) - len(wanted) + 1)):
        return True
    if len(wanted) <= EXACT_WORDS:
        return False
    content = {word for word in wanted if word not in _FILLERS and word not in _NEGATIONS}
    exact = {word for word in wanted if _NUMBER.fullmatch(word) or word in _NEGATIONS}
    return exact <= set(words) and 2 * len(content & set(words)) >= len(content)


def _words(text: str) -> list[str]:
    """The words of `text` in one spelling: code marks beside words become spaces or nothing."""
    lowered = text.lower().replace("’", "'").replace("n't", " not")
    numbers_kept = re.sub(r"(?<=\d)\.(?=\d)", "·", lowered)
    bare = _MARKS.sub(lambda mark: " " if mark.end() < len(numbers_kept) else "", numbers_kept).replace("·", ".")
    found = [word for word in _WORD.findall(bare) if re.match(r"\w", word)]
    return [word for word in found if word not in _ARTICLES]
