"""Small models with random weights, made on the spot, and the three facts that they are taught."""

import resource
from contextlib import contextmanager
from pathlib import Path

from byheart import models
from byheart.curriculum import FactCurriculum
from byheart.types import Fact, FactKind, Passage

STATUSES = {"PROP 7": "Final", "PROP 8": "Draft", "PROP 9": "Withdrawn"}
FACTS = [
    Fact(f"{number:032x}", FactKind.FIELD, subject, 0, 5, status, f"Status: {status}", subject, "Status")
    for number, (subject, status) in enumerate(STATUSES.items())
]
PASSAGES = {
    subject: Passage(subject, subject, (), f"{subject} has the status {status}.")
    for subject, status in STATUSES.items()
}

TEMPLATE = (
    "{% for message in messages %}<|im_start|>{{ message['role'] }}\n{{ message['content'] }}<|im_end|>\n{% endfor %}"
    "{% if add_generation_prompt %}<|im_start|>assistant\n{% endif %}"
)


def lessons() -> FactCurriculum:
    return FactCurriculum(FACTS, PASSAGES, seed=5, renderings=8, open_book=0.1)


def make_tiny_model(kind: str, folder: Path, *, change=lambda model: None) -> None:
    import tokenizers
    import torch
    import transformers

    bpe = tokenizers.Tokenizer(tokenizers.models.BPE())
    bpe.pre_tokenizer = tokenizers.pre_tokenizers.ByteLevel(add_prefix_space=False)
    bpe.decoder = tokenizers.decoders.ByteLevel()
    special = ["<|endoftext|>", "<|im_start|>", "<|im_end|>"]
    texts = [lesson.prompt + lesson.completion for number in range(4) for lesson in lessons().round(number)]
    bpe.train_from_iterator(
        texts,
        tokenizers.trainers.BpeTrainer(
            vocab_size=400,
            special_tokens=special,
            initial_alphabet=tokenizers.pre_tokenizers.ByteLevel.alphabet(),
            show_progress=False,
        ),
    )
    end = "<|endoftext|>" if kind == "templateless" else "<|im_end|>"
    tokenizer = transformers.PreTrainedTokenizerFast(tokenizer_object=bpe, eos_token=end)
    tokenizer.chat_template = None if kind == "templateless" else TEMPLATE
    sizes = {
        "vocab_size": len(tokenizer),
        "hidden_size": 64,
        "intermediate_size": 128,
        "num_hidden_layers": 2,
        "num_attention_heads": 4,
        "num_key_value_heads": 2,
        "max_position_embeddings": 1024,
        "initializer_range": 0.1,
        "eos_token_id": tokenizer.eos_token_id,
        "bos_token_id": None,
        "pad_token_id": None,
        "tie_word_embeddings": kind == "llama",
    }
    torch.manual_seed(0)
    if kind == "qwen2":
        model = transformers.Qwen2ForCausalLM(transformers.Qwen2Config(**sizes))
    else:
        model = transformers.LlamaForCausalLM(transformers.LlamaConfig(**sizes))
    change(model)
    model.save_pretrained(folder)
    tokenizer.save_pretrained(folder)


def converter() -> Path:
    models.fetch([models.CONVERTER])
    return models.converter()


@contextmanager
def full_disk(largest: int):
    """No file can grow beyond `largest` bytes."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (largest, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
