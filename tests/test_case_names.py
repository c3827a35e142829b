"""Names, titles and paths are data: shown as they are, and what is invisible in them written out."""

import json
import tomllib
from contextlib import suppress
from pathlib import Path

import pytest

import onecenter as oc
from onecenter.cli.main import main
from onecenter.scenario import from_dict, load
from onecenter.simulation.result import Result

MARKUP = ("[/red]", "[bold]x", "[link=file:///]y[/link]", ":fire:", "a\\[b]", "center")
INVISIBLE = {"a\x1b[31mb": r"a\x1b[31mb", "a\u202eb": r"a\u202eb", "\x9b2J": r"\x9b2J", "a\rb": r"a\rb"}


def printed(capsys: pytest.CaptureFixture[str], *arguments: str, status: int = 0) -> str:
    """Return what a call writes; nothing of it may be invisible."""
    assert main(arguments) == status
    both = capsys.readouterr()
    text = both.out + both.err
    assert all(letter == "\n" or letter.isprintable() for letter in text), ascii(text)
    return text


def philly(folder: Path, *clusters: str) -> str:
    """Return the path of a table with a job of each cluster."""
    rows = "".join(f"2017-10-03 04:17:{30 + i},60,1,{name}\n" for i, name in enumerate(clusters))
    path = folder / "philly.csv"
    path.write_bytes(f"timestamp,duration,num_gpus,cluster\n{rows}".encode())
    return str(path)


@pytest.fixture(scope="module")
def spiteful() -> Result:
    """Return a run of a scenario whose labels are formulas, tags and turning signs."""
    data = load("tiny").resolved()
    data["platforms"]["talent"]["label"] = {"en": "$x^{$ <b>T</b> & \u202e", "zh": "<b>实</b>训 & $\\alpha$"}
    data["platforms"]["public-compute"]["label"] = {"en": "\x00\uffff\ud7ff", "zh": "公共"}
    return oc.run(from_dict(data))


