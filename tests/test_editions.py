"""Old and new texts of one work, side by side or one after the other: which is answered from, and what is told."""

import os
import shutil
from dataclasses import replace

import pytest

import byheart
from byheart.ask import ask
from byheart.errors import UnknownSource, UsageError
from byheart.resolve import Rule
from byheart.types import Origin, Support
from conftest import make_library, write_proposal
from test_lookup import Reader

QUESTION = "Which Python version did PROP 103 target?"
NUMBERS = (1, 2, 3, 5, 6, 7)


def write_all(folder, *, version=""):
    """A folder of proposals, of which number 103 targets `version`."""
    folder.mkdir(parents=True, exist_ok=True)
    for number in NUMBERS:
        write_proposal(folder, number, version=version if number == 3 else "")
    return folder


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """A library that has studied the texts of version 1.10; tests get copies."""
    folder = tmp_path_factory.mktemp("editions")
    with byheart.open(make_library(folder)) as library:
        library.add([write_all(folder / "props-1.10")], core=True)
        library.study(minutes=4)
    return folder


@pytest.fixture
def studied(made, tmp_path):
    shutil.copytree(made, tmp_path, dirs_exist_ok=True)
    with byheart.open(tmp_path / "library") as library:
        with library.ledger.writing() as connection:
            connection.execute("UPDATE source SET location = replace(location, ?, ?)", (str(made), str(tmp_path)))
        yield library


@pytest.fixture
def library(home):
    with byheart.open(home) as opened:
        yield opened


def read(library, question="Python-Version of PROP 103?"):
    """What is looked up: the text, which edition it is of, and what is told of others."""
    answer = library.ask(question, side="documents")
    told = answer.conflict.told if answer.conflict else ""
    return answer.text, answer.citations[0].edition if answer.text else "", told


def test_of_two_texts_side_by_side_the_newer_is_answered_from_and_the_older_is_told(library, tmp_path):
    library.add([write_all(tmp_path / "props-2.13", version="3.99")])
    library.add([write_all(tmp_path / "props-1.10", version="3.4")])
    told = "The 1.10 text said 3.4; the 2.13 one says 3.99. Newer text wins."
    assert read(library) == ("3.99", "2.13", told)


def test_a_question_that_names_a_version_gets_that_version(library, tmp_path):
    library.add([write_all(tmp_path / "props-2.13", version="3.99"), write_all(tmp_path / "props-1.10", version="3.4")])
    assert read(library, "Python-Version of PROP 103 in 1.10?") == ("3.4", "1.10", "")
    assert read(library, "Python-Version of PROP 103 in version 2?")[:2] == ("3.99", "2.13")


@pytest.mark.parametrize(("old", "new"), [("old/props", "new/props"), ("props-2023-05-01", "props-2024-01-31")])
def test_words_and_dates_in_a_path_tell_which_text_is_newer(library, tmp_path, old, new):
    library.add([write_all(tmp_path / new, version="3.99"), write_all(tmp_path / old, version="3.4")])
    assert read(library)[0] == "3.99"


def test_a_version_in_the_header_tells_which_text_is_newer(library, tmp_path):
    for name, version, limit in (("one.md", "2.9", "40"), ("two.md", "2.10", "50")):
        text = f"---\ntitle: Widget manual\nversion: {version}\n---\n\nThe widget limit is {limit} entries.\n"
        (tmp_path / name).write_text(text, encoding="utf-8")
    library.add([tmp_path / "one.md", tmp_path / "two.md"])
    text, edition, told = read(library, "What is the widget limit?")
    assert ("50" in text, edition) == (True, "2.10")
    assert "The 2.9 text said" in told


