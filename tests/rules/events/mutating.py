"""Documents gone wrong, each from a number: the shipped ones with values, lists, names, versions or text disturbed.

The same number gives the same document, so that a failure names all that is needed to see it again.
"""

from __future__ import annotations

import json
import random
from collections.abc import Callable
from copy import deepcopy
from functools import cache
from typing import Any

from backend.domains.events.editing import Edit, applied
from backend.domains.events.templates import SEEDS
from backend.domains.events.writing import whole_document
from tests.rules.events.support import paths_of, value_of

NASTY: tuple[Any, ...] = (
    *(
        None,
        True,
        False,
        0,
        1,
        -1,
        1.0,
        0.1,
        -0.0,
        1e-7,
        1e15,
        2**53 - 1,
        "",
        " ",
        "no",
        "010",
        "2026-02-30",
        "1e3",
    ),
    *(
        "ü",
        "\U0001f600",
        "a\nb",
        "x" * 2000,
        "../x",
        "__proto__",
        "$ref",
        "a/b~c",
        "Budget",
        "en-XX",
        "#12",
        "=1",
    ),
    *(
        {},
        [],
        [[]],
        {"": {}},
        [None],
        {"$append": ["x"]},
        {"$remove": ["x"], "$append": []},
        {"$replace": [1]},
    ),
    *({"$append": {}}, {"$append": [], "x": 1}, {"min": 2, "max": 1}, [1, 1], ["a", "a"]),
)
TEMPLATES = (
    "platform_defaults",
    "platform_default",
    "tesla_q1_2026",
    "watches_q1_2026",
    "",
    "..",
    7,
    None,
    ["x"],
)
CHARACTERS = "{}[]:,-#&*!|>'\"%@`\t\n \\?~\x00\ufeff\u2028é"


@cache
def shipped() -> tuple[str, ...]:
    return tuple(
        file.read_text("utf-8")
        for file in sorted([*SEEDS.glob("*/event.yaml"), SEEDS / "platform_defaults.yaml"])
    )


@cache
def words() -> tuple[str, ...]:
    paths = [path for text in shipped() for path in paths_of(value_of(text))]
    return tuple(sorted({str(step) for path in paths for step in path if isinstance(step, str)}))


def document(number: int) -> str:
    """The text of the document with that number."""
    rng = random.Random(number)
    text = rng.choice(shipped())
    if rng.random() < 0.3:
        return _damaged(text, rng)
    value = value_of(text)
    for _ in range(rng.choice((0, 1, 1, 1, 2, 2, 3, 5))):
        rng.choice(_MUTATIONS)(value, rng)
    is_yaml = rng.random() < 0.15  # rarely: a line of YAML takes a hundred times as long to write
    return whole_document(value) if is_yaml else json.dumps(value, indent=rng.choice((None, 1, 2)))


def edits_of(value: dict[str, Any], rng: random.Random) -> list[Edit]:
    """Some changes of what stands in a document, each of what the one before left."""
    found: list[Edit] = []
    for _ in range(rng.randint(1, 2)):
        path = rng.choice(paths_of(value)[1:] or [("new",)])
        is_gone = rng.random() < 0.3 and path != ("new",)
        found.append(Edit("remove", path) if is_gone else Edit("set", path, rng.choice(NASTY)))
        value = applied(value, found[-1:])
    return found


def _damaged(text: str, rng: random.Random) -> str:
    for _ in range(rng.randint(1, 3)):
        at, length = rng.randrange(len(text) + 1), rng.choice((0, 0, 1, 2, 5, 40, 400))
        new = "".join(rng.choice(CHARACTERS) for _ in range(rng.choice((0, 1, 1, 2, 5))))
        if rng.random() < 0.4:
            lines = text.splitlines(keepends=True) or [""]
            line = rng.randrange(len(lines))
            lines.insert(
                rng.randrange(len(lines) + 1),
                rng.choice((lines[line], lines.pop(line), f" {lines[-1]}")) if lines else "",
            )
            text = "".join(lines)
        else:
            text = text[:at] + new + text[at + length :]
    return text


def _holder(value: Any, rng: random.Random) -> tuple[Any, Any]:
    """A place of the document: the map or list around it, and the name or position there."""
    path = rng.choice(paths_of(value)[1:] or [("id",)])
    for step in path[:-1]:
        value = value[step]
    return value, path[-1]


def _replace(value: Any, rng: random.Random) -> None:
    holder, step = _holder(value, rng)
    holder[step] = deepcopy(rng.choice(NASTY))


def _drop(value: Any, rng: random.Random) -> None:
    holder, step = _holder(value, rng)
    if step in holder if isinstance(holder, dict) else True:
        del holder[step]


def _rename(value: Any, rng: random.Random) -> None:
    holder, step = _holder(value, rng)
    if isinstance(holder, dict) and step in holder:
        holder[rng.choice((str(step)[1:], f"{step}s", rng.choice(words()), ""))] = holder.pop(step)


def _add(value: Any, rng: random.Random) -> None:
    holder, _ = _holder(value, rng)
    if isinstance(holder, list):
        holder.insert(rng.randint(0, len(holder)), deepcopy(rng.choice((*NASTY, *holder))))
    else:
        holder[rng.choice(words())] = deepcopy(rng.choice(NASTY))


def _transplant(value: Any, rng: random.Random) -> None:
    (one, here), (other, there) = _holder(value, rng), _holder(value, rng)
    if here in one if isinstance(one, dict) else True:
        other[there] = deepcopy(one[here])


def _nudge(value: Any, rng: random.Random) -> None:
    holder, step = _holder(value, rng)
    found = holder.get(step) if isinstance(holder, dict) else holder[step]
    if isinstance(found, bool):
        holder[step] = not found
    elif isinstance(found, int | float):
        holder[step] = rng.choice((found + 1, found - 1, found * 2, found / 2, -found, float(found)))
    elif isinstance(found, list):
        rng.shuffle(found)


def _change_list(value: Any, rng: random.Random) -> None:
    """A list becomes what a layer says of it."""
    holder, step = _holder(value, rng)
    found = holder.get(step) if isinstance(holder, dict) else holder[step]
    if isinstance(found, list):
        holder[step] = {
            verb: rng.sample(found, rng.randint(0, len(found)))
            for verb in rng.sample(("$append", "$remove", "$replace"), rng.randint(1, 3))
        }


def _extend(value: Any, rng: random.Random) -> None:
    value["extends"] = rng.choice(TEMPLATES)


def _version(value: Any, rng: random.Random) -> None:
    value["schema"] = rng.choice((1, 1, 1, 2, 3, 0, "1", True, None))
    for new, old in (("sdme", "scarcity"), ("cspe", "social_proof")):
        if new in value and rng.random() < 0.5:
            value[old] = value.pop(new)


_MUTATIONS: tuple[Callable[[Any, random.Random], None], ...] = (
    *(_replace, _drop, _rename, _add, _transplant, _nudge, _nudge, _change_list, _extend, _version),
)
