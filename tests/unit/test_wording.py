"""Dates, durations, targets and reasons, as people write them. The dates are worked by hand for Italian office hours."""

from datetime import date, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest

from shared.web import facts as read
from shared.web.reasons import why
from shared.web.wording import Wording
from tests.support.desks import ROME, rome

IT = Wording(language="it", zone=ROME)
EN = Wording(language="en", zone=ROME)
STAFF = Wording(language="it", zone=ROME, for_staff=True)


def row(first: str, last: str = "", *, h: float = 0, reason: str | None = None, name: object = "") -> dict[str, object]:
    """Dates of 2026 as "08-07"."""
    return {"first": f"2026-{first}", "last": f"2026-{last or first}", "counted_s": h * 3600, "reason": reason, "name": name}


def reasons(words: Wording, *rows: dict[str, object], **more: object) -> tuple[str, ...]:
    target = more.pop("target", {"working_hours": 4})
    facts = {"received_at": "2026-08-07T15:50:00Z", "deadlines": [{"target": target, "why": list(rows), **more}]}
    return why(read.deadlines(facts)[0], words)


WEEKEND = row("08-08", "08-09", reason="weekend")


def test_an_instant_is_written_out_in_the_contracts_zone() -> None:
    assert IT.moment(rome("2026-08-10 13:40")) == "lunedì 10 agosto 2026, 13:40 (ora italiana)"
    assert EN.moment(rome("2026-08-10 13:40")) == "Monday, 10 August 2026, 13:40 (Italian time)"


def test_a_deadline_is_never_shown_later_than_it_is() -> None:
    assert "13:40" in IT.moment(rome("2026-08-10 13:40:59.999999"))


def test_a_zone_without_a_name_of_its_own_is_named_by_its_abbreviation_of_that_day() -> None:
    london = Wording(language="en", zone=ZoneInfo("Europe/London"))
    assert london.moment(rome("2026-08-10 13:40")).endswith("12:40 (BST)")
    assert london.moment(rome("2026-12-10 13:40")).endswith("12:40 (GMT)")
    assert Wording(language="it", zone=ZoneInfo("America/Sao_Paulo")).moment(rome("2026-08-10 13:40")).endswith("08:40 (UTC-03)")


@pytest.mark.parametrize(
    ("first", "last", "italian", "english"),
    [
        (date(2026, 8, 7), date(2026, 8, 7), "venerdì 7 agosto", "Friday 7 August"),
        (date(2026, 8, 8), date(2026, 8, 9), "sabato 8 – domenica 9 agosto", "Saturday 8 – Sunday 9 August"),
        (
            date(2026, 10, 31),
            date(2026, 11, 1),
            "sabato 31 ottobre – domenica 1 novembre",
            "Saturday 31 October – Sunday 1 November",
        ),
        (date(2026, 8, 10), date(2026, 8, 21), "10–21 agosto", "10–21 August"),
        (date(2026, 12, 28), date(2027, 1, 6), "28 dicembre 2026 – 6 gennaio 2027", "28 December 2026 – 6 January 2027"),
        (date(2026, 8, 28), date(2026, 9, 4), "28 agosto – 4 settembre", "28 August – 4 September"),
    ],
)
def test_dates_are_written_as_short_as_they_can_be_understood(first: date, last: date, italian: str, english: str) -> None:
    assert (IT.days(first, last), EN.days(first, last)) == (italian, english)


@pytest.mark.parametrize(
    ("seconds", "written"),
    [
        (12_000, "3 h 20 min"),
        (3600, "1 h"),
        (2400, "40 min"),
        (2370, "40 min"),  # 39:30 is nearer to 40
        (2369, "39 min"),
        (3599, "1 h"),
        (59, "59 s"),
        (30, "30 s"),
        (144_000, "40 h"),
    ],
)
def test_a_duration_is_hours_and_minutes(seconds: int, written: str) -> None:
    assert IT.duration(timedelta(seconds=seconds)) == written


