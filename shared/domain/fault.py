"""A fault in words that hold nothing of anybody's: what kind of error it was, and where. A message may repeat a text."""

from collections.abc import Iterator

from shared.domain.errors import CatalogueError, MailPostponed, MailRefused, RowTooLarge, SportelloError, StorageUnavailable

OURS = (CatalogueError, MailPostponed, MailRefused, RowTooLarge, StorageUnavailable)
"""Errors whose sentences hold ids and codes alone. Any other may repeat what somebody wrote."""

FRAMES = 12
"""How many of the innermost frames are told."""


def reason(failure: BaseException) -> str:
    """The kind of an error, in one word."""
    return failure.kind if isinstance(failure, SportelloError) else type(failure).__name__


def named(failure: BaseException) -> str:
    """The error and what caused it: "StorageUnavailable: Storage cannot be used now (ServerBusy). < HttpResponseError"."""
    return " < ".join(_name(each) for each in _chain(failure))


def trace(failure: BaseException) -> str:
    """Where it was raised, outermost first: "owed.py:131 _send, acs_mail.py:77 send". Frames alone, no values."""
    frames: list[str] = []
    at = failure.__traceback__
    while at is not None:
        code = at.tb_frame.f_code
        frames.append(f"{code.co_filename.rpartition('/')[2]}:{at.tb_lineno} {code.co_name}")
        at = at.tb_next
    return ", ".join(frames[-FRAMES:])


def _name(failure: BaseException) -> str:
    return f"{type(failure).__name__}: {failure.detail}" if isinstance(failure, OURS) else type(failure).__name__


def _chain(failure: BaseException) -> Iterator[BaseException]:
    seen: set[int] = set()
    each: BaseException | None = failure
    while each is not None and id(each) not in seen:
        seen.add(id(each))
        yield each
        each = each.__cause__ or (None if each.__suppress_context__ else each.__context__)
