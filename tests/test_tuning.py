"""Tuning: what is varied, on which jobs, how the search goes on, and an honest score on held-out jobs."""

import json
import pickle
from collections.abc import Callable, Iterator
from concurrent.futures import Executor, Future
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import onecenter as oc
from onecenter.cli.main import main
from onecenter.cli.tuning import as_table
from onecenter.errors import OnecenterError
from onecenter.experiments.executors import alone
from onecenter.experiments.measurement import Measurement
from onecenter.experiments.tuning.held_out import on_scenario, scored
from onecenter.experiments.tuning.search import search
from onecenter.experiments.tuning.space import Parameter, corners, linear_weights, parameters_of, policy_at
from onecenter.experiments.tuning.training import LogTraining, ScenarioTraining, before, split, tried, value_of
from onecenter.fleet import NodeType
from onecenter.policies import NAMED, Linear, Policy
from onecenter.results.seen import Seen
from onecenter.results.window import Window
from onecenter.scenario import load, with_set
from onecenter.statistics.estimates import paired
from onecenter.traces import read, to_workload
from onecenter.workload.table import workload

KTH = "KTH-SP2-1996-2.1-cln.swf.gz"


@pytest.fixture
def swf(tmp_path: Path) -> str:
    """Return a log of 400 jobs in which short ones wait behind long ones on four processors."""
    generator = np.random.default_rng(5)
    lines = ["; MaxProcs: 4"]
    for job in range(400):
        submit, size = job * 260 + int(generator.exponential(260)), generator.integers(1, 5)
        run = int(generator.exponential(300) * (20 if job % 7 == 0 else 1)) // 4 + 1
        lines.append(f"{job} {submit} -1 {run} {size} -1 -1 {size} {run + 60} -1 1 1 1 -1 -1 -1 -1 -1")
    path = tmp_path / "jobs.swf"
    path.write_text("\n".join(lines) + "\n")
    return str(path)


# What is varied.


def test_parameters_of_all_kinds() -> None:
    given = {"order.walltime": "0:1", "reservations": "1:8", "backfill": "easy, easy-sjbf", "age_rate": "0.5:2"}
    jobs = workload(submit=[0], run=[1], walltime=[1], accelerators=[1])
    assert parameters_of(given, jobs) == [
        Parameter("order.walltime", 0, 1),
        Parameter("reservations", 1, 8),
        Parameter("backfill", choices=("easy", "easy-sjbf")),
        Parameter("age_rate", 0.5, 2),
    ]
    values = {"order.walltime": 0.123456, "reservations": 3, "backfill": "easy-sjbf", "age_rate": 1.5, "max_age": 2.0}
    found = policy_at(values, Policy(placement="worst-fit", depth=7))
    ageing = {"age_rate": 1_500_000, "max_age": 7_200_000}
    order = Linear(walltime=0.1235)
    assert found == Policy(order, "easy-sjbf", "worst-fit", depth=7, reservations=3, **ageing)


@pytest.mark.parametrize(
    ("vary", "words"),
    [
        ({}, "a range for each parameter"),
        ("sjf", "a range for each parameter"),
        ({"order.waltime": "0:1"}, 'did you mean "order.walltime"'),
        ({"depth": "5"}, "LOW:HIGH is expected"),
        ({"depth": "5:1"}, "LOW below HIGH"),
        ({"depth": "0.5:3"}, "whole numbers are expected"),
        ({"reservations": "0:3"}, "at least 1 is expected"),
        ({"backfill": "easy,eazy"}, "one of none, easy"),
        ({"order": "sjf,fifo", "order.area": "0:1"}, "an order by name has no weights"),
        ({"order.area": "0:1e13"}, "at most"),
        ({"order.area": "0:nan"}, "a finite number"),
    ],
)
def test_what_cannot_be_varied(vary: Any, words: str) -> None:
    with pytest.raises(OnecenterError, match=words):
        parameters_of(vary, workload(submit=[0], run=[1], walltime=[1], accelerators=[1]))


