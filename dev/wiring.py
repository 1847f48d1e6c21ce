"""What the local run puts in the place of the deployed desk's parts: the settable clock, demo users, and whose time is fresh."""

import logging
import os
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from pathlib import Path

from dev.clock import SettableClock, machine_time
from dev.ports import CannotStart
from shared import app
from shared.actions.desk import Desk
from shared.adapters.portal_webhooks import PortalWebhooks
from shared.adapters.prober import NetworkProber
from shared.adapters.publisher import WebhookPublisher
from shared.domain.errors import SportelloError
from shared.domain.people import Principal

ROOT = Path(__file__).resolve().parents[1]

CATALOGUE = (ROOT / "shared" / "catalogue", ROOT / "dev" / "catalogue")
"""The published contracts, and the closures that are announced for the demo."""

TIMER_ORDER = ("probe", "judge", "sweep", "reconcile")
"""When several fall due together: what the services do, then what is owed; what mends comes last."""


log = logging.getLogger("local")


def open_desk(clock: SettableClock, demo_marker: Path | None) -> None:
    """Puts the local desk in place, and loads the demo once: `demo_marker` is the file that says it was (None: no demo)."""
    try:
        app.install(wire(app.desk(), clock))
        if demo_marker is not None and not demo_marker.exists():
            _load_demo(demo_marker)
    except SportelloError as error:
        raise CannotStart(error.detail) from error


def _load_demo(marker: Path) -> None:
    from dev import demo

    log.info("Loading demo data (once) …")
    demo.load(app.desk())
    marker.touch()


def wire(desk: Desk, clock: SettableClock) -> Desk:
    """The desk on the settable clock, with the demo's announcements.

    A webhook is fresh by that clock or by the machine's: a portal outside does not know that the desk's clock was moved.
    """
    secrets = os.environ["PORTAL_WEBHOOK_SECRETS"].split()
    witness = os.environ.get("WITNESS_WEBHOOK_SECRETS", "").split()
    return replace(
        desk,
        clock=clock.now,
        identify=demo_user,
        publisher=WebhookPublisher(allow_private=True),
        webhooks=PortalWebhooks(secrets, clocks=(machine_time,)),
        prober=NetworkProber(agent=f"Sportello-Probe/1 (+{desk.options.public_url})", allow_private=True),
        witness=PortalWebhooks(witness, clocks=(machine_time,)) if witness else None,
        catalogue=(catalogue := app.catalogue_in(CATALOGUE)),
        services=app.services_in(CATALOGUE, catalogue, desk.options.public_url),
    )


def hook_secrets() -> list[str]:
    """What signs the webhooks of the desk that runs here: its receiver, `/dev/hooks`, believes these."""
    from shared.actions.hooks import subscriptions

    return [subscription.secret for subscription in subscriptions.every(app.desk())]


def watched() -> list[str]:
    """The services that the desk which runs here watches: `/dev/services` takes them down and up."""
    return list(app.desk().services().services)


def demo_user(headers: Mapping[str, str], now: datetime) -> Principal | None:
    """Whom `X-Demo-User` names, of the demo staff or of the demo customers' people. Header names are lower-case."""
    from dev.demo import USERS

    return USERS.get(headers.get("x-demo-user", ""))
