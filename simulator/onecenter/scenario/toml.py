"""A scenario as a TOML file."""

from collections.abc import Mapping
from typing import Any

from onecenter.visible import visible


def dump(data: Mapping[str, Any]) -> str:
    """Return the text of a TOML file with the words of a scenario, such as `Scenario.resolved` gives.

    What is invisible in names and texts is written as TOML's escapes.
    """
    import tomli_w

    text = tomli_w.dumps(data)
    return "".join(one if one == "\n" or visible(one) == one else f"\\U{ord(one):08X}" for one in text)
