"""The naive twin's schedules, solved by hand; each Gantt chart is in the comments.

A chart has a line an accelerator (n0.1: device 1 of node 0) and a column a millisecond; a digit is the
job that holds the accelerator, a dot is a free one.
"""

import pytest
from by_hand import job, named, nodes, places, simulated, starts, waited
from onecenter_kernels import codes

from onecenter.workload.table import type_code

# EASY: two nodes of two accelerators; job 2 wants them all from t = 1 on. Job 1 ends at 2, not at its
# walltime end 6, but job 3 (by walltime) holds until 6 too: the shadow time is 6 throughout. Jobs 3 and 4
# would end exactly at 6, which is allowed; job 5 would end at 11.
#
#       0123456789012
# n0.0  0000..2222555
# n0.1  0000..2222...
# n1.0  1144442222...    job 4 takes device 0 as soon as job 1 leaves it
# n1.1  .333..2222...
SIX = [
    job(0, 4, 2),
    job(0, 2, 1, walltime=6),
    job(1, 4, 2, tasks=2),
    job(1, 3, 1, walltime=5),
    job(2, 4, 1),
    job(2, 3, 1, walltime=9),
]


def test_easy_row_by_row() -> None:
    assert named(simulated([nodes(2, 2)], SIX, backfill="easy")) == [
        (0, "submit", 0),
        (0, "submit", 1),
        (0, "start", 0, 0, -1, 1),
        (0, "start", 1, 1, -1, 1),
        (1, "submit", 2),
        (1, "submit", 3),
        (1, "start", 3, 1, -1, 1),
        (2, "end", 1, "completed"),
        (2, "submit", 4),
        (2, "submit", 5),
        (2, "start", 4, 1, -1, 1),
        (4, "end", 0, "completed"),
        (4, "end", 3, "completed"),
        (6, "end", 4, "completed"),
        (6, "start", 2, 0, -1, 1),
        (6, "start", 2, 1, -1, 1),
        (10, "end", 2, "completed"),
        (10, "start", 5, 0, -1, 1),
        (13, "end", 5, "completed"),
    ]


def test_the_log_has_the_declared_form() -> None:
    log = simulated([nodes(2, 2)], SIX, backfill="easy")
    assert log.dtype.itemsize == 8 + 4 + 1 + 4 + 4 + 2 + 4 + 1
    assert log[6].tolist() == (1, 0, codes.E_START, 3, 1, -1, 1, 0)
    assert log[7].tolist() == (2, 0, codes.E_END, 1, -1, -1, 0, codes.COMPLETED)


# Without backfill nobody passes job 2: it starts when job 0 has gone (job 1 went at 2).
#
#       012345678901
# n0.0  00002222333.
# n0.1  000022224444
# n1.0  11..2222555.
# n1.1  ....2222....
def test_without_backfill_nobody_overtakes() -> None:
    log = simulated([nodes(2, 2)], SIX)
    assert starts(log) == {0: 0, 1: 0, 2: 4, 3: 8, 4: 8, 5: 8}
    assert places(log, 5) == [(1, -1, 1)]


# Candidates in queue order or the shortest first. One node of three; job 0 holds two until 4, job 1 wants
# three. Jobs 2 (3 ms) and 3 (2 ms) both would end by 4; the one free accelerator takes one of them at 1.
#
# easy  0123456789      easy-sjbf  0123456789
# n0.0  000011133.           n0.0  0000111222
# n0.1  0000111...           n0.1  0000111...
# n0.2  .222111...           n0.2  .33.111...    at 3 job 2 would end at 6, and nothing is spare at 4
@pytest.mark.parametrize(
    ("backfill", "expected"),
    [("easy", {0: 0, 1: 4, 2: 1, 3: 7}), ("easy-sjbf", {0: 0, 1: 4, 2: 7, 3: 1})],
)
def test_candidates_in_queue_order_or_shortest_first(backfill: str, expected: dict[int, int]) -> None:
    jobs = [job(0, 4, 2), job(1, 3, 3), job(1, 3, 1), job(1, 2, 1)]
    assert starts(simulated([nodes(1, 3)], jobs, backfill=backfill)) == expected


# Backfill looks at the first candidate only, in its own order: under easy that is job 2, too big; under
# easy-sjbf job 3, which goes.
@pytest.mark.parametrize(
    ("backfill", "expected"),
    [("easy", {0: 0, 1: 4, 2: 7, 3: 10}), ("easy-sjbf", {0: 0, 1: 4, 2: 7, 3: 1})],
)
def test_backfill_depth_counts_candidates(backfill: str, expected: dict[int, int]) -> None:
    jobs = [job(0, 4, 2), job(1, 3, 3), job(1, 3, 3), job(1, 2, 1)]
    log = simulated([nodes(1, 3)], jobs, backfill=backfill, backfill_depth=1)
    assert starts(log) == expected


