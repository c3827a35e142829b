"""Run times, walltimes, outcomes, tenants and sizes of drawn jobs."""

import numpy as np
import pytest
from demand_cases import DAY, HOUR, MANY, MINUTE, RARE, SECOND, one_stream, scenario, uniforms
from onecenter_kernels.codes import CANCELLED_RUNNING, COMPLETED, FAILED, SPREAD_ANY
from scipy import integrate, stats

from onecenter.fleet import NodeType
from onecenter.scenario.demand import Request, Tenants, Walltime
from onecenter.scenario.run_times import (
    Constant,
    Empirical,
    Exponential,
    Hyperexponential,
    Lognormal,
    RunTimes,
    Weibull,
)
from onecenter.workload.build import build
from onecenter.workload.columns import fits, outcomes, rounded_to, size_columns, tenants, walltimes
from onecenter.workload.draws import Floats
from onecenter.workload.runtimes import limited_means, run_times

# Run times

MIXED = Hyperexponential(kind="hyperexponential", means=("1 min", "10 h"), shares=(0.8, 0.2))

LAWS = {
    "exponential": (Exponential(kind="exponential", mean="1 h"), stats.expon(scale=HOUR).cdf),
    "lognormal": (
        Lognormal(kind="lognormal", median="3 min", sigma=2.2),
        stats.lognorm(2.2, scale=3 * MINUTE).cdf,
    ),
    "weibull": (Weibull(kind="weibull", shape=0.7, scale="1 h"), stats.weibull_min(0.7, scale=HOUR).cdf),
    "hyperexponential": (
        MIXED,
        lambda x: 1 - 0.8 * np.exp(-x / MINUTE) - 0.2 * np.exp(-x / (10 * HOUR)),
    ),
}


@pytest.mark.parametrize("law", LAWS)
def test_run_times_have_their_distribution(law):
    spec, cdf = LAWS[law]
    drawn = run_times(spec, uniforms)
    assert drawn.dtype == np.int64
    assert drawn.min() >= 1
    assert stats.kstest(drawn, cdf).pvalue > RARE


@pytest.mark.parametrize("law", LAWS)
def test_no_run_time_is_longer_than_its_cap(law):
    spec, cdf = LAWS[law]
    capped = run_times(spec.model_copy(update={"cap": 30 * MINUTE}), uniforms)
    free = run_times(spec, uniforms)
    assert (capped == np.minimum(free, 30 * MINUTE)).all()
    share = 1 - cdf(30 * MINUTE)
    assert abs((capped == 30 * MINUTE).mean() - share) < 4 * (share * (1 - share) / MANY) ** 0.5


def test_run_times_of_a_table():
    values, shares = ("10 min", "1 h", "2 h"), (0.5, 0.2, 0.3)
    spec = Empirical(kind="table", values=values, shares=shares)
    seen = [(run_times(spec, uniforms) == ms).sum() for ms in (10 * MINUTE, HOUR, 2 * HOUR)]
    assert sum(seen) == MANY
    assert stats.chisquare(seen, np.array(shares) * MANY).pvalue > RARE
    equal = Empirical(kind="table", values=values)
    seen = [(run_times(equal, uniforms) == ms).sum() for ms in (10 * MINUTE, HOUR, 2 * HOUR)]
    assert stats.chisquare(seen).pvalue > RARE


def test_a_constant_run_time_is_one_value():
    assert run_times(Constant(kind="constant", value="90 s"), uniforms) == 90 * SECOND
    assert run_times(Constant(kind="constant", value="90 s", cap="1 min"), uniforms) == 60 * SECOND


def test_run_times_are_rounded_up_to_whole_ms():
    drawn = run_times(Exponential(kind="exponential", mean="2 ms"), uniforms)
    # P(ceil(X) = k) = exp(-(k - 1) / 2) - exp(-k / 2): geometric from 1.
    law = stats.geom(1 - np.exp(-0.5))
    seen = np.bincount(np.minimum(drawn, 12))[1:]
    expected = np.append(law.pmf(np.arange(1, 12)), law.sf(11)) * MANY
    assert stats.chisquare(seen, expected).pvalue > RARE


