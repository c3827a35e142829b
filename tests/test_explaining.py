"""The commands `explain` and `diff`: what they print, their JSON, and what they refuse in one sentence."""

import json
from pathlib import Path

import polars as pl
import pytest
from explained import reserved
from test_case_edited import signed

import onecenter as oc
from onecenter.cli.main import main


@pytest.fixture(scope="module")
def saved(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder of saved results: two.parquet and one.parquet by reservations, and folder/ as of --out."""
    folder = tmp_path_factory.mktemp("saved")
    reserved(2).save(folder / "two.parquet")
    reserved(1).save(folder / "one.parquet")
    (folder / "folder").mkdir()
    (folder / "empty").mkdir()
    oc.run("tiny", set="platforms.talent.demand={}").save(folder / "folder" / "result.parquet")
    (folder / "text.parquet").write_text("job,wait\n1,2\n")
    former = json.loads(pl.read_parquet_metadata(folder / "two.parquet")["onecenter"]) | {"format": 2}
    signed(folder / "former.parquet", pl.read_parquet(folder / "two.parquet"), former)
    return folder


@pytest.fixture(autouse=True)
def _inside(saved: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(saved)


def printed(text: str, capfd: pytest.CaptureFixture[str]) -> list[str]:
    """Run a command that must be fine; return the lines it prints, without runs of blanks."""
    assert main(text.split()) == 0
    return [" ".join(line.split()) for line in capfd.readouterr().out.splitlines() if line.strip()]


def test_a_job_is_explained(capfd: pytest.CaptureFixture[str]) -> None:
    assert printed("explain two.parquet --job 4", capfd)[1:] == [
        "job 4 · all · stream all · tenant 0",
        "asks 1 task of 1 accelerator; on gpu; walltime 6 min",
        "submitted 00:03:00, started 00:10:00, completed 00:16:00; waited 7 min",
        "from to waits share reason ahead in the queue ran meanwhile",
        "00:03:00 00:04:00 60 s 14 % no free accelerator – 0, 5",
        "00:04:00 00:08:00 4 min 57 % reservation ahead 2, 3 1, 5",
        "00:08:00 00:10:00 2 min 29 % no free accelerator – 2",
        "node node type device tasks from to",
        "0 gpu – 1 00:10:00 00:16:00",
    ]


def test_the_first_difference_is_told(capfd: pytest.CaptureFixture[str]) -> None:
    lines = printed("diff two.parquet one.parquet", capfd)
    assert [line.rpartition("policy ")[2] for line in lines[:2]] == [
        "easy, first-fit, 2 reservations", "easy, first-fit",
    ]  # fmt: skip
    assert lines[2:] == [
        "the first difference: 00:03:00, row 7 of the decision log",
        "just before: free accelerators: gpu 1 · waiting: 1, 2, 3, 4, 5 · running: 0",
        "a starts job 5 on node 0",
        "job 4 waits 7 min more:",
        "00:03:00 to 00:04:00 no free accelerator",
        "00:04:00 to 00:08:00 reservation ahead, behind 2, 3",
        "00:08:00 to 00:10:00 no free accelerator",
        "b starts job 4 on node 0",
        "job 5 waits 60 s more:",
        "00:03:00 to 00:04:00 no free accelerator",
    ]


def test_equal_results(capfd: pytest.CaptureFixture[str]) -> None:
    assert printed("diff two.parquet two.parquet", capfd)[2:] == ["both decide the same"]
    assert main(["diff", "two.parquet", "two.parquet", "--json"]) == 0
    assert json.loads(capfd.readouterr().out) == {"same": True, "difference": None}


def test_json(capfd: pytest.CaptureFixture[str]) -> None:
    assert main(["explain", "two.parquet", "--job", "4", "--json"]) == 0
    found = json.loads(capfd.readouterr().out)
    assert [part["reason"] for part in found["intervals"]] == [
        "no free accelerator", "reservation ahead", "no free accelerator",
    ]  # fmt: skip
    assert sum(part["wait_ms"] for part in found["intervals"]) == found["wait_ms"] == 420_000
    assert main(["diff", "two.parquet", "one.parquet", "--json"]) == 0
    found = json.loads(capfd.readouterr().out)
    assert found["same"] is False
    assert (found["difference"]["t_ms"], found["difference"]["a"]["kept"]) == (180_000, 4)


@pytest.mark.parametrize(
    ("text", "right"),
    [
        ("explain two.parquet --job 6", "job: 6: at most 5 is expected"),
        ("explain two.parquet --job -1", "--job: '-1': at least 0 is expected"),
        ("explain two.parquet --job x", "--job: 'x': a whole number is expected"),
        ("explain two.parquet", "the following arguments are required: --job"),
        ("explain text.parquet --job 1", "text.parquet: "),
        ("explain nowhere.parquet --job 1", "nowhere.parquet: there is no such file"),
        ("explain empty --job 1", "empty: the folder holds no result.parquet"),
        ("explain former.parquet --job 1", "former.parquet: format 2: this onecenter reads format 4; run it again"),
        ("diff two.parquet empty", "empty: the folder holds no result.parquet"),
        ("diff two.parquet text.parquet", "text.parquet: "),
        ("diff former.parquet two.parquet", "format 2"),
        ("diff two.parquet folder", "diff: the two results are of different centers: the same nodes are expected"),
    ],
)
def test_what_is_refused_is_one_sentence(text: str, right: str, capfd: pytest.CaptureFixture[str]) -> None:
    assert main(text.split()) == 2
    out, said = capfd.readouterr()
    assert out == ""
    assert right in said
    assert said.count("\n") == 1
