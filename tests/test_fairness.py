"""How evenly waits fall on tenants, platforms and sizes, and on whom later submits fall: by hand."""

import json
from typing import Any

import numpy as np
import pytest

import onecenter as oc
from onecenter.cli.main import main
from onecenter.engine.center import Center
from onecenter.experiments.comparison import pooled_fairness
from onecenter.experiments.fair_starts import fair_start, fair_starts
from onecenter.fleet import NodeType
from onecenter.policies import NAMED
from onecenter.results.fairness import fairness, jain
from onecenter.results.seen import seen
from onecenter.results.segments import fates
from onecenter.results.sizes import in_order, size_classes
from onecenter.results.views import fairness as fairness_view
from onecenter.units import MS, NOTHING
from onecenter.words import Words
from onecenter.workload.table import Workload, workload

FLEET = (NodeType("node", 1, 4),)
MINUTE = MS["min"]


@pytest.mark.parametrize(
    ("values", "index"),
    [([1, 1, 1, 1], 1), ([1, 0, 0, 0], 0.25), ([1, 2, 3], 36 / 42), ([5], 1), ([], None), ([0], None)],
)
def test_jains_index(values: list[float], index: float | None) -> None:
    assert jain(np.array(values, np.float64)) == (None if index is None else pytest.approx(index))


def jobs() -> Workload:
    """Return three jobs that each take the whole node, a long one before a short one, and one that never fits."""
    return workload(
        platforms=("a", "b"),
        streams=("a.s", "b.s"),
        submit=np.array([0, 1, 2, 3]) * MINUTE,
        run=np.array([60, 30, 10, 1]) * MINUTE,
        walltime=np.array([60, 30, 10, 1]) * MINUTE,
        accelerators=np.array([4_000, 4_000, 3_000, 5_000]),
        platform=np.array([0, 0, 1, 1]),
        tenant=np.array([0, 0, 0, 0]),
    )


def figures(policy: str) -> dict[str, Any]:
    """Return the fairness of the jobs under a policy."""
    center = Center(FLEET, NAMED[policy], jobs())
    center.run()
    fate = fates(center.log, 4)
    found = fairness(seen(jobs(), fate, 100 * MINUTE), jobs().platform, jobs().tenant)
    everyone = np.ones(4, bool)
    return found | fair_starts(FLEET, NAMED[policy], jobs(), fate.start, everyone, 9)


def test_the_short_job_first() -> None:
    # Job 0 ends at 60, job 2 runs 60 to 70, job 1 from 70 on: its fair start is 60, as nobody else was there.
    found = figures("sjf")
    assert found["longest_wait_s"] == {"3–4": 69 * 60}
    assert (found["sampled"], found["later_share"], found["later_mean_s"]) == (3, pytest.approx(1 / 3), 600)
    slowdowns = [(1 + (69 + 30) / 30) / 2, (58 + 10) / 10]
    assert found["jain_platforms"] == pytest.approx(sum(slowdowns) ** 2 / (2 * sum(x * x for x in slowdowns)))
    # Both platforms have a tenant 0, who are two.
    assert found["jain_tenants"] == found["jain_platforms"]


def test_first_come_first_served_is_fair_to_each() -> None:
    found = figures("fifo")
    assert found["longest_wait_s"] == {"3–4": 88 * 60}
    assert (found["later_share"], found["later_mean_s"]) == (0, None)
    assert [fair_start(FLEET, NAMED["fifo"], jobs(), job) / MINUTE for job in range(3)] == [0, 60, 90]


def test_without_jobs_there_is_nothing_to_say() -> None:
    nothing = jobs().take(np.zeros(0, np.int64))
    found = fair_starts(FLEET, NAMED["fifo"], nothing, np.zeros(0, np.int64), np.zeros(0, bool), 5)
    assert found == {"sampled": 0, "later": 0, "later_share": None, "later_mean_s": None}


def test_classes_of_sizes_in_order() -> None:
    names, place = size_classes(np.array([8_000, 500, 0, 1_000, 2_000, 6_000, 3_000, 5_500]))
    assert [names[each] for each in place] == ["5–8", "< 1", "0", "1", "2", "5–8", "3–4", "5–8"]
    assert names == ["0", "< 1", "1", "2", "3–4", "5–8"]
    assert in_order(reversed([*names, "9–16"])) == [*names, "9–16"]


