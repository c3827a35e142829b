"""Whom a waiting job evicts where quotas are reclaimed: state in, victims out."""

from .codes import V_CLASSICAL
from .fair_victims import fair_victims
from .jit import njit
from .victims import classical_victims


@njit
def choose_victims(s):
    """Choose whom the preemptor evicts; return how many, listed in `victim` of the first candidates.

    Usage is afterwards what it was. Each victim's `claim` says by what right.
    """
    if s.preemptor[0].rule == V_CLASSICAL:
        return classical_victims(s)
    return fair_victims(s)
