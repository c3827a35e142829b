"""What `onecenter replay` does."""

import argparse

from onecenter.cli import tables
from onecenter.cli.delivery import deliver
from onecenter.cli.outputs import output_folder
from onecenter.policies import Policy, policy_of
from onecenter.replaying import replay
from onecenter.simulation import scenario_of
from onecenter.traces import read


def command_replay(options: argparse.Namespace) -> int:
    """Simulate a real log."""
    trace = read(options.trace, options.format)
    default = Policy() if options.center is None else scenario_of(options.center).policy_
    policy = policy_of(
        options.policy, default, order=options.order, backfill=options.backfill, placement=options.placement
    )
    with output_folder(options.out):
        if not options.json:
            tables.console().print(*(f"  {line}" for line in trace.quality.lines()), sep="\n")
        result = replay(
            trace,
            processors=options.processors,
            nodes=options.nodes,
            center=options.center,
            policy=policy,
            horizon=options.horizon,
            warmup=options.warmup,
            skip_first=options.skip_first,
            stride=options.stride,
            show_progress=not options.json,
        )
        return deliver(result, options, sizes=True)
