"""Each notebook runs from top to bottom."""

from pathlib import Path

import pytest

#: The numbers of the notebooks that plan, which takes most of the time of all.
PLANNING = ("03", "04")


def is_slow(path: Path) -> bool:
    """Tell whether a notebook plans, or is one in Chinese, whose code is that of the English one."""
    return path.stem.startswith(PLANNING) or path.stem.endswith("_zh")


NOTEBOOKS = [
    pytest.param(path, marks=pytest.mark.slow if is_slow(path) else (), id=path.stem)
    for path in sorted((Path(__file__).parents[1] / "notebooks").glob("*.py"))
]


@pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore::RuntimeWarning")
@pytest.mark.parametrize("path", NOTEBOOKS)
def test_notebook_runs(path: Path) -> None:
    jupytext = pytest.importorskip("jupytext", reason="the extra notebook is not installed")
    nbclient = pytest.importorskip("nbclient", reason="the extra notebook is not installed")
    notebook = jupytext.read(path)
    nbclient.NotebookClient(notebook, timeout=300, kernel_name="python3").execute()
    kinds = {output["output_type"] for cell in notebook.cells if cell.cell_type == "code" for output in cell.outputs}
    assert "error" not in kinds
    assert "execute_result" in kinds
