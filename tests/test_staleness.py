"""What documents of today say of what was taught: still, otherwise, in a newer text otherwise, or nothing any more."""

import pytest

from byheart.ledger import Ledger
from byheart.types import FactKind, Support
from test_ledger import fact_in, record, study


@pytest.fixture
def ledger(tmp_path):
    with_ledger = Ledger.create(tmp_path)
    yield with_ledger
    with_ledger.close()


def taught(ledger, question):
    return ledger.look_around(question).taught[0]


def number(passage, value):
    return fact_in(passage, value, subject="", attribute="number", kind=FactKind.NUMBER)


def test_a_changed_value_is_on_record_with_both_passages_and_both_days(ledger):
    revision, passages = record(ledger, "/w/a.rst", "The walrus limit is 40 entries by default.")
    study(ledger, revision, passages, number(passages[0], "40"))
    record(ledger, "/w/a.rst", "The walrus limit is 50 entries by default.", added="2026-01-05")
    found = taught(ledger, "What is the walrus limit?")
    assert (found.support, found.instead.text) == (Support.CHANGED, "50")
    cited = found.instead.citation
    assert cited.text[slice(*cited.span)] == "50"
    assert (ledger.studies.learned_from(found).text, found.revision.added, cited.added) == (
        "The walrus limit is 40 entries by default.",
        "2026-01-01",
        "2026-01-05",
    )


def test_a_sentence_that_was_only_moved_still_stands_and_a_reworded_one_does_not(ledger):
    revision, passages = record(ledger, "/w/a.rst", "The walrus limit is 40 entries by default. More.", "Other words.")
    study(ledger, revision, passages, number(passages[0], "40"))
    record(ledger, "/w/a.rst", "Other words.", "Moved. The walrus limit is 40 entries by default.", added="2026-01-05")
    assert taught(ledger, "walrus limit").support is Support.STILL
    record(ledger, "/w/a.rst", "By default a walrus holds 40 entries.", added="2026-01-06")
    found = taught(ledger, "walrus limit")
    assert (found.support, found.instead) == (Support.CHANGED, None)


def test_a_longer_number_does_not_say_the_shorter_one(ledger):
    revision, passages = record(ledger, "/w/a.rst", "limit: 1\nsize: 2")
    study(ledger, revision, passages, fact_in(passages[0], "1", attribute="limit"))
    record(ledger, "/w/a.rst", "limit: 10\nsize: 2", added="2026-01-05")
    found = taught(ledger, "limit of PEP 1")
    assert (found.support, found.instead.text) == (Support.CHANGED, "10")


def test_of_two_alike_lines_only_the_one_that_changed_is_stale(ledger):
    text = "foo()\nadded in 3.5\nbar()\nadded in 3.5"
    revision, passages = record(ledger, "/w/a.rst", text)
    first = fact_in(passages[0], "3.5", subject="foo", attribute="added")
    study(ledger, revision, passages, first)
    record(ledger, "/w/a.rst", "foo()\nadded in 3.6\nbar()\nadded in 3.5", added="2026-01-05")
    assert taught(ledger, "When was foo added?").support is Support.CHANGED


def test_a_text_of_an_older_version_added_later_takes_nothing_back(ledger):
    revision, passages = record(ledger, "/w/tool-2.0/a.rst", "The walrus limit is 50 entries.", version="2.0")
    study(ledger, revision, passages, number(passages[0], "50"))
    record(ledger, "/w/tool-1.0/a.rst", "The walrus limit is 40 entries.", version="1.0", added="2026-01-05")
    near = ledger.look_around("What is the walrus limit?")
    assert near.taught[0].support is Support.STILL
    assert near.moved == ()


def test_a_newer_text_beside_the_old_one_supersedes_what_it_no_longer_says(ledger):
    texts = "The walrus limit is 40 entries.", "The lantern limit is 7 entries."
    revision, passages = record(ledger, "/w/tool-1.0/a.rst", *texts, version="1.0")
    study(ledger, revision, passages, number(passages[0], "40"), number(passages[1], "7"))
    record(ledger, "/w/tool-2.0/a.rst", "The walrus limit is 50 entries.", texts[1], version="2.0", added="2026-01-05")
    changed, kept = taught(ledger, "walrus limit"), taught(ledger, "lantern limit")
    assert (changed.support, changed.instead.text, changed.edition) == (Support.SUPERSEDED, "50", "1.0")
    assert (kept.support, kept.stands_in) == (Support.STILL, "/w/tool-1.0/a.rst")
    ledger.withdraw("/w/tool-1.0/a.rst")
    kept = taught(ledger, "lantern limit")
    assert (kept.support, kept.stands_in) == (Support.STILL, "/w/tool-2.0/a.rst")
    assert ledger.studies.learned_from(kept).source == "/w/tool-2.0/a.rst"


def test_two_values_in_the_place_of_one_are_no_plain_change(ledger):
    revision, passages = record(ledger, "/w/a.rst", "The walrus limit is 40 entries.")
    study(ledger, revision, passages, number(passages[0], "40"))
    record(ledger, "/w/a.rst", "The walrus limit is 50 entries.", "The walrus limit is 60 entries.", added="2026-01-05")
    assert taught(ledger, "walrus limit").instead is None


def test_what_no_study_saw_is_listed_by_document(ledger):
    revision, passages = record(ledger, "/w/a.rst", "one text", "another text")
    study(ledger, revision, passages)
    assert ledger.studies.unseen() == []
    record(ledger, "/w/a.rst", "one text", "a third text", added="2026-01-05")
    record(ledger, "/w/b.rst", "a fourth text", title="B")
    assert [[passage.text for passage in held] for held in ledger.studies.unseen()] == [
        ["a third text"],
        ["a fourth text"],
    ]


def test_a_ledger_of_the_version_before_is_upgraded_with_its_study(ledger):
    revision, passages = record(ledger, "/w/a.rst", "The walrus limit is 40 entries by default.")
    study(ledger, revision, passages, number(passages[0], "40"))
    with ledger.writing() as connection:
        for table in ("edition", "today", "moved"):
            connection.execute(f"DROP TABLE {table}")
        connection.execute("CREATE TABLE moved(source INTEGER, passage INTEGER)")
        connection.execute("UPDATE fact SET evidence = 'of an older form'")
        connection.execute("PRAGMA user_version = 1")
    ledger.close()
    upgraded = Ledger.open(ledger.folder)
    assert taught(upgraded, "walrus limit").support is Support.STILL
    record(upgraded, "/w/a.rst", "The walrus limit is 50 entries by default.", added="2026-01-05")
    assert taught(upgraded, "walrus limit").instead.text == "50"
    upgraded.close()
