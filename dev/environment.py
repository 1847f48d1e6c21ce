"""The settings of a local run. All of it is public and good for nothing but the loopback interface."""

import base64
from collections.abc import Mapping

from dev.azurite import connection_string
from dev.ports import LOOPBACK

PORT = 7071
BLOB_PORT = 10000
QUEUE_PORT = 10001
TABLE_PORT = 10002

MAIL_KEY = base64.b64encode(b"the local mail service's key").decode()
PORTAL_SECRET = "whsec_" + base64.b64encode(b"the local portal's webhook secret").decode()
WITNESS_SECRET = "whsec_" + base64.b64encode(b"the local witness's webhook secret").decode()
LINK_SECRET = "the local run's secret for links in mails"
TICK_KEY = "the-local-watchdog-s-key-of-no-use"


def settings(port: int, blob_port: int, queue_port: int, table_port: int, *, mail_port: int | None = None) -> Mapping[str, str]:
    """The app's settings on these ports. Quotas are out of the way: they are Azure's, and a demo sends in bursts."""
    return {
        "STORAGE_CONNECTION_STRING": connection_string(blob_port, queue_port, table_port),
        "MAIL_CONNECTION_STRING": f"endpoint=http://{LOOPBACK}:{mail_port or port}/;accesskey={MAIL_KEY}",
        "MAIL_SENDER": "support@sportello.example",
        "MAIL_PER_MINUTE": "600",
        "MAIL_PER_HOUR": "6000",
        "PORTAL_WEBHOOK_SECRETS": PORTAL_SECRET,
        "WITNESS_WEBHOOK_SECRETS": WITNESS_SECRET,
        "PUBLIC_URL": f"http://{LOOPBACK}:{port}",
        "LINK_SECRET": LINK_SECRET,
        "TICK_KEY": TICK_KEY,
    }
