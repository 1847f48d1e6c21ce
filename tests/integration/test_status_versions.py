"""The page, the report and the frozen month judge each month by the same version of the contract, under the same guarantees."""

from dataclasses import replace
from datetime import timedelta
from fractions import Fraction

from shared.actions.guarantees import chains, freezing, reports
from shared.actions.status import status
from shared.actions.watch import maintenance
from shared.actions.watch.maintenance import Wanted
from shared.domain.guarantees.frozen import figures
from shared.domain.status.standing import Bar, Line, Proof
from shared.domain.watch.service import Services
from tests.support.desks import ROME, SANDRO, rome
from tests.support.watched import HOURLY, Watched

HOUR = timedelta(hours=1)
ONE = Services(contract="zenshare-support", desk="ACME", services={"archive": HOURLY})


def another_contract(watched: Watched, effective_from: str, *, excluded: bool, target: Fraction) -> None:
    """From then on."""
    catalogue = watched.desk.catalogue()
    old = catalogue.in_force("zenshare-support", watched.now)
    first = old.guarantees[0]
    promised = replace(first, target=target, maintenance=replace(first.maintenance, excluded=excluded))
    new = replace(old, version="2099", effective_from=rome(effective_from), guarantees=(promised, *old.guarantees[1:]))
    both = replace(catalogue, contracts=(*catalogue.contracts, new))
    watched.desk = replace(watched.desk, catalogue=lambda: both)


def line(watched: Watched) -> Line:
    (found,) = status.status(watched.desk, watched.now).lines
    return found


def proofs(watched: Watched) -> dict[str, Proof]:
    return {proof.month: proof for proof in line(watched).proofs}


def bar(watched: Watched, day: str) -> Bar:
    return next(bar for bar in line(watched).bars if bar.on.isoformat() == day)


def test_a_contract_that_changes_within_the_month_counts_from_the_next_on_wherever_it_is_shown() -> None:
    watched = Watched("2026-03-01 00:00", services=ONE)
    another_contract(watched, "2026-03-15 00:00", excluded=False, target=Fraction(9, 10))
    reason = {"it": "Aggiornamento", "en": "Update"}
    for day in ("2026-03-12", "2026-03-31", "2026-04-02"):
        wanted = Wanted(services=("archive",), starts_at=rome(f"{day} 09:00"), ends_at=rome(f"{day} 12:00"), reason=reason)
        maintenance.announce(watched.desk, wanted, SANDRO, watched.now)
    watched.down("archive", "2026-03-10 10:00", "2026-03-10 18:00")
    watched.until("2026-03-20 00:00")
    assert (proofs(watched)["2026-03"].target, proofs(watched)["2026-03"].verdict) == (Fraction(1999, 2000), "MISSED")
    watched.until("2026-04-03 12:00")
    freezing.freeze(watched.desk, watched.now)
    (record,) = chains.chain(watched.desk, "data-centre", "archive")
    for month, target, out in (("2026-03", Fraction(1999, 2000), 6 * HOUR), ("2026-04", Fraction(9, 10), timedelta(0))):
        (report,) = reports.judged(watched.desk, month, watched.now).services
        shown = proofs(watched)[month]
        assert (shown.target, shown.excluded, shown.verdict) == (target, out, report.contractual.verdict)
        assert (report.target, report.contractual.excluded, report.contractual.maximum) == (target, out, shown.maximum)
        if month == "2026-03":
            assert record.contractual == figures(report.contractual) and record.target == "1999/2000"
    days = {day: bar(watched, day).excluded for day in ("2026-03-12", "2026-03-31", "2026-04-02")}
    assert days == {"2026-03-12": 3 * HOUR, "2026-03-31": 3 * HOUR, "2026-04-02": timedelta(0)}, "bars as the months"


def test_a_guarantee_that_is_taken_away_is_shown_for_the_months_that_it_held() -> None:
    watched = Watched("2026-03-01 00:00", services=ONE)
    watched.until("2026-03-20 12:00")
    bare = replace(ONE, services={"archive": replace(HOURLY, guarantees=())})
    watched.desk = replace(watched.desk, services=lambda: bare)
    watched.until("2026-04-02 12:00")
    assert {month: proof.guarantee for month, proof in proofs(watched).items()} == {"2026-03": "data-centre", "2026-04": None}
    freezing.freeze(watched.desk, watched.now)
    (months,) = status.frozen(watched.desk, "archive", watched.now)
    assert [month.record.month for month in months.months] == ["2026-03"]


def test_without_a_guarantee_nothing_is_excluded_neither_of_a_day_nor_of_the_month() -> None:
    bare = replace(ONE, services={"archive": replace(HOURLY, guarantees=())})
    watched = Watched("2026-03-10 00:00", services=bare)
    reason = {"it": "Aggiornamento", "en": "Update"}
    wanted = Wanted(services=("archive",), starts_at=rome("2026-03-10 10:00"), ends_at=rome("2026-03-10 12:00"), reason=reason)
    maintenance.announce(watched.desk, wanted, SANDRO, watched.now)
    watched.down("archive", "2026-03-10 10:00", "2026-03-10 12:00")
    today = watched.until("2026-03-10 14:00").astimezone(ROME).date().isoformat()
    shown, month = bar(watched, today), proofs(watched)["2026-03"]
    assert (shown.down, shown.excluded) == (month.down, month.excluded) == (HOUR + timedelta(seconds=4), timedelta(0))
