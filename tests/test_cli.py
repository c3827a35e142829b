"""The command line: what it prints, what it writes, its exit status."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from onecenter.cli.main import main
from onecenter.simulation.result import Result

PARTS = [
    "submitted",
    "started",
    "ended",
    "completed",
    "failed",
    "cancelled_running",
    "killed",
    "cancelled_waiting",
    "unfinished",
    "wait_s",
    "jct_s",
    "makespan_s",
    "bounded_slowdown",
    "accelerator_hours",
    "utilisation",
    "meets_target",
]
SWF = "; MaxProcs: 4\n" + "".join(
    f"{i} {10 * i} -1 {20 + i} 2 -1 -1 2 60 -1 1 1 1 -1 -1 -1 -1 -1\n" for i in range(1, 30)
)


def out(capsys: pytest.CaptureFixture[str], *arguments: str, status: int = 0) -> str:
    """Return what a call prints, whose exit status is as expected."""
    assert main(arguments) == status
    printed = capsys.readouterr()
    return printed.err if status else printed.out


@pytest.fixture
def swf(tmp_path: Path) -> str:
    """Return a small log."""
    path = tmp_path / "small.swf"
    path.write_text(SWF)
    return str(path)


def test_run_prints_a_row_a_platform(capsys: pytest.CaptureFixture[str]) -> None:
    text = out(capsys, "run", "tiny")
    assert "tiny · 2 nodes · 8 accelerators" in text
    assert "public-compute" in text
    assert "talent" in text
    assert "p95 wait ≤" in text


def test_json_has_every_part(capsys: pytest.CaptureFixture[str]) -> None:
    figures = json.loads(out(capsys, "run", "tiny", "--json"))
    assert {"scenario", "seed", "stride", "log_digest", "jobs_per_s", "center", "platforms"} <= set(figures)
    for part in (figures["center"], *figures["platforms"].values()):
        assert set(PARTS) <= set(part)
    waits = {"mean", "mean_low", "mean_high", "mean_started", "p50", "p95", "p95_low", "p95_high", "p99"}
    assert waits <= set(figures["center"]["wait_s"])
    assert figures["center"]["submitted"] == 6


def test_strides_give_one_digest(capsys: pytest.CaptureFixture[str]) -> None:
    digests = {
        json.loads(out(capsys, "run", "changsha-eighth", "--json", "--set", 'time.horizon="7 d"', "--stride", stride))[
            "log_digest"
        ]
        for stride in ("calendar", "event")
    }
    assert len(digests) == 1


def test_seed_and_set_change_the_run(capsys: pytest.CaptureFixture[str]) -> None:
    short = ("run", "mm-c", "--json", "--set", 'time.horizon="8 d"', "--set", 'time.warmup="1 d"')
    first = json.loads(out(capsys, *short))
    again = json.loads(out(capsys, *short))
    other = json.loads(out(capsys, *short, "--seed", "7"))
    assert first["log_digest"] == again["log_digest"] != other["log_digest"]
    assert other["seed"] == 7


def test_out_holds_result_and_plots_and_is_repeated(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    folder = tmp_path / "out"
    text = out(capsys, "run", "tiny", "--out", str(folder))
    assert str(folder) in text
    names = {path.name for path in folder.iterdir()}
    assert names == {"result.parquet", "summary.json", "utilisation.png", "queue.png", "waits.png", "gantt.png"}
    saved = Result.load(folder / "result.parquet")
    again = json.loads(out(capsys, "run", str(folder / "result.parquet"), "--json"))
    assert again["log_digest"] == saved.log_digest


def test_replay_prints_waits_by_size(capsys: pytest.CaptureFixture[str], swf: str) -> None:
    text = out(capsys, "replay", swf, "--processors", "4", "--order", "fifo", "--backfill", "easy")
    assert "29 of 29 jobs are used" in text
    assert "waits by size" in text


@pytest.mark.parametrize("shape", [("--processors", "4"), ("--nodes", "2x2"), ("--center", "tiny")])
def test_replay_on_each_kind_of_center(capsys: pytest.CaptureFixture[str], swf: str, shape: tuple[str, str]) -> None:
    figures = json.loads(out(capsys, "replay", swf, *shape, "--json"))
    assert figures["center"]["ended"] == 29


def test_warm_up_leaves_jobs_out(capsys: pytest.CaptureFixture[str], swf: str) -> None:
    call = ("replay", swf, "--processors", "4", "--json", "--skip-first")
    counts = [json.loads(out(capsys, *call, share))["center"]["submitted"] for share in ("0%", "50%")]
    assert counts == [29, 15]


def test_policy_and_its_parts(capsys: pytest.CaptureFixture[str], swf: str) -> None:
    def digest(*more: str) -> str:
        return str(json.loads(out(capsys, "replay", swf, "--nodes", "2x2", "--json", *more))["log_digest"])

    assert digest("--policy", "fifo") == digest("--order", "fifo", "--backfill", "none")
    assert digest("--policy", "sjf") == digest("--policy", "fifo", "--order", "sjf")


def test_compare_has_a_row_a_policy(capsys: pytest.CaptureFixture[str]) -> None:
    text = out(capsys, "compare", "tiny", "--policies", "fifo,easy")
    assert text.splitlines()[0] == "  tiny · 2 nodes · 8 accelerators · 2 h · seed 0"
    assert [line.split("  ")[0] for line in text.splitlines()[2:5]] == ["policy", "fifo, best-fit", "easy, best-fit"]
    figures = json.loads(out(capsys, "compare", "tiny", "--policies", "fifo,easy", "--json"))
    means = [figures["policies"][name]["center"]["wait_s"]["mean"] for name in ("fifo", "easy")]
    assert means[0] > means[1]


@pytest.mark.parametrize(
    ("condition", "status"),
    [
        ("platforms.talent.wait_s.p95 > 3 min", 1),
        ("platforms.talent.wait_s.p95 > 3 h", 0),
        ("center.utilisation < 10%", 0),
        ("center.utilisation < 90%", 1),
        ("center.meets_target == true", 0),
        ("center.submitted != 6", 0),
        ("center.submitted >= 6", 1),
    ],
)
def test_fail_if(condition: str, status: int, capsys: pytest.CaptureFixture[str]) -> None:
    text = out(capsys, "run", "tiny", "--fail-if", condition, status=status)
    assert (condition in text) == bool(status)


def test_fail_if_on_a_comparison(capsys: pytest.CaptureFixture[str]) -> None:
    condition = "policies.easy.platforms.talent.wait_s.p95 > 3 min"
    assert condition in out(capsys, "compare", "tiny", "--policies", "easy", "--fail-if", condition, status=1)


BAD = {
    "unknown scenario": (("run", "tinny"), "did you mean", "tiny"),
    "unknown policy": (("run", "tiny", "--policy", "esay"), "'esay'", "easy"),
    "unknown path": (("run", "tiny", "--set", "center.nodez=1"), "center.nodez", "nodes"),
    "unknown figure": (("run", "tiny", "--fail-if", "center.wait_s.p59 > 1"), "p59", "did you mean"),
    "no figure": (("run", "tiny", "--fail-if", "center.wait_s > 1"), "no single figure", "p95"),
    "no condition": (("run", "tiny", "--fail-if", "wait is long"), "wait is long", "path > value"),
    "no value": (("run", "tiny", "--fail-if", "center.submitted > many"), "many", "center.submitted"),
    "missing log": (("replay", "none.swf", "--processors", "4"), "none.swf", ""),
    "bad shape": (("replay", "none.swf", "--nodes", "8by8"), "'8by8'", "48x8"),
    "unknown in compare": (("compare", "tiny", "--policies", "fifo,foo"), "'foo'", "fifo"),
    "foreign result": (("run", __file__ + ".parquet"), ".parquet", ""),
}


@pytest.mark.parametrize("name", BAD)
def test_mistakes_are_told_and_exit_with_2(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    arguments, first, second = BAD[name]
    text = out(capsys, *arguments, status=2)
    assert first in text
    assert second in text
    assert "Traceback" not in text


def test_validate_names_each_scenario(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    bad = tmp_path / "bad.toml"
    bad.write_text("[time]\nhorizon = 3\n")
    assert main(["validate", "tiny", str(bad)]) == 2
    printed = capsys.readouterr()
    assert "tiny: ok" in printed.out
    assert "bad.toml" in printed.err
    assert "time.horizon" in printed.err


def test_show_gives_load_and_a_scenario_that_reads_back(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    text = out(capsys, "show", "mm-c")
    assert "offered load" in text
    copy = tmp_path / "copy.toml"
    copy.write_text(text[: text.index("offered load")], encoding="utf-8")
    assert out(capsys, "validate", str(copy)).endswith("ok\n")
    assert json.loads(out(capsys, "show", "mm-c", "--json"))["load"][-1]["load"] == pytest.approx(0.8, abs=0.01)


def test_show_warns_of_what_cannot_fit(capsys: pytest.CaptureFixture[str]) -> None:
    assert "warning" in out(capsys, "show", "mm-c", "--set", "center.nodes.server.count=1")


@pytest.mark.parametrize("what", ["list", "schema", "reference"])
def test_scenario_prints(what: str, capsys: pytest.CaptureFixture[str]) -> None:
    text = out(capsys, "scenario", what)
    assert {"list": "changsha-eighth", "schema": '"properties"', "reference": "horizon"}[what] in text


def test_help_imports_nothing_heavy() -> None:
    code = (
        "import sys\nfrom onecenter.cli.main import parser\nparser().format_help()\n"
        "heavy = {'numba', 'polars', 'scipy', 'matplotlib', 'pydantic', 'simpy'} & set(sys.modules)\n"
        "sys.exit(str(heavy) if heavy else 0)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def test_every_command_has_help(capsys: pytest.CaptureFixture[str]) -> None:
    for command in ("run", "replay", "compare", "plan", "sweep", "report", "show", "validate", "scenario"):
        with pytest.raises(SystemExit) as stop:
            main([command, "--help"])
        assert stop.value.code == 0
        assert "usage: onecenter" in capsys.readouterr().out
