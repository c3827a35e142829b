"""A scheduler of the user's own: a class that makes the whole pass."""

import inspect
from collections.abc import Callable
from typing import Any, Final

from onecenter.checks import shown
from onecenter.errors import PolicyError
from onecenter.policies.code import Code, find, hash_of

#: What a user's scheduler is called, whatever its name.
BY_SCHEDULER: Final = "scheduler"

EXPECTED: Final = "class {name}(oc.Scheduler) with def schedule(self, view) is expected"


class Scheduler:
    """What a scheduler of your own is derived from; each run makes one of it, without arguments.

    Attributes
    ----------
    evicts : bool
        Of the class: whether it may evict running jobs. Then attempts, checkpoints and requeues are as the classes of
        jobs say.
    """

    evicts: bool = False

    def schedule(self, view: Any) -> None:
        """Make one pass, once per step, after all that happened in it.

        Parameters
        ----------
        view : View
            The center now.
        """
        raise NotImplementedError("a scheduler has a method schedule(self, view)")


class SchedulerCode(Code):
    """A class derived from `Scheduler`."""

    @property
    def evicts(self) -> bool:
        """Whether it may evict running jobs; of a saved result that is not known."""
        return self.function is not None and bool(self.function.evicts)  # type: ignore[attr-defined]

    def made(self) -> Scheduler:
        """Return a new scheduler; a PolicyError says why there is none."""
        if self.function is None:
            lacks = f"{self.name} is code, which no result holds: give it anew, as --policy FILE:NAME"
            raise PolicyError("policy", [lacks])
        try:
            scheduler: Scheduler = self.function()
        except Exception as error:
            raise PolicyError("policy", [f"{self.name}(): {type(error).__name__}: {error}"]) from error
        return scheduler


def is_scheduler(value: Any) -> bool:
    """Tell whether a value is meant to be a scheduler: a class, or one made of such a class."""
    return isinstance(value, type | Scheduler)


def scheduler_of(value: Callable[..., Any], name: str = "", source: bytes = b"", file: str = "") -> SchedulerCode:
    """Return the scheduler that a class is; a PolicyError says what else is expected."""
    named = name or getattr(value, "__qualname__", type(value).__qualname__)
    expected = EXPECTED.format(name=named.rpartition(":")[2])
    if not isinstance(value, type) or not issubclass(value, Scheduler):
        raise PolicyError("policy", [f"{named}: {expected}"])
    if value.schedule is Scheduler.schedule:
        raise PolicyError("policy", [f"{named}: it has no schedule; {expected}"])
    if not isinstance(value.evicts, bool):
        raise PolicyError("policy", [f"{named}: evicts = {shown(value.evicts)}: True or False is expected"])
    try:
        inspect.signature(value.schedule).bind(None, None)
    except TypeError:
        given = f"schedule{inspect.signature(value.schedule)}"
        raise PolicyError("policy", [f"{named}.{given}: {expected}"]) from None
    return SchedulerCode(named, hash_of(value, source), value, file)


def read_scheduler(text: str) -> SchedulerCode:
    """Return the scheduler of "FILE:NAME"; its file is run, as it is code."""
    found = find(text)
    return scheduler_of(found.value, found.name, found.source, found.file)
