"""An export answers as the study does, or is not there: the stage in RAM, the real forms on a tiny model."""

import errno
import json
import re
import sys
from dataclasses import replace

import pytest

import byheart
from byheart import export
from byheart.backends.memory.model import MemoryModel
from byheart.errors import ExportFailed, ExtraMissing, LibraryDamaged, NothingStudied, UsageError
from byheart.export import README, Trial
from byheart.outcomes import StudyRecord
from byheart.prompts import CHATML, PLAIN, PromptFormat
from byheart.types import Learned
from conftest import make_library, make_shelf, write_proposal
from tiny import FACTS, PASSAGES, STATUSES, converter, full_disk, lessons, make_tiny_model

# ── the stage, in RAM ──


class Copying:
    """An exporter whose form is the memory model's own."""

    def write(self, weights, folder, *, name):
        (folder / "model.json").write_bytes(weights.read_bytes())
        return folder / "model.json"

    def open(self, folder):
        return MemoryModel.load(folder / "model.json")


class Forgetting(Copying):
    """One that loses what was learned."""

    def write(self, weights, folder, *, name):
        forgotten = dict.fromkeys(json.loads(weights.read_text(encoding="utf-8")), "never heard of it")
        (folder / "model.json").write_text(json.dumps(forgotten), encoding="utf-8")
        return folder / "model.json"


class Overflowing(Copying):
    """One whose disk is full before it is done."""

    def write(self, weights, folder, *, name):
        (folder / "half").write_bytes(b"half")
        raise OSError(errno.ENOSPC, "No space left on device")


@pytest.fixture(scope="module")
def learned(tmp_path_factory):
    """A folder with a library that has studied its shelf."""
    folder = tmp_path_factory.mktemp("export")
    home, shelf = make_library(folder), make_shelf(folder)
    with byheart.open(home) as library:
        library.add([shelf], core=True)
        library.study(minutes=2)
    return folder


@pytest.fixture
def library(learned):
    with byheart.open(learned / "library") as opened:
        opened.parts.exporter = lambda form, precision, record: Copying()
        yield opened


def test_before_any_study_there_is_nothing_to_export(home, tmp_path):
    with byheart.open(home) as library, pytest.raises(NothingStudied):
        library.export(tmp_path / "out")
    assert not (tmp_path / "out").exists()


def test_an_export_was_asked_every_mastered_question(library, tmp_path):
    exported = library.export(tmp_path / "deep" / "out")
    mastered = library.status().study.facts_mastered
    assert (exported.asked, exported.agreed, exported.identical) == (mastered, mastered, mastered)
    assert (exported.form, exported.precision, exported.study) == ("gguf", "q8_0", 1)
    assert exported.bytes >= (tmp_path / "deep" / "out" / "model.json").stat().st_size
    assert [path.name for path in (tmp_path / "deep").iterdir()] == ["out"]


def test_of_many_mastered_questions_so_many_are_asked(library, tmp_path, monkeypatch):
    monkeypatch.setattr(export, "QUESTIONS", 5)
    assert library.export(tmp_path / "out").asked == 5


def test_progress_tells_who_is_asked_and_how_far_it_is(library, tmp_path):
    seen = []
    asked = library.export(tmp_path / "out", watch=seen.append).asked
    assert [event.done for event in seen if event.stage == "asking the study"] == list(range(asked))
    assert [event.done for event in seen if event.stage == "asking the export"] == list(range(asked))
    assert {event.total for event in seen if event.done} == {asked}


def test_an_export_that_answers_otherwise_is_an_error_and_is_removed(library, tmp_path):
    library.parts.exporter = lambda form, precision, record: Forgetting()
    with pytest.raises(ExportFailed, match="never heard of it") as failed:
        library.export(tmp_path / "out")
    assert "0 of" in str(failed.value)
    assert "byheart export" in failed.value.hint
    assert not list(tmp_path.iterdir())


def test_two_answers_in_a_hundred_may_differ_and_three_may_not():
    def trials(differing):
        return [Trial("q", "3.10", "3.11" if place < differing else "3.10") for place in range(100)]

    export.check(trials(2))
    with pytest.raises(ExportFailed, match="97 of 100"):
        export.check(trials(3))


def test_answers_in_other_words_agree_as_everywhere_in_byheart():
    assert Trial("q", "the walrus operator", "Walrus operator").is_agreed
    assert not Trial("q", "3.10", "3.1").is_agreed


def test_a_full_disk_leaves_nothing(library, tmp_path):
    library.parts.exporter = lambda form, precision, record: Overflowing()
    with pytest.raises(ExportFailed, match="No space left") as failed:
        library.export(tmp_path / "out")
    assert "disk" in failed.value.hint
    assert not list(tmp_path.iterdir())


