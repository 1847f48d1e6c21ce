"""HTTP for the Azure clients, with bounded waits. Imported late: it loads `requests`."""

import sys
import warnings


def _import_requests() -> None:
    """Without the tables by which it guesses encodings, 2.7 MB in every instance: Azure's services say theirs.

    None in `sys.modules` makes an import fail; whoever wants the library after this gets it.
    """
    if "requests" in sys.modules or "charset_normalizer" in sys.modules:
        return
    sys.modules["charset_normalizer"] = None  # type: ignore[assignment]
    try:
        with warnings.catch_warnings():
            warnings.filterwarnings("ignore", message="Unable to find acceptable character detection", category=Warning)
            import requests  # noqa: F401
    finally:
        del sys.modules["charset_normalizer"]


_import_requests()

from azure.core.pipeline.transport import RequestsTransport  # noqa: E402

CONNECT_S = 5
READ_S = 15
LONGEST_PAUSE_S = 2
CONNECTIONS = 64


class BoundedTransport(RequestsTransport):  # type: ignore[misc]
    """One for a client: waits 5 s for a connection, 15 s for an answer, and at most 2 s between two attempts,
    whatever Retry-After says. Keeps a connection for each of up to 64 threads (the default keeps 10).

    Proxies of the environment are used for Azure and never for loopback.
    """

    def __init__(self, *, loopback: bool) -> None:
        super().__init__(connection_timeout=CONNECT_S, read_timeout=READ_S, use_env_settings=not loopback)

    def open(self) -> None:
        fresh = self.session is None
        super().open()
        if fresh:
            for adapter in self.session.adapters.values():
                adapter.init_poolmanager(connections=4, maxsize=CONNECTIONS)

    def sleep(self, duration: float) -> None:
        super().sleep(min(duration, LONGEST_PAUSE_S))
