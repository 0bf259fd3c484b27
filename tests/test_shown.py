import json
import re
from dataclasses import replace

import pytest

from byheart import shown
from byheart.ledger import Source
from byheart.outcomes import Added, Exported, Skipped
from byheart.types import Answer, Citation, Claim, Conflict, Hit, Holding, Origin, Revision, Step, Support
from conftest import plain

HEADER = Citation("/books/peps/pep-0634.rst", "PEP 634", (), 0, 80, "PEP: 634\nPython-Version: 3.10")
ABSTRACT = Citation("/books/peps/pep-0634.rst", "PEP 634", ("PEP 634", "Abstract"), 90, 190, "This PEP " * 40)
LEARNED = replace(HEADER, support=Support.STILL)
RECALLED = Answer("q", "3.10", Origin.MEMORY, 0.971, (LEARNED,), 0.0912, {"recall": 0.081}, "recalled")
UNKNOWN = Answer("q", "", Origin.NONE, 0.12, (ABSTRACT,), 1.31, {}, "the passages found do not tell")


pytestmark = pytest.mark.usefixtures("terminal")


def test_an_answer_from_memory_says_where_it_was_learned_and_what_that_says_today():
    assert plain(shown.answer(RECALLED)) == (
        "  3.10                                  from memory · 97 % sure · 0.09 s\n"
        "  learned from peps/pep-0634.rst, header (still says so)"
    )


def test_a_looked_up_answer_says_where_it_was_read():
    looked_up = replace(RECALLED, origin=Origin.DOCUMENTS, citations=(ABSTRACT,))
    assert "looked up · 97 % sure" in plain(shown.answer(looked_up))
    assert "read in peps/pep-0634.rst, Abstract" in plain(shown.answer(looked_up))


def test_an_unknown_answer_says_why_and_shows_the_nearest_passages_briefly():
    said = plain(shown.answer(UNKNOWN))
    assert said.startswith("  not known ")
    assert "best guess 12 % sure" in said
    assert "the passages found do not tell" in said
    assert "peps/pep-0634.rst, Abstract" in said
    assert said.endswith("…")


def test_without_any_candidate_no_guess_is_rated():
    assert "sure" not in plain(shown.answer(replace(UNKNOWN, confidence=0.0)))


def test_that_a_version_is_not_held_is_told_beside_the_answer():
    caveat = "No text for 1.9 is held; this is what the 2.13 one says."
    assert caveat in plain(shown.answer(replace(RECALLED, caveat=caveat)))


def test_a_conflict_is_told_in_words():
    told = "The 1.0 text said 3.9; the 1.1 one says 3.10. Newer text wins."
    learned, abstract = replace(LEARNED, dated="2020-09-12"), replace(ABSTRACT, added="2026-11-24T05:00:00+00:00")
    conflict = Conflict(
        Claim("3.9", 0.95, learned), Claim("3.10", 0.8, abstract), Origin.DOCUMENTS, "newer text wins", told
    )
    said = " ".join(plain(shown.answer(replace(RECALLED, conflict=conflict))).split())
    assert told in said
    assert "“3.9” was learned from peps/pep-0634.rst, header (still says so), of 2020-09-12" in said
    assert "“3.10” was read in peps/pep-0634.rst, Abstract, read on 2026-11-24" in said


def test_what_is_looked_up_is_quoted_with_the_words_that_say_it_marked():
    text = "First.\n\nThe pattern came with Python 3.10, long ago."
    start = text.index("3.10")
    read = replace(ABSTRACT, text=text, span=(start, start + 4), edition="1.1")
    said = plain(shown.answer(replace(RECALLED, origin=Origin.DOCUMENTS, citations=(read,))))
    assert "read in peps/pep-0634.rst, Abstract (1.1)" in said
    assert "“The pattern came with Python «3.10», long ago.”" in said


def test_every_stage_is_shown_when_the_reason_is_asked_for():
    steps = (Step("recall", "“3.10”: recites PEP 634", {"tokens": 3.0}), Step("answer", "answered from memory"))
    said = plain(shown.answer(replace(RECALLED, steps=steps), why=True))
    assert re.search(r"recall +“3.10”: recites PEP 634 \[tokens 3\]", said)
    assert re.search(r"answer +answered from memory", said)


