"""Textbook queues against their closed forms, and against the sums from which those follow."""

import math

import pytest

from onecenter.statistics.queueing import erlang_c, mgc_percentile, mgc_wait

LOADS = (0.05, 0.3, 0.8, 0.99)


def share_that_waits(servers: int, load: float) -> float:
    """Return Erlang's C as the share of time in which all servers are busy, state by state (Kleinrock, 3.5)."""
    offered = servers * load
    fewer = sum(offered**n / math.factorial(n) for n in range(servers))
    all_busy = offered**servers / math.factorial(servers) / (1 - load)
    return all_busy / (fewer + all_busy)


@pytest.mark.parametrize("load", LOADS)
def test_one_and_two_servers(load: float) -> None:
    assert erlang_c(1, load) == pytest.approx(load)
    assert erlang_c(2, load) == pytest.approx(2 * load**2 / (1 + load))


@pytest.mark.parametrize("load", LOADS)
@pytest.mark.parametrize("servers", [1, 3, 8, 64])
def test_erlang_c_state_by_state(servers: int, load: float) -> None:
    assert erlang_c(servers, load) == pytest.approx(share_that_waits(servers, load))


@pytest.mark.parametrize("load", LOADS)
def test_one_server_is_pollaczek_khinchine(load: float) -> None:
    # Constant service waits half as long as exponential service.
    assert mgc_wait(1, load, 60, 1) == pytest.approx(60 * load / (1 - load))
    assert mgc_wait(1, load, 60, 0) == pytest.approx(30 * load / (1 - load))
    assert mgc_wait(1, load, 60, 4) == pytest.approx(150 * load / (1 - load))


def test_two_servers_share_the_work() -> None:
    # M/M/2 at 0.5: a third of the jobs wait, one service time each.
    assert mgc_wait(2, 0.5, 60, 1) == pytest.approx(20)


@pytest.mark.parametrize("percent", [50, 90, 95, 99.9])
@pytest.mark.parametrize(("servers", "load"), [(1, 0.9), (8, 0.95), (3, 0.8)])
def test_as_many_wait_longer_than_a_percentile_as_it_says(servers: int, load: float, percent: float) -> None:
    wait = mgc_percentile(servers, load, 60, 1, percent)
    longer = share_that_waits(servers, load) * math.exp(-servers * (1 - load) * wait / 60)
    assert wait > 0
    assert longer == pytest.approx(1 - percent / 100)
    assert mgc_percentile(servers, load, 60, 0, percent) == pytest.approx(wait / 2)


def test_a_percentile_of_those_who_do_not_wait_is_nothing() -> None:
    # Of ten jobs nine find the one server free.
    assert mgc_percentile(1, 0.1, 60, 1, 89) == 0
    assert mgc_percentile(1, 0.1, 60, 1, 91) > 0
