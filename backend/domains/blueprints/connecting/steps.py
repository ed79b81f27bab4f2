"""From page to page of a feed: what is asked next, and where the list ends. Pure; asks nobody."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import quote, unquote_plus, urljoin, urlsplit, urlunsplit

from backend.core.errors import InvalidInput, Upstream
from backend.domains.blueprints.connecting.plan import Paging, Plan
from backend.domains.blueprints.connecting.records import at_path

_LINK: Final = re.compile(r"<([^<>]{1,4000})>([^<]{0,1000})")
_NEXT: Final = re.compile(r";\s*rel\s*=\s*\"?[^\";]*\bnext\b", re.I)


@dataclass(frozen=True, slots=True)
class Spot:
    """A place in a list: `at` is a page number, an offset, a cursor or an address, as the style has it; None: the start.

    `pages` and `records` came before it; `full` is how many records the first page had; `digest` marks the page before.
    """

    at: int | str | None = None
    pages: int = 0
    records: int = 0
    full: int = 0
    digest: str = ""


def first_spot(plan: Plan) -> Spot:
    paging = plan.pagination
    begins = {"page": 1, "offset": 0}.get(paging.style)
    return Spot(begins if begins is None or paging.first_page is None else paging.first_page)


def base_of(plan: Plan, base_url: str | None) -> str:
    """Where a plan is carried out: its own address, or its path at another host, as tests and mirrors need it.

    Raises: InvalidInput `blueprints.no_base_url`.
    """
    own = plan.base_url
    if base_url is None:
        if not own.startswith("http"):
            raise InvalidInput("blueprints.no_base_url")
        return own
    given, path = urlsplit(base_url), urlsplit(own).path
    return urlunsplit((given.scheme, given.netloc, given.path.rstrip("/") or path, "", "")).rstrip("/")


def address_of(plan: Plan, spot: Spot, base: str) -> tuple[str, dict[str, str], dict[str, Any] | None]:
    """Address, query and body of the next request. Raises: InvalidInput `blueprints.open_values` (names)."""
    paging, operation = plan.pagination, plan.list_operation
    if isinstance(spot.at, str) and paging.style != "cursor":
        return spot.at, {}, None if operation.body is None else dict(operation.body)
    missing = [
        name for name in plan.open_values if name not in operation.path_values and name not in operation.query
    ]
    if missing:
        raise InvalidInput("blueprints.open_values", names=missing)
    path = operation.path
    for name, value in operation.path_values.items():
        path = path.replace("{" + name + "}", quote(value, safe=""))
    placed = _placed(paging, spot)
    body = None if operation.body is None else dict(operation.body)
    query = dict(operation.query)
    if paging.in_body and body is not None:
        body |= placed
    else:
        query |= {name: str(value) for name, value in placed.items()}
    return base + path, query, body


def _placed(paging: Paging, spot: Spot) -> dict[str, Any]:
    found: dict[str, Any] = {}
    name = {"page": paging.page_param, "offset": paging.offset_param, "cursor": paging.cursor_param}.get(
        paging.style
    )
    if name and spot.at is not None:
        found[name] = spot.at
    if paging.size_param and paging.size:
        found[paging.size_param] = paging.size
    return found


def digest_of(records: Sequence[Mapping[str, Any]]) -> str:
    content = json.dumps(records, sort_keys=True, ensure_ascii=False, default=str)
    return hashlib.sha256(content.encode("utf-8", "replace")).hexdigest()[:32] if records else ""


def next_spot(
    plan: Plan,
    spot: Spot,
    *,
    body: Any,
    headers: Mapping[str, str],
    records: Sequence[Mapping[str, Any]],
    url: str,
    base: str,
) -> Spot | None:
    """The place after a page; None at the end.

    Raises: Upstream `blueprints.feed_loops` where the list leads back, `blueprints.feed_leaves_host` (host).
    """
    digest = digest_of(records)
    if digest and digest == spot.digest:
        if isinstance(spot.at, int) and spot.pages > 1:
            return None  # beyond its end the server gives the last page again
        raise Upstream("blueprints.feed_loops", pages=spot.pages + 1)
    done = spot.records + len(records)
    at = _following(plan, spot, body, headers, records, url, base, done)
    if at is None:
        return None
    if at == spot.at or at == url:
        raise Upstream("blueprints.feed_loops", pages=spot.pages + 1)
    return Spot(at, spot.pages + 1, done, spot.full or len(records), digest)


def _following(
    plan: Plan,
    spot: Spot,
    body: Any,
    headers: Mapping[str, str],
    records: Sequence[Any],
    url: str,
    base: str,
    done: int,
) -> int | str | None:
    paging = plan.pagination
    if paging.style == "link_header" or (paging.style == "none" and "link" in headers):
        return _kept(linked(headers.get("link", "")), url, plan, base)
    if paging.style == "none" or _is_over(paging, body):
        return None
    if paging.style in ("next_url", "cursor"):
        value = at_path(body, paging.next_path)
        if value in (None, "", False) or isinstance(value, dict | list | bool):
            return None
        if paging.style == "next_url" or str(value).startswith(("http://", "https://")):
            return _kept(str(value), url, plan, base)
        return str(value) if records or "[-1]" not in paging.next_path else None
    return _counted(paging, spot, body, len(records), done)


def _is_over(paging: Paging, body: Any) -> bool:
    more = at_path(body, paging.more_path) if paging.more_path else None
    last = at_path(body, paging.last_path) if paging.last_path else None
    return more is False or last is True


def _counted(paging: Paging, spot: Spot, body: Any, count: int, done: int) -> int | None:
    """The next number of pages and offsets, until counters, a short page or an empty one say that it is the end."""
    at = spot.at if isinstance(spot.at, int) else 0
    pages, total = (_number(body, path) for path in (paging.pages_path, paging.total_path))
    if count == 0:
        return None
    if paging.style == "page" and pages is not None:
        return at + 1 if spot.pages + 1 < pages else None
    if total is not None and total > count:
        return (at + 1 if paging.style == "page" else at + count) if done < total else None
    wanted = max(spot.full, paging.size or 0) if spot.full else (paging.size or count)
    if paging.more_path and at_path(body, paging.more_path) is True:
        wanted = 0
    if count < wanted and not (
        spot.full == 0 and total is None and paging.size and count < paging.size and _is_round(count)
    ):
        return None
    return at + 1 if paging.style == "page" else at + count


def _is_round(count: int) -> bool:
    """Whether a first page that is shorter than was asked for looks like a limit of the server's own."""
    return count >= 10 and count % 5 == 0


