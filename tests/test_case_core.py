"""Cases of the core that an outside trial found: devices, the clock, bad values, and what is posted at one instant."""

import pytest
from by_hand import Log, job, named, nodes, places, simulated, starts, table
from engines import Steps, center_of
from onecenter_kernels import codes

from onecenter.center import Center
from onecenter.conductor import STRIDES
from onecenter.fleet import NodeType
from onecenter.policies import Policy

#: The second cpu-only column: a fraction or a whole accelerator with the node's only cpu.
ONE_CPU = {"cpus": 1000}

#: The head B is promised half of device 0 at 4. C, which stays until 10, goes to device 1, so D finds the other half.
#:
#:       0123456789012
#: n0.0  .ddddddddd     D, and B beside it from 4 to 6
#: n0.1  .ccccccccc
BESIDE = [job(0, 4, 0, **ONE_CPU), job(1, 2, 0.5, **ONE_CPU), job(1, 9, 1), job(1, 9, 0.5)]

#: At 1 device 0 is empty; at 4 device 1 will be, and half of device 0 is promised to the head C. No device is empty at
#: both times: D, which would stay on one, waits until 4.
NEVER_THE_SAME = [job(0, 1, 1), job(0, 4, 1, **ONE_CPU), job(1, 2, 0.5, **ONE_CPU), job(1, 9, 1)]


def by_center(fleet: list[NodeType], jobs: list[dict[str, int]], stride: str, **policy: str) -> Log:
    """Return the log of a run on one stride."""
    center = Center(fleet, Policy(**({"placement": "first-fit"} | policy)), table(jobs), stride=stride)
    center.run()
    return center.log


@pytest.mark.case("8.1-1")
@pytest.mark.equality
@pytest.mark.parametrize("backfill", ["easy", "easy-sjbf"])
@pytest.mark.parametrize("stride", STRIDES)
def test_a_long_job_leaves_the_device_that_the_head_is_promised(stride: str, backfill: str) -> None:
    fleet = [nodes(1, 2, cpus=1)]
    log = by_center(fleet, BESIDE, stride, backfill=backfill)
    assert starts(log) == {0: 0, 2: 1, 3: 1, 1: 4}
    assert [places(log, number) for number in (1, 3)] == [[(0, 0, 1)], [(0, 0, 1)]]
    assert log.tobytes() == simulated(fleet, BESIDE, backfill=backfill).tobytes()


@pytest.mark.case("8.1-2")
@pytest.mark.equality
@pytest.mark.parametrize("backfill", ["easy", "easy-sjbf"])
@pytest.mark.parametrize("stride", STRIDES)
def test_a_long_job_needs_the_same_device_now_and_at_the_shadow_time(stride: str, backfill: str) -> None:
    fleet = [nodes(1, 2, cpus=1)]
    log = by_center(fleet, NEVER_THE_SAME, stride, backfill=backfill)
    assert starts(log) == {0: 0, 1: 0, 2: 4, 3: 4}
    assert places(log, 2) == [(0, 0, 1)]
    assert [codes.REASONS[row["reason"]] for row in log if row["kind"] == codes.E_BLOCKED] == ["cpu or memory"]
    assert log.tobytes() == simulated(fleet, NEVER_THE_SAME, backfill=backfill).tobytes()


#: At 1 half of device 1 is promised to C from 4 to 6, and D has reserved 6. At 2 job 0 ends early: C moves to device 0,
#: so D, which would move to 2 if devices were only counted, moves to 4, to device 1.
#:
#:       01234567890123
#: n0.0  aa..cceeeee...
#: n0.1  bbbbddddfffff.
MOVED_UP = [
    job(0, 2, 1, walltime=6),
    job(0, 4, 1, **ONE_CPU),
    job(1, 2, 0.5, **ONE_CPU),
    job(1, 4, 1),
    job(1, 5, 1),
    job(1, 5, 1),
]


@pytest.mark.case("8.4-2")
@pytest.mark.equality
@pytest.mark.parametrize("stride", STRIDES)
def test_compression_moves_no_job_to_now_whose_devices_are_promised(stride: str) -> None:
    fleet = [nodes(1, 2, cpus=1)]
    log = by_center(fleet, MOVED_UP, stride, backfill="conservative")
    assert starts(log) == {0: 0, 1: 0, 2: 4, 3: 4, 4: 6, 5: 8}
    assert places(log, 2) == [(0, 0, 1)]
    assert log.tobytes() == simulated(fleet, MOVED_UP, backfill="conservative").tobytes()


# ---- posts


@pytest.mark.case("8.4-1")
@pytest.mark.equality
@pytest.mark.parametrize("stride", STRIDES)
def test_a_cancel_at_the_instant_of_the_submit_acts_after_it(stride: str) -> None:
    # Job 1 is known, job 3 posted; a job that comes later is not cancelled before.
    center = center_of(job(0, 2, 1), job(5, 3, 1), job(9, 1, 1), stride=stride)

    def script() -> Steps:
        yield center.after(5)
        center.cancel(1)
        center.cancel(2)
        center.cancel(center.submit(run_time=4, accelerators=1))

    center.process(script())
    center.run()
    assert [row for row in named(center.log) if row[0] in (5, 8)] == [
        (5, "submit", 1),
        (5, "submit", 3),
        (5, "cancel", 1),
        (5, "cancel", 3),
    ]
    assert [center.state(number) for number in range(4)] == ["ended", "cancelled", "ended", "cancelled"]