def test_weights_are_about_the_features_in_which_jobs_differ() -> None:
    jobs = workload(submit=[0, 1], run=[1, 1], walltime=[2_000, 6_000], accelerators=[1_000, 3_000])
    found = {each.name: each.high for each in linear_weights(jobs)}
    # Standard deviations by hand: 2 s; 1; of 2 and 18 accelerator-seconds 8.
    assert found == {"order.submit": 0.5, "order.walltime": 0.5, "order.accelerators": 1, "order.area": 0.125}
    assert all(each.low == -each.high for each in linear_weights(jobs))
    first = corners([Parameter("order.submit", -0.5, 0.5), Parameter("order.area", 0.1, 0.2)])
    assert first == [{"order.submit": 0.5, "order.area": 0.1}, {"order.submit": 0.0, "order.area": 0.2}]
    assert corners([Parameter("order.area", 0, 1), Parameter("depth", 1, 2)]) == []


# On which jobs.


def test_a_log_is_cut_in_time(swf: str) -> None:
    jobs, _ = to_workload(read(swf), (NodeType("pool", 1, 4),))
    instant = split(jobs, 0.25)
    assert instant == jobs.submit[0] + round(0.25 * (jobs.submit[-1] - jobs.submit[0]))
    first = before(jobs, instant)
    assert len(first) == (jobs.submit < instant).sum()
    stages = list(LogTraining((NodeType("pool", 1, 4),), first).stages(NAMED["sjf-easy"]))
    counts = [len(parts[0]) for parts in stages]
    assert counts == sorted(counts)
    assert (len(stages), counts[-1]) == (8, len(first))
    whole = oc.replay(swf, policy="sjf-easy", horizon=instant - int(jobs.submit[0])).summary()["center"]
    # Those that come later are not there in training.
    assert value_of("wait_s", stages[-1]) <= whole["wait_s"]["mean"]


def test_training_of_a_scenario_sees_other_random_numbers_than_the_score() -> None:
    scenario = with_set(load("mm-c"), {"time.horizon": "3 d", "time.warmup": "1 d"})
    measured = Measurement(Window(86_400_000, 3 * 86_400_000), None, "by hand")
    *_, parts = ScenarioTraining(scenario, measured, 2).stages(Policy())
    own = oc.replicate(scenario, 2, measurement=measured)
    assert len(parts) == 2
    assert not {tuple(part.submit[:5]) for part in parts} & {tuple(each.everyone.submit[:5]) for each in own}
    waits = np.concatenate([part.wait for part in parts]) / 1_000
    assert value_of("wait_s", parts) == pytest.approx(waits.mean())


# The score.


def test_the_score_is_adjusted_for_its_rows() -> None:
    difference = paired(np.array([10.0, 12.0, 11.0]), np.array([5.0, 6.0, 7.0]))
    table = scored([("wait_s", "a", 6.0, 11.0, difference), ("wait_s", "b", 6.0, 5.0, "jobs waited")])
    first, second = table.to_dicts()
    assert (first["difference"], first["low"], first["high"]) == pytest.approx(difference.interval(0.95, 1))
    assert first["relative"] == pytest.approx(-5 / 11)
    assert first["better"] == (first["high"] < 0)
    assert (second["reason"], second["better"]) == ("jobs waited", None)
    two = scored([("wait_s", name, 6.0, 11.0, difference) for name in "ab"])
    assert two["p"].to_list() == pytest.approx([difference.p(2)] * 2)


def test_the_score_on_a_scenario_is_paired() -> None:
    scenario = with_set(load("changsha-eighth"), {"time.horizon": "14 d"})
    table = on_scenario(scenario, {"tuned": NAMED["easy"], "same": NAMED["easy"]}, 2, ("wait_s",), None)
    assert table["difference"].to_list() == [0.0]
    assert table["p"].to_list() == [1.0]


# The whole, with Optuna.


def test_without_optuna_it_says_how_to_get_it(swf: str, monkeypatch: pytest.MonkeyPatch) -> None:
    import sys

    monkeypatch.setitem(sys.modules, "optuna", None)
    with pytest.raises(OnecenterError, match=r"pip install 'onecenter\[tune\]'"):
        oc.tune(trace=swf)


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"trace": None}, "a trace or a scenario"),
        ({"scenario": "tiny"}, "a trace or a scenario"),
        ({"objectives": []}, "one objective or more"),
        ({"objectives": ["p95"]}, "one of bounded_slowdown, wait_s"),
        ({"trials": 0}, "at least 1"),
        ({"train": 1.0}, "less than 1"),
        ({"windows": 4}, "at least 5"),
    ],
)
def test_what_cannot_be_tuned(changes: dict[str, Any], words: str, swf: str) -> None:
    with pytest.raises(OnecenterError, match=words):
        oc.tune(**{"trace": swf} | changes)


