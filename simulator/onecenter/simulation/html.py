"""A result as a small HTML table, for notebooks."""

from collections.abc import Mapping
from html import escape
from typing import Any

from onecenter import units
from onecenter.visible import visible

MET = {True: "met", False: "missed", None: "–"}


def result_html(summary: Mapping[str, Any], policy: str, labels: Mapping[str, str]) -> str:
    """Return a table with one row per platform and one for the center.

    Parameters
    ----------
    summary : mapping
        From `Result.summary`.
    policy : str
        The policy that was used, for people.
    labels : mapping of str to str
        Names for people by platform.
    """
    counts, waits = ("jobs", "started", "refused", "unfinished"), ("wait p50", "p95", "p99")
    titles = ("platform", *counts, *waits, "utilisation", "targets")
    parts = [(labels.get(name, name), part) for name, part in summary["platforms"].items()]
    rows = [_row(name, part) for name, part in [*parts, ("center", summary["center"])]]
    head = "".join(f"<th>{title}</th>" for title in titles)
    body = "".join("<tr>" + "".join(f"<td>{cell}</td>" for cell in row) + "</tr>" for row in rows)
    seed = "" if summary["seed"] is None else f" · seed {summary['seed']}"
    name = escape(visible(str(summary["scenario"])))
    title = f"{name}{seed} · policy {escape(policy)} · log {summary['log_digest'][:12]}"
    return f"<table><caption>{title}</caption><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"


def _row(name: str, part: Mapping[str, Any]) -> list[str]:
    counts = [units.format_count(part[key]) for key in ("submitted", "started", "refused", "unfinished")]
    wait = part["wait_s"]
    bounds = [(wait[f"{key}_low"], wait[f"{key}_high"]) for key in ("p50", "p95", "p99")]
    waits = [units.format_between(*pair) if part["submitted"] else units.NOTHING for pair in bounds]
    use = units.format_percent(part["utilisation"] if part["utilisation"] is not None else float("nan"))
    return [escape(visible(name)), *counts, *waits, use, MET[part["meets_target"]]]
