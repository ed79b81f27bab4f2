"""Blueprints over HTTP: samples sent as files, a proposal, a preview, the gate; and who and what is refused."""

from __future__ import annotations

import time
from typing import Any
from uuid import uuid4

import httpx
import pytest

from tests.api.support import ADMIN, DEALER, VIEWER
from tests.api.test_accounts import sign_in

BLUEPRINTS = "/api/v1/blueprints"
LIST = "Stock No,Brand,Model,Year,Price EUR,Color,Our Cost\n" + "".join(
    f"H-{n:03},{('Arden', 'Bellweg', 'Corso')[n % 3]},{('Trail', 'City')[n % 2]},{2012 + n % 10},{900 + 37 * n},"
    f"{('Red', 'Black')[n % 2]},{400 + 9 * n}\n"
    for n in range(40)
)


def add(client: httpx.Client, view: dict[str, Any], name: str, content: bytes, **form: str) -> httpx.Response:
    return client.post(f"{BLUEPRINTS}/{view['id']}/files", files={"file": (name, content)}, data=form)


def until(client: httpx.Client, path: str, met: Any) -> dict[str, Any]:
    for _ in range(150):
        found = client.get(path).raise_for_status().json()
        if met(found):
            return found
        time.sleep(0.2)
    raise AssertionError(found)


def read(client: httpx.Client, view: dict[str, Any]) -> dict[str, Any]:
    is_over = lambda found: all(f["status"] not in ("waiting", "reading") for f in found["files"])  # noqa: E731
    return until(client, f"{BLUEPRINTS}/{view['id']}", is_over)


def opened(client: httpx.Client, title: str = "Bikes") -> dict[str, Any]:
    answer = client.post(BLUEPRINTS, json={"title": f"{title} {uuid4().hex[:6]}"})
    assert answer.status_code == 201, answer.text
    return answer.json()


def field(view: dict[str, Any], key: str) -> dict[str, Any]:
    return next(one for one in view["proposal"]["sheets"][0]["fields"] if one["key"] == key)


def test_from_a_list_to_a_live_event(api: str) -> None:
    with sign_in(api, ADMIN) as client:
        view = opened(client)
        path = f"{BLUEPRINTS}/{view['id']}"
        sent = add(client, view, "bikes.csv", LIST.encode())
        assert (sent.status_code, sent.json()["kind"]) == (201, "sheet")
        view = read(client, view)
        assert field(view, "Stock No")["targets"] == ["external_id"]
        assert field(view, "Our Cost")["left"] == "internal"
        file_id = view["files"][0]["id"]
        rows = client.get(f"{path}/files/{file_id}/rows", params={"limit": 2}).raise_for_status().json()
        assert [row["values"]["external_id"] for row in rows["rows"]] == ["H-000", "H-001"]
        said = client.post(f"{path}/clarifications", json={"text": "treat Color as exterior colour"}).json()
        applied = client.post(f"{path}/clarifications/{said['clarification_id']}/apply", json={})
        assert field(applied.json(), "Color")["targets"] == ["color_exterior"]
        body = {
            "revision": applied.json()["revision"],
            "changes": [{"file_id": file_id, "field": "Our Cost", "targets": ["price"]}],
        }
        guarded = client.post(f"{path}/decisions", json=body)
        assert (guarded.status_code, guarded.json()["code"]) == (409, "blueprints.needs_confirmation")
        early = client.post(f"{path}/publish", json={})
        assert (early.status_code, early.json()["code"]) == (409, "blueprints.gate_unmet")
        assert client.get(f"{path}/sandbox").status_code == 404
        client.post(f"{path}/sandbox").raise_for_status()
        state = until(client, f"{path}/sandbox", lambda found: found["stage"] in ("ready", "failed"))
        assert state["problem"] is None
        screen = state["screen"]
        answer = client.post(
            f"{path}/sandbox/messages", json={"message": "a red one", "state": screen["state"]}
        ).json()
        assert answer["reply"]
        again = client.post(
            f"{path}/sandbox/messages", json={"message": "after 2015", "state": answer["state"]}
        )
        assert again.status_code == 200, again.text
        listing = screen["tiles"][0]["listing_id"]
        held = client.post(f"{path}/sandbox/holds", json={"listing_id": listing, "buyers": 3}).json()
        assert held["winners"] == 1
        compared = client.get(f"{path}/sandbox/comparison", params={"listing_id": [listing]}).json()
        assert compared["listings"][0]["listing_id"] == listing
        gate = client.get(f"{path}/gate").json()
        assert gate["can_publish"], gate["checklist"]
        packed = client.get(f"{path}/bundle")
        assert packed.headers["content-type"] == "application/zip"
        live = client.post(f"{path}/publish", json={"message": "First list"})
        assert (live.status_code, live.json()["status"]) == (200, "applied"), live.text
        assert client.get(path).json()["status"] == "published"
        brought = client.post(f"{BLUEPRINTS}/bundles", files={"file": ("b.zip", packed.content)})
        assert (brought.status_code, brought.json()["is_edited"]) == (201, True), brought.text
        client.delete(f"{BLUEPRINTS}/{brought.json()['id']}").raise_for_status()
    started = httpx.post(f"{api}/api/v1/discovery/start", json={"event_id": live.json()["event_id"]})
    assert started.json()["ui"]["matches"] == 40


