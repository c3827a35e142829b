"""What comes out of a configuration: a scenario, what of the files is not in it, and what was filled in."""

from collections.abc import Mapping
from typing import Any, Final, NamedTuple

from onecenter.errors import OnecenterError
from onecenter.imports.fields import Field
from onecenter.scenario.files import from_dict

#: More mistakes than these are not told at once.
MAX_MISTAKES: Final = 50

#: A Monday; files of a configuration name no date.
TIME: Final = {"start": "2026-01-05T00:00:00+00:00", "horizon": "28 d"}


class LeftOut(NamedTuple):
    """A value that no run follows, with its line."""

    file: str
    line: int
    what: str


class Imported(NamedTuple):
    """A scenario in the words of its file; what is not modelled, what was assumed, and what is still to be added."""

    scenario: dict[str, Any]
    not_modelled: tuple[LeftOut, ...]
    assumed: tuple[str, ...]
    to_add: tuple[str, ...]


class Notes:
    """What is noted while files are read."""

    def __init__(self) -> None:
        self.mistakes: list[str] = []
        self.left_out: list[LeftOut] = []
        self.assumed: list[str] = []
        self.to_add: list[str] = []

    def wrong(self, at: Field, right: str) -> None:
        """Note a mistake."""
        self.mistakes.append(f"{at.place}: {at}: {right}")

    def leave_out(self, at: Field, why: str = "") -> None:
        """Note a value that is not modelled; all of it counts as read."""
        at.read = True
        self.left_out.append(LeftOut(*at.place, f"{at}: {why}" if why else str(at)))

    def leave_out_rest(self, of: Field) -> None:
        """Note all that nobody has read."""
        for each in of.leftovers():
            self.leave_out(each)

    def check(self, source: str) -> None:
        """Raise what is wrong, all at once."""
        if self.mistakes:
            more = ["and more; correct these first"] if len(self.mistakes) > MAX_MISTAKES else []
            raise OnecenterError(source, [*self.mistakes[:MAX_MISTAKES], *more])

    def answer(self, source: str, parts: Mapping[str, Any]) -> Imported:
        """Return the scenario of these parts, which must be one."""
        self.check(source)
        scenario = {"notes": [*self.assumed, *self.to_add], "time": TIME, **parts}
        from_dict(scenario, source)
        ordered = sorted(self.left_out, key=lambda each: (each.file, each.line))
        return Imported(scenario, tuple(ordered), tuple(self.assumed), tuple(self.to_add))
