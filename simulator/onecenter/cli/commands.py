"""What each command does."""

import argparse
import sys
from collections.abc import Mapping
from typing import Any

from onecenter.cli.comparing import compare_on_log, is_log, refuse_beside_scenario
from onecenter.cli.conditions import holding, status_of_holding
from onecenter.cli.delivery import deliver
from onecenter.cli.options import given_by
from onecenter.cli.outputs import output_folder
from onecenter.cli.paper import Paper
from onecenter.cli.printing import console, heading, print_view, remarks_on_sides, warn
from onecenter.cli.replaying import command_repeat
from onecenter.cli.replicating import compare_paired, refuse_alone, run_replications, sides_of
from onecenter.cli.status import FINE, MISTAKE
from onecenter.cli.streams import print_json
from onecenter.errors import OnecenterError
from onecenter.experiments.fair_starts import fair_starts
from onecenter.policies import texts_of
from onecenter.results import sharing_views, views
from onecenter.results.seen import submitted_in
from onecenter.scenario import Scenario
from onecenter.simulation.replaying import is_replay
from onecenter.simulation.result import Result
from onecenter.simulation.running import run, scenario_of, without_jobs
from onecenter.visible import visible
from onecenter.words import Words


def command_run(options: argparse.Namespace) -> int:
    """Simulate a scenario, or repeat a saved result."""
    if is_replay(options.scenario):
        return command_repeat(options)
    scenario = scenario_of(options.scenario, options.seed, options.set)
    if options.replications is not None:
        return run_replications(scenario, options)
    refuse_alone(options)
    with output_folder(options.out):
        warnings = warn(scenario, json=options.json)
        if options.fail_if:
            holding(options.fail_if, _figures_of_nothing(scenario))
        rules = given_by(options, options.policy).on(scenario.policy_)
        result = run(scenario, policy=rules, stride=options.stride, show_progress=not options.json)
        return deliver(result, options, warnings, sizes=False)


def _figures_of_nothing(scenario: Scenario) -> dict[str, Any]:
    """Return the figures of a run without jobs, which has all that any run has: conditions are tried on it first."""
    nothing = run(without_jobs(scenario))
    return nothing.summary() | {"fragmentation": nothing.fragmentation}


def command_compare(options: argparse.Namespace) -> int:
    """Run several policies on one scenario, or on a log."""
    if is_log(options):
        return compare_on_log(options)
    refuse_beside_scenario(options)
    scenario = scenario_of(options.scenario, options.seed, options.set)
    warnings = warn(scenario, json=options.json)
    if options.replications is not None:
        return compare_paired(scenario, options, warnings)
    refuse_alone(options)
    if options.fail_if:
        nothing = run(without_jobs(scenario))
        parts = {"policies": nothing.summary(), "fairness": _fairness(nothing, options.fair_starts or 0),
                 "fragmentation": nothing.fragmentation}  # fmt: skip
        holding(options.fail_if, {part: dict.fromkeys(options.policies, each) for part, each in parts.items()})
    sides, shown = sides_of(options, scenario.policy_), not (options.json or options.markdown)
    results = {name: run(scenario, policy=rules, show_progress=shown) for name, rules in sides.items()}
    summaries = {name: result.summary() for name, result in results.items()}
    fair = {name: _fairness(result, options.fair_starts or 0) for name, result in results.items()}
    lost = {name: result.fragmentation for name, result in results.items()}
    figures = {"policies": summaries, "fairness": fair, "fragmentation": lost, "warnings": warnings}
    failed = holding(options.fail_if, figures)
    if options.json:
        print_json(figures)
    else:
        _print_sides(results, summaries, fair, Paper(as_markdown=options.markdown))
    return status_of_holding(failed)


def _print_sides(
    results: Mapping[str, Result],
    summaries: Mapping[str, dict[str, Any]],
    fair: Mapping[str, dict[str, Any]],
    out: Paper,
) -> None:
    """Print several policies side by side, and how evenly waits fall under each."""
    words = Words()
    out.line(heading(next(iter(results.values()))))
    out.gap()
    texts = texts_of({name: result.policy for name, result in results.items()})
    named = [({"policy": visible(text)}, result.summary())
             for text, result in zip(texts, results.values(), strict=True)]  # fmt: skip
    platforms = {name: name for name in next(iter(results.values())).workload.platforms}
    columns = ("policy", "mean", "slowdown", "use", "refused", "targets_met")
    out.table(views.sides(words, named, columns, platforms))
    out.gap()
    every = list(zip(named, fair.values(), results.values(), strict=True))
    rows = [(cells, part, result.fragmentation) for (cells, _), part, result in every]
    out.table(views.fairness(words, rows))
    if any(result.sharing for result in results.values()):
        out.gap()
        out.table(sharing_views.sides(words, [(cells["policy"], result.sharing) for (cells, _), _, result in every]))
    for text in remarks_on_sides(summaries):
        out.line(text)


def _fairness(result: Result, sample: int) -> dict[str, Any]:
    """Return the fairness of a run, with fair starts of so many sampled jobs."""
    if not sample:
        return result.fairness
    jobs = result.workload
    inside = submitted_in(jobs, result.fates, result.window)
    return result.fairness | fair_starts(result.fleet, result.policy, jobs, result.fates.start, inside, sample)


def command_show(options: argparse.Namespace) -> int:
    """Print the resolved scenario and its offered load."""
    from onecenter.scenario.toml import dump
    from onecenter.workload.load import offered_load
    from onecenter.workload.slips import warnings_of

    scenario = scenario_of(options.scenario, options.seed, options.set)
    offered = offered_load(scenario)
    warnings = warnings_of(scenario)
    if options.json:
        rows = [vars(row) | {"load": row.load} for row in offered.rows]
        print_json({"scenario": scenario.resolved(), "load": rows, "warnings": warnings})
        return FINE
    out = console()
    print(dump(scenario.resolved()))
    print_view(out, views.load(Words(), offered))
    for warning in warnings:
        out.print(f"  warning: {visible(warning)}")
    return FINE


def command_validate(options: argparse.Namespace) -> int:
    """Check scenarios."""
    mistakes = 0
    for name in options.scenarios:
        try:
            scenario = scenario_of(name, set=options.set)
            print(f"{visible(name)}: ok")
            warn(scenario, about=name)
        except OnecenterError as error:
            mistakes += 1
            print(f"onecenter: {error}", file=sys.stderr)
    return MISTAKE if mistakes else FINE
