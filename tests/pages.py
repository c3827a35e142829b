"""Reading the pages for people: fenced blocks, tables of plain text, and examples that can be run.

An example is a fenced block `example`, in minutes. Lines `nodes:`, `policy:` and `horizon:` say what is run, a
table of jobs follows; `after`, `after_ok`, `think` and `array` say what holds a job. A linear order is written
"linear walltime 0.3 wait -1", a multifactor one "multifactor fairshare
1000 half_life 5 shares X 2 Y 1". The columns `start`, `end`, `on`,
`outcome` and `waited` hold what is expected; a column named after an order, a backfill or a placement holds the starts
(or, for a placement, the places) under it. Lines `figure:`, a chart and a log are expected too, where they are. In a
block `read` the log is given instead of run, and further columns hold what is read from it.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from onecenter_kernels import codes, schema
from page_sharing import SETTINGS, sharing_of

from onecenter.fleet import NodeType
from onecenter.policies import Linear, Multifactor, Policy
from onecenter.results.segments import fates, segments
from onecenter.units import parse_memory
from onecenter.workload.table import DEFAULTS, Workload, type_code, workload
from onecenter.workload.ties import Ties, ties

ROOT = Path(__file__).parents[1]
MINUTE = 60_000
#: The job ids of a page.
LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
PLAIN = Policy(order="fifo", backfill="none", placement="first-fit")
#: Parameters of a policy that are numbers: jobs, priority units an hour, minutes.
NUMBERS = {"depth": 1, "backfill_depth": 1, "reservations": 1, "age_rate": 1_000_000, "max_age": MINUTE}
NUMBERS |= {"preempt_after": MINUTE, "usage_half_life": MINUTE, "time_slice": MINUTE}

Log = npt.NDArray[Any]
Cells = dict[str, str]


@dataclass(frozen=True)
class Block:
    """A fenced block: where it stands, what its fence says behind the ticks, and its lines."""

    page: str
    line: int
    info: tuple[str, ...]
    lines: tuple[str, ...]

    def __str__(self) -> str:
        return f"{self.page}:{self.line}"


def blocks(page: str, *languages: str) -> list[Block]:
    """Return a page's fenced blocks of some languages, in order; the page is a path from the root."""
    found, opened, info = [], -1, ""
    lines = (ROOT / page).read_text(encoding="utf-8").splitlines()
    for number, line in enumerate(lines):
        if opened < 0 and line.startswith("```"):
            opened, info = number, line[3:]
        elif line == "```":
            words = tuple(info.split()) or ("",)
            if words[0] in languages:
                found.append(Block(page, opened + 2, words, tuple(lines[opened + 1 : number])))
            opened = -1
    assert opened < 0, f"{page}: the block in line {opened + 1} is not closed"
    return found


def markdown_table(page: str, heading: str) -> list[Cells]:
    """Return the rows of the first table behind a heading (its text, without #)."""
    lines = (ROOT / page).read_text(encoding="utf-8").splitlines()
    first = next(i for i, line in enumerate(lines) if line.lstrip("# ") == heading and line.startswith("#"))
    body = lines[first:]
    start = next(i for i, line in enumerate(body) if line.startswith("|"))
    rows = []
    for line in body[start:]:
        if not line.startswith("|"):
            break
        rows.append([cell.strip() for cell in line.strip("|").split("|")])
    names = rows[0]
    return [dict(zip(names, row, strict=True)) for row in rows[2:]]


def plain_table(lines: Sequence[str]) -> list[Cells]:
    """Return the rows of a table whose columns two or more blanks part."""
    names, *rows = (re.split(r" {2,}", line.strip()) for line in lines)
    return [dict(zip(names, row, strict=True)) for row in rows]


@dataclass(frozen=True)
class Example:
    """An example of a page."""

    where: str
    settings: Mapping[str, tuple[str, ...]]
    rows: list[Cells]
    chart: tuple[str, ...]
    log: tuple[str, ...]

    def __str__(self) -> str:
        return self.where

    @property
    def fleet(self) -> tuple[NodeType, ...]:
        """The node types, the first line first."""
        return tuple(node_type(text, number) for number, text in enumerate(self.settings["nodes"]))

    @property
    def policy(self) -> Policy:
        """The policy; first come first served on the first nodes that fit, where nothing is said."""
        parts: dict[str, Any] = {}
        for text in self.settings.get("policy", ()):
            for part in text.split(","):
                name, value, *weights = part.split()
                parts[name] = NUMBERS[name] * int(value) if name in NUMBERS else value
                if name == "thresholds":
                    parts[name] = tuple(map(minutes, (value, *weights)))
                if name == "estimate":
                    parts[name] = " ".join((value, *weights))
                if value == "linear":
                    parts[name] = Linear(**dict(zip(weights[::2], map(float, weights[1::2]), strict=True)))
                if value == "multifactor":
                    parts[name] = multifactor(weights)
        return Policy(**(vars(PLAIN) | parts))

    @property
    def horizon(self) -> int | None:
        """When it stops (ms); None: when nothing is left."""
        texts = self.settings.get("horizon")
        return None if texts is None else minutes(texts[0])

    @property
    def workload(self) -> Workload:
        """The jobs."""
        types = [kind.name for kind in self.fleet]
        jobs = [job_of(row, types) for row in self.rows]
        assert [row["job"] for row in self.rows] == list(LETTERS[: len(jobs)]), f"{self}: jobs are called A, B, ..."
        submits = [job["submit"] for job in jobs]
        assert submits == sorted(submits), f"{self}: jobs stand in the order of their submits"
        columns: dict[str, Any] = {name: [job[name] for job in jobs] for name in jobs[0]}
        if "urgency" in self.rows[0]:
            columns["more"] = {"urgency": [float(row["urgency"]) for row in self.rows]}
        columns["ties"] = ties_of(self.rows)
        names = [row.get("platform", "all") for row in self.rows]
        platforms = list(dict.fromkeys(names))
        columns |= {"platform": [platforms.index(name) for name in names]}
        if "class" in self.settings:  # one stream per platform
            columns["stream"] = columns["platform"]
            columns["streams"] = platforms
        return workload(platforms, sharing=sharing_of(self.settings, platforms, types), **columns)


