"""Where the naive twin places tasks, worked out by hand."""

import pytest
from by_hand import job, named, nodes, places, simulated, starts


# Two devices: 0.3 opens device 0; 0.75 does not fit beside it; 0.25 fits both and takes the fuller device
# 1; 0.3 has room on device 0 only; the whole job waits for device 1, which empties at 4; device 0 empties
# at 5.
#
#       012345
# n0.0  00000.    and job 3's 0.3
# n0.1  111144    and job 2's 0.25 until 4
def test_a_fraction_takes_the_fullest_device() -> None:
    jobs = [job(0, 5, 0.3), job(0, 4, 0.75), job(0, 4, 0.25), job(0, 5, 0.3), job(0, 2, 1)]
    log = simulated([nodes(1, 2)], jobs)
    assert [places(log, number) for number in range(4)] == [[(0, d, 1)] for d in (0, 1, 1, 0)]
    assert starts(log)[4] == 4


def test_a_gang_of_fractions_has_a_row_a_device() -> None:
    # Node 0: two on device 0, then two on device 1; the fifth task goes to node 1.
    log = simulated([nodes(2, 2)], [job(0, 1, 0.4, tasks=5)])
    assert places(log, 0) == [(0, 0, 2), (0, 1, 2), (1, 0, 1)]


def test_rows_stand_in_the_order_of_the_first_touch() -> None:
    # Job 0 leaves 1 and 2 free; worst-fit puts the three tasks on node 1, node 0 (a tie), node 1.
    log = simulated([nodes(2, 2)], [job(0, 9, 1), job(0, 9, 1, tasks=3)], placement="worst-fit")
    assert places(log, 1) == [(1, -1, 2), (0, -1, 1)]


def test_a_whole_accelerator_needs_an_empty_device() -> None:
    # 0.1 + 0.1 lie on one device, so the other stays whole; a second whole job has to wait for t = 3.
    jobs = [job(0, 3, 0.1), job(0, 3, 0.1), job(0, 5, 1), job(0, 1, 1)]
    assert starts(simulated([nodes(1, 2)], jobs)) == {0: 0, 1: 0, 2: 0, 3: 3}


# Three nodes of four; jobs of 2, 3, 1 and 2 accelerators come at once (a column a job: the node that it
# takes).
#
#            2 3 1 2   free afterwards
# first-fit  0 1 0 2   1 1 2
# best-fit   0 1 1 0   0 0 4
# worst-fit  0 1 2 2   2 1 1
@pytest.mark.parametrize(
    ("placement", "expected"),
    [("first-fit", [0, 1, 0, 2]), ("best-fit", [0, 1, 1, 0]), ("worst-fit", [0, 1, 2, 2])],
)
def test_which_node_a_rule_takes(placement: str, expected: list[int]) -> None:
    log = simulated([nodes(3, 4)], [job(0, 9, size) for size in (2, 3, 1, 2)], placement=placement)
    assert [places(log, number) for number in range(4)] == [[(node, -1, 1)] for node in expected]


# Among nodes with as many free accelerators the free cpus decide: job 0 holds all cpus of node 0 until 1,
# so job 1 (4 cpus) lies on node 1 when job 2 comes at 1; nodes 0 and 1 then have two free accelerators, and
# 8 and 4 cpus.
@pytest.mark.parametrize(("placement", "node"), [("first-fit", 0), ("best-fit", 1), ("worst-fit", 0)])
def test_free_cpus_break_ties(placement: str, node: int) -> None:
    jobs = [job(0, 1, 0, cpus=8000), job(0, 9, 0, cpus=4000), job(1, 2, 1)]
    log = simulated([nodes(2, 2, cpus=8)], jobs, placement=placement)
    assert [places(log, number) for number in range(3)] == [[(0, -1, 1)], [(1, -1, 1)], [(node, -1, 1)]]


def test_most_free_cpus_break_the_ties_of_worst_fit() -> None:
    # As before the other way round: job 0 (4 cpus) stays on node 0, so job 1 goes to node 1 with its 8 cpus.
    log = simulated([nodes(2, 2, cpus=8)], [job(0, 9, 0, cpus=4000), job(0, 9, 1)], placement="worst-fit")
    assert places(log, 1) == [(1, -1, 1)]


