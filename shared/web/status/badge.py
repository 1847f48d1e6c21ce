"""A service's state as a small picture for other sites: words, a shape and a colour, readable without any of the other two."""

from xml.sax.saxutils import escape, quoteattr

from shared.domain.status.standing import Line, Now
from shared.web.status.words import words_in

MEDIA_TYPE = "image/svg+xml"
COLOURS = {Now.UP: "#1a6b3c", Now.DOWN: "#b3261e", Now.UNKNOWN: "#6b4a00", Now.UNWATCHED: "#6b4a00", Now.MAINTENANCE: "#1d5fb8"}
LETTER = 6.6
"""About how wide a character is, at 11 pixels."""

POLICY = "default-src 'none'; style-src 'none'"


def badge(line: Line, language: str | None) -> bytes:
    """`name | state`. The title is what a screen reader says."""
    words = words_in(language, "UTC")
    name, state = words.of(line.name)[:60], words.says[line.now]
    left, right = round(len(name) * LETTER + 14), round(len(state) * LETTER + 14)
    title = f"{name}: {state}"
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{left + right}" height="20" role="img" xml:lang="{words.language}"'
        f" aria-label={quoteattr(title)}><title>{escape(title)}</title>"
        f'<rect width="{left}" height="20" fill="#333c49"/>'
        f'<rect x="{left}" width="{right}" height="20" fill="{COLOURS[line.now]}"/>'
        f'<g fill="#fff" font-family="Verdana,DejaVu Sans,sans-serif" font-size="11" text-anchor="middle">'
        f'<text x="{left / 2}" y="14">{escape(name)}</text><text x="{left + right / 2}" y="14">{escape(state)}</text></g></svg>'
    ).encode()
