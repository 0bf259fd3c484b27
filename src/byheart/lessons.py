"""Facts to lessons: each fact asked in many ways, some of which are kept out of training.

Takes a fact, the passage it is from and a source of chance; gives a prompt and its completion, the bare value. One
family of wordings a fact, chosen by the fact's identity so that it varies over facts, is never trained: the sealed
form is of it. The probe is of a family that is trained, in a wording that is not. Which facts are worth teaching is
decided before (facts.py); in what order and how often, after (curriculum.py).
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
    "noun",
    "open_book",
    "probe",
    "sealed",
    "unrelated",
    "vocabulary",
]

# Every so many words one is left out of a probe.
_DROPPED = 5

Wording = Callable[[random.Random], str]


def lesson(fact: Fact, passage: Passage, rng: random.Random) -> Lesson:
    """A fresh closed-book rendering of `fact`, of one of its trained families."""
    backwards = _reversed(fact, rng)
    if backwards and rng.random() < 0.15:
        return backwards
    return _lesson(_trained(fact, passage, rng), fact)


def probe(fact: Fact, passage: Passage) -> Lesson:
    """The untrained wording, of a trained family, that schedules the training and stops it."""
    if is_of_subject(fact):
        wordings = spoken(fact)
        return _lesson(wordings.probed.format(n=wordings.names[-1], s=fact.subject), fact)
    words = [word for place, word in enumerate(words_of(fact)) if (place + _number(fact)) % _DROPPED]
    text = " ".join(words or words_of(fact))
    return _lesson(text if fact.kind is FactKind.SENTENCE else f"{noun(fact)}: {text}", fact)


def sealed(fact: Fact, passage: Passage) -> Lesson:
    """The wording that calibrates and reports, of the family that is never trained for this fact."""
    if is_of_subject(fact):
        prompt = spoken(fact).questions[_held(fact)][0].format(s=fact.subject)
    elif _held(fact) == 0:
        prompt = questions.placed(questions.asked(gap_of(fact)), gap_of(fact).context)
    else:
        prompt = questions.gapped(gap_of(fact), "Write out:" if fact.kind is FactKind.SENTENCE else "Fill in:")
    return _lesson(prompt, fact)


def hard(fact: Fact, passage: Passage, rng: random.Random) -> Lesson:
    """A question as hard as those that people ask, for calibration only: other words, or few keywords."""
    if is_of_subject(fact):
        wordings = spoken(fact)
        ways = [wordings.questions[_held(fact)][1].format(s=fact.subject)]
        if len(wordings.names) > 1:
            ways.append(f"{fact.subject} {wordings.names[-1]}".lower())
        return _lesson(rng.choice(ways), fact)
    gap = rng.choice(ways_of(fact))
    few = _half(words_of(fact), rng)
    if _held(fact) == 0 and rng.random() < 0.5:
        short = questions.thinned(questions.asked(gap), gap.sort, rng, 0.3)
        return _lesson(questions.placed(short, gap.context), fact)
    return _lesson(few if fact.kind is FactKind.SENTENCE else f"{noun(fact)} {few}", fact)


def natural(fact: Fact, passage: Passage) -> list[Lesson]:
    """Questions for a fact that no template made and no lesson holds: its own, and a teacher's, left out of training.

    The own question of a fact is its sealed form too.
    """
    own = [sealed(fact, passage)] if fact.attribute == ANSWER and _held(fact) == 0 else []
    return [*own, *(_lesson(questions.asked(gap), fact) for gap in rewritten(fact, are_left_out=True))]


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
    others = [
        other for other in distractors if other.id != passage.id and not questions.gives_away(other.text, fact.value)
    ]
    is_told = not others or rng.random() >= 0.2
    if is_told:
        shown = [passage, *rng.sample(others, min(len(others), rng.choice((0, 1, 1))))]
        rng.shuffle(shown)
    else:
        shown = rng.sample(others, min(len(others), rng.choice((1, 2))))
    asked = [(fact, passage), *((other, passage) for other in rng.sample(list(also), min(len(also), 2)))]
    if strangers and rng.random() < 0.3:
        asked[2:] = [rng.choice(strangers)]
    text = "\n".join(one.text for one in shown)
    turns = [
        (_trained(one, its, rng, is_whole=True), one.value if is_told and its is passage else prompts.NOT_TOLD)
        for one, its in asked
        if (is_told and its is passage) or not questions.gives_away(text, one.value)
    ]
    rng.shuffle(turns)
    (question, completion), *rest = turns
    then = tuple((prompts.read_on(question), completion) for question, completion in rest)
    return Lesson(prompts.read(question, [_hit(one) for one in shown]), completion, fact.id, True, then)


def noun(fact: Fact) -> str:
    """What a fact's value is, as one would ask for it: "function", "Python version", "number of bytes"."""
    return spoken(fact).names[0] if is_of_subject(fact) else fact.attribute


