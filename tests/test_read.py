import json
import textwrap
import zlib

import pytest

from byheart import read as reading
from byheart.errors import UnreadableDocument
from byheart.read import files_below, plain, read
from byheart.types import BlockKind


@pytest.fixture
def document(tmp_path):
    """Writes a file and reads it."""

    def make(name, content):
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content if isinstance(content, bytes) else textwrap.dedent(content).lstrip("\n").encode())
        return read(path)

    return make


def shown(document, kind):
    return [document.text[block.start : block.end] for block in document.blocks if block.kind is kind]


def heading_of(document, text):
    at = document.text.index(text)
    return next(block.heading for block in document.blocks if block.start <= at < block.end)


def refused(tmp_path, name, content=b""):
    path = tmp_path / name
    path.write_bytes(content)
    with pytest.raises(UnreadableDocument) as caught:
        read(path)
    return str(caught.value)


# ── reST ──

REST = """
    Widgets
    =======

    Intro with :func:`len` and :unknown-role:`any text`.

    .. _target:

    Making
    ------

    Like this::

        make()

        more()

    .. function:: make(size=3)
       :noindex:

       Makes a widget.

       .. versionadded:: 2.5
          The *size* argument.

    .. made-up-directive:: odd
       :option: 1

       Prose within it.

       - an item

    * first item
      goes on
    * second item

    term
        What it means.

    Breaking
    --------

    ========  =====
    name      value
    ========  =====
    depth     7
    ========  =====
"""


def test_rest_is_kept_verbatim(document):
    source = textwrap.dedent(REST).lstrip("\n")
    assert document("a.rst", REST).text == source


def test_rest_headings_become_paths_below_the_title(document):
    found = document("a.rst", REST)
    assert found.title == "Widgets"
    assert heading_of(found, "Intro") == ()
    assert heading_of(found, "Like this") == ("Making",)
    assert heading_of(found, "depth") == ("Breaking",)


def test_rest_blocks_have_their_kinds(document):
    found = document("a.rst", REST)
    assert shown(found, BlockKind.CODE) == ["    make()\n\n    more()"]
    assert shown(found, BlockKind.LIST)[-2:] == ["* first item\n  goes on", "* second item"]
    assert "term\n    What it means." in shown(found, BlockKind.DEFINITION)
    assert ".. function:: make(size=3)\n   :noindex:\n\n   Makes a widget." in shown(found, BlockKind.DEFINITION)
    assert len(shown(found, BlockKind.TABLE)) == 1


def test_unknown_directives_and_roles_lose_no_prose(document, capfd):
    found = document("a.rst", REST)
    seen = " ".join(found.text[block.start : block.end] for block in found.blocks)
    for words in (":unknown-role:`any text`", "Prose within it.", "an item", "The *size* argument."):
        assert words in seen
    assert capfd.readouterr() == ("", "")


def test_no_directive_reaches_outside_the_file(document, tmp_path):
    (tmp_path / "secret.txt").write_text("secret words")
    source = (
        "T\n=\n\nText.\n\n.. include:: secret.txt\n\n.. raw:: html\n   :file: secret.txt\n\n- .. include:: secret.txt\n"
    )
    assert "secret words" not in document("a.rst", source).text


def test_comments_and_targets_are_no_blocks_but_what_follows_them_is(document):
    found = document(
        "a.rst", "T\n=\n\n.. a comment\n   that goes on\n\nText.\n\n.. _target:\n\n.. |x| replace:: y\n\nMore.\n"
    )
    assert shown(found, BlockKind.PROSE) == ["Text.", "More."]


def test_markup_that_docutils_refuses_is_still_text(document):
    found = document(
        "a.rst", "T\n=\n\n====  ===\na     b\n==  =====\nbroken table\n\n.. note:: one\n not aligned\n\nEnd.\n"
    )
    seen = " ".join(found.text[block.start : block.end] for block in found.blocks)
    assert seen.split() == found.text.split()


@pytest.mark.parametrize("mark", ["\f", "\v", "\x85", "\u2028"])
def test_marks_that_only_some_take_for_line_ends_move_no_block(document, mark):
    found = document("a.rst", f"T\n=\n\nOne{mark}two.\n\nSub\n---\n\nThree.\n")
    assert heading_of(found, "Three") == ("Sub",)
    assert "Sub\n---" in shown(found, BlockKind.HEADING)


# ── headers ──

