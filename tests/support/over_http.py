"""A desk's life over HTTP: what staff and customers do there, as the local run lets them, and the mail that leaves."""

import json
import re
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from tests.support.sportello import Sportello

ROME = ZoneInfo("Europe/Rome")


def rome(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=ROME)


def request(**changes: object) -> bytes:
    body = {
        "customer": "ACME",
        "contact": {"name": "Anna Bianchi", "email": "anna.bianchi@acme.example"},
        "product": "zenshare-up",
        "subject": "Il protocollo non assegna il numero",
        "description": "Da questa mattina i documenti in entrata restano senza numero di protocollo.",
        **changes,
    }
    return json.dumps(body).encode()


class Desk:
    """One run of the local host, and what the staff do there."""

    def __init__(self, sportello: Sportello) -> None:
        self.sportello = sportello

    def at(self, text: str) -> None:
        self.sportello.set_clock(rome(text))
        self.sportello.fire("sweep")

    def take_in(self, body: bytes) -> dict[str, Any]:
        answer = self.sportello.post_request(body, sent_at=self.sportello.now())
        assert answer.status_code == 201, answer.text
        taken: dict[str, Any] = answer.json()
        return taken

    def does(self, who: str, ticket: str, noun: str, **body: object) -> dict[str, Any]:
        answer = self.sportello.call("POST", f"/api/tickets/{ticket}/{noun}", staff=who, json=body)
        assert answer.status_code == 200, answer.text
        done: dict[str, Any] = answer.json()
        return done

    def ticket(self, id: str) -> dict[str, Any]:
        found: dict[str, Any] = self.sportello.call("GET", f"/api/tickets/{id}", staff="carla").json()
        return found

    def events(self, id: str) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = self.sportello.call("GET", f"/api/tickets/{id}/events", staff="carla").json()["events"]
        return found

    def mails(self, ticket: str) -> list[dict[str, Any]]:
        """The mails about a ticket, oldest first."""
        return [mail for mail in reversed(self.sportello.outbox()) if f"[{ticket}]" in mail["subject"]]


def clock(ticket: dict[str, Any], promise: str, round: int = 1) -> dict[str, Any]:
    return next(c for c in ticket["clocks"] if (c["promise"], c["round"]) == (promise, round))


def due(ticket: dict[str, Any], promise: str, round: int = 1) -> datetime:
    return datetime.fromisoformat(clock(ticket, promise, round)["due_at"])


def to(mail: dict[str, Any]) -> str:
    """The one address that a mail went to."""
    [address] = mail["to"]
    return re.sub(r".*<(.+)>", r"\1", str(address))
