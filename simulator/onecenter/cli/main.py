"""The command `onecenter`: what it understands, and the exit status."""

import argparse
import os
import sys
from collections.abc import Callable, Sequence

from onecenter.cli.plan_options import add_plan
from onecenter.cli.report_options import add_report
from onecenter.cli.sweep_options import add_sweep
from onecenter.errors import OnecenterError

STRIDES = ("calendar", "event")


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line; return 0, 1 (a condition of --fail-if holds), 2 (a mistake) or 130 (interrupted)."""
    options = parser().parse_args(arguments)
    try:
        return int(options.command(options))
    except OnecenterError as error:
        print(f"onecenter: {error}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        print("onecenter: interrupted", file=sys.stderr)
        return 130
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0


def parser() -> argparse.ArgumentParser:
    """Return the parser of the command line."""
    top = argparse.ArgumentParser(
        prog="onecenter",
        description="Simulate an AI computing center: one pool of GPU and NPU nodes, four platforms, honest waits.",
    )
    parts = top.add_subparsers(title="commands", required=True, metavar="COMMAND")
    _run(parts)
    _replay(parts)
    _compare(parts)
    add_plan(parts, _lazily("planning", "plan"))
    add_sweep(parts, _lazily("sweeping", "sweep"))
    add_report(parts, _lazily("reporting", "report"))
    _show(parts)
    _validate(parts)
    _scenario(parts)
    return top


def _run(parts: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    part = parts.add_parser("run", help="simulate a scenario, or repeat a saved result (.parquet)")
    part.add_argument("scenario", help="name of a shipped scenario, a TOML file, or a saved result")
    _scenario_options(part)
    part.add_argument("--policy", metavar="NAME", help="a named policy instead of the scenario's")
    _run_options(part)
    _outputs(part)
    part.set_defaults(command=_lazily("commands", "run"))


def _replay(parts: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    part = parts.add_parser("replay", help="simulate a real log (SWF, ITP or Philly table)")
    part.add_argument("trace", help="the log, plain or .gz")
    center = part.add_mutually_exclusive_group(required=True)
    center.add_argument("--processors", type=int, metavar="N", help="one flat pool of N accelerators")
    center.add_argument("--nodes", metavar="NxA", help="N nodes of A accelerators each, such as 128x8")
    center.add_argument("--center", metavar="SCENARIO", help="the center (and policy) of a scenario")
    part.add_argument("--policy", metavar="NAME", help="a named policy")
    part.add_argument("--order", help="fifo, sjf, smallest-first, largest-first or priority")
    part.add_argument("--backfill", help="none, easy, easy-sjbf or conservative")
    part.add_argument("--placement", help="first-fit, best-fit, worst-fit or fewest-racks")
    part.add_argument("--format", help="the log's format where its name and first line do not tell it")
    part.add_argument("--horizon", metavar="TIME", help='stop there, such as "28 d" from the log\'s zero')
    part.add_argument("--warmup", metavar="TIME", default="0 d", help="leave the jobs of this time out of the figures")
    part.add_argument("--skip-first", metavar="N%", default="0%", help="leave the first N %% of the jobs out")
    _run_options(part)
    _outputs(part)
    part.set_defaults(command=_lazily("commands", "replay"))


def _compare(parts: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    part = parts.add_parser("compare", help="run several policies on one scenario, on the same jobs")
    part.add_argument("scenario", help="name of a shipped scenario, or a TOML file")
    part.add_argument(
        "--policies", metavar="A,B,...", default="fifo,easy,easy-sjbf,conservative", help="named policies"
    )
    part.add_argument(
        "--replications", type=int, metavar="N", help="over N paired replications: intervals, what is beyond chance"
    )
    _scenario_options(part)
    part.add_argument("--json", action="store_true", help="print one JSON object")
    _fail_if(part, "policies.easy.platforms.talent.wait_s.p95 > 3 min")
    part.set_defaults(command=_lazily("commands", "compare"))


def _show(parts: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    part = parts.add_parser("show", help="print the resolved scenario and its offered load, with warnings")
    part.add_argument("scenario")
    _scenario_options(part)
    part.add_argument("--json", action="store_true", help="print one JSON object")
    part.set_defaults(command=_lazily("commands", "show"))


def _validate(parts: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    part = parts.add_parser("validate", help="check scenarios; print every mistake")
    part.add_argument("scenarios", nargs="+", metavar="SCENARIO")
    part.add_argument("--set", action="append", default=[], metavar="PATH=VALUE", help="change a value")
    part.set_defaults(command=_lazily("commands", "validate"))


def _scenario(parts: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    part = parts.add_parser("scenario", help="list the shipped scenarios; print the JSON schema or the reference")
    part.add_argument("what", choices=("list", "schema", "reference"))
    part.set_defaults(command=_lazily("commands", "scenario"))


def _scenario_options(part: argparse.ArgumentParser) -> None:
    part.add_argument("--seed", type=int, help="instead of the scenario's seed")
    part.add_argument(
        "--set", action="append", default=[], metavar="PATH=VALUE", help="change a value: center.nodes.910b.count=64"
    )


def _run_options(part: argparse.ArgumentParser) -> None:
    part.add_argument("--stride", choices=STRIDES, default="calendar", help="the decision log is the same on both")


def _outputs(part: argparse.ArgumentParser) -> None:
    part.add_argument("--out", metavar="FOLDER", help="write result.parquet and the plots there")
    part.add_argument("--json", action="store_true", help="print one JSON object")
    _fail_if(part, "platforms.talent.wait_s.p95 > 3 min")


def _fail_if(part: argparse.ArgumentParser, example: str) -> None:
    part.add_argument(
        "--fail-if", action="append", default=[], metavar="CONDITION", help=f"exit with 1 where it holds: '{example}'"
    )


def _lazily(module: str, name: str) -> Callable[[argparse.Namespace], int]:
    """Return the command, imported when it runs: the help must not wait for it."""

    def command(options: argparse.Namespace) -> int:
        from importlib import import_module

        home = import_module(f"onecenter.cli.{module}")
        status: int = getattr(home, f"command_{name}")(options)
        return status

    return command


if __name__ == "__main__":
    sys.exit(main())