HEADER = """
    PEP: 634
    Title: Structural Matching of ``X | Y``
    Author: A. Person <a@example.org>,
            B. Person <b@example.org>
    Status: Final
    Last-Modified: 12-Sep-2020

    Abstract
    ========

    Text.
"""


def test_a_header_is_one_block_and_names_the_work_by_series_number_and_title(document):
    found = document("pep-0634.rst", HEADER)
    assert found.title == "PEP 634: Structural Matching of X | Y"
    (fields,) = shown(found, BlockKind.FIELDS)
    assert fields.startswith("PEP: 634")
    assert fields.endswith("12-Sep-2020")
    assert heading_of(found, "Text.") == ("Abstract",)


def test_a_header_dates_the_text_by_its_last_change_only(document):
    assert document("a.rst", HEADER).dated == "2020-09-12"
    assert document("b.rst", HEADER.replace("Last-Modified", "Created")).dated is None


# ── Markdown ──

MARKDOWN = """
    ---
    title: "Front: matter"
    date: 2024-02-03
    ---

    <!-- hidden -->
    <p align="center"><img src="x.png"></p>

    # First { #first }

    Text with `code`.

    - item one
    - item two

      ```py
      inside()

      still_inside()
      ```

    ## Second *level*

    | a | b |
    |---|---|
    | 1 | 2 |

    > ## Not a heading

    !!! note "Title"

        The note's own text.

    ```{warning}
    MyST prose.
    ```

    ---

    Last words.
"""


def test_markdown_front_matter_gives_title_and_date(document):
    found = document("a.md", MARKDOWN)
    assert (found.title, found.dated) == ("Front: matter", "2024-02-03")
    assert shown(found, BlockKind.FIELDS)[0].startswith("---\ntitle")


def test_markdown_headings_become_paths(document):
    found = document("a.md", MARKDOWN)
    assert heading_of(found, "Text with") == ("First",)
    assert heading_of(found, "Last words") == ("First", "Second level")


def test_markdown_blocks_have_their_kinds(document):
    found = document("a.md", MARKDOWN)
    assert shown(found, BlockKind.CODE) == ["  ```py\n  inside()\n\n  still_inside()\n  ```"]
    assert shown(found, BlockKind.LIST) == ["- item one", "- item two"]
    assert len(shown(found, BlockKind.TABLE)) == 1
    assert {"    The note's own text.", "Last words."} <= set(shown(found, BlockKind.PROSE))
    assert any("MyST prose." in text for text in shown(found, BlockKind.PROSE))


def test_markdown_comments_pictures_and_links_to_its_own_sections_are_no_blocks(document):
    found = document("a.md", "<!-- hidden -->\n\n# T\n\n- [One](#one)\n- [Two](#two)\n\n## One\n\nA.\n\n## Two\n\nB.\n")
    seen = [found.text[block.start : block.end] for block in found.blocks]
    assert seen == ["# T", "## One", "A.", "## Two", "B."]


def test_an_html_heading_in_markdown_is_a_heading(document):
    found = document("a.md", '<h1 align="center">Loud <b>title</b></h1>\n\nText.\n\n## Part\n\nMore.\n')
    assert found.title == "Loud title"
    assert heading_of(found, "More") == ("Part",)


def test_a_later_section_does_not_name_the_whole_document(document):
    assert document("my-notes.md", "Text first.\n\n## Options\n\nA.\n\n## Limits\n\nB.\n").title == "My notes"


# ── HTML ──

HTML = """
    <html><head><title>Guide — Tool 3.11.2 documentation</title><style>p {}</style></head>
    <body>
      <nav><a href="x">Navigation</a></nav>
      <div class="sphinxsidebar">Sidebar</div>
      <div role="main">
        <h1>The Guide<a class="headerlink" href="#g">¶</a></h1>
        <p>Intro   with <code>code</code>.</p>
        <h2>Parts</h2>
        <ul><li>one</li><li><p>two</p></li></ul>
        <pre>def f():
        return 1</pre>
        <dl><dt>term</dt><dd><p>What it <em>means</em>.</p></dd></dl>
        <table><tr><th>name</th><th>value</th></tr><tr><td>depth</td><td>7</td></tr></table>
        <script>bad()</script>
      </div>
      <footer>Last updated on Mar 4, 2023.</footer>
    </body></html>
"""


def test_html_gives_the_main_content_and_nothing_around_it(document):
    text = document("a.html", HTML).text
    for words in ("Navigation", "Sidebar", "bad()", "¶", "Last updated", "p {}"):
        assert words not in text
    assert "Intro with code." in text


