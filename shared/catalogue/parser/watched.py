"""A file of watched services: what may stand in it. docs/services.schema.json is made from these models."""

from collections.abc import Callable
from datetime import timedelta
from typing import Annotated

from pydantic import AfterValidator, Field, ValidationInfo, model_validator

from shared.catalogue.parser.addresses import name_of, place_of, url_of
from shared.catalogue.parser.scalars import Id, Shape, Text, Written, known, names_in
from shared.catalogue.parser.words import listed
from shared.domain.guarantees.frozen import TOGETHER
from shared.domain.watch.service import CheckKind

PUBLIC_URL = "${PUBLIC_URL}"
"""Stands for the address of the desk itself, at the beginning of a target."""

_MEANT: dict[CheckKind, tuple[str, ...]] = {
    CheckKind.HTTP: ("status", "contains", "json_path", "equals", "slower_than"),
    CheckKind.TCP: (),
    CheckKind.TLS: ("days_left",),
    CheckKind.DNS: ("record_type", "records"),
}
_TARGETS: dict[CheckKind, Callable[..., str]] = {
    CheckKind.HTTP: url_of,
    CheckKind.TCP: place_of,
    CheckKind.TLS: place_of,
    CheckKind.DNS: name_of,
}
RECORD_TYPES = ("A", "AAAA", "CNAME", "MX", "TXT")


class Lasting(Shape):
    """Time that really passes. The keys add up."""

    hours: Annotated[int, Field(ge=0)] = 0
    minutes: Annotated[int, Field(ge=0)] = 0
    seconds: Annotated[int, Field(ge=0)] = 0
    milliseconds: Annotated[int, Field(ge=0)] = 0

    def length(self) -> timedelta:
        return timedelta(hours=self.hours, minutes=self.minutes, seconds=self.seconds, milliseconds=self.milliseconds)


def _lasts(least: timedelta, most: timedelta, *, whole_minutes: bool = False) -> AfterValidator:
    def check(value: Lasting | None) -> Lasting | None:
        if value is not None and not least <= value.length() <= most:
            raise ValueError(f"must last from {_words(least)} to {_words(most)}, not {_words(value.length())}")
        if value is not None and whole_minutes and value.length() % timedelta(minutes=1):
            raise ValueError(f"must be whole minutes, not {_words(value.length())}: the desk looks once a minute")
        return value

    return AfterValidator(check)


def _words(length: timedelta) -> str:
    return f"{length / timedelta(seconds=1):g} s"


def _one_of(*allowed: str) -> AfterValidator:
    def check(value: str) -> str:
        if value not in allowed:
            raise ValueError(f"must be one of {listed(allowed)}, not {value!r}")
        return value

    return AfterValidator(check)


def _status(value: list[int]) -> list[int]:
    if not value or any(not 100 <= code <= 599 for code in value):
        raise ValueError("must be a list of status codes from 100 to 599, such as [200, 204]")
    return value


def _target(text: str, info: ValidationInfo) -> str:
    return text.replace(PUBLIC_URL, names_in(info).public_url, 1) if text.startswith(PUBLIC_URL) else text


def _is_the_desk(target: str, public_url: str) -> bool:
    return bool(public_url) and (target + "/").startswith(public_url + "/")


Timeout = _lasts(timedelta(milliseconds=100), timedelta(seconds=30))


