"""A server that answers as a test scripts it, for the faults that no emulator shows."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from ssl import SSLContext
from threading import Event, Thread

KEY = "c2NyaXB0ZWQtc2VydmVyLWtleQ=="


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    status: int
    body: str = ""
    headers: dict[str, str] = field(default_factory=dict)
    hangs: bool = False  # never answers, until the test ends
    cut: bool = False  # closes the connection without an answer


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    method: str
    path: str
    headers: dict[str, str]
    body: bytes


@dataclass(slots=True)
class Script:
    """Answers in order; the last one is given again and again. `requests` is what came in."""

    url: str = ""
    answers: list[Answer] = field(default_factory=list)
    requests: list[Request] = field(default_factory=list)
    over: Event = field(default_factory=Event)

    def play(self, *answers: Answer) -> None:
        self.answers[:] = answers
        self.requests.clear()

    def next(self, request: Request) -> Answer:
        self.requests.append(request)
        return self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]

    @property
    def storage(self) -> str:
        return f"AccountName=scripted;AccountKey={KEY};TableEndpoint={self.url}/scripted;BlobEndpoint={self.url}/scripted"

    @property
    def mail(self) -> str:
        return f"endpoint={self.url}/;accesskey={KEY}"


@contextmanager
def scripted_server(tls: SSLContext | None = None) -> Iterator[Script]:
    """`tls`: the certificate of an https server; None: plain http."""
    script = Script()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def handle_one_request(self) -> None:
            self.raw_requestline = self.rfile.readline(65_537)
            if not self.raw_requestline or not self.parse_request():
                self.close_connection = True
                return
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            headers = {name.lower(): value for name, value in self.headers.items()}
            self._give(script.next(Request(method=self.command, path=self.path, headers=headers, body=body)))

        def _give(self, answer: Answer) -> None:
            if answer.hangs:
                script.over.wait(30)
            if answer.hangs or answer.cut:
                self.close_connection = True
                return
            content = answer.body.encode()
            self.send_response_only(answer.status)
            for name, value in {"Content-Length": str(len(content)), **answer.headers}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, format: str, *args: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    if tls is not None:
        server.socket = tls.wrap_socket(server.socket, server_side=True, do_handshake_on_connect=False)
        server.handle_error = lambda *_: None  # type: ignore[method-assign]  # a client that does not trust us hangs up
    script.url = f"{'https' if tls else 'http'}://127.0.0.1:{server.server_port}"
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    try:
        yield script
    finally:
        script.over.set()
        server.shutdown()
        thread.join()
        server.server_close()
