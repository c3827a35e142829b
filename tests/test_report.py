import json
import re
from collections import Counter
from datetime import UTC, datetime, timedelta, timezone
from html import unescape
from pathlib import Path
from string import Formatter
from typing import Any
from xml.etree import ElementTree as ET
from zoneinfo import ZoneInfo

import html5lib
import numpy as np
import polars as pl
import pytest
from reports import eighth, folder_of, hostile, page_of, plan, planned

import onecenter as oc
from onecenter.cli.main import parser
from onecenter.errors import OnecenterError
from onecenter.planning.file import PlanFile
from onecenter.report.charts import use_by_hour_of_week
from onecenter.report.page import page
from onecenter.report.sources import read
from onecenter.report.subject import subject_of
from onecenter.report.svg import Letters
from onecenter.results.targets import Target
from onecenter.results.window import Window
from onecenter.simulation.result import Result
from onecenter.words import GLUE, LANGUAGES, Words, catalogue

HOUR = 3_600_000

#: Latin words that a Chinese page may show: names, signs of reproducibility, and units without a Chinese one.
ALLOWED = {
    "EASY", "PFLOPS", "FP", "PUE", "SHA", "UTC", "onecenter", "run", "python", "numpy", "numba",
    "simpy", "polars", "changsha", "eighth", "plain", "tiny", "out", "Ascend", "class", "example", "small", "time",
    "horizon", "warmup",
}  # fmt: skip


@pytest.fixture(scope="module")
def week() -> Result:
    return eighth()


@pytest.fixture(scope="module")
def tiny() -> Result:
    return oc.run("tiny")


@pytest.fixture(scope="module")
def read_plan(tmp_path_factory: pytest.TempPathFactory) -> PlanFile:
    path = tmp_path_factory.mktemp("plan") / "plan.json"
    path.write_text(json.dumps(plan()), encoding="utf-8")
    return PlanFile.model_validate_json(path.read_bytes())


@pytest.fixture(scope="module")
def pages(week: Result, tiny: Result, read_plan: PlanFile) -> dict[tuple[str, str], str]:
    subjects = {"week": [subject_of(week, "out1")], "tiny": [subject_of(tiny, "out2")]}
    subjects["both"] = [*subjects["week"], *subjects["tiny"]]
    plans = {"both": read_plan}
    return {
        (name, language): page(listed, plans.get(name), language)
        for name, listed in subjects.items()
        for language in LANGUAGES
    }


EVERY = [(name, language) for name in ("week", "tiny", "both") for language in LANGUAGES]


def parsed(text: str) -> Any:
    """Return the page's tree; anything that HTML5 forbids fails."""
    return html5lib.HTMLParser(strict=True, namespaceHTMLElements=False).parse(text)


def visible(text: str) -> str:
    """Return what a reader sees of a page in its own language."""
    body = text[text.index("<body") :]
    body = re.sub(r'<li lang="[a-z]+">.*?</li>', "", body)
    return unescape(re.sub(r"<[^>]*>", " ", body))


@pytest.mark.parametrize("which", EVERY)
def test_pages_are_valid_html(pages: dict[Any, str], which: tuple[str, str]) -> None:
    tree = parsed(pages[which])
    assert tree.get("lang") == {"en": "en", "zh": "zh-CN"}[which[1]]
    identifiers = Counter(each.get("id") for each in tree.iter() if each.get("id"))
    assert identifiers and set(identifiers.values()) == {1}
    named = {name for each in tree.iter() for name in (each.get("aria-labelledby") or "").split()}
    linked = {each.get("href") for each in tree.iter() if each.get("href")}
    painted = set(re.findall(r"url\(#([^)]*)\)", pages[which]))
    assert named | painted | {link.removeprefix("#") for link in linked} <= set(identifiers)
    assert [each.tag for each in tree.iter() if each.tag == "h1"] == ["h1"]


