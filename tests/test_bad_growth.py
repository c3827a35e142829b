"""Broken growth and chains of start-ups: every mistake named with path, value and what would be right."""

from pathlib import Path

import pytest
from test_bad_scenarios import GOOD, agree, mistakes_in

from onecenter.scenario import load

#: Stands before [policy]: growth, and a platform whose only jobs are listed.
GROWTH = """
[platforms.l.demand.j]
jobs = [{ submit = "0 s", run_time = "1 h", accelerators = 1 }]
[growth.platforms.p]
monthly = 0.02
[growth.chain]
platform = "p"
stages = { a = { tenants = 3 }, b = { tenants = 0 } }
voucher = { subsidy = 0.3, elasticity = 1 }
"""

G, C = "growth.platforms", "growth.chain"

#: What is replaced in GOOD with GROWTH, by what, and the mistakes.
GROWTH_CASES: list[tuple[str, str, list[tuple[str, str]]]] = [
    ("growth.platforms.p", "growth.platforms.pp", [(f"{G}.pp = ", 'no such platform; did you mean "p"? the scenario')]),
    ("growth.platforms.p", "growth.platforms.l", [(f"{G}.l = ", "listed jobs cannot grow: j; give growth to other")]),
    ("monthly = 0.02", "", [(f"{G}.p = {{}}:", "says nothing; write for example monthly = 0.02")]),
    ("monthly = 0.02", "monthly = 0.02\nfactors = [1]", [(f"{G}.p = ", "exactly one of monthly and factors")]),
    ("monthly = 0.02", "demand.s = {}", [(f"{G}.p.demand.s = {{}}:", "exactly one of monthly and factors")]),
    ("monthly = 0.02", "demand.u.monthly = 0.1", [(f"{G}.p.demand.u = ", "no such stream; the platform has s, t")]),
    ("monthly = 0.02", "demand.S.monthly = 0.1", [(f"{G}.p.demand.S = ", 'no such stream; did you mean "s"?')]),
    ("monthly = 0.02", "monthly = -1", [(f"{G}.p.monthly = -1:", "more than -1 is expected")]),
    ("monthly = 0.02", "monthly = 2", [(f"{G}.p.monthly = 2:", "at most 1 is expected")]),
    ("monthly = 0.02", 'monthly = "2 %"', [(f'{G}.p.monthly = "2 %":', "a number is expected")]),
    ("monthly = 0.02", "monthly = nan", [(f"{G}.p.monthly = nan:", "a finite number is expected")]),
    ("monthly = 0.02", "factors = []", [(f"{G}.p.factors = []:", "at least 1 entry is expected")]),
    ("monthly = 0.02", "factors = [1, -1]", [(f"{G}.p.factors[1] = -1:", "at least 0 is expected")]),
    ("monthly = 0.02", "monthly = 0.02\nfirst = 0", [(f"{G}.p.first = 0:", "at least 1 is expected")]),
    ("monthly = 0.02", "monthly = 0.02\nfrom = 2", [(f"{G}.p.from = 2:", "unknown key; known here: monthly, fact")]),
    ('platform = "p"', 'platform = "q"', [(f'{C}.platform = "q":', "no such platform; the scenario has p, l")]),
    ('platform = "p"', 'platform = "l"', [(f'{C}.platform = "l":', "listed jobs cannot grow: j")]),
    ('platform = "p"\n', "", [(f"{C}.platform:", "missing; whose demand follows the tenants")]),
    ("{ a = { tenants = 3 }, b = { tenants = 0 } }", "{}", [(f"{C}.stages = {{}}:", "at least 1 entry is expected")]),
    ("a = { tenants = 3 }", "a = { tenants = 0 }", [(f"{C}.stages = ", "no tenant asks for anything in month 0")]),
    ("tenants = 3", "demand = 3", [(f"{C}.stages.a.tenants:", "missing; tenants in month 0")]),
    ("tenants = 3", "tenants = 3, exit = -0.1", [(f"{C}.stages.a.exit = -0.1:", "at least 0 is expected")]),
    ("tenants = 3", "tenants = 3, up = 13", [(f"{C}.stages.a.up = 13:", "at most 12 is expected")]),
    ("tenants = 3", "tenants = 3, exit = 6, up = 7", [(f"{C}.stages.a = ", "exit and up are 13 a year, more")]),
    ("tenants = 3", "tenants = 3, entries = -1", [(f"{C}.stages.a.entries = -1:", "at least 0 is expected")]),
    ("voucher =", "graduates.x.share = 0.5\nvoucher =", [(f"{C}.graduates.x = ", "no such platform; the")]),
    ("voucher =", "graduates.p.share = 0.5\nvoucher =", [(f"{C}.graduates.p = ", "graduates leave the chain's own")]),
    ("voucher =", "graduates.l.share = 1.1\nvoucher =", [
        (f"{C}.graduates.l = ", "listed jobs cannot grow: j"),
        (f"{C}.graduates.l.share = 1.1:", "at most 1 is expected"),
    ]),
    ("voucher =", "graduates = { l = { share = 0.6 }, p = { share = 0.6 } }\nvoucher =", [
        (f"{C}.graduates = ", "the shares sum to 1.2; at most 1 is expected"),
        (f"{C}.graduates.l = ", "listed jobs cannot grow: j"),
        (f"{C}.graduates.p = ", "graduates leave the chain's own platform"),
    ]),
    ("subsidy = 0.3", "subsidy = 1", [(f"{C}.voucher.subsidy = 1:", "less than 1 is expected")]),
    (", elasticity = 1", "", [(f"{C}.voucher.elasticity:", "missing; by how many % demand rises")]),
    ("elasticity = 1", "elasticity = -1", [(f"{C}.voucher.elasticity = -1:", "at least 0 is expected")]),
    # several at once, in the growth and outside
    ("monthly = 0.02", "monthly = nan\n[growth.platforms.pp]\nmonthly = 0.1\n[center.nodes.b]\ncount = 0", [
        ("center.nodes.b.accelerators:", "missing"),
        ("center.nodes.b.count = 0:", "at least 1"),
        (f"{G}.p.monthly = nan:", "a finite number"),
        (f"{G}.pp = ", "no such platform"),
    ]),
    ("tenants = 3", "tenants = 3, exit = -1 }, c = { tenants = 3, exit = 9, up = 9", [
        (f"{C}.stages.a.exit = -1:", "at least 0 is expected"),
        (f"{C}.stages.c = ", "exit and up are 18 a year"),
    ]),
    ("tenants = 3", "tenants = 3 }, c = { tenants = 3, exit = -1 } }\ngraduates = { q = { share = 0.1 } }\n#", [
        (f"{C}.graduates.q = ", "no such platform"),
        (f"{C}.stages.c.exit = -1:", "at least 0 is expected"),
    ]),
]  # fmt: skip


@pytest.mark.parametrize(("old", "new", "expected"), GROWTH_CASES)
def test_broken_growth_is_told(tmp_path: Path, old: str, new: str, expected: list[tuple[str, str]]) -> None:
    text = GOOD.replace("[policy]", GROWTH + "[policy]")
    assert text.count(old) >= 1
    (tmp_path / "good.toml").write_text(text, encoding="utf-8")
    assert load(tmp_path / "good.toml").growth is not None
    mistakes = mistakes_in(text.replace(old, new, 1), tmp_path)
    assert len(mistakes) == len(expected), mistakes
    assert agree(mistakes, expected), mistakes


def test_a_platform_without_demand_has_no_start_ups(tmp_path: Path) -> None:
    text = GOOD + GROWTH.replace('platform = "p"', 'platform = "e"') + "[platforms.e]\n"
    mistakes = mistakes_in(text, tmp_path)
    assert agree(mistakes, [('growth.chain.platform = "e":', "platform e has no demand that could grow")]), mistakes
