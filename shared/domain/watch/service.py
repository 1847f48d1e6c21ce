"""The services that are watched, and how. Data of the deployment: a TOML file beside the contracts."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from enum import StrEnum

from shared.domain.text import Text


class CheckKind(StrEnum):
    HTTP = "http"
    TCP = "tcp"
    TLS = "tls"
    DNS = "dns"


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """How a service is asked whether it is up.

    `target`: an absolute URL (http), host:port (tcp, tls), or a name (dns). Of an HTTP answer: `status` (allowed codes),
    `contains` (text in the body), `json_path` with `equals` (dotted path), `slower_than` (a slower answer is a failure).
    `days_left`: fewest days that a TLS certificate must still be valid. `records`: of a DNS answer, values of which one at least
    must be there.
    """

    kind: CheckKind
    target: str
    timeout: timedelta = timedelta(seconds=5)
    status: tuple[int, ...] = (200,)
    contains: str | None = None
    json_path: str | None = None
    equals: str | None = None
    slower_than: timedelta | None = None
    days_left: int = 14
    record_type: str = "A"
    records: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Thresholds:
    """`failures`: failed attempts in a row, the first sample and its quick re-probes, that make a service down. `successes`: good
    samples in a row that end an outage. `reopen_within`: an outage that begins so soon after the last one is the same again."""

    failures: int = 3
    successes: int = 1
    reprobe_after: timedelta = timedelta(seconds=2)
    reopen_within: timedelta = timedelta(minutes=30)


@dataclass(frozen=True, slots=True, kw_only=True)
class Service:
    """One service. It is up while all of its checks are. `owner`: whose network it is in: when services of all owners, two at
    least, fail in one run, it is our own network that failed. `products`: what customers use it through. `guarantees`: ids.
    `witness_interval`: how often the second witness reports, if there is one.
    """

    id: str
    name: Text
    owner: str
    checks: tuple[Check, ...]
    interval: timedelta = timedelta(minutes=1)
    thresholds: Thresholds = field(default_factory=Thresholds)
    products: tuple[str, ...] = ()
    guarantees: tuple[str, ...] = ()
    has_witness: bool = False
    witness_interval: timedelta = timedelta(minutes=5)
    is_public: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Services:
    """All of them, by id, under a contract, whose zone and calendars count. `desk`: the customer that outages are tickets of: the
    vendor itself, enrolled as one."""

    contract: str
    desk: str
    services: Mapping[str, Service]

    @property
    def is_any(self) -> bool:
        """Whether anything is watched, or was: a file whose last service was taken out still says what its time is judged by."""
        return bool(self.contract)

    def of(self, id: str) -> Service:
        """A service of the file; or one that was taken out of it, of which nothing is known but its name in the store: nobody
        looks at it, and it is promised to nobody."""
        return self.services[id] if id in self.services else Service(id=id, name={}, owner="", checks=(), is_public=False)

    def is_public(self, id: str) -> bool:
        """What is not in the file any more is not."""
        return id in self.services and self.services[id].is_public


NOTHING = Services(contract="", desk="", services={})
"""Where nothing is watched."""
