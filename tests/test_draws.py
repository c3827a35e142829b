"""Random numbers by index."""

import numpy as np
import pytest
from scipy import stats

from onecenter.workload.draws import Draws, Jobs, choice, rounded_up

DAY = 86_400_000
DRAWS = Draws(20260302, "talent", "courses")

#: A test statistic this unlikely at a fixed seed is a defect.
RARE = 1e-4


def test_uniforms_are_uniform_and_independent_of_their_neighbours():
    u = DRAWS.uniforms("size", 100_000)
    assert stats.kstest(u, "uniform").pvalue > RARE
    assert abs(np.corrcoef(u[1:], u[:-1])[0, 1]) < 4 / len(u) ** 0.5


@pytest.mark.parametrize("first", [0, 1, 2, 3, 4, 5, 63, 64, 9_998])
def test_the_ith_uniform_is_the_same_wherever_one_starts(first):
    whole = DRAWS.uniforms("size", 10_000)
    assert (DRAWS.uniforms("size", 2, first) == whole[first : first + 2]).all()


@pytest.mark.parametrize(
    ("draws", "purpose"),
    [
        (Draws(20260303, "talent", "courses"), "size"),
        (Draws(20260302, "industry", "courses"), "size"),
        (Draws(20260302, "talent", "labs"), "size"),
        (Draws(20260302, "talent", "courses"), "tenant"),
    ],
)
def test_seed_platform_stream_and_purpose_each_give_other_numbers(draws, purpose):
    mine, other = DRAWS.uniforms("size", 10_000), draws.uniforms(purpose, 10_000)
    assert not (mine == other).any()
    assert abs(np.corrcoef(mine, other)[0, 1]) < 4 / len(mine) ** 0.5


def test_names_run_together_are_not_confused():
    one, other = Draws(1, "a", "bc").uniforms("d", 4), Draws(1, "ab", "c").uniforms("d", 4)
    assert not (one == other).any()


@pytest.mark.parametrize("bits", [0, 2**64 - 1])
def test_uniforms_never_reach_0_or_1(bits, monkeypatch):
    class Extreme:
        def __init__(self, **_: object) -> None:
            pass

        def random_raw(self, count: int):
            return np.full(count, bits, dtype=np.uint64)

    monkeypatch.setattr(np.random, "Philox", Extreme)
    u = DRAWS.uniforms("size", 1)[0]
    assert 0.0 < u < 1.0


def test_jobs_picked_from_ranges_keep_their_numbers():
    jobs = Jobs(((5, 3), (100, 2))).where(np.array([True, False, True, True, True]))
    jobs = jobs.where(np.array([True, True, False, True]))
    assert len(jobs) == 3
    whole = DRAWS.uniforms("size", 102)
    assert (DRAWS.of(jobs)("size") == whole[[5, 7, 101]]).all()


def test_choice_never_takes_what_has_no_share():
    u = DRAWS.uniforms("size", 10_000)
    picked = np.bincount(choice([0.0, 0.25, 0.0, 0.75, 0.0], u), minlength=5)
    assert picked[[0, 2, 4]].sum() == 0
    assert stats.chisquare(picked[[1, 3]], [2_500, 7_500]).pvalue > RARE


def test_durations_are_rounded_up_to_at_least_1_ms():
    given = np.array([0.0, 0.2, 1.0, 1.0001, 2.5, 1.1 * 1_800_000, 1e300])
    assert rounded_up(given).tolist() == [1, 1, 1, 2, 3, 1_980_000, 1_000 * 365 * DAY]
