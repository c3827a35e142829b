"""Plans that once claimed more than they knew: each case with the answer that is right."""

import json
from concurrent.futures import Executor, Future, ThreadPoolExecutor
from typing import Any

import pytest

import onecenter as oc
from onecenter.cli.main import main
from onecenter.errors import OnecenterError
from onecenter.scenario import Scenario, from_dict, load, with_set

PATH = "center.nodes.server.count"


def queue(**more: Any) -> Scenario:
    """Return M/M/c, mean service 1,000 s, 6.4 servers' work; P(wait > 20 min) is 0.067 at 8 servers, 0.011 at 9."""
    values = {"time.horizon": "20 d", "platforms.queue.wait": {"p95": "20 min"}}
    return with_set(load("mm-c"), values | more)


def gangs() -> Scenario:
    """Return one-hour jobs at 6 / h on nodes of 4; 5 % of them ask for 8 whole nodes, 10 % may be late."""
    plain = load("mm-c").resolved()
    plain["time"] |= {"horizon": "60 d", "warmup": "2 d"}
    plain["center"] = {"nodes": {"node": {"count": 12, "accelerators": 4}}}
    plain["policy"] = {"order": "fifo", "backfill": "easy", "placement": "best-fit"}
    plain["platforms"] = {
        "queue": {
            "wait": {"p90": "2 h"},
            "demand": {
                "jobs": {
                    "arrivals": {"kind": "poisson", "rate": "6 / h"},
                    "run_time": {"kind": "exponential", "mean": "1 h"},
                    "sizes": [{"share": 0.95, "accelerators": 1}, {"share": 0.05, "accelerators": 4, "tasks": 8}],
                }
            },
        }
    }
    return from_dict(plain, "gangs")


@pytest.mark.case("1.1")
def test_a_fleet_that_cannot_hold_a_stream_is_no_answer() -> None:
    with ThreadPoolExecutor(2) as executor:
        found = oc.plan(gangs(), {"center.nodes.node.count": (1, 12)}, executor=executor)
    assert found.answer == {"center.nodes.node.count": 9}
    assert "Fewer than 8 nodes in all cannot hold platforms.queue.demand.jobs.sizes[1]" in found.text()
    assert "platforms.queue.demand.jobs.sizes[1]" in found.text("zh")
    assert found.as_dict()["fewest_nodes_that_hold"] == {"platforms.queue.demand.jobs.sizes[1]": 8}


def test_ranges_below_what_the_jobs_need_are_refused() -> None:
    with pytest.raises(OnecenterError, match=r"even 7 nodes cannot hold platforms\.queue\.demand\.jobs\.sizes\[1\]"):
        oc.plan(gangs(), {"center.nodes.node.count": (1, 7)})


@pytest.mark.case("3.3-1")
def test_a_limit_on_one_node_type_is_kept_and_named() -> None:
    scenario = queue(**{"center.nodes.server.full_power": "1 kW"})
    with pytest.raises(OnecenterError, match="9 nodes meet the targets, but do not keep within power_cap"):
        oc.plan(scenario, {PATH: (6, 12)}, limits=oc.Limits(power_cap=8_500))


@pytest.mark.case("3.3-2")
@pytest.mark.parametrize(
    "option",
    [
        ("--budget", "5"),
        ("--power-cap", "1 MW"),
        ("--racks", "3"),
        ("--minimise", "cost"),
        ("--criterion", "periods=0.9"),
    ],
)
def test_limits_beside_a_horizon_are_refused(option: tuple[str, str], capsys: pytest.CaptureFixture[str]) -> None:
    growth = ("--set", "growth.platforms.queue.monthly=0.05", "--set", 'platforms.queue.wait.p95="40 min"')
    assert main(["plan", "mm-c", "--vary", f"{PATH}=8:32", "--horizon", "1 y", *growth, *option]) == 2
    assert f"{option[0]} does not go with --horizon" in capsys.readouterr().err


@pytest.mark.case("3.4")
def test_few_replications_are_no_more() -> None:
    found = oc.plan(queue(), {PATH: (6, 12)}, replications=4)
    assert {each["replications"] for each in found.tried} == {4}


@pytest.mark.case("3.5")
def test_demand_of_listed_jobs_is_refused_with_their_own_path(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["plan", "tiny", "--vary", "center.nodes.small.count=1:4", "--demand", "1.4"]) == 2
    error = capsys.readouterr().err
    assert "jobs listed one by one cannot be scaled" in error
    assert ".scale" not in error


def growing() -> Scenario:
    """Return the queue with half the work, growing by 4 % a month."""
    growth = {"platforms": {"queue": {"monthly": 0.04}}}
    return queue(**{"platforms.queue.demand.customers.arrivals.rate": "17.28 / h", "growth": growth})


@pytest.mark.case("4.1")
def test_the_end_of_a_range_is_no_answer_over_years() -> None:
    found = oc.outlook(growing(), {PATH: (8, 9)}, "2 y", replications=10)
    assert "not decided below 9: raise the range" in found.text()
    assert "9 个以内不能确定：请扩大范围" in found.text("zh")
    assert found.as_dict()["purchases"][-1]["after"] is None
    written = [text.get_text() for text in found.plot().texts]
    assert "not decided below 9: raise the range" in written


@pytest.mark.case("4.2-1")
def test_a_window_with_few_late_jobs_is_lengthened_and_that_is_said() -> None:
    # 12 h x 23 jobs / h x 5 % = 14 late jobs are allowed in a window: two windows make one.
    found = oc.plan(queue(**{"time.warmup": "2 h", "time.horizon": "14 h"}), {PATH: (6, 12)}, replications=10)
    assert found.window_d == 1
    assert "so that late jobs can be counted" in found.text()
    assert "延长" in found.text("zh")


