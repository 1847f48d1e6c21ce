"""What is said of one operation of the API. Plain values: importing them loads no pydantic."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum


class Who(StrEnum):
    """Who is let in at the door; what they may see or do behind it is judged there."""

    ANYBODY = "anybody"
    LINK = "whoever holds the link"
    PORTAL = "the portal"
    WITNESS = "the second witness"
    WATCHDOG = "the watchdog"
    MEMBER = "staff, and the customer's people"
    STAFF = "staff"
    MANAGERS = "Customer Care Manager, service manager"

    @property
    def signs_in(self) -> bool:
        return self in (Who.MEMBER, Who.STAFF, Who.MANAGERS)

    @property
    def signs(self) -> bool:
        """Each request, by the Standard Webhooks scheme."""
        return self in (Who.PORTAL, Who.WITNESS)


class Repeat(StrEnum):
    """What a POST that is sent twice comes to."""

    KEYED = "With the same Idempotency-Key it is done once, and answered again."
    NATURAL = "Sent again it changes nothing more; an Idempotency-Key is accepted and not needed."
    AGAIN = "Sent again it is done again; an Idempotency-Key is not looked at."


@dataclass(frozen=True, slots=True, kw_only=True)
class Parameter:
    """A parameter of the path or the query, or a header."""

    name: str
    about: str
    schema: Mapping[str, object] = field(default_factory=lambda: {"type": "string"})
    is_required: bool = False
    example: object = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """A success. `reply`: the name of a model in `replies`; without one the body is not JSON. `also`: other content types."""

    about: str
    reply: str = ""
    media_type: str = "application/json"
    also: tuple[str, ...] = ()
    headers: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Operation:
    """One operation, named as the function that answers it.

    `whom`: who it is for, where `who` lets in more than those. `transition`: its row in the lifecycle's table, which says the
    rest; `further`: those that it is in other states. `form`, `query_form`: dotted names of what the body or the query is read
    by. `example`: a body. `path_parameters`: those that are not what others of the same name are. `problems`: kinds beyond those
    that follow from the rest (`problem_kinds`).
    """

    name: str
    path: str
    tag: str
    summary: str
    who: Who
    answers: Mapping[int, Answer]
    methods: tuple[str, ...] = ("GET",)
    about: str = ""
    whom: str = ""
    transition: str = ""
    further: tuple[str, ...] = ()
    form: str = ""
    query_form: str = ""
    media_type: str = "application/json"
    example: object = None
    path_parameters: tuple[Parameter, ...] = ()
    query: tuple[Parameter, ...] = ()
    headers: tuple[Parameter, ...] = ()
    problems: tuple[str, ...] = ()
    takes_if_match: bool = False
    repeat: Repeat | None = None

    @property
    def path_names(self) -> tuple[str, ...]:
        return tuple(re.findall(r"\{(\w+)\}", self.path))

    @property
    def problem_kinds(self) -> tuple[str, ...]:
        """Every kind of problem it can answer with."""
        kinds = ["storage-unavailable", "internal", *self.problems]
        if self.who.signs_in:
            kinds += ["not-authenticated", "not-permitted"]
        if self.form and self.media_type == "application/json":
            kinds += ["malformed-json", "unsupported-media-type", "invalid-input"]
        if self.query_form or (self.query and self.who is not Who.LINK):
            kinds += ["invalid-input"]
        if self.path_names and self.who is not Who.LINK:
            kinds += ["not-found", *(["invalid-input"] if "ticket" in self.path_names else [])]
        if self.takes_if_match:
            kinds += ["stale-version"]
        if self.repeat is Repeat.KEYED:
            kinds += ["idempotency-key-reused", "invalid-input"]
        return tuple(sorted(set(kinds)))
