"""The ledger of a package, whatever is posted to it in whatever order."""

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.domain.errors import InvalidInput, NotAllowedNow, TooFewHours
from shared.domain.quotes import package as ledger
from shared.domain.quotes.card import Card, CardKind
from shared.domain.quotes.package import Entry, EntryKind, Package, Posting
from tests.support.desks import rome

POSTING = Posting(ticket="ACME-1", event=7, by="omar", at=rome("2026-03-02 10:00"), on=date(2026, 3, 2))
QUARTERS = st.integers(min_value=-60, max_value=120).map(lambda quarters: Decimal(quarters) / 4)


def contracted(bought: Decimal, overdraft: Decimal = Decimal(0)) -> tuple[Package, list[Entry]]:
    offer = Card(
        kind=CardKind.PACKAGE,
        version=1,
        intervention="Pacchetto",
        days=Decimal(0),
        hours=bought,
        hours_per_day=Decimal(8),
        rate=Decimal(75),
        currency="EUR",
        vat_percent=Decimal(22),
        conditions="",
        validity_s=86400,
        package=1,
        overdraft=overdraft,
        drafted_by="carla",
        drafted_at=rome("2026-03-02 09:00"),
    )
    package, entry = ledger.contracted(1, offer, POSTING)
    return package, [entry]


@given(bought=st.integers(1, 160), overdraft=st.integers(0, 40), posted=st.lists(QUARTERS, max_size=40))
def test_the_balance_never_falls_below_the_overdraft_and_is_the_sum_of_the_entries(
    bought: int, overdraft: int, posted: list[Decimal]
) -> None:
    package, entries = contracted(Decimal(bought) / 4, Decimal(overdraft) / 4)
    for hours in posted:
        before = package
        try:
            package, entry = ledger.debited(package, hours, POSTING) if hours > 0 else ledger.corrected(package, -hours, POSTING)
        except (TooFewHours, NotAllowedNow):
            assert package == before
            continue
        entries.append(entry)
        assert package.remaining >= -package.overdraft
        assert package.remaining <= package.bought
        assert package.remaining == sum(entry.hours for entry in entries) == entries[-1].balance
    assert ledger.is_sound(package, entries)


@given(bought=st.integers(1, 160), hours=st.integers(1, 200))
def test_a_debit_is_taken_if_and_only_if_the_hours_are_there(bought: int, hours: int) -> None:
    package, _ = contracted(Decimal(bought) / 4)
    if hours <= bought:
        assert ledger.debited(package, Decimal(hours) / 4, POSTING)[0].remaining == Decimal(bought - hours) / 4
    else:
        with pytest.raises(TooFewHours, match=f"has {Decimal(bought) / 4:f}".rstrip("0").rstrip(".")):
            ledger.debited(package, Decimal(hours) / 4, POSTING)


def test_an_overdraft_is_used_only_as_far_as_it_goes() -> None:
    package, _ = contracted(Decimal(2), overdraft=Decimal(1))
    package, entry = ledger.debited(package, Decimal(3), POSTING)
    assert package.remaining == entry.balance == -1
    with pytest.raises(TooFewHours):
        ledger.debited(package, Decimal("0.25"), POSTING)


def test_nothing_is_debited_by_no_hours_or_fewer() -> None:
    package, _ = contracted(Decimal(2))
    for hours in ("0", "-1"):
        with pytest.raises(InvalidInput):
            ledger.debited(package, Decimal(hours), POSTING)


def test_more_than_was_debited_cannot_be_given_back() -> None:
    package, _ = contracted(Decimal(2))
    package, _ = ledger.debited(package, Decimal(1), POSTING)
    with pytest.raises(NotAllowedNow):
        ledger.corrected(package, Decimal("1.25"), POSTING)
    given_back, entry = ledger.corrected(package, Decimal(1), POSTING)
    assert given_back.remaining == 2 and entry.kind is EntryKind.CORRECTION and entry.hours == 1


def test_a_ledger_that_was_tampered_with_is_not_sound() -> None:
    package, entries = contracted(Decimal(5))
    package, debit = ledger.debited(package, Decimal(2), POSTING)
    assert ledger.is_sound(package, [*entries, debit])
    assert not ledger.is_sound(package, entries)
    assert not ledger.is_sound(package, [debit, *entries])
    assert not ledger.is_sound(contracted(Decimal(5))[0], [*entries, debit])


def test_the_oldest_package_that_has_the_hours_is_chosen() -> None:
    from dataclasses import replace

    base, _ = contracted(Decimal(10))
    first = replace(base, number=1, debited=Decimal(9))
    second, third = replace(base, number=2), replace(base, number=3)
    assert ledger.chosen([third, second, first], Decimal(5)) is second
    assert ledger.chosen([third, second, first], Decimal(1)) is first
    assert ledger.chosen([replace(first, debited=Decimal(10)), second], Decimal(0)) is second
    with pytest.raises(TooFewHours, match="the fullest of the customer's packages has 10"):
        ledger.chosen([third, second, first], Decimal(11))
    with pytest.raises(TooFewHours, match="no support package"):
        ledger.chosen([], Decimal(1))
