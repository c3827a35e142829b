"""All policies by name: their parameters, where they come from, how they are given, and on which strides they work."""

from collections.abc import Iterator
from dataclasses import fields
from typing import Final, NamedTuple

from onecenter_kernels.schema import FEATURES, PLACEMENTS

from onecenter.errors import PolicyError
from onecenter.policies.installed import installed, installed_code
from onecenter.policies.linear import BY_WEIGHT
from onecenter.policies.multifactor import BY_FACTORS, Multifactor
from onecenter.policies.parts import BACKFILL, BY_ORDER, RESERVING
from onecenter.policies.policy import NAMED, Policy

_AREA: Final = "Carastan-Santos et al., CCGrid 2019"
_FITTED: Final = "Carastan-Santos and de Camargo, SC 2017"
_UTILITY: Final = "Tang et al., Cluster 2009"

#: Where orders, backfills and placements come from; those that are not here are nobody's in particular.
SOURCES: Final = {
    "smallest-area": _AREA,
    "largest-area": _AREA,
    "f1": _FITTED,
    "f2": _FITTED,
    "f3": _FITTED,
    "f4": _FITTED,
    "edf": "Liu and Layland, JACM 1973",
    "wfp3": _UTILITY,
    "unicep": _UTILITY,
    "hrrn": "Brinch Hansen, SOSP 1971",
    "qssf": "Hu et al., SC 2021",
    "srtf": "Schrage and Miller, Operations Research 1966",
    "srsf": "Gu et al. (Tiresias), NSDI 2019",
    "las": "Gu et al. (Tiresias), NSDI 2019",
    "round-robin": "Xiao et al. (Gandiva), OSDI 2018",
    "drf": "Ghodsi et al., NSDI 2011",
    "easy": "Lifka, JSSPP 1995",
    "easy-sjbf": "Tsafrir, Etsion and Feitelson, TPDS 2007",
    "conservative": "Mu'alem and Feitelson, TPDS 2001",
    "dot-product": "Grandl et al., SIGCOMM 2014",
    "gpu-packing": "Weng et al., NSDI 2022",
    "gpu-clustering": "Xiao et al., OSDI 2018",
    "fgd": "Weng et al., USENIX ATC 2023",
}

#: Parameters of orders that preempt.
OF_LIVE_ORDERS: Final = {"las": ("thresholds",), "round-robin": ("time_slice",)}

#: How a policy is given: put together in a scenario, or as code.
PARTS: Final = "parts"


class Listed(NamedTuple):
    """A policy, or a part of one, as it is listed."""

    name: str
    part: str  # "policy": order and backfill; "order", "placement", "scheduler"
    way: str  # PARTS, or what kind of code of a package it is
    parameters: tuple[str, ...]  # keys of a scenario's `[policy]`, or of its order
    source: str  # a paper, or a package
    strides: tuple[str, ...] = ("calendar", "event")


def catalogue() -> Iterator[Listed]:
    """Give all policies that a name stands for, those of packages last; their code is loaded."""
    for name, policy in NAMED.items():
        yield Listed(name, "policy", PARTS, tuple(_parameters(policy)), _sources(policy))
    yield Listed(BY_WEIGHT, "order", PARTS, FEATURES, "")
    yield Listed(BY_FACTORS, "order", PARTS, tuple(each.name for each in fields(Multifactor)), "Slurm")
    yield Listed("column:NAME", "order", PARTS, (), "")
    for name in PLACEMENTS:
        yield Listed(name, "placement", PARTS, (), SOURCES.get(name, ""))
    for name, entry in installed().items():
        if name in NAMED:
            continue
        package = "" if entry.dist is None else f"{entry.dist.name} {entry.dist.version}"
        try:
            kind = Policy(order=installed_code(entry), backfill="none").order_name
        except PolicyError as error:
            kind, package = "", f"{package}: {'; '.join(error.mistakes)}"
        yield Listed(name, "order" if kind == "key" else kind, kind, (), package)


def _parameters(policy: Policy) -> Iterator[str]:
    """Give the parameters that count under a policy."""
    if policy.preemption == BY_ORDER:
        yield from ("preempt_after", *OF_LIVE_ORDERS.get(str(policy.order), ()))
        return
    if policy.backfill != "conservative":
        yield "depth"
    if policy.backfill != "none":
        yield "backfill_depth"
    if policy.backfill == BACKFILL:
        yield "backfill_order"
    if policy.backfill in RESERVING:
        yield "reservations"
    if policy.backfill != "conservative":
        yield "estimate"
    if policy.order == "priority":
        yield from ("age_rate", "max_age")


def _sources(policy: Policy) -> str:
    return "; ".join(SOURCES[part] for part in (policy.order_name, policy.backfill) if part in SOURCES)
