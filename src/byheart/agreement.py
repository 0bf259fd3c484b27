"""Whether two short answers say the same, and whether a text says a value.

Takes texts, gives claims about them; it knows neither models nor documents. What must be exact is compared first:
numbers, dates, versions, code, negation and words that mean the opposite. Then the words are: an answer that holds
the other one says the same, and so do two that share most of their words, unless they are one sentence with another
word in one place ("a list of tuples", "a list of strings"). `tests/pairs.jsonl` has 481 labelled pairs.
"""

from __future__ import annotations

import re
from collections.abc import Sequence, Set
from dataclasses import dataclass
from functools import lru_cache

from byheart.vocabulary import ANTONYMS, MONTHS, NEGATIONS, ORDINALS, SAME_WORDS, WEEKDAYS
from byheart.words import stem

FILLERS = frozenset(
    "is are was were be been it its of in on at to for by with and or as that this from has have had do does did can "
    "there they which you your will would s".split()
)
"""Words that carry none of what an answer says."""


@dataclass(frozen=True, slots=True)
class Word:
    """A word of an answer in one spelling, and where it stands. `is_exact`: a number, a date, code or a sign."""

    text: str
    start: int
    end: int
    is_exact: bool = False


def answers_differ(one: str, other: str) -> bool:
    """Whether two answers to the same question say different things.

    Numbers, versions, dates ("12-Sep-2020" = "2020-09-12"), code and signs must be equal, or those of one answer must
    all stand in the other; so must negation, and "enabled" is not "disabled". Lists must name the same things. After
    that one answer says the same as another that holds it, or with which it shares at least half of its words. Case,
    articles, quotes, code marks, inflection and common synonyms do not count. An empty answer differs from every other
    one. The order of the two makes no difference.
    """
    first, second = words(one), words(other)
    if not first or not second:
        return bool(first) != bool(second)
    if _code_differs(one, other, first, second):
        return True
    if [word.text for word in first] == [word.text for word in second]:
        return False
    if _are_signs(first) or _are_signs(second):
        return not (_sign_stands_in(one, other) or _sign_stands_in(other, one))
    first, second = _without_particle(first, second), _without_particle(second, first)
    if _exact_differs(first, second) or _are_opposed(first, second):
        return True
    if "no" in (first[0].text, second[0].text) and 1 in (len(first), len(second)):
        # A bare "No" says nothing but what was just compared.
        return False
    if _lists_differ(one, other):
        return True
    return _words_differ(_content(first), _content(second), first, second)


def says(text: str, value: str, *, within: int = 30) -> bool:
    """Whether `value` stands in the first `within` words of `text`, word for word but for case, articles and marks."""
    wanted = words(value)
    return bool(wanted) and _stands_in(wanted, words(text)[:within])


def is_value(text: str, value: str) -> bool:
    """Whether `text` is `value` and nothing more, but for case, articles and marks."""
    wanted = [word.text for word in words(value)]
    return bool(wanted) and [word.text for word in words(text)] == wanted


@lru_cache(maxsize=4096)
def words(text: str) -> tuple[Word, ...]:
    """The words of `text` in one spelling, without articles; its signs where there is nothing else ("{}")."""
    found: list[Word] = []
    for match in _TOKEN.finditer(text.replace("’", "'")):
        found += _spelled(match)
    worded = _with_numbers([word for word in found if not _SIGNS.fullmatch(word.text)])
    kept = [word for word in worded if word.text not in _ARTICLES]
    return tuple(kept or worded or found)


def likeness(one: str, other: str) -> bool:
    """Whether two words in one spelling are forms of one word, or mean the same; "where" is "numpy.where"."""
    if "." in one or "." in other:
        return one == other or _is_path_to(one, other)
    shorter, longer = sorted((_root(one), _root(other)), key=len)
    return shorter == longer or (len(shorter) > 3 and longer.startswith(shorter) and len(longer) - len(shorter) < 3)


# ── one spelling ──


