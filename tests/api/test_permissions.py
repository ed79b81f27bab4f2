"""The permission matrix, the approval policy and flags over HTTP."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from tests.api.support import ADMIN, DEALER, OPERATOR, VIEWER
from tests.api.test_accounts import sign_in
from tests.api.test_configs import EVENT, READS, get, organization_id, send

PERMISSIONS = "/api/v1/permissions"


def member(api: str, email: str) -> dict[str, Any]:
    found = get(api, PERMISSIONS, ADMIN, organization_id=organization_id(api))
    return next(one for one in found["members"] if one["email"] == email)


@pytest.fixture
def restored(api: str) -> Iterator[None]:
    yield
    for email in (OPERATOR, VIEWER):
        body = {"organization_id": organization_id(api), "config_permissions": {}}
        send(api, f"{PERMISSIONS}/{member(api, email)['user_id']}", body, ADMIN, "PUT").raise_for_status()


def allow(api: str, email: str, actor: str = ADMIN, **permissions: Any) -> Any:
    body = {"organization_id": organization_id(api), "config_permissions": permissions}
    return send(api, f"{PERMISSIONS}/{member(api, email)['user_id']}", body, actor, "PUT")


def test_the_matrix_says_what_holds_and_what_differs_from_the_role(api: str, restored: None) -> None:
    operator = member(api, OPERATOR)
    assert (operator["role"], operator["config_permissions"]["max_risk_level"]) == ("operator", "medium")
    assert operator["config_permissions"]["manage_permissions"] is False
    changed = allow(api, OPERATOR, move_levers=False, edit_document=True)
    assert changed.status_code == 200, changed.text
    assert changed.json()["overrides"] == {"move_levers": False}
    refused = send(api, f"{EVENT}/levers", {"path": "/conversion/hold_minutes", "value": 25})
    assert (refused.status_code, refused.json()["facts"]) == (403, {"permission": "move_levers"})


def test_nobody_gives_what_he_has_not(api: str, restored: None) -> None:
    refused = allow(api, VIEWER, OPERATOR, edit_document=True)
    assert (refused.status_code, refused.json()["facts"]) == (403, {"permission": "manage_permissions"})
    allow(api, OPERATOR, manage_permissions=True).raise_for_status()
    above = allow(api, VIEWER, OPERATOR, modify_integrations=True)
    assert (above.status_code, above.json()["code"]) == (403, "identity.above_yourself")
    allow(api, VIEWER, OPERATOR, edit_document=True).raise_for_status()


def test_an_unknown_permission_or_level(api: str) -> None:
    for wrong in ({"fly": True}, {"max_risk_level": "enormous"}, {"move_levers": "yes"}):
        answer = allow(api, OPERATOR, **wrong)
        assert (answer.status_code, answer.json()["code"]) == (422, "identity.unknown_permission")


def test_somebody_stays_who_may_manage(api: str) -> None:
    answer = allow(api, ADMIN, manage_permissions=False)
    assert (answer.status_code, answer.json()["code"]) == (409, "identity.last_manager")


def test_without_view_config_the_document_is_not_there(api: str, restored: None) -> None:
    allow(api, VIEWER, view_config=False).raise_for_status()
    with sign_in(api, VIEWER) as client:
        for path in READS:
            answer = client.get(f"{EVENT}{path}")
            assert (answer.status_code, answer.json()["code"]) == (404, "events.not_found"), path
        compared = client.post(f"{EVENT}/versions/compare", json={"version_a": 1, "version_b": 1})
        assert compared.status_code == 404


def test_the_matrix_of_others_is_not_there(api: str) -> None:
    with sign_in(api, DEALER) as client:
        answer = client.get(PERMISSIONS, params={"organization_id": organization_id(api)})
        assert (answer.status_code, answer.json()["code"]) == (404, "identity.no_such_organization")
        for what in ("approval-policy", "flags"):
            assert client.get(f"/api/v1/organizations/{organization_id(api)}/{what}").status_code == 404


def test_the_policy_of_approvals_is_configuration_too(api: str) -> None:
    path = f"/api/v1/organizations/{organization_id(api)}/approval-policy"
    before = get(api, path, VIEWER)
    assert (before["low"], before["medium"], before["high"]) == (0, 1, 2)
    assert send(api, path, {"medium": 0}, OPERATOR, "PUT").json()["facts"] == {
        "permission": "manage_permissions"
    }
    changed = send(api, path, {"escalate_holds": 30}, ADMIN, "PUT")
    assert changed.json() | {"updated_at": "", "updated_by": ""} == before | {
        "escalate_holds": 30,
        "updated_at": "",
        "updated_by": "",
    }
    for wrong in ({"low": 3}, {"medium": -1}, {"draft_days": 0}):
        answer = send(api, path, wrong, ADMIN, "PUT")
        assert (answer.status_code, answer.json()["code"]) == (422, "events.bad_policy")
    send(api, path, {"escalate_holds": before["escalate_holds"]}, ADMIN, "PUT").raise_for_status()


def test_a_flag_of_the_organization(api: str) -> None:
    path = f"/api/v1/organizations/{organization_id(api)}/flags"
    assert send(api, f"{path}/comparison", {"is_on": False}, VIEWER, "PUT").status_code == 403
    done = send(api, f"{path}/comparison", {"is_on": False, "note": "Soon"}, OPERATOR, "PUT")
    assert done.status_code == 200, done.text
    assert get(api, path, VIEWER)["flags"][0]["note"] == "Soon"
    assert send(api, f"{path}/Not-A-Flag", {"is_on": True}, OPERATOR, "PUT").status_code == 422
    send(api, f"{path}/comparison", {"is_on": True}, OPERATOR, "PUT").raise_for_status()
