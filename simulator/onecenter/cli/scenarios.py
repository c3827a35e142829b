"""The commands of `onecenter scenario`: what there is, and scenarios made of configurations."""

import argparse
import sys

from onecenter.cli.outputs import cannot_be_written
from onecenter.cli.status import FINE
from onecenter.cli.streams import print_json
from onecenter.imports.answer import Imported
from onecenter.scenario import shipped
from onecenter.scenario.toml import dump
from onecenter.system.atomic import write_text
from onecenter.visible import visible


def command_list(options: argparse.Namespace) -> int:
    """List the shipped scenarios."""
    print("\n".join(shipped()))
    return FINE


def command_schema(options: argparse.Namespace) -> int:
    """Print the JSON schema."""
    from onecenter.scenario.reference import json_schema

    print_json(json_schema())
    return FINE


def command_reference(options: argparse.Namespace) -> int:
    """Print the reference."""
    from onecenter.scenario.reference import reference

    print(reference(), end="")
    return FINE


def command_from_kueue(options: argparse.Namespace) -> int:
    """Write the scenario of Kueue's objects."""
    from onecenter.imports.kueue import from_kueue

    return _deliver(from_kueue(options.files, dict(options.nodes), options.resource), options)


def command_from_slurm(options: argparse.Namespace) -> int:
    """Write the scenario of Slurm's files."""
    from onecenter.imports.slurm import from_slurm

    return _deliver(from_slurm(options.files), options)


def _deliver(found: Imported, options: argparse.Namespace) -> int:
    """Write the scenario; print it, or how it came about."""
    text = dump(found.scenario)
    if options.to is not None:
        with cannot_be_written(options.to, "--to"):
            write_text(options.to, text)
    if options.json:
        answer = {name: getattr(found, name) for name in ("scenario", "assumed", "to_add")}
        print_json(answer | {"not_modelled": [each._asdict() for each in found.not_modelled]})
        return FINE
    if options.to is None:
        print(text, end="")
    for title, lines in (
        ("not modelled", [f"{each.file}:{each.line}: {each.what}" for each in found.not_modelled]),
        ("assumed", found.assumed),
        ("to be added", found.to_add),
    ):
        for line in lines:
            print(f"  {title}: {visible(line)}", file=sys.stderr)
    if options.to is not None:
        print(f"  written: {visible(options.to)}")
    return FINE