# A long candidate may take what the head leaves at the shadow time, once. One node of four; job 0 holds two
# until 4; job 1 wants three, so one is spare at 4. Job 2 (9 ms) takes it; job 3 (9 ms) may not have the
# other free one; job 4, which ends by 4, may.
#
#       0123456789012345
# n0.0  0000111333333333
# n0.1  0000111.........
# n0.2  .222222222......
# n0.3  .444111.........
def test_a_long_candidate_takes_what_the_head_leaves() -> None:
    jobs = [job(0, 4, 2), job(1, 3, 3), job(1, 9, 1), job(1, 9, 1), job(1, 3, 1)]
    log = simulated([nodes(1, 4)], jobs, backfill="easy")
    assert starts(log) == {0: 0, 1: 4, 2: 1, 3: 7, 4: 1}


# EASY and fractions: one node; job 0 holds one device (left) or two (right) until 4, job 1 one until 20,
# one is empty. The head, job 2, wants two whole ones: shadow time 4. On the left it is promised both that
# will be empty then, so the long half (job 3) may not break the empty one, nor may job 5 join the short
# half (job 4) on it. On the right one of three is spare: job 3 breaks it and job 4 joins it.
#
#       0123456789          0123456789
# n0.0  0000222233    n0.0  00002222..    left: from 8 on 5 beside 3
# n0.1  1111111111    n0.1  00002222..
# n0.2  .4442222..    n0.2  1111111111
#                     n0.3  .333333333    right: 4 beside 3, from 4 on 5 beside 3
@pytest.mark.parametrize(
    ("held", "expected"),
    [(1, {0: 0, 1: 0, 2: 4, 3: 8, 4: 1, 5: 8}), (2, {0: 0, 1: 0, 2: 4, 3: 1, 4: 1, 5: 4})],
)
def test_a_fraction_breaks_no_device_that_the_head_needs(held: int, expected: dict[int, int]) -> None:
    jobs = [job(0, 4, held), job(0, 20, 1), job(1, 4, 2), job(1, 9, 0.5), job(1, 3, 0.5), job(1, 9, 0.5)]
    log = simulated([nodes(1, held + 2)], jobs, backfill="easy")
    assert starts(log) == expected


# A gang counts what it breaks itself: three of four are promised to job 2 at 4, one is spare. The two tasks
# of job 3 (0.6 each, long) would break two; job 4 breaks one.
#
#       0123456789
# n0.0  0000222233
# n0.1  0000222233
# n0.2  1111111111
# n0.3  .444444444
# n0.4  ....2222..
def test_a_gang_of_fractions_breaks_no_more_than_is_spare() -> None:
    jobs = [job(0, 4, 2), job(0, 20, 1), job(1, 4, 3), job(1, 9, 0.6, tasks=2), job(1, 9, 0.6)]
    log = simulated([nodes(1, 5)], jobs, backfill="easy")
    assert starts(log) == {0: 0, 1: 0, 2: 4, 3: 8, 4: 1}


# Conservative: two nodes of one accelerator. At t = 0 job 2 (both nodes) reserves 6, the walltime end of
# job 0; at t = 1 job 3 reserves 4 on node 1 and job 4 reserves 9. At t = 2 job 0 ends early. First round:
# job 2 cannot move (job 3 stands at 4), job 3 moves to 2, job 4 stays. Second round: job 2 moves to 4, job
# 4 to 7. Third: none.
#
# reserved at t = 1  012345678901      run  0123456789
#                n0  000000222444       n0  0033222444
#                n1  111133222...       n1  1111222...
COMPRESS = [
    job(0, 2, 1, walltime=6),
    job(0, 4, 1),
    job(0, 3, 1, tasks=2),
    job(1, 2, 1),
    job(1, 3, 1),
]


def test_compressing_goes_on_until_no_start_changes() -> None:
    log = simulated([nodes(2, 1)], COMPRESS, backfill="conservative")
    assert starts(log) == {0: 0, 1: 0, 2: 4, 3: 2, 4: 7}
    full = "no free accelerator"
    assert waited([nodes(2, 1)], COMPRESS, backfill="conservative") == [{}, {}, {full: 4}, {full: 1}, {full: 6}]


def test_without_freed_room_the_reservations_stand() -> None:
    # Job 0 uses all of its walltime: everything starts as it was reserved at t = 1.
    log = simulated([nodes(2, 1)], [job(0, 6, 1), *COMPRESS[1:]], backfill="conservative")
    assert starts(log) == {0: 0, 1: 0, 2: 6, 3: 4, 4: 9}


def test_a_cancelled_reservation_frees_room() -> None:
    # The same, but job 2 leaves at 5: job 4 moves from 9 to 6, when both nodes come free.
    jobs = [job(0, 6, 1), COMPRESS[1], job(0, 3, 1, tasks=2, patience=5), *COMPRESS[3:]]
    log = simulated([nodes(2, 1)], jobs, backfill="conservative")
    assert starts(log) == {0: 0, 1: 0, 3: 4, 4: 6}