def ties_of(rows: Sequence[Cells]) -> Ties | None:
    """Return what ties jobs: columns `after` and `after_ok` name others, `array` says how many of it: "2 x"."""
    if not {"after", "after_ok", "array", "think"} & set(rows[0]):
        return None
    links = [
        (job, LETTERS.index(name), ok)
        for job, row in enumerate(rows)
        for ok, column in enumerate(("after", "after_ok"))
        for name in row.get(column, "-").split(", ")
        if name != "-"
    ]
    cells = [row.get("array", "-") for row in rows]
    arrays = sorted(set(cells) - {"-"})
    job, other, ok = zip(*links, strict=True) if links else ((), (), ())
    return ties(
        [minutes(row["think"]) if row.get("think", "-") != "-" else 0 for row in rows],
        [arrays.index(cell) if cell in arrays else -1 for cell in cells],
        [int(cell.split()[0]) for cell in arrays],
        job=job,
        other=other,
        ok=ok,
    )


def multifactor(words: Sequence[str]) -> Multifactor:
    """Return the order of words such as "fairshare 1000 half_life 5 shares X 2 Y 1"."""
    last = words.index("shares") if "shares" in words else len(words)
    parts: dict[str, Any] = dict(zip(words[:last:2], words[1:last:2], strict=True))
    times = {name: minutes(parts.pop(name)) for name in ("half_life", "calc_period") if name in parts}
    shares = dict(zip(words[last + 1 :: 2], map(int, words[last + 2 :: 2]), strict=True))
    weights = {name: int(value) if value.isdigit() else value for name, value in parts.items()}
    return Multifactor(**weights, **times, shares=shares)


def example(block: Block) -> Example:
    """Return the example of a block."""
    parts: list[list[str]] = [[]]
    for line in block.lines:
        if line.strip():
            parts[-1].append(line)
        elif parts[-1]:
            parts.append([])
    settings: dict[str, tuple[str, ...]] = {}
    tables: dict[str, tuple[str, ...]] = {"job": (), "minute": (), "t": ()}
    for part in filter(None, parts):
        word = part[0].split()[0]
        if word in tables:
            tables[word] = tuple(part)
            continue
        for line in part:
            name, found, value = line.partition(":")
            assert found, f"{block}: {line!r} is neither 'name: value' nor the head of a table"
            settings[name] = (*settings.get(name, ()), value.strip())
    unknown = set(settings) - {"nodes", "policy", "horizon", "figure"} - SETTINGS
    assert not unknown, f"{block}: unknown {unknown}"
    return Example(str(block), settings, plain_table(tables["job"]), tables["minute"], tables["t"])


def node_type(text: str, number: int) -> NodeType:
    """Return the nodes of a text such as "2 x 4, 8 cpus, 64 MiB, racks of 2", named by a letter."""
    size, *more = (part.strip() for part in text.split(","))
    name, _, size = size.rpartition("=")
    count, accelerators = map(int, size.split("x"))
    cpus, memory, rack = 0, 0, 1
    for part in more:
        if part.endswith("cpus"):
            cpus = 1000 * int(part.split()[0])
        elif part.startswith("racks of"):
            rack = int(part.split()[-1])
        else:
            memory = parse_memory(part)
    return NodeType(name.strip() or f"type{number}", count, accelerators, cpus, memory, rack)


def minutes(text: str) -> int:
    """Return a number of minutes as ms."""
    return round(float(text) * MINUTE)


