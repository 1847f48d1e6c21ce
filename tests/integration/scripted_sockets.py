"""Servers below HTTP, for probes: each connection is handed to a function, which may do with it what no honest server does."""

import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field

import dns.message
import dns.rrset

type Behaviour = Callable[[socket.socket], None]


@dataclass(slots=True)
class Sockets:
    """`port`: where it listens. `accepted`: how many came. `is_over`: set when the test ends, which frees whoever hangs."""

    port: int
    accepted: int = 0
    is_over: threading.Event = field(default_factory=threading.Event)


@contextmanager
def listening(behave: Behaviour) -> Iterator[Sockets]:
    """Each connection in a thread of its own; it is closed when `behave` returns, and its errors are nobody's."""
    with socket.create_server(("127.0.0.1", 0), backlog=300) as listener:
        sockets = Sockets(port=listener.getsockname()[1])

        def serve(connection: socket.socket) -> None:
            with connection, suppress(OSError):
                behave(connection)

        def accept() -> None:
            with suppress(OSError):
                while True:
                    connection, _ = listener.accept()
                    sockets.accepted += 1
                    threads.append(threading.Thread(target=serve, args=[connection]))
                    threads[-1].start()

        threads = [threading.Thread(target=accept)]
        threads[0].start()
        try:
            yield sockets
        finally:
            listener.shutdown(socket.SHUT_RDWR)
            for thread in threads:
                thread.join(20)


@contextmanager
def deaf() -> Iterator[int]:
    """A port that never accepts: its queue is full, so that the system lets every further connection wait."""
    with socket.create_server(("127.0.0.1", 0), backlog=0) as listener:
        port = listener.getsockname()[1]
        waiting = [socket.socket() for _ in range(4)]
        for each in waiting:
            each.setblocking(False)
            each.connect_ex(("127.0.0.1", port))
        time.sleep(0.05)
        try:
            yield port
        finally:
            for each in waiting:
                each.close()


def says(*pieces: bytes, every_s: float = 0.0) -> Behaviour:
    """Takes a request, and answers it in these pieces."""

    def behave(connection: socket.socket) -> None:
        connection.recv(65_536)
        for number, piece in enumerate(pieces):
            time.sleep(every_s if number else 0.0)
            connection.sendall(piece)

    return behave


def answers(status: str = "200 OK", body: bytes = b"", *headers: str, after_s: float = 0.0) -> Behaviour:
    head = "".join(f"{line}\r\n" for line in (f"HTTP/1.1 {status}", f"Content-Length: {len(body)}", *headers))

    def behave(connection: socket.socket) -> None:
        connection.recv(65_536)
        time.sleep(after_s)
        connection.sendall(head.encode() + b"\r\n" + body)

    return behave


def hangs(connection: socket.socket) -> None:
    """Until the other side has had enough."""
    while connection.recv(65_536):
        pass


def resets(connection: socket.socket) -> None:
    connection.recv(65_536)
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\x01\x00\x00\x00\x00\x00\x00\x00")


@contextmanager
def name_server(records: dict[tuple[str, str], list[str]], *, is_mute: bool = False, code: int = 0) -> Iterator[int]:
    """A DNS server over UDP; records by name and type: {("up.example.", "A"): ["127.0.0.1"]}. A name it does not know is
    NXDOMAIN; one that it knows otherwise has no such record. `code`: answers every question with that instead."""
    known = {name for name, _ in records}
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as server:
        server.bind(("127.0.0.1", 0))

        def serve() -> None:
            while True:
                wire, peer = server.recvfrom(4096)
                if not wire:
                    return
                if is_mute:
                    continue
                query = dns.message.from_wire(wire)
                [question] = query.question
                asked = str(question.name), question.rdtype.name
                answer = dns.message.make_response(query)
                if code or asked[0] not in known:
                    answer.set_rcode(code or 3)  # type: ignore[arg-type]
                elif found := records.get(asked):
                    answer.answer.append(dns.rrset.from_text_list(asked[0], 60, "IN", asked[1], found))
                server.sendto(answer.to_wire(), peer)

        thread = threading.Thread(target=serve)
        thread.start()
        try:
            yield server.getsockname()[1]
        finally:
            with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as end:
                end.sendto(b"", server.getsockname())
            thread.join(5)
