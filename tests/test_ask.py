"""The corridor, from end to end, on the backends in RAM."""

import json
import shutil
from dataclasses import replace

import pytest

import byheart
from byheart.errors import LibraryDamaged, ModelUnavailable, NothingStudied, StoreUnavailable, UsageError
from byheart.gate import Gate
from byheart.scales import Scales
from byheart.settings import FILE
from byheart.types import Origin, Support
from conftest import make_library, make_shelf, write_proposal

QUESTION = "Which Python version did PROP 103 target?"


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """A folder with a studied library and its shelf; tests get copies, since a study takes seconds."""
    folder = tmp_path_factory.mktemp("made")
    make_shelf(folder)
    with byheart.open(make_library(folder)) as library:
        library.add([folder / "shelf"], core=True)
        library.study(minutes=4)
    return folder


@pytest.fixture
def studied(made, tmp_path):
    shutil.copytree(made, tmp_path, dirs_exist_ok=True)
    with byheart.open(tmp_path / "library") as library:
        with library.ledger.writing() as connection:
            connection.execute("UPDATE source SET location = replace(location, ?, ?)", (str(made), str(tmp_path)))
        yield library


def test_a_library_never_studied_answers_from_documents_at_once(home, shelf):
    with byheart.open(home) as library:
        library.add([shelf])
        answer = library.ask("Python-Version of PROP 103?")
    assert answer.origin is Origin.DOCUMENTS
    assert "3.4" in answer.text
    assert answer.citations[0].source.endswith("prop-0103.rst")
    assert {"search", "read"} <= set(answer.stages)


def test_a_library_never_studied_has_no_memory_to_ask(home, shelf):
    with byheart.open(home) as library:
        library.add([shelf])
        with pytest.raises(NothingStudied):
            library.ask(QUESTION, side="memory")


def test_what_was_studied_is_answered_from_memory_with_the_passage_it_was_learned_from(studied):
    answer = studied.ask(QUESTION)
    assert (answer.origin, answer.text) == (Origin.MEMORY, "3.4")
    assert answer.confidence >= 0.9
    assert answer.citations[0].source.endswith("prop-0103.rst")
    assert answer.citations[0].support is Support.STILL
    assert "Python-Version: 3.4" in answer.citations[0].text
    assert "search" not in answer.stages
    assert answer.seconds >= sum(answer.stages.values()) * 0.9


def test_what_nobody_knows_is_not_known_and_the_nearest_passages_are_shown(studied):
    answer = studied.ask("How long do you boil lentils with rhubarb and goulash?")
    assert (answer.origin, answer.text) == (Origin.NONE, "")
    assert answer.why


def test_changed_document_is_looked_up_even_when_sure(studied, tmp_path):
    assert studied.ask(QUESTION).origin is Origin.MEMORY
    write_proposal(tmp_path / "shelf", 3, version="3.99")
    studied.add([tmp_path / "shelf"])
    answer = studied.ask(QUESTION)
    assert (answer.origin, answer.text) == (Origin.DOCUMENTS, "3.99")
    assert answer.conflict is not None
    assert (answer.conflict.memory.text, answer.conflict.documents.text) == ("3.4", "3.99")
    assert answer.conflict.winner is Origin.DOCUMENTS
    (_, question, record) = studied.ledger.conflicts.all()[0]
    assert question == QUESTION
    assert record["rule"] == "newer text wins"
    assert (record["memory"]["text"], record["documents"]["text"]) == ("3.4", "3.99")
    assert record["memory"]["source"] == record["documents"]["source"]
    assert record["memory"]["added"] < record["documents"]["added"]


def test_other_facts_of_a_changed_document_are_still_answered_from_memory(studied, tmp_path):
    write_proposal(tmp_path / "shelf", 3, version="3.99")
    studied.add([tmp_path / "shelf"])
    answer = studied.ask("Which status does PROP 103 have?")
    assert (answer.origin, answer.text) == (Origin.MEMORY, "Final")


def test_a_forgotten_document_is_told_neither_from_memory_nor_found(studied, tmp_path):
    studied.forget([tmp_path / "shelf" / "prop-0103.rst"])
    answer = studied.ask(QUESTION)
    assert answer.text != "3.4"
    assert all("prop-0103" not in hit.source for hit in studied.search(QUESTION))


def test_one_side_can_be_asked_alone(studied):
    assert studied.ask(QUESTION, side="memory").origin is Origin.MEMORY
    assert studied.ask(QUESTION, side="documents").origin is Origin.DOCUMENTS


def test_the_first_study_answers_again_when_it_is_put_back_into_use(studied, tmp_path):
    write_proposal(tmp_path / "shelf", 3, version="3.99")
    studied.add([tmp_path / "shelf"])
    assert studied.study(minutes=4).number == 2
    assert studied.ask(QUESTION).text == "3.99"
    studied.use(1)
    assert studied.status().study.number == 1
    assert studied.ask(QUESTION, side="memory").text == "3.4"


