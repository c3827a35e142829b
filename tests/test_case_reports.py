"""Reports, plans and their pictures as an outside trial found them."""

import io
import json
import re
import warnings
from contextlib import nullcontext
from html import unescape
from pathlib import Path

import pytest

import onecenter as oc
from onecenter.cli.main import main
from onecenter.plot import new_axes


@pytest.mark.case("5.6")
def test_chinese_letters_in_a_plot_raise_no_warning() -> None:
    ax = new_axes()
    label = 'platforms.talent.label={ en = "产业技能人才培养平台" }'
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # where no font of the machine has them
        oc.run("tiny", set=[label]).plot.queue(ax)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        ax.get_figure().savefig(io.BytesIO(), format="png")  # type: ignore[union-attr]


#: A queue that 9 servers hold within its target and 8 do not, in a few seconds.
QUEUE = """extends = "mm-c"
[time]
horizon = "6 d"
[platforms.queue]
wait = { p95 = "20 min" }
"""
COUNT = "center.nodes.server.count"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with a plan for 20 % less demand, and a run of the same scenario with 7 servers."""
    folder = tmp_path_factory.mktemp("case")
    (folder / "ours.toml").write_text(QUEUE, encoding="utf-8")
    ours = str(folder / "ours.toml")
    asked = ["--vary", f"{COUNT}=6:9", "--set", "center.site.tariff=0.5", "--demand", "0.8", "--replications", "10"]
    with pytest.MonkeyPatch.context() as patch:
        # In this process, since a pool of others takes seconds to start.
        patch.setattr("onecenter.cli.planning.local", lambda *_: nullcontext())
        assert main(["plan", ours, *asked, "--out", str(folder / "plan")]) == 0
    assert main(["run", ours, "--set", f"{COUNT}=7", "--out", str(folder / "run")]) == 0
    return folder


def reported(folder: Path, *inputs: str, language: str = "en") -> tuple[int, str]:
    """Return the status of `onecenter report`, and what a reader sees of its page."""
    out = folder / "report.html"
    out.unlink(missing_ok=True)
    status = main(["report", *(str(folder / each) for each in inputs), "-o", str(out), "--lang", language])
    text = out.read_text(encoding="utf-8") if out.exists() else ""
    return status, " ".join(unescape(re.sub(r"<style.*?</style>|<[^>]*>", " ", text, flags=re.DOTALL)).split())


@pytest.mark.case("5.1")
@pytest.mark.parametrize(("language", "title"), [("en", "M/M/8: the textbook queue"), ("zh", "M/M/8：教科书排队模型")])
def test_a_plan_alone_is_reported(folder: Path, language: str, title: str) -> None:
    status, page = reported(folder, "plan", language=language)
    assert status == 0 and title in page
    answer = json.loads((folder / "plan" / "plan.json").read_text(encoding="utf-8"))["text"][language]
    assert answer in page


@pytest.mark.parametrize("language", ["en", "zh"])
def test_a_plan_and_a_run_with_another_count_belong_together(folder: Path, language: str) -> None:
    assert reported(folder, "plan", "run", language=language)[0] == 0


@pytest.mark.case("5.2")
@pytest.mark.parametrize(
    ("scenario", "changes", "says"),
    [
        ("tiny", [], "of the scenario tiny, and the plan is about ours"),
        ("ours.toml", ["policy.backfill=easy"], 'policy.backfill = "easy", in the plan "none"'),
        ("ours.toml", ["platforms.queue.wait.p95=5 min"], 'platforms.queue.wait.p95 = "5 min", in the plan "20 min"'),
    ],
)
def test_a_result_of_another_center_is_refused_beside_the_plan(
    folder: Path, tmp_path: Path, scenario: str, changes: list[str], says: str, capsys: pytest.CaptureFixture[str]
) -> None:
    name = str(folder / scenario) if scenario.endswith(".toml") else scenario
    sets = [part for change in changes for part in ("--set", change)]
    assert main(["run", name, *sets, "--out", str(folder / "other")]) == 0
    assert reported(folder, "plan", "other") == (2, "")
    assert f"other: {says}" in capsys.readouterr().err


@pytest.mark.case("5.3")
def test_overrides_and_demand_are_in_the_plan_and_in_its_answer(folder: Path) -> None:
    found = json.loads((folder / "plan" / "plan.json").read_text(encoding="utf-8"))
    assert (found["set"], found["demand"]) == (["center.site.tariff=0.5"], 0.8)
    for language, factor in (("en", "x 0.8"), ("zh", "0.8 倍")):
        assert "center.site.tariff=0.5" in found["text"][language] and factor in found["text"][language]


@pytest.mark.case("5.3")
def test_overrides_of_a_run_are_in_its_header_result_and_report(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    change = f"{COUNT}=7"
    assert main(["run", str(folder / "ours.toml"), "--set", change, "--out", str(folder / "again")]) == 0
    assert f" · with {change}" in capsys.readouterr().out.splitlines()[0]
    # A saved run that is repeated keeps them beside new ones.
    assert main(["run", str(folder / "again" / "result.parquet"), "--set", "center.site.tariff=1", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["set"] == [change, "center.site.tariff=1"]
    assert change in reported(folder, "again")[1]


@pytest.mark.case("5.4")
def test_a_figure_of_a_plan_is_told_from_the_same_figure_of_a_run(folder: Path) -> None:
    status, _ = reported(folder, "plan", "run")
    assert status == 0
    page = (folder / "report.html").read_text(encoding="utf-8")
    for table in re.findall(r"<table>.*?</table>", page, re.DOTALL):
        if "p95" in table:
            caption = re.search(r"<caption[^>]*>(.*?)</caption>", table, re.DOTALL)
            assert caption and re.search("over all replications|this run", caption[1]), table


def cells(page: str, column: str) -> list[list[str]]:
    """Return the rows of the table with this column, its header first."""
    (table,) = (each for each in re.findall(r"<table>.*?</table>", page, re.DOTALL) if f">{column}</th>" in each)
    rows = re.findall(r"<tr>(.*?)</tr>", table, re.DOTALL)
    return [[unescape(cell) for cell in re.findall(r"<t[hd][^>]*>(.*?)</t[hd]>", row)] for row in rows]


#: One node of one accelerator, a job of 1 h every 30 min for 100 h: job k waits k / 2 h, and of the 200 the 100th
#: waits 49.5 h. Two more ask for more than the center has.
GROWING = """
[time]
start = "2026-03-02T00:00:00+08:00"
horizon = "100 h"
warmup = "0 h"
[center.nodes.small]
count = 1
accelerators = 1
[platforms.queue]
wait = {{ p50 = "1 h" }}
[platforms.queue.demand.listed]
node_types = ["small"]
jobs = [{jobs}]
"""


@pytest.fixture(scope="module")
def growing(tmp_path_factory: pytest.TempPathFactory) -> str:
    """Return the page about a queue that grows."""
    folder = tmp_path_factory.mktemp("growing")
    listed = [f'{{ submit = "{30 * k} min", run_time = "1 h", accelerators = 1 }}' for k in range(200)]
    (folder / "ours.toml").write_text(GROWING.format(jobs=", ".join(listed)), encoding="utf-8")
    assert main(["run", str(folder / "ours.toml"), "--out", str(folder / "run")]) == 0
    assert main(["report", str(folder / "run"), "-o", str(folder / "report.html")]) == 0
    return (folder / "report.html").read_text(encoding="utf-8").replace("\N{NO-BREAK SPACE}", " ")


@pytest.mark.case("5.4")
def test_a_percentile_has_one_value_on_a_page(growing: str) -> None:
    header, row = cells(growing, "Measured")
    waits = cells(growing, "Wait p50")
    assert row[header.index("Measured")] == waits[1][waits[0].index("Wait p50")] == "2.1 d"


def test_every_job_is_in_one_column(growing: str) -> None:
    header, queue, center = cells(growing, "Late")
    assert header[1:] == ["Jobs", "Started in time", "Late", "Can never run", "Left while waiting", "Still waiting"]
    assert queue[1:] == center[1:] == ["200", "3", "197", "0", "0", "0"]
    assert "The queue grows: " in growing and "best-fit" not in growing and "fullest node that fits" in growing
