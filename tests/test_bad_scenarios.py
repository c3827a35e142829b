"""Broken scenarios: one error that names every mistake with file, path, value and what would be right."""

import random
from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest

from onecenter.errors import ScenarioError
from onecenter.scenario import from_dict, load, shipped

GOOD = """
[time]
start = "2026-03-02T00:00:00+08:00"
horizon = "1 d"
[center.nodes.a]
count = 2
accelerators = 8
[platforms.p]
wait = { p95 = "3 min" }
[platforms.p.demand.s]
arrivals = { kind = "poisson", rate = "3 / h" }
sizes = [{ accelerators = 1 }]
run_time = { kind = "lognormal", median = "1 h", sigma = 2 }
[platforms.p.demand.t]
arrivals = { kind = "timetable", slots = ["mon 08:00"], roster = 3 }
sizes = [{ accelerators = 1 }]
run_time = { kind = "constant", value = "1 h" }
[policy]
order = "fifo"
"""

S, T = "platforms.p.demand.s", "platforms.p.demand.t"
UNIT = 'the unit is missing; write text such as "'

#: The size of stream s, and where it ends: both streams have the same.
END = '\nrun_time = { kind = "l'
ONE = "{ accelerators = 1 }]" + END

#: What is replaced in GOOD, by what, and the mistakes, each path and value first, then part of what is right.
CASES: list[tuple[str, str, list[tuple[str, str]]]] = [
    # units and types
    ('horizon = "1 d"', "horizon = 1", [("time.horizon = 1:", UNIT + '1 min" or "90 min"')]),
    ('horizon = "1 d"', 'horizon = "1 day"', [('time.horizon = "1 day":', "units ms, s, min, h, d, w, y")]),
    ('horizon = "1 d"', 'horizon = "-1 d"', [('time.horizon = "-1 d":', "must not be negative")]),
    ('horizon = "1 d"', 'horizon = "0 d"', [('time.horizon = "0 d":', "must be longer than 0")]),
    ('horizon = "1 d"', 'horizon = "1e300 d"', [('time.horizon = "1e300 d":', "at most 1,000 y")]),
    ('horizon = "1 d"', 'horizon = "900 y"', [('time.horizon = "900 y":', "at most 100 y")]),
    ('horizon = "1 d"', "horizon = nan", [("time.horizon = nan:", "text with a number and a unit")]),
    ("count = 2", "count = 2.0", [("center.nodes.a.count = 2.0:", "a whole number is expected")]),
    ("count = 2", 'count = "2"', [('center.nodes.a.count = "2":', "a whole number is expected")]),
    ("count = 2", "count = true", [("center.nodes.a.count = true:", "a whole number is expected")]),
    ("count = 2", "count = -2", [("center.nodes.a.count = -2:", "at least 1 is expected")]),
    ("count = 2", "count = 0", [("center.nodes.a.count = 0:", "at least 1 is expected")]),
    ("count = 2", f"count = 1{'0' * 30}", [(f"center.nodes.a.count = 1{'0' * 30}:", "at most 1,000,000 is expected")]),
    ("count = 2", f"count = 0x{'f' * 9000}", [("center.nodes.a.count = a number of 36000 bits:", "at most 1,000,000")]),
    ("count = 2", "count = 2\nseed = 3", [("center.nodes.a.seed = 3:", "unknown key; known here: count, model,")]),
    ("count = 2", "count = 2\nmemroy = 3", [("center.nodes.a.memroy = 3:", 'did you mean "memory"?')]),
    ("count = 2", "count = 2\nmemory = 64", [("center.nodes.a.memory = 64:", UNIT + '64 GiB"')]),
    ("count = 2", "count = 2\ncpus = inf", [("center.nodes.a.cpus = inf:", "a finite number is expected")]),
    ("count = 2", "count = 2\nfp16_tflops = nan", [("center.nodes.a.fp16_tflops = nan:", "a finite number")]),
    ("count = 2", 'count = 2\nidle_power = "2 kW"', [('center.nodes.a.idle_power = "2 kW":', "full_power, 0 W")]),
    (
        "count = 2\naccelerators = 8", "count = 900_000\naccelerators = 1_024",
        [("center.nodes = { a = {", "921,600,000 accelerators in all: at most 10,000,000 are expected")],
    ),
    ("count = 2\n", "", [("center.nodes.a.count:", "missing; nodes")]),
    ("[center.nodes.a]", '[center.nodes."a.b"]', [('center.nodes."a.b" = "a.b":', "a name is 1 to 64 letters")]),
    # time
    ('+08:00"', '"', [("time.start = \"2026-03-02T00:00:00\":", 'append an offset such as "+08:00"')]),
    ('"2026-03-02T00:00:00+08:00"', '"monday"', [('time.start = "monday":', "2026-03-02T00:00:00+08:00")]),
    ('"2026-03-02T00:00:00+08:00"', "2026-03-02", [("time.start = 2026-03-02:", "not a date and time")]),
    ("2026-03-02T", "0001-01-01T", [('time.start = "0001-01-01T00:00:00+08:00":', "a year from 1970 to 2900")]),
    ("[time]", '[time]\nzone = "Asia/Shanghi"', [('time.zone = "Asia/Shanghi":', 'did you mean "Asia/Shanghai"?')]),
    ("[time]", '[time]\nzone = "../etc"', [('time.zone = "../etc":', "not a known zone")]),
    ("[time]", '[time]\nzone = "Europe/Rome"', [("time.start = ", "its offset is not that of Europe/Rome")]),
    ("[time]", '[time]\nwarmup = "1 d"', [('time.warmup = "1 d":', "must be shorter than the horizon of 1 d")]),
    ("[time]", "[time]\nseed = -1", [("time.seed = -1:", "at least 0 is expected")]),
    ("[time]\n", "time = 3\n[tim]\n", [("tim = {", 'did you mean "time"?'), ("time = 3:", "a table is expected")]),
    # platforms and targets
    ("p95 = ", "p100 = ", [('platforms.p.wait.p100 = "p100":', "not a percentile; write for example p95")]),
    ("p95 = ", "p0 = ", [('platforms.p.wait.p0 = "p0":', "not a percentile")]),
    ('{ p95 = "3 min" }', "{}", [("platforms.p.wait = {}:", "at least 1 entry is expected; there are 0")]),
    ('"3 min" }', '"3 min" }\nexpansion = { p95 = 0.5 }', [("platforms.p.expansion.p95 = 0.5:", "at least 1 is")]),
    (
        '"3 min" }',
        '"3 min" }\nsizes = [{ max_accelerators = 8, wait = { p95 = "1 h" } }, { max_accelerators = 8 }]',
        [
            ("platforms.p.sizes[1] = { max_accelerators = 8 }:", "a target is missing"),
        ],
    ),
    (
        '"3 min" }',
        '"3 min" }\nsizes = [{ max_accelerators = 8, wait = { p95 = "1 h" } }, '
        '{ max_accelerators = 4, wait = { p95 = "1 h" } }]',
        [("platforms.p.sizes[1].max_accelerators = 4:", "must be above that of the class before, 8")],
    ),
    # streams
    ('rate = "3 / h"', "rate = 3", [(f"{S}.arrivals.rate = 3:", UNIT + '3 / h"')]),
    ('rate = "3 / h"', 'rate = "3 per h"', [(f'{S}.arrivals.rate = "3 per h":', 'write for example "120 / h"')]),
    ('"poisson"', '"poison"', [(f'{S}.arrivals.kind = "poison":', 'did you mean "poisson"? one of poisson')]),
    ('kind = "poisson", ', "", [(f"{S}.arrivals.kind:", "missing; one of poisson, timetable")]),
    ('order = "fifo"', "order = {}", [("policy.order.kind:", "missing; one of linear, multifactor")]),
    ('"3 / h"', '"3 / h", hours = [1, 2]', [(f"{S}.arrivals.hours = [1, 2]:", "at least 24 entries are expected")]),
    ('"3 / h"', '"3 / h", weekdays = [0, 0, 0, 0, 0, 0, 0]', [(f"{S}.arrivals.weekdays =", "at least one factor")]),
    ('"3 / h"', '"3 / h", weekdays = [1, 1, 1, 1, 1, 1, -1]', [(f"{S}.arrivals.weekdays[6] = -1:", "at least 0")]),
    ('"3 / h"', '"3 / h", burst = { shape = 0, every = "1 h", correlation = 1 }', [
        (f"{S}.arrivals.burst.shape = 0:", "at least 0.01"),
        (f"{S}.arrivals.burst.correlation = 1:", "less than 1"),
    ]),
    ('"mon 08:00"', '"monday 8"', [(f'{T}.arrivals.slots[0] = "monday 8":', 'write for example "mon 08:00"')]),
    ('"mon 08:00"', '"mon 24:00"', [(f'{T}.arrivals.slots[0] = "mon 24:00":', "00:00 to 23:59")]),
    ('"mon 08:00"', '"mon 08:00", "mon 08:00"', [(f"{T}.arrivals.slots = [", "the same slot stands twice")]),
    ("roster = 3", "roster = 3, attendance = 1.5", [(f"{T}.arrivals.attendance = 1.5:", "at most 1 is expected")]),
    (ONE, '{ accelerators = 1, share = 0.4 }]' + END, [
        (f"{S}.sizes = [{{ accelerators = 1, share = 0.4 }}]:", "shares must sum to 1; these sum to 0.4"),
    ]),
    ("[" + ONE, '[]' + END, [(f"{S}.sizes = []:", "at least 1 entry")]),
    (ONE, '{ accelerators = 2.5 }]' + END, [
        (f"{S}.sizes[0].accelerators = 2.5:", "whole accelerators or a fraction of one; write 2 or 3"),
    ]),
    (ONE, '{ accelerators = 0.1428 }]' + END, [
        (f"{S}.sizes[0].accelerators = 0.1428:", "at most three decimals; write for example 0.143"),
    ]),
    (ONE, '{ accelerators = 0.5, spread = "any" }]' + END, [
        (f'{S}.sizes[0].spread = "any":', "write accelerators = 1 and tasks = the number wanted"),
    ]),
    (ONE, '{ accelerators = 1, tasks = 0, spread = "al" }]' + END, [
        (f"{S}.sizes[0].tasks = 0:", "at least 1"),
        (f'{S}.sizes[0].spread = "al":', "'tasks' or 'any' is expected"),
    ]),
    ('{ kind = "lognormal", median = "1 h", sigma = 2 }', "3", [(f"{S}.run_time = 3:", "a table is expected")]),
    ("sigma = 2", 'sigma = "2"', [(f'{S}.run_time.sigma = "2":', "a number is expected")]),
    (", sigma = 2", "", [(f"{S}.run_time.sigma:", "missing; standard deviation of the logarithm")]),
    ("sigma = 2", "sigma = 2, scale = 3", [(f"{S}.run_time.scale = 3:", "unknown key; known here: cap, kind")]),
    ('{ kind = "constant", value = "1 h" }', '{ kind = "table", values = ["1 h", "2 h"], shares = [1.0] }', [
        (f"{T}.run_time.shares = [1.0]:", "as many as in values are expected: 2"),
    ]),
    ('"constant", value = "1 h" }', '"hyperexponential", means = ["1 s", "1 d"], shares = [0.5, 0.6] }', [
        (f"{T}.run_time.shares = [0.5, 0.6]:", "shares must sum to 1; these sum to 1.1"),
    ]),
    ("sigma = 2 }", "sigma = 2 }\nwalltime = { factor = 0 }", [(f"{S}.walltime.factor = 0:", "more than 0")]),
    ("sigma = 2 }", "sigma = 2 }\nwalltime = { factor = [3, 1] }", [(f"{S}.walltime.factor = [3, 1]:", "[low, ")]),
    ("sigma = 2 }", "sigma = 2 }\nwalltime = { factor = [3] }", [(f"{S}.walltime.factor[1]:", "a pair is expected")]),
    ("sigma = 2 }", 'sigma = 2 }\nwalltime = { round = ["1 h", "30 min"] }', [
        (f'{S}.walltime.round = ["1 h", "30 min"]:', "each must be longer than the one before"),
    ]),
    ("sigma = 2 }", "sigma = 2 }\noutcome = { cancelled = { share = 0.7 }, failed = { share = 0.6 } }", [
        (f"{S}.outcome = ", "the shares of cancelled and failed sum to 1.3; at most 1"),
    ]),
    ("sigma = 2 }", "sigma = 2 }\noutcome = { failed = { share = 0.6, used = [0.5, 0.1] } }", [
        (f"{S}.outcome.failed.used = [0.5, 0.1]:", "the lower comes first"),
    ]),
    ("sigma = 2 }", "sigma = 2 }\ndeadline = { factor = 2, after = \"1 h\" }", [
        (f"{S}.deadline = ", "exactly one of factor and after"),
    ]),
    ("sigma = 2 }", "sigma = 2 }\ntenants = { count = 0, zipf = -1 }", [
        (f"{S}.tenants.count = 0:", "at least 1"),
        (f"{S}.tenants.zipf = -1:", "at least 0"),
    ]),
    ("sigma = 2 }", 'sigma = 2 }\nnode_types = ["b", "a", "a"]', [
        (f'{S}.node_types[2] = "a":', "each node type stands once"),
        (f'{S}.node_types[0] = "b":', "no such node type"),
    ]),
    ("sigma = 2 }", 'sigma = 2 }\nnode_types = ["A"]', [(f'{S}.node_types[0] = "A":', 'did you mean "a"? the center')]),
    ("sigma = 2 }", 'sigma = 2 }\npatience = "0 s"\npriority = 1.5', [
        (f'{S}.patience = "0 s":', "must be longer than 0"),
        (f"{S}.priority = 1.5:", "a whole number"),
    ]),
    ("sigma = 2 }", "sigma = 2 }\njobs = []", [
        (f"{S}.arrivals = ", "not used by a stream with listed jobs"),
        (f"{S}.sizes = ", "not used by a stream with listed jobs"),
        (f"{S}.run_time = ", "not used by a stream with listed jobs"),
    ]),
    ('sizes = [{ accelerators = 1 }]\nrun_time = { kind = "constant", value = "1 h" }', "", [
        (f"{T}.sizes:", "missing; a stream has arrivals, sizes and run_time, or jobs"),
        (f"{T}.run_time:", "missing; a stream has arrivals, sizes and run_time, or jobs"),
    ]),
    # policy
    ('"fifo"', '"fcfs"', [('policy.order = "fcfs":', "'fifo', 'sjf', 'smallest-first', 'largest-first', 'priority'")]),
    ('"fifo"', '"small-first"', [('policy.order = "small-first":', 'did you mean "smallest-first"?')]),
    ('"fifo"', '"fifo"\nage_rate = 1e6\nmax_age = "500 y"', [("policy.age_rate = 1000000.0:", "too large for the")]),
    ('"fifo"', '{ kind = "linear" }', [('policy.order = { kind = "linear" }:', "a weight of submit, walltime, wait")]),
    ('"fifo"', '{ kind = "linear", wait = nan }', [("policy.order.wait = nan:", "a finite number")]),
    ('"fifo"', '{ kind = "linear", wait = 1, area = 2e12 }', [("policy.order.area = 2000000000000.0:", "at most")]),
    ('"fifo"', '{ kind = "sum", wait = 1 }', [('policy.order.kind = "sum":', "one of linear, multifactor")]),
    ('"fifo"', '{ wait = 1 }', [("policy.order.kind:", "missing")]),
    ('"fifo"', '{ kind = "linear", wiat = 1, wait = 2 }', [("policy.order.wiat = 1:", 'did you mean "wait"?')]),
    ('"fifo"', '{ kind = 5, wait = 2 }', [("policy.order.kind = 5:", "one of linear, multifactor")]),
    ('"fifo"', '{ kind = "multifactor" }', [('policy.order = { kind = "multifactor" }:', "a weight of age, fair")]),
    ('"fifo"', '{ kind = "multifactor", age = 1.5, favor_small = 1, half_life = "999 ms", calc_period = "25 h" }', [
        ("policy.order.age = 1.5:", "whole number"),
        ("policy.order.favor_small = 1:", "true or false"),
        ('policy.order.half_life = "999 ms":', "at least 1 s, or 0 s"),
        ('policy.order.calc_period = "25 h":', "at most 1 d"),
    ]),
    ('"fifo"', '{ kind = "multifactor", age = 1, shares = { b = -1 }, tenant_shares = { a = [1, -2] } }', [
        ("policy.order.shares.b = -1:", "at least 0"),
        ("policy.order.tenant_shares.a[1] = -2:", "at least 0"),
    ]),
    ('"fifo"', "5", [("policy.order = 5:", "'fifo', 'sjf'")]),
    ('"fifo"', '"fifo"\ndepth = -1\nbackfil = "none"', [
        ("policy.depth = -1:", "at least 0"),
        ('policy.backfil = "none":', 'did you mean "backfill"?'),
    ]),
]  # fmt: skip


