"""An order by a column of the jobs: of a log, of listed jobs, or of every workload."""

import gzip
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from by_hand import job, nodes, table
from engines import by_core, check_equal, on_both_strides
from onecenter_kernels import codes
from oracle import simulate
from random_scenarios import random_scenario

import onecenter as oc
from onecenter import traces
from onecenter.cli.main import main
from onecenter.engine.center import Center
from onecenter.errors import OnecenterError, PolicyError, ScenarioError, TraceError
from onecenter.experiments.executors import alone
from onecenter.policies import Policy, policy_of
from onecenter.scenario import Scenario, from_dict, load, with_set
from onecenter.simulation.result import Result
from onecenter.workload.build import build
from onecenter.workload.table import workload

URGENCY = "column:urgency"

LOG = """job_id,submission_time,duration,num_gpu,urgency,note
a,0,10,1,1,x
b,1,10,1,3.5,y
c,2,10,1,-2e3,z
d,3,10,1,3.5,z
"""


@pytest.mark.equality
@pytest.mark.parametrize("order", [URGENCY, "column:tasks", "column:run"])
@pytest.mark.parametrize("seed", range(12))
def test_core_and_twin_agree(seed: int, order: str) -> None:
    scenario = random_scenario(seed, order)
    check_equal(on_both_strides(scenario).log, simulate(*scenario))


def test_an_own_column_is_the_order_of_that_feature() -> None:
    for seed in range(6):
        by_name = random_scenario(seed, "sjf")
        by_column = by_name._replace(policy=replace(by_name.policy, order="column:walltime"))
        assert by_core(by_name).tobytes() == by_core(by_column).tobytes()


def test_a_job_that_a_process_submits_goes_last() -> None:
    jobs = [job(0, 5, 1), job(1, 5, 1)]
    rows = workload(**{name: [each[name] for each in jobs] for name in jobs[0]}, more={"urgency": [0, 1e300]})
    center = Center((nodes(1, 1),), Policy(URGENCY, "none"), rows)

    def submits(center: Center) -> Any:
        yield center.env.timeout(1)
        center.submit(run_time="5 ms", accelerators=1)

    center.process(submits(center))
    center.run()
    assert center.log["job"][center.log["kind"] == codes.E_START].tolist() == [0, 1, 2]


@pytest.fixture
def log(tmp_path: Path) -> str:
    path = tmp_path / "log.csv"
    path.write_text(LOG)
    return str(path)


def starts(found: Result) -> list[str]:
    """Return the names of the jobs in the order of their starts."""
    names = found.workload.names or ()
    return [names[row] for row in found.log.filter(found.log["kind"] == "start")["job"]]


def test_a_column_of_a_table(log: str) -> None:
    assert starts(oc.replay(log, nodes="1x1", policy=URGENCY)) == ["a", "c", "b", "d"]
    assert starts(oc.replay(log, nodes="1x1", policy="fifo")) == ["a", "b", "c", "d"]
    read = traces.read(log, columns=["urgency"])
    assert starts(oc.replay(read, nodes="1x1", policy=Policy(URGENCY))) == ["a", "c", "b", "d"]


def test_a_field_of_a_log_in_swf(tmp_path: Path) -> None:
    path = tmp_path / "log.swf.gz"
    rows = [(7, 0, 5), (8, 1, 9), (9, 2, 3), (10, 3, -1)]
    rest = "1 -1 -1 1 1 -1 -1 -1 -1 -1 -1"
    text = "".join(f"{number} {submit} -1 10 1 -1 {used} {rest}\n" for number, submit, used in rows)
    path.write_bytes(gzip.compress(text.encode()))
    assert starts(oc.replay(path, nodes="1x1", policy="column:used memory")) == ["7", "10", "9", "8"]


