"""Under which guarantee, by which version of the contract, and by which permitted hours a service's time is judged."""

from datetime import datetime

from shared.domain.contract import Catalogue, Contract
from shared.domain.errors import CatalogueError, InvalidInput
from shared.domain.guarantee import Guarantee
from shared.domain.watch.service import Service, Services
from shared.domain.watch.windows import Hours


def contract_at(catalogue: Catalogue, id: str, at: datetime) -> Contract:
    """The version that a period is judged by: the one in force when it began; before there was any, the first."""
    try:
        return catalogue.in_force(id, at)
    except CatalogueError:
        versions = [contract for contract in catalogue.contracts if contract.id == id]
        if not versions:
            raise
        return min(versions, key=lambda contract: contract.effective_from)


def guarantee_of(contract: Contract, id: str) -> Guarantee:
    """InvalidInput when the contract has none of that name."""
    for guarantee in contract.guarantees:
        if guarantee.id == id:
            return guarantee
    allowed = sorted(guarantee.id for guarantee in contract.guarantees)
    raise InvalidInput(f"There is no guarantee {id[:40]!r}; allowed: {', '.join(allowed) or 'none'}.", field="guarantee")


def guarantees_of(contract: Contract, service: Service) -> list[Guarantee]:
    """Those of a service that the contract has."""
    return [guarantee for guarantee in contract.guarantees if guarantee.id in service.guarantees]


def services_under(services: Services, guarantee: str) -> list[Service]:
    """In the order of their ids."""
    return [services.services[id] for id in sorted(services.services) if guarantee in services.services[id].guarantees]


def hours_of(contract: Contract, guarantee: Guarantee) -> Hours:
    """The calendar of the hours in which maintenance is permitted, as known at any instant."""
    name = guarantee.maintenance.calendar
    if name is None:
        return None
    history = contract.calendars[name]
    return lambda at: history.known_at(at).calendar
