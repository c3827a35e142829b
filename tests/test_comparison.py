"""Paired comparisons: policies and scenarios on the same random numbers."""

from typing import Any

import numpy as np
import polars as pl
import pytest
from scipy import stats

import onecenter as oc
from onecenter.errors import OnecenterError
from onecenter.experiments.comparison import compare
from onecenter.scenario import load, with_set


def test_a_side_against_itself_does_not_differ() -> None:
    table = compare({"a": "easy", "b": "easy"}, "changsha-eighth", n=3).table
    assert table["difference_s"].to_list() == [0.0] * table.height
    assert table["p"].to_list() == [1.0] * table.height
    assert not table["beyond_chance"].any()


def test_more_nodes_shorten_waits_beyond_chance() -> None:
    scenario = load("changsha-eighth")
    found = compare([scenario, with_set(scenario, {"center.nodes.910b.count": 32})], n=10)
    row = found.table.row(by_predicate=pl.col("platform") == "center", named=True)
    assert row["beyond_chance"]
    assert row["tested"] == "ratio"
    assert row["difference_s"] == pytest.approx(row["other_s"] - row["base_s"])
    assert row["ratio_low"] <= row["ratio"] <= row["ratio_high"] < 1


def test_p_values_and_intervals_are_adjusted_for_the_number_of_rows() -> None:
    found = compare(["fifo", "easy", "easy-sjbf"], "changsha-eighth", n=3)
    rows = found.table.to_dicts()
    assert len(rows) == 10
    for row in rows:
        a, b = (found.mean_waits(row[side], row["platform"]) for side in ("base", "other"))
        if row["tested"] == "ratio":
            a, b = np.log(a), np.log(b)
        test = stats.ttest_rel(b, a)
        assert row["p"] == pytest.approx(min(1, 10 * test.pvalue))
        low, high = test.confidence_interval(1 - 0.05 / 10)
        if row["tested"] == "ratio":
            assert (row["ratio_low"], row["ratio_high"]) == pytest.approx((np.exp(low), np.exp(high)))
        else:
            assert (row["difference_low_s"], row["difference_high_s"]) == pytest.approx((low, high))


@pytest.mark.slow
@pytest.mark.parametrize("what", ["policy", "nodes"])
def test_pairs_are_three_times_as_sharp(what: str) -> None:
    scenario = load("changsha-eighth")
    more = with_set(scenario, {"center.nodes.910b.count": 27})
    found = compare(["fifo", "easy"], scenario, n=40) if what == "policy" else compare([scenario, more], n=40)
    log = found.paired_log_ratio(list(found.runs)[1], "center")
    assert log is not None
    assert log.unpaired_error > 3 * log.error


@pytest.mark.parametrize(
    ("sides", "scenario", "n", "words"),
    [
        (["easy"], "tiny", 5, "two"),
        (["easy", "easy"], "tiny", 5, "two"),
        (["easy", "fifo"], "tiny", 1, "at least 2 is expected"),
        (["easy", "fiffo"], "tiny", 5, "fiffo"),
        (["tiny", "mm-c"], None, 5, "platforms differ"),
        ([oc.Policy(), oc.Policy(order="sjf")], None, 5, "scenario is expected"),
        ([load("tiny"), "easy"], "tiny", 5, "policies are expected"),
    ],
)
def test_what_cannot_be_compared(sides: Any, scenario: str | None, n: int, words: str) -> None:
    with pytest.raises(OnecenterError, match=words):
        compare(sides, scenario, n=n)
