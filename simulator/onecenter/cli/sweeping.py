"""What `onecenter sweep` does."""

import argparse
import sys
from collections.abc import Sequence

from onecenter.cli.options import given_by
from onecenter.cli.printing import warn
from onecenter.cli.status import FINE, UNEXPECTED
from onecenter.cli.streams import print_json
from onecenter.errors import PlanError
from onecenter.experiments.executors import dask, local
from onecenter.experiments.sweeping import Sweep, sweep
from onecenter.policies import Policy
from onecenter.simulation.running import scenario_of
from onecenter.system.progress import progress
from onecenter.visible import visible
from onecenter.workload.quotas import sharing_of
from onecenter.workload.sharing import asks


def command_sweep(options: argparse.Namespace) -> int:
    """Run many variants of a scenario."""
    scenario = scenario_of(options.scenario, options.seed, options.set)
    vary, given = _vary(options.vary), given_by(options, options.policy)
    rules = given.on(scenario.policy_)
    warnings = warn(scenario, json=options.json, fleet=False)
    cluster, workers, shared = options.cluster, options.workers, asks(sharing_of(scenario))
    if cluster is not None and workers is not None:
        raise PlanError("--workers", ["processes of this machine: leave it out beside --cluster"])
    with progress("sweeping", not options.json) as move:
        try:
            found = sweep(
                scenario,
                vary,
                options.replications,
                policy=given,
                design=options.design,
                points=options.points,
                out=options.out,
                resume=options.resume,
                executor=lambda: dask(cluster) if cluster else local(workers, [rules], shared),
                on_row=lambda done, total: move(completed=done, total=total),
            )
        except KeyboardInterrupt:
            print(f"\nonecenter: what is done is in {visible(options.out)}; --resume goes on with it", file=sys.stderr)
            raise
    return _deliver(found, options, scenario.name, rules, warnings)


def _vary(texts: Sequence[str]) -> dict[str, str]:
    """Return the values by path."""
    pairs = [tuple(part.strip() for part in text.split("=", 1)) for text in texts]
    found = {path: values for path, values in pairs}
    if len(found) < len(pairs):
        raise PlanError("--vary", ["a path is given twice: all its values are expected in one --vary"])
    return found


def _deliver(found: Sweep, options: argparse.Namespace, name: str, rules: Policy, warnings: list[str]) -> int:
    failed = found.failed
    if options.json:
        figures = {"folder": options.out, "policy": rules.as_dict(), "runs": len(found.rows), "rows": found.rows}
        print_json(figures | {"warnings": warnings})
    else:
        print(f"  {visible(name)} · policy {visible(rules.text)}")
        print(f"  {len(found.points)} points x {options.replications} replications, {len(failed)} runs failed")
        print(f"  one Parquet file per run: {visible(options.out)}/")
    for row in failed:
        print(f"onecenter: {visible(str(row))}", file=sys.stderr)
    return UNEXPECTED if failed else FINE
