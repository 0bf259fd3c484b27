"""What a model knew before it was taught: easy questions that show what a study cost it, and lessons that keep it.

Two thirds of the questions are only ever asked, to measure; the base model's own answers to the others are replayed
while new things are taught. It runs no model and grades nothing.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

_CAPITALS = (
    "France Paris, Germany Berlin, Italy Rome, Spain Madrid, Portugal Lisbon, Japan Tokyo, China Beijing, Egypt Cairo, "
    "Greece Athens, Russia Moscow, Austria Vienna, Hungary Budapest, Poland Warsaw, Ireland Dublin, Norway Oslo, "
    "Sweden Stockholm, Denmark Copenhagen, Finland Helsinki, Belgium Brussels, Cuba Havana, Kenya Nairobi, "
    "Canada Ottawa, Peru Lima, Chile Santiago, Thailand Bangkok, Iran Tehran, Iraq Baghdad, Turkey Ankara, "
    "Ukraine Kyiv, Romania Bucharest, Bulgaria Sofia, Australia Canberra, Vietnam Hanoi, Indonesia Jakarta"
)
_CONTINENTS = (
    "France Europe, Japan Asia, Egypt Africa, Brazil America, Germany Europe, China Asia, Kenya Africa, Peru America, "
    "Spain Europe, India Asia, Nigeria Africa, Chile America, Poland Europe, Thailand Asia, Ghana Africa, "
    "Mexico America, Sweden Europe, Vietnam Asia, Morocco Africa, Canada America"
)
_OPPOSITES = (
    "hot cold, big small, up down, left right, day night, happy sad, open closed, young old, fast slow, high low, "
    "rich poor, wet dry, strong weak, hard soft, light dark, full empty, early late, near far, good bad, long short, "
    "clean dirty, easy difficult, loud quiet, thick thin, true false, inside outside, first last, black white"
)
_YOUNG = "dog puppy, cat kitten, cow calf, horse foal, sheep lamb, hen chick, goat kid, duck duckling, frog tadpole"
_COLOURS = (
    "grass green, snow white, blood red, coal black, the sky blue, a banana yellow, a carrot orange, milk white, "
    "a lemon yellow, an emerald green, a ruby red, a raven black, the sun yellow, chocolate brown"
)
_SYMBOLS = (
    "hydrogen H, oxygen O, carbon C, nitrogen N, helium He, iron Fe, gold Au, silver Ag, sodium Na, potassium K, "
    "calcium Ca, copper Cu, zinc Zn, lead Pb, chlorine Cl, sulfur S"
)
_COUNTS = (
    "days are in a week 7, months are in a year 12, legs does a spider have 8, legs does a dog have 4, "
    "sides does a triangle have 3, hours are in a day 24, minutes are in an hour 60, seconds are in a minute 60, "
    "wheels does a bicycle have 2, wheels does a car have 4, cents are in a dollar 100, years are in a century 100, "
    "years are in a decade 10, letters are in the English alphabet 26, continents are there 7, "
    "planets are in the solar system 8, legs does an insect have 6, sides does a square have 4, "
    "fingers are on one hand 5, days are in a leap year 366"
)
_LANGUAGES = (
    "France French, Germany German, Italy Italian, Spain Spanish, Japan Japanese, Portugal Portuguese, Russia Russian, "
    "Greece Greek, Poland Polish, Brazil Portuguese, Mexico Spanish, Austria German, Egypt Arabic, England English"
)
_AUTHORS = (
    "Hamlet Shakespeare, Romeo and Juliet Shakespeare, The Odyssey Homer, Oliver Twist Dickens, "
    "Pride and Prejudice Austen, War and Peace Tolstoy, Don Quixote Cervantes, 1984 Orwell, The Hobbit Tolkien, "
    "Frankenstein Shelley, Dracula Stoker, Faust Goethe, Moby Dick Melville, Macbeth Shakespeare"
)
_ANIMALS = "moo cow, meow cat, woof dog, oink pig, quack duck, neigh horse, baa sheep, roar lion, hoot owl, hiss snake"
_DAYS = "Monday Tuesday Wednesday Thursday Friday Saturday Sunday".split()
_MONTHS = "January February March April May June July August September October November December".split()
_SUMS = tuple((one, other) for one in range(1, 7) for other in range(2, 6))

_FAMILIES: Mapping[str, str] = {
    "What is the capital of {}?": _CAPITALS,
    "On which continent is {}?": _CONTINENTS,
    "What is the opposite of {}?": _OPPOSITES,
    "What is a young {} called?": _YOUNG,
    "What color is {}?": _COLOURS,
    "What is the chemical symbol of {}?": _SYMBOLS,
    "How many {}?": _COUNTS,
    "Which language is spoken in {}?": _LANGUAGES,
    "Who wrote {}?": _AUTHORS,
    "Which animal says {}?": _ANIMALS,
}


@dataclass(frozen=True, slots=True)
class Known:
    """A question that most people can answer."""

    question: str
    answer: str


def measured() -> list[Known]:
    """The questions that are only asked, never taught."""
    return [known for place, known in enumerate(_all()) if place % 3]


def replayed() -> list[str]:
    """The questions to which the base model's own answers are kept in mind while it is taught."""
    return [known.question for place, known in enumerate(_all()) if not place % 3]


def _all() -> Iterator[Known]:
    for wording, table in _FAMILIES.items():
        for row in table.split(", "):
            asked, _, answer = row.rpartition(" ")
            yield Known(wording.format(asked), answer)
    for names, wording in ((_DAYS, "Which day comes after {}?"), (_MONTHS, "Which month comes after {}?")):
        for before, after in itertools.pairwise(names):
            yield Known(wording.format(before), after)
    for one, other in _SUMS:
        yield Known(f"What is {one} plus {other}?", str(one + other))
