"""Alarms are told once when they are raised, and once when they are cleared."""

from collections import Counter
from dataclasses import replace
from datetime import timedelta

from shared.actions.guarantees import alarms
from shared.actions.guarantees.alarms import Looked
from shared.actions.status import letters
from shared.actions.watch import maintenance
from shared.actions.watch.maintenance import Wanted
from shared.domain.watch.service import Services
from tests.support.desks import ROME, SANDRO, rome
from tests.support.faults import Crash, Fuse, FusedRows
from tests.support.watched import HOURLY, SERVICES, Watched

MINUTELY = Services(
    contract="zenshare-support", desk="ACME", services={"archive": replace(HOURLY, interval=timedelta(minutes=1))}
)
MINUTE = timedelta(minutes=1)


def a_watch(start: str = "2026-03-01 00:00") -> Watched:
    return Watched(start, services=MINUTELY)


def looks(watched: Watched, until: str) -> list[Looked]:
    """The monitor every minute, the alarms every five."""
    found = []
    while watched.now < rome(until):
        following = min(watched.now + 5 * MINUTE, rome(until))
        watched.until(following.astimezone(ROME).strftime("%Y-%m-%d %H:%M"), every=MINUTE)
        found.append(alarms.look(watched.desk, watched.now))
    return found


def told(watched: Watched) -> Counter[tuple[str, str]]:
    """To whom, and what: alarm and turn."""
    letters.work(watched.desk, watched.now)
    keys = [(mail.to.partition("@")[0], *mail.key.split(":")[3:5]) for mail in watched.mailer.sent]
    return Counter((to, f"{alarm} {turn}") for to, alarm, turn in keys)


def test_an_outage_raises_the_burn_alerts_once_and_they_are_cleared_once() -> None:
    watched = a_watch()
    watched.down("archive", "2026-03-01 01:00", "2026-03-01 01:12")
    found = looks(watched, "2026-03-01 08:00")
    assert (sum(each.raised for each in found), sum(each.cleared for each in found)) == (3, 2)
    assert told(watched) == Counter(
        {
            (person, turn): 1
            for person in ("carla", "sandro")
            for turn in ("fast raised", "steady raised", "slow raised", "fast cleared", "steady cleared")
        }
    )
    standing = alarms.every(watched.desk)
    assert alarms.shown(standing, SERVICES.is_public) == ["archive/data-centre: slow"]
    assert alarms.problems(standing, SERVICES.is_public) == [
        "the error budget of archive under data-centre burns too fast (slow)"
    ]


def test_what_is_down_in_excluded_maintenance_burns_nothing() -> None:
    watched = a_watch("2026-03-02 08:00")
    reason = {"it": "Aggiornamento", "en": "Update"}
    starts_at, ends_at = rome("2026-03-02 09:00"), rome("2026-03-02 10:00")
    wanted = Wanted(services=("archive",), starts_at=starts_at, ends_at=ends_at, reason=reason)
    maintenance.announce(watched.desk, wanted, SANDRO, watched.now)
    watched.down("archive", "2026-03-02 09:00", "2026-03-02 09:50")
    looks(watched, "2026-03-02 11:00")
    assert not [alarm for _, alarm in told(watched) if not alarm.startswith("gap")]


def test_gaps_that_pass_a_quarter_of_what_is_left_are_told_once() -> None:
    watched = a_watch()
    looks(watched, "2026-03-01 01:00")
    assert told(watched) == Counter()
    watched.clock.forward(minutes=7)
    looks(watched, "2026-03-01 02:00")
    assert told(watched) == Counter({("carla", "gap raised"): 1, ("sandro", "gap raised"): 1})
    assert alarms.shown(alarms.every(watched.desk), SERVICES.is_public) == ["archive/data-centre: gap"]
    assert alarms.problems(alarms.every(watched.desk), SERVICES.is_public) == []


def test_the_gap_alarm_of_a_month_ends_with_it() -> None:
    watched = a_watch("2026-03-31 20:00")
    looks(watched, "2026-04-01 00:10")
    assert told(watched) == Counter({(who, f"gap {turn}"): 1 for who in ("carla", "sandro") for turn in ("raised", "cleared")})


def test_burning_goes_on_across_the_end_of_a_month() -> None:
    watched = a_watch("2026-03-31 22:00")
    watched.down("archive", "2026-03-31 23:30", "2026-03-31 23:40")
    found = looks(watched, "2026-04-01 00:25")
    assert found[-1].standing == 3 and sum(each.cleared for each in found) == 1, "of the gap alone"


def test_a_crash_tells_no_alarm_twice_and_none_that_was_not_raised() -> None:
    for call in range(12):
        for after_effect in (False, True):
            watched = a_watch()
            watched.down("archive", "2026-03-01 00:30", "2026-03-01 00:40")
            watched.until("2026-03-01 00:34", every=MINUTE)
            fuse = Fuse(call, after_effect, Crash)
            try:
                alarms.look(replace(watched.desk, rows=FusedRows(watched.desk.rows, fuse)), watched.now)
            except Crash:
                pass
            watched.clock.forward(minutes=1)
            watched.until("2026-03-01 00:35", every=MINUTE)
            alarms.look(watched.desk, watched.now)
            watched.clock.forward(minutes=11)
            burning = {each: count for each, count in told(watched).items() if "gap" not in each[1]}
            assert set(burning.values()) == {1} and len(burning) == 6, (call, after_effect)
