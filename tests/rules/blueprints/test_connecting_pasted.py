"""What people paste: commands of three shells, answers with headers and dots, and where secrets stood in them."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.core.errors import InvalidInput
from backend.domains.blueprints.connecting.auth import auth_of_request, is_secret
from backend.domains.blueprints.connecting.curl import Request, read_pasted, read_sample
from backend.domains.blueprints.connecting.records import (
    at_path,
    cell_at,
    implied,
    leaves_of,
    paths_of,
    records_at,
)
from backend.domains.blueprints.connecting.schemas import Schemas
from backend.domains.blueprints.connecting.steps import linked

URL = "https://x.example/cars?page=1&q=a%20b"


def request_of(text: str) -> Request:
    (found,) = read_pasted("t.txt", text)
    assert found.request is not None
    return found.request


@pytest.mark.parametrize(
    "text",
    [
        f"curl -H 'X-Key: k' '{URL}'",
        f'curl -H "X-Key: k" "{URL}"',
        f"$ curl '{URL}' --header='X-Key: k'",
        f"curl -sSL -i -XGET -H'X-Key: k' --url '{URL}' -o out.json --max-time 5",
        f"curl \\\n  --request GET \\\n  -H 'X-Key: k' \\\n  '{URL}'",
        f'curl.exe ^\n  -H "X-Key: k" ^\n  "{URL}"',
        f'C:\\> curl "{URL.replace("&", "^&").replace("%", "^%")}" -H ^"X-Key: k^"',
        f"PS C:\\> curl.exe `\n -H 'X-Key: k' `\n '{URL}'",
        f"user@host:~$ curl $'{URL}' -H $'X-Key: k'",
        "# the list\ncurl -G https://x.example/cars -d page=1 --data-urlencode 'q=a b' -H 'X-Key: k'\n# end",
        "curl 'x.example/cars' --url-query 'page=1&q=a+b' -H 'X-Key: k' | jq .",
    ],
)
def test_one_request_in_many_spellings(text: str) -> None:
    found = request_of(text)
    assert (found.method, found.url) == ("GET", "https://x.example/cars")
    assert dict(found.query) == {"page": "1", "q": "a b"}
    assert ("X-Key", "k") in found.headers


def test_bodies_are_read_as_what_they_are() -> None:
    found = request_of(
        "curl https://x.example/find -H 'Content-Type: application/json' --data-raw '{\"page\": 1}'"
    )
    assert (found.method, found.body, found.form) == ("POST", {"page": 1}, [])
    found = request_of("curl https://x.example/token -d a=1 -d 'b=c d'")
    assert (found.method, found.body, found.form) == ("POST", None, [("a", "1"), ("b", "c d")])


ANSWER = [{"id": 1, "price": 5}]


@pytest.mark.parametrize(
    "below",
    [
        '[{"id": 1, "price": 5}]',
        'HTTP/2 200\ncontent-type: application/json\nlink: <https://x.example/2>; rel="next"\n\n[{"id": 1, "price": 5}]',
        '< HTTP/1.1 200 OK\n< Link: <https://x.example/2>; rel="next"\n<\n[{"id": 1, "price": 5}]\n* closed',
        "Response:\n```json\n[\n  {\"id\": 1, \"price\": 5},\n  ...\n]\n```",
        '[{"id": 1, "price": 5}, // and so on\n]',
        '[{"id": 1, "price": 5,}, ...]',
    ],
)  # fmt: skip
def test_answers_as_they_are_pasted(below: str) -> None:
    (found,) = read_pasted("t.txt", f"curl {URL!r}\n\n{below}\n")
    assert found.answer == ANSWER
    if "rel=" in below:
        assert linked(found.headers["link"]) == "https://x.example/2"


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("-H 'Authorization: Bearer ***'", ("http", None, "", "bearer")),
        ("-H 'authorization: Basic YTpi'", ("http", None, "", "basic")),
        ("--oauth2-bearer t", ("http", None, "", "bearer")),
        ("-u me:pw", ("http", None, "", "basic")),
        ("-H 'X-Client-Token: ****'", ("api_key", "header", "X-Client-Token", "")),
        ("-H 'X-Shopify-Access-Token: a'", ("api_key", "header", "X-Shopify-Access-Token", "")),
        ("-H 'Authorization: Token abc'", ("api_key", "header", "Authorization", "")),
        ("-H 'X-Dealer: <YOUR_DEALER>'", ("api_key", "header", "X-Dealer", "")),
        ("-b 'theme=dark; PHPSESSID=x; sid=1'", ("api_key", "cookie", "sid", "")),
        ("-H 'Accept: application/json' -H 'X-Api-Version: 3'", None),
    ],
)
def test_where_secrets_stood(text: str, told: tuple[str, str | None, str, str] | None) -> None:
    auths, _ = auth_of_request(request_of(f"curl '{URL}' {text}"))
    assert [(auth.type, auth.place, auth.name, auth.scheme) for auth in auths] == ([told] if told else [])


@pytest.mark.parametrize(
    "name",
    [
        "api_key",
        "apiKey",
        "key",
        "access_token",
        "X-API-KEY",
        "Ocp-Apim-Subscription-Key",
        "app_id",
        "token",
        "client_id",
        "api-key",
        "X-Auth",
    ],
)
def test_names_of_secrets(name: str) -> None:
    assert is_secret(name)


@pytest.mark.parametrize(
    "name",
    [
        "page_token",
        "nextToken",
        "continuationToken",
        "sort_key",
        "keyword",
        "keywords",
        "monkey",
        "Accept",
        "page",
        "make",
        "author",
        "X-Request-Version",
    ],
)
def test_names_that_only_look_like_secrets(name: str) -> None:
    assert not is_secret(name)


def test_a_request_without_an_address_is_none() -> None:
    with pytest.raises(InvalidInput) as refused:
        read_pasted("t.txt", "curl -H 'X: y'")
    assert refused.value.facts["problem"] == "not_a_request"


RECORD: dict[str, Any] = {
    "id": 7, "a": {"b": {"c": "x"}}, "list": [{"x": 1}, {"y": 2}, {"x": [3, None]}], "tags": ["p", "", "q"], "geo": [1.5, -2.5],
    "@odata.id": "o", "d.e": {"f": True}, "none": None, "nested": [[1, 2], [3]],
}  # fmt: skip


@pytest.mark.parametrize(
    ("path", "value", "cell"),
    [
        ("id", 7, 7),
        ("a.b.c", "x", "x"),
        ("a.b", {"c": "x"}, None),
        ("list[].x", [1, 3, None], "1\n3"),
        ("tags[]", ["p", "", "q"], "p\nq"),
        ("geo[0]", 1.5, 1.5),
        ("geo[-1]", -2.5, -2.5),
        ("geo[7]", None, None),
        ("list.x", 1, 1),
        ("@odata.id", "o", "o"),
        ("d.e.f", True, True),
        ("none", None, None),
        ("none.more", None, None),
        ("id.more[]", None, None),
        ("$", RECORD, None),
        ("$.id", 7, 7),
    ],
)
def test_paths_of_a_record(path: str, value: Any, cell: Any) -> None:
    assert at_path(RECORD, path) == value
    assert cell_at(RECORD, path) == cell


def test_records_of_answers() -> None:
    assert records_at([{"a": 1}, 5, None], "$") == [{"a": 1}]
    assert records_at({"data": {"items": []}}, "data.items") == []
    assert records_at({"data": {"items[]": 1}}, "data.items") is None
    assert records_at({"lots": {"7": {"a": 1}, "8": {"b": 2}}}, "lots.*") == [{"a": 1}, {"b": 2}]


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=4), inner, max_size=4),
    max_leaves=25,
)


@given(st.dictionaries(st.text(max_size=4), VALUES, max_size=5), st.text(max_size=12))
def test_any_record_has_paths_that_can_be_read_and_any_path_can_be_asked(
    record: dict[str, Any], path: str
) -> None:
    cell_at(record, path)
    for each in paths_of(record):
        cell = cell_at(record, each)
        assert cell is None or isinstance(cell, str | int | float)


@given(VALUES)
def test_the_schema_that_a_sample_implies_describes_it(sample: Any) -> None:
    schemas = Schemas({})
    assert len(list(leaves_of(schemas.shape(implied(sample)), schemas))) <= 400


@given(
    st.lists(st.dictionaries(st.text("ab", max_size=2), st.integers(), max_size=3), min_size=1, max_size=3),
    st.text("\n `x.", max_size=9),
)
def test_a_sample_is_read_whatever_follows_it(sample: list[dict[str, int]], rest: str) -> None:
    assert read_sample(json.dumps(sample) + "\n" + rest) == sample


@given(st.text(max_size=200))
def test_any_text_after_curl_is_a_request_or_refused(text: str) -> None:
    try:
        found = read_pasted("t.txt", f"curl {text}")
    except InvalidInput:
        return
    assert all(each.request is not None and each.request.url for each in found)


@pytest.mark.parametrize(
    ("header", "target"),
    [
        ('<https://a.example/?p=2>; rel="next"', "https://a.example/?p=2"),
        ("<a>; rel=prev, <b>; rel=next", "b"),
        ('<a>; rel="last next"', "a"),
        ('<a>; title="rel=next"; rel=last', None),
        ("", None),
        ("nonsense", None),
    ],
)
def test_link_headers(header: str, target: str | None) -> None:
    assert linked(header) == target
