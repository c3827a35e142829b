"""Tuning: a search on training jobs, and an honest score on held-out ones."""

from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Executor
from contextlib import nullcontext
from dataclasses import dataclass
from html import escape
from os import PathLike
from typing import Any, Final

import polars as pl

from onecenter.checks import INNER_SHARE, OBJECTIVES, PAIRED, SEED, TRIALS, WINDOWS, OneOf, one, optional
from onecenter.errors import PlanError
from onecenter.experiments.executors import alone
from onecenter.experiments.log_comparison import compare_log
from onecenter.experiments.measurement import WEEK, measurement_of
from onecenter.experiments.tuning import held_out
from onecenter.experiments.tuning.search import Candidate, Found, search
from onecenter.experiments.tuning.space import LINEAR, Parameter, parameters_of
from onecenter.experiments.tuning.training import LogTraining, ScenarioTraining, Training, before, split
from onecenter.policies import Policy, PolicyLike, policy_of
from onecenter.simulation.provenance import hash_of
from onecenter.simulation.replaying import TraceLike, machine_of, machine_of_header
from onecenter.simulation.running import ScenarioLike, scenario_of
from onecenter.traces import Trace, read, to_workload
from onecenter.workload.build import build

#: Windows of held-out jobs that span only a few weeks.
FEW_WEEKS: Final = 10

#: What a tuned policy is scored against.
AGAINST: Final = ("easy", "sjf-easy")


@dataclass(frozen=True)
class Question:
    """What a tuning is about, checked; all of it but the jobs."""

    objectives: tuple[str, ...]
    trials: int
    seed: int
    study: str | PathLike[str] | None
    against: tuple[str, ...]

    def find(
        self,
        training: Training,
        parameters: list[Parameter],
        base: Policy,
        about: Any,
        executor: Executor | None,
        on_trial: Callable[[int], None],
    ) -> Found:
        """Search; `about` says what the training jobs are."""
        asked = {"about": about, "parameters": [each.as_dict() for each in parameters], "base": base.as_dict()}
        asked |= {"objectives": list(self.objectives), "seed": self.seed}
        given: dict[str, Any] = {"trials": self.trials, "seed": self.seed, "study": self.study}
        with alone() if executor is None else nullcontext(executor) as runner:
            given |= {"executor": runner, "on_trial": on_trial}
            return search(training, parameters, base, self.objectives, **given, question=asked)


def tune(
    vary: str | Mapping[str, str] = LINEAR,
    *,
    trace: TraceLike | None = None,
    scenario: ScenarioLike | None = None,
    policy: PolicyLike | None = None,
    objectives: Sequence[str] = ("bounded_slowdown",),
    trials: int = 100,
    seed: int = 0,
    study: str | PathLike[str] | None = None,
    against: Sequence[str] = AGAINST,
    train: float = 0.5,
    windows: int | None = None,
    processors: int | None = None,
    nodes: str | None = None,
    center: ScenarioLike | None = None,
    format: str | None = None,
    n: int = 10,
    executor: Executor | None = None,
    on_trial: Callable[[int], None] = lambda number: None,
) -> "Tuning":
    """Tune parameters of a policy on a log or a scenario, and score the policy on jobs that it was not tuned on.

    Parameters
    ----------
    vary : str or mapping
        "linear": the weight of each feature in which the jobs differ. Or a mapping of parameters to ranges, such as
        {"order.walltime": "0:1", "order.submit": "0:1", "reservations": "1:8"}, and of order, backfill and placement to
        names with commas between them; `age_rate` is per hour, `max_age` in hours.
    trace, scenario : log, or scenario
        One of them. A log is cut in time: the first part is for training, on the rest the policy is scored, in a run of
        the whole log. Replications of a scenario are drawn anew for the score.
    policy : Policy, str or callable, optional
        All that is not varied; by default the scenario's, of a log EASY with best-fit.
    objectives : sequence of str
        "bounded_slowdown" and "wait_s", means over jobs that are made small; with both, policies of which none is
        better in both.
    trials : int
        How many policies are tried, those that the study holds already among them.
    seed : int
        Of the search.
    study : path, optional
        A file that keeps the trials; given again, the search goes on.
    against : sequence of str
        Named policies that the tuned one is scored against.
    train : float
        Share of a log's time that is for training.
    windows : int, optional
        Into which the held-out part of a log is cut, as for `compare_log`; by default its whole weeks, or 10 where
        there are fewer than 5.
    processors, nodes, center, format
        Of a log, as for `replay`.
    n : int
        Replications of a scenario, for training and for the score each.
    executor : concurrent.futures.Executor, optional
        Runs the trials, eight at once, and the score; it changes no result. By default this process does.
    on_trial : callable, optional
        Called with the number of each trial.

    Raises
    ------
    OnecenterError
        If Optuna is not installed, or with what would be right.
    """
    if (trace is None) == (scenario is None):
        raise PlanError("tune", ["a trace or a scenario is expected, one of them"])
    names = tuple(one("objectives", name, OneOf(OBJECTIVES)) for name in dict.fromkeys(objectives))
    if not names or not against:
        raise PlanError("tune", ["one objective or more, and one policy or more to score against are expected"])
    checked = Question(names, one("trials", trials, TRIALS), one("seed", seed, SEED), study, tuple(against))
    if scenario is not None:
        return _on_scenario(checked, vary, scenario_of(scenario), policy, one("n", n, PAIRED), executor, on_trial)
    machine: dict[str, Any] = {"processors": processors, "nodes": nodes, "center": center}
    sides = [policy_of(each, Policy()) for each in (policy, *against) if each is not None]
    columns = list(dict.fromkeys(name for side in sides for name in side.columns))
    log = trace if isinstance(trace, Trace) else read(trace, format, columns=columns)  # type: ignore[arg-type]
    part = one("train", train, INNER_SHARE), one("windows", windows, optional(WINDOWS))
    return _on_log(checked, vary, log, machine, policy, part, executor, on_trial)


