"""The exit status of a command, and the line that is printed where it fails."""

import sys
import warnings
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Final

from onecenter.errors import OnecenterError
from onecenter.system.machine import limit_met
from onecenter.visible import visible

FINE: Final = 0
CONDITION: Final = 1
MISTAKE: Final = 2
UNEXPECTED: Final = 3
INTERRUPTED: Final = 130

#: What `onecenter --help` says of them; the README says more.
EPILOG: Final = (
    "exit status: 0 fine; 1 a condition of --fail-if holds, or the suite is not as committed; 2 a mistake in what was "
    "handed in; 3 anything unexpected; 130 interrupted"
)

#: Where a fault is to be reported; the README has a section of that name.
REPORT: Final = 'please report it as the README says under "Report a fault", with what --debug shows'

#: Characters of an error that are printed.
LENGTH: Final = 300


def status_of(command: Callable[[], int], came: Sequence[int]) -> int:
    """Return the exit status of a command after printing why it failed, if it did.

    An error after a signal that `came` meanwhile is its consequence.
    """
    try:
        try:
            return command()
        finally:
            sys.stdout.flush()
    except SystemExit:
        raise
    except BrokenPipeError:  # of a stream that the caller has set: see `streams`
        return FINE
    except BaseException as error:  # polars panics with a BaseException
        status = INTERRUPTED if came else _status(error)
        text = "interrupted" if status == INTERRUPTED else str(error) if status == MISTAKE else _unexpected(error)
    print(f"onecenter: {text}", file=sys.stderr)
    return status


@contextmanager
def spoken_warnings() -> Iterator[None]:
    """Print a warning as one line of the command, once, not as a line of code."""
    said: set[str] = set()

    def say(message: Warning | str, *_: object, **__: object) -> None:
        if str(message) not in said:
            said.add(str(message))
            print(f"onecenter: {visible(str(message))}", file=sys.stderr)

    with warnings.catch_warnings():
        warnings.showwarning = say
        yield


def _status(error: BaseException) -> int:
    if isinstance(error, KeyboardInterrupt):
        return INTERRUPTED
    return MISTAKE if isinstance(error, OnecenterError) else UNEXPECTED


def _unexpected(error: BaseException) -> str:
    """Return one line: what limit was met, or what is to be reported."""
    text = visible(" ".join(str(error).split())[:LENGTH])
    return limit_met(error) or f"unexpected: {type(error).__name__}: {text}; {REPORT}"
