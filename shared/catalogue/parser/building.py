"""From a valid contract file, and the announcements made since, to the `Contract` the desk judges by."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import timedelta
from fractions import Fraction

from shared.catalogue.parser import document, quotation, table
from shared.catalogue.parser.timetable import Timetable, closings, opened
from shared.domain.calendar import Calendar
from shared.domain.contract import (
    CalendarHistory,
    CalendarVersion,
    Classification,
    Contract,
    Family,
    Guarantee,
    MaintenanceRule,
    Priority,
    Product,
    Promise,
    Quotation,
    Recipient,
    Stage,
    StageAction,
    Support,
    TargetOn,
)
from shared.domain.text import Text
from shared.domain.tier import Right, Tier

RESPONSE_NAMES = {"it": "Presa in carico", "en": "Response"}
RESOLUTION_NAMES = {"it": "Risoluzione", "en": "Resolution"}


def contract_of(file: document.ContractFile, digest: str, announcements: Sequence[document.AnnouncementFile]) -> Contract:
    """`announcements`: those made for this contract, oldest first. `digest`: of the contract file alone."""
    return Contract(
        id=file.id,
        version=file.version,
        effective_from=file.effective_from,
        name=_named(file.name, file.id, file),
        vendor=file.vendor,
        languages=tuple(file.languages),
        zone=file.zone,
        digest=digest,
        support=Support(**{key: getattr(file.support, key) for key in document.Support.model_fields}),
        calendars={name: _history(name, calendar, file, announcements) for name, calendar in file.calendars.items()},
        families={id: _family(id, family, file) for id, family in file.families.items()},
        products=_products(file),
        classifications={id: _classification(id, each, file) for id, each in file.classifications.items()},
        tiers={id: _tier(id, file) for id in file.tiers},
        guarantees=tuple(_guarantee(id, each, file) for id, each in file.guarantees.items()),
        ladder=tuple(_ladder(file)),
        reopening=_counted(file.reopening, _default(file)),
        quotation=_quotation(file.quotation),
        access_grace=timedelta(days=file.access.grace_days),
        calendar=_default(file),
        source=file.source,
        delivery=file.delivery,
        activities=file.activities,
        clauses=file.clauses,
        local_names=_local_names(file, announcements),
    )


def _history(
    name: str, calendar: Timetable, file: document.ContractFile, announcements: Sequence[document.AnnouncementFile]
) -> CalendarHistory:
    """Version 1 as published, and one more for each announcement; its closures and openings join those before it."""
    rules = calendar.rules(file.zone)
    changes = [each for each in announcements if name in each.calendars]
    # What was announced before this contract took effect is known from its first day on, and comes after version 1 all the same.
    first = min([file.effective_from, *(each.announced_at for each in changes)])
    reason = _named(file.name, file.id, file)
    versions = [CalendarVersion(number=1, announced_at=first, author=file.vendor, reason=reason, calendar=Calendar(rules))]
    for number, change in enumerate(changes, start=2):
        rules = replace(
            rules,
            closures=rules.closures + closings(change.closures, change.reason),
            openings=rules.openings + opened(change.openings, change.reason),
        )
        made = Calendar(rules)
        versions.append(
            CalendarVersion(
                number=number, announced_at=change.announced_at, author=change.author, reason=change.reason, calendar=made
            )
        )
    return CalendarHistory(name=name, versions=tuple(versions))


def _family(id: str, family: table.Family, file: document.ContractFile) -> Family:
    return Family(
        id=id,
        name=_named(family.name, id, file),
        response_name=family.response_name or _usual(RESPONSE_NAMES, file),
        resolution_name=family.resolution_name or _usual(RESOLUTION_NAMES, file),
        priorities={number: _priority(number, family, file) for number in sorted(family.priorities)},
        untriaged_priority=min(family.priorities) if family.untriaged_priority is None else family.untriaged_priority,
    )


def _priority(number: int, family: table.Family, file: document.ContractFile) -> Priority:
    row = family.priorities[number]
    promised = {Promise.RESPONSE: row.response, Promise.RESOLUTION: row.resolution}
    return Priority(
        number=number,
        severity=_named(row.severity, str(number), file),
        description=row.description,
        targets={
            promise: _counted(target, family.calendar_of(row, promise, _default(file)))
            for promise, target in promised.items()
            if target is not None
        },
    )


def _products(file: document.ContractFile) -> dict[str, Product]:
    """Where the file has none, each family is a product."""
    if not file.products:
        return {id: Product(id=id, name=_named(family.name, id, file), family=id) for id, family in file.families.items()}
    return {
        id: Product(
            id=id,
            name=_named(each.name, id, file),
            family=str(each.family),
            delivery=tuple(each.delivery),
            clause=each.clause,
        )
        for id, each in file.products.items()
    }


def _classification(id: str, each: document.Classification, file: document.ContractFile) -> Classification:
    name = _named(each.name, id, file)
    return Classification(
        id=id,
        name=name,
        description=each.description or name,
        has_targets=each.has_targets,
        course=each.course,
        procedure=tuple(file.procedures[each.procedure]) if each.procedure else (),
        family=each.family,
    )


def _tier(id: str, file: document.ContractFile) -> Tier:
    tier = file.tiers[id]
    return Tier(
        id=id,
        name=_named(tier.name, id, file),
        rights=tuple(_rights(id, file).values()),
        otherwise=tier.otherwise,
        clause=tier.clause,
        sentence=tier.sentence,
    )


def _rights(id: str, file: document.ContractFile) -> dict[str, Right]:
    """Those of the included tier first; a right of the same id takes its place."""
    tier = file.tiers[id]
    included = _rights(tier.includes, file) if tier.includes else {}
    own = {
        key: Right(
            id=key,
            name=right.name,
            terms=right.terms,
            classifications=tuple(right.classifications),
            channels=tuple(right.channels),
            delivery=tuple(right.delivery),
            activity=right.activity,
            clause=right.clause,
            sentence=right.sentence,
        )
        for key, right in tier.rights.items()
    }
    return {**included, **own}


def _quotation(given: quotation.Quotation) -> Quotation:
    """What the file leaves out is as the domain has it."""
    usual = Quotation(declined_as=given.declined_as)
    return replace(
        usual,
        currency=given.currency or usual.currency,
        vat_percent=usual.vat_percent if given.vat_percent is None else given.vat_percent,
        hours_per_day=given.hours_per_day or usual.hours_per_day,
        validity=usual.validity if given.validity_days is None else timedelta(days=given.validity_days),
        reminders=usual.reminders if given.reminders is None else tuple(given.reminders),
    )


def _guarantee(id: str, each: document.Guarantee, file: document.ContractFile) -> Guarantee:
    rule = each.maintenance
    return Guarantee(
        id=id,
        name=_named(each.name, id, file),
        description=each.description,
        target=each.percent,
        period=each.period,
        zone=each.zone or file.zone,
        maintenance=MaintenanceRule(
            excluded=rule.excluded,
            notice=rule.notice.length(),
            calendar=rule.calendar,
            cap=rule.cap.length() if rule.cap else None,
        ),
    )


def _ladder(file: document.ContractFile) -> Iterator[Stage]:
    """As the file has it; a breach is recorded for every promise, whether or not the file has a stage for it."""
    for id, stage in file.ladder.items():
        yield Stage(
            id=id,
            promises=tuple(dict.fromkeys(stage.promises)),
            action=stage.does,
            fraction=stage.fraction,
            after=_counted(stage.after, _default(file)) if stage.after else None,
            notify=tuple(dict.fromkeys(stage.notify)),
        )
    breached = {promise for stage in file.ladder.values() if stage.does is StageAction.BREACH for promise in stage.promises}
    for promise in Promise:
        if promise not in breached:
            id, told = f"breach-of-{promise}", (Recipient.CUSTOMER_CARE_MANAGER,)
            yield Stage(id=id, promises=(promise,), action=StageAction.BREACH, fraction=Fraction(1), after=None, notify=told)


def _local_names(file: document.ContractFile, announcements: Sequence[document.AnnouncementFile]) -> dict[str, Text]:
    """By what the calendars carry: the name in its first language."""
    texts = [name for calendar in file.calendars.values() for name in calendar.named()]
    for each in announcements:
        texts += [each.reason, *(span.reason for span in (*each.closures, *each.openings) if span.reason is not None)]
    return {next(iter(text.values())): text for text in texts}


def _counted(target: table.Target, otherwise: str) -> TargetOn:
    return TargetOn(target=target.target(), calendar=target.calendar or otherwise)


def _default(file: document.ContractFile) -> str:
    assert file.calendar is not None  # filled in by validation
    return file.calendar


def _usual(names: Text, file: document.ContractFile) -> Text:
    """In the contract's languages, as far as we know them (in English otherwise), and in those the desk itself speaks."""
    return {language: names.get(language, names["en"]) for language in file.languages} | dict(names)


def _named(name: Mapping[str, str] | None, otherwise: str, file: document.ContractFile) -> Text:
    return name or dict.fromkeys(file.languages, otherwise)