def test_an_empty_question_is_refused(studied):
    with pytest.raises(UsageError):
        studied.ask("  ")


def test_a_server_that_is_down_makes_an_honest_decline(home, shelf):
    with byheart.open(home) as library:
        library.add([shelf])
    (home / FILE).write_text('embedder = "memory"\nserver = "http://127.0.0.1:9/v1"\n', encoding="utf-8")
    with byheart.open(home) as library:
        answer = library.ask(QUESTION)
    assert answer.origin is Origin.NONE
    assert "127.0.0.1:9" in answer.why


def test_a_calibration_is_refused_for_other_weights(studied):
    record = studied.status().study
    assert record.details["calibration"]["weights"] == record.weights
    with studied.ledger.writing() as connection:
        details = json.loads(json.dumps(dict(record.details)))
        details["calibration"]["weights"] = "other weights"
        connection.execute("UPDATE study SET weights = 'other', details = ?", (json.dumps(details),))
    assert studied.ask(QUESTION).origin is not Origin.MEMORY


@pytest.fixture
def slow(studied, monkeypatch):
    """A studied library whose recalls take a second: worth waiting for only where they are likely to be right."""
    calibration = replace(studied.parts.calibration(), recall_seconds=1.0)
    monkeypatch.setattr(studied.parts, "calibration", lambda: calibration)
    return studied


def test_what_is_studied_is_recalled_however_slowly(slow):
    assert slow.ask(QUESTION).origin is Origin.MEMORY


def test_what_nothing_studied_is_near_is_looked_up_without_a_recall(slow):
    answer = slow.ask("What do lentils weigh?")
    assert "recall" not in answer.stages
    assert "search" in answer.stages
    assert "recall: not tried: nothing studied is near enough" in answer.why
    assert "recall" in slow.ask("What do lentils weigh?", side="memory").stages


def test_without_the_documents_memory_is_asked_after_all(slow, monkeypatch):
    looked_up = []

    def gone(question, *, k):
        looked_up.append(question)
        no_store(question, k=k)

    monkeypatch.setattr(slow, "search", gone)
    answer = slow.ask("What do lentils weigh?")
    assert answer.origin is Origin.NONE
    assert len(looked_up) == 1
    assert "recall" in answer.stages
    assert "it could not be looked up: the store is gone" in answer.reason


def test_a_sure_memory_speaks_where_looking_up_would_help_and_cannot_be_done(studied, monkeypatch):
    always = Gate((0.0,), (1.0,), (0.0,), 30.0)
    scales = Scales(*(Gate((0.0, 0.0), (1.0, 1.0), (1.0, 1.0), 0.0),) * 3, looked_up=always, seconds=0.0)
    gains = replace(studied.parts.calibration(), scales=scales, threshold=0.5)
    monkeypatch.setattr(studied.parts, "calibration", lambda: gains)
    monkeypatch.setattr(Scales, "gain", lambda self, recalled: 0.2)
    assert "search" in studied.ask(QUESTION).stages
    monkeypatch.setattr(studied, "search", no_store)
    answer = studied.ask(QUESTION)
    assert (answer.origin, answer.text) == (Origin.MEMORY, "3.4")
    assert answer.reason == "answered from memory; not looked up: the store is gone"


def no_store(question, *, k):
    raise StoreUnavailable("the store is gone")


def test_a_value_that_changed_in_its_sentence_is_told_without_reading(studied, tmp_path):
    write_proposal(tmp_path / "shelf", 3, version="3.99")
    studied.add([tmp_path / "shelf"])
    answer = studied.ask(QUESTION)
    (cited,) = answer.citations
    assert not {"search", "read"} & set(answer.stages)
    assert cited.text[slice(*cited.span)] == "3.99"
    assert answer.conflict.memory.citation.text.endswith("Python-Version: 3.4")
    assert "the same sentence now says “3.99”" in answer.why


def test_a_sentence_that_is_gone_is_looked_up(studied, tmp_path):
    path = write_proposal(tmp_path / "shelf", 3)
    path.write_text(path.read_text(encoding="utf-8").replace("Python-Version: 3.4\n", ""), encoding="utf-8")
    studied.add([tmp_path / "shelf"])
    answer = studied.ask(QUESTION)
    assert answer.text != "3.4"
    assert "search" in answer.stages
    assert "the documents have moved since the study" in answer.why


def test_a_decline_says_that_what_memory_held_was_withdrawn(studied, tmp_path):
    (tmp_path / "shelf" / "prop-0103.rst").unlink()
    studied.add([tmp_path / "shelf"])
    answer = studied.ask(QUESTION)
    assert answer.origin is Origin.NONE
    assert "3.4" not in [claim.text for claim in answer.withheld]
    assert answer.reason == "what memory held of it was withdrawn; the documents are not sure enough"


