"""A threaded HTTP server on the loopback interface for any WSGI application, on werkzeug."""

import logging
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from werkzeug.serving import WSGIRequestHandler, make_server

from dev.ports import LOOPBACK

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication

BACKLOG = 128
STOP_POLL_S = 0.05

log = logging.getLogger("local.http")


class QuietHandler(WSGIRequestHandler):
    """Leaves the request line to the applications: a path may hold a customer's signed link."""

    server_version = "Sportello-local"

    def log_request(self, code: int | str = "-", size: int | str = "-") -> None: ...

    def log(self, type: str, message: str, *args: object) -> None:
        log.log(logging.ERROR if type == "error" else logging.DEBUG, message, *args)


@contextmanager
def serve(app: "WSGIApplication", port: int = 0) -> Iterator[str]:
    """Serves `app` until the block ends; yields its URL without a trailing slash. Port 0 takes any free one."""
    with socket.socket() as listener:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind((LOOPBACK, port))
        listener.listen(BACKLOG)
        port = listener.getsockname()[1]
        server = make_server(LOOPBACK, port, app, threaded=True, request_handler=QuietHandler, fd=listener.fileno())
        thread = threading.Thread(target=server.serve_forever, args=[STOP_POLL_S], name=f"http-{port}", daemon=True)
        thread.start()
        try:
            yield f"http://{LOOPBACK}:{port}"
        finally:
            server.shutdown()
            server.server_close()
            thread.join()
