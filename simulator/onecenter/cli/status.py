"""The exit status of a command, and the line that is printed where it fails."""

import errno
import sys
import warnings
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Final

from onecenter.errors import OnecenterError
from onecenter.visible import visible

FINE: Final = 0
CONDITION: Final = 1
MISTAKE: Final = 2
UNEXPECTED: Final = 3
INTERRUPTED: Final = 130

#: What `onecenter --help` says of them; the README says more.
EPILOG: Final = (
    "exit status: 0 fine; 1 a condition of --fail-if holds, and nothing else; 2 a mistake in what was handed in; "
    "3 anything unexpected; 130 interrupted"
)

#: Where a fault is to be reported; the README has a section of that name.
REPORT: Final = 'please report it as the README says under "Report a fault", with what --debug shows'

#: What the user can do where the machine sets a limit, by number of the error.
LIMITS: Final = {
    errno.EMFILE: "too many open files: raise the limit (ulimit -n)",
    errno.ENFILE: "too many open files on this machine",
    errno.ENOSPC: "no space left on the disk",
    errno.EDQUOT: "the disk quota is used up",
    errno.ENOMEM: "out of memory: raise the limit (ulimit -v), or take a shorter horizon or fewer --workers",
    errno.EAGAIN: "no more processes or threads may be started: raise the limit (ulimit -u), or take fewer --workers",
}

#: Words by which errors tell such a limit that do not carry a number.
SIGNS: Final = {
    "can't start new thread": errno.EAGAIN,
    "failed to map segment": errno.ENOMEM,
    "Cannot allocate memory": errno.ENOMEM,
    "Too many open files": errno.EMFILE,
    "No space left": errno.ENOSPC,
}

#: Characters of an error that are printed.
LENGTH: Final = 300


def status_of(command: Callable[[], int], came: Sequence[int]) -> int:
    """Return the exit status of a command after printing why it failed, if it did.

    Parameters
    ----------
    command : callable
        Returns its own exit status.
    came : sequence of int
        Signals that came meanwhile: an error that follows one is its consequence.
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
    for each in _chain(error):
        if type(each).__name__ == "BrokenProcessPool":
            return "a worker process was killed, perhaps for want of memory: take fewer --workers"
        number = errno.ENOMEM if isinstance(each, MemoryError) else getattr(each, "errno", None)
        number = next((found for sign, found in SIGNS.items() if sign in str(each)), number)
        if number in LIMITS:
            return LIMITS[number]
    text = visible(" ".join(str(error).split())[:LENGTH])
    return f"unexpected: {type(error).__name__}: {text}; {REPORT}"


def _chain(error: BaseException | None) -> Iterator[BaseException]:
    while error is not None:
        yield error
        error = error.__cause__ or error.__context__
