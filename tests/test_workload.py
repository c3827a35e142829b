"""The table of a scenario's jobs: merging, and what changes which of them."""

from typing import Any

import numpy as np
import pytest
from demand_cases import BASE, DAY, HOUR, MINUTE, SECOND, THIRD, Raw, columns_of, listed, one_stream, raw, scenario
from onecenter_kernels.codes import FAILED
from scipy import stats

from onecenter.errors import ScenarioError
from onecenter.scenario.model import Scenario
from onecenter.workload.build import build
from onecenter.workload.load import offered_load
from onecenter.workload.table import COLUMNS, type_order

# The table of jobs


def test_columns_of_a_drawn_stream():
    jobs = build(scenario())
    batch = {name: np.array(column) for name, column in columns_of(jobs, "public.batch").items()}
    assert len(batch["submit"]) > 3_000
    assert set(batch["priority"]) == {3}
    assert set(batch["patience"]) == {4 * HOUR}
    assert [type_order(code) for code in set(batch["types"])] == [[1, 0]]
    assert batch["walltime"].max() == DAY
    assert set(batch["walltime"][batch["walltime"] < HOUR]) == {10 * MINUTE}
    courses = {name: np.array(column) for name, column in columns_of(jobs, "talent.courses").items()}
    assert [type_order(code) for code in set(courses["types"])] == [[0, 1]]
    assert set(courses["patience"]) == set(courses["deadline"]) == {-1}
    assert (courses["run"] == courses["walltime"]).all()
    assert set(jobs.platform[jobs.stream == 1]) == {1}
    assert jobs.platforms == ("public", "talent")
    assert jobs.streams == ("public.batch", "talent.courses")


