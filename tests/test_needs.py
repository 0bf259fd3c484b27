"""What a study needs is arithmetic that can be checked: against real models' sizes, against torch, and in the docs."""

import json
import re
from pathlib import Path

import pytest

from byheart import needs, reckoning
from byheart.errors import UsageError

LLAMA_2_7B = {
    "hidden_size": 4096,
    "intermediate_size": 11008,
    "num_hidden_layers": 32,
    "num_attention_heads": 32,
    "vocab_size": 32000,
}
QWEN_25_05B = {
    "hidden_size": 896,
    "intermediate_size": 4864,
    "num_hidden_layers": 24,
    "num_attention_heads": 14,
    "num_key_value_heads": 2,
    "vocab_size": 151936,
    "tie_word_embeddings": True,
}


@pytest.mark.parametrize(
    ("config", "parameters"),
    # As their model cards say; the second has biases too, which are not counted.
    [(LLAMA_2_7B, 6_738_415_616), (QWEN_25_05B, 494_032_768)],
)
def test_parameters_are_counted_from_a_configuration(config, parameters):
    assert needs.of_config(config, "it").parameters() == pytest.approx(parameters, rel=1e-4)


def test_a_configuration_of_another_kind_names_what_it_lacks():
    with pytest.raises(UsageError, match="hidden_size") as raised:
        needs.of_config({"n_embd": 768}, "gpt2")
    assert "7B" in raised.value.hint


@pytest.mark.parametrize(("said", "parameters"), [("7B", 7e9), ("1.5b", 1.5e9), ("70B", 70e9), ("500M", 5e8)])
def test_a_size_stands_for_a_model_of_about_as_many_parameters(said, parameters):
    assert needs.of_size(said).parameters() == pytest.approx(parameters, rel=0.12)


@pytest.mark.parametrize("said", ["smollm2-135m-instruct", "7", "B", "org/7B", "memory"])
def test_a_name_is_no_size(said):
    assert needs.of_size(said) is None


def study(method="auto", **options):
    shape = needs.of_config(LLAMA_2_7B, "it")
    return needs.of_study("it", shape, facts=1000, tokens=900_000, method=method, **options)


def test_large_models_are_taught_by_adapters_unless_said_otherwise():
    adapted, full = study(), study("full")
    assert adapted.is_adapted
    assert not full.is_adapted
    assert full.operations == 6 * full.shape.computed()
    assert adapted.operations < 0.75 * full.operations
    assert sum(adapted.memory.values()) < 0.3 * sum(full.memory.values())


def test_hours_are_operations_by_what_the_machine_reaches_and_money_is_hours_by_their_price():
    here = needs.Machine("this machine", 1e12)
    made = study(machines=[here], hour=3.0)
    assert list(made.hours) == [here, needs.H100]
    assert made.hours[here] == pytest.approx(900_000 * made.operations / 1e12 / 3600)
    assert made.hours[needs.H100] == pytest.approx(made.hours[here] * 1e12 / (989e12 * 0.4))
    assert made.money == pytest.approx(3.0 * made.hours[needs.H100])
    assert study().money is None


@pytest.fixture
def inside(home, shelf, run, monkeypatch):
    monkeypatch.chdir(home)
    run("add", shelf)
    return home


def test_a_plan_tells_what_another_model_needs(inside, shelf, run, tmp_path):
    (tmp_path / "config.json").write_text(json.dumps(LLAMA_2_7B), encoding="utf-8")
    path = tmp_path / "config.json"
    code, out, _ = run("study", shelf, "--plan", "--model", path, "--count", 1000, "--hour", 2.5)
    assert code == 0
    said = " ".join(out.split())
    assert "6.74 billion parameters, adapters of rank 64" in said
    assert "taught 1,000 facts" in said
    assert "one H100" in said
    assert "at the price named" in said


