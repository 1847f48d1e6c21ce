"""The pages of the local site: templates that fetch nothing from anywhere, and who wants JSON in their place."""

from datetime import datetime
from functools import cache
from pathlib import Path
from zoneinfo import ZoneInfo

from jinja2 import Environment, FileSystemLoader
from werkzeug.wrappers import Request, Response

ZONE = ZoneInfo("Europe/Rome")
POLICY = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; frame-src 'self'; base-uri 'none'; form-action 'none'"
"""Nothing is fetched from anywhere, whatever a mail's HTML says."""


FORMS = POLICY.replace("form-action 'none'", "form-action 'self'")
"""Of a page with buttons."""


def page(template: str, *, policy: str = POLICY, **values: object) -> Response:
    response = Response(_templates().get_template(template).render(values), content_type="text/html; charset=utf-8")
    response.headers["Content-Security-Policy"] = policy
    return response


def wants_json(request: Request) -> bool:
    return request.accept_mimetypes.best_match(["text/html", "application/json"], "text/html") == "application/json"


@cache
def _templates() -> Environment:
    templates = Environment(loader=FileSystemLoader(Path(__file__).parent / "templates"), autoescape=True)
    templates.filters["local"] = _local
    return templates


def _local(moment: datetime) -> str:
    """Fri 7 Aug 2026, 17:50:00 (Europe/Rome)."""
    there = moment.astimezone(ZONE)
    return f"{there:%a} {there.day} {there:%b %Y, %H:%M:%S}"
