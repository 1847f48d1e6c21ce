"""Says on the error output how long a count will yet take: a tenth of a second of a processor for each request."""

import sys
import time
from collections.abc import Callable

EVERY_S = 10


class Pace:
    """Called with the share of the month that is counted, 0 to 1."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._begun = self._said = clock()

    def __call__(self, share: float) -> None:
        now = self._clock()
        if now - self._said < EVERY_S or not share:
            return
        self._said = now
        left = (now - self._begun) * (1 - share) / share
        print(f"{share * 100:.0f} % counted, about {left:.0f} s to go", file=sys.stderr)
