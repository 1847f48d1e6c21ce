"""Whether it was our own network that failed: then a run has seen nothing of any service."""

from collections.abc import Iterable, Mapping

from shared.domain.watch.sample import Outcome, Sample, Seer
from shared.domain.watch.service import Service


def judge_run(services: Mapping[str, Service], samples: Iterable[Sample]) -> frozenset[str]:
    """The services whose results in this run are void: all that were looked at, when not one look at any of them was good and
    they have two owners at least; otherwise none. A look at another owner's service, where all that were due have one, is among
    them; the witness's words do not count."""
    looks = [sample for sample in samples if sample.seer is not Seer.WITNESS and sample.service in services]
    looked_at = frozenset(sample.service for sample in looks)
    owners = {services[id].owner for id in looked_at}
    if len(owners) < 2 or any(sample.outcome is Outcome.GOOD for sample in looks):
        return frozenset()
    return looked_at
