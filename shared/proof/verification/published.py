"""Compares the contract in an evidence file with the one in a catalogue: the one check that looks outside the file."""

from collections.abc import Sequence
from datetime import date
from pathlib import Path

from shared.catalogue import parser
from shared.domain import dossier
from shared.domain.contract import Contract
from shared.domain.errors import CatalogueError, SportelloError
from shared.domain.evidence import stamp
from shared.domain.worktime.definition import defined, names
from shared.proof.verification.reading import Broken, Part


def check_published(file: Part, folders: Sequence[Path]) -> str:
    """Raises Broken where the file's contract is not the one in the catalogue."""
    id, version, where = file["contract"]["id"].text(), file["contract"]["version"].text(), ", ".join(map(str, folders))
    try:
        contract = parser.load(folders).version(id, version)
    except CatalogueError as wrong:
        raise Broken("contract", f"a contract in {where}", wrong.detail) from None
    check_against(file, contract)
    return f"{id}@{version} is the one in {where}"


def check_against(file: Part, contract: Contract) -> None:
    """The digest, every target and stage that the file states, and every calendar on the days that it covers. Raises Broken."""
    given = file["contract"]
    given["digest"].must_be(contract.digest)
    given["effective_from"].must_be(stamp(contract.effective_from))
    try:
        _check_targets(given, contract, file["ticket"]["product"].text())
    except (SportelloError, KeyError, ValueError) as wrong:
        raise Broken("contract", "what the published contract has", str(wrong)) from None
    for calendar in file["calendars"].items():
        _check_calendar(calendar, contract)


def _check_targets(given: Part, contract: Contract, product: str) -> None:
    given["family"].must_be(contract.products[product].family)
    for kind, part in given["classifications"].pairs():
        found = contract.classification(kind)
        part.must_be({"has_targets": found.has_targets, "family": found.family if found.has_targets else None})
    for id, table in given["families"].pairs():
        family = contract.families[id]
        if not table["untriaged_priority"].is_null:
            table["untriaged_priority"].must_be(family.untriaged_priority)
        for number, row in table["priorities"].pairs():
            targets = family.priority(int(number)).targets
            row.must_be({promise.value: dossier.target(on) for promise, on in targets.items()})
    if not given["reopening"].is_null:
        given["reopening"].must_be(dossier.target(contract.reopening))
    ladder = {stage.id: dossier.stage(stage) for stage in contract.ladder}
    for stage in given["ladder"].items():
        stage.must_be(ladder.get(stage["id"].text()))


def _check_calendar(calendar: Part, contract: Contract) -> None:
    """A catalogue may know of announcements that came after the file."""
    name = calendar["name"].one_of({id: id for id in contract.calendars})
    first, last = (date.fromisoformat(each.text()) for each in calendar["covers"].items())
    versions = contract.calendars[name].versions
    for version, part in zip(versions, calendar["versions"].items(), strict=False):
        rules = version.calendar.rules
        part["announced_at"].must_be(stamp(version.announced_at))
        part["author"].must_be(version.author)
        part["reason"].must_be(dict(version.reason))
        part["definition"].must_be(defined(rules, first, last))
        part["names"].must_be(names(rules, first, last))
    if (count := len(list(calendar["versions"].items()))) > len(versions):
        raise Broken(calendar["versions"].where, f"{len(versions)} versions", count)
