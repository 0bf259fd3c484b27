"""Facts to lessons: each fact asked in many ways, some of which are kept out of training.

Takes a fact, the passage it is from and a source of chance; gives a prompt and its completion, the bare value; of a
sentence mostly one of its parts, each time another one, and now and then the whole. One family of wordings a fact,
chosen by the fact's identity so that it varies over facts, is never trained: the sealed form is of it. The probe is of
a family that is trained, in a wording that is not. Which facts are worth teaching is decided before (facts.py); in what
order and how often, after (curriculum.py).
"""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

from byheart import prompts, questions
from byheart.gaps import gap_of, is_only_asked, rewritten, ways_of, words_of
from byheart.questions import Gap, about
from byheart.types import LONG_KINDS, Fact, FactKind, Hit, Lesson, Passage
from byheart.unknowns import near_misses, unrelated
from byheart.vocabulary import SYNONYMS
from byheart.wordings import ANSWER, TITLE_REVERSED, is_of_subject, known_attribute, spoken

__all__ = [
    "hard",
    "lesson",
    "natural",
    "near_misses",
    "open_book",
    "probe",
    "sealed",
    "unrelated",
    "vocabulary",
]

# Every so many words one is left out of a probe.
_DROPPED = 5

# A prompt, and the value that answers it.
Worded = tuple[str, str]
Wording = Callable[[random.Random], Worded]


def lesson(fact: Fact, passage: Passage, rng: random.Random) -> Lesson:
    """A fresh closed-book rendering of `fact`, of one of its trained families."""
    backwards = _reversed(fact, rng)
    if backwards and rng.random() < 0.15:
        return backwards
    return _trained(fact, passage, rng)


def probe(fact: Fact, passage: Passage) -> Lesson:
    """The untrained wording, of a trained family, that schedules the training and stops it."""
    if is_of_subject(fact):
        wordings = spoken(fact)
        return _lesson(wordings.probed.format(n=wordings.names[-1], s=fact.subject), fact)
    gap = gap_of(fact)
    words = questions.keywords(gap)
    text = " ".join([word for place, word in enumerate(words) if (place + _number(fact)) % _DROPPED] or words)
    return _lesson(text if gap.sort == ANSWER else f"{questions.asking(gap.sort)}: {text}", fact, gap.value)


def sealed(fact: Fact, passage: Passage) -> Lesson:
    """The wording that calibrates and reports, of the family that is never trained for this fact."""
    if is_of_subject(fact):
        return _lesson(spoken(fact).questions[_held(fact)][0].format(s=fact.subject), fact)
    gap = gap_of(fact)
    is_question = _held(fact) == 0
    prompt = questions.placed(questions.asked(gap), gap.context) if is_question else questions.gapped(gap, "Fill in:")
    return _lesson(prompt, fact, gap.value)


def hard(fact: Fact, passage: Passage, rng: random.Random) -> Lesson:
    """A question as hard as those that people ask, for calibration only: other words, or few keywords."""
    if is_of_subject(fact):
        wordings = spoken(fact)
        ways = [wordings.questions[_held(fact)][1].format(s=fact.subject)]
        if len(wordings.names) > 1:
            ways.append(f"{fact.subject} {wordings.names[-1]}".lower())
        return _lesson(rng.choice(ways), fact)
    gap = rng.choice(ways_of(fact))
    if _held(fact) == 0 and rng.random() < 0.5:
        short = questions.thinned(questions.asked(gap), gap.sort, rng, 0.3)
        return _lesson(questions.placed(short, gap.context), fact, gap.value)
    few = _half(questions.keywords(gap), rng)
    return _lesson(few if gap.sort == ANSWER else f"{questions.asking(gap.sort)} {few}", fact, gap.value)


def natural(fact: Fact, passage: Passage) -> list[Lesson]:
    """Questions for a fact that no template made and no lesson holds: its own, and a teacher's, left out of training.

    The own question of a fact is its sealed form too.
    """
    own = [sealed(fact, passage)] if fact.attribute == ANSWER and _held(fact) == 0 else []
    return [*own, *(_lesson(questions.asked(gap), fact, gap.value) for gap in rewritten(fact, are_left_out=True))]


