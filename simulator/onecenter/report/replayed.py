"""The log of a replay: what was used of it, and what was not."""

from collections.abc import Iterator, Mapping
from typing import Any

from onecenter.report.blocks import Block, Bullets, Facts
from onecenter.traces import Quality
from onecenter.words import Words


def of_log(replay: Mapping[str, Any], words: Words) -> list[Block]:
    """Return what a replay's provenance says about its log."""
    bullets = Bullets([(text, "") for text in _findings(replay, words)])
    return [bullets, Facts([(words("log hash"), str(replay["trace"]["sha256"]))])]


def _findings(replay: Mapping[str, Any], words: Words) -> Iterator[str]:
    quality = Quality.of(replay["quality"])
    yield words("jobs used", jobs=words.count(quality.jobs), rows=words.count(quality.rows))
    parts = {"rows refused": quality.refused, "rows left out": quality.left_out, "rows repaired": quality.repaired}
    for key, counts in parts.items():
        for reason, count in counts.items():
            yield words(key, count=words.count(count), reason=words.known(reason))
    if "by" in replay["center"]:
        yield words("pool of the header", count=words.count(replay["center"]["processors"]))