def test_an_interrupted_export_leaves_nothing(library, tmp_path):
    def interrupt(event):
        if event.stage == "asking the export":
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        library.export(tmp_path / "out", watch=interrupt)
    assert not list(tmp_path.iterdir())


def test_what_a_killed_export_left_is_cleared_away(library, tmp_path):
    left = tmp_path / ".out.partial"
    left.mkdir()
    (left / "half").write_bytes(b"half")
    library.export(tmp_path / "out")
    assert [path.name for path in tmp_path.iterdir()] == ["out"]
    assert not (tmp_path / "out" / "half").exists()


def test_a_folder_that_holds_something_is_left_alone(library, tmp_path):
    (tmp_path / "mine.txt").write_text("mine", encoding="utf-8")
    with pytest.raises(UsageError, match="not empty") as refused:
        library.export(tmp_path)
    assert "new or empty" in refused.value.hint
    with pytest.raises(UsageError, match="a file"):
        library.export(tmp_path / "mine.txt")
    assert (tmp_path / "mine.txt").read_text(encoding="utf-8") == "mine"


def test_an_empty_folder_is_filled(library, tmp_path):
    (tmp_path / "out").mkdir()
    library.export(tmp_path / "out")
    assert (tmp_path / "out" / README).is_file()


def test_a_hugging_face_folder_has_no_eight_bits(library, tmp_path):
    with pytest.raises(UsageError, match="f16"):
        library.export(tmp_path / "out", form="hf", precision="q8_0")
    assert library.export(tmp_path / "out", form="hf").precision == "f16"


def test_weights_that_are_not_those_that_were_tested_are_not_exported(home, shelf, tmp_path):
    with byheart.open(home) as library:
        library.add([shelf], core=True)
        library.study(minutes=1)
        library.parts.exporter = lambda form, precision, record: Copying()
        (home / "studies" / "1" / "model.gguf").write_text('{"What is new?": "nothing"}', encoding="utf-8")
        with pytest.raises(LibraryDamaged, match="not those that were tested"):
            library.export(tmp_path / "out")
    assert not (tmp_path / "out").exists()


def test_a_study_that_mastered_nothing_cannot_be_tested(home, shelf, tmp_path):
    with byheart.open(home) as library:
        library.add([shelf], core=True)
        library.study(minutes=1)
        with library.ledger.writing() as connection:
            connection.execute("UPDATE fact SET is_mastered = 0")
        with pytest.raises(UsageError, match="mastered nothing"):
            library.export(tmp_path / "out")


def test_the_model_in_ram_is_refused_as_any_form(learned, tmp_path):
    with byheart.open(learned / "library") as library:
        for form in ("gguf", "ollama", "hf"):
            with pytest.raises(UsageError, match="only in RAM") as refused:
                library.export(tmp_path / "out", form=form)
            assert "byheart.toml" in refused.value.hint
    assert not list(tmp_path.iterdir())


def test_without_torch_the_extra_is_named(learned, monkeypatch):
    monkeypatch.delitem(sys.modules, "byheart.backends.hf_folder", raising=False)
    monkeypatch.setitem(sys.modules, "torch", None)
    with byheart.open(learned / "library") as library:
        record = replace(library.status().study, base="smollm2-135m-instruct")
        with pytest.raises(ExtraMissing) as missing:
            library.parts.exporter("hf", "f16", record)
    assert "byheart[study]" in missing.value.hint


# ── what it says of itself ──


def test_the_readme_tells_what_was_learned_from_what_and_how_it_was_tested(library, learned, tmp_path):
    exported = library.export(tmp_path / "out", form="ollama")
    said = (tmp_path / "out" / README).read_text(encoding="utf-8")
    record = library.status().study
    assert "# library-study-1" in said
    assert f"{record.facts_planned:,}, of them {record.facts_mastered:,} mastered" in said
    assert f"{exported.asked:,} mastered questions: {exported.agreed:,} answered as before" in said
    assert all(f"prop-{number + 100:04}.rst" in said for number in range(12))
    assert "ollama create library-study-1 -f Modelfile" in said
    assert str(learned) not in said
    assert "outdated" not in said


def test_the_readme_counts_what_documents_no_longer_say(home, shelf, tmp_path):
    with byheart.open(home) as library:
        library.add([shelf], core=True)
        library.study(minutes=1)
        write_proposal(shelf, 3, status="Withdrawn")
        library.add([shelf])
        stale = library.status().stale_facts
        library.parts.exporter = lambda form, precision, record: Copying()
        library.export(tmp_path / "out")
    assert stale
    assert f"| outdated | {stale} of the facts" in (tmp_path / "out" / README).read_text(encoding="utf-8")


