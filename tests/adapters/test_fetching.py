"""Asking the API of somebody else: where a request may go, what an answer may cost, when it is asked again."""

from __future__ import annotations

import logging
import time
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import Any

import pytest

from backend.adapters.addresses import PRIVATE, is_allowed, networks_of
from backend.adapters.fetching import Ask, Bounds, Circuit, Fetcher, retry_after
from backend.core.errors import AppError, Busy, InvalidInput, TooMany, Upstream
from tests.feed_server import FeedServer, Reply, bomb, packed, serve

QUICK = Bounds(body_bytes=1 << 20, total_s=2, connect_s=1, read_s=1, tries=3, shortest_wait_s=0.01)


@pytest.fixture
def server() -> Iterator[FeedServer]:
    with serve() as feed:
        yield feed


class Waits:
    """Remembers how long was waited, and does not wait."""

    def __init__(self) -> None:
        self.seconds: list[float] = []

    async def __call__(self, seconds: float) -> None:
        self.seconds.append(seconds)


@asynccontextmanager
async def fetching(**options: Any) -> AsyncIterator[Fetcher]:
    settings: dict[str, Any] = {
        "allow_private": True,
        "bounds": QUICK,
        "circuit": Circuit(),
        "sleep": Waits(),
        **options,
    }
    fetcher = Fetcher(**settings)
    try:
        yield fetcher
    finally:
        await fetcher.close()


async def refusal(ask: Ask, **options: Any) -> AppError:
    async with fetching(**options) as fetcher:
        with pytest.raises(AppError) as refused:
            await fetcher.fetch(ask)
    return refused.value


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1", "0.0.0.0", "10.1.2.3", "172.16.0.1", "192.168.1.1", "169.254.169.254", "100.64.0.1", "100.100.100.200",
        "192.0.2.1", "198.18.0.1", "224.0.0.1", "255.255.255.255", "240.0.0.1", "::", "::1", "fe80::1", "fe80::1%eth0", "fc00::1",
        "fd00:ec2::254", "ff02::1", "::ffff:127.0.0.1", "::ffff:169.254.169.254", "::ffff:10.0.0.1", "64:ff9b::7f00:1",
        "64:ff9b::a9fe:a9fe", "2002:7f00:1::1", "2001:0:4136:e378:8000:63bf:80ff:fffe", "::127.0.0.1", "2001:db8::1", "nonsense",
        "168.63.129.16", "192.0.0.192", "192.88.99.1", "fec0::1", "3fff::1",
    ],
)  # fmt: skip
def test_addresses_of_the_house_are_out_of_reach(address: str) -> None:
    assert not is_allowed(address)


async def test_a_name_that_is_none_is_refused_like_any_bad_address() -> None:
    assert (await refusal(Ask("http://xn--a/"))).code == "blueprints.feed_answer"


@pytest.mark.parametrize("address", ["93.184.216.34", "8.8.8.8", "2606:4700:4700::1111", "::ffff:8.8.8.8"])
def test_addresses_of_the_internet_are_within_reach(address: str) -> None:
    assert is_allowed(address)


def test_opening_the_house_does_not_open_what_clouds_keep_their_keys_at() -> None:
    own = networks_of(PRIVATE)
    assert is_allowed("10.0.0.1", own)
    assert is_allowed("::1", own)
    assert is_allowed("::ffff:127.0.0.1", own)
    assert not any(
        is_allowed(a, own) for a in ("169.254.169.254", "fd00:ec2::254", "fe80::1", "0.0.0.0", "224.0.0.1")
    )
    with pytest.raises(InvalidInput, match="bad_network"):
        networks_of(["10.0.0.0/99"])


@pytest.mark.parametrize(
    "url",
    [
        "http://127.0.0.1:1/x", "http://localhost:1/x", "http://2130706433/", "http://0x7f.1/", "http://[::1]/", "http://[::ffff:127.0.0.1]/",
        "http://169.254.169.254/latest/meta-data", "file:///etc/passwd", "ftp://example.com/", "gopher://example.com/",
        "http://user:word@example.com/", "http:///x",
    ],
)  # fmt: skip
async def test_a_feed_does_not_lead_inside(url: str) -> None:
    assert (await refusal(Ask(url), allow_private=False)).code == "core.address_not_allowed"


async def test_one_bad_address_of_a_name_is_enough_to_refuse() -> None:
    async def resolver(host: str, port: int) -> Sequence[str]:
        return ["93.184.216.34", "10.0.0.7"]

    assert (await refusal(Ask("https://feed.example/"), allow_private=False, resolver=resolver)).facts == {
        "host": "feed.example"
    }