def mistakes_in(text: str | bytes, folder: Path, name: str = "bad.toml", changes: tuple[str, ...] = ()) -> list[str]:
    """Return what is found wrong with a file; the error's head must be the file."""
    path = folder / name
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    with pytest.raises(ScenarioError) as error:
        load(path, set=changes)
    assert str(error.value).startswith(f"{path}: ")
    return error.value.mistakes


def agree(mistakes: list[str], expected: list[tuple[str, str]]) -> bool:
    """Return whether there are just the expected mistakes: how each begins, and what it says."""
    pairs = zip(sorted(mistakes), sorted(expected), strict=True)
    return all(mistake.startswith(path) and right in mistake for mistake, (path, right) in pairs)


def test_the_good_one_is_good(tmp_path: Path) -> None:
    path = tmp_path / "good.toml"
    path.write_text(GOOD, encoding="utf-8")
    assert load(path).name == "good"


@pytest.mark.parametrize(("old", "new", "expected"), CASES)
def test_a_broken_scenario_is_told(tmp_path: Path, old: str, new: str, expected: list[tuple[str, str]]) -> None:
    assert GOOD.count(old) >= 1
    mistakes = mistakes_in(GOOD.replace(old, new, 1), tmp_path)
    assert len(mistakes) == len(expected), mistakes
    assert agree(mistakes, expected), mistakes


