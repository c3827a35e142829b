"""What `onecenter plan` does."""

import argparse
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any

from onecenter.cli.delivery import hand_over
from onecenter.cli.options import given_by
from onecenter.cli.outputs import output_folder, save_axes
from onecenter.cli.printing import console, print_view, warn
from onecenter.cli.status import INTERRUPTED
from onecenter.errors import PlanError
from onecenter.experiments.executors import local
from onecenter.experiments.views import quotas_tried, tried
from onecenter.planning import Limits, Outlook, Plan, QuotaPlan, outlook, plan, plan_quota
from onecenter.planning.quota import is_quota, written
from onecenter.planning.text import counts
from onecenter.scenario import Scenario
from onecenter.simulation.running import scenario_of
from onecenter.system.atomic import write_json
from onecenter.system.progress import progress
from onecenter.words import Words
from onecenter.workload.quotas import sharing_of
from onecenter.workload.sharing import asks


def command_plan(options: argparse.Namespace) -> int:
    """Find the smallest fleet."""
    shared = {"seed": options.seed, "demand": options.demand, "replications": options.replications}
    if options.horizon is not None:
        _refuse_beside_horizon(options)
        return _found(options, partial(outlook, horizon=options.horizon, **shared))
    if any(map(is_quota, options.vary)):
        _refuse_beside_quota(options)
        return _found(options, partial(_quota, **shared))
    limits = Limits(options.budget, options.power_cap, options.racks, options.minimise)
    return _found(options, partial(plan, periods=options.criterion, limits=limits, **shared))


def _quota(scenario: Scenario, vary: Sequence[str], **asked: Any) -> QuotaPlan:
    """Return the smallest quota at the one path that varies."""
    return plan_quota(scenario, vary[0], **asked)


Answer = Plan | Outlook | QuotaPlan


def _found(options: argparse.Namespace, ask: Callable[..., Answer]) -> int:
    """Ask for a plan or an outlook, with progress on standard error; deliver it."""
    scenario = scenario_of(options.scenario, set=[*options.set, *options.target])
    given = given_by(options, options.policy)
    warnings = warn(scenario, json=options.json, fleet=False)
    shown = progress("planning: the first fleet", not options.json)
    workers = local(options.workers, [given.on(scenario.policy_)], asks(sharing_of(scenario)))
    with output_folder(options.out), workers as executor, shown as move:

        def on_look(fleets: int, runs: int) -> None:
            move(description=f"planning: {fleets} fleets, {runs} replications")

        found = ask(scenario, options.vary, policy=given, executor=executor, on_look=on_look)
        figures = found.as_dict() | {"warnings": warnings}
        write = partial(_write, found, figures)
        status = hand_over(figures, options, lambda: _print(found), write, "numbers and picture: {}/")
    return INTERRUPTED if isinstance(found, Plan) and found.interrupted else status


def _refuse_beside_horizon(options: argparse.Namespace) -> None:
    """Refuse the options that an outlook has no use for."""
    _refuse(options, "does not go with --horizon: purchases over the years know no such limit; leave it out")


def _refuse_beside_quota(options: argparse.Namespace) -> None:
    """Refuse the options that the search for a quota has no use for."""
    if len(options.vary) > 1:
        raise PlanError("--vary", ["a quota is searched for alone, for the fleet as it is: one path is expected"])
    _refuse(options, "does not go with a quota: the fleet stays as it is; leave it out")


def _refuse(options: argparse.Namespace, why: str) -> None:
    """Refuse the options about a fleet."""
    given = {
        "--budget": options.budget,
        "--power-cap": options.power_cap,
        "--racks": options.racks,
        "--criterion": options.criterion,
        "--minimise": None if options.minimise == "nodes" else options.minimise,
    }
    wrong = [f"{name} {why}"
             for name, value in given.items() if value is not None]  # fmt: skip
    if wrong:
        raise PlanError("plan", wrong)


def _print(found: Answer) -> None:
    out, words = console(), Words()
    out.print(f"  {found.text()}")
    if isinstance(found, Outlook):
        return
    out.print()
    if isinstance(found, QuotaPlan):
        print_view(out, quotas_tried(words, [(written(value), each) for value, each in found.tried]))
        return
    named = [counts(found, values, words) for values in found.candidates.tried]
    targets = [one.target for one in found.best.assessments]
    print_view(out, tried(words, found.tried, named, found.scenario.center.site.currency, targets))
    if found.check is not None and found.check.p95_s is not None:
        out.print(f"\n  M/G/c approximation of the p95 wait: {words.seconds(found.check.p95_s)}")


def _write(found: Answer, figures: Mapping[str, Any], folder: Path) -> None:
    if isinstance(found, QuotaPlan):
        write_json(folder / "quota.json", figures)
    elif isinstance(found, Outlook):
        write_json(folder / "outlook.json", figures)
        save_axes(found.plot, folder / "outlook.png")
    else:
        write_json(folder / "plan.json", figures)
        save_axes(found.plot.frontier, folder / "frontier.png")
