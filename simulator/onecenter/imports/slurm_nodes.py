"""Nodes of slurm.conf and gres.conf as node types: nodes are of one type that are alike and in the same partitions."""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final, NamedTuple

from onecenter.imports.answer import Notes
from onecenter.imports.fields import Field
from onecenter.imports.hostlists import hosts
from onecenter.imports.scalars import name_of, text, whole
from onecenter.scenario.quantities import MAX_COUNT

_GRES: Final = re.compile(r"gpu(?::([A-Za-z][\w.-]*))?(?::(\d{1,4}))?(?:\([^)]*\))?")
_SPLIT: Final = re.compile(r",(?![^(]*\))")

#: A GPU node of which no line says more; Slurm's own default is one cpu.
_CPUS: Final = 1


class Kind(NamedTuple):
    """What a node is."""

    accelerators: int
    model: str
    cpus: int
    memory: int  # MiB


def names_in(at: Field, notes: Notes) -> list[str]:
    """Return the hosts of a list."""
    try:
        return hosts(text(at, notes))
    except ValueError as error:
        notes.wrong(at, str(error))
        return []


def kinds_of(lines: Sequence[Field], notes: Notes) -> dict[str, Kind]:
    """Return what each node is, by name; NodeName=DEFAULT is what later lines do not say."""
    found: dict[str, Kind] = {}
    default = Kind(0, "", _CPUS, 0)
    for line in lines:
        at = line.at("nodename")
        if at is None:
            continue
        kind = _kind(line, default, notes)
        if str(at.value).upper() == "DEFAULT":
            at.read, default = True, kind
            continue
        for name in names_in(at, notes):
            if name in found:
                notes.wrong(at, f"the node {name} is in a line before; each is expected once")
                break
            found[name] = kind
    return found


def _kind(line: Field, default: Kind, notes: Notes) -> Kind:
    state = line.at("state")
    if state is not None and str(state.value).upper() in ("UNKNOWN", "IDLE"):
        state.read = True
    accelerators, model = _gpus(line.at("gres"), default, notes)
    memory = whole(line.at("realmemory"), notes, 0, 10**9, default.memory)
    return Kind(accelerators, model, _cpus(line, default, notes), memory)


def _cpus(line: Field, default: Kind, notes: Notes) -> int:
    if line.at("cpus") is not None:
        for key in ("boards", "sockets", "socketsperboard", "corespersocket", "threadspercore"):
            line.take(key)
        return whole(line.at("cpus"), notes, 1, MAX_COUNT, 1)
    keys = ("boards", "sockets", "socketsperboard", "corespersocket", "threadspercore")
    given = [whole(line.at(key), notes, 1, 10_000, 1) for key in keys if line.at(key) is not None]
    count = 1
    for each in given:
        count *= each
    return count if given else default.cpus


def _gpus(at: Field | None, default: Kind, notes: Notes) -> tuple[int, str]:
    """Return the GPUs of a Gres such as gpu:a100:8(S:0-1), and their model."""
    if at is None:
        return default.accelerators, default.model
    total, model = 0, ""
    for part in _SPLIT.split(text(at, notes)):
        match = _GRES.fullmatch(part.strip())
        if match is not None:
            total, model = total + int(match[2] or 1), model or match[1] or ""
        elif part.strip().lower().startswith("gpu"):
            notes.wrong(at, "gpu:TYPE:COUNT is expected, such as gpu:a100:8")
        elif part.strip():
            notes.leave_out(Field(part.strip(), at.place, at.path, quoted=True), "only gpu is modelled")
    return total, model


def with_models(kinds: dict[str, Kind], devices: Sequence[Field], notes: Notes) -> dict[str, Kind]:
    """Return nodes with the models that gres.conf gives to GPUs of which slurm.conf says none."""
    found = dict(kinds)
    for line in devices:
        at, model = line.at("nodename"), line.at("type")
        if line.text("name").lower() != "gpu" or at is None or model is None:
            continue
        line.take("name")
        for name in names_in(at, notes):
            if name in found and found[name].accelerators:
                found[name] = found[name]._replace(model=found[name].model or text(model, notes))
    return found


def node_types(
    kinds: Mapping[str, Kind], partitions: Mapping[str, set[str]]
) -> Iterator[tuple[dict[str, Any], set[str]]]:
    """Yield each node type with its `name`, and the partitions that may use it."""
    groups: dict[tuple[Kind, frozenset[str]], int] = {}
    for node, kind in kinds.items():
        key = kind, frozenset(name for name, nodes in partitions.items() if node in nodes)
        groups[key] = groups.get(key, 0) + 1
    used: set[str] = set()
    for (kind, members), count in groups.items():
        base = name_of(kind.model or ("gpu" if kind.accelerators else "cpu"))
        name = next(each for each in (base, *(f"{base}-{i}" for i in range(2, 10_000))) if each not in used)
        used.add(name)
        table = {"count": count, "accelerators": kind.accelerators, "cpus": kind.cpus, "memory": f"{kind.memory} MiB"}
        yield {"name": name, **table} | ({"model": kind.model} if kind.model else {}), set(members)
