"""What a plan says: each sentence by hand, from an answer whose evidence is known."""

from collections.abc import Mapping
from typing import Any, NamedTuple

import numpy as np
import pytest
from planned import fleets

from onecenter.experiments.assessment import Assessment
from onecenter.planning.candidates import Values
from onecenter.planning.crossing import Choice
from onecenter.planning.found import Found
from onecenter.planning.limits import Limits
from onecenter.planning.question import Question
from onecenter.planning.text import answer, counts
from onecenter.results.targets import Target
from onecenter.scenario import Scenario, from_dict, load, with_set
from onecenter.words import Words

P95 = Target("wait", 95.0, 1_200_000.0)


def assessment(late: float, miss_share: float, value: float | None = 600.0, high: float | None = 900.0) -> Assessment:
    """Return how a p95 of 20 min stands: 5 % of the jobs may be late."""
    return Assessment(
        platform="queue", target=P95, late=late, late_low=None, late_high=None, value=value, low=300.0, high=high,
        reason="", miss_share=miss_share, periods=100, jobs=10_000, verdict="met", needed=None,
    )  # fmt: skip


class Fleet(NamedTuple):
    """A fleet of which only the assessments and their hardest matter."""

    assessments: list[Assessment]

    @property
    def pressure(self) -> float:
        """Late jobs over those allowed."""
        return max(one.pressure for one in self.assessments)


class Looked(NamedTuple):
    """Stands for `Candidates`: what was tried, and the scenario with its windows."""

    kinds: tuple[str, ...]
    tried: Mapping[Values, Fleet]
    scenario: Scenario

    def named(self, values: Values) -> dict[str, int]:
        return dict(zip(self.kinds, values, strict=True))


def one_type(**more: Any) -> Scenario:
    """Return three servers at 1,000 yuan each, delivered in 40 days, from 2 March 2026 on."""
    server = {"center.nodes.server.count": 3, "center.nodes.server.price": 1_000.0}
    return with_set(load("mm-c"), server | {"center.nodes.server.lead_time": "40 d"} | more)


def two_types() -> Scenario:
    """Return two servers and one larger node."""
    plain = load("mm-c").resolved()
    plain["center"]["nodes"] = {"server": {"count": 2, "accelerators": 1}, "large": {"count": 1, "accelerators": 4}}
    return from_dict(plain, "two types")


def found(
    place: int,
    resampled: Mapping[int, int],
    tried: Mapping[Values, Fleet],
    *,
    scenario: Scenario | None = None,
    ranges: tuple[range, ...] = (range(1, 7),),
    kinds: tuple[str, ...] = ("server",),
    windows: Scenario | None = None,
    **more: Any,
) -> Found:
    """Return an answer over a range of 1 to 6 servers."""
    asked = scenario or one_type()
    looked: Any = Looked(kinds, tried, windows or asked)
    choice = Choice(place, np.repeat(list(resampled), list(resampled.values())))
    question = more.pop("question", Question(asked))
    return Found(question, looked, fleets(*ranges), choice, Limits(), None, **more)


GOOD, BAD = Fleet([assessment(0.01, 0.0)]), Fleet([assessment(0.08, 0.7, 1_800.0, None)])
HARDEST = "queue p95 wait 10 min (95 % interval 5 min to 15 min, target 20 min)"
FOUR = {(4,): GOOD, (3,): BAD}


def said(one: Found, language: str = "en") -> str:
    return answer(one, Words(language))


def test_a_sure_answer_with_its_evidence_and_what_to_buy() -> None:
    # One server more than the three of today, at 1,000 yuan; 40 days before 2 March is in January.
    assert said(found(3, {3: 1_000}, FOUR)) == (
        f"4 nodes, with 95 % certainty. {HARDEST}. 3 miss it in 70 % of four-week periods. "
        "Buy 1 node of server, 1,000 yuan, order by 2026-01."
    )


def test_the_next_smaller_fleet_is_told_only_where_it_was_tried() -> None:
    text = said(found(3, {3: 1_000}, {(4,): GOOD, (2,): BAD}))
    assert "four-week periods" not in text


def test_an_open_answer_has_its_ends() -> None:
    assert said(found(3, {2: 100, 3: 800, 4: 100}, FOUR)).startswith("4 nodes; 3 to 5 with 95 %. ")
    reaches = said(found(3, {3: 800, 6: 200}, FOUR))
    assert reaches.startswith("4 nodes; 4 or more with 95 %, not decided below 6: raise the range. ")


def test_beyond_the_range_nothing_is_bought_and_no_evidence_given() -> None:
    assert said(found(6, {6: 1_000}, {(6,): BAD})) == "Not decided below 6: raise the range."


def test_an_interrupted_answer_says_so_first() -> None:
    text = said(found(3, {3: 1_000}, FOUR, interrupted=True))
    assert text.startswith("Interrupted; found so far: 4 nodes; 4 to 4 with 95 %. ")


