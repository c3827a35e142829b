"""What tenants have consumed, smoothed: whose jobs a platform takes first."""

from .jit import njit
from .quota import ENDLESS
from .usage import decayed


@njit
def sample(s, rest):
    """Bring what tenants have consumed up to the next sample; an interval leaves `rest` (2**-32) of it."""
    for u in range(len(s.tenants)):
        tenant = s.tenants[u]
        tenant.consumed = decayed(tenant.consumed, rest) + tenant.holds * (2**32 - rest)


@njit
def admit(s, u, amount, rest):
    """Let a tenant hold so much more: it counts at once for what it will have consumed of it at the next sample."""
    tenant = s.tenants[u]
    tenant.holds += amount
    tenant.consumed += amount * (2**32 - rest)


@njit
def weighed(s, u):
    """Return what a tenant has consumed over its weight (2**-32 of an accelerator); the lowest goes first."""
    tenant = s.tenants[u]
    return tenant.consumed // tenant.weight if tenant.weight > 0 else ENDLESS
