"""`python -m shared.catalogue.check [paths]`: validates contract files and says in a line what each promises; so the services.

`--schema` prints the JSON Schema of the contract files instead, `--services-schema` that of the file of services. Exit status 1,
and the mistakes on the error output, when there are any.
"""

import argparse
import json
import sys
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from zoneinfo import ZoneInfo

from shared.catalogue.parser import load
from shared.catalogue.parser.schema import schema, services_schema
from shared.catalogue.parser.services import load_services
from shared.domain.contract import Contract
from shared.domain.errors import CatalogueError
from shared.domain.watch.service import Services

HERE = Path(__file__).parent


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m shared.catalogue.check", description="Validates contract files.")
    parser.add_argument("paths", nargs="*", type=Path, default=[HERE], help="files or folders (default: the shipped catalogue)")
    parser.add_argument("--schema", action="store_true", help="print the JSON Schema of the files")
    parser.add_argument("--services-schema", action="store_true", help="print the JSON Schema of the file of services")
    given = parser.parse_args(arguments)
    if given.schema or given.services_schema:
        print(json.dumps(schema() if given.schema else services_schema(), indent=2, ensure_ascii=False))
        return 0
    try:
        catalogue = load(given.paths)
        services = load_services(given.paths, catalogue)
    except CatalogueError as wrong:
        print(wrong.detail, file=sys.stderr)
        return 1
    for contract in catalogue.contracts:
        print(summary(contract))
    if services.is_any:
        print(watched(services))
    return 0


def summary(contract: Contract) -> str:
    """One line: `zenshare-support 2026-1 from 2020-01-01 00:00 Europe/Rome: families 3, …; calendars office v1, …`."""
    rows = [row for family in contract.families.values() for row in family.priorities.values()]
    start = contract.effective_from.astimezone(ZoneInfo(contract.zone))
    calendars = ", ".join(f"{name} v{history.versions[-1].number}" for name, history in contract.calendars.items())
    counts = [
        (len(contract.families), "families"),
        (len(contract.products), "products"),
        (sum(len(row.targets) for row in rows), "targets"),
        (len(contract.classifications), "classifications"),
        (len(contract.tiers), "tiers"),
        (len(contract.guarantees), "guarantees"),
        (len(contract.ladder), "stages"),
    ]
    listed = ", ".join(f"{what} {count}" for count, what in counts)
    return (
        f"{contract.id} {contract.version} from {start:%Y-%m-%d %H:%M} {contract.zone}: {listed}; "
        f"calendars {calendars}; digest {contract.digest[:12]}"
    )


def watched(services: Services) -> str:
    """One line: `services under zenshare-support, tickets of INTERZEN: archive (http 1, tls 1; every 60 s), …`."""
    told = []
    for service in services.services.values():
        kinds = Counter(check.kind.value for check in service.checks)
        checks = ", ".join(f"{kind} {count}" for kind, count in kinds.items())
        told.append(f"{service.id} ({checks}; every {service.interval.total_seconds():g} s)")
    return f"services under {services.contract}, tickets of {services.desk}: {', '.join(told) or 'none'}"


if __name__ == "__main__":
    sys.exit(main())