def test_a_model_card_begins_with_what_the_hub_reads(library, tmp_path):
    library.export(tmp_path / "out", form="hf")
    lines = (tmp_path / "out" / README).read_text(encoding="utf-8").splitlines()
    front = lines[1 : lines.index("---", 1)]
    assert lines[0] == "---"
    assert "library_name: transformers" in front
    assert not [line for line in front if line.endswith(": ")]


# ── Ollama's way of asking ──


def read_modelfile(text):
    """The instructions of a Modelfile: pairs of a name and its value, which may stand in triple quotes over lines."""
    found = re.findall(r'^(\w+) (?:(\w+) )?(?:"""(.*?)"""|(.*?))$', text, re.MULTILINE | re.DOTALL)
    return [(f"{name} {key}".strip(), quoted or plain) for name, key, quoted, plain in found]


def rendered(template, question):
    """What Ollama makes of a template for one question: fields, text in quotes, and nothing after the response.

    Go's language knows more; another action than these is an error here.
    """
    made = ""
    for text, action in re.findall(r"(.*?)(?:\{\{(.*?)\}\}|$)", template, re.DOTALL):
        made += text
        match action.strip():
            case "":
                continue
            case ".Prompt":
                made += question
            case ".Response":
                return made
            case literal:
                made += json.loads(literal)
    raise AssertionError("the template has no place for the response")


ODD = PromptFormat('<user> {{ "braces" }}\n', "</user>\n\n<model>", ("</model>", "<user>"))


@pytest.mark.parametrize("format", [CHATML, PLAIN, ODD])
@pytest.mark.parametrize("question", ["What is PEP 8 called?", 'Two\n\nlines with {{ .Prompt }} and "quotes"'])
def test_a_modelfile_asks_as_the_format_does(format, question):
    from byheart.backends.ollama_folder import modelfile

    said = dict(read_modelfile(modelfile(format, "model-q8_0.gguf", tokens=48, licence="Apache-2.0")))
    assert rendered(said["TEMPLATE"], question) == f"{format.before}{question}{format.after}"


def test_a_modelfile_answers_greedily_stops_as_byheart_does_and_adds_no_system_turn():
    from byheart.backends.ollama_folder import modelfile

    said = read_modelfile(modelfile(ODD, "model-q8_0.gguf", tokens=48, licence="Apache-2.0"))
    assert [value for name, value in said if name == "PARAMETER stop"] == ["</model>", "<user>", "\n\n"]
    assert {
        ("FROM", "./model-q8_0.gguf"),
        ("SYSTEM", ""),
        ("PARAMETER temperature", "0"),
        ("PARAMETER repeat_penalty", "1"),
        ("PARAMETER num_predict", "48"),
        ("LICENSE", "Apache-2.0"),
    } <= set(said)
    assert "LICENSE" not in modelfile(ODD, "model-q8_0.gguf", tokens=48, licence="")


# ── the real forms, on a tiny model ──


@pytest.fixture(scope="module")
def tiny_library(tmp_path_factory):
    """A library whose study in use is a tiny model that was really taught three facts."""
    from byheart.backends.transformers import TransformersTrainer
    from byheart.models import name_of

    folder = tmp_path_factory.mktemp("tiny")
    make_tiny_model("llama", folder / "base")
    home = make_library(folder)
    (home / "byheart.toml").write_text(
        f'model = "{folder / "base"}"\nembedder = "memory"\nthreads = 1\n', encoding="utf-8"
    )
    for subject, status in STATUSES.items():
        (folder / f"{subject}.txt").write_text(f"{subject} has the status {status}.\n", encoding="utf-8")
    curriculum = lessons()
    trainer = TransformersTrainer(folder / "base", threads=1, converter=converter())
    weights = trainer.train(
        curriculum, home / "studies" / "1", minutes=5.0, seed=3, watch=lambda progress: None
    ).weights
    with byheart.open(home) as library:
        library.add([folder / f"{subject}.txt" for subject in STATUSES], core=True)
        record = StudyRecord(1, library.settings.model, name_of(weights), "2026-01-02", True, 3, 3, 0.1)
        facts = [Learned(fact, fact.id in curriculum.mastered()) for fact in FACTS]
        revision = library.documents()[0].revision
        library.ledger.studies.finish(record, facts, {revision: list(PASSAGES.values())})
    return home


FORMS = [("gguf", "q8_0"), ("gguf", "f16"), ("ollama", "q8_0"), ("hf", "f16")]


@pytest.fixture(scope="module")
def exports(tiny_library, tmp_path_factory):
    """The folder of exports of it, and what each said of itself."""
    folder = tmp_path_factory.mktemp("exports")
    with byheart.open(tiny_library) as library:
        return folder, [
            library.export(folder / f"{form}-{precision}", form=form, precision=precision) for form, precision in FORMS
        ]


