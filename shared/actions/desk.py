"""The desk: everything an action may reach, in one frozen value. Wired in `shared/app.py`, and nowhere else."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from shared.actions.ports import Blobs, Mailer, MailReports, Prober, Publisher, Rows, Telemetry, Webhooks
from shared.actions.watch.kept import KeptOutages, KeptWindows
from shared.domain.contract import Catalogue
from shared.domain.mail import Mail
from shared.domain.notice import Notice
from shared.domain.people import Directory, Principal
from shared.domain.status.letter import Letter
from shared.domain.watch.service import Services


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """Figures an engineer may set. `grace`: how long an agenda row may point to nothing before it is a crash's leftover."""

    public_url: str
    agenda_shards: int = 1
    mail_per_minute: int = 30
    mail_per_hour: int = 100
    grace: timedelta = timedelta(minutes=10)


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    """The ports, the clock and the contract catalogue. `clock` is read once an invocation, then `now` is handed down.

    `ticket_url`: the customer's link to a ticket; `opens`: whether a key opens that ticket. `card_url`, `opens_card`: the same of
    one version of a card, by ticket, kind, version and commitment. `seal`: a signature of ours over a text; `write`: a letter
    about the services as a mail. `services`: what is watched; `witness`: verifies the second witness, None where there is none;
    `telemetry`: tells the engineer what happens. `opens_tick`: whether a key is the watchdog's, None where there is none.
    """

    clock: Callable[[], datetime]
    rows: Rows
    blobs: Blobs
    mailer: Mailer
    reports: MailReports
    publisher: Publisher
    webhooks: Webhooks
    prober: Prober
    witness: Webhooks | None
    telemetry: Telemetry
    catalogue: Callable[[], Catalogue]
    services: Callable[[], Services]
    directory: Callable[[datetime], Directory]
    identify: Callable[[Mapping[str, str], datetime], Principal | None]
    render: Callable[[Notice], Mail]
    ticket_url: Callable[[str], str]
    opens: Callable[[str, str], bool]
    card_url: Callable[[str, str, int, str], str]
    opens_card: Callable[[str, str, int, str, str], bool]
    seal: Callable[[str], str]
    write: Callable[[Letter], Mail]
    salt: Callable[[], str]
    signing_secret: Callable[[], str]
    options: Options
    opens_tick: Callable[[str], bool] | None = None
    windows: KeptWindows = field(default_factory=KeptWindows)
    outages: KeptOutages = field(default_factory=KeptOutages)
