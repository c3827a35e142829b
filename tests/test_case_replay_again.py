"""A saved replay knows its log, and is repeated as long as the same log is there."""

import gzip
import hashlib
import json
import re
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import onecenter as oc
from onecenter.cli.main import main
from onecenter.errors import OnecenterError, ResultError

LOG = "; MaxProcs: 4\n" + "".join(
    f"{i + 1} {1_500_000_000 + 300 * i} -1 {600 * (1 + i % 3)} {1 + i % 4} -1 -1 -1 3600 -1 1 1 1 -1 -1 -1 -1 -1\n"
    for i in range(40)
)
PART = ("--warmup", "30 min", "--horizon", "2 h")

Call = Callable[..., Any]


@pytest.fixture
def call(capsys: pytest.CaptureFixture[str]) -> Call:
    """Return a function that runs a command, checks its exit status, and returns what it prints."""

    def called(*words: str, status: int = 0) -> str:
        assert main(words) == status
        printed = capsys.readouterr()
        return printed.err if status else printed.out

    return called


@pytest.fixture
def log(tmp_path: Path) -> Path:
    """Return a packed log."""
    path = tmp_path / "log.swf.gz"
    path.write_bytes(gzip.compress(LOG.encode(), mtime=0))
    return path


@pytest.fixture
def saved(log: Path, tmp_path: Path) -> Path:
    """Return the saved replay of the log."""
    return oc.replay(log, nodes="2x2", policy="sjf", warmup="30 min", horizon="2 h").save(tmp_path / "saved.parquet")


def figures(text: str) -> dict[str, Any]:
    """Return a printed summary without what differs from run to run."""
    summary: dict[str, Any] = json.loads(text)
    return summary | {"jobs_per_s": None}


@pytest.mark.case("6.5")
def test_the_provenance_holds_log_machine_and_window(log: Path, saved: Path) -> None:
    result = oc.Result.load(saved)
    origin = result.provenance["replay"]
    digest = hashlib.sha256(log.read_bytes()).hexdigest()
    ends = {"first_submit_s": 1_500_000_000, "last_submit_s": 1_500_000_000 + 39 * 300}
    assert origin["trace"] == {"path": str(log), "format": "swf", "sha256": digest, **ends}
    assert origin["center"] == {"nodes": "2x2"}
    assert (origin["warmup"], origin["horizon"], origin["skip_first"]) == ("30 min", "2 h", 0)
    assert origin["quality"]["rows"] == 40
    assert result.policy.name == "sjf"


@pytest.mark.case("6.5")
@pytest.mark.parametrize("size", [1, 7, 1 << 20])
def test_the_digest_is_that_of_the_bytes_on_disk(
    log: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, size: int
) -> None:
    from onecenter.traces import files

    plain = tmp_path / "plain.swf"
    plain.write_bytes(LOG.encode() if size > 1 else LOG.encode().rstrip(b"\n"))
    monkeypatch.setattr(files, "BLOCK", 400 * size)
    for path in (log, plain):
        found = oc.replay(path, processors=4).provenance["replay"]["trace"]["sha256"]
        assert found == hashlib.sha256(path.read_bytes()).hexdigest()


@pytest.mark.case("6.5")
def test_a_saved_replay_is_repeated(log: Path, saved: Path, call: Call) -> None:
    again = figures(call("run", str(saved), "--json"))
    first = figures(call("replay", str(log), *PART, "--nodes", "2x2", "--policy", "sjf", "--json"))
    assert again == first
    assert oc.replay(saved).log_digest == first["log_digest"]


@pytest.mark.case("6.5")
def test_it_is_repeated_under_another_policy(log: Path, saved: Path, call: Call) -> None:
    again = figures(call("run", str(saved), "--policy", "fifo", "--json"))
    assert again == figures(call("replay", str(log), *PART, "--nodes", "2x2", "--policy", "fifo", "--json"))
    assert again["policy"]["name"] == "fifo"


