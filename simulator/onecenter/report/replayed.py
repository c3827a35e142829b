"""The log of a replay: what was used of it, and what was not."""

from collections.abc import Iterator, Mapping
from typing import Any

from onecenter.report.blocks import Block, Bullets, Facts
from onecenter.report.log_words import LOG_TEXTS
from onecenter.report.numbers import Numbers
from onecenter.report.words import Words
from onecenter.traces import Quality


def of_log(replay: Mapping[str, Any], words: Words, numbers: Numbers) -> list[Block]:
    """Return what a replay's provenance says about its log."""
    bullets = Bullets([(text, "") for text in _findings(replay, words, numbers)])
    return [bullets, Facts([(words("log hash"), str(replay["trace"]["sha256"]))])]


def _findings(replay: Mapping[str, Any], words: Words, numbers: Numbers) -> Iterator[str]:
    quality = Quality.of(replay["quality"])
    yield words("jobs used", jobs=numbers.count(quality.jobs), rows=numbers.count(quality.rows))
    parts = {"rows refused": quality.refused, "rows left out": quality.left_out, "rows repaired": quality.repaired}
    for key, counts in parts.items():
        for reason, count in counts.items():
            known = words(reason) if reason in LOG_TEXTS else reason
            yield words(key, count=numbers.count(count), reason=known)
    if "by" in replay["center"]:
        yield words("pool of the header", count=numbers.count(replay["center"]["processors"]))
