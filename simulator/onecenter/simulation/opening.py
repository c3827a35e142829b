"""Results that are given as they are, or as what `onecenter run --out` has written."""

from os import PathLike
from pathlib import Path
from typing import Final

from onecenter.checks import shown
from onecenter.errors import ResultError
from onecenter.simulation.result import Result

ResultLike = Result | str | PathLike[str]

#: What a folder of --out holds.
NAME: Final = "result.parquet"


def opened(result: ResultLike) -> Result:
    """Return a result; a file, or a folder that holds one, is read."""
    if isinstance(result, Result):
        return result
    if not isinstance(result, str | PathLike):
        right = "a result, a file, or a folder of `onecenter run --out` is expected"
        raise ResultError("result", [f"{shown(result)}: {right}"])
    path = Path(result)
    if path.is_dir():
        path /= NAME
        if not path.exists():
            raise ResultError(str(result), [f"the folder holds no {NAME}"])
    return Result.load(path)
