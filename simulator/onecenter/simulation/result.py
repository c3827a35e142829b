"""The result of a run: its decision log, and all that follows from it."""

from collections.abc import Iterator, Mapping
from functools import cached_property
from pathlib import Path
from typing import Any, Final

import numpy as np
import polars as pl

from onecenter.engine.reasons import waits_by_reason
from onecenter.engine.shares import may_evict
from onecenter.policies import WALLTIME
from onecenter.policies.parts import NO_PREEMPTION
from onecenter.results.accuracy import accuracy, estimates_of
from onecenter.results.fairness import fairness
from onecenter.results.figures import COUNTS, Figures, center_figures, platform_figures
from onecenter.results.fragmentation import fragmentation_of_run
from onecenter.results.log import Array, arrivals, digest
from onecenter.results.log_table import to_frame
from onecenter.results.seen import seen, submitted_in
from onecenter.results.segments import segments
from onecenter.results.series import series_table
from onecenter.results.sharing import Shared, sharing_figures, tells
from onecenter.results.sharing_tables import capacity_table, shares_table, usage_table
from onecenter.results.tables import job_reasons_table, jobs_table, nodes_table, reasons_table, segments_table
from onecenter.results.targets import Target
from onecenter.results.views import PERCENTILES, platforms
from onecenter.simulation import store
from onecenter.simulation.explanation import Explanation, explain
from onecenter.simulation.plots import Plots
from onecenter.simulation.record import Record
from onecenter.statistics.sample import Sample
from onecenter.system.forked import refuse_after_fork
from onecenter.visible import visible
from onecenter.words import Words

#: Columns of the table that a notebook shows.
HTML: Final = ("platform", "submitted", "started", "refused", "unfinished", *PERCENTILES, "use", "targets")


