"""What is lawful but almost surely a slip is told, by every command, from one list."""

import json
import math
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import onecenter as oc
from onecenter.cli.main import main
from onecenter.scenario import shipped, with_set
from onecenter.scenario.run_times import RunTimes
from onecenter.workload.draws import Floats

SCENARIO = """
time = { start = "2026-03-02T00:00:00+08:00", horizon = "10 d", warmup = "1 d" }
[center.nodes.a]
count = 2
accelerators = 4
price = 1_000_000
[platforms.p]
wait = { p50 = "5 min", p95 = "30 min" }
expansion = { p95 = 3.0 }
sizes = [{ max_accelerators = 1, wait = { p95 = "10 min" } }, { max_accelerators = 8, wait = { p95 = "1 h" } }]
[platforms.p.demand.s]
arrivals = { kind = "poisson", rate = "1 / h" }
sizes = [{ accelerators = 1, share = 0.5 }, { accelerators = 4, share = 0.5 }]
run_time = { kind = "exponential", mean = "1 h", cap = "1 d" }
walltime = { factor = [1.0, 4.0], limit = "2 d" }
deadline = { after = "12 h" }
[growth.platforms.p]
monthly = 0.02
[growth.chain]
platform = "p"
stages = { incubator = { tenants = 3 } }
"""

S = "platforms.p.demand.s"


