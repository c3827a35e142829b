"""What each command does."""

import argparse
import sys

from onecenter.cli import tables
from onecenter.cli.conditions import holding
from onecenter.cli.delivery import deliver
from onecenter.cli.outputs import output_folder
from onecenter.cli.replaying import command_repeat
from onecenter.cli.status import CONDITION, FINE, MISTAKE
from onecenter.cli.streams import print_json
from onecenter.comparison import compare
from onecenter.errors import ScenarioError
from onecenter.replaying import is_replay
from onecenter.scenario import load, shipped
from onecenter.side_by_side import comparison, run_each
from onecenter.simulation import run, scenario_of
from onecenter.visible import visible


def command_run(options: argparse.Namespace) -> int:
    """Simulate a scenario, or repeat a saved result."""
    if is_replay(options.scenario):
        return command_repeat(options)
    with output_folder(options.out):
        result = run(
            options.scenario,
            seed=options.seed,
            set=options.set,
            policy=options.policy,
            stride=options.stride,
            show_progress=not options.json,
        )
        return deliver(result, options, sizes=False)


def command_compare(options: argparse.Namespace) -> int:
    """Run several policies on one scenario."""
    if options.replications is not None:
        return _compare_paired(options)
    results = run_each(
        options.policies, options.scenario, seed=options.seed, set=options.set, show_progress=not options.json
    )
    figures = comparison(results)
    failed = holding(options.fail_if, figures)
    if options.json:
        print_json(figures)
    else:
        out = tables.console()
        out.print(f"  {tables.heading(next(iter(results.values())))}\n")
        out.print(tables.comparison_table(results))
    for text in failed:
        print(f"onecenter: --fail-if holds: {visible(text)}", file=sys.stderr)
    return CONDITION if failed else FINE


def _compare_paired(options: argparse.Namespace) -> int:
    """Compare policies over replications, each with the first."""
    scenario = scenario_of(options.scenario, options.seed, options.set)
    found = compare(options.policies, scenario, n=options.replications)
    failed = holding(options.fail_if, found.as_dict())
    if options.json:
        print_json(found.as_dict())
    else:
        tables.console().print(tables.pairs_table(found.table))
    for text in failed:
        print(f"onecenter: --fail-if holds: {visible(text)}", file=sys.stderr)
    return CONDITION if failed else FINE


def command_show(options: argparse.Namespace) -> int:
    """Print the resolved scenario and its offered load."""
    from onecenter.scenario.toml import dump
    from onecenter.workload.load import offered_load

    scenario = scenario_of(options.scenario, options.seed, options.set)
    offered = offered_load(scenario)
    if options.json:
        rows = [vars(row) | {"load": row.load} for row in offered.rows]
        figures = {"scenario": scenario.resolved(), "load": rows, "warnings": offered.warnings}
        print_json(figures)
        return FINE
    out = tables.console()
    print(dump(scenario.resolved()))
    out.print(tables.load_table(offered))
    for warning in offered.warnings:
        out.print(f"  warning: {warning}")
    return FINE


def command_validate(options: argparse.Namespace) -> int:
    """Check scenarios."""
    mistakes = 0
    for name in options.scenarios:
        try:
            load(name, set=options.set)
            print(f"{visible(name)}: ok")
        except ScenarioError as error:
            mistakes += 1
            print(f"onecenter: {error}", file=sys.stderr)
    return MISTAKE if mistakes else FINE


def command_scenario(options: argparse.Namespace) -> int:
    """List the shipped scenarios; print the JSON schema or the reference."""
    from onecenter.scenario.reference import reference
    from onecenter.scenario.schema import json_schema

    if options.what == "list":
        print("\n".join(shipped()))
    elif options.what == "schema":
        print_json(json_schema())
    else:
        print(reference(), end="")
    return FINE