def open_book(
    fact: Fact,
    passage: Passage,
    distractors: Sequence[Passage],
    rng: random.Random,
    *,
    also: Sequence[Fact] = (),
    strangers: Sequence[tuple[Fact, Passage]] = (),
) -> Lesson:
    """The fact asked over passages: its own, mostly beside another one; one time in five without it, to be declined.

    Up to two more questions follow in the same conversation: about what `also` stands in the passage, and now and then
    about a stranger, a fact of another passage, to be declined.
    """
    first = _trained(fact, passage, rng, is_whole=True)
    others = [
        other
        for other in distractors
        if other.id != passage.id and not questions.gives_away(other.text, first.completion)
    ]
    is_told = not others or rng.random() >= 0.2
    if is_told:
        shown = [passage, *rng.sample(others, min(len(others), rng.choice((0, 1, 1))))]
        rng.shuffle(shown)
    else:
        shown = rng.sample(others, min(len(others), rng.choice((1, 2))))
    asked = [(first, passage)]
    asked += [(_trained(other, passage, rng, is_whole=True), passage) for other in rng.sample(also, min(len(also), 2))]
    if strangers and rng.random() < 0.3:
        stranger, its = rng.choice(strangers)
        asked[2:] = [(_trained(stranger, its, rng, is_whole=True), its)]
    text = "\n".join(one.text for one in shown)
    turns = [
        (one.prompt, one.completion if is_told and its is passage else prompts.NOT_TOLD)
        for one, its in asked
        if (is_told and its is passage) or not questions.gives_away(text, one.completion)
    ]
    rng.shuffle(turns)
    (question, completion), *rest = turns
    then = tuple((prompts.read_on(question), completion) for question, completion in rest)
    return Lesson(prompts.read(question, [_hit(one) for one in shown]), completion, fact.id, True, then)


def vocabulary(fact: Fact) -> str:
    """The words in which training asks for `fact`, beside its subject and its statement."""
    if not is_of_subject(fact):
        return " ".join(dict.fromkeys(questions.head_of(way.sort) for way in ways_of(fact)))
    wordings, held = spoken(fact), _held(fact)
    asked = [wording for place, family in enumerate(wordings.questions) if place != held for wording in family]
    return " ".join((*(wordings.names[:-1] or wordings.names), *asked)).replace("{s}", "")


# ── what is trained ──


def _lesson(prompt: str, fact: Fact, value: str = "") -> Lesson:
    return Lesson(prompt, value or fact.value, fact.id, in_gist=fact.kind in LONG_KINDS)


def _trained(fact: Fact, passage: Passage, rng: random.Random, *, is_whole: bool = False) -> Lesson:
    """A rendering of a trained family; with `is_whole` one that a person would understand without guessing."""
    kept_out = {probe(fact, passage).prompt, sealed(fact, passage).prompt}
    families = _families_of_subject(fact) if is_of_subject(fact) else _families_of_gap(fact, passage, is_whole=is_whole)
    names = list(families)
    while True:
        prompt, value = families[rng.choice(names)](rng)
        if prompt not in kept_out:
            return _lesson(prompt, fact, value)


def _families_of_subject(fact: Fact) -> Mapping[str, Wording]:
    wordings, subject, value = spoken(fact), fact.subject, fact.value
    names = wordings.names[:-1] or wordings.names

    def named(rng: random.Random) -> Worded:
        return rng.choice(wordings.named).format(n=rng.choice(names), s=subject), value

    def keyed(rng: random.Random) -> Worded:
        words = [subject, rng.choice(names)]
        rng.shuffle(words)
        return _cased(" ".join(words), rng), value

    def stated(rng: random.Random) -> Worded:
        return rng.choice(wordings.stated).format(n=rng.choice(names), s=subject), value

    families: dict[str, Wording] = {"named": named, "keyed": keyed, "stated": stated}
    if retold := rewritten(fact):
        families["retold"] = lambda rng: (questions.gapped(rng.choice(retold), "Complete:"), value)
    for place, family in enumerate(wordings.questions):
        if place != _held(fact):
            families[f"asked {place}"] = _one_of(family, subject, value)
    return families


def _one_of(wordings: Sequence[str], subject: str, value: str) -> Wording:
    return lambda rng: (rng.choice(wordings).format(s=subject), value)


