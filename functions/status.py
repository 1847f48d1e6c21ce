"""The services' state, for anybody: the page, and the same in every format that machines read. Cached for a minute."""

from typing import TYPE_CHECKING

import azure.functions as func

from functions.endpoint import Call, Reply, endpoint
from shared.domain.errors import InvalidInput, NotFound

if TYPE_CHECKING:
    from collections.abc import Mapping

    from shared.domain.guarantees.report import Report
    from shared.domain.status.standing import Line, Standing

bp = func.Blueprint()

ANONYMOUS = func.AuthLevel.ANONYMOUS


@bp.function_name("status")
@bp.route("status", methods=["GET", "HEAD"], auth_level=ANONYMOUS)
@endpoint
def status(call: Call) -> Reply:
    """Everything that is public, or of one service (`service`), in JSON."""
    import json

    from shared.web.status import view

    standing = _standing(call)
    if call.query.get("service"):
        standing = standing.only(_line(standing, call.query["service"]))
    body = json.dumps(view.status(standing), ensure_ascii=False).encode()
    return _cached(call, body, "application/json")


@bp.function_name("status_page")
@bp.route("status/page", methods=["GET", "HEAD"], auth_level=ANONYMOUS)
@endpoint
def status_page(call: Call) -> Reply:
    """The page: in the browser's language, or the one that is chosen; of all services, or of one (`service`)."""
    from shared.actions.status import status
    from shared.web import pages
    from shared.web.status import page

    number = call.query.get("page", "1")
    asked = page.Asked(
        service=call.query.get("service") or None,
        incident=call.query.get("incident") or None,
        page=int(number) if number.isascii() and number.isdigit() and 0 < len(number) < 5 else 1,
    )
    language, vendor = _language(call), status.vendor(call.desk, call.now)
    standing = _standing(call)
    is_there = any(line.id == asked.service for line in standing.lines)
    frozen = status.frozen(call.desk, asked.service, call.now) if asked.service and is_there else ()
    found = page.status_page(standing, vendor, language, asked, frozen)
    if found is None:
        from shared.web import i18n

        title, sentence = (i18n.phrase(f"status.{name}", language) for name in ("no_service", "no_service_text"))
        html = pages.error_page(title, sentence, language)
        return Reply(body=html, status=404, media_type="text/html", headers=pages.headers())
    return _cached(call, found.encode(), "text/html", page.headers())


@bp.function_name("status_feed")
@bp.route("status/feed", methods=["GET", "HEAD"], auth_level=ANONYMOUS)
@endpoint
def status_feed(call: Call) -> Reply:
    """What happened, as an Atom feed."""
    from shared.actions.status import status
    from shared.web.status import feed

    desk = call.desk
    body = feed.feed(_standing(call), status.vendor(desk, call.now), desk.options.public_url.rstrip("/"), _language(call))
    return _cached(call, body, feed.MEDIA_TYPE, {"Content-Type": f"{feed.MEDIA_TYPE}; charset=utf-8", "Vary": "Accept-Language"})


@bp.function_name("status_maintenance")
@bp.route("status/maintenance.ics", methods=["GET", "HEAD"], auth_level=ANONYMOUS)
@endpoint
def status_maintenance(call: Call) -> Reply:
    """Announced maintenance, as a calendar."""
    from shared.actions.status import status
    from shared.web.status import calendar

    desk = call.desk
    names = {id: service.name for id, service in desk.services().services.items() if service.is_public}
    windows, url = status.maintenance(desk, call.now), desk.options.public_url.rstrip("/")
    body = calendar.calendar(windows, names, url, _language(call), "UTC")
    headers = {"Content-Type": f"{calendar.MEDIA_TYPE}; charset=utf-8; method=PUBLISH", "Vary": "Accept-Language"}
    return _cached(call, body, calendar.MEDIA_TYPE, headers)


@bp.function_name("status_badge")
@bp.route("status/badge/{badge}", methods=["GET", "HEAD"], auth_level=ANONYMOUS)
@endpoint
def status_badge(call: Call) -> Reply:
    """One service's state as a small picture: `zenshare-up.svg`."""
    from shared.web.status import badge

    name, dot, kind = call.params["badge"].rpartition(".")
    if (dot, kind) != (".", "svg"):
        raise NotFound("A badge is called after its service, such as zenshare-up.svg.")
    body = badge.badge(_line(_standing(call), name), _language(call))
    headers = {
        "Content-Type": f"{badge.MEDIA_TYPE}; charset=utf-8",
        "Content-Security-Policy": badge.POLICY,
        "Vary": "Accept-Language",
    }
    return _cached(call, body, badge.MEDIA_TYPE, headers)


