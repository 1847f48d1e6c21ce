"""Mail that belongs to no ticket: confirmations, outages, incidents, maintenance. Owed first, sent by the round `deliver`.

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
    b|letter|<hash of the key>               one that bounced, of those that nobody subscribed to

Tickets come first: letters never touch the second half of an hour's mail. Of letters, the most urgent leave first, then the
oldest; one that has been overtaken (`unless`), or whose reader nobody names any more, is withdrawn instead.
"""

import hashlib
import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from itertools import islice

from shared.actions import codec, document
from shared.actions.desk import Desk
from shared.actions.ports import Delete, Replace, Row, Table, Upsert, Value, Write
from shared.actions.post import allowance, mailed
from shared.actions.post.owed import LEASE
from shared.actions.running import faults
from shared.actions.status import named, subscribed
from shared.domain.custody.access import contact_token
from shared.domain.errors import Conflict, MailPostponed, MailRefused, SportelloError, StorageUnavailable
from shared.domain.evidence import stamp
from shared.domain.fault import reason as reason_of
from shared.domain.notice import backoff_s
from shared.domain.status.letter import URGENCY, Letter, LetterKind, News
from shared.domain.status.unsaid import with_unsaid

SHARD = "00"
BATCH = 100
PAGE = 1000
PAGES = 5
"""Pages of due rows that are looked at, so that what is urgent is found behind five thousand other letters."""

