"""Which elements of two lists are the same one, and the fewest that have to move. Pure; knows no documents."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Hashable, Mapping, Sequence
from typing import Any, Final, TypeAlias

#: What identifies an element, where the schema does not say it by `x-key`.
KEYS: Final = ("key", "id", "name", "signal", "field", "event", "channel", "code", "title")

#: Index in the list before, index in the list after.
Pairs: TypeAlias = list[tuple[int, int]]


def identity_key(*lists: Sequence[Any], hint: str | None = None) -> str | None:
    """The member that tells the elements of these lists apart: all have it, and no list has one value twice."""
    items = [item for each in lists for item in each]
    if not items or not all(isinstance(item, Mapping) for item in items):
        return None
    for key in (hint, *KEYS) if hint else KEYS:
        if all(_is_name(item.get(key)) for item in items) and all(
            len({item[key] for item in each}) == len(each) for each in lists
        ):
            return key
    return None


def _is_name(value: Any) -> bool:
    return isinstance(value, str | int) and not isinstance(value, bool)


def tokens(items: Sequence[Any], key: str | None) -> list[Hashable]:
    """One token for each element; elements with equal tokens are the same one."""
    if key is not None:
        return [item[key] for item in items]
    seen: dict[Hashable, int] = {}
    found: list[Hashable] = []
    for item in items:
        value = frozen(item)
        seen[value] = seen.get(value, 0) + 1
        found.append((value, seen[value]))
    return found


def frozen(value: Any) -> Hashable:
    """A hashable twin: equal exactly if the values are the same JSON."""
    if isinstance(value, Mapping):
        return ("map", frozenset((name, frozen(member)) for name, member in value.items()))
    if isinstance(value, list):
        return ("list", tuple(frozen(item) for item in value))
    return (isinstance(value, bool), value)


def pairs(before: Sequence[Any], after: Sequence[Any], key: str | None) -> Pairs:
    """Elements that are in both lists, in the order of the one after.

    Without a key, equal elements are the same; of what remains, maps and lists are paired in their order, so that a
    change inside one is a change and not a removal.
    """
    places = {token: index for index, token in enumerate(tokens(before, key))}
    found = [(places[token], new) for new, token in enumerate(tokens(after, key)) if token in places]
    if key is None:
        found += _paired_in_order(before, after, found)
    return sorted(found, key=lambda pair: pair[1])


def _paired_in_order(before: Sequence[Any], after: Sequence[Any], found: Pairs) -> Pairs:
    old_taken, new_taken = {old for old, _ in found}, {new for _, new in found}
    more: Pairs = []
    for kind in (dict, list):
        old = [i for i, item in enumerate(before) if isinstance(item, kind) and i not in old_taken]
        new = [i for i, item in enumerate(after) if isinstance(item, kind) and i not in new_taken]
        more += list(zip(old, new, strict=False))
    return more


def moved(found: Pairs) -> set[int]:
    """Indexes after of the elements that moved: the fewest whose moving explains the new order.

    The others are a longest increasing subsequence of the old places. Source: Fredman (1975), Discrete Mathematics 11.
    """
    tails: list[int] = []  # of each length, the least old place that ends a subsequence
    ends: list[int] = []
    earlier: list[int] = []
    for place, (old, _) in enumerate(found):
        length = bisect_left(tails, old)
        earlier.append(ends[length - 1] if length else -1)
        tails[length : length + 1] = [old]
        ends[length : length + 1] = [place]
    stay: set[int] = set()
    place = ends[-1] if ends else -1
    while place >= 0:
        stay.add(found[place][1])
        place = earlier[place]
    return {new for _, new in found} - stay
