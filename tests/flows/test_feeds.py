"""Plans carried out against a server that pages in five ways, signs in in four, and has bad habits."""

from __future__ import annotations

import base64
import json
from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from dataclasses import replace
from typing import Any

import pytest

from backend.adapters.fetching import Bounds, Circuit, Fetcher
from backend.core.errors import AppError
from backend.domains.blueprints.connecting.plan import Auth, ListOperation, Paging, Plan
from backend.domains.blueprints.connecting.signing import Credentials
from backend.domains.blueprints.connecting.steps import Spot
from backend.flows.feeds import Reach, fetch_all, fetch_records
from tests.feed_server import FeedServer, Reply, Seen, serve, things

ALL = things(23)
KEY = Credentials(value="k-1")


@pytest.fixture
def server() -> Iterator[FeedServer]:
    with serve() as feed:
        yield feed


@pytest.fixture
async def fetcher() -> AsyncIterator[Fetcher]:
    async def no_wait(_: float) -> None: ...

    bounds = Bounds(total_s=5, tries=3, shortest_wait_s=0.01)
    fetcher = Fetcher(allow_private=True, bounds=bounds, circuit=Circuit(), sleep=no_wait)
    yield fetcher
    await fetcher.close()


def plan_for(
    paging: Paging, *, records_path: str = "items", auth: Auth | None = None, **operation: Any
) -> Plan:
    given: dict[str, Any] = {"method": "GET", "path": "/things", **operation}
    listed = ListOperation(**given)
    return Plan("https://feed.example/v1", listed, auth or Auth(), paging, records_path)


async def refs(
    server: FeedServer, fetcher: Fetcher, plan: Plan, credentials: Credentials = KEY, **options: Any
) -> list[str]:
    found = await fetch_records(plan, credentials, base_url=server.url, fetcher=fetcher, **options)
    return [str(record["ref"]) for record in found]


async def refusal(server: FeedServer, fetcher: Fetcher, plan: Plan, **options: Any) -> AppError:
    with pytest.raises(AppError) as refused:
        await refs(server, fetcher, plan, **options)
    return refused.value