def test_html_has_title_version_and_heading_paths(document):
    found = document("a.html", HTML)
    assert (found.title, found.version) == ("The Guide", "3.11.2")
    assert heading_of(found, "term") == ("Parts",)


def test_a_heading_that_links_back_to_the_table_of_contents_keeps_its_words(document):
    question = '<h2><a class="toc-backref" href="#id1">Why are pouches soft?</a><a class="headerlink">¶</a></h2>'
    found = document("a.html", f"<body><div role=main><h1>Pouches</h1>{question}<p>Joeys are.</p></div></body>")
    assert found.blocks[-1].heading == ("Why are pouches soft?",)


def test_html_code_lists_definitions_and_tables_stay_readable(document):
    found = document("a.html", HTML)
    assert shown(found, BlockKind.CODE)[0].startswith("    def f():\n")
    assert "one\ntwo" in found.text
    assert shown(found, BlockKind.DEFINITION) == ["term\n    What it means."]
    assert shown(found, BlockKind.TABLE)[0].splitlines()[1:4:2] == ["name   value", "depth  7"]


def test_a_page_without_marked_content_is_read_where_its_words_are(document):
    menu = "".join(f'<li><a href="{n}">Menu entry {n}</a></li>' for n in range(30))
    body = "".join(f"<p>Paragraph {n} of the text that matters.</p>" for n in range(9))
    found = document("a.html", f"<body><div><ul>{menu}</ul></div><div><div><h1>Real</h1>{body}</div></div></body>")
    assert "Menu" not in found.text
    assert found.title == "Real"


def test_a_page_dates_itself_only_where_it_speaks_of_no_version(document):
    page = "<title>{}</title><main><h1>T</h1><p>Text.</p></main><p>Last updated on Mar 4, 2023.</p>"
    assert document("a.html", page.format("Notes")).dated == "2023-03-04"
    assert document("b.html", page.format("Tool 1.2 documentation")).dated is None


def test_the_declared_encoding_of_a_page_is_used(document):
    page = '<meta charset="iso-8859-2"><main><p>Łódź</p></main>'.encode("iso-8859-2")
    assert document("a.html", page).text == "Łódź"


# ── notebooks ──


def notebook(*cells, **top):
    return json.dumps({"nbformat": 4, "nbformat_minor": 2, "metadata": {}, "cells": list(cells), **top})


def markdown_cell(text):
    return {"cell_type": "markdown", "metadata": {}, "source": text.splitlines(keepends=True)}


def code_cell(text, *outputs):
    return {"cell_type": "code", "metadata": {}, "execution_count": 1, "source": text, "outputs": list(outputs)}


def test_a_notebook_is_its_text_its_code_and_its_short_outputs(document):
    stream = {"output_type": "stream", "name": "stdout", "text": ["4\n"]}
    dump = {"output_type": "stream", "name": "stdout", "text": "x" * 5000}
    error = {"output_type": "error", "ename": "ValueError", "evalue": "no", "traceback": ["\x1b[31m...\x1b[0m"]}
    cells = [
        markdown_cell("# Title\n\nWhy."),
        code_cell("2 + 2", stream, dump, error),
        markdown_cell("## Part\n\nThen."),
    ]
    found = document("a.ipynb", notebook(*cells))
    assert found.title == "Title"
    assert shown(found, BlockKind.CODE) == ["    2 + 2", "    4", "    ValueError: no"]
    assert heading_of(found, "Then.") == ("Part",)


def test_links_to_the_chapters_around_are_no_blocks(document):
    links = "<!--NAVIGATION-->\n< [Before](a.ipynb) | [Contents](i.ipynb) | [After](b.ipynb) >"
    found = document("a.ipynb", notebook(markdown_cell(links), markdown_cell("# T\n\nText.")))
    assert shown(found, BlockKind.PROSE) == ["Text."]


def test_old_notebooks_are_read_too(document):
    cells = [
        {"cell_type": "heading", "level": 1, "metadata": {}, "source": "Old"},
        {"cell_type": "code", "language": "python", "metadata": {}, "input": "1 + 1", "outputs": []},
    ]
    old = {
        "nbformat": 3,
        "nbformat_minor": 0,
        "metadata": {"name": ""},
        "worksheets": [{"cells": cells, "metadata": {}}],
    }
    found = document("a.ipynb", json.dumps(old))
    assert found.title == "Old"
    assert shown(found, BlockKind.CODE) == ["    1 + 1"]