def test_all_of_them_are_told_at_once(tmp_path: Path) -> None:
    text = GOOD
    for old, new in (
        ('horizon = "1 d"', 'horizon = "1 d"\nwarmup = "2 d"\nseed = nan'),
        ("count = 2", 'count = -2\nmemory = "8 GB/s"'),
        ("p95 = ", "p950 = "),
        ('"poisson"', '"poison"'),
        ("sigma = 2 }", 'sigma = 2 }\nnode_types = ["b"]\nscale = inf'),
        ('"mon 08:00"', '"mo 08:00"'),
        ("[policy]", "[policy]\nplacement = 3"),
        ("[time]", "extend = 3\n[time]"),
    ):
        assert old in text
        text = text.replace(old, new, 1)
    mistakes = mistakes_in(text, tmp_path, changes=("policy.ordr=fifo",))
    starts = [
        "--set policy.ordr=fifo:",
        "center.nodes.a.count = -2:",
        'center.nodes.a.memory = "8 GB/s":',
        "extend = 3:",
        "platforms.p.demand.s.arrivals.kind =",
        'platforms.p.demand.s.node_types[0] = "b":',
        "platforms.p.demand.s.scale = inf:",
        "platforms.p.demand.t.arrivals.slots[0] =",
        "platforms.p.wait.p950 =",
        "policy.placement = 3:",
        "time.seed = nan:",
        'time.warmup = "2 d":',
    ]
    assert agree(mistakes, [(start, "") for start in starts]), mistakes


