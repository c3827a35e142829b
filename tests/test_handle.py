"""The kernels borrow the state: they count no share of it, and leave none behind."""

import gc
from collections.abc import Iterator

import numpy as np
import pytest
from by_hand import job, nodes, table
from numba import config
from onecenter_kernels.handle import handle_of
from onecenter_kernels.state import State

from onecenter.engine.core import FOREVER, Core
from onecenter.policies import Policy

pytestmark = pytest.mark.skipif(bool(config.DISABLE_JIT), reason="without the JIT there is no handle")

JOBS = table([job(t, 5, 1 + t % 2) for t in range(30)])


@pytest.fixture
def counted() -> Iterator[None]:
    """Let Numba count what it allocates and frees."""
    from numba.core.runtime import _nrt_python as runtime

    runtime.memsys_enable_stats()
    yield
    runtime.memsys_disable_stats()


def alive() -> int:
    """Return how many structs and arrays of Numba are alive."""
    from numba.core.runtime import rtsys

    gc.collect()
    stats = rtsys.get_allocation_stats()
    return int(stats.mi_alloc - stats.mi_free)


@pytest.mark.usefixtures("counted")
@pytest.mark.parametrize("backfill", ["none", "easy", "conservative"])
@pytest.mark.parametrize("placement", ["best-fit", "fewest-racks"])
def test_no_struct_and_no_array_stays_behind(backfill: str, placement: str) -> None:
    before = alive()
    for _ in range(20):
        Core([nodes(2, 2)], Policy(backfill=backfill, placement=placement), JOBS).advance(FOREVER)
    assert alive() == before


@pytest.mark.usefixtures("counted")
def test_a_handle_lives_as_long_as_somebody_holds_it() -> None:
    core = Core([nodes(2, 2)], Policy(), JOBS)
    before = alive()
    handles = [handle_of(core.state) for _ in range(3)]
    assert alive() == before + 3 * (1 + len(State._fields))
    for handle in handles:
        core._advance(handle, 3)
    assert alive() == before + 3 * (1 + len(State._fields))
    handles.clear()
    del handle
    assert alive() == before


def test_kernels_write_into_the_arrays_of_the_state() -> None:
    core, other = (Core([nodes(2, 2)], Policy(), JOBS) for _ in range(2))
    core.advance(FOREVER)
    assert core.state.clock["log"][0] == 90
    assert other.state.clock["log"][0] == 0
    copies = State(*(rows.copy() for rows in other.state))
    core._advance(handle_of(copies), FOREVER)
    assert copies.clock["log"][0] == 90
    assert np.array_equal(copies.log[:90], core.state.log[:90])
    assert other.state.clock["log"][0] == 0
