"""Cases of the core that an outside trial found: devices, the clock, bad values, and what is posted at one instant."""

import pytest
from by_hand import Log, job, named, nodes, places, simulated, starts, table
from engines import Steps, center_of

from onecenter.engine.center import Center
from onecenter.engine.conductor import STRIDES, Conductor
from onecenter.engine.core import FOREVER, Core
from onecenter.errors import SimulationError
from onecenter.fleet import NodeType
from onecenter.policies import Policy
from onecenter.workload.table import DEFAULTS

#: The only cpu of a node.
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


# ---- the clock


@pytest.mark.parametrize("stride", [pytest.param("calendar", marks=pytest.mark.case("8.2-1")), "event"])
def test_the_clock_of_a_center_that_has_run_out_stands_at_its_last_instant(stride: str) -> None:
    center = center_of(job(0, 5, 1), job(2, 6, 1), stride=stride)
    center.run()
    assert center.env.now == 8
    later = center.submit(run_time=3, accelerators=2)
    center.run()
    assert starts(center.log) == {0: 0, 1: 2, later: 8}
    assert center.env.now == 11
    assert center.log["t"].tolist() == sorted(center.log["t"])


@pytest.mark.parametrize("stride", [pytest.param("calendar", marks=pytest.mark.case("8.2-2")), "event"])
def test_what_is_posted_between_two_runs_happens_now(stride: str) -> None:
    center = center_of(job(0, 5, 2), stride=stride)
    center.run()
    seen: list[tuple[str, int]] = []

    def script() -> Steps:
        yield center.ended(0)
        seen.append(("ended", center.env.now))
        first, second = (center.submit(run_time=9, accelerators=2) for _ in range(2))
        yield center.started(first)
        seen.append(("started", center.env.now))
        center.cancel(second)
        yield center.after(4)
        center.cancel(first)
        yield center.ended(first)
        seen.append(("cancelled", center.env.now))

    center.process(script())
    center.run()
    assert seen == [("ended", 5), ("started", 5), ("cancelled", 9)]
    assert named(center.log)[-2:] == [(5, "cancel", 2), (9, "end", 1, "cancelled_running")]


@pytest.mark.case("8.2-3")
def test_the_core_takes_no_post_before_its_last_instant() -> None:
    core = Core([nodes(1, 1)], Policy(), table([job(5, 2, 1)]))
    core.advance(FOREVER)
    log = core.log.tobytes()
    with pytest.raises(SimulationError, match="the core has been at 7 ms already"):
        core.post_submit(DEFAULTS | {"run": 1, "walltime": 1, "accelerators": 1000}, 6)
    with pytest.raises(SimulationError, match="the core has been at 7 ms already"):
        core.post_cancel(0, 6)
    core.post_submit(DEFAULTS | {"run": 1, "walltime": 1, "accelerators": 1000}, 7)
    core.advance(FOREVER)
    assert core.log.tobytes().startswith(log)
    assert starts(core.log)[1] == 7


# ---- durations


@pytest.mark.case("8.3-1")
def test_a_horizon_that_is_no_whole_millisecond_ends(monkeypatch: pytest.MonkeyPatch) -> None:
    armed: list[int] = []
    arm = Conductor.arm

    def counted(self: Conductor, t: int) -> None:
        armed.append(t)
        assert len(armed) < 1000, "the conductor wakes at one instant again and again"
        arm(self, t)

    monkeypatch.setattr(Conductor, "arm", counted)
    center = center_of(job(0, 9, 1), job(2, 1, 1), job(3, 1, 1), horizon=2.5)
    center.run()
    assert center.env.now == 3
    assert center.log["t"].tolist() == [0, 0, 2, 2]


@pytest.mark.case("8.3-1")
@pytest.mark.parametrize("stride", STRIDES)
@pytest.mark.parametrize(("horizon", "last"), [("2 ms", 2), ("1.5 s", 1500), ("1 h", 3_600_000)])
def test_a_horizon_may_be_text(stride: str, horizon: str, last: int) -> None:
    center = center_of(job(0, 9, 1), stride=stride, horizon=horizon)
    center.run()
    assert center.env.now == last
    assert center.log["t"].tolist() == [t for t in (0, 0, 9) if t < last]


