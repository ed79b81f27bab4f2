"""What a sample is, by its bytes: a sheet, a report, a feed, a photo, a screen. Names only break ties. Pure; opens nothing."""

from __future__ import annotations

import re
from typing import Final

from backend.domains.blueprints.model import SampleKind
from backend.domains.blueprints.photos.reading import photo_format

#: How much of a file is looked at. Unit: bytes.
LOOKED_AT: Final = 65_536

_WORKBOOK: Final = (b"xl/", b"[Content_Types].xml", b"opendocument.spreadsheet")
_OLE: Final = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_SCREEN: Final = re.compile(
    r"screen|wireframe|mock-?up|figma|layout|bildschirm|entwurf|capture|maquette|pantalla|captura|\bui\b",
    re.IGNORECASE,
)
_CAMERA: Final = re.compile(r"^(img|dsc|dscn|pxl|photo|foto)[-_ ]?\d", re.IGNORECASE)
_API: Final = re.compile(r"""^\s*["']?(openapi|swagger)["']?\s*:|"(openapi|swagger)"\s*:""", re.MULTILINE)
_CURL: Final = re.compile(r"^\s*(\$\s*)?curl\s", re.MULTILINE)
_CONTROL: Final = re.compile(rb"[\x00-\x08\x0e-\x1a\x1c-\x1f]")


def kind_of(name: str, head: bytes) -> SampleKind | None:
    """The kind of a file by its first `LOOKED_AT` bytes; None for what is no sample of ours."""
    if b"%PDF-" in head[:1024]:
        return "report"
    if photo_format(head) is not None:
        return "screen" if _is_screen(name, head) else "photo"
    if head.startswith(b"PK\x03\x04"):
        return "sheet" if any(sign in head for sign in _WORKBOOK) else None
    if head.startswith(_OLE):
        return "sheet"
    text = _text(head)
    if text is None or not text.strip():
        return None
    return "feed" if _is_feed(text) else "sheet"


def media_type_of(kind: str | None, name: str, head: bytes) -> str:
    """How the file is stored; never what a browser would run."""
    if kind == "report":
        return "application/pdf"
    if head.startswith(b"\x89PNG"):
        return "image/png"
    if head.startswith(b"\xff\xd8\xff"):
        return "image/jpeg"
    return "application/octet-stream"


def _is_screen(name: str, head: bytes) -> bool:
    """Cameras write Exif and name their files by number; what people draw or capture is called so."""
    if _SCREEN.search(name):
        return True
    return (
        head.startswith(b"\x89PNG")
        and b"Exif" not in head[:4096]
        and not _CAMERA.match(name)
        and b"pHYs" in head[:200]
    )


def _is_feed(text: str) -> bool:
    start = text.lstrip("\ufeff \t\r\n")[:1]
    return start in ("{", "[") or bool(_API.search(text) or _CURL.search(text))


def _text(head: bytes) -> str | None:
    """The beginning as text, however it is encoded; None for binary data."""
    if head.startswith((b"\xff\xfe\x00\x00", b"\x00\x00\xfe\xff")):
        return head[: len(head) // 4 * 4].decode("utf-32", "replace")
    if head.startswith((b"\xff\xfe", b"\xfe\xff")):
        return head[: len(head) // 2 * 2].decode("utf-16", "replace")
    if _CONTROL.search(head):
        return _wide(head)
    return head.decode("utf-8", "replace")


def _wide(head: bytes) -> str | None:
    """UTF-16 or 32 without a mark: every second byte of plain text is zero."""
    for encoding, step, at in (("utf-16-le", 2, 1), ("utf-16-be", 2, 0)):
        whole = head[: len(head) // step * step]
        if (
            len(whole) >= 8
            and whole[at::step].count(0) > 0.7 * len(whole[at::step])
            and whole[1 - at :: step].count(0) == 0
        ):
            return whole.decode(encoding, "replace")
    return None
