"""The command `onecenter`: its parser, and the exit status."""

import argparse
import os
import sys
import traceback
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, NoReturn

from onecenter import __version__
from onecenter.cli.interrupts import interruptible
from onecenter.cli.options import COMMANDS, Command, Option
from onecenter.cli.status import EPILOG, spoken_warnings, status_of
from onecenter.cli.streams import answers_alone, streams
from onecenter.errors import OnecenterError
from onecenter.system.machine import check_address_space


class Parser(argparse.ArgumentParser):
    """A parser that reports a mistake as every other mistake is reported."""

    def error(self, message: str) -> NoReturn:
        """Raise the mistake as an OnecenterError."""
        command = self.prog.partition(" ")[2]
        about = message.removeprefix("argument ")
        hint = "" if about != message else f"; `{self.prog} --help` lists what is expected"
        raise OnecenterError(command or "command line", [about + hint])

    def _get_values(self, action: argparse.Action, arg_strings: list[str]) -> Any:
        # argparse takes the -- of --seed=-- away and goes on with an empty list, which no type has seen.
        if action.nargs is None and arg_strings == ["--"]:
            raise argparse.ArgumentError(action, "'--': a value is expected")
        return super()._get_values(action, arg_strings)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line; return the exit status, as `status` declares it."""
    with streams(), spoken_warnings(), interruptible() as came:
        return status_of(lambda: _called(arguments), came)


def program() -> NoReturn:
    """Run the command line as a process of its own, and end it with the exit status."""
    try:
        status = main()
    except SystemExit as ended:  # of --help, and of options that do not exist
        status = int(ended.code or 0)
    # All files are closed by now: to take the interpreter down object by object costs more than a small run.
    os._exit(status)


def _called(arguments: Sequence[str] | None) -> int:
    options = parser().parse_args(arguments)
    try:
        read_by_programs = getattr(options, "json", False) or getattr(options, "markdown", False)
        with answers_alone(read_by_programs):
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
    parts = [top, *_with_commands(top, COMMANDS)]
    top.add_argument("--version", action="version", version=f"onecenter {__version__}")
    top.set_defaults(debug=False)
    for part in parts:
        part.epilog = EPILOG
        part.add_argument(
            "--debug", action="store_true", default=argparse.SUPPRESS, help="show the traceback where it fails"
        )
    return top


def _with_commands(top: argparse.ArgumentParser, commands: Mapping[str, Command]) -> Iterator[argparse.ArgumentParser]:
    """Give a parser its commands, and those their own; yield the parsers of all."""
    parts = top.add_subparsers(title="commands", required=True, metavar="COMMAND")
    for name, command in commands.items():
        part = parts.add_parser(name, help=command.about)
        for option in command.options:
            alone = isinstance(option, Option)
            target = part if alone else part.add_mutually_exclusive_group()
            for names, given in [option] if isinstance(option, Option) else option:
                target.add_argument(*names, **given)
        yield part
        if command.commands:
            yield from _with_commands(part, command.commands)
        else:
            part.set_defaults(command=_lazily(command.module, name))


def _lazily(module: str, name: str) -> Callable[[argparse.Namespace], int]:
    """Return the command, imported when it runs: the help must not wait for it."""

    def command(options: argparse.Namespace) -> int:
        from importlib import import_module

        check_address_space()
        home = import_module(f"onecenter.cli.{module}")
        status: int = getattr(home, f"command_{name.replace('-', '_')}")(options)
        return status

    return command


if __name__ == "__main__":
    sys.exit(main())
