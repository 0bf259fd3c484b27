"""Adding again: only what changed is worked on, and only what is gone is withdrawn."""

import pytest

import byheart
from byheart import read


@pytest.fixture
def library(home):
    with byheart.open(home) as opened:
        yield opened


def write(folder, *names, text="The walrus sleeps in a harbour."):
    folder.mkdir(exist_ok=True)
    for name in names:
        (folder / name).write_text(f"# About {name}\n\n{text}\n", encoding="utf-8")


def test_an_unchanged_add_opens_neither_embedder_nor_index(library, tmp_path, monkeypatch):
    write(tmp_path / "a", "one.md", "two.md")
    library.add([tmp_path / "a"])
    library.parts.close()
    monkeypatch.setattr("byheart.parts.Parts.embedder", None)
    monkeypatch.setattr("byheart.parts.Parts._opened_store", None)
    monkeypatch.setattr("byheart.parts.Parts.follow", lambda parts: None)
    assert len(library.add([tmp_path / "a"]).unchanged) == 2


def test_of_many_files_only_the_changed_one_is_read_again(library, tmp_path, monkeypatch):
    write(tmp_path / "a", "one.md", "two.md", "three.md")
    library.add([tmp_path / "a"])
    write(tmp_path / "a", "two.md", text="The walrus sleeps on the ice.")
    opened, whole = [], read.read
    monkeypatch.setattr(read, "read", lambda path: opened.append(path.name) or whole(path))
    added = library.add([tmp_path / "a"])
    assert opened == ["two.md"]
    assert (len(added.changed), len(added.unchanged), added.passages_embedded) == (1, 2, 1)


def test_files_named_one_by_one_are_known_as_those_of_their_folder(library, tmp_path):
    write(tmp_path / "a", *(f"{number}.md" for number in range(12)))
    library.add([tmp_path / "a"])
    added = library.add(sorted((tmp_path / "a").iterdir()))
    assert (len(added.unchanged), added.withdrawn) == (12, ())


def test_what_is_gone_is_withdrawn_once_and_what_has_a_like_name_is_not(library, tmp_path):
    for folder in ("a", "a-b", "a0", "a.b"):
        write(tmp_path / folder, "one.md", "two.md")
        library.add([tmp_path / folder])
        (tmp_path / folder / "one.md").unlink()
    gone = tmp_path / "a" / "one.md"
    added = library.add([tmp_path / "a", gone, tmp_path / "a"])
    assert added.withdrawn == (gone.as_posix(),)
    assert library.status().documents == 7


def test_a_file_that_takes_the_place_of_a_folder_withdraws_what_lay_in_it(library, tmp_path):
    write(tmp_path / "a.md", "one.md")
    library.add([tmp_path / "a.md"])
    (tmp_path / "a.md" / "one.md").unlink()
    (tmp_path / "a.md").rmdir()
    write(tmp_path, "a.md")
    added = library.add([tmp_path / "a.md"])
    assert (len(added.new), len(added.withdrawn)) == (1, 1)