@pytest.mark.case("4.2-2")
def test_fleets_see_random_numbers_of_their_own() -> None:
    found = oc.plan(queue(), {PATH: (6, 12)}, replications=4)
    seeds = [each.runs[0].seed for each in found.candidates.tried.values()]
    assert len(set(seeds)) == len(seeds)


@pytest.mark.case("4.3-1")
def test_a_met_target_says_how_often_its_own_periods_miss() -> None:
    found = oc.plan(queue(), {PATH: (8, 14)}, demand=1.4)
    assert found.answer == {PATH: 11}
    assert "a single four-week period misses it in" in found.text()
    assert "单个四周期间有" in found.text("zh")


class Interrupting(Executor):
    """Runs at once, and is interrupted at the given call."""

    def __init__(self, last: int) -> None:
        self.left = last

    def submit(self, function: Any, /, *arguments: Any, **more: Any) -> "Future[Any]":
        """Return the result, or raise as Ctrl-C does."""
        self.left -= 1
        if self.left < 0:
            raise KeyboardInterrupt
        future: Future[Any] = Future()
        future.set_result(function(*arguments, **more))
        return future


@pytest.mark.case("4.3-2")
def test_what_is_found_is_kept_at_an_interrupt() -> None:
    try:
        found = oc.plan(queue(), {PATH: (6, 12)}, executor=Interrupting(35))
    except KeyboardInterrupt:
        pytest.fail("what was found is lost")
    assert found.interrupted
    assert not found.decided
    assert found.text().startswith("Interrupted; found so far: ")
    assert len(found.tried) >= 2


TYPES = {
    "small": {"count": 1, "accelerators": 1, "price": 100_000.0},
    "large": {"count": 1, "accelerators": 3, "price": 260_000.0},
}
RANGES = {"center.nodes.small.count": (1, 5), "center.nodes.large.count": (1, 4)}


def two_types() -> Scenario:
    """Return the queue on nodes of one and of three accelerators."""
    return from_dict(queue().resolved() | {"center": {"nodes": TYPES}}, "two-types")


@pytest.mark.slow
@pytest.mark.case("4.3-3")
def test_a_mix_is_one_fleet_with_its_rivals_and_what_limits_it() -> None:
    # The cheapest is 3 large nodes and none of small would do; with 1 small and 3 large: 10 accelerators.
    found = oc.plan(two_types(), RANGES, limits=oc.Limits(minimise="cost", racks=4), replications=20)
    free = oc.plan(two_types(), RANGES, limits=oc.Limits(minimise="cost"), replications=20)
    plain = found.as_dict()
    assert sum(found.answer.values()) <= 4
    assert set(plain["binding"]) == {"platform", "target", "limits"}
    assert (plain["binding"]["limits"] == ["racks"]) == (sum(free.answer.values()) > 4)
    assert plain["answer"] in [dict(zip(RANGES, values, strict=True)) for values in found.likely if values]


@pytest.mark.case("4.4")
def test_the_answer_as_data_says_what_the_sentence_says(capsys: pytest.CaptureFixture[str]) -> None:
    values = (
        "center.nodes.server.price=1500000",
        'center.nodes.server.lead_time="60 d"',
        'platforms.queue.wait.p95="20 min"',
        'time.start="2027-03-01T00:00:00Z"',
        'time.horizon="20 d"',
    )
    sets = [part for text in values for part in ("--set", text)]
    assert main(["plan", "mm-c", "--vary", f"{PATH}=8:14", "--demand", "1.4", "--workers", "1", "--json", *sets]) == 0
    found = json.loads(capsys.readouterr().out)
    assert found["answer"] == found["low"] == found["high"] == {PATH: 11}
    assert (found["level"], found["decided"], found["demand"]) == (0.95, True, 1.4)
    assert found["buy"] == {PATH: 3}
    assert found["cost"] == 4_500_000
    # 60 days before 1 March 2027 is 31 December 2026.
    assert found["order_by"] == "2026-12"
    assert found["replications"] == sum(each["replications"] for each in found["tried"])
    assert found["binding"]["platform"] == "queue"
    assert {"window_d", "limits"} <= set(found)
    assert "Buy 3 nodes of server, 4.5 million yuan, order by 2026-12, for demand x 1.4" in found["text"]["en"]
    assert "采购 3 个 server 节点，450 万元，最迟于 2026-12 订购，需求为 1.4 倍" in found["text"]["zh"]


@pytest.mark.case("4.5-2")
@pytest.mark.parametrize(("count", "answer", "words"), [(9, {PATH: 9}, "are enough"), (8, {}, "are not enough")])
def test_a_range_of_one_count_asks_whether_it_is_enough(count: int, answer: dict[str, int], words: str) -> None:
    found = oc.plan(queue(), {PATH: (count, count)})
    assert found.answer == answer
    assert f"{count} nodes {words}, with 95 % certainty" in found.text()


@pytest.mark.slow
def test_the_eighth_of_changsha_is_known_within_five_nodes() -> None:
    from onecenter.experiments.executors import local

    path = "center.nodes.910b.count"
    with local() as executor:
        found = oc.plan("changsha-eighth", {path: (16, 64)}, executor=executor)
    assert found.low is not None
    assert found.high is not None
    assert found.low[path] <= found.answer[path] <= found.high[path] < found.low[path] + 5
