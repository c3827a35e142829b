"""The command `onecenter`: what it understands, and the exit status."""

import argparse
import sys
import traceback
from collections.abc import Callable, Sequence

from onecenter import __version__
from onecenter.checks import DEMAND, PAIRED, REPLICATIONS
from onecenter.cli.interrupts import interruptible
from onecenter.cli.options import (
    Parser,
    add_fail_if,
    add_outputs,
    add_replications,
    add_run_options,
    add_scenario_options,
    add_set,
)
from onecenter.cli.plan_options import add_plan
from onecenter.cli.replay_options import add_replay
from onecenter.cli.report_options import add_report
from onecenter.cli.status import EPILOG, spoken_warnings, status_of
from onecenter.cli.streams import streams
from onecenter.cli.sweep_options import add_sweep
from onecenter.cli.values import POLICY, SCENARIO, Amount, Name, Names
from onecenter.system.machine import check_address_space


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line; return the exit status, as `status` declares it."""
    with streams(), spoken_warnings(), interruptible() as came:
        return status_of(lambda: _called(arguments), came)


def _called(arguments: Sequence[str] | None) -> int:
    options = parser().parse_args(arguments)
    try:
        return int(options.command(options))
    except BaseException:
        if options.debug:
            traceback.print_exc()
        raise


def parser() -> argparse.ArgumentParser:
    """Return the parser of the command line."""
    top: argparse.ArgumentParser = Parser(
        prog="onecenter",
        description="Simulate an AI computing center: one pool of GPU and NPU nodes, four platforms, honest waits.",
    )
    parts = top.add_subparsers(title="commands", required=True, metavar="COMMAND")
    _run(parts)
    add_replay(parts, _lazily("replaying", "replay"))
    _compare(parts)
    add_plan(parts, _lazily("planning", "plan"))
    add_sweep(parts, _lazily("sweeping", "sweep"))
    add_report(parts, _lazily("reporting", "report"))
    _show(parts)
    _validate(parts)
    _scenario(parts)
    top.add_argument("--version", action="version", version=f"onecenter {__version__}")
    top.set_defaults(debug=False)
    for part in (top, *parts.choices.values()):
        part.epilog = EPILOG
        part.add_argument(
            "--debug", action="store_true", default=argparse.SUPPRESS, help="show the traceback where it fails"
        )
    return top


def _run(parts: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    part = parts.add_parser("run", help="simulate a scenario, or repeat a saved result (.parquet)")
    part.add_argument("scenario", type=SCENARIO, help="a shipped scenario, a TOML file, a saved result, or - (stdin)")
    add_scenario_options(part)
    part.add_argument("--policy", type=Name(POLICY), metavar="NAME", help="a named policy instead of the scenario's")
    add_replications(part, REPLICATIONS, "is the fleet enough: targets and waits over N replications, with intervals")
    part.add_argument("--demand", type=Amount(DEMAND), metavar="X", help="with --replications: scale every stream")
    add_run_options(part)
    add_outputs(part)
    part.set_defaults(command=_lazily("commands", "run"))


def _compare(parts: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    part = parts.add_parser("compare", help="run several policies on one scenario, on the same jobs")
    part.add_argument("scenario", type=SCENARIO, help="a shipped scenario, a TOML file, a saved result, or - (stdin)")
    part.add_argument(
        "--policies",
        type=Names(POLICY),
        metavar="A,B,...",
        default="fifo,easy,easy-sjbf,conservative",
        help="named policies",
    )
    add_replications(part, PAIRED, "over N paired replications: intervals, what is beyond chance")
    add_scenario_options(part)
    part.add_argument("--json", action="store_true", help="print one JSON object")
    add_fail_if(part, "policies.easy.platforms.talent.wait_s.p95 > 3 min")
    part.set_defaults(command=_lazily("commands", "compare"))


def _show(parts: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    part = parts.add_parser("show", help="print the resolved scenario and its offered load, with warnings")
    part.add_argument("scenario", type=SCENARIO, help="a shipped scenario, a TOML file, a saved result, or - (stdin)")
    add_scenario_options(part)
    part.add_argument("--json", action="store_true", help="print one JSON object")
    part.set_defaults(command=_lazily("commands", "show"))


def _validate(parts: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    part = parts.add_parser("validate", help="check scenarios; print every mistake")
    part.add_argument("scenarios", nargs="+", type=SCENARIO, metavar="SCENARIO", help="names or TOML files")
    add_set(part)
    part.set_defaults(command=_lazily("commands", "validate"))


def _scenario(parts: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    part = parts.add_parser("scenario", help="list the shipped scenarios; print the JSON schema or the reference")
    part.add_argument("what", choices=("list", "schema", "reference"))
    part.set_defaults(command=_lazily("commands", "scenario"))


def _lazily(module: str, name: str) -> Callable[[argparse.Namespace], int]:
    """Return the command, imported when it runs: the help must not wait for it."""

    def command(options: argparse.Namespace) -> int:
        from importlib import import_module

        check_address_space()
        home = import_module(f"onecenter.cli.{module}")
        status: int = getattr(home, f"command_{name}")(options)
        return status

    return command


if __name__ == "__main__":
    sys.exit(main())
