"""What a plan was asked, in plain data and in words."""

import pytest

import onecenter as oc
from onecenter.errors import PlanError, ScenarioError
from onecenter.planning.question import Question
from onecenter.words import LANGUAGES, Words

SET = ("platforms.queue.wait.p95=20 min", "time.horizon=60 d")


def test_a_question_keeps_what_was_changed_and_the_hash_of_the_run_with_it() -> None:
    asked = Question.of("mm-c", SET, seed=3, demand=1.5).as_dict()
    assert {name: asked[name] for name in ("scenario", "seed", "set", "demand")} == {
        "scenario": "mm-c",
        "seed": 3,
        "set": list(SET),
        "demand": 1.5,
    }
    run = oc.run("mm-c", seed=3, set=["platforms.queue.wait.p95=20 min", "time.horizon=3 d"])
    same = Question.of("mm-c", [SET[0], "time.horizon=3 d"], seed=3, demand=1.5).as_dict()
    assert same["scenario_hash"] == run.provenance["scenario_hash"]
    assert same["resolved"] == run.provenance["scenario"]


def test_the_demand_scales_every_stream() -> None:
    scaled = Question.of("changsha-eighth", demand=1.5).scaled
    plain = oc.load("changsha-eighth")
    assert [s.scale for _, _, s in scaled.streams] == [1.5 * s.scale for _, _, s in plain.streams]


def test_conditions_in_both_languages() -> None:
    asked = Question.of("mm-c", SET, seed=3, demand=1.4)
    assert asked.conditions(Words("en")) == (
        "for demand x 1.4, with platforms.queue.wait.p95=20 min, time.horizon=60 d, with seed 3"
    )
    chinese = "需求为 1.4 倍，设 platforms.queue.wait.p95=20 min，time.horizon=60 d，种子为 3"
    assert asked.conditions(Words("zh")) == chinese
    assert {Question.of("mm-c").conditions(Words(language)) for language in LANGUAGES} == {""}


@pytest.mark.parametrize("demand", [0.0, -1.0, float("nan")])
def test_impossible_demands(demand: float) -> None:
    with pytest.raises(PlanError, match=f"demand: {demand}: .* expected"):
        _ = Question.of("mm-c", demand=demand).scaled


def test_listed_jobs_have_no_rate_to_scale() -> None:
    with pytest.raises(PlanError, match=r"talent\.demand\.sessions: jobs listed one by one cannot be scaled"):
        _ = Question.of("tiny", demand=1.4).scaled


def test_mistakes_in_the_overrides_are_named() -> None:
    with pytest.raises(ScenarioError, match=r"time\.horizons"):
        Question.of("mm-c", ["time.horizons=3 d"])
