"""The end of a training's course: the weights are drawn back towards the base, as far as nothing learned is lost."""

from dataclasses import dataclass, field

import pytest

from byheart.prompts import PromptFormat
from byheart.types import Lesson

PROBES = 200


@dataclass
class Learner:
    """One weight, by which more probes are answered right the farther it is from the base: all of them from 0.75 on."""

    learned: dict[str, object]
    scale: float = 0.0
    asked: list[float] = field(default_factory=list)

    @property
    def model(self):
        return self

    def num_parameters(self):
        return 1

    def masters(self):
        return [(tensor, tensor) for tensor in self.learned.values()]

    def tokenizer(self, text, **options):
        return Tokens([1])

    def answers(self, probes, tick):
        weight = self.learned["w"].item()
        self.asked.append(round(weight, 3))
        return [weight >= 0.75 * place / len(probes) for place in range(len(probes))]

    def likely(self, lessons):
        return []

    def set(self, weights):
        for name, tensor in weights.items():
            self.learned[name].data.copy_(tensor)


@dataclass
class Tokens:
    input_ids: list[int]


class Probes:
    def probes(self):
        return [Lesson(f"probe {number}", "right", "fact") for number in range(PROBES)]

    def replayed(self):
        return []


@pytest.mark.real
@pytest.mark.parametrize(("lost", "stays"), [(0.01, 0.8), (0.1, 0.7), (0.5, 0.6), (-1.0, 1.0)])
def test_the_weights_are_drawn_back_as_far_as_the_probes_allow(tmp_path, monkeypatch, lost, stays):
    import torch

    from byheart.backends import course

    monkeypatch.setattr(course, "_LOST", lost)
    learner = Learner({"w": torch.ones(1, requires_grad=True)})
    told = course.Course(
        Probes(), learner, PromptFormat("", "", ("<end>",)), tmp_path, seconds=1, watch=lambda progress: None
    )
    told.draw_back({"w": torch.zeros(1)})
    assert told.stays == stays
    assert learner.learned["w"].item() == pytest.approx(stays)
    assert learner.asked[0] == 1.0
