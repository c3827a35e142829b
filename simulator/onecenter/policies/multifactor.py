"""Slurm's multifactor priority with fair share, as an order."""

import math
from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any, Final

from onecenter_kernels.schema import FACTORS, FAIR_SHARES

from onecenter.checks import Check, OneOf, Whole, settle
from onecenter.errors import PolicyError
from onecenter.units import MAX_DURATION, MS, format_duration

#: What a factor may be weighed with: Slurm's weights have 32 bits.
FACTOR_WEIGHT: Final = Whole(0, 2**32 - 1)

SHARES: Final = Whole(0, 1_000_000)
PERIOD: Final = Whole(1, MS["d"])

#: What half-lives there are (ms), beside 0, which is none.
HALF_LIFE: Final = Whole(MS["s"], MAX_DURATION)

#: What is wrong with a multifactor priority that weighs nothing.
NO_FACTOR: Final = f"a weight of {', '.join(FACTORS[:-1])} or {FACTORS[-1]} is expected"

#: What it is called.
BY_FACTORS: Final = "multifactor"

Pairs = tuple[tuple[str, Any], ...]


def a_switch(value: Any) -> bool:
    """Return what is a truth value."""
    if not isinstance(value, bool):
        raise ValueError("true or false is expected")
    return value


def a_half_life(value: Any) -> int:
    """Return what is a half-life in ms; 0: none."""
    return HALF_LIFE(value) if value != 0 else 0


def _pairs(value: Any, check: Check) -> Pairs:
    """Return what is given by platform as pairs, which a frozen policy can hold."""
    if not isinstance(value, Mapping | tuple):
        raise ValueError("what each platform has, by its name, is expected")
    return tuple((str(name), check(each)) for name, each in dict(value).items())


def some_shares(value: Any) -> Pairs:
    """Return what are shares by platform."""
    return _pairs(value, SHARES)


def some_tenants(value: Any) -> Pairs:
    """Return what are lists of shares by platform."""
    return _pairs(value, _listed)


def _listed(value: Any) -> tuple[int, ...]:
    if not isinstance(value, list | tuple):
        raise ValueError("a list of shares is expected")
    return tuple(SHARES(each) for each in value)


CHECKS: Final[Mapping[str, Check]] = {
    **dict.fromkeys(FACTORS, FACTOR_WEIGHT),
    "fair_share": OneOf(FAIR_SHARES),
    "half_life": a_half_life,
    "calc_period": PERIOD,
    "favor_small": a_switch,
    "shares": some_shares,
    "tenant_shares": some_tenants,
}


@dataclass(frozen=True)
class Multifactor:
    """An order by Slurm's multifactor priority, the highest first.

    Attributes
    ----------
    age, fairshare, size, qos : int
        Weights of the wait over the policy's max_age, of the fairshare factor of the tenant, of the
        nodes and cpus of the job over those of the center, and of the platform's priority.
    accelerators, cpus, memory : int
        Weights of what the whole job asks over what the center has (PriorityWeightTRES).
    fair_share : str
        "tree" (Fair Tree) or "classic".
    half_life : int
        ms, PriorityDecayHalfLife; 0: usage does not decay.
    calc_period : int
        ms, PriorityCalcPeriod: at its multiples usage decays and factors change.
    favor_small : bool
        PriorityFavorSmall: the size factor is large for small jobs.
    shares : mapping of str to int
        By platform; 1 where nothing is said.
    tenant_shares : mapping of str to sequence of int
        By platform: the shares of its tenants by their numbers; 1 where nothing is said.
    """

    age: int = 0
    fairshare: int = 0
    size: int = 0
    qos: int = 0
    accelerators: int = 0
    cpus: int = 0
    memory: int = 0
    fair_share: str = "tree"
    half_life: int = 7 * MS["d"]
    calc_period: int = 5 * MS["min"]
    favor_small: bool = False
    shares: Mapping[str, int] | Pairs = ()
    tenant_shares: Mapping[str, tuple[int, ...]] | Pairs = ()

    def __post_init__(self) -> None:
        """Check the parts; a PolicyError has all mistakes."""
        settle(self, "policy", CHECKS, PolicyError)
        if not self.weights:
            raise PolicyError("policy", [f"a multifactor order: {NO_FACTOR}"])

    @property
    def weights(self) -> dict[str, int]:
        """The weights that are not 0, in the order in which they are added up."""
        return {name: getattr(self, name) for name in FACTORS if getattr(self, name)}

    @property
    def decay(self) -> int:
        """What a period leaves of usage, in 2**-32."""
        left = 1.0 if self.half_life == 0 else 1.0 - 0.693 / (self.half_life / 1000.0)
        return round(2**32 * math.pow(left, self.calc_period / 1000.0))

    def shares_of(self, platform: str, tenant: int | None = None) -> int:
        """Return the shares of a platform, or of a tenant of it."""
        if tenant is None:
            return int(dict(self.shares).get(platform, 1))
        given = dict(self.tenant_shares).get(platform, ())
        return int(given[tenant]) if 0 <= tenant < len(given) else 1

    def as_dict(self) -> dict[str, Any]:
        """Return it as plain data, without what is as by default."""
        given = {each.name: getattr(self, each.name) for each in fields(self)}
        plain = given | {"shares": dict(self.shares), "tenant_shares": dict(self.tenant_shares)}
        return {each.name: plain[each.name] for each in fields(self) if given[each.name] != each.default}

    def __str__(self) -> str:
        """Return it for people: "multifactor (1000 age, 5000 fairshare by tree, half-life 7 d, shares a 60, b 40)"."""
        by = {"fairshare": f" by {self.fair_share}", "size": ", small first" if self.favor_small else ""}
        parts = [f"{weight} {name}{by.get(name, '')}" for name, weight in self.weights.items()]
        if self.fairshare:
            parts.append(f"half-life {format_duration(self.half_life)}" if self.half_life else "no decay")
            shares = ", ".join(f"{name} {share}" for name, share in dict(self.shares).items())
            parts += [f"shares {shares}"] if shares else []
        return f"multifactor ({', '.join(parts)})"
