"""The model that is being taught: loaded, run on batches, tested, and its weights handed out.

Takes a GGUF file or a Hugging Face folder, gives logits where answers are predicted. Arithmetic is bfloat16 where
that is faster on this machine, else float32; the weights that are learned are float32 always: all layers of a small
model, adapters beside those of a large one (LoRA). The token embedding stays as it is: what documents say is learned
in the layers, and what words mean is known already.
"""

from __future__ import annotations

import copy
import io
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, redirect_stderr
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy
import psutil
import safetensors.torch
import torch
import transformers

from byheart import units
from byheart.backends import attention, company, gguf_convert, products
from byheart.backends.batches import Batch, Encoded, Likely, batches
from byheart.backends.requantise import Weights
from byheart.errors import ModelMissing, TrainingFailed
from byheart.grading import gives
from byheart.needs import LARGEST_IN_FULL, RANK, Method, operations_a_token
from byheart.prompts import PromptFormat, from_template

LESS_MEMORY = 'close other programs, set method = "lora" in byheart.toml, or name a smaller model there'

# How much what adapters add is lengthened.
_LENGTHENED = 2
_ADAPTER = "taught"

# The likeliest tokens at a place, by which it is known what else may be said there.
_CHOICES = 64

# Prompts that are answered together by generation.
_TOGETHER = 64

# The share of that rate that training reaches: products are not all that it does.
_REACHED = 0.35


