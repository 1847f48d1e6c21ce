"""The wiring: which adapter stands behind each port. The only file that knows them all; heavy things are imported when needed."""

import base64
import hmac
import os
import secrets
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING

from shared.actions.customers import KeptDirectory
from shared.actions.desk import Desk, Options
from shared.actions.ports import Blobs, Mailer, MailReports, Rows, Webhooks
from shared.domain.contract import Catalogue
from shared.domain.mail import Mail
from shared.domain.notice import Notice
from shared.domain.status.letter import Letter
from shared.domain.watch.service import Services
from shared.settings import Settings

if TYPE_CHECKING:
    from shared.web.links import Links

_lock = Lock()
_installed: Desk | None = None


def desk() -> Desk:
    """The desk of this process, wired from the environment when first asked for. SettingsInvalid names each wrong setting."""
    global _installed
    with _lock:
        if _installed is None:
            _installed = wire(Settings.from_environ(os.environ))
        return _installed


def install(desk: Desk) -> None:
    """Puts another desk in place: with another clock, or other adapters."""
    global _installed
    with _lock:
        _installed = desk


def wire(settings: Settings) -> Desk:
    """A desk on the services that the settings name."""
    from shared.adapters.platform_sign_in import PlatformSignIn
    from shared.adapters.portal_webhooks import PortalWebhooks
    from shared.adapters.prober import NetworkProber
    from shared.adapters.publisher import WebhookPublisher
    from shared.adapters.telemetry import telemetry
    from shared.web.links import Links

    rows = _rows(settings)
    directory = KeptDirectory(rows)
    links = Links(settings.public_url, settings.link_secret.get_secret_value().encode())
    return Desk(
        clock=_utc_now,
        rows=rows,
        blobs=_blobs(settings),
        mailer=_mailer(settings),
        reports=_reports(settings),
        publisher=WebhookPublisher(),
        webhooks=PortalWebhooks([secret.get_secret_value() for secret in settings.portal_webhook_secrets]),
        prober=NetworkProber(agent=f"Sportello-Probe/1 (+{settings.public_url})"),
        witness=_witness(settings),
        telemetry=telemetry(is_metered=settings.python_applicationinsights_enable_telemetry),
        catalogue=(catalogue := catalogue_in(settings.catalogue_path)),
        services=services_in(settings.catalogue_path, catalogue, settings.public_url),
        directory=directory,
        identify=PlatformSignIn(directory, is_on=settings.website_auth_enabled),
        render=_letters(links, settings.public_url),
        ticket_url=links.ticket,
        opens=links.opens,
        card_url=links.card,
        opens_card=links.opens_card,
        seal=links.seal,
        write=_service_letters(links, settings.public_url),
        salt=lambda: secrets.token_hex(16),
        signing_secret=lambda: "whsec_" + base64.b64encode(secrets.token_bytes(32)).decode(),
        options=Options(
            public_url=settings.public_url,
            agenda_shards=settings.agenda_shards,
            mail_per_minute=settings.mail_per_minute,
            mail_per_hour=settings.mail_per_hour,
        ),
        opens_tick=_tick_key(settings),
    )


def catalogue_in(paths: Sequence[Path]) -> Callable[[], Catalogue]:
    """The contracts in these folders, read when first asked for and kept: a new version comes with a new deployment."""

    @cache
    def read() -> Catalogue:
        from shared.catalogue import parser

        return parser.load(paths)

    return read


def services_in(paths: Sequence[Path], catalogue: Callable[[], Catalogue], public_url: str) -> Callable[[], Services]:
    """The services that are watched, as a file in these folders has them, read when first asked for and kept."""

    @cache
    def read() -> Services:
        from shared.catalogue.parser.services import load_services

        return load_services(paths, catalogue(), public_url)

    return read


def _utc_now() -> datetime:
    return datetime.now(UTC)


def _rows(settings: Settings) -> Rows:
    from shared.adapters import tables

    if settings.storage_connection_string is not None:
        return tables.from_connection_string(settings.storage_connection_string.get_secret_value())
    assert settings.storage_account_name is not None
    return tables.from_account(settings.storage_account_name, settings.azure_client_id)


def _blobs(settings: Settings) -> Blobs:
    from shared.adapters import blobs

    if settings.storage_connection_string is not None:
        return blobs.from_connection_string(settings.storage_connection_string.get_secret_value())
    assert settings.storage_account_name is not None
    return blobs.from_account(settings.storage_account_name, settings.azure_client_id)


def _mailer(settings: Settings) -> Mailer:
    from shared.adapters import acs_mail

    if settings.mail_connection_string is not None:
        return acs_mail.from_connection_string(settings.mail_connection_string.get_secret_value(), settings.mail_sender)
    assert settings.mail_endpoint is not None
    return acs_mail.from_endpoint(settings.mail_endpoint, settings.mail_sender, settings.azure_client_id)


def _reports(settings: Settings) -> MailReports:
    from shared.adapters import mail_reports

    if settings.storage_connection_string is not None:
        return mail_reports.from_connection_string(settings.storage_connection_string.get_secret_value())
    assert settings.storage_account_name is not None
    return mail_reports.from_account(settings.storage_account_name, settings.azure_client_id)


def _witness(settings: Settings) -> Webhooks | None:
    from shared.adapters.portal_webhooks import PortalWebhooks

    found = [secret.get_secret_value() for secret in settings.witness_webhook_secrets]
    return PortalWebhooks(found) if found else None


def _tick_key(settings: Settings) -> Callable[[str], bool] | None:
    """Compares in a time that tells nothing of how much of a key was right."""
    if settings.tick_key is None:
        return None
    key = settings.tick_key.get_secret_value().encode()
    return lambda given: hmac.compare_digest(key, given.encode(errors="replace"))


def _letters(links: "Links", public_url: str) -> Callable[[Notice], Mail]:
    """Renders notices; the template engine is imported with the first."""

    @cache
    def letters() -> Callable[[Notice], Mail]:
        from shared.web.mail import Letters

        return Letters(links=links, public_url=public_url).render

    return lambda notice: letters()(notice)


def _service_letters(links: "Links", public_url: str) -> Callable[[Letter], Mail]:
    """Writes letters about the services; the template engine is imported with the first."""

    @cache
    def letters() -> Callable[[Letter], Mail]:
        from shared.web.status.letters import Letters

        return Letters(links=links, public_url=public_url).render

    return lambda letter: letters()(letter)
