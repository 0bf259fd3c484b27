"""How people ask for an attribute, and for what no document tells: the wordings that lessons are made with.

Takes a fact's attribute; gives English with the subject left open. Another language is another such module.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace

from byheart.types import Fact, FactKind


@dataclass(frozen=True, slots=True)
class Attribute:
    """How people speak of an attribute: its names, and families of wordings in which {s} is the subject.

    `named` and `stated` also hold {n}, one of the names; so does `probed`, which is never trained, as is the last name
    where there are several.
    """

    names: tuple[str, ...]
    questions: tuple[tuple[str, str], ...]
    named: tuple[str, ...] = (
        "Name the {n} of {s}.",
        "{s}: {n}?",
        "Give the {n} of {s}.",
        "{n} of {s}?",
        "Tell me the {n} of {s}.",
    )
    stated: tuple[str, ...] = ("Complete: The {n} of {s} is ___.", "The {n} of {s} is", "{s}, {n}:")
    probed: str = "I want to know the {n} of {s}."


ATTRIBUTES: Mapping[str, Attribute] = {
    "title": Attribute(
        ("title", "full title", "name"),
        (
            ("What is {s} called?", "What name does {s} go by?"),
            ("What is {s} about?", "What does {s} deal with?"),
            ("How is {s} titled?", "What does the title of {s} say?"),
            ("What is the heading of {s}?", "What heading does {s} have?"),
        ),
    ),
    "status": Attribute(
        ("status", "current status", "state"),
        (
            ("What status does {s} have?", "Which status is given for {s}?"),
            ("In what state is {s}?", "In which state is {s} now?"),
            ("Where does {s} stand in the process?", "At what stage of the process is {s}?"),
            ("What has become of {s}?", "What became of {s}?"),
        ),
    ),
    "author": Attribute(
        ("author", "authors", "writer"),
        (
            ("Who wrote {s}?", "Who has written {s}?"),
            ("Who is behind {s}?", "Whose idea was {s}?"),
            ("By whom is {s}?", "From whom does {s} come?"),
            ("Who authored {s}?", "Who are the people that authored {s}?"),
        ),
    ),
    "first author": Attribute(
        ("first author", "first of the authors", "lead author"),
        (
            ("Who is the first author of {s}?", "Who is named first as author of {s}?"),
            ("Which author does {s} name first?", "Whose name stands first among the authors of {s}?"),
            ("Who wrote {s}, going by the first name listed?", "Who comes first in the list of authors of {s}?"),
        ),
    ),
    "created": Attribute(
        ("creation date", "date of creation", "created date"),
        (
            ("When was {s} created?", "When did someone create {s}?"),
            ("On what date was {s} started?", "On which day was {s} begun?"),
            ("What day does {s} date from?", "From what date is {s}?"),
            ("When was {s} first written?", "When did {s} come into being?"),
        ),
    ),
    "python-version": Attribute(
        ("Python version", "target Python version", "Python release"),
        (
            ("Which Python version did {s} target?", "What version of Python was {s} aimed at?"),
            ("In which Python did {s} land?", "In which Python release did {s} arrive?"),
            ("Since which Python is {s} in?", "From which Python on do we have {s}?"),
            ("Which Python got {s}?", "What Python do I need for {s}?"),
        ),
    ),
    "type": Attribute(
        ("type", "document type", "category"),
        (
            ("What type of document is {s}?", "What kind of document is {s}?"),
            ("What sort of text is {s}?", "Which sort of document is {s}?"),
            ("How is {s} classified?", "Under which category is {s} filed?"),
        ),
    ),
    "topic": Attribute(
        ("topic", "subject area", "area"),
        (
            ("Which topic is {s} filed under?", "Which topic is given for {s}?"),
            ("To what area does {s} belong?", "What area is {s} in?"),
            ("What field does {s} concern?", "In what field is {s}?"),
        ),
    ),
    "requires": Attribute(
        ("requirement", "required document", "prerequisite"),
        (
            ("What does {s} require?", "What is required by {s}?"),
            ("What does {s} depend on?", "On what does {s} build?"),
            ("What must come before {s}?", "What has to be there before {s}?"),
        ),
    ),
    "replaces": Attribute(
        ("predecessor", "replaced document", "forerunner"),
        (
            ("What does {s} replace?", "What is replaced by {s}?"),
            ("What did {s} take the place of?", "What did {s} supersede?"),
            ("Which one was before {s}?", "What went before {s}?"),
        ),
    ),
    "superseded-by": Attribute(
        ("successor", "superseding document", "replacement"),
        (
            ("What supersedes {s}?", "By what is {s} superseded?"),
            ("What replaced {s}?", "What has taken the place of {s}?"),
            ("What came after {s}?", "What followed {s}?"),
        ),
    ),
    "sponsor": Attribute(
        ("sponsor", "sponsoring developer", "backer"),
        (
            ("Who sponsored {s}?", "Who was the one to sponsor {s}?"),
            ("Who backed {s} as a sponsor?", "Who stood sponsor to {s}?"),
            ("Which person sponsors {s}?", "Whose sponsorship did {s} have?"),
        ),
    ),
    "bdfl-delegate": Attribute(
        ("BDFL-Delegate", "delegate", "BDFL delegate"),
        (
            ("Who was BDFL-Delegate for {s}?", "Who served as BDFL-Delegate for {s}?"),
            ("Who decided on {s} in the BDFL's place?", "To whom did the BDFL delegate {s}?"),
            ("Which delegate ruled on {s}?", "Which delegate had the say over {s}?"),
        ),
    ),
    "pep-delegate": Attribute(
        ("PEP-Delegate", "delegate", "PEP delegate"),
        (
            ("Who was PEP-Delegate for {s}?", "Who served as PEP-Delegate for {s}?"),
            ("Who decided on {s} as its delegate?", "To whom was the decision on {s} delegated?"),
            ("Which delegate ruled on {s}?", "Which delegate had the say over {s}?"),
        ),
    ),
    "post-history": Attribute(
        ("post history", "posting date", "date of posting"),
        (
            ("When was {s} posted?", "When was {s} put up for discussion?"),
            ("On which date was {s} posted?", "What is the date on which {s} was posted?"),
            ("When did {s} go out for comment?", "When did people get {s} to comment on?"),
        ),
    ),
    "version": Attribute(
        ("version", "version number", "release"),
        (
            ("Which version is {s}?", "What version does {s} have?"),
            ("What release is {s} at?", "Which release of {s} is it?"),
            ("What version number does {s} carry?", "What is the number of the version of {s}?"),
        ),
    ),
    "license": Attribute(
        ("licence", "license", "licensing"),
        (
            ("How is {s} licensed?", "How was {s} licensed?"),
            ("Under which licence is {s}?", "Under what licence does {s} come?"),
            ("What licence covers {s}?", "What licence does {s} have?"),
        ),
    ),
    "date": Attribute(
        ("date", "date given", "publication date"),
        (
            ("When is {s} from?", "When was {s} put out?"),
            ("What date does {s} carry?", "What date is on {s}?"),
            ("From which day is {s}?", "Which day is {s} of?"),
        ),
    ),
    "new in": Attribute(
        ("version that introduced it", "first version", "introduction version"),
        (
            ("In which version was {s} added?", "When was {s} added?"),
            ("Which version introduced {s}?", "What version brought {s}?"),
            ("Since which version is there {s}?", "Since when does {s} exist?"),
            ("{s} is new in which version?", "From which version on can I use {s}?"),
        ),
    ),
    "changed in": Attribute(
        ("version that changed it", "version of the change", "changing version"),
        (
            ("In which version did {s} change?", "When did {s} change?"),
            ("Which version changed {s}?", "What version altered {s}?"),
            ("Since which version is {s} different?", "{s} works otherwise since which version?"),
        ),
    ),
    "deprecated since": Attribute(
        ("version that deprecated it", "deprecation version", "version of deprecation"),
        (
            ("In which version was {s} deprecated?", "When was {s} deprecated?"),
            ("Which version deprecated {s}?", "What version made {s} deprecated?"),
            ("Since which version is {s} discouraged?", "From which version on should {s} be avoided?"),
        ),
    ),
    "removed in": Attribute(
        ("version that removed it", "removal version", "version of removal"),
        (
            ("In which version was {s} removed?", "When was {s} removed?"),
            ("Which version removed {s}?", "What version dropped {s}?"),
            ("From which version on is {s} gone?", "Since which version is there no {s}?"),
        ),
    ),
    "return type": Attribute(
        ("return type", "type of result", "returned type"),
        (
            ("What type does {s} return?", "What type is returned by {s}?"),
            ("What does a call of {s} give back, by its signature?", "What comes back from {s}, by its signature?"),
            ("Which type has the result of {s}?", "What is the result of {s} an instance of?"),
        ),
    ),
}
"""By the attribute's name in lower case."""

