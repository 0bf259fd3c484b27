"""The main job with the real parts: SmolLM2, MiniLM and Chroma on disk, with the network cut."""

import json
import shutil
import socket
import subprocess
import sys

import pytest

import byheart
from byheart import measure, models
from byheart.errors import EmbedderMismatch, StoreUnavailable
from byheart.figures import beside
from byheart.settings import FILE
from byheart.types import Origin, Support
from conftest import TOPICS
from injections import INJECTIONS

pytestmark = pytest.mark.real


def write_module(folder, number, *, limit=None):
    """Writes the page of a module with one function that has a default: a fact that is soon learned."""
    topic = TOPICS[number]
    name = f"{topic}.pack"
    path = folder / f"{topic}.rst"
    path.write_text(
        f"{topic}: a module\n{'*' * (len(topic) + 10)}\n\nWorks on {topic} objects.\n\n"
        f"{name}\n{'=' * len(name)}\n\n.. function:: {name}(items, *, limit={limit or number * 7 + 20})\n",
        encoding="utf-8",
    )
    return path


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """A folder with a library that has studied the modules of its shelf."""
    models.fetch()
    folder = tmp_path_factory.mktemp("real")
    (folder / "shelf").mkdir()
    for number in range(8):
        write_module(folder / "shelf", number)
    byheart.new(folder / "library")
    with byheart.open(folder / "library") as library:
        added = library.add([folder / "shelf"], core=True)
        assert added.passages_embedded == library.status().passages
        # It ends sooner where the machine is not shared with other tests.
        library.study(minutes=4)
    return folder


@pytest.fixture
def library(made, tmp_path, monkeypatch):
    """A copy of it, opened where every connection to another machine fails."""
    shutil.copytree(made, tmp_path, dirs_exist_ok=True)

    connect = socket.socket.connect

    def cut(self, address):
        if self.family != socket.AF_UNIX and address[0] not in {"127.0.0.1", "::1"}:
            raise OSError(f"the network is cut: {address}")
        return connect(self, address)

    monkeypatch.setattr(socket.socket, "connect", cut)
    with byheart.open(tmp_path / "library") as opened:
        with opened.ledger.writing() as connection:
            connection.execute("UPDATE source SET location = replace(location, ?, ?)", (str(made), str(tmp_path)))
        yield opened


def mastered(library):
    """What the study in use mastered: pairs of a sealed question and its value."""
    record = json.loads((library.folder / "studies" / "1" / "record.json").read_text(encoding="utf-8"))
    return [(fact["sealed"], fact["value"], fact) for fact in record["facts"] if fact["mastered"] and fact["right"]]


def test_most_of_what_was_planned_is_recalled_in_words_never_trained(library):
    record = library.status().study
    assert record.facts_mastered >= record.facts_planned / 2
    assert record.details["sealed right"] >= record.details["sealed asked"] / 2


def test_a_mastered_fact_is_recalled_with_its_passage(library):
    question, value, _ = mastered(library)[0]
    answer = library.ask(question, side="memory")
    assert (answer.origin, answer.text) == (Origin.MEMORY, value)
    assert answer.citations[0].support is Support.STILL
    assert 0 <= answer.confidence <= 1
    assert "search" not in answer.stages


def test_a_question_about_nothing_held_is_not_answered_from_memory(library):
    assert library.ask("How long do you boil lentils?").origin is not Origin.MEMORY


def test_an_export_of_the_real_model_answers_as_before(library, tmp_path):
    exported = library.export(tmp_path / "out", form="ollama")
    assert exported.asked == library.status().study.facts_mastered
    assert exported.agreed == exported.asked


def test_without_its_index_a_library_answers_from_memory_or_declines_and_says_why(library):
    shutil.rmtree(library.folder / "index")
    answer = library.ask("How long do you boil lentils?")
    assert answer.origin is Origin.NONE
    assert "vector store" in answer.why
    question, value, _ = mastered(library)[0]
    assert library.ask(question, side="memory").text == value
    with pytest.raises(StoreUnavailable):
        library.search("limit")
    assert library.repair() == library.status().passages
    assert library.search("limit")


def test_a_changed_line_is_never_recited(library, tmp_path):
    question, value, fact = mastered(library)[0]
    write_module(tmp_path / "shelf", TOPICS.index(fact["subject"].partition(".")[0]), limit=991)
    added = library.add([tmp_path / "shelf"])
    assert len(added.changed) == 1
    assert 0 < added.passages_embedded <= 2
    assert library.status().stale_facts == 1
    answer = library.ask(question)
    assert answer.origin is not Origin.MEMORY
    assert answer.text != value


