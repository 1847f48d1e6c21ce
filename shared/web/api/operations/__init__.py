"""The one table of the API's operations, by the names of the functions that answer them."""

from collections.abc import Mapping

from shared.web.api.operation import Operation
from shared.web.api.operations import availability, cards, changes, customers, outside, reading, running, status, subscriptions

TAGS: Mapping[str, str] = {
    reading.TAG: "A ticket, its history, why its deadlines are what they are, and the lists of tickets.",
    changes.TAG: "One noun for each change of a ticket's state.",
    cards.TAG: "Intervention cards, the offer forms of support packages, and the hours that are bought and debited.",
    customers.TAG: "What belongs to a customer or a contact, and to no single ticket.",
    availability.TAG: "What was promised of the services and what came of it: judged, announced, frozen.",
    status.TAG: "How the services stand, for anybody; news by e-mail; incidents.",
    running.TAG: "How the desk itself fares, and what waits for people.",
    subscriptions.TAG: "Other systems that are told of events, by signed webhooks.",
    outside.TAG: "Doors without sign-in: the webhooks of portal and second witness, the links in letters, this description.",
}
"""By which operations are grouped, in this order."""

OPERATIONS: Mapping[str, Operation] = {
    each.name: each
    for room in (reading, changes, cards, customers, availability, status, running, subscriptions, outside)
    for each in room.OPERATIONS
}
