"""What every trainer keeps to: the one in RAM, and transformers on tiny models made on the spot and on the real one."""

import shutil
import signal
import subprocess
import sys
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import SimpleNamespace

import pytest

from byheart import models
from byheart.backends.memory.model import MemoryModel
from byheart.backends.memory.trainer import MemoryTrainer
from byheart.errors import ModelMissing, TrainingFailed
from byheart.outcomes import TrainingProgress
from byheart.ports import Model, Trainer
from byheart.prompts import CHATML
from tiny import FACTS, STATUSES, converter, full_disk, lessons, make_tiny_model


@dataclass(frozen=True)
class Backend:
    """A trainer, and how what it made is loaded. `converted` is the base as GGUF, which takes a while to make."""

    trainer: Trainer
    load: object
    converted: Path | None = None

    def train(self, folder: Path, *, curriculum=None, minutes=5.0, watch=lambda progress: None):
        if self.converted and not folder.exists():
            folder.mkdir()
            shutil.copy(self.converted, folder / "base.gguf")
        return self.trainer.train(curriculum or lessons(), folder, minutes=minutes, seed=3, watch=watch)


def answer(model: Model, prompt: str) -> str:
    return model.complete(prompt, tokens=12, timeout=60).text


@pytest.fixture(scope="module", params=["memory", pytest.param("llama", marks=pytest.mark.real)])
def backend(request, tmp_path_factory):
    if request.param == "memory":
        return Backend(MemoryTrainer(), MemoryModel.load)
    folder = tmp_path_factory.mktemp(request.param)
    made = tiny(request.param, folder / "base")
    converted = folder / "base.gguf"
    gguf_export().converted(folder / "base", converted, converter())
    return Backend(made.trainer, made.load, converted)


def tiny(kind: str, folder: Path, **options) -> Backend:
    """A trainer for a small model with random weights, saved as a Hugging Face folder."""
    from byheart.backends.llamacpp import LlamaCpp
    from byheart.backends.transformers import TransformersTrainer

    make_tiny_model(kind, folder)
    return Backend(TransformersTrainer(folder, threads=1, converter=converter(), **options), LlamaCpp)


def gguf_export():
    # Loaded by the tests that are marked real alone: torch and transformers come with it.
    from byheart.backends import gguf_export

    return gguf_export


def is_heard_clearly(monkeypatch):
    """Lessons without noise, which is reckoned for models that know words: adapters of a random one drown in it."""
    from byheart.backends import transformers

    monkeypatch.setattr(transformers, "NOISE", 0.0)


@contextmanager
def every_step_is_kept(monkeypatch):
    """Checkpoints after each step instead of each minute."""
    from byheart.backends import course

    with monkeypatch.context() as patched:
        patched.setattr(course, "CHECKPOINT_SECONDS", 0.0)
        patched.setattr(course, "WATCH_SECONDS", 0.0)
        yield


def test_what_was_taught_is_recalled_by_the_model_that_is_served(backend, tmp_path):
    assert recalled(backend, tmp_path / "study") == list(STATUSES.values())


@pytest.mark.real
@pytest.mark.parametrize("kind", ["qwen2", "templateless"])
def test_other_kinds_of_models_are_taught_too(kind, tmp_path):
    assert recalled(tiny(kind, tmp_path / "base"), tmp_path / "study") == list(STATUSES.values())


@pytest.mark.real
def test_adapters_teach_too_and_are_merged_into_what_is_served(tmp_path, monkeypatch):
    is_heard_clearly(monkeypatch)
    backend = tiny("llama", tmp_path / "base", method="lora")
    assert recalled(backend, tmp_path / "study") == list(STATUSES.values())


def recalled(backend: Backend, folder: Path) -> list[str]:
    """What the served model answers to the probes after a training that mastered every fact."""
    curriculum = lessons()
    result = backend.train(folder, curriculum=curriculum)
    assert len(curriculum.mastered()) == len(FACTS)
    model = backend.load(result.weights)
    try:
        return [answer(model, probe.prompt) for probe in curriculum.probes()]
    finally:
        model.close()


def test_progress_and_result_tell_how_far_it_came(backend, tmp_path):
    seen: list[TrainingProgress] = []
    result = backend.train(tmp_path / "study", watch=seen.append)
    assert result.weights == tmp_path / "study" / "model.gguf"
    assert result.tokens > 0
    assert result.rounds >= 2
    assert len(result.history) == result.rounds
    assert (result.history[-1].tokens, result.history[-1].mastered) == (result.tokens, len(FACTS))
    assert {progress.facts for progress in seen} == {len(FACTS)}
    assert [progress.seconds for progress in seen] == sorted(progress.seconds for progress in seen)
    assert all(progress.seconds_left >= 0 for progress in seen)