def vocabulary(fact: Fact) -> str:
    """The words in which training asks for `fact`, beside its subject and its statement."""
    if not is_of_subject(fact):
        return questions.head_of(fact.attribute)
    wordings, held = spoken(fact), _held(fact)
    asked = [wording for place, family in enumerate(wordings.questions) if place != held for wording in family]
    return " ".join((*(wordings.names[:-1] or wordings.names), *asked)).replace("{s}", "")


# ── what is trained ──


def _lesson(prompt: str, fact: Fact) -> Lesson:
    return Lesson(prompt, fact.value, fact.id, in_gist=fact.kind in LONG_KINDS)


def _trained(fact: Fact, passage: Passage, rng: random.Random, *, is_whole: bool = False) -> str:
    """A rendering of a trained family; with `is_whole` one that a person would understand without guessing."""
    kept_out = {probe(fact, passage).prompt, sealed(fact, passage).prompt}
    families = _families_of_subject(fact) if is_of_subject(fact) else _families_of_gap(fact, passage, is_whole=is_whole)
    names = list(families)
    while True:
        prompt = families[rng.choice(names)](rng)
        if prompt not in kept_out:
            return prompt


def _families_of_subject(fact: Fact) -> Mapping[str, Wording]:
    wordings, subject = spoken(fact), fact.subject
    names = wordings.names[:-1] or wordings.names

    def named(rng: random.Random) -> str:
        return rng.choice(wordings.named).format(n=rng.choice(names), s=subject)

    def keyed(rng: random.Random) -> str:
        words = [subject, rng.choice(names)]
        rng.shuffle(words)
        return _cased(" ".join(words), rng)

    def stated(rng: random.Random) -> str:
        return rng.choice(wordings.stated).format(n=rng.choice(names), s=subject)

    families: dict[str, Wording] = {"named": named, "keyed": keyed, "stated": stated}
    if retold := rewritten(fact):
        families["retold"] = lambda rng: questions.gapped(rng.choice(retold), "Complete:")
    for place, family in enumerate(wordings.questions):
        if place != _held(fact):
            families[f"asked {place}"] = _one_of(family, subject)
    return families


def _one_of(wordings: Sequence[str], subject: str) -> Wording:
    return lambda rng: rng.choice(wordings).format(s=subject)


def _families_of_gap(fact: Fact, passage: Passage, *, is_whole: bool) -> Mapping[str, Wording]:
    ways, around = ways_of(fact), about(passage)
    can_help = fact.attribute != ANSWER and not questions.gives_away(around, fact.value)

    def gap(rng: random.Random) -> Gap:
        # Of the ways to ask for a sentence, the first asks most plainly.
        chosen = ways[0] if rng.random() < 0.4 else rng.choice(ways)
        helps = can_help and not chosen.context and rng.random() < 0.35
        return replace(chosen, context=around) if helps else chosen

    def asked(rng: random.Random) -> str:
        chosen = gap(rng)
        wording = questions.asked if rng.random() < 0.7 else questions.echoed
        return questions.placed(wording(chosen), chosen.context)

    def typed(rng: random.Random) -> str:
        chosen = gap(rng)
        wording = questions.asked if rng.random() < 0.7 else questions.echoed
        short = questions.thinned(wording(chosen), chosen.sort, rng, rng.uniform(0.1, 0.55))
        return questions.placed(short, chosen.context)

    def gapped(rng: random.Random) -> str:
        text = questions.gapped(gap(rng), "In full:" if fact.kind is FactKind.SENTENCE else "Complete:")
        return text if is_whole or rng.random() < 0.5 else _thinned_around_gap(text, rng)

    def keyed(rng: random.Random) -> str:
        is_whole_sentence = fact.kind is FactKind.SENTENCE
        known = words_of(fact) if is_whole_sentence else questions.keywords(gap(rng))
        words = _sample(known, rng, rng.uniform(0.3, 0.8) if is_whole_sentence else rng.uniform(0.5, 1.0))
        if rng.random() < 0.25:
            rng.shuffle(words)
        has_noun = not is_whole_sentence and fact.attribute not in words and rng.random() < 0.5
        sort = [fact.attribute] if has_noun else []
        return _cased(" ".join(sort + words), rng)

    def begun(rng: random.Random) -> str:
        return questions.begun(gap(rng))

    families: dict[str, Wording] = {} if is_whole and not is_only_asked(fact) else {"keyed": keyed}
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