TROUBLE = 3
SHOWN = timedelta(days=1)
"""How long a letter that was given up is shown."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Worked:
    """What a run came to. `waiting`: due, but over the quota, held back because the service is in trouble, or out of time."""

    due: int = 0
    sent: int = 0
    postponed: int = 0
    failed: int = 0
    waiting: int = 0


def owe(desk: Desk, letters: Iterable[Letter], now: datetime) -> None:
    """Owes letters, fifty to a request. The same letter again, at the same moment, changes nothing.

    One that overtakes letters about the same to the same reader, which have not left, replaces them where they stand: so nobody
    is written to a second time before everybody has been once, however often something comes and goes.
    """
    owed = list({letter.key: letter for letter in letters}.values())
    waiting = _waiting(desk, {letter.about for letter in owed} - {""})
    gone: set[str] = set()
    for start in range(0, len(owed), BATCH // 2):
        groups = [_owing(desk, letter, waiting, gone, now) for letter in owed[start : start + BATCH // 2]]
        for batch in _whole(groups):
            desk.rows.commit(Table.AGENDA, SHARD, batch)


type _Line = tuple[str, str, str, bool]
"""What a letter is about, and to whom as whom: several customers may name one address, which may have subscribed as well."""


def _line(letter: Letter) -> _Line:
    return letter.about, letter.to, letter.named_by, letter.is_subscribed


def _waiting(desk: Desk, about: set[str]) -> dict[_Line, list[tuple[Row, Letter]]]:
    """Letters about something that have not left, by that and their reader, the oldest first."""
    found: dict[_Line, list[tuple[Row, Letter]]] = {}
    for row in _before(desk, "m|~") if about else ():
        letter = _read(row)
        if letter is not None and letter.about in about:
            found.setdefault(_line(letter), []).append((row, letter))
    return found


def _owing(
    desk: Desk, letter: Letter, waiting: Mapping[_Line, list[tuple[Row, Letter]]], gone: set[str], now: datetime
) -> list[Write]:
    """The row of a letter, in place of those that it overtakes; nothing, where it is owed already.

    What those would have said that are leaving at this moment it says too, as they may not: at worst somebody reads it twice.
    `gone`: the rows that have been replaced already, as each is once.
    """
    theirs = waiting.get(_line(letter), [])
    if any(each.key == letter.key for _, each in theirs):
        return []
    overtaken = [(row, each) for row, each in theirs if _is_overtaken(desk, each.unless)]
    old = [row for row, _ in overtaken if not _is_leased(row, now) and row.key not in gone]
    gone.update(row.key for row in old)
    turn = min([letter.at, *(_moment(row) for row in old)])
    new = Upsert(_letter_row(with_unsaid(letter, [each for _, each in overtaken]), turn, now))
    return [new, *(Delete(row.key) for row in old)]


def tell(desk: Desk, news: News, now: datetime) -> None:
    """Owes every subscriber a letter: whoever has confirmed when the news leaves."""
    _commit(desk, [Upsert(_row(news.at, "news", _hash(news.key), now, codec.dumped(news)))])


def forget_later(subscriber: str, at: datetime, now: datetime) -> Upsert:
    """The row that has an address forgotten that was not confirmed until then."""
    return Upsert(_row(at, "forget", subscriber, now, ""))


def show_bounced(desk: Desk, name: str, kind: str, error: str, now: datetime) -> None:
    """Shows people for a day that a letter which nobody subscribed to was not received. `name`: see `Mailed`."""
    shown: dict[str, Value] = {"ticket": "letter", "notice": name, "kind": kind, "error": error, "at": now}
    _commit(desk, [Upsert(Row(key=f"b|letter|{name}", values=shown)), Upsert(_row(now + SHOWN, "shown", name, now, ""))])


def plan(desk: Desk, writes: list[Write]) -> None:
    _commit(desk, writes)


def work(desk: Desk, now: datetime, has_time: Callable[[], bool] = lambda: True) -> Worked:
    """Makes letters of news, then sends what is due, the most urgent first, while there is time."""
    rows = _due(desk, now)
    others = [row for row in rows if _what(row) != "letter"]
    for row in others:
        try:
            _aside(desk, row, now)
        except StorageUnavailable:
            raise
        except Exception as failure:
            _put_off(desk, row, failure)
    due = [row for row in (_due(desk, now) if others else rows) if _what(row) == "letter"]
    letters = [(row, letter) for row in due if (letter := _legible(desk, row)) is not None]
    letters.sort(key=lambda each: (URGENCY[each[1].kind], each[0].key))
    return _sent(desk, [row for row, _ in letters], now, has_time) if letters else Worked()


def _sent(desk: Desk, rows: list[Row], now: datetime, has_time: Callable[[], bool]) -> Worked:
    allowed = allowance.take(desk, len(rows), now, leaving=desk.options.mail_per_hour // 2)
    outcomes: list[str] = []
    try:
        for number, row in enumerate(rows):
            if outcomes.count("sent") == allowed or outcomes[-TROUBLE:] == ["postponed"] * TROUBLE or not has_time():
                break
            if number % mailed.BATCH == 0:
                mailed.expect(desk, [_expected(desk, row, now) for row in rows[number : number + mailed.BATCH]])
            outcomes.append(_isolated(desk, row))
    finally:
        allowance.give_back(desk, allowed - outcomes.count("sent"))
    counts = {name: outcomes.count(name) for name in ("sent", "postponed", "failed")}
    return Worked(due=len(rows), waiting=len(rows) - len(outcomes), **counts)


def _expected(desk: Desk, row: Row, now: datetime) -> Row:
    letter = _letter_in(row)
    subscriber = subscribed.key_of_address(desk, letter.to) if letter.is_subscribed else ""
    named = f"{letter.named_by}/{contact_token(letter.named_by, letter.to)}" if letter.named_by else ""
    return mailed.of_letter(letter.key, _hash(letter.key), subscriber, now, kind=letter.kind.value, named=named)


def _isolated(desk: Desk, row: Row) -> str:
    """One letter; what fails beyond the mail service leaves it where it is, and stops no other."""
    try:
        return _attempted(desk, row)
    except Exception as failure:
        faults.tell(desk, "letter", failure)
        return "postponed"


def _read(row: Row) -> Letter | None:
    """The letter of a row; None: it is none, or cannot be read."""
    try:
        return _letter_in(row) if _what(row) == "letter" else None
    except Exception:
        return None  # whoever sends it tells of it


def _legible(desk: Desk, row: Row) -> Letter | None:
    """The letter of a row. One that cannot be read is put off and shown, and stops no other."""
    try:
        return _letter_in(row)
    except Exception as failure:
        _put_off(desk, row, failure)
        return None


def _put_off(desk: Desk, row: Row, failure: Exception) -> None:
    """A row that cannot be worked as it is: shown to people, and tried again later, as the program may learn to; then dropped."""
    faults.tell(desk, "letter", failure)
    now, name = desk.clock(), row.key.split("|")[3]
    attempts = int(str(row.values.get("attempts", 0))) + 1
    wait = backoff_s(attempts, None)
    shown: dict[str, Value] = {
        "ticket": "letter",
        "notice": name,
        "kind": "illegible",
        "error": type(failure).__name__,
        "at": now,
    }
    writes: list[Write] = [Delete(row.key), Upsert(Row(key=f"f|letter|{name}", values=shown))]
    writes.append(Upsert(_row(now + SHOWN, "shown", name, now, "")))
    if wait is not None:
        at = now + timedelta(seconds=wait)
        values: dict[str, Value] = {**row.values, "at": at, "attempts": attempts}
        writes.append(Upsert(Row(key=f"m|{stamp(at)}|{_what(row)}|{name}", values=values)))
    _commit(desk, writes)


def _letter_in(row: Row) -> Letter:
    return codec.loaded(Letter, document.joined("doc", row.values))


def _attempted(desk: Desk, row: Row) -> str:
    """One letter: "sent", "postponed", "failed", "kept" (not ours to touch now) or "dropped"."""
    now = desk.clock()
    if _is_leased(row, now):
        return "kept"
    letter = _letter_in(row)
    if (outcome := _unproven(desk, letter.proof, row, now)) is not None:
        return outcome
    if _is_wanted(desk, letter) and letter.about and _is_just_overtaken(desk, letter.unless, now):
        return "kept"  # what overtakes it is about to take its place
    if _is_overtaken(desk, letter.unless) or not _is_wanted(desk, letter):
        _commit(desk, [Delete(row.key)])
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
        return _give_up(desk, letter, row, attempts, refused)
    except MailPostponed as postponed:
        return _put_back(desk, letter, row, attempts, postponed)
    except Exception as failure:
        faults.tell(desk, "letter", failure)
        return _put_back(desk, letter, row, attempts, failure)
    try:
        _commit(desk, [Delete(row.key)])
    except StorageUnavailable as failure:
        faults.tell(desk, "letter", failure)  # it has left; when its lease is over it leaves again, as the same mail
    waited_s = round((desk.clock() - letter.at).total_seconds())
    _tell(desk, "notice.sent", letter, waited_s=waited_s, attempts=attempts)
    return "sent"


def _tell(desk: Desk, event: str, letter: Letter, *, is_warning: bool = False, **fields: str | int) -> None:
    """As of a notice of a ticket, but that there is none; the name is the one under which people see what was given up."""
    desk.telemetry.tell(event, is_warning=is_warning, ticket="letter", notice=_hash(letter.key), way="mail", **fields)


def _put_back(desk: Desk, letter: Letter, row: Row, attempts: int, failure: Exception) -> str:
    wait = backoff_s(attempts, getattr(failure, "retry_after_s", None))
    if wait is None:
        return _give_up(desk, letter, row, attempts, failure)
    now = desk.clock()
    later = _letter_row(letter, now + timedelta(seconds=wait), now)
    _commit(desk, [Delete(row.key), Upsert(replace(later, values={**later.values, "attempts": attempts}))])
    until, reason = stamp(now + timedelta(seconds=wait)), reason_of(failure)
    _tell(desk, "notice.postponed", letter, is_warning=True, attempts=attempts, until=until, reason=reason)
    return "postponed"


def _give_up(desk: Desk, letter: Letter, row: Row, attempts: int, failure: Exception) -> str:
    """People are shown it, but for confirmations: anybody can have one sent to an address that is none."""
    now, name = desk.clock(), _hash(letter.key)
    error = failure.detail if isinstance(failure, SportelloError) else type(failure).__name__
    shown: dict[str, Value] = {"ticket": "letter", "notice": name, "kind": letter.kind.value, "error": error[:1000], "at": now}
    writes: list[Write] = [Delete(row.key)]
    if letter.kind is not LetterKind.CONFIRM:
        writes += [Upsert(Row(key=f"f|letter|{name}", values=shown)), Upsert(_row(now + SHOWN, "shown", name, now, ""))]
    _commit(desk, writes)
    _tell(desk, "notice.given_up", letter, is_warning=True, attempts=attempts, reason=reason_of(failure))
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
        writes += [Delete(f"f|letter|{name}"), Delete(f"b|letter|{name}")]
    _commit(desk, writes)


def _spread(desk: Desk, row: Row, now: datetime) -> bool:
    """A letter to each subscriber. Whether the news is done with."""
    news = codec.loaded(News, document.joined("doc", row.values))
    if (outcome := _unproven(desk, news.proof, row, now)) is not None:
        return outcome == "dropped"
    if _is_overtaken(desk, news.unless) and not (news.about and news.kind is LetterKind.OUTAGE_ENDED):
        return True  # of an end the edges go on to what overtakes it
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
        unless=news.unless,
        about=news.about,
    )


def _is_overtaken(desk: Desk, unless: tuple[str, ...]) -> bool:
    return bool(unless) and desk.rows.get(Table.WATCH, *unless) is not None


def _is_just_overtaken(desk: Desk, unless: tuple[str, ...], now: datetime) -> bool:
    row = desk.rows.get(Table.WATCH, *unless) if unless else None
    at = row.values.get("at") if row is not None else None
    return isinstance(at, datetime) and now - at <= desk.options.grace


def _is_leased(row: Row, now: datetime) -> bool:
    lease = row.values.get("leased_until")
    return isinstance(lease, datetime) and lease > now


def _is_wanted(desk: Desk, letter: Letter) -> bool:
    """Whether its reader is still subscribed, or still named by the customer who had them written to. When somebody asks twice,
    as a browser does that had no answer, the last time counts."""
    if letter.named_by:
        return named.is_named(desk, letter.named_by, letter.to)
    if letter.kind in (LetterKind.CONFIRM, LetterKind.ALREADY):
        return subscribed.was_asked(desk, letter.to, letter.at)
    return not letter.is_subscribed or subscribed.is_confirmed(desk, letter.to)


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


def withdraw(desk: Desk, is_theirs: Callable[[Letter], bool], now: datetime) -> int:
    """Removes what is owed to somebody, due or not; how many letters. StorageUnavailable while one of them is leaving, or while
    there is one that does not even show whom it is to."""
    rows = [row for row in _before(desk, "m|~") if _what(row) == "letter" and is_theirs(_outlined(row))]
    if any(_is_leased(row, now) for row in rows):
        raise StorageUnavailable("A letter to them is leaving at this moment; ask again in a few minutes.")
    _commit(desk, [Delete(row.key) for row in rows])
    return len(rows)


def _outlined(row: Row) -> Letter:
    """The letter; of one that cannot be read, whom it is to, and as whom: as a subscriber, where it does not say."""
    letter = _read(row)
    if letter is not None and isinstance(letter.to, str):  # what a text leaves out is None
        return letter
    try:
        raw = json.loads(document.joined("doc", row.values))
        to, named_by, is_subscribed = raw["to"], raw.get("named_by", ""), raw.get("is_subscribed", True)
    except Exception:
        to = None
    if not isinstance(to, str):
        raise StorageUnavailable("A letter that waits does not show whom it is to; ask again when it has been dropped.")
    at = _moment(row)
    return Letter(
        key="",
        kind=LetterKind.INCIDENT,
        to=to,
        language="",
        at=at,
        named_by=str(named_by),
        is_subscribed=is_subscribed is not False,
    )


def _due(desk: Desk, now: datetime) -> list[Row]:
    return list(islice(_before(desk, f"m|{stamp(now)}~"), PAGE * PAGES))


def _before(desk: Desk, last: str) -> Iterator[Row]:
    after = "m|"
    while page := desk.rows.scan(Table.AGENDA, SHARD, after=after, before=last, limit=PAGE):
        yield from page
        if len(page) < PAGE:
            return
        after = page[-1].key


def _moment(row: Row) -> datetime:
    """From when on it may leave."""
    at = row.values["at"]
    assert isinstance(at, datetime)
    return at


def _what(row: Row) -> str:
    return row.key.split("|")[2]


def _letter_row(letter: Letter, at: datetime, now: datetime) -> Row:
    """`owed_at`: since when it is owed, however often it is put off."""
    row = _row(at, "letter", _hash(letter.key), now, codec.dumped(letter))
    return replace(row, values={**row.values, "owed_at": letter.at})


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


def _whole(groups: Iterable[list[Write]]) -> Iterator[list[Write]]:
    """Transactions that have a letter and what it replaces together. What is too much for one has the letter in the first."""
    batch: list[Write] = []
    for group in groups:
        if len(batch) + len(group) > BATCH:
            yield from _batches(batch)
            batch = []
        batch = [*batch, *group]
    yield from _batches(batch)
