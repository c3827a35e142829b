"""Scalars of a file as what they mean; a value that means nothing is noted as a mistake."""

import re
from decimal import Decimal
from typing import Final

from onecenter.checks import did_you_mean
from onecenter.imports.answer import Notes
from onecenter.imports.fields import Field
from onecenter.scenario.quantities import MAX_COUNT

_WHOLE: Final = re.compile(r"[+-]?\d[\d_]{0,30}", re.ASCII)
_QUANTITY: Final = re.compile(
    r"([+-]?(?:\d{1,30}(?:\.\d{0,30})?|\.\d{1,30}))(?:[eE]([+-]?\d{1,2})|([A-Za-z]{0,2}))", re.ASCII
)

#: Kubernetes' units.
_UNITS: Final = {
    "": Decimal(1), "n": Decimal("1e-9"), "u": Decimal("1e-6"), "m": Decimal("1e-3"),
    **{letter: Decimal(1000) ** (i + 1) for i, letter in enumerate(("k", "M", "G", "T", "P", "E"))},
    **{f"{letter}i": Decimal(1024) ** (i + 1) for i, letter in enumerate("KMGTPE")},
}  # fmt: skip

_NAME: Final = re.compile(r"[^\w-]")


def text(at: Field | None, notes: Notes, right: str = "text is expected") -> str:
    """Return a text, and "" where there is none."""
    if at is None:
        return ""
    at.read = True
    if not isinstance(at.value, str):
        notes.wrong(at, right)
        return ""
    return at.value


def one_of(at: Field | None, known: tuple[str, ...], notes: Notes) -> str:
    """Return one of some words, and the first of them where there is none."""
    if at is None:
        return known[0]
    found = text(at, notes)
    if found and found not in known:
        notes.wrong(at, f"{did_you_mean(found, known)}one of {', '.join(known)} is expected")
    return found or known[0]


def whole(at: Field | None, notes: Notes, low: int, high: int, default: int = 0) -> int:
    """Return a whole number, and the default where there is none."""
    if at is None:
        return default
    at.read = True
    if not isinstance(at.value, str) or _WHOLE.fullmatch(at.value) is None:
        notes.wrong(at, "a whole number is expected")
        return default
    found = int(at.value.replace("_", ""))
    if not low <= found <= high:
        notes.wrong(at, f"a whole number from {low:,} to {high:,} is expected")
        return default
    return found


def quantity(at: Field | None, notes: Notes) -> int | None:
    """Return a quantity of Kubernetes, such as 500m, 1Ki or 2e3, in thousandths; None where there is none."""
    if at is None or at.value is None:
        return None
    at.read = True
    amount = _amount(at.value) if isinstance(at.value, str) else None
    if amount is None:
        notes.wrong(at, "a quantity such as 8, 500m, 2e3 or 1Ki is expected")
    elif amount < 0:
        notes.wrong(at, "must not be negative; 0 is the least")
    elif amount > MAX_COUNT * 1000:
        notes.wrong(at, f"too large; at most {MAX_COUNT:,}")
    elif amount != int(amount):
        notes.wrong(at, "at most three decimals are expected, such as 1m")
    else:
        return int(amount)
    return 0


def _amount(given: str) -> Decimal | None:
    """Return thousandths."""
    found = _QUANTITY.fullmatch(given.strip())
    if found is None or (found[3] or "") not in _UNITS:
        return None
    scale = Decimal(f"1e{found[2]}") if found[2] else _UNITS[found[3]]
    return Decimal(found[1]) * scale * 1000


def name_of(given: str) -> str:
    """Return a name as scenarios have them: letters, digits, - and _."""
    return _NAME.sub("-", given)[:64]
