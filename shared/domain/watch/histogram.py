"""How long services took to answer: counts in fixed buckets, so that days add up to months and a month costs a line.

A percentile read from buckets is a bound, not a value: the answers it speaks of took that long at most.
"""

import re
from bisect import bisect_left
from dataclasses import dataclass
from itertools import zip_longest

from shared.domain.errors import InvalidInput

BOUNDS_MS = (
    *(1, 2, 3, 5, 7, 10, 15, 20, 30, 50, 70, 100, 150, 200, 300, 500, 700),
    *(1_000, 1_500, 2_000, 3_000, 5_000, 7_000, 10_000, 15_000, 20_000, 30_000),
)
"""The longest time, in ms, that each bucket holds: about six to a power of ten, so a bound is at most twice the value (half as
much again from 2 ms on, and two thirds at most). What took longer is in one bucket more. They never change: stored days are
read by them."""

_PACKED = re.compile(r"[0-9a-z]*(\.[0-9a-z]*)*:[0-9a-z]+")


@dataclass(frozen=True, slots=True, kw_only=True)
class Histogram:
    """`counts` by bucket, the last for all that took longer than every bound; `longest`: the longest of all, in ms."""

    counts: tuple[int, ...] = ()
    longest: int = 0

    @property
    def total(self) -> int:
        return sum(self.counts)

    def added(self, latency_ms: int) -> "Histogram":
        """With one answer more."""
        if latency_ms < 0:
            raise InvalidInput(f"An answer cannot have taken {latency_ms} ms.")
        one = (0,) * bisect_left(BOUNDS_MS, latency_ms) + (1,)
        return self.merged(Histogram(counts=one, longest=latency_ms))

    def merged(self, other: "Histogram") -> "Histogram":
        """Of both together. The order does not matter."""
        counts = tuple(one + another for one, another in zip_longest(self.counts, other.counts, fillvalue=0))
        return Histogram(counts=counts, longest=max(self.longest, other.longest))

    @property
    def buckets(self) -> tuple[tuple[int | None, int], ...]:
        """Each with its bound in ms, None beyond all bounds, and how many answers are in it."""
        return tuple(zip((*BOUNDS_MS, None), self.counts, strict=False))

    def percentile(self, percent: int) -> int | None:
        """The ms within which at least so many per cent of the answers came (1 to 100). None when there was none."""
        if not 1 <= percent <= 100:
            raise InvalidInput(f"A percentile is a whole number from 1 to 100, not {percent}.")
        rank = -(-self.total * percent // 100)
        for bucket, count in enumerate(self.counts):
            rank -= count
            if rank <= 0 and count:
                bound = BOUNDS_MS[bucket] if bucket < len(BOUNDS_MS) else self.longest
                return min(bound, self.longest)
        return None

    def pack(self) -> str:
        """As a line of ASCII: counts in base 36 with dots between them, empty for 0, a colon, the longest."""
        return ".".join(_base36(count) if count else "" for count in self.counts) + ":" + _base36(self.longest)


def unpack(text: str) -> Histogram:
    """The histogram again. InvalidInput: it is none, or has more buckets than there are."""
    if not _PACKED.fullmatch(text) or text.count(".") > len(BOUNDS_MS):
        raise InvalidInput(f"This is no packed histogram: {text[:80]!r}.")
    counts, _, longest = text.partition(":")
    parts = counts.split(".") if counts else []
    return Histogram(counts=tuple(int(part, 36) if part else 0 for part in parts), longest=int(longest, 36))


def _base36(number: int) -> str:
    digits = ""
    while True:
        number, digit = divmod(number, 36)
        digits = "0123456789abcdefghijklmnopqrstuvwxyz"[digit] + digits
        if not number:
            return digits