@pytest.mark.parametrize("which", EVERY)
def test_pages_fetch_nothing(pages: dict[Any, str], which: tuple[str, str]) -> None:
    text = pages[which]
    for inside in re.findall(r"""(?:src|href|srcset|action|data|poster)\s*=\s*["']?([^"'\s>]*)""", text):
        assert inside.startswith("#")
    assert all(inside.startswith("#") for inside in re.findall(r"url\(([^)]*)\)", text))
    assert not re.search(r"@import|<script|<link|<iframe|<object|<embed|<base|javascript:|//fonts", text)
    without_notes = re.sub(r"<li.*?</li>", "", text)
    assert "http" not in without_notes.replace('http-equiv="Content-Security-Policy"', "")
    assert "default-src 'none'" in text


@pytest.mark.parametrize("which", EVERY)
def test_pictures_and_tables_can_be_read_aloud(pages: dict[Any, str], which: tuple[str, str]) -> None:
    tree = parsed(pages[which])
    pictures = [each for each in tree.iter() if each.tag.endswith("svg")]
    assert len(pictures) >= 4
    for picture in pictures:
        assert (picture.get("role"), picture[0].tag.rpartition("}")[2]) == ("img", "title")
        assert len(picture[0].text or "") > 10
    for table in tree.iter("table"):
        assert table.find("caption").text
        assert {cell.get("scope") for cell in table.iter("th")} == {"col", "row"}
        widths = {len(list(line)) for line in table.iter("tr")}
        assert len(widths) == 1


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_platform_and_number_appears(pages: dict[Any, str], week: Result, language: str) -> None:
    text = visible(pages["week", language])
    for name in week.workload.platforms:
        assert text.count(week.labels_in(language)[name]) >= 4
    assert week.log_digest in text and week.provenance["scenario_hash"] in text and "20260302" in text
    assert str(week.provenance["kernel_hash"]) in text
    assert {"en": "2 d", "zh": "2 天"}[language] in text.replace(GLUE, " ")
    notes = {"en": "notes", "zh": "notes_zh"}[language]
    assert week.provenance["scenario"][notes][0][:30] in unescape(pages["week", language])


@pytest.mark.parametrize("name", ["week", "tiny", "both"])
def test_the_chinese_page_holds_no_english(pages: dict[Any, str], name: str) -> None:
    text = re.sub(r"\b[0-9a-f]{16,}\b", " ", visible(pages[name, "zh"]))
    words = {word for word in re.findall(r"[A-Za-z]{2,}", text) if word not in ALLOWED}
    assert words == set()


@pytest.mark.parametrize("name", ["week", "tiny", "both"])
def test_the_english_page_holds_no_chinese(pages: dict[Any, str], name: str) -> None:
    assert not re.search("[\u3000-\u9fff\uff00-\uffef\u2800-\u28ff]", visible(pages[name, "en"]))


def test_no_braille_is_left(pages: dict[Any, str]) -> None:
    assert not any(re.search("[\u2800-\u28ff]", text) for text in pages.values())


def test_equal_input_gives_equal_pages(pages: dict[Any, str], week: Result) -> None:
    assert page_of("zh", week) == pages["week", "zh"]


def test_the_answer_comes_first_and_says_by_how_much(pages: dict[Any, str]) -> None:
    # docs/tiny.md: waits 0, 0, 25, 0 min against 30 allowed, and 10, 39 min against 15.
    text = visible(pages["tiny", "en"]).replace(GLUE, " ")
    answer = " ".join(text[: text.index("Contents")].split())
    missed = "1 of 2 targets is missed: Talent training, p95 wait is 39 min against 15 min allowed, 2.6 times as long."
    few = "Few jobs are behind Public compute, p95 wait; Talent training, p95 wait: another period could well be judged"
    assert f"{missed} Of 2 targets 1 is met." in answer
    assert few in answer


def _judged(**scenario: str) -> str:
    result = oc.run("mm-c", set=["time.horizon=4 d", *(f"{path}={value}" for path, value in scenario.items())])
    text = visible(page_of("en", result)).replace(GLUE, " ")
    return " ".join(text[text.index("The answer") : text.index("Contents")].split())


