"""Tables of sharing: use against quota, over time too, and the fates of capacity."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import polars as pl

from onecenter.fleet import NodeType
from onecenter.results.capacity import CAPACITY_FATES, Capacity
from onecenter.results.log_table import named
from onecenter.results.quota_use import Steps, nominal_of
from onecenter.results.sharing import ON_TYPE
from onecenter.units import THOUSAND
from onecenter.workload.table import Workload


def capacity_table(capacity: Capacity, fleet: Sequence[NodeType]) -> pl.DataFrame:
    """Return one row per node type: its accelerator time in the window, and what became of it.

    Columns node_type, capacity_us, and idle_us, useful_us, lost_us, overhead_us, leaving_us, which add up to it, in
    microseconds of one accelerator (int64).
    """
    types = pl.Enum([kind.name for kind in fleet])
    columns = {"node_type": named(np.arange(len(fleet)), types), "capacity_us": capacity.whole}
    columns |= {f"{name}_us": row for name, row in zip(CAPACITY_FATES, capacity.by_type, strict=True)}
    return pl.DataFrame(columns)


def shares_table(figures: Mapping[str, Any], fleet: Sequence[NodeType]) -> pl.DataFrame:
    """Return one row per platform and node type with the figures ON_TYPE; none where there are no quotas.

    `nominal`, `used` (means over the window) and `peak` are accelerators, `above_nominal` is a share of time.
    """
    rows = [
        {"platform": name, "node_type": kind, **part}
        for name, platform in figures["platforms"].items()
        for kind, part in platform["node_types"].items()
    ]
    types = {"platform": pl.Enum(list(figures["platforms"])), "node_type": pl.Enum([kind.name for kind in fleet])}
    return pl.DataFrame(rows, schema={**types, **dict.fromkeys(ON_TYPE, pl.Float64)})


def usage_table(listed: Sequence[Steps], jobs: Workload, fleet: Sequence[NodeType]) -> pl.DataFrame:
    """Return what each platform holds of each node type and its nominal quota, as exact steps over the window.

    Columns platform, node_type, t_ms, used, nominal (accelerators); sorted by platform, node type, t_ms. A row holds
    until the next one of its platform and type, the last to the window's end.
    """
    found = {name: [np.zeros(0)] for name in ("platform", "node_type", "t_ms", "used", "nominal")}
    for platform in range(len(jobs.platforms)):
        for kind, steps in enumerate(listed):
            assert jobs.sharing is not None
            used, nominal = steps.used[platform], nominal_of(steps, jobs.sharing)[platform]
            rows = np.flatnonzero((np.diff(used, prepend=-1) != 0) | (np.diff(nominal, prepend=-1) != 0))
            column = np.ones(len(rows), np.int64)
            amounts = (used[rows] / THOUSAND, nominal[rows] / THOUSAND)
            for name, part in zip(found, (platform * column, kind * column, steps.edges[rows], *amounts), strict=True):
                found[name].append(part)
    columns: dict[str, Any] = {name: np.concatenate(each) for name, each in found.items()}
    kinds = {"platform": jobs.platforms, "node_type": [kind.name for kind in fleet]}
    for name, names in kinds.items():
        columns[name] = named(columns[name].astype(np.int64), pl.Enum(names))
    columns["t_ms"] = columns["t_ms"].astype(np.int64)
    return pl.DataFrame(columns)
