"""`plan` against Erlang's formula: jobs of one accelerator, exponential run times."""

import json
import math
from concurrent.futures import ThreadPoolExecutor

import pytest
from waiting_times import Exponential

from onecenter.cli.main import main
from onecenter.planning import Plan, plan
from onecenter.scenario import Scenario, load, with_set

#: Servers and load of each. With one server less the queue must still be stable; for two servers that allows no more
#: than 0.5, reached but for a hair.
SETTINGS = [
    (2, 0.49),
    (3, 0.5),
    (3, 0.6),
    (4, 0.7),
    (5, 0.6),
    (6, 0.8),
    (8, 0.75),
    (12, 0.9),
    (16, 0.85),
    (24, 0.93),
    (32, 0.95),
    (64, 0.98),
]

#: Chosen before looking.
SEEDS = range(101, 106)

#: Mean service time, s.
SERVICE = 1_000


def offered(servers: int, load_: float, seed: int) -> Scenario:
    """Return M/M/c as the planner's scenario: long enough for what it asks, the target between c - 1 and c."""
    above, below = (Exponential(c, servers * load_ / c) for c in (servers, servers - 1))
    limit = SERVICE * math.sqrt(above.percentile(95) * below.percentile(95))
    relaxation = SERVICE * max(1.0, 1 / (servers * (1 - math.sqrt(load_)) ** 2))
    window = max(15 * relaxation, 20_000 * SERVICE / servers)
    values = {
        "time.seed": seed,
        "time.warmup": f"{math.ceil(10 * relaxation)} s",
        "time.horizon": f"{math.ceil(10 * relaxation + window)} s",
        "center.nodes.server.count": servers,
        "platforms.queue.demand.customers.arrivals.rate": f"{3_600 / SERVICE * servers * load_} / h",
        "platforms.queue.wait": {"p95": f"{round(limit)} s"},
    }
    return with_set(load("mm-c"), values)


def planned(servers: int, load_: float, seed: int) -> Plan:
    """Return the plan."""
    path = "center.nodes.server.count"
    with ThreadPoolExecutor(2) as executor:
        return plan(offered(servers, load_, seed), {path: (1, 2 * servers + 2)}, executor=executor)


def mistakes(servers: int, load_: float, seed: int) -> tuple[bool, bool]:
    """Return whether the answer is open, and whether its interval is wrong."""
    found = planned(servers, load_, seed)
    return not found.decided, (servers,) not in found.likely


@pytest.mark.parametrize(("servers", "load_"), [(2, 0.49), (8, 0.75)])
def test_the_smallest_fleet_is_that_of_the_formula(servers: int, load_: float) -> None:
    found = planned(servers, load_, SEEDS[0])
    assert found.chosen == (servers,)
    assert found.decided
    assert found.low == found.high == found.answer
    assert found.check is not None
    assert found.check.p95_s == pytest.approx(SERVICE * Exponential(servers, load_).percentile(95), rel=0.3)


@pytest.mark.slow
def test_twelve_settings_by_five_seeds() -> None:
    found = {(*setting, seed): mistakes(*setting, seed) for setting in SETTINGS for seed in SEEDS}
    assert [key for key, (_, wrong) in found.items() if wrong] == []
    assert len([key for key, (open_, _) in found.items() if open_]) <= 3


def test_the_settings_are_what_they_claim() -> None:
    assert len(SETTINGS) == 12
    for servers, load_ in SETTINGS:
        assert servers * load_ / (servers - 1) < 1
        assert Exponential(servers, load_).percentile(95) > 0


def test_the_command_says_the_same(capsys: pytest.CaptureFixture[str]) -> None:
    path = "center.nodes.server.count"
    arguments = ["plan", "mm-c", "--vary", f"{path}=6:12", "--target", "platforms.queue.wait.p95=20 min", "--json"]
    assert main([*arguments, "--workers", "1"]) == 0
    found = json.loads(capsys.readouterr().out)
    # P(wait > 20 min) at 8 servers: C(8, 0.8) exp(-1.6 x 1.2) = 0.067; at 9: C(9, 0.711) exp(-2.6 x 1.2) = 0.011.
    assert found["answer"] == {path: 9}
    assert found["meets"]["queue"]["target_s"] == 1_200
    assert {tuple(one["values"].values()) for one in found["tried"]} >= {(8,), (9,)}
