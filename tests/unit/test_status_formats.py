"""The services' state in formats for machines, each read back by its own rules."""

import csv
import io
import json
import math
import re
from datetime import UTC, datetime, timedelta
from fractions import Fraction
from urllib.parse import urlsplit
from xml.etree import ElementTree as ET

import pytest

from shared.domain.availability import cut
from shared.domain.status.standing import Now, Standing
from shared.web.api.replies.status import PublicStatus
from shared.web.status import badge, calendar, days, feed, metrics, view
from tests.support.letters import HOSTILE
from tests.support.standings import NOW, SECRET, a_service, a_standing, a_window, an_incident, change, outage, up_since, watched

ATOM = "{http://www.w3.org/2005/Atom}"
URL = "https://desk.example"
UP = a_service()
ID = UP.id


def told(now: datetime = NOW, **more: object) -> Standing:
    story = [*up_since(ID), *outage(ID, 1, NOW - timedelta(days=2), timedelta(minutes=3))]
    windows = [a_window("w1", ID, NOW + timedelta(days=1), 2), a_window("w2", ID, NOW + timedelta(days=2), 2, cancelled_at=NOW)]
    return a_standing(watched(UP, story, windows, now=now), incidents=[an_incident()], now=now)


def atom(standing: Standing, language: str = "it") -> ET.Element:
    return ET.fromstring(feed.feed(standing, "Interzen", URL, language))


def test_the_feed_is_valid_atom() -> None:
    root = atom(told())
    assert root.tag == f"{ATOM}feed" and root.get("{http://www.w3.org/XML/1998/namespace}lang") == "it"
    for element in (root, *root.iter(f"{ATOM}entry")):
        for name in ("id", "title", "updated"):
            assert len(element.findall(ATOM + name)) == 1, name
        uri = urlsplit(element.findtext(f"{ATOM}id") or "")
        assert uri.scheme == "tag"
        datetime.fromisoformat(element.findtext(f"{ATOM}updated") or "")
        assert all(link.get("href", "").startswith(URL) for link in element.findall(f"{ATOM}link"))
    assert root.find(f"{ATOM}author/{ATOM}name") is not None
    assert [link.get("rel") for link in root.findall(f"{ATOM}link")] == ["self", "alternate"]
    entries = root.findall(f"{ATOM}entry")
    assert all(entry.find(f"{ATOM}content") is not None for entry in entries)
    updated = [entry.findtext(f"{ATOM}updated") for entry in entries]
    assert updated == sorted(updated, reverse=True, key=str) and root.findtext(f"{ATOM}updated") == updated[0]


def test_an_entry_keeps_its_id_whatever_becomes_of_it_and_in_both_languages() -> None:
    def ids(root: ET.Element) -> list[str]:
        return sorted(str(entry.findtext(f"{ATOM}id")) for entry in root.findall(f"{ATOM}entry"))

    begun = a_standing(watched(UP, [*up_since(ID), *outage(ID, 1, NOW - timedelta(days=2), None)]))
    over = told()
    assert ids(atom(begun)) == ["tag:desk.example,2026:outage:zenshare-up.1"]
    assert set(ids(atom(begun))) < set(ids(atom(over))) and ids(atom(over)) == ids(atom(over, "en"))
    later = told(now=NOW + timedelta(minutes=5))
    assert [e.findtext(f"{ATOM}updated") for e in atom(later)] == [e.findtext(f"{ATOM}updated") for e in atom(over)]


def test_updated_only_goes_forward_and_the_words_change_with_it_alone() -> None:
    """An outage minute by minute: it begins, ends, comes back, ends; its last check and how long it has lasted are no news."""
    whole = [
        *up_since(ID),
        *outage(ID, 1, NOW + timedelta(minutes=3), timedelta(minutes=4)),
        *outage(ID, 1, NOW + timedelta(minutes=20), timedelta(minutes=5)),
    ]
    seen: list[tuple[str, tuple[str, ...]]] = []
    for minute in range(1, 40):
        now = NOW + timedelta(minutes=minute)
        root = atom(a_standing(watched(UP, [each for each in whole if each.at < now], now=now), now=now), "en")
        for entry in root.iter(f"{ATOM}entry"):
            said = tuple(entry.findtext(ATOM + name) or "" for name in ("title", "content"))
            seen.append((entry.findtext(f"{ATOM}updated") or "", said))
    moments = [at for at, _ in seen]
    assert moments == sorted(moments) and len(dict.fromkeys(moments)) == 4
    assert len(dict.fromkeys(seen)) == len(dict.fromkeys(said for _, said in seen)) == 4
    assert [title for title, _ in dict.fromkeys(said for _, said in seen)] == [
        "Interruption going on, detected automatically",
        "Interruption detected automatically",
    ] * 2


