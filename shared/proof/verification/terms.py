"""The contract and its calendars, as the file itself states them: what every deadline in it is worked out by."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from fractions import Fraction
from functools import lru_cache

from shared.domain.calendar import Calendar
from shared.domain.contract import (
    CalendarHistory,
    CalendarVersion,
    Classification,
    Contract,
    Family,
    Priority,
    Product,
    Promise,
    Recipient,
    Stage,
    StageAction,
    Support,
    TargetOn,
)
from shared.domain.errors import InvalidInput
from shared.domain.evidence import canonical
from shared.domain.target import target_from, target_to
from shared.domain.worktime.definition import defined
from shared.proof.definition import calendar_rules
from shared.proof.verification.reading import Broken, Part

NOBODY = Support(email=None, phone=None, email_calendar=None, phone_calendar=None)
ALWAYS = (date(1900, 1, 1), date(2300, 1, 1))
PROMISES = {promise.value: promise for promise in Promise}
ACTIONS = {action.value: action for action in StageAction}
RECIPIENTS = {recipient.value: recipient for recipient in Recipient}


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """`contract` knows only what the file tells. `reopening`: None where the file needs none. `names`: the calendars' names."""

    contract: Contract
    reopening: TargetOn | None
    ladder: Mapping[str, Stage]

    def known_until(self, at: datetime) -> "Terms":
        """The same, as it was before anything announced after `at` was known."""
        older = {
            name: replace(history, versions=tuple(v for v in history.versions if v.announced_at <= at) or history.versions[:1])
            for name, history in self.contract.calendars.items()
        }
        return replace(self, contract=replace(self.contract, calendars=older))


def terms(file: Part, product: str) -> Terms:
    """Raises Broken."""
    given = file["contract"]
    given.has_only("id", "version", "digest", "effective_from", "family", "classifications", "families", "reopening", "ladder")
    calendars = _calendars(file["calendars"])
    read = _Targets(calendars)
    families = {id: _family(id, part, read) for id, part in given["families"].pairs()}
    reopening = None if given["reopening"].is_null else read.one(given["reopening"])
    ladder = {stage.id: stage for stage in (_stage(part, read) for part in given["ladder"].items())}
    if len(ladder) < len(list(given["ladder"].items())):
        raise Broken(given["ladder"].where, "each stage once", list(ladder))
    for name in sorted(calendars.keys() - read.used):
        raise Broken("calendars", "calendars that the contract's targets name", name)
    contract = Contract(
        id=given["id"].text(),
        version=given["version"].text(),
        effective_from=given["effective_from"].instant(),
        name={},
        vendor="",
        languages=(),
        zone="UTC",
        digest=given["digest"].text(),
        support=NOBODY,
        calendars=calendars,
        families=families,
        products={product: Product(id=product, name={}, family=given["family"].text())},
        classifications={id: _classification(id, part) for id, part in given["classifications"].pairs()},
        tiers={},
        guarantees=(),
        ladder=(),
        reopening=reopening or TargetOn(target=target_from({"working_hours": 0}), calendar=""),
    )
    return Terms(contract=contract, reopening=reopening, ladder=ladder)


class _Targets:
    """Reads targets, and remembers which calendars they are counted on."""

    def __init__(self, calendars: Mapping[str, CalendarHistory]) -> None:
        self._calendars = calendars
        self.used: set[str] = set()

    def one(self, part: Part) -> TargetOn:
        part.has_only("target", "calendar")
        calendar = part["calendar"].text()
        if calendar not in self._calendars:
            raise Broken(part["calendar"].where, f"one of the calendars {', '.join(sorted(self._calendars))}", calendar)
        self.used.add(calendar)
        try:
            target = target_from(part["target"].mapping())
        except InvalidInput as wrong:
            raise Broken(part["target"].where, wrong.detail, part["target"].value) from None
        part["target"].must_be(target_to(target))
        return TargetOn(target=target, calendar=calendar)


def _family(id: str, part: Part, targets: _Targets) -> Family:
    part.has_only("untriaged_priority", "priorities")
    rows = {}
    for number, row in part["priorities"].pairs():
        if not number.isascii() or not number.isdigit() or str(int(number)) != number:
            raise Broken(row.where, "a priority's number", number)
        promised = {_promise(name, on): targets.one(on) for name, on in row.pairs()}
        rows[int(number)] = Priority(number=int(number), severity={}, description=None, targets=promised)
    untriaged = part["untriaged_priority"]
    strictest = 0 if untriaged.is_null else untriaged.number()
    return Family(id=id, name={"en": id}, resolution_name={}, priorities=rows, untriaged_priority=strictest)