def _spelled(match: re.Match[str]) -> list[Word]:
    kind, text, start, end = match.lastgroup, match.group().lower(), match.start(), match.end()
    if kind in ("iso", "day", "month"):
        return [Word(_iso(match, str(kind)), start, end, is_exact=True)]
    if kind == "number":
        number = text.replace(",", "").replace("_", "").lstrip("v")
        same = _NEEDLESS.fullmatch(number)
        return [Word(same[1] if same else number, start, end, is_exact=True)]
    if kind == "code":
        return [Word(text.removesuffix("()").strip("`."), start, end, is_exact=True)]
    if kind == "sign":
        return [Word(text, start, end, is_exact=True)]
    if text.endswith("n't") or text == "cannot":
        return [
            Word(text[: -2 - (text[-2] == "'")] if text == "cannot" else text[:-3], start, end),
            Word("not", start, end),
        ]
    text = text.removesuffix("'s").strip("'")
    # A word with a digit in it is a name ("cp312"), one with a capital inside a class ("ValueError").
    is_exact = any(letter.isdigit() for letter in text) or bool(_CAMEL.search(match.group()))
    return [Word(text, start, end, is_exact=is_exact)] if text else []


def _iso(match: re.Match[str], kind: str) -> str:
    if kind == "iso":
        year, month, day = (int(part) for part in re.findall(r"\d+", match.group()))
    else:
        year = int(re.findall(r"\d{4}", match.group())[-1])
        day = int(re.findall(r"\d{1,2}", match.group())[0])
        month = _MONTH_NUMBERS[re.findall(_MONTH, match.group(), re.I)[0][:3].lower()]
    return f"d{year}{month:02}{day:02}"


def _with_numbers(found: Sequence[Word]) -> list[Word]:
    """`found` with the words of numbers as digits: "twenty", "one hundred", "twenty-one"."""
    made: list[Word] = []
    for word in found:
        value = _NUMBER_WORDS.get(word.text)
        before = made[-1] if made else None
        if value is None:
            made.append(word)
        elif before and before.is_exact and before.text.isdigit() and word.start - before.end <= 1:
            number = int(before.text)
            joined = number * value if value >= 100 > number else number + value if value < 10 <= number < 100 else None
            if joined is None or (value < 10 and number % 10):
                made.append(Word(str(value), word.start, word.end, is_exact=True))
            else:
                made[-1] = Word(str(joined), before.start, word.end, is_exact=True)
        else:
            made.append(Word(str(value), word.start, word.end, is_exact=True))
    return made


def _root(word: str) -> str:
    root = SAME_WORDS.get(word) or stem(word)
    return SAME_WORDS.get(root, root)


# ── what must be exact ──


def _code_differs(one: str, other: str, first: Sequence[Word], second: Sequence[Word]) -> bool:
    """Whether both are the same words with other operators between them, or in brackets in another order."""
    mine, others = [word.text for word in first], [word.text for word in second]
    if sorted(mine) != sorted(others):
        return False
    operators = _OPERATOR.findall(one), _OPERATOR.findall(other)
    is_in_brackets = one.lstrip("`")[:1] in _BRACKETS and other.lstrip("`")[:1] in _BRACKETS
    return (all(operators) and operators[0] != operators[1]) or (is_in_brackets and mine != others)


def _exact_differs(first: Sequence[Word], second: Sequence[Word]) -> bool:
    for kind in (_numbers, _named_days):
        mine, others = kind(first), kind(second)
        if not (mine <= others or others <= mine):
            return True
    return bool(_code(first) and _code(second)) and not (_has_code_of(first, second) or _has_code_of(second, first))


def _has_code_of(one: Sequence[Word], other: Sequence[Word]) -> bool:
    return all(any(name == word.text or _is_path_to(name, word.text) for word in other) for name in _code(one))


def _is_path_to(one: str, other: str) -> bool:
    return one.endswith(f".{other}") or other.endswith(f".{one}")


def _numbers(answer: Sequence[Word]) -> Set[str]:
    return {word.text for word in answer if word.is_exact and _NUMBER.fullmatch(word.text)}


def _code(answer: Sequence[Word]) -> Set[str]:
    return {word.text for word in answer if word.is_exact and not _NUMBER.fullmatch(word.text)}


def _named_days(answer: Sequence[Word]) -> Set[str]:
    named = {word.text for word in answer} & (_MONTH_NAMES | WEEKDAYS | ORDINALS)
    return {word[:3] if word in _MONTH_NAMES else word for word in named}


def _are_opposed(first: Sequence[Word], second: Sequence[Word]) -> bool:
    if _is_negated(first) != _is_negated(second) and not _adds_a_clause(first, second):
        return True
    mine, others = {word.text for word in first}, {word.text for word in second}
    for word in mine - others:
        for other in others - mine:
            if frozenset((_root(word), _root(other))) in _OPPOSED or frozenset((word, other)) in _OPPOSED:
                return True
            shorter, longer = sorted((word, other), key=len)
            if len(shorter) > 3 and longer.endswith(shorter) and longer.removesuffix(shorter) in _DENYING:
                return True
    return False


