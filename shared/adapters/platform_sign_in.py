"""Staff, as App Service authentication signs them in through Microsoft Entra ID and tells us of them in headers.

    X-MS-CLIENT-PRINCIPAL        base64 of {"auth_typ": "aad", "claims": [{"typ": "…", "val": "…"}, …], …}
    X-MS-CLIENT-PRINCIPAL-IDP    aad

The platform takes these headers away from whoever sends them, but only where its authentication is on; elsewhere anybody could
write them, so they mean nothing (`is_on`). Source: Microsoft Learn, "Work with user identities in App Service authentication".
"""

import base64
import binascii
import json
from collections.abc import Callable, Mapping
from datetime import datetime

from shared.domain.errors import NotAuthenticated, NotPermitted
from shared.domain.people import Directory, Principal, Staff

PRINCIPAL = "x-ms-client-principal"
PROVIDER = "x-ms-client-principal-idp"
ENTRA = "aad"
OBJECT_ID = frozenset({"oid", "http://schemas.microsoft.com/identity/claims/objectidentifier"})
"""What the object id of a person's account is called, short or mapped. Names and addresses can be changed; this cannot."""


class PlatformSignIn:
    """Who a request comes from, by its headers (names in lower case). `is_on`: the platform says that it sets them."""

    def __init__(self, directory: Callable[[datetime], Directory], *, is_on: bool) -> None:
        self._directory, self._is_on = directory, is_on

    def __call__(self, headers: Mapping[str, str], now: datetime) -> Principal | None:
        """The member of staff; None: nobody is signed in.

        Raises NotAuthenticated for headers that cannot be read, or are another provider's; NotPermitted for who is not ours.
        """
        if not self._is_on or PRINCIPAL not in headers:
            return None
        if headers.get(PROVIDER, "").lower() != ENTRA:
            raise NotAuthenticated("You are signed in with another account than your organisation's; sign in through Entra ID.")
        employed = _employed(self._directory(now), _object_id(headers[PRINCIPAL]))
        return Principal(id=employed.id, name=employed.name, roles=employed.roles)


def _object_id(header: str) -> str:
    try:
        told = json.loads(base64.b64decode(header, validate=True))
        provider = told["auth_typ"]
        found = {claim["val"] for claim in told["claims"] if claim["typ"] in OBJECT_ID}
    except (binascii.Error, ValueError, KeyError, TypeError, RecursionError):
        raise NotAuthenticated("What the platform says of who is signed in cannot be read; sign in again.") from None
    if provider != ENTRA or len(found) != 1 or not isinstance(object_id := found.pop(), str) or not object_id:
        raise NotAuthenticated("What the platform says of who is signed in names no account of Entra ID; sign in again.")
    return object_id.lower()


def _employed(directory: Directory, object_id: str) -> Staff:
    for person in directory.staff.values():
        if person.entra_id is not None and person.entra_id.lower() == object_id and person.roles:
            return person
    raise NotPermitted("You are signed in, but you are not staff of the desk; ask the service manager to enter you.")