def test_a_log_whose_jobs_all_come_at_once_has_none_for_training(tmp_path: Path) -> None:
    pytest.importorskip("optuna")
    path = tmp_path / "once.csv"
    path.write_text("job_id,submission_time,duration,num_gpu\n" + "".join(f"{i},7,60,1\n" for i in range(9)))
    with pytest.raises(OnecenterError, match="no job is submitted in the first 50 % of the log, which is for training"):
        oc.tune(trace=path, processors=2)


def test_a_study_goes_on_where_it_was(swf: str, tmp_path: Path) -> None:
    pytest.importorskip("optuna")
    study = tmp_path / "study.log"
    first = oc.tune(trace=swf, trials=6, study=study)
    more = oc.tune(trace=swf, trials=9, study=study)
    assert (first.found.trials, more.found.trials) == (6, 9)
    assert more.candidates[0].values <= first.candidates[0].values
    done: list[int] = []
    again = oc.tune(trace=swf, trials=9, study=study, on_trial=done.append)
    assert done == []
    assert again.candidates == more.candidates
    with pytest.raises(OnecenterError, match="trials of another question"):
        oc.tune(trace=swf, trials=9, study=study, objectives=["wait_s"])


class Backwards(Executor):
    """Runs calls when somebody asks for an answer, the last one first: as late and as mixed up as can be."""

    def __init__(self) -> None:
        self.calls: list[tuple[Future[Any], Any]] = []
        self.most = 0

    def submit(self, fn: Any, /, *args: Any, **kwargs: Any) -> "Future[Any]":
        """Keep a call; it is sent as to another process."""
        answer = Answer(self)
        self.calls.append((answer, pickle.loads(pickle.dumps(partial(fn, *args, **kwargs)))))
        self.most = max(self.most, len(self.calls))
        return answer

    def run_all(self) -> None:
        """Run the calls that are kept."""
        while self.calls:
            answer, call = self.calls.pop()
            answer.set_result(call())


class Answer(Future[Any]):
    """What a call that is kept will give."""

    def __init__(self, executor: Backwards) -> None:
        super().__init__()
        self.executor = executor

    def result(self, timeout: float | None = None) -> Any:
        """Return it."""
        self.executor.run_all()
        return super().result(timeout)


@pytest.mark.parametrize("objectives", [["wait_s"], ["wait_s", "bounded_slowdown"]])
def test_who_runs_the_trials_changes_nothing(objectives: list[str], swf: str) -> None:
    pytest.importorskip("optuna")
    executor, numbers = Backwards(), list[int]()
    asked: dict[str, Any] = {"trace": swf, "trials": 30, "against": ["easy"], "objectives": objectives}
    found = oc.tune(**asked, executor=executor, on_trial=numbers.append)
    assert (executor.most, numbers) == (8, list(range(30)))
    assert found.as_dict() == oc.tune(**asked).as_dict()


def test_what_is_worse_than_the_median_of_earlier_batches_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("optuna")
    monkeypatch.setattr("onecenter.experiments.tuning.training.value_of", lambda name, parts: float(parts[0]))
    depths: list[int] = []

    class Depth:
        def stages(self, policy: Policy) -> Iterator[Any]:
            depths.append(policy.depth)
            yield from [[policy.depth]] * 3

    asked: dict[str, Any] = {"trials": 80, "seed": 3, "study": None, "question": {}, "on_trial": lambda number: None}
    with alone() as executor:
        found = search(Depth(), [Parameter("depth", 1, 1000)], Policy(), ["wait_s"], **asked, executor=executor)
    ended: list[int] = []
    for first in range(0, 80, 8):
        limit = np.median(ended) if len(ended) >= 10 else np.inf
        ended += [depth for depth in depths[first : first + 8] if depth <= limit]
    assert found.given_up == 80 - len(ended) > 0
    assert found.candidates[0].values == (min(depths),)


def test_a_trial_is_given_up_at_the_first_stage_that_is_above_a_limit() -> None:
    class Stages:
        def stages(self, policy: Policy) -> Iterator[list[Seen]]:
            jobs = workload(submit=[0, 0], run=[9, 9], walltime=[9, 9], accelerators=4000)
            for _ in range(3):
                yield from LogTraining((NodeType("pool", 1, 4),), jobs).stages(policy)

    # One of the two waits 9 ms.
    mean = (0.0045,)
    assert tried(Stages(), Policy(), ["wait_s"], {}) == ([mean] * 3, False)
    assert tried(Stages(), Policy(), ["wait_s"], {1: 0.0045, 2: 0.0044}) == ([mean] * 3, True)
    assert tried(Stages(), Policy(), ["wait_s"], {1: 0.0044}) == ([mean] * 2, True)


