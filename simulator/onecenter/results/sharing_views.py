"""Tables for people about sharing and preemption; see `results.sharing` for the figures."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from onecenter import units
from onecenter.results.sharing import FATE_HOURS, NUMBERS, QUOTA_HOURS, SHARES
from onecenter.results.views import CENTER, Cell, View, number, view
from onecenter.words import Words

#: Columns of the table of use against quota, of that of platforms, and of policies side by side.
QUOTAS: Final = ("platform", "node_type", "nominal", "used", "peak", "above_nominal", *QUOTA_HOURS)
PLATFORMS: Final = ("platform", "dominant_share", *NUMBERS, *FATE_HOURS, "idle_hours", "goodput")
SIDES: Final = ("goodput", *NUMBERS, "lost_hours", "overhead_hours", "leaving_hours", *QUOTA_HOURS)

#: Figures that are shares; the others are numbers.
PERCENTAGES: Final = (*SHARES, "goodput")


def cell(words: Words, part: Mapping[str, Any], key: str) -> Cell:
    """Return a figure by the name of its column; a dash where there is none."""
    value = part.get(key)
    if value is None:
        return number(units.NOTHING)
    if key in PERCENTAGES:
        return number(words.percent(value))
    # Hours are many: whole ones are enough, but for those of small examples.
    return number(words.count(round(value) if value >= 10 else round(value, 1)))


def quotas(words: Words, found: Mapping[str, Any], labels: Mapping[str, str] | None = None) -> View:
    """Return one row per platform and node type: use against quota, and what is borrowed and lent."""
    rows = [
        {"platform": Cell((labels or {}).get(name, name)), "node_type": Cell(kind)}
        | {key: cell(words, part, key) for key in QUOTAS[2:]}
        for name, platform in found["platforms"].items()
        for kind, part in platform["node_types"].items()
    ]
    return view(words, QUOTAS, rows, words("quotas caption"))


def platforms(
    words: Words, found: Mapping[str, Any], labels: Mapping[str, str] | None = None, center: str = CENTER
) -> View:
    """Return one row per platform and one for the center: evictions, and the fates of capacity."""
    parts = {(labels or {}).get(name, name): part for name, part in found["platforms"].items()}
    parts[center] = found["center"]
    rows = [
        {"platform": Cell(name)} | {key: cell(words, part, key) for key in PLATFORMS[1:]}
        for name, part in parts.items()
    ]
    fair = {key: _index(found["center"][f"jain_{key}"]) for key in ("tenants", "platforms")}
    return view(words, PLATFORMS, rows, words("fates caption", **fair))


def tables(words: Words, found: Mapping[str, Any] | None, **named: Any) -> list[View]:
    """Return the tables of a run's figures; none where it has none, none of quotas where there are none."""
    if found is None:
        return []
    labels = named.get("labels")
    shown = [quotas(words, found, labels)] if any(part["node_types"] for part in found["platforms"].values()) else []
    return [*shown, platforms(words, found, **named)]


def _index(value: float | None) -> str:
    return units.NOTHING if value is None else f"{value:.3f}"


def sides(words: Words, found: Sequence[tuple[str, Mapping[str, Any] | None]]) -> View:
    """Return one row per policy, given with what it is called and its figures (None: it has none) or their means."""
    rows = [
        {"policy": Cell(name)} | {key: _side(words, (part or {}).get("center", {}), key) for key in SIDES}
        for name, part in found
    ]
    return view(words, ("policy", *SIDES), rows, words("sharing"))


def _side(words: Words, center: Mapping[str, Any], key: str) -> Cell:
    """Return a figure; of a mean over replications with its interval."""
    if f"{key}_low" not in center:
        return cell(words, center, key)
    ends = (center[key], center[f"{key}_low"], center[f"{key}_high"])
    return number(words.estimate(*ends, lambda value: cell(words, {key: value}, key).text))
