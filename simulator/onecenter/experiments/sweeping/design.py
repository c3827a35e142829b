"""Which variants of a scenario a sweep runs: a grid, a list, or a quasi-random design."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from itertools import product
from math import prod
from typing import Any, Final, Literal, get_args

from onecenter.checks import POINTS, Number, OneOf, decimal, one, shown
from onecenter.errors import PlanError, ScenarioError
from onecenter.scenario import Scenario, shape, with_set
from onecenter.scenario.mistakes import shortened
from onecenter.scenario.overrides import names, value_of

Design = Literal["grid", "sobol"]
Point = dict[str, Any]

#: More points than these are a mistake.
MAX_POINTS: Final = 100_000

#: What a range may begin and end with; no value of a scenario is larger.
BOUND: Final = Number(-1e18, 1e18)


def points_of(
    scenario: Scenario, vary: Mapping[str, Any] | Sequence[Point], design: Design = "grid", count: int | None = None
) -> list[Point]:
    """Return the points of a sweep, each checked against the scenario.

    Parameters
    ----------
    scenario : Scenario
        What varies.
    vary : mapping of str to values, or sequence of mappings
        Values by path: a list, or text as on the command line ("16:64:8", start, stop included, step; "1,1.5,2"). For
        the design "sobol" a range by path: (low, high) or "low:high". A sequence of points is taken as it is.
    design : "grid" or "sobol"
        All combinations, or Sobol' points scrambled by the scenario's seed.
    count : int, optional
        Points of the design "sobol", a power of two; default 64.

    Raises
    ------
    PlanError
        With all mistakes.
    """
    one("design", design, OneOf(get_args(Design)), PlanError)
    if design == "sobol" and not isinstance(vary, Mapping):
        raise PlanError("design", ["points that are given are taken as they are: leave it out"])
    if design != "sobol" and count is not None:
        raise PlanError("points", [f"{shown(count)}: of the design sobol only; a grid has those that its values make"])
    if not isinstance(vary, Mapping):
        points = [dict(point) for point in vary]
    elif design == "grid":
        points = _grid({path: _values(path, values) for path, values in vary.items()})
    else:
        ranges = {_path(path): range_of(path, bounds) for path, bounds in vary.items()}
        points = scattered(scenario, ranges, 64 if count is None else count)
    if not points or not points[0]:
        raise PlanError("vary", ["at least one path with its values is expected: center.nodes.910b.count=16:64:8"])
    floats = _checked(scenario, points)
    return [
        {path: float(value) if path in floats and type(value) is int else value for path, value in point.items()}
        for point in points
    ]


def _grid(values: Mapping[str, Sequence[Any]]) -> list[Point]:
    count = prod(map(len, values.values()))
    if count > MAX_POINTS:
        raise PlanError("vary", [f"{count:,} points; at most {MAX_POINTS:,} are expected"])
    return [dict(zip(values, point, strict=True)) for point in product(*values.values())] if values else []


def _values(path: str, values: Any) -> list[Any]:
    found = list(values) if not isinstance(values, str) else _listed(path, values)
    if len({_word(path, value) for value in found}) < len(found):
        raise PlanError("vary", [f"{path}={shown(values)}: each value once is expected"])
    return found


def _listed(path: str, values: str) -> list[Any]:
    parts = values.split(":")
    if len(parts) == 1:
        return [_read(path, part.strip()) for part in values.split(",")]
    try:
        start, stop, step = (Decimal(str(BOUND(decimal(part)))) for part in parts)
        if step <= 0 or stop < start or (stop - start) / step > MAX_POINTS:
            raise ValueError
    except ValueError:
        right = "start:stop:step, rising, such as 16:64:8, or a list such as 1,1.5,2 is expected"
        raise PlanError("vary", [f"{shortened(path)}={shortened(values)}: {right}"]) from None
    found = [start + step * k for k in range(int((stop - start) / step) + 1)]
    return [int(value) if value == value.to_integral_value() and "." not in values else float(value) for value in found]


def _path(path: str) -> str:
    """Return a path that can be read."""
    try:
        names(path)
    except ValueError as error:
        raise PlanError("vary", [f"{shortened(path)}: {error}"]) from None
    return path


def _read(path: str, text: str) -> Any:
    try:
        return value_of(text)
    except ValueError as error:
        raise PlanError("vary", [f"{shortened(path)}={shown(text)}: {error}"]) from None


def _word(path: str, value: Any) -> str:
    """Return a value as Python writes it, which tells it from others."""
    try:
        return repr(value)
    except (ValueError, RecursionError):
        raise PlanError("vary", [f"{shortened(path)}={shown(value)}: too long or too deep for a value"]) from None


def range_of(path: str, bounds: Any) -> tuple[float, float]:
    """Return the range of a path, given as (low, high) or "low:high"."""
    try:
        low, high = map(BOUND, map(decimal, bounds.split(":")) if isinstance(bounds, str) else bounds)
        if not low < high:
            raise ValueError
    except (TypeError, ValueError):
        raise PlanError("vary", [f"{path}={shown(bounds)}: a range such as 16:64 is expected"]) from None
    return low, high


def scattered(scenario: Scenario, ranges: Mapping[str, tuple[float, float]], count: int) -> list[Point]:
    """Return Sobol' points (I. M. Sobol', 1967; A. B. Owen's scrambling) in the ranges."""
    from scipy.stats import qmc

    if one("points", count, POINTS, PlanError) & (count - 1):
        raise PlanError("points", [f"{count}: a power of two is expected, such as 64"])
    unit = qmc.Sobol(len(ranges), rng=scenario.time.seed).random(count)
    return [point_at(scenario, ranges, row) for row in unit]


def point_at(scenario: Scenario, ranges: Mapping[str, tuple[float, float]], unit: Sequence[float]) -> Point:
    """Return the point at a place of the unit cube; a path that holds a whole number gets one."""
    plain = scenario.resolved()
    point: Point = {}
    for (path, (low, high)), share in zip(ranges.items(), unit, strict=True):
        if isinstance(shape.at(plain, names(path)), int):
            point[path] = min(int(high), int(low) + int(float(share) * (int(high) - int(low) + 1)))
        else:
            point[path] = low + float(share) * (high - low)
    return point


def _checked(scenario: Scenario, points: Sequence[Point]) -> set[str]:
    """Return the paths that hold floats, whatever they are set to; each value is tried once, all mistakes are told."""
    mistakes: dict[str, None] = {}
    seen: set[tuple[str, str]] = set()
    floats: set[str] = set()
    for point in points:
        for path, value in point.items():
            word = _word(path, value)
            if (path, word) in seen:
                continue
            seen.add((path, word))
            try:
                set_so = with_set(scenario, {path: value})
                if type(value) is int and isinstance(shape.at(set_so.resolved(), names(path)), float):
                    floats.add(path)
            except ScenarioError as error:
                mistakes |= dict.fromkeys(error.mistakes)
    if mistakes:
        raise PlanError("vary", list(mistakes)[:20])
    return floats
