"""Waits of textbook queues."""

import math


def erlang_c(servers: int, load: float) -> float:
    """Return the share of jobs that wait in M/M/c at a load below 1 of each server, through Erlang's B.

    L. Kleinrock, Queueing Systems 1 (1975), section 3.5.
    """
    lost = 1.0
    for server in range(1, servers + 1):
        lost = servers * load * lost / (server + servers * load * lost)
    return lost / (1 - load * (1 - lost))


def mgc_wait(servers: int, load: float, service: float, variation: float) -> float:
    """Return the mean wait of M/G/c, in the unit of the mean service time; exact for M/M/c and M/G/1.

    A. M. Lee and P. A. Longton, Operational Research Quarterly 10 (1959) 56-67: M/M/c's times (1 + squared coefficient
    of variation) / 2.
    """
    return erlang_c(servers, load) * service / (servers * (1 - load)) * (1 + variation) / 2


def mgc_percentile(servers: int, load: float, service: float, variation: float, percent: float) -> float:
    """Return a percentile of the wait of M/G/c, exact for M/M/c: those who wait do so exponentially long."""
    waiting = erlang_c(servers, load)
    late = 1 - percent / 100
    if waiting <= late:
        return 0.0
    return math.log(waiting / late) * service / (servers * (1 - load)) * (1 + variation) / 2