def test_a_tail_beyond_all_bounds_stays_a_duration():
    wild = Lognormal(kind="lognormal", median="900 y", sigma=10.0)
    drawn = run_times(wild, uniforms)
    assert drawn.min() >= 1
    assert drawn.max() == 1_000 * 365 * DAY
    assert (walltimes(Walltime(factor=1e6), drawn, uniforms) >= drawn).all()


MEANS: list[RunTimes] = [
    Constant(kind="constant", value="1 h"),
    Exponential(kind="exponential", mean="1 h"),
    MIXED,
    Lognormal(kind="lognormal", median="3 min", sigma=2.2),
    Lognormal(kind="lognormal", median="3 min", sigma=0.0),
    Weibull(kind="weibull", shape=0.7, scale="1 h"),
    Weibull(kind="weibull", shape=1_000.0, scale="1 h"),
    Empirical(kind="table", values=("10 min", "1 h", "2 h"), shares=(0.5, 0.2, 0.3)),
]


@pytest.mark.parametrize("spec", MEANS, ids=lambda spec: spec.kind)
def test_limited_means_are_those_of_the_draws(spec):
    class Even:
        """Uniforms in the middle of equal parts, so that a mean over them is an integral."""

        def __call__(self, purpose: str) -> Floats:
            grid = (np.arange(300) + 0.5) / 300
            return np.repeat(grid, 300) if purpose == "run time part" else np.tile(grid, 300)

    limits = np.array([1.0, 5.0 * MINUTE, 1.0 * HOUR, 3.0 * HOUR])
    drawn = run_times(spec, Even())
    expected = [np.minimum(drawn, limit).mean() for limit in limits]
    assert limited_means(spec, limits) == pytest.approx(expected, rel=5e-3)


@pytest.mark.parametrize("law", LAWS)
def test_limited_means_are_the_integral_of_the_tail(law):
    spec, cdf = LAWS[law]
    for limit in (MINUTE, HOUR, 5 * DAY):
        # By the logarithm, since these tails spread over many decades.
        tail = integrate.quad(lambda x: (1 - cdf(np.exp(x))) * np.exp(x), -10, np.log(limit), limit=500, epsrel=1e-9)[0]
        assert limited_means(spec, np.array([float(limit)])) == pytest.approx([tail], rel=1e-5)
        capped = spec.model_copy(update={"cap": limit})
        assert limited_means(capped, np.array([1e18])) == pytest.approx([tail], rel=1e-5)


# Walltimes


