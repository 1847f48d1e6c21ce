"""What is asked of a support package."""

from datetime import date
from typing import Annotated

from pydantic import Field

from shared.web.forms.numbers import Worked
from shared.web.forms.reading import Letter, StaffForm


class WorkForm(StaffForm):
    """`on`: the date. `hours`: those worked; fewer than none give back what was logged by mistake; then `text` says why."""

    hours: Worked
    on: Annotated[date, Field(strict=False)]
    text: Letter | None = None
