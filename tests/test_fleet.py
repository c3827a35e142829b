"""Nodes and policies as the simulator sees them: what is accepted, what is told, and what follows from them."""

from typing import Any

import numpy as np
import pytest
from onecenter_kernels.codes import LIVE_ORDERS

from onecenter.errors import OnecenterError, PolicyError
from onecenter.fleet import MAX_NODE_TYPES, NodeType, accelerators_of, checked_fleet, racks_of, too_large
from onecenter.policies import NAMED, Policy, policy_of, texts_of
from onecenter.units import MAX_DURATION


@pytest.mark.parametrize(
    ("fleet", "racks"),
    [
        ((), []),
        ((NodeType("a", 5, 1, nodes_per_rack=2),), [0, 0, 1, 1, 2]),
        # A rack holds nodes of one type: the next type begins a rack of its own.
        ((NodeType("a", 3, 1, nodes_per_rack=2), NodeType("b", 2, 1, nodes_per_rack=4)), [0, 0, 1, 2, 2]),
        ((NodeType("a", 0, 1), NodeType("b", 2, 1)), [0, 1]),
        ((NodeType("a", 2, 1, nodes_per_rack=99), NodeType("b", 1, 1)), [0, 0, 1]),
    ],
)
def test_racks_are_numbered_through_the_types(fleet: tuple[NodeType, ...], racks: list[int]) -> None:
    assert racks_of(fleet).tolist() == racks


def test_accelerators_of_all_nodes() -> None:
    assert accelerators_of((NodeType("a", 3, 8), NodeType("b", 2, 4), NodeType("c", 9, 0))) == 32
    assert accelerators_of(()) == 0


def test_amounts_are_kept_as_plain_types() -> None:
    found = NodeType("a", np.int64(3), np.int32(8), cpus=np.int64(5), tflops=320)  # type: ignore[arg-type]
    assert [type(value) for value in (found.count, found.accelerators, found.cpus, found.tflops)] == [
        int, int, int, float,
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("changes", "mistakes"),
    [
        ({"count": -1}, ["count = -1: at least 0 is expected"]),
        ({"count": 1.0}, ["count = 1.0: a whole number is expected"]),
        ({"accelerators": 2_147_484}, ["accelerators = 2147484: at most 2,147,483 is expected"]),
        ({"nodes_per_rack": 0}, ["nodes_per_rack = 0: at least 1 is expected"]),
        ({"tflops": float("nan")}, ["tflops = nan: a finite number is expected"]),
        (
            {"cpus": -1, "memory": -1, "idle_power": "1 kW"},
            [
                "cpus = -1: at least 0 is expected", "memory = -1: at least 0 is expected",
                "idle_power = '1 kW': a number is expected",
            ],
        ),
    ],
)  # fmt: skip
def test_a_node_type_that_is_none(changes: dict[str, Any], mistakes: list[str]) -> None:
    with pytest.raises(OnecenterError) as caught:
        NodeType(**{"name": "a", "count": 1, "accelerators": 8} | changes)
    assert caught.value.source == "node type a"
    assert caught.value.mistakes == mistakes


@pytest.mark.parametrize(
    ("fleet", "mistake"),
    [
        ([NodeType("a", 1, 1), NodeType("a", 2, 1)], "node type 'a': each is expected once"),
        ([NodeType("a", 1, 1), "48x8"], "'48x8': a NodeType is expected"),
        ([NodeType(str(n), 1, 1) for n in range(16)], "16 node types: at most 15 are expected, join similar ones"),
        ([NodeType("a", 600_000, 1), NodeType("b", 400_001, 1)], "1,000,001 nodes in all: at most 1,000,000"),
        ([NodeType("a", 10, 1_000_001)], "10,000,010 accelerators in all: at most 10,000,000"),
    ],
)
def test_a_fleet_that_is_none(fleet: Any, mistake: str) -> None:
    with pytest.raises(OnecenterError) as caught:
        checked_fleet(fleet)
    (told,) = caught.value.mistakes
    assert told.startswith(mistake)


