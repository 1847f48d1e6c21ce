"""What the managers read about an error budget that burns, or that gaps eat."""

import pytest

from shared.domain.status.letter import Letter, LetterKind
from shared.web.links import Links
from shared.web.status.letters import Letters
from tests.unit.worked_dates import rome

LETTERS = Letters(links=Links("https://desk.example", b"a secret of the desk"), public_url="https://desk.example")


def written(kind: LetterKind, alarm: str, language: str) -> tuple[str, str]:
    facts = {
        "services": [{"it": "Archivio", "en": "Archive"}],
        "guarantee": {"it": "Disponibilità del data center", "en": "Data centre uptime"},
        "alarm": alarm,
        "at": "2026-03-01T00:35:00.000000Z",
        "zone": "Europe/Rome",
        "left": ["9.2533", "17.2900"],
        "unknown": "8.0366",
    }
    letter = Letter(key="k", kind=kind, to="carla@desk.example", language=language, at=rome("2026-03-01 01:35"), facts=facts)
    mail = LETTERS.render(letter)
    return mail.subject, " ".join(mail.text.split())


@pytest.mark.parametrize("kind", [LetterKind.ALARM_RAISED, LetterKind.ALARM_CLEARED])
@pytest.mark.parametrize("alarm", ["fast", "steady", "slow", "gap"])
def test_each_alarm_is_told_in_both_languages_with_what_is_left(kind: LetterKind, alarm: str) -> None:
    subject, text = written(kind, alarm, "it")
    assert "Archivio" in subject and "tra 9,2533 e 17,2900 minuti" in text and "Disponibilità del data center" in text
    subject, text = written(kind, alarm, "en")
    assert "Archive" in subject and "between 9.2533 and 17.2900 minutes" in text and "Data centre uptime" in text


def test_a_burning_budget_says_how_fast_and_a_gap_how_long() -> None:
    said = {alarm: written(LetterKind.ALARM_RAISED, alarm, "it")[1] for alarm in ("fast", "steady", "slow", "gap")}
    assert "nell'ultima ora" in said["fast"] and "14,4 volte" in said["fast"]
    assert "nelle ultime sei ore" in said["steady"] and "negli ultimi tre giorni" in said["slow"]
    assert "8,0366 minuti non sono stati osservati" in said["gap"]