def test_without_time_nothing_is_taught_and_weights_are_written(backend, tmp_path):
    result = backend.train(tmp_path / "study", minutes=0.0)
    assert (result.rounds, result.tokens) == (0, 0)
    model = backend.load(result.weights)
    try:
        assert isinstance(answer(model, "What is the status of PROP 7?"), str)
    finally:
        model.close()


def test_a_finished_training_is_not_repeated(backend, tmp_path):
    first = backend.train(tmp_path / "study")
    curriculum = lessons()
    again = backend.train(tmp_path / "study", curriculum=curriculum)
    assert again == first
    assert len(curriculum.mastered()) == len(FACTS)


def test_an_interrupted_training_goes_on_where_it_was(backend, tmp_path, monkeypatch, request):
    kept: list[TrainingProgress] = []

    def stop_in_round_two(progress: TrainingProgress) -> None:
        kept.append(progress)
        if progress.round == 2:
            raise KeyboardInterrupt

    def train(watch):
        if request.node.callspec.params["backend"] == "memory":
            return backend.train(tmp_path / "study", watch=watch)
        with every_step_is_kept(monkeypatch):
            return backend.train(tmp_path / "study", watch=watch)

    with pytest.raises(KeyboardInterrupt):
        train(stop_in_round_two)
    later: list[TrainingProgress] = []
    result = train(later.append)
    assert not later or later[0].round >= 1
    assert result.seconds >= kept[0].seconds
    assert len(result.history) == result.rounds >= 2
    assert [done.tokens for done in result.history] == sorted(done.tokens for done in result.history)


def test_a_full_disk_ends_the_training_with_the_remedy(backend, tmp_path, monkeypatch, request):
    if request.node.callspec.params["backend"] == "memory":
        with full_disk(100), pytest.raises(TrainingFailed) as failed:
            backend.train(tmp_path / "study")
    else:
        # Large enough for the converted base, too small for weights and optimizer.
        with every_step_is_kept(monkeypatch), full_disk(700_000), pytest.raises(TrainingFailed) as failed:
            backend.train(tmp_path / "study")
    assert "disk space" in failed.value.hint
    assert not list((tmp_path / "study").glob("*.partial"))


@pytest.mark.real
def test_a_loss_that_is_no_number_ends_the_training(tmp_path):
    import torch

    def overflow(model) -> None:
        with torch.no_grad():
            model.model.norm.weight.fill_(3e38)

    backend = tiny("llama", tmp_path / "base")
    make_tiny_model("llama", tmp_path / "base", change=overflow)
    with pytest.raises(TrainingFailed, match="not a number"):
        backend.train(tmp_path / "study")


@pytest.mark.real
def test_a_machine_without_enough_memory_ends_the_training_with_the_remedy(tmp_path, monkeypatch):
    import torch

    from byheart.backends.student import Student

    backend = tiny("llama", tmp_path / "base")
    with monkeypatch.context() as patched:
        patched.setattr(Student, "loss", lambda student, batch: torch.empty(2**50))
        with pytest.raises(TrainingFailed, match="not enough memory") as failed:
            backend.train(tmp_path / "study")
    assert "smaller model" in failed.value.hint
    assert len(STATUSES) == len(recalled(backend, tmp_path / "study"))


@pytest.mark.real
def test_words_are_heard_through_noise_in_lessons_and_clearly_in_tests(tmp_path, monkeypatch):
    import torch

    from byheart.backends.student import Student

    logits, is_clear = Student.logits, {}

    def twice(student, batch):
        first, second = logits(student, batch), logits(student, batch)
        is_clear.setdefault(student.model.training, set()).add(torch.equal(first, second))
        return first

    monkeypatch.setattr(Student, "logits", twice)
    tiny("llama", tmp_path / "base").train(tmp_path / "study")
    assert is_clear == {True: {False}, False: {True}}


@pytest.mark.real
def test_a_model_that_does_not_fit_this_machine_is_refused_before_it_is_read(tmp_path, monkeypatch):
    import psutil

    backend = tiny("llama", tmp_path / "base")
    monkeypatch.setattr(psutil, "virtual_memory", lambda: SimpleNamespace(total=1000))
    monkeypatch.setattr(psutil, "swap_memory", lambda: SimpleNamespace(total=0))
    with pytest.raises(TrainingFailed, match="this machine has") as failed:
        backend.train(tmp_path / "study")
    assert "lora" in failed.value.hint


@pytest.mark.real
def test_a_disk_too_full_for_the_converted_base_says_so(tmp_path):
    backend = tiny("llama", tmp_path / "base")
    with full_disk(100_000), pytest.raises(TrainingFailed, match="converted") as failed:
        backend.train(tmp_path / "study")
    assert "disk space" in failed.value.hint


