"""One sentence and the value in it, asked for: as a question, as a gap to fill, as bare keywords.

Takes the statement of a fact and what sort of thing its value is; gives English. It knows no training: which wordings
are trained for which fact is decided in lessons.py.
"""

from __future__ import annotations

import random
import re
from dataclasses import dataclass

from byheart.types import Passage
from byheart.vocabulary import AUXILIARIES, GENERIC_HEADINGS, IMPERATIVES, JOINED_VERBS, PREPOSITIONS, STOP_WORDS, VERBS

BLANK = "___"


@dataclass(frozen=True, slots=True)
class Gap:
    """A sentence with a part of it as a blank, the sort of that part, and what it is about if that must be said.

    `value` is what fills the blank. `question` asks for it, where that is not to be made of the words around the blank.
    """

    text: str
    sort: str
    value: str
    context: str = ""
    question: str = ""

    @property
    def before(self) -> str:
        """The words before the (first) blank."""
        return self.text.partition(BLANK)[0].strip()

    @property
    def after(self) -> str:
        """The words after the (first) blank."""
        return self.text.partition(BLANK)[2].strip()


def about(passage: Passage, name: str = "") -> str:
    """What a passage is about: `name`, or its innermost heading that says something, or the title of the work."""
    if name:
        return name
    for heading in (*reversed(passage.heading), passage.title):
        cleaned = topic(heading)
        if cleaned:
            return cleaned
    return ""


def topic(heading: str) -> str:
    """A heading as a topic to put before a question; empty if it says nothing of its own or is too long."""
    cleaned = _HEADING_MARK.sub("", heading).strip(' .:*#¶"')
    words = [word.lower().strip("?!,.:()") for word in cleaned.split()]
    return cleaned if 0 < len(words) <= 10 and any(word not in GENERIC_HEADINGS for word in words) else ""


def blank(statement: str, value: str) -> str:
    """`statement` with `value`, wherever it stands as a whole, as a blank."""
    pieces, begin = [], 0
    at = statement.find(value) if value else -1
    while at >= 0:
        end = at + len(value)
        is_whole = not (_continues(statement[:at][-1:], value[:1]) or _continues(value[-1:], statement[end : end + 1]))
        if is_whole:
            pieces += [statement[begin:at], BLANK]
            begin = end
        at = statement.find(value, end if is_whole else at + 1)
    return "".join((*pieces, statement[begin:]))


def gives_away(text: str, value: str) -> bool:
    """Whether `value` stands in `text`, as a whole, in any case, with or without its call's brackets."""
    return BLANK in blank(text.lower().replace(BLANK, " "), value.lower().removesuffix("()") or value)


def _continues(before: str, after: str) -> bool:
    """Whether two neighbouring characters are of one word."""
    return (before.isalnum() or before == "_") and (after.isalnum() or after == "_")


def described(term: str, description: str) -> str:
    """A definition as a sentence: "list.clear(): Remove all items" is "list.clear() removes all items"."""
    opening = re.match(r"(?:(\w+ly) )?(\w+)(?=,? )", description)
    if opening and opening[2].lower() in _FORMS:
        adverb = f"{opening[1].lower()} " if opening[1] else ""
        rest = re.sub(r"\b(and|or|then) (\w+)\b", _agreeing, description[opening.end() :])
        return f"{term} {adverb}{_FORMS[opening[2].lower()]}{rest}"
    return f"{term}{_DESCRIBED}“{description.rstrip('.')}”."


def _agreeing(joined: re.Match[str]) -> str:
    return f"{joined[1]} {IMPERATIVES[joined[2]] if joined[2] in JOINED_VERBS else joined[2]}"


def asked(gap: Gap) -> str:
    """A question for the missing value, its words in the order of a question where the sentence allows it."""
    if gap.question:
        return gap.question
    head, before, after = _trimmed(gap)
    return _of_subject(head, before, after) or _of_object(head, before, after) or echoed(gap)


def echoed(gap: Gap) -> str:
    """The sentence itself with "which function" in place of its value; ungrammatical for no sentence."""
    if gap.question:
        return gap.question
    head, before, after = _trimmed(gap)
    after = _ENDING.sub("", after)
    joint = "" if not after or after[0] in ",.;:)’'”\"" else " "
    return f"{before} {head[0].lower() + head[1:] if before else head}{joint}{after}?".strip()


def gapped(gap: Gap, opening: str) -> str:
    """The sentence with its gap, as a task to complete it."""
    return f"{opening} {placed(gap.text, gap.context)}"


def begun(gap: Gap) -> str:
    """The sentence up to its gap, to be gone on with; empty if too little stands before it."""
    words = re.findall(r"\w[\w.'-]*", gap.before)
    enough = sum(word.lower() not in STOP_WORDS for word in words) > 3
    return placed(gap.before.rstrip(" \"“'‘`(["), gap.context) if enough and BLANK not in gap.after else ""


def keywords(gap: Gap) -> list[str]:
    """The content words of the sentence and of its context, in order."""
    text = f"{gap.context} {gap.text}" if gap.context and gap.context not in gap.text else gap.text
    text = re.sub(r"\S*://\S*", "", text)
    words = [re.sub(r"^[^\w@_<>=+*/%&|^-]+|[^\w)\]>=+*/%&|^-]+$", "", _even(word)) for word in text.split()]
    content = [word for word in words if len(word) > 1 and BLANK not in word and word.lower() not in STOP_WORDS]
    return list(dict.fromkeys(content[1:] if _DESCRIBED in text else content))


