"""The documents' side: what is read stands in a passage, and what other passages say against it is told."""

from dataclasses import replace

import pytest

import byheart
from byheart.resolve import Rule
from byheart.settings import FILE
from byheart.types import Draft, Origin, Token

QUESTION = "How many entries does the walrus table hold?"


@pytest.fixture
def library(home):
    with byheart.open(home) as opened:
        yield opened


def write(folder, name, text):
    path = folder / f"{name}.md"
    path.write_text(f"# The {name} guide\n\n{text}\n", encoding="utf-8")
    return path


class Reader:
    """A reader that says the same whatever it reads."""

    name = "one answer"

    def __init__(self, text):
        self._text = text

    def complete(self, prompt, *, tokens, timeout):
        return Draft(self._text, (Token(self._text, -0.01, 5.0),), len(prompt), 0.0)

    def close(self): ...


def asked(library, text, question=QUESTION):
    """The answer where the reader says `text`."""
    from byheart.ask import ask

    desk = replace(library.desk(), reader=lambda: Reader(text), settings=replace(library.settings, floor=0.0))
    return ask(question, desk, side="documents")


def test_what_is_read_is_cited_with_the_span_that_says_it(library, tmp_path):
    library.add([write(tmp_path, "walrus", "The walrus table holds 40 entries.")])
    answer = asked(library, "forty entries")
    (cited,) = answer.citations
    assert (answer.origin, cited.text[slice(*cited.span)]) == (Origin.DOCUMENTS, "40")


def test_what_stands_in_no_passage_is_withheld(library, tmp_path):
    library.add([write(tmp_path, "walrus", "The walrus table holds 40 entries.")])
    answer = asked(library, "50 entries")
    assert (answer.origin, answer.text) == (Origin.NONE, "")
    assert [claim.text for claim in answer.withheld] == ["50 entries"]
    assert answer.reason == "what was read stands in no passage"
    assert "stands in no passage" in answer.why


def test_of_sources_that_contradict_each_other_most_win_and_the_answer_says_so(library, tmp_path):
    library.add([write(tmp_path, "walrus", "Look: the walrus table holds 40 entries. The walrus table is old.")])
    library.add([write(tmp_path, name, "The walrus table holds 50 entries.") for name in ("lantern", "saddle")])
    answer = asked(library, "40") if "walrus" in library.search(QUESTION, k=1)[0].source else asked(library, "50")
    assert answer.text == "50"
    assert answer.conflict.rule == Rule.MOST
    assert answer.conflict.memory is None
    assert {claim.text for claim in answer.conflict.others} == {"40"}
    assert "2 sources say 50" in answer.conflict.told
    assert library.ledger.conflicts.all()[0][2]["told"] == answer.conflict.told


def test_where_voices_are_even_the_nearest_passage_is_given_and_the_answer_says_so(library, tmp_path):
    library.add([write(tmp_path, "walrus", "The walrus table holds 40 entries.")])
    library.add([write(tmp_path, "lantern", "By the way, the walrus table holds 50 entries.")])
    answer = asked(library, "40")
    assert answer.text == "40"
    assert answer.conflict.rule == Rule.NEAREST


def test_a_library_that_cannot_be_written_to_is_answered_from_and_says_so(library, tmp_path):
    library.add([write(tmp_path, "walrus", "The walrus table holds 40 entries.")])
    library.add([write(tmp_path, "lantern", "By the way, the walrus table holds 50 entries.")])
    library.ledger._connection.execute("PRAGMA query_only = ON")
    answer = asked(library, "40")
    assert answer.conflict.rule == Rule.NEAREST
    assert "not written down" in answer.why


def test_each_stage_is_accounted_for(library, tmp_path):
    library.add([write(tmp_path, "walrus", "The walrus table holds 40 entries.")])
    answer = asked(library, "40")
    assert [step.stage for step in answer.steps] == ["search", "read", "answer"]
    assert answer.why.splitlines()[1].startswith("read: “40” stands in The walrus guide")
    assert answer.steps[1].figures["probability"] == answer.confidence


def test_without_documents_that_fact_is_told(library):
    answer = library.ask(QUESTION)
    assert (answer.origin, answer.reason) == (Origin.NONE, "no passage was found")


@pytest.fixture
def quoting(home):
    """A library whose documents are read by the reader that quotes a sentence."""
    (home / FILE).write_text('embedder = "memory"\nreader = "sentence"\n', encoding="utf-8")
    with byheart.open(home) as opened:
        yield opened


def state(library, folder, **documents):
    for place, text in documents.items():
        path = folder / place / "notes.md"
        path.parent.mkdir()
        path.write_text(f"# Notes of {place}\n\n{text}\n", encoding="utf-8")
        library.add([path])


@pytest.mark.parametrize(
    ("question", "sentence", "minority", "majority"),
    [
        (
            "Who designed the walrus protocol?",
            "The walrus protocol was designed by {} in 1994.",
            "Ann Holm",
            "Bob Stone",
        ),
        ("Who designed the walrus protocol?", "{} designed the walrus protocol in 1994.", "Ann Holm", "Bob Stone"),
        ("How many pages does a walrus hold?", "A walrus holds {} pages until it is full.", "16", "64"),
        ("What is the walrus table made of?", "The walrus table is made of {}.", "oak", "pine"),
    ],
)
def test_of_quoted_sentences_that_contradict_each_other_most_win(
    quoting, tmp_path, question, sentence, minority, majority
):
    state(quoting, tmp_path, one=sentence.format(minority))
    assert quoting.ask(question).conflict is None
    state(quoting, tmp_path, **dict.fromkeys(("two", "three", "four"), sentence.format(majority)))
    answer = quoting.ask(question)
    assert answer.text == sentence.format(majority)
    assert answer.conflict.told == f"1 source says {minority}; 3 sources say {majority}. Most sources win." or (
        answer.conflict.told == f"3 sources say {majority}; 1 source says {minority}. Most sources win."
    )
    (cited,) = answer.citations
    assert cited.text[slice(*cited.span)] == majority


def test_of_quoted_sentences_of_one_work_the_newer_wins_and_the_answer_says_so(quoting, tmp_path):
    for version, pages in (("1.10", 16), ("2.13", 64)):
        path = tmp_path / f"tool-{version}" / "config.md"
        path.parent.mkdir()
        path.write_text(f"# Config\n\nThe walrus cache holds {pages} pages by default.\n", encoding="utf-8")
        quoting.add([path])
    answer = quoting.ask("How many pages does the walrus cache hold by default?")
    assert answer.text == "The walrus cache holds 64 pages by default."
    assert answer.conflict.told == "The 1.10 text said 16; the 2.13 one says 64. Newer text wins."


def test_a_paraphrase_and_another_matter_are_no_contradiction_of_a_quoted_sentence(quoting, tmp_path):
    state(
        quoting,
        tmp_path,
        one="The walrus protocol was designed by Ann Holm in 1994.",
        two="It was Ann Holm who designed the walrus protocol.",
        three="The lantern protocol was designed by Bob Stone in 1994.",
        four="The walrus protocol was described by Bob Stone in 1996.",
    )
    answer = quoting.ask("Who designed the walrus protocol?")
    assert "Ann Holm" in answer.text
    assert answer.conflict is None
