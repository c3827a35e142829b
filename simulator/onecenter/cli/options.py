"""The parser, and options that several commands share."""

import argparse
from typing import Any, NoReturn

from onecenter.checks import SEED, WORKERS, Whole
from onecenter.cli.values import CHANGE, FOLDER, Count, Judged
from onecenter.errors import OnecenterError

STRIDES = ("calendar", "event")


class Parser(argparse.ArgumentParser):
    """A parser that tells a mistake as every other mistake is told."""

    def error(self, message: str) -> NoReturn:
        """Raise the mistake.

        Raises
        ------
        OnecenterError
            Always.
        """
        command = self.prog.partition(" ")[2]
        about = message.removeprefix("argument ")
        hint = "" if about != message else f"; `{self.prog} --help` lists what is expected"
        raise OnecenterError(command or "command line", [about + hint])

    def _get_values(self, action: argparse.Action, arg_strings: list[str]) -> Any:
        # argparse takes the -- of --seed=-- away and goes on with an empty list, which no type has seen.
        if action.nargs is None and arg_strings == ["--"]:
            raise argparse.ArgumentError(action, "'--': a value is expected")
        return super()._get_values(action, arg_strings)


def add_scenario_options(part: argparse.ArgumentParser) -> None:
    """Add what changes a scenario."""
    part.add_argument("--seed", type=Count(SEED), metavar="N", help="instead of the scenario's seed")
    add_set(part)


def add_set(part: argparse.ArgumentParser) -> None:
    """Add --set."""
    part.add_argument(
        "--set",
        action="append",
        type=CHANGE,
        default=[],
        metavar="PATH=VALUE",
        help=f"change a value: {CHANGE.example}",
    )


def add_replications(part: argparse.ArgumentParser, check: Whole, about: str) -> None:
    """Add replications, and the processes that run them."""
    part.add_argument("--replications", type=Count(check), metavar="N", help=about)
    part.add_argument(
        "--workers",
        type=Count(WORKERS),
        metavar="N",
        help="with --replications: processes; default: one per processor; 1: this process",
    )


def add_run_options(part: argparse.ArgumentParser) -> None:
    """Add what changes how a run is computed."""
    part.add_argument("--stride", choices=STRIDES, default="calendar", help="the decision log is the same on both")


def add_outputs(part: argparse.ArgumentParser) -> None:
    """Add what is written and printed."""
    part.add_argument("--out", type=FOLDER, metavar="FOLDER", help="write result.parquet and the plots there")
    part.add_argument("--json", action="store_true", help="print one JSON object")
    add_fail_if(part, "platforms.talent.wait_s.p95 > 3 min")


def add_fail_if(part: argparse.ArgumentParser, example: str) -> None:
    """Add --fail-if, with an example."""
    part.add_argument(
        "--fail-if",
        action="append",
        type=Judged(),
        default=[],
        metavar="CONDITION",
        help=f"exit with 1 where it holds: '{example}'",
    )
