"""What is asked of a ticket: a form for every noun."""

from typing import Annotated

from pydantic import AwareDatetime, Field

from shared.web.forms.reading import Letter, StaffForm


class NothingForm(StaffForm):
    """An empty body, or {}."""


class ClassificationForm(StaffForm):
    classification: Annotated[str, Field(max_length=100)]


class PriorityForm(StaffForm):
    priority: Annotated[int, Field(strict=True)]


class AssigneeForm(StaffForm):
    assignee: Annotated[str, Field(max_length=100)]


class TextForm(StaffForm):
    text: Letter


class ResolutionForm(StaffForm):
    text: Letter | None = None


class AnswerForm(StaffForm):
    """`answered_at`: when the customer's answer was received; absent: now."""

    text: Letter | None = None
    answered_at: AwareDatetime | None = None
