"""A process that reads one description (JSON or YAML) from stdin and writes it to stdout as plain JSON, or a refusal.

Started by `connecting_documents` with its limits as the only argument. Imports nothing of the product: it may die of
its input. Aliases are counted as often as they are used, so that a bomb of them is refused before it unfolds.
"""

from __future__ import annotations

import json
import sys
from typing import Any

import yaml

_PLAIN = (str, int, float, bool, type(None))


class Refused(Exception):
    """The description is not read; the argument says why."""


class Loader(getattr(yaml, "CSafeLoader", yaml.SafeLoader)):  # type: ignore[misc]
    """YAML as JSON has it: what looks like a date stays text."""


Loader.yaml_implicit_resolvers = {  # type: ignore[misc]
    first: [(tag, pattern) for tag, pattern in resolvers if tag != "tag:yaml.org,2002:timestamp"]
    for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
}


def limit_resources(memory: int, seconds: int) -> None:
    """Where the platform has them."""
    try:
        import resource
    except ImportError:
        return
    for kind, value in ((resource.RLIMIT_AS, memory), (resource.RLIMIT_CPU, seconds)):
        hard = resource.getrlimit(kind)[1]
        resource.setrlimit(kind, (value if hard == resource.RLIM_INFINITY else min(value, hard), hard))


def check(node: Any, depth: int, limits: dict[str, int], left: list[int]) -> Any:
    """The same with text as keys. Raises: Refused where it is too deep or unfolds to too much."""
    left[0] -= 1
    left[1] -= len(node) if isinstance(node, str) else 0
    if min(left) < 0:
        raise Refused("too_many_values")
    if depth > limits["depth"]:
        raise Refused("too_deep")
    if isinstance(node, dict):
        return {text(key): check(value, depth + 1, limits, left) for key, value in node.items()}
    if isinstance(node, list | tuple | set):
        return [check(value, depth + 1, limits, left) for value in node]
    if isinstance(node, float) and (node != node or node in (float("inf"), float("-inf"))):
        return None
    return node if isinstance(node, _PLAIN) else str(node)


def text(key: Any) -> str:
    return ("true" if key else "false") if isinstance(key, bool) else str(key)


def load(content: str) -> Any:
    """The first document."""
    loader = Loader(content)
    try:
        return loader.get_single_data()
    finally:
        loader.dispose()


def read(content: str) -> Any:
    """JSON where it is JSON, else YAML."""
    try:
        return json.loads(content)
    except ValueError as error:
        if content.lstrip()[:1] in ("{", "["):
            try:
                return load(content)  # flow-style YAML, or JSON with a closing comma
            except yaml.YAMLError:
                raise Refused("not_json") from error
    return load(content)


def main() -> None:
    limits: dict[str, int] = json.loads(sys.argv[1])
    limit_resources(limits["memory"], limits["seconds"])
    sys.setrecursionlimit(5_000)
    try:
        document = check(
            read(sys.stdin.buffer.read().decode("utf-8", "replace")),
            0,
            limits,
            [limits["values"], limits["chars"]],
        )
        answer = json.dumps({"document": document})
    except Refused as refused:
        answer = json.dumps({"problem": str(refused)})
    except (MemoryError, RecursionError):
        answer = json.dumps({"problem": "too_deep"})
    except (yaml.YAMLError, ValueError, TypeError):
        answer = json.dumps({"problem": "not_readable"})
    sys.stdout.write(answer)


if __name__ == "__main__":
    main()