@pytest.mark.parametrize(
    ("target", "italian", "english"),
    [
        ({"working_hours": 4}, "entro 4 ore lavorative", "within 4 working hours"),
        ({"working_hours": 1}, "entro 1 ora lavorativa", "within 1 working hour"),
        ({"working_minutes": 90}, "entro 90 minuti lavorativi", "within 90 working minutes"),
        ({"working_seconds": 1}, "entro 1 secondo lavorativo", "within 1 working second"),
        ({"working_days": 1, "at": "close", "received": "next_opening"}, "entro 1 giorno lavorativo", "within 1 working day"),
        ({"working_days": 30, "at": "close"}, "entro 30 giorni lavorativi", "within 30 working days"),
        (
            {"working_days": 2, "at": "same_time"},
            "entro 2 giorni lavorativi, alla stessa ora",
            "within 2 working days, at the same time of day",
        ),
        ({"working_hours": 0}, "subito", "at once"),
        ({}, "", ""),
    ],
)
def test_a_target_is_written_as_the_contract_says_it(target: dict[str, object], italian: str, english: str) -> None:
    assert (IT.target(target), EN.target(target)) == (italian, english)


def test_the_reasons_of_a_deadline_in_hours_say_what_was_counted_and_what_was_not() -> None:
    rows = (row("08-07", h=2 / 3), WEEKEND, row("08-10", h=3 + 1 / 3))
    assert reasons(IT, *rows) == (
        "venerdì 7 agosto: 40 min contati",
        "sabato 8 – domenica 9 agosto: fine settimana",
        "lunedì 10 agosto: 3 h 20 min contati",
    )
    assert reasons(EN, *rows) == (
        "Friday 7 August: 40 min counted",
        "Saturday 8 – Sunday 9 August: weekend",
        "Monday 10 August: 3 h 20 min counted",
    )


def test_what_was_counted_agrees_with_its_number() -> None:
    rows = (row("08-03", h=1), row("08-04", h=2), row("08-05", h=1 / 60), row("08-06", h=1 + 1 / 60))
    assert [line.partition(": ")[2] for line in reasons(IT, *rows)] == [
        "1 h contata",
        "2 h contate",
        "1 min contato",
        "1 h 1 min contati",
    ]


def test_equal_days_are_counted_by_the_day() -> None:
    assert reasons(IT, row("08-03", "08-06", h=8), target={"working_hours": 32}) == ("3–6 agosto: 8 h al giorno",)


def test_the_reasons_of_a_deadline_in_days_count_days() -> None:
    rows = (row("08-07", reason="day_of_receipt"), WEEKEND, row("08-10", "08-11", h=8))
    assert reasons(IT, *rows, target={"working_days": 2}) == (
        "venerdì 7 agosto: giorno della ricezione, non si conta",
        "sabato 8 – domenica 9 agosto: fine settimana",
        "lunedì 10 – martedì 11 agosto: 2 giorni contati",
    )


def test_days_that_a_pause_has_cut_are_told_in_hours() -> None:
    rows = (row("08-10", h=6, reason="paused"), row("08-11", h=8), row("08-12", h=2))
    assert reasons(IT, *rows, target={"working_days": 2}) == (
        "lunedì 10 agosto: 6 h contate, per il resto in attesa della Sua risposta",
        "martedì 11 agosto: 8 h contate",
        "mercoledì 12 agosto: 2 h contate",
    )


def test_a_pause_waits_for_the_reader_only_when_the_reader_is_the_customer() -> None:
    assert reasons(IT, row("08-10", reason="paused")) == ("lunedì 10 agosto: in attesa della Sua risposta",)
    assert reasons(STAFF, row("08-10", reason="paused")) == ("lunedì 10 agosto: in attesa del cliente",)


