"""The plots of a result as files."""

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from onecenter.simulation.result import Result
from onecenter.system.atomic import replacing

if TYPE_CHECKING:
    from matplotlib.axes import Axes

#: More jobs than that make no legible Gantt chart.
GANTT_JOBS = 200


def save_plots(result: Result, folder: Path) -> list[Path]:
    """Write the plots as PNG; return their paths."""
    names = ["utilisation", "queue", "waits", *(["gantt"] if len(result.workload) <= GANTT_JOBS else [])]
    return [save_axes(getattr(result.plot, name), folder / f"{name}.png") for name in names]


def save_axes(draw: Callable[["Axes"], Any], path: Path) -> Path:
    """Write one plot as PNG; return its path."""
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    figure = Figure(figsize=(9, 4.5), layout="constrained")
    FigureCanvasAgg(figure)
    draw(figure.add_subplot())
    with replacing(path) as temporary:
        figure.savefig(temporary, format="png", dpi=120)
    return path