def test_hostile_words_are_text_in_the_feed() -> None:
    standing = a_standing(watched(a_service(name=HOSTILE), [*up_since(ID), *outage(ID, 1, NOW, None)]))
    assert atom(standing).find(f"{ATOM}entry") is not None


def unfolded(body: bytes) -> list[str]:
    text = body.decode()
    assert text.endswith("\r\n") and "\n" not in text.replace("\r\n", "")
    return text.replace("\r\n ", "").split("\r\n")[:-1]


def test_the_calendar_keeps_to_its_rules() -> None:
    reason = {"it": "Perché, sì; è così\\qui\n" + "àèìòù " * 40, "en": "x"}
    windows = [a_window("w1", ID, NOW, 2), a_window("w2", ID, NOW + timedelta(days=1), 2, cancelled_at=NOW)]
    body = calendar.calendar([windows[0], windows[1]], {ID: {"it": "ZenShare Up"}}, URL, "it", "Europe/Rome")
    assert all(len(line) <= 75 for line in body.split(b"\r\n"))
    lines = unfolded(body)
    assert lines[:2] == ["BEGIN:VCALENDAR", "VERSION:2.0"] and lines[-1] == "END:VCALENDAR" and "METHOD:PUBLISH" in lines
    assert lines.count("BEGIN:VEVENT") == lines.count("END:VEVENT") == 2
    assert [line for line in lines if line.startswith(("UID", "STATUS", "SEQUENCE"))] == [
        "UID:maintenance-w1@desk.example",
        "SEQUENCE:0",
        "STATUS:CONFIRMED",
        "UID:maintenance-w2@desk.example",
        "SEQUENCE:1",
        "STATUS:CANCELLED",
    ]
    assert "DTSTART:20261123T090000Z" in lines and "DTEND:20261123T110000Z" in lines
    from dataclasses import replace

    [said] = [
        line.partition(":")[2]
        for line in unfolded(calendar.calendar([replace(windows[0], reason=reason)], {}, URL, "it", "UTC"))
        if line.startswith("DESCRIPTION")
    ]
    assert said.startswith("Perché\\, sì\\; è così\\\\qui\\nàèìòù")
    assert re.sub(r"\\([\\;,n])", lambda m: "\n" if m[1] == "n" else m[1], said) == reason["it"]


def test_folding_cuts_no_character_in_two() -> None:
    for line in ("x" * 75, "x" * 76, "è" * 200, "x" + "😀" * 60, ""):
        parts = list(calendar.folded(line))
        assert all(len(part.encode()) <= 75 for part in parts)
        assert parts[0] + "".join(part.removeprefix(" ") for part in parts[1:]) == line
        assert len(list(calendar.folded("x" * 75))) == 1


@pytest.mark.parametrize("state", ["up", "down", "unknown"])
def test_a_badge_says_the_state_in_words_and_to_who_hears_it(state: str) -> None:
    [line] = a_standing(watched(a_service(name='A & <B> "C"'), [*up_since(ID), change(ID, NOW, state)])).lines
    root = ET.fromstring(badge.badge(line, "en"))
    words = {"up": "Available", "down": "Not available", "unknown": "Not known"}[state]
    assert root.get("role") == "img" and root.get("aria-label") == f'A & <B> "C": {words}'
    title = root.find("{http://www.w3.org/2000/svg}title")
    assert title is not None and title.text == root.get("aria-label")
    texts = [text.text for text in root.iter("{http://www.w3.org/2000/svg}text")]
    assert texts == ['A & <B> "C"', words]


def test_the_badges_of_what_was_never_watched_is_not_that_of_up() -> None:
    lines = [a_standing(watched(UP, changes)).lines[0] for changes in ([], up_since(ID))]
    assert badge.COLOURS[lines[0].now] != badge.COLOURS[lines[1].now]
    assert "Non ancora osservato" in badge.badge(lines[0], "it").decode()


def samples(standing: Standing) -> dict[str, float]:
    """By OpenMetrics 1.0: families whole and in order of their lines, units in names, labels escaped, # EOF at the end."""
    text = metrics.metrics(standing).decode()
    assert text.endswith("\n# EOF\n") and "\n\n" not in text
    found: dict[str, float] = {}
    family, kind, seen = "", "", set()
    for line in text.splitlines()[:-1]:
        if line.startswith("#"):
            _, what, name, rest = line.split(" ", 3)
            if what == "TYPE":
                assert name not in seen and rest in ("gauge", "stateset")
                family, kind = name, rest
                seen.add(name)
            assert name == family
            assert what != "UNIT" or name.endswith(f"_{rest}")
            continue
        match = re.fullmatch(r'([a-z_]+)((?:\{[a-z_]+="(?:[^"\\]|\\.)*"(?:,[a-z_]+="(?:[^"\\]|\\.)*")*\})?) (\S+)', line)
        assert match and match[1] == family, line
        assert match[1] + match[2] not in found
        assert kind != "stateset" or (f'{family}="' in match[2] and match[3] in "01")
        found[match[1] + match[2]] = float(match[3])
    return found


