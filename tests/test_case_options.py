"""Options and overrides are used, or refused with the reason; a value has one verdict, whichever door it comes by."""

import json
import math
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import onecenter as oc
from onecenter.cli.main import main
from onecenter.errors import OnecenterError, PolicyError, ScenarioError
from onecenter.scenario import with_set

#: Two nodes of four accelerators instead of one is enough to tell an override that was used.
MORE = "center.nodes.small.count=3"

#: A queue in which every part of a policy matters: ten jobs at once on four accelerators.
QUEUE = """
time = { start = "2026-03-02T00:00:00+08:00", horizon = "1 d" }
center.nodes.a = { count = 1, accelerators = 4 }
[platforms.p.demand.s]
jobs = [
    { submit = "0 min", accelerators = 3, run_time = "60 min" },
    { submit = "1 min", accelerators = 4, run_time = "10 min" },
    { submit = "2 min", accelerators = 2, run_time = "10 min" },
    { submit = "3 min", accelerators = 1, run_time = "10 min" },
]
[policy]
backfill = "easy"
backfill_depth = 1
"""


@pytest.fixture(scope="module")
def saved(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a saved run of `tiny`."""
    return oc.run("tiny").save(tmp_path_factory.mktemp("saved") / "result.parquet")


@pytest.fixture
def queue(tmp_path: Path) -> str:
    """Return a scenario whose backfill looks at one job behind the head."""
    path = tmp_path / "queue.toml"
    path.write_text(QUEUE)
    return str(path)


def figures(capsys: pytest.CaptureFixture[str], *arguments: str) -> Any:
    """Return what a call prints as JSON."""
    assert main([*arguments, "--json"]) == 0
    return json.loads(capsys.readouterr().out)


def refused(capsys: pytest.CaptureFixture[str], *arguments: str) -> str:
    """Return what is said of a call that is refused."""
    try:
        status: Any = main(arguments)
    except SystemExit as stop:
        status = stop.code
    assert status == 2
    printed = capsys.readouterr()
    assert printed.out == ""
    assert "Traceback" not in printed.err
    return printed.err


@pytest.mark.case("3.1")
def test_overrides_apply_to_a_saved_run(saved: Path, capsys: pytest.CaptureFixture[str]) -> None:
    found = figures(capsys, "run", str(saved), "--set", MORE, "--seed", "7")
    assert found["log_digest"] == oc.run("tiny", set=[MORE]).log_digest != oc.run("tiny").log_digest
    assert found["seed"] == 7
    assert figures(capsys, "run", str(saved), "--set", "policy.backfill=none")["log_digest"] == (
        oc.run("tiny", policy="fifo").log_digest
    )


@pytest.mark.case("3.1")
def test_overrides_of_a_saved_run_are_checked(saved: Path, capsys: pytest.CaptureFixture[str]) -> None:
    text = refused(capsys, "run", str(saved), "--set", "center.nodez.small=1", "--set", "time.horizon=3")
    assert 'did you mean "nodes"?' in text
    assert "time.horizon = 3 (--set): the unit is missing" in text


@pytest.mark.case("3.1")
def test_overrides_apply_to_a_scenario_object() -> None:
    scenario = oc.load("tiny")
    assert oc.run(scenario, set=[MORE]).log_digest == oc.run("tiny", set=[MORE]).log_digest
    assert oc.run(scenario, set=[MORE], seed=7).provenance["scenario"]["time"]["seed"] == 7
    with pytest.raises(ScenarioError, match="did you mean"):
        oc.run(scenario, set=["center.nodez.small=1"])


def test_one_text_is_one_override() -> None:
    assert oc.run("tiny", set=MORE).log_digest == oc.run("tiny", set=[MORE]).log_digest


@pytest.mark.parametrize("given", ["", "center", ["center"], [3], {"center": 3}])
def test_what_is_no_override_is_refused(given: Any) -> None:
    for scenario in ("tiny", oc.load("tiny")):
        with pytest.raises(ScenarioError, match="write path=value"):
            oc.run(scenario, set=given)


def test_a_saved_run_is_a_scenario_for_every_command(saved: Path, capsys: pytest.CaptureFixture[str]) -> None:
    shown = figures(capsys, "show", str(saved), "--set", MORE)
    assert shown["scenario"]["center"]["nodes"]["small"]["count"] == 3
    compared = figures(capsys, "compare", str(saved), "--policies", "fifo,easy", "--set", MORE)
    assert compared["policies"]["easy"]["log_digest"] == oc.run("tiny", policy="easy", set=MORE).log_digest


def test_a_saved_run_is_repeated_under_the_policy_that_was_used(tmp_path: Path) -> None:
    policy = oc.Policy(order="sjf", backfill="conservative", placement="worst-fit", depth=3, age_rate=250_000)
    first = oc.run("tiny", policy=policy)
    again = oc.run(first.save(tmp_path / "result.parquet"))
    assert (again.policy, again.log_digest) == (policy, first.log_digest)


@pytest.mark.parametrize("scenario", [None, 3, {"time": {}}])
def test_what_is_no_scenario_is_refused(scenario: Any) -> None:
    with pytest.raises(ScenarioError, match="a scenario, the name of a shipped one, or a file is expected"):
        oc.run(scenario)


def waits(result: oc.Result) -> list[float]:
    """Return the waits by job, in minutes."""
    return [ms / 60_000 for ms in result.jobs.sort("job")["wait_ms"]]


@pytest.mark.case("3.2")
def test_a_named_policy_keeps_depths(queue: str) -> None:
    # By hand: job 1 is the head until 60. Job 2 never fits beside job 0. Job 3 fits at 3 where backfill looks at
    # more than one job behind the head, else it waits for job 1's end at 70, beside job 2.
    scenario = oc.load(queue)
    assert waits(oc.run(scenario, set="policy.backfill_depth=0")) == [0, 59, 68, 0]
    assert waits(oc.run(scenario)) == [0, 59, 68, 67]
    assert waits(oc.run(scenario, policy="easy")) == [0, 59, 68, 67]
    # With depth 1 only the head is looked at, and nothing is backfilled.
    deep = with_set(scenario, {"policy.depth": 1, "policy.backfill_depth": 7})
    named = oc.run(deep, policy="conservative").policy
    assert named == oc.Policy(backfill="conservative", depth=1, backfill_depth=7)


@pytest.mark.case("3.2")
def test_a_replay_on_a_scenarios_center_keeps_its_depths(queue: str, tmp_path: Path) -> None:
    log = tmp_path / "queue.swf"
    rows = [(0, 3600, 3), (60, 600, 4), (120, 600, 2), (180, 600, 1)]
    tail = "1 1 1 1 -1 -1 -1 -1"
    log.write_text("".join(f"{i} {s} -1 {r} {a} -1 -1 {a} {r} -1 {tail}\n" for i, (s, r, a) in enumerate(rows)))
    assert waits(oc.replay(log, center=queue, policy="easy")) == [0, 59, 68, 67]
    out = tmp_path / "out"
    call = ["replay", str(log), "--center", queue, "--order", "sjf", "--placement", "first-fit"]
    assert main([*call, "--policy", "easy", "--json", "--out", str(out)]) == 0
    assert oc.Result.load(out / "result.parquet").policy == oc.Policy("sjf", "easy", "first-fit", backfill_depth=1)


@pytest.mark.case("3.2")
def test_a_comparison_keeps_depths(queue: str, capsys: pytest.CaptureFixture[str]) -> None:
    deep = ("compare", queue, "--policies", "fifo,easy", "--set", "policy.backfill_depth=1")
    flat = ("compare", queue, "--policies", "fifo,easy", "--set", "policy.backfill_depth=0")
    found = [figures(capsys, *call)["policies"] for call in (deep, flat)]
    assert found[0]["easy"]["log_digest"] != found[1]["easy"]["log_digest"]
    assert found[0]["fifo"]["log_digest"] == found[1]["fifo"]["log_digest"]


#: A wrong value of each part of a policy, as Python and as the file have it: they differ where the file has units.
WRONG_PARTS: list[tuple[str, Any, Any]] = [
    *((part, value, value) for part in ("depth", "backfill_depth") for value in (-1, 2.5, True, 10**9 + 1, math.nan)),
    *((part, "3", "3") for part in ("depth", "backfill_depth", "age_rate")),
    ("age_rate", -1, -0.000001),
    ("age_rate", 0.5, 0.0000005),
    ("age_rate", math.inf, math.inf),
    ("age_rate", 10**13 + 1, 10_000_001),
    ("max_age", -1, "-1 ms"),
    ("max_age", 1000 * 365 * 86_400_000 + 1, "1001 y"),
]


@pytest.mark.case("3.6")
@pytest.mark.parametrize(("part", "in_python", "in_file"), WRONG_PARTS)
def test_a_number_of_a_policy_has_one_verdict(part: str, in_python: Any, in_file: Any) -> None:
    refused_by_both(part, in_python, in_file)


@pytest.mark.parametrize("part", ["order", "backfill", "placement"])
@pytest.mark.parametrize("value", ["best", 3, None, ["fifo"]])
def test_a_name_in_a_policy_has_one_verdict(part: str, value: Any) -> None:
    refused_by_both(part, value, value)


def refused_by_both(part: str, in_python: Any, in_file: Any) -> None:
    """Check that a part is refused in Python and in a scenario."""
    parts: dict[str, Any] = {part: in_python}
    with pytest.raises(PolicyError, match=f"^policy: {part} = "):
        oc.Policy(**parts)
    with pytest.raises(ScenarioError, match=rf"policy\.{part} = "):
        with_set(oc.load("tiny"), {f"policy.{part}": in_file})


@pytest.mark.case("3.6")
def test_all_mistakes_of_a_policy_are_told() -> None:
    with pytest.raises(PolicyError) as told:
        oc.Policy(order="lifo", depth=-1, backfill_depth=2.5, age_rate=10**12, max_age=10**13)  # type: ignore[arg-type]
    assert told.value.mistakes[0].startswith("order = 'lifo': one of fifo, sjf, smallest-first, largest-first, p")
    assert told.value.mistakes[1:] == [
        "depth = -1: at least 0 is expected",
        "backfill_depth = 2.5: a whole number is expected",
        "age_rate = 1000000000000: age_rate times max_age is too large for the core; lower one of them",
    ]


def test_numbers_of_numpy_are_numbers() -> None:
    policy = oc.Policy(depth=np.int64(3), max_age=np.int32(1_000))  # type: ignore[arg-type]
    assert policy == oc.Policy(depth=3, max_age=1_000)
    assert {type(policy.depth), type(policy.max_age)} == {int}
    assert oc.run("tiny", seed=np.int64(7)).provenance["seed"] == 7  # type: ignore[arg-type]


@pytest.mark.parametrize("policy", ["best", 3, ["easy"], ""])
def test_what_is_no_policy_is_refused(policy: Any) -> None:
    with pytest.raises(PolicyError, match="one of fifo, easy"):
        oc.run("tiny", policy=policy)


SEEDS: list[tuple[Any, str]] = [
    (-1, "at least 0 is expected"),
    (1.0, "a whole number is expected"),
    (True, "a whole number is expected"),
    ("7", "a whole number is expected"),
    (math.nan, "a whole number is expected"),
]


@pytest.mark.case("7.12")
@pytest.mark.parametrize("seed", [2**63, 10**40])
def test_the_bound_of_a_seed_is_told_exactly(seed: int) -> None:
    no_seed(seed, "at most 9,223,372,036,854,775,807 is expected")


@pytest.mark.parametrize(("seed", "right"), SEEDS)
def test_what_is_no_seed_is_refused(seed: Any, right: str) -> None:
    no_seed(seed, right)


def no_seed(seed: Any, right: str) -> None:
    """Check that a seed is refused in a call and in a scenario."""
    calls: list[Callable[[], Any]] = [
        lambda: oc.run("tiny", seed=seed),
        lambda: with_set(oc.load("tiny"), {"time.seed": seed}),
    ]
    for call in calls:
        with pytest.raises(OnecenterError, match=right) as told:
            call()
        assert "time.seed = " in str(told.value)


def test_the_largest_seed_is_one() -> None:
    assert oc.run("tiny", seed=2**63 - 1).provenance["seed"] == 2**63 - 1


#: Two platforms of drawn jobs, so that replications differ.
DRAWN = """
time = { start = "2026-03-02T00:00:00+08:00", horizon = "2 d", warmup = "6 h" }
center.nodes.a = { count = 1, accelerators = 4 }
[platforms.p.demand.s]
arrivals = { kind = "poisson", rate = "0.7 / h" }
sizes = [{ accelerators = 1, share = 0.5 }, { accelerators = 4, share = 0.5 }]
run_time = { kind = "exponential", mean = "1 h" }
[platforms.q.demand.s]
arrivals = { kind = "poisson", rate = "0.6 / h" }
sizes = [{ accelerators = 1 }]
run_time = { kind = "exponential", mean = "1 h" }
"""


@pytest.fixture
def drawn(tmp_path: Path) -> str:
    """Return a scenario of drawn jobs."""
    path = tmp_path / "drawn.toml"
    path.write_text(DRAWN)
    return str(path)


@pytest.mark.case("3.8")
def test_a_condition_reaches_every_pair_of_a_comparison(drawn: str, capsys: pytest.CaptureFixture[str]) -> None:
    call = ("compare", drawn, "--policies", "fifo,easy,sjf", "--replications", "3")
    pairs = {(row["other"], row["platform"]): row for row in figures(capsys, *call)["pairs"]}
    wait = pairs["sjf", "q"]["other_s"]
    assert wait not in (None, pairs["easy", "q"]["other_s"], pairs["sjf", "center"]["other_s"])
    path = "pairs.sjf.q.other_s"
    assert [main([*call, "--fail-if", f"{path} < {bound}"]) for bound in (0.999 * wait, 1.001 * wait)] == [0, 1]
    assert f"{path} = {wait}" in capsys.readouterr().err


@pytest.mark.case("7.12")
@pytest.mark.parametrize("command", ["run", "compare"])
def test_a_condition_on_no_figure_is_refused_before_the_run(
    command: str, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    # A run that begins draws its jobs first; one without jobs draws none.
    def drawn(*_: Any) -> None:
        raise AssertionError("jobs are drawn")

    path = tmp_path / "drawn.toml"
    path.write_text(DRAWN)
    monkeypatch.setattr("onecenter.workload.build._stream_columns", drawn)
    at = "platforms" if command == "run" else "policies.easy.platforms"
    more = ["--policies", "easy"] if command == "compare" else []
    for condition, said in [
        (f"{at}.p.wait_s.p96 > 1 h", "there is no 'p96'"),
        (f"{at}.p.wait_s > 1 h", "is no single figure"),
        (f"{at}.p.submitted == true", "a number is expected"),
        (f"{at}.r.submitted > 1", "there is no 'r'"),
    ]:
        assert said in refused(capsys, command, str(path), *more, "--fail-if", condition)


def test_a_condition_names_what_it_may_reach() -> None:
    from onecenter.cli.conditions import holding, parse

    rows = [
        {"other": other, "platform": name, "tested": "ratio", "ratio": 0.5}
        for other in ("easy", "sjf")
        for name in ("p", "q")
    ]
    found = {"pairs": rows, "targets": [{"what": "wait p95", "verdict": "missed", "within": 0.5, "measured": 1800.0}]}

    def judged(*texts: str) -> list[str]:
        return holding([parse(text) for text in texts], found)

    assert judged(
        'targets."wait p95".verdict == "missed"',
        "targets.within < 60%",
        "pairs.easy.p.ratio == 0.5",
        "pairs.sjf.q.ratio > 0.6",
    ) == [
        'targets."wait p95".verdict == "missed"  (targets.wait p95.verdict = "missed")',
        "targets.within < 60%  (targets.within = 0.5)",
        "pairs.easy.p.ratio == 0.5  (pairs.easy.p.ratio = 0.5)",
    ]
    assert judged('targets."wait p95".measured > 29 min', 'targets."wait p95".measured > 31 min') == [
        'targets."wait p95".measured > 29 min  (targets.wait p95.measured = 1800.0)'
    ]
    for text, known in [
        ("pairs.p", "easy, sjf"),
        ("pairs.easy.p", "no single figure: one of other, platform, tested, ratio"),
        ("pairs.esay.q.ratio", 'did you mean "easy"'),
        ("pairs.p", "no single figure: one of easy, sjf"),
        ("targets.verdict", 'targets.verdict is "missed": a text in quotes is expected'),
    ]:
        with pytest.raises(OnecenterError) as told:
            judged(f"{text} > 1")
        assert known in str(told.value)


@pytest.fixture(scope="module")
def tiny() -> oc.Scenario:
    """Return a scenario."""
    return oc.load("tiny")


#: What is said of what would be right.
RIGHT = r"expected|write for example|there are|of the design sobol only|leave it out"

PATH = "center.nodes.small.count"
VARY = f"{PATH}=1:4"

#: What a call takes, by argument, and what is impossible for it.
COUNTS = [0, -1, 2.5, True, math.nan, "3", 10**6]
CALLS: dict[str, tuple[Callable[[oc.Scenario, Any], Any], list[Any]]] = {
    "replicate n": (lambda s, x: oc.replicate(s, x), COUNTS),
    "replicate precision": (
        lambda s, x: oc.replicate(s, precision=x),
        [0, 1, -0.1, math.nan, math.inf, True, "5", "nan %", "1_0 %", "0 %", "100 %", ""],
    ),
    "compare n": (lambda s, x: oc.compare(["fifo", "easy"], s, n=x), [1, *COUNTS]),
    "month": (lambda s, x: growth_of(s, x), [-1, 601, 2.5, True, math.nan]),
    "demand": (lambda s, x: scaled(s, x), [0, -1, math.nan, math.inf, True, "1.4", 1e7]),
    "plan periods": (lambda s, x: oc.plan(s, VARY, periods=x), [0, 1, -0.5, math.nan, True, "0.9"]),
    "plan replications": (lambda s, x: oc.plan(s, VARY, replications=x), [1, *COUNTS]),
    "plan demand": (lambda s, x: oc.plan(s, VARY, demand=x), [0, -1, math.nan, math.inf, True]),
    "plan vary": (
        lambda s, x: oc.plan(s, {PATH: x}),
        [(0, 4), (4, 2), (1, 2.5), (True, 2), (1,), (1, 2, 3), 3, "1_0:20", "1:1e2", "１:２", "4:2", "1:2:3", ":", ""],
    ),
    "plan paths": (lambda s, x: oc.plan(s, x), [[f"{PATH}=1:2", f"{PATH}=1:4"], ["a=1:2"], [], ""]),
    "outlook horizon": (lambda s, x: oc.outlook(growing(s), VARY, x), [0, -1, 2.5e9, True, "1 d", "51 y", "nan y", ""]),
    "budget": (lambda s, x: oc.Limits(budget=x), [0, -1, math.nan, math.inf, True, "5"]),
    "power cap": (lambda s, x: oc.Limits(power_cap=x), [0, -1, math.nan, math.inf, True, "5 kW"]),
    "racks": (lambda s, x: oc.Limits(racks=x), COUNTS[:-1]),
    "minimise": (lambda s, x: oc.Limits(minimise=x), ["", "power", None, 1]),
    "workers": (lambda s, x: processes(x), COUNTS),
    "sweep n": (lambda s, x: oc.sweep(s, {PATH: [1, 2]}, x), COUNTS),
    "sweep points": (
        lambda s, x: oc.sweep(s, {PATH: "1:8"}, design="sobol", points=x),
        [0, 1, 3, 2.0, True, "8", 2**20],
    ),
    "sweep points of a grid": (lambda s, x: oc.sweep(s, {PATH: [1, 2]}, points=x), [8]),
    "sweep design": (lambda s, x: oc.sweep(s, {PATH: "1:8"}, design=x), ["random", "", None]),
    "sweep design of points": (lambda s, x: oc.sweep(s, [{PATH: 1}], design=x), ["sobol"]),
    "sweep values": (
        lambda s, x: oc.sweep(s, {PATH: x}),
        ["1:4:0", "4:1:1", "1:1_0:1", "1:nan:1", "1:inf:1", "1:４:1", "1:4", "1,1", "", [], [1, 1], [1, 2.5], [True]],
    ),
    "sweep range": (
        lambda s, x: oc.sweep(s, {PATH: x}, design="sobol"),
        ["1", "4:1", "1:1", "1:1_0", "nan:4", "1:inf", "1:1e999", "1:2:3", "", (1,), (1, math.inf), (True, 3), 3],
    ),
    "points of indices": (lambda s, x: indices(x), [0, 1, 3, 2.0, True, 2**20]),
    "nodes": (lambda s, x: node_type(count=x), [-1, 2.5, True, math.nan, "3", 10**7]),
    "accelerators": (lambda s, x: node_type(accelerators=x), [-1, 2.5, True, 10**10]),
    "nodes per rack": (lambda s, x: node_type(nodes_per_rack=x), [0, 2.5]),
    "target kind": (lambda s, x: target(kind=x), ["p95", "", None]),
    "target percentile": (lambda s, x: target(percentile=x), [0, 100, -5, math.nan, True, "p95"]),
    "target limit": (lambda s, x: target(limit=x), [-1, math.nan, math.inf, "3 min"]),
    "target size": (lambda s, x: target(above=x), [-1, 2.5, "x"]),
    "window": (lambda s, x: window(*x), [(5, 4), (0, 2.5), (math.nan, 3), ("1 d", "2 d"), (True, 5), (0, 2**70)]),
    "power": (lambda s, x: node_type(full_power=x), [-1, math.nan, math.inf, "2 kW"]),
}


def growing(scenario: oc.Scenario) -> oc.Scenario:
    """Return a scenario with drawn jobs that grow."""
    grown = {
        "arrivals": {"kind": "poisson", "rate": "1 / h"},
        "sizes": [{"accelerators": 1}],
        "run_time": {"kind": "constant", "value": "1 h"},
    }
    streams = {"platforms.talent.demand": {"s": grown}, "platforms.public-compute.demand": {}}
    return with_set(scenario, {**streams, "growth": {"platforms": {"talent": {"monthly": 0.02}}}})


def growth_of(scenario: oc.Scenario, month: Any) -> Any:
    """Return a scenario in a month."""
    from onecenter.planning.growth import in_month

    return in_month(scenario, month)


def scaled(scenario: oc.Scenario, demand: Any) -> Any:
    """Return a scenario with other demand."""
    from onecenter.planning.growth import with_demand

    return with_demand(scenario, demand)


def indices(n: Any) -> Any:
    """Return indices of the sum of two values."""
    from onecenter.experiments.sweeping import sobol

    return sobol(lambda x: x.sum(axis=1), ["a", "b"], n)


def node_type(**amounts: Any) -> Any:
    """Return a node type."""
    from onecenter.fleet import NodeType

    return NodeType(**{"name": "a", "count": 1, "accelerators": 8} | amounts)


def processes(workers: Any) -> None:
    """Begin and end a pool of processes."""
    from onecenter.experiments.executors import local

    with local(workers):
        pass


def target(**values: Any) -> Any:
    """Return a target."""
    from onecenter.results.targets import Target

    return Target(**{"kind": "wait", "percentile": 95, "limit": 60_000} | values)


def window(warmup: Any, horizon: Any) -> Any:
    """Return a window."""
    from onecenter.results.window import Window

    return Window(warmup, horizon)


@pytest.mark.parametrize(("call", "value"), [(name, value) for name, (_, wrong) in CALLS.items() for value in wrong])
def test_a_call_refuses_what_is_impossible(call: str, value: Any, tiny: oc.Scenario) -> None:
    with pytest.raises(OnecenterError, match=RIGHT):
        CALLS[call][0](tiny, value)


def test_a_center_refuses_what_is_no_center(tiny: oc.Scenario) -> None:
    from onecenter.workload.build import build

    jobs, (kind,) = build(tiny), tiny.fleet
    wrong: list[tuple[Any, Any, str]] = [
        ([kind, kind], oc.Policy(), "node type 'small': each is expected once"),
        ([node_type(name=str(i)) for i in range(16)], oc.Policy(), "16 node types: at most 15 are expected"),
        (["small"], oc.Policy(), "'small': a NodeType is expected"),
        ([kind], "easy", "'easy': a Policy is expected"),
    ]
    for fleet, policy, right in wrong:
        with pytest.raises(OnecenterError, match=right):
            oc.Center(fleet, policy, jobs)


def test_sides_of_one_name_are_not_dropped(tiny: oc.Scenario) -> None:
    sides = [oc.Policy(), oc.Policy(depth=3), oc.Policy(depth=4)]
    with pytest.raises(OnecenterError, match="each under a name of its own"):
        oc.compare(sides, tiny)


SWEEP = ("sweep", "tiny", "--vary", f"{PATH}=1,2", "--out")
DROPPED = [
    (["--vary", f"{PATH}=3"], "a path is given twice"),
    (["--points", "8"], "of the design sobol only"),
    (["--workers", "2", "--cluster", "tcp://127.0.0.1:1"], "leave it out beside --cluster"),
]


@pytest.mark.case("3.1")
@pytest.mark.parametrize(("more", "said"), DROPPED)
def test_no_option_of_a_sweep_is_dropped(
    more: list[str], said: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert said in refused(capsys, *SWEEP, str(tmp_path / "out"), *more)


@pytest.mark.case("3.1")
def test_no_range_of_a_plan_is_dropped(capsys: pytest.CaptureFixture[str]) -> None:
    assert "a path is given twice" in refused(capsys, "plan", "tiny", "--vary", VARY, "--vary", f"{PATH}=2:3")
