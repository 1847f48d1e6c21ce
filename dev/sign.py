"""Prints a configuration for curl that posts a file to the portal's webhook, freshly signed.

    .venv/bin/python -m dev.sign dev/examples/request-it.json | curl -sS -K -

Each run makes a new webhook-id, thus a new request; --id repeats an old one.
"""

import argparse
import json
import os
import uuid
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path

from standardwebhooks import Webhook

from dev.environment import PORT, PORTAL_SECRET
from dev.ports import LOOPBACK


def signed_headers(body: bytes, *, webhook_id: str, sent_at: datetime, secret: str = PORTAL_SECRET) -> Mapping[str, str]:
    """The headers of a signed request (Standard Webhooks specification). `sent_at` is aware."""
    sent_at = sent_at.astimezone(UTC)
    return {
        "content-type": "application/json",
        "webhook-id": webhook_id,
        "webhook-timestamp": str(int(sent_at.timestamp())),
        "webhook-signature": Webhook(secret).sign(webhook_id, sent_at, body.decode()),
    }


def curl_config(file: Path, url: str, headers: Mapping[str, str]) -> str:
    """curl's -K format. A JSON string is quoted as curl wants it."""
    lines = [f"url = {json.dumps(url)}"]
    lines += [f"header = {json.dumps(f'{name}: {value}')}" for name, value in headers.items()]
    lines += [f"data-binary = {json.dumps(f'@{file}', ensure_ascii=False)}", 'write-out = "\\n"']
    return "\n".join(lines)


def main() -> None:
    parser = argparse.ArgumentParser(
        prog="python -m dev.sign", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("file", type=Path, help="the body, as JSON")
    parser.add_argument("--id", default=f"msg_{uuid.uuid4().hex}", help="the webhook-id (default: a new one)")
    parser.add_argument("--url", default=f"http://{LOOPBACK}:{os.environ.get('PORT') or PORT}/api/webhooks/portal")
    options = parser.parse_args()
    headers = signed_headers(options.file.read_bytes(), webhook_id=options.id, sent_at=datetime.now(UTC))
    print(curl_config(options.file, options.url, headers))


if __name__ == "__main__":
    main()
