"""One run over all services that are due: at the same time, each within its own time limits, and together within the budget.

A service whose look has failed, or has not ended by then, is looked at again `reprobe_after` later, and so on: a target that
hangs is confirmed nearly as soon as one that refuses. An attempt that proves needless is dropped, and is no sample.
"""

import asyncio
import logging
from collections.abc import Callable, Coroutine, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from shared.adapters.probing import dns, http, tcp, tls
from shared.adapters.probing.dial import Way
from shared.adapters.probing.look import Failed, Progress, Unable, failure, too_late
from shared.domain.fault import named, trace
from shared.domain.watch.sample import Outcome, Sample, Seer
from shared.domain.watch.service import Check, CheckKind, Service

log = logging.getLogger("sportello.probe")

AT_ONCE, AGAIN_AT_ONCE = 1000, 200
"""First attempts, and re-probes, that may be under way: as many as there may be services, so that one that hangs keeps no other
waiting, and a place of its own for what is done again. Fewer where the system allows fewer open files (`_places`)."""

PACE_S = 0.002
"""Between two services' first attempts, so that a thousand handshakes do not wait for each other, which would show as latency."""

LEEWAY_S = 0.2
"""Kept of the budget for coming to an end."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """What one check came to; `detail` is empty when it is good."""

    detail: str = ""
    latency_ms: int | None = None


class Run:
    """`clock`: seconds that only ever go forward; `now` is what it showed at the beginning, as an instant."""

    def __init__(self, way: Way, now: datetime, budget: timedelta, clock: Callable[[], float]) -> None:
        self._way = way
        self._now = now
        self._clock = clock
        self._began = clock()
        self._ends = self._began + max(0.0, budget.total_seconds() - LEEWAY_S)
        self._places = {Seer.PROBE: asyncio.Semaphore(_places(AT_ONCE)), Seer.REPROBE: asyncio.Semaphore(_places(AGAIN_AT_ONCE))}

    async def probed(self, services: Sequence[Service]) -> list[Sample]:
        """The samples of a service are next to each other. A service that we could not look at has none."""
        pace = min(PACE_S, (self._ends - self._began) / 10 / max(1, len(services)))
        tasks = [asyncio.create_task(self._safely(service, number * pace)) for number, service in enumerate(services)]
        try:
            done, late = await asyncio.wait(tasks, timeout=self._ends - self._clock() + LEEWAY_S / 2)
        finally:
            await _cancelled(tasks)
        if late:
            log.warning("%d of %d services were not looked at in time", len(late), len(tasks))
        return [sample for task in tasks if task in done for sample in task.result()]

    async def _safely(self, service: Service, delay: float) -> list[Sample]:
        """A mistake of ours at one service says nothing about it, and is not the others'."""
        await asyncio.sleep(delay)
        try:
            return await self._attempts(service)
        except Unable as unable:
            log.warning("%s could not be looked at: %s", service.id, unable)
        except Exception as fault:
            log.error("%s could not be looked at: %s at %s", service.id, named(fault), trace(fault))
        return []

    async def _attempts(self, service: Service) -> list[Sample]:
        first = asyncio.create_task(self._attempt(service, Seer.PROBE))
        further = asyncio.create_task(self._further(service))
        try:
            sample = await first
            return [sample] if sample.outcome is Outcome.GOOD else [sample, *await further]
        finally:
            await _cancelled([first, further])

    async def _further(self, service: Service) -> list[Sample]:
        """The re-probes, in order, until one of them is good."""
        began, gap = self._clock(), self._gap(service)
        under_way: set[asyncio.Task[Sample]] = set()
        found: list[Sample] = []
        try:
            for number in range(1, service.thresholds.failures):
                if await self._is_one_good(under_way, found, until=began + number * gap):
                    break
                under_way.add(asyncio.create_task(self._attempt(service, Seer.REPROBE)))
            else:
                await self._is_one_good(under_way, found, until=self._ends + LEEWAY_S)
        finally:
            await _cancelled(list(under_way))
        return sorted(found, key=lambda sample: sample.at)

    async def _is_one_good(self, under_way: set[asyncio.Task[Sample]], found: list[Sample], *, until: float) -> bool:
        """Moves what has come to an end from `under_way` to `found`, until one is good or the time is over."""
        while under_way and (left := until - self._clock()) > 0:
            done, _ = await asyncio.wait(under_way, timeout=left, return_when=asyncio.FIRST_COMPLETED)
            under_way -= done
            found += [task.result() for task in done]
            if any(task.result().outcome is Outcome.GOOD for task in done):
                return True
        if until < self._ends:
            await asyncio.sleep(max(0.0, until - self._clock()))
        return False

    def _gap(self, service: Service) -> float:
        """Between two attempts. Narrower than `reprobe_after` only where the budget would not hold them all otherwise."""
        wanted = service.thresholds.reprobe_after.total_seconds()
        longest = max((check.timeout.total_seconds() for check in service.checks), default=0.0)
        spare = max(0.0, self._ends - self._clock() - longest)
        return min(wanted, spare / max(1, service.thresholds.failures - 1))

    async def _attempt(self, service: Service, seer: Seer) -> Sample:
        """All checks of a service at once. Raises Unable."""
        async with self._places[seer]:
            began = self._clock()
            at = self._now + timedelta(seconds=began - self._began)
            looks = await _all([self._look(check, at, self._ends - began) for check in service.checks])
        failed = next((number for number, look in enumerate(looks) if look.detail), None)
        return Sample(
            service=service.id,
            at=at,
            outcome=Outcome.GOOD if failed is None else Outcome.BAD,
            seer=seer,
            latency_ms=max((look.latency_ms for look in looks if look.latency_ms is not None), default=None),
            check=failed,
            detail="" if failed is None else looks[failed].detail,
        )

    async def _look(self, check: Check, at: datetime, left: float) -> Look:
        limit = min(check.timeout.total_seconds(), left)
        if limit <= 0:
            raise Unable("The run is over.")
        began = self._clock()
        try:
            await self._ended(check, at, limit)
        except Failed as failed:
            return Look(detail=failed.detail, latency_ms=self._ms_since(began) if failed.answered else None)
        ms = self._ms_since(began)
        if check.slower_than is not None and ms > check.slower_than.total_seconds() * 1000:
            return Look(detail=f"answered after {ms} ms, slower than {_ms(check.slower_than)} ms", latency_ms=ms)
        return Look(latency_ms=ms)

    async def _ended(self, check: Check, at: datetime, limit: float) -> None:
        """Raises Failed unless the check is good within its time limit, whatever it is waiting for."""
        progress = Progress(ends=asyncio.get_running_loop().time() + limit)
        try:
            async with asyncio.timeout_at(progress.ends):
                await self._taken(check, at, progress)
        except TimeoutError:
            raise too_late(progress.step, limit) from None
        except OSError as error:
            raise failure(error, progress.step) from None

    async def _taken(self, check: Check, at: datetime, progress: Progress) -> None:
        match check.kind:
            case CheckKind.HTTP:
                await http.look(check, self._way, progress)
            case CheckKind.TCP:
                await tcp.look(check, self._way, progress)
            case CheckKind.TLS:
                await tls.look(check, self._way, progress, at)
            case CheckKind.DNS:
                await dns.look(check, self._way, progress)

    def _ms_since(self, began: float) -> int:
        return int((self._clock() - began) * 1000)


def _places(wanted: int) -> int:
    """Of the files that may be open, half at the most: there are others than sockets, and a service may have several checks."""
    try:
        from resource import RLIMIT_NOFILE, getrlimit
    except ImportError:  # not a Unix
        return wanted
    allowed, _ = getrlimit(RLIMIT_NOFILE)
    return wanted if allowed < 0 else min(wanted, max(1, allowed // 2 * wanted // (AT_ONCE + AGAIN_AT_ONCE)))


async def _all(looks: Sequence[Coroutine[Any, Any, Look]]) -> list[Look]:
    """What all come to; the first that raises ends the others."""
    tasks = [asyncio.create_task(look) for look in looks]
    try:
        return list(await asyncio.gather(*tasks))
    finally:
        await _cancelled(tasks)


async def _cancelled(tasks: Sequence[asyncio.Task[Any]]) -> None:
    """Ends what is not needed any more, and waits until it has let go of what it held. What else came of it is dropped."""
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)


def _ms(span: timedelta) -> int:
    return span // timedelta(milliseconds=1)
