"""What a list of tickets is asked: from a URL's query to the domain's filters. What is wrong is told with what is allowed."""

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass

from shared.domain.contract import Catalogue
from shared.domain.errors import InvalidInput, UnknownCustomer
from shared.domain.listing import ANY, COLUMNS, NOT_SET, OPEN, Filters
from shared.domain.ticket import State
from shared.domain.tier import Channel

_CUSTOMER = re.compile("[A-Z][A-Z0-9]{1,11}")

LARGEST_PAGE = 200
USUAL_PAGE = 50
LONGEST_TEXT = 200

PARAMETERS: Mapping[str, str] = {
    "limit": f"How many tickets a page may hold: 1 to {LARGEST_PAGE}; {USUAL_PAGE} if nothing is said.",
    "cursor": "`next_cursor` of the page before.",
    "order": "`urgency` for open and resolved requests, `newest` for a customer's archive: each list has one order.",
    "state": f"One of {', '.join(State)}, or `any`, or `open` for what is neither resolved nor closed: that if nothing is said.",
    "customer": "A customer's id.",
    "product": "A product of the catalogue.",
    "classification": f"A classification of the catalogue, or `{NOT_SET}`.",
    "priority": f"A priority of the catalogue, or `{NOT_SET}` before triage.",
    "assignee": f"The id of a member of staff, or `{NOT_SET}`; for staff alone.",
    "channel": f"One of {', '.join(Channel)}.",
    "overdue": "`true`: a promise is broken that is still to be kept; `false`: none is.",
    "q": f"Text in the subject, whatever its case and accents; at most {LONGEST_TEXT} characters.",
}
"""The words that a list knows, for the API's description."""

FOR_STAFF = ("assignee",)
"""What a customer's people cannot ask for: they do not learn who works at the desk."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ListForm:
    """A list as it is asked for. `is_archive`: of one customer, read from the tickets; otherwise from the board."""

    limit: int
    cursor: str | None
    filters: Filters
    customer: str | None
    is_archive: bool


def list_form(query: Mapping[str, str], catalogue: Catalogue, staff: Collection[str], *, of: str | None) -> ListForm:
    """The list that a query asks for. Raises InvalidInput or UnknownCustomer.

    `of`: the customer whose person asks: they see that customer's alone, and what is not open in its archive.
    """
    known = [name for name in PARAMETERS if of is None or name not in FOR_STAFF]
    for name in query:
        if name not in known:
            raise InvalidInput(f"{name[:40]!r} is not known here; allowed: {', '.join(known)}.", field=name[:40])
    states = _states(query.get("state"))
    customer = _customer(query.get("customer"), of)
    is_archive = State.CLOSED in states or (of is not None and not states <= OPEN)
    if is_archive and customer is None:
        raise InvalidInput(f"state is {query['state']!r}, which is read customer by customer; add customer=….", field="customer")
    _one_of(query, "order", ["newest" if is_archive else "urgency"])
    allowed = _of_the_catalogue(catalogue) | {"assignee": [*sorted(staff), NOT_SET], "channel": [*Channel]}
    for column, values in allowed.items():
        _one_of(query, column, values)
    overdue = _one_of(query, "overdue", ["true", "false"])
    wanted = {column: query[column] for column in COLUMNS if column in query}
    filters = Filters(
        states=states,
        wanted=wanted if of is None else {**wanted, "customer": of},
        is_overdue=None if overdue is None else overdue == "true",
        text=_text(query.get("q")),
    )
    return ListForm(
        limit=_limit(query.get("limit")), cursor=query.get("cursor"), filters=filters, customer=customer, is_archive=is_archive
    )


def _states(state: str | None) -> frozenset[State]:
    if state is None or state == "open":
        return OPEN
    if state == "any":
        return ANY
    _one_of({"state": state}, "state", [*State, "open", "any"])
    return frozenset({State(state)})


def _customer(customer: str | None, of: str | None) -> str | None:
    """Nobody learns from a customer's person's list which other customers there are."""
    if customer is not None and not _CUSTOMER.fullmatch(customer):
        raise InvalidInput(f"customer is {customer[:40]!r}; allowed: a customer's id, such as ACME.", field="customer")
    if of is not None and customer not in (None, of):
        raise UnknownCustomer(f"There is no customer {customer!r}.")
    return customer or of


def _of_the_catalogue(catalogue: Catalogue) -> dict[str, list[str]]:
    contracts = catalogue.contracts
    families = [family for contract in contracts for family in contract.families.values()]
    priorities = {number for family in families for number in family.priorities}
    return {
        "product": sorted({product for contract in contracts for product in contract.products}),
        "classification": [*sorted({each for contract in contracts for each in contract.classifications}), NOT_SET],
        "priority": [*map(str, sorted(priorities)), NOT_SET],
    }


def _one_of(query: Mapping[str, str], name: str, allowed: Collection[str]) -> str | None:
    value = query.get(name)
    if value is not None and value not in allowed:
        raise InvalidInput(f"{name} is {value[:40]!r}; allowed: {', '.join(allowed)}.", field=name)
    return value


def _limit(limit: str | None) -> int:
    if limit is None:
        return USUAL_PAGE
    if not (limit.isascii() and limit.isdigit() and len(limit) <= 3 and 1 <= int(limit) <= LARGEST_PAGE):
        raise InvalidInput(f"limit is {limit[:20]!r}; allowed: 1 to {LARGEST_PAGE}.", field="limit")
    return int(limit)


def _text(text: str | None) -> str:
    if text is not None and not 0 < len(text.strip()) <= LONGEST_TEXT:
        raise InvalidInput(f"q is empty or too long; allowed: 1 to {LONGEST_TEXT} characters.", field="q")
    return text or ""
