"""Scenarios: reading, extending, overriding, writing; what is shipped."""

import json
import pickle
import sys
import tomllib
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any, get_args

import numpy as np
import pytest
from onecenter_kernels import codes
from oracle import simulate, waits_by_reason
from pydantic import ValidationError

from onecenter.errors import ScenarioError
from onecenter.fleet import accelerators_of
from onecenter.policies import Linear, Multifactor, Policy
from onecenter.scenario import Scenario, from_dict, load, policy, shipped, shipped_folder, with_set
from onecenter.scenario.reference import json_schema, reference
from onecenter.scenario.toml import dump
from onecenter.workload.build import build
from onecenter.workload.load import offered_load

NAMES = (
    "acme-like", "changsha", "changsha-eighth", "changsha-plain", "class-burst", "convoy", "fragmentation",
    "helios-like", "mm-c", "pai-like", "philly-like", "starving-gangs", "tiny",
)  # fmt: skip

#: Every key of the format at least once.
FULL = """
title = { en = "All \\"of\\" it", zh = "全部" }
notes = ["one", "two"]
notes_zh = ["一", "二"]
[time]
start = 2026-03-02T00:00:00
zone = "Asia/Shanghai"
horizon = "1.5 d"
warmup = "90 min"
seed = 7
[center.nodes.910b]
count = 2
model = "x"
accelerators = 8
cpus = 191.5
memory = "1.5 TiB"
fp16_tflops = 305.7
idle_power = "1.75 kW"
full_power = "5.2 kW"
nodes_per_rack = 2
price = 1_800_000
lifetime = "4 y"
running_cost = 5e4
lead_time = "120 d"
[center.site]
currency = "EUR"
tariff = 0.65
pue = 1.25
carbon = 0.4976
[center.nodes."大"]
count = 1
accelerators = 0
cpus = 64
[center.quota]
nominal = { 910b = 1.5 }
[center.cohorts.city]
quota = { nominal = { 910b = "12.5 %" }, lending_limit = { 910b = 30 } }
[center.cohorts.school]
parent = "city"
[platforms."平台".quota]
nominal = { 910b = 8 }
borrowing_limit = { 910b = "50 %" }
lending_limit = { 910b = 4 }
changes = [{ at = "2026-03-02T12:00:00", nominal = { 910b = 4 } }]
[platforms."平台"]
label = { en = "P" }
priority = -3
wait = { p95 = "3 min", "p99.9" = "1 h" }
expansion = { p50 = 1.1 }
sizes = [{ max_accelerators = 1, wait = { p95 = "1 min" } }, { max_accelerators = 64, expansion = { p95 = 2 } }]
[platforms."平台".preemption]
within = "lower-priority"
reclaim = "any"
borrow_within_cohort = "lower-priority"
max_priority_threshold = 100
[platforms."平台".demand.drawn]
scale = 0.5
node_types = ["大", "910b"]
sizes = [
    { share = 0.3, accelerators = 0.143, cpus = 0.5, memory = "1 GB" },
    { share = 0.7, accelerators = 1, tasks = 12, spread = "any" },
]
run_time = { kind = "hyperexponential", means = ["1 h", "1 d"], shares = [0.9, 0.1], cap = "7 d" }
walltime = { factor = [1.0, 3.5], round = ["10 min", "1 h"], limit = "2 d" }
outcome = { cancelled = { share = 0.2, used = [0.1, 0.9] }, failed = { share = 0.1 } }
tenants = { count = 80, zipf = 1.1 }
deadline = { factor = 3.0 }
patience = "4 h"
priority = 5
tier = 1
preemptible = false
grace = "30 s"
requeue = 2
checkpoint = { every = "1 h", write = "90 s", restart = "3 min" }
[platforms."平台".demand.drawn.arrivals]
kind = "poisson"
rate = "7.3 / d"
weekdays = [1, 2, 3, 4, 5, 6, 7]
burst = { shape = 1.6, every = "1 h", correlation = 0.5 }
[platforms."平台".demand.class]
arrivals = { kind = "timetable", slots = ["mon 08:00", "sun 23:59"], roster = 40, attendance = 0.9, jitter = "5 min" }
sizes = [{ accelerators = 0 , cpus = 1 }]
run_time = { kind = "table", values = ["1 s", "2 s"], shares = [0.5, 0.5] }
walltime = { factor = 2 }
deadline = { after = "7 d" }
[platforms."平台".demand.constant]
arrivals = { kind = "poisson", rate = "1 / s" }
sizes = [{ accelerators = 8 }]
run_time = { kind = "constant", value = "1 s" }
[platforms."平台".demand.exponential]
arrivals = { kind = "poisson", rate = "1e-9 / s" }
sizes = [{ accelerators = 8 }]
run_time = { kind = "exponential", mean = "1 s" }
[platforms."平台".demand.lognormal]
arrivals = { kind = "poisson", rate = "0 / s" }
sizes = [{ accelerators = 8 }]
run_time = { kind = "lognormal", median = "1 s", sigma = 2 }
[platforms."平台".demand.weibull]
arrivals = { kind = "poisson", rate = "1 / s" }
sizes = [{ accelerators = 8 }]
run_time = { kind = "weibull", shape = 0.7, scale = "1 s" }
[platforms."平台".demand.listed]
jobs = [
  { submit = "0 s", run_time = "1 ms", walltime = "2 s", accelerators = 0.5, outcome = "failed", name = "a" },
  { submit = "0 s", run_time = "1 s", accelerators = 1, after_ok = ["a"], array = { size = 2, at_most = 1 } },
  { submit = "1 s", run_time = "1 s", accelerators = 1, after = ["a"] },
]
[platforms.empty]
tier = 2
cohort = "school"
queueing = "strict"
limits = { max_running_jobs = 3, max_accelerators = 4, max_submitted = 5, max_per_job = 2, max_walltime = "1 d" }
tenant_limits = { max_running_jobs = 1 }
[platforms.young.demand.one]
arrivals = { kind = "poisson", rate = "1 / h" }
sizes = [{ accelerators = 8 }]
run_time = { kind = "constant", value = "1 s" }
[platforms.old.demand.one]
arrivals = { kind = "poisson", rate = "1 / h" }
sizes = [{ accelerators = 8 }]
run_time = { kind = "constant", value = "1 s" }
[growth.platforms."平台".demand]
drawn = { monthly = 0.02, first = 3 }
class = { factors = [1.0, 1.5] }
[growth.platforms.old]
monthly = -0.01
demand = { one = { monthly = 0.01 } }
[growth.chain]
platform = "young"
graduates = { old = { share = 0.5, demand = 3, exit = 0.1 } }
voucher = { subsidy = 0.3, elasticity = 1.5, first = 6 }
[growth.chain.stages]
"孵化器" = { tenants = 40, demand = 1.5, entries = 0.9, exit = 0.1, up = 0.2 }
park = { tenants = 0 }
[policy]
order = "priority"
backfill = "conservative"
placement = "fewest-racks"
depth = 100
backfill_depth = 500
age_rate = 0.25
max_age = "1 d"
"""

