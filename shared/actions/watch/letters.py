"""Mail that belongs to no ticket: confirmations, outages, incidents, maintenance. Owed first, sent by the timer `deliver`.

    owe(desk, [Letter(key=…, kind=…, to=…, language=…, at=…, facts={…}, proof=(partition, key))], now)      to named people
    tell(desk, News(key=…, kind=…, at=…, facts={…}, proof=(partition, key)), now)                           to every subscriber

Call them BEFORE the commit that they are about; `proof` is a row in `watch` that this commit writes. Without a proof they go in
any case. The key is what makes each leave once: the same key is the same operation id and Message-ID for the mail service.
Rows of the agenda, all in its first shard, so that claiming, postponing and removing are one transaction each:

    m|<moment>|letter|<hash of the key>      a letter, with all it says; it is gone when it was sent
    m|<moment>|news|<hash of the key>        news that is still to become a letter to each subscriber
    m|<moment>|forget|<subscriber>           an address that was not confirmed in time
    m|<moment>|shown|<hash of the key>       a letter that was given up was shown for long enough
    f|letter|<hash of the key>               a letter that was given up, for people to see

Tickets come first: letters never touch the second half of an hour's mail.
"""

import hashlib
import logging
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from shared.actions import allowance, codec, document
from shared.actions.desk import Desk
from shared.actions.owed import LEASE
from shared.actions.ports import Delete, Replace, Row, Table, Upsert, Value, Write
from shared.actions.watch import subscribed
from shared.domain.errors import Conflict, MailPostponed, MailRefused
from shared.domain.evidence import stamp
from shared.domain.notice import backoff_s
from shared.domain.watch.letter import Letter, LetterKind, News

log = logging.getLogger("sportello.letters")

