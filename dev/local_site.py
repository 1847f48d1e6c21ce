"""A function app on one local port: its routes and timers, the settable clock, the mail service and the outbox."""

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

from dev import environment
from dev.admin import AdminDoor
from dev.clock import SettableClock
from dev.clock_door import ClockDoor
from dev.demo_services import DemoServices
from dev.hooks_door import HooksDoor
from dev.host import FunctionsHost, prefix_in, scheduler_for
from dev.mail_service import MailService
from dev.outbox import Outbox
from dev.outbox_door import OutboxDoor
from dev.server import serve
from dev.site import Site
from dev.worker import Worker


@contextmanager
def app_site(
    folder: Path,
    clock: SettableClock,
    outbox: Outbox,
    *,
    port: int = 0,
    order: Iterable[str] = (),
    prepare: Callable[[], None] = lambda: None,
    hook_secrets: Callable[[], Iterable[str]] = tuple,
    services: Callable[[], Iterable[str]] = tuple,
    put_report: Callable[[str], object] = lambda text: None,
) -> Iterator[str]:
    """Serves the app in `folder` until the block ends, and yields its URL once its timers have run the first time.

    `prepare` runs when the app is loaded and nothing calls it yet. `order`: the timers' order when several fall due together.
    `hook_secrets`: what the receiver of webhooks believes. `services`: the names of those that can be taken down and up.
    `put_report`: takes what Event Grid would put into the desk's queue.
    """
    worker = Worker(folder)
    try:
        prepare()
        scheduler = scheduler_for(worker, clock, order)
        mail = MailService(outbox, access_key=environment.MAIL_KEY, now=clock.now, put_report=put_report)
        doors = [
            ClockDoor(clock, scheduler).answer,
            OutboxDoor(outbox, clock.now).answer,
            HooksDoor(hook_secrets, clock.now).answer,
            DemoServices(services).answer,
            AdminDoor(scheduler).answer,
            mail.faults.answer,
            mail.bounces.answer,
            mail.answer,
            FunctionsHost(worker, prefix_in(folder)).answer,
        ]
        with serve(Site(doors), port) as url:
            try:
                scheduler.start()
                yield url
            finally:
                scheduler.stop()
    finally:
        worker.close()


@contextmanager
def mail_site(outbox: Outbox, *, port: int = 0, put_report: Callable[[str], object] = lambda text: None) -> Iterator[str]:
    """Serves the mail service and the outbox alone, by the machine's clock."""
    mail = MailService(outbox, access_key=environment.MAIL_KEY, put_report=put_report)
    clock = SettableClock()
    with serve(Site([OutboxDoor(outbox, clock.now).answer, mail.faults.answer, mail.bounces.answer, mail.answer]), port) as url:
        yield url