@pytest.mark.parametrize(
    ("wait", "says"),
    [
        ('{ p95 = "1 s" }', r"The target is missed: Queue, p95 wait is [\d.]+ min against 1 s allowed, [\d,.]+ times"),
        ('{ p95 = "9 d" }', r"The target is met\. Nearest to its limit is Queue: p95 wait [\d.]+ min of 9 d allowed\."),
        ('{ p50 = "9 d", p95 = "1 s" }', r"1 of 2 targets is missed: Queue.* Of 2 targets 1 is met\."),
        ('{ p90 = "1 s", p95 = "1 s" }', r"2 of 2 targets are missed: Queue.*; Queue"),
    ],
)
def test_answers_of_runs(wait: str, says: str) -> None:
    assert re.search(says, _judged(**{"platforms.queue.wait": wait}))


def test_a_run_without_targets_says_so() -> None:
    assert "no targets to be judged by" in _judged()


def test_a_plan_comes_first_with_its_frontier(pages: dict[Any, str]) -> None:
    for language, says in (("en", "54 nodes are needed."), ("zh", "需要 54 个节点。")):
        text = pages["both", language]
        assert text.index(says) < text.index("<nav")
        assert 'id="all-frontier"' in text
    assert "frontier" not in pages["week", "en"]


def test_the_approximation_of_a_plan_is_shown(pages: dict[Any, str]) -> None:
    # 254 s of the M/G/c queue.
    assert "M/G/c approximation of the answer gives a p95 wait of 4.2" in pages["both", "en"]
    assert "M/G/c 近似给出的95" in pages["both", "zh"]


def test_a_plan_without_words_gives_its_numbers(week: Result, tmp_path: Path) -> None:
    for answer, says in (({"center.nodes.910b.count": 23}, "Answer: 910b: 23."), ({}, "No fleet that was tried")):
        path = tmp_path / "plan.json"
        path.write_text(json.dumps(plan() | {"text": {}, "answer": answer}), encoding="utf-8")
        folder = folder_of(week, tmp_path / "out")
        subjects, found = read([folder, path])
        assert says in visible(page(subjects, found, "en"))


def test_money_energy_and_carbon_as_far_as_they_are_known() -> None:
    site = ["center.site.tariff=0.5", "center.site.pue=1.5", "center.site.carbon=0.6"]
    priced = ["center.nodes.small.price=500000", "center.nodes.small.running_cost=1000"]
    texts = {
        language: " ".join(visible(page_of(language, oc.run("tiny", set=[*site, *priced]))).replace(GLUE, " ").split())
        for language in LANGUAGES
    }
    # Two nodes of 500 W idle and 2 kW full, 37.5 % in use for 2 h: 2 * 1,062.5 W * 1.5 = 3.19 kW, 6.375 kWh.
    assert "Energy in 2 h 6.4 kWh" in texts["en"] and "2 小时能耗 6.4 千瓦时" in texts["zh"]
    # 3.1875 kW * 8,760 h * 0.5 = 13,961; 2 * 500,000 / 5 = 200,000.
    for amount in ("200,000", "2,000", "13,961", "215,961"):
        assert f"{amount} CNY" in texts["en"] and f"{amount} 元" in texts["zh"]
    assert "3.83 kg" in texts["en"] or "3.82 kg" in texts["en"]
    bare = visible(page_of("en", oc.run("tiny")))
    assert "The scenario does not give: prices of the nodes, price of energy, CO2 per kWh." in bare
    assert "CNY" not in bare


@pytest.mark.parametrize("language", LANGUAGES)
def test_hostile_texts_are_escaped(language: str, tmp_path: Path) -> None:
    result = oc.run(hostile())
    text = page_of(language, result, result)
    tree = parsed(text)
    tags = {each.tag.rpartition("}")[2] for each in tree.iter() if isinstance(each.tag, str)}
    assert tags.isdisjoint({"script", "img", "b", "i", "iframe"})
    assert "{{ 7 * 7 }}" in unescape(text) or language == "zh"
    assert "&lt;script&gt;" in text and "\u202e" not in text and "\x00" not in text and "\x07" not in text
    assert "<b>" in unescape(text)


def test_a_hostile_plan_is_escaped(tiny: Result, tmp_path: Path) -> None:
    evil = "<script>alert(1)</script>"
    data = planned(hostile(), "small")
    data["text"] = {"en": evil}
    data["set"] = [f"title.en={evil}"]
    data["versions"] = {evil: evil}
    path = tmp_path / "plan.json"
    path.write_text(json.dumps(data), encoding="utf-8")
    for files in ([path], [folder_of(oc.run(hostile()), tmp_path / "out"), path]):
        subjects, found = read(files)
        tree = parsed(page(subjects, found, "en"))
        assert not any(str(each.tag).endswith("script") for each in tree.iter())


