import re

import pytest

from byheart.passages import split
from byheart.read import read
from byheart.types import Block, BlockKind, Document


@pytest.fixture
def document(tmp_path):
    """A document read from Markdown source, or from that of another format."""

    def make(source, name="a.md"):
        path = tmp_path / name
        path.write_text(source, encoding="utf-8")
        return read(path)

    return make


def words(count, first="word"):
    return " ".join(f"{first}{number}" for number in range(count))


def sentences(count, first="word"):
    return " ".join(f"{words(9, first)} end{number}." for number in range(count))


def texts(placed):
    return [place.passage.text for place in placed]


def size(text):
    return len(text.split())


LONG = "\n\n".join(
    [
        "# Title",
        sentences(3),
        "## First",
        *(sentences(number % 7 + 1, f"para{number}x") for number in range(12)),
        "```py\n" + "\n".join(f"call({number})" for number in range(40)) + "\n```",
        "## Second",
        "### Inner",
        sentences(60, "long"),
        "- " + "\n- ".join(sentences(2, f"item{number}x") for number in range(15)),
    ]
)


def test_a_passage_is_exactly_the_text_at_its_place(document):
    found = document(LONG)
    assert all(found.text[place.start : place.end] == place.passage.text for place in split(found))


def test_every_word_is_in_some_passage(document):
    found = document(LONG)
    inside = {at for place in split(found) for at in range(place.start, place.end)}
    assert all(word.start() in inside for word in re.finditer(r"\S+", found.text))


@pytest.mark.parametrize(("target", "most"), [(120, 180), (150, 200), (40, 60)])
def test_no_passage_is_longer_than_the_most(document, target, most):
    sizes = [size(text) for text in texts(split(document(LONG), target=target, most=most))]
    assert max(sizes) <= most
    assert min(sizes) > 0


def test_passages_come_near_the_target(document):
    sizes = [size(text) for text in texts(split(document(f"# T\n\n{LONG}"), target=100, most=160, overlap=0))]
    assert sorted(sizes)[len(sizes) // 2] in range(80, 121)


def test_no_passage_crosses_a_heading(document):
    source = "# T\n\nUnder the title.\n\n## A\n\nOf a.\n\n### B\n\nOf b.\n\n## C\n\nOf c.\n"
    placed = split(document(source))
    assert [place.passage.heading for place in placed] == [(), ("A",), ("A", "B"), ("C",)]
    assert texts(placed)[1] == "## A\n\nOf a."


def test_text_above_the_title_and_sections_of_the_same_name_stay_apart(document):
    source = "Above.\n\n# T\n\nBelow.\n\n## Example\n\nOne.\n\n## Example\n\nTwo.\n"
    assert texts(split(document(source))) == ["Above.", "# T\n\nBelow.", "## Example\n\nOne.", "## Example\n\nTwo."]


def test_headings_that_hold_only_headings_go_with_the_first_text_inside(document):
    (placed,) = split(document("# T\n\n## A\n\n### B\n\nText.\n"))
    assert placed.passage.text == "# T\n\n## A\n\n### B\n\nText."
    assert placed.passage.heading == ("A", "B")


def test_an_empty_section_does_not_take_the_next_one_in(document):
    placed = split(document("# T\n\nText.\n\n## Empty\n\n## Full\n\nMore.\n"))
    assert texts(placed) == ["# T\n\nText.", "## Empty", "## Full\n\nMore."]


def test_small_sections_share_a_passage_where_joining_is_cheap(document):
    source = "# T\n\n## A\n\n### B\n\nOf b.\n\n### C\n\nOf c.\n\n## D\n\n" + sentences(15)
    placed = split(document(source), target=100, most=160, join=0.1)
    assert texts(placed)[0].endswith("Of c.")
    assert placed[0].passage.heading == ("A",)


def test_code_stays_whole_and_with_the_words_that_introduce_it(document):
    code = "```py\n" + "\n\n".join(f"call_{number}(a, b)" for number in range(30)) + "\n```"
    source = "\n\n".join(["# T", sentences(8), sentences(2) + " So write:", code, sentences(8)])
    holding = [text for text in texts(split(document(source))) if "call_0" in text]
    assert len(holding) == 1
    assert f"So write:\n\n{code}" in holding[0]


def test_code_too_long_for_a_passage_is_cut_between_lines(document):
    code = "\n".join(f"    result_{number} = function_{number}(value)" for number in range(200))
    placed = split(document(f"# T\n\n{code}\n"))
    assert len(placed) > 2
    for text in texts(placed):
        assert text.endswith("(value)")
        assert re.match(r"# T|    result", text)


def test_a_paragraph_too_long_for_a_passage_is_cut_between_sentences(document):
    placed = split(document(f"# T\n\n{sentences(60)}\n"))
    assert len(placed) > 3
    assert all(text.endswith(".") for text in texts(placed))


def test_a_header_is_in_one_passage(document):
    header = "PEP: 1\nTitle: A Title\nAuthor: A. Person,\n        B. Person\nStatus: Final\nCreated: 1-Jan-2020\n"
    placed = split(document(f"{header}\nAbstract\n========\n\n{sentences(30)}\n", "pep-0001.rst"))
    assert placed[0].passage.text == header.rstrip()
    assert placed[0].passage.title == "PEP 1: A Title"


def test_a_short_last_paragraph_is_repeated_in_the_next_passage_of_the_section(document):
    found = document("\n\n".join(["# T", sentences(9, "a"), "Short bridge.", sentences(11, "b")]))
    for overlap, expected in ((10, [True, True]), (0, [True, False])):
        placed = split(found, target=100, most=130, overlap=overlap)
        assert ["Short bridge." in text for text in texts(placed)] == expected


def test_nothing_is_repeated_across_sections(document):
    placed = split(document(f"# T\n\nShort.\n\n## A\n\n{sentences(5)}\n"))
    assert sum("Short." in text for text in texts(placed)) == 1


def test_a_passage_keeps_its_identity_when_another_one_changes(document):
    before = {place.passage.id for place in split(document(LONG))}
    after = {place.passage.id for place in split(document(LONG.replace("long8 end0", "long8 changed")))}
    assert 0 < len(after - before) <= 2


def test_title_heading_and_text_each_make_a_passage_another_one(document):
    sources = ["# T\n\n## A\n\nText.", "# U\n\n## A\n\nText.", "# T\n\n## B\n\nText.", "# T\n\n## A\n\nTexts."]
    found = [split(document(source))[-1].passage.id for source in sources]
    assert len(set(found)) == len(sources)
    assert all(re.fullmatch("[0-9a-f]{32}", digest) for digest in found)


def test_data_without_spaces_is_cut_too(document):
    placed = split(document("x" * 100_000, "a.txt"))
    assert max(len(text) for text in texts(placed)) < 10_000
    assert "".join(texts(placed)) == "x" * 100_000


def test_text_in_a_script_without_spaces_is_cut_by_its_characters(document):
    placed = split(document("漢字の文章です。" * 200, "a.txt"))
    assert max(len(text) for text in texts(placed)) <= 400


def test_what_lies_between_blocks_alone_is_in_no_passage():
    text = "one\n\n.. hidden\n\ntwo"
    blocks = (Block(BlockKind.PROSE, 0, 3, ()), Block(BlockKind.PROSE, 16, 19, ("A",)))
    assert texts(split(Document(text, "T", blocks))) == ["one", "two"]
