"""The error budget: how much of a period may be lost before its target is missed, what is used, and what is left for certain.

99.95 % of March 2026 in Rome: 743 hours, so 22.29 minutes; of a month of 30 days, 21.6. A month that excludes four hours of
maintenance counts four hours less, and its budget is smaller by 0.12 minutes: so the budget is used up when, and only when, the
target cannot be met any more.
"""

from dataclasses import dataclass
from datetime import timedelta
from fractions import Fraction

from shared.domain.availability import Judgement

ALARMING = Fraction(1, 4)
"""Of what is left of the budget: when so much is unknown, the monitor's own gaps begin to decide the verdict."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Budget:
    """Minutes, exact. `used`: down for certain. `unknown`: may have been down. `left`: least and most that may be left; below
    zero, the target is missed by so much."""

    allowed: Fraction
    used: Fraction
    unknown: Fraction

    @property
    def left(self) -> tuple[Fraction, Fraction]:
        return self.allowed - self.used - self.unknown, self.allowed - self.used


def budget(judgement: Judgement, target: Fraction, counted: timedelta) -> Budget:
    """`counted`: the whole period's real length without what is excluded of it, also when it is still running."""
    return Budget(allowed=(1 - target) * minutes(counted), used=minutes(judgement.down), unknown=minutes(judgement.unknown))


def gap_alarm(budget: Budget) -> bool:
    """Whether unknown time passes a quarter of what is left of the budget. Where nothing is left, any unknown time does."""
    return budget.unknown > max(budget.left[1], Fraction(0)) * ALARMING


def minutes(length: timedelta) -> Fraction:
    return Fraction(length // timedelta(microseconds=1), 60_000_000)


def cut_minutes(amount: Fraction) -> str:
    """Minutes cut to four decimals, towards less: never more is shown to be left than there is. -0.00001 is "-0.0001"."""
    tenths = amount.numerator * 10_000 // amount.denominator
    whole, rest = divmod(abs(tenths), 10_000)
    return f"{'-' if tenths < 0 else ''}{whole}.{rest:04d}"


def raised_minutes(amount: Fraction) -> str:
    """Minutes from 0 on, raised to four decimals: never less is shown to be used than there is."""
    return cut_minutes(-amount).removeprefix("-")
