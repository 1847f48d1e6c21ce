"""The second witness's webhook: what somebody elsewhere has seen of the services."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

import azure.functions as func

from functions.endpoint import Call, Reply, endpoint

if TYPE_CHECKING:
    from shared.domain.watch.sample import Sample

bp = func.Blueprint()


@bp.function_name("witness_webhook")
@bp.route("webhooks/witness", methods=["POST"], auth_level=func.AuthLevel.ANONYMOUS)
@endpoint
def witness_webhook(call: Call) -> Reply:
    """Results of the second witness, signed by the Standard Webhooks scheme. 202: the next run of the probes takes them up."""
    from shared.actions.watch import witness

    received = witness.receive(call.desk, call.now, body=call.body, headers=call.headers, parse=_parse)
    return Reply(body={"results": received.results}, status=202 if received.is_new else 200)


def _parse(body: bytes, content_type: str) -> "Sequence[Sample]":
    from shared.domain.watch.sample import Outcome, Sample, Seer
    from shared.web.forms.reading import in_utc, read
    from shared.web.forms.witness import WitnessForm

    form = read(WitnessForm, body or b"null", content_type)
    return [
        Sample(
            service=result.service,
            at=in_utc(result.at) or result.at,
            outcome=Outcome(result.outcome),
            seer=Seer.WITNESS,
            latency_ms=result.latency_ms,
            detail=result.detail or "",
        )
        for result in form.results
    ]
