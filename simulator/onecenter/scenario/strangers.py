"""Files that are no scenarios: what people hand over by mistake, told apart by name and first bytes."""

import re
from typing import Final

_LOG_NAME: Final = re.compile(r"\.(swf|csv)(\.gz)?$", re.IGNORECASE)

#: A comment of the Standard Workload Format, or its 18 numbers.
_LOG_LINE: Final = re.compile(rb"\s*(;|(-?\d[\d.]*\s+){17}-?\d)")

#: First bytes of other files, and what they are.
_MAGIC: Final = {
    b"\x1f\x8b": "packed with gzip: unpack it first; a scenario is a TOML file",
    b"PAR1": "a Parquet file, not TOML; the name of a saved result ends in .parquet",
}

LOG: Final = "this is a log: run, compare, plan, sweep, show and validate take scenarios, `onecenter replay` takes logs"


def stranger(name: str, data: bytes) -> str | None:
    """Return what a file is that cannot be a scenario, and what to do; None: it may be one.

    Parameters
    ----------
    name : str
        Of the file.
    data : bytes
        How it begins.
    """
    if _LOG_NAME.search(name) or _LOG_LINE.match(data):
        return LOG
    return next((what for magic, what in _MAGIC.items() if data.startswith(magic)), None)
