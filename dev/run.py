"""`make run`: storage, mail, clock and the app itself on one port, started in order and stopped together.

`--services-only` leaves the app out, for `func start` in another terminal.
"""

import argparse
import logging
import os
import signal
import sys
import threading
import time
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from types import FrameType

from dev import environment
from dev.azurite import azurite
from dev.folder import DATA, ROOT, check_layout, held
from dev.ports import CannotStart, ensure_distinct, ensure_free

FORCED_STOP_S = 15
LOG_FORMAT = "%(asctime)s %(levelname)-7s %(name)s: %(message)s"


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """Where to run: ports, the data folder, and whether to load the demo the first time and to serve the app."""

    port: int
    blob_port: int
    queue_port: int
    table_port: int
    data: Path
    demo: bool
    app: bool


def main(arguments: Sequence[str] | None = None) -> int:
    options = options_from(sys.argv[1:] if arguments is None else arguments, os.environ)
    logging.basicConfig(level=logging.INFO, format=LOG_FORMAT, datefmt="%H:%M:%S")
    logging.getLogger("azure").setLevel(logging.WARNING)
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, _stop)
    try:
        with ExitStack() as running:
            start(options, running)
            print("\n".join(_welcome(options)), flush=True)
            _wait_while(os.getppid(), is_make="MAKELEVEL" in os.environ)
    except CannotStart as error:
        print(error, file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("Stopped.", flush=True)
    return 0


def start(options: Options, running: ExitStack) -> None:
    """Starts every part, each to be stopped by `running`. Raises CannotStart."""
    storage_ports = (options.blob_port, options.queue_port, options.table_port)
    ensure_distinct(PORT=options.port, **dict(zip(("BLOB_PORT", "QUEUE_PORT", "TABLE_PORT"), storage_ports, strict=True)))
    ensure_free(options.port, what="Sportello", remedy=f"take another one with: make run PORT={options.port + 10}")
    data = running.enter_context(held(options.data))
    check_layout(data)
    storage = running.enter_context(azurite(*storage_ports, data / "azurite"))
    os.environ.update(environment.settings(options.port, *storage_ports))

    from dev.local_site import app_site, mail_site
    from dev.outbox import Outbox
    from dev.report_queue import ReportQueue

    reports = ReportQueue.from_connection_string(storage)
    reports.create()
    outbox = Outbox(data / "outbox.jsonl")
    if not options.app:
        running.enter_context(mail_site(outbox, port=options.port, put_report=reports.put))
        return
    from dev.clock import SettableClock
    from dev.wiring import TIMER_ORDER, hook_secrets, open_desk, watched

    clock = SettableClock(data / "clock.json")
    demo_marker = data / "demo-loaded" if options.demo else None
    site = app_site(
        ROOT,
        clock,
        outbox,
        port=options.port,
        order=TIMER_ORDER,
        prepare=lambda: open_desk(clock, demo_marker),
        hook_secrets=hook_secrets,
        services=watched,
        put_report=reports.put,
    )
    running.enter_context(site)


def _wait_while(parent: int, *, is_make: bool) -> None:
    """Waits for a signal; a run that make started also ends when make is gone, killed without a chance to pass that on."""
    while not is_make or os.getppid() == parent:
        time.sleep(1)


def _stop(number: int, frame: FrameType | None) -> None:
    """Ends the main thread's wait. Repeated signals change nothing; a part that hangs is left behind."""
    for repeated in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(repeated, signal.SIG_IGN)
    forced = threading.Timer(FORCED_STOP_S, os._exit, [0])
    forced.daemon = True
    forced.start()
    raise KeyboardInterrupt


def options_from(arguments: Sequence[str], environ: Mapping[str, str]) -> Options:
    """Ports by option, else by PORT, BLOB_PORT, QUEUE_PORT and TABLE_PORT, else the usual ones."""
    parser = argparse.ArgumentParser(prog="python -m dev.run", description="Runs Sportello on this machine.")
    usual_ports = {name: getattr(environment, name) for name in ("PORT", "BLOB_PORT", "QUEUE_PORT", "TABLE_PORT")}
    for variable, usual in usual_ports.items():
        option = "--" + variable.lower().replace("_", "-")
        default = environ.get(variable) or str(usual)
        parser.add_argument(option, type=_port, default=default, help=f"also {variable} (default {usual})")
    parser.add_argument("--data", type=Path, default=DATA, help="the folder for tickets, mail and clock (default .data)")
    parser.add_argument("--no-demo", dest="demo", action="store_false", help="start empty")
    parser.add_argument("--services-only", dest="app", action="store_false", help="storage and mail, but not the app")
    return Options(**vars(parser.parse_args(arguments)))


def _port(text: str) -> int:
    if text.isdecimal() and 1 <= int(text) <= 65535:
        return int(text)
    raise argparse.ArgumentTypeError(f"{text!r} is no port: a number from 1 to 65535, for example PORT=7081")


def _welcome(options: Options) -> list[str]:
    base = f"http://127.0.0.1:{options.port}"
    if not options.app:
        return ["", f"Storage and mail run; mail that leaves is read on {base}/dev/outbox. Ctrl-C stops them."]
    from dev.demo import hours_to_an_escalation
    from shared import app

    hours = hours_to_an_escalation(app.desk())
    variable = f"PORT={options.port} " if options.port != environment.PORT else ""
    return [
        "",
        f"Sportello runs on {base}. Ctrl-C stops it.",
        "",
        f"  Health   {base}/api/health",
        f"  Outbox   {base}/dev/outbox",
        f"  Webhooks {base}/dev/hooks",
        f"  Clock    {base}/dev/clock",
        f"  Services {base}/dev/services (to take down and up)",
        f"  Status   {base}/api/status/page",
        f"  Tickets  {base}/api/tickets?order=urgency (header X-Demo-User: carla)",
        "",
        "Try, in this folder in another terminal:",
        "",
        "  A request comes in from the portal; see its ticket and its deadlines:",
        f"  {variable}.venv/bin/python -m dev.sign dev/examples/request-it.json | curl -sS -K -",
        "",
        f"  {hours} hours pass, to beyond its first deadline; read the warnings and escalations in the outbox:",
        f"  curl -sS -X PUT -d +{hours}h {base}/dev/clock",
        "",
        "  What to work on first:",
        f"  curl -sS -H 'X-Demo-User: carla' '{base}/api/tickets?order=urgency'",
        "",
    ]


if __name__ == "__main__":
    sys.exit(main())
