"""The local receiver of webhooks: it believes what is signed, shows what came, and can be told to refuse."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
import requests

from dev.hooks_door import HooksDoor
from dev.server import serve
from dev.site import Site
from shared.adapters.publisher import WebhookPublisher
from shared.domain.errors import HookPostponed

NOW = datetime(2026, 8, 7, 15, 50, tzinfo=UTC)
SECRET, OTHER = "whsec_c2VjcmV0LXNlY3JldC1zZWNyZXQtc2VjcmV0", "whsec_b3RoZXItb3RoZXItb3RoZXItb3RoZXItb3Ro"
BODY = json.dumps({"type": "ticket.received", "timestamp": "…", "data": {"ticket": "ACME-1"}}).encode()


@pytest.fixture
def url() -> Iterator[str]:
    with serve(Site([HooksDoor(lambda: [OTHER, SECRET], lambda: NOW).answer])) as url:
        yield f"{url}/dev/hooks"


def post(url: str, *, id: str = "id-1", secret: str = SECRET) -> int:
    return WebhookPublisher(allow_private=True).post(url, [secret], id, BODY, NOW)


def shown(url: str) -> list[dict[str, object]]:
    found: list[dict[str, object]] = requests.get(url, headers={"Accept": "application/json"}, timeout=5).json()
    return found


def test_what_the_desk_posts_arrives_and_is_shown_newest_first(url: str) -> None:
    assert post(url, id="id-1") == post(url, id="id-2") == 204
    assert [(each["id"], each["type"], each["ticket"]) for each in shown(url)] == [
        ("id-2", "ticket.received", "ACME-1"),
        ("id-1", "ticket.received", "ACME-1"),
    ]
    page = requests.get(url, headers={"Accept": "text/html"}, timeout=5).text
    assert "ticket.received" in page and "ACME-1" in page


def test_a_repetition_is_known_by_its_id(url: str) -> None:
    post(url)
    post(url)
    assert [each["is_repeated"] for each in shown(url)] == [True, False]


def test_what_nobody_signed_is_refused(url: str) -> None:
    with pytest.raises(HookPostponed, match="401"):
        post(url, secret="whsec_c3RyYW5nZXItc3RyYW5nZXItc3RyYW5nZXIt")
    assert requests.post(url, data=BODY, timeout=5).status_code == 401
    assert shown(url) == []


def test_it_can_be_told_to_refuse_and_to_forget(url: str) -> None:
    with pytest.raises(HookPostponed, match="503"):
        post(f"{url}?answer=503")
    assert [each["answered"] for each in shown(url)] == [503]
    assert requests.delete(url, timeout=5).status_code == 204
    assert shown(url) == []
    assert "curl" in requests.get(url, headers={"Accept": "text/html"}, timeout=5).text