def _is_negated(answer: Sequence[Word]) -> bool:
    # "not None" denies what "None" denies; "nor" goes on with what "neither" began.
    return sum(word.text in NEGATIONS and word.text != "nor" for word in answer) % 2 == 1


def _adds_a_clause(first: Sequence[Word], second: Sequence[Word]) -> bool:
    """Whether one answer is the other and then something that is not so: "four spaces, never tabs"."""
    shorter, longer = sorted((first, second), key=len)
    size = len(shorter)
    return [word.text for word in longer[:size]] == [word.text for word in shorter] and not _is_negated(shorter)


def _without_particle(answer: tuple[Word, ...], beside: Sequence[Word]) -> tuple[Word, ...]:
    """`answer` without its "Yes," or "No," where the other says it in words of its own."""
    # "No, it is" but not "no more than": the comma makes it one.
    has_one = len(answer) > 1 and answer[0].text in _PARTICLES and answer[1].start - answer[0].end > 1
    return answer[1:] if has_one and beside[0].text not in _PARTICLES else answer


# ── lists ──


def _lists_differ(one: str, other: str) -> bool:
    """Whether both answers are lists, and one names what the other does not; "only Linux" is a list of one."""
    first, second = _items(one), _items(other)
    if not (_is_list(one, first) and _is_list(other, second)) or len(first) == len(second):
        return False
    shorter, longer = sorted((first, second), key=len)
    return all(any(_alike(item, among) for among in longer) for item in shorter)


def _items(text: str) -> list[Set[str]]:
    parts = re.split(r",\s*(?:and|or)?\b|\band\b|\bor\b|;", re.sub(r"\([^)]*\)", "", text))
    items = [frozenset(_root(word.text) for word in words(part) if word.text not in _UNSAID) for part in parts]
    return [item for item in items if item] if all(len(item) <= _MOST_OF_AN_ITEM for item in items) else []


def _is_list(text: str, items: Sequence[Set[str]]) -> bool:
    return len(items) > 1 or (len(items) == 1 and not _ONLY.isdisjoint(word.text for word in words(text)))


def _alike(one: Set[str], other: Set[str]) -> bool:
    return one <= other or other <= one


# ── words ──


def _content(answer: Sequence[Word]) -> list[str]:
    kept = [word.text for word in answer if word.text not in FILLERS]
    return kept or [word.text for word in answer]


def _words_differ(one: list[str], other: list[str], first: Sequence[Word], second: Sequence[Word]) -> bool:
    if _is_turned_round(one, other, first, second):
        return True
    left, right = _unmatched(one, other), _unmatched(other, one)
    if not left or not right:
        return False
    numbers = _numbers(first) & _numbers(second)
    if _has_another_in_its_place(first, second):
        return True
    shared = min(len(one) - len(left), len(other) - len(right))
    return shared < min(len(one), len(other)) / 2 and not (numbers and shared)


def _unmatched(one: Sequence[str], other: Sequence[str]) -> list[str]:
    return [word for word in one if not any(likeness(word, among) for among in other)]


def _is_turned_round(one: list[str], other: list[str], first: Sequence[Word], second: Sequence[Word]) -> bool:
    """Whether both say the same words round one that gives them a direction: "from str to bytes"."""
    directions = {word.text for word in first} & {word.text for word in second} & _DIRECTIONS
    mine, others = [_root(word) for word in one], [_root(word) for word in other]
    return bool(directions) and sorted(mine) == sorted(others) and mine != others


def _has_another_in_its_place(first: Sequence[Word], second: Sequence[Word]) -> bool:
    """Whether the two are one wording with another word in one place."""
    mine, others = [word.text for word in first], [word.text for word in second]
    begun = next((at for at, (a, b) in enumerate(zip(mine, others, strict=False)) if not likeness(a, b)), 0)
    rest = zip(reversed(mine[begun:]), reversed(others[begun:]), strict=False)
    ended = next((at for at, (a, b) in enumerate(rest) if not likeness(a, b)), 0)
    left, right = mine[begun : len(mine) - ended], others[begun : len(others) - ended]
    if not (begun or ended) or not left or not right or len(left) != len(right):
        return False
    mine, others = _plain(left), _plain(right)
    return len(left) <= _MOST_OF_A_PLACE and bool(_unmatched(mine, others) and _unmatched(others, mine))


