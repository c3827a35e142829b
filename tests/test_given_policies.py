"""A policy that is given to a plan or a sweep: code of a user's own in all processes, told in what comes out."""

import json
import pickle
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from policies_of_users import sjf, three
from reports import planned
from schedulers_of_users import Fifo
from scores_of_users import worst_fit

import onecenter as oc
from onecenter.cli.main import main
from onecenter.errors import OnecenterError, PolicyError
from onecenter.experiments.adequacy import adequacy
from onecenter.experiments.executors import alone
from onecenter.experiments.sweeping import sweep
from onecenter.planning.file import PlanFile
from onecenter.planning.question import Question
from onecenter.policies import Given, Policy, key_of, policy_of, read_key, score_of
from onecenter.report.sources import foreign
from onecenter.report.subject import subject_of
from onecenter.scenario import Scenario, load
from onecenter.words import Words

COUNT = "center.nodes.server.count"
HOURS = ["time.horizon=6 h", "time.warmup=1 ms"]
TARGET = "platforms.queue.wait.p95=20 min"

FILE = """
def shortest(job):
    return job.walltime

def half(job):
    return job.walltime / 2

def wrong(job, now):
    return 1 / (job.submit - job.submit)
"""


@pytest.fixture
def mine(tmp_path: Path) -> str:
    """Return the path of a file with keys."""
    path = tmp_path / "mine.py"
    path.write_text(FILE)
    return str(path)


def short() -> Scenario:
    """Return six hours of the textbook queue; the warm-up of 1 ms keeps the pilot runs away."""
    return load("mm-c", set=HOURS)


PARTS = [("--backfill-order", "shortest", "backfill by"), ("--estimate", "half", "run times by")]

LOG = "; MaxProcs: 4\n" + "".join(
    f"{i} {10 * i} -1 {20 + i} {1 + i % 4} -1 -1 {1 + i % 4} 60 -1 1 {i % 3} 1 -1 -1 -1 -1 -1\n" for i in range(1, 20)
)


@pytest.mark.slow
@pytest.mark.parametrize(("option", "name", "told"), PARTS)
def test_parts_of_code_go_with_comparisons_and_sweeps(
    option: str, name: str, told: str, mine: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "small.swf").write_text(LOG)
    given, one_process = [option, f"{mine}:{name}"], ["--workers", "1"]
    sides = ["--policies", "easy,sjf-easy", *given]
    hours = [part for each in HOURS for part in ("--set", each)]
    vary = [*one_process, "--vary", "center.nodes.small.count=2,3", "--out", str(tmp_path / "out")]
    commands = (
        ["compare", "tiny", *sides],
        ["compare", "mm-c", *sides, *one_process, "--replications", "2", *hours],
        ["compare", str(tmp_path / "small.swf"), *sides, *one_process, "--windows", "5"],
        ["sweep", "tiny", "--policy", "easy", *given, *vary],
    )
    for command in commands:
        assert main(command) == 0
        assert f"{told} mine.py:{name}" in " ".join(capsys.readouterr().out.split())


def test_a_plan_is_made_with_parts_of_code(mine: str) -> None:
    given = Given.of("easy", backfill_order=f"{mine}:shortest", estimate=None)
    question = Question.of(short(), policy=given)
    assert question.given is given
    assert given.parts == ("order", "backfill", "backfill_order")
    assert Given.of(given) is given


def test_a_comparison_uses_parts_under_all_policies(mine: str, capsys: pytest.CaptureFixture[str]) -> None:
    given = ["--backfill-order", f"{mine}:shortest"]
    assert main(["compare", "tiny", "--policies", "easy,ljf-easy", *given, "--json"]) == 0
    told = json.loads(capsys.readouterr().out)["policies"]
    for name, found in told.items():
        policy = policy_of(name, Policy(), backfill_order=f"{mine}:shortest")
        assert found["log_digest"] == oc.run("tiny", policy=policy).log_digest


def digests(**given: Any) -> list[str]:
    found = sweep(short(), {COUNT: [7, 8]}, executor=alone, **given)
    return [row["log_digest"] for row in found.rows]


