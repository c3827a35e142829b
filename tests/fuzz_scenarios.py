"""Scenarios that nobody should write: each is refused with its mistakes, or can be used.

Four ways to go wrong, in turn: every path with every kind of value, the structure, the tokens, the bytes.
"""

import random
import re
import tomllib
from collections.abc import Iterator
from copy import deepcopy
from functools import cache
from pathlib import Path
from typing import Any

from fuzz import KINDS, TEXTS
from fuzz import edited as edit
from onecenter_kernels.schema import FACTORS, FEATURES

import onecenter as oc
from onecenter.scenario import Scenario, from_dict, load, with_set
from onecenter.scenario.toml import dump
from onecenter.units import MS
from onecenter.workload.build import build
from onecenter.workload.load import offered_load
from onecenter.workload.slips import warnings_of

FULL = Path(__file__).with_name("full.toml")

#: A scenario that is taken is built with so many jobs at most, and one in so many is run.
JOBS, RUN = 300, 10

#: What a token may become.
TOKENS = (
    "", "=", ",", "[", "]", "{", "}", "[[", "]]", ".", '"', "'", '"""', "'''", "#", "\n", "\\", "0x" + "f" * 5_000,
    "-1", "1e400", "nan", "-inf", "1979-05-27", "07:32:00", "1979-05-27T07:32:00Z", "true", "\t", "\r", "\0", "\ufeff",
    "é", "0o7", "1__0", "9" * 5_000, '"\\ud800"', '"\\x"', "a.b.c", '"a.b"', "extends", 'extends = "full.toml"\n',
    "[" * 60,
)  # fmt: skip
_TOKEN = re.compile(r'"(?:[^"\\\n]|\\.)*"|[\w.+-]+|\s+|.', re.DOTALL)

ENCODINGS = ("utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-32", "latin-1", "gb18030", "utf-7")


#: Orders with every key of their kind.
ORDERS = {
    "linear": {"kind": "linear", **dict.fromkeys(FEATURES, 1.5)},
    "multifactor": {
        "kind": "multifactor", **dict.fromkeys(FACTORS, 15), "fair_share": "classic", "half_life": "1 h",
        "calc_period": "1 min", "favor_small": True, "shares": {"public": 3}, "tenant_shares": {"public": [1, 2]},
    },
}  # fmt: skip


@cache
def full(kind: str = "linear") -> dict[str, Any]:
    """Return the data of a scenario with every key, those of an order of a kind too."""
    data = tomllib.loads(FULL.read_text(encoding="utf-8"))
    data["policy"]["order"] = ORDERS[kind]
    return data


@cache
def places() -> tuple[tuple[str, tuple[str | int, ...]], ...]:
    """Return the path of every table, list and value of the full scenario, beside the kind of its order.

    Of equal list entries the first two count; under a further kind only what is below the order.
    """
    first, *others = ORDERS
    found = [(first, path) for path in _places(full(first), ())]
    for kind in others:
        found += [(kind, ("policy", "order", *path)) for path in _places(ORDERS[kind], ())]
    return tuple(found)


def _places(data: Any, path: tuple[str | int, ...]) -> Iterator[tuple[str | int, ...]]:
    if path:
        yield path
    entries = data.items() if isinstance(data, dict) else enumerate(data[:2]) if isinstance(data, list) else ()
    for key, value in entries:
        yield from _places(value, (*path, key))


def value_at_place(number: int) -> dict[str, Any]:
    """Return the full scenario with one value at one place; numbers run through all pairs, far apart."""
    total = len(places()) * len(KINDS)
    place, value = divmod(number * 7_919 % total, len(KINDS))
    kind, (*parents, last) = places()[place]
    data = deepcopy(full(kind))
    at: Any = data
    for key in parents:
        at = at[key]
    at[last] = deepcopy(KINDS[value])
    return data


def tokens(chance: random.Random) -> str:
    """Return the text of the full scenario with some tokens replaced, moved, repeated or left out."""
    found = _TOKEN.findall(FULL.read_text(encoding="utf-8"))
    for _ in range(chance.choice((1, 1, 2, 10))):
        place, other = chance.randrange(len(found)), chance.randrange(len(found))
        match chance.randrange(5):
            case 0:
                found[place] = chance.choice(TOKENS)
            case 1:
                found[place], found[other] = found[other], found[place]
            case 2:
                found.insert(place, found[other])
            case 3:
                del found[place]
            case 4:
                found[place] = '"' + chance.choice(TEXTS).replace("\\", "\\\\").replace('"', '\\"') + '"'
    return "".join(found)


def damaged(chance: random.Random) -> bytes:
    """Return the bytes of the full scenario, damaged or in another encoding."""
    text = FULL.read_text(encoding="utf-8")
    data = bytearray(text.encode(chance.choice(ENCODINGS), "replace"))
    for _ in range(chance.choice((0, 1, 1, 3, 20))):
        place, length = chance.randrange(len(data)), chance.choice((1, 2, 30))
        match chance.randrange(4):
            case 0:
                data[place] ^= 1 << chance.randrange(8)
            case 1:
                data[place : place + length] = chance.randbytes(length)
            case 2:
                del data[place : place + length]
            case 3:
                data[place:place] = data[:length]
    return bytes(data[: chance.randrange(len(data))] if chance.random() < 0.1 else data)


def case(seed: int, folder: Path) -> None:
    """Read one scenario, from plain data, a file or with overrides, and use it."""
    chance = random.Random(seed)
    kind, path = seed % 10, folder / "s.toml"
    if kind < 6:
        use(from_dict(value_at_place(seed // 10 * 6 + kind)), seed)
        return
    if kind < 8:
        data = edit(deepcopy(full()), chance)
        for _ in range(chance.choice((0, 0, 1, 4))):
            data = edit(data, chance)
        use(from_dict(data), seed)
        return
    raw = tokens(chance).encode("utf-8", "surrogatepass") if kind == 8 else damaged(chance)
    path.write_bytes(raw)
    changes = [override(chance) for _ in range(chance.choice((0, 0, 1, 3)))]
    use(load(path, set=changes), seed)


def override(chance: random.Random) -> str:
    """Return an override of some path of the full scenario, or of none."""
    path = ".".join(str(key) for key in chance.choice(places()))
    value = chance.choice((*TEXTS, *TOKENS, "3", "[1, 2]", "{ a = 1 }", '"7 d"'))
    return chance.choice((f"{path}={value}", f"{path} = {value}", f"{value}={path}", value, f'"{path}"={value}'))


def use(scenario: Scenario, seed: int) -> None:
    """Ask for what every command asks of a scenario; build it, and run some."""
    assert load_again(scenario).resolved() == scenario.resolved()
    assert len(scenario.sha256) == 64
    warnings_of(scenario)
    offered = offered_load(scenario)
    rate = sum(row.jobs_per_hour for row in offered.rows if row.platform is not None and row.node_type is None)
    hours = min(scenario.time.horizon / MS["h"], JOBS / max(rate, 1e-9))
    short = with_set(scenario, {"time.horizon": f"{max(1, int(hours * MS['h']))} ms", "time.warmup": "0 s"})
    jobs = build(short)
    nodes = sum(kind.count for kind in scenario.fleet)
    if seed % RUN == 0 and len(jobs) <= 3 * JOBS and nodes <= 1_000:
        oc.run(short).summary()


def load_again(scenario: Scenario) -> Scenario:
    """Return the scenario as read from the text that `onecenter show` prints."""
    return from_dict(tomllib.loads(dump(scenario.resolved())))