def test_what_has_not_changed_is_not_embedded_again(library, tmp_path):
    added = library.add([tmp_path / "shelf"])
    assert (added.passages_embedded, len(added.unchanged)) == (0, 8)


def test_a_removed_file_is_found_no_more(library, tmp_path):
    (tmp_path / "shelf" / "gherkin.rst").unlink()
    added = library.add([tmp_path / "shelf"])
    assert len(added.withdrawn) == 1
    assert all("gherkin" not in hit.source for hit in library.search("gherkin", k=20))


def test_another_embedder_than_the_library_was_indexed_with_is_refused(library):
    (library.folder / FILE).write_text('embedder = "memory"\n', encoding="utf-8")
    with byheart.open(library.folder) as other, pytest.raises(EmbedderMismatch) as raised:
        other.search("limit")
    assert "all-minilm-l6-v2-int8" in raised.value.hint


def test_injections_change_no_answer_of_a_real_reader(library, tmp_path):
    question, _, _ = mastered(library)[0]
    asked = [
        (question, None),
        (question, "documents"),
        ("What is the default of limit in saddle.pack?", "documents"),
        ("How long do you boil lentils?", None),
    ]

    def outcomes():
        answers = [library.ask(question, side=side) for question, side in asked]
        cited = [{citation.source for citation in answer.citations if answer.text} for answer in answers]
        return [
            (answer.text, answer.origin, set(answer.stages), answer.conflict, sources)
            for answer, sources in zip(answers, cited, strict=True)
        ]

    before = outcomes()
    (tmp_path / "evil").mkdir()
    for number, injection in enumerate(INJECTIONS):
        text = injection.format(question=" ".join(question for question, _ in asked))
        (tmp_path / "evil" / f"{number}.md").write_text(f"# walrus: a module\n\n{text}\n", encoding="utf-8")
    library.add([tmp_path / "evil"])
    assert outcomes() == before
    assert "42" not in [outcome[0] for outcome in before]


ASK = """
import json, sys, byheart
with byheart.open(sys.argv[1]) as library:
    answer = library.ask(sys.argv[2], side="memory")
print(json.dumps([answer.text, sorted({name.partition(".")[0] for name in sys.modules})]))
"""


def test_an_answer_from_memory_loads_neither_torch_nor_chroma_nor_scikit_learn(library):
    question, value, _ = mastered(library)[0]
    done = subprocess.run(
        [sys.executable, "-c", ASK, library.folder, question], capture_output=True, text=True, check=True
    )
    text, loaded = json.loads(done.stdout.splitlines()[-1])
    assert text == value
    assert not {"torch", "transformers", "chromadb", "sklearn", "scipy", "onnxruntime", "docutils"} & set(loaded)


def test_a_library_never_studied_answers_from_documents_without_torch(made, tmp_path):
    byheart.new(tmp_path / "fresh")
    with byheart.open(tmp_path / "fresh") as library:
        library.add([made / "shelf"])
    script = ASK.replace('side="memory"', 'side="documents"')
    question = "What is the default of limit in gherkin.pack?"
    done = subprocess.run(
        [sys.executable, "-c", script, tmp_path / "fresh", question], capture_output=True, text=True, check=True
    )
    _, loaded = json.loads(done.stdout.splitlines()[-1])
    assert not {"torch", "transformers", "sklearn"} & set(loaded)


def test_all_arms_are_measured_with_the_real_parts(made, tmp_path):
    models.fetch(["all-minilm-l6-v2"])
    home = shutil.copytree(made / "library", tmp_path / "library")
    with byheart.open(home) as library:
        found, folder = measure.measure(library, [], measure.Order(most=3, cold=1))
        page = measure.draw(found, folder)
    assert not found.run.left_out
    assert not found.run.failures
    arms = found.figures.arms
    assert set(arms) == {"memory", "documents", "both", "untaught", "usual"}
    assert beside(found.figures, "memory", "usual").times_as_fast.value > 1
    assert arms["usual"].cost.tokens_in > 2 * arms["documents"].cost.tokens_in
    assert arms["documents"].retrieval.within["10"].value == 1
    assert arms["memory"].cost.peak_bytes < arms["usual"].cost.peak_bytes
    assert all(f">{arm}<" in page.read_text(encoding="utf-8") for arm in arms)
