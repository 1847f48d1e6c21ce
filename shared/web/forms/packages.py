"""What is asked of a support package."""

from datetime import date
from typing import Annotated

from pydantic import Field

from shared.web.forms.numbers import Worked
from shared.web.forms.reading import Letter, StaffForm


class WorkForm(StaffForm):
    """`on`: the date. `hours`: those worked; fewer than none give back what was logged by mistake; then `text` says why.
    `package`: which of the packages they were debited to has them back; absent: the last."""

    hours: Worked
    on: Annotated[date, Field(strict=False)]
    text: Letter | None = None
    package: Annotated[int, Field(strict=True, ge=1, le=1_000_000)] | None = None
