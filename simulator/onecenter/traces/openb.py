"""Lists of nodes and of pods as Alibaba published them for its cluster openb (Weng et al., USENIX ATC 2023)."""

from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import numpy.typing as npt

from onecenter.errors import TraceError
from onecenter.fleet import NodeType, checked_fleet
from onecenter.system.inputs import label
from onecenter.traces.columns import Mistakes, split, texts, wholes
from onecenter.traces.files import LIMIT, Block, blocks, utf8
from onecenter.workload.table import Workload, type_code, workload

if TYPE_CHECKING:
    import polars as pl

NODES: Final = ("sn", "cpu_milli", "memory_mib", "gpu", "model")
PODS: Final = ("name", "cpu_milli", "memory_mib", "num_gpu", "gpu_milli")

#: A pod that names no models may go to any.
SPEC: Final = "gpu_spec"

#: More than any node has, and what still fits into the columns of a workload.
MOST: Final = 2_000_000

Ints = npt.NDArray[np.int64]


def read_nodes(path: str | Path) -> tuple[NodeType, ...]:
    """Return the node types of a list: nodes alike in all are of one; those without devices are left out."""
    table, lines, mistakes = _table(Path(path), NODES)
    amounts = [_amounts(table, name, lines, mistakes) for name in NODES[1:4]]
    mistakes.check()
    kinds, counts = np.unique(np.transpose(amounts), axis=0, return_inverse=True)
    models = np.array(table["model"].str.strip_chars().to_list(), dtype=object)
    found = sorted({(str(model), int(kind)) for model, kind in zip(models, counts.ravel(), strict=True)})
    fleet = []
    for model, kind in found:
        cpus, memory, accelerators = map(int, kinds[kind])
        if accelerators == 0:
            continue
        count = int(((models == model) & (counts.ravel() == kind)).sum())
        name = f"{model or 'none'}-{accelerators}-{cpus}-{memory}"
        fleet.append(NodeType(name, count, accelerators, cpus, memory, model=model))
    return checked_fleet(fleet)


def read_pods(path: str | Path, fleet: tuple[NodeType, ...]) -> Workload:
    """Return a list of pods, sorted by name, as jobs of one task each that ask node types of a fleet."""
    table, lines, mistakes = _table(Path(path), PODS)
    cpus, memory, devices, share = (_amounts(table, name, lines, mistakes) for name in PODS[1:])
    names = texts(table["name"], lines, mistakes)
    for row in np.flatnonzero((devices > 0) & (share == 0)):
        mistakes.add(int(lines[row]), ", gpu_milli = 0: 1 to 1,000 thousandths of a device are expected")
    for row in np.flatnonzero((share > 1000) | ((devices > 1) & (share < 1000))):
        told = "1,000 at most, and no less for several devices, are expected"
        mistakes.add(int(lines[row]), f", num_gpu = {devices[row]} and gpu_milli = {share[row]}: {told}")
    mistakes.check()
    asked = {"accelerators": devices * share, "cpus": cpus, "memory": memory}
    columns: dict[str, Any] = {**asked, "types": _types(table, fleet)}
    once = np.zeros(len(names), np.int64)
    jobs = workload(submit=once, run=once + 1, walltime=once + 1, **columns)
    return jobs.take(np.argsort(names, kind="stable"))


def _types(table: "pl.DataFrame", fleet: tuple[NodeType, ...]) -> Ints:
    """Return the codes of the node types that pods may use: those of the models that they name, or all."""
    specs = table[SPEC].to_list() if SPEC in table.columns else [""] * len(table)
    codes = {}
    for spec in set(specs):
        models = {model.strip() for model in spec.split("|") if model.strip()}
        codes[spec] = type_code([at for at, kind in enumerate(fleet) if not models or kind.model in models])
    return np.array([codes[spec] for spec in specs], np.int64)


def _table(path: Path, needed: tuple[str, ...]) -> tuple["pl.DataFrame", Ints, Mistakes]:
    """Return the columns of a CSV file as texts, and the number of each row's line."""
    import polars as pl

    mistakes = Mistakes(label(path))
    names: tuple[str, ...] = ()
    parts, lines = [], []
    for block in blocks(path, LIMIT):
        part = utf8(path, block, b"")
        if not names:
            head, _, rest = part.data.partition(b"\n")
            names = tuple(name.strip() for name in head.decode().split(","))
            _check_head(path, names, needed)
            part = Block(part.line + 1, rest)
        if part.data:
            numbers, table = split(part, names, mistakes, separator=",")
            lines.append(numbers)
            parts.append(table)
    if not parts:
        raise TraceError(label(path), ["has no rows below its header"])
    return pl.concat(parts), np.concatenate(lines), mistakes


def _check_head(path: Path, names: tuple[str, ...], needed: tuple[str, ...]) -> None:
    lacks = [name for name in needed if name not in names]
    if lacks or len(set(names)) < len(names):
        raise TraceError(label(path), [f"line 1: the columns {', '.join(needed)} are expected, each once"])


def _amounts(table: "pl.DataFrame", name: str, lines: Ints, mistakes: Mistakes) -> Ints:
    values = wholes(table[name], lines, mistakes)
    for row in np.flatnonzero((values < 0) | (values > (2**40 if name == "memory_mib" else MOST))):
        mistakes.add(int(lines[row]), f", {name} = {values[row]}: 0 to {MOST:,} are expected")
    return np.asarray(values, np.int64)