IMPOSSIBLE = [-1, -0.5e12, float("nan"), float("inf"), "2", "2 hours", "-1 h", "2000 y", 10**17, True, [1]]


@pytest.mark.case("8.3-2")
@pytest.mark.parametrize("stride", STRIDES)
@pytest.mark.parametrize("value", IMPOSSIBLE, ids=repr)
def test_an_impossible_duration_is_a_simulation_error(stride: str, value: object) -> None:
    with pytest.raises(SimulationError, match=r"^center: horizon = "):
        center_of(stride=stride, horizon=value)
    center = center_of(stride=stride)
    with pytest.raises(SimulationError, match=r"^run: until = "):
        center.run(until=value)  # type: ignore[arg-type]
    with pytest.raises(SimulationError, match=r"^after: delay = "):
        center.after(value)  # type: ignore[arg-type]
    center.run()
    assert len(center.log) == 3


@pytest.mark.case("8.3-3")
@pytest.mark.parametrize("stride", STRIDES)
def test_a_run_to_an_instant_in_words_and_none_to_one_that_is_past(stride: str) -> None:
    center = center_of(job(0, 9000, 1), stride=stride)
    center.run("5 s")
    assert center.env.now == 5000
    center.run(5000)
    with pytest.raises(SimulationError, match="until = 4,000 ms: it is 5,000 ms already"):
        center.run("4 s")
    center.run(5000.2)
    assert center.env.now == 5001
    center.run()
    assert center.env.now == 9000


# ---- what raises


JOBS = [job(0, 4, 2), job(1, 3, 1), job(6, 2, 2)]


def failing(center: Center) -> Steps:
    """Fail at 5, between two instants of the core."""
    yield center.after(5)
    raise KeyError("lost")


@pytest.mark.case("8.3-4")
@pytest.mark.parametrize(
    ("stride", "until"), [("calendar", None), ("calendar", 6), ("calendar", 8), ("event", 6), ("event", 8)]
)
def test_a_center_goes_on_after_a_process_has_raised(stride: str, until: int | None) -> None:
    undisturbed = center_of(*JOBS, stride=stride)
    undisturbed.run()
    center = center_of(*JOBS, stride=stride)
    center.process(failing(center))
    with pytest.raises(KeyError, match="lost"):
        center.run(until)
    assert center.env.now == 5
    center.run()
    assert center.env.now == undisturbed.env.now == 9
    assert center.log.tobytes() == undisturbed.log.tobytes()


@pytest.mark.case("8.3-5")
@pytest.mark.parametrize("until", [None, 8])
def test_a_center_goes_on_after_a_listener_has_raised(until: int | None) -> None:
    undisturbed = center_of(*JOBS, stride="event")
    undisturbed.run()
    center = center_of(*JOBS, stride="event")
    seen: list[int] = []

    def listener(it: Center) -> None:
        seen.append(it.env.now)
        if it.env.now == 4:
            raise KeyError("lost")

    center.listen(listener)
    with pytest.raises(KeyError, match="lost"):
        center.run(until)
    center.run()
    assert seen == sorted(set(undisturbed.log["t"].tolist()))
    assert center.log.tobytes() == undisturbed.log.tobytes()


@pytest.mark.case("8.3-6")
@pytest.mark.parametrize("stride", STRIDES)
def test_a_center_goes_on_after_a_process_that_reacts_has_raised(stride: str) -> None:
    center = center_of(*JOBS, stride=stride)
    seen: list[int] = []

    def script() -> Steps:
        yield center.ended(1)
        raise KeyError("lost")

    def other() -> Steps:
        yield center.ended(1)
        yield center.ended(2)
        seen.append(center.env.now)

    center.process(script())
    center.process(other())
    with pytest.raises(KeyError, match="lost"):
        center.run("1 s")
    center.run()
    assert seen == [9]