def test_metrics_keep_to_the_format_and_say_what_the_page_says() -> None:
    standing = told()
    found = samples(standing)
    assert found['sportello_service_up{service="zenshare-up"}'] == 1
    month = '{service="zenshare-up",month="2026-11",guarantee="uptime"}'
    assert found[f"sportello_service_month_down_seconds{month}"] == 180
    [proof, _] = standing.lines[0].proofs
    assert proof.minimum is not None and found[f"sportello_service_month_minimum_ratio{month}"] <= proof.minimum
    assert found['sportello_service_latency_seconds{service="zenshare-up",quantile="0.95"}'] == 0.4
    assert found["sportello_status_as_of_seconds"] == NOW.timestamp()


def test_the_error_budget_is_the_same_in_every_format_and_never_shown_too_well() -> None:
    standing = told()
    budget = standing.lines[0].proofs[0].budget
    assert budget is not None
    found = samples(standing)
    month = '{service="zenshare-up",month="2026-11",guarantee="uptime"}'
    least, most = (found[f"sportello_service_month_budget_left_{each}_seconds{month}"] for each in ("minimum", "maximum"))
    assert (least, most) == tuple(math.floor(each * 60_000_000) / 1_000_000 for each in budget.left)
    assert found[f"sportello_service_month_budget_allowed_seconds{month}"] == 1292.4
    [service] = json.loads(json.dumps(view.status(standing)))["services"]
    shown = service["months"][0]["budget"]
    assert (shown["allowed"], shown["used"]) == ("21.5400", "3.0000")
    assert Fraction(shown["left"][0]) <= budget.left[0] and Fraction(shown["left"][1]) <= budget.left[1]
    assert [Fraction(each) for each in shown["left_exact"]] == list(budget.left)


def test_the_latency_follows_from_the_counts_beside_it() -> None:
    [service] = json.loads(json.dumps(view.status(told())))["services"]
    counts = service["latency_ms"]["counts"]
    half = sum(count for _, count in counts) / 2
    within = {bound: sum(count for _, count in counts[: number + 1]) for number, (bound, _) in enumerate(counts)}
    bound = next(bound for bound, reached in within.items() if reached >= half)
    assert service["latency_ms"]["p50"] == bound


@pytest.mark.parametrize(
    ("changes", "now"),
    [([], Now.UNWATCHED), ([*up_since(ID), change(ID, NOW, "unknown")], Now.UNKNOWN)],
)
def test_what_is_not_known_is_no_number(changes: list[object], now: Now) -> None:
    found = samples(a_standing(watched(UP, changes)))  # type: ignore[arg-type]
    assert math.isnan(found['sportello_service_up{service="zenshare-up"}'])
    states = {name: value for name, value in found.items() if name.startswith("sportello_service_state{")}
    assert [name for name, value in states.items() if value] == [
        f'sportello_service_state{{service="zenshare-up",sportello_service_state="{now}"}}'
    ]


def test_the_days_as_csv_add_up_to_the_days() -> None:
    standing = told()
    rows = list(csv.DictReader(io.StringIO(days.as_csv(standing.lines), newline="")))
    assert len(rows) == 90 and tuple(rows[0]) == days.COLUMNS
    [bad] = [row for row in rows if row["state"] == "down"]
    assert (bad["day"], bad["down_s"], bad["unknown_s"], bad["up_s"]) == ("2026-11-21", "180", "120", "86100")
    assert rows[-1]["day"] == "2026-11-23" and float(rows[-1]["up_s"]) == 36000


def test_the_json_is_as_it_is_described_and_says_what_the_page_says() -> None:
    value = view.status(told())
    text = json.dumps(value)
    PublicStatus.model_validate(json.loads(text))
    [service] = json.loads(text)["services"]
    proof = told().lines[0].proofs[0]
    assert proof.minimum is not None
    assert (service["months"][0]["min"], service["state"], len(service["days"])) == (cut(proof.minimum), "up", 90)
    assert service["months"][0]["states_at"] == "/api/status/export/zenshare-up/2026-11?guarantee=uptime"
    for secret in (SECRET, "vendor-network", "carla"):
        assert secret not in text


def test_an_empty_desk_has_every_format_too() -> None:
    nothing = a_standing(now=datetime(2026, 11, 23, tzinfo=UTC))
    assert atom(nothing).findtext(f"{ATOM}updated") == "2026-01-01T00:00:00.000000Z"
    assert unfolded(calendar.calendar([], {}, URL, "it", "UTC"))[-1] == "END:VCALENDAR"
    assert samples(nothing).keys() == {"sportello_status_as_of_seconds"}
    assert view.status(nothing)["state"] == "unwatched"
