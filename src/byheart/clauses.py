"""One sentence cut in two: a part that asks and a part that answers.

Takes a sentence that stands alone, as plain text; gives its cuts: how something is done, why it is so, what follows
from a condition, what is advised, what is said of a subject. The answering part is one stretch of the sentence. It
does not judge which sentence is worth learning (prose.py does).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import pairwise

from byheart.vocabulary import (
    ADVERBS,
    AUXILIARIES,
    DETERMINERS,
    PAST_VERBS,
    PREPOSITIONS,
    STOP_WORDS,
    VERB_BASES,
    third_person,
)

# The sort of a cut that has no question of its own: it is put in place of what it says.
PREDICATE = "phrase"

# In words. What is longer is cut where a clause ends; of one word there are other ways to ask.
_FEWEST_WORDS, _GOOD_WORDS, _MOST_WORDS = 2, 24, 30
_FEWEST_OF_CLAUSE = 4
_MOST_OF_SUBJECT = 6

# What a sentence does not say itself: no answer.
_POINTING = frozenset(
    """it its this that these those there they their we our you your he his she her i my one what which who such both
    all""".split()
)

# Words after which more must come.
_OPEN = frozenset((*PREPOSITIONS, *"to a an the and or that than as of".split()))

# The main verb of a sentence comes within so many words, or the sentence is too involved to be asked for.
_DEEPEST = 16


@dataclass(frozen=True, slots=True)
class Cut:
    """A sentence, as far as it is asked, the stretch of it that answers, the sort of that, and the question."""

    statement: str
    value: str
    sort: str = PREDICATE
    question: str = ""


def cuts(sentence: str) -> list[Cut]:
    """The cuts of a sentence, the one that asks most plainly first."""
    kept = _kept(sentence, _way, _reason, _consequence, _occasion, _means, _advice, _predicate)
    head = _JOINT.split(sentence, maxsplit=1)[0]
    if not kept and head != sentence and len(head.split()) > _FEWEST_OF_CLAUSE:
        return cuts(f"{head}.")
    return [*(kept or list(_tail(sentence))), *_kept(sentence, _subject)]


def goal_asked(lead: str) -> str:
    """The question for what a sentence leads to, if it says what for: "To sort a list" asks "How do I sort a list?"."""
    found = _GOAL.match(lead)
    goal = (found["goal"] or found["wanted"] or found["done"]) if found else ""
    return f"How do I {_mine(goal)}?" if goal and goal.split()[0] in VERB_BASES else ""


def has_verb(sentence: str) -> bool:
    """Whether a sentence is one: it has a verb where it may have one, or is an order."""
    words = [word.strip("(),.;:").lower() for word in sentence.split()]
    is_order = words[0] in VERB_BASES and sentence[:1].isupper()
    # "Joeys never leave": what stands between a subject and its verb is not looked at.
    words = [word for word in words if word not in ADVERBS or word in _FINITE]
    beside = zip(words, words[1:], [*words[2:], ""], strict=False)
    return is_order or any(_is_verb(word, after, before) for before, word, after in beside)


def is_balanced(text: str) -> bool:
    """Whether brackets and quotes that are opened in `text` are closed in it."""
    return text.count("(") == text.count(")") and text.count('"') % 2 == 0 and text.count("“") == text.count("”")


# ── ways to cut ──


def _kept(sentence: str, *rules: Callable[[str], Iterator[Cut]]) -> list[Cut]:
    """What the rules cut that is neither a single word nor too long, none twice."""
    kept: dict[str, Cut] = {}
    for rule in rules:
        for cut in rule(sentence):
            if _FEWEST_WORDS <= len(cut.value.split()) <= _MOST_WORDS:
                kept.setdefault(cut.value, cut)
    return list(kept.values())


def _way(sentence: str) -> Iterator[Cut]:
    """How to do something: "To sort a list, [use sorted()]"."""
    found = next((found for pattern in _WAYS if (found := pattern.match(sentence))), None)
    if not found or found["goal"].split()[0] not in VERB_BASES:
        return
    question = f"How do I {_mine(found['goal'])}?"
    if found.end("value") < found.end("goal"):
        yield Cut(sentence, found["value"], "way", question)
    else:
        value = _shortened(found["value"])
        yield Cut(f"{sentence[: found.start('value')]}{value}.", value, "way", question)


def _reason(sentence: str) -> Iterator[Cut]:
    """Why something is so: "Tuples can be keys because [they are immutable]"."""
    found = _BECAUSE.match(sentence)
    if found and is_balanced(found["main"]) and not _SUBORDINATE.match(sentence):
        value, main = _shortened(found["value"]), found["main"]
        yield Cut(f"{main} because {value}.", value, "reason", f"Why is it that {_lowered(main)}?")


def _consequence(sentence: str) -> Iterator[Cut]:
    """What follows from a condition: "If the file is missing, [FileNotFoundError is raised]"."""
    found = _CONDITION.match(sentence)
    if found and not _WANTED.match(sentence):
        value, condition = _shortened(found["value"]), found["condition"]
        yield Cut(f"{condition}, {value}.", value, "consequence", f"What happens {_lowered(condition)}?")


def _occasion(sentence: str) -> Iterator[Cut]:
    """When something is so: "The else clause runs [if no exception was raised]"."""
    found = _CONDITION.match(sentence) or _OCCASION.match(sentence)
    if found and not _WANTED.match(sentence):
        main, condition = _shortened(found["value"]), _shortened(found["condition"])
        words = main.lower().split()
        if words[0] in VERB_BASES or " but " in main or words[-1] in _OPEN or not is_balanced(main):
            return  # an order, two things at once, or no end of a clause
        yield Cut(sentence, condition, "occasion", f"When is it that {_lowered(main)}?")


def _means(sentence: str) -> Iterator[Cut]:
    """By what something can be done: "A list can be copied [by slicing it]"."""
    found = next((found for pattern in _BY_MEANS if (found := pattern.match(sentence))), None)
    if found and is_balanced(found["subject"]) and not _SUBORDINATE.match(sentence):
        value, opening = _shortened(found["value"]), _lowered(found["opening"] or "").rstrip(", ")
        asked = " ".join(("How", found["verb"], _lowered(found["subject"].strip()), found["done"], opening)).strip()
        yield Cut(f"{sentence[: found.start('value')]}{value}.", value, "means", f"{asked}?")


def _advice(sentence: str) -> Iterator[Cut]:
    """What to do: "Use [four spaces] for each level of indentation"."""
    found = _ADVISED.match(sentence)
    if not found or found["verb"].lower() not in VERB_BASES or not sentence[0].isupper():
        return
    value, rest = found["value"], re.sub(r"^(?:[,:;]| and| or| but) .*", "", found["rest"]).strip(" .!")
    if any(_is_verb(word, "", before) for before, word in pairwise(("", *value.lower().split()[:4]))):
        return
    manner = _MANNERS.get((found["manner"] or "").lower().replace("’", "'"), "")
    asked = " ".join(part for part in ("What should I", manner, found["verb"].lower(), rest) if part)
    yield Cut(sentence, value, "advice", f"{asked}?")


def _predicate(sentence: str) -> Iterator[Cut]:
    """What is said of a subject: "A generator is [a function that yields values]"."""
    if _SUBORDINATE.match(sentence):
        return
    opening = _ADVERBIAL.match(sentence)
    verb = _main_verb(sentence, opening.end() if opening else 0)
    if verb and (value := _shortened(sentence[verb[1] :])):
        yield Cut(f"{sentence[: verb[1]]}{value}.", value)


def _subject(sentence: str) -> Iterator[Cut]:
    """What something is said of: "[A generator] is a function that yields values"."""
    if _SUBORDINATE.match(sentence) or _ADVERBIAL.match(sentence):
        return
    verb = _main_verb(sentence, 0)
    subject = re.sub(r"^(?:An?|The) ", "", sentence[: verb[0]].strip()) if verb else ""
    words = subject.lower().split()
    is_short = 0 < len(words) <= _MOST_OF_SUBJECT and not re.search(r"[,;:?!]", subject)
    if is_short and words[0] not in _POINTING and words[-1] not in _OPEN | {*ADVERBS, "not"} and is_balanced(subject):
        yield Cut(sentence, subject)


def _tail(sentence: str) -> Iterator[Cut]:
    """How a sentence goes on in which no verb was found, from a joint in its second half."""
    words = len(sentence.split())
    for found in _SEAM.finditer(sentence):
        value = sentence[found.end() :].rstrip(" .,:;!")
        count = len(value.split())
        if words - count >= _FEWEST_OF_CLAUSE and 2 <= count <= max(words * 2 // 3, 3) and is_balanced(value):
            yield Cut(sentence, value)
            return


def _main_verb(sentence: str, begin: int) -> tuple[int, int] | None:
    """Where the main verb of a sentence begins, and what follows it; None if no verb is found near its beginning."""
    words = list(re.finditer(r"\S+", _BRACKETED.sub(_as_stars, sentence)[begin:]))[:_DEEPEST]
    words = [word for word in words if word[0].strip("*")]
    is_relative = False
    for place, found in enumerate(words):
        word = found[0].lower()
        if word[-1] in ";:":
            return None
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
        return (begin + found.start(), begin + end + 1) if begin + end + 1 < len(sentence) else None
    return None


def _as_stars(found: re.Match[str]) -> str:
    return re.sub(r"\S", "*", found[0])


def _is_verb(word: str, after: str, before: str) -> bool:
    if word in _FINITE:
        return True
    if word in PAST_VERBS:
        return after not in ("in", "by", "with", "as", "from", "for", "on") and before not in _FINITE
    if word in _THIRD_PERSON:
        has_verb_after = after in _FINITE or after in _THIRD_PERSON
        return not (has_verb_after or before in DETERMINERS or (after == "of" and word != "consists"))
    is_many = before.endswith("s") and before not in STOP_WORDS
    return word in VERB_BASES and (is_many or before in ("you", "we", "they", "i")) and after not in _FINITE


def _shortened(clause: str) -> str:
    """A clause up to where it could end: whole if it is short enough, and without its full stop."""
    clause = clause.strip().rstrip(".!:;")
    if len(clause.split()) <= _GOOD_WORDS:
        return clause
    for pattern in _ENDS:
        for found in pattern.finditer(clause):
            head = clause[: found.start()]
            words = head.lower().split()
            if _FEWEST_OF_CLAUSE <= len(words) <= _MOST_WORDS and words[-1] not in _OPEN and is_balanced(head):
                return head
    return clause


# ── how questions are worded ──


def _mine(goal: str) -> str:
    """What "you" can do, as one asks for it oneself."""
    return re.sub(r"\b(?:your|our)\b", "my", re.sub(r"\byourself\b", "myself", goal)).rstrip(" .,:;")


def _lowered(clause: str) -> str:
    """A clause that no longer opens a sentence."""
    first, space, rest = clause.partition(" ")
    return f"{first.lower() if first.lower() in STOP_WORDS else first}{space}{rest}"


_BRACKETED = re.compile(r"(?<= )\([^()]*(?:\([^()]*\)[^()]*)*\)")
_JOINT = re.compile(r"(?<=\w)[)\"”]?(?:[:;]| [–—-]{1,3}) (?=\S)")
_SEAM = re.compile(
    r" (?:is|are|that|to|as|for|with|by|in|on|from|of|into|using|when|if|via|through|than|like|at|about),? "
)
_OPENERS = (
    r"which|where|who|but|so|because|since|although|though|while|whereas|or|e\.g\.|i\.e\.|such as|for example|rather"
    r"|instead|unless|if|when|as|even|including|especially|and (?:it|they|you|we|the|a|this|so|thus)"
)
_ENDS = tuple(
    re.compile(pattern)
    for pattern in (
        r"[;:] |\. ",
        rf", (?:{_OPENERS})\b| [–—-]{{1,3}} ",
        r" (?:because|although|though|unless|whereas|so that|even if|such as|in order to|but|while|which)\b| \(",
        ", ",
    )
)
_NEGATED = tuple(f"{verb}n{mark}t" for verb in "is are was does do did ca wo should".split() for mark in "'’")
_FINITE = frozenset((*AUXILIARIES, "has", "have", "had", "does", "do", "did", "cannot", "became", "shall", *_NEGATED))
_THIRD_PERSON = frozenset(map(third_person, VERB_BASES))

_ADVERBIAL = re.compile(
    r"(?:In|On|At|By|With|Within|For|From|As|Under|During|Through|Without|Unlike|Like|Before|After|Until|Among|Inside"
    r"|Outside|Internally|Historically|Traditionally|Currently|Normally|Usually|Typically|Generally|Often|Sometimes"
    r"|Technically|For [^:,]{1,40}:|Starting|Together|According|Instead|Compared|Besides|Although|Though|While|Until"
    r"|Since|Even though|Python [23])\b[^,]{0,70}, "
)
_BECAUSE = re.compile(r"(?P<main>\S.{14,}?),? because (?!of\b)(?P<value>.+)$")
_OCCASION = re.compile(
    r"(?P<value>[A-Z`][^,:;]{14,}?),? (?P<condition>(?:only )?(?:if|when|whenever|unless|as long as|once|after|before"
    r"|until)\b [^,:;]+(?: [^,:;]+){2,}?)\.?$"
)
# The condition ends at the comma after which another subject or an order stands.
_CONDITION = re.compile(
    r"(?P<condition>(?:Only )?(?:If|When|Whenever|Once|Unless|Where|Because|After|As (?:soon|long) as|Even if"
    r"|Every time)\b (?:\([^()]*\)|[^,()]|,(?! (?:then|you|it|they|the|a|an|this|that|Python|all|any|no|there|use|we"
    r"|one|each|its|your|calling|instead|only|both)\b))+), (?:then )?(?P<value>.+)$"
)
_SUBORDINATE = re.compile(r"(?:If|When|Whenever|Unless|Because|To [a-z]+|In order to)\b")
_WANTED = re.compile(
    r"(?:If|When(?:ever)?) (?:you|one|we)(?:['’]d| would)? "
    r"(?:want|need|wish|like|have|prefer|intend|try|are trying) to\b"
)
_MAY = r"(?:can|could|may|should|must|need to|have to|might)"
_ALSO = r"(?: also| always| simply| just| either| instead)?"
_USING = r"(?:[Uu]se|[Cc]all|[Aa]dd|[Ww]rite|[Ii]mport|[Pp]ass|[Rr]un|[Uu]sing|[Ss]et|[Ii]nstall|[Dd]efine)"
_WAYS = tuple(
    re.compile(pattern)
    for pattern in (
        r"(?:In order )?[Tt]o (?P<goal>[a-z][^,:]*(?:, [^,:]+?)??)(?:, |: )(?P<value>.+)$",
        rf"{_WANTED.pattern} (?P<goal>[^,:]+), (?:then )?(?P<value>.+)$",
        r"(?:An?|The|One)(?: \w+){0,2} way (?:to|of) (?P<goal>[^,]+?) (?:is|would be)(?: simply| just)? "
        r"(?:to |by |with )?(?P<value>.+)$",
        rf"(?:(?:[A-Z][^,]*, )?(?:[Yy]ou|[Oo]ne|[Ww]e) {_MAY}{_ALSO} |Simply |Just |Always |(?:It is|It['’]s) \w+ to )?"
        rf"(?P<value>{_USING} [^,:;]+?) (?:in order to|so as to|to) (?P<goal>[a-z]+ [^,:;]+?)\.?$",
        r"(?P<value>(?:[A-Z`][\w.()]*|(?:The|An?) [\w.() ]+?)) (?:is|are|(?:can|could|may|should|must)"
        r"(?: also| then| often)? be)(?: often| also| commonly| usually| typically)? used to "
        r"(?P<goal>[a-z]+ [^,:;]+?)\.?$",
    )
)
_GOAL = re.compile(
    rf"(?:In order )?[Tt]o (?P<goal>[a-z][^,:]*)(?:,.*)?$|{_WANTED.pattern} (?P<wanted>[^,:]+)(?:,.*)?$"
    rf"|(?:[A-Z]\w*, )?(?:[Yy]ou|[Ww]e|[Oo]ne) {_MAY}{_ALSO} (?P<done>[a-z]{{2,}} [^:]+)$"
)
_BY = r"(?P<value>(?:by (?:means of|\w+ing)|using|via|through|with{}) .+)$"
_OPENING = r"(?P<opening>[A-Z][^,]*, )?"
_DONE = r"(?:[a-z]+ )??[a-z]+(?:ed|en|ne|wn|ut|un|et|lt|ld|de|it)(?: [^\s,:;]+){0,3}?"
_NO_RELATIVE = r"(?:(?!(?:which|that|who|whose) )[^\s,:;]+ )"
_BY_MEANS = tuple(
    re.compile(pattern)
    for pattern in (
        rf"{_OPENING}(?P<subject>{_NO_RELATIVE}{{1,9}}?)(?P<verb>is|are) (?P<done>{_DONE}) {_BY.format('')}",
        rf"{_OPENING}(?P<subject>{_NO_RELATIVE}{{1,9}}?)(?P<verb>can|could|should|may|must) "
        rf"(?P<done>(?:also |then |only )?be {_DONE}) {_BY.format('')}",
        rf"{_OPENING}(?P<subject>[Yy]ou|[Oo]ne|[Ww]e) (?P<verb>can|could|may|should|must|might){_ALSO} "
        rf"(?P<done>[a-z]+ [^,:;]{{3,60}}?) {_BY.format(' the')}",
    )
)
_MANNERS = {"always": "always", "never": "never", "do not": "not", "don't": "not", "only": "only"}
_ADVISED = re.compile(
    r"(?:(?P<manner>Always|Never|Just|Simply|Please|Do not|Don['’]t|Only) )?(?P<verb>[A-Za-z]+) (?P<value>[^,:;]+?)"
    r"(?P<rest> (?:to|for|with|when|if|instead|in|on|before|after|as|by|from|so|unless|into|at|rather|because|where"
    r"|while|that|which|using|until|over|inside|between|than)\b.*|(?:[,:;]| and| or| but) .*|)\.?$"
)