class Check(Shape):
    """One question to a service; it is up while all of its checks are answered well."""

    kind: Annotated[CheckKind, Field(strict=False, description="http, tcp, tls or dns.")]
    target: Annotated[
        Written,
        AfterValidator(_target),
        Field(description="An absolute http(s) URL, host:port for tcp and tls, a name for dns; ${PUBLIC_URL}: the desk itself."),
    ]
    timeout: Annotated[Lasting | None, Timeout, Field(description="Without it, the service's.")] = None
    status: Annotated[list[int], AfterValidator(_status), Field(description="Of http: the codes of a good answer.")] = [200]
    contains: Annotated[Written | None, Field(description="Of http: a text that the body must hold.")] = None
    json_path: Annotated[Written | None, Field(description="Of http: a place in a JSON body, with dots between the keys.")] = None
    equals: Annotated[Written | None, Field(description="Of http: what must stand at json_path, as text.")] = None
    slower_than: Annotated[
        Lasting | None, Timeout, Field(description="Of http: an answer that takes longer is a bad one; without it, the time-out.")
    ] = None
    days_left: Annotated[
        int, Field(ge=0, le=825, description="Of tls: for how many days more the certificate must be valid.")
    ] = 14
    record_type: Annotated[str, _one_of(*RECORD_TYPES), Field(description="Of dns: A, AAAA, CNAME, MX or TXT.")] = "A"
    records: Annotated[list[Written], Field(description="Of dns: values of which one at least must be there; without, any.")] = []

    @model_validator(mode="after")
    def _fits_together(self, info: ValidationInfo) -> "Check":
        for kind, keys in _MEANT.items():
            if kind is not self.kind and (strange := sorted(self.model_fields_set & set(keys))):
                raise ValueError(f"has {listed(strange)}, which is for {kind.value} checks, not for {self.kind.value}")
        if (self.json_path is None) is not (self.equals is None):
            raise ValueError("must have json_path and equals together: the place and what stands there")
        try:
            _TARGETS[self.kind](self.target, allow_private=_is_the_desk(self.target, names_in(info).public_url))
        except ValueError as wrong:
            raise ValueError(f"has a target that {wrong}") from None
        return self


class Thresholds(Shape):
    """When looks make an outage."""

    failures: Annotated[int, Field(ge=1, le=10, description="Bad looks in a row, re-probes counted, that make it down.")] = 3
    successes: Annotated[int, Field(ge=1, le=10, description="Good samples in a row that end an outage.")] = 1
    reprobe_after: Annotated[
        Lasting | None,
        _lasts(timedelta(milliseconds=100), timedelta(seconds=10)),
        Field(description="After a bad look, ask again so much later; without it, 2 seconds."),
    ] = None
    reopen_within: Annotated[
        Lasting | None,
        _lasts(timedelta(0), timedelta(hours=24)),
        Field(description="An outage that begins so soon after the last is the same again; without it, 30 minutes."),
    ] = None


class Service(Shape):
    """A service that is watched."""

    name: Annotated[Text, Field(description="What the status page calls it.")]
    owner: Annotated[
        Written, Field(description="In whose network it is: where services of two owners fail together, ours has failed.")
    ]
    interval: Annotated[
        Lasting | None,
        _lasts(timedelta(minutes=1), timedelta(hours=1), whole_minutes=True),
        Field(description="A sample so often, in whole minutes; without it, every minute."),
    ] = None
    timeout: Annotated[Lasting | None, Timeout, Field(description="How long an answer may take; without it, 5 seconds.")] = None
    thresholds: Annotated[Thresholds, Field(description="When looks make an outage.")] = Thresholds.model_construct()
    witness: Annotated[
        Lasting | None,
        _lasts(timedelta(seconds=30), timedelta(hours=1)),
        Field(description="How often the second witness reports; without it, there is none."),
    ] = None
    public: Annotated[bool, Field(description="false: staff alone see it.")] = True
    products: Annotated[list[Annotated[str, known("products")]], Field(description="What customers use it through.")] = []
    guarantees: Annotated[list[Annotated[str, known("guarantees")]], Field(description="By which it is judged.")] = []
    checks: Annotated[list[Check], Field(min_length=1, description="It is up while all of them are answered well.")]


class ServicesFile(Shape):
    """The services that are watched."""

    contract: Annotated[str, known("contracts"), Field(description="The id of the contract that promises them.")]
    desk: Annotated[
        str,
        Field(description="The customer whose tickets outages are: the vendor itself, enrolled as one."),
        AfterValidator(lambda value: _customer(value)),
    ]
    services: Annotated[dict[Id, Service], Field(description="By id."), AfterValidator(lambda value: _services(value))]


def _services(value: dict[str, Service]) -> dict[str, Service]:
    if TOGETHER in value:
        raise ValueError(f"must have no service {TOGETHER!r}: that is what all services of a guarantee are called as one")
    return value


def _customer(value: str) -> str:
    if not (2 <= len(value) <= 12 and value.isascii() and value.isalnum() and value.isupper() and value[0].isalpha()):
        raise ValueError(f"must be a customer's id, 2 to 12 of A-Z and 0-9 with a letter first, not {value!r}")
    return value
