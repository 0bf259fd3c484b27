"""The words of a sentence that could be the value of a fact: code, names, terms, versions, dates, numbers.

Takes a sentence of source markup or plain text by its span; gives spans in it, each with the sort of thing it is, as
one would ask for it ("which function", "which version"). It does not judge which are worth learning (facts.py does).
"""

from __future__ import annotations

import keyword
import re
from collections.abc import Callable
from dataclasses import dataclass

from byheart.types import FactKind
from byheart.vocabulary import CODE_NOUNS, MONTHS, NUMBER_WORDS, QUALIFIERS, STOP_WORDS, TYPE_NOUNS, UNITS, VERBS


@dataclass(frozen=True, slots=True)
class Candidate:
    """A span that could be a value, and what sort of thing it is ("function", "version")."""

    kind: FactKind
    start: int
    end: int
    sort: str
    is_marked: bool = False


def candidates(text: str, start: int, end: int) -> list[Candidate]:
    """What could be a value in the sentence `text[start:end]`, in order and without overlap."""
    taken = [match.span() for match in _NO_VALUE.finditer(text, start, end)]
    found = []
    for pattern, make in _COMPILED:
        for match in pattern.finditer(text, start, end):
            if any(match.start() < last and first < match.end() for first, last in taken):
                continue
            made = make(match)
            if made:
                taken.append(match.span())
                found.append(made)
    subject = _DEFINED.match(text, start, end)
    if subject and not any(subject.start("inner") < last and first < subject.end("inner") for first, last in taken):
        found += [one for one in (_defined(subject),) if one]
    return sorted(found, key=lambda candidate: candidate.start)


def sort_of_code(code: str) -> str:
    """What a code term is by its form: "function" for `len()`, "option" for `--help`; else "name"."""
    if keyword.iskeyword(code) and code not in ("None", "True", "False"):
        return "keyword"
    return next((sort for pattern, sort in _CODE_FORMS if pattern.fullmatch(code)), "name")


_CODE_FORMS = tuple(
    (re.compile(pattern), sort)
    for pattern, sort in (
        (r"None|True|False|NotImplemented|Ellipsis", "constant"),
        (r"(?:\w+\.)*__\w+__\(.*\)", "special method"),
        (r"(?:\w+\.)*__\w+__", "special name"),
        (r"@[\w.]+", "decorator"),
        (r"--?\w[\w-]*(?:[ =].*)?", "option"),
        (r"(?:\w+\.)*\w*(?:Error|Exception|Warning|Interrupt|StopIteration|ExceptionGroup)", "exception"),
        (r"[\w.-]+\.(?:py[cw]?|toml|cfg|txt|ini|rst|json|exe|dll|so|c|h|md|ya?ml|html|csv|pth|zip|gz|whl)", "file"),
        (r"[\w~.$%{}-]*/[\w./${}<>-]+|/[\w./-]+/?|\w+/", "path"),
        (r"['\"].*['\"]", "string"),
        (r"(?:\w+\.)*\w+\(\)", "function"),
        (r"(?:\w+\.)*\w+\(.+\)", "call"),
        (r"[A-Z][A-Z0-9]*_[A-Z0-9_]+|[A-Z]{3,}", "constant"),
        (r"(?:\w+\.)*(?:[A-Z][a-z0-9]+)(?:[A-Z][a-z0-9]*)*", "class"),
        (r"[^\w\s]{1,3}", "operator"),
        (r"-?\d[\w.,]*", "number"),
        (r".*[\s+*/%=<>|&^\[\]{}(),:-].*", "expression"),
    )
)
_ROLES = {
    "func": "function", "meth": "method", "class": "class", "mod": "module", "exc": "exception", "keyword": "keyword",
    "attr": "attribute", "data": "variable", "const": "constant", "option": "option", "envvar": "environment variable",
    "file": "file", "command": "command", "program": "program", "term": "term", "dfn": "term", "pep": "PEP",
    "rfc": "RFC", "kbd": "key", "opcode": "opcode", "token": "token",
}  # fmt: skip


def _role(match: re.Match[str]) -> Candidate | None:
    role = match["role"].rpartition(":")[2]
    if role not in _ROLES or (role in ("pep", "rfc") and not match["inner"].isdigit()):
        return None
    return Candidate(FactKind.TERM, *match.span(), _noun_beside(match) or _ROLES[role], is_marked=True)


def _code(match: re.Match[str]) -> Candidate | None:
    code = " ".join(match[0].strip("`").split())
    return Candidate(FactKind.TERM, *match.span(), _noun_beside(match) or sort_of_code(code), is_marked=True)