# ── PDF ──


def pdf(*pages, title="", outline=(), encrypt=b""):
    """A PDF whose pages are lists of (x, y, font, size, text); `outline` are (title, page from 0)."""
    objects = {}
    kids = range(10, 10 + 2 * len(pages), 2)
    for number, page in zip(kids, pages, strict=True):
        drawn = "\n".join(f"BT /{font} {size} Tf {x} {y} Td ({text}) Tj ET" for x, y, font, size, text in page)
        stream = zlib.compress(drawn.encode("latin-1"))
        objects[number] = (
            b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 600 800]/Resources<</Font<</F1 3 0 R/F2 4 0 R>>>>/Contents "
            + b"%d 0 R>>" % (number + 1)
        )
        objects[number + 1] = b"<</Length %d/Filter/FlateDecode>>stream\n%s\nendstream" % (len(stream), stream)
    objects[1] = b"<</Type/Catalog/Pages 2 0 R/Outlines 6 0 R>>"
    objects[2] = b"<</Type/Pages/Count %d/Kids[%s]>>" % (len(pages), b" ".join(b"%d 0 R" % kid for kid in kids))
    objects[3] = b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>"
    objects[4] = b"<</Type/Font/Subtype/Type1/BaseFont/Courier>>"
    objects[5] = b"<</Title(%s)>>" % title.encode()
    entries = range(100, 100 + len(outline))
    objects[6] = b"<</Type/Outlines/First 100 0 R/Last %d 0 R>>" % (99 + len(outline)) if outline else b"<<>>"
    for number, (name, page) in zip(entries, outline, strict=True):
        after = b"/Next %d 0 R" % (number + 1) if number + 1 in entries else b""
        objects[number] = b"<</Title(%s)/Parent 6 0 R/Dest[%d 0 R/Fit]%s>>" % (name.encode(), kids[page], after)
    made, places = b"%PDF-1.4\n", {}
    for number, content in objects.items():
        places[number] = len(made)
        made += b"%d 0 obj\n%s\nendobj\n" % (number, content)
    table = b"".join(b"%d 1\n%010d 00000 n \n" % place for place in places.items())
    trailer = b"<</Size 999/Root 1 0 R/Info 5 0 R%s>>" % encrypt
    return made + b"xref\n" + table + b"trailer\n" + trailer + b"\nstartxref\n%d\n%%%%EOF" % len(made)


def lines(*texts, x=72, top=700, font="F1", size=10):
    return [(x, top - 12 * number, font, size, text) for number, text in enumerate(texts)]


def chapter(number):
    return [
        (72, 780, "F1", 8, "The running head"),
        (72, 730, "F1", 20, f"Chapter {number}"),
        *lines("A paragraph of some words that goes", "on in a second line.", top=700),
        *lines("It has", "def f\\(\\):", "    return 1", top=660, font="F2"),
        (300, 30, "F1", 8, str(number)),
    ]


def test_pdf_headings_come_from_the_size_of_type_where_there_is_no_outline(document):
    found = document("a.pdf", pdf(*map(chapter, (1, 2, 3)), title="The Work"))
    assert found.title == "The Work"
    assert shown(found, BlockKind.HEADING) == ["Chapter 1", "Chapter 2", "Chapter 3"]
    assert heading_of(found, "A paragraph") == ("Chapter 1",)


def test_pdf_headings_come_from_the_outline_where_there_is_one(document):
    pages = [lines("Start", "Text of it."), lines("1.2 Middle", "Text again."), lines("End", "Last text.")]
    found = document("a.pdf", pdf(*pages, outline=[("Start", 0), ("Middle", 1), ("End", 2)]))
    assert shown(found, BlockKind.HEADING) == ["Start", "1.2 Middle", "End"]


def test_what_every_page_repeats_is_left_out(document):
    text = document("a.pdf", pdf(*map(chapter, (1, 2, 3)))).text
    assert "running head" not in text
    assert "\n3" not in text


def test_pdf_code_keeps_its_indentation(document):
    found = document("a.pdf", pdf(chapter(1)))
    assert shown(found, BlockKind.CODE) == ["    It has\n    def f():\n        return 1"]


def test_a_pdf_without_text_is_a_scan(tmp_path):
    assert "scan" in refused(tmp_path, "a.pdf", pdf([], []))


