"""A plan as plain data: what is written reads back, what does not fit together is told, and what follows from it."""

from typing import Any

import pytest
from pydantic import ValidationError
from reports import planned

from onecenter.planning.file import PlanFile, PlannedTarget

PATH = "center.nodes.server.count"
SET = ["platforms.queue.wait.p95=60 min"]


def plain(**changes: Any) -> dict[str, Any]:
    """Return a plan of the textbook queue: 22 servers miss, 23 meet."""
    data = planned("mm-c", "server", SET)
    for fleet, verdict in zip(data["tried"], ("met", "missed"), strict=True):
        fleet["targets"] = [{"platform": "queue", "what": "wait p95", "limit": 3_600, "verdict": verdict}]
    return data | changes


def plan(**changes: Any) -> PlanFile:
    return PlanFile.model_validate(plain(**changes))


def test_a_plan_that_fits_together() -> None:
    found = plan()
    assert found.mistakes == []
    assert found.paths == [PATH]
    assert found.overridden == ["platforms.queue.wait.p95"]
    assert found.planned.name == "mm-c"
    assert found.node_types({PATH: 5}) == {"server": 5}


def test_what_is_written_reads_back() -> None:
    found = plan()
    assert PlanFile.model_validate_json(found.model_dump_json()) == found
    assert PlanFile.model_validate(found.model_dump()).tried == found.tried


def test_limits_that_are_not_given_are_not_written() -> None:
    written = plan(limits={"racks": 3}).model_dump()["limits"]
    assert written == {"racks": 3, "minimise": "nodes"}


def test_the_fleet_of_the_answer() -> None:
    fleet = plan().fleet
    assert fleet is not None
    assert (fleet.values, fleet.verdict) == ({PATH: 23}, "met")
    assert plan(answer={PATH: 24}).fleet is None
    assert plan(answer={}).fleet is None


def test_the_node_types_of_the_answer_are_those_of_the_scenario_with_its_counts() -> None:
    (kind,) = plan().bought
    assert (kind.name, kind.count, kind.accelerators) == ("server", 23, 1)
    assert plan(answer={}).bought == ()


def test_the_targets_of_a_fleet_are_those_of_the_scenario() -> None:
    found = plan()
    (one,) = found.assessments(found.tried[0])
    assert (one.platform, one.what, one.limit, one.verdict) == ("queue", "wait p95", 3_600, "met")
    assert one.allowed == pytest.approx(0.05)


def test_what_a_target_does_not_say_is_not_known() -> None:
    bare = PlannedTarget(platform="p", what="wait p95", limit=60, verdict="undecided")
    unknown = ("late", "late_low", "late_high", "value", "low", "high", "needed")
    assert {getattr(bare, name) for name in unknown} == {None}
    assert (bare.allowed, bare.miss_share, bare.periods, bare.jobs, bare.reason) == (0, 0, 0, 0, "")


def test_what_a_plan_does_not_say_is_nothing() -> None:
    needed = ("scenario", "scenario_hash", "resolved", "answer", "tried")
    found = PlanFile.model_validate({name: plain()[name] for name in needed})
    assert (found.set, found.undecided, found.front, found.binding, found.meets) == ([], [], [], {}, {})
    assert (found.demand, found.level, found.replications) == (1, 0.95, 0)
    assert not (found.decided or found.interrupted)
    assert (found.low, found.high, found.buy, found.cost, found.check, found.seed) == (None,) * 6


@pytest.mark.parametrize(
    ("changes", "mistake"),
    [
        ({"scenario_hash": "0" * 64}, "its scenario is another one than its name and hash say"),
        ({"scenario": "tiny"}, "its scenario is another one than its name and hash say"),
        ({"answer": {"center.nodes.other.count": 3}}, "its answer is about other node counts than it varies"),
        ({"set": ["platforms..x=3"]}, "its overrides: not a path; write names with dots between them"),
        ({"set": ["x"]}, "its overrides: write path=value"),
    ],
)
def test_what_does_not_fit_together(changes: dict[str, Any], mistake: str) -> None:
    (told,) = plan(**changes).mistakes
    assert told.startswith(mistake)


def test_a_path_and_a_target_that_the_scenario_does_not_have() -> None:
    data = plain()
    data["tried"][0]["values"] = {"center.nodes.huge.count": 1}
    data["tried"][1]["targets"][0] |= {"what": "wait p99"}
    assert PlanFile.model_validate(data).mistakes == [
        "it varies center.nodes.huge.count, which its scenario does not have",
        "its answer is about other node counts than it varies",
        "it judges queue, wait p99, which is no target of its scenario",
    ]


@pytest.mark.parametrize(
    ("changes", "place"),
    [
        ({"tried": []}, "tried"),
        ({"answer": {PATH: -1}}, "answer"),
        ({"answer": {PATH: 2.5}}, "answer"),
        ({"demand": 0}, "demand"),
        ({"demand": float("inf")}, "demand"),
        ({"level": 1.5}, "level"),
        ({"seed": -1}, "seed"),
        ({"cost": float("nan")}, "cost"),
        ({"limits": {"racks": -2}}, "limits"),
        ({"check": {"load": -0.5}}, "check"),
    ],
)
def test_values_that_no_plan_has(changes: dict[str, Any], place: str) -> None:
    with pytest.raises(ValidationError) as caught:
        plan(**changes)
    assert {error["loc"][0] for error in caught.value.errors()} == {place}


@pytest.mark.parametrize("name", ["scenario", "scenario_hash", "resolved", "answer", "tried"])
def test_what_a_plan_must_have(name: str) -> None:
    data = plain()
    del data[name]
    with pytest.raises(ValidationError, match=name):
        PlanFile.model_validate(data)


@pytest.mark.parametrize(("name", "value"), [("verdict", "good"), ("late", 1.5), ("limit", -1), ("miss_share", None)])
def test_values_that_no_target_has(name: str, value: Any) -> None:
    good = {"platform": "p", "what": "wait p95", "limit": 60, "verdict": "met"}
    with pytest.raises(ValidationError, match=name):
        PlannedTarget.model_validate(good | {name: value})