def test_a_column_in_every_command(log: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = tmp_path / "out"
    assert main(["replay", log, "--nodes", "1x1", "--order", URGENCY, "--out", str(out)]) == 0
    assert "column:urgency order" in capsys.readouterr().out
    saved = Result.load(out / "result.parquet")
    assert saved.policy.order == URGENCY
    assert saved.log_digest == oc.replay(out / "result.parquet").log_digest
    assert all(part.ahead is None for part in saved.explain(1).intervals)
    assert main(["report", str(out / "result.parquet"), "-o", str(tmp_path / "report.html")]) == 0
    assert "column of the jobs: urgency" in (tmp_path / "report.html").read_text()


def test_a_comparison_on_a_log_keeps_all_columns(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "log.csv"
    rows = [f"{number},{60 * number},{40 * (number % 7 + 1)},1,{-number % 11}" for number in range(60)]
    path.write_text("\n".join(["job_id,submission_time,duration,num_gpu,urgency", *rows, ""]))
    asked = ["compare", str(path), "--nodes", "1x2", "--windows", "5", "--workers", "1", "--policies"]
    assert main([*asked, f"fifo,{URGENCY},column:duration"]) == 0
    told = capsys.readouterr().out
    assert "column:urgency order" in told
    assert "column:duration order" in told


MISTAKES = [
    ("column:speed", "it has no column 'speed'; there are job_id, submission_time, duration, num_gpu, urgency, note, "),
    ("column:note", "line 2, note = 'x': a number is expected"),
]


@pytest.mark.parametrize(("policy", "told"), MISTAKES)
def test_a_column_that_is_none_is_told(policy: str, told: str, log: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(TraceError) as raised:
        oc.replay(log, nodes="1x1", policy=policy)
    assert told in str(raised.value)
    assert main(["replay", log, "--nodes", "1x1", "--policy", policy]) == 2
    assert told in capsys.readouterr().err


@pytest.mark.parametrize("number", ["nan", "inf", "", "1_0"])
def test_only_finite_numbers_are_numbers(number: str, tmp_path: Path) -> None:
    path = tmp_path / "log.csv"
    path.write_text(LOG.replace("3.5,z", f"{number},z"))
    with pytest.raises(TraceError, match=r"line 5, urgency = .*: a number is expected"):
        oc.replay(path, nodes="1x1", policy=URGENCY)


def listed(*jobs: dict[str, Any], **policy: Any) -> Scenario:
    """Return a scenario of one node and listed jobs."""
    of = load("tiny").resolved()
    own = [{"submit": "0 s", "run_time": "1 min", "accelerators": 4} | each for each in jobs]
    platforms = {"only": {"demand": {"listed": {"jobs": own}}}}
    time = {"start": of["time"]["start"], "horizon": "1 h"}
    return from_dict({"time": time, "center": of["center"], "platforms": platforms, "policy": policy}, "listed")


def test_numbers_of_listed_jobs() -> None:
    jobs = [{"columns": {"urgency": number}} for number in (3, 0.5, -1)]
    scenario = listed(*jobs, {}, order=URGENCY, backfill="none")
    assert build(scenario).more["urgency"].tolist() == [3.0, 0.5, -1.0, np.inf]
    found = oc.run(scenario, set="center.nodes.small.count=1")
    assert found.log.filter(found.log["kind"] == "start")["job"].to_list() == [2, 1, 0, 3]
    again = with_set(scenario, {"policy.order": "column:tasks"})
    assert from_dict(again.resolved(), "listed").resolved() == again.resolved()


def test_a_scenario_without_the_column_is_told(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(PolicyError) as raised:
        oc.run("tiny", policy=URGENCY)
    told = "order = 'column:urgency': the jobs have no such column; there are submit, run, walltime, priority, "
    assert told in str(raised.value)
    assert main(["run", "tiny", "--set", f"policy.order={URGENCY}"]) == 2
    assert told in capsys.readouterr().err


@pytest.mark.parametrize("order", ["column:", "column: ", "column", "Column:urgency"])
def test_no_column_is_named(order: str) -> None:
    with pytest.raises(OnecenterError):
        policy_of(order, Policy())
    with pytest.raises(ScenarioError):
        with_set(load("tiny"), {"policy.order": order})


def test_columns_stay_with_their_jobs() -> None:
    rows = table([job(3, 5, 1), job(1, 5, 1), job(1, 5, 1)])
    names = {name: getattr(rows, name) for name in ("submit", "run", "walltime", "accelerators")}
    named = workload(**names, more={"urgency": [1, 2, 3]})
    longer = workload(**{name: [*values, 9] for name, values in names.items()}, more={"urgency": [1, 2, 3, 4]})
    other = workload(**{name: [*values, 9] for name, values in names.items()}, more={"urgency": [1, 2, 4, 4]})
    assert named.take(np.array([2, 0])).more["urgency"].tolist() == [3.0, 1.0]
    assert named.begins(longer)
    assert not named.begins(other)
    assert not rows.begins(longer)
    late_first = workload(submit=[3, 1], run=1, walltime=1, accelerators=1000, more={"urgency": [5, 6]})
    assert late_first.more["urgency"].tolist() == [6.0, 5.0]


def test_a_plan_and_a_sweep_go_by_a_column() -> None:
    scenario = load("mm-c", set=["time.horizon=6 h", "time.warmup=1 ms"])
    vary = {"center.nodes.server.count": [7]}
    digests = [
        oc.sweep(scenario, vary, policy=each, executor=alone).rows[0]["log_digest"]
        for each in ("column:walltime", "sjf")
    ]
    assert digests[0] == digests[1]