def _quoted(match: re.Match[str]) -> Candidate | None:
    """Plain text of Python's own help quotes code ("len()") and words alike."""
    if "`" in match.string:
        return _term(match)  # code has marks of its own there
    inner = match["inner"]
    sort = sort_of_code(" ".join(inner.split()))
    if re.fullmatch(r"[A-Za-z][a-z]+(?:[\s-][A-Za-z]+)*", inner) and sort != "keyword":
        if len(inner.split()) > 1:
            return _term(match) if _INTRODUCES.search(match.string[: match.start()][-40:]) else None
        sort = "name"
    return Candidate(FactKind.TERM, *match.span("inner"), _noun_beside(match) or sort, is_marked=True)


def _term(match: re.Match[str]) -> Candidate | None:
    """An emphasised term; a single word may be stressed only, so it must be one that the sentence defines or names."""
    words = match["inner"].split()
    if len(words) == 1 and not _noun_beside(match) and not _INTRODUCES.search(match.string[: match.start()][-40:]):
        return None
    if len(words) > 5 or words[0].lower() in STOP_WORDS or match["inner"].endswith((".", ":", "!", "?", ",")):
        return None
    return Candidate(FactKind.TERM, *match.span("inner"), _noun_beside(match) or "term", is_marked=True)


def _bare_code(match: re.Match[str]) -> Candidate | None:
    return Candidate(FactKind.TERM, *match.span(), _noun_beside(match) or sort_of_code(match[0]))


def _version(match: re.Match[str]) -> Candidate | None:
    value = "value" if match["value"] else "short"
    return Candidate(FactKind.NUMBER, *match.span(value), "Python version" if "ython" in match[0] else "version")


def _date(match: re.Match[str]) -> Candidate | None:
    return Candidate(FactKind.NUMBER, *match.span(), "year" if match[0].isdigit() else "date")


def _amount(match: re.Match[str]) -> Candidate | None:
    """A number with its unit; the number alone is the value, the unit stays in the question ("how many characters")."""
    unit = match["unit"].lower()
    if unit not in UNITS:
        return None
    return Candidate(FactKind.NUMBER, *match.span("value"), f"number of {unit}")


def _number(match: re.Match[str]) -> Candidate | None:
    sort = "year" if _YEAR.match(match.string, match.start()) else "number"
    return Candidate(FactKind.NUMBER, *match.span(), "percentage" if match[0].endswith(("%", "percent")) else sort)


def _unmarked(match: re.Match[str]) -> Candidate | None:
    """A plain word beside a noun such as "function": a name, where the text has no marks for code."""
    word = match["inner"]
    if "`" in match.string or word in QUALIFIERS or word.lower() in STOP_WORDS or word in TYPE_NOUNS:
        return None
    return Candidate(FactKind.TERM, *match.span("inner"), match["noun"])


def _object(match: re.Match[str]) -> Candidate | None:
    """What a verb is said of, at the end of a clause: "returns *a list of strings*."."""
    is_phrase = not any(word.lower() in STOP_WORDS - {"a", "an", "the"} for word in match["inner"].split())
    return Candidate(FactKind.TERM, *match.span("inner"), "phrase") if is_phrase else None


def _numbered(match: re.Match[str]) -> Candidate | None:
    return Candidate(FactKind.TERM, *match.span(), match["series"])


def _name(match: re.Match[str]) -> Candidate | None:
    return Candidate(FactKind.TERM, *match.span(), "name")


def _defined(match: re.Match[str]) -> Candidate | None:
    words = match["inner"].split()
    if len(words) > 4 or any(word.lower() in STOP_WORDS for word in words):
        return None
    return Candidate(FactKind.TERM, *match.span("inner"), "term")


def _noun_beside(match: re.Match[str]) -> str:
    """The noun that says what a term is, after it ("the ``len`` function") or before it ("the function ``len``")."""
    text = match.string
    after = _NOUN_AFTER.match(text, match.end())
    if after and after["noun"] in TYPE_NOUNS:
        return after["noun"]
    before = _NOUN_BEFORE.search(text[max(0, match.start() - 40) : match.start()])
    return before["noun"] if before and before["noun"] in TYPE_NOUNS else ""


_INTRODUCES = re.compile(r"\b(?:called|named|termed|known as|an?|term|is|are|be|as)\s+[\"“]?$")
_YEAR = re.compile(r"(?:19|20)\d\d(?=[.,;:)]|\s(?:and|or|to|when|by|at|for|with)\b)")
_NOUN_AFTER = re.compile(r"[\"'”’]?\s+(?P<noun>[a-z]+)\b")
_NOUN_BEFORE = re.compile(r"\b(?P<noun>[a-z]+)\s+[\"'“‘]?$")

# Addresses, footnote marks and the targets of links are no words of a sentence.
_NO_VALUE = re.compile(
    r"\b(?:https?|ftp)://\S+|\[[\w*# -]{1,12}\]_|\]\([^)\s]*\)|<[^<>\s]*[:/@][^<>]*>`?_*|\S+@\S+\.\w+|`[^`<>]+`__?"
)

