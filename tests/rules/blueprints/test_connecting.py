# ruff: noqa: E501 (tables of what is expected, one line each)
"""From a description to a plan: operation, credentials, pages and records are found in whatever form they come."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest

from backend.core.errors import InvalidInput
from backend.domains.blueprints.connecting.plan import Auth
from backend.domains.blueprints.connecting.proposing import mapping_of, plan_to_json, propose_feed, read_plan
from backend.domains.blueprints.model import FeedProposal, Left
from backend.domains.catalogue import service as catalogue
from tests.fakes import HashEmbedder
from tests.rules.blueprints.descriptions import DESCRIPTIONS, I, N, S, arr, obj, ok, q

BEARER = {"type": "http", "scheme": "bearer"}


def proposed(name: str) -> FeedProposal:
    return propose_feed(name, DESCRIPTIONS[name], embedder=HashEmbedder())


def described(paths: dict[str, Any], **more: Any) -> FeedProposal:
    document = {
        "openapi": "3.0.3",
        "info": {"title": "T"},
        "servers": [{"url": "https://t.example"}],
        "paths": paths,
        **more,
    }
    return propose_feed("t.json", json.dumps(document), embedder=HashEmbedder())


CAR = obj(id=S, vin=S, make=S, model=S, year=I, price=N, mileage=I, photos=arr(S))


def test_every_plan_comes_back_from_its_plain_form() -> None:
    for name in DESCRIPTIONS:
        plan = proposed(name).plan
        assert plan_to_json(read_plan(plan)) == plan, name
        assert read_plan(json.loads(json.dumps(plan))) == read_plan(plan), name
        assert read_plan(plan).confidence > 0


@pytest.mark.parametrize(
    ("name", "base", "path", "auth", "records"),
    [
        ("swagger.yaml", "https://data.harborfeed.example/api/v3", "/boats", {"type": "api_key", "in": "header", "name": "X-Auth-Token"}, "results"),
        (
            "oauth.json", "https://api.aeromarket.example/partner", "/aircraft",
            {"type": "oauth2", "flow": "client_credentials", "token_url": "https://auth.aeromarket.example/oauth/token", "scopes": ["aircraft.read"]},
            "aircraft",
        ),
        ("hal.yaml", "https://eu.paddock.example/v1", "/horses", {"type": "http", "scheme": "basic"}, "_embedded.horses"),
        ("jsonapi.json", "https://api.timepiece.example", "/v1/watches", {"type": "api_key", "in": "query", "name": "apikey"}, "data"),
        ("odata.json", "https://odata.estates.example/odata", "/Property", BEARER, "value"),
        ("spring.json", "https://mach.example/api", "/machines", {"type": "api_key", "in": "query", "name": "api_key"}, "content"),
        ("drf.json", "https://cellar.example", "/api/wines/", {"type": "api_key", "in": "header", "name": "Authorization", "prefix": "Token "}, "results"),
        ("post.json", "https://trucks.example/v1", "/trucks/search", BEARER, "items"),
        ("keyset.json", "https://rv.example/v2", "/units", {"type": "none"}, "data"),
        ("zero.json", "https://cars.example", "/vehicles", {"type": "api_key", "in": "header", "name": "api-key"}, "vehicles"),
        ("hdr.yaml", "/api", "/artworks", {"type": "api_key", "in": "header", "name": "X-Gallery-Key"}, "edges"),
        ("win.txt", "https://api.tractors.example", "/v1/stock", BEARER, "stock"),
        ("chrome.txt", "https://www.jets.example", "/api/search", {"type": "api_key", "in": "cookie", "name": "session"}, "jets"),
        (
            "token.txt", "https://api.yachts.example", "/feed/yachts",
            {"type": "oauth2", "flow": "client_credentials", "token_url": "https://login.yachts.example/connect/token", "scopes": ["feed"]}, "yachts",
        ),
        ("bare.json", "", "", {"type": "none"}, "result.properties"),
        ("basic.txt", "https://inv.example", "/rest/vehicles", {"type": "http", "scheme": "basic"}, "vehicles"),
        ("query.txt", "https://feeds.example", "/listings.json", {"type": "api_key", "in": "query", "name": "api_key"}, "listings"),
        ("map.json", "https://lots.example", "/lots", {"type": "none"}, "lots.*"),
        ("laravel.json", "https://l.example/api", "/vehicles", {"type": "none"}, "data"),
        ("linkdoc.yaml", "https://m.example/v1", "/motorcycles", {"type": "none"}, "$"),
    ],
)  # fmt: skip
def test_what_is_asked_where_and_as_whom(
    name: str, base: str, path: str, auth: dict[str, Any], records: str
) -> None:
    plan = proposed(name).plan
    assert (plan["base_url"], plan["list_operation"]["path"]) == (base, path)
    assert plan["auth"] == auth
    assert plan["records_path"] == records


@pytest.mark.parametrize(
    ("name", "paging"),
    [
        ("swagger.yaml", {"style": "offset", "offset_param": "start", "size_param": "rows", "max_size": 50, "total_path": "numFound"}),
        ("oauth.json", {"style": "next_url", "next_path": "paging.next", "size_param": "pageSize", "max_size": 40}),
        ("hal.yaml", {"style": "next_url", "next_path": "_links.next.href", "size_param": "size", "max_size": 100}),
        ("jsonapi.json", {"style": "page", "page_param": "page[number]", "size_param": "page[size]", "max_size": 50, "first_page": 1}),
        ("odata.json", {"style": "next_url", "next_path": "@odata.nextLink", "size_param": "$top", "max_size": 200}),
        ("spring.json", {"style": "page", "page_param": "page", "first_page": 0, "size_param": "size", "max_size": 25, "last_path": "last"}),
        ("drf.json", {"style": "next_url", "next_path": "next", "size_param": "limit"}),
        ("post.json", {"style": "page", "page_param": "pageNumber", "first_page": 1, "max_size": 30, "in_body": True}),
        ("keyset.json", {"style": "cursor", "cursor_param": "starting_after", "next_path": "data[-1].id", "more_path": "has_more"}),
        ("zero.json", {"style": "page", "first_page": 0, "size_param": "per_page", "max_size": 250, "pages_path": "pages"}),
        ("hdr.yaml", {"style": "cursor", "cursor_param": "after", "next_path": "pageInfo.endCursor", "size_param": "first", "max_size": 80}),
        ("win.txt", {"style": "offset", "offset_param": "offset", "size_param": "limit", "max_size": 25, "total_path": "meta.total"}),
        ("chrome.txt", {"style": "offset", "offset_param": "skip", "size_param": "take", "max_size": 30}),
        ("token.txt", {"style": "next_url", "next_path": "next", "size_param": "limit", "max_size": 20}),
        ("bare.json", {"style": "page", "page_param": "page", "pages_path": "totalPages"}),
        ("basic.txt", {"style": "page", "page_param": "page", "size_param": "pageSize", "max_size": 50}),
        ("query.txt", {"style": "cursor", "cursor_param": "cursor", "next_path": "next_cursor", "more_path": "has_more", "max_size": 100}),
        ("map.json", {"style": "none"}),
        ("laravel.json", {"style": "next_url", "next_path": "links.next"}),
        ("linkdoc.yaml", {"style": "link_header", "size_param": "per_page", "max_size": 60}),
    ],
)  # fmt: skip
def test_how_pages_follow(name: str, paging: dict[str, Any]) -> None:
    found = proposed(name).plan["pagination"]
    assert {key: found.get(key) for key in paging} == paging


@pytest.mark.parametrize(
    ("name", "targets"),
    [
        ("swagger.yaml", {"MakeString": "make", "ModelYear": "year", "Price": "price", "Images[].Uri": "image_urls"}),
        ("oauth.json", {"id": "external_id", "askingPrice.amount": "price", "askingPrice.currency": "currency", "photos[].href": "image_urls"}),
        ("jsonapi.json", {"id": "external_id", "attributes.brand": "make", "attributes.images[]": "image_urls"}),
        ("odata.json", {"ListingKey": "external_id", "ListPrice": "price", "City": "location_city", "Media[].MediaURL": "image_urls"}),
        ("win.txt", {"stockNo": "external_id", "brand": "make", "priceEUR": "price"}),
    ],
)  # fmt: skip
def test_what_paths_become(name: str, targets: dict[str, str]) -> None:
    found = {field.key: field.targets for field in proposed(name).fields}
    assert {key: found[key] for key in targets} == {key: (target,) for key, target in targets.items()}


def test_what_is_private_or_wrapping_stays_out() -> None:
    fields = {field.key: field for field in proposed("odata.json").fields}
    assert fields["ListAgentEmail"].left is Left.PERSONAL
    assert {f.key: f.left for f in proposed("jsonapi.json").fields}["type"] is Left.UNUSED
    price = obj(
        list=N, floor={"type": "number", "description": "Lowest we accept, internal, not for publication"}
    )
    found = described({"/cars": {"get": {"responses": ok(arr(obj(id=S, vin=S, make=S, price=price)))}}})
    assert {f.key: f.left for f in found.fields}["price.floor"] is Left.INTERNAL
    assert all(not field.targets for field in found.fields if field.left)


@pytest.mark.parametrize(
    ("shape", "sample"),
    [
        ({"price_cents": I}, 68500000),
        ({"price": {**I, "description": "Asking price in minor units"}}, 68500000),
    ],
)
def test_minor_units_become_amounts(shape: dict[str, Any], sample: int) -> None:
    found = described({"/homes": {"get": {"responses": ok(arr(obj(id=S, beds=I, city=S, **shape)))}}})
    field = next(field for field in found.fields if field.targets == ("price",))
    assert field.column["scale"] == 0.01
    assert catalogue.read_cell(sample, {**field.column, "target": "price"}) == 685_000


@pytest.mark.parametrize(
    ("key", "values", "expected"),
    [
        ("geo", [[43.58, -116.39], [43.1, -116.7]], ("latitude", "longitude")),
        ("latLng", [[1.5, 2.5]], ("latitude", "longitude")),
        ("coordinates", [[-16.3, 43.5]], ("longitude", "latitude")),
        ("location", [[-116.3, 43.5]], ("longitude", "latitude")),
    ],
)
def test_places_as_pairs_of_numbers(key: str, values: list[list[float]], expected: tuple[str, str]) -> None:
    sample = json.dumps(
        {"homes": [{"id": f"h{at}", "price": 5, "beds": 2, key: pair} for at, pair in enumerate(values)]}
    )
    fields = {
        field.key: field.targets for field in propose_feed("s.json", sample, embedder=HashEmbedder()).fields
    }
    assert (fields[f"{key}[0]"], fields[f"{key}[1]"]) == tuple((target,) for target in expected)


def test_the_mapping_of_a_feed_is_one_that_imports_read() -> None:
    for name in DESCRIPTIONS:
        feed = proposed(name)
        if any("external_id" in field.targets for field in feed.fields):
            mapping = catalogue.parse_mapping(json.dumps(mapping_of(name, feed.fields)))
            assert {column.header for column in mapping.columns} == {f.key for f in feed.fields if f.targets}


def test_the_list_of_all_things_is_chosen_among_many() -> None:
    def lists(schema: Any, *parameters: Any, **more: Any) -> dict[str, Any]:
        return {"get": {"responses": ok(arr(schema)), "parameters": list(parameters), **more}}

    person = obj(id=S, name=S, email=S, phone=S, city=S)
    dealer = {"name": "dealerId", "in": "path", "required": True, "schema": S}
    found = described({
        "/dealers": lists(obj(id=S, name=S, city=S, phone=S, logo=S, url=S)),
        "/dealers/{dealerId}/vehicles": lists(CAR, dealer),
        "/leads": lists(person, q("page")),
        "/makes": lists(obj(id=S, name=S)),
        "/vehicles/featured": lists(CAR, q("page")),
        "/vehicles/changes": lists(CAR, q("since")),
        "/admin/vehicles": lists(CAR, q("page")),
        "/vehicles/{id}": {"get": {"responses": ok(CAR), "parameters": [{"name": "id", "in": "path", "required": True, "schema": S}]}},
        "/vehicles/{id}/similar": lists(CAR, {"name": "id", "in": "path", "required": True, "schema": S}),
        "/old/vehicles": lists(CAR, q("page"), deprecated=True),
        "/vehicles": {**lists(CAR, q("page")), "post": {"operationId": "createVehicle", "responses": {"201": {}}}},
        "/vehicles/import": {"post": {"operationId": "importVehicles", "responses": ok(arr(CAR))}},
    })  # fmt: skip
    assert found.plan["list_operation"] == {"method": "GET", "path": "/vehicles"}
    reason = next(reason for reason in found.plan["reasons"] if reason["part"] == "list_operation")
    assert reason["confidence"] > 0.5
    assert any("for sale" in each["text"] for each in reason["evidence"])


def test_nothing_that_writes_is_ever_chosen() -> None:
    for operation in ("createCar", "importCars", "updateCars", "syncListing"):
        paths = {
            "/cars": {
                "post": {"operationId": operation, "responses": ok(arr(CAR))},
                "put": {"responses": ok(arr(CAR))},
            }
        }
        with pytest.raises(InvalidInput, match="no_list_operation"):
            described(paths)


def test_required_values_come_from_the_description_or_are_asked_for() -> None:
    parameters = [
        {"name": "lang", "in": "query", "required": True, "schema": {"type": "string", "enum": ["en", "de"]}},
        {"name": "market", "in": "query", "required": True, "schema": S},
        {"name": "region", "in": "path", "required": True, "schema": {"type": "string", "default": "eu"}},
        {"name": "status", "in": "query", "schema": {"type": "string", "default": "active"}},
    ]
    found = described({"/{region}/cars": {"get": {"parameters": parameters, "responses": ok(arr(CAR))}}})
    listed = found.plan["list_operation"]
    assert (listed["query"], listed["path_values"]) == ({"lang": "en"}, {"region": "eu"})
    assert found.plan["open_values"] == ["market"]
    assert "market" in found.notes[0].text


@pytest.mark.parametrize(
    ("required", "chosen"),
    [
        ([{"person": []}, {"key": []}], {"type": "api_key", "in": "header", "name": "X-Key"}),
        ([{}, {"key": []}], {"type": "api_key", "in": "header", "name": "X-Key"}),
        ([], {"type": "none"}),
        ([{"oidc": []}], {"type": "http", "scheme": "bearer"}),
        ([{"missing": []}, {"cookie": []}], {"type": "api_key", "in": "cookie", "name": "sid"}),
    ],
)
def test_of_several_ways_to_sign_in_a_machine_takes_its_own(
    required: list[Any], chosen: dict[str, str]
) -> None:
    schemes = {
        "person": {
            "type": "oauth2",
            "flows": {"authorizationCode": {"tokenUrl": "/t", "authorizationUrl": "/a"}},
        },
        "key": {"type": "apiKey", "in": "header", "name": "X-Key"},
        "oidc": {"type": "openIdConnect", "openIdConnectUrl": "https://t.example"},
        "cookie": {"type": "apiKey", "in": "cookie", "name": "sid"},
    }
    operation = {"security": required, "responses": ok(arr(CAR))}
    found = described({"/cars": {"get": operation}}, components={"securitySchemes": schemes})
    assert found.plan["auth"] == chosen


@pytest.mark.parametrize(
    ("parameter", "response", "paging"),
    [
        (q("startIndex", type="integer", default=1), {}, {"style": "offset", "first_page": 1}),
        (q("offset", type="integer", minimum=0), {}, {"style": "offset", "first_page": None}),
        (
            {**q("page", type="integer"), "description": "Page number, starting at 0"},
            {},
            {"style": "page", "first_page": 0},
        ),
        (
            {**q("page", type="integer"), "description": "1-based page"},
            {},
            {"style": "page", "first_page": 1},
        ),
        (q("pageIndex", type="integer"), {}, {"style": "page", "first_page": 0}),
        (
            {**q("page"), "description": "Opaque continuation token"},
            {"next": S},
            {"style": "cursor", "cursor_param": "page", "next_path": "next"},
        ),
        (q("page", type="integer"), {"next_page": I}, {"style": "page", "next_path": None}),
        (q("page", type="integer"), {"nextPageUrl": S}, {"style": "next_url", "next_path": "nextPageUrl"}),
        (q("offset", type="integer"), {"next": S}, {"style": "next_url", "next_path": "next"}),
        (
            q("since_id", type="integer"),
            {},
            {"style": "cursor", "cursor_param": "since_id", "next_path": "items[-1].id"},
        ),
        (q("color"), {"continuationToken": S}, {"style": "cursor", "cursor_param": "continuationToken"}),
        (q("color"), {}, {"style": "none"}),
        (q("first_seen", type="integer"), {}, {"style": "none"}),
    ],
)
def test_kinds_of_pages_by_one_parameter(
    parameter: dict[str, Any], response: dict[str, Any], paging: dict[str, Any]
) -> None:
    found = described(
        {"/cars": {"get": {"parameters": [parameter], "responses": ok(obj(items=arr(CAR), **response))}}}
    )
    assert {key: found.plan["pagination"].get(key) for key in paging} == paging


@pytest.mark.parametrize(
    ("size", "expected"),
    [
        ({"schema": {"type": "integer", "maximum": 80, "default": 20}}, 80),
        ({"schema": I, "description": "Page size (default 20, max. 100)"}, 100),
        ({"schema": I, "description": "Records per page, up to 500"}, 500),
        ({"schema": I, "description": "Between 1 and 60"}, None),
        ({"schema": I, "description": "1-60"}, 60),
        ({"schema": {"type": "integer", "enum": [10, 25, 50]}}, 50),
        ({"schema": {"type": "integer", "default": 30}}, 30),
        ({"schema": I, "example": 40}, 40),
        ({"schema": {"type": "string", "enum": ["10", "25"]}}, 25),
        ({"schema": I}, None),
    ],
)
def test_pages_are_as_large_as_the_description_allows(size: dict[str, Any], expected: int | None) -> None:
    parameters = [q("page", type="integer"), {"name": "per_page", "in": "query", **size}]
    found = described({"/cars": {"get": {"parameters": parameters, "responses": ok(arr(CAR))}}})
    assert found.plan["pagination"].get("max_size") == expected


@pytest.mark.parametrize(
    ("servers", "base"),
    [
        ([{"url": "https://sandbox.x.example"}, {"url": "https://x.example/"}], "https://x.example"),
        (
            [{"url": "https://x.example", "description": "Staging"}, {"url": "https://live.x.example/api/"}],
            "https://live.x.example/api",
        ),
        ([{"url": "//x.example/v1"}], "https://x.example/v1"),
        (
            [{"url": "https://{t}.x.example", "variables": {"t": {"default": "acme"}}}],
            "https://acme.x.example",
        ),
        ([{"url": "https://{t}.x.example"}, {"url": "https://y.example"}], "https://y.example"),
        ([{"url": "/v2/"}], "/v2"),
        ([{"url": "https://user:pw@x.example/v1?x=1"}], "https://x.example/v1"),
        ([{"url": "http://[bad"}, {"url": "https://x.example"}], "https://x.example"),
        ([], ""),
    ],
)
def test_the_address_is_that_of_production(servers: list[Any], base: str) -> None:
    found = described({"/cars": {"get": {"responses": ok(arr(CAR))}}}, servers=servers)
    assert found.plan["base_url"] == base


def test_examples_in_a_description_are_not_taken_for_the_request() -> None:
    told = "info:\n  title: T\n  description: |\n    Try it:\n    curl https://other.example/try\n"
    for name in ("hal.yaml", "swagger.yaml"):
        lines = [line for line in DESCRIPTIONS[name].split("\n") if not line.startswith("info:")]
        found = propose_feed(name, "\n".join([lines[0], told, *lines[1:]]), embedder=HashEmbedder())
        assert found.plan["base_url"] == proposed(name).plan["base_url"]


def test_two_keys_at_once_are_both_named() -> None:
    schemes = {
        "app": {"type": "apiKey", "in": "header", "name": "X-App"},
        "key": {"type": "apiKey", "in": "header", "name": "X-Key"},
    }
    found = described(
        {"/cars": {"get": {"responses": ok(arr(CAR))}}},
        components={"securitySchemes": schemes},
        security=[{"app": [], "key": []}],
    )
    plan = read_plan(found.plan)
    assert (plan.auth, plan.extra_auth) == (
        Auth("api_key", "header", "X-App"),
        (Auth("api_key", "header", "X-Key"),),
    )


@pytest.mark.parametrize(
    ("change", "path"),
    [
        ({"base_url": "ftp://x"}, "base_url"),
        ({"base_url": "https://user@x.example"}, "base_url"),
        ({"list_operation": {"method": "DELETE", "path": "/x"}}, "list_operation/method"),
        ({"auth": {"type": "api_key"}}, "auth"),
        ({"pagination": {"style": "guess"}}, "pagination/style"),
        ({"secret": "k"}, "(top)"),
    ],
)
def test_a_plan_that_was_changed_by_hand_is_checked(change: dict[str, Any], path: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        read_plan({**proposed("spring.json").plan, **change})
    assert (refused.value.code, refused.value.facts["path"]) == ("blueprints.plan_invalid", path)


def test_what_a_seller_confirmed_before_counts() -> None:
    from backend.domains.blueprints.model import Remembered

    sample = json.dumps(
        [
            {"id": "1", "price": 5, "zorb": "blue", "make": "A"},
            {"id": "2", "price": 6, "zorb": "red", "make": "B"},
        ]
    )
    before = [Remembered("zorb", ("color_exterior",), times=3)]
    fields = propose_feed("s.json", sample, embedder=HashEmbedder(), remembered=before).fields
    assert next(field for field in fields if field.key == "zorb").targets == ("color_exterior",)


def test_no_secret_of_a_pasted_request_is_kept() -> None:
    for name, secret in (
        ("win.txt", "eyJ"),
        ("chrome.txt", "abc"),
        ("basic.txt", "secret"),
        ("query.txt", "YOUR_KEY"),
    ):
        feed = proposed(name)
        assert f'"{secret}' not in json.dumps(feed.plan)
        plan = replace(read_plan(feed.plan), reasons=())
        assert secret not in repr(plan).replace("next_path", "")
