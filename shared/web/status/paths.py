"""Where the status page and its formats are: paths of the desk."""

from urllib.parse import quote, urlencode

STATUS = "/api/status"
PAGE = f"{STATUS}/page"
FEED = f"{STATUS}/feed"
CALENDAR = f"{STATUS}/maintenance.ics"
METRICS = "/api/metrics"
SUBSCRIBERS = f"{STATUS}/subscribers"
CONFIRMATION = f"{SUBSCRIBERS}/confirmation"
UNSUBSCRIPTION = f"{SUBSCRIBERS}/unsubscription"


def status(service: str) -> str:
    """One service as JSON."""
    return f"{STATUS}?{urlencode({'service': service})}"


def page(language: str, **chosen: str) -> str:
    return f"{PAGE}?{urlencode({**chosen, 'lang': language})}"


def feed(language: str) -> str:
    return f"{FEED}?{urlencode({'lang': language})}"


def calendar(language: str) -> str:
    return f"{CALENDAR}?{urlencode({'lang': language})}"


def days(service: str) -> str:
    """The ninety days of a service as CSV."""
    return f"{STATUS}/days.csv?{urlencode({'service': service})}"


def export(service: str, month: str, guarantee: str | None, link: int | None = None) -> str:
    """All that a month's figure follows from. `link`: the figure of a frozen month, or of an amendment."""
    chosen = {"guarantee": guarantee, "link": link}
    query = urlencode({name: value for name, value in chosen.items() if value is not None})
    return f"{STATUS}/export/{quote(service, safe='')}/{month}{'?' if query else ''}{query}"


def frozen(service: str) -> str:
    """A service's frozen months as JSON."""
    return f"{STATUS}/frozen/{quote(service, safe='')}"


def badge(service: str) -> str:
    return f"{STATUS}/badge/{quote(service, safe='')}.svg"


def formats(language: str) -> dict[str, str]:
    """By the names that the page has for them."""
    return {"atom": feed(language), "ics": calendar(language), "json": STATUS, "csv": f"{STATUS}/days.csv", "metrics": METRICS}
