"""What is stored of a service, in few characters: changes, days and counts as JSON lists, and long texts in columns and rows.

What fits one column is plain JSON. A service that changes its state every other minute fills more: then the text is compressed,
and goes on in rows `<key>|2`, `<key>|3`, … where it must.
"""

import json
import zlib
from base64 import b64decode, b64encode
from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, timedelta

from shared.actions import document
from shared.actions.ports import Row, Value
from shared.domain.availability import State
from shared.domain.guarantees.record import Figures, Measured, Record
from shared.domain.watch import histogram
from shared.domain.watch.change import Change
from shared.domain.watch.tally import Counts

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_INSTANT = timedelta(microseconds=1)
_PACKED = "z:"

COLUMNS = 26
"""Of a long text in one row: 26 times 32,000 bytes leave room in the megabyte of a row for what stands beside it."""


def changes_to(changes: Sequence[Change]) -> list[list[object]]:
    """[[microseconds since 1970, "down", "confirmed", 7], …]; the last is the number of the outage, if any."""
    return [[_micro(change.at), change.state.value, change.why, *_number(change)] for change in changes]


def changes_from(service: str, listed: Sequence[Sequence[object]]) -> tuple[Change, ...]:
    return tuple(
        Change(
            service=service,
            at=_EPOCH + int(str(at)) * _INSTANT,
            state=State(str(state)),
            why=str(why),
            outage=f"{service}.{rest[0]}" if rest else None,
        )
        for at, state, why, *rest in listed
    )


def counts_to(counts: Counts) -> list[int]:
    return [counts.samples, counts.bad, counts.blips, counts.gaps, counts.void, counts.ignored]


def counts_from(listed: Sequence[int]) -> Counts:
    samples, bad, blips, gaps, void, ignored = listed
    return Counts(samples=samples, bad=bad, blips=blips, gaps=gaps, void=void, ignored=ignored)


def record_to(record: Record) -> str:
    """One line of JSON: the days, a list each, and the changes."""
    return _dumped({"days": [_figures_to(figures) for figures in record.days], "changes": changes_to(record.changes)})


def record_from(service: str, text: str) -> Record:
    found = json.loads(text)
    return Record(
        service=service,
        days=tuple(_figures_from(listed) for listed in found["days"]),
        changes=changes_from(service, found["changes"]),
    )


def rows_of(key: str, name: str, text: str, values: Mapping[str, Value]) -> list[Row]:
    """A row that holds `values` and a text of any length, and as many more as it needs; mostly none."""
    whole = text if len(text) <= document.CHUNK else _PACKED + b64encode(zlib.compress(text.encode(), 6)).decode()
    per_row = COLUMNS * document.CHUNK
    parts = [whole[start : start + per_row] for start in range(0, len(whole), per_row)] or [""]
    rows = [Row(key=f"{key}|{number}", values=document.columns(name, part)) for number, part in enumerate(parts[1:], start=2)]
    return [Row(key=key, values={**values, "parts": len(parts), **document.columns(name, parts[0])}), *rows]


def text_of(row: Row, name: str, rows: Mapping[str, Row]) -> str:
    """The text again. `rows`: all that were read, by key. What an earlier, longer text left behind is passed over."""
    more = [rows[f"{row.key}|{number}"] for number in range(2, int(str(row.values["parts"])) + 1)]
    whole = "".join(document.joined(name, each.values) for each in (row, *more))
    return zlib.decompress(b64decode(whole.removeprefix(_PACKED))).decode() if whole.startswith(_PACKED) else whole


def _figures_to(figures: Figures) -> list[object]:
    measured = figures.measured
    lengths = [length // _INSTANT for length in (figures.up, figures.down, figures.unknown)]
    promised = [] if measured.promised is None else [list(measured.promised)]
    return [figures.on.isoformat(), *lengths, counts_to(measured.counts), measured.latency.pack(), *promised]


def _figures_from(listed: Sequence[object]) -> Figures:
    on, up, down, unknown, counts, latency, *promised = listed
    assert isinstance(counts, list)
    return Figures(
        on=date.fromisoformat(str(on)),
        up=int(str(up)) * _INSTANT,
        down=int(str(down)) * _INSTANT,
        unknown=int(str(unknown)) * _INSTANT,
        measured=Measured(
            counts=counts_from(counts),
            latency=histogram.unpack(str(latency)),
            promised=tuple(promised[0]) if promised and isinstance(promised[0], list) else None,
        ),
    )


def _micro(at: datetime) -> int:
    return (at - _EPOCH) // _INSTANT


def _number(change: Change) -> list[int]:
    return [int(change.outage.rpartition(".")[2])] if change.outage else []


def _dumped(value: object) -> str:
    return json.dumps(value, separators=(",", ":"))