@pytest.mark.parametrize(
    ("policy", "same"), [(sjf, "sjf-easy"), (lambda job: job.walltime, "sjf-easy"), (Fifo, "fifo"), ("sjf", "sjf")]
)
def test_a_sweep_under_code_is_that_under_the_policy_of_that_name(policy: Any, same: str) -> None:
    assert digests(policy=policy) == digests(policy=same) != digests(policy="ljf")


def test_a_sweep_under_a_score_is_that_under_the_placement_of_that_name() -> None:
    vary = {"center.nodes.small.count": [2, 3]}
    one, other = (sweep("tiny", vary, placement=each, executor=alone) for each in (worst_fit, "worst-fit"))
    assert [row["log_digest"] for row in one.rows] == [row["log_digest"] for row in other.rows]
    assert one.origin["policy"]["placement"]["name"] == "worst_fit"


def test_a_function_that_other_processes_do_not_find_runs_in_this_one() -> None:
    def longest(job: Any) -> Any:
        return -job.walltime

    assert not Given.of(longest).can_be_sent
    assert Given.of(sjf).can_be_sent
    assert Given.of("easy").can_be_sent
    assert [row["error"] for row in sweep(short(), {COUNT: [8]}, policy=longest).rows] == [None]


def test_other_processes_read_the_file(mine: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out, asked = tmp_path / "sweep", [part for text in HOURS for part in ("--set", text)]
    given = ["sweep", "mm-c", "--vary", f"{COUNT}=7,8", *asked, "--workers", "2", "--policy", f"{mine}:shortest"]
    assert main([*given, "--out", str(out)]) == 0
    assert "mm-c · policy mine.py:shortest (" in capsys.readouterr().out
    rows = pl.read_parquet(out).filter(pl.col("run").is_not_null()).sort(COUNT)
    assert rows["log_digest"].to_list() == digests(policy="sjf")
    assert main([*given[:-2], "--out", str(out), "--resume"]) == 2
    assert "another sweep is there: it has policy.order" in capsys.readouterr().err


def test_what_a_key_breaks_in_another_process_is_one_sentence(
    mine: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    asked = [part for text in (*HOURS, TARGET) for part in ("--set", text)]
    given = ["mm-c", *asked, "--workers", "1", "--policy", f"{mine}:wrong"]
    assert main(["sweep", *given, "--vary", f"{COUNT}=7,8", "--out", str(tmp_path / "sweep")]) == 2
    told = capsys.readouterr().err.splitlines()[-1]
    assert told.startswith("onecenter: policy: mine.py:wrong, job 0 at ")
    assert "ZeroDivisionError" in told
    with pytest.raises(PolicyError) as raised:
        oc.plan("mm-c", {COUNT: (8, 8)}, set=[*HOURS, TARGET], policy=f"{mine}:wrong")
    assert pickle.loads(pickle.dumps(raised.value)).log["kind"][0] == "submit"


def test_a_file_that_changes_meanwhile_is_told(mine: str) -> None:
    sent = pickle.loads(pickle.dumps(read_key(f"{mine}:shortest")))
    Path(mine).write_text(FILE.replace("job.walltime", "-job.walltime"))
    with pytest.raises(PolicyError, match="the file has been changed since the work began"):
        _ = Policy(order=sent).loaded


VARIED = [
    ({"policy": sjf}, "policy.order", ["sjf", "fifo"]),
    ({"policy": "easy"}, "policy.backfill", ["none", "easy"]),
    ({"policy": Fifo}, "policy.depth", [1, 2]),
    ({"policy": Policy()}, "policy.depth", [1, 2]),
    ({"policy": Policy()}, "policy.placement", ["best-fit", "first-fit"]),
    ({"placement": "best-fit"}, "policy.placement", ["best-fit", "first-fit"]),
]


@pytest.mark.parametrize(("given", "path", "values"), VARIED)
def test_what_is_given_does_not_vary(given: Any, path: str, values: list[Any]) -> None:
    with pytest.raises(OnecenterError, match=f"vary: {path}: it is the same everywhere, as a policy is given"):
        sweep(short(), {path: values}, **given)


def test_what_is_not_given_varies() -> None:
    vary = {"policy.backfill": ["none", "easy"], "policy.placement": ["best-fit", "first-fit"]}
    assert len(sweep(short(), vary, policy=sjf, executor=alone).rows) == 4


@pytest.mark.parametrize("policy", [sjf, "sjf-easy"])
def test_a_plan_under_a_key_is_that_under_the_order_of_that_name(policy: Any) -> None:
    days, asked = ["time.horizon=2 d", "time.warmup=1 ms", TARGET], {"vary": {COUNT: (8, 8)}, "replications": 2}
    found = oc.plan("mm-c", set=days, policy=policy, **asked)
    backfill = policy_of(policy, load("mm-c").policy_).backfill
    ordered = oc.plan("mm-c", set=[*days, "policy.order=sjf", f"policy.backfill={backfill}"], **asked)
    assert found.tried == ordered.tried
    assert found.tried != oc.plan("mm-c", set=days, **asked).tried
    assert found.check is None
    rules = policy_of(policy, load("mm-c").policy_)
    assert f"under {rules.text}" in found.text()
    plain = json.loads(json.dumps(found.as_dict()))
    assert PlanFile.model_validate(plain).rules == rules
    assert plain["policy"] == rules.as_dict()


def test_an_outlook_is_under_the_policy_that_is_given() -> None:
    growth = ["time.horizon=2 d", "time.warmup=1 ms", TARGET, "growth.platforms.queue.monthly=0.2"]
    asked: Any = {"horizon": "61 d", "set": growth, "replications": 2}
    found = oc.outlook("mm-c", {COUNT: (9, 12)}, policy=sjf, **asked)
    ordered = oc.outlook("mm-c", {COUNT: (9, 12)}, policy="sjf-easy", **asked)
    assert (found.failures, found.purchases) == (ordered.failures, ordered.purchases)
    assert "under sjf (" in found.text()
    assert found.as_dict()["policy"]["order"]["sha256"] == key_of(sjf).sha256


def test_a_report_is_about_a_plan_and_a_result_under_the_same_policy() -> None:
    asked = Question.of("tiny", policy=sjf)
    plan = PlanFile.model_validate({**planned("tiny", "small"), **asked.as_dict()})
    assert foreign(subject_of(oc.run("tiny", policy=sjf), "same"), plan) == []
    told = foreign(subject_of(oc.run("tiny"), "other"), plan)
    assert any("policy.order = " in text for text in told)
    damaged = PlanFile.model_validate({**planned("tiny", "small"), "policy": {"order": "alphabetical", "speed": 3}})
    assert any("its policy: " in text for text in damaged.mistakes)


def test_the_policy_is_among_the_conditions_in_both_languages() -> None:
    asked = Question.of("mm-c", policy="sjf")
    assert asked.conditions(Words("en")) == f"under {asked.policy.text}"
    assert asked.conditions(Words("zh")) == f"策略为 {asked.policy.text}"
    assert Question.of("mm-c", policy=load("mm-c").policy_).conditions(Words("en")) == ""


def test_replications_under_a_placement() -> None:
    mine, built_in = (oc.replicate(short(), 1, placement=each) for each in (worst_fit, "worst-fit"))
    assert mine[0].log_digest == built_in[0].log_digest
    assert adequacy(mine)["policy"]["placement"]["sha256"] == score_of(worst_fit).sha256


def test_a_policy_takes_functions_and_schedulers_as_its_order() -> None:
    assert Policy(order=sjf, backfill="conservative").order == key_of(sjf)  # type: ignore[arg-type]
    assert Policy(order=Fifo, backfill="none") == policy_of(Fifo, Policy())  # type: ignore[arg-type]
    with pytest.raises(PolicyError, match=r"three\(.*is expected"):
        Policy(order=three)  # type: ignore[arg-type]