def _promise(name: str, part: Part) -> Promise:
    if name not in PROMISES:
        raise Broken(part.where, f"one of {', '.join(PROMISES)}", name)
    return PROMISES[name]


def _classification(id: str, part: Part) -> Classification:
    part.has_only("has_targets", "family")
    family = None if part["family"].is_null else part["family"].text()
    return Classification(id=id, name={}, description={}, has_targets=part["has_targets"].flag(), family=family)


def _stage(part: Part, targets: _Targets) -> Stage:
    part.has_only("id", "action", "fraction", "after", "notify")
    after = None if part["after"].is_null else targets.one(part["after"])
    fraction = None if part["fraction"].is_null else _fraction(part["fraction"])
    if (after is None) == (fraction is None):
        raise Broken(part.where, "either a fraction or an offset after the deadline", part.value)
    return Stage(
        id=part["id"].text(),
        promises=(),
        action=part["action"].one_of(ACTIONS),
        fraction=fraction,
        after=after,
        notify=tuple(each.one_of(RECIPIENTS) for each in part["notify"].items()),
    )


def _fraction(part: Part) -> Fraction:
    try:
        fraction = Fraction(part.text())
    except (ValueError, ZeroDivisionError):
        raise Broken(part.where, "a fraction such as 3/4", part.value) from None
    if str(fraction) != part.value or not 0 < fraction <= 1:
        raise Broken(part.where, "a fraction such as 3/4", part.value)
    return fraction


def _calendars(part: Part) -> dict[str, CalendarHistory]:
    found: dict[str, CalendarHistory] = {}
    for each in part.items():
        each.has_only("name", "covers", "versions")
        name = each["name"].text()
        if name in found:
            raise Broken(each["name"].where, "each calendar once", name)
        versions = tuple(_version(number, version) for number, version in enumerate(each["versions"].items(), start=1))
        if not versions:
            raise Broken(each["versions"].where, "at least one version", [])
        for number in range(1, len(versions)):
            if versions[number].announced_at < versions[number - 1].announced_at:
                raise Broken(
                    f"{each['versions'].where}[{number}].announced_at", "versions in the order of their announcement", name
                )
        if len({version.calendar.zone.key for version in versions}) > 1:
            raise Broken(each["versions"].where, "versions in one time zone", name)
        found[name] = CalendarHistory(name=name, versions=versions)
    return found


def _version(number: int, part: Part) -> CalendarVersion:
    part.has_only("number", "announced_at", "author", "reason", "definition", "names")
    part["number"].must_be(number)
    return CalendarVersion(
        number=number,
        announced_at=part["announced_at"].instant(),
        author=part["author"].text(),
        reason={language: text.text() for language, text in part["reason"].pairs()},
        calendar=_calendar(part["definition"], part["names"]),
    )


def _calendar(definition: Part, names: Part) -> Calendar:
    """The calendar of a definition, its holidays and closures called by their names."""
    names.has_only("holidays", "closures")
    holidays, closures = (tuple(each.text() for each in names[kind].items()) for kind in ("holidays", "closures"))
    try:
        rules = calendar_rules(definition.value)
    except (InvalidInput, OverflowError) as wrong:
        raise Broken(definition.where, getattr(wrong, "detail", str(wrong)), definition.value) from None
    definition.must_be(defined(rules, *ALWAYS))
    for kind, count, given in (("holidays", len(rules.holidays), holidays), ("closures", len(rules.closures), closures)):
        if count != len(given):
            raise Broken(names[kind].where, f"a name for each of {count} {kind}", list(given))
    return worked_out(canonical(definition.value), holidays, closures)


@lru_cache(maxsize=16)
def worked_out(definition: bytes, holidays: tuple[str, ...], closures: tuple[str, ...]) -> Calendar:
    """One calendar for one definition: working out its years costs more than all that is asked of it."""
    rules = calendar_rules(json.loads(definition))
    return Calendar(
        replace(
            rules,
            holidays=dict(zip(sorted(rules.holidays), holidays, strict=True)),
            closures=tuple(replace(c, reason=name) for c, name in zip(rules.closures, closures, strict=True)),
        )
    )
