"""What `onecenter plan` does."""

import argparse
from pathlib import Path
from typing import Any

from onecenter import units
from onecenter.atomic import write_json
from onecenter.cli import tables
from onecenter.cli.outputs import cannot_be_written, output_folder
from onecenter.cli.status import FINE
from onecenter.cli.streams import print_json
from onecenter.executors import local
from onecenter.planning import Limits, Outlook, Plan, outlook, plan
from onecenter.visible import visible


def command_plan(options: argparse.Namespace) -> int:
    """Find the smallest fleet."""
    if options.horizon is not None:
        return _look_ahead(options)
    limits = Limits(options.budget, options.power_cap, options.racks, options.minimise)
    with output_folder(options.out), local(options.workers) as executor:
        found = plan(
            options.scenario,
            options.vary,
            seed=options.seed,
            set=[*options.set, *options.target],
            demand=options.demand,
            periods=options.criterion,
            limits=limits,
            replications=options.replications,
            executor=executor,
        )
        return _deliver(found, options)


def _look_ahead(options: argparse.Namespace) -> int:
    with output_folder(options.out), local(options.workers) as executor:
        found = outlook(
            options.scenario,
            options.vary,
            options.horizon,
            seed=options.seed,
            set=[*options.set, *options.target],
            demand=options.demand,
            executor=executor,
            replications=options.replications,
        )
        return _deliver(found, options)


def _deliver(found: Plan | Outlook, options: argparse.Namespace) -> int:
    figures = found.as_dict()
    if options.out is not None:
        _write(found, Path(options.out), figures)
    if options.json:
        print_json(figures)
    else:
        _print(found)
        if options.out is not None:
            print(f"\n  numbers and picture: {visible(options.out)}/")
    return FINE


def _print(found: Plan | Outlook) -> None:
    out = tables.console()
    out.print(f"  {found.text()}")
    if isinstance(found, Outlook):
        return
    out.print()
    out.print(tables.tried_table(found.tried))
    if found.check is not None and found.check.p95_s is not None:
        out.print(f"\n  M/G/c approximation of the p95 wait: {units.format_seconds(found.check.p95_s)}")


def _write(found: Plan | Outlook, folder: Path, figures: dict[str, Any]) -> None:
    from onecenter.cli.pictures import save_axes

    with cannot_be_written(str(folder)):
        if isinstance(found, Outlook):
            write_json(folder / "outlook.json", figures)
            save_axes(found.plot, folder / "outlook.png")
        else:
            write_json(folder / "plan.json", figures)
            save_axes(found.plot.frontier, folder / "frontier.png")
