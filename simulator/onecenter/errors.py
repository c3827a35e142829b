"""Errors a user can cause. Each names every mistake it found; the command line exits with 2."""

from collections.abc import Sequence
from typing import Any

from onecenter.visible import visible


class OnecenterError(Exception):
    """A mistake in what was handed in.

    Parameters
    ----------
    source : str
        What was read: a file, a command-line option, a call.
    mistakes : sequence of str
        Each with its path or line, the value, and what would be right; its invisible characters are written out.
    """

    def __init__(self, source: str, mistakes: Sequence[str]) -> None:
        self.source = source
        self.mistakes = [visible(mistake) for mistake in mistakes]
        super().__init__(self._text())

    def __reduce__(self) -> tuple[type["OnecenterError"], tuple[str, list[str]]]:
        return type(self), (self.source, self.mistakes)

    def _text(self) -> str:
        source = visible(self.source)
        if len(self.mistakes) == 1:
            return f"{source}: {self.mistakes[0]}"
        lines = "".join(f"\n  - {mistake}" for mistake in self.mistakes)
        return f"{source}: {len(self.mistakes)} mistakes{lines}"


class ScenarioError(OnecenterError):
    """A scenario cannot be used."""


class TraceError(OnecenterError):
    """A trace cannot be read."""


class ResultError(OnecenterError):
    """A saved result cannot be read or written."""


class PolicyError(OnecenterError):
    """A policy asked for something impossible.

    Attributes
    ----------
    log : polars.DataFrame or None
        The decision log up to there, where code of the user's own went wrong in a run.
    """

    log: Any = None

    def __reduce__(self) -> Any:
        return type(self), (self.source, self.mistakes), {"log": self.log}


class SimulationError(OnecenterError):
    """A process or call asked the center for something impossible."""


class PlanError(OnecenterError):
    """A plan, comparison or sweep was asked for something impossible."""