def test_walltimes_are_rounded_up_to_what_people_type():
    steps = [10 * MINUTE, 30 * MINUTE, HOUR]
    given = np.array([1, 10 * MINUTE, 10 * MINUTE + 1, HOUR, HOUR + 1, 2 * HOUR, 2 * HOUR + 1])
    expected = [10, 10, 30, 60, 120, 120, 180]
    assert (rounded_to(given, steps) // MINUTE).tolist() == expected


def test_the_limit_comes_after_rounding():
    spec = Walltime(factor=2.0, round=("1 h",), limit="90 min")
    given = np.array([MINUTE, 30 * MINUTE, 31 * MINUTE])
    assert (walltimes(spec, given, uniforms) // MINUTE).tolist() == [60, 60, 90]


def test_a_product_that_is_whole_but_for_its_last_bits_is_not_rounded_further():
    spec = Walltime(factor=1.1, round=("33 min", "1 h"))
    assert walltimes(spec, np.array([30 * MINUTE]), uniforms).tolist() == [33 * MINUTE]


def test_a_range_of_factors_is_log_uniform():
    asked = walltimes(Walltime(factor=(1.5, 6.0)), np.full(MANY, HOUR), uniforms)
    assert stats.kstest(np.log(asked / HOUR), stats.uniform(np.log(1.5), np.log(4.0)).cdf).pvalue > RARE


def test_without_a_walltime_the_run_time_is_asked_for_even_if_the_outcome_uses_less():
    jobs = build(one_stream(outcome={"failed": {"share": 0.5, "used": [0.5, 0.5]}}))
    assert set(np.unique(jobs.walltime)) == {HOUR}
    assert set(np.unique(jobs.run)) == {HOUR, HOUR // 2}


# Outcomes, tenants, sizes


def test_outcomes_have_their_shares_and_use_what_they_should():
    spec = scenario().platforms["public"].demand["batch"].outcome
    codes, used = outcomes(spec, uniforms)
    seen = np.bincount(codes, minlength=3)
    expected = {COMPLETED: 0.7, FAILED: 0.1, CANCELLED_RUNNING: 0.2}
    assert stats.chisquare(seen, [expected[code] * MANY for code in range(3)]).pvalue > RARE
    assert (used[codes == COMPLETED] == 1.0).all()
    assert stats.kstest(used[codes == CANCELLED_RUNNING], "uniform").pvalue > RARE
    assert stats.kstest(used[codes == FAILED], stats.uniform(0, 0.5).cdf).pvalue > RARE


def test_run_is_the_share_used_of_the_run_time_rounded_up():
    jobs = build(
        one_stream(
            run_time={"kind": "constant", "value": "3 ms"},
            outcome={"failed": {"share": 1.0, "used": [0.0, 1.0]}},
        )
    )
    seen = np.bincount(jobs.run, minlength=4)
    assert seen[0] == 0
    assert stats.chisquare(seen[1:]).pvalue > RARE


def test_nothing_used_is_still_1_ms():
    jobs = build(one_stream(outcome={"cancelled": {"share": 1.0, "used": [0.0, 0.0]}}))
    assert set(jobs.run.tolist()) == {1}
    assert set(jobs.outcome.tolist()) == {CANCELLED_RUNNING}


@pytest.mark.parametrize("zipf", [0.0, 1.1])
def test_tenants_follow_zipf(zipf):
    drawn = tenants(Tenants(count=20, zipf=zipf), uniforms)
    weights = np.arange(1, 21) ** -zipf
    seen = np.bincount(drawn, minlength=20)
    assert stats.chisquare(seen, weights / weights.sum() * MANY).pvalue > RARE


def test_sizes_have_their_shares_and_keep_their_rows_together():
    rows = scenario().platforms["public"].demand["batch"].sizes
    drawn = size_columns(rows, uniforms)
    kind = np.where(drawn["spread"] == SPREAD_ANY, 2, np.where(drawn["accelerators"] == 500, 1, 0))
    assert stats.chisquare(np.bincount(kind), np.array([0.5, 0.3, 0.2]) * MANY).pvalue > RARE
    asked = (drawn[name].tolist() for name in ("accelerators", "tasks", "cpus", "memory"))
    assert set(zip(*asked, strict=True)) == {
        (1_000, 1, 4_000, 16 * 1_024),
        (500, 1, 0, 0),
        (1_000, 12, 0, 0),
    }  # fmt: skip
    assert (drawn["tasks"][kind == 2] == 12).all()
    assert (drawn["cpus"][kind == 0] == 4_000).all()


@pytest.mark.parametrize(
    ("request_", "holds"),
    [
        ({"accelerators": 8}, True),
        ({"accelerators": 9}, False),
        ({"accelerators": 5, "tasks": 2}, True),
        ({"accelerators": 5, "tasks": 3}, False),
        ({"accelerators": 4, "tasks": 4}, True),
        ({"accelerators": 0.6, "tasks": 16}, True),
        ({"accelerators": 0.6, "tasks": 17}, False),
        ({"accelerators": 0.3, "tasks": 48}, True),
        ({"accelerators": 0.3, "tasks": 49}, False),
        ({"accelerators": 0, "cpus": 16, "tasks": 4}, True),
        ({"accelerators": 0, "cpus": 16, "tasks": 5}, False),
        ({"accelerators": 0, "cpus": 0.5, "memory": "33 GiB", "tasks": 2}, True),
        ({"accelerators": 0, "cpus": 0.5, "memory": "33 GiB", "tasks": 3}, False),
        ({"accelerators": 0, "tasks": 1_000_000}, True),
        ({"accelerators": 1, "cpus": 8, "tasks": 9, "spread": "any"}, False),
        ({"accelerators": 1, "cpus": 8, "tasks": 8, "spread": "any"}, True),
    ],
)
def test_what_two_empty_nodes_hold(request_, holds):
    nodes = NodeType("n", count=2, accelerators=8, cpus=32_000, memory=64 * 1_024)
    assert fits(Request.model_validate(request_), nodes) is holds