def test_every_text_is_there_in_both_languages() -> None:
    english, chinese = (catalogue(language) for language in LANGUAGES)
    assert english.keys() == chinese.keys()
    for key, texts in {key: (english[key], chinese[key]) for key in english}.items():
        fields = [{name for _, name, _, _ in Formatter().parse(text) if name is not None} for text in texts]
        assert fields[0] == fields[1], key
        assert (texts[0] and texts[1]) or key == "between", key
        assert not re.search("[\u3000-\u9fff\uff00-\uffef]", texts[0]), key


def test_every_choice_of_a_policy_and_every_reason_has_words() -> None:
    from onecenter_kernels.codes import BACKFILLS, LIVE_ORDERS, ORDERS, PLACEMENTS, REASONS

    from onecenter.results.views import REASONS as RENAMED
    from onecenter.traces.trace import Finding

    of_logs = [text for name, text in vars(Finding).items() if name.isupper() and isinstance(text, str)]
    known = [*ORDERS, *LIVE_ORDERS, *BACKFILLS, *PLACEMENTS, *of_logs]
    known += [RENAMED.get(name, name) for name in REASONS if name]
    assert [name for name in known if name not in catalogue("zh")] == []


@pytest.mark.parametrize(
    ("written", "en", "zh"),
    [
        (lambda n: n.seconds(0.0), "0 s", "0 秒"),
        (lambda n: n.seconds(None), "–", "–"),
        (lambda n: n.seconds(126), "2.1 min", "2.1 分钟"),
        (lambda n: n.exact(43_200_000), "12 h", "12 小时"),
        (lambda n: n.percent(0.6144), "61 %", "61%"),
        (lambda n: n.percent(None), "–", "–"),
        (lambda n: n.count(67_472), "67,472", "67,472"),
        (lambda n: n.count(63.58), "63.6", "63.6"),
        (lambda n: n.percentile(95.0), "p95", "95 分位"),
        (lambda n: n.energy(118e6), "118 MWh", "118 兆瓦时"),
        (lambda n: n.power(5_200), "5.2 kW", "5.2 千瓦"),
        (lambda n: n.mass(2_500), "2.5 t", "2.5 吨"),
        (lambda n: n.money(1_234_567.8, "CNY"), "1,234,568 CNY", "1,234,568 元"),
        (lambda n: n.money(2.5, "EUR"), "2.50 EUR", "2.50 EUR"),
        (lambda n: n.instant(datetime(2026, 3, 2, 8, 5)), "2 Mar 2026, 08:05", "2026年3月2日 08:05"),
        (lambda n: Target("expansion", 95.0, 2.2).writer(n)(2.25), "2.2", "2.2"),
        (lambda n: Target("expansion", 95.0, 2.2).limit_said(n), "2.2", "2.2"),
    ],
)
def test_numbers_in_both_languages(written: Any, en: str, zh: str) -> None:
    assert [written(Words(language)) for language in LANGUAGES] == [en, zh]


def test_targets_of_size_classes_have_words() -> None:
    target = Target("wait", 95.0, 60_000, above=1_000, max_accelerators=8_000)
    texts = [target.said(Words(language)) for language in LANGUAGES]
    assert texts == ["p95 wait, jobs of > 1, ≤ 8 accelerators", "95 分位等待时间（> 1、≤ 8 张加速卡的作业）"]


def _steps(*steps: tuple[int, float]) -> pl.DataFrame:
    return pl.DataFrame(
        {"t_ms": [t for t, _ in steps], "platform": ["a"] * len(steps), "accelerators_running": [u for _, u in steps]}
    )


