"""Lists and tables with a limit, checked before their entries are, and part by part.

Each wrong entry costs a hundred times the time and memory of a right one, and nobody reads ten thousand mistakes: of
a long list only the mistakes of the first part that has any are told.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain, islice
from typing import Any, Final

from pydantic import GetCoreSchemaHandler, GetJsonSchemaHandler, ValidationError
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema, core_schema

from onecenter.scenario.table import again

#: Entries of a part of a list and of a table; a wrong entry of a table is often a whole tree.
LISTED: Final = 1_000
NAMED: Final = 50


@dataclass(frozen=True)
class Few:
    """Annotates a list or table: so many entries at most."""

    most: int
    what: str  # what the entries are, in the plural

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        """Put the check around that of the entries."""
        return core_schema.no_info_wrap_validator_function(self._checked, handler(source))

    def __get_pydantic_json_schema__(self, schema: CoreSchema, handler: GetJsonSchemaHandler) -> JsonSchemaValue:
        """Tell editors the limit."""
        found = handler(schema)
        return found | {"maxItems" if found.get("type") == "array" else "maxProperties": self.most}

    def _checked(self, value: Any, handler: Callable[[Any], Any]) -> Any:
        if not isinstance(value, list | tuple | Mapping):
            return handler(value)
        if len(value) > self.most:
            raise ValueError(f"{len(value):,} {self.what} are too many; at most {self.most:,} are expected")
        if isinstance(value, Mapping):
            parts = [handler(part) for part in _parts_of_a_table(value)]
            return dict(chain.from_iterable(part.items() for part in parts)) if len(parts) > 1 else parts[0]
        if len(value) <= LISTED:
            return handler(value)
        firsts = range(0, len(value), LISTED)
        return tuple(chain.from_iterable(_part_of_a_list(value, first, handler) for first in firsts))


def _parts_of_a_table(value: Mapping[Any, Any]) -> Iterator[dict[Any, Any]]:
    entries = iter(value.items())
    yield dict(islice(entries, NAMED))
    while part := dict(islice(entries, NAMED)):
        yield part


def _part_of_a_list(value: Sequence[Any], first: int, handler: Callable[[Any], Any]) -> Any:
    try:
        return handler(value[first : first + LISTED])
    except ValidationError as error:
        found: list[Any] = error.errors(include_url=False)
        moved = [again(each, (each["loc"][0] + first, *each["loc"][1:])) for each in found]
        raise ValidationError.from_exception_data(error.title, moved) from None
