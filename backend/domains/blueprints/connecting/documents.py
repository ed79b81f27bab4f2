"""What a seller drops for an API: tells descriptions, curl commands and samples apart, and reads them within limits.

Parsing happens in `worker`, a process with limits of its own; nothing here resolves references.
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path
from typing import Any, Final, Literal, TypeAlias, cast

from backend.core.errors import InvalidInput

Kind: TypeAlias = Literal["openapi", "swagger", "curl", "sample"]

MAX_CHARS: Final = 12_000_000
_WORKER: Final = Path(__file__).with_name("worker.py")
_LIMITS: Final = json.dumps(
    {"memory": 1 << 30, "seconds": 20, "depth": 200, "values": 1_000_000, "chars": 40_000_000}
)
_TOP: Final = re.compile(
    r"""^["']?(?:openapi|swagger)["']?\s*:|^[ \t]*\{(?:[^{}]|\{[^{}]*\})*?"(?:openapi|swagger)"\s*:""", re.M
)
_WALL_S: Final = 40


def is_description(text: str) -> bool:
    """Whether a text says at its top that it describes an API, whatever examples it holds."""
    return _TOP.search(text[:50_000]) is not None


def kind_of(document: Any) -> Kind | None:
    """What a parsed document is; None where it is neither a description nor a sample."""
    if isinstance(document, dict):
        keys = cast("dict[str, Any]", document)
        if "openapi" in keys and ("paths" in keys or "webhooks" in keys):
            return "openapi"
        if "swagger" in keys and "paths" in keys:
            return "swagger"
    return "sample" if isinstance(document, dict | list) else None


def read_document(name: str, text: str) -> Any:
    """The plain form of a JSON or YAML text. Blocking; call it in a thread.

    Raises: InvalidInput `blueprints.description_too_large`, `blueprints.description_unreadable` (problem).
    """
    if len(text) > MAX_CHARS:
        raise InvalidInput("blueprints.description_too_large", file=name, limit=MAX_CHARS)
    command = [sys.executable, "-I", str(_WORKER), _LIMITS]
    try:
        ended = subprocess.run(
            command, input=text.encode("utf-8", "replace"), capture_output=True, timeout=_WALL_S, check=False
        )
        answer = cast("dict[str, Any]", json.loads(ended.stdout)) if ended.stdout else {}
    except (subprocess.TimeoutExpired, ValueError, RecursionError):
        answer = {}
    if "document" not in answer:
        problem = answer.get("problem", "too_costly")
        raise InvalidInput("blueprints.description_unreadable", file=name, problem=problem)
    return answer["document"]
