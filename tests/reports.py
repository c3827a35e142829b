"""Small results and a plan, for the tests of the report."""

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import onecenter as oc
from onecenter.planning.question import Question
from onecenter.report.page import page
from onecenter.report.sources import read
from onecenter.report.subject import subject_of
from onecenter.scenario import Scenario, load
from onecenter.simulation.result import Result

EIGHTH = ["time.horizon=9 d", "time.warmup=2 d"]

#: The four platforms' limits (s).
LIMITS = {"public-compute": 3_600, "incubation": 1_800, "industry": 43_200, "talent": 180}


#: Count, verdict, late jobs over those allowed, and cost of two fleets.
MEETS, MISSES = (23, "met", 0.5, 1_000.0), (22, "missed", 1.5, 900.0)


def eighth() -> Result:
    """Return a week of four platforms."""
    return oc.run("changsha-eighth", set=EIGHTH)


def plan() -> dict[str, Any]:
    """Return a plan of a week of four platforms: 53 nodes miss, 54 meet."""
    return planned("changsha-eighth", "910b", EIGHTH)


def planned(scenario: Scenario | str, kind: str, set: list[str] | None = None) -> dict[str, Any]:
    """Return a plan as `onecenter plan --json` prints it: 22 nodes of a kind miss, 23 meet."""
    asked = Question.of(scenario, set or [])
    platforms = [name for name, part in asked.scenario.platforms.items() if part.wait and "p95" in part.wait]
    return {
        **asked.as_dict(),
        "answer": {f"center.nodes.{kind}.count": 23},
        "undecided": [],
        "check": {"servers": 54, "load": 0.63, "mean_s": 34.6, "p95_s": 254.2},
        "text": {"en": "54 nodes are needed.", "zh": "需要 54 个节点。"},
        "tried": [_fleet(platforms, kind, *more) for more in (MEETS, MISSES)],
    }


def _fleet(
    platforms: Iterable[str], kind: str, count: int, verdict: str, share: float, cost: float
) -> dict[str, Any]:
    targets = [
        {
            "platform": name, "what": "wait p95", "limit": limit, "value": share * limit, "low": 0.9 * share * limit,
            "high": 1.1 * share * limit, "miss_share": 0.25, "verdict": verdict,
        }
        for name, limit in LIMITS.items()
        if name in platforms
    ]  # fmt: skip
    values = {f"center.nodes.{kind}.count": count}
    nodes = {"values": values, "nodes": count + 31, "cost": cost, "replications": 20}
    return {**nodes, "verdict": verdict, "targets": targets}


def hostile() -> Scenario:
    """Return `tiny` with texts that would break a page that does not escape them, or a picture."""
    evil = "</svg></style><script>alert(1)</script><img src=x onerror=alert(2)>"
    data = load("tiny").resolved()
    data["title"] = {"en": f"{evil} $\\frac{{1}}$ {{{{ 7 * 7 }}}}", "zh": f"长沙{evil}"}
    data["notes"] = [evil, "http://example.org/<b>", "a\u202eb\x07c {x}", "说明<i>"]
    data["platforms"]["talent"]["label"] = {"en": "$x^{$ <b>T</b> & \u202e", "zh": "<b>实</b>训 & $\\alpha$"}
    data["platforms"]["public-compute"]["label"] = {"en": "\x00\uffff\ud7ff", "zh": "公共"}
    data["center"]["nodes"]["small"]["model"] = '"><script>alert(3)</script>'
    from onecenter.scenario import from_dict

    return from_dict(data, "hostile")


def folder_of(result: Result, folder: Path, **more: Any) -> Path:
    """Save a result, and a plan if it is given, as `--out` does; return the folder."""
    folder.mkdir(parents=True, exist_ok=True)
    result.save(folder / "result.parquet")
    if "plan" in more:
        (folder / "plan.json").write_text(json.dumps(more["plan"]), encoding="utf-8")
    return folder


def page_of(language: str, *results: Result, plan: Path | None = None) -> str:
    """Return the report of some results."""
    subjects = [subject_of(result, f"out{place}") for place, result in enumerate(results, 1)]
    _, found = read([plan]) if plan else ([], None)
    return page(subjects, found, language)