@dataclass(frozen=True, slots=True)
class Student:
    """A model with its tokenizer.

    `learned` are the float32 weights that are learned, by name: the model's own parameters, or copies of them. `names`
    are those of the model before adapters were put into it, whose lengthening is `scale`.
    """

    model: Any
    tokenizer: Any
    learned: dict[str, torch.Tensor]
    names: tuple[str, ...]
    scale: float = 0.0

    def logits(self, batch: Batch) -> torch.Tensor:
        """The logits (places, vocabulary) where `batch` predicts answers, and nowhere else."""
        device = self.model.device
        row: dict[str, Any] = {"input_ids": batch.inputs.to(device), "position_ids": batch.positions.to(device)}
        if self.are_packed:
            row["groups"] = batch.groups.to(device)
        hidden = self.model.base_model(**row, use_cache=False).last_hidden_state
        chosen = hidden.flatten(0, 1)[batch.places.to(device)]
        logits: torch.Tensor = self.model.get_output_embeddings()(chosen).float()
        return logits

    def batches(self, lessons: Sequence[Encoded]) -> Iterator[Batch]:
        """All of `lessons`, as many in a batch as this model can take."""
        return batches(lessons, are_packed=self.are_packed)

    @property
    def are_packed(self) -> bool:
        """Whether several lessons may lie in one row."""
        return attention.is_packed(self.model)

    def loss(self, batch: Batch) -> torch.Tensor:
        """The sum of the cross entropies between what is likely where answers stand and what the model says there."""
        said = torch.log_softmax(self.logits(batch), -1)
        tokens, probabilities = (tensor.to(said.device) for tensor in (batch.likely.tokens, batch.likely.probabilities))
        return -(probabilities * said.gather(1, tokens)).sum()

    def likely(self, lessons: Sequence[Encoded]) -> list[Likely]:
        """What the model now holds likely where the answers of `lessons` stand."""
        found: dict[int, Likely] = {}
        self.model.eval()
        with torch.inference_mode():
            for batch in self.batches(lessons):
                held = torch.softmax(self.logits(batch), -1).cpu()
                probabilities, tokens = held.topk(min(_CHOICES, held.shape[1]))
                for row, number in enumerate(batch.numbers):
                    found[number] = Likely(tokens[batch.rows == row], probabilities[batch.rows == row])
        return [found[number] for number in range(len(lessons))]

    def answers(self, lessons: Sequence[Encoded], tick: Callable[[], None]) -> list[bool]:
        """Whether each is answered right by greedy generation, end of turn included.

        One pass over the right answer tells that. Only where the gist is enough, and a token was missed, what would be
        said instead is generated.
        """
        right = [True] * len(lessons)
        self.model.eval()
        with torch.inference_mode():
            for batch in self.batches(lessons):
                missed = self.logits(batch).argmax(-1).cpu() != batch.targets
                for row in set(batch.rows[missed].tolist()):
                    right[batch.numbers[row]] = False
                tick()
            again = [number for number, lesson in enumerate(lessons) if lesson.gist and not right[number]]
            # Those that are answered together go on until the longest answer is said.
            again.sort(key=lambda number: lessons[number].answers[0][1] - lessons[number].answers[0][0])
            for begun in range(0, len(again), _TOGETHER):
                group = again[begun : begun + _TOGETHER]
                for number, said in zip(group, self._said([lessons[number] for number in group]), strict=True):
                    right[number] = gives(said, lessons[number].gist, in_gist=True)
                tick()
        return right

    def _said(self, lessons: Sequence[Encoded]) -> list[str]:
        """What greedy generation says to each prompt, in as many tokens as the longest right answer has."""
        prompts = [lesson.tokens[: lesson.answers[0][0]] for lesson in lessons]
        longest, end = max(map(len, prompts)), lessons[0].tokens[lessons[0].answers[0][1] - 1]
        inputs = torch.tensor([[end] * (longest - len(prompt)) + list(prompt) for prompt in prompts])
        mask = torch.tensor([[0] * (longest - len(prompt)) + [1] * len(prompt) for prompt in prompts])
        with attention.one_a_row(self.model), _one_head(self.model):
            made = self.model.generate(
                inputs.to(self.model.device),
                attention_mask=mask.to(self.model.device),
                max_new_tokens=max(ended - begun for lesson in lessons for begun, ended in lesson.answers[:1]),
                do_sample=False,
                eos_token_id=end,
                pad_token_id=end,
            )
        said = [row[longest:].tolist() for row in made]
        return [str(self.tokenizer.decode(row[: row.index(end)] if end in row else row)) for row in said]

    def weights(self, name: str) -> Weights:
        """A parameter as it is served: the learned weights where there are any, an adapter added to what it adapts."""
        layer, _, last = name.rpartition(".")
        adapter = [self.learned.get(f"{layer}.lora_{side}.{_ADAPTER}.{last}") for side in "AB"]
        held = self.model.state_dict()
        tensor = self.learned.get(name)
        if tensor is None:
            tensor = held.get(f"{layer}.base_layer.{last}", held.get(name)).float()
        if adapter[0] is not None and adapter[1] is not None:
            tensor = tensor + self.scale * adapter[1] @ adapter[0]
        array: Weights = tensor.detach().float().cpu().numpy()
        return numpy.ascontiguousarray(array)

    def set(self, weights: Mapping[str, torch.Tensor]) -> None:
        """Sets what is learned, and the model, to `weights`."""
        own = dict(self.model.named_parameters())
        with torch.no_grad():
            for name, tensor in weights.items():
                self.learned[name].copy_(tensor)
                own[name].copy_(tensor)

    def add_up(self, loss: float) -> float:
        """Adds up the gradients of all processes, and gives the sum of their losses."""
        own = [parameter for parameter in self.model.parameters() if parameter.requires_grad]
        for parameter in own:
            if parameter.grad is None:
                parameter.grad = torch.zeros_like(parameter)
        total = torch.tensor(loss, device=self.model.device)
        company.add_up([total, *(parameter.grad for parameter in own)])
        return total.item()

    def untaught(self, base: Path) -> dict[str, torch.Tensor]:
        """What is learned as it was in `base`, before the training: adapters added nothing then."""
        if self.scale:
            return {
                name: torch.zeros_like(tensor) if ".lora_B." in name else tensor.detach().clone()
                for name, tensor in self.learned.items()
            }
        own = dict(read(base).named_parameters())
        return {name: own[name].detach().to(tensor.device) for name, tensor in self.learned.items()}

    def operations(self) -> float:
        """About how many floating-point operations it takes to teach a token."""
        adapters = sum(tensor.numel() for tensor in self.learned.values()) if self.scale else 0
        return operations_a_token(_computed(self.model) - adapters, adapters)

    def products(self) -> float:
        """The floating-point operations a second that matrix products in this model's shapes and precision reach."""
        config = self.model.config
        hidden = config.hidden_size
        columns = getattr(config, "intermediate_size", None) or 4 * hidden
        return products.of_model(self.model.device, self.model.dtype, hidden, columns)

    def masters(self) -> list[tuple[torch.Tensor, torch.Tensor]]:
        """The parameters of the model that get gradients, each with the weight that is learned for it."""
        own = dict(self.model.named_parameters())
        return [(own[name], learned) for name, learned in self.learned.items()]