SHARD = "00"
BATCH = 100
PAGE = 1000
TROUBLE = 3
SHOWN = timedelta(days=1)
"""How long a letter that was given up is shown."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Worked:
    """What a run came to. `waiting`: due, but over the quota, or held back because the service is in trouble."""

    due: int = 0
    sent: int = 0
    postponed: int = 0
    failed: int = 0
    waiting: int = 0


def owe(desk: Desk, letters: Iterable[Letter], now: datetime) -> None:
    """Owes letters, a hundred to a request. The same letter again, at the same moment, changes nothing."""
    _commit(desk, [Upsert(_letter_row(letter, letter.at, now)) for letter in letters])


def tell(desk: Desk, news: News, now: datetime) -> None:
    """Owes every subscriber a letter: whoever has confirmed when the news leaves."""
    _commit(desk, [Upsert(_row(news.at, "news", _hash(news.key), now, codec.dumped(news)))])


def forget_later(subscriber: str, at: datetime, now: datetime) -> Upsert:
    """The row that has an address forgotten that was not confirmed until then."""
    return Upsert(_row(at, "forget", subscriber, now, ""))


def plan(desk: Desk, writes: list[Write]) -> None:
    _commit(desk, writes)


def work(desk: Desk, now: datetime) -> Worked:
    """Makes letters of news, then sends what is due, the oldest first."""
    rows = _due(desk, now)
    others = [row for row in rows if _what(row) != "letter"]
    for row in others:
        _aside(desk, row, now)
    letters = [row for row in (_due(desk, now) if others else rows) if _what(row) == "letter"]
    return _sent(desk, letters, now) if letters else Worked()


def _sent(desk: Desk, rows: list[Row], now: datetime) -> Worked:
    allowed = allowance.take(desk, len(rows), now, leaving=desk.options.mail_per_hour // 2)
    outcomes: list[str] = []
    for row in rows:
        if outcomes.count("sent") == allowed or outcomes[-TROUBLE:] == ["postponed"] * TROUBLE:
            break
        outcomes.append(_attempted(desk, row))
    allowance.give_back(desk, allowed - outcomes.count("sent"))
    counts = {name: outcomes.count(name) for name in ("sent", "postponed", "failed")}
    return Worked(due=len(rows), waiting=len(rows) - len(outcomes), **counts)


def _attempted(desk: Desk, row: Row) -> str:
    """One letter: "sent", "postponed", "failed", "kept" (not ours to touch now) or "dropped"."""
    now = desk.clock()
    leased = row.values.get("leased_until")
    if isinstance(leased, datetime) and leased > now:
        return "kept"
    letter = codec.loaded(Letter, document.joined("doc", row.values))
    if (outcome := _unproven(desk, letter.proof, row, now)) is not None:
        return outcome
    if letter.is_subscribed and letter.kind is not LetterKind.CONFIRM and not subscribed.is_confirmed(desk, letter.to):
        _commit(desk, [Delete(row.key)])  # unsubscribed since then
        return "dropped"
    attempts = int(str(row.values.get("attempts", 0))) + 1
    claimed = replace(row, values={**row.values, "attempts": attempts, "leased_until": now + LEASE})
    try:
        desk.rows.commit(Table.AGENDA, SHARD, [Replace(claimed)])
    except Conflict:
        return "kept"
    return _send(desk, letter, claimed, attempts)


def _send(desk: Desk, letter: Letter, row: Row, attempts: int) -> str:
    try:
        desk.mailer.send(desk.write(letter))
    except MailRefused as refused:
        return _give_up(desk, letter, row, refused.detail)
    except MailPostponed as postponed:
        return _put_back(desk, letter, row, attempts, postponed.detail, postponed.retry_after_s)
    except Exception as failure:
        log.exception("letter could not be written or sent", extra={"letter": row.key})
        return _put_back(desk, letter, row, attempts, type(failure).__name__, None)
    _commit(desk, [Delete(row.key)])
    return "sent"


def _put_back(desk: Desk, letter: Letter, row: Row, attempts: int, error: str, retry_after_s: float | None) -> str:
    wait = backoff_s(attempts, retry_after_s)
    if wait is None:
        return _give_up(desk, letter, row, error)
    now = desk.clock()
    later = _letter_row(letter, now + timedelta(seconds=wait), now)
    _commit(desk, [Delete(row.key), Upsert(replace(later, values={**later.values, "attempts": attempts}))])
    return "postponed"


def _give_up(desk: Desk, letter: Letter, row: Row, error: str) -> str:
    """People are shown it, but for confirmations: anybody can have one sent to an address that is none."""
    now, name = desk.clock(), _hash(letter.key)
    log.error("letter given up", extra={"letter": name, "kind": letter.kind.value})
    shown: dict[str, Value] = {"ticket": "letter", "notice": name, "kind": letter.kind.value, "error": error[:1000], "at": now}
    writes: list[Write] = [Delete(row.key)]
    if letter.kind is not LetterKind.CONFIRM:
        writes += [Upsert(Row(key=f"f|letter|{name}", values=shown)), Upsert(_row(now + SHOWN, "shown", name, now, ""))]
    _commit(desk, writes)
    return "failed"


def _aside(desk: Desk, row: Row, now: datetime) -> None:
    """The rows that are no letters. Each may be worked twice without harm."""
    _, _, what, name = row.key.split("|")
    if what == "news" and not _spread(desk, row, now):
        return
    if what == "forget":
        subscribed.forget_unconfirmed(desk, name, now)
    writes: list[Write] = [Delete(row.key)]
    if what == "shown":
        writes.append(Delete(f"f|letter|{name}"))
    _commit(desk, writes)


def _spread(desk: Desk, row: Row, now: datetime) -> bool:
    """A letter to each subscriber. Whether the news is done with."""
    news = codec.loaded(News, document.joined("doc", row.values))
    if (outcome := _unproven(desk, news.proof, row, now)) is not None:
        return outcome == "dropped"
    for page in subscribed.confirmed(desk):
        owe(desk, [_to(news, each.key, each.email, each.language) for each in page], now)
    return True


def _to(news: News, subscriber: str, email: str, language: str) -> Letter:
    return Letter(
        key=f"{news.key}:{subscriber}",
        kind=news.kind,
        to=email,
        language=language,
        at=news.at,
        facts=news.facts,
        is_subscribed=True,
    )


def _unproven(desk: Desk, proof: tuple[str, ...], row: Row, now: datetime) -> str | None:
    """ "kept" while what it is about may still be committed, "dropped" when it never was; None when it was."""
    if not proof or desk.rows.get(Table.WATCH, *proof) is not None:
        return None
    written_at = row.values["written_at"]
    assert isinstance(written_at, datetime)
    if now - written_at <= desk.options.grace:
        return "kept"
    _commit(desk, [Delete(row.key)])
    return "dropped"


def _due(desk: Desk, now: datetime) -> list[Row]:
    return desk.rows.scan(Table.AGENDA, SHARD, after="m|", before=f"m|{stamp(now)}~", limit=PAGE)


def _what(row: Row) -> str:
    return row.key.split("|")[2]


def _letter_row(letter: Letter, at: datetime, now: datetime) -> Row:
    return _row(at, "letter", _hash(letter.key), now, codec.dumped(letter))


def _row(at: datetime, what: str, name: str, now: datetime, text: str) -> Row:
    """`ticket`: so that whoever counts what is overdue can read it like any row of the agenda."""
    values: dict[str, Value] = {"ticket": "letter", "at": at, "written_at": now, **document.columns("doc", text)}
    return Row(key=f"m|{stamp(at)}|{what}|{name}", values=values)


def _hash(key: str) -> str:
    return hashlib.sha256(key.encode()).hexdigest()[:32]


def _commit(desk: Desk, writes: list[Write]) -> None:
    for batch in _batches(writes):
        desk.rows.commit(Table.AGENDA, SHARD, batch)


def _batches(writes: list[Write]) -> Iterator[list[Write]]:
    for start in range(0, len(writes), BATCH):
        yield writes[start : start + BATCH]
