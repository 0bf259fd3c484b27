"""Search stays in step with the ledger, and the passage that answers comes first."""

import pytest

from byheart import index, passages, read
from byheart.backends.memory.embedder import MemoryEmbedder
from byheart.backends.memory.store import MemoryStore
from byheart.ledger import Ledger
from byheart.types import Holding, Revision


class Counting(MemoryEmbedder):
    """The embedder in RAM, which remembers what it was given."""

    def __init__(self):
        self.seen = []

    def embed(self, texts):
        self.seen += texts
        return super().embed(texts)


class Shelf:
    """A ledger, an embedder and a store, with files that are written, added and searched."""

    def __init__(self, folder):
        self.folder = folder
        self.ledger = Ledger.create(folder / "library")
        self.embedder = Counting()
        self.store = MemoryStore()

    def add(self, name, text):
        path = self.folder / name
        path.write_text(text, encoding="utf-8")
        document = read.read(path)
        revision = Revision(path.as_posix(), str(hash(text)), document.title, None, None, "2026-01-01")
        placed = passages.split(document)
        return index.add_document(self.ledger, self.embedder, document, revision, placed, Holding.REFERENCE)

    def follow(self):
        return index.follow(self.ledger, self.store)

    def search(self, question, k=10):
        return index.search(self.ledger, self.embedder, self.store, question, k)


@pytest.fixture
def shelf(tmp_path):
    made = Shelf(tmp_path)
    yield made
    made.ledger.close()


def section(heading, sentence, *, sentences=6):
    return f"{heading}\n{'=' * len(heading)}\n\n{' '.join([sentence] * sentences)}\n\n"


ANIMALS = "Animals\n#######\n\n" + "".join(
    section(name, f"The {name.lower()} eats {food} and sleeps in a {place} when the night falls on the farm.")
    for name, food, place in [("Walrus", "clams", "harbour"), ("Badger", "worms", "sett"), ("Heron", "eels", "nest")]
)


def test_a_document_is_found_by_its_words(shelf):
    shelf.add("animals.rst", ANIMALS)
    shelf.follow()
    first = shelf.search("What does the badger eat?")[0]
    assert "worms" in first.text
    assert first.source.endswith("animals.rst")
    assert first.heading == ("Badger",)
    assert (shelf.folder / "animals.rst").read_text()[first.start : first.end] == first.text


def test_at_most_k_come_best_first(shelf):
    shelf.add("animals.rst", ANIMALS)
    shelf.follow()
    assert len(shelf.search("Where does the heron sleep?", 2)) == 2
    scores = [hit.score for hit in shelf.search("Where does the heron sleep?")]
    assert len(scores) == 3
    assert scores == sorted(scores, reverse=True)


def test_an_empty_library_finds_nothing(shelf):
    assert shelf.search("What does the badger eat?") == []


@pytest.mark.parametrize("question", ["", "?", "zzyzx", "NOT AND OR", '"quoted" (text) * ^ -', "is it?"])
def test_any_question_can_be_searched(shelf, question):
    shelf.add("animals.rst", ANIMALS)
    shelf.follow()
    assert len(shelf.search(question)) <= 3


def test_adding_again_what_has_not_changed_embeds_nothing(shelf):
    assert shelf.add("animals.rst", ANIMALS) == 3
    assert shelf.add("animals.rst", ANIMALS) == 0
    assert len(shelf.embedder.seen) == 3


def test_a_changed_document_embeds_only_its_changed_passages(shelf):
    shelf.add("animals.rst", ANIMALS)
    assert shelf.add("animals.rst", ANIMALS.replace("worms", "acorns")) == 1
    assert "acorns" in shelf.embedder.seen[-1]
    shelf.follow()
    assert "acorns" in shelf.search("What does the badger eat?")[0].text
    assert not any("worms" in hit.text for hit in shelf.search("Which animal eats worms?"))


def test_what_two_documents_say_in_the_same_words_is_embedded_once(shelf):
    shelf.add("animals.rst", ANIMALS)
    assert shelf.add("copy.rst", ANIMALS) == 0


def test_a_removed_document_is_gone_from_both_sides(shelf):
    shelf.add("animals.rst", ANIMALS)
    shelf.follow()
    shelf.ledger.withdraw((shelf.folder / "animals.rst").as_posix())
    shelf.follow()
    assert shelf.store.count() == 0
    assert shelf.search("What does the badger eat?") == []


def test_what_the_store_has_not_yet_learned_is_found_by_words_and_what_it_has_not_dropped_is_not_found(shelf):
    shelf.add("animals.rst", ANIMALS)
    assert "worms" in shelf.search("What does the badger eat?")[0].text
    shelf.follow()
    shelf.ledger.withdraw((shelf.folder / "animals.rst").as_posix())
    assert shelf.search("What does the badger eat?") == []


class Stopped(MemoryStore):
    """A store whose first drop is interrupted."""

    was_stopped = False

    def drop(self, ids):
        if not self.was_stopped:
            self.was_stopped = True
            raise InterruptedError
        super().drop(ids)


def test_following_goes_on_where_it_was_interrupted(shelf):
    shelf.store = Stopped()
    shelf.add("animals.rst", ANIMALS)
    shelf.follow()
    shelf.add("animals.rst", ANIMALS.replace("worms", "acorns"))
    with pytest.raises(InterruptedError):
        shelf.follow()
    shelf.follow()
    assert shelf.store.count() == 3
    assert shelf.follow() == 0


def test_a_lost_store_is_filled_from_the_ledger_without_embedding(shelf):
    shelf.add("animals.rst", ANIMALS)
    shelf.follow()
    shelf.store = MemoryStore()
    shelf.ledger.outbox.put_all_again()
    seen = len(shelf.embedder.seen)
    assert shelf.follow() == 3
    assert shelf.store.count() == 3
    assert len(shelf.embedder.seen) == seen


def test_words_that_stand_in_one_sentence_count_for_more_than_words_strewn_about(shelf):
    filler = "Nothing of note happens on most days and the keepers write short entries. " * 5
    shelf.add("strewn.rst", f"Log\n===\n\nThe lantern was lit. {filler}The keeper slept. {filler}Oil ran low.\n")
    shelf.add("together.rst", f"Log\n===\n\n{filler}The keeper fills the lantern with oil. {filler}\n")
    shelf.follow()
    assert shelf.search("What oil does the keeper put in the lantern?")[0].source.endswith("together.rst")


def test_a_heading_that_names_the_thing_counts(shelf):
    rule = "The limit is seven entries, and it cannot be raised by any setting of the program."
    shelf.add("limits.rst", "Limits\n######\n\n" + section("Queue", rule) + section("Mailbox", rule))
    shelf.follow()
    assert shelf.search("What is the limit of the mailbox?")[0].heading == ("Mailbox",)


def test_an_identifier_is_found_by_its_words(shelf):
    shelf.add("plots.rst", "Plots\n#####\n\n" + section("Axes", "Call ax.set_xlabel to name it.") + ANIMALS)
    shelf.follow()
    assert "set_xlabel" in shelf.search("How is the xlabel set?")[0].text
