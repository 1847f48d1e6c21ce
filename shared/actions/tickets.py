"""What the staff do with a ticket: one function each, all the same shape: load, decide, save."""

from collections.abc import Callable
from datetime import datetime
from typing import Concatenate

from shared.actions import cases
from shared.actions.desk import Desk
from shared.domain import lifecycle
from shared.domain.conclusion import Occasion, Said
from shared.domain.errors import NotPermitted
from shared.domain.people import Principal
from shared.domain.ticket import Decision, Ticket


class Change:
    """A change that a member of staff asks for. `if_match`: the revision they have seen; None: whatever it is."""

    def __init__(self, desk: Desk, now: datetime, *, actor: Principal, ticket: str, if_match: int | None = None) -> None:
        if not actor.is_staff:
            raise NotPermitted("Only staff may change a ticket.")
        self._desk, self._now, self._actor, self._ticket, self._if_match = desk, now, actor, ticket, if_match

    def acknowledge(self) -> Ticket:
        return self._by(lifecycle.acknowledge)

    def classify(self, classification: str) -> Ticket:
        return self._by(lifecycle.classify, classification)

    def prioritise(self, priority: int) -> Ticket:
        return self._by(lifecycle.prioritise, priority)

    def assign(self, assignee: str) -> Ticket:
        return self._by(lifecycle.assign, assignee)

    def reply(self, text: str) -> Ticket:
        return self._by(lifecycle.reply, self._said(text))

    def hold(self, question: str) -> Ticket:
        return self._by(lifecycle.ask, self._said(question))

    def resume(self, answered_at: datetime | None, answer: str | None) -> Ticket:
        return self._by(lifecycle.resume, answered_at, self._said(answer) if answer else None)

    def resolve(self, text: str | None) -> Ticket:
        return self._by(lifecycle.resolve, self._said(text) if text else None)

    def reopen(self, reason: str) -> Ticket:
        return self._by(lifecycle.reopen, self._said(reason))

    def _said(self, text: str) -> Said:
        return Said(text=text, salt=self._desk.salt())

    def _by[**P](
        self, transition: Callable[Concatenate[Ticket, Occasion, P], Decision | None], *args: P.args, **kwargs: P.kwargs
    ) -> Ticket:
        def decide(ticket: Ticket) -> Decision | None:
            occasion = cases.occasion(self._desk, ticket, self._actor, self._now)
            return transition(ticket, occasion, *args, **kwargs)

        return cases.change(self._desk, self._ticket, decide, self._now, if_match=self._if_match)