async def test_the_address_that_was_checked_is_the_one_that_is_asked(server: FeedServer) -> None:
    url, port = server.on("/x", Reply([1])), server.url.rpartition(":")[2]
    asked: list[str] = []

    async def resolver(host: str, _port: int) -> Sequence[str]:
        asked.append(host)
        return ["127.0.0.1"] if len(asked) == 1 else ["10.0.0.7"]

    async with fetching(resolver=resolver) as fetcher:
        answer = await fetcher.fetch(Ask(url.replace("127.0.0.1", "feed.example")))
    assert (answer.body, asked) == ([1], ["feed.example"])
    assert server.seen[0].headers["host"] == f"feed.example:{port}"


@pytest.mark.parametrize(
    "target", ["http://169.254.169.254/", "http://10.0.0.1/", "http://[::1]/", "//[::ffff:a00:1]/"]
)
async def test_a_redirect_does_not_lead_inside(server: FeedServer, target: str) -> None:
    url = server.on("/x", Reply(status=302, headers={"Location": target}))
    networks = [server.url.removeprefix("http://").partition(":")[0] + "/32"]
    error = await refusal(Ask(url), allow_private=False, networks=networks)
    assert error.code == "core.address_not_allowed"


@pytest.mark.parametrize(("target", "problem"), [("", "bad_redirect"), ("/x", "too_many_redirects")])
async def test_redirects_end(server: FeedServer, target: str, problem: str) -> None:
    url = server.on("/x", Reply(status=302, headers={"Location": target}))
    assert (await refusal(Ask(url))).facts["problem"] == problem
    assert len(server.seen) <= QUICK.redirects + 1


async def test_secrets_stay_with_their_host(server: FeedServer) -> None:
    with serve() as elsewhere:
        there = elsewhere.on("/y", Reply({"moved": True}))
        ask = Ask(
            server.on("/x", Reply(status=307, headers={"Location": there})),
            query={"page": "1"},
            headers={"X-Version": "2"},
            secret_headers={"X-Key": "s3cret"},
            secret_query={"token": "s3cret"},
            secret_cookies={"session": "s3cret"},
        )
        async with fetching() as fetcher:
            assert (await fetcher.fetch(ask)).body == {"moved": True}
        (first,), (second,) = server.seen, elsewhere.seen
    assert (first.headers["x-key"], first.headers["cookie"]) == ("s3cret", "session=s3cret")
    assert first.query == {"page": "1", "token": "s3cret"}
    assert "s3cret" not in repr(second)
    assert second.headers["x-version"] == "2"
    assert "s3cret" not in repr(ask)