def _plain(found: Sequence[str]) -> list[str]:
    return [word for word in found if word not in FILLERS | _BOUNDS]


def _are_signs(answer: Sequence[Word]) -> bool:
    return all(_SIGNS.fullmatch(word.text) for word in answer)


def _sign_stands_in(sign: str, text: str) -> bool:
    bare = sign.strip(" `.")
    return _are_signs(words(sign)) and bare in text.replace("`", "").split()


def _stands_in(short: Sequence[Word], long: Sequence[Word]) -> bool:
    size, wanted = len(short), [word.text for word in short]
    return any([word.text for word in long[at : at + size]] == wanted for at in range(len(long) - size + 1))


_MOST_OF_AN_ITEM = 3
_MOST_OF_A_PLACE = 2

_ARTICLES = frozenset(("a", "an", "the"))
_ONLY = frozenset("only solely exclusively".split())
_UNSAID = FILLERS | _ONLY
_PARTICLES = frozenset(("yes", "no"))
_DIRECTIONS = frozenset("to from into of before after then than over".split())
# What bounds a number; those of opposite sense are antonyms.
_BOUNDS = frozenset("up most least newer later higher above more than maximum minimum".split())
_DENYING = frozenset("un in im il ir non dis a anti de".split())
_OPPOSED = frozenset(frozenset(pair) for pair in ANTONYMS) | frozenset(frozenset(map(stem, pair)) for pair in ANTONYMS)
_MONTH_NAMES = frozenset(month.lower() for month in MONTHS) - {"may"}
_MONTH_NUMBERS = {month[:3].lower(): number for number, month in enumerate(MONTHS[:12], start=1)}

_NUMBER_WORDS = {
    word: number
    for number, word in enumerate(
        "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen "
        "seventeen eighteen nineteen".split()
    )
} | {
    word: 10 * ten for ten, word in enumerate("twenty thirty forty fifty sixty seventy eighty ninety".split(), start=2)
}
_NUMBER_WORDS |= {"hundred": 100, "thousand": 1000, "million": 1_000_000}

_MONTH = r"(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*\.?"
_TOKEN = re.compile(
    rf"(?P<iso>\b\d{{4}}[-/]\d{{1,2}}[-/]\d{{1,2}}\b)"
    rf"|(?P<day>\b\d{{1,2}}(?:st|nd|rd|th)?[\s-]+{_MONTH},?[\s-]+\d{{4}}\b)"
    rf"|(?P<month>\b{_MONTH}\s+\d{{1,2}}(?:st|nd|rd|th)?,?\s+\d{{4}}\b)"
    r"|(?P<number>(?<![\w.])v?\d{1,3}(?:[,_]\d{3})+(?![\w,_])|(?<!\w)(?:(?<![\w)\]])-)?\d+(?:[.:/]\d+)*(?!\w)"
    r"|\bv\d+(?:\.\d+)*\b)"
    r"|(?P<code>https?://\S+|(?<!\w)--?[a-z][\w-]*|\bo\([^)\s]*\)|\b[a-z]\+\+|%[a-z]\b|\\[a-z]\b"
    r"|\.?\b[a-z_]\w*(?:\.\w+)+(?:\(\))?|\b[a-z]\w*_\w*(?:\(\))?|\b_\w+(?:\(\))?|\b[a-z]\w*\(\))"
    r"|(?P<word>\w+(?:'\w+)?)"
    r"|(?P<sign>(?:(?!--?[a-z])[^\w\s])+)",
    re.IGNORECASE,
)
_NUMBER = re.compile(r"-?\d+(?:[.:/]\d+)*|d\d{8}")
# 2.1.0 is 2.1, as of versions everywhere (works.py); 3.0 stays: of a number it may be what is asked.
_NEEDLESS = re.compile(r"(\d+(?:\.\d+)+?)(?:\.0)+")
_SIGNS = re.compile(r"[^\w\s]+|_+")
_OPERATOR = re.compile(r"(?<!\S)[<>=!+*/%|&^~-]{1,3}(?!\S)")
_BRACKETS = ("(", "[", "{")
_CAMEL = re.compile(r"[a-z][A-Z]|[A-Z]{2,}[a-z]+[A-Z]")
