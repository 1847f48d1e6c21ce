"""Amounts in forms: plain decimals, as numbers or as text, within bounds. No exponents, no NaN, no floods of digits."""

import re
from decimal import Decimal
from typing import Annotated

from pydantic import BeforeValidator, Field, WithJsonSchema

_PLAIN = re.compile(r"-?[0-9]{1,6}(\.[0-9]{1,4})?")


def _plain(value: object) -> Decimal:
    text = str(value) if isinstance(value, int | float | Decimal) and not isinstance(value, bool) else value
    if not isinstance(text, str) or not _PLAIN.fullmatch(text):
        raise ValueError("must be a decimal number such as 7.5")
    return Decimal(text)


def _quarters(amount: Decimal) -> Decimal:
    if amount % Decimal("0.25"):
        raise ValueError("must be in quarters, such as 7.25")
    return amount


def _cents(amount: Decimal) -> Decimal:
    if amount != amount.quantize(Decimal("0.01")):
        raise ValueError("must have at most two decimals")
    return amount


def _told(least: float, most: float, step: float | None = None) -> WithJsonSchema:
    """What the API's description says of an amount."""
    number = {"type": "number", "minimum": least, "maximum": most, **({"multipleOf": step} if step else {})}
    return WithJsonSchema({"anyOf": [number, {"type": "string", "pattern": f"^{_PLAIN.pattern}$", "examples": ["7.5"]}]})


Days = Annotated[Decimal, Field(ge=0, le=365), BeforeValidator(lambda value: _quarters(_plain(value))), _told(0, 365, 0.25)]
Hours = Annotated[Decimal, Field(ge=0, le=999), BeforeValidator(lambda value: _quarters(_plain(value))), _told(0, 999, 0.25)]
Worked = Annotated[
    Decimal, Field(ge=-999, le=999), BeforeValidator(lambda value: _quarters(_plain(value))), _told(-999, 999, 0.25)
]
Rate = Annotated[
    Decimal, Field(ge=Decimal("0.01"), le=10_000), BeforeValidator(lambda value: _cents(_plain(value))), _told(0.01, 10_000)
]
Percent = Annotated[Decimal, Field(ge=0, le=100), BeforeValidator(lambda value: _cents(_plain(value))), _told(0, 100)]