def test_a_locked_pdf_says_so(tmp_path):
    locked = b"/Encrypt<</Filter/Standard/V 1/R 2/O<%s>/U<%s>/P -4>>/ID[<00><00>]" % (b"ab" * 32, b"cd" * 32)
    assert "password" in refused(tmp_path, "a.pdf", pdf(lines("Secret"), encrypt=locked))


@pytest.mark.parametrize("content", [b"%PDF-1.7\nnonsense", b"\x00\x01\x02", b"plain words"])
def test_a_damaged_pdf_is_refused(tmp_path, content):
    assert "PDF" in refused(tmp_path, "a.pdf", content)


# ── text, tables, encodings ──


def test_plain_text_is_read_by_paragraphs_and_underlined_headings(document):
    found = document("a.txt", "The Book\n========\n\nOne.\n\nTwo\ngoes on.\n\nPart\n----\nThree.\n\n- a\n- b\n")
    assert found.title == "The Book"
    assert shown(found, BlockKind.PROSE) == ["One.", "Two\ngoes on.", "Three."]
    assert heading_of(found, "Three.") == ("Part",)
    assert shown(found, BlockKind.LIST) == ["- a", "- b"]


def test_rest_in_a_text_file_is_read_as_rest(document):
    found = document("install.txt", "Install\n=======\n\nRun::\n\n    pip\n\n.. note:: Then :ref:`go <on>`.\n")
    assert shown(found, BlockKind.CODE) == ["    pip"]


def test_a_table_of_values_is_a_table(document):
    assert [block.kind for block in document("a.csv", "name,value\na,1\n\nb,2\n").blocks] == [BlockKind.TABLE]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "latin-1", "cp1252"])
@pytest.mark.parametrize("name", ["a.txt", "a.rst", "a.md"])
def test_text_in_any_usual_encoding_is_read(document, encoding, name):
    words = "Déjà vu: ça où, naïve façade – and much more text in plain letters."
    content = words.replace("–", "-") if encoding == "latin-1" else words
    assert document(name, content.encode(encoding)).text == content


def test_line_ends_are_made_one(document):
    assert document("a.md", b"# T\r\n\r\nOne\rtwo.\r\n").text == "# T\n\nOne\ntwo.\n"


def test_a_few_bad_bytes_do_not_spoil_a_text(document):
    content = "Die Größe der Bücher wächst täglich, schön für alle Müßigen.".encode()
    assert "Größe der Bücher" in document("a.txt", content + b" \xff").text


# ── what is no document ──


def test_an_empty_file_is_refused(tmp_path):
    assert "empty" in refused(tmp_path, "a.md")
    assert "empty" in refused(tmp_path, "b.rst", b" \n\n ")


def test_a_file_of_nothing_but_directives_is_refused(tmp_path):
    assert "no text" in refused(tmp_path, "a.rst", b".. include:: ../README.rst\n")


@pytest.mark.parametrize("name", ["a.zip", "a.docx", "a.epub", "a.xyz"])
def test_an_unsupported_file_is_refused_by_its_name(tmp_path, name):
    assert refused(tmp_path, name, b"PK\x03\x04") == f"unsupported: .{name[2:]}"


@pytest.mark.parametrize("content", [bytes(range(256)) * 8, b"\x7fELF\x02\x01\x00", b"%PDF-1.4\n..."])
@pytest.mark.parametrize("name", ["a.txt", "a.md", "README"])
def test_bytes_that_are_no_text_are_refused(tmp_path, name, content):
    assert refused(tmp_path, name, content).startswith("not text")


@pytest.mark.parametrize("content", ["{broken", "[1, 2]", "{}", '{"nbformat": 4}', "[" * 100_000, '"text"'])
def test_json_that_is_no_notebook_is_refused(tmp_path, content):
    assert "notebook" in refused(tmp_path, "a.ipynb", content.encode())


def test_a_file_that_is_gone_or_a_folder_is_refused(tmp_path):
    for path in (tmp_path / "gone.md", tmp_path):
        with pytest.raises(UnreadableDocument, match="cannot be opened"):
            read(path)


def test_a_file_that_is_too_large_is_refused(tmp_path, monkeypatch):
    monkeypatch.setattr(reading, "MOST_BYTES", 10)
    assert "too large" in refused(tmp_path, "a.txt", b"more than ten bytes")


