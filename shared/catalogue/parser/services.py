"""Reads the file of the services that are watched, which lies beside the contracts, and checks it against them."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from shared.catalogue.parser import watched
from shared.catalogue.parser.loading import Source, read, valid
from shared.catalogue.parser.names import Names
from shared.domain.contract import Catalogue
from shared.domain.errors import CatalogueError
from shared.domain.watch.service import NOTHING, Check, Service, Services, Thresholds

SOMEWHERE = "https://sportello.invalid"
"""What ${PUBLIC_URL} means where nobody says: for checking a file."""

_CHECK, _THRESHOLDS = timedelta(seconds=5), Thresholds()


def load_services(paths: Sequence[Path], catalogue: Catalogue, public_url: str = SOMEWHERE) -> Services:
    """The services in the files and folders; NOTHING when no file of them is there.

    `catalogue`: the contracts in the same places. `public_url`: without a final slash, what ${PUBLIC_URL} means.
    Raises CatalogueError: a line for each mistake, which names the file, the key and what is allowed.
    """
    mistakes: list[str] = []
    sources = [source for source in read(paths, mistakes) if source.is_of_services]
    for another in sources[1:]:
        mistakes.append(f"{another.path}: services are in {sources[0].path} already; all of them stand in one file.")
    files = [valid(watched.ServicesFile, source, _names(source, catalogue, public_url), mistakes) for source in sources]
    if mistakes:
        raise CatalogueError("\n".join(mistakes), mistakes=tuple(mistakes))
    return _services(files[0]) if files and files[0] else NOTHING


def _names(source: Source, catalogue: Catalogue, public_url: str) -> Names:
    """What the file may refer to: all that any version of its contract has. No such contract is a mistake of its own."""
    id = source.content.get("contract")
    versions = [contract for contract in catalogue.contracts if contract.id == id] or list(catalogue.contracts)
    languages = _each(language for contract in versions for language in contract.languages)
    return Names(
        zone=ZoneInfo("UTC"),
        languages=languages or None,
        defined={
            "contracts": _each(contract.id for contract in catalogue.contracts),
            "products": _each(product for contract in versions for product in contract.products),
            "guarantees": _each(guarantee.id for contract in versions for guarantee in contract.guarantees),
        },
        public_url=public_url,
    )


def _each(names: Iterator[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(names))


def _services(file: watched.ServicesFile) -> Services:
    services: Mapping[str, Service] = {id: _service(id, each) for id, each in file.services.items()}
    return Services(contract=file.contract, desk=file.desk, services=services)


def _service(id: str, given: watched.Service) -> Service:
    timeout = _length(given.timeout, _CHECK)
    return Service(
        id=id,
        name=given.name,
        owner=given.owner,
        checks=tuple(_check(check, timeout) for check in given.checks),
        interval=_length(given.interval, timedelta(minutes=1)),
        thresholds=Thresholds(
            failures=given.thresholds.failures,
            successes=given.thresholds.successes,
            reprobe_after=_length(given.thresholds.reprobe_after, _THRESHOLDS.reprobe_after),
            reopen_within=_length(given.thresholds.reopen_within, _THRESHOLDS.reopen_within),
        ),
        products=tuple(dict.fromkeys(given.products)),
        guarantees=tuple(dict.fromkeys(given.guarantees)),
        has_witness=given.witness is not None,
        witness_interval=_length(given.witness, timedelta(minutes=5)),
        is_public=given.public,
    )


def _check(given: watched.Check, timeout: timedelta) -> Check:
    return Check(
        kind=given.kind,
        target=given.target,
        timeout=_length(given.timeout, timeout),
        status=tuple(given.status),
        contains=given.contains,
        json_path=given.json_path,
        equals=given.equals,
        slower_than=given.slower_than.length() if given.slower_than else None,
        days_left=given.days_left,
        record_type=given.record_type,
        records=tuple(given.records),
    )


def _length(given: watched.Lasting | None, otherwise: timedelta) -> timedelta:
    return otherwise if given is None else given.length()
