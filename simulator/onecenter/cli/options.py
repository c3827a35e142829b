"""Options that several commands share."""

import argparse

STRIDES = ("calendar", "event")


def add_scenario_options(part: argparse.ArgumentParser) -> None:
    """Add what changes a scenario."""
    part.add_argument("--seed", type=int, help="instead of the scenario's seed")
    part.add_argument(
        "--set", action="append", default=[], metavar="PATH=VALUE", help="change a value: center.nodes.910b.count=64"
    )


def add_run_options(part: argparse.ArgumentParser) -> None:
    """Add what changes how a run is computed."""
    part.add_argument("--stride", choices=STRIDES, default="calendar", help="the decision log is the same on both")


def add_outputs(part: argparse.ArgumentParser) -> None:
    """Add what is written and printed."""
    part.add_argument("--out", metavar="FOLDER", help="write result.parquet and the plots there")
    part.add_argument("--json", action="store_true", help="print one JSON object")
    add_fail_if(part, "platforms.talent.wait_s.p95 > 3 min")


def add_fail_if(part: argparse.ArgumentParser, example: str) -> None:
    """Add --fail-if, with an example."""
    part.add_argument(
        "--fail-if", action="append", default=[], metavar="CONDITION", help=f"exit with 1 where it holds: '{example}'"
    )