def test_too_many_node_types_are_told(tmp_path: Path) -> None:
    more = "".join(f"[center.nodes.n{i}]\ncount = 1\naccelerators = 1\n" for i in range(15))
    mistakes = mistakes_in(GOOD + more, tmp_path)
    assert agree(mistakes, [("center.nodes = {", "16 node types are too many; at most 15")]), mistakes


def test_an_empty_file_lacks_the_three_required_tables(tmp_path: Path) -> None:
    mistakes = mistakes_in("", tmp_path)
    expected = [("center:", "missing; the nodes"), ("platforms:", "missing; "), ("time:", "missing; ")]
    assert agree(mistakes, expected), mistakes


@pytest.mark.parametrize(
    ("text", "right"),
    [
        ("[time\n", "not TOML: Expected ']' at the end of a table declaration (at line 1, column 6)"),
        (GOOD + "\n[time]\n", "not TOML: Cannot declare ('time',) twice (at line 21, column 6)"),
        (
            GOOD.replace("count = 2", "count = 2\ncount = 3"),
            "not TOML: Cannot overwrite a value (at line 7, column 10)",
        ),
        ("[platforms.公共]\n", "names with letters other than A to Z stand in quotes"),
        (f"x = 1{'0' * 5000}\n", "not TOML: Exceeds the limit"),
        ("x = " + "[" * 5000, "tables or lists nested deeper than 32"),
        (GOOD.replace("fifo", "f\u00e9").encode("latin-1"), "line 19: not UTF-8 (byte 496); save the file as UTF-8"),
        (GOOD.encode("utf-16"), "line 1: not UTF-8 (byte 0)"),
        (b"\x1f\x8b\x08\x00", "packed with gzip: unpack it first; a scenario is a TOML file"),
        (GOOD + "#" * 2**24, "larger than 4 MiB; a scenario is a small TOML file"),
    ],
)
def test_a_file_that_is_no_toml_is_told(tmp_path: Path, text: str | bytes, right: str) -> None:
    mistakes = mistakes_in(text, tmp_path)
    assert len(mistakes) == 1
    assert right in mistakes[0]


