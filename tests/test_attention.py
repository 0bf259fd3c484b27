"""Several lessons in one row: each is what it would be alone."""

from types import SimpleNamespace

import pytest

pytest.importorskip("torch")

LENGTHS = (7, 3, 7, 5, 1, 24)


def tiny(kind="llama", **options):
    import torch
    import transformers

    sizes = {
        "vocab_size": 90,
        "hidden_size": 32,
        "intermediate_size": 48,
        "num_hidden_layers": 2,
        "num_attention_heads": 4,
        "num_key_value_heads": 2,
        **options,
    }
    torch.manual_seed(3)
    if kind == "qwen2":
        return transformers.Qwen2ForCausalLM(transformers.Qwen2Config(**sizes)).eval()
    return transformers.LlamaForCausalLM(transformers.LlamaConfig(**sizes)).eval()


def lessons():
    import torch

    torch.manual_seed(4)
    return [torch.randint(0, 90, (length,)) for length in LENGTHS]


def in_a_row(model, texts):
    import torch

    from byheart.backends import attention

    attention.pack(model)
    positions = torch.cat([torch.arange(len(text)) for text in texts])[None]
    groups = attention.grouped([len(text) for text in texts])
    row = torch.cat(texts)[None]
    hidden = model.base_model(input_ids=row, position_ids=positions, groups=groups, use_cache=False)[0]
    return hidden[0].split([len(text) for text in texts])


@pytest.mark.parametrize(
    ("kind", "options"),
    [
        ("llama", {}),
        ("llama", {"num_key_value_heads": 4}),
        ("qwen2", {"use_sliding_window": True, "sliding_window": 4, "max_window_layers": 0}),
    ],
)
def test_a_lesson_in_a_row_is_what_it_is_alone(kind, options):
    import torch

    model, texts = tiny(kind, **options), lessons()
    with torch.no_grad():
        apart = [alone(model, text) for text in texts]
        for one, packed in zip(apart, in_a_row(model, texts), strict=True):
            torch.testing.assert_close(one, packed, rtol=1e-4, atol=1e-5)


def test_what_one_lesson_says_does_not_reach_another():
    import torch

    model, texts = tiny(), lessons()
    with torch.no_grad():
        before = in_a_row(model, texts)
        others = [texts[0], *((text + 1) % 90 for text in texts[1:])]
        after = in_a_row(model, others)
    torch.testing.assert_close(before[0], after[0])
    assert not torch.allclose(before[1], after[1])


def alone(model, text):
    return model.base_model(input_ids=text[None], use_cache=False)[0][0]


def test_what_lessons_begin_with_stands_in_the_row_once():
    import torch

    from byheart.backends import attention, batches

    model, frame = tiny(), (5, 6, 7, 8)
    texts = [(*frame, 9, 10, 11), (*frame, 9, 12, 13, 14, 15), (*frame, 20, 21)]
    made = [batches.Encoded(text, ((len(text) - 2, len(text)),)) for text in texts]
    with torch.no_grad():
        expected = [alone(model, torch.tensor(text[:-1]))[-2:] for text in texts]
        attention.pack(model)
        (batch,) = batches.batches(made)
        hidden = model.base_model(
            input_ids=batch.inputs, position_ids=batch.positions, groups=batch.groups, use_cache=False
        )[0]
    assert batch.inputs.shape[1] == len(frame) - 1 + sum(len(text) - len(frame) for text in texts)
    assert batch.targets.tolist() == [token for number in batch.numbers for token in texts[number][-2:]]
    for row, number in enumerate(batch.numbers):
        torch.testing.assert_close(hidden[0][batch.places[batch.rows == row]], expected[number], rtol=1e-4, atol=1e-5)


def test_lessons_that_are_alike_throughout_keep_what_predicts_their_answers():
    from byheart.backends import batches

    twice = [batches.Encoded((1, 2, 3, 4, 5), ((3, 5),))] * 2
    (batch,) = batches.batches(twice)
    assert batch.inputs[0].tolist() == [1, 2, 3, 4, 3, 4]
    assert batch.positions[0].tolist() == [0, 1, 2, 3, 2, 3]
    assert batch.places.tolist() == [2, 3, 4, 5]


def gradient(model, hidden):
    import torch

    model.zero_grad()
    sum((one.float() ** 2).sum() for one in hidden).backward()
    return torch.cat([own.grad.flatten() for own in model.parameters() if own.grad is not None])


@pytest.mark.parametrize("block", [4, 256])
def test_gradients_are_those_of_each_alone(monkeypatch, block):
    import torch

    from byheart.backends import attention

    monkeypatch.setattr(attention, "_BLOCK", block)
    model, texts = tiny(), lessons()
    apart = gradient(model, [alone(model, text) for text in texts])
    torch.testing.assert_close(apart, gradient(model, in_a_row(model, texts)), rtol=1e-3, atol=1e-4)


def test_what_is_shared_learns_from_every_lesson():
    import torch

    from byheart.backends import attention, batches

    model, frame = tiny(), (5, 6, 7, 8)
    texts = [(*frame, 9, 10, 11), (*frame, 9, 12, 13, 14, 15), (*frame, 20, 21)]
    apart = gradient(model, [alone(model, torch.tensor(text[:-1]))[-2:] for text in texts])
    attention.pack(model)
    (batch,) = batches.batches([batches.Encoded(text, ((len(text) - 2, len(text)),)) for text in texts])
    hidden = model.base_model(
        input_ids=batch.inputs, position_ids=batch.positions, groups=batch.groups, use_cache=False
    )[0]
    torch.testing.assert_close(apart, gradient(model, [hidden[0][batch.places]]), rtol=1e-3, atol=1e-4)


@pytest.mark.parametrize("window", [None, 3])
@pytest.mark.parametrize("block", [1, 4, 9, 256])
def test_both_ways_to_attend_agree(monkeypatch, block, window):
    import torch

    from byheart.backends import attention

    monkeypatch.setattr(attention, "_BLOCK", block)
    query, key, value = (torch.randn(3, heads, 9, 16) for heads in (6, 2, 2))
    hidden = attention._hidden(9, window, query)
    weighed, fused = (way(query, key, value, hidden, 0.25) for way in (attention._weighed, attention._fused))
    torch.testing.assert_close(weighed, fused)


def test_a_model_is_asked_one_text_a_row_in_between():
    import torch

    from byheart.backends import attention

    model, (text, *_) = tiny(), lessons()
    attention.pack(model)
    with attention.one_a_row(model):
        assert not attention.is_packed(model)
        made = model.generate(text[None], attention_mask=torch.ones_like(text[None]), max_new_tokens=3, do_sample=False)
    assert attention.is_packed(model)
    assert made.shape == (1, len(text) + 3)


def test_where_other_layers_look_back_lessons_stay_apart():
    from byheart.backends import attention, batches

    looks_back = SimpleNamespace(_supports_attention_backend=True, _is_stateful=True)
    attention.pack(looks_back)  # nothing to be set on it
    made = [batches.Encoded((1, 2, 3, 4), ((2, 4),)) for _ in range(3)]
    assert [batch.numbers for batch in batches.batches(made, are_packed=False)] == [(0,), (1,), (2,)]
    assert [batch.numbers for batch in batches.batches(made)] == [(0, 1, 2)]
