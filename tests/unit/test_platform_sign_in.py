"""Staff are who the platform says they are, where it is the platform that says so."""

import base64
import json
from collections.abc import Mapping

import pytest

from shared.adapters.platform_sign_in import PlatformSignIn
from shared.domain.errors import NotAuthenticated, NotPermitted
from shared.domain.people import Directory, Principal, Role, Staff
from tests.support.desks import rome

NOW = rome("2026-03-02 09:00")
CARLAS = "0f8fad5b-d9cb-469f-a165-70867728950e"
SHORT, MAPPED = "oid", "http://schemas.microsoft.com/identity/claims/objectidentifier"


def someone(id: str, entra_id: str | None, *roles: Role) -> Staff:
    return Staff(id=id, name=id.title(), email=f"{id}@desk.example", language="it", roles=frozenset(roles), entra_id=entra_id)


STAFF = (
    someone("carla", CARLAS, Role.CUSTOMER_CARE_MANAGER),
    someone("omar", None, Role.OPERATOR),
    someone("gone", "11111111-1111-1111-1111-111111111111"),
)
DIRECTORY = Directory(staff={person.id: person for person in STAFF})


def claims(*pairs: tuple[str, object], auth_typ: object = "aad") -> dict[str, object]:
    return {"auth_typ": auth_typ, "claims": [{"typ": typ, "val": val} for typ, val in pairs], "name_typ": "n", "role_typ": "r"}


def headers(told: object, provider: str = "aad") -> dict[str, str]:
    encoded = base64.b64encode(json.dumps(told).encode()).decode()
    return {"x-ms-client-principal": encoded, "x-ms-client-principal-idp": provider, "x-ms-client-principal-id": CARLAS}


def identified(sent: Mapping[str, str], *, is_on: bool = True) -> Principal | None:
    return PlatformSignIn(lambda now: DIRECTORY, is_on=is_on)(sent, NOW)


@pytest.mark.parametrize("claim", [SHORT, MAPPED])
@pytest.mark.parametrize("object_id", [CARLAS, CARLAS.upper()])
def test_an_account_that_is_entered_is_its_member_of_staff(claim: str, object_id: str) -> None:
    found = identified(headers(claims(("name", "Somebody Else"), (claim, object_id))))
    assert found == Principal(id="carla", name="Carla", roles=frozenset({Role.CUSTOMER_CARE_MANAGER}))


def test_the_headers_mean_nothing_where_the_platform_does_not_set_them() -> None:
    assert identified(headers(claims((SHORT, CARLAS))), is_on=False) is None
    assert identified({"x-ms-client-principal": "rubbish"}, is_on=False) is None


def test_without_the_headers_nobody_is_signed_in() -> None:
    assert identified({}) is None
    assert identified({"x-ms-client-principal-id": CARLAS, "x-ms-client-principal-idp": "aad"}) is None


@pytest.mark.parametrize("provider", ["", "google", "facebook", "aadx", "aad,aad"])
def test_another_providers_account_is_not_staff_whatever_it_claims(provider: str) -> None:
    with pytest.raises(NotAuthenticated, match="another account"):
        identified(headers(claims((SHORT, CARLAS)), provider))


@pytest.mark.parametrize(
    "told",
    [
        claims((SHORT, CARLAS), auth_typ="google"),
        claims((SHORT, CARLAS), auth_typ=None),
        claims(("name", "carla"), ("preferred_username", "carla@desk.example")),
        claims((SHORT, CARLAS), (MAPPED, "another")),
        claims((SHORT, "")),
        claims((SHORT, 7)),
        claims((SHORT, [CARLAS])),
        {"claims": [{"typ": SHORT, "val": CARLAS}]},
        {"auth_typ": "aad", "claims": "oid"},
        {"auth_typ": "aad", "claims": [SHORT, CARLAS]},
        {"auth_typ": "aad", "claims": {SHORT: CARLAS}},
        {"auth_typ": "aad"},
        [CARLAS],
        CARLAS,
        None,
    ],
)
def test_claims_that_name_no_single_account_of_entra_id_sign_nobody_in(told: object) -> None:
    with pytest.raises(NotAuthenticated, match="sign in again"):
        identified(headers(told))


@pytest.mark.parametrize(
    "header", ["", "%%%", "e30", "e30=,e30=", "/w==", "é", "[" * 100, base64.b64encode(b"[" * 100_000).decode()]
)
def test_a_header_that_cannot_be_read_signs_nobody_in(header: str) -> None:
    with pytest.raises(NotAuthenticated, match="cannot be read"):
        identified({"x-ms-client-principal": header, "x-ms-client-principal-idp": "aad"})


@pytest.mark.parametrize(
    "object_id", ["22222222-2222-2222-2222-222222222222", "11111111-1111-1111-1111-111111111111", "omar", "None"]
)
def test_somebody_signed_in_who_is_not_employed_is_told_so(object_id: str) -> None:
    with pytest.raises(NotPermitted, match="not staff of the desk"):
        identified(headers(claims((SHORT, object_id))))