def test_use_by_hour_of_week_by_hand() -> None:
    # From a Monday 08:00 on, two weeks less an hour: 8 of 16 in use from 09:30 to 11:00 of the first Monday only.
    origin = datetime(2026, 3, 2, 8, tzinfo=timezone(timedelta(hours=8)))
    series = _steps((0, 0.0), (90 * 60_000, 8.0), (3 * HOUR, 0.0))
    use = use_by_hour_of_week(series, ["a", "b"], 16, Window(0, (2 * 168 - 1) * HOUR), origin)
    assert use.shape == (2, 168)
    assert (use[0, 9], use[0, 10], use[0, 11], use[0, 7]) == (0.125, 0.25, 0.0, 0.0)
    assert use.sum() == 0.375


def test_hours_that_the_window_does_not_hold_are_unknown() -> None:
    origin = datetime(2026, 3, 2, 8, 30, tzinfo=UTC)
    use = use_by_hour_of_week(_steps((0, 1.0)), ["a"], 2, Window(HOUR, 2 * HOUR), origin)
    # From 09:30 to 10:30.
    assert np.flatnonzero(~np.isnan(use[0])).tolist() == [9, 10]
    assert use[0, 9] == use[0, 10] == 0.5


def test_clocks_that_are_put_forward() -> None:
    # Berlin, Sunday 2026-03-29: 02:00 becomes 03:00. Used from 03:00 local time (01:00 UTC) on, for an hour.
    origin = datetime(2026, 3, 29, 0, tzinfo=ZoneInfo("Europe/Berlin"))
    use = use_by_hour_of_week(_steps((2 * HOUR, 1.0), (3 * HOUR, 0.0)), ["a"], 1, Window(0, 6 * HOUR), origin)
    sunday = use[0, 144:]
    assert np.isnan(sunday[2]) and (sunday[1], sunday[3], sunday[4]) == (0, 1, 0)


def test_letters_come_back() -> None:
    letters = Letters()
    texts = [f"{i} 个 $x^2$ <b>" for i in range(600)]
    runs = [letters(text) for text in texts]
    assert len(set(runs)) == 600
    assert [letters.back(f"({run})") for run in runs] == [f"({text})" for text in texts]
    assert letters("  ") == "" and letters.back("plain") == "plain"
    assert len(letters("产业聚合发展平台")) == 11


def test_pictures_are_in_the_pages_own_letters(pages: dict[Any, str]) -> None:
    text = pages["week", "zh"]
    pictures = re.findall(r"<svg.*?</svg>", text, re.S)
    written = [each.text for picture in pictures for each in ET.fromstring(picture).iter() if each.tag == "text"]
    assert {"周一", "周日", "公共算力服务平台", "95\u00a0分位 ≤ 12\u00a0小时"} <= set(written)


def test_reading_results_and_plans(tiny: Result, tmp_path: Path) -> None:
    folder = folder_of(tiny, tmp_path / "out", plan=planned("tiny", "small"))
    subjects, found = read([folder, folder / "result.parquet"])
    assert [subject.name for subject in subjects] == ["out"]
    assert found is not None and found.fleet is not None and found.fleet.nodes == 54


def _bad(folder: Path, tiny: Result) -> dict[str, tuple[list[Path], str]]:
    good = folder_of(tiny, folder / "good") / "result.parquet"
    damaged, other, text, empty = (folder / name for name in ("damaged.parquet", "other.parquet", "x.txt", "empty"))
    damaged.write_bytes(good.read_bytes()[:-100])
    pl.DataFrame({"a": [1]}).write_parquet(other)
    text.write_text("no", encoding="utf-8")
    empty.mkdir()
    plans = {}
    for name, content in {
        "broken": "{", "list": "[]", "nan": json.dumps(plan()).replace("1000.0", "NaN"),
        "negative": json.dumps(plan()).replace("1000.0", "-1"), "fieldless": '{"answer": {}}',
        "wrong": json.dumps(plan() | {"answer": {"a": "x"}}), "factor": json.dumps(plan() | {"demand": 0}),
    }.items():  # fmt: skip
        plans[name] = folder / f"{name}.json"
        plans[name].write_text(content, encoding="utf-8")
    return {
        "missing": ([folder / "no.parquet"], "no.parquet: there is no such file"),
        "damaged": ([damaged], "damaged.parquet: not a whole Parquet file"),
        "other": ([other], "other.parquet: a Parquet file, but not a result"),
        "text": ([text], "x.txt: not a whole Parquet file"),
        "empty": ([empty], "empty: the folder holds no result.parquet and no plan.json"),
        "no file": ([], "no result or plan is given"),
        "missing plan": ([good, folder / "none.json"], "none.json: it cannot be read: No such file"),
        **{name: ([good, path], f"{path.name}: no plan of") for name, path in plans.items()},
    }