@pytest.mark.parametrize("model", ["absent.json", "config.json"])
def test_a_configuration_that_cannot_be_read_is_named(inside, shelf, run, tmp_path, monkeypatch, model):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "config.json").write_text("nonsense", encoding="utf-8")
    code, _, err = run("-C", inside, "study", shelf, "--plan", "--model", model)
    assert code == 2
    assert model in err
    assert "7B" in err


def test_what_a_model_needs_is_reckoned_in_a_plan_only(inside, run):
    code, _, err = run("study", "--model", "7B")
    assert code == 2
    assert "byheart study --plan" in err


@pytest.mark.real
@pytest.mark.parametrize(("hidden", "inner", "heads", "keys"), [(256, 704, 4, 4), (512, 1408, 8, 2)])
def test_what_is_kept_for_the_backward_pass_is_what_torch_keeps(hidden, inner, heads, keys):
    import torch
    import transformers

    from byheart.backends import student

    config = transformers.LlamaConfig(
        vocab_size=200,
        hidden_size=hidden,
        intermediate_size=inner,
        num_hidden_layers=2,
        num_attention_heads=heads,
        num_key_value_heads=keys,
    )
    model = transformers.LlamaForCausalLM(config)
    model.get_input_embeddings().requires_grad_(False)
    student._adapt(model)
    model.to(torch.bfloat16)
    own = {parameter.untyped_storage().data_ptr() for parameter in model.parameters()}
    kept: dict[int, int] = {}

    def keep(tensor):
        storage = tensor.untyped_storage()
        if storage.data_ptr() not in own:
            kept[storage.data_ptr()] = storage.nbytes()
        return tensor

    tokens = torch.zeros((2, 128), dtype=torch.long)
    with torch.autograd.graph.saved_tensors_hooks(keep, lambda tensor: tensor):
        hidden_states = model.base_model(input_ids=tokens, use_cache=False).last_hidden_state
    assert hidden_states.requires_grad
    reckoned = needs.of_config(config.to_dict(), "it").kept_bytes()
    assert sum(kept.values()) / tokens.numel() == pytest.approx(reckoned, rel=0.06)


SCALE = (Path(__file__).parents[1] / "docs" / "scale.md").read_text(encoding="utf-8")


def test_the_page_on_scale_shows_what_the_planner_prints(monkeypatch):
    monkeypatch.setenv("COLUMNS", "100")
    assert reckoning.told(fifty_books()) in SCALE
    assert "--model 7B --count 113000 --hour 2.50" in SCALE


def test_the_arithmetic_on_the_page_is_the_planners():
    made = fifty_books()
    shape, (hours,) = made.shape, made.hours.values()
    exact = (shape.computed(), shape.parameters(), shape.adapters(), made.operations, made.tokens)
    rounded = (f"{made.tokens * made.operations:.2e}".replace("+", ""), f"{hours:.2f}", f"{made.money:.2f}")
    assert not [figure for figure in (*(f"{number:,.0f}" for number in exact), *rounded) if figure not in SCALE]
    years = made.tokens * made.operations / (0.35 * 60e9) / (365 * 86400)
    assert f"{years:.1f} years" in SCALE


def test_the_facts_on_the_page_are_the_sum_of_its_books():
    rows = re.findall(r"(?m)^\| [^|]+ \| ([\d,]+) \| ([\d,]+) \| (\d+) \| ([\d,]+) \|$", SCALE)
    *books, total = [[int(cell.replace(",", "")) for cell in row] for row in rows]
    assert [sum(column) for column in list(zip(*books, strict=True))[:2]] == total[:2]
    assert all(round(1000 * facts / words) == rate for words, facts, rate, _ in (*books, total))
    assert round(50 * total[1] / len(books), -3) == fifty_books().facts
    assert total[3] == round(sum(facts * tokens for _, facts, _, tokens in books) / total[1])


def fifty_books() -> needs.Needs:
    return needs.of_study("7B", needs.of_size("7B"), facts=113_000, tokens=113_000 * 1163, hour=2.5)