def test_what_nothing_else_tells_the_user_can_say(library, tmp_path):
    one, two = write_all(tmp_path / "props" / "a", version="3.4"), write_all(tmp_path / "props" / "b", version="3.99")
    library.add([two], replaces=None)
    library.add([one])
    assert read(library)[2].endswith("the passage nearest to the question is given.")
    library.add([two], replaces=one)
    assert read(library)[0] == "3.99"
    library.add([two], version="1.0")
    library.add([one], version="2.0")
    assert read(library)[1] in ("1.0", "2.0")


def test_a_declared_version_or_date_tells_which_text_is_newer(library, tmp_path):
    one, two = write_all(tmp_path / "a" / "docs", version="3.4"), write_all(tmp_path / "a" / "doc", version="3.99")
    library.add([two], dated="2020-01-01")
    library.add([one], dated="2024-01-01")
    assert read(library)[0] in ("3.4", "3.99")
    library.add([two], version="2.13")
    library.add([one], version="1.10")
    assert read(library)[:2] == ("3.99", "2.13")
    # It is remembered when the file changes.
    write_proposal(two, 3, version="3.100")
    library.add([two])
    assert read(library)[:2] == ("3.100", "2.13")


def test_what_is_no_version_no_date_and_not_held_is_refused(library, tmp_path):
    shelf = write_all(tmp_path / "props")
    with pytest.raises(UsageError, match="no version"):
        library.add([shelf], version="newest")
    with pytest.raises(UsageError, match="no date"):
        library.add([shelf], dated="31.5.2024")
    with pytest.raises(UnknownSource):
        library.add([shelf], replaces=tmp_path / "nowhere")


def test_file_times_never_count(library, tmp_path):
    new, old = write_all(tmp_path / "props-2.13", version="3.99"), write_all(tmp_path / "props-1.10", version="3.4")
    for path in new.iterdir():
        os.utime(path, (1, 1))
    library.add([new, old])
    assert read(library)[0] == "3.99"


def test_within_a_source_the_text_added_later_is_newer_whatever_its_header_says(studied, tmp_path):
    path = write_proposal(tmp_path / "props-1.10", 3, version="3.99")
    path.write_text(path.read_text(encoding="utf-8").replace("Created: 04-Mar-2019", "Created: 04-Mar-1999"))
    studied.add([tmp_path / "props-1.10"])
    answer = studied.ask(QUESTION)
    assert (answer.origin, answer.text) == (Origin.DOCUMENTS, "3.99")


def test_memory_of_an_older_text_gives_way_to_a_newer_one_beside_it(studied, tmp_path):
    assert studied.ask(QUESTION).text == "3.4"
    studied.add([write_all(tmp_path / "props-2.13", version="3.99")])
    answer = studied.ask(QUESTION)
    assert (answer.origin, answer.text, answer.citations[0].edition) == (Origin.DOCUMENTS, "3.99", "2.13")
    assert answer.conflict.told == "The 1.10 text said 3.4; the 2.13 one says 3.99. Newer text wins."
    assert answer.conflict.memory.citation.support is Support.SUPERSEDED


def test_what_the_newer_text_still_says_is_still_told_from_memory(studied, tmp_path):
    studied.add([write_all(tmp_path / "props-2.13", version="3.99")])
    for number in (1, 2, 6):
        answer = studied.ask(f"Which Python version did PROP {number + 100} target?")
        assert (answer.origin, answer.text) == (Origin.MEMORY, f"3.{number + 1}")
        assert answer.citations[0].support is Support.STILL


def test_memory_answers_for_the_version_it_learned_when_that_is_named(studied, tmp_path):
    studied.add([write_all(tmp_path / "props-2.13", version="3.99")])
    named = studied.ask(f"In 1.10, {QUESTION}")
    assert (named.text, named.citations[0].edition) == ("3.4", "1.10")
    other = studied.ask(f"In 2.13, {QUESTION}")
    assert (other.origin, other.text) == (Origin.DOCUMENTS, "3.99")


