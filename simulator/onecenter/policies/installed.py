"""Policies that installed packages register by the entry point group `onecenter.policies`."""

from importlib.metadata import EntryPoint, entry_points
from typing import Final

from onecenter.errors import PolicyError
from onecenter.policies.key import Key, key_of
from onecenter.policies.scheduler import SchedulerCode, is_scheduler, scheduler_of

#: The group of entry points; each names a key or a scheduler.
GROUP: Final = "onecenter.policies"


def installed() -> dict[str, EntryPoint]:
    """Return by name what packages register; nothing of it is loaded."""
    return {entry.name: entry for entry in sorted(entry_points(group=GROUP), key=lambda entry: entry.name)}


def installed_code(entry: EntryPoint) -> Key | SchedulerCode:
    """Return the key or the scheduler that a package registers."""
    try:
        found = entry.load()
    except Exception as error:
        told = f"{entry.name}: {entry.value} of an installed package cannot be loaded: {type(error).__name__}: {error}"
        raise PolicyError("policy", [told]) from error
    return scheduler_of(found, entry.name) if is_scheduler(found) else key_of(found, entry.name)