def test_an_ungated_recall_that_recites_nothing_says_so():
    assert "rests on no studied fact" in plain(shown.answer(replace(RECALLED, citations=())))


def test_a_reason_is_shown_when_it_is_asked_for():
    assert "why: recalled" not in plain(shown.answer(RECALLED))
    assert "why: recalled" in plain(shown.answer(RECALLED, why=True))
    assert "recall 81 ms" in plain(shown.answer(RECALLED, why=True))


def test_withheld_candidates_are_shown_when_the_reason_is_asked_for():
    withheld = replace(UNKNOWN, withheld=(Claim("3.9", 0.12, ABSTRACT),))
    assert "withheld: “3.9” (12 % sure)" in plain(shown.answer(withheld, why=True))


def test_a_probability_is_never_told_as_a_certainty():
    assert "99 % sure" in plain(shown.answer(replace(RECALLED, confidence=1.0)))
    assert " 1 % sure" in plain(shown.answer(replace(RECALLED, confidence=0.0)))


@pytest.mark.parametrize("columns", ["40", "80", "200"])
def test_lines_fit_the_terminal(monkeypatch, columns):
    monkeypatch.setenv("COLUMNS", columns)
    long = replace(RECALLED, text="several words " * 12, why="one reason and another " * 9)
    lines = plain(shown.answer(long, why=True) + "\n" + shown.answer(UNKNOWN)).splitlines()
    assert max(map(len, lines)) <= max(int(columns), 56)


def test_text_of_a_document_cannot_steer_the_terminal():
    hostile = replace(ABSTRACT, text="before \x1b[2J\x1b]0;title\x07 after")
    said = shown.answer(replace(UNKNOWN, citations=(hostile,), why="\x1b[31mred"))
    assert "\x1b[2J" not in said
    assert "\x1b[31m" not in said
    assert "\x07" not in said


def test_a_source_below_the_current_folder_is_shown_relative_to_it(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert shown.place(str(tmp_path / "a" / "b" / "c.rst")) == "a/b/c.rst"


def test_a_source_elsewhere_is_shown_by_its_last_parts(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert shown.place("/far/away/peps/pep-0634.rst") == "peps/pep-0634.rst"


def test_search_shows_rank_place_score_and_the_beginning():
    hit = Hit("The match statement " * 30, 0.93, "/books/peps/pep-0634.rst", ("Abstract",), 90, 190)
    first, *text = plain(shown.hits([hit])).splitlines()
    assert first.split() == ["1", "peps/pep-0634.rst,", "Abstract", "0.93"]
    assert len(text) == 2
    assert text[-1].endswith("…")


def test_what_was_added_is_counted_and_what_was_skipped_is_explained():
    done = Added(new=("a", "b"), unchanged=("c",), skipped=(Skipped("/x/y/scan.pdf", "no text in it: a scan?"),))
    said = plain(shown.added(done))
    assert said.startswith("2 new, 1 unchanged · 0 passages embedded")
    assert "1 file not searchable:" in said
    assert "y/scan.pdf: no text in it: a scan?" in said


def test_documents_are_listed_with_how_they_are_held_or_why_not():
    revision = Revision("/b/peps/a.rst", "d", "The Title", None, None, "2026")
    held = Source("/b/peps/a.rst", Holding.CORE, False, revision, "", 12)
    skipped = Source("/b/peps/b.pdf", Holding.REFERENCE, False, None, "no text in it", 0)
    said = plain(shown.documents([held, skipped]))
    assert re.search(r"core +12 +peps/a\.rst +The Title", said)
    assert "peps/b.pdf: no text in it" in said


def test_json_is_one_line_with_the_fields_of_an_answer():
    said = shown.as_json(RECALLED)
    told = json.loads(said)
    assert "\n" not in said
    assert (told["text"], told["origin"], told["citations"][0]["support"]) == ("3.10", "memory", "still says so")


def test_an_export_says_where_it_is_and_how_it_answered():
    done = Exported("/exports/books", "ollama", "q8_0", 2, 144_812_311, asked=183, agreed=182, identical=180)
    assert plain(shown.exported(done)).splitlines() == [
        "study 2 is in /exports/books (ollama, q8_0, 145 MB)",
        "  loaded again and asked 183 mastered questions: 182 answered as before (99 %), 180 word for word",
    ]