def test_a_byte_order_mark_does_no_harm(tmp_path: Path) -> None:
    path = tmp_path / "bom.toml"
    path.write_text(GOOD, encoding="utf-8-sig")
    assert load(path).fleet[0].count == 2


def test_a_folder_is_no_scenario(tmp_path: Path) -> None:
    with pytest.raises(ScenarioError, match="cannot be read"):
        load(tmp_path)


@pytest.mark.parametrize(
    ("name", "right"),
    [
        ("changhsa", 'did you mean "changsha"?'),
        ("Tiny", 'did you mean "tiny"?'),
        ("missing/tinny.toml", 'did you mean "tiny"?'),
        ("nothing-like-it", "shipped: acme-like, changsha, changsha-eighth, "),
        ("\0", "no such file"),
        ("x" * 5_000, "no such file"),
    ],
)
def test_an_unknown_scenario_is_told(name: str, right: str) -> None:
    with pytest.raises(ScenarioError) as error:
        load(name)
    assert right in str(error.value)
    assert len(error.value.mistakes) == 1


@pytest.mark.parametrize(
    ("change", "right"),
    [
        ("center.nodes.A.count=3", 'there is no "A" in center.nodes; did you mean "a"?'),
        ("center.nodes.b.count=3", 'there is no "b" in center.nodes; known there: a'),
        ("center.nodes.b=3", 'there is no "b" in center.nodes'),
        ("time.horizn=3 d", 'there is no "horizn" in time; did you mean "horizon"?'),
        ("platfroms.p.priority=3", 'there is no "platfroms" in a scenario; did you mean "platforms"?'),
        ("platforms.p.demand.s.run_time.sgma=3", 'did you mean "sigma"? known there: kind, median, sigma, cap'),
        ("platforms.p.demand.s.sizes.share=3", "platforms.p.demand.s.sizes is a list; set it as a whole"),
        ("time.start.zone=3", "time.start is a value, not a table"),
        ("time.horizon", "write path=value"),
        ("=3", "write path=value"),
        ("a..b=3", "not a path"),
        ("a.b.=3", "not a path"),
        ("sizes[0].share=3", "not a path"),
        ('"a.b=3', "write path=value"),
    ],
)
def test_an_unknown_path_to_set_is_told(tmp_path: Path, change: str, right: str) -> None:
    mistakes = mistakes_in(GOOD, tmp_path, changes=(change,))
    assert len(mistakes) == 1, mistakes
    assert mistakes[0].startswith(f"--set {change}: ")
    assert right in mistakes[0]


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ("time.horizon=3", ("time.horizon = 3 (--set):", UNIT + '3 min"')),
        ("time.horizon=", ('time.horizon = "" (--set):', "not a number with a unit")),
        ('time.seed=3\nhorizon = "9 d"', ('time.seed = "3\\nhorizon = \\"9 d\\"" (--set):', "a whole number")),
        ('platforms.p.wait."p100"=1 h', ('platforms.p.wait.p100 = "p100" (--set):', "not a percentile")),
        ("center.nodes.b={ count = 1 }", ("center.nodes.b.accelerators:", "missing; accelerators per node")),
        ("policy.order=nan", ("policy.order = nan (--set):", "'fifo', 'sjf'")),
    ],
)
def test_a_wrong_value_set_is_told(tmp_path: Path, change: str, expected: tuple[str, str]) -> None:
    mistakes = mistakes_in(GOOD, tmp_path, changes=(change,))
    assert agree(mistakes, [expected]), mistakes


