"""What this machine, and the limits that are set on it, let a process do."""

import errno
import os
from collections.abc import Iterator
from typing import Final

#: Bytes of address space that the libraries take before any work; for each processor (their threads) more.
ADDRESS_SPACE: Final = 2 << 30
FOR_EACH_PROCESSOR: Final = 16 << 20

#: What the user can do about a limit, by number of the error.
REMEDIES: Final = {
    errno.EMFILE: "too many open files: raise the limit (ulimit -n)",
    errno.ENFILE: "too many open files on this machine",
    errno.ENOSPC: "no space left on the disk",
    errno.EDQUOT: "the disk quota is used up",
    errno.ENOMEM: "out of memory: raise the limit (ulimit -v), or take a shorter horizon or fewer --workers",
    errno.EAGAIN: "no more processes or threads may be started: raise the limit (ulimit -u), or take fewer --workers",
}

#: Words of errors that tell of such a limit without its number.
SIGNS: Final = {
    "can't start new thread": errno.EAGAIN,
    "could not spawn threads": errno.EAGAIN,
    "failed to map segment": errno.ENOMEM,
    "Cannot allocate memory": errno.ENOMEM,
    "Too many open files": errno.EMFILE,
    "No space left": errno.ENOSPC,
}


class LimitError(Exception):
    """A limit that is set leaves no room to begin; the text says which, and what would do."""


def processors() -> int:
    """Return how many processors this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def check_address_space() -> None:
    """Refuse to begin where the libraries would crash or wait for ever instead of raising an error."""
    try:
        import resource
    except ImportError:  # there are none on Windows
        return
    limit, _ = resource.getrlimit(resource.RLIMIT_AS)
    least = ADDRESS_SPACE + FOR_EACH_PROCESSOR * processors()
    if limit != resource.RLIM_INFINITY and limit < least:
        low, enough = limit >> 10, least >> 10
        raise LimitError(f"the memory limit of {low} KiB (ulimit -v) is too low: at least {enough} KiB is needed")


def limit_met(error: BaseException) -> str | None:
    """Return in one sentence which limit of the machine an error tells of; None: it tells of none."""
    for each in _chain(error):
        if isinstance(each, LimitError):
            return str(each)
        if type(each).__name__ == "BrokenProcessPool":  # of a module that is imported where it is used
            return "a worker process was killed, perhaps for want of memory: take fewer --workers"
        number = errno.ENOMEM if isinstance(each, MemoryError) else getattr(each, "errno", None)
        number = next((found for sign, found in SIGNS.items() if sign in str(each)), number)
        if number in REMEDIES:
            return REMEDIES[number]
    return None


def _chain(error: BaseException | None) -> Iterator[BaseException]:
    while error is not None:
        yield error
        error = error.__cause__ or error.__context__