# Five nodes of two in racks {0, 1} {2, 3} {4}. Job 0 fills node 0. Job 1 (3 tasks): {2, 3} is one rack. Job
# 2 (2 tasks): one node, the lowest. Job 3 (3 tasks): 1 on node 3 and 2 on node 4, filled in the order of
# ids.
#
# rack 0: n0 00 n1 22 | rack 1: n2 11 n3 13 | rack 2: n4 33
def test_fewest_racks() -> None:
    jobs = [job(0, 9, 2), job(0, 9, 1, tasks=3), job(0, 9, 1, tasks=2), job(0, 9, 1, tasks=3)]
    log = simulated([nodes(5, 2, rack=2)], jobs, placement="fewest-racks")
    assert places(log, 0) == [(0, -1, 1)]
    assert places(log, 1) == [(2, -1, 2), (3, -1, 1)]
    assert places(log, 2) == [(1, -1, 2)]
    assert places(log, 3) == [(3, -1, 1), (4, -1, 2)]


def test_fewer_racks_go_before_fewer_nodes() -> None:
    # Racks {0, 1, 2} {3, 4, 5}, two cpus a node. Jobs 0, 1, 2 take one accelerator and all cpus of nodes 0,
    # 1, 2; job 3 fills nodes 3 and 4. Free: 1 1 1 | 0 0 2. Three tasks: three nodes of one rack, not two of
    # two.
    jobs = [*[job(0, 9, 1, cpus=2000)] * 3, job(0, 9, 2, tasks=2), job(0, 9, 1, tasks=3)]
    log = simulated([nodes(6, 2, cpus=2, rack=3)], jobs, placement="fewest-racks")
    assert places(log, 3) == [(3, -1, 1), (4, -1, 1)]
    assert places(log, 4) == [(0, -1, 1), (1, -1, 1), (2, -1, 1)]


def test_fewer_nodes_go_before_lower_ids() -> None:
    # One rack, free 1 1 2: three tasks go to nodes 0 and 2, not to 0, 1 and 2.
    jobs = [*[job(0, 9, 1, cpus=2000)] * 2, job(0, 9, 1, tasks=3)]
    log = simulated([nodes(3, 2, cpus=2, rack=3)], jobs, placement="fewest-racks")
    assert places(log, 2) == [(0, -1, 1), (2, -1, 2)]


# Three nodes of four. Jobs 0, 1 and 2 leave 1, 3 and 2 free. Two anywhere: node 2 is the tightest that
# holds both. Then 1, 3 and 0 are free. Four anywhere: no node holds all, so the freest, node 1, is filled
# with three, and node 0 takes the rest.
def test_accelerators_anywhere() -> None:
    jobs = [job(0, 9, 3), job(0, 9, 1), job(0, 9, 2), *[job(0, 9, 1, tasks=n, spread=1) for n in (2, 4)]]
    log = simulated([nodes(3, 4)], jobs, placement="worst-fit")
    assert [places(log, number) for number in range(3)] == [[(node, -1, 1)] for node in range(3)]
    assert places(log, 3) == [(2, -1, 2)]
    assert places(log, 4) == [(1, -1, 3), (0, -1, 1)]


def test_accelerators_anywhere_take_their_cpus_along() -> None:
    # Three cpus a node and two cpus an accelerator: each node of four holds one only.
    log = simulated([nodes(3, 4, cpus=3)], [job(0, 1, 1, tasks=3, spread=1, cpus=2000)])
    assert places(log, 0) == [(0, -1, 1), (1, -1, 1), (2, -1, 1)]


def test_what_can_never_fit_is_refused() -> None:
    never = [job(0, 1, 3), job(0, 1, 1, tasks=5), job(0, 1, 1, cpus=65_000), job(0, 1, 0.6, tasks=5)]
    log = simulated([nodes(2, 2)], [*never, job(0, 1, 2)])
    assert [row[1] for row in named(log)[:5]] == ["refuse"] * 4 + ["submit"]
    assert set(starts(log)) == {4}