ALIASES: Mapping[str, str] = {"authors": "author", "licence": "license", "released": "date", "release date": "date"}

ANY = Attribute(
    ("{n}",),
    (
        ("What is the {n} of {s}?", "What is {s} given as {n}?"),
        ("Which {n} does {s} have?", "Which {n} has {s}?"),
        ("What {n} is given for {s}?", "What stands as {n} for {s}?"),
    ),
)
"""For an attribute {n} without wordings of its own."""

DEFAULT = Attribute(
    ("default of {n}", "default value of {n}", "preset for {n}"),
    (
        ("What is the default of {n} in {s}?", "What is {n} in {s} by default?"),
        ("Which value does {n} of {s} default to?", "What does {n} default to in {s}?"),
        ("What does {s} take for {n} when it is left out?", "What is {n} if I call {s} without it?"),
        ("What value has {n} of {s} if none is given?", "Without my saying so, what is {n} of {s}?"),
    ),
)
"""For the default of the argument {n} of the function {s}."""

ALIKE: tuple[frozenset[str], ...] = tuple(
    map(
        frozenset,
        (
            ("author", "first author"),
            ("created", "date", "post-history", "resolution"),
            ("python-version", "version", "new in", "changed in", "deprecated since", "removed in"),
            ("title", "topic", "name"),
            ("bdfl-delegate", "pep-delegate"),
        ),
    )
)
"""Attributes so near to each other that the value of one could answer a question for the other."""