def test_replications_have_intervals_of_the_indices_and_the_longest_waits_of_all() -> None:
    parts = [
        {"jain_tenants": value, "jain_platforms": None, "longest_wait_s": {name: 10 * value}}
        for value, name in ((0.2, "2"), (0.4, "1"), (0.6, "2"))
    ]
    found = pooled_fairness(parts)
    assert found["jain_tenants"] == pytest.approx(0.4)
    # t(0.975; 2) = 4.3027, standard deviation 0.2.
    assert found["jain_tenants_high"] == pytest.approx(0.4 + 4.3027 * 0.2 / 3**0.5, abs=1e-4)
    assert found["jain_platforms"] is None
    assert found["longest_wait_s"] == {"1": 4, "2": 6}
    assert list(found["longest_wait_s"]) == ["1", "2"]


def test_the_table_for_people() -> None:
    part = {"jain_tenants": 0.5, "jain_platforms": None, "longest_wait_s": {"1": 60.0}}
    lost = {"share": 0.25}
    plain = fairness_view(Words(), [({"policy": "easy"}, part, lost)])
    assert [cell.text for cell in plain.rows[0]] == ["easy", "0.500", NOTHING, "60 s", "25 %"]
    sampled = part | {"sampled": 4, "later_share": 0.25, "later_mean_s": 600.0}
    found = fairness_view(Words(), [({"policy": "easy"}, part, lost), ({"policy": "sjf"}, sampled, {"share": None})])
    assert found.columns[3:] == ["started later than fair", "by (mean)", "1", "fragmentation"]
    assert [cell.text for cell in found.rows[0]][3:5] == [NOTHING, NOTHING]
    assert [cell.text for cell in found.rows[1]][3:] == ["25 %", "10 min", "60 s", NOTHING]


def test_every_comparison_has_it(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["compare", "tiny", "--policies", "fifo,easy", "--fair-starts", "6", "--json"]) == 0
    found = json.loads(capsys.readouterr().out)["fairness"]
    assert found["easy"]["sampled"] == 6
    assert found["fifo"]["later_share"] == 0
    assert {name: found["easy"][name] for name in oc.run("tiny").fairness} == oc.run("tiny").fairness
    assert main(["compare", "tiny", "--fail-if", "fairness.easy.jain_tenants < 0.9"]) == 1
    words = ["compare", "mm-c", "--policies", "fifo,easy", "--replications", "2"]
    small = ["--set", 'time.horizon="2 d"', "--set", 'time.warmup="1 h"']
    capsys.readouterr()
    assert main([*words, *small, "--json"]) == 0
    pooled = json.loads(capsys.readouterr().out)["fairness"]["easy"]
    assert 0 < pooled["jain_tenants_low"] <= pooled["jain_tenants"] <= pooled["jain_tenants_high"]
    assert "sampled" not in pooled
    assert main([*words, *small, "--fair-starts", "5", "--json"]) == 0
    sampled = json.loads(capsys.readouterr().out)["fairness"]
    assert {name: part["sampled"] for name, part in sampled.items()} == {"fifo": 6, "easy": 6}
    assert sampled["fifo"]["later_share"] == 0


@pytest.mark.parametrize("more", [[], ["--replications", "2"]])
def test_a_condition_on_fair_starts(more: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    words = ["compare", "mm-c", "--policies", "fifo,sjf", "--set", 'time.horizon="2 d"', "--set", 'time.warmup="1 h"']
    assert main([*words, *more, "--fair-starts", "20", "--fail-if", "fairness.sjf.later_share > 0.01"]) == 1
    assert main([*words, *more, "--fail-if", "fairness.sjf.later_share > 0.01"]) == 2


def test_sampled_jobs_of_replications_together() -> None:
    parts = [
        {"jain_tenants": 1.0, "jain_platforms": 1.0, "longest_wait_s": {}}
        | {"sampled": 4, "later": later, "later_mean_s": by}
        for later, by in ((1, 60.0), (0, None), (3, 100.0))
    ]
    found = pooled_fairness(parts)
    assert (found["sampled"], found["later"], found["later_share"]) == (12, 4, pytest.approx(1 / 3))
    assert found["later_mean_s"] == pytest.approx((60 + 3 * 100) / 4)
    assert found["later_share_low"] < 1 / 3 < found["later_share_high"]
