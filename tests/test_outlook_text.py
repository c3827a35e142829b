"""What an outlook says of purchases, each case of them by hand, in both languages."""

from typing import Any

import pytest

from onecenter.planning.purchase import Purchase
from onecenter.planning.question import Question
from onecenter.planning.text import outlook
from onecenter.results.targets import targets_of
from onecenter.words import Words

DUE: dict[str, Any] = {
    "order": 3, "month": 5, "before": 8, "after": 10, "low": 10, "high": 10, "until": 16, "beyond": 32,
    "yearly_cost": None,
}  # fmt: skip


def said(language: str = "en", demand: float = 1.0, **changes: Any) -> str:
    """Return the text of one purchase."""
    question = Question.of("mm-c", demand=demand)
    return outlook(question, 24, {}, [Purchase(**DUE | changes)], Words(language))


@pytest.mark.parametrize("order", [0, 3])
def test_an_order_that_is_in_time(order: int) -> None:
    assert said(order=order) == f"order 2 nodes in month {order} for month 5: 10 in all, enough to month 16."


def test_an_order_that_comes_too_late_says_by_how_much() -> None:
    assert said(order=-2) == "2 nodes are needed in month 5, and the order is 2 months late: 10 in all."
    assert said(order=-1, before=9) == "1 node is needed in month 5, and the order is 1 month late: 10 in all."


def test_an_interval_is_given_where_the_count_is_open() -> None:
    assert said(low=9, high=12) == said()[:-1] + " (9 to 12 with 95 %)."
    assert "10 or more with 95 %; not decided below 32" in said(high=None)


def test_a_range_that_does_not_suffice_has_no_number_of_nodes() -> None:
    assert said(after=None, low=None, high=None).startswith("nodes for month 16 are not decided below 32")


@pytest.mark.parametrize("language", ["en", "zh"])
def test_failures_and_conditions(language: str) -> None:
    question = Question.of("mm-c", ["platforms.queue.wait.p95=20 min"], demand=1.5)
    (target,) = targets_of(question.scenario.platforms["queue"])
    words = Words(language)
    fails = outlook(question, 24, {("queue", target): 7}, [], words)
    assert "7" in fails
    assert question.conditions(words) in fails
    holds = outlook(question, 24, {("queue", target): None}, [], words)
    assert "24" in holds
    assert holds != fails