async def test_secrets_are_not_logged(server: FeedServer, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    ask = Ask(
        server.on("/x", Reply({})),
        query={"page": "1"},
        secret_headers={"X-Key": "s3cret"},
        secret_query={"token": "s3cret"},
        secret_cookies={"session": "s3cret"},
    )
    async with fetching() as fetcher:
        answer = await fetcher.fetch(ask)
    assert server.seen[0].query == {"page": "1", "token": "s3cret"}
    assert "page=1" in caplog.text
    assert "s3cret" not in caplog.text
    assert "s3cret" not in repr((ask, answer))


async def test_what_is_sent_by_form_is_not_sent_on(server: FeedServer) -> None:
    with serve() as elsewhere:
        url = server.on("/token", Reply(status=307, headers={"Location": elsewhere.on("/y", Reply({}))}))
        assert (await refusal(Ask(url, "POST", form={"client_secret": "s"}))).facts[
            "problem"
        ] == "bad_redirect"
        assert not elsewhere.seen


async def test_packed_answers_are_read(server: FeedServer) -> None:
    async with fetching() as fetcher:
        assert (await fetcher.fetch(Ask(server.on("/x", packed({"a": [1, None]}))))).body == {"a": [1, None]}


async def test_what_cannot_be_stored_is_not_let_in(server: FeedServer) -> None:
    content = (
        b'\xef\xbb\xbf{"a\\u0000": ["x\\u0000\\ud800y", NaN, 1e999, -Infinity, 12], "n": '
        + b"9" * 5000
        + b"}"
    )
    async with fetching() as fetcher:
        body = (await fetcher.fetch(Ask(server.on("/x", Reply(content=content))))).body
    assert body == {"a ": ["x ?y", None, None, None, 12], "n": "9" * 400}


@pytest.mark.parametrize(
    ("reply", "problem"),
    [
        (bomb(300), "too_large"),
        (Reply(content=b"[" + b" " * (2 << 20) + b"]"), "too_large"),
        (Reply(content=b" " * 65_536, is_endless=True), "too_large"),
        (Reply(content=b"<html>", headers={"Content-Type": "text/html"}), "not_json"),
        (Reply(content=b"{"), "not_json"),
        (Reply(content=b"[" * 200_000), "not_json"),
        (Reply(content=b"x", headers={"Content-Encoding": "br"}), "unknown_encoding"),
        (Reply(content=b'{"a":', promised=1000), "cut_off"),
        (Reply(content=packed([1]).content[:-9], headers={"Content-Encoding": "gzip"}), "cut_off"),  # type: ignore[index]
        (Reply(content=b"\x1f\x8b\x08nonsense", headers={"Content-Encoding": "gzip"}), "badly_packed"),
        (Reply([], wait_s=1.3), "too_slow"),
    ],
)
async def test_answers_that_cost_too_much_or_say_nothing_are_refused(
    server: FeedServer, reply: Reply, problem: str
) -> None:
    started = time.monotonic()
    error = await refusal(Ask(server.on("/x", reply)))
    assert (error.code, error.facts["problem"]) == ("blueprints.feed_answer", problem)
    assert time.monotonic() - started < 8


async def test_an_answer_that_trickles_for_ever_is_cut(server: FeedServer) -> None:
    def trickle(_: object) -> Reply:
        return Reply(content=b" ", is_endless=True)

    url = server.on("/x", trickle)
    bounds = Bounds(body_bytes=1 << 40, total_s=0.4, read_s=1, tries=1)
    assert (await refusal(Ask(url), bounds=bounds)).facts["problem"] == "too_slow"


async def test_a_server_that_stumbles_is_asked_again(server: FeedServer) -> None:
    waits = Waits()
    url = server.in_turn("/x", Reply(status=503), Reply(status=500), Reply({"ok": 1}))
    async with fetching(sleep=waits) as fetcher:
        assert (await fetcher.fetch(Ask(url))).body == {"ok": 1}
    assert len(waits.seconds) == 2
    assert all(0 <= wait < 15 for wait in waits.seconds)


async def test_a_server_that_says_when_is_asked_then(server: FeedServer) -> None:
    waits = Waits()
    url = server.in_turn("/x", Reply(status=429, headers={"Retry-After": "7"}), Reply({}))
    async with fetching(sleep=waits) as fetcher:
        await fetcher.fetch(Ask(url))
    assert 7 <= waits.seconds[0] < 7.5


async def test_nobody_waits_for_an_hour(server: FeedServer) -> None:
    error = await refusal(Ask(server.on("/x", Reply(status=429, headers={"Retry-After": "3600"}))))
    assert isinstance(error, TooMany)
    assert error.facts["retry_after_s"] == 3600
    assert len(server.seen) == 1


def test_the_time_to_wait_is_read_as_seconds_or_as_a_date() -> None:
    now = datetime(2026, 1, 1, 12, 0, 0, tzinfo=UTC)
    assert retry_after("120", now) == 120
    assert retry_after("Thu, 01 Jan 2026 12:00:30 GMT", now) == 30
    assert retry_after("Thu, 01 Jan 2026 11:00:00 GMT", now) == 0
    assert retry_after("soon", now) is None
    assert retry_after("", now) is None


async def test_a_refusal_is_not_asked_again(server: FeedServer) -> None:
    error = await refusal(Ask(server.on("/x", Reply(status=401))))
    assert (type(error), error.facts, len(server.seen)) == (Upstream, {"status": 401}, 1)


async def test_a_host_that_keeps_failing_is_left_alone_for_a_while(server: FeedServer) -> None:
    now = [0.0]
    circuit = Circuit(failures=2, rest_s=30, clock=lambda: now[0])
    url = server.on("/x", Reply(status=500))
    for _ in range(2):
        assert (await refusal(Ask(url), circuit=circuit)).code == "blueprints.feed_refused"
    asked = len(server.seen)
    error = await refusal(Ask(url), circuit=circuit)
    assert isinstance(error, Busy)
    assert error.facts["retry_after_s"] == 31
    assert len(server.seen) == asked
    now[0] = 31
    server.on("/x", Reply({}))
    async with fetching(circuit=circuit) as fetcher:
        await fetcher.fetch(Ask(url))
        await fetcher.fetch(Ask(url))
