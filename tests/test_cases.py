import json

import pytest

from byheart import cases
from byheart.errors import BadQuestions

GOOD = {"question": "Which version?", "answer": "3.10", "aliases": ["Python 3.10"], "source": "peps/pep-0634.rst"}


def write(tmp_path, text, name="questions.jsonl"):
    path = tmp_path / name
    path.write_text(text, encoding="utf-8")
    return path


def written(tmp_path, *lines):
    return write(tmp_path, "".join(f"{line if isinstance(line, str) else json.dumps(line)}\n" for line in lines))


def test_a_line_of_json_becomes_a_case(tmp_path):
    more = {"id": "one", "quote": "3.10 it is", "kind": "fact", "set": "core", "old_answer": "3.9", "unknown": 1}
    (case,) = cases.read([written(tmp_path, GOOD | more)])
    assert (case.id, case.question, case.answer, case.aliases) == ("one", "Which version?", "3.10", ("Python 3.10",))
    assert (case.source, case.quote, case.kind, case.set) == ("peps/pep-0634.rst", "3.10 it is", "fact", "core")
    assert case.old_answer == "3.9"


def test_the_folder_of_a_source_names_its_book_unless_the_line_does(tmp_path):
    named, unnamed = cases.read([written(tmp_path, GOOD | {"id": "a", "book": "PEPs"}, GOOD)])
    assert (named.book, unnamed.book) == ("PEPs", "peps")


def test_csv_holds_the_same_with_aliases_in_one_cell_and_no_answer_left_empty(tmp_path):
    text = 'question,answer,aliases,kind\n"Which, of all?",3.10,Python 3.10 | three ten,fact\nWho sings?,,,\n'
    first, second = cases.read([write(tmp_path, text, "q.csv")])
    assert (first.question, first.answer, first.aliases) == ("Which, of all?", "3.10", ("Python 3.10", "three ten"))
    assert second.answer is None
    assert second.is_to_be_declined


def test_a_text_of_json_may_hold_separators_that_end_lines_elsewhere(tmp_path):
    (case,) = cases.read([write(tmp_path, '{"question": "one\u2028two", "answer": "3"}\n')])
    assert case.question == "one\u2028two"


def test_cases_without_an_id_have_the_same_one_every_time(tmp_path):
    path = written(tmp_path, GOOD, GOOD | {"question": "Another?"})
    first, second = cases.read([path])
    assert first.id != second.id
    assert [case.id for case in cases.read([path])] == [first.id, second.id]


@pytest.mark.parametrize(
    ("line", "found"),
    [
        ("{", "not JSON"),
        ('["a"]', 'found ["a"]; write an object'),
        ({"answer": "3"}, "no question"),
        ({"question": "?", "anwser": "3"}, "no answer; write"),
        ({"question": "?", "answer": " "}, "an empty answer"),
        ({"question": "?", "answer": 3.10}, "answer is 3.1; write it in quotes"),
        ({"question": "?", "answer": "3", "aliases": "three"}, 'aliases is "three"; write a list'),
    ],
)
def test_a_line_that_cannot_be_used_is_named_with_what_to_do(tmp_path, line, found):
    with pytest.raises(BadQuestions) as error:
        cases.read([written(tmp_path, GOOD, line)])
    assert str(error.value).startswith(f"{tmp_path / 'questions.jsonl'}, line 2: {found}")
    assert "docs/measure.md" in error.value.hint


def test_all_bad_lines_are_counted_and_the_first_ones_told(tmp_path):
    with pytest.raises(BadQuestions) as error:
        cases.read([written(tmp_path, *["{"] * 8)])
    assert str(error.value).count("not JSON") == 5
    assert str(error.value).endswith("… and 3 more")


def test_an_id_that_is_used_twice_is_told_with_both_places(tmp_path):
    one = GOOD | {"id": "one"}
    with pytest.raises(BadQuestions, match=r"line 2: the id \"one\" is used already, in .*line 1"):
        cases.read([written(tmp_path, one, one)])


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("question;answer\n", "line 1: the first line must name columns"),
        ("", "found nothing"),
        ("question,answer\na,b,c\n", "line 2: 3 cells, but 2 columns"),
        ('question,answer\n"a"b,c\n', "line 2: not CSV"),
    ],
)
def test_bad_csv_is_named_with_what_to_do(tmp_path, text, found):
    with pytest.raises(BadQuestions, match=found):
        cases.read([write(tmp_path, text, "q.csv")])


def test_files_that_hold_no_questions_are_refused(tmp_path):
    with pytest.raises(BadQuestions, match="no question in it"):
        cases.read([written(tmp_path)])
    with pytest.raises(BadQuestions, match=r"neither in \.jsonl nor in \.csv"):
        cases.read([write(tmp_path, "?", "questions.txt")])
    with pytest.raises(BadQuestions, match="cannot be read"):
        cases.read([tmp_path / "nowhere.csv"])
    (tmp_path / "latin.csv").write_bytes(b"question,answer\nna\xefve,1\n")
    with pytest.raises(BadQuestions, match="not UTF-8 at byte 18"):
        cases.read([tmp_path / "latin.csv"])


def test_a_quote_stands_in_a_text_whole_or_by_an_unbroken_half():
    quote = "The walrus operator assigns “names” within an expression"
    assert cases.holds(f"So:\n\n{quote.replace(' ', '  ')}.", quote)
    assert cases.holds('… assigns "names" within an expression.', quote)
    assert not cases.holds("The walrus operator. Names within.", quote)
    assert not cases.holds("anything", "")


def test_a_document_is_found_by_the_end_of_its_path():
    assert cases.is_at("/books/peps/pep-1.rst", "peps/pep-1.rst")
    assert not cases.is_at("/books/peps/xpep-1.rst", "pep-1.rst")
    assert cases.is_at("/books/peps/pep-1.rst", "")
