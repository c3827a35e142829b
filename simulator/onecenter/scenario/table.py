"""What all tables of a scenario share: frozen, no unknown keys, all mistakes at once."""

import math
from collections.abc import Iterator, Mapping
from itertools import islice
from types import NoneType, UnionType
from typing import Annotated, Any, ClassVar, Final, Self, Union, cast, get_args, get_origin

from pydantic import BaseModel, ConfigDict, ModelWrapValidatorHandler, TypeAdapter, ValidationError, model_validator
from pydantic_core import InitErrorDetails

#: Path within the table, and what would be right there.
Mistake = tuple[tuple[str | int, ...], "str | Absent"]

#: No table has so many keys; of more the first are told.
MAX_KEYS: Final = 100

#: Mistakes that are told of a scenario; a table passes on one more, so that it is seen that there are more.
MAX_MISTAKES: Final = 100

#: How far shares may be from 1 in all (three decimals each, a few hundred of them).
SHARE_TOLERANCE: Final = 1e-6


class Absent(ValueError):
    """What is said of a key that should be there and is not."""


class Table(BaseModel):
    """A table of the scenario file.

    Methods whose name begins with `check_` look at several keys at once and yield mistakes. They
    run even when another key of the table is wrong, except those that need the wrong key.
    """

    #: Its name is that of something elsewhere in the scenario, so a wrong one is told there.
    refers: ClassVar[bool] = False

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)

    @model_validator(mode="wrap")
    @classmethod
    def _find_all_mistakes(cls, data: Any, handler: ModelWrapValidatorHandler[Self]) -> Self:
        if isinstance(data, dict) and len(data) > MAX_KEYS:
            data = cls._with_few_unknown_keys(data)
        try:
            table = handler(data)
        except ValidationError as error:
            if not isinstance(data, dict):
                raise
            details = [again(found, found["loc"]) for found in error.errors(include_url=False)]
            found = _checked(cls._of_what_is_right(data, error), partial=True)
        else:
            details, found = [], _checked(table, partial=False)
        details = [*details, *(_detail(mistake) for mistake in found)][: MAX_MISTAKES + 1]
        if details:
            raise ValidationError.from_exception_data(cls.__name__, details)
        return table

    @classmethod
    def _with_few_unknown_keys(cls, data: dict[str, Any]) -> dict[str, Any]:
        unknown = islice((key for key in data if key not in cls.model_fields), MAX_KEYS)
        return {key: data[key] for key in (*(key for key in cls.model_fields if key in data), *unknown)}

    @classmethod
    def _of_what_is_right(cls, data: dict[str, Any], error: ValidationError) -> Self:
        wrong = {found["loc"][0] for found in error.errors(include_url=False) if found["loc"]}
        table = cast(Self, cls.model_construct())
        for name, field in cls.model_fields.items():
            if name in wrong:
                table.__dict__.pop(name, None)
                if name in data:
                    table.__dict__ |= _saved(name, field.annotation, data[name])
            elif name in data:
                kind: Any = Annotated[field.annotation, *field.metadata] if field.metadata else field.annotation
                table.__dict__[name] = TypeAdapter(kind).validate_python(data[name])
        return table

    @classmethod
    def _saved_from(cls, data: Any) -> Self:
        if not isinstance(data, dict):
            return cast(Self, cls.model_construct())
        try:
            return cls.model_validate(data)
        except ValidationError as error:
            return cls._of_what_is_right(data, error)


def _saved(name: str, kind: Any, data: Any) -> dict[str, Any]:
    """Return what is right in a table, or in a table of tables, so that references to it can be checked."""
    if get_origin(kind) in (Union, UnionType):
        parts = [part for part in get_args(kind) if part is not NoneType]
        kind = parts[0] if len(parts) == 1 else kind
    if isinstance(kind, type) and issubclass(kind, Table):
        return {name: kind._saved_from(data)}
    if get_origin(kind) is Mapping and isinstance(data, dict):
        value = get_args(kind)[1]
        if isinstance(value, type) and issubclass(value, Table):
            return {name: {key: value._saved_from(entry) for key, entry in data.items()}}
    return {}


def _checked(table: Table, *, partial: bool) -> list[Mistake]:
    found: list[Mistake] = []
    for name in dir(type(table)):
        if not name.startswith("check_"):
            continue
        try:
            found += islice(getattr(table, name)(), MAX_MISTAKES + 1)
        except AttributeError:
            if not partial:
                raise
    return found


def _detail(mistake: Mistake) -> InitErrorDetails:
    loc, right = mistake
    error = ValueError(right) if isinstance(right, str) else right
    return InitErrorDetails(type="value_error", loc=loc, input=None, ctx={"error": error})


def again(found: Any, loc: tuple[str | int, ...]) -> InitErrorDetails:
    """Return a mistake so that it can be raised once more, at this place."""
    kept = {key: found[key] for key in ("type", "input", "ctx") if key in found}
    return cast(InitErrorDetails, kept | {"loc": loc})


def sums_to_one(path: str, shares: tuple[float, ...]) -> Iterator[Mistake]:
    """Yield a mistake if the shares do not make up the whole."""
    total = math.fsum(shares)
    if abs(total - 1) > SHARE_TOLERANCE:
        yield (path,), f"shares must sum to 1; these sum to {total:.6g}"


def paired(path: str, shares: tuple[float, ...], other: str, values: tuple[int, ...]) -> Iterator[Mistake]:
    """Yield a mistake if there is not one share per value, or they do not make up the whole."""
    if len(shares) != len(values):
        yield (path,), f"as many as in {other} are expected: {len(values)}"
    else:
        yield from sums_to_one(path, shares)