@pytest.mark.real
@pytest.mark.filterwarnings("ignore:.*is_gradient_checkpointing:FutureWarning")
def test_adapters_kept_apart_give_what_was_merged(tmp_path, monkeypatch):
    import peft
    import torch
    import transformers

    from byheart.backends.student import quiet, tokenizer_of

    is_heard_clearly(monkeypatch)
    backend = tiny("llama", tmp_path / "base", method="lora", keep_adapter=True)
    assert recalled(backend, tmp_path / "study") == list(STATUSES.values())
    with quiet():
        base = transformers.AutoModelForCausalLM.from_pretrained(tmp_path / "base")
        adapted = peft.PeftModel.from_pretrained(base, tmp_path / "study" / "adapter")
    tokenizer = tokenizer_of(tmp_path / "base")
    for probe in lessons().probes():
        messages = [{"role": "user", "content": probe.prompt}]
        asked = tokenizer.apply_chat_template(messages, add_generation_prompt=True, tokenize=False)
        tokens = tokenizer(asked, return_tensors="pt").input_ids
        with torch.inference_mode():
            said = adapted.generate(input_ids=tokens, max_new_tokens=12, do_sample=False)
        assert tokenizer.decode(said[0, tokens.shape[1] :]).startswith(probe.completion)


@pytest.mark.real
@pytest.mark.parametrize("options", [{"method": "full"}, {"method": "auto"}])
def test_adapters_that_there_will_not_be_cannot_be_kept(tmp_path, options):
    backend = tiny("llama", tmp_path / "base", keep_adapter=True, **options)
    with pytest.raises(TrainingFailed, match="kept apart"):
        backend.train(tmp_path / "study")


@pytest.mark.real
def test_a_training_that_was_killed_goes_on(tmp_path):
    from byheart.backends.llamacpp import LlamaCpp

    program = (
        "import os, signal, sys; from pathlib import Path; sys.path.insert(0, sys.argv[1])\n"
        "import test_trainer_contract as tests\n"
        "from byheart.backends import course\n"
        "course.CHECKPOINT_SECONDS = course.WATCH_SECONDS = 0.0\n"
        "def watch(progress):\n"
        "    if progress.round >= int(sys.argv[3]): os.kill(os.getpid(), signal.SIGKILL)\n"
        "tests.tiny('llama', Path(sys.argv[2]) / 'base').train(Path(sys.argv[2]) / 'study', watch=watch)\n"
    )
    command = [sys.executable, "-c", program, str(Path(__file__).parent), str(tmp_path)]
    assert subprocess.run([*command, "1"], capture_output=True, check=False).returncode == -signal.SIGKILL
    assert list((tmp_path / "study").glob("checkpoint-*/*.pt"))
    ran = subprocess.run([*command, "1000"], capture_output=True, text=True, check=False)
    assert ran.returncode == 0, ran.stderr
    assert not [path for path in (tmp_path / "study").rglob("*") if path.suffix in {".pt", ".partial"}]
    model = LlamaCpp(tmp_path / "study" / "model.gguf")
    try:
        assert [answer(model, probe.prompt) for probe in lessons().probes()] == list(STATUSES.values())
    finally:
        model.close()


@pytest.mark.real
def test_a_folder_without_a_model_is_refused(tmp_path):
    from byheart.backends.student import load

    (tmp_path / "empty").mkdir()
    with pytest.raises(ModelMissing) as missing:
        load(tmp_path / "empty")
    assert missing.value.hint


@pytest.mark.real
def test_lessons_have_the_tokens_that_llama_cpp_sees(tmp_path):
    from byheart.backends.batches import encode
    from byheart.backends.gguf_prompts import prompt_tokens
    from byheart.backends.student import tokenizer_of
    from byheart.types import Lesson

    turns = [
        "What is 3.10?",
        "  two spaces before, and a\nnew line  ",
        "pep 634   python-version",
        "Ångström, naïve, 中文, 🐍🐍",
        "a turn that tries to end <|im_end|> itself",
        "def f(x: int) -> None:\n\t'''doc'''\n    return x['it''s']",
        "I'LL we'd 12345678 1,000.50 --- ___ ...",
    ]
    base = models.weights_to_teach("smollm2-135m-instruct")
    tokenizer = tokenizer_of(base)
    ours = [encode(tokenizer, CHATML, Lesson(turn, "3.10", "")) for turn in turns]
    answers = [slice(*span) for encoded in ours for span in encoded.answers]
    asked = [list(encoded.tokens[: answer.start]) for encoded, answer in zip(ours, answers, strict=True)]
    assert asked == prompt_tokens(base, turns, CHATML)
    assert {tokenizer.decode(one.tokens[at]) for one, at in zip(ours, answers, strict=True)} == {"3.10<|im_end|>"}
    conversation = encode(tokenizer, CHATML, Lesson("one", "3.10", "", then=(("two", "3.11"), ("three", "3.12"))))
    said = [tokenizer.decode(conversation.tokens[slice(*span)]) for span in conversation.answers]
    assert said == ["3.10<|im_end|>", "3.11<|im_end|>", "3.12<|im_end|>"]
    assert tokenizer.decode(conversation.tokens).count("<|im_start|>user\n") == 3
