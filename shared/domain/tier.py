"""Levels of support that a customer may have bought, and what each says about who pays for what."""

from dataclasses import dataclass
from enum import StrEnum

from shared.domain.text import Text


class Terms(StrEnum):
    """Who pays for an activity: it is in the fee, it is charged to the customer, or it is estimated and agreed first.

    `not_covered`: the contract does not give it at all, to this customer or at this hour.
    """

    COVERED = "covered"
    CHARGED = "charged"
    QUOTED = "quoted"
    NOT_COVERED = "not_covered"


class Channel(StrEnum):
    """By which way an activity is asked for."""

    EMAIL = "email"
    PHONE = "phone"
    WEB = "web"


@dataclass(frozen=True, slots=True, kw_only=True)
class Right:
    """What a tier says about one activity. Empty `classifications`, `channels` or `delivery`: not limited to any.

    `activity`: it applies only where that activity is asked for by name, because no classification tells it apart. `clause`: the
    published clause it rests on. `sentence`: what to tell the customer.
    """

    id: str
    name: Text
    terms: Terms
    classifications: tuple[str, ...] = ()
    channels: tuple[Channel, ...] = ()
    delivery: tuple[str, ...] = ()
    activity: str | None = None
    clause: str | None = None
    sentence: Text | None = None

    @property
    def is_by_phone_alone(self) -> bool:
        return self.channels == (Channel.PHONE,)

    @property
    def limits(self) -> int:
        """How narrow it is: in how many ways it is limited. An activity's name is narrower than all the others together."""
        return sum(map(bool, (self.classifications, self.channels, self.delivery))) + 4 * (self.activity is not None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Tier:
    """A level of support that a customer may have bought.

    `rights` are all of them, those of the tiers it includes first. `otherwise`: the terms of what no right names, with the clause
    that says so and what to tell the customer.
    """

    id: str
    name: Text
    rights: tuple[Right, ...] = ()
    otherwise: Terms = Terms.QUOTED
    clause: str | None = None
    sentence: Text | None = None

    @property
    def covers(self) -> tuple[Text, ...]:
        """The activities that the fee pays for."""
        return tuple(right.name for right in self.rights if right.terms is Terms.COVERED)

    @property
    def charged(self) -> tuple[Text, ...]:
        """The activities that cost extra, by a fixed charge or by estimate."""
        return tuple(right.name for right in self.rights if right.terms in (Terms.CHARGED, Terms.QUOTED))
