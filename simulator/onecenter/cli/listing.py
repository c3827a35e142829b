"""`onecenter policies`."""

import argparse

from onecenter.cli.printing import console, print_view
from onecenter.cli.status import FINE
from onecenter.cli.streams import print_json
from onecenter.policies.catalogue import catalogue
from onecenter.results.views import Cell, View


def command_policies(options: argparse.Namespace) -> int:
    """List all policies by name."""
    listed = list(catalogue())
    if options.json:
        print_json({"policies": [each._asdict() for each in listed]})
        return FINE
    columns = ("name", "part", "way", "strides", "parameters", "source")
    rows = [
        [each.name, each.part, each.way, ", ".join(each.strides), ", ".join(each.parameters), each.source]
        for each in listed
    ]
    print_view(console(), View(columns, [[Cell(text) for text in row] for row in rows]))
    return FINE
