"""Under which guarantee, by which version of the contract, and by which permitted hours a service's time is judged."""

from collections.abc import Collection
from datetime import datetime

from shared.domain.contract import Catalogue, Contract
from shared.domain.errors import CatalogueError, InvalidInput
from shared.domain.guarantee import Guarantee
from shared.domain.guarantees.windows import Hours, Terms
from shared.domain.watch.service import Service
from shared.domain.worktime.span import Span


def contract_at(catalogue: Catalogue, id: str, at: datetime) -> Contract:
    """The version that a period is judged by: the one in force when it began; before there was any, the first."""
    try:
        return catalogue.in_force(id, at)
    except CatalogueError:
        versions = [contract for contract in catalogue.contracts if contract.id == id]
        if not versions:
            raise
        return min(versions, key=lambda contract: contract.effective_from)


def guarantees_in(catalogue: Catalogue, id: str, span: Span, now: datetime) -> tuple[Guarantee, ...]:
    """Those of every version that was in force in a time, as far as it has come; each as the first of them has it."""
    later = [each for each in catalogue.contracts if each.id == id and span[0] < each.effective_from < span[1]]
    later = sorted((each for each in later if each.effective_from <= now), key=lambda each: each.effective_from)
    found: dict[str, Guarantee] = {}
    for contract in (contract_at(catalogue, id, span[0]), *later):
        for guarantee in contract.guarantees:
            found.setdefault(guarantee.id, guarantee)
    return tuple(found.values())


def guarantee_of(contract: Contract, id: str) -> Guarantee:
    """InvalidInput when the contract has none of that name."""
    return one_of(contract.guarantees, id)


def one_of(guarantees: Collection[Guarantee], id: str) -> Guarantee:
    """InvalidInput when there is none of that name."""
    for guarantee in guarantees:
        if guarantee.id == id:
            return guarantee
    allowed = sorted(guarantee.id for guarantee in guarantees)
    raise InvalidInput(f"There is no guarantee {id[:40]!r}; allowed: {', '.join(allowed) or 'none'}.", field="guarantee")


def guarantees_of(contract: Contract, service: Service) -> list[Guarantee]:
    """Those of a service that the contract has."""
    return [guarantee for guarantee in contract.guarantees if guarantee.id in service.guarantees]


def judging(catalogue: Catalogue, id: str, guarantee: Guarantee, at: datetime) -> tuple[Contract, Guarantee]:
    """By which version a guarantee of a contract is judged at an instant: by the one that was in force when the guarantee's own
    period began. Of an instant whose version does not have it, by the next one that does, or else by the last before it."""
    contract, then = (
        _having(catalogue, id, guarantee.id, at)
        or _nearest(catalogue, id, guarantee.id, at)
        or (contract_at(catalogue, id, at), guarantee)
    )
    began = _having(catalogue, id, guarantee.id, then.period_at(at)[0])
    return began if began is not None and began[1].period is then.period else (contract, then)


def terms_of(catalogue: Catalogue, id: str, guarantee: Guarantee) -> Terms:
    """The guarantee of a contract, with its hours, by the version that judges each of its periods."""

    def terms(at: datetime) -> tuple[Guarantee, Hours]:
        contract, then = judging(catalogue, id, guarantee, at)
        return then, hours_of(contract, then)

    return terms


def _having(catalogue: Catalogue, id: str, guarantee: str, at: datetime) -> tuple[Contract, Guarantee] | None:
    contract = contract_at(catalogue, id, at)
    return next(((contract, each) for each in contract.guarantees if each.id == guarantee), None)


def _nearest(catalogue: Catalogue, id: str, guarantee: str, at: datetime) -> tuple[Contract, Guarantee] | None:
    versions = sorted((each for each in catalogue.contracts if each.id == id), key=lambda each: each.effective_from)
    later = [each for each in versions if each.effective_from > at]
    earlier = [each for each in versions if each.effective_from <= at]
    having = ((each, one) for each in (*later, *earlier[::-1]) for one in each.guarantees if one.id == guarantee)
    return next(having, None)


def hours_of(contract: Contract, guarantee: Guarantee) -> Hours:
    """The calendar of the hours in which maintenance is permitted, as known at any instant."""
    name = guarantee.maintenance.calendar
    if name is None:
        return None
    history = contract.calendars[name]
    return lambda at: history.known_at(at).calendar