def test_bad_input_is_named(tiny: Result, tmp_path: Path) -> None:
    table = _bad(tmp_path, tiny)
    for name, (paths, says) in table.items():
        with pytest.raises(OnecenterError) as caught:
            read(paths)
        assert says in str(caught.value), name
        assert "\n" not in caught.value.mistakes[0]
    with pytest.raises(OnecenterError) as caught:
        read([path for paths, _ in table.values() for path in paths])
    for name, (_, says) in table.items():
        assert says in str(caught.value) or name == "no file", name
    assert "one plan at most" in str(caught.value)


def _with_target(fleet: dict[str, Any]) -> dict[str, Any]:
    """Return a fleet with a target of another scenario."""
    return fleet | {"targets": [fleet["targets"][0] | {"platform": "<b>", "what": "wait $x$"}]}


@pytest.mark.parametrize(
    ("lie", "says"),
    [
        ({"scenario_hash": "0" * 64}, "its scenario is another one than its name and hash say"),
        ({"scenario": "other"}, "its scenario is another one"),
        ({"answer": {"center.nodes.huge.count": 3}}, "its answer is about other node counts than it varies"),
        ({"set": ["..=3"]}, "its overrides: not a path"),
        ({"set": ["nothing"]}, "its overrides: write path=value"),
        ({"resolved": {"name": 3}}, "its scenario"),
        ({"tried": [_with_target(plan()["tried"][0])]}, "it judges <b>, wait $x$, which is no target of its scenario"),
    ],
)
def test_a_plan_that_lies_about_itself_is_damaged(lie: dict[str, Any], says: str, tmp_path: Path) -> None:
    path = tmp_path / "plan.json"
    path.write_text(json.dumps(plan() | lie), encoding="utf-8")
    with pytest.raises(OnecenterError, match=re.escape(says)):
        read([path])


def test_a_result_that_lies_about_itself_is_damaged(tiny: Result) -> None:
    from dataclasses import replace

    for lie in (
        {"labels": {"talent": {"en": 3, "zh": []}, "public-compute": "x"}},
        {"provenance": {**tiny.provenance, "scenario": {"name": 3}}},
        {"targets": {"talent": ("x",)}},
    ):
        with pytest.raises((ValueError, AttributeError, TypeError)):
            subject_of(replace(tiny, **lie), "x")  # type: ignore[arg-type]


def test_replays_have_a_report(tmp_path: Path) -> None:
    log = tmp_path / "log.swf"
    log.write_text("".join(f"{i + 1} {i * 10} -1 60 4 -1 -1 4 100 -1 1 1 1 -1 1 1 -1 -1\n" for i in range(30)))
    result = oc.replay(log, processors=8)
    for language in LANGUAGES:
        parsed(page_of(language, result))


def _command(*arguments: str) -> int:
    options = parser().parse_args(["report", *arguments])
    return int(options.command(options))


def test_the_command_writes_the_file(tiny: Result, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder, target = folder_of(tiny, tmp_path / "out"), tmp_path / "report.html"
    assert _command(str(folder), "-o", str(target), "--lang", "zh") == 0
    assert str(target) in capsys.readouterr().out
    assert 'lang="zh-CN"' in target.read_text(encoding="utf-8")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["out", "report.html"]


@pytest.mark.parametrize(
    ("out", "says"),
    [("", "a folder"), ("none/report.html", "there is no folder"), ("out/result.parquet", "one of the files")],
)
def test_bad_targets_of_the_command(tiny: Result, tmp_path: Path, out: str, says: str) -> None:
    folder = folder_of(tiny, tmp_path / "out")
    saved = (folder / "result.parquet").read_bytes()
    with pytest.raises(OnecenterError, match=says):
        _command(str(folder / "result.parquet"), "-o", str(tmp_path / out))
    assert (folder / "result.parquet").read_bytes() == saved