def _number(body: Any, path: str) -> int | None:
    value = at_path(body, path) if path else None
    if isinstance(value, str) and value.isdigit():
        return int(value[:18])
    return int(value) if isinstance(value, int | float) and not isinstance(value, bool) else None


def linked(header: str) -> str | None:
    """Where the Link header says that the next page is. Source: RFC 8288."""
    for target, parameters in _LINK.findall(header[:20_000]):
        if _NEXT.search(parameters):
            return target.strip()
    return None


def _kept(target: str | None, url: str, plan: Plan, base: str) -> str | None:
    """An address of the same host, whole but for secrets that the server repeats in it: places are stored, secrets are not.

    What names the host of the plan is asked where the plan is carried out.
    """
    if not target:
        return None
    try:
        found, here, there = urlsplit(urljoin(url, target)), urlsplit(base), urlsplit(plan.base_url)
    except ValueError as error:
        raise Upstream("blueprints.feed_answer", problem="bad_address") from error
    if (found.scheme, found.netloc) != (here.scheme, here.netloc):
        is_same_house = found.netloc == there.netloc or (
            found.hostname == here.hostname and found.scheme == "http"
        )
        if not is_same_house:
            raise Upstream("blueprints.feed_leaves_host", host=(found.hostname or "")[:200])
        found = found._replace(scheme=here.scheme, netloc=here.netloc)
    secret = {auth.name for auth in (plan.auth, *plan.extra_auth) if auth.place == "query"}
    parts = found.query.split("&")
    kept = "&".join(part for part in parts if unquote_plus(part.partition("=")[0]) not in secret)
    return urlunsplit(found._replace(query=kept, fragment=""))
