"""Azure Storage's errors in the words of the error tree."""

import logging
import re

from azure.core.exceptions import AzureError, ClientAuthenticationError

from shared.domain.errors import Conflict, InvalidInput, RowTooLarge, SportelloError, StorageUnavailable

_LOG = logging.getLogger(__name__)
MISSING = {"ResourceNotFound", "EntityNotFound"}
_CONFLICTS = MISSING | {"EntityAlreadyExists", "UpdateConditionNotSatisfied", "ConditionNotMet"}
_TOO_LARGE = {"EntityTooLarge", "PropertyValueTooLarge", "RequestBodyTooLarge", "TooManyProperties"}


def translated(error: AzureError) -> SportelloError:
    """Conflict, RowTooLarge or InvalidInput where the service says so; StorageUnavailable for all that may pass.

    An identity that is not accepted counts as passing, as a new role takes minutes to work, but it is logged as an error.
    """
    code, status = code_of(error), getattr(error, "status_code", None)
    if code in _CONFLICTS or status == 412:
        return Conflict("Somebody else wrote first; nothing was written.")
    if code in _TOO_LARGE or status == 413:
        return RowTooLarge(f"Storage finds this too large ({code}).")
    if status == 400:
        return InvalidInput(f"Storage refuses this request ({code}).")
    if isinstance(error, ClientAuthenticationError) or status in (401, 403):
        _LOG.error("Storage does not accept our identity (%s). Has it the data roles for tables and blobs?", code)
    return StorageUnavailable(f"Storage cannot be used now ({code or type(error).__name__}).")


def code_of(error: AzureError) -> str:
    """The service's error code. The clients give it as an attribute, or (of an insert) only in the JSON inside the message."""
    if code := getattr(error, "error_code", None):
        return str(getattr(code, "value", code))
    found = re.search(r'"code": ?"(\w+)"', str(error))
    return found[1] if found else ""
