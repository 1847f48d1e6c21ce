"""What is asked of a ticket: a form for every noun."""

from typing import Annotated, Literal

from pydantic import AwareDatetime, Field

from shared.web.forms.portal import ContactForm
from shared.web.forms.reading import Language, Letter, Line, OptionalLine, Prose, StaffForm


class NothingForm(StaffForm):
    """An empty body, or {}."""


class ClassificationForm(StaffForm):
    """`classification`: one of the contract's. `activity`: what is asked for, where the contract has terms for it that no
    classification tells apart."""

    classification: Annotated[str, Field(max_length=100)]
    activity: Annotated[str | None, Field(max_length=100)] = None


class PriorityForm(StaffForm):
    """`priority`: a number of the contract's table, such as 2."""

    priority: Annotated[int, Field(strict=True)]


class AssigneeForm(StaffForm):
    """`assignee`: a member of staff."""

    assignee: Annotated[str, Field(max_length=100)]


class TextForm(StaffForm):
    """`text`: as it is to be read."""

    text: Letter


class OptionalTextForm(StaffForm):
    """`text`: as it is to be read."""

    text: Letter | None = None


class ClosureForm(StaffForm):
    """`classification`: what it is closed as, where it is not classified so already. `text`: why; the customer is told."""

    text: Letter | None = None
    classification: Annotated[str | None, Field(max_length=100)] = None


class DisputeForm(StaffForm):
    """`claim`: the classification it should have, or of a deadline "met" or "breached". `clock`: which one: "resolution.1.2"."""

    about: Literal["classification", "deadline"]
    claim: Annotated[str, Field(max_length=100)]
    clock: Annotated[str | None, Field(max_length=60)] = None
    text: Letter


class VerdictForm(StaffForm):
    """`upheld`: whether the customer is right. `text`: why; they are told."""

    upheld: Annotated[bool, Field(strict=True)]
    text: Letter


class LinkForm(StaffForm):
    """`ticket`: the other one: ACME-7."""

    ticket: Annotated[str, Field(max_length=40)]


class MergeForm(StaffForm):
    """`into`: the ticket that the duplicate goes on as, received before it."""

    into: Annotated[str, Field(max_length=40)]


class EntryForm(StaffForm):
    """A request that staff enter for a customer, who has called. `severity`: what they declare; information, not the priority.
    `language`: absent: detected from subject and description. `received_at`: when they called; absent: now."""

    customer: Annotated[str, Field(max_length=40)]
    contact: ContactForm
    language: Language = None
    channel: Literal["phone", "email", "web"] = "phone"
    product: Annotated[str, Field(max_length=100)]
    subject: Line
    description: Prose
    severity: Annotated[OptionalLine | None, Field(max_length=300)] = None
    received_at: AwareDatetime | None = None


class AnswerForm(StaffForm):
    """`text`: what they answered. `answered_at`: when the customer's answer was received; absent: now."""

    text: Letter | None = None
    answered_at: AwareDatetime | None = None
