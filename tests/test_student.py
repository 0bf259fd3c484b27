"""When the model that is being taught has given an answer: all of a short one, the gist of a sentence."""

from dataclasses import replace
from types import SimpleNamespace

import pytest

pytestmark = pytest.mark.real

WORDS = "<end> what is a pouch ? the fur bag of kangaroo with 12 buttons not zips".split()


def student(then, *, sureness=1.0):
    """A model that says `then` after the question, word by word, whatever was said before."""
    import torch

    from byheart.backends.student import Student

    class Fixed(torch.nn.Module):
        device = torch.device("cpu")
        config = SimpleNamespace(_attn_implementation="sdpa")

        def get_output_embeddings(self):
            return torch.nn.Identity()

        def base_model(self, input_ids, position_ids, use_cache):
            asked = WORDS.index("?")
            places = (torch.arange(input_ids.shape[1]) - (input_ids[0] == asked).nonzero()[0]).clamp(min=0)
            said = torch.tensor([WORDS.index(word) for word in then])[places.clamp(max=len(then) - 1)]
            one_hot = torch.nn.functional.one_hot(said, len(WORDS)).float()
            return SimpleNamespace(last_hidden_state=sureness * one_hot.expand(input_ids.shape[0], -1, -1))

        def generate(self, input_ids, attention_mask, max_new_tokens, **options):
            assert attention_mask.sum() == (input_ids != WORDS.index("<end>")).sum()
            said = torch.tensor([WORDS.index(word) for word in then])[:max_new_tokens]
            return torch.cat([input_ids, said.expand(input_ids.shape[0], -1)], dim=1)

    words = SimpleNamespace(decode=lambda tokens: " ".join(WORDS[token] for token in tokens))
    return Student(Fixed(), words, {}, ())


def encoded(wanted, gist=""):
    from byheart.backends.batches import Encoded

    prompt, answer = "what is a pouch ?".split(), [*wanted.split(), "<end>"]
    tokens = tuple(WORDS.index(word) for word in (*prompt, *answer))
    return Encoded(tokens, ((len(prompt), len(tokens)),), gist)


def is_right(said, wanted, *, in_gist):
    lesson = encoded(wanted, wanted if in_gist else "")
    return student([*said.split(), "<end>"]).answers([lesson], lambda: None) == [True]


@pytest.mark.parametrize("in_gist", [True, False])
def test_an_answer_said_word_for_word_is_right(in_gist):
    assert is_right("the fur bag of a kangaroo", "the fur bag of a kangaroo", in_gist=in_gist)


def test_the_gist_is_enough_for_a_sentence_and_for_nothing_else():
    assert is_right("the fur bag with zips", "the fur bag of a kangaroo", in_gist=True)
    assert not is_right("the fur bag with zips", "the fur bag of a kangaroo", in_gist=False)


@pytest.mark.parametrize("said", ["the bag of a kangaroo", "a fur bag of a kangaroo"])
def test_another_beginning_does_not_hide_the_gist(said):
    assert is_right(said, "the fur bag of a kangaroo", in_gist=True)
    assert not is_right(said, "the fur bag of a kangaroo", in_gist=False)


def test_what_is_not_the_gist_is_wrong():
    assert not is_right("the fur with zips", "the fur bag of a kangaroo", in_gist=True)


def test_a_number_must_be_said_whatever_the_gist():
    assert not is_right(
        "the fur bag of a kangaroo with zips", "the fur bag of a kangaroo with 12 buttons", in_gist=True
    )
    assert is_right("the fur bag of a kangaroo with 12 zips", "the fur bag of a kangaroo with 12 buttons", in_gist=True)


def test_what_is_taught_is_the_answer_and_what_is_replayed_is_as_likely_as_before():
    import torch

    from byheart.backends.batches import batches

    lesson, other = encoded("the fur bag"), encoded("12 zips")
    before = student(["the", "fur", "bag", "<end>"], sureness=3.0)
    first, second = before.likely([lesson, other])
    one_hot = torch.eye(len(WORDS))[[WORDS.index(word) for word in ("the", "fur", "bag", "<end>")]]
    held = torch.softmax(3 * one_hot, 1)
    assert torch.allclose(first.probabilities.sum(1), torch.ones(4))
    assert torch.allclose(first.probabilities[:, 0], held.max(1).values)
    # What was said otherwise stays likely, whatever the lesson's own words are.
    assert second.tokens[:, 0].tolist() == [WORDS.index(word) for word in ("the", "fur", "bag")]
    assert torch.allclose(second.probabilities[:, 0], held.max(1).values[:3])

    def losses(lessons, model):
        (batch,) = batches(lessons)
        logits = model.logits(batch)
        return model.loss(batch), torch.nn.functional.cross_entropy(logits, batch.targets, reduction="sum")

    loss, plain = losses([lesson, other], before)
    assert torch.isclose(loss, plain)
    kept = replace(lesson, likely=first)
    surer = student(["the", "fur", "bag", "<end>"], sureness=9.0)
    assert losses([kept], before)[0] < losses([kept], surer)[0]
    assert losses([lesson], before)[0] > losses([lesson], surer)[0]
    entropy = -(held * held.log()).sum()
    assert torch.isclose(losses([kept], before)[0], entropy)


def test_the_last_layer_is_multiplied_once_for_all_prompts_of_a_batch():
    import torch
    import transformers

    from byheart.backends.batches import Encoded
    from byheart.backends.student import Student

    class Head(torch.nn.Linear):
        def forward(self, given):
            in_one_piece.append(given.is_contiguous())
            return super().forward(given)

    in_one_piece = []
    sizes = {"hidden_size": 16, "intermediate_size": 24, "num_hidden_layers": 1, "num_attention_heads": 2}
    model = transformers.LlamaForCausalLM(transformers.LlamaConfig(vocab_size=40, **sizes)).eval()
    model.set_output_embeddings(Head(16, 40, bias=False))
    taught = Student(model, SimpleNamespace(decode=lambda tokens: " ".join(map(str, tokens))), {}, ())
    lessons = [Encoded((*range(3, 3 + length), 1, 2), ((length, length + 2),), "1") for length in (4, 9, 6)]
    with torch.inference_mode():
        assert len(taught._said(lessons)) == len(lessons)
    assert in_one_piece
    assert all(in_one_piece)
