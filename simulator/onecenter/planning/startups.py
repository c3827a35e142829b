"""The chain of start-ups: how many tenants each stage has, month by month, and what they ask for.

Expected numbers of a Markov chain on the stages: in each month a twelfth of the yearly rates of exit and of moving up
applies to those who are there at its beginning; who enters or moves up in a month is first seen in the next.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np

from onecenter.scenario.growth import YEAR_MONTHS, Chain, Voucher
from onecenter.workload.draws import Floats

#: Entries a year over all tenants of month 0: 0.25 to 0.30 balance turnover and growth of incubators (assumption).
ENTRY_RATE: Final = 0.275


@dataclass(frozen=True)
class Course:
    """Expected tenants of a chain in months 0..m; arrays have m + 1 rows."""

    stages: tuple[str, ...]
    stock: Floats  # (m + 1, stages): tenants in each stage
    entered: Floats  # tenants in all up to then, from outside
    exited: Floats  # out of any stage
    graduated: Floats  # out of the last stage
    graduates: Mapping[str, Floats]  # those who are still there, by platform


def course(chain: Chain, months: int) -> Course:
    """Return the expected tenants in months 0..`months`."""
    stages = list(chain.stages.values())
    out = np.array([stage.exit for stage in stages]) / YEAR_MONTHS
    up = np.array([stage.up for stage in stages]) / YEAR_MONTHS
    entries = entries_of(chain)
    stock = np.zeros((months + 1, len(stages)))
    stock[0] = [stage.tenants for stage in stages]
    for month in range(months):
        before = stock[month]
        arrived = entries + np.concatenate([[0.0], (up * before)[:-1]])
        stock[month + 1] = before * (1 - out - up) + arrived
    gone, left = stock[:-1] * out, stock[:-1, -1] * up[-1]
    return Course(
        stages=tuple(chain.stages),
        stock=stock,
        entered=np.arange(months + 1) * entries.sum(),
        exited=_sums(gone.sum(axis=1)),
        graduated=_sums(left),
        graduates={name: _kept(left * part.share, part.exit) for name, part in chain.graduates.items()},
    )


def entries_of(chain: Chain) -> Floats:
    """Return the tenants who enter each stage from outside, a month."""
    stages = list(chain.stages.values())
    usual = ENTRY_RATE / YEAR_MONTHS * sum(stage.tenants for stage in stages)
    given = [stage.entries for stage in stages]
    return np.array([(0.0 if i else usual) if entry is None else entry for i, entry in enumerate(given)])


def _sums(flow: Floats) -> Floats:
    """Return what has flowed before each month."""
    return np.concatenate([[0.0], np.cumsum(flow)])


def _kept(arrivals: Floats, rate: float) -> Floats:
    """Return how many are there in each month, who arrive and leave at a yearly rate."""
    there = np.zeros(len(arrivals) + 1)
    for month, arrived in enumerate(arrivals):
        there[month + 1] = there[month] * (1 - rate / YEAR_MONTHS) + arrived
    return there


def tenant_demand(chain: Chain, months: int) -> Floats:
    """Return the demand of all tenants in months 0..`months`, over that of month 0, vouchers included."""
    each = np.array([stage.demand for stage in chain.stages.values()])
    total = course(chain, months).stock @ each
    return np.asarray(total / total[0] * voucher_factor(chain.voucher, months))


def graduate_demand(chain: Chain, months: int) -> dict[str, Floats]:
    """Return the demand of the graduates by platform in months 0..`months`, over that of all tenants in month 0."""
    start = sum(stage.tenants * stage.demand for stage in chain.stages.values())
    there = course(chain, months).graduates
    return {name: there[name] * (part.demand / start) for name, part in chain.graduates.items()}


def voucher_factor(voucher: Voucher | None, months: int) -> Floats:
    """Return what vouchers multiply demand by in months 0..`months`: constant elasticity, (1 - subsidy) ** -elasticity.

    H. R. Varian, "Microeconomic Analysis", 3rd ed., 1992: demand proportional to price ** -elasticity.
    """
    factor = np.ones(months + 1)
    if voucher is not None:
        factor[voucher.first :] = (1 - voucher.subsidy) ** -voucher.elasticity
    return factor
