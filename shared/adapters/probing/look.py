"""What a look is made of: where it stands, why it failed, and the sentences that say so without a word of what was answered."""

import errno
import ssl
from dataclasses import dataclass
from enum import StrEnum


class Step(StrEnum):
    """What a look waits for, as the sentence of its time-out says it."""

    NAME = "the name was not found"
    CONNECTION = "no connection"
    HANDSHAKE = "no TLS handshake"
    ANSWER = "no answer"
    REST = "the answer was not complete"


@dataclass(slots=True, kw_only=True)
class Progress:
    """Where a look stands. `ends`: when it is over, by the loop's clock."""

    ends: float
    step: Step = Step.NAME


class Failed(Exception):
    """The service did not pass. `answered`: whether it took part: then the time it took is a latency."""

    def __init__(self, detail: str, *, answered: bool = True) -> None:
        super().__init__(detail)
        self.detail = detail
        self.answered = answered


class Unable(Exception):
    """We could not look, and it is our own fault: no sample, since it says nothing about the service."""


_OURS = {errno.EMFILE, errno.ENFILE, errno.ENOBUFS, errno.ENOMEM, errno.EADDRNOTAVAIL}

_CERTIFICATE = {
    9: "the certificate is not valid yet",
    10: "the certificate has ended",
    18: "the certificate is self-signed",
    19: "the certificate is from an authority that nobody knows",
    20: "the certificate is from an authority that nobody knows",
    62: "the certificate is for another name",
    64: "the certificate is for another address",
}
"""By OpenSSL's X509_V_ERR_… numbers."""


def failure(error: OSError, step: Step) -> Failed:
    """An error of the network as a failure. Raises Unable for what only this machine is to blame for."""
    if isinstance(error, ssl.SSLCertVerificationError):
        return Failed(_CERTIFICATE.get(error.verify_code, "the certificate is not valid"))
    if isinstance(error, ssl.SSLError):
        return Failed(f"TLS failed ({_plain(error.reason)})", answered=False)
    if error.errno in _OURS:
        raise Unable(f"This machine has no means left to connect ({errno.errorcode[error.errno]}).") from error
    if isinstance(error, ConnectionError) and step is Step.HANDSHAKE:
        return Failed("the connection broke during the TLS handshake", answered=False)
    if isinstance(error, ConnectionRefusedError):
        return Failed("the connection was refused", answered=False)
    if isinstance(error, ConnectionError):
        return Failed("the connection was reset", answered=False)
    if error.errno in (errno.ENETUNREACH, errno.EHOSTUNREACH):
        return Failed("the host cannot be reached", answered=False)
    return Failed(f"the connection failed ({errno.errorcode.get(error.errno or 0, 'unknown')})", answered=False)


def too_late(step: Step, limit_s: float) -> Failed:
    """ "no answer within 5 s" """
    return Failed(f"{step} within {round(limit_s, 1):g} s", answered=False)


def _plain(reason: str | None) -> str:
    """OpenSSL's WRONG_VERSION_NUMBER in small letters."""
    return (reason or "unknown").replace("_", " ").lower()
