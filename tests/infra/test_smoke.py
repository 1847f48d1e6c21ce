"""infra/smoke.sh against a real local run, and against servers that are not well."""

import json
import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import pytest

from dev.azurite import is_installed
from dev.environment import TICK_KEY
from shared.adapters.platform_sign_in import PlatformSignIn
from shared.domain.errors import SportelloError
from shared.domain.people import Directory
from shared.web.problems import status_of
from tests.conftest import require
from tests.infra.bicep_text import INFRA
from tests.support.sportello import running


def smoke(url: str, tries: int = 1, key: str = "") -> subprocess.CompletedProcess[str]:
    tried = {"SPORTELLO_TRIES": str(tries), "SPORTELLO_PAUSE": "0", "SPORTELLO_TICK_KEY": key}
    environ = {"PATH": os.environ["PATH"], **tried}
    return subprocess.run(["/bin/sh", str(INFRA / "smoke.sh"), url], env=environ, capture_output=True, text=True, check=False)


def test_a_real_desk_passes(tmp_path: Path) -> None:
    require(is_installed(), "Azurite, the storage emulator,", "make setup")
    with running(tmp_path / "data", demo=False) as sportello:
        done = smoke(sportello.url, tries=30, key=TICK_KEY)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "answers as it should" in done.stdout and "the watchdog's door: 200" in done.stdout
    assert "the watchdog's door without its key: 401" in done.stdout and TICK_KEY not in done.stdout + done.stderr


@contextmanager
def answering(
    health: tuple[int, str], *, tickets: int = 401, knocks: list[str] | None = None, believes: bool = False
) -> Iterator[str]:
    """A server that answers like a desk, except as it is told. `knocks`: the keys that came to the watchdog's door;
    `believes`: no platform takes the headers of sign-in away."""
    answers = {"/api/health": health, "/api/status/page": (200, "<html>"), "/api/tickets": (tickets, "{}")}
    sign_in = PlatformSignIn(lambda now: Directory(staff={}), is_on=True)

    class Handler(BaseHTTPRequestHandler):
        def answer(self) -> None:
            status, body = answers.get(self.path, (401, "{}"))
            if self.path == "/api/internal/tick" and knocks is not None and "X-Tick-Key" in self.headers:
                knocks.append(self.headers["X-Tick-Key"])
            if believes and self.path == "/api/tickets":
                try:
                    sign_in({name.lower(): value for name, value in self.headers.items()}, datetime.now(UTC))
                except SportelloError as error:
                    status = status_of(error)
            self.send_response(status)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body.encode())

        do_GET = do_POST = answer

        def log_message(self, format: str, *args: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


@pytest.mark.parametrize(
    ("health", "tickets", "status"),
    [
        ((200, "{}"), 401, 0),
        ((503, '{"problems": ["the timer reconcile has never run"]}'), 401, 0),
        ((503, '{"problems": ["the timer reconcile has never run", "tables: timeout"]}'), 401, 1),
        ((503, '{"problems": []}'), 401, 1),
        ((500, ""), 401, 1),
        ((200, "{}"), 200, 1),
    ],
)
def test_what_passes_and_what_does_not(health: tuple[int, str], tickets: int, status: int) -> None:
    with answering(health, tickets=tickets) as url:
        done = smoke(url)
    assert done.returncode == status, done.stdout + done.stderr


def test_a_desk_that_believes_a_forged_header_does_not_pass() -> None:
    with answering((200, "{}"), believes=True) as url:
        done = smoke(url)
    assert done.returncode == 1 and "claims to be signed in: 403 instead of 401" in done.stderr


def test_with_the_key_it_knocks_first_and_without_it_does_not() -> None:
    knocks: list[str] = []
    with answering((200, "{}"), knocks=knocks) as url:
        assert smoke(url).returncode == 0 and knocks == []
        assert smoke(url, key="k" * 40).returncode == 0 and knocks == ["k" * 40]


def test_a_desk_that_is_not_there_does_not_pass() -> None:
    done = smoke("http://127.0.0.1:9")
    assert done.returncode == 1 and "does not answer" in done.stderr


AZ = """#!/bin/sh
echo "$*" >> "$AZ/calls"
case "$1 $2 $3" in
    "deployment group create") echo "$SPORTELLO_BUDGET_START" > "$AZ/start"; cat "$AZ/outputs" ;;
    "keyvault list "*) echo kv-1 ;;
    "keyvault secret list") echo portal-webhook-secrets witness-webhook-secrets link-secret tick-key ;;
    "keyvault secret show") echo the-key-of-the-vault ;;
    "rest --method get") case $* in *budgets*) echo 2025-02-01T00:00:00Z ;; esac ;;
esac
"""


@pytest.mark.parametrize(("tickets", "status"), [(401, 0), (200, 1)])
def test_a_deployment_goes_from_resources_to_secrets_to_package_to_a_try(tmp_path: Path, tickets: int, status: int) -> None:
    program = tmp_path / "bin" / "az"
    program.parent.mkdir()
    program.write_text(AZ)
    program.chmod(0o755)
    knocks: list[str] = []
    with answering((200, "{}"), tickets=tickets, knocks=knocks) as url:
        outputs = {"kEY_VAULT_NAME": "kv-1", "aPP_NAME": "desk", "sTORAGE_ACCOUNT_NAME": "stdesk", "DESK_OWN_URL": url}
        (tmp_path / "outputs").write_text(
            json.dumps({name: {"type": "String", "value": value} for name, value in outputs.items()})
        )
        environ = {"PATH": f"{program.parent}:{os.environ['PATH']}", "AZ": str(tmp_path), "SPORTELLO_TRIES": "1"}
        command = ["/bin/sh", str(INFRA / "deploy.sh"), "group", "infra/test.bicepparam", "sportello.zip"]
        done = subprocess.run(command, env=environ, capture_output=True, text=True, check=False)
    assert done.returncode == status, done.stdout + done.stderr
    calls = [" ".join(call.split()[:4]) for call in (tmp_path / "calls").read_text().splitlines()]
    assert calls == [
        "keyvault list --resource-group group",
        "keyvault secret list --vault-name",
        "keyvault secret show --vault-name",
        "rest --method get --url",
        "deployment group create --resource-group",
        "keyvault secret list --vault-name",
        "functionapp show --resource-group group",
        "rest --method get --url",
        "functionapp deployment source config-zip",
    ]
    asked = (tmp_path / "calls").read_text()
    assert "[?name=='sportello-test']" in asked and "[?tags.stage=='test']" in asked, "another stage may be in the group"
    assert (tmp_path / "start").read_text() == "2025-02-01T00:00:00Z\n"
    assert "--name desk --src sportello.zip" in (tmp_path / "calls").read_text()
    assert knocks == ["the-key-of-the-vault"] and "the-key" not in (tmp_path / "calls").read_text() + done.stdout + done.stderr