_SPELLED = "|".join(NUMBER_WORDS)
_MONTHS = "|".join(MONTHS)
_AMOUNT = r"(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d+)?"
_NOUNS = "|".join(CODE_NOUNS)
_VERBS = "|".join(VERBS)
_NAME = r"[A-Z](?:[\w-]|[’'](?!s\b))*\w"

# The first that finds a stretch keeps it: what is marked goes before what only looks like a value.
_FINDERS: tuple[tuple[str, Callable[[re.Match[str]], Candidate | None]], ...] = (
    (r":(?P<role>[a-z]+(?::[a-z]+)?):`(?P<inner>[^`]+)`", _role),
    (r"``[^`]+(?:`[^`]+)*``(?!`)|(?<![`:\w])`[^`<>]+`(?![`_])", _code),
    (r"(?<![\w\"])\"(?P<inner>[^\s\"](?:[^\"\n]{0,58}[^\s\"])?)\"(?![\w\"])", _quoted),
    (r"(?<![*\w])(?P<stars>\*\*?)(?P<inner>[^*\s](?:[^*]{0,58}[^*\s])?)(?P=stars)(?![*\w])", _term),
    (r"“(?P<inner>[^”]{2,60})”", _term),
    (rf"\b\d{{1,2}}[- ](?:{_MONTHS})[- ,]+\d{{4}}\b", _date),
    (rf"\b(?:{_MONTHS})\.?(?: \d{{1,2}}(?:st|nd|rd|th)?)?,? \d{{4}}\b|\b\d{{4}}-\d\d-\d\d\b", _date),
    (r"(?<=[Ii]n |[Bb]y |of |to )(?:19|20)\d\d\b(?![-.]\d)", _date),
    (r"\bPythons?\s+(?:versions?\s+)?(?P<value>\d+\.\d[\w.]*\w|\d+\.\d)(?!\w)", _version),
    (r"\b(?:[Vv]ersions?\s+)?(?P<value>v?\d+\.\d+\.\d+\w*)|\b[Vv]ersions?\s+(?P<short>\d+(?:\.\d+)?)\b", _version),
    (r"(?<![\w/.@-])[A-Za-z_][\w.]*\((?!e?s\))[\w, ='\"]*\)", _bare_code),
    (r"\b__\w+__\b|\b[a-z]\w*(?:_\w+)+\b|(?<![\w/.@-])[a-z]{2,}(?:\.[a-z_]{2,}\w*)+\b", _bare_code),
    (r"\b[A-Z]\w*(?:Error|Exception|Warning)\b|(?<![\w-])--[a-z][\w-]+|\b[A-Z][A-Z0-9]*_[A-Z0-9_]+\b", _bare_code),
    (r"\b(?P<series>PEP|RFC)[ -]\d+\b", _numbered),
    (rf"\b[Tt]he (?P<inner>[a-z_][\w.]+) (?P<noun>{_NOUNS})\b", _unmarked),
    (rf"\b(?P<noun>{_NOUNS}) (?P<inner>[a-z_][\w.]*\w)(?=[,;:)]|\.(?:\s|$)|$)", _unmarked),
    (rf"\b(?P<value>{_AMOUNT}|{_SPELLED})[\s-]+(?:[a-z]+\s+)?(?P<unit>[a-zA-Z]+)\b", _amount),
    (rf"(?<![\w.,:/#-])(?<!PEP ){_AMOUNT}(?:\s?%|\s+percent\b|\b(?![\w:/-]|\.\d))", _number),
    (rf"(?<=[a-z,(] ){_NAME}(?:\s+(?:(?:of|van|de|the)\s+)?(?:{_NAME}|[A-Z0-9]\b))*", _name),
    (
        r"(?:called|named|termed|known as|referred to as)\s+(?:an?\s+|the\s+)?"
        r"(?P<inner>[a-z][\w-]+(?:\s+[a-z][\w-]+){0,3})(?=[.,;:)])",
        _defined,
    ),
    (
        rf"\b(?:{_VERBS}|(?:is|are|was|were) \w+ed (?:in|by|with|as|from|on|for|into))\s+"
        r"(?P<inner>(?:an?\s|the\s)?[a-z][a-z-]+(?:\s[a-z][a-z-]+){0,3})(?=[.,;:](?:\s|$)|$)",
        _object,
    ),
)
_COMPILED = tuple((re.compile(pattern), make) for pattern, make in _FINDERS)
_DEFINED = re.compile(
    r"(?:An?\s+|The\s+)?(?P<inner>[A-Za-z][\w/-]*(?:\s+[\w/-]+){0,3}?)\s+(?:is|are)\s+(?:an?|the|any|one)\s"
)
