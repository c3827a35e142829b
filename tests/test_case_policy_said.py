"""The policy that was used is said wherever figures are: headers, summaries, plots."""

import json
from pathlib import Path

import pytest

import onecenter as oc
from onecenter.cli.main import main

SWF = "; MaxProcs: 4\n" + "".join(f"{i} {10 * i} -1 60 2 -1 -1 2 60 -1 1 1 1 -1 -1 -1 -1 -1\n" for i in range(1, 9))

SJF_TINY = ("run", "tiny", "--policy", "sjf", "--set", "policy.placement=worst-fit")


@pytest.fixture
def log(tmp_path: Path) -> str:
    """Return a small log."""
    path = tmp_path / "small.swf"
    path.write_text(SWF)
    return str(path)


def printed(capsys: pytest.CaptureFixture[str], *words: str) -> str:
    """Return what a command prints."""
    assert main(words) == 0
    return capsys.readouterr().out


@pytest.mark.case("6.8")
@pytest.mark.parametrize(
    ("words", "shown"),
    [
        (SJF_TINY, "policy sjf, worst-fit"),
        (("replay", "LOG", "--nodes", "2x2"), "policy easy, best-fit"),
        (("replay", "LOG", "--nodes", "2x2", "--order", "sjf", "--backfill", "conservative"),
         "policy sjf order, conservative backfill, best-fit"),
        (("run", "tiny", "--set", "policy.depth=7"), "policy easy, best-fit, depth 7"),
    ],
)  # fmt: skip
def test_the_header_says_the_policy(
    capsys: pytest.CaptureFixture[str], log: str, words: tuple[str, ...], shown: str
) -> None:
    text = printed(capsys, *(log if word == "LOG" else word for word in words))
    heads = [line for line in text.splitlines() if " accelerators · " in line]
    assert len(heads) == 1
    assert f" · {shown} · " in heads[0]


@pytest.mark.case("6.8")
def test_compare_says_the_parts_of_each_policy(capsys: pytest.CaptureFixture[str]) -> None:
    words = ("compare", "tiny", "--policies", "fifo,sjf-easy", "--set", "policy.placement=first-fit")
    lines = printed(capsys, *words).splitlines()
    assert lines[0] == "  tiny · 2 nodes · 8 accelerators · 2 h · seed 0 · with policy.placement=first-fit"
    assert [line.split("  ")[0] for line in lines[-2:]] == ["fifo, first-fit", "sjf-easy, first-fit"]
    figures = json.loads(printed(capsys, *words, "--json"))
    assert {name: part["policy"]["placement"] for name, part in figures["policies"].items()} == {
        "fifo": "first-fit", "sjf-easy": "first-fit",
    }  # fmt: skip


@pytest.mark.case("6.8")
def test_the_summary_holds_name_and_parts() -> None:
    named = oc.run("tiny", policy="sjf").summary()["policy"]
    assert (named["name"], named["order"], named["backfill"], named["placement"]) == ("sjf", "sjf", "none", "best-fit")
    own = oc.run("tiny", policy=oc.Policy(order="largest-first", backfill="conservative", depth=3)).summary()["policy"]
    assert (own["name"], own["order"], own["backfill"], own["depth"]) == (None, "largest-first", "conservative", 3)


@pytest.mark.case("6.8")
@pytest.mark.parametrize("picture", ["utilisation", "queue", "waits", "gantt"])
def test_each_picture_says_what_was_run_under_which_policy(picture: str) -> None:
    from onecenter.plot import new_axes

    result = oc.run("tiny", policy="conservative")
    ax = getattr(result.plot, picture)(new_axes())
    assert ax.get_title(loc="left") == "tiny · policy conservative, best-fit"


@pytest.mark.case("6.8")
def test_a_notebook_says_the_policy() -> None:
    assert "policy smallest-first, best-fit" in oc.run("tiny", policy="smallest-first")._repr_html_()


@pytest.mark.case("6.8")
def test_ageing_is_part_of_a_priority_policy() -> None:
    policy = oc.Policy(order="priority", age_rate=2_500_000)
    assert policy.text == "priority-easy, best-fit, ageing 2.5 per hour up to 7 d"


@pytest.mark.case("6.8")
def test_paired_comparisons_say_the_policies(capsys: pytest.CaptureFixture[str]) -> None:
    from onecenter.plot import new_axes

    short = ("--set", "time.horizon=2 d", "--set", "time.warmup=1 d", "--set", "policy.depth=9", "--replications", "2")
    words = ("compare", "mm-c", "--policies", "fifo,easy", *short)
    parts = ["fifo, first-fit, depth 9", "easy, first-fit, depth 9"]
    assert f"mm-c · policies {' · '.join(parts)}" in printed(capsys, *words)
    figures = json.loads(printed(capsys, *words, "--json"))["policies"]
    assert [(each["name"], each["placement"], each["depth"]) for each in figures.values()] == [
        ("fifo", "first-fit", 9),
        ("easy", "first-fit", 9),
    ]
    mine = oc.compare(
        {"ours": "fifo", "easy": "easy"}, oc.load("mm-c", set=["time.horizon=2 d", "time.warmup=1 d"]), n=2
    )
    assert mine.plot(new_axes()).get_title(loc="left") == "ours: fifo, first-fit\neasy, first-fit"