@pytest.mark.case("7.7-1")
def test_clusters_that_look_like_markup(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    rows = printed(capsys, "replay", philly(tmp_path, *MARKUP), "--processors", "4").splitlines()
    for name in MARKUP:
        assert any(row.startswith(f"{name}  ") for row in rows), name


@pytest.mark.case("7.7-2")
def test_queues_that_look_like_markup(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    jobs = "".join(f"{i} {i} -1 9 1 -1 -1 1 9 -1 1 1 1 -1 {i} -1 -1 -1\n" for i in (1, 2))
    path = tmp_path / "log.swf"
    path.write_text(f"; Queue: 1 [/a]\n; Queue: 2 [bold]x\n{jobs}", encoding="utf-8")
    text = printed(capsys, "replay", str(path), "--processors", "4")
    assert "\n[/a] " in text
    assert "\n[bold]x " in text


@pytest.mark.case("7.7-3")
@pytest.mark.parametrize("name", INVISIBLE, ids=ascii)
def test_clusters_that_would_turn_the_terminal(tmp_path: Path, capsys: pytest.CaptureFixture[str], name: str) -> None:
    path = philly(tmp_path, name, "other")
    assert f"\n{INVISIBLE[name]} " in printed(capsys, "replay", path, "--processors", "4")
    figures = json.loads(printed(capsys, "replay", path, "--processors", "4", "--json"))
    assert list(figures["platforms"]) == sorted([name, "other"])


@pytest.mark.case("7.7-4")
def test_paths_in_errors(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    missing, report = f"{tmp_path}/x\x1b[2J\u202e.toml", str(tmp_path / "r.html")
    for arguments in (["run"], ["validate"], ["show"], ["compare"], ["report", "-o", report]):
        assert r"x\x1b[2J\u202e.toml" in printed(capsys, *arguments, missing, status=2)


@pytest.mark.case("7.7-5")
def test_words_of_the_command_line_in_errors(capsys: pytest.CaptureFixture[str]) -> None:
    with suppress(SystemExit):
        assert main(["run", "tiny", "--ouch\x1b[2J"]) == 2
    assert r"--ouch\x1b[2J" in capsys.readouterr().err
    assert r'"a\u202eb" = 1' in printed(capsys, "validate", "tiny", "--set", 'time={ "a\u202eb" = 1 }', status=2)


@pytest.mark.case("7.7-6")
def test_the_path_of_a_good_scenario(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "a\x1b[1mb.toml"
    path.write_text('extends = "tiny"', encoding="utf-8")
    assert r"a\x1b[1mb.toml: ok" in printed(capsys, "validate", str(path))


@pytest.mark.slow
@pytest.mark.case("7.7-7")
def test_paths_of_what_is_read_and_written(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    log = tmp_path / "log\u202e.csv"
    Path(philly(tmp_path, "a", "b")).rename(log)
    out = tmp_path / "out\x1b"
    text = printed(capsys, "replay", str(log), "--processors", "4", "--out", str(out))
    assert r"log\u202e.csv" in text
    assert r"out\x1b/" in text
    report = tmp_path / "r\x1b.html"
    assert r"r\x1b.html" in printed(capsys, "report", str(out), "-o", str(report))
    assert r"log\u202e.csv" in report.read_text(encoding="utf-8")


@pytest.mark.case("7.7-8")
def test_a_path_that_is_no_utf8(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    log = tmp_path / "caf\udce9.csv"
    Path(philly(tmp_path, "a", "b")).rename(log)
    assert r"caf\udce9.csv" in printed(capsys, "replay", str(log), "--processors", "4")
    result = oc.replay(log, processors=4)
    assert r"caf\udce9.csv" in repr(result)
    assert Result.load(result.save(tmp_path / "r.parquet")).provenance["name"] == r"caf\udce9.csv"


@pytest.mark.case("7.7-9")
@pytest.mark.parametrize("name", ["utilisation", "queue", "waits", "gantt"])
def test_labels_in_plots(spiteful: Result, name: str) -> None:
    from matplotlib.figure import Figure

    ax = getattr(spiteful.plot, name)(Figure().add_subplot())
    ax.figure.canvas.draw()
    drawn = [text for text in ax.texts if r"$x^{$ <b>T</b> & \u202e" in text.get_text()]
    assert len(drawn) == 1
    assert not drawn[0].get_parse_math()


@pytest.mark.case("7.7-10")
def test_names_in_plots_of_pairs() -> None:
    import polars as pl
    from matplotlib.figure import Figure

    from onecenter.plot.comparison import ratios

    row = {"platform": "$a^{$", "base": "$b_{$", "other": "c\u202e", "ratio": 1.0, "ratio_low": 0.5, "ratio_high": 2.0}
    ax = ratios(pl.DataFrame([row | {"beyond_chance": False}]), Figure().add_subplot())
    ax.figure.canvas.draw()
    assert [tick.get_text() for tick in ax.get_yticklabels()] == ["$a^{$"]
    assert r"mean wait of c\u202e as a multiple of $b_{$" in ax.get_xlabel()


def test_a_name_with_words_of_a_formula() -> None:
    from matplotlib.figure import Figure

    from onecenter.plot.fonts import legible

    ax = Figure().add_subplot()
    ax.set_yticks([1, 10, 100], [r"$\mathdefault{x^{$", r"$\mathdefault{\frac}$", "a"])
    ax.set_xscale("log")
    ax.set_xlim(1, 1_000)
    legible(ax)
    ax.figure.canvas.draw()
    assert not any(tick.get_parse_math() for tick in ax.get_yticklabels())
    powers = [tick for tick in ax.get_xticklabels() if "10^{2}" in tick.get_text()]
    assert [tick.get_parse_math() for tick in powers] == [True]


@pytest.mark.case("7.7-11")
def test_labels_in_a_notebook(spiteful: Result) -> None:
    page = spiteful._repr_html_()
    assert r"$x^{$ &lt;b&gt;T&lt;/b&gt; &amp; \u202e" in page
    assert "\u202e" not in page


@pytest.mark.case("7.7-12")
def test_titles_in_a_resolved_scenario(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "s.toml"
    path.write_text('extends = "tiny"\ntitle = { en = "a\u202eb\u0085c" }', encoding="utf-8")
    text = printed(capsys, "show", str(path))
    resolved = text[: text.index("offered load")]
    assert tomllib.loads(resolved)["title"]["en"] == "a\u202eb\x85c"


@pytest.mark.case("7.7-13")
def test_a_platform_called_center_keeps_its_targets(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    text = printed(capsys, "show", "tiny").partition("offered load")[0]
    path = tmp_path / "s.toml"
    path.write_text(text.replace("platforms.talent", "platforms.center"), encoding="utf-8")
    rows = [row for row in printed(capsys, "run", str(path)).splitlines() if row.startswith("center ")]
    assert len(rows) == 2
    assert "p95 wait ≤" in rows[0]
    assert "p95 wait ≤" not in rows[1]