def test_the_largest_fleets_are_fleets() -> None:
    many = [NodeType(str(n), 1, 1) for n in range(MAX_NODE_TYPES)]
    assert checked_fleet(many) == tuple(many)
    assert too_large([(500_000, 10), (500_000, 10)]) == []
    assert len(too_large([(1_000_001, 10)])) == 2


@pytest.mark.parametrize(
    ("policy", "text"),
    [
        (Policy(), "easy, best-fit"),
        (Policy(order="sjf", backfill="none", placement="first-fit"), "sjf, first-fit"),
        (
            Policy(order="sjf", backfill="conservative", depth=100),
            "sjf order, conservative backfill, best-fit, depth 100",
        ),
        (Policy(backfill_depth=5, reservations=3), "easy, best-fit, 3 reservations, backfill depth 5"),
        (
            Policy(order="priority", age_rate=2_000_000, max_age=86_400_000),
            "priority-easy, best-fit, ageing 2 per hour up to 24 h",
        ),
        # Ageing says nothing under another order.
        (Policy(age_rate=2_000_000), "easy, best-fit"),
    ],
)
def test_a_policy_for_people(policy: Policy, text: str) -> None:
    assert policy.text == text


def test_a_policy_under_another_name_is_told_with_both() -> None:
    assert texts_of({"easy": Policy(), "ours": Policy(depth=2)}) == [
        "easy, best-fit", "ours: easy, best-fit, depth 2",
    ]  # fmt: skip


@pytest.mark.parametrize("name", NAMED)
def test_each_name_leads_to_its_policy_and_back(name: str) -> None:
    found = policy_of(name, Policy(placement="worst-fit", depth=7))
    assert (found.order, found.backfill) == (NAMED[name].order, NAMED[name].backfill)
    # Only order and backfill are in the name; an order that preempts takes every job each time, so it has no depth.
    assert (found.placement, found.depth) == ("worst-fit", 0 if name in LIVE_ORDERS else 7)
    assert found.name == name
    assert found.as_dict()["name"] == name


def test_parts_go_before_a_name() -> None:
    found = policy_of("sjf", Policy(), order="fifo", placement="first-fit")
    assert (found.order, found.backfill, found.placement) == ("fifo", "none", "first-fit")
    assert policy_of(None, Policy(depth=3), backfill="none").depth == 3
    given = Policy(order="sjf", depth=1)
    assert policy_of(given, Policy(depth=3)) == given


@pytest.mark.parametrize(
    ("name", "reservations"), [("easy", 4), ("easy-sjbf", 4), ("fifo", 1), ("conservative", 1), (None, 4)]
)
def test_reservations_stay_where_the_backfill_makes_some(name: str | None, reservations: int) -> None:
    assert policy_of(name, Policy(reservations=4)).reservations == reservations


@pytest.mark.parametrize("policy", ["EASY", "", 3, ["easy"]])
def test_a_policy_that_is_none(policy: Any) -> None:
    with pytest.raises(PolicyError, match="one of fifo, easy, easy-sjbf, conservative"):
        policy_of(policy, Policy())


@pytest.mark.parametrize(
    ("parts", "mistake"),
    [
        ({"order": "lifo"}, "order = 'lifo': one of"),
        ({"depth": -1}, "depth = -1: at least 0"),
        ({"reservations": 0}, "reservations = 0: at least 1"),
        ({"reservations": 2, "backfill": "none"}, "reservations = 2: more than 1 needs backfill easy or easy-sjbf"),
        ({"reservations": 2, "backfill": "conservative"}, "reservations = 2: more than 1 needs backfill easy"),
        ({"age_rate": 10**13, "max_age": MAX_DURATION}, "age_rate = 10000000000000: age_rate times max_age is too"),
    ],
)
def test_parts_that_go_with_no_policy(parts: dict[str, Any], mistake: str) -> None:
    with pytest.raises(PolicyError) as caught:
        Policy(**parts)
    (told,) = caught.value.mistakes
    assert told.startswith(mistake)


def test_the_codes_are_places_in_the_lists_of_names() -> None:
    found = Policy(order="priority", backfill="conservative", placement="fewest-racks", depth=2).codes
    assert (found["order"], found["backfill"], found["placement"], found["depth"]) == (4, 3, 3, 2)