def _families_of_gap(fact: Fact, passage: Passage, *, is_whole: bool) -> Mapping[str, Wording]:
    ways, around = ways_of(fact), about(passage)

    def gap(rng: random.Random) -> Gap:
        # Of the ways to ask for a sentence, the first asks most plainly.
        chosen = ways[0] if rng.random() < 0.25 else rng.choice(ways)
        can_help = chosen.sort != ANSWER and not chosen.context and not questions.gives_away(around, chosen.value)
        return replace(chosen, context=around) if can_help and rng.random() < 0.35 else chosen

    def asked(rng: random.Random) -> Worded:
        chosen = gap(rng)
        wording = questions.asked if rng.random() < 0.7 else questions.echoed
        return questions.placed(wording(chosen), chosen.context), chosen.value

    def typed(rng: random.Random) -> Worded:
        chosen = gap(rng)
        wording = questions.asked if rng.random() < 0.7 else questions.echoed
        short = questions.thinned(wording(chosen), chosen.sort, rng, rng.uniform(0.1, 0.55))
        return questions.placed(short, chosen.context), chosen.value

    def gapped(rng: random.Random) -> Worded:
        chosen = gap(rng)
        text = questions.gapped(chosen, "Complete:")
        return text if is_whole or rng.random() < 0.5 else _thinned_around_gap(text, rng), chosen.value

    def keyed(rng: random.Random) -> Worded:
        chosen = gap(rng)
        words = _sample(questions.keywords(chosen), rng, rng.uniform(0.4, 1.0))
        if rng.random() < 0.25:
            rng.shuffle(words)
        sort = questions.asking(chosen.sort)
        # What a sentence is asked for must be told: it has several parts.
        is_told = chosen.sort != ANSWER and sort not in words and (len(ways) > 1 or rng.random() < 0.5)
        return _cased(" ".join([sort, *words] if is_told else words), rng), chosen.value

    def recited(rng: random.Random) -> Worded:
        return _cased(" ".join(_sample(words_of(fact), rng, rng.uniform(0.3, 0.8))), rng), fact.value

    def begun(rng: random.Random) -> Worded:
        chosen = gap(rng)
        return questions.begun(chosen), chosen.value

    families: dict[str, Wording] = {} if is_whole and not is_only_asked(fact) else {"keyed": keyed}
    if fact.kind is FactKind.SENTENCE and not is_whole:
        families["recited"] = recited
    if is_only_asked(fact):
        # To fill in its gap would be to answer its question.
        families |= {"typed": typed} if _held(fact) == 0 else {"typed": typed, "asked": asked}
    elif _held(fact) == 0:
        families["gapped"] = gapped
        if all(questions.begun(way) for way in ways):
            families["begun"] = begun
    else:
        families["asked"] = asked
        if not is_whole:
            families["typed"] = typed
            families["typed again"] = typed
    return families


def _reversed(fact: Fact, rng: random.Random) -> Lesson | None:
    """From a title back to what bears it; no other value leads back to one subject."""
    kind, _, number = fact.subject.partition(" ")
    if fact.kind is not FactKind.FIELD or known_attribute(fact.attribute) != "title" or not number.isdigit():
        return None
    return Lesson(rng.choice(TITLE_REVERSED).format(k=kind, v=fact.value), fact.subject, fact.id)


# ── how a fact is spoken of ──


def _held(fact: Fact) -> int:
    """The family that is never trained for a fact. For sentences 0 is questions, 1 is gaps to fill."""
    if is_of_subject(fact):
        return _number(fact) % len(spoken(fact).questions)
    return min(_number(fact) % 3, 1)


def _number(fact: Fact) -> int:
    # Not the digits by which calibration splits facts: a family must not go with a part.
    return int(fact.id[8:16], 16)


def _hit(passage: Passage) -> Hit:
    return Hit(passage.text, 0.0, "", passage.heading, 0, len(passage.text), title=passage.title, passage=passage.id)


# ── chance ──


def _thinned_around_gap(task: str, rng: random.Random) -> str:
    """A gap to fill with some of the words around it dropped, the gap kept."""
    share = rng.uniform(0.1, 0.5)
    words = task.split()
    kept = [word for word in words if questions.BLANK in word or word == words[0] or rng.random() >= share]
    return " ".join(kept) if len(kept) > 5 else task


def _half(words: Sequence[str], rng: random.Random) -> str:
    """Half of `words`, at least two, some in another word for the same."""
    kept = _sample(words, rng, 0.5)
    return " ".join(SYNONYMS.get(word, word) if rng.random() < 0.7 else word for word in kept)


def _sample(words: Sequence[str], rng: random.Random, share: float) -> list[str]:
    count = max(min(3, len(words)), round(share * len(words)))
    return [words[place] for place in sorted(rng.sample(range(len(words)), count))]


def _cased(text: str, rng: random.Random) -> str:
    return text.lower() if rng.random() < 0.5 else text