@pytest.mark.parametrize(
    ("place", "resampled", "tried", "text"),
    [
        (0, {0: 1_000}, GOOD, f"4 nodes are enough, with 95 % certainty. {HARDEST}."),
        (1, {1: 1_000}, BAD, "4 nodes are not enough, with 95 % certainty. queue p95 wait 30 min ("),
        (0, {0: 900, 1: 100}, GOOD, f"Whether 4 nodes are enough is not decided: add replications. {HARDEST}."),
    ],
)
def test_one_fleet_is_enough_or_not(place: int, resampled: dict[int, int], tried: Fleet, text: str) -> None:
    assert said(found(place, resampled, {(4,): tried}, ranges=(range(4, 5),))).startswith(text)


def test_an_end_of_an_interval_that_is_not_reached() -> None:
    open_ = Fleet([assessment(0.04, 0.0, None, None)])
    text = said(found(3, {3: 1_000}, {(4,): open_}))
    assert "p95 wait not reached (95 % interval 5 min to not reached, target 20 min)" in text


@pytest.mark.parametrize(
    ("late", "miss_share", "told"), [(0.04, 0.2, True), (0.04, 0.05, False), (0.06, 0.2, False), (0.05, 0.06, True)]
)
def test_a_met_target_that_single_periods_miss(late: float, miss_share: float, told: bool) -> None:
    text = said(found(3, {3: 1_000}, {(4,): Fleet([assessment(late, miss_share)])}))
    assert ("a single four-week period misses it in" in text) == told


def test_the_hardest_of_several_targets_is_told() -> None:
    easy, hard = assessment(0.01, 0.0, 60.0), assessment(0.04, 0.0, 660.0)
    assert "p95 wait 11 min" in said(found(3, {3: 1_000}, {(4,): Fleet([easy, hard, easy])}))


def test_fewer_nodes_than_today() -> None:
    assert said(found(1, {1: 1_000}, {(2,): GOOD})).endswith("Nothing has to be bought, 1 fewer than today would do.")
    assert said(found(2, {2: 1_000}, {(3,): GOOD})).endswith("Nothing has to be bought.")


def test_without_price_and_lead_time_neither_is_told() -> None:
    plain = with_set(load("mm-c"), {"center.nodes.server.count": 3})
    assert said(found(3, {3: 1_000}, FOUR, scenario=plain)).endswith("Buy 1 node of server.")


def test_under_what_it_holds() -> None:
    asked = Question(one_type(), seed=7, demand=1.4)
    assert said(found(3, {3: 1_000}, FOUR, question=asked)).endswith("2026-01, for demand x 1.4, with seed 7.")
    assert said(found(0, {0: 1}, {(4,): GOOD}, ranges=(range(4, 5),), question=asked)).endswith(
        "This holds for demand x 1.4, with seed 7."
    )


def test_longer_windows_are_told() -> None:
    longer = one_type(**{"time.horizon": "200 d"})
    own = one_type(**{"time.horizon": "100 d"})
    text = said(found(3, {3: 1_000}, FOUR, scenario=own, windows=longer))
    assert text.endswith("Windows of 200 d instead of 100 d, so that late jobs can be counted.")
    assert "Windows" not in said(found(3, {3: 1_000}, FOUR, scenario=own, windows=own))


BOTH = ("server", "large")
MIX: dict[Values, Fleet] = {(2, 1): GOOD, (1, 1): BAD}


def mix(place: int, resampled: Mapping[int, int], **more: Any) -> Found:
    """Return an answer over one or two servers and one or two large nodes, in the order 1+1, 1+2, 2+1, 2+2."""
    return found(place, resampled, MIX, scenario=two_types(), ranges=(range(1, 3), range(1, 3)), kinds=BOTH, **more)


def test_a_mix_names_its_node_types_and_its_rivals() -> None:
    assert said(mix(2, {2: 1_000})).startswith("2 x server + 1 x large nodes, with 95 % certainty. ")
    rivals = said(mix(2, {2: 600, 1: 400}))
    assert rivals.startswith(
        "2 x server + 1 x large nodes; with 95 % it is one of 2 x server + 1 x large, 1 x server + 2 x large. "
    )


def test_one_of_two_types_is_named_with_all_nodes() -> None:
    one = found(2, {2: 1_000}, {(3,): GOOD}, scenario=two_types())
    assert said(one).startswith("3 nodes of server (4 in all), with 95 % certainty. ")
    assert said(one, "zh").startswith("需要 3 个 server 节点（共 4 个节点）")


def test_the_counts_of_a_fleet() -> None:
    assert counts(found(0, {0: 1}, FOUR), (5,), Words()) == "5"
    assert counts(mix(0, {0: 1}), (1, 2), Words()) == "1 x server + 2 x large"