def job_of(row: Cells, types: Sequence[str]) -> dict[str, int]:
    """Return a job's columns."""
    found = re.fullmatch(r"(?:(\d+) x )?([\d.]+)( anywhere)?", row["asks"])
    assert found, f"{row['asks']!r}: '4', '2 x 4', '0.5' or '6 anywhere' is expected"
    tasks, accelerators = int(found[1] or 1), float(found[2])
    if found[3]:
        tasks, accelerators = int(accelerators), 1
    names = row["types"].split(", ") if "types" in row else types
    allowed = type_code([types.index(name) for name in names])
    return DEFAULTS | {
        "submit": minutes(row["submit"]),
        "run": minutes(row["run"]),
        "walltime": minutes(row.get("walltime", row["run"])),
        "patience": minutes(row["patience"]) if row.get("patience", "-") != "-" else -1,
        "deadline": minutes(row["deadline"]) if row.get("deadline", "-") != "-" else -1,
        "priority": int(row.get("prio", 0)),
        "tenant": int(row.get("tenant", 0)),
        "accelerators": round(1000 * accelerators),
        "tasks": tasks,
        "spread": int(bool(found[3])),
        "cpus": round(1000 * float(row.get("cpus", 0))),
        "memory": parse_memory(row.get("memory", "0 MiB")),
        "types": allowed,
    }


def shown_minutes(ms: int) -> str:
    """Return ms as a page shows minutes."""
    return f"{ms / MINUTE:g}"


def start_rows(log: Log) -> Iterator[tuple[int, int, int, int]]:
    """Yield (job, node, device, amount) of the start rows."""
    for row in log[log["kind"] == codes.E_START]:
        yield int(row["job"]), int(row["node"]), int(row["device"]), int(row["amount"])


def places(log: Log, n_jobs: int) -> list[str]:
    """Return where each job started, a node or node/device a task: "n0 n0 n3", "n0/d1"; "-" where it did not."""
    found: list[list[str]] = [[] for _ in range(n_jobs)]
    for job, node, device, amount in start_rows(log):
        found[job] += [f"n{node}" if device < 0 else f"n{node}/d{device}"] * amount
    return [" ".join(tasks) or "-" for tasks in found]


def chart(
    log: Log, jobs: Workload, fleet: Sequence[NodeType], horizon: int | None = None, names: str = LETTERS
) -> list[str]:
    """Return the Gantt chart: a line a device, a column a minute; whole jobs take the lowest empty devices."""
    sizes = [kind.accelerators for kind in fleet for _ in range(kind.count)]
    parts = segments(log, fates(log, len(jobs)).attempts)
    until = int(log["t"].max()) if horizon is None else horizon
    last = -(-until // MINUTE)
    lines = {(node, device): ["."] * last for node, size in enumerate(sizes) for device in range(size)}
    for job, _, node, device, amount, started, ended, _ in zip(*(column.tolist() for column in parts), strict=True):
        begin, end = started // MINUTE, -(-(until if ended < 0 else ended) // MINUTE)
        whole = int(jobs.accelerators[job]) // 1000 * amount
        free = [d for d in range(sizes[node]) if lines[node, d][begin] == "."]
        taken = free[:whole] if device < 0 else [device]
        assert len(taken) == (whole if device < 0 else 1)
        for d in taken:
            shared = [old for old in lines[node, d][begin:end] if old != "."]
            assert not shared, "a chart cannot show two jobs on one device"
            lines[node, d][begin:end] = names[job] * (end - begin)
    head = "minute" + " " * 4 + "".join(f"{tick:<5}" for tick in range(0, last + 1, 5)).rstrip()
    rows = [f"{f'n{node}' if d == 0 else '':<4}{d:<6}{''.join(line)}" for (node, d), line in lines.items()]
    return [head, *rows]


def log_table(log: Log, names: str = LETTERS) -> list[Cells]:
    """Return a log as a page shows it: minutes, the jobs' letters, names."""
    shown = []
    for row in log:
        kind = codes.EVENTS[row["kind"]]
        names_of_reasons = {"end": codes.ENDINGS, "evict": codes.EVICTIONS}
        outcome = names_of_reasons[kind][row["reason"]] if kind in names_of_reasons else "-"
        place = {name: "-" if row[name] < 0 else str(row[name]) for name in ("node", "device")}
        shown.append(
            {
                "t": shown_minutes(row["t"]),
                "round": str(row["round"]),
                "kind": kind,
                "job": names[row["job"]] if row["job"] >= 0 else "-",
                **place,
                "amount": str(row["amount"]),
                "reason": outcome,
            }
        )
    return shown


def log_of_table(rows: Sequence[Cells], names: str = LETTERS) -> Log:
    """Return the log that a page shows: the inverse of `log_table`."""
    log = np.zeros(len(rows), schema.log_dtype())
    for entry, row in zip(log, rows, strict=True):
        entry["t"], entry["round"] = minutes(row["t"]), int(row["round"])
        entry["job"] = -1 if row["job"] == "-" else names.index(row["job"])
        entry["kind"], entry["amount"] = codes.EVENTS.index(row["kind"]), int(row["amount"])
        entry["node"], entry["device"] = (-1 if row[name] == "-" else int(row[name]) for name in ("node", "device"))
        reasons = codes.EVICTIONS if row["kind"] == "evict" else codes.ENDINGS
        entry["reason"] = 0 if row["reason"] == "-" else reasons.index(row["reason"])
    return log


def aligned(rows: Sequence[Cells]) -> list[str]:
    """Return rows as a table of plain text."""
    table = [list(rows[0]), *(list(row.values()) for row in rows)]
    widths = [max(map(len, column)) for column in zip(*table, strict=True)]
    return ["  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip() for line in table]
