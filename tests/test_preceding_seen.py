"""Replays that hold jobs for the preceding ones of their log, as tables, windows and the report show them."""

from html import unescape
from pathlib import Path

import pytest
from reports import page_of

import onecenter as oc
from onecenter.simulation.result import Result

HOUR = 3_600

#: Job number, submit, run time, preceding job, think time (s); each on all of four processors.
CHAIN = (
    (1, 0, HOUR, -1, -1),
    (2, 600, HOUR, 1, 900),  # released at 1:15
    (3, 1_200, 600, -1, -1),  # starts at 1:00, as nobody stands before it yet
    (4, 1_800, 600, 2, 0),  # released at the end of job 2
)


@pytest.fixture
def log(tmp_path: Path) -> Path:
    """Return the log."""
    path = tmp_path / "chain.swf"
    lines = [f"{n} {t} -1 {run} 4 -1 -1 4 {run} -1 1 1 1 -1 -1 -1 {of} {think}" for n, t, run, of, think in CHAIN]
    path.write_text("\n".join(["; MaxProcs: 4", *lines, ""]))
    return path


def minutes(result: Result, column: str) -> list[float]:
    """Return a column of the jobs table in minutes."""
    return (result.jobs[f"{column}_ms"] / 60_000).to_list()


def test_a_chain_with_think_times(log: Path) -> None:
    result = oc.replay(log, preceding=True)
    assert minutes(result, "eligible") == [0, 75, 20, 135]
    assert minutes(result, "start") == [0, 75, 60, 135]
    center = result.summary()["center"]
    assert center["wait_s"]["mean"] == 60 * (0 + 65 + 40 + 105) / 4
    assert center["eligible_wait_s"]["mean"] == 60 * 40 / 4
    assert [(part.reason, part.wait_ms // 60_000) for part in result.explain(3).intervals] == [("held", 105)]


def test_without_them_all_stand_in_the_queue(log: Path) -> None:
    result = oc.replay(log)
    assert minutes(result, "eligible") == [0, 10, 20, 30]
    assert minutes(result, "start") == [0, 60, 120, 130]


@pytest.mark.parametrize(("language", "words"), [("en", "held for other jobs"), ("zh", "等待其他作业")])
def test_the_report_of_a_replay_says_who_was_held(language: str, words: str, log: Path) -> None:
    held, free = (unescape(page_of(language, oc.replay(log, preceding=way))) for way in (True, False))
    assert words in held
    assert words not in free