def test_a_mistake_says_which_file_it_comes_from(tmp_path: Path) -> None:
    base = tmp_path / "base.toml"
    base.write_text(GOOD.replace("count = 2", "count = -2"), encoding="utf-8")
    mistakes = mistakes_in('extends = "base.toml"\n[time]\nseed = -1\n', tmp_path)
    assert agree(mistakes, [(f"center.nodes.a.count = -2 ({base}):", ""), ("time.seed = -1:", "")]), mistakes


@pytest.mark.parametrize(
    ("extends", "right"),
    [
        ('"bad.toml"', 'extends = "bad.toml": goes in a circle: bad.toml → bad.toml'),
        ('"a.toml"', 'extends = "bad.toml": goes in a circle: bad.toml → a.toml → bad.toml'),
        ('"tinny"', 'extends = "tinny": no such file, and no shipped scenario of that name; did you mean "tiny"?'),
        ('"."', "cannot be read"),
        ("3", "extends = 3: the name of a shipped scenario, or the path of a file relative to this one, is expected"),
        ('["tiny"]', 'extends = ["tiny"]: the name of a shipped scenario'),
    ],
)
def test_a_wrong_base_is_told(tmp_path: Path, extends: str, right: str) -> None:
    (tmp_path / "a.toml").write_text('extends = "bad.toml"', encoding="utf-8")
    path = tmp_path / "bad.toml"
    path.write_text(f"extends = {extends}", encoding="utf-8")
    with pytest.raises(ScenarioError) as error:
        load(path)
    assert len(error.value.mistakes) == 1
    assert right in error.value.mistakes[0]


