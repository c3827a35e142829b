"""Pictures of a run. Each takes tables, draws on given Axes or on new ones, and returns the Axes."""

from onecenter.plot.gantt import gantt
from onecenter.plot.overtime import queue, utilisation, week
from onecenter.plot.sharing import shares
from onecenter.plot.style import new_axes
from onecenter.plot.waiting import waits

__all__ = ["gantt", "new_axes", "queue", "shares", "utilisation", "waits", "week"]
