"""The levels of support in a contract file: what each says about who pays for what."""

from typing import Annotated

from pydantic import Field

from shared.catalogue.parser.scalars import ActivityName, ClassificationName, ClauseName, DeliveryName, Id, Shape, Text, TierName
from shared.catalogue.parser.words import listed
from shared.domain.tier import Channel, Terms


class Right(Shape):
    """What a tier says about one activity."""

    name: Text
    terms: Annotated[
        Terms,
        Field(strict=False, description="covered by the fee, charged to the customer, quoted first, or not_covered."),
    ] = Terms.COVERED
    classifications: Annotated[list[ClassificationName], Field(description="The requests it is about; without it, any.")] = []
    channels: Annotated[
        list[Annotated[Channel, Field(strict=False)]], Field(description="How to ask for it; without it, any.")
    ] = []
    delivery: Annotated[list[DeliveryName], Field(description="The modes of delivery it is for; without it, any.")] = []
    activity: Annotated[
        ActivityName | None, Field(description="Only where this activity is asked for by name; without it, for any request.")
    ] = None
    clause: Annotated[ClauseName | None, Field(description="The clause it rests on.")] = None
    sentence: Annotated[Text | None, Field(description="Why, told to the customer; without it, made from the name.")] = None


class Tier(Shape):
    """A level of support."""

    name: Annotated[Text | None, Field(description="Without it, the id.")] = None
    includes: Annotated[TierName | None, Field(description="The tier whose rights it has as well.")] = None
    rights: Annotated[
        dict[Id, Right], Field(description="Activities by id; an id of the included tier replaces that right.")
    ] = {}
    otherwise: Annotated[Terms, Field(strict=False, description="The terms of whatever no right names.")] = Terms.QUOTED
    clause: Annotated[ClauseName | None, Field(description="The clause on what no right names.")] = None
    sentence: Annotated[Text | None, Field(description="What the customer is told of what no right names.")] = None


def no_circle(tiers: dict[str, Tier]) -> dict[str, Tier]:
    for id in tiers:
        seen, here = {id}, tiers[id].includes
        while here is not None:
            if here in seen:
                raise ValueError(f"include each other in a circle: {listed(sorted(seen))}")
            seen.add(here)
            here = tiers[here].includes
    return tiers
