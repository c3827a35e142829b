"""What `onecenter replay` does, and `onecenter run` with a saved replay."""

import argparse
from typing import Final

from onecenter.cli.delivery import deliver
from onecenter.cli.outputs import output_folder
from onecenter.errors import OnecenterError
from onecenter.policies import Policy, policy_of
from onecenter.policies.given import PARTS
from onecenter.simulation.replaying import machine_of, machine_of_header, play, repeat
from onecenter.traces import read
from onecenter.traces.log_window import LogWindow

#: Why options of `onecenter run` do not go with a replay.
NOT_THERE: Final = {
    "--set": "which has no scenario to change",
    "--seed": "which draws no random numbers",
    "--replications": "which draws no random numbers",
    "--demand": "which has no streams to scale",
    "--workers": "which is one run",
}


def command_replay(options: argparse.Namespace) -> int:
    """Simulate a real log."""
    part = LogWindow(options.warmup, options.horizon, options.skip_first)
    given = machine_of(options.processors, options.nodes, options.center)
    parts = {name: getattr(options, name) for name in ("order", "backfill", *PARTS)}
    policy = policy_of(options.policy, given.policy if given else Policy(), **parts)
    trace = read(options.trace, options.format, columns=policy.columns, preceding=options.preceding)
    machine = given or machine_of_header(trace)
    with output_folder(options.out):
        result = play(trace, machine, policy, part, stride=options.stride, show_progress=not options.json)
        return deliver(result, options, sizes=True)


def command_repeat(options: argparse.Namespace) -> int:
    """Replay the log of a saved replay once more."""
    given = {option: getattr(options, option[2:]) not in (None, []) for option in NOT_THERE}
    wrong = [f"{option}: it is the replay of a log, {NOT_THERE[option]}" for option, there in given.items() if there]
    if wrong:
        raise OnecenterError(options.scenario, wrong)
    with output_folder(options.out):
        result = repeat(options.scenario, policy=options.policy, stride=options.stride, show_progress=not options.json)
        return deliver(result, options, sizes=True)
