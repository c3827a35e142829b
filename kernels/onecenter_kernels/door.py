"""The one door: in whatever pass a job starts, it goes through admission, placement and commit."""

from .admission import admits, admitted
from .asks import ask_of
from .book import begin, picks_of
from .commit import start
from .jit import njit
from .place import place_allowed
from .reservation import place_in_view
from .state import NOW


@njit
def start_among(s, j, types, t):
    """Start job j on the first of some node types that holds it now; return the number of picks, 0: none does."""
    s.clock[0].placing = j
    picks = place_allowed(s, NOW, NOW + 1, types, ask_of(s, j))
    if picks > 0:
        start(s, j, picks, t)
    return picks


@njit
def start_among_in_view(s, j, types, t):
    """Start job j on the first of some node types that holds it in the view; return the number of picks, 0: none."""
    s.clock[0].placing = j
    picks = place_in_view(s, types, ask_of(s, j))
    if picks > 0:
        start(s, j, picks, t)
    return picks


@njit
def start_now(s, j, t):
    """Start job j on the first node type that holds it now; return the number of picks, 0: none does."""
    return start_among(s, j, admitted(s, j, t), t)


@njit
def start_in_view(s, j, t):
    """Start job j on the first node type that holds it in the view; return the number of picks, 0: none does."""
    return start_among_in_view(s, j, admitted(s, j, t), t)


@njit
def admits_reserved(s, j, t):
    """Tell whether job j may start at t (ms) on the node type where it has reserved."""
    return admits(s, j, s.nodes[NOW, s.holds[s.jobs[j].hold].node].type, t)


@njit
def start_reserved(s, j, t):
    """Start job j, which has been admitted, on what it has reserved from t (ms) on."""
    start(s, j, picks_of(s, j), t)
    begin(s, j)


@njit
def start_on(s, j, picks, t):
    """Start job j, which has been admitted, on the picks found for it."""
    start(s, j, picks, t)