def test_deadlines_count_from_the_submit():
    after = build(one_stream(deadline={"after": "7 d"}))
    assert (after.deadline == after.submit + 7 * DAY).all()
    # Of the run time that the user has in mind, not of what a failure leaves of it.
    factor = build(one_stream(deadline={"factor": 2.5}, outcome={"failed": {"share": 1.0, "used": [0.1, 0.1]}}))
    assert (factor.deadline == factor.submit + 5 * HOUR // 2).all()


def test_a_streams_priority_overrides_its_platforms():
    assert set(build(one_stream()).priority.tolist()) == {7}
    assert set(build(one_stream(priority=-2)).priority.tolist()) == {-2}


def test_ids_are_ranks_by_submit_then_platform_then_stream_then_index():
    def jobs(*submits: int) -> Raw:
        # The run time tells where a job stands in its list.
        each = [{"submit": f"{s} s", "run_time": f"{i + 1} s"} for i, s in enumerate(submits)]
        return listed(*each)

    platforms = {
        "z": {"demand": {"b": jobs(5, 0, 5), "a": jobs(5)}},
        "y": {"demand": {"c": jobs(5, 1, 0)}},
    }
    made = build(Scenario.model_validate(raw(platforms=platforms)))
    seen = [
        (submit // SECOND, made.streams[stream], run // SECOND)
        for submit, stream, run in zip(made.submit, made.stream, made.run, strict=True)
    ]
    assert seen == [
        (0, "z.b", 2),
        (0, "y.c", 3),
        (1, "y.c", 2),
        (5, "z.b", 1),
        (5, "z.b", 3),
        (5, "z.a", 1),
        (5, "y.c", 1),
    ]


def test_listed_jobs_are_taken_as_they_are():
    job: Raw = {
        "submit": "5 min", "run_time": "10 min", "walltime": "8 min", "accelerators": 2, "tasks": 3,
        "cpus": 1.5, "memory": "2 GiB", "outcome": "failed",
    }  # fmt: skip
    stream = listed(job, {"submit": "10 d"}) | {"deadline": {"factor": 2.0}, "patience": "1 h"}
    made = build(Scenario.model_validate(raw(platforms={"p": {"demand": {"s": stream}}})))
    assert len(made) == 1  # the other is submitted at the horizon
    row = {name: int(getattr(made, name)[0]) for name in COLUMNS}
    assert row == {
        "submit": 5 * MINUTE, "run": 10 * MINUTE, "walltime": 8 * MINUTE, "patience": HOUR,
        "deadline": 25 * MINUTE, "priority": 0, "types": 0x21, "memory": 2_048, "accelerators": 2_000,
        "cpus": 1_500, "tasks": 3, "spread": 0, "outcome": FAILED, "platform": 0, "stream": 0, "tenant": 0,
    }  # fmt: skip


@pytest.mark.parametrize("platforms", [{"p": {}}, {"p": {"demand": {"s": {"jobs": []}}}}])
def test_a_scenario_without_jobs_gives_an_empty_table(platforms):
    made = Scenario.model_validate(raw(platforms=platforms))
    assert len(build(made)) == 0
    assert offered_load(made).of().load == 0.0


def test_scale_0_silences_a_stream():
    silent = build(scenario(platforms__public__demand__batch__scale=0.0))
    assert set(silent.stream.tolist()) == {1}


def test_what_cannot_be_drawn_is_told_all_at_once():
    wrong = scenario(
        platforms__public__demand__batch__scale=1e6,
        platforms__public__demand__batch__arrivals__burst={"shape": 1.0, "every": "1 ms"},
        platforms__talent__demand__courses__scale=1e5,
    )
    with pytest.raises(ScenarioError) as error:
        build(wrong)
    assert [mistake.split(":")[0] for mistake in error.value.mistakes] == [
        "platforms.public.demand.batch.arrivals.burst.every",
        "platforms.talent.demand.courses.arrivals.roster",
        "platforms",
    ]
    assert "4,000,000 seats" in error.value.mistakes[1]


def test_columns_that_are_the_same_for_all_take_no_memory():
    made = build(one_stream())
    constant = ("run", "walltime", "patience", "deadline", "priority", "types", "memory", "accelerators")
    assert {name: getattr(made, name).strides for name in constant} == dict.fromkeys(constant, (0,))


# Common random numbers

STREAMS = ("public.batch", "talent.courses")

OTHER_POLICY: Raw = {"order": "sjf", "backfill": "conservative", "placement": "worst-fit"}


@pytest.mark.parametrize(
    "change",
    [
        {"policy": OTHER_POLICY},
        {"center__nodes__old__count": 900},
        {"center__nodes__old__accelerators": 16},
        {"time__warmup": "3 d"},
        {"platforms__industry": {"demand": {"batch": THIRD}}},
        {"platforms": {"industry": {"demand": {"batch": THIRD}}} | BASE["platforms"]},
        {"platforms": dict(reversed(BASE["platforms"].items()))},
    ],
)
def test_policy_center_and_other_streams_change_no_job(change):
    base, other = build(scenario()), build(scenario(**change))
    for stream in STREAMS:
        assert columns_of(other, stream) == columns_of(base, stream)


@pytest.mark.parametrize("stream", STREAMS)
def test_another_platforms_scale_changes_no_job(stream):
    (other,) = set(STREAMS) - {stream}
    platform, name = other.split(".")
    scaled = build(scenario(**{f"platforms__{platform}__demand__{name}__scale": 2.5}))
    assert columns_of(scaled, stream) == columns_of(build(scenario()), stream)
    assert len(columns_of(scaled, other)["run"]) > 2 * len(columns_of(build(scenario()), other)["run"])


def test_its_own_scale_changes_a_poisson_streams_submits_only():
    base = columns_of(build(scenario()), "public.batch")
    scaled = columns_of(build(scenario(platforms__public__demand__batch__scale=2.0)), "public.batch")
    count = len(base["submit"])
    for name in set(base) - {"submit", "deadline"}:
        assert scaled[name][:count] == base[name]
    assert all(new <= old for new, old in zip(scaled["submit"], base["submit"], strict=False))
    assert scaled["submit"][:count] != base["submit"]


def test_a_larger_roster_adds_seats_and_moves_none():
    def seats(**change: Any) -> set[tuple[int, int]]:
        column = columns_of(build(scenario(**change)), "talent.courses")
        return set(zip(column["submit"], column["run"], strict=True))

    base = seats()
    by_scale = seats(platforms__talent__demand__courses__scale=1.5)
    assert base < by_scale
    assert by_scale == seats(platforms__talent__demand__courses__arrivals__roster=60)


def test_a_longer_horizon_adds_jobs_and_changes_none():
    short, long = build(scenario()), build(scenario(time__horizon="15 d"))
    for name in COLUMNS:
        assert (getattr(long, name)[: len(short)] == getattr(short, name)).all()
    assert long.submit[len(short)] >= 10 * DAY - 1


BATCH = "platforms__public__demand__batch__"
MOVES = [
    ("run_time", {"kind": "weibull", "shape": 0.7, "scale": "1 h"}, {"run", "walltime", "deadline"}),
    ("walltime", {"factor": 9.0}, {"walltime"}),
    ("outcome", {"failed": {"share": 0.5}}, {"run", "outcome"}),
    ("tenants", {"count": 3}, {"tenant"}),
    ("sizes", [{"accelerators": 2}], {"accelerators", "tasks", "cpus", "memory", "spread"}),
    ("node_types", ["new"], {"types"}),
    ("deadline", {"after": "1 d"}, {"deadline"}),
    ("patience", "1 h", {"patience"}),
    ("priority", 1, {"priority"}),
]


@pytest.mark.parametrize(("part", "value", "moves"), MOVES, ids=[move[0] for move in MOVES])
def test_each_part_of_a_stream_changes_its_own_columns_only(part, value, moves):
    base = columns_of(build(scenario()), "public.batch")
    changed = columns_of(build(scenario(**{BATCH + part: value})), "public.batch")
    assert {name for name in base if base[name] != changed[name]} == moves


def test_another_seed_changes_every_draw():
    base, other = build(scenario()), build(scenario(time__seed=12))
    count = min(len(base), len(other))
    assert (base.submit[:count] == other.submit[:count]).mean() < 0.01
    assert (base.run[:count] == other.run[:count]).mean() < 0.01


def test_streams_of_one_name_on_two_platforms_differ():
    twice = {"p": {"demand": {"s": THIRD}}, "q": {"demand": {"s": THIRD}}}
    made = build(Scenario.model_validate(raw(platforms=twice)))
    assert columns_of(made, "p.s")["submit"] != columns_of(made, "q.s")["submit"]


def test_the_same_scenario_gives_the_same_jobs():
    one, other = build(scenario()), build(scenario())
    assert all((getattr(one, name) == getattr(other, name)).all() for name in COLUMNS)


def test_purposes_of_a_job_are_independent():
    jobs = columns_of(build(scenario(time__horizon="100 d")), "public.batch")
    names = ("accelerators", "tenant", "outcome", "walltime")
    ranks = [stats.rankdata(jobs[name]) for name in names]
    bound = 4 / len(ranks[0]) ** 0.5
    table = np.corrcoef(ranks)
    assert abs(table[np.triu_indices(len(names), 1)]).max() < bound
    gaps = np.diff(jobs["submit"])
    assert abs(stats.spearmanr(gaps, jobs["run"][1:]).statistic) < bound


def test_a_million_jobs_are_in_order():
    made = build(one_stream(horizon="100 d", scale=40.0, run_time={"kind": "exponential", "mean": "1 min"}))
    assert abs(len(made) - 960_000) < 4 * 960_000**0.5
    assert (np.diff(made.submit) >= 0).all()
    assert made.run.mean() == pytest.approx(MINUTE + 0.5, rel=4 / 960_000**0.5)
