"""`python -m tests.architecture.errors_page` writes docs/errors.md from the source and the words people see."""

from __future__ import annotations

from app.messages import WORDS
from tests.architecture.source import ROOT, error_codes

PAGE = ROOT / "docs" / "errors.md"
HEAD = """# Errors

Every error of the API is `{"code", "facts", "request_id"}`. Codes are permanent; `facts` say what, where and how to mend
it. The words are what a person reads on screen. Written by `python -m tests.architecture.errors_page`.

| code | what people read |
|---|---|
"""


def page() -> str:
    rows = [f"| `{code}` | {WORDS.get(code, '')} |" for code in sorted(error_codes())]
    return HEAD + "\n".join(rows) + "\n"


if __name__ == "__main__":
    PAGE.write_text(page(), "utf-8")
