"""What indexing the app loads: every cold start waits for it. (How long it takes is measured by `make bench`.)"""

import subprocess
import sys

import pytest

FORBIDDEN = (
    "azure.identity",
    "azure.communication.email",
    "azure.data.tables",
    "holidays",
    "jinja2",
    "babel",
    "pydantic",
    "standardwebhooks",
    "requests",
    "dns",
    "h11",
    "tomllib",
    "zoneinfo",
)
"""`holidays`, `jinja2`, `azure.identity` and `azure.communication.email` for good; the others until a door needs them."""


def loaded_by(statement: str) -> set[str]:
    program = f"import sys\n{statement}\nprint('\\n'.join(sys.modules))"
    return set(subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True).stdout.split())


def test_indexing_the_app_loads_nothing_that_a_door_may_never_need() -> None:
    loaded = loaded_by("import function_app")
    assert {"function_app", "functions.tickets", "azure.functions"} <= loaded
    assert not loaded & set(FORBIDDEN)


@pytest.mark.parametrize(
    "action",
    [
        "intake",
        "tickets",
        "running.rounds",
        "running.watchdog",
        "sweep",
        "post.deliver",
        "reconcile",
        "running.health",
        "lists.board",
        "custody.erasure",
        "custody.privacy",
        "watch.minute",
        "watch.reading",
        "guarantees.judging",
        "guarantees.amending",
    ],
)
def test_no_action_loads_an_sdk_or_a_template_engine(action: str) -> None:
    loaded = loaded_by(f"import shared.actions.{action}")
    assert not loaded & (set(FORBIDDEN) - {"zoneinfo"})


def test_taking_a_request_in_loads_no_identity_mail_templates_or_holidays() -> None:
    """The whole way of a webhook on the memory store: what an instance holds that only takes requests in."""
    loaded = loaded_by("from tests.support.desks import Clock, a_desk, taken_in\ntaken_in(a_desk(Clock()))")
    assert not loaded & {"azure.identity", "azure.communication.email", "holidays", "jinja2", "babel"}


def test_only_a_run_of_the_probes_loads_what_it_probes_with() -> None:
    made = "from shared.adapters.prober import NetworkProber\nprober = NetworkProber()"
    parts = {"dns", "h11", "shared.adapters.probing"}
    assert not loaded_by(made) & parts
    run = f"{made}\nfrom datetime import *\nprober.probe([], datetime.now(UTC), timedelta(seconds=1))"
    assert not loaded_by(run) & parts, "nothing was due"


def test_talking_to_azure_loads_no_tables_for_guessing_encodings_and_keeps_them_from_nobody() -> None:
    program = (
        "import sys, shared.adapters.transport, requests\n"
        "assert 'charset_normalizer' not in sys.modules\n"
        "answer = requests.Response()\n"
        "answer._content = 'è'.encode()\n"
        "assert answer.text == 'è'\n"
        "import charset_normalizer\n"
        "assert charset_normalizer.from_bytes('è'.encode()).best()\n"
    )
    done = subprocess.run([sys.executable, "-W", "error", "-c", program], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
