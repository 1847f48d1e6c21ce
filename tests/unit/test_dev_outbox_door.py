"""The outbox as one reads it: a list and a page a message in the browser, JSON for programs."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
import requests

from dev.outbox import Message, Outbox
from dev.outbox_door import OutboxDoor
from dev.server import serve
from dev.site import Site

NOW = datetime(2026, 8, 7, 15, 50, tzinfo=UTC)
HTML = {"Accept": "text/html,application/xhtml+xml,*/*;q=0.8"}
JSON = {"Accept": "application/json"}


def message(number: int, **changes: str) -> Message:
    usual = Message(
        operation_id=f"operation-{number}",
        message_id=f"<{number}@sportello.example>",
        received_at=NOW + timedelta(minutes=number),
        sender="support@sportello.example",
        to=("anna@acme.example",),
        subject=f"Message {number}",
        text="Buongiorno",
        html='<p class="x">Buongiorno</p>',
        headers={"X-Ticket": "ACME-42"},
    )
    return replace(usual, **changes)  # type: ignore[arg-type]


@pytest.fixture
def outbox() -> Outbox:
    outbox = Outbox()
    for number in (1, 2):
        outbox.add(message(number))
    return outbox


@pytest.fixture
def url(outbox: Outbox) -> Iterator[str]:
    with serve(Site([OutboxDoor(outbox, lambda: NOW).answer])) as url:
        yield f"{url}/dev/outbox"


def test_programs_get_the_messages_newest_first(url: str) -> None:
    newest, oldest = requests.get(url, headers=JSON, timeout=5).json()
    assert oldest["subject"] == "Message 1"
    assert newest == {
        "operation_id": "operation-2",
        "message_id": "<2@sportello.example>",
        "received_at": "2026-08-07T15:52:00+00:00",
        "sender": "support@sportello.example",
        "to": ["anna@acme.example"],
        "cc": [],
        "bcc": [],
        "reply_to": [],
        "subject": "Message 2",
        "text": "Buongiorno",
        "html": '<p class="x">Buongiorno</p>',
        "headers": {"X-Ticket": "ACME-42"},
    }


def test_people_get_a_list_with_the_time_in_rome_and_a_link_to_each(url: str) -> None:
    page = requests.get(url, headers=HTML, timeout=5)
    assert page.headers["Content-Type"].startswith("text/html")
    assert page.text.index("Message 2") < page.text.index("Message 1")
    assert "Fri 7 Aug 2026, 17:52:00" in page.text
    assert 'href="/dev/outbox/operation-2"' in page.text
    assert "anna@acme.example" in page.text


def test_a_message_has_a_page_with_headers_text_and_its_html_in_a_sandbox(url: str) -> None:
    page = requests.get(f"{url}/operation-2", headers=HTML, timeout=5)
    assert "X-Ticket" in page.text and "ACME-42" in page.text
    assert 'sandbox="allow-popups' in page.text and "allow-scripts" not in page.text and "allow-same-origin" not in page.text
    assert "srcdoc=" in page.text and '<p class="x">' not in page.text
    assert requests.get(f"{url}/operation-2", headers=JSON, timeout=5).json()["operation_id"] == "operation-2"


def test_nothing_in_a_message_is_run_or_fetched_by_the_page(url: str, outbox: Outbox) -> None:
    evil = "</textarea><script>alert(1)</script>"
    outbox.add(message(3, subject=evil, text=evil, html=evil + '"><script>alert(2)</script>'))
    for page in (requests.get(url, headers=HTML, timeout=5), requests.get(f"{url}/operation-3", headers=HTML, timeout=5)):
        assert "<script" not in page.text
        assert "default-src 'none'" in page.headers["Content-Security-Policy"]
        assert "http://" not in page.text and "https://" not in page.text


def test_an_empty_outbox_says_what_to_do(url: str, outbox: Outbox) -> None:
    assert requests.delete(url, timeout=5).status_code == 204
    assert requests.get(url, headers=JSON, timeout=5).json() == []
    assert "No mail has left yet" in requests.get(url, headers=HTML, timeout=5).text


def test_what_is_not_there_is_404_and_a_wrong_method_405(url: str) -> None:
    assert requests.get(f"{url}/operation-9", timeout=5).status_code == 404
    assert requests.post(url, timeout=5).status_code == 405
    assert requests.delete(f"{url}/operation-1", timeout=5).status_code == 405
