"""Results for other tools: a log in SWF that can be replayed, and a trace for Perfetto."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import onecenter as oc
from onecenter.cli.main import main
from onecenter.errors import OnecenterError
from onecenter.traces import read

KTH = "KTH-SP2-1996-2.1-cln.swf.gz"


def rows(path: Path) -> list[list[int]]:
    """Return the fields of each job of a file."""
    lines = path.read_text(encoding="utf-8").splitlines()
    return [[int(field) for field in line.split()] for line in lines if not line.startswith(";")]


def test_a_real_log_comes_back_as_it_was(trace_file: Callable[[str], Path], tmp_path: Path) -> None:
    first = oc.replay(trace_file(KTH))
    path = oc.export(first, tmp_path / "kth.swf")
    before, after = read(trace_file(KTH)), read(path)
    for name in ("submit", "run", "walltime", "processors", "outcome"):
        assert np.array_equal(getattr(before.jobs, name), getattr(after.jobs, name)), name
    assert np.array_equal(np.unique(before.jobs.user, return_inverse=True)[1], after.jobs.user - 1)
    again = oc.replay(path)
    assert again.log_digest == first.log_digest
    assert [row[2] * 1_000 for row in rows(path)] == first.jobs["wait_ms"].to_list()


def test_each_job_of_a_scenario(tmp_path: Path) -> None:
    result = oc.run("tiny")
    path = oc.export(result, tmp_path / "tiny.swf")
    text = path.read_text(encoding="utf-8")
    assert "; MaxProcs: 8" in text
    assert "; Partition: 2 talent" in text
    assert "; UnixStartTime: " in text
    jobs = result.jobs.to_dicts()
    for job, row in zip(jobs, rows(path), strict=True):
        assert row[:3] == [job["job"] + 1, job["submit_ms"] // 1_000, job["wait_ms"] // 1_000]
        assert row[3] == job["run_ms"] // 1_000
        assert row[4] == row[7] == -(-job["accelerators"] // 1)
        assert row[8] == job["walltime_ms"] // 1_000
        assert row[10] == {"completed": 1, "failed": 0, "killed": 0, "cancelled_running": 5}[job["outcome"]]
        assert row[15] == 1 + ["public-compute", "talent"].index(job["platform"])
        assert len(row) == 18


REFUSED = """
time = { start = "2026-03-02T00:00:00+08:00", horizon = "1 d" }
center.nodes.a = { count = 1, accelerators = 4 }
[platforms.p.demand.s]
jobs = [
    { submit = "0 min", accelerators = 4, run_time = "60 min" },
    { submit = "1 min", accelerators = 9, run_time = "10 min" },
    { submit = "2 min", accelerators = 2, run_time = "10 min" },
]
"""


def test_jobs_that_did_not_start(tmp_path: Path) -> None:
    path = tmp_path / "refused.toml"
    path.write_text(REFUSED)
    found = rows(oc.export(oc.run(path), tmp_path / "out.swf"))
    assert [row[2:5] for row in found] == [[0, 3_600, 4], [-1, -1, -1], [3_480, 600, 2]]
    assert [row[10] for row in found] == [1, 5, 1]


def events(result: oc.Result, folder: Path) -> list[dict[str, Any]]:
    """Return the events of a result's trace."""
    path = oc.export(result, folder / "out.json")
    found: list[dict[str, Any]] = json.loads(path.read_text(encoding="utf-8"))["traceEvents"]
    return found


@pytest.mark.parametrize("scenario", ["tiny", "changsha-eighth"])
def test_segments_do_not_overlap_on_a_row_and_none_is_lost(scenario: str, tmp_path: Path) -> None:
    result = oc.run(scenario, set='time.horizon="5 d"' if scenario != "tiny" else ())
    slices = [event for event in events(result, tmp_path) if event["ph"] == "X"]
    parts = result.segments.to_dicts()
    ends = [result.until if part["end_ms"] is None else part["end_ms"] for part in parts]
    expected = [(part["node"], part["start_ms"] * 1_000, end * 1_000) for part, end in zip(parts, ends, strict=True)]
    assert sorted((each["pid"], each["ts"], each["ts"] + each["dur"]) for each in slices) == sorted(expected)
    last: dict[tuple[int, int], int] = {}
    for each in sorted(slices, key=lambda each: (each["ts"], each["ts"] + each["dur"])):
        row = each["pid"], each["tid"]
        assert each["ts"] >= last.get(row, each["ts"])
        last[row] = each["ts"] + each["dur"]


def test_the_use_over_time_and_the_names(tmp_path: Path) -> None:
    result = oc.run("tiny")
    found = events(result, tmp_path)
    names = [event["args"]["name"] for event in found if event["ph"] == "M"]
    assert names == ["small 0", "small 1", "center"]
    used = [event for event in found if event["ph"] == "C" and event["name"] == "accelerators in use: talent"]
    series = result.series.filter(platform="talent")
    assert [(event["ts"], event["args"]["value"]) for event in used] == [
        (1_000 * t, value) for t, value in series.select("t_ms", "accelerators_running").iter_rows()
    ]
    assert used[0]["pid"] == 2


def test_the_command(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    saved = oc.run("tiny").save(tmp_path / "result.parquet")
    for name in ("a.swf", "a.JSON"):
        assert main(["export", str(tmp_path), "--to", str(tmp_path / name)]) == 0
        assert f"written: {tmp_path / name}" in capsys.readouterr().out
        assert (tmp_path / name).stat().st_size > 100
    for target, words in (("a.csv", "a name that ends in .swf"), ("no/a.swf", "--to: ")):
        assert main(["export", str(saved), "--to", str(tmp_path / target)]) == 2
        assert words in capsys.readouterr().err
    with pytest.raises(OnecenterError, match=r"ends in .swf"):
        oc.export(saved, tmp_path / "a")
