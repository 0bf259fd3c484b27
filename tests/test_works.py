"""Which texts are of one work, which of them is newer, and which one a question names."""

from dataclasses import replace

import pytest

from byheart.works import Edition, date_of, likeness, missing, naming, newer, shelfmark, version_of, without


def mark(location, title="Models", version=None):
    return shelfmark(location, title, version or version_of(location, title))


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (("/w/old/tool/docs/usage/models.md",), ("/w/new/tool/docs/concepts/models.md",)),
        (("/w/tool-1.10/usage/models.md",), ("/w/tool-2.13/concepts/models.md",)),
        (("/w/tool/1.10/models.md",), ("/w/tool/2.13/models.md",)),
        (("/w/v1/docs/models.md",), ("/w/v2/docs/models.md",)),
        (("/w/old/peps/pep-1.rst", "PEP 1: A"), ("/w/new/peps/pep-1.rst", "PEP 1: A, reworded")),
        (("/w/manual-1.10.pdf", "Manual 1.10"), ("/w/manual-2.13.pdf", "Manual")),
        (("/w/manual-2023-05-01.md", "Manual"), ("/w/manual-20240131.md", "Manual")),
        (("/w/handbook-2021/x.md", "Handbook"), ("/w/handbook-2024/x.md", "Handbook")),
        (("/w/2021/lantern.md", "Lanterns"), ("/w/2024/lantern.md", "Lanterns")),
        (("/w/gherkin_2021.md", "Gherkin 2021"), ("/w/gherkin_2024.md", "Gherkin 2024")),
        (("/w/old/tool/docs/a.md", "New features"), ("/w/new/tool/docs/b.md", "New features")),
        (("/w/saddle-2021-03.md", "Saddles"), ("/w/saddle-2024.md", "Saddles")),
        (("/w/old/tool/docs/tmpdir.md", "Temporary files"), ("/w/new/tool/docs/tmp.md", "How to use temporary files")),
    ],
)
def test_texts_of_one_work_are_known_by_path_or_title(one, other):
    assert likeness(mark(*one), mark(*other), is_gone=False)
    assert likeness(mark(*other), mark(*one), is_gone=False)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (("/w/old/flask/docs/install.md", "Install"), ("/w/new/click/docs/install.md", "Install")),
        (("/w/tool/docs/a/intro.md", "Introduction"), ("/w/tool/docs/b/intro.md", "Introduction")),
        (
            ("/w/tool/docs/whatsnew-3.10.md", "What's new in 3.10"),
            ("/w/tool/docs/whatsnew-3.11.md", "What's new in 3.11"),
        ),
        (("/w/notes/2023-05-01.md", "Notes"), ("/w/notes/2023-05-08.md", "Notes")),
        (("/w/old/tool/docs/models.md", "Models"), ("/w/new/tool/docs/fields.md", "Fields")),
        (("old/a.md", "A work"), ("b.md", "Another work")),
        (("/w/pep-2026.rst", "PEP 2026"), ("/w/pep-2027.rst", "PEP 2027")),
        (("/w/film-1984.md", "Films of the year"), ("/w/film-2001.md", "A space odyssey")),
        (("/w/tool/a-2023-05-01.md", "2023-05-01"), ("/w/tool/b-2023-05-08.md", "2023-05-08")),
        (("/w/rules/2021.md", "Rules"), ("/w/rules/2024.md", "Rules")),
        (("/w/term-2021-2022.md", "Term"), ("/w/term-2022-2023.md", "Term")),
    ],
)
def test_texts_that_nothing_ties_together_are_two_works(one, other):
    assert not likeness(mark(*one), mark(*other), is_gone=False)


def test_a_file_with_another_name_is_the_same_work_only_when_the_first_is_gone():
    before, after = mark("/w/tool/docs/usage/models.md"), mark("/w/tool/docs/models.md")
    assert likeness(after, before, is_gone=True)
    assert not likeness(after, before, is_gone=False)


def test_path_and_title_together_outweigh_either():
    old = mark("/w/old/tool/docs/models.md")
    both = likeness(mark("/w/new/tool/docs/models.md"), old, is_gone=False)
    one = likeness(mark("/w/new/tool/docs/other.md"), old, is_gone=False)
    part = likeness(mark("/w/new/tool/docs/other.md", "Models of data"), old, is_gone=False)
    assert both > one > part > 0


def order(*editions, replaced=()):
    """For each of the texts, numbered from 0, the newer ones."""
    found = newer(dict(enumerate(editions)), dict.fromkeys(range(len(editions))) | dict(replaced))
    return [found[text] for text in range(len(editions))]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (Edition("2.10", None, ""), Edition("2.9", None, "")),
        (Edition("2.0", None, ""), Edition("2.0rc1", None, "")),
        (Edition("2.0.1", "2020-01-01", "old"), Edition("2.0", "2024-01-01", "new")),
        (Edition(None, "2024-05-01", "old"), Edition(None, "2023-12-31", "new")),
        (Edition(None, "2024", ""), Edition(None, "2023-12-31", "")),
        (Edition(None, "2024-02-01", ""), Edition(None, "2024-01", "")),
        (Edition(None, None, "new"), Edition(None, None, "old")),
        (Edition(None, None, ""), Edition(None, None, "archive")),
        (Edition("2.0", None, "latest"), Edition("2.0.0", None, "")),
    ],
)
def test_version_decides_then_date_then_the_word_in_the_path(one, other):
    assert order(one, other) == [set(), {0}]
    assert order(other, one) == [{1}, set()]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (Edition(None, None, "a"), Edition("1.0", None, "b")),
        (Edition("2.0", None, ""), Edition("2.0.0", None, "")),
        (Edition(None, "2021", ""), Edition(None, "2021-03-05", "")),
        (Edition(None, "2021-03-05", ""), Edition(None, "2021-03", "")),
    ],
)
def test_what_nothing_orders_is_not_newer(one, other):
    assert order(one, other) == [set(), set()]


