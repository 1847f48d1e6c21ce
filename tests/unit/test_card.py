"""What a card comes to, and the one text that its commitment is the hash of."""

import json
from dataclasses import replace
from decimal import Decimal

import pytest

from shared.domain.quotes.card import Card, CardKind, plainly, written
from tests.support.desks import rome


def card(days: str = "0", hours: str = "8", rate: str = "80", vat: str = "22") -> Card:
    return Card(
        kind=CardKind.INTERVENTION,
        version=1,
        intervention="Nuovo report",
        days=Decimal(days),
        hours=Decimal(hours),
        hours_per_day=Decimal(8),
        rate=Decimal(rate),
        currency="EUR",
        vat_percent=Decimal(vat),
        conditions="",
        validity_s=86400,
        drafted_by="carla",
        drafted_at=rome("2026-03-02 09:00"),
    )


@pytest.mark.parametrize(
    ("days", "hours", "rate", "percent", "net", "vat", "gross"),
    [
        ("0", "8", "80", "22", "640.00", "140.80", "780.80"),
        ("2", "4", "80.50", "22", "1610.00", "354.20", "1964.20"),
        ("0", "0.25", "0.01", "22", "0.00", "0.00", "0.00"),  # a quarter of a cent is nothing
        ("0", "0.5", "0.01", "0", "0.01", "0.00", "0.01"),  # half a cent is a cent
        ("0", "1", "33.33", "22", "33.33", "7.33", "40.66"),  # 7.3326
        ("0", "1", "0.25", "10", "0.25", "0.03", "0.28"),  # 0.025: a half goes up, never to the even cent
        ("0", "1", "0.75", "10", "0.75", "0.08", "0.83"),  # 0.075
        ("0", "1", "10.25", "22", "10.25", "2.26", "12.51"),  # 2.255
        ("0", "0.25", "0.26", "22", "0.07", "0.02", "0.09"),  # of the cost in cents: 0.0154, not of 0.065: 0.0143
        ("0.25", "0", "99.99", "4", "199.98", "8.00", "207.98"),  # 7.9992
        ("365", "999", "10000", "100", "39190000.00", "39190000.00", "78380000.00"),
    ],
)
def test_costs_are_cut_to_cents_once_a_half_up(
    days: str, hours: str, rate: str, percent: str, net: str, vat: str, gross: str
) -> None:
    found = card(days, hours, rate, percent)
    assert (str(found.net), str(found.vat), str(found.gross)) == (net, vat, gross)


def test_a_day_has_as_many_hours_as_the_card_says() -> None:
    assert card("2.5", "1").effort == 21
    assert replace(card("2", "0"), hours_per_day=Decimal("7.5")).effort == 15


@pytest.mark.parametrize(
    ("number", "text"), [("7.50", "7.5"), ("7", "7"), ("1E+2", "100"), ("100", "100"), ("0.00", "0"), ("-2.50", "-2.5")]
)
def test_the_same_number_is_always_the_same_text(number: str, text: str) -> None:
    assert plainly(Decimal(number)) == text


def test_the_text_of_a_version_follows_from_what_it_says_and_not_from_how_a_number_was_written() -> None:
    one = written(card("1.0", "8.00", "80.0"), "ACME-42")
    assert one == written(card("1", "8", "8E+1"), "ACME-42")
    assert json.loads(one)["gross"] == "1561.60" and json.loads(one)["ticket"] == "ACME-42"


@pytest.mark.parametrize(
    "change",
    [
        {"version": 2},
        {"kind": CardKind.PACKAGE},
        {"intervention": "Altro"},
        {"days": Decimal(1)},
        {"hours": Decimal(9)},
        {"hours_per_day": Decimal(7)},
        {"rate": Decimal("80.01")},
        {"currency": "CHF"},
        {"vat_percent": Decimal(10)},
        {"conditions": "A corpo."},
        {"validity_s": 86401},
        {"package": 3},
        {"overdraft": Decimal(1)},
    ],
)
def test_whatever_is_agreed_is_in_the_text(change: dict[str, object]) -> None:
    assert written(replace(card(), **change), "ACME-42") != written(card(), "ACME-42")  # type: ignore[arg-type]
    assert written(card(), "ACME-43") != written(card(), "ACME-42")


def test_how_a_version_fares_is_not_in_the_text() -> None:
    fared = replace(card(), commitment="c", sent_at=rome("2026-03-02 10:00"), reminded=2, drafted_by="omar")
    assert written(fared, "ACME-42") == written(card(), "ACME-42")