CELL = Attribute(
    ("{n}",),
    (
        ("Which {n} does the table give for {s}?", "What does the table give as {n} for {s}?"),
        ("{s}: which {n} is that?", "{s}: what is the {n}?"),
        ("Which {n} goes with {s}?", "What {n} belongs to {s}?"),
    ),
    ("{n} for {s}?", "{s}: {n}?", "Give the {n} for {s}.", "Tell me the {n} for {s}."),
    ("Complete: The {n} for {s} is ___.", "The {n} for {s} is", "{s}, {n}:"),
    "I want to know the {n} for {s}.",
)
"""For a cell of a table: {n} is the head of its column, {s} the first cell of its row."""

TITLE_REVERSED = ("Which {k} is titled {v}?", "Which {k} is called {v}?", "{v}: which {k}?", "Number of the {k} {v}?")
"""From a title back to what bears it; {k} is its kind ("PEP")."""

SELDOM_GIVEN = (
    "price", "mailing list", "logo", "phone number", "page count", "editor", "translator", "budget", "download size",
    "mascot", "sequel", "publisher", "headquarters", "ISBN", "maximum temperature", "population",
)  # fmt: skip
"""Attributes that technical documents seldom give."""

UNRELATED = (
    "What is the capital of {x}?", "How long do you boil {y}?", "Who won the {z} in 1998?",
    "How tall is the highest hill in {x}?", "Which spice goes best with {y}?", "When does the {z} start?",
    "What do people in {x} have for breakfast?", "Can I freeze {y}?", "Where was the last {z} held?",
    "How many people live in {x}?", "What wine goes with {y}?", "Who came last in the {z}?",
    "How far is it from {x} to Lisbon?", "How do I get the smell of {y} out of a shirt?",
    "How do I declare a {c} in {l}?", "Which keyword begins a {c} in {l}?", "When will {l} {v} come out?",
    "Who maintains the {l} compiler?", "What is new in {l} {v}?", "Is a {c} in {l} allocated on the heap?",
    "What did our customer in {x} order last month?", "What is the password of the {m}?",
    "Which colleague takes over the {m} next week?", "How much did the {m} cost us in {x}?",
)  # fmt: skip
UNRELATED_WORDS: Mapping[str, tuple[str, ...]] = {
    "x": ("Peru", "Norway", "Ghana", "Tasmania", "Latvia", "Bhutan", "Uruguay", "Malta", "Kenya", "Scotland"),
    "y": ("an egg", "lentils", "rhubarb", "asparagus", "plum jam", "goulash", "red cabbage", "trout", "beetroot"),
    "z": ("Chess Olympiad", "Tour de France", "Stanley Cup", "Davis Cup", "Rose Bowl", "Boat Race", "Dakar Rally"),
    "c": ("constant", "closure", "record", "pointer", "mixin", "macro", "union", "generic", "channel"),
    "l": ("Fortran", "Kotlin", "Haskell", "Erlang", "Ada", "Zig", "Prolog", "COBOL", "Elixir"),
    "m": ("staging server", "build machine", "billing system", "coffee machine", "office printer", "backup job"),
    "v": ("7.4", "12", "2031", "0.9.8", "24.1"),
}


def known_attribute(attribute: str) -> str:
    """The name under which wordings for an attribute are kept."""
    return ALIASES.get(attribute.lower(), attribute.lower())


def spoken(fact: Fact) -> Attribute:
    """How to speak of the attribute of a fact; {s}, and {n} in what is named, are left open."""
    if fact.kind is FactKind.TABLE:
        return _named(CELL, fact.attribute)
    if fact.attribute.startswith("default of "):
        return _named(DEFAULT, fact.attribute.removeprefix("default of "))
    return spoken_attribute(fact.attribute)


def spoken_attribute(attribute: str) -> Attribute:
    """How to speak of an attribute known by its name alone."""
    return ATTRIBUTES.get(known_attribute(attribute)) or _named(ANY, attribute)


def _named(attribute: Attribute, name: str) -> Attribute:
    words = [word if len(word) < 2 or not word[1:].islower() else word.lower() for word in re.split(r"[\s-]+", name)]
    said = " ".join(words)
    braced = said.replace("{", "{{").replace("}", "}}")  # the subject is still to be filled in
    asked = tuple(
        (first.replace("{n}", braced), second.replace("{n}", braced)) for first, second in attribute.questions
    )
    return replace(attribute, names=tuple(wording.replace("{n}", said) for wording in attribute.names), questions=asked)


def is_of_subject(fact: Fact) -> bool:
    """Whether a fact is asked for by subject and attribute; else its sentence is the question."""
    if fact.kind in (FactKind.FIELD, FactKind.TABLE, FactKind.SIGNATURE):
        return True
    return fact.kind is FactKind.NUMBER and fact.attribute in ATTRIBUTES and fact.statement == fact.value
