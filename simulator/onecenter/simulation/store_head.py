"""What a saved result says beside its rows, as JSON: it may come from anybody, so all of it is checked."""

import re
from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, ClassVar, Final, Literal, Self

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    JsonValue,
    SerializerFunctionWrapHandler,
    ValidationError,
    WrapSerializer,
    model_validator,
)

from onecenter.checks import shown
from onecenter.fleet import NodeType, checked_fleet
from onecenter.policies import Policy
from onecenter.policies.code import Code
from onecenter.policies.parts import KINDS, an_order
from onecenter.results.targets import Target
from onecenter.results.window import LATEST, Window
from onecenter.scenario.mistakes import shortened
from onecenter.simulation.record import Record
from onecenter.system.extent import check_json
from onecenter.visible import json_text, visible
from onecenter.workload.sharing import Sharing, check_sharing

FORMAT: Final = 4

#: So many mistakes are told.
TOLD: Final = 20

Count = Annotated[int, Field(ge=0, le=2**31 - 1)]
Digest = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]


class _Open(BaseModel):
    model_config = ConfigDict(frozen=True, extra="allow", strict=True)


def _absolute(path: str) -> str:
    if not Path(path).is_absolute():
        raise ValueError("an absolute path is expected")
    return path


class LogFile(_Open):
    """The log of a replay; the path is None where it came from standard input."""

    path: Annotated[str, AfterValidator(_absolute)] | None
    format: str
    sha256: Digest
    first_submit_s: float
    last_submit_s: float


class LogQuality(_Open):
    """What became of a log's rows."""

    rows: Count
    jobs: Count
    left_out: dict[str, Count]
    repaired: dict[str, Count]
    refused: dict[str, Count]
    ignored: dict[str, Count] = {}


class GivenCenter(_Open):
    """How the nodes of a replay were given."""

    processors: Count | None = None
    by: str | None = None

    @model_validator(mode="after")
    def _known(self) -> Self:
        if self.by is not None and self.processors is None:
            raise ValueError("processors are missing")
        return self


class Replayed(_Open):
    """What was replayed, on what."""

    trace: LogFile
    quality: LogQuality
    center: GivenCenter
    warmup: str
    horizon: str | None
    skip_first: Annotated[float, Field(ge=0, lt=1)]
    preceding: bool = False


class Origin(_Open):
    """Where a result comes from, as `provenance.describe` says it."""

    name: str | None = None
    seed: Annotated[int, Field(ge=0, lt=2**63)] | None = None
    scenario: dict[str, JsonValue] | None = None
    scenario_hash: str | None = None
    replay: Replayed | None = None
    versions: dict[str, str | None] | None = None
    kernel_hash: str | None = None


def _known(provenance: dict[str, JsonValue]) -> dict[str, JsonValue]:
    """Check what readers of a provenance rely on; it stays as it is."""
    Origin.model_validate(provenance)
    return provenance


def _each_once(names: tuple[str, ...]) -> tuple[str, ...]:
    twice = [name for name, times in Counter(names).items() if times > 1]
    if twice:
        raise ValueError(f"{shown(twice[0])} is there twice; each name is expected once")
    return names


Names = Annotated[tuple[str, ...], AfterValidator(_each_once)]


def _of_its_kind(policy: Any) -> Any:
    """Return a policy as a file has it with code of the kind that it says: a key and a scheduler look alike."""
    policy = _tuples(policy)
    order = policy.get("order") if isinstance(policy, Mapping) else None
    if isinstance(order, Mapping) and order.get("kind") in KINDS and {"name", "sha256"} <= set(order):
        return {**policy, "order": an_order(order)}
    return policy


def _tuples(value: Any) -> Any:
    # What a validator has seen before is checked as Python data, in which a list is no tuple.
    if isinstance(value, list):
        return tuple(map(_tuples, value))
    return {name: _tuples(each) for name, each in value.items()} if isinstance(value, dict) else value


def _with_kind(policy: Policy, plain: SerializerFunctionWrapHandler) -> Any:
    data = plain(policy)
    if isinstance(policy.order, Code):
        data["order"]["kind"] = policy.order_name
    return data


class Head(BaseModel):
    """All of a result that is no table.

    The fields from `fleet` on are those of `Record`, written and read by their names: a further one is declared here
    and there, and nowhere else.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    #: Fields that describe the rows of the file.
    OF_ROWS: ClassVar = (
        "format", "rows", "jobs", "rows_digest", "jobs_digest", "platforms", "streams", "named", "tied",
        "sharing",
    )  # fmt: skip

    format: Literal[4]
    rows: Count
    jobs: Count
    rows_digest: Digest
    jobs_digest: Digest
    platforms: Names
    streams: Names
    named: bool
    tied: bool
    sharing: Sharing | None = None
    fleet: Annotated[tuple[NodeType, ...], AfterValidator(checked_fleet)]
    policy: Annotated[Policy, BeforeValidator(_of_its_kind), WrapSerializer(_with_kind)]
    window: Window
    until: Annotated[int, Field(ge=0, le=LATEST)]
    targets: dict[str, tuple[Target, ...]]
    labels: dict[str, dict[str, str]]
    provenance: Annotated[dict[str, JsonValue], AfterValidator(_known)]
    stride: Literal["calendar", "event"]
    seconds: Annotated[float, Field(ge=0, allow_inf_nan=False)]

    @model_validator(mode="after")
    def _belongs_together(self) -> Self:
        for what, named in (("targets", self.targets), ("labels", self.labels)):
            for name in named:
                if name not in self.platforms:
                    raise ValueError(f"{what}: there is no platform {shown(name)}")
        if self.sharing is not None:
            check_sharing(self.sharing, len(self.fleet), len(self.platforms), len(self.streams))
        if self.until < self.window.horizon:
            raise ValueError(f"until = {self.until}: at least the window's horizon, {self.window.horizon}, is expected")
        return self

    @property
    def of_record(self) -> dict[str, Any]:
        """The fields of `Record`, by name."""
        return {name: getattr(self, name) for name in type(self).model_fields if name not in self.OF_ROWS}


def fields_of(record: Record) -> dict[str, Any]:
    """Return the fields of a head that are those of `Record`."""
    return {name: _plain(getattr(record, name)) for name in Head.model_fields if name not in Head.OF_ROWS}


def _plain(value: Any) -> Any:
    """Return plain data that UTF-8 can hold: a byte of a path that is no UTF-8 is written out."""
    if isinstance(value, Mapping):
        return {_plain(key): _plain(entry) for key, entry in value.items()}
    if isinstance(value, list):
        return [_plain(entry) for entry in value]
    return re.sub("[\ud800-\udfff]", lambda found: visible(found[0]), value) if isinstance(value, str) else value


def written(head: Head) -> str:
    """Return a head as JSON."""
    return json_text(head.model_dump(mode="json"))


def read(text: str) -> Head:
    """Return a head from JSON."""
    check_json(text)
    try:
        return Head.model_validate_json(text, strict=True)
    except ValidationError as error:
        other = [found["input"] for found in error.errors(include_url=False) if found["loc"] == ("format",)]
        if other and isinstance(other[0], int):
            wrong = f"format {other[0]}: this onecenter reads format {FORMAT}; run it again"
            raise ValueError(wrong) from error
        raise


def mistakes_of(error: ValidationError) -> list[str]:
    """Return the first mistakes of a head, each with its place, the value, and what would be right."""
    found = error.errors(include_url=False, include_context=False)[:TOLD]
    return [f"{shortened('.'.join(map(str, each['loc'])))} = {shown(each['input'])}: {each['msg']}" for each in found]
