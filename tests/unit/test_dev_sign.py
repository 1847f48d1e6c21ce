"""The curl configuration that posts a signed request."""

import base64
import json
import shutil
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest
from werkzeug.wrappers import Request, Response

from dev.environment import PORTAL_SECRET
from dev.server import serve
from dev.sign import signed_headers
from dev.site import Site
from shared.adapters.portal_webhooks import PortalWebhooks
from tests.conftest import require

ROOT = Path(__file__).resolve().parents[2]
EXAMPLES = sorted((ROOT / "dev" / "examples").glob("*.json"))
NOW = datetime(2026, 8, 7, 15, 50, tzinfo=UTC)


def test_the_desk_takes_the_signature_for_its_own() -> None:
    body = '{"subject": "perché"}'.encode()
    headers = signed_headers(body, webhook_id="msg_1", sent_at=NOW)
    assert PortalWebhooks([PORTAL_SECRET]).verify(body, headers, NOW + timedelta(minutes=1)) == "msg_1"


def test_a_moment_in_another_zone_is_the_same_moment() -> None:
    in_rome = NOW.astimezone(timezone(timedelta(hours=2)))
    assert signed_headers(b"{}", webhook_id="msg_1", sent_at=in_rome) == signed_headers(b"{}", webhook_id="msg_1", sent_at=NOW)


class Portal:
    """Keeps what was posted to it."""

    def __init__(self) -> None:
        self.seen: list[tuple[str, bytes, dict[str, str]]] = []

    def answer(self, request: Request) -> Response:
        headers = {name.lower(): value for name, value in request.headers.items()}
        self.seen.append((request.path, request.get_data(), headers))
        return Response("{}", status=201)


@pytest.fixture
def portal() -> Portal:
    return Portal()


@pytest.fixture
def url(portal: Portal) -> Iterator[str]:
    with serve(Site([portal.answer])) as url:
        yield url


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda path: path.stem)
def test_curl_posts_an_example_as_it_is_in_the_file_signed_now(url: str, portal: Portal, example: Path) -> None:
    require(shutil.which("curl") is not None, "curl", "apt install curl")
    for _ in range(2):
        config = subprocess.run(
            [sys.executable, "-m", "dev.sign", str(example), "--url", f"{url}/api/webhooks/portal"],
            cwd=ROOT, capture_output=True, text=True, check=True,
        ).stdout  # fmt: skip
        subprocess.run(["curl", "-sS", "--fail", "-K", "-"], input=config, text=True, check=True, capture_output=True)
    (path, body, first), (_, _, second) = portal.seen
    assert path == "/api/webhooks/portal"
    assert body == example.read_bytes()
    assert first["content-type"] == "application/json"
    assert first["webhook-id"] != second["webhook-id"]
    PortalWebhooks([PORTAL_SECRET]).verify(body, first, datetime.now(UTC))


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda path: path.stem)
def test_an_example_has_what_the_webhook_asks_for(example: Path) -> None:
    body = json.loads(example.read_text(encoding="utf-8"))
    assert {"customer", "contact", "product", "subject", "description", "severity", "classification", "reference"} <= body.keys()
    assert body["contact"].keys() == {"name", "email"}


def test_the_demo_secret_has_the_length_that_the_specification_asks_for() -> None:
    assert 24 <= len(base64.b64decode(PORTAL_SECRET.removeprefix("whsec_"))) <= 64
