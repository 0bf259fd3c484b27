"""A sentence as it can stand alone: what ties it to its neighbours taken out, what it points at named.

Takes a sentence as plain text, the one before it, and what the passage is about; gives the sentence as someone would
understand it who has not read the rest, or None where that cannot be had. It judges no fact.
"""

from __future__ import annotations

import re

from byheart.vocabulary import (
    AUXILIARIES,
    CONNECTIVES,
    DEMONSTRATIVES,
    IMPERATIVES,
    LEANING_PHRASES,
    LEANING_WORDS,
    POINTERS,
    STANDING_OPENINGS,
    STOP_WORDS,
    VERBS,
)


def standing(sentence: str, *, before: str = "", name: str = "", thing: str = "") -> str | None:
    """`sentence` without what ties it to others; None if it leans on another one all the same.

    `before` is the sentence before it in the same paragraph, which "it" may stand for; `name` is what a document calls
    itself ("PEP 8"), `thing` the function or class that is being described.
    """
    said = POINTERS.sub("", _freed(sentence))
    if name:
        said = re.sub(r"\b[Tt]his (?:PEP|document|proposal|specification)\b", name, said)
    said = _named(_untied(said), before, thing)
    opening = re.match(r"[^\w`]*([\w'’]+)", said)
    if not opening or said.endswith("?"):
        return None
    first = re.split("['’]", opening[1].lower())[0]
    if first in LEANING_WORDS and not STANDING_OPENINGS.match(said):
        return None
    if (
        _leads_on(said)
        or LEANING_PHRASES.search(said)
        or any(_points_back(said, found.start()) for found in DEMONSTRATIVES.finditer(said))
    ):
        return None
    return said.rstrip(":").strip()


def unresolved(sentence: str) -> str | None:
    """`sentence`, if all it wants is the one before it: it says "this" or "it" and points nowhere else."""
    shortened = _untied(POINTERS.sub("", _freed(sentence)))
    opening = re.match(r"[^\w`]*([\w'’]+)", shortened)
    if not opening or shortened.endswith("?") or _leads_on(shortened) or LEANING_PHRASES.search(shortened):
        return None
    first = re.split("['’]", opening[1].lower())[0]
    is_pronoun = first in ("this", "it", "they", "these", "that", "such", "those", "its", "their")
    return shortened.rstrip(": ") if is_pronoun or first not in LEANING_WORDS else None


def because(before: str, sentence: str) -> str:
    """The sentence before with the reason that this one gives for it ("This is because …"); empty if it gives none."""
    found = _REASON.match(_freed(sentence))
    return f"{before.rstrip(' .:')} because {found['reason']}" if before and found else ""


def is_english(statement: str) -> bool:
    """Whether a stretch reads like a sentence, and not like code, output, a heading or the end of another sentence."""
    words = statement.split()
    common = sum(word.lower().strip(",.;:()") in STOP_WORDS for word in words)
    marks = len(re.findall(r"[^\w\s.,;'’\"“”()`-]", statement))
    if common * 9 < len(words) or marks * 7 > len(statement) or _NO_SENTENCE.search(statement):
        return False
    return common * 4 >= len(words) or not _LIKE_CODE.search(statement)


def subject_of(sentence: str) -> str:
    """The subject that opens a sentence, if it is short and plain: what "it" in the next one stands for."""
    found = _SUBJECT.match(sentence)
    if not found:
        return ""
    words = found["subject"].split()
    if words[0].lower() in LEANING_WORDS or len(words) > _MOST_SUBJECT_WORDS or words[-1].lower() in STOP_WORDS:
        return ""
    return found["subject"]


def _leads_on(sentence: str) -> bool:
    """Whether a sentence is nothing without what stands below it."""
    return sentence.endswith(":") and sentence.rstrip(": ").rsplit(" ", 1)[-1].lower() in _LEADING


def _untied(sentence: str) -> str:
    """`sentence` without the words at its beginning that tie it to the one before."""
    tie = CONNECTIVES.match(sentence)
    rest = sentence[tie.end() :] if tie else sentence
    # A word of code keeps its case.
    is_common = tie and rest.split(" ", 1)[0].rstrip(",") in STOP_WORDS
    return rest[:1].upper() + rest[1:] if is_common else rest


def _points_back(sentence: str, place: int) -> bool:
    """Whether what stands at `place` can only mean something outside of the sentence."""
    head = sentence[:place]
    return len(head.split()) < _FEWEST_BEFORE or not re.search(r",|;|\b(?:and|or|but|that|which|if|when|then)\b", head)


def _freed(sentence: str) -> str:
    """`sentence` without footnote marks, and out of the brackets around it."""
    said = _FOOTNOTE.sub("", sentence)
    return said[1:].rstrip(".!")[:-1] if re.fullmatch(r"\((?:[^()]|\([^()]*\))*\)[.!]?", said) else said


def _named(sentence: str, before: str, thing: str) -> str:
    """`sentence` with its opening "it", "they" or "this function" replaced by what that is."""
    found = _PRONOUN.match(sentence)
    if not found or STANDING_OPENINGS.match(sentence):
        return sentence
    noun, is_many = found["noun"], found["pronoun"].lower() in ("they", "these")
    if noun:
        antecedent = thing if thing and not is_many else ""
    elif found["pronoun"].lower() in ("it", "they"):
        antecedent = subject_of(before) or (thing if not is_many else "")
        if antecedent and _is_plural(antecedent, before) != is_many:
            return sentence
    else:
        antecedent = thing if not before else ""
    if not antecedent:
        return sentence
    return f"{antecedent} {sentence[found.end() :].lstrip()}"


def _is_plural(subject: str, sentence: str) -> bool:
    verb = sentence[len(subject) :].split(maxsplit=1)[:1]
    return bool(verb) and not (verb[0].endswith("s") or verb[0] in _OF_ANY_NUMBER)


_LEADING = frozenset(
    "is are be was were the a an with using by as of to for from like in and or that at on via e.g".split()
)
# So many words of a sentence can hold what "that" in it means.
_FEWEST_BEFORE = 8
_OF_ANY_NUMBER = ("can", "must", "should", "may", "will", "had")
_MOST_SUBJECT_WORDS = 5
_NOUN = "function|method|module|class|decorator|exception|option|statement|attribute|argument|operator|keyword|command"
_PRONOUN = re.compile(rf"(?P<pronoun>It|They|This|These)(?: (?P<noun>{_NOUN})s?)?(?= [a-z])")
_VERB = "|".join((*AUXILIARIES, "has", "have", "does", "do", *IMPERATIVES.values(), *VERBS))
_SUBJECT = re.compile(
    rf"(?P<subject>(?:(?:An?|The|Each|Every|All) )?[\w.()@*\[\]'’/-]+(?: [\w.()/-]+){{0,4}}?) (?:{_VERB})\b"
)
_REASON = re.compile(r"(?:(?:This|That|It)(?: is|['’]s)(?: \w+)? because|Because) (?P<reason>(?!of\b)[^,]+?[^?]*)$")
_FOOTNOTE = re.compile(r"(?:\s+|(?<=[.,;:]))\[\d+\](?!\w)|\s*\((?:see|cf\.)\b[^()]*\)", re.I)
_NO_SENTENCE = re.compile(
    r"^(?:\(|\d+(?:\.\d+)+ |['‘].*['’]$)|^#|\\\w+\{|[-=]{2,}>|={3,}|\b[0-9a-f]{12,}\b|\d\d:\d\d:\d\d"
)
_LIKE_CODE = re.compile(r"\w\(\w+=|\w = \w")
