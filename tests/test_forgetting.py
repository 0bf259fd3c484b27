"""What a study costs: general questions asked before and after, on models in RAM."""

from byheart import forgetting, general
from byheart.backends.memory.model import MemoryModel
from byheart.curriculum import FactCurriculum
from test_curriculum import FACTS, PASSAGES

NOT_KNOWN = ["What does the flux capacitor of PROP 77 weigh?"]


def quiet(done, total):
    assert 0 <= done < total


def knowing(share):
    """A model that knows the first `share` of the general questions."""
    taken = general.measured()[: int(len(general.measured()) * share)]
    return MemoryModel({one.question: one.answer for one in taken}, name=f"knows {share}")


def before(tmp_path, model, *, seconds=60):
    return forgetting.said_by_base(tmp_path / "said", model, NOT_KNOWN, seconds=seconds, timeout=9, watch=quiet)


def test_no_question_is_both_measured_and_replayed():
    measured = {one.question for one in general.measured()}
    assert len(measured) >= 140
    assert len(general.replayed()) == len(set(general.replayed())) >= 900
    assert not measured & set(general.replayed())


def test_a_model_that_stays_as_it_was_keeps_everything(tmp_path):
    model = knowing(1.0)
    figures = forgetting.compared(before(tmp_path, model), model, NOT_KNOWN, timeout=9, watch=quiet)
    assert figures["general"] > 100
    assert figures["general kept"] == figures["general"]
    assert figures["honesty before"] == figures["honesty after"] > 0.5


def test_what_was_forgotten_is_counted(tmp_path):
    figures = forgetting.compared(before(tmp_path, knowing(1.0)), knowing(0.5), NOT_KNOWN, timeout=9, watch=quiet)
    assert figures["general kept"] < 0.7 * figures["general"]


def test_the_base_is_asked_once_and_another_base_anew(tmp_path):
    class Counted(MemoryModel):
        asked = 0

        def complete(self, prompt, **options):
            Counted.asked += 1
            return super().complete(prompt, **options)

    before(tmp_path, Counted({}, name="one"))
    first = Counted.asked
    before(tmp_path, Counted({}, name="one"))
    assert Counted.asked == first
    before(tmp_path, Counted({}, name="other"))
    assert Counted.asked == 2 * first


def test_what_the_base_said_is_replayed_and_a_small_share_of_each_round(tmp_path):
    silent, *asked = general.replayed()
    talkative = MemoryModel({silent: "", **dict.fromkeys(asked, "Version 2.7 was. And so")}, name="talks")
    replay = forgetting.replay(before(tmp_path, talkative))
    assert {lesson.prompt: lesson.completion for lesson in replay} == dict.fromkeys(asked, "Version 2.7 was. And so")
    made = FactCurriculum(FACTS, PASSAGES, seed=1, replay=replay).round(0)
    text = sum(len(lesson.prompt) + len(lesson.completion) for lesson in made)
    replayed = sum(len(lesson.prompt) + len(lesson.completion) for lesson in made if lesson in replay)
    assert 0.05 * text < replayed < 0.2 * text


def test_without_time_only_what_is_kept_is_compared(tmp_path):
    model = knowing(1.0)
    assert before(tmp_path, model, seconds=0) == {}
    assert forgetting.compared({}, model, NOT_KNOWN, timeout=9, watch=quiet)["general"] == 0
    before(tmp_path, model)
    assert len(before(tmp_path, model, seconds=0)) > 200