def test_a_long_chain_of_bases_ends(tmp_path: Path) -> None:
    for i in range(30):
        (tmp_path / f"{i}.toml").write_text(f'extends = "{i + 1}.toml"', encoding="utf-8")
    with pytest.raises(ScenarioError, match="longer than 20 files"):
        load(tmp_path / "0.toml")


JUNK: tuple[Any, ...] = (
    None,
    True,
    -1,
    1.5,
    float("nan"),
    float("inf"),
    10**40,
    "",
    "nan h",
    "5 d",
    [],
    ["a"],
    [[]],
    {},
    {"kind": 3},
    {"kind": "poisson"},
    "\0",
    "9999-12-31T23:59:59+08:00",
)


def spoiled(data: Any, chance: random.Random) -> Any:
    """Return the data with one entry, found by walking down at random, replaced, removed or added."""
    children = list(data) if isinstance(data, dict) else range(len(data)) if isinstance(data, list) else ()
    if not children or chance.random() < 0.1:
        return chance.choice(JUNK)
    key = chance.choice(list(children))
    if isinstance(data, dict) and chance.random() < 0.1:
        return {name: entry for name, entry in data.items() if name != key} | chance.choice(({}, {"kind": "x"}))
    data[key] = spoiled(data[key], chance)
    return data


@pytest.mark.parametrize("name", shipped())
def test_whatever_is_wrong_is_told_as_a_scenario_error(name: str) -> None:
    chance = random.Random(name)
    resolved = load(name).resolved()
    longest = []
    for _ in range(60):
        try:
            from_dict(spoiled(deepcopy(resolved), chance))
        except ScenarioError as error:
            longest.append(max(map(len, error.mistakes)))
    assert len(longest) > 30
    assert max(longest) < 1_000
