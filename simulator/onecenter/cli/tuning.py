"""What `onecenter tune` does."""

import argparse
from typing import Any

from onecenter.cli.comparing import is_log
from onecenter.cli.conditions import holding, status_of_holding
from onecenter.cli.printing import console, print_view, warn
from onecenter.cli.streams import print_json
from onecenter.errors import OnecenterError
from onecenter.experiments.executors import eventually
from onecenter.experiments.tuning import Tuning, tune
from onecenter.experiments.tuning.space import LINEAR
from onecenter.experiments.views import scored
from onecenter.policies import Policy
from onecenter.scenario.policy import PolicyTable
from onecenter.scenario.toml import dump
from onecenter.simulation.running import scenario_of
from onecenter.system.progress import progress
from onecenter.words import Words

#: Options that go with a log only, and with a scenario only.
OF_LOGS = ("train", "windows", "processors", "nodes", "center")
OF_SCENARIOS = ("replications", "set")


def command_tune(options: argparse.Namespace) -> int:
    """Tune parameters of a policy."""
    log = is_log(options)
    _refuse(options, OF_SCENARIOS if log else OF_LOGS, "a scenario" if log else "a log, such as LOG.swf.gz")
    with progress("tuning", not options.json, options.trials) as move, eventually(options.workers) as executor:
        found = tune(
            _vary(options.vary),
            policy=options.policy,
            objectives=options.objectives,
            trials=options.trials,
            seed=options.seed or 0,
            study=options.study,
            against=options.against,
            executor=executor,
            on_trial=lambda number: move(completed=number),
            **(_log(options) if log else _scenario(options)),
        )
    figures = found.as_dict()
    failed = holding(options.fail_if, figures)
    if options.json:
        print_json(figures)
    else:
        _print(found)
    return status_of_holding(failed)


def _refuse(options: argparse.Namespace, names: tuple[str, ...], what: str) -> None:
    given = [f"--{name}: it goes with {what}" for name in names if getattr(options, name) not in (None, [])]
    if given:
        raise OnecenterError("tune", given)


def _vary(texts: list[str]) -> str | dict[str, str]:
    """Return what is tuned: by default the weights of a linear order."""
    if not texts or texts == [LINEAR]:
        return LINEAR
    found = {}
    for text in texts:
        name, _, values = (part.strip() for part in text.partition("="))
        if name in found:
            raise OnecenterError("--vary", [f"{name} is given twice: one --vary for each parameter is expected"])
        found[name] = values
    return found


def _log(options: argparse.Namespace) -> dict[str, Any]:
    names = ("windows", "processors", "nodes", "center", "format")
    train = {} if options.train is None else {"train": options.train}
    return {"trace": options.scenario, **train, **{name: getattr(options, name) for name in names}}


def _scenario(options: argparse.Namespace) -> dict[str, Any]:
    scenario = scenario_of(options.scenario, set=options.set)
    warn(scenario, json=options.json)
    return {"scenario": scenario, "n": options.replications or 10}


def _print(found: Tuning) -> None:
    out, words = console(), Words()
    out.print(f"  {found.text()}")
    for place, candidate in enumerate(found.candidates):
        values = zip(found.objectives, candidate.values, strict=True)
        told = ", ".join(f"{words(name)} {_value(words, name, value)}" for name, value in values)
        out.print(f"\n  {candidate.policy.text} · in training {told}\n")
        print_view(out, scored(words, found.scores[place]))
        for row in found.scores[place].to_dicts():
            if row["reason"]:
                out.print(f"  not tested: {row['other']}: {row['reason']}")
        out.print(f"  {found.verdict(place)}")
    print(f"\n{as_table(found.policy)}")


def _value(words: Words, objective: str, value: float) -> str:
    return words.seconds(value) if objective == "wait_s" else f"{value:,.2f}"


def as_table(policy: Policy) -> str:
    """Return the policy as a scenario has it."""
    return dump({"policy": PolicyTable.of(policy).model_dump(mode="json", exclude_defaults=True)})