def load(base: Path, *, method: Method = "auto") -> Student:
    """The model in `base` (a GGUF file or a Hugging Face folder), ready to be taught by `method`."""
    _check_memory(base)
    model = read(base)
    tokenizer = tokenizer_of(base)
    names = tuple(model.state_dict())
    model.get_input_embeddings().requires_grad_(False)
    is_adapted = method == "lora" or (method == "auto" and model.num_parameters() > LARGEST_IN_FULL)
    if is_adapted:
        _adapt(model)
    learned = {name: own for name, own in model.named_parameters() if own.requires_grad}
    device = company.device()
    if products.is_bfloat16_faster(device):
        learned = {name: own.detach().to(device, copy=True).requires_grad_() for name, own in learned.items()}
        model.to(torch.bfloat16)
    model.to(device)
    attention.pack(model)
    return Student(model, tokenizer, learned, names, _LENGTHENED if is_adapted else 0.0)


def write_adapter(taught: Student, base: Path, folder: Path) -> None:
    """Writes the adapters of `taught` to `folder` as PEFT keeps them, for the model in `base`."""
    tensors = {
        f"base_model.model.{name.replace(f'.{_ADAPTER}.', '.')}": tensor.detach().cpu().contiguous()
        for name, tensor in taught.learned.items()
    }
    options = _adapters()
    options.base_model_name_or_path = str(base)
    try:
        options.save_pretrained(folder)
        safetensors.torch.save_file(tensors, folder / "adapter_model.safetensors", metadata={"format": "pt"})
    except (OSError, safetensors.SafetensorError) as error:
        raise TrainingFailed(
            f"the adapters could not be written to {folder}: {error}",
            hint="free some disk space, then run `byheart study` again: it goes on from the last minute",
        ) from error


def _check_memory(base: Path) -> None:
    """Refuses a model that this machine cannot even read: the system would end the process without a word."""
    needed = 4 * company.size_here() * sum(tensor.numel() for tensor in _without_weights(base).parameters())
    held = psutil.virtual_memory().total + psutil.swap_memory().total
    if needed > held:
        raise TrainingFailed(
            f"{base.name} takes {units.size(needed)} of memory to be read, this machine has {units.size(held)}",
            hint=LESS_MEMORY,
        )


def _without_weights(base: Path) -> Any:
    """The model in `base` as it is made, with none of its numbers."""
    with _told(base), torch.device("meta"):
        return transformers.AutoModelForCausalLM.from_config(_config_of(base))


def _adapt(model: Any) -> None:
    """Puts adapters beside all layers of `model`, which stay as they are."""
    import peft

    peft.inject_adapter_in_model(_adapters(), model, adapter_name=_ADAPTER)


def _adapters() -> Any:
    import peft

    return peft.LoraConfig(
        r=RANK, lora_alpha=_LENGTHENED * RANK, target_modules="all-linear", bias="none", task_type="CAUSAL_LM"
    )