def thinned(question: str, sort: str, rng: random.Random, share: float) -> str:
    """`question` with about `share` of its words dropped, common ones more often; what is asked for always stays."""
    words = re.sub("[“”]", "", question.rstrip("?")).split()
    head = head_of(sort).lower().split()
    lower = [word.lower() for word in words]
    at = next((place for place in range(len(words)) if lower[place : place + len(head)] == head), 0)
    fixed = set(range(at, at + len(head)))
    content = [place for place, word in enumerate(lower) if place not in fixed and word.strip(",.;:") not in STOP_WORDS]
    kept = fixed | set(rng.sample(content, min(3, len(content))))
    kept |= {place for place in content if rng.random() >= share}
    kept |= {place for place in range(len(words)) if place not in content and rng.random() >= min(share + 0.25, 0.9)}
    return " ".join(word for place, word in enumerate(words) if place in kept).rstrip(",.;:") + "?"


def placed(question: str, context: str) -> str:
    """`question` with what it is about, unless it says so itself."""
    if not context or context.lower() in question.lower():
        return question
    return f"{question[:-1]} ({context})?" if question.endswith("?") else f"({context}) {question}"


def head_of(sort: str) -> str:
    """What a question for a sort of value begins with: "Which function", "How many bytes"."""
    if sort.startswith("number of "):
        return f"How many {sort.removeprefix('number of ')}"
    return "What" if sort in ("name", "phrase") else f"Which {sort}"


def asking(sort: str) -> str:
    """What one types before keywords to ask for a sort of value: "function", "how", "why"."""
    return _ASKING.get(sort, sort)


def _even(word: str) -> str:
    """A word without a bracket that has no partner in it."""
    return word if word.count("(") == word.count(")") else word.replace("(", "").replace(")", "")


def _trimmed(gap: Gap) -> tuple[str, str, str]:
    """The question's head, and what stands before and after the gap without the words that the head repeats."""
    sort = gap.sort
    noun = sort.removeprefix("number of ") if sort.startswith("number of ") else sort
    before, after = gap.before.rstrip("\"“'‘`"), gap.after.lstrip("\"”'’`").lstrip()
    before = re.sub(r"(?:^|(?<=\s))(?:an?|the|[Tt]he|An?)$", "", before.rstrip()).rstrip()
    last = noun.split()[-1]
    after = re.sub(rf"^(?:[a-z-]+ )?{re.escape(last)}(?![\w-])\s*", "", after) if sort != "name" else after
    before = re.sub(
        rf"(?:^|(?<=\s))(?:(?:the|an?|The|An?) )?(?:{re.escape(noun)}|{re.escape(last)}|Python)$", "", before
    ).rstrip()
    return head_of(sort), before, after


def _of_subject(head: str, before: str, after: str) -> str:
    """ "___ returns a copy." is "Which function returns a copy?"; empty if the value is not the subject."""
    verb = re.match(r"(?:also |always |never |only |can |no longer )?([a-z]+)\b", after)
    if before or not verb or BLANK in after:
        return ""
    is_verb = verb[1] in AUXILIARIES or verb[1] in VERBS or verb[1].endswith(("s", "ed")) or verb[0] != verb[1]
    if not is_verb or verb[1] in STOP_WORDS - set(AUXILIARIES) - {"has", "does", "makes", "uses", "allows", "lets"}:
        return ""
    if head == "Which term" and verb[1] in ("is", "are"):
        head = "What"
    return f"{head} {_ENDING.sub('', after)}?"


def _of_object(head: str, before: str, after: str) -> str:
    """ "X was added in ___." is "In which version was X added?"; empty if the value does not end a plain sentence."""
    if re.sub(r"[\s.)!:;\"”'’`]+$", "", after) or "," in before or BLANK in after:
        return ""
    words = before.split()
    for place, word in enumerate(words[:9]):
        if place and word in AUXILIARIES and not _CLAUSE.search(" ".join(words[:place])):
            subject, rest = _lowered(words[:place]), words[place + 1 :]
            if not rest:
                return f"{head} {word} {' '.join(subject)}?"
            return _inverted(head, word, subject, rest)
        if place and word in VERBS and not _CLAUSE.search(" ".join(words[:place])):
            subject, rest = _lowered(words[:place]), words[place + 1 :]
            does = "did" if word.endswith("ed") or word == "became" else "does"
            return _inverted(head, does, subject, [VERBS[word], *rest])
    return ""


def _inverted(head: str, auxiliary: str, subject: list[str], rest: list[str]) -> str:
    front = f"{rest[-1].capitalize()} {head[0].lower()}{head[1:]}" if rest[-1] in PREPOSITIONS else head
    rest = rest[:-1] if rest[-1] in PREPOSITIONS else rest
    return " ".join([front, auxiliary, *subject, *rest]) + "?"


def _lowered(subject: list[str]) -> list[str]:
    is_common = subject[0].lower() in STOP_WORDS
    return [subject[0].lower() if is_common else subject[0], *subject[1:]]


_ASKING = {
    "phrase": "what", "name": "what", "advice": "what", "way": "how", "means": "how", "reason": "why",
    "occasion": "when", "consequence": "what happens",
}  # fmt: skip
_HEADING_MARK = re.compile(r"^(?:[^\w\"'`(@*_.<\[{]+\s*|\d+(?:\.\d+)*\.?\s+)+")
_FORMS = {**IMPERATIVES, **{form: form for form in IMPERATIVES.values()}}
_DESCRIBED = " is described as "
_ENDING = re.compile(r"[.!:;\s]+$")
_CLAUSE = re.compile(
    r"\b(?:that|which|who|when|if|because|while|where|and|or|but|to|since|as|though|although)\b", re.IGNORECASE
)
