"""Admission: who may start, whatever room there is. Every pass asks here before it places a job."""

from .asks import types_of
from .jit import njit


@njit
def admits(s, j, kind, t):
    """Tell whether job j may start on a node type at t (ms), were there room for it: always, as nothing forbids it."""
    return True


@njit
def admitted(s, j, t):
    """Return the node types on which job j may start at t (ms), of those that it allows, in their order."""
    types, found, place = types_of(s, j), 0, 0
    while types > 0:
        if admits(s, j, (types & 15) - 1, t):
            found |= (types & 15) << place
            place += 4
        types >>= 4
    return found
