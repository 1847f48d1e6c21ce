"""What people do with a ticket: one function each, all the same shape: load, may they, decide, save.

Whoever changes a ticket sees it: the record of that is written in the change's own transaction.
"""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Concatenate

from shared.actions import cases
from shared.actions.custody import access
from shared.actions.desk import Desk
from shared.actions.once import Once
from shared.actions.ports import Insert, Table, Write
from shared.actions.watch import reporting
from shared.domain import lifecycle
from shared.domain.conclusion import Occasion, Said
from shared.domain.errors import Conflict, SportelloError, StaleVersion
from shared.domain.people import Principal
from shared.domain.ticket import Decision, DisputeAbout, Ticket


class Change:
    """A change that somebody asks for. `if_match`: the revision they have seen; None: whatever it is. `once`: their key.

    `is_replay`: what was asked had been done before, under the same key. `beside`: what a transition finds must be written with
    its decision, in the same transaction; set anew each time it decides.
    """

    def __init__(
        self,
        desk: Desk,
        now: datetime,
        *,
        actor: Principal,
        ticket: str,
        if_match: int | None = None,
        once: Once | None = None,
    ) -> None:
        self.desk, self.now, self.actor, self.id, self.once = desk, now, actor, ticket, once
        self.if_match = if_match
        self.is_replay = False
        self.beside: Sequence[Write] = ()

    def acknowledge(self) -> Ticket:
        return self.by(lifecycle.acknowledge)

    def classify(self, classification: str, activity: str | None = None) -> Ticket:
        def decide(ticket: Ticket, occasion: Occasion) -> Decision | None:
            outage, over = reporting.known(self.desk, ticket, occasion, classification)
            decision = lifecycle.classify(ticket, occasion, classification, activity, outage, is_over=over is not None)
            if decision is not None and outage is not None:
                reporting.note(self.desk, decision.ticket)
            if decision is not None and over is not None:
                reporting.ask_again(self.desk, over, occasion.now)
            return decision

        return self._by(decide)

    def prioritise(self, priority: int) -> Ticket:
        return self.by(lifecycle.prioritise, priority)

    def assign(self, assignee: str) -> Ticket:
        return self.by(lifecycle.assign, assignee)

    def reply(self, text: str) -> Ticket:
        return self.by(lifecycle.reply, self.said(text))

    def hold(self, question: str) -> Ticket:
        return self.by(lifecycle.ask, self.said(question))

    def resume(self, answered_at: datetime | None, answer: str | None) -> Ticket:
        return self.by(lifecycle.resume, answered_at, self.said(answer) if answer else None)

    def message(self, text: str) -> Ticket:
        return self.by(lifecycle.message, self.said(text))

    def resolve(self, text: str | None) -> Ticket:
        return self.by(lifecycle.resolve, self.said(text) if text else None)

    def treat(self, text: str | None) -> Ticket:
        return self.by(lifecycle.treat, self.said(text) if text else None)

    def close(self, text: str | None, classification: str | None = None) -> Ticket:
        return self.by(lifecycle.close, self.said(text) if text else None, classification)

    def reopen(self, reason: str) -> Ticket:
        return self.by(lifecycle.reopen, self.said(reason))

    def dispute(self, about: DisputeAbout, claim: str, text: str, clock: str | None = None) -> Ticket:
        said = self.said(text)
        return self._by(lambda ticket, occasion: lifecycle.dispute(ticket, occasion, about, claim, said, clock=clock))

    def answer_dispute(self, number: int, upheld: bool, text: str) -> Ticket:
        return self.by(lifecycle.answer_dispute, number, upheld, self.said(text))

    def said(self, text: str) -> Said:
        return Said(text=text, salt=self.desk.salt(), beside=self.desk.salt() if self.actor.customer is not None else "")

    def by[**P](
        self, transition: Callable[Concatenate[Ticket, Occasion, P], Decision | None], *args: P.args, **kwargs: P.kwargs
    ) -> Ticket:
        """Makes the change that a transition of the domain decides."""
        return self._by(lambda ticket, occasion: transition(ticket, occasion, *args, **kwargs))

    def _by(self, transition: Callable[[Ticket, Occasion], Decision | None]) -> Ticket:
        tries = 0

        def decide(ticket: Ticket) -> Decision | None:
            nonlocal tries
            tries += 1
            self.beside = ()
            access.permitted(self.desk, ticket, self.actor, self.now)
            if tries > 1 and self.was_done(ticket):
                return None
            try:
                return transition(ticket, cases.occasion(self.desk, ticket, self.actor, self.now))
            except SportelloError:
                if self.was_done(ticket):
                    return None
                raise

        try:
            return self._saved(decide)
        except StaleVersion as stale:
            return self.as_it_stands(stale)

    def _saved(self, decide: Callable[[Ticket], Decision | None]) -> Ticket:
        decided: list[Decision | None] = [None]

        def noting(ticket: Ticket) -> Decision | None:
            decided[0] = decide(ticket)
            return decided[0]

        ticket = cases.change(self.desk, self.id, noting, self.now, also=self._noted, if_match=self.if_match)
        if decided[0] is None:
            self.show(ticket)
        return ticket

    def _noted(self, ticket: Ticket) -> list[Write]:
        """What goes into a change's transaction: who saw the ticket, the key unless that is there, what else was decided."""
        return [self.seen(ticket), *([self.once.row(ticket.id)] if self.once and not self.is_replay else []), *self.beside]

    def show(self, ticket: Ticket) -> None:
        """Nothing was to be changed, but the ticket is shown, and the key is used up."""
        self.beside = ()
        try:
            self.desk.rows.commit(Table.DESK, ticket.customer, self._noted(ticket))
        except Conflict:
            self.was_done(ticket)
            self.desk.rows.commit(Table.DESK, ticket.customer, [self.seen(ticket)])

    def as_it_stands(self, stale: StaleVersion) -> Ticket:
        """Somebody else was first: they are shown the ticket with the refusal, unless it was they themselves, a moment ago."""
        ticket = stale.facts["ticket"]
        assert isinstance(ticket, Ticket)
        access.permitted(self.desk, ticket, self.actor, self.now)
        self.desk.rows.commit(Table.DESK, ticket.customer, [self.seen(ticket)])
        if self.was_done(ticket):
            return ticket
        raise stale

    def seen(self, ticket: Ticket) -> Insert:
        """The record of the actor's seeing the ticket by changing it."""
        found = access.permitted(self.desk, ticket, self.actor, self.now)
        return Insert(access.row(self.desk, ticket, self.actor, found, "change", self.now))

    def was_done(self, ticket: Ticket) -> bool:
        """Whether this was done before, under the same key."""
        if self.once is None or not self.once.was_done(self.desk, ticket.customer):
            return False
        self.is_replay = True
        return True