# With backfill_depth = 1 only the first of the queue, as it stands when a pass begins, gets a reservation.
#
#     012345
# n0  000011
# n1  ......    where job 1 could have started at 0
def test_conservative_reserves_for_the_first_of_the_queue_only() -> None:
    jobs = [job(0, 4, 1), job(0, 2, 1)]
    log = simulated([nodes(2, 1)], jobs, backfill="conservative", backfill_depth=1)
    assert starts(log) == {0: 0, 1: 4}
    found = waited([nodes(2, 1)], jobs, backfill="conservative", backfill_depth=1)
    assert found == [{}, {"reservation ahead": 4}]


# A whole job reserved by count, put off: job 1 holds all cpus and 0.6 of device 1 until 5, so job 2 (0.5
# and a cpu) reserves 5 on device 0, empty by then. Job 3 (whole, 4 ms) reserves 2: at any instant of [2, 6)
# one device is empty, but not the same one. At t = 2 device 0 is promised to job 2: job 3 is put back at
# its earliest start after 2, which is 5, on device 1.
#
#       012345678
# n0.0  00...222.
# n0.1  111113333
def test_a_whole_job_is_put_off_where_its_device_is_promised() -> None:
    jobs = [job(0, 2, 0.5), job(0, 5, 0.6, cpus=2000), job(0, 3, 0.5, cpus=1000), job(0, 4, 1)]
    log = simulated([nodes(1, 2, cpus=2)], jobs, backfill="conservative")
    assert starts(log) == {0: 0, 1: 0, 2: 5, 3: 5}
    assert places(log, 2) == [(0, 0, 1)]
    found = waited([nodes(1, 2, cpus=2)], jobs, backfill="conservative")
    assert found[2:] == [{"cpu or memory": 5}, {"no free accelerator": 2, "reservation ahead": 3}]


# The same, and job 4 (whole, 2 ms) reserves 6 behind job 3. So job 3, put off at 2, finds no room before 8.
# No job ends before its walltime end, so job 4 is not drawn to 5, when device 1 comes free; at 6 nothing
# but its reserved start is due.
#
#       012345678901
# n0.0  00...2223333
# n0.1  11111.44....
def test_an_end_at_the_walltime_end_frees_nothing() -> None:
    jobs = [job(0, 2, 0.5), job(0, 5, 0.6, cpus=2000), job(0, 3, 0.5, cpus=1000), job(0, 4, 1), job(0, 2, 1)]
    log = simulated([nodes(1, 2, cpus=2)], jobs, backfill="conservative")
    assert starts(log) == {0: 0, 1: 0, 2: 5, 3: 8, 4: 6}


# The same as the last but one with a third device, and job 3 comes at 3: of the two empty ones it leaves
# device 0 to job 2.
#
#       01234567
# n0.0  00...222
# n0.1  11111...
# n0.2  ...3333.
def test_a_whole_job_leaves_a_promised_device_alone() -> None:
    jobs = [job(0, 2, 0.5), job(0, 5, 0.6, cpus=2000), job(0, 3, 0.5, cpus=1000), job(3, 4, 1)]
    log = simulated([nodes(1, 3, cpus=2)], jobs, backfill="conservative")
    assert starts(log) == {0: 0, 1: 0, 2: 5, 3: 3}
    assert places(log, 2) == [(0, 0, 1)]


# Orders: one node of five; any two of the jobs 1, 2, 3 (4, 5 and 3 accelerators) exclude each other.
@pytest.mark.parametrize(
    ("order", "expected"),
    [
        ("fifo", [1, 2, 3]),
        ("sjf", [2, 3, 1]),
        ("smallest-first", [3, 1, 2]),
        ("largest-first", [2, 1, 3]),
        ("priority", [3, 2, 1]),
    ],
)
def test_orders(order: str, expected: list[int]) -> None:
    jobs = [job(0, 4, 5), job(1, 1, 4, walltime=3), job(1, 1, 5, priority=1), job(1, 2, 3, priority=2)]
    after = list(starts(simulated([nodes(1, 5)], jobs, order=order)))[1:]
    assert after == expected


# A ms of waiting weighs 0.2: at 10 job 1 has 0 + 10 x 0.2 and job 2 has 1 + 2 x 0.2; with max_age = 4 job 1
# has 0.8.
@pytest.mark.parametrize(("max_age", "first"), [(10, 1), (4, 2)])
def test_ageing(max_age: int, first: int) -> None:
    jobs = [job(0, 10, 1), job(0, 3, 1), job(8, 3, 1, priority=1)]
    rate = 200_000 * 3_600_000
    log = simulated([nodes(1, 1)], jobs, order="priority", age_rate=rate, max_age=max_age)
    assert starts(log)[first] == 10


def test_node_types_are_tried_in_the_order_listed() -> None:
    # Types 1, 0: the first job fills type 1 (node 1), the second takes type 0, the third waits for the first.
    either = type_code([1, 0])
    jobs = [job(0, 2, 1, types=either), job(0, 5, 1, types=either), job(0, 1, 1, types=either)]
    log = simulated([nodes(1, 1), nodes(1, 1)], jobs)
    assert [places(log, number)[0][0] for number in range(3)] == [1, 0, 1]
    assert starts(log)[2] == 2
