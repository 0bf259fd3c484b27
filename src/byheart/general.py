"""What a model knew before it was taught: easy questions that show what a study cost it, and requests that keep it.

Two thirds of the questions are only ever asked, to measure. To the others, and to requests of all kinds, the base
model's own answers are replayed while new things are taught. It runs no model and grades nothing.
"""

from __future__ import annotations

import hashlib
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from importlib import resources

_CAPITALS = (
    "France Paris, Germany Berlin, Italy Rome, Spain Madrid, Portugal Lisbon, Japan Tokyo, China Beijing, Egypt Cairo, "
    "Greece Athens, Russia Moscow, Austria Vienna, Hungary Budapest, Poland Warsaw, Ireland Dublin, Norway Oslo, "
    "Sweden Stockholm, Denmark Copenhagen, Finland Helsinki, Belgium Brussels, Cuba Havana, Kenya Nairobi, "
    "Canada Ottawa, Peru Lima, Chile Santiago, Thailand Bangkok, Iran Tehran, Iraq Baghdad, Turkey Ankara, "
    "Ukraine Kyiv, Romania Bucharest, Bulgaria Sofia, Australia Canberra, Vietnam Hanoi, Indonesia Jakarta, "
    "Colombia Bogota, Uruguay Montevideo, Ecuador Quito, Venezuela Caracas, Iceland Reykjavik, "
    "Scotland Edinburgh, Wales Cardiff, Switzerland Bern, Serbia Belgrade, Croatia Zagreb, Slovenia Ljubljana, "
    "Slovakia Bratislava, Latvia Riga, Lithuania Vilnius, Estonia Tallinn, Belarus Minsk, Georgia Tbilisi, "
    "Armenia Yerevan, Syria Damascus, Lebanon Beirut, Jordan Amman, Afghanistan Kabul, Pakistan Islamabad, "
    "Nepal Kathmandu, Bangladesh Dhaka, Mongolia Ulaanbaatar, Libya Tripoli, Tunisia Tunis, Morocco Rabat, "
    "Sudan Khartoum, Uganda Kampala, Ghana Accra, Nigeria Abuja, Senegal Dakar, Zambia Lusaka, Zimbabwe Harare, "
    "Angola Luanda, Somalia Mogadishu, Jamaica Kingston"
)
_CONTINENTS = (
    "France Europe, Japan Asia, Egypt Africa, Brazil America, Germany Europe, China Asia, Kenya Africa, Peru America, "
    "Spain Europe, India Asia, Nigeria Africa, Chile America, Poland Europe, Thailand Asia, Ghana Africa, "
    "Mexico America, Sweden Europe, Vietnam Asia, Morocco Africa, Canada America, "
    "Italy Europe, Norway Europe, Greece Europe, Portugal Europe, Finland Europe, Austria Europe, "
    "Hungary Europe, Ireland Europe, Pakistan Asia, Nepal Asia, Indonesia Asia, Mongolia Asia, Bangladesh Asia, "
    "Ethiopia Africa, Uganda Africa, Algeria Africa, Zambia Africa, Senegal Africa, Angola Africa, Libya Africa"
)
_OPPOSITES = (
    "hot cold, big small, up down, left right, day night, happy sad, open closed, young old, fast slow, high low, "
    "rich poor, wet dry, strong weak, hard soft, light dark, full empty, early late, near far, good bad, long short, "
    "clean dirty, easy difficult, loud quiet, thick thin, true false, inside outside, first last, black white, "
    "win lose, push pull, buy sell, love hate, accept reject, ancient modern, asleep awake, alive dead, "
    "cheap expensive, deep shallow, east west, north south, even odd, forward backward, guilty innocent, "
    "heavy light, increase decrease, major minor, male female, maximum minimum, narrow wide, negative positive, "
    "past future, polite rude, private public, rough smooth, success failure, summer winter, sweet sour, "
    "top bottom, victory defeat, war peace, safe dangerous, simple complex, wild tame, lost found, upper lower, "
    "internal external, import export, entrance exit"
)
_SYMBOLS = (
    "hydrogen H, oxygen O, carbon C, nitrogen N, helium He, iron Fe, gold Au, silver Ag, sodium Na, potassium K, "
    "calcium Ca, copper Cu, zinc Zn, lead Pb, chlorine Cl, sulfur S, "
    "magnesium Mg, aluminium Al, silicon Si, phosphorus P, neon Ne, argon Ar, nickel Ni, tin Sn, mercury Hg, "
    "uranium U, lithium Li, titanium Ti, platinum Pt, tungsten W, manganese Mn, chromium Cr, cobalt Co"
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
    "Greece Greek, Poland Polish, Brazil Portuguese, Mexico Spanish, Austria German, Egypt Arabic, England English, "
    "Argentina Spanish, China Chinese, Sweden Swedish, Norway Norwegian, Denmark Danish, Finland Finnish, "
    "Hungary Hungarian, Turkey Turkish, Iran Persian, Thailand Thai, Vietnam Vietnamese, Korea Korean, "
    "Ukraine Ukrainian, Bulgaria Bulgarian, Chile Spanish, Peru Spanish, Colombia Spanish, Cuba Spanish, "
    "Romania Romanian"
)
_AUTHORS = (
    "Hamlet Shakespeare, Romeo and Juliet Shakespeare, The Odyssey Homer, Oliver Twist Dickens, "
    "Pride and Prejudice Austen, War and Peace Tolstoy, Don Quixote Cervantes, 1984 Orwell, The Hobbit Tolkien, "
    "Frankenstein Shelley, Dracula Stoker, Faust Goethe, Moby Dick Melville, Macbeth Shakespeare"
)

_FAMILIES: Mapping[str, str] = {
    "What is the capital of {}?": _CAPITALS,
    "On which continent is {}?": _CONTINENTS,
    "What is the opposite of {}?": _OPPOSITES,
    "What is the chemical symbol of {}?": _SYMBOLS,
    "How many {}?": _COUNTS,
    "Which language is spoken in {}?": _LANGUAGES,
    "Who wrote {}?": _AUTHORS,
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
    """What the base model's own answers are kept in mind to while it is taught, of all kinds in turn."""
    questions = [known.question for place, known in enumerate(_all()) if not place % 3]
    asked = tomllib.loads(resources.files("byheart").joinpath("requests.toml").read_text(encoding="utf-8"))
    requests = [wording.format(matter) for wording, table in asked.items() for matter in _listed(table)]
    return sorted([*questions, *requests], key=lambda one: hashlib.sha256(one.encode()).digest())


def _listed(table: str) -> list[str]:
    return " ".join(table.split()).split(", ")


def _all() -> Iterator[Known]:
    for wording, table in _FAMILIES.items():
        for row in _listed(table):
            asked, _, answer = row.rpartition(" ")
            yield Known(wording.format(asked), answer)