def test_what_is_newer_than_a_newer_one_is_newer():
    assert order(Edition("2.0", None, ""), Edition("1.0", "2022", ""), Edition(None, "2021", "")) == [
        set(),
        {0},
        {0, 1},
    ]
    chain = (Edition("3.0", None, ""), Edition("2.0", None, ""), Edition(None, None, ""))
    assert order(*chain, replaced={1: 2, 2: 0}) == [{1, 2}, set(), {1}]


def test_signs_that_run_in_a_circle_order_nothing_that_stronger_ones_do_not():
    circle = Edition("2.0", "2020-01-01", ""), Edition("1.0", "2022-01-01", ""), Edition(None, "2021-01-01", "")
    assert order(*circle) == [set(), {0}, set()]
    assert order(*circle[:2], replace(circle[2], mark="old")) == [set(), {0}, {0, 1}]
    assert order(*circle, replaced={0: 1, 1: 2, 2: 0})[0] == set()


HELD = ("pydantic", "1.10.22"), ("pydantic", "2.13.3"), ("django", "5.2"), ("flask", "3.1.3"), ("rules", "2021-03-05")


def held(project, name):
    """The text of a project that is called by this version or date."""
    mark = shelfmark(f"/w/{project}-{name}/models.md", "Models", None)
    return mark, Edition(None, name, name) if "-" in name else Edition(name, None, name)


@pytest.mark.parametrize(
    ("question", "names"),
    [
        ("In 1.10, what is the config?", ["1.10.22"]),
        ("In pydantic 2, which method is it?", ["2.13.3"]),
        ("Which method did pydantic v1 have?", ["1.10.22"]),
        ("What does version 5.2 need?", ["5.2"]),
        ("What is the default (1.10)?", ["1.10.22"]),
        ("In the 3.1 manual, what is it?", ["3.1.3"]),
        ("What was it before pydantic 2?", ["1.10.22"]),
        ("In django 5.2.7, what is it?", ["5.2"]),
        ("In 2021, what was the ration?", ["2021-03-05"]),
        ("What was the ration in 2021-03?", ["2021-03-05"]),
        ("What was the ration before 2022?", ["2021-03-05"]),
        ("What is the ration in 2022?", []),
        ("Which 2021 rows are there in 21 tables?", []),
        ("Is it 1.1?", []),
        ("Does it run on Python 3.1?", []),
        ("What happened on 2023-05-02?", []),
        ("Which 3 methods has flask?", []),
    ],
)
def test_a_question_names_a_version_or_date_by_its_beginning(question, names):
    assert [name for project, name in HELD if naming(question, *held(project, name))] == names


@pytest.mark.parametrize(
    ("question", "wanted"),
    [
        ("In tool 1.9, what is it?", "for 1.9"),
        ("What is it in version 3?", "for 3"),
        ("In 1.10.3, what is it?", "for 1.10.3"),
        ("What was it before 1.9?", "from before 1.9"),
        ("What was it before 2.13?", ""),
        ("What changed between 1.10 and 2.13?", ""),
        ("In 2.13.0, what is it?", ""),
        ("In Python 3.10, what is it?", ""),
        ("Is 0.5 more than the 12 of 2021?", ""),
        ("Which state has tool 103?", ""),
    ],
)
def test_a_version_that_none_of_the_texts_has_is_missing(question, wanted):
    assert missing(question, [held("tool", "1.10"), held("tool", "2.13")]) == wanted


def test_a_date_is_missing_only_among_texts_that_differ_by_date():
    texts = [held("rules", "2021-03-05"), held("rules", "2024-01-31")]
    assert missing("In 2019, what was the ration?", texts) == "for 2019"
    assert missing("In 2021, what was the ration?", texts) == ""
    assert missing("In 2019, what was the ration?", texts[:1]) == ""


@pytest.mark.parametrize(
    ("question", "asked"),
    [
        ("In 1.10, what is the config?", "What is the config?"),
        ("What is the config in version 1.10?", "What is the config?"),
        ("What is the default (1.10)?", "What is the default?"),
        ("What was the default before 2.13?", "What was the default?"),
        ("Which method of the 1.10 manual is it?", "Which method is it?"),
        ("Which method did tool v1 have?", "Which method did tool have?"),
        ("Since when is 3.10 old?", "Since when is 3.10 old?"),
        ("In Python 1.10 and in 1.10, is it so?", "In Python 1.10 and is it so?"),
    ],
)
def test_what_is_asked_of_a_text_does_not_name_it(question, asked):
    assert without(question, naming(question, *held("tool", "1.10.22"))) == asked


@pytest.mark.parametrize(
    ("location", "dated"),
    [
        ("/w/manual-2023-05-01.md", "2023-05-01"),
        ("/w/20240131/manual.md", "2024-01-31"),
        ("/w/saddle-2021-03.md", "2021-03"),
        ("/w/gherkin_2021.md", "2021"),
        ("/w/2021/03/lantern.md", "2021"),
        ("/w/pep-0634.md", None),
        ("/w/pep-2026.rst", None),
        ("/w/rfc2026.txt", None),
        ("/w/term-2021-2022.md", None),
        ("/w/tool-1.2021.md", None),
    ],
)
def test_a_path_may_date_a_text(location, dated):
    assert date_of(location) == dated