def test_a_holiday_is_named_and_in_english_by_its_english_name() -> None:
    assumption = row("08-15", reason="holiday", name="Assunzione della Beata Vergine Maria")
    assert reasons(IT, assumption) == ("sabato 15 agosto: festività (Assunzione della Beata Vergine Maria)",)
    assert reasons(EN, assumption) == ("Saturday 15 August: public holiday (Assumption of Mary)",)
    both = row("11-01", reason="holiday", name="Giorno dell'unità nazionale; Ognissanti")
    assert reasons(EN, both) == ("Sunday 1 November: public holiday (National Unity Day; All Saints' Day)",)


def test_a_holiday_that_has_no_translation_keeps_its_name_and_one_without_a_name_needs_none() -> None:
    assert reasons(EN, row("10-10", reason="holiday", name="San Cetteo")) == ("Saturday 10 October: public holiday (San Cetteo)",)
    assert reasons(IT, row("10-10", reason="holiday")) == ("sabato 10 ottobre: festività",)


def test_a_closure_goes_by_the_name_it_was_announced_under() -> None:
    assert reasons(IT, row("08-10", "08-21", reason="closure")) == ("10–21 agosto: chiusura",)
    assert reasons(IT, row("08-10", "08-21", reason="closure", name="Chiusura estiva")) == ("10–21 agosto: Chiusura estiva",)
    named = {"it": "Chiusura estiva", "en": "Summer closure"}
    assert reasons(EN, row("08-10", "08-21", reason="closure", name=named)) == ("10–21 August: Summer closure",)


def test_the_day_a_reopening_began_is_not_called_the_day_of_receipt() -> None:
    rows = (row("08-13", reason="day_of_receipt"), row("08-14", h=8))
    lines = reasons(IT, *rows, target={"working_days": 1}, started_at="2026-08-13T10:00:00Z")
    assert lines[0] == "giovedì 13 agosto: giorno della riapertura, non si conta"


def test_of_a_long_deadline_only_what_is_out_of_the_ordinary_is_named() -> None:
    rows = [row("07-30", reason="day_of_receipt")]
    rows += [
        row("07-31", h=8),
        row("08-01", "08-02", reason="weekend"),
        row("08-03", "08-07", h=8),
        row("08-08", "08-09", reason="weekend"),
        row("08-10", "08-14", reason="closure", name="Chiusura estiva"),
        row("08-15", reason="holiday", name="Assunzione della Beata Vergine Maria"),  # a Saturday: it moves nothing
        row("08-16", reason="weekend"),
        row("08-17", "08-20", h=8),
    ]
    assert reasons(IT, *rows, target={"working_days": 10}) == (
        "30 luglio – 20 agosto: 10 giorni contati",
        "giovedì 30 luglio: giorno della ricezione, non si conta",
        "10–14 agosto: Chiusura estiva",
        "3 fine settimana che non si contano",
    )
    assert reasons(EN, *rows, target={"working_hours": 80})[0] == "30 July – 20 August: 80 h counted"


def test_a_reason_that_this_release_does_not_know_is_still_shown() -> None:
    assert reasons(IT, row("08-10", reason="strike")) == ("lunedì 10 agosto: strike",)


def test_amounts_are_written_as_people_write_them() -> None:
    assert [IT.money(Decimal(a), "EUR") for a in ("1234.50", "0.00", "1000000.00")] == [
        "1.234,50\xa0€",
        "0,00\xa0€",
        "1.000.000,00\xa0€",
    ]
    assert [EN.money(Decimal(a), "EUR") for a in ("1234.50", "0.00")] == ["€1,234.50", "€0.00"]


def test_a_count_is_one_or_many() -> None:
    assert [IT.counted(Decimal(n), "hour") for n in ("1", "1.0", "2", "0.5", "1000")] == [
        "1 ora",
        "1 ora",
        "2 ore",
        "0,5 ore",
        "1.000 ore",
    ]
    assert [EN.counted(Decimal(n), "day") for n in ("1", "2.25", "100")] == ["1 day", "2.25 days", "100 days"]