@pytest.mark.parametrize("name", ["a.rst", "a.md"])
def test_a_source_too_large_for_its_parser_is_read_as_text(document, monkeypatch, name):
    monkeypatch.setattr(reading, "MOST_MARKED_UP", 10)
    assert document(name, "Title\n=====\n\nSome text.\n").title == "Title"


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.html", "<div>" * 3000 + "deep words" + "</div>" * 3000),
        ("a.md", "> " * 2000 + "deep words"),
        ("a.rst", "".join(f"{'  ' * depth}- x\n\n" for depth in range(400)) + "  " * 400 + "deep words\n"),
    ],
)
def test_nesting_that_no_one_writes_is_still_text(document, name, content):
    assert "deep words" in document(name, content.encode()).text


# ── what a document says of itself ──


@pytest.mark.parametrize(
    ("name", "title", "version"),
    [
        ("docs/2.13/a.md", "Install", "2.13"),
        ("tool-1.10.22/a.md", "Install", "1.10.22"),
        ("a.md", "Django 5.0 release notes", "5.0"),
        ("a.md", "What's new in 0.24.1 (February 3, 2019)", "0.24.1"),
        ("chapter-1.2/a.md", "Loops", None),
        ("a.md", "PEP 566: Metadata for Packages 2.1", None),
    ],
)
def test_the_version_is_what_title_or_path_say(document, name, title, version):
    assert document(name, f"# {title}\n\nText.\n").version == version


def test_a_date_in_the_title_dates_the_text(document):
    assert document("a.md", "# Version 0.21 (October 27, 2017)\n\nText.\n").dated == "2017-10-27"


def test_a_document_without_a_heading_is_named_by_its_file(document):
    assert document("release_notes-2.md", "Text.\n").title == "Release notes 2"


@pytest.mark.parametrize("name", ["LICENSE", "LICENSE.txt", "licence.md", "COPYING", "LICENSE-MIT", "LICENSES/MIT.txt"])
def test_licence_files_are_known(document, name):
    assert document(name, "Permission is granted.\n").is_licence


@pytest.mark.parametrize("name", ["licensing-guide.md", "copyright_law.md", "notice-board.md", "a.md"])
def test_texts_about_licences_are_no_licence_files(document, name):
    assert not document(name, "Text.\n").is_licence


# ── folders ──


def test_files_below_a_folder_are_those_that_could_be_documents(tmp_path):
    wanted = ["b/a.md", "b/odd.zip", "c.rst", "LICENSE"]
    unwanted = [
        ".git/x.md",
        "__pycache__/x.txt",
        "node_modules/p/README.md",
        "d/pic.png",
        "e.css",
        "f.js",
        ".hidden.md",
    ]
    for name in wanted + unwanted:
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch()
    assert files_below(tmp_path) == sorted(tmp_path / name for name in wanted)
    assert files_below(tmp_path / "c.rst") == [tmp_path / "c.rst"]


def test_a_library_among_the_documents_is_none_of_them(tmp_path):
    for name in ("book/a.md", "mine/byheart.toml", "mine/library.db", "mine/reports/b.html"):
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch()
    assert files_below(tmp_path) == [tmp_path / "book" / "a.md"]


# ── inline markup ──


@pytest.mark.parametrize(
    ("source", "shown"),
    [
        ("``x * y``", "x * y"),
        (":func:`len`", "len"),
        (":meth:`~pathlib.Path.touch`", "touch"),
        (":pep:`634`", "PEP 634"),
        (":ref:`the end <label>`", "the end"),
        (":c:func:`PyList_New`", "PyList_New"),
        ("{func}`len`", "len"),
        ("`Docs <http://x.y>`_ and word_", "Docs and word"),
        ("`list<int>`", "list<int>"),
        ('[a *b*](c "d") ![e](f) [g][h]', "a b e g"),
        ("*x* **y** _z_ ***w* v**", "x y z w v"),
        ("2*3*4 and f(*args, **kwargs) in __init__ of a_b_c", "2*3*4 and f(*args, **kwargs) in __init__ of a_b_c"),
        ("<https://x.y> &lt;b&gt; <b>c</b>", "https://x.y <b> c"),
        (r"a \* b [1]_ [#f]_", "a * b 1 #f"),
        ("`` `a` ``", " `a` "),
    ],
)
def test_inline_markup_is_reduced_to_its_text(source, shown):
    assert plain(source) == shown


def test_plain_keeps_line_breaks():
    assert plain("one :ref:`two\nthree <x>`\n*four*\n") == "one two\nthree\nfour\n"