@bp.function_name("status_days")
@bp.route("status/days.csv", methods=["GET", "HEAD"], auth_level=ANONYMOUS)
@endpoint
def status_days(call: Call) -> Reply:
    """The ninety days of all services, or of one (`service`), as CSV."""
    from shared.web.status import days

    standing = _standing(call)
    lines = [_line(standing, call.query["service"])] if "service" in call.query else standing.lines
    headers = {
        "Content-Type": f"{days.MEDIA_TYPE}; charset=utf-8; header=present",
        "Content-Disposition": 'attachment; filename="status-days.csv"',
    }
    return _cached(call, days.as_csv(lines).encode(), days.MEDIA_TYPE, headers)


@bp.function_name("status_frozen")
@bp.route("status/frozen/{service}", methods=["GET", "HEAD"], auth_level=ANONYMOUS)
@endpoint
def status_frozen(call: Call) -> Reply:
    """The frozen months of a public service, each as it was recorded, and what was amended of it since, in JSON."""
    import json

    from shared.actions.status import status
    from shared.web.status import months

    service = call.params["service"]
    found = months.as_json(service, status.frozen(call.desk, service, call.now))
    return _cached(call, json.dumps(found, ensure_ascii=False).encode(), "application/json")


@bp.function_name("status_export")
@bp.route("status/export/{service}/{month}", methods=["GET", "HEAD"], auth_level=ANONYMOUS)
@endpoint
def status_export(call: Call) -> Reply:
    """All that a month's figure of a public service follows from: questions to the calculator, a line each. `link`: the figure
    of a frozen month, or of an amendment."""
    from zoneinfo import ZoneInfo

    from shared.actions.guarantees import reports
    from shared.domain.guarantees import promises

    desk, service, month = call.desk, call.params["service"], call.params["month"]
    services = desk.services()
    if service not in services.services or not services.services[service].is_public:
        raise NotFound(f"There is no service {service[:40]!r}.")
    if len(month) != 7:
        raise InvalidInput(f"A month is written as 2026-11, not {month[:20]!r}.")
    if "link" in call.query:
        return _exported(call, _frozen_report(call, service, month))
    zone = ZoneInfo(promises.contract_at(desk.catalogue(), services.contract, call.now).zone)
    starts_at, ends_at = reports.span_of(month, zone)
    if starts_at >= call.now:
        raise NotFound(f"{month} has not begun.")
    as_of = _standing(call).now  # the moment that the page's figures are of
    report = reports.between(desk, service, call.query.get("guarantee"), starts_at, ends_at, max(as_of, starts_at))
    return _exported(call, report)


@bp.function_name("metrics")
@bp.route("metrics", methods=["GET", "HEAD"], auth_level=ANONYMOUS)
@endpoint
def metrics(call: Call) -> Reply:
    """The state of public services, in OpenMetrics."""
    from shared.web.status import metrics

    return _cached(call, metrics.metrics(_standing(call)), metrics.MEDIA_TYPE, {"Content-Type": metrics.CONTENT_TYPE})


def _frozen_report(call: Call, service: str, month: str) -> "Report":
    from shared.actions.guarantees import chains
    from shared.actions.guarantees.rejudging import of_link

    number = call.query["link"]
    for link in chains.chain(call.desk, call.query.get("guarantee", ""), service):
        if (str(link.number), link.month) == (number, month):
            return of_link(call.desk, link, call.now)
    raise NotFound(f"No figure of {month} has the number {number[:20]!r}.")


def _exported(call: Call, report: "Report") -> Reply:
    from shared.web.views import availability as views

    headers = {"Content-Disposition": f'attachment; filename="{call.params["service"]}-{call.params["month"]}.jsonl"'}
    return _cached(call, views.as_lines(report).encode(), "application/jsonl", headers)


def _standing(call: Call) -> "Standing":
    from shared.actions.status import status

    return status.status(call.desk, call.now)


def _line(standing: "Standing", service: str) -> "Line":
    found = next((line for line in standing.lines if line.id == service), None)
    if found is None:
        raise NotFound(f"There is no service {service[:40]!r}.")
    return found


def _language(call: Call) -> str:
    from shared.web import i18n

    return call.query.get("lang") or i18n.choose(call.headers.get("accept-language"), "it")


def _cached(call: Call, body: bytes, media_type: str, headers: "Mapping[str, str] | None" = None) -> Reply:
    """A minute without asking; then 304 for whoever has it already."""
    import hashlib

    etag = f'"{hashlib.sha256(body).hexdigest()[:32]}"'
    headers = {**(headers or {}), "ETag": etag, "Cache-Control": "public, max-age=60"}
    known = [tag.strip().removeprefix("W/") for tag in call.headers.get("if-none-match", "").split(",")]
    if etag in known or "*" in known:
        return Reply(body=b"", status=304, media_type=media_type, headers=headers)
    return Reply(body=body, media_type=media_type, headers=headers)
