"""TCP ports on the loopback interface: is one free, and which is."""

import socket

LOOPBACK = "127.0.0.1"


class CannotStart(Exception):
    """Something the local run needs is missing; the sentence says what, and the remedy."""


def ensure_free(port: int, *, what: str, remedy: str) -> None:
    """Raises CannotStart when somebody already listens on `port`."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((LOOPBACK, port))
        except PermissionError:
            raise CannotStart(f"Port {port}, which {what} uses, needs administrator rights: {remedy}.") from None
        except OSError:
            raise CannotStart(f"Port {port}, which {what} uses, is taken: stop what listens there, or {remedy}.") from None


def free_port() -> int:
    """A port nobody listens on now. Somebody may take it before you do; for tests."""
    with socket.socket() as probe:
        probe.bind((LOOPBACK, 0))
        port: int = probe.getsockname()[1]
        return port


def is_answering(port: int) -> bool:
    """Whether somebody accepts connections on `port`."""
    with socket.socket() as probe:
        probe.settimeout(1)
        return probe.connect_ex((LOOPBACK, port)) == 0


def ensure_distinct(**ports: int) -> None:
    """Raises CannotStart when two services are to have the same port."""
    for name, port in ports.items():
        if twins := [other for other, number in ports.items() if other > name and number == port]:
            raise CannotStart(
                f"{name} and {twins[0]} are both {port}; give each a port of its own, such as {twins[0]}={port + 1}."
            )
