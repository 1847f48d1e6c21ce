"""The description of the API, for programs and for people."""

import azure.functions as func

from functions.endpoint import Call, Reply, endpoint

bp = func.Blueprint()

ANONYMOUS = func.AuthLevel.ANONYMOUS


@bp.function_name("openapi")
@bp.route("openapi.json", methods=["GET"], auth_level=ANONYMOUS)
@endpoint
def openapi(call: Call) -> Reply:
    """The OpenAPI document."""
    from shared.web.api.serving import as_json

    found = as_json(call.desk.options.public_url)
    return _cached(call, found.body, found.etag, "application/json", {})


@bp.function_name("docs")
@bp.route("docs", methods=["GET"], auth_level=ANONYMOUS)
@endpoint
def docs(call: Call) -> Reply:
    """The same as a page."""
    from shared.web.api.serving import as_page, page_headers

    found = as_page(call.desk.options.public_url)
    return _cached(call, found.body, found.etag, "text/html", page_headers())


def _cached(call: Call, body: bytes, etag: str, media_type: str, headers: dict[str, str]) -> Reply:
    """Five minutes without asking; then 304 for whoever has it already."""
    headers = {**headers, "ETag": etag, "Cache-Control": "public, max-age=300"}
    known = [tag.strip().removeprefix("W/") for tag in call.headers.get("if-none-match", "").split(",")]
    if etag in known or "*" in known:
        return Reply(body=b"", status=304, media_type=media_type, headers=headers)
    return Reply(body=body, media_type=media_type, headers=headers)