@pytest.mark.case("6.5")
def test_it_is_repeated_from_another_folder(
    log: Path, call: Call, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    oc.replay(log.name).save("here.parquet")
    (tmp_path / "elsewhere").mkdir()
    monkeypatch.chdir(tmp_path / "elsewhere")
    assert "40 of 40 jobs are used" in call("run", "../here.parquet")


@pytest.mark.case("6.5")
def test_a_center_of_a_scenario_is_repeated_though_its_file_is_gone(log: Path, call: Call, tmp_path: Path) -> None:
    ours = tmp_path / "ours.toml"
    ours.write_text('extends = "tiny"\n[center.nodes.small]\ncount = 3\n[policy]\nbackfill = "conservative"\n')
    first = oc.replay(log, center=ours)
    first.save(tmp_path / "saved.parquet")
    ours.unlink()
    again = oc.replay(tmp_path / "saved.parquet")
    assert (again.log_digest, again.fleet, again.policy) == (first.log_digest, first.fleet, first.policy)
    assert again.provenance["replay"] == first.provenance["replay"]


@pytest.mark.case("6.5")
def test_a_log_that_has_changed_is_no_longer_the_log(log: Path, saved: Path, call: Call) -> None:
    log.write_bytes(gzip.compress(LOG.replace(" 3600 ", " 3000 ").encode(), mtime=0))
    text = call("run", str(saved), status=2)
    assert f"its log {log} is another one now: its SHA-256 was " in text


@pytest.mark.case("6.5")
def test_a_log_that_is_gone_is_named(log: Path, saved: Path, call: Call) -> None:
    shutil.move(log, log.parent / "moved.swf.gz")
    text = call("run", str(saved), status=2)
    assert f"its log cannot be replayed again: {log}: there is no such file" in text


@pytest.mark.case("6.5")
@pytest.mark.parametrize("option", [("--set", "policy.order=sjf"), ("--seed", "7")])
def test_options_of_scenarios_do_not_go_with_a_replay(saved: Path, call: Call, option: tuple[str, str]) -> None:
    assert f"{option[0]}: it is the replay of a log" in call("run", str(saved), *option, status=2)


@pytest.mark.case("6.5")
def test_a_saved_replay_is_repeated_as_it_was(log: Path, saved: Path) -> None:
    with pytest.raises(OnecenterError, match="only policy and stride may be given"):
        oc.replay(saved, warmup="1 h")
    oc.run("tiny").save(saved.parent / "tiny.parquet")
    with pytest.raises(ResultError, match="it is no replay of a log"):
        oc.replay(saved.parent / "tiny.parquet")
    with pytest.raises(ResultError, match="it is the replay of a log, so it holds no scenario"):
        oc.run(saved)


@pytest.mark.case("6.5")
@pytest.mark.parametrize(
    ("part", "lie", "wrong"),
    [
        ("trace", None, "provenance.replay.trace"),
        ("trace", {"path": "-"}, "provenance.replay.trace.path"),
        ("trace", {"path": 5}, "provenance.replay.trace.path"),
        ("trace", {"sha256": "0"}, "provenance.replay.trace.sha256"),
        ("warmup", "soon", "warmup = 'soon': not a number with a unit"),
        ("horizon", "-1 d", "horizon = '-1 d': must not be negative"),
        ("skip_first", "half", "provenance.replay.skip_first"),
        ("center", 3, "provenance.replay.center"),
    ],
)
def test_a_saved_replay_does_not_lie(log: Path, tmp_path: Path, part: str, lie: Any, wrong: str) -> None:
    from dataclasses import replace

    result = oc.replay(log)
    origin = dict(result.provenance["replay"])
    origin[part] = {**origin[part], **lie} if isinstance(lie, dict) else lie
    lying = replace(result, provenance={**result.provenance, "replay": origin})
    with pytest.raises(ResultError, match=re.escape(wrong)):
        oc.replay(lying.save(tmp_path / "lie.parquet"))


@pytest.mark.case("6.5")
def test_a_log_from_standard_input_cannot_be_read_again(
    call: Call, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import io
    import sys

    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(LOG.encode())))
    result = oc.replay("-")
    assert result.provenance["replay"]["trace"]["sha256"] == hashlib.sha256(LOG.encode()).hexdigest()
    assert "standard input, which cannot be read again" in call(
        "run", str(result.save(tmp_path / "x.parquet")), status=2
    )


# What a window leaves open is waited for, with the arrivals that the log has.


@pytest.mark.case("2.2")
def test_a_replay_goes_on_past_its_horizon_with_the_arrivals_of_the_log(tmp_path: Path) -> None:
    # One accelerator; a job of 60 min every 30 min: job k waits k / 2 h, whatever comes after it.
    rows = [f"{k + 1} {1_800 * k} -1 3600 1 -1 -1 -1 3600 -1 1 1 1 -1 -1 -1 -1 -1\n" for k in range(40)]
    path = tmp_path / "grows.swf"
    path.write_text("; MaxProcs: 1\n" + "".join(rows))
    result = oc.replay(path, policy="fifo", horizon="5 h")
    center = result.summary()["center"]
    # The 10 jobs of the window wait 0, 0.5, … 4.5 h; the last one starts at 9 h.
    assert (center["submitted"], center["in_time"]) == (10, 10)
    assert (center["wait_s"]["p50"], center["wait_s"]["p95"], center["wait_s"]["mean"]) == (7_200, 16_200, 8_100)
    assert 9 * 3_600_000 < result.until <= 9 * 3_600_000 + 5 * 3_600_000 // 64
    assert int((result.jobs["start_ms"].is_not_null()).sum()) == 10
    assert result.log["t"].max() < result.until


@pytest.mark.case("6.7")
@pytest.mark.parametrize("command", ["compare", "show", "validate"])
def test_a_saved_replay_is_no_scenario(saved: Path, call: Call, command: str) -> None:
    assert "it is the replay of a log, so it holds no scenario; `onecenter run`" in call(command, str(saved), status=2)


@pytest.mark.case("1.4")
@pytest.mark.parametrize("seed", range(12))
def test_every_row_of_a_log_is_somewhere(tmp_path: Path, seed: int) -> None:
    import random

    draw = random.Random(seed)
    rows = [
        f"{draw.randint(1, 20)} {draw.choice((-5, 1_500_000_000))} -1 {draw.choice((-1, 0, 50, 500))} "
        f"{draw.choice((-1, 1, 2, 3, 7, 9, 2**40))} -1 -1 {draw.choice((-1, 4))} {draw.choice((-1, 100))} -1 "
        f"{draw.choice((0, 1, 3, 5))} 1 1 -1 {draw.randint(1, 2)} -1 -1 -1\n"
        for _ in range(60)
    ]
    path = tmp_path / "log.swf"
    path.write_text("".join(rows))
    result = oc.replay(path, nodes="2x4", warmup=0)
    quality, outcome = result.provenance["replay"]["quality"], result.jobs["outcome"].to_list()
    assert quality["rows"] == 60 == sum(quality["left_out"].values()) + quality["jobs"]
    assert len(outcome) == quality["jobs"]
    assert outcome.count("refused") == sum(quality["refused"].values()) == result.summary()["center"]["refused"]
    assert len(set(result.jobs["name"])) == len(outcome)
    assert oc.replay(path, nodes="2x4", stride="event").log_digest == result.log_digest
