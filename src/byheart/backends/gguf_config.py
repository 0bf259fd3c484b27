"""The sizes of the model in a GGUF file, by the names that a Hugging Face config.json has for them."""

from __future__ import annotations

from pathlib import Path

from byheart.backends.requantise import opened

_NAMES = {
    "hidden_size": "embedding_length",
    "num_hidden_layers": "block_count",
    "intermediate_size": "feed_forward_length",
    "num_attention_heads": "attention.head_count",
    "num_key_value_heads": "attention.head_count_kv",
    "head_dim": "attention.key_length",
}


def config_of(file: Path) -> dict[str, int]:
    """What `file` says of its model's sizes."""
    reader = opened(file)
    architecture = str(reader.fields["general.architecture"].contents())
    said = {name: reader.get_field(f"{architecture}.{theirs}") for name, theirs in _NAMES.items()}
    tensors = {tensor.name: tensor for tensor in reader.tensors}
    return {
        "vocab_size": int(tensors["token_embd.weight"].shape[1]),
        "tie_word_embeddings": "output.weight" not in tensors,
        **{name: int(field.contents()) for name, field in said.items() if field is not None},
    }