def test_the_old_answer_comes_back_with_the_old_text(studied, tmp_path):
    new = write_all(tmp_path / "props-2.13", version="3.99")
    studied.add([new])
    studied.forget([new])
    answer = studied.ask(QUESTION)
    assert (answer.origin, answer.text) == (Origin.MEMORY, "3.4")
    assert answer.citations[0].support is Support.STILL


def test_a_renamed_file_goes_on_as_the_same_work(studied, tmp_path):
    shelf = tmp_path / "props-1.10"
    (shelf / "prop-0103.rst").unlink()
    renamed = write_proposal(shelf, 3, version="3.99").rename(shelf / "walrus.rst")
    studied.add([shelf])
    answer = studied.ask(QUESTION)
    assert (answer.text, answer.citations[0].source) == ("3.99", renamed.as_posix())
    assert "Newer text wins." in answer.conflict.told


def test_a_text_that_is_declared_to_replace_another_leaves_the_works_it_was_in(library, tmp_path):
    one, two = write_all(tmp_path / "props-1.0", version="3.4"), write_all(tmp_path / "props-2.0", version="3.99")
    other = write_all(tmp_path / "drafts", version="3.5")
    library.add([one, two, other])
    library.add([two / "prop-0103.rst"], replaces=other / "prop-0103.rst")
    superseded = {source.location for source in library.documents() if source.is_superseded}
    assert (other / "prop-0103.rst").as_posix() in superseded
    assert (one / "prop-0103.rst").as_posix() not in superseded


@pytest.mark.parametrize(("day", "rule"), [("2024-01-01", Rule.NEWER), ("2018-01-01", Rule.SURER)])
def test_of_two_works_the_later_wins_on_the_same_subject_and_attribute(home, tmp_path, day, rule):
    form = "PROP: 103\nTitle: Gherkins {title}\nLast-Modified: {day}\nPython-Version: {version}\n\n\nText.\n"
    for folder, title, dated, version in (("a", "first", "2020-01-01", "3.4"), ("b", "again", day, "3.99")):
        (tmp_path / folder).mkdir()
        path = tmp_path / folder / "prop-0103.rst"
        path.write_text(form.format(title=title, day=dated, version=version), encoding="utf-8")
    with byheart.open(home) as library:
        library.add([write_all(tmp_path / "more"), tmp_path / "a"], core=True)
        library.forget([tmp_path / "more" / "prop-0103.rst"])
        library.study(minutes=4)
        library.add([tmp_path / "b"])
        # Memory is never sure enough to speak alone, and what is read is what the other work says.
        chosen = replace(library.settings, trust=1.0, passages=2, floor=0.0)
        answer = ask(QUESTION, replace(library.desk(), settings=chosen, reader=lambda: Reader("3.99")))
    assert answer.conflict.rule == rule
    assert (answer.conflict.memory.text, answer.conflict.documents.text) == ("3.4", "3.99")


def test_a_superseded_text_is_not_taught(studied, tmp_path):
    studied.add([write_all(tmp_path / "props-2.13", version="3.99")], core=True)
    assert len(studied.status().unstudied_sources) == len(NUMBERS)
    record = studied.study(minutes=4)
    assert record.details["documents"] == len(NUMBERS)
    assert studied.ask(QUESTION).text == "3.99"


def superseded(library):
    return {source.location.rpartition("/")[2] for source in library.documents() if source.is_superseded}


def write_rules(folder, **quotas):
    """A rulebook of its own for each name, all with another quota."""
    paths = [folder / f"{name}.md" for name in quotas]
    for path, quota in zip(paths, quotas.values(), strict=True):
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(f"# Rulebook {path.stem}\n\nThe walrus quota is {quota} pages.\n", encoding="utf-8")
    return paths


def test_a_later_declaration_takes_back_the_earlier_one_that_says_the_contrary(library, tmp_path):
    four, five = write_rules(tmp_path, four=40, five=50)
    library.add([four, five])
    library.add([four], replaces=five)
    assert superseded(library) == {"five.md"}
    library.add([five], replaces=four)
    assert superseded(library) == {"four.md"}
    assert "50" in read(library, "What is the walrus quota?")[0]


