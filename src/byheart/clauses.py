"""One sentence cut in two: a part that asks and a part that answers.

Takes a sentence that stands alone, as plain text; gives its cuts: what it says of its subject, why something is so,
what follows from a condition, how something is done, what is advised. The answering part is one stretch of the
sentence. It does not judge which cut is worth learning (prose.py does) and words no question (questions.py does).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

from byheart.vocabulary import ADVERBS, AUXILIARIES, DETERMINERS, PAST_VERBS, STOP_WORDS, VERB_BASES, third_person

# What a cut answers, as one would ask for it.
REASON, CONSEQUENCE, OCCASION, WAY, MEANS, ADVICE, PREDICATE = (
    *("reason", "consequence", "occasion", "way", "means", "advice", "phrase"),
)

# In words. What is longer is cut where a clause ends; a shorter value is left to the candidates of few words.
MOST_WORDS = 30
_FEWEST_WORDS = 2
_GOOD_WORDS = 24
_LEAST_OF_CLAUSE = 4

# The main verb of a sentence comes within so many words, or the sentence is too involved to be asked for.
_DEEPEST = 16


@dataclass(frozen=True, slots=True)
class Cut:
    """A sentence, as far as it is asked, with the stretch of it that answers, and what sort of answer that is."""

    statement: str
    value: str
    sort: str


def cuts(sentence: str) -> list[Cut]:
    """The cuts of a sentence, the one that asks most plainly first."""
    kept: list[Cut] = []
    for rule in _RULES:
        for cut in rule(sentence):
            count = len(cut.value.split())
            if _FEWEST_WORDS <= count <= MOST_WORDS and all(cut.value != other.value for other in kept):
                kept.append(cut)
    head = _JOINED.split(sentence, maxsplit=1)[0]
    if not kept and head != sentence and len(head.split()) >= _FEWEST_OF_HEAD:
        return cuts(f"{head}.")
    return kept or list(_tail(sentence))


def goal_of(sentence: str) -> str:
    """What a sentence tells how to do ("sort a list"), as a verb and what goes with it; empty if it tells no way."""
    for pattern in (*_WAYS, _LEAD):
        found = pattern.match(sentence)
        if found and found["goal"].split()[0] in VERB_BASES:
            return found["goal"].rstrip(".,:; ")
    return ""


def subject_of(sentence: str) -> tuple[str, str] | None:
    """The subject of a sentence, without its article, and its verb; None if it is long or no plain one."""
    if _CONDITION.match(sentence) or _SUBORDINATE.match(sentence):
        return None
    opening = _ADVERBIAL.match(sentence)
    begin = opening.end() if opening else 0
    at = _after_main_verb(sentence, begin)
    words = sentence[begin:at].split() if at else []
    while words and words[-1].lower() in ADVERBS:
        words.pop()
    subject = re.sub(r"^(?:An?|The|an?|the) ", "", " ".join(words[:-1]))
    return (subject, words[-1]) if 0 < len(subject.split()) <= _MOST_OF_SUBJECT and _is_balanced(subject) else None


def is_over(sentence: str) -> bool:
    """Whether brackets and quotes that a sentence opens are closed in it, so that it was not cut in the middle."""
    return _is_balanced(sentence)


def _way(sentence: str) -> Iterator[Cut]:
    """How to do something: "To sort a list, [use sorted()]"."""
    for pattern in _WAYS:
        found = pattern.match(sentence)
        if not found or found["goal"].split()[0] not in VERB_BASES:
            continue
        if found.end("value") > found.end("goal"):
            value = _shortened(found["value"])
            yield Cut(f"{sentence[: found.start('value')]}{value}.", value, WAY)
        else:
            yield Cut(sentence, found["value"], WAY)
        return


def _reason(sentence: str) -> Iterator[Cut]:
    """Why something is so: "Tuples can be keys because [they are immutable]"."""
    found = _BECAUSE.match(sentence)
    if found:
        value = _shortened(found["value"])
        yield Cut(f"{found['main']} because {value}.", value, REASON)


def _consequence(sentence: str) -> Iterator[Cut]:
    """What follows from a condition: "If the file is missing, [FileNotFoundError is raised]"."""
    found = _CONDITION.match(sentence)
    if found and not _WANTED.match(sentence):
        value = _shortened(found["value"])
        yield Cut(f"{sentence[: found.start('value')]}{value}.", value, CONSEQUENCE)


def _occasion(sentence: str) -> Iterator[Cut]:
    """When something is so: "The else clause runs [if no exception was raised]"."""
    if opening := _CONDITION.match(sentence):
        if not _WANTED.match(sentence):
            yield Cut(sentence, sentence[: opening.start("value")].rstrip(", "), OCCASION)
    elif found := _OCCASION.match(sentence):
        yield Cut(sentence, _shortened(found["value"]), OCCASION)


def _means(sentence: str) -> Iterator[Cut]:
    """By what something can be done: "A list can be copied [by slicing it]"."""
    found = next(filter(None, (pattern.match(sentence) for pattern in _BY_MEANS)), None)
    if found and not _CONDITION.match(sentence):
        value = _shortened(found["value"])
        yield Cut(f"{found['main']} {value}.", value, MEANS)


def _advice(sentence: str) -> Iterator[Cut]:
    """What to do: "Use [four spaces] for each level of indentation"."""
    found = _ADVISED.match(sentence)
    if not found or found["verb"].lower() not in VERB_BASES or not sentence[0].isupper():
        return
    value = found["value"].rstrip(" .,:;!")
    words = value.lower().split()
    if not any(_is_verb(word, "", before) for before, word in pairwise(("", *words[:4]))):
        yield Cut(sentence, value, ADVICE)


def _predicate(sentence: str) -> Iterator[Cut]:
    """What is said of a subject: "A generator is [a function that yields values]"."""
    if _CONDITION.match(sentence) or _SUBORDINATE.match(sentence):
        return
    opening = _ADVERBIAL.match(sentence)
    at = _after_main_verb(sentence, opening.end() if opening else 0)
    if at is not None and (value := _shortened(sentence[at:])):
        yield Cut(f"{sentence[:at]}{value}.", value, PREDICATE)


def _tail(sentence: str) -> Iterator[Cut]:
    """How a sentence goes on in which no verb was found, from a joint in its second half."""
    words = len(sentence.split())
    for found in _SEAM.finditer(sentence):
        value = sentence[found.end() :].rstrip(" .,:;!")
        count = len(value.split())
        if words - count >= _LEAST_OF_CLAUSE and 2 <= count <= max(words * 2 // 3, 3) and _is_balanced(value):
            yield Cut(sentence, value, PREDICATE)
            return


def _after_main_verb(sentence: str, begin: int) -> int | None:
    """Where what follows the main verb of a sentence begins; None if no verb is found near its beginning."""
    is_relative, depth = False, 0
    words = list(re.finditer(r"\S+", sentence[begin:]))[:_DEEPEST]
    for place, found in enumerate(words):
        word = found[0].lower()
        depth += word.count("(") - word.count(")")
        if depth or word[-1] in ";:":
            if word[-1] in ";:":
                return None
            continue
        if word in ("that", "which", "who", "whose", "where"):
            is_relative = True
            continue
        before = words[place - 1][0].lower() if place else ""
        after = words[place + 1][0].lower() if place + 1 < len(words) else ""
        if not place or not _is_verb(word, after, before):
            continue
        if is_relative:
            is_relative = False
            continue
        end = found.end()
        for following in words[place + 1 : place + 4]:
            if following[0].lower() not in ADVERBS:
                break
            end = following.end()
        return begin + end + 1 if begin + end + 1 < len(sentence) else None
    return None


def _is_verb(word: str, after: str, before: str) -> bool:
    if word in _FINITE:
        return True
    if word in PAST_VERBS:
        return after not in ("in", "by", "with", "as", "from", "for", "on") and before not in _FINITE
    if word in _THIRD_PERSON:
        is_noun = (
            after in _FINITE
            or before in DETERMINERS
            or after in _THIRD_PERSON
            or (after == "of" and word != "consists")
        )
        return not is_noun
    return word in VERB_BASES and before.endswith("s") and before not in STOP_WORDS and after not in _FINITE


def _shortened(clause: str) -> str:
    """A clause up to where it could end: whole if it is short enough, and without its full stop."""
    clause = clause.strip().rstrip(".!:;")
    if len(clause.split()) <= _GOOD_WORDS:
        return clause
    for pattern in _ENDS:
        for found in pattern.finditer(clause):
            head = clause[: found.start()]
            if _LEAST_OF_CLAUSE <= len(head.split()) <= MOST_WORDS and _is_balanced(head):
                return head
    return clause


def _is_balanced(text: str) -> bool:
    return text.count("(") == text.count(")") and text.count('"') % 2 == 0 and text.count("“") == text.count("”")


_RULES = (_way, _reason, _consequence, _occasion, _means, _advice, _predicate)
_MOST_OF_SUBJECT = 6
_FEWEST_OF_HEAD = 5
_JOINED = re.compile(r"(?<=\w)[)\"”]?(?:[:;]| [–—-]{1,3}) (?=\S)")

_SEAM = re.compile(
    r" (?:is|are|that|to|as|for|with|by|in|on|from|of|into|using|when|if|via|through|than|like|at|about),? "
)

_JOINTS = (
    "which|where|who|but|so|because|since|although|though|while|whereas|or|e\\.g\\.|i\\.e\\.|such as|for example|rather"
    "|instead|unless|if|when|as|even|including|especially|and (?:it|they|you|we|the|a|this|so|thus)"
)
_ENDS = tuple(
    re.compile(pattern)
    for pattern in (
        r"[;:] |\. ",
        rf", (?:{_JOINTS})\b| [–—-]{{1,3}} ",
        r" (?:because|although|though|unless|whereas|so that|even if|such as|in order to|but|while|which)\b| \(",
        ", ",
    )
)
_FINITE = frozenset(
    (*AUXILIARIES, "has", "have", "had", "does", "do", "did", "cannot", "became", "shall")
    + tuple(
        f"{stem}n{mark}t" for stem in ("is", "are", "was", "does", "do", "did", "ca", "wo", "should") for mark in "'’"
    )
)
_THIRD_PERSON = frozenset(map(third_person, VERB_BASES))

_ADVERBIAL = re.compile(
    r"(?:In|On|At|By|With|Within|For|From|As|Under|During|Through|Without|Unlike|Like|Before|After|Until|Among|Inside"
    r"|Outside|Internally|Historically|Traditionally|Currently|Normally|Usually|Typically|Generally|Often|Sometimes"
    r"|Technically|For [^:,]{1,40}:|Starting|Together|According|Instead|Compared|Besides|Although|Though|While|Until|Since|Even though|Python [23])\b[^,]{0,70}, "
)
_BECAUSE = re.compile(r"(?P<main>\S.{14,}?),? because (?!of\b)(?P<value>.+)$")
_OCCASION = re.compile(
    r"(?P<main>[A-Z`][^,:;]{14,}?),? (?P<value>(?:only )?(?:if|when|whenever|unless|as long as|once|after|before|until)\b"
    r" [^,:;]+(?: [^,:;]+){2,}?)\.?$"
)
_CONDITION = re.compile(
    r"(?:Only )?(?:If|When|Whenever|Once|Unless|Where|Because|After|As (?:soon|long) as|Even if|Every time)\b (?:\([^()]*\)|[^,()]|,(?! (?:then|you|it|they|the|a|an|this|that|Python"
    r"|all|any|no|there|use|we|one|each|its|your|calling|instead|only|both)\b))+, (?:then )?(?P<value>.+)$"
)
_SUBORDINATE = re.compile(r"(?:If|When|Whenever|Unless|Because|To [a-z]+|In order to)\b")
_WANTED = re.compile(
    r"(?:If|When(?:ever)?) (?:you|one|we)(?:['’]d| would)? (?:want|need|wish|like|have|prefer|intend|try|are trying) to\b"
)
_MAY = r"(?:can|could|may|should|must|need to|have to|might)(?: also| always| simply| just| either| instead)?"
_USING = r"(?:[Uu]se|[Cc]all|[Aa]dd|[Ww]rite|[Ii]mport|[Pp]ass|[Rr]un|[Uu]sing|[Ss]et|[Ii]nstall|[Dd]efine)"
_WAYS = tuple(
    re.compile(pattern)
    for pattern in (
        r"(?:In order )?[Tt]o (?P<goal>[a-z][^,:]*(?:, [^,:]+?)??), (?P<value>.+)$",
        rf"{_WANTED.pattern} (?P<goal>[^,:]+), (?:then )?(?P<value>.+)$",
        r"(?:An?|The|One)(?: \w+){0,2} way (?:to|of) (?P<goal>[^,]+?) (?:is|would be)(?: simply| just)? (?:to |by |with )?"
        r"(?P<value>.+)$",
        rf"(?:(?:[A-Z][^,]*, )?(?:[Yy]ou|[Oo]ne|[Ww]e) {_MAY} |Simply |Just |Always |(?:It is|It['’]s) \w+ to )?"
        rf"(?P<value>{_USING} [^,:;]+?) (?:in order to|so as to|to) (?P<goal>[a-z]+ [^,:;]+?)\.?$",
        r"(?P<value>(?:[A-Z`][\w.()]*|(?:The|An?) [\w.() ]+?)) (?:is|are|(?:can|could|may|should|must)(?: also| then| often)?"
        r" be)(?: often| also| commonly| usually| typically)? used to (?P<goal>[a-z]+ [^,:;]+?)\.?$",
    )
)
_LEAD = re.compile(
    r"(?:[A-Z]\w*, )?(?:[Yy]ou|[Oo]ne|[Ww]e|[Tt]hey|[Ll]et['’]s|[Ll]et us)(?: can| could| may| should| will|['’]ll| might)?"
    r"(?: also| always| simply| just| now| even| first| then| easily)* (?P<goal>[a-z]{2,} [^:]+?)"
    r"(?: as follows| like this| like so| by (?:using|writing|typing|doing|running)| using(?: the following)?| with| via)?$"
)
_BY = r"(?P<value>(?:by (?:means of|\w+ing)|using|via|through|with) .+)$"
_BY_MEANS = tuple(
    re.compile(pattern)
    for pattern in (
        r"(?P<main>(?:[A-Z][^,]*, )?(?:[^\s,:;]+ ){1,9}?(?:(?:can|could|should|may|must)(?: also| then| only)? be|is|are)"
        rf"(?: [a-z]+)?? [a-z]+(?:ed|en|ne|wn|ut|un|et|lt|ld|de|it)(?: [^\s,:;]+){{0,3}}?) {_BY}",
        rf"(?P<main>(?:[A-Z][^,]*, )?(?:[Yy]ou|[Oo]ne|[Ww]e) {_MAY} [a-z]+ [^,:;]{{3,60}}?) {_BY.replace('|with', '|with the')}",
    )
)
_ADVISED = re.compile(
    r"(?:(?:Always|Never|Just|Simply|Please|Do not|Don['’]t|Only) )?(?P<verb>[A-Za-z]+) (?P<value>[^,:;]+?)"
    r"(?: (?:to|for|with|when|if|instead|in|on|before|after|as|by|from|so|unless|into|at|rather|and|or|because|where|while"
    r"|that|which|using|until|over|inside|between|than|but)\b.*|[,:;] .*|\.)?$"
)
