"""The texts of each language: a TOML file per language, with the same keys; {names} are filled in."""

import tomllib
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import Final

LANGUAGES: Final = ("en", "zh")


@cache
def catalogue(language: str) -> Mapping[str, str]:
    """Return the texts of a language by key; that of a table of the file has the table's name before it: plan.sure."""
    data = tomllib.loads(files("onecenter.words").joinpath(f"{language}.toml").read_text(encoding="utf-8"))
    tables = [(f"{table}.{key}", text) for table, part in data.items() if isinstance(part, dict)
              for key, text in part.items()]  # fmt: skip
    return {key: text for key, text in data.items() if isinstance(text, str)} | dict(tables)
