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
    "action", ["intake", "tickets", "sweep", "deliver", "reconcile", "health", "board", "erasure", "privacy"]
)
def test_no_action_loads_an_sdk_or_a_template_engine(action: str) -> None:
    loaded = loaded_by(f"import shared.actions.{action}")
    assert not loaded & (set(FORBIDDEN) - {"zoneinfo"})


def test_taking_a_request_in_loads_no_identity_mail_templates_or_holidays() -> None:
    """The whole way of a webhook on the memory store: what an instance holds that only takes requests in."""
    loaded = loaded_by("from tests.support.desks import Clock, a_desk, taken_in\ntaken_in(a_desk(Clock()))")
    assert not loaded & {"azure.identity", "azure.communication.email", "holidays", "jinja2", "babel"}
