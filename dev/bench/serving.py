"""The app at work in a process of its own, which loads nothing that the app itself does not: for `footprint` to weigh."""

from dataclasses import replace
from datetime import UTC, datetime


def serve(requests: int) -> None:
    """The app as a host indexes it, wired from the environment, asked so many times through its doors."""
    import azure.functions as func

    import function_app
    from dev.bench.portal import a_body, signed
    from shared import app
    from shared.actions import customers
    from shared.domain.people import Customer, Principal, Role

    manager = Principal(id="carla", name="Carla", roles=frozenset({Role.CUSTOMER_CARE_MANAGER}))
    since = datetime(2024, 1, 1, tzinfo=UTC)
    acme = Customer(
        id="ACME",
        name="Acme",
        contract="zenshare-support",
        tier="gold",
        products=("zenshare-up",),
        valid_from=since,
        valid_until=None,
    )
    doors = {f.get_function_name(): f.get_user_function() for f in function_app.app.get_functions()}
    desk = replace(app.desk(), identify=lambda headers, now: manager)
    app.install(desk)
    customers.enrol(desk, acme)
    for number in range(requests // 4):
        body = a_body(f"memory-{number}")
        headers = signed(f"memory-{number}", body, int(desk.clock().timestamp()))
        post = func.HttpRequest(method="POST", url="http://127.0.0.1/api/webhooks/portal", headers=headers, body=body)
        made = doors["portal_webhook"](post)
        assert made.status_code == 201, made.get_body()
        ticket = {"ticket": f"ACME-{number + 1}"}
        for name in ("ticket_acknowledgement", "ticket_read", "ticket_explanation"):
            ask = func.HttpRequest(method="GET", url="http://127.0.0.1/api/tickets", route_params=ticket, body=b"")
            assert doors[name](ask).status_code == 200
