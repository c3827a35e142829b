"""What the report's first paragraph says of a run and of a plan, sentence by sentence from judgements given by hand."""

from collections.abc import Sequence
from types import SimpleNamespace
from typing import Any

import pytest

from onecenter.report.answer import Answers, Judged
from onecenter.results.targets import Target
from onecenter.words import Words

EN, ZH = Answers(Words()), Answers(Words("zh"))
WAIT, MEDIAN = Target("wait", 95.0, 600_000.0), Target("wait", 50.0, 0.0)
FACTOR = Target("expansion", 95.0, 2.0)
LABELS = {"a": "Alpha", "b": "Beta"}


def judged(verdict: str, measured: float | None, platform: str = "a", target: Target = WAIT, **more: Any) -> Judged:
    """Return what a run says of a target: 10 min for p95, if not told otherwise."""
    one = {
        "verdict": verdict, "measured": measured, "target": target.limit / target.scale, "jobs": 1_000,
        "refused": 0, "within": 0.9, "few": False,
    }  # fmt: skip
    return platform, target, one | more


def said(*listed: Judged, answers: Answers = EN, grows: bool = False, waiting: int = 0) -> tuple[str, str]:
    """Return the paragraph of a run with these judgements, and how it looks."""
    subject: Any = SimpleNamespace(
        result=SimpleNamespace(judged=lambda: iter(listed), labels_in=lambda language: LABELS),
        summary={"center": {"queue_grows": grows, "waiting_at_horizon": waiting}},
    )
    found = answers.of_run(subject)
    return found.text, found.look


def test_without_targets_there_is_nothing_to_judge_by() -> None:
    assert said()[0] == "This run has no targets to be judged by."


def test_one_target_that_is_met_is_the_nearest_to_its_limit() -> None:
    assert said(judged("met", 300.0)) == (
        "The target is met. Nearest to its limit is Alpha: p95 wait 5 min of 10 min allowed.", "met",
    )  # fmt: skip


@pytest.mark.parametrize("order", [(0, 1), (1, 0)])
def test_of_several_that_are_met_the_tightest_is_told(order: Sequence[int]) -> None:
    # 6 of 10 min are more of the limit than a factor of 1.1 of 2.
    both = [judged("met", 360.0, "b"), judged("met", 1.1, "a", FACTOR)]
    text, look = said(*(both[place] for place in order))
    assert text == "All 2 targets are met. Nearest to its limit is Beta: p95 wait 6 min of 10 min allowed."
    assert look == "met"


@pytest.mark.parametrize(("measured", "target"), [(0.0, WAIT), (0.0, MEDIAN)])
def test_where_nobody_waits_nothing_is_near_its_limit(measured: float, target: Target) -> None:
    assert said(judged("met", measured, target=target))[0] == "The target is met."


@pytest.mark.parametrize(
    ("listed", "text"),
    [
        (
            [judged("missed", 1_200.0)],
            "The target is missed: Alpha, p95 wait is 20 min against 10 min allowed, 2.0 times as long.",
        ),
        (
            [judged("missed", 3.5, target=FACTOR)],
            "The target is missed: Alpha, p95 of (wait + run) / run is 3.5 against 2 allowed.",
        ),
        (
            [judged("missed", 60.0, target=MEDIAN)],
            "The target is missed: Alpha, p50 wait is 60 s against 0 s allowed.",
        ),
        (
            [judged("missed", None)],
            "The target is missed: Alpha, p95 wait should be at most 10 min, but only 90 % of the jobs kept it.",
        ),
        (
            [judged("missed", None, refused=70)],
            "The target is missed: Alpha, p95 wait: 70 of 1,000 jobs can never run on this center.",
        ),
    ],
)
def test_by_how_much_a_target_is_missed(listed: list[Judged], text: str) -> None:
    assert said(*listed) == (text, "missed")


def test_some_met_some_missed_some_undecided() -> None:
    text, look = said(
        judged("met", 60.0),
        judged("missed", 1_200.0, "b"),
        judged("missed", None, refused=3),
        judged("undecided", None, "b"),
        judged("undecided", None, jobs=0),
    )
    assert look == "missed"
    assert text == (
        "2 of 5 targets are missed: Beta, p95 wait is 20 min against 10 min allowed, 2.0 times as long; "
        "Alpha, p95 wait: 3 of 1,000 jobs can never run on this center. Of 5 targets 1 is met. "
        "This run cannot decide: Beta (jobs that still wait decide it); Alpha (no jobs)."
    )


def test_one_missed_of_several() -> None:
    text, _ = said(judged("met", 60.0), judged("missed", 1_200.0, "b"))
    assert text.startswith("1 of 2 targets is missed: Beta, ")
    assert text.endswith("Of 2 targets 1 is met.")


def test_undecided_alone() -> None:
    assert said(judged("undecided", None)) == (
        "This run cannot decide: Alpha (jobs that still wait decide it).", "undecided",
    )  # fmt: skip


def test_few_jobs_and_a_growing_queue_are_told_last() -> None:
    text, _ = said(judged("met", 0.0, few=True), grows=True, waiting=1_234)
    assert text == (
        "The target is met. Few jobs are behind Alpha, p95 wait: another period could well be judged otherwise. "
        "The queue grows: 1,234 jobs of this period waited at its end, so a longer one would show longer waits."
    )


def test_chinese_has_no_blanks_between_sentences() -> None:
    text, _ = said(judged("met", 300.0), judged("missed", 1_200.0, "b"), answers=ZH)
    assert "。 " not in text
    assert text.endswith("。")
    assert "20 分钟" in text


def plan(answer: dict[str, int], text: dict[str, str], undecided: list[Any] | None = None) -> Any:
    return SimpleNamespace(
        answer=answer, text=text, undecided=undecided or [], node_types=lambda values: {"910b": 1_020, "cpu": 3},
    )  # fmt: skip


@pytest.mark.parametrize(
    ("given", "text", "look"),
    [
        (plan({"x": 3}, {"en": " Three nodes. "}), "Three nodes.", "met"),
        (plan({"x": 3}, {"zh": "三个"}), "Answer: 910b: 1,020, cpu: 3.", "met"),
        (plan({"x": 3}, {"en": "Three."}, [{"x": 2}]), "Three.", "undecided"),
        (plan({}, {}), "No fleet that was tried surely meets all targets.", "undecided"),
        (plan({}, {"en": "Not decided."}), "Not decided.", "undecided"),
    ],
)
def test_a_plan_says_its_own_words_or_its_numbers(given: Any, text: str, look: str) -> None:
    found = EN.of_plan(given)
    assert (found.text, found.look) == (text, look)
