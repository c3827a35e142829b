"""The pictures of a result."""

from textwrap import wrap
from typing import TYPE_CHECKING, Any, Final

from onecenter.fleet import accelerators_of
from onecenter.visible import visible
from onecenter.words import Words

if TYPE_CHECKING:
    from matplotlib.axes import Axes

#: Letters of a line of a title.
TITLE: Final = 95


class Plots:
    """Pictures of a result.

    Each draws on `ax`, or on new Axes of pyplot, writes in `language` ("en" or "zh"), and returns the Axes.
    """

    def __init__(self, result: Any) -> None:
        self._of = result

    def _drawn(self, name: str, ax: "Axes | None", language: str, *data: Any) -> "Axes":
        """Draw data with what was run and the policy written above."""
        from onecenter import plot

        ax, words = plot.style.prepared(ax), Words(language)
        what = visible(str(self._of.provenance.get("name")))
        title = wrap(words("plot.title", name=what, policy=self._of.policy.text), TITLE)
        ax.set_title("\n".join(title), loc="left", fontsize="medium")
        found: Axes = getattr(plot, name)(*data, self._of.labels_in(language), ax, words)
        return found

    def utilisation(self, ax: "Axes | None" = None, language: str = "en") -> "Axes":
        """Accelerators in use over time, by platform."""
        of = self._of
        return self._drawn("utilisation", ax, language, of.series, accelerators_of(of.fleet), of.window)

    def queue(self, ax: "Axes | None" = None, language: str = "en") -> "Axes":
        """Waiting jobs over time, by platform."""
        return self._drawn("queue", ax, language, self._of.series, self._of.window)

    def waits(self, ax: "Axes | None" = None, language: str = "en") -> "Axes":
        """How long jobs wait, by platform, with the targets."""
        return self._drawn("waits", ax, language, self._of.wait_samples, self._of.targets)

    def shares(self, ax: "Axes | None" = None, language: str = "en") -> "Axes":
        """What platforms hold of each node type over time, against their quota; a ValueError where there is none."""
        return self._drawn("shares", ax, language, self._of.usage, self._of.window)

    def gantt(self, ax: "Axes | None" = None, language: str = "en") -> "Axes":
        """Which job ran where and when, for small runs."""
        of = self._of
        return self._drawn("gantt", ax, language, of.jobs, of.segments, of.nodes, of.window)