@pytest.mark.real
def test_every_form_answers_as_the_study(exports):
    _, made = exports
    assert [(exported.form, exported.precision) for exported in made] == FORMS
    assert {(exported.asked, exported.identical) for exported in made} == {(3, 3)}


@pytest.mark.real
def test_at_eight_bits_the_weights_are_the_served_ones_byte_for_byte(tiny_library, exports):
    from byheart.backends.requantise import opened

    served = opened(tiny_library / "studies" / "1" / "model.gguf")
    written = opened(exports[0] / "gguf-q8_0" / "model-q8_0.gguf")
    assert [(tensor.name, tensor.data.tobytes()) for tensor in served.tensors] == [
        (tensor.name, tensor.data.tobytes()) for tensor in written.tensors
    ]
    assert written.fields["general.name"].contents() == "library-study-1"


@pytest.mark.real
def test_ollama_and_transformers_ask_in_the_tokens_of_the_study(tiny_library, exports):
    import transformers

    from byheart.backends.gguf_prompts import prompt_tokens

    turns = ["What is the status of PROP 7?", "two\nlines  ", "Ångström 中文 🐍"]
    ours = prompt_tokens(tiny_library / "studies" / "1" / "model.gguf", turns, None)
    folder = exports[0]
    template = dict(read_modelfile((folder / "ollama-q8_0" / "Modelfile").read_text(encoding="utf-8")))["TEMPLATE"]
    # As Ollama does: the whole prompt is cut at once, with its control tokens.
    raw = [PromptFormat(rendered(template, turn), "", ()) for turn in turns]
    weights = folder / "ollama-q8_0" / "model-q8_0.gguf"
    assert [prompt_tokens(weights, [""], format)[0] for format in raw] == ours
    tokenizer = transformers.AutoTokenizer.from_pretrained(folder / "hf-f16")
    asked = [[{"role": "user", "content": turn}] for turn in turns]
    assert tokenizer.apply_chat_template(asked, add_generation_prompt=True)["input_ids"] == ours


@pytest.mark.real
def test_transformers_alone_answers_from_a_hugging_face_folder(exports):
    import transformers

    folder = exports[0] / "hf-f16"
    names = {path.name for path in folder.iterdir()}
    assert {"config.json", "generation_config.json", "model.safetensors", "tokenizer.json", README} <= names
    settings = json.loads((folder / "generation_config.json").read_text(encoding="utf-8"))
    assert not settings.get("do_sample")
    assert "quantization_config" not in (folder / "config.json").read_text(encoding="utf-8")
    pipeline = transformers.pipeline("text-generation", str(folder), dtype="float32")
    for subject, status in STATUSES.items():
        said = pipeline([{"role": "user", "content": lessons_probe(subject)}])
        assert said[0]["generated_text"][-1]["content"] == status


def lessons_probe(subject):
    return next(probe.prompt for probe in lessons().probes() if subject in probe.prompt)


@pytest.mark.real
def test_a_hugging_face_folder_gives_drafts_like_any_model(exports):
    from byheart.backends.hf_folder import FolderModel

    model = FolderModel(exports[0] / "hf-f16")
    whole = model.complete(lessons_probe("PROP 9"), tokens=12, timeout=60)
    cut = model.complete(lessons_probe("PROP 9"), tokens=1, timeout=60)
    model.close()
    assert whole.text == "Withdrawn"
    assert (whole.is_complete, cut.is_complete) == (True, False)
    assert (whole.tokens[-1].text, "".join(token.text for token in whole.tokens)) == ("", "Withdrawn")
    assert all(token.logprob <= 0 <= token.margin for token in whole.tokens)
    assert len(cut.tokens) == 1


@pytest.mark.real
@pytest.mark.parametrize("form", ["gguf", "hf"])
def test_a_disk_that_is_really_full_leaves_nothing(tiny_library, tmp_path, form):
    with byheart.open(tiny_library) as library, full_disk(30_000), pytest.raises(ExportFailed) as failed:
        library.export(tmp_path / "out", form=form)
    assert "disk" in failed.value.hint
    assert not list(tmp_path.iterdir())


@pytest.mark.real
def test_an_architecture_that_transformers_does_not_know_is_refused_with_another_form(tmp_path):
    import gguf

    from byheart.backends.hf_folder import HuggingFaceFolder

    writer = gguf.GGUFWriter(tmp_path / "model.gguf", "plamo")
    writer.add_name("unknown")
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()
    with pytest.raises(ExportFailed, match="plamo") as refused:
        HuggingFaceFolder(None, None, tokens=8).write(tmp_path / "model.gguf", tmp_path / "out", name="x")
    assert "--as gguf" in refused.value.hint
