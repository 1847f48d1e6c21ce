"""Other systems that are told of events: registering them, their secrets, and what became of each event."""

import azure.functions as func

from functions.endpoint import Call, Reply, manager_endpoint
from shared.domain.errors import InvalidInput

bp = func.Blueprint()

ANONYMOUS = func.AuthLevel.ANONYMOUS


@bp.function_name("subscription_create")
@bp.route("subscriptions", methods=["POST"], auth_level=ANONYMOUS)
@manager_endpoint
def subscription_create(call: Call) -> Reply:
    """Registers a URL. The answer shows its secret, once; the same Idempotency-Key gets the same answer."""
    from shared.actions.hooks import subscriptions
    from shared.web.forms.subscriptions import SubscriptionForm
    from shared.web.views import subscription as views

    form = call.form(SubscriptionForm)
    wanted = subscriptions.Wanted(url=form.url, kinds=form.kinds, customer=form.customer)
    key = call.headers.get("idempotency-key")
    made, was_there = subscriptions.register(call.desk, wanted, call.principal, call.now, idempotency_key=key)
    headers = {"Location": f"/api/subscriptions/{made.id}", **({"Idempotent-Replayed": "true"} if was_there else {})}
    return Reply(body=views.with_secret(made, call.now), status=201, headers=headers)


@bp.function_name("subscription_list")
@bp.route("subscriptions", methods=["GET"], auth_level=ANONYMOUS)
@manager_endpoint
def subscription_list(call: Call) -> Reply:
    """All subscriptions, and every event type that one can name."""
    from shared.actions.hooks import subscriptions
    from shared.domain.announcement import TYPES
    from shared.web.views import subscription as views

    shown = [views.subscription(each, call.now) for each in subscriptions.every(call.desk)]
    return Reply(body={"subscriptions": shown, "kinds": sorted(TYPES)})


@bp.function_name("subscription_read")
@bp.route("subscriptions/{subscription}", methods=["GET"], auth_level=ANONYMOUS)
@manager_endpoint
def subscription_read(call: Call) -> Reply:
    """One subscription."""
    from shared.actions.hooks import subscriptions
    from shared.web.views import subscription as views

    return Reply(body=views.subscription(subscriptions.one(call.desk, call.params["subscription"]), call.now))


@bp.function_name("subscription_delete")
@bp.route("subscriptions/{subscription}", methods=["DELETE"], auth_level=ANONYMOUS)
@manager_endpoint
def subscription_delete(call: Call) -> Reply:
    """Tells it nothing more. The same again is no error."""
    from shared.actions.hooks import subscriptions

    subscriptions.delete(call.desk, call.params["subscription"])
    return Reply(body=b"", status=204, media_type="text/plain")


@bp.function_name("subscription_secret")
@bp.route("subscriptions/{subscription}/secret", methods=["POST"], auth_level=ANONYMOUS)
@manager_endpoint
def subscription_secret(call: Call) -> Reply:
    """A new secret, shown once; the one before goes on signing for a day."""
    from shared.actions.hooks import subscriptions
    from shared.web.forms.tickets import NothingForm
    from shared.web.views import subscription as views

    call.form(NothingForm)
    changed = subscriptions.rotate(call.desk, call.params["subscription"], call.now, call.once)
    return Reply(body=views.with_secret(changed, call.now))


@bp.function_name("subscription_resumption")
@bp.route("subscriptions/{subscription}/resumption", methods=["POST"], auth_level=ANONYMOUS)
@manager_endpoint
def subscription_resumption(call: Call) -> Reply:
    """Tells it again, after it had said that it was gone."""
    from shared.actions.hooks import subscriptions
    from shared.web.views import subscription as views

    return Reply(body=views.subscription(subscriptions.resume(call.desk, call.params["subscription"]), call.now))


@bp.function_name("subscription_test")
@bp.route("subscriptions/{subscription}/test", methods=["POST"], auth_level=ANONYMOUS)
@manager_endpoint
def subscription_test(call: Call) -> Reply:
    """Sends a ping now, and answers what the subscriber said to it."""
    from shared.actions.hooks import publish
    from shared.web.forms.tickets import NothingForm

    call.form(NothingForm)
    status, error = publish.tried(call.desk, call.params["subscription"], call.now)
    return Reply(body={"delivered": error is None, "status": status, "error": error})


@bp.function_name("subscription_deliveries")
@bp.route("subscriptions/{subscription}/deliveries", methods=["GET"], auth_level=ANONYMOUS)
@manager_endpoint
def subscription_deliveries(call: Call) -> Reply:
    """What became of each event that was attempted, the newest first."""
    from shared.actions.hooks import hook_log, subscriptions
    from shared.web.views import subscription as views

    limit = call.query.get("limit", "50")
    if not (limit.isascii() and limit.isdigit() and len(limit) <= 3 and 1 <= int(limit) <= 200):
        raise InvalidInput(f"limit is {limit[:20]!r}; allowed: 1 to 200.")
    found = subscriptions.one(call.desk, call.params["subscription"])
    page, cursor = hook_log.page(call.desk, found.id, limit=int(limit), cursor=call.query.get("cursor"))
    return Reply(body={"deliveries": [views.delivery(each) for each in page], "next_cursor": cursor})


@bp.function_name("subscription_replay")
@bp.route("subscriptions/{subscription}/deliveries/{delivery}/replay", methods=["POST"], auth_level=ANONYMOUS)
@manager_endpoint
def subscription_replay(call: Call) -> Reply:
    """Owes an event again, under the same id and with the same body."""
    from shared.actions.hooks import hook_log, subscriptions
    from shared.web.views import subscription as views

    id, delivery = call.params["subscription"], call.params["delivery"]
    subscriptions.replay(call.desk, id, delivery, call.now)
    return Reply(body=views.delivery(hook_log.one(call.desk, id, delivery)), status=202)
