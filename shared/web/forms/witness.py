"""What the second witness sends."""

from typing import Annotated, Literal

from pydantic import AwareDatetime, BeforeValidator, Field

from shared.web.forms.reading import JsonForm, OptionalLine

_LONGEST = 200


def _cut(value: object) -> object:
    return value[:_LONGEST] if isinstance(value, str) else value


class ResultForm(JsonForm):
    """One look at a service. `at`: when it was taken. `detail`: why it was bad; a longer one is cut."""

    service: Annotated[str, Field(max_length=100)]
    at: AwareDatetime
    outcome: Literal["good", "bad"]
    latency_ms: Annotated[int | None, Field(strict=True, ge=0, le=3_600_000)] = None
    detail: Annotated[OptionalLine | None, BeforeValidator(_cut)] = None


class WitnessForm(JsonForm):
    """Results, in any order. Fields that are not known here are left alone."""

    results: Annotated[list[ResultForm], Field(min_length=1, max_length=1000)]