def test_a_decline_says_that_what_memory_held_has_changed(studied, tmp_path):
    path = write_proposal(tmp_path / "shelf", 3)
    path.write_text(path.read_text(encoding="utf-8").replace("Python-Version: 3.4\n", ""), encoding="utf-8")
    studied.add([tmp_path / "shelf"])
    answer = studied.ask(QUESTION)
    assert answer.reason == "what memory held of it has changed; the passages found do not tell"


def test_the_next_study_and_what_is_stale_are_told(studied, tmp_path):
    assert (studied.status().stale, studied.status().new_passages) == ([], 0)
    write_proposal(tmp_path / "shelf", 3, version="3.99")
    studied.add([tmp_path / "shelf"])
    found = studied.status()
    assert [(taught.fact.value, taught.instead.text) for taught in found.stale] == [("3.4", "3.99")]
    assert found.new_passages == 1
    assert "3.99" in [fact.value for fact in found.new_facts]


def test_forgotten_facts_are_held_by_the_weights_and_told_by_no_one(studied, tmp_path):
    assert studied.prove() == []
    studied.forget([tmp_path / "shelf" / "prop-0103.rst"])
    proofs = studied.prove([tmp_path / "shelf"])
    assert any(proof.is_held for proof in proofs)
    assert not any(proof.is_told for proof in proofs)
    assert {proof.source for proof in proofs} == {(tmp_path / "shelf" / "prop-0103.rst").as_posix()}
    assert studied.prove([tmp_path / "shelf" / "prop-0104.rst"]) == []


def test_every_stage_of_an_answer_from_memory_is_accounted_for(studied):
    answer = studied.ask(QUESTION)
    around, recalled, sure, given = answer.steps
    assert "PROP 103, Python-Version: “3.4” (still says so)" in around.said
    assert recalled.figures["recites a near fact"] == 1
    assert sure.figures["probability"] == answer.confidence
    assert sure.figures["threshold"] >= 0.9
    assert (given.stage, answer.reason) == ("answer", "answered from memory")
    assert answer.why.splitlines() == [f"{step.stage}: {step.said}" for step in answer.steps]


class Silent:
    """A model that gives no answer in time."""

    name = "silent"

    def complete(self, prompt, *, tokens, timeout):
        raise ModelUnavailable("the model gave no answer within 1 s", hint="raise timeout")

    def close(self): ...


def test_where_memory_is_too_slow_another_reader_answers_and_says_so(studied, monkeypatch):
    quoting = studied.parts.model()
    monkeypatch.setattr(studied.parts, "model", Silent)
    monkeypatch.setattr(studied.parts, "reader", lambda: quoting)
    answer = studied.ask(QUESTION)
    assert answer.origin is Origin.DOCUMENTS
    assert "3.4" in answer.text
    assert "recall: none: the model gave no answer within 1 s" in answer.why
    assert studied.ask(QUESTION, side="memory").origin is Origin.NONE


def test_where_the_same_model_would_read_it_is_waited_for_only_once(studied, monkeypatch):
    silent = Silent()
    monkeypatch.setattr(studied.parts, "model", lambda: silent)
    monkeypatch.setattr(studied.parts, "reader", lambda: silent)
    answer = studied.ask(QUESTION)
    assert (answer.origin, answer.reason) == (Origin.NONE, "the model gave no answer within 1 s; raise timeout")


def test_with_its_weights_lost_a_library_is_looked_up_and_says_so(studied):
    shutil.rmtree(studied.folder / "studies" / "1")
    answer = studied.ask(QUESTION)
    assert "memory: not asked: the weights of study 1 are gone" in answer.why
    # The base reads, as before the first study; it is little trusted.
    assert "3.4" in answer.withheld[0].text
    assert studied.ask(QUESTION, side="documents").withheld == answer.withheld
    with pytest.raises(LibraryDamaged, match="the weights of study 1 are gone"):
        studied.ask(QUESTION, side="memory")


def test_a_document_that_is_no_longer_core_is_looked_up_and_its_neighbours_are_not(studied, tmp_path):
    studied.add([tmp_path / "shelf" / "prop-0103.rst"], core=False)
    answer = studied.ask(QUESTION)
    assert answer.origin is Origin.DOCUMENTS
    assert "3.4" in answer.text
    assert studied.ask("Which Python version did PROP 104 target?").origin is Origin.MEMORY
    studied.add([tmp_path / "shelf" / "prop-0103.rst"], core=True)
    assert studied.ask(QUESTION).origin is Origin.MEMORY


def test_what_is_forgotten_while_the_store_is_down_is_forgotten(studied, tmp_path, monkeypatch):
    def gone():
        raise StoreUnavailable("the store is gone")

    with monkeypatch.context() as down:
        down.setattr(studied.parts, "_writable_store", gone)
        path = tmp_path / "shelf" / "prop-0103.rst"
        assert studied.forget([path]) == (path.as_posix(),)
    assert all(hit.source != path.as_posix() for hit in studied.search("Handling of gherkin objects", k=20))
    assert studied.ask(QUESTION).origin is not Origin.MEMORY
