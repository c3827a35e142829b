"""The plots of a result as files."""

from pathlib import Path

from onecenter.result import Result

#: More jobs than that make no legible Gantt chart.
GANTT_JOBS = 200


def save_plots(result: Result, folder: Path) -> list[Path]:
    """Write the plots as PNG; return their paths."""
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    names = ["utilisation", "queue", "waits", *(["gantt"] if len(result.workload) <= GANTT_JOBS else [])]
    paths = []
    for name in names:
        figure = Figure(figsize=(9, 4.5), layout="constrained")
        FigureCanvasAgg(figure)
        getattr(result.plot, name)(figure.add_subplot())
        paths.append(folder / f"{name}.png")
        figure.savefig(paths[-1], dpi=120)
    return paths
