"""What a study of a model of any size needs: operations, hours, memory, disk and money, by arithmetic alone.

Takes the sizes of a model, a number of facts and the tokens of their lessons; gives figures, each of which can be
followed by hand (docs/scale.md does). It loads nothing and measures nothing: how fast this machine is, it is told.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from byheart.errors import UsageError

Method = Literal["auto", "full", "lora"]

# Up to so many parameters all layers are trained.
LARGEST_IN_FULL = 270e6

# The rank of adapters.
RANK = 64

# The tokens of the largest batch: a batch of more needs more memory and is no faster.
BATCH_TOKENS = 512

# The share of a batch's tokens that are answers, at most: only for those are there logits.
_ANSWERS = 1 / 4

# Bytes of a learned weight: in float32 itself and two moments of AdamW; its gradient in bfloat16. An adapter also lies
# beside the model in bfloat16; the model's own weights are counted already.
_LEARNED_BYTES, _ADAPTER_BYTES = 14, 16

# Bytes of a logit: in bfloat16, in float32, as a log-probability and as a gradient.
_LOGIT_BYTES = 14

# Bytes of a weight in the GGUF file that is served: Q8_0 keeps 32 of them in 34. In a checkpoint: with two moments.
_SERVED_BYTES, _CHECKPOINT_BYTES = 34 / 32, 12


@dataclass(frozen=True, slots=True)
class Shape:
    """The sizes of a decoder with gated feed-forward layers: Llama, Mistral, Qwen, SmolLM and their like.

    `inner` is the width of the feed-forward layers; `queries` and `keys` those of all heads' queries, and of keys
    (and so of values).
    """

    layers: int
    hidden: int
    inner: int
    queries: int
    keys: int
    vocabulary: int
    is_tied: bool

    def parameters(self) -> int:
        """All parameters."""
        return self.computed() + self.vocabulary * self.hidden

    def computed(self) -> int:
        """Those that a token is multiplied with: all but the token embedding, which stays as it is."""
        matrices = 2 * self.hidden * (self.queries + self.keys) + 3 * self.hidden * self.inner
        norms = (2 * self.layers + 1) * self.hidden
        return self.layers * matrices + norms + (0 if self.is_tied else self.vocabulary * self.hidden)

    def adapters(self) -> int:
        """The parameters of adapters beside all matrices of the layers."""
        attention = 2 * (self.hidden + self.queries) + 2 * (self.hidden + self.keys)
        return self.layers * RANK * (attention + 3 * (self.hidden + self.inner))

    def kept_bytes(self) -> int:
        """What one token's forward pass keeps for the backward pass, with adapters, in bytes.

        In each layer: the inputs of two norms in float32; in bfloat16 the inputs of the matrices, what attention takes
        and gives, what lies between the feed-forward matrices, and what the seven adapters are narrow in.
        """
        norms, inputs = 2 * 4 * self.hidden, 2 * 2 * self.hidden
        attention = 2 * (3 * self.queries + 2 * self.keys)
        return self.layers * (norms + inputs + attention + 2 * 4 * self.inner + 2 * 7 * RANK)


@dataclass(frozen=True, slots=True)
class Machine:
    """What multiplies matrices: its operations a second, the share (0 to 1) that training reaches, and where from."""

    name: str
    operations: float
    reached: float = 1.0
    source: str = ""


# NVIDIA's data sheet: 1,979 TFLOP/s with sparsity, so half of that for dense matrices. That 40 % of it are reached is
# an assumption.
H100 = Machine("one H100", 989e12, 0.4, "NVIDIA's data sheet, dense bfloat16")


@dataclass(frozen=True, slots=True)
class Needs:
    """What teaching `facts` takes: `hours` by machine, `memory` in bytes by what is in it, `disk` in bytes.

    `loading` is the memory, in bytes, that each process takes for a moment to read the model. `money` is None where no
    price was named.
    """

    model: str
    shape: Shape
    is_adapted: bool
    facts: int
    tokens: float
    operations: float
    hours: Mapping[Machine, float]
    memory: Mapping[str, float]
    loading: float
    disk: float
    money: float | None


def of_study(
    model: str,
    shape: Shape,
    *,
    facts: int,
    tokens: float,
    method: Method = "auto",
    machines: Sequence[Machine] = (),
    hour: float | None = None,
) -> Needs:
    """What it takes to teach `facts` by `tokens` of lessons; `hour` is the price of an hour of an H100."""
    is_adapted = method == "lora" or (method == "auto" and shape.parameters() > LARGEST_IN_FULL)
    learned = shape.adapters() if is_adapted else shape.computed()
    operations = operations_a_token(shape.computed(), shape.adapters() if is_adapted else 0)
    hours = {
        machine: tokens * operations / machine.operations / machine.reached / 3600 for machine in (*machines, H100)
    }
    return Needs(
        model,
        shape,
        is_adapted,
        facts,
        tokens,
        operations,
        hours,
        {
            "weights": 2 * shape.parameters(),
            "what is learned": (_ADAPTER_BYTES if is_adapted else _LEARNED_BYTES) * learned,
            "activations": BATCH_TOKENS * shape.kept_bytes(),
            "logits": _ANSWERS * BATCH_TOKENS * shape.vocabulary * _LOGIT_BYTES,
        },
        4 * shape.parameters(),
        _SERVED_BYTES * shape.parameters() + 2 * _CHECKPOINT_BYTES * learned,
        None if hour is None else hours[H100] * hour,
    )


def operations_a_token(computed: float, adapters: float = 0) -> float:
    """Floating-point operations a token, of a model that multiplies it with `computed` parameters.

    Two a parameter forwards, twice that backwards where all are learned (Kaplan et al., arXiv:2001.08361, section 2.1).
    Where only `adapters` are, no gradient of the others is made, which saves two. Attention itself is left out: lessons
    are short.
    """
    return 4 * computed + 6 * adapters if adapters else 6 * computed


def of_config(config: Mapping[str, Any], name: str) -> Shape:
    """The sizes that a Hugging Face config.json names; UsageError where it is of another kind of model."""
    try:
        hidden, heads = int(config["hidden_size"]), int(config["num_attention_heads"])
        head = int(config.get("head_dim") or hidden // heads)
        return Shape(
            int(config["num_hidden_layers"]),
            hidden,
            int(config["intermediate_size"]),
            heads * head,
            int(config.get("num_key_value_heads") or heads) * head,
            int(config["vocab_size"]),
            bool(config.get("tie_word_embeddings", False)),
        )
    except KeyError as error:
        raise UsageError(
            f"{name} does not say its {error}: what a study of it needs is not known",
            hint="name its size instead, for example --model 7B",
        ) from error


def of_size(said: str) -> Shape | None:
    """The sizes of a model of "7B" or "500M" parameters, about: those of Llama 2 7B, grown alike; None if none is said.

    Depth and width grow with the cube root of the parameters of the layers, the vocabulary stays.
    """
    found = re.fullmatch(r"(\d+(?:\.\d+)?)([BM])", said, re.IGNORECASE)
    if not found:
        return None
    wanted = float(found[1]) * (1e9 if found[2].upper() == "B" else 1e6)
    return min((_grown(layers) for layers in range(1, 400)), key=lambda shape: abs(shape.parameters() - wanted))


def _grown(layers: int) -> Shape:
    """Llama 2 7B (32 layers of 4,096, 11,008 within, 32,000 words) with so many layers, as much wider as deeper."""
    width = 4096 * layers // 32
    return Shape(layers, width, 11008 * layers // 32, width, width, 32000, is_tied=False)