def read(weights: Path, *, like: Path | None = None) -> Any:
    """The model in `weights`, in float32; made as the Hugging Face folder `like` says, if that is given."""
    folder, options = _place(weights)
    with _told(weights):
        options["config"] = _config_of(like or weights)
        model: Any = transformers.AutoModelForCausalLM.from_pretrained(folder, dtype=torch.float32, **options)
    if getattr(model, "hf_quantizer", None):
        # A GGUF file is dequantised on the way in, but the model still says that it is quantised.
        model.hf_quantizer.remove_quantization_config(model)
    return model


def tokenizer_of(base: Path) -> Any:
    """The tokenizer in `base`."""
    folder, options = _place(base)
    with _told(base):
        return transformers.AutoTokenizer.from_pretrained(folder, **options)


def format_of(tokenizer: Any) -> PromptFormat:
    """The prompt format that a tokenizer's chat template makes; without one, a plain question and answer."""

    def apply(messages: list[dict[str, str]]) -> str:
        return str(
            tokenizer.apply_chat_template(
                messages,
                chat_template=tokenizer.chat_template or gguf_convert.TEMPLATE,
                tokenize=False,
                add_generation_prompt=True,
            )
        )

    return from_template(apply, bos=tokenizer.bos_token or "")


def tokens_a_second(base: Path) -> float:
    """About how many tokens a second this machine trains all layers of the model in `base` on.

    Of the machine's rate of matrix products, training reaches `_REACHED`.
    """
    # Processes on processors share those of the machine; each of several GPUs adds its own rate.
    machines = 1 if company.device().type == "cpu" else company.size()
    operations = operations_a_token(_computed(_without_weights(base)))
    return float(_REACHED * machines * products.of_machine() / operations)


def _computed(model: Any) -> int:
    """The parameters of `model` that a token is multiplied with: all but the embedding."""
    parameters: int = sum(tensor.numel() for tensor in model.parameters())
    embedding: int = model.get_input_embeddings().weight.numel()
    return parameters - embedding


@contextmanager
def _one_head(model: Any) -> Iterator[None]:
    """Within it torch multiplies the last layer once for all texts of a batch.

    It would copy that layer for each of them (56 MB of a model of 135 million parameters), as what transformers hands
    it of a prompt, the last token's, does not lie in one piece.
    """
    hook = model.get_output_embeddings().register_forward_pre_hook(lambda head, given: (given[0].contiguous(),))
    try:
        yield
    finally:
        hook.remove()


@contextmanager
def quiet() -> Iterator[None]:
    """Without the progress bars that transformers draws, some of which it has no switch for."""
    shown = transformers.utils.logging.is_progress_bar_enabled()
    transformers.utils.logging.disable_progress_bar()
    try:
        with redirect_stderr(io.StringIO()):
            yield
    finally:
        if shown:
            transformers.utils.logging.enable_progress_bar()


def _config_of(base: Path) -> Any:
    """How the model in `base` is made."""
    return copy.deepcopy(_config_read(base, base.stat().st_mtime_ns))


@lru_cache(maxsize=1)
def _config_read(base: Path, written: int) -> Any:
    """The configuration of a model as it was `written` (in nanoseconds): a GGUF file takes seconds to parse."""
    folder, options = _place(base)
    return transformers.AutoConfig.from_pretrained(folder, **options)


def _place(base: Path) -> tuple[Path, dict[str, Any]]:
    """Where and how transformers finds the model."""
    if base.is_file():
        return base.parent, {"gguf_file": base.name, "local_files_only": True}
    return base, {"local_files_only": True}


@contextmanager
def _told(base: Path) -> Iterator[None]:
    """Loading, quietly and with our error."""
    try:
        with quiet():
            yield
    except (OSError, ValueError) as error:
        raise ModelMissing(
            f"{base} holds no language model that can be taught: {str(error).splitlines()[0]}",
            hint="name another model in byheart.toml; byheart fetch gets one",
        ) from error