@pytest.fixture(scope="module")
def path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a scenario without slips."""
    found = tmp_path_factory.mktemp("slips") / "good.toml"
    found.write_text(SCENARIO)
    return found


def told(capsys: pytest.CaptureFixture[str], *arguments: str) -> list[str]:
    """Return the warnings that a call prints on standard error."""
    assert main(arguments) == 0
    lines = capsys.readouterr().err.splitlines()
    return [line.split("warning: ", 1)[1] for line in lines if "warning: " in line]


#: What is changed, and what is said.
LONG = '{ kind = "constant", value = "11 d" }'
GROWTH, INCUBATOR = "growth.platforms.p", "growth.chain.stages.incubator"
SLIPS = [
    ("growth.platforms.p.monthly=1", f"{GROWTH}.monthly = 1: +100% per month, 4,096 times the demand a year later"),
    ("growth.platforms.p.monthly=-0.5", "growth.platforms.p.monthly = -0.5: -50% per month, 0.00024 times"),
    (f"{GROWTH}.demand.s={{ monthly = 0.3 }}", f"{GROWTH}.demand.s.monthly = 0.3: +30% per month, 23 times"),
    ("growth.platforms.p={ factors = [102, 104] }", "growth.platforms.p.factors[0] = 102: so many times the demand"),
    (f"{INCUBATOR}.exit=7.5", f"{INCUBATOR}.exit = 7.5: a rate per year, so they stay for 49 d"),
    (f"{INCUBATOR}.up=5", f"{INCUBATOR}.up = 5: a rate per year"),
    (f"{S}.walltime.factor=0.5", f"{S}.walltime.factor = 0.5: 100 % of the jobs are killed before they end"),
    (f"{S}.walltime.factor=[0.25, 2.0]", f"{S}.walltime.factor = [0.25, 2.0]: 67 % of the jobs are killed"),
    (f"{S}.walltime.limit=30 min", f'{S}.walltime.limit = "30 min": 61 % of the jobs run longer and are killed at it'),
    (f"{S}.run_time.cap=6 min", f'{S}.run_time.cap = "6 min": 90 % of the jobs run longer and are cut to it'),
    (f"{S}.deadline.after=30 min", f'{S}.deadline.after = "30 min": 61 % of the jobs run longer and cannot keep it'),
    (f"{S}.deadline={{ factor = 0.9 }}", f"{S}.deadline.factor = 0.9: it is over before a job"),
    (f"{S}.run_time={LONG}", f"{S}.run_time: 100 % of the jobs run longer than the whole horizon"),
    (f"{S}.outcome={{ failed = {{ share = 1.0 }} }}", f"{S}.outcome: no job completes"),
    (f"{S}.sizes=[{{ accelerators = 0 }}]", f"{S}.sizes[0]: asks for no accelerator, cpu or memory"),
    ("time.warmup=6 d", 'time.warmup = "6 d": more than half of the 10 d does not count'),
    ('platforms.p.wait={ p5 = "30 min" }', 'platforms.p.wait.p5 = "30 min": 5 % of the jobs suffice (p95?)'),
    ("platforms.p.expansion={ \"p0.95\" = 2.0 }", "platforms.p.expansion.p0.95 = 2: 0.95 % of the jobs suffice (p95?)"),
    ("platforms.p.wait.p50=1 h", 'platforms.p.wait.p50 = "1 h": it says nothing beside p95 = "30 min"'),
    (f"{S}.scale=0", "platforms.p: it has targets, but no job from the warm-up to the horizon"),
    (f"{S}.sizes=[{{ accelerators = 4 }}]", "platforms.p.sizes[0]: no job of the platform is of this size"),
    ("center.nodes.a.lifetime=5 d", 'center.nodes.a.lifetime = "5 d": the price is written off sooner'),
    ("center.site.carbon=57", "center.site.carbon = 57: it is in kg CO2 per kWh"),
    ('policy={ backfill = "none", backfill_depth = 3 }', 'policy.backfill_depth = 3: not used where backfill = "none"'),
    ("policy.age_rate=2.5", 'policy.age_rate = 2.5: used by order = "priority" only'),
]  # fmt: skip


#: Changes that say something else first: jobs of 11 d are too many for two nodes, and too long for their deadline.
BESIDE = (f"{S}.run_time={LONG}", f"{S}.sizes=[{{ accelerators = 0 }}]")


@pytest.mark.case("3.7")
@pytest.mark.parametrize(("change", "said"), SLIPS)
def test_a_slip_is_told(change: str, said: str, path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    found = told(capsys, "validate", str(path), "--set", change)
    assert [text.startswith(said) for text in found[-1:]] == [True], found
    assert len(found) == 1 or change in BESIDE


def test_what_is_meant_is_not_told(path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert told(capsys, "validate", str(path), *shipped()) == []
    for change in (f"{S}.walltime.factor=[0.8, 4]", "growth.platforms.p.monthly=0.05", "platforms.p.wait.p50=30 min"):
        assert told(capsys, "validate", str(path), "--set", change) == []


LARGE = f"{S}.sizes=[{{ accelerators = 4, tasks = 9, share = 0.7 }}, {{ accelerators = 1, share = 0.3 }}]"


@pytest.mark.case("1.2")
@pytest.mark.parametrize("command", [["validate"], ["run"], ["compare", "--policies", "fifo"]])
def test_what_never_fits_is_told_before_the_run(
    command: list[str], path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    large = ["--set", "platforms.p.sizes=[]", "--set", LARGE]
    (text,) = told(capsys, *command, str(path), *large)
    refused = "never fits, even on the empty center (a); 70 % of the platform's jobs are refused"
    assert text == f"{S}.sizes[0]: {refused}"


@pytest.mark.case("3.7")
@pytest.mark.parametrize(
    "command",
    [
        ["run"],
        ["compare", "--policies", "fifo,easy"],
        pytest.param(["sweep", "--vary", "time.seed=1", "--workers", "1"], marks=pytest.mark.slow),
    ],
)
def test_warnings_are_a_part_of_the_json(
    command: list[str], path: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = ["--out", str(tmp_path / "out")] if command[0] == "sweep" else []
    slip = ["--set", f"{S}.walltime.factor=0.5"]
    assert main([*command, str(path), *slip, *out, "--json"]) == 0
    printed = capsys.readouterr()
    assert printed.err == ""
    (text,) = json.loads(printed.out)["warnings"]
    assert text == f"{S}.walltime.factor = 0.5: 100 % of the jobs are killed before they end"


def test_show_and_run_have_one_list(path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    changes = ["--set", "platforms.p.sizes=[]", "--set", LARGE, "--set", f"{S}.scale=40"]
    found = []
    for command in ("show", "run"):
        assert main([command, str(path), *changes, "--json"]) == 0
        found.append(json.loads(capsys.readouterr().out)["warnings"])
    assert found[0] == found[1]
    assert [text.split(":")[0] for text in found[0]] == [f"{S}.sizes[0]", "the center"]


RUN_TIMES: list[dict[str, Any]] = [
    {"kind": "constant", "value": "1 h"},
    {"kind": "exponential", "mean": "1 h"},
    {"kind": "hyperexponential", "means": ["10 min", "3 h"], "shares": [0.7, 0.3]},
    {"kind": "lognormal", "median": "30 min", "sigma": 1.5},
    {"kind": "lognormal", "median": "1 h", "sigma": 0.0},
    {"kind": "weibull", "scale": "1 h", "shape": 0.5},
    {"kind": "weibull", "scale": "1 h", "shape": 1000.0},
    {"kind": "table", "values": ["10 min", "1 h", "2 h"], "shares": [0.2, 0.5, 0.3]},
]


@pytest.mark.parametrize("spec", RUN_TIMES)
def test_the_share_that_runs_longer_is_that_of_drawn_jobs(spec: dict[str, Any], path: Path) -> None:
    from onecenter.workload.runtimes import longer_than, run_times

    scenario = with_set(oc.load(path), {f"{S}.run_time": spec})
    found: RunTimes | None = scenario.platforms["p"].demand["s"].run_time
    assert found is not None
    rng = np.random.default_rng(3)

    def uniforms(purpose: str) -> Floats:
        return rng.random(40_000)

    drawn = np.broadcast_to(run_times(found, uniforms), 40_000)
    for minutes in (5, 10, 30, 59.999, 60, 120, 600):
        limit = math.ceil(minutes * 60_000)
        assert abs(longer_than(found, limit) - (drawn > limit).mean()) < 0.012, minutes
