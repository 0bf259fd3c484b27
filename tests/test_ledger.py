"""The ledger keeps documents, words and the list for the vector store in step, and knows what moved."""

import contextlib
import sqlite3

import numpy
import pytest

from byheart.errors import AlreadyALibrary, LibraryBusy, LibraryDamaged, LibraryTooNew, NotALibrary, UsageError
from byheart.ledger import FILE, Ledger
from byheart.outcomes import StudyRecord
from byheart.types import Document, Fact, FactKind, Holding, Learned, Passage, Placed, Revision, Support


@pytest.fixture
def ledger(tmp_path):
    with_ledger = Ledger.create(tmp_path)
    yield with_ledger
    with_ledger.close()


def record(ledger, source, *texts, title="A Work", added="2026-01-01", holding=Holding.CORE, version=None):
    """Makes `texts` the passages of `source`; gives their ids."""
    document = Document("\n\n".join(texts), title, ())
    placed, start = [], 0
    for text in texts:
        placed.append(Placed(Passage(f"{title}/{text}", title, ("Head",), text), start, start + len(text)))
        start += len(text) + 2
    revision = Revision(source, f"{source}-{added}", title, version, None, added)
    vectors = {p.passage.id: numpy.ones(3, numpy.float32) for p in placed}
    ledger.record(revision, document, placed, vectors, holding)
    return revision, [p.passage for p in placed]


def fact_in(passage, value, *, subject="PEP 1", attribute="Status", kind=FactKind.FIELD):
    start = passage.text.index(value)
    return Fact(
        f"{subject}{attribute}", kind, passage.id, start, start + len(value), value, passage.text, subject, attribute
    )


def study(ledger, revision, passages, *facts, number=1):
    made = StudyRecord(number, "base", "weights", "2026-01-02", True, len(facts), len(facts), 1.0, {"note": "x"})
    ledger.studies.finish(made, [Learned(fact, is_mastered=True) for fact in facts], {revision: passages})


def test_a_second_library_in_a_folder_is_refused(ledger):
    with pytest.raises(AlreadyALibrary):
        Ledger.create(ledger.folder)


def test_a_folder_without_a_library_is_told_apart(tmp_path):
    with pytest.raises(NotALibrary):
        Ledger.open(tmp_path)


def test_a_newer_ledger_is_refused(ledger):
    with sqlite3.connect(ledger.folder / FILE) as connection:
        connection.execute("PRAGMA user_version = 99")
    connection.close()
    with pytest.raises(LibraryTooNew):
        Ledger.open(ledger.folder)


def test_a_file_that_is_no_ledger_is_damaged(tmp_path):
    (tmp_path / FILE).write_bytes(b"not a database at all" * 100)
    with pytest.raises(LibraryDamaged):
        Ledger.open(tmp_path)


def test_a_ledger_whose_making_was_killed_is_made_on_opening(tmp_path):
    sqlite3.connect(tmp_path / FILE).close()
    (tmp_path / FILE).touch()
    ledger = Ledger.open(tmp_path)
    assert ledger.counts() == (0, 0)
    ledger.close()


def test_two_writers_do_not_mix(ledger):
    other = Ledger.open(ledger.folder)
    other._connection.execute("PRAGMA busy_timeout = 10")
    with ledger.writing(), pytest.raises(LibraryBusy):
        other.set_meta("x", "y")
    other.close()


def test_an_interrupted_transaction_leaves_what_was(ledger):
    record(ledger, "a.rst", "one text")
    with contextlib.suppress(KeyboardInterrupt), ledger.writing() as connection:
        connection.execute("DELETE FROM place")
        raise KeyboardInterrupt
    assert ledger.counts() == (1, 1)


def test_words_find_passages_by_stem_and_by_parts_of_identifiers(ledger):
    record(ledger, "a.rst", "Call set_xlabel to label axes.", "Something else entirely.")
    (hit,) = ledger.hits(ledger.words.find("Which method labels?", 5))
    assert hit.text == "Call set_xlabel to label axes."
    assert (hit.source, hit.heading, hit.start, hit.title) == ("a.rst", ("Head",), 0, "A Work")
    assert ledger.words.find("xlabel", 5)
    assert not ledger.words.find("banana", 5)


def test_a_changed_document_keeps_its_unchanged_passages_and_loses_the_others(ledger):
    record(ledger, "a.rst", "alpha stays", "beta goes")
    puts, vectors, drops = ledger.outbox.pending()
    assert (len(puts), vectors.shape, drops) == (2, (2, 3), [])
    ledger.outbox.settled(puts, drops)
    _, passages = record(ledger, "a.rst", "alpha stays", "gamma comes", added="2026-01-02")
    puts, _, drops = ledger.outbox.pending()
    assert puts == [passages[1].id]
    assert drops == ["A Work/beta goes"]
    assert not ledger.words.find("beta", 5)
    assert [placed.start for placed in ledger.passages("a.rst")] == [0, 13]


def test_a_passage_goes_only_with_its_last_place(ledger):
    record(ledger, "a.rst", "shared words")
    record(ledger, "b.rst", "shared words")
    ledger.withdraw("a.rst")
    (hit,) = ledger.hits(ledger.words.find("shared", 5))
    assert hit.source == "b.rst"
    ledger.withdraw("b.rst")
    assert not ledger.words.find("shared", 5)
    assert ledger.counts() == (0, 0)


def test_a_skipped_file_is_listed_with_its_reason_and_found_no_more(ledger):
    record(ledger, "a.rst", "once readable")
    ledger.skip("a.rst", "digest", "no text in it")
    assert [(skip.source, skip.reason) for skip in ledger.skipped()] == [("a.rst", "no text in it")]
    assert not ledger.words.find("readable", 5)
    assert ledger.digest("a.rst") == "digest"