def _on_log(
    asked: Question,
    vary: str | Mapping[str, str],
    log: Trace,
    given: Mapping[str, Any],
    policy: PolicyLike | None,
    part: tuple[float, int | None],
    executor: Executor | None,
    on_trial: Callable[[int], None],
) -> "Tuning":
    machine = machine_of(**given) or machine_of_header(log)
    base = policy_of(policy, machine.policy)
    jobs, _ = to_workload(log, machine.fleet)
    share, given_windows = part
    instant = split(jobs, share)
    windows = given_windows or _weeks(int(jobs.submit[-1]) - instant)
    first = before(jobs, instant)
    if not len(first):
        what = f"no job is submitted in the first {100 * share:g} % of the log, which is for training"
        raise PlanError("tune", [what])
    parameters = parameters_of(vary, first)
    about = {"log": log.sha256, "train": share, "center": dict(machine.given), "jobs": len(first)}
    found = asked.find(LogTraining(machine.fleet, first), parameters, base, about, executor, on_trial)
    scores = []
    for candidate in found.candidates:
        sides = {held_out.TUNED: candidate.policy} | {name: policy_of(name, base) for name in asked.against}
        warmup = instant - int(jobs.submit[0])
        runs = compare_log(log, sides, windows=windows, warmup=warmup, executor=executor, **given)
        scores.append(held_out.on_log(runs, asked.objectives))
    trained = f"{len(first):,} jobs of the first {100 * share:g} % of the log"
    tested = f"the {len(jobs) - len(first):,} jobs after them, {windows} windows"
    return Tuning(asked.objectives, tuple(parameters), found, tuple(scores), trained, tested)


def _weeks(span: int) -> int:
    """Return into how many windows a span (ms) is cut: demand has the rhythm of a week."""
    weeks = span // WEEK
    return min(weeks, WINDOWS.high) if weeks >= WINDOWS.low else FEW_WEEKS


def _on_scenario(
    asked: Question,
    vary: str | Mapping[str, str],
    scenario: Any,
    policy: PolicyLike | None,
    n: int,
    executor: Executor | None,
    on_trial: Callable[[int], None],
) -> "Tuning":
    base = policy_of(policy, scenario.policy_)
    parameters = parameters_of(vary, build(scenario))
    training = ScenarioTraining(scenario, measurement_of(scenario, base), n)
    about = {"scenario": hash_of(scenario.resolved()), "n": n}
    found = asked.find(training, parameters, base, about, executor, on_trial)
    scores = []
    for candidate in found.candidates:
        sides = {held_out.TUNED: candidate.policy} | {name: policy_of(name, base) for name in asked.against}
        scores.append(held_out.on_scenario(scenario, sides, n, asked.objectives, executor))
    return Tuning(asked.objectives, tuple(parameters), found, tuple(scores),
                  f"{n} replications", f"{n} replications on other random numbers")  # fmt: skip


@dataclass(frozen=True)
class Tuning:
    """What tuning found, and how it does on held-out jobs."""

    objectives: tuple[str, ...]
    parameters: tuple[Parameter, ...]
    found: Found
    scores: tuple[pl.DataFrame, ...]  # one per candidate, see `held_out.scored`
    trained: str  # on which jobs, for people
    tested: str

    @property
    def candidates(self) -> tuple[Candidate, ...]:
        """What was found: the best, or with several objectives policies of which none is better in all."""
        return self.found.candidates

    @property
    def policy(self) -> Policy:
        """The best policy, by the first objective."""
        return self.candidates[0].policy

    @property
    def table(self) -> pl.DataFrame:
        """The score of the best policy on held-out jobs; see `held_out.scored`."""
        return self.scores[0]

    def verdict(self, place: int = 0) -> str:
        """Say whether a candidate is better than the others on held-out jobs, beyond chance."""
        rows = self.scores[place].to_dicts()
        better = [row for row in rows if row["better"]]
        if not better:
            return "nothing better was found: the tuned policy is not better beyond chance on held-out jobs"
        if len(better) == len(rows):
            return "better than every other policy on held-out jobs, beyond chance"
        not_better = ", ".join(dict.fromkeys(row["other"] for row in rows if not row["better"]))
        return f"better beyond chance on held-out jobs, but not than {not_better}"

    def as_dict(self) -> dict[str, Any]:
        """Return it as plain data."""
        candidates = [
            {
                "policy": candidate.policy.as_dict(),
                "training": dict(zip(self.objectives, candidate.values, strict=True)),
                "held_out": score.to_dicts(),
                "verdict": self.verdict(place),
            }
            for place, (candidate, score) in enumerate(zip(self.candidates, self.scores, strict=True))
        ]
        counts = {"trials": self.found.trials, "given_up": self.found.given_up}
        parameters = [each.as_dict() for each in self.parameters]
        return {"objectives": list(self.objectives), "parameters": parameters, **counts, "trained_on": self.trained,
                "scored_on": self.tested, "candidates": candidates}  # fmt: skip

    def text(self) -> str:
        """Say on what the policy was tuned and scored."""
        up = f", {self.found.given_up:,} of them given up early" if self.found.given_up else ""
        return f"{self.found.trials:,} trials{up} on {self.trained}; scored on {self.tested}"

    def __repr__(self) -> str:
        return f"<{self.policy.text}: {self.verdict()}>"

    def _repr_html_(self) -> str:
        return f"<p>{escape(self.text())}; {escape(self.verdict())}</p>{self.table._repr_html_()}"
