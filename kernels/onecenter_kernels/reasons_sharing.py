"""What quotas and limits say of the jobs that wait, as the decision log is replayed."""

from .jit import njit
from .limits import count_one, is_full
from .quota import available, derive_quotas, use
from .reasons_room import holds


@njit
def begin_sharing(s):
    """Work out what follows from the quotas, and on which node types each shape fits the empty center."""
    if not s.clock[0].sharing:
        return
    if s.clock[0].quotas:
        for kind in range(len(s.types)):
            derive_quotas(s, kind)
    for i in range(len(s.shapes)):
        shape = s.shapes[i]
        shape.fits = 0
        for kind in range(len(s.types)):
            row = s.types[kind]
            if (shape.types >> kind) & 1 and holds(s, row.first, shape.unit) * row.count >= shape.tasks:
                shape.fits |= 1 << kind


@njit
def gang_of(s, shape):
    """Return the accelerators (1/1000) of a job of a shape."""
    return shape.tasks * s.units[shape.unit].accelerators


@njit
def is_over_limit(s, shape):
    """Tell whether a limit keeps jobs of a shape from running."""
    gang = gang_of(s, shape)
    return (
        is_full(s, shape.of_platform, gang) or is_full(s, shape.of_tenant, gang) or is_full(s, shape.of_stream, gang)
    )


@njit
def has_quota_on(s, shape):
    """Return the node types (bits) on which a job of a shape has quota, of those whose nodes, all empty, hold it."""
    gang, found = gang_of(s, shape), 0
    for kind in range(len(s.types)):
        free = not s.clock[0].quotas or shape.member < 0 or gang == 0
        if (shape.fits >> kind) & 1 and (free or gang <= available(s, shape.member, kind)):
            found |= 1 << kind
    return found


@njit
def share(s, j, sign):
    """Count job j, which starts (1) or leaves its nodes (-1), in its quota and limits."""
    if not s.clock[0].sharing:
        return
    shape = s.shapes[s.jobs[j].form]
    gang, kind = gang_of(s, shape), s.nodes[s.log[s.jobs[j].first].node].type
    if s.clock[0].quotas and shape.member >= 0:
        use(s, shape.member, kind, sign * gang)
    count_one(s, shape.of_platform, gang, sign, 0)
    count_one(s, shape.of_tenant, gang, sign, 0)
    count_one(s, shape.of_stream, gang, sign, 0)