def test_sources_below_a_folder_are_not_those_of_a_longer_name(ledger):
    record(ledger, "books/a.rst", "one")
    record(ledger, "books-old/a.rst", "two")
    assert [source.location for source in ledger.sources("books")] == ["books/a.rst"]


def test_everything_can_be_listed_again_for_a_lost_store(ledger):
    record(ledger, "a.rst", "one", "two")
    ledger.outbox.settled(*(ledger.outbox.pending()[place] for place in (0, 2)))
    assert ledger.outbox.pending()[0] == []
    ledger.outbox.put_all_again()
    assert len(ledger.outbox.pending()[0]) == 2


def test_facts_near_a_question_come_with_the_share_of_words_never_taught(ledger):
    revision, passages = record(ledger, "a.rst", "Status: Final")
    study(ledger, revision, passages, fact_in(passages[0], "Final"))
    near = ledger.look_around("What status does PEP 1 have?")
    assert near.taught[0].fact.value == "Final"
    assert near.taught[0].support is Support.STILL
    assert near.unknown_words == 0
    assert ledger.look_around("What banana does PEP 1 have?").unknown_words == pytest.approx(1 / 3)


def test_a_name_that_no_fact_holds_is_told_apart_from_a_word(ledger):
    revision, passages = record(ledger, "a.rst", "Status: Final")
    study(ledger, revision, passages, fact_in(passages[0], "Final"))
    assert ledger.look_around("What banana does PEP 1 have?").unknown_names == 0
    assert ledger.look_around("What status does PEP 4711 have?").unknown_names == pytest.approx(1 / 2)


def test_a_fact_is_still_said_when_only_other_lines_of_its_passage_change(ledger):
    revision, passages = record(ledger, "a.rst", "Status: Final\nType: Process")
    study(ledger, revision, passages, fact_in(passages[0], "Final"), fact_in(passages[0], "Process", attribute="Type"))
    record(ledger, "a.rst", "Status: Final\nType: Standards", added="2026-01-03")
    assert [support for _, _, support in ledger.studies.facts()] == [Support.STILL, Support.CHANGED]
    assert [taught.fact.value for taught in ledger.studies.stale()] == ["Process"]
    assert [hit.text for hit in ledger.look_around("What type is PEP 1?").moved] == ["Status: Final\nType: Standards"]


def test_a_withdrawn_fact_is_known_to_be_withdrawn_and_comes_back_with_its_text(ledger):
    revision, passages = record(ledger, "a.rst", "Status: Final")
    study(ledger, revision, passages, fact_in(passages[0], "Final"))
    ledger.withdraw("a.rst")
    assert ledger.look_around("status of PEP 1").taught[0].support is Support.WITHDRAWN
    record(ledger, "a.rst", "Status: Final", added="2026-01-04")
    assert ledger.look_around("status of PEP 1").taught[0].support is Support.STILL


def test_a_fact_lives_as_long_as_another_source_holds_its_passage(ledger):
    revision, passages = record(ledger, "a.rst", "Status: Final")
    record(ledger, "b.rst", "Status: Final")
    study(ledger, revision, passages, fact_in(passages[0], "Final"))
    ledger.withdraw("a.rst")
    assert ledger.studies.stale() == []
    ledger.withdraw("b.rst")
    assert [taught.revision.source for taught in ledger.studies.stale()] == ["a.rst"]


def test_a_new_text_of_a_studied_work_has_moved_and_one_of_another_work_has_not(ledger):
    revision, passages = record(ledger, "old/a.rst", "The default is 10.")
    study(ledger, revision, passages, fact_in(passages[0], "10", kind=FactKind.NUMBER))
    record(ledger, "other.rst", "The default is 30.", title="Another Work")
    assert not ledger.look_around("What is the default?").moved
    record(ledger, "new/a.rst", "The default is 20.", added="2026-01-05")
    assert [hit.source for hit in ledger.look_around("What is the default?").moved] == ["new/a.rst"]


def test_a_document_changed_while_it_was_studied_leaves_its_facts_stale_not_lost(ledger):
    revision, passages = record(ledger, "a.rst", "Status: Final")
    record(ledger, "a.rst", "Status: Draft", added="2026-01-02")
    study(ledger, revision, passages, fact_in(passages[0], "Final"))
    (taught,) = ledger.look_around("status of PEP 1").taught
    assert taught.support is Support.CHANGED
    assert ledger.studies.learned_from(taught).text == "Status: Final"
    assert ledger.studies.unstudied() == ["a.rst"]


def test_going_back_to_an_earlier_study_brings_back_its_facts(ledger):
    revision, passages = record(ledger, "a.rst", "Status: Final\nType: Process")
    study(ledger, revision, passages, fact_in(passages[0], "Final"))
    study(ledger, revision, passages, fact_in(passages[0], "Process", attribute="Type"), number=2)
    assert [fact.value for fact, _, _ in ledger.studies.facts()] == ["Process"]
    ledger.studies.use(1)
    assert [fact.value for fact, _, _ in ledger.studies.facts()] == ["Final"]
    assert ledger.studies.in_use().number == 1
    with pytest.raises(UsageError, match="no study 7"):
        ledger.studies.use(7)
    assert ledger.studies.in_use().number == 1


def test_a_rehearsal_leaves_the_ledger_as_it_was(ledger):
    revision, passages = record(ledger, "a.rst", "Status: Final")
    rehearsal = ledger.rehearsal()
    study(rehearsal, revision, passages, fact_in(passages[0], "Final"))
    assert rehearsal.look_around("status of PEP 1").taught
    assert ledger.studies.in_use() is None
    rehearsal.close()