def pages_of(
    size: int, answer: Callable[[list[Any], int, str], Reply], first: int = 1
) -> Callable[[Seen], Reply]:
    """A list in pages: `answer` gets the records, how many pages there are, and the number of the next page or nothing."""
    count = -(-len(ALL) // size)

    def route(seen: Seen) -> Reply:
        number = int(seen.query.get("page") or first) - first
        following = str(number + 1 + first) if number + 1 < count else ""
        return answer(ALL[number * size : number * size + size], count, following)

    return route


EVERYTHING = [record["ref"] for record in ALL]


@pytest.mark.parametrize("first", [0, 1])
@pytest.mark.parametrize(
    ("known", "extra"),
    [
        ("pages", {"pages_path": "meta.pages"}),
        ("total", {"total_path": "meta.total"}),
        ("more", {"more_path": "meta.more"}),
        ("last", {"last_path": "meta.last"}),
        ("nothing", {}),
    ],
)
async def test_numbered_pages(
    server: FeedServer, fetcher: Fetcher, first: int, known: str, extra: dict[str, str]
) -> None:
    def answer(records: list[Any], count: int, following: str) -> Reply:
        meta = {"pages": count, "total": len(ALL), "more": bool(following), "last": not following}
        return Reply({"items": records, "meta": {known: meta.get(known)}})

    server.on("/v1/things", pages_of(5, answer, first))
    paging = replace(Paging("page", page_param="page", size_param="limit", size=5, first_page=first), **extra)
    assert await refs(server, fetcher, plan_for(paging)) == EVERYTHING
    assert [seen.query["page"] for seen in server.seen] == [str(number + first) for number in range(5)]
    assert server.seen[0].query["limit"] == "5"


async def test_a_last_page_that_is_full_is_found_by_the_refusal_of_the_next(
    server: FeedServer, fetcher: Fetcher
) -> None:
    def route(seen: Seen) -> Reply:
        start = int(seen.query["offset"])
        return Reply({"items": ALL[start : start + 4]}) if start < 20 else Reply({"error": "beyond"}, 404)

    server.on("/v1/things", route)
    paging = Paging("offset", offset_param="offset", size_param="count", size=4)
    assert await refs(server, fetcher, plan_for(paging)) == EVERYTHING[:20]


async def test_a_first_page_that_is_refused_is_an_error(server: FeedServer, fetcher: Fetcher) -> None:
    server.on("/v1/things", Reply({}, 404))
    error = await refusal(server, fetcher, plan_for(Paging("page", page_param="page")))
    assert (error.code, error.facts) == ("blueprints.feed_refused", {"status": 404})


async def test_offsets_go_by_what_came_not_by_what_was_asked(server: FeedServer, fetcher: Fetcher) -> None:
    """The server gives ten at most, whatever is asked for."""

    def route(seen: Seen) -> Reply:
        start = int(seen.query["$skip"])
        return Reply({"value": ALL[start : start + 10], "@odata.count": len(ALL)})

    server.on("/v1/things", route)
    paging = Paging("offset", offset_param="$skip", size_param="$top", size=100, total_path="@odata.count")
    assert await refs(server, fetcher, plan_for(paging, records_path="value")) == EVERYTHING


async def test_offsets_that_begin_at_one(server: FeedServer, fetcher: Fetcher) -> None:
    def route(seen: Seen) -> Reply:
        start = int(seen.query["startIndex"]) - 1
        return Reply({"items": ALL[start : start + 10]})

    server.on("/v1/things", route)
    paging = Paging("offset", offset_param="startIndex", size_param="count", size=10, first_page=1)
    assert await refs(server, fetcher, plan_for(paging)) == EVERYTHING
    assert [seen.query["startIndex"] for seen in server.seen] == ["1", "11", "21"]


async def test_a_count_of_the_page_is_not_taken_for_the_total(server: FeedServer, fetcher: Fetcher) -> None:
    def answer(records: list[Any], _count: int, _following: str) -> Reply:
        return Reply({"items": records, "count": len(records)})

    server.on("/v1/things", pages_of(5, answer))
    paging = Paging("page", page_param="page", size_param="n", size=5, total_path="count")
    assert await refs(server, fetcher, plan_for(paging)) == EVERYTHING


async def test_cursors(server: FeedServer, fetcher: Fetcher) -> None:
    def route(seen: Seen) -> Reply:
        start = int((seen.query.get("after") or "c0")[1:])
        return Reply(
            {
                "items": ALL[start : start + 6],
                "next": {"cursor": f"c{start + 6}" if start + 6 < len(ALL) else None},
            }
        )

    server.on("/v1/things", route)
    paging = Paging("cursor", cursor_param="after", next_path="next.cursor")
    assert await refs(server, fetcher, plan_for(paging, query={"status": "for sale"})) == EVERYTHING
    assert "after" not in server.seen[0].query
    assert {seen.query["status"] for seen in server.seen} == {"for sale"}


async def test_the_last_record_as_cursor(server: FeedServer, fetcher: Fetcher) -> None:
    def route(seen: Seen) -> Reply:
        start = EVERYTHING.index(seen.query["starting_after"]) + 1 if "starting_after" in seen.query else 0
        return Reply({"items": ALL[start : start + 7], "has_more": start + 7 < len(ALL)})

    server.on("/v1/things", route)
    paging = Paging("cursor", cursor_param="starting_after", next_path="items[-1].ref", more_path="has_more")
    assert await refs(server, fetcher, plan_for(paging)) == EVERYTHING


@pytest.mark.parametrize("host", ["", "https://feed.example", "{here}"])
async def test_link_headers(server: FeedServer, fetcher: Fetcher, host: str) -> None:
    base = host.replace("{here}", server.url)

    def answer(records: list[Any], _count: int, following: str) -> Reply:
        links = f'<{base}/v1/things?page={following}&a=b%2Fc>; rel="next", ' if following else ""
        return Reply(records, headers={"Link": links + f'<{base}/v1/things?page=1>; title="a, b"; rel=first'})

    server.on("/v1/things", pages_of(8, answer))
    plan = plan_for(Paging("link_header", size_param="per_page", size=8), records_path="$")
    assert await refs(server, fetcher, plan) == EVERYTHING
    assert [seen.query for seen in server.seen] == [
        {"per_page": "8"},
        {"page": "2", "a": "b/c"},
        {"page": "3", "a": "b/c"},
    ]


@pytest.mark.parametrize(
    "form", ["{here}/v1/things?page={n}", "/v1/things?page={n}", "?page={n}", "things?page={n}"]
)
async def test_addresses_of_the_next_page(server: FeedServer, fetcher: Fetcher, form: str) -> None:
    def answer(records: list[Any], _count: int, following: str) -> Reply:
        following = form.format(here=server.url, n=following) if following else following
        return Reply(
            {"_embedded": {"items": records}, "_links": {"next": {"href": following}} if following else {}}
        )

    server.on("/v1/things", pages_of(9, answer))
    auth = Auth("api_key", "query", "api_key")
    plan = plan_for(
        Paging("next_url", next_path="_links.next.href"), records_path="_embedded.items", auth=auth
    )
    assert await refs(server, fetcher, plan) == EVERYTHING
    assert {seen.query["api_key"] for seen in server.seen} == {"k-1"}


async def test_a_secret_that_the_server_repeats_is_not_part_of_the_place(
    server: FeedServer, fetcher: Fetcher
) -> None:
    server.on(
        "/v1/things", Reply({"items": ALL[:3], "next": "/v1/things?api%5Fkey=k-1&page=2&api_key=k-1&q=a%2Bb"})
    )
    plan = plan_for(Paging("next_url", next_path="next"), auth=Auth("api_key", "query", "api_key"))
    pages = fetch_all(plan, KEY, base_url=server.url, fetcher=fetcher)
    page = await anext(pages)
    await pages.aclose()
    assert page.after is not None
    assert page.after.at == f"{server.url}/v1/things?page=2&q=a%2Bb"


async def test_a_feed_does_not_lead_to_another_host(server: FeedServer, fetcher: Fetcher) -> None:
    server.on("/v1/things", Reply({"items": ALL[:3], "next": "https://collector.example/steal"}))
    error = await refusal(server, fetcher, plan_for(Paging("next_url", next_path="next")))
    assert (error.code, error.facts) == ("blueprints.feed_leaves_host", {"host": "collector.example"})


@pytest.mark.parametrize(
    "paging",
    [
        Paging("cursor", cursor_param="after", next_path="next"),
        Paging("next_url", next_path="url"),
        Paging("page", page_param="page", size_param="n", size=3),
        Paging("offset", offset_param="offset", size_param="n", size=3),
    ],
)
async def test_a_feed_that_leads_in_a_circle_is_left(
    server: FeedServer, fetcher: Fetcher, paging: Paging
) -> None:
    server.on("/v1/things", Reply({"items": ALL[:3], "next": "again", "url": "/v1/things"}))
    error = await refusal(server, fetcher, plan_for(paging))
    assert error.code == "blueprints.feed_loops"
    assert len(server.seen) <= 2


async def test_a_wide_circle_is_left_too(server: FeedServer, fetcher: Fetcher) -> None:
    def route(seen: Seen) -> Reply:
        at = int(seen.query.get("after", "0"))
        return Reply({"items": [ALL[at]], "next": str((at + 1) % 4 or 1)})

    server.on("/v1/things", route)
    error = await refusal(server, fetcher, plan_for(Paging("cursor", cursor_param="after", next_path="next")))
    assert error.code == "blueprints.feed_loops"
    assert len(server.seen) <= 5


@pytest.mark.parametrize("reach", [Reach(pages=3), Reach(records=7)])
async def test_a_feed_without_end_is_left(server: FeedServer, fetcher: Fetcher, reach: Reach) -> None:
    def route(seen: Seen) -> Reply:
        at = int(seen.query.get("after", "0"))
        return Reply({"items": things(2, start=at * 2), "next": str(at + 1)})

    server.on("/v1/things", route)
    plan = plan_for(Paging("cursor", cursor_param="after", next_path="next"))
    assert (await refusal(server, fetcher, plan, reach=reach)).code == "blueprints.feed_too_large"
    assert len(server.seen) == 4


async def test_a_run_goes_on_where_it_was(server: FeedServer, fetcher: Fetcher) -> None:
    server.on("/v1/things", pages_of(5, lambda records, count, _: Reply({"items": records, "pages": count})))
    plan = plan_for(Paging("page", page_param="page", size_param="n", size=5, pages_path="pages"))
    rest = await refs(server, fetcher, plan, start=Spot(4, pages=3, records=15, full=5))
    assert rest == EVERYTHING[15:]
    assert [seen.query["page"] for seen in server.seen] == ["4", "5"]


async def test_stopping_and_progress(server: FeedServer, fetcher: Fetcher) -> None:
    server.on("/v1/things", pages_of(5, lambda records, count, _: Reply({"items": records, "pages": count})))
    plan = plan_for(Paging("page", page_param="page", pages_path="pages"))
    told: list[tuple[str, int, int]] = []
    error = await refusal(
        server, fetcher, plan, progress=lambda *step: told.append(step), cancelled=lambda: len(told) == 2
    )
    assert error.code == "blueprints.cancelled"
    assert [done for _, done, _ in told] == [5, 10]


async def test_an_unchanged_first_page_ends_it(server: FeedServer, fetcher: Fetcher) -> None:
    def route(seen: Seen) -> Reply:
        if seen.headers.get("if-none-match") == '"v7"':
            return Reply(status=304)
        return Reply({"items": ALL}, headers={"ETag": '"v7"'})

    server.on("/v1/things", route)
    plan = plan_for(Paging())
    (page,) = [page async for page in fetch_all(plan, KEY, base_url=server.url, fetcher=fetcher)]
    assert (len(page.records), page.validators, page.is_unchanged) == (23, {"If-None-Match": '"v7"'}, False)
    again = fetch_all(plan, KEY, base_url=server.url, fetcher=fetcher, validators=page.validators)
    assert [(page.is_unchanged, page.records) async for page in again] == [(True, ())]


async def test_records_in_a_map(server: FeedServer, fetcher: Fetcher) -> None:
    server.on("/v1/things", Reply({"items": {record["ref"]: record for record in ALL}}))
    assert await refs(server, fetcher, plan_for(Paging(), records_path="items.*")) == EVERYTHING


@pytest.mark.parametrize("body", [{"results": []}, {"items": None}, {"items": "none"}, [], "text", 7, None])
async def test_an_answer_without_its_list_is_an_error(
    server: FeedServer, fetcher: Fetcher, body: Any
) -> None:
    server.on("/v1/things", Reply(body))
    assert (await refusal(server, fetcher, plan_for(Paging()))).code == "blueprints.feed_no_records"


async def test_a_search_sends_its_page_in_the_body(server: FeedServer, fetcher: Fetcher) -> None:
    def route(seen: Seen) -> Reply:
        asked: Mapping[str, Any] = json.loads(seen.body)
        assert asked["type"] == "watch"
        return Reply(
            {"items": ALL[(asked["page"] - 1) * asked["size"] :][: asked["size"]], "total": len(ALL)}
        )

    server.on("/v1/things", route)
    paging = Paging("page", page_param="page", size_param="size", size=10, total_path="total", in_body=True)
    assert await refs(server, fetcher, plan_for(paging, method="POST", body={"type": "watch"})) == EVERYTHING


SIGNS: list[tuple[Auth, Credentials, Callable[[Seen], Any], str]] = [
    (Auth("api_key", "header", "X-Key"), KEY, lambda seen: seen.headers.get("x-key"), "k-1"),
    (
        Auth("api_key", "header", "Authorization", prefix="Token "),
        KEY,
        lambda seen: seen.headers.get("authorization"),
        "Token k-1",
    ),
    (Auth("api_key", "query", "token"), KEY, lambda seen: seen.query.get("token"), "k-1"),
    (Auth("api_key", "cookie", "session"), KEY, lambda seen: seen.headers.get("cookie"), "session=k-1"),
    (Auth("http", scheme="bearer"), KEY, lambda seen: seen.headers.get("authorization"), "Bearer k-1"),
    (
        Auth("http", scheme="basic"),
        Credentials(username="a", password="b:c"),
        lambda seen: seen.headers.get("authorization"),
        "Basic " + base64.b64encode(b"a:b:c").decode(),
    ),
]


@pytest.mark.parametrize(("auth", "credentials", "sent", "expected"), SIGNS)
async def test_signing_in(
    server: FeedServer,
    fetcher: Fetcher,
    auth: Auth,
    credentials: Credentials,
    sent: Callable[[Seen], Any],
    expected: str,
) -> None:
    server.on("/v1/things", Reply({"items": ALL}))
    await refs(server, fetcher, plan_for(Paging(), auth=auth), credentials)
    assert sent(server.seen[0]) == expected


@pytest.mark.parametrize("auth", [each[0] for each in SIGNS])
async def test_without_credentials_nothing_is_asked(server: FeedServer, fetcher: Fetcher, auth: Auth) -> None:
    error = await refusal(server, fetcher, plan_for(Paging(), auth=auth), credentials=Credentials())
    assert error.code == "blueprints.credentials_missing"
    assert not server.seen


async def test_a_token_is_fetched_once_and_again_when_it_is_refused(
    server: FeedServer, fetcher: Fetcher
) -> None:
    tokens: list[str] = []

    def token(seen: Seen) -> Reply:
        assert seen.headers["authorization"] == "Basic " + base64.b64encode(b"me:pw").decode()
        assert b"grant_type=client_credentials" in seen.body
        tokens.append(f"t{len(tokens)}")
        return Reply({"access_token": tokens[-1], "expires_in": 3600})

    pages = pages_of(5, lambda records, count, _: Reply({"items": records, "pages": count}))

    def things_route(seen: Seen) -> Reply:
        is_stale = seen.query["page"] == "3" and seen.headers["authorization"] == "Bearer t0"
        return Reply({}, 401) if is_stale else pages(seen)

    server.on("/oauth/token", token)
    server.on("/v1/things", things_route)
    auth = Auth(
        "oauth2", flow="client_credentials", token_url="https://login.example/oauth/token", scopes=("read",)
    )
    plan = plan_for(Paging("page", page_param="page", pages_path="pages"), auth=auth)
    assert await refs(server, fetcher, plan, Credentials(client_id="me", client_secret="pw")) == EVERYTHING
    assert tokens == ["t0", "t1"]


async def test_a_client_that_belongs_into_the_form(server: FeedServer, fetcher: Fetcher) -> None:
    def token(seen: Seen) -> Reply:
        is_in_form = b"client_secret=pw" in seen.body
        return Reply({"access_token": "t"}) if is_in_form else Reply({"error": "invalid_client"}, 401)

    server.on("/token", token)
    server.on("/v1/things", Reply({"items": ALL}))
    plan = plan_for(Paging(), auth=Auth("oauth2", flow="client_credentials", token_url="/token"))
    assert await refs(server, fetcher, plan, Credentials(client_id="me", client_secret="pw")) == EVERYTHING


async def test_what_a_plan_leaves_open_is_asked_for(server: FeedServer, fetcher: Fetcher) -> None:
    plan = Plan(
        "", ListOperation("GET", "/d/{dealer}/things"), Auth(), Paging(), "items", open_values=("dealer",)
    )
    assert (await refusal(server, fetcher, plan)).facts == {"names": ["dealer"]}
    closed = Plan(
        "", ListOperation("GET", "/d/{dealer}/things", path_values={"dealer": "a/b"}), Auth(), Paging(), "items",
        open_values=("dealer",),
    )  # fmt: skip
    server.on("/d/a%2Fb/things", Reply({"items": ALL}))
    assert await refs(server, fetcher, closed) == EVERYTHING
    with pytest.raises(AppError, match="no_base_url"):
        await fetch_records(closed, KEY)