#: Writes a text into a file of a name.
Write = Callable[..., Path]


@pytest.fixture
def write(tmp_path: Path) -> Write:
    """Return what writes a scenario file."""

    def write(text: str, name: str = "full.toml") -> Path:
        path = tmp_path / name
        path.write_text(text, encoding="utf-8")
        return path

    return write


@pytest.fixture
def full(write: Write) -> Scenario:
    """Return a scenario that uses every key."""
    return load(write(FULL))


def test_these_scenarios_are_shipped() -> None:
    assert shipped() == NAMES


def test_shipped_scenarios_are_found_inside_an_installed_package(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "onecenter" / "scenarios"
    folder.mkdir(parents=True)
    (folder / "only.toml").write_text("", encoding="utf-8")
    module = tmp_path / "onecenter" / "scenario" / "load.py"
    monkeypatch.setattr(sys.modules["onecenter.scenario.layers"], "__file__", str(module))
    assert shipped() == ("only",)


def test_shipped_scenarios_are_found_from_any_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert load("tiny").name == "tiny"


@pytest.mark.parametrize("name", NAMES)
def test_a_shipped_scenario_resolved_is_the_same_scenario(name: str) -> None:
    scenario = load(name)
    assert scenario.name == name
    assert from_dict(scenario.resolved()) == scenario
    assert from_dict(tomllib.loads(dump(scenario.resolved()))) == scenario
    assert from_dict(json.loads(json.dumps(scenario.resolved()))).sha256 == scenario.sha256


@pytest.mark.parametrize("name", NAMES)
def test_a_shipped_scenario_has_no_warning_and_both_labels(name: str) -> None:
    scenario = load(name)
    assert offered_load(scenario).warnings == ()
    assert all(platform.label and platform.label.en and platform.label.zh for platform in scenario.platforms.values())


def test_every_key_resolved_is_the_same_scenario(full: Scenario) -> None:
    assert from_dict(full.resolved()) == full
    assert from_dict(tomllib.loads(dump(full.resolved()))) == full
    assert pickle.loads(pickle.dumps(full)) == full


LINEAR = {"kind": "linear", **dict.fromkeys(codes.FEATURES, 1.5)}


def test_a_linear_order_resolved_is_the_same_scenario(full: Scenario) -> None:
    weighed = with_set(full, {"policy.order": LINEAR})
    order = weighed.policy_.order
    assert order == Linear(**dict.fromkeys(codes.FEATURES, 1.5))
    assert from_dict(tomllib.loads(dump(weighed.resolved()))) == weighed
    assert with_set(weighed, {"policy.order.wait": -2}).policy_.order == replace(order, wait=-2.0)


#: Each key of a multifactor order, none as by default.
MULTIFACTOR = {
    "kind": "multifactor", **dict.fromkeys(codes.FACTORS, 15), "fair_share": "classic", "half_life": "0 s",
    "calc_period": "1 h", "favor_small": True, "shares": {"平台": 3}, "tenant_shares": {"平台": [1, 2]},
}  # fmt: skip


def test_a_multifactor_order_resolved_is_the_same_scenario(full: Scenario) -> None:
    ranked = with_set(full, {"policy.order": MULTIFACTOR})
    order = ranked.policy_.order
    assert order == Multifactor(
        **dict.fromkeys(codes.FACTORS, 15), fair_share="classic", half_life=0, calc_period=3_600_000,
        favor_small=True, shares={"平台": 3}, tenant_shares={"平台": (1, 2)},
    )  # fmt: skip
    assert from_dict(tomllib.loads(dump(ranked.resolved()))) == ranked
    assert ranked.with_policy(ranked.policy_).policy_ == ranked.policy_
    assert ranked.with_policy(ranked.policy_).resolved() == ranked.resolved()
    assert hash(ranked.policy_) == hash(replace(ranked.policy_))
    assert with_set(ranked, {"policy.order.shares": {"平台": 7}}).policy_.order.shares_of("平台") == 7
    with pytest.raises(ScenarioError, match=r'policy\.order\.tenant_shares\.emty = .*did you mean "empty"'):
        with_set(ranked, {"policy.order.tenant_shares.emty": [7]})


def test_the_test_scenario_has_every_key(full: Scenario) -> None:
    """So that the test above cannot pass by leaving one out."""
    orders = [with_set(full, {"policy.order": order}) for order in (LINEAR, MULTIFACTOR)]
    behind = with_set(full, {"policy.backfill": "easy", "policy.backfill_order": "sjf"})
    written = "".join(dump(each.resolved()) for each in (full, *orders, behind))
    keys = {key for part in json_schema()["$defs"].values() for key in part.get("properties", {})}
    assert {key for key in keys - {"hours"} if key not in written} == set()


def test_the_words_of_the_file_become_numbers(full: Scenario) -> None:
    stream = full.platforms["平台"].demand["drawn"]
    assert stream.sizes is not None
    assert full.time.horizon == 36 * 3_600_000
    assert full.time.origin.utcoffset() == timedelta(hours=8)
    assert full.center.nodes["910b"].cpus == 191_500
    assert full.center.nodes["910b"].memory == 1_572_864
    assert (stream.sizes[0].accelerators, stream.sizes[0].cpus, stream.sizes[0].memory) == (143, 500, 954)
    assert stream.walltime is not None
    assert stream.walltime.factor == (1.0, 3.5)
    assert full.node_types(stream) == (1, 0)
    slots = full.platforms["平台"].demand["class"].arrivals
    assert getattr(slots, "slots", None) == (8 * 3_600_000, 7 * 86_400_000 - 60_000)


def test_fleet_and_policy_are_what_the_core_takes(full: Scenario) -> None:
    assert [node_type.name for node_type in full.fleet] == ["910b", "大"]
    first = full.fleet[0]
    assert (first.count, first.accelerators, first.nodes_per_rack, first.tflops) == (2, 8, 2, 305.7)
    assert (first.cpus, first.memory, first.idle_power, first.full_power) == (191_500, 1_572_864, 1_750.0, 5_200.0)
    assert full.policy_ == Policy("priority", "conservative", "fewest-racks", 100, 500, 250_000, 86_400_000)
    assert load("mm-c").policy_ == Policy("fifo", "none", "first-fit")


def test_names_are_those_of_the_core() -> None:
    assert get_args(policy.OrderName) == (*codes.ORDERS, *codes.LIVE_ORDERS)
    assert tuple(name for name in policy.LinearOrder.model_fields if name != "kind") == codes.FEATURES
    assert get_args(policy.Backfill) == codes.BACKFILLS
    assert get_args(policy.Placement) == codes.PLACEMENTS


def test_defaults_of_the_policy_are_those_of_policies(write: Write) -> None:
    text = FULL[: FULL.index("[policy]")]
    assert load(write(text)).policy_ == Policy()


def test_profiles_are_normalised(full: Scenario) -> None:
    arrivals: Any = full.platforms["平台"].demand["drawn"].arrivals
    assert arrivals.weekday_factors == pytest.approx([day / 4 for day in range(1, 8)])
    assert arrivals.hour_factors is None


def test_a_scenario_cannot_be_changed(full: Scenario) -> None:
    with pytest.raises(ValidationError):
        full.time.seed = 3  # type: ignore[misc]


def test_a_variant_merges_tables_and_replaces_lists(write: Write) -> None:
    write(FULL)
    variant = load(
        write(
            """
            extends = "full.toml"
            notes = ["other"]
            [center.nodes.910b]
            count = 3
            [platforms."平台".demand.drawn]
            run_time = { kind = "constant", value = "5 s" }
            """,
            "variant.toml",
        )
    )
    base = load(write(FULL))
    assert variant.name == "variant"
    assert variant.notes == ("other",)
    assert variant.fleet[0].count == 3
    assert variant.fleet[0].memory == base.fleet[0].memory
    drawn = variant.platforms["平台"].demand["drawn"]
    assert drawn.run_time is not None
    assert (drawn.run_time.kind, drawn.run_time.cap) == ("constant", None)
    assert drawn.sizes == base.platforms["平台"].demand["drawn"].sizes
    assert variant.sha256 != base.sha256


def test_a_variant_of_a_variant_of_a_shipped_scenario(write: Write) -> None:
    write('extends = "tiny"\ntime.seed = 5\ntime.horizon = "3 h"', "a.toml")
    variant = load(write('extends = "./a.toml"\nname = "mine"\ntime.seed = 6', "b.toml"))
    assert (variant.name, variant.time.seed, variant.time.horizon) == ("mine", 6, 3 * 3_600_000)
    assert variant.center == load("tiny").center


@pytest.mark.parametrize(
    ("change", "path", "value"),
    [
        ("center.nodes.910b.count=220", ("center", "nodes", "910b", "count"), 220),
        (" time.horizon = 7 d ", ("time", "horizon"), "7 d"),
        ('time.horizon="7 d"', ("time", "horizon"), "7 d"),
        ("policy.order=sjf", ("policy", "order"), "sjf"),
        ("platforms.'平台'.wait.\"p99.9\"=5 min", ("platforms", "平台", "wait", "p99.9"), "5 min"),
        ("platforms.平台.wait.p10=5 min", ("platforms", "平台", "wait", "p10"), "5 min"),
        ("platforms.平台.demand.class.patience=1 min", ("platforms", "平台", "demand", "class", "patience"), "1 min"),
        ("platforms.empty.label.en=a = b", ("platforms", "empty", "label", "en"), "a = b"),
        ('notes=["x"]', ("notes",), ["x"]),
        (
            'platforms.平台.demand.constant.run_time={ kind = "constant", value = "3 s" }',
            ("platforms", "平台", "demand", "constant", "run_time"),
            {"kind": "constant", "value": "3 s"},
        ),
    ],
)
def test_a_value_is_set_from_outside(write: Write, change: str, path: tuple[str, ...], value: Any) -> None:
    file = write(FULL)
    found: Any = load(file, set=(change,)).resolved()
    for name in path:
        found = found[name]
    assert found == value
    assert load(file) != load(file, set=(change,))


def test_a_new_node_type_is_set_as_a_whole(write: Write) -> None:
    scenario = load(write(FULL), set=["center.nodes.new={ count = 4, accelerators = 2 }", "center.nodes.new.count=5"])
    assert [(node_type.name, node_type.count) for node_type in scenario.fleet][-1] == ("new", 5)


def test_growth_begins_with_any_of_its_values() -> None:
    changes = ["growth.platforms.queue.demand.customers.monthly=0.05", "growth.platforms.queue.monthly=0.02"]
    growth = load("mm-c", set=changes).growth
    assert growth is not None
    queue = growth.platforms["queue"]
    assert (queue.monthly, queue.demand["customers"].monthly) == (0.02, 0.05)
    with pytest.raises(ScenarioError, match='no such platform; did you mean "queue"'):
        load("mm-c", set=["growth.platforms.queu.monthly=0.05"])


def test_values_are_set_on_a_loaded_scenario(full: Scenario) -> None:
    changed = with_set(
        full, {"center.nodes.910b.count": 4, "time.horizon": "2 d", 'platforms.平台.wait."p99.9"': "2 h"}
    )
    assert (changed.fleet[0].count, changed.time.horizon) == (4, 2 * 86_400_000)
    assert changed.platforms["平台"].wait == {"p95": 180_000, "p99.9": 7_200_000}
    assert full.fleet[0].count == 2
    assert with_set(full, {}) == full


def test_mistakes_of_set_and_of_values_are_told_at_once(full: Scenario) -> None:
    with pytest.raises(ScenarioError) as error:
        with_set(full, {"time.horizn": "2 d", "time.seed": -1})
    assert len(error.value.mistakes) == 2
    assert 'did you mean "horizon"' in str(error.value)


def test_tiny_runs_as_its_chart_says() -> None:
    scenario = load("tiny")
    log = simulate(scenario.fleet, scenario.policy_, build(scenario), scenario.time.horizon)
    minutes = [
        (int(row["t"]) // 60_000, codes.EVENTS[row["kind"]], int(row["job"]), int(row["node"]), int(row["device"]))
        for row in log
        if row["kind"] in (codes.E_START, codes.E_END, codes.E_KILL)
    ]
    assert minutes == [
        (0, "start", 0, 0, -1),
        (5, "start", 1, 1, -1),
        (12, "start", 3, 1, -1),
        (25, "end", 1, -1, -1),
        (25, "start", 4, 1, 0),
        (27, "end", 3, -1, -1),
        (30, "end", 0, -1, -1),
        (35, "kill", 4, -1, -1),
        (35, "start", 2, 0, -1),
        (35, "start", 2, 1, -1),
        (55, "end", 2, -1, -1),
        (55, "start", 5, 0, 0),
        (65, "end", 5, -1, -1),
    ]
    waits = waits_by_reason(scenario.fleet, scenario.policy_, build(scenario), scenario.time.horizon)
    reasons = {job: {codes.REASONS[code]: ms // 60_000 for code, ms in row.items()} for job, row in enumerate(waits)}
    assert {job: row for job, row in reasons.items() if row} == {
        2: {"no free accelerator": 25},
        4: {"no free accelerator": 10},
        5: {"no free accelerator": 29, "reservation ahead": 10},
    }


def test_changsha_has_the_published_size_and_a_healthy_load() -> None:
    scenario = load("changsha")
    petaflops = sum(nodes.count * nodes.accelerators * nodes.tflops for nodes in scenario.fleet) / 1_000
    assert petaflops == pytest.approx(1_023, abs=0.5)
    assert accelerators_of(scenario.fleet) == 3_672
    assert scenario.time.start.weekday() == 0
    load_ = offered_load(scenario)
    jobs = {name: 672 * load_.of(name).jobs_per_hour for name in (*scenario.platforms, None)}
    assert jobs == pytest.approx(
        {"public-compute": 40_018, "incubation": 19_992, "industry": 605, "talent": 6_248, None: 66_862}, abs=1
    )
    loads = {name: load_.of(name).load for name in (*scenario.platforms, None)}
    stated = {"public-compute": 0.415, "incubation": 0.013, "industry": 0.233, "talent": 0.001, None: 0.662}
    assert loads == pytest.approx(stated, abs=0.0006)


def test_changsha_draws_what_its_comment_expects() -> None:
    scenario = load("changsha")
    jobs = build(scenario)
    assert len(jobs) == pytest.approx(66_862, rel=0.05)
    public = jobs.platform == list(jobs.platforms).index("public-compute")
    small, single = jobs.gang[public] <= 8_000, jobs.gang[public] == 1_000
    assert np.mean(single) == pytest.approx(0.724, abs=0.02)
    assert np.mean(small) == pytest.approx(0.947, abs=0.01)
    used = np.minimum(jobs.run, jobs.walltime)[public] * jobs.gang[public]
    assert used[~small].sum() / used.sum() == pytest.approx(0.58, abs=0.06)
    asked = (jobs.run / jobs.walltime)[public]
    assert np.mean(asked) == pytest.approx(0.22, abs=0.02)


def test_an_eighth_of_changsha_has_its_load_and_fits() -> None:
    whole, eighth = offered_load(load("changsha")), offered_load(load("changsha-eighth"))
    assert accelerators_of(load("changsha-eighth").fleet) == 456
    for platform in (*load("changsha").platforms, None):
        assert eighth.of(platform).load == pytest.approx(whole.of(platform).load, abs=0.004)


def test_mm_c_is_at_load_0_8() -> None:
    assert offered_load(load("mm-c")).of().load == pytest.approx(0.8)


def test_the_reference_is_in_sync() -> None:
    page = shipped_folder().parent / "docs" / "scenario.md"
    assert page.read_text(encoding="utf-8") == reference()


def test_the_reference_has_every_key() -> None:
    text = reference()
    keys = {key for part in json_schema()["$defs"].values() for key in part.get("properties", {})} - {"kind"}
    assert {key for key in keys if f"| `{key}` |" not in text} == set()


def test_every_key_is_described() -> None:
    parts = [json_schema(), *json_schema()["$defs"].values()]
    described = [field for part in parts for field in part.get("properties", {}).values()]
    assert len(described) > 80
    assert all(field.get("description") for field in described)


@pytest.mark.parametrize("name", [*NAMES, "full"])
def test_scenarios_obey_the_json_schema(name: str) -> None:
    jsonschema = pytest.importorskip("jsonschema")
    text = FULL.replace("2026-03-02T00:00:00", '"2026-03-02T00:00:00"')
    if name != "full":
        text = (shipped_folder() / f"{name}.toml").read_text(encoding="utf-8")
    jsonschema.Draft202012Validator(json_schema()).validate(tomllib.loads(text))


def test_the_json_schema_finds_a_wrong_key() -> None:
    jsonschema = pytest.importorskip("jsonschema")
    data = load("tiny").resolved()
    data["time"]["horizn"] = "1 d"
    assert not jsonschema.Draft202012Validator(json_schema()).is_valid(data)
