"""Other systems that are told of events."""

from shared.web.api.operation import Answer, Operation, Repeat, Who
from shared.web.api.parameters import CURSOR, IDEMPOTENCY_KEY, limit

TAG = "Subscriptions"


def _of(name: str, noun: str, summary: str, answers: dict[int, Answer], **further: object) -> Operation:
    path = f"/api/subscriptions{noun}"
    return Operation(name=name, path=path, tag=TAG, summary=summary, who=Who.MANAGERS, answers=answers, **further)  # type: ignore[arg-type]


ONE = "/{subscription}"
POST = ("POST",)
SHOWN = Answer(about="The subscription.", reply="Subscription")

OPERATIONS = (
    _of(
        "subscription_create",
        "",
        "Register a URL",
        {
            201: Answer(
                about="The subscription with its secret, which is shown this once.",
                reply="SubscriptionWithSecret",
                headers=("Location", "Idempotent-Replayed"),
            )
        },
        about="The same Idempotency-Key gets the same answer.",
        methods=POST,
        form="shared.web.forms.subscriptions.SubscriptionForm",
        example={"url": "https://hooks.example.org/sportello", "kinds": ["ticket.resolved"], "customer": "ACME"},
        headers=(IDEMPOTENCY_KEY,),
        problems=("address-refused", "not-allowed-now", "conflict", "unknown-customer"),
        repeat=Repeat.KEYED,
    ),
    _of(
        "subscription_list",
        "",
        "All subscriptions, and every event type that one can name",
        {200: Answer(about="The subscriptions.", reply="Subscriptions")},
    ),
    _of("subscription_read", ONE, "One subscription", {200: SHOWN}),
    _of(
        "subscription_delete",
        ONE,
        "Tell it nothing more",
        {204: Answer(about="It is gone, now or before.", media_type="")},
        methods=("DELETE",),
        problems=("conflict",),
    ),
    _of(
        "subscription_secret",
        f"{ONE}/secret",
        "Give it a new secret; the one before goes on signing for a day",
        {200: Answer(about="The subscription with its new secret, which is shown this once.", reply="SubscriptionWithSecret")},
        methods=POST,
        problems=("not-allowed-now", "conflict"),
        repeat=Repeat.AGAIN,
    ),
    _of(
        "subscription_resumption",
        f"{ONE}/resumption",
        "Tell it again, after it had said that it was gone",
        {200: SHOWN},
        methods=POST,
        problems=("not-allowed-now", "conflict"),
        repeat=Repeat.NATURAL,
    ),
    _of(
        "subscription_test",
        f"{ONE}/test",
        "Send it a ping now, and hear what it said",
        {200: Answer(about="What became of the ping.", reply="Ping")},
        methods=POST,
        repeat=Repeat.AGAIN,
    ),
    _of(
        "subscription_deliveries",
        f"{ONE}/deliveries",
        "What became of each event that was attempted, the newest first",
        {200: Answer(about="A page of deliveries.", reply="Deliveries")},
        query=(limit(50, 200), CURSOR),
    ),
    _of(
        "subscription_replay",
        f"{ONE}/deliveries/{{delivery}}/replay",
        "Owe an event again, under the same id and with the same body",
        {202: Answer(about="The delivery, which is owed again.", reply="Delivery")},
        methods=POST,
        problems=("not-allowed-now", "conflict"),
        repeat=Repeat.NATURAL,
    ),
)