def test_a_declaration_takes_back_what_says_the_contrary_over_several_texts(library, tmp_path):
    four, five, six = write_rules(tmp_path, four=40, five=50, six=60)
    library.add([four, five, six])
    library.add([four], replaces=five)
    library.add([five], replaces=six)
    assert superseded(library) == {"five.md", "six.md"}
    library.add([six], replaces=four)
    assert superseded(library) == {"four.md", "five.md"}


def test_versions_and_dates_that_contradict_each_other_leave_a_text_to_answer_from(library, tmp_path):
    for version, dated, quota in (("2.0", "2020-01-01", 8), ("1.0", "2022-01-01", 7), ("new", "2021-01-01", 9)):
        path = tmp_path / f"tool-{version}" / "policy.md"
        path.parent.mkdir()
        path.write_text(f"# Policy\n\nThe walrus quota is {quota} pages.\n", encoding="utf-8")
        library.add([path], dated=dated)
    older = [source.location.split("/")[-2] for source in library.documents() if source.is_superseded]
    assert older == ["tool-1.0", "tool-2.0"]
    assert "9" in read(library, "What is the walrus quota?")[0]


@pytest.mark.parametrize("form", ["handbook-{}/x.md", "{}/lantern.md", "gherkin_{}.md", "saddle-{}-03.md"])
def test_a_year_in_a_path_tells_which_text_is_newer_and_names_it(library, tmp_path, form):
    for year, quota in ((2024, 64), (2021, 16)):
        path = tmp_path / "all" / form.format(year)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(f"# Rules {year}\n\nThe walrus quota is {quota} pages per person.\n", encoding="utf-8")
        library.add([path])
    question = "what is the walrus quota per person?"
    text, edition, told = read(library, question)
    assert ("64" in text, edition[:4], "Newer text wins" in told) == (True, "2024", True)
    text, edition, told = read(library, f"In 2021, {question}")
    assert ("16" in text, edition[:4], told) == (True, "2021", "")


def test_a_version_that_is_not_held_is_answered_with_a_caveat(library, tmp_path):
    library.add([write_all(tmp_path / "props-2.13", version="3.99"), write_all(tmp_path / "props-1.10", version="3.4")])
    # A version that no text has makes a reader unsure; here it may answer nevertheless.
    desk = replace(library.desk(), settings=replace(library.settings, floor=0.0))

    def asked(named):
        answer = ask(f"{named}, which is the Python-Version of PROP 103?", desk, side="documents")
        assert answer.caveat in answer.why
        return answer.text, answer.caveat

    assert asked("In props 1.9") == ("3.99", "No text for 1.9 is held; this is what the 2.13 one says.")
    assert asked("In 1.10.3") == ("3.4", "No text for 1.10.3 is held; this is what the 1.10 one says.")
    assert asked("Before 2.13") == ("3.4", "")
    assert asked("Before 1.10") == ("3.99", "No text from before 1.10 is held; this is what the 2.13 one says.")


def test_an_answer_that_is_withheld_says_that_a_version_is_not_held(library, tmp_path):
    library.add([write_all(tmp_path / "props-2.13")])
    answer = library.ask("In 1.9, which is the Python-Version of PROP 103?")
    assert (answer.text, answer.caveat) == ("", "No text for 1.9 is held.")
    assert answer.reason.startswith("reading is")


def test_memory_says_as_well_that_a_version_is_not_held(studied):
    answer = studied.ask(f"In 1.9, {QUESTION}", side="memory")
    assert (answer.origin, answer.text) == (Origin.MEMORY, "3.4")
    assert answer.caveat == "No text for 1.9 is held; this is what the 1.10 one says."
    assert studied.ask(QUESTION).caveat == ""