@pytest.mark.parametrize("text", ["hello\n", "3\n", "{}\n", "\xff", "[1, 2]\n"])
def test_a_file_that_is_no_study_stays_as_it_is(text: str, swf: str, tmp_path: Path) -> None:
    pytest.importorskip("optuna")
    path = tmp_path / "notes.txt"
    path.write_text(text, encoding="latin-1")
    with pytest.raises(OnecenterError, match="it holds no study"):
        oc.tune(trace=swf, trials=1, study=path)
    assert path.read_text(encoding="latin-1") == text
    for wrong in (tmp_path, tmp_path / "no" / "study.log"):
        with pytest.raises(OnecenterError, match="a file in a folder that exists"):
            oc.tune(trace=swf, study=wrong)


def test_short_jobs_first_is_found_and_scored_on_the_rest(swf: str) -> None:
    pytest.importorskip("optuna")
    found = oc.tune(trace=swf, trials=25, against=["easy"], windows=8)
    first = oc.replay(swf, policy=found.policy).summary()["center"]["bounded_slowdown"]["mean"]
    assert first < oc.replay(swf, policy="easy").summary()["center"]["bounded_slowdown"]["mean"]
    row = found.table.row(0, named=True)
    assert row["difference"] < 0
    assert row["difference"] == pytest.approx(row["tuned_mean"] - row["other_mean"])
    same = oc.tune({"depth": "100000:100001"}, trace=swf, trials=2, against=["easy"])
    assert same.verdict().startswith("nothing better was found")
    assert same.table["difference"].to_list() == [0.0]


def test_several_objectives_leave_several_policies(swf: str) -> None:
    pytest.importorskip("optuna")
    found = oc.tune(trace=swf, trials=20, objectives=["bounded_slowdown", "wait_s"], against=["easy"])
    assert len(found.scores) == len(found.candidates) >= 1
    values = [candidate.values for candidate in found.candidates]
    assert not any(a[0] <= b[0] and a[1] <= b[1] for a in values for b in values if a is not b)
    assert found.table["objective"].to_list() == ["bounded_slowdown", "wait_s"]
    assert found.found.given_up == 0


def test_the_command(swf: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    pytest.importorskip("optuna")
    words = ["tune", swf, "--trials", "5", "--against", "easy", "--vary", "order.walltime=0:1", "--vary", "depth=5:50"]
    assert main(words) == 0
    text = capsys.readouterr().out
    assert "5 trials" in text
    (tmp_path / "ours.toml").write_text('extends = "tiny"\n' + text[text.index("[policy]") :])
    assert oc.load(tmp_path / "ours.toml").policy_.order_name == "linear"
    assert main([*words, "--json", "--fail-if", "candidates.held_out.easy.p >= 0"]) == 1
    assert json.loads(capsys.readouterr().out)["trials"] == 5
    for more, told in ((["--vary", "depth=1:2"], "depth is given twice"), (["--replications", "3"], "with a scenario")):
        assert main([*words, *more]) == 2
        assert told in capsys.readouterr().err
    assert main(["tune", "tiny", "--windows", "9"]) == 2
    assert "--windows: it goes with a log" in capsys.readouterr().err


@pytest.mark.parametrize(
    "policy",
    [
        Policy(Linear(walltime=0.5, submit=1e-7), "easy-sjbf", reservations=3),
        Policy("priority", "conservative", "worst-fit", depth=9, age_rate=1_500_000, max_age=7_200_000),
    ],
)
def test_the_table_that_is_printed_is_the_policy(policy: Policy, tmp_path: Path) -> None:
    path = tmp_path / "ours.toml"
    path.write_text('extends = "tiny"\n' + as_table(policy))
    assert oc.load(path).policy_ == policy


@pytest.mark.slow
def test_a_real_log(trace_file: Callable[[str], Path]) -> None:
    pytest.importorskip("optuna")
    row = oc.tune(trace=trace_file(KTH)).table.row(0, named=True)
    assert row["other"] == "easy"
    assert row["relative"] < -0.15
    assert row["better"]
