"""Reading what a report is made from; every file is untrusted."""

from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Any, Final, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from onecenter.errors import OnecenterError, ResultError
from onecenter.report.subject import Subject, subject_of
from onecenter.result import Result

#: What `onecenter run --out` and `onecenter plan --out` write into their folder.
RESULT, PLAN = "result.parquet", "plan.json"

#: No plan is larger (bytes).
LARGEST: Final = 1 << 26

Number = Annotated[float, Field(ge=0, le=1e15, allow_inf_nan=False)]
Share = Annotated[float, Field(ge=0, le=1, allow_inf_nan=False)]
Count = Annotated[int, Field(ge=0, le=10**9)]
Verdict = Literal["met", "missed", "undecided"]


class _Plain(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore")


class Standing(_Plain):
    """How a target stands under a fleet; `limit`, `value`, `low`, `high` in s, or factors."""

    platform: str
    what: str
    limit: Number
    value: Number | None = None
    low: Number | None = None
    high: Number | None = None
    miss_share: Share | None = None
    verdict: Verdict


class Fleet(_Plain):
    """A fleet that was tried."""

    values: dict[str, Count]
    nodes: Count
    cost: Number | None = None
    replications: Count | None = None
    verdict: Verdict
    targets: list[Standing]


class Check(_Plain):
    """An M/G/c approximation of the answer."""

    p95_s: Number | None = None


class PlanFile(_Plain):
    """A plan as `onecenter plan --json` prints it."""

    answer: dict[str, Count]
    undecided: list[dict[str, Count]] = Field(default_factory=list)
    check: Check | None = None
    text: dict[str, str] = Field(default_factory=dict)
    tried: Annotated[list[Fleet], Field(min_length=1)]

    @property
    def fleet(self) -> Fleet | None:
        """The fleet of the answer, if it was tried."""
        return next((fleet for fleet in self.tried if self.answer and fleet.values == self.answer), None)


def read(paths: Sequence[str | Path]) -> tuple[list[Subject], PlanFile | None]:
    """Return the results and the plan that files and folders hold.

    Parameters
    ----------
    paths : sequence of path
        Saved results, folders that hold one as result.parquet, and at most one plan (plan.json, or any *.json).

    Raises
    ------
    OnecenterError
        If a file is missing, damaged or something else, or there is no result; all are named.
    """
    mistakes: list[str] = []
    results, plans = _sorted(paths, mistakes)
    subjects = [found for path in results if (found := _tried(_result, path, mistakes)) is not None]
    read_plans = [found for path in plans if (found := _tried(_plan, path, mistakes)) is not None]
    if len(plans) > 1:
        mistakes.append(f"{', '.join(map(str, plans))}: one plan at most is expected")
    if not results and not mistakes:
        mistakes.append("no saved result is given: `onecenter run SCENARIO --out FOLDER` writes one into FOLDER")
    if mistakes:
        raise OnecenterError("report", mistakes)
    return subjects, read_plans[0] if read_plans else None


def _sorted(paths: Sequence[str | Path], mistakes: list[str]) -> tuple[list[Path], list[Path]]:
    """Return the files of results and of plans, each once."""
    results: list[Path] = []
    plans: list[Path] = []
    for path in map(Path, paths):
        if path.is_dir():
            inside = [path / RESULT, path / PLAN]
            results += [each for each in inside[:1] if each.exists()]
            plans += [each for each in inside[1:] if each.exists()]
            if not any(each.exists() for each in inside):
                mistakes.append(f"{path}: the folder holds no {RESULT}")
        else:
            (plans if path.suffix == ".json" else results).append(path)
    return list(dict.fromkeys(results)), list(dict.fromkeys(plans))


def _tried(reader: Any, path: Path, mistakes: list[str]) -> Any:
    try:
        return reader(path)
    except OnecenterError as error:
        mistakes += [f"{path}: {mistake}" for mistake in error.mistakes]
        return None


def _result(path: Path) -> Subject:
    name = path.parent.name if path.name == RESULT and path.parent.name else path.stem
    result = Result.load(path)
    try:
        return subject_of(result, name)
    except (KeyError, TypeError, ValueError, AttributeError, IndexError, ArithmeticError) as error:
        raise ResultError(str(path), [f"damaged: {error!r} while reading it; run it again"]) from error


def _plan(path: Path) -> PlanFile:
    try:
        if path.stat().st_size > LARGEST:
            raise ResultError(str(path), ["too large for a plan"])
        return PlanFile.model_validate_json(path.read_bytes())
    except OSError as error:
        raise ResultError(str(path), [f"it cannot be read: {error.strerror or error}"]) from error
    except ValidationError as error:
        found = [f"{'.'.join(map(str, one['loc'])) or 'it'}: {one['msg']}" for one in error.errors()[:20]]
        raise ResultError(str(path), [f"no plan of `onecenter plan --json`: {text}" for text in found]) from error