class Result(Record):
    """What a run gave: the attributes of `Record`, and all that follows from them.

    Tables are made when they are first asked for, and kept.
    """

    @cached_property
    def log_digest(self) -> str:
        """SHA-256 of the decision log before the horizon; of a run without one, of all of it."""
        if self.until <= self.window.horizon:
            return digest(self.decisions)
        return digest(self.decisions[: np.searchsorted(self.decisions["t"], self.window.horizon)])

    @cached_property
    def log(self) -> pl.DataFrame:
        """The decision log with the names of kinds and reasons."""
        refuse_after_fork()
        return to_frame(self.decisions)

    @cached_property
    def jobs(self) -> pl.DataFrame:
        """One row per job; see `tables.jobs_table`."""
        refuse_after_fork()
        return jobs_table(self.workload, self.fates, self.fleet, self.window, self.until)

    @cached_property
    def nodes(self) -> pl.DataFrame:
        """One row per node; see `tables.nodes_table`."""
        refuse_after_fork()
        return nodes_table(self.workload, segments(self.decisions, self.fates.attempts), self.fleet, self.window)

    @cached_property
    def segments(self) -> pl.DataFrame:
        """Which job was on which node, from when to when; see `tables.segments_table`."""
        refuse_after_fork()
        return segments_table(segments(self.decisions, self.fates.attempts))

    @cached_property
    def series(self) -> pl.DataFrame:
        """What waits and runs on each platform over time; see `series.series_table`."""
        refuse_after_fork()
        return series_table(self.workload, self.decisions)

    @cached_property
    def platforms(self) -> pl.DataFrame:
        """One row per platform with its figures; see `figures.figures`."""
        refuse_after_fork()
        rows = [{"platform": name, **_flat(part)} for name, part in self._platform_figures.items()]
        types = {name: _type_of(name) for name in (rows[0] if rows else ())}
        return pl.DataFrame(rows, schema_overrides=types)

    @cached_property
    def reasons(self) -> pl.DataFrame:
        """One row per platform and reason for which its jobs waited; see `tables.reasons_table`."""
        refuse_after_fork()
        return reasons_table(self._waits, self.workload, self.window)

    @cached_property
    def job_reasons(self) -> pl.DataFrame:
        """One row per job that waited, with the ms by reason; see `tables.job_reasons_table`."""
        refuse_after_fork()
        return job_reasons_table(self._waits)

    @cached_property
    def capacity(self) -> pl.DataFrame:
        """What became of each node type's accelerator time in the window; see `sharing_tables.capacity_table`."""
        refuse_after_fork()
        return capacity_table(self._shared.capacity, self.fleet)

    @cached_property
    def shares(self) -> pl.DataFrame:
        """Use against quota by platform and node type; see `sharing_tables.shares_table`."""
        refuse_after_fork()
        return shares_table(sharing_figures(self._shared), self.fleet)

    @cached_property
    def usage(self) -> pl.DataFrame:
        """Use and quota of each platform and node type over time; see `sharing_tables.usage_table`.

        It has no rows where the scenario has no quotas.
        """
        refuse_after_fork()
        return usage_table(self._shared.steps, self.workload, self.fleet)

    def explain(self, job: int) -> Explanation:
        """Return what happened to a job, and for which reason it waited from when to when.

        Parameters
        ----------
        job : int
            Its number, as in `jobs`.

        Raises
        ------
        OnecenterError
            If there is no such job, or it never waited because it was refused or had not come yet.
        """
        refuse_after_fork()
        return explain(self, job)

    @property
    def plot(self) -> Plots:
        """The pictures, each a method that returns matplotlib Axes."""
        refuse_after_fork()
        return Plots(self)

    def summary(self) -> dict[str, Any]:
        """Return the figures of center and platforms, as `onecenter run --json` prints them."""
        jobs = int(np.count_nonzero(arrivals(self.decisions)))
        replay = self.provenance.get("replay")
        return {
            "scenario": self.provenance.get("name"),
            "seed": self.provenance.get("seed"),
            "set": self.provenance.get("set", []),
            "policy": self.policy.as_dict(),
            "stride": self.stride,
            "log_digest": self.log_digest,
            "jobs_per_s": jobs / self.seconds if self.seconds > 0 else None,
            "window_s": self._window_s,
            **({} if replay is None else {"replay": replay}),
            "center": self._center_figures,
            "platforms": self._platform_figures,
            **({} if self.sharing is None else {"sharing": self.sharing}),
            **({} if self.policy.estimate == WALLTIME else {"estimates": self.estimates}),
        }

    @property
    def _window_s(self) -> dict[str, float]:
        """The window in seconds since the start, or since a log's first submit, which is at `origin`."""
        window = self.window
        ends = {"warmup": window.warmup, "horizon": window.horizon, "until": self.until}
        return {**{name: (ms - window.origin) / 1_000 for name, ms in ends.items()}, "origin": window.origin / 1_000}

    def labels_in(self, language: str) -> dict[str, str]:
        """Return the platforms' names for people; one without a label has its own name."""
        return {name: str(self.labels.get(name, {}).get(language) or name) for name in self.workload.platforms}

    @cached_property
    def fairness(self) -> dict[str, Any]:
        """Jain's indices over tenants and platforms, and the longest wait by size class; see `fairness.fairness`."""
        jobs = self.workload
        inside = submitted_in(jobs, self.fates, self.window)
        return fairness(seen(jobs, self.fates, self.until).where(inside), jobs.platform[inside], jobs.tenant[inside])

    @cached_property
    def sharing(self) -> dict[str, Any] | None:
        """Figures of sharing and preemption, see `sharing.sharing_figures`; None where there is neither."""
        told = tells(self.workload.sharing, preempts=self.policy.preemption != NO_PREEMPTION)
        return sharing_figures(self._shared) if told else None

    @cached_property
    def _shared(self) -> Shared:
        run = self.workload, self.decisions, self.fates, self.fleet, self.window, self.until
        return Shared(*run, preempts=may_evict(self.policy, self.workload))

    @cached_property
    def fragmentation(self) -> dict[str, Any]:
        """How much of what is idle the window's tasks cannot use; see `fragmentation.fragmentation`."""
        return fragmentation_of_run(self.workload, self.decisions, self.fates, self.fleet, self.window)

    @cached_property
    def estimates(self) -> Mapping[str, Any]:
        """How well the run times of the window's jobs were estimated; see `accuracy.accuracy`."""
        if not isinstance(self.policy.estimate, str):
            known: Mapping[str, Any] | None = self.provenance.get("estimates")
            return known or {"jobs": 0, "mean": None, "outlived": None}
        found = estimates_of(self.workload, self.fates, self.policy.estimate)
        return accuracy(found, self.fates, submitted_in(self.workload, self.fates, self.window))

    def judged(self) -> Iterator[tuple[str, Target, Mapping[str, Any]]]:
        """Give each target with its platform and what the run says about it."""
        for name, part in self._platform_figures.items():
            for target, one in zip(self.targets.get(name, ()), part["targets"], strict=True):
                yield name, target, one

    @property
    def wait_samples(self) -> dict[str, Sample]:
        """By platform the waits (ms) of the jobs of the window."""
        jobs = seen(self.workload, self.fates, self.until)
        inside, platform = submitted_in(self.workload, self.fates, self.window), self.workload.platform
        names = enumerate(self.workload.platforms)
        return {name: jobs.where(inside & (platform == index)).waits for index, name in names}

    def save(self, path: str | Path) -> Path:
        """Write all of it to one Parquet file, whole or not at all; return the path.

        Raises
        ------
        ResultError
            If it cannot be written.
        """
        refuse_after_fork()
        return store.save(self, path)

    @classmethod
    def load(cls, path: str | Path) -> "Result":
        """Return the result that `save` wrote.

        Raises
        ------
        ResultError
            If the file is missing, damaged or something else.
        """
        refuse_after_fork()
        return cls(**store.load(path))

    @cached_property
    def _platform_figures(self) -> dict[str, Figures]:
        seen = (self.workload, self.fates, self.fleet, self.window, self.until)
        return platform_figures(*seen, self.targets)

    @cached_property
    def _center_figures(self) -> Figures:
        seen = (self.workload, self.fates, self.fleet, self.window, self.until)
        return center_figures(*seen, self._platform_figures)

    @cached_property
    def _waits(self) -> Array:
        return waits_by_reason(self.decisions, self.workload, self.fleet, self.policy.backfill, self.until)

    def __repr__(self) -> str:
        name, jobs = visible(str(self.provenance.get("name"))), len(self.workload)
        return f"<Result of {name}: {jobs:,} jobs, log {self.log_digest[:12]}>"

    def _repr_html_(self) -> str:
        seed = self.provenance.get("seed")
        parts = [str(self.provenance.get("name")), *([] if seed is None else [f"seed {seed}"])]
        caption = " · ".join([*parts, f"policy {self.policy.text}", f"log {self.log_digest[:12]}"])
        labels = self.labels_in("en")
        return platforms(Words(), self.summary(), HTML, labels=labels, targets=self.targets, caption=caption).html()


def _flat(figures: Figures) -> dict[str, Any]:
    """Return figures without nesting: wait_s = {p95} as wait_p95_s, bounded_slowdown = {mean} as
    bounded_slowdown_mean; without the list of targets.
    """
    flat: dict[str, Any] = {}
    for name, value in figures.items():
        if isinstance(value, dict):
            stem, unit = (name[:-2], "_s") if name.endswith("_s") else (name, "")
            flat |= {f"{stem}_{key}{unit}": part for key, part in value.items()}
        elif name != "targets":
            flat[name] = value
    return flat


def _type_of(name: str) -> type[pl.DataType]:
    """Return the type of a column of the platforms' table, for those that may hold nothing but null."""
    if name in {"platform", "meets_target"}:
        return pl.String if name == "platform" else pl.Boolean
    return pl.Int64 if name in COUNTS else pl.Float64
