"""The search for a policy, by Optuna: trials on the training jobs, kept in a file where one is given."""

import hashlib
import json
import statistics
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Executor, Future
from dataclasses import dataclass
from os import PathLike, fspath
from pathlib import Path
from typing import Any, Final

from onecenter.errors import OnecenterError, PlanError, PolicyError
from onecenter.experiments.tuning.space import Parameter, corners, policy_at
from onecenter.experiments.tuning.training import Training, tried
from onecenter.policies import Policy

#: Trials that come to an end before the first one is given up.
FIRST: Final = 10

#: Trials that are drawn at once, from what those before them have given: however many of them run at the same time, a
#: search gives the same.
BATCH: Final = 8

#: Policies at the most that are scored of those of which none is better in all objectives.
FRONT: Final = 5

QUESTION: Final = "question"

#: Bytes of a study's first line at the most.
LONGEST_LINE: Final = 10_000


@dataclass(frozen=True)
class Candidate:
    """A policy that the search found, and its values of the objectives on the training jobs."""

    policy: Policy
    values: tuple[float, ...]


@dataclass(frozen=True)
class Found:
    """What a search found: the best candidates, the best first, and how many trials it took."""

    candidates: tuple[Candidate, ...]
    trials: int
    given_up: int


def search(
    training: Training,
    parameters: list[Parameter],
    base: Policy,
    objectives: Sequence[str],
    *,
    trials: int,
    seed: int,
    study: str | PathLike[str] | None,
    question: Mapping[str, Any],
    executor: Executor,
    on_trial: Callable[[int], None],
) -> Found:
    """Return what a search of so many trials finds, those that the study holds already among them.

    Each trial sees the same jobs. With one objective a trial is given up as soon as the best that it has been is worse
    than the median of the trials of earlier batches was at that stage.
    """
    optuna = _optuna()
    opened = _study(optuna, study, len(objectives), seed, question)
    if not opened.trials:
        for point in corners(parameters):
            opened.enqueue_trial(point)

    def begun(trial: Any, limits: Mapping[int, float]) -> "Future[Any] | None":
        try:
            policy = policy_at(_drawn(trial, parameters), base)
        except PolicyError:  # values that do not go together
            return None
        return executor.submit(tried, training, policy, objectives, limits)

    while (left := trials - len(_over(opened))) > 0:
        limits = _limits(opened) if len(objectives) == 1 else {}
        batch = [opened.ask() for _ in range(min(BATCH, left))]
        answers = [begun(trial, limits) for trial in batch]
        for trial, answer in zip(batch, answers, strict=True):
            _tell(optuna, opened, trial, answer)
            on_trial(trial.number)
    return _found(opened, base)


def _limits(opened: Any) -> dict[int, float]:
    """Return by stage the median of the trials that came to an end; the first stage says too little."""
    done = [trial.intermediate_values for trial in opened.trials if trial.state.name == "COMPLETE"]
    if len(done) < FIRST:
        return {}
    stages = range(1, min(map(len, done)))
    return {stage: statistics.median(values[stage] for values in done) for stage in stages}


def _tell(optuna: Any, opened: Any, trial: Any, answer: "Future[Any] | None") -> None:
    """Tell a study what a trial has given; without an answer there was nothing to try."""
    stages, given_up = answer.result() if answer else ([], True)
    if len(opened.directions) == 1:
        for stage, values in enumerate(stages):
            trial.report(values[0], stage)
    if given_up:
        opened.tell(trial, state=optuna.trial.TrialState.PRUNED)
    else:
        opened.tell(trial, stages[-1])


def _optuna() -> Any:
    try:
        import optuna
    except ImportError:
        raise OnecenterError("tune", ["Optuna is not installed: pip install 'onecenter[tune]'"]) from None
    optuna.logging.set_verbosity(optuna.logging.WARNING)
    return optuna


def _over(opened: Any) -> list[Any]:
    return [trial for trial in opened.trials if trial.state.is_finished()]


def _study(optuna: Any, path: str | PathLike[str] | None, objectives: int, seed: int, asked: Mapping[str, Any]) -> Any:
    """Return the study, opened again where the file holds one; another question is refused."""
    storage = None
    if path is not None:
        backend = optuna.storages.journal.JournalFileBackend(_checked(path))
        storage = optuna.storages.JournalStorage(backend)
    opened = optuna.create_study(
        study_name="tune", storage=storage, load_if_exists=True, directions=["minimize"] * objectives
    )
    digest = hashlib.sha256(json.dumps(asked, sort_keys=True).encode()).hexdigest()
    if opened.user_attrs.get(QUESTION, digest) != digest:
        right = "it holds trials of another question (jobs, parameters, objectives, seed): another file is expected"
        raise PlanError("study", [f"{fspath(path or '')}: {right}"])
    opened.set_user_attr(QUESTION, digest)
    # A study that goes on draws on: with the same seed it would repeat its first trials.
    opened.sampler = optuna.samplers.TPESampler(seed=seed + len(opened.trials), multivariate=False)
    return opened


def _checked(path: str | PathLike[str]) -> str:
    """Return a path at which a study is or can be; Optuna would append to any other file."""
    target = Path(path)
    if target.is_dir() or not target.absolute().parent.is_dir():
        raise PlanError("study", [f"{target}: a file in a folder that exists is expected, such as study.log"])
    try:
        # An empty one is made here: what cannot be written is found before the first trial.
        with target.open("a+b") as file:
            file.seek(0)
            first = file.readline(LONGEST_LINE)
        known = not first or "op_code" in json.loads(first)
    except OSError as error:
        raise PlanError("study", [f"{target}: cannot be written: {error.strerror or error}"]) from error
    except (ValueError, TypeError):
        known = False
    if not known:
        raise PlanError("study", [f"{target}: it holds no study; a new file is expected, or that of `--study`"])
    return str(target)


def _drawn(trial: Any, parameters: Sequence[Parameter]) -> dict[str, Any]:
    """Return the values that a trial draws."""
    found: dict[str, Any] = {}
    for each in parameters:
        if each.choices:
            found[each.name] = trial.suggest_categorical(each.name, list(each.choices))
        elif each.whole:
            found[each.name] = trial.suggest_int(each.name, int(each.low), int(each.high))
        else:
            found[each.name] = trial.suggest_float(each.name, each.low, each.high)
    return found


def _found(opened: Any, base: Policy) -> Found:
    """Return the best trials; several objectives have several, spread over the front by the first one."""
    over = _over(opened)
    done = [trial for trial in over if trial.state.name == "COMPLETE"]
    if not done:
        raise PlanError("tune", [f"none of {len(over)} trials came to an end: more trials are expected"])
    best = sorted(opened.best_trials, key=lambda trial: trial.values)
    if len(opened.directions) == 1:
        best = best[:1]
    step = max(-(-len(best) // FRONT), 1)
    chosen = tuple(Candidate(policy_at(trial.params, base), tuple(trial.values)) for trial in best[::step])
    return Found(chosen, len(over), sum(trial.state.name == "PRUNED" for trial in over))