def test_who_may_not_sees_or_changes_nothing(api: str) -> None:
    with sign_in(api, ADMIN) as client:
        view = opened(client)
        add(client, view, "bikes.csv", LIST.encode()).raise_for_status()
        file_id = read(client, view)["files"][0]["id"]
    path = f"{BLUEPRINTS}/{view['id']}"
    paths = ("", "/gate", "/sandbox", "/bundle", f"/files/{file_id}/rows")
    assert {httpx.get(f"{api}{path}{one}").status_code for one in paths} == {401}
    with sign_in(api, DEALER) as client:
        assert {client.get(f"{path}{one}").status_code for one in paths} == {404}
        assert add(client, view, "x.csv", b"a,b\n1,2\n").status_code == 404
        assert client.post(f"{path}/sandbox").status_code == 404
    with sign_in(api, VIEWER) as client:
        assert client.get(path).status_code == 200
        assert client.post(BLUEPRINTS, json={"title": "Mine"}).status_code == 403
        assert add(client, view, "x.csv", b"a,b\n1,2\n").status_code == 403


def test_bad_uploads_are_refused_in_the_one_shape(api: str) -> None:
    with sign_in(api, ADMIN) as client:
        view = opened(client)
        path = f"{BLUEPRINTS}/{view['id']}/files"
        nothing = client.post(path, data={"kind": "sheet"})
        assert (nothing.status_code, nothing.json()["code"]) == (422, "blueprints.no_file_sent")
        empty = add(client, view, "a.csv", b"")
        assert (empty.status_code, empty.json()["code"]) == (422, "blueprints.empty_file")
        add(client, view, "tool.exe", b"MZ\x00\x01" * 50).raise_for_status()
        (file,) = read(client, view)["files"]
        assert (file["status"], file["problem"]["code"]) == ("refused", "blueprints.unknown_kind")
        page = client.get(f"{BLUEPRINTS}/files/{file['id']}/pages/1")
        assert (page.status_code, page.json()["code"]) == (422, "blueprints.no_picture")
        broken = client.post(
            path, content=b"--x\r\nnonsense", headers={"Content-Type": "multipart/form-data; boundary=x"}
        )
        assert broken.status_code in (400, 422), broken.text


@pytest.mark.parametrize("declared", [True, False])
def test_an_upload_without_end_is_stopped_while_it_arrives(api: str, declared: bool) -> None:
    head = b'--x\r\nContent-Disposition: form-data; name="file"; filename="b.zip"\r\n\r\n'

    def endless() -> Any:
        yield head
        for _ in range(40):
            yield b"0" * 1_000_000

    headers = {"Content-Type": "multipart/form-data; boundary=x"}
    if declared:
        headers["Content-Length"] = str(len(head) + 40_000_000)
    with sign_in(api, ADMIN) as client:
        answer = client.post(f"{BLUEPRINTS}/bundles", content=endless(), headers=headers)
    assert (answer.status_code, answer.json()["code"]) == (413, "core.too_large")


def test_one_key_is_one_blueprint(api: str) -> None:
    with sign_in(api, ADMIN) as client:
        key = {"Idempotency-Key": str(uuid4())}
        ids = {client.post(BLUEPRINTS, json={"title": "Twice"}, headers=key).json()["id"] for _ in range(2)}
        assert len(ids) == 1
        reused = client.post(BLUEPRINTS, json={"title": "Other"}, headers=key)
        assert (reused.status_code, reused.json()["code"]) == (409, "core.key_reused")
