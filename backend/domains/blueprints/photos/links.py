"""Which listing a photo belongs to: by its name, by what is written in it, or, where nothing else is known, by order.

Pure. What a person chose stays. Numbers that cameras and phones count in file names are nobody's stock number.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final, Literal, TypeAlias

from backend.core.ports import Word
from backend.domains.blueprints.model import Evidence, PhotoProposal

_SHORT: Final = (
    4  # shorter numbers are found in any name, so they must stand where a number of a thing stands
)
_TAIL: Final = 6  # sellers write the end of a long serial number
_LONG: Final = 8  # longer keys are found anywhere in a line of text, and even when a letter was misread
_LEAST_IN_IMAGE: Final = 5
_AMBIGUOUS: Final = 4  # whose a key is beyond that changes nothing
_MOST_WORDS: Final = 40
_MOST_PER_LISTING: Final = 30
_CAMERA: Final = re.compile(
    r"^(img|image|images|dsc|dscn|dscf|dcim|p|pxl|pic|picture|photo|photos|foto|fotos|bild|bilder|scan|screenshot|mvimg|gopr|vid"
    r"|whatsapp|wa|snapseed|untitled|file|page|camera|cam|export|edit|copy|kopie|copie|copia)\d{0,2}$"
)
_WORDS: Final = re.compile(r"[^\W_]+")
_DIGITS: Final = re.compile(r"\d+")
#: Letters that a reader of pictures takes for one another.
_ALIKE: Final = str.maketrans("OQDIL|ZSBG", "0001112586")

_Found: TypeAlias = dict[str, tuple[str, ...]]
LinkedBy = Literal["file_name", "text_in_image", "order"]


@dataclass(frozen=True, slots=True)
class Link:
    """A listing a photo may belong to, and why. `listing` is its external_id."""

    listing: str
    by: LinkedBy
    confidence: float
    why: str


@dataclass(frozen=True, slots=True)
class Keys:
    """By what listings can be recognized, each key in plain form: `A-100 003` is `a100003`."""

    whole: Mapping[str, tuple[str, ...]]  # external_id or identifier -> listings
    tails: Mapping[str, tuple[str, ...]]  # end of an identifier -> listings
    files: Mapping[str, tuple[str, ...]]  # name of a picture that the list itself names -> listings
    alike: Mapping[str, tuple[str, ...]]  # long key as a reader of pictures may have misread it -> listings
    lengths: frozenset[int]  # of the keys in `alike`
    order: tuple[str, ...]


def keys_of(listings: Sequence[Mapping[str, Any]]) -> Keys:
    """Listings are values by target, as `preview_rows` has them; those without external_id cannot be linked."""
    whole: _Found = {}
    tails: _Found = {}
    files: _Found = {}
    alike: _Found = {}
    order: dict[str, None] = {}
    for listing in listings:
        external_id = str(listing.get("external_id") or "").strip()
        if not external_id:
            continue
        order[external_id] = None
        for key in {plain(external_id), plain(str(listing.get("identifier") or ""))} - {""}:
            _add(whole, key, external_id)
            if len(key) > _LONG:
                _add(alike, _alike(key), external_id)
                for length in (_TAIL, _TAIL + 1, _TAIL + 2):
                    _add(tails, key[-length:], external_id)
        if pictures := listing.get("image_urls"):
            for name in picture_names(pictures):
                _add(files, name, external_id)
    return Keys(whole, tails, files, alike, frozenset(map(len, alike)), tuple(order))


def _add(found: _Found, key: str, listing: str) -> None:
    known = found.get(key)
    if known is None:
        found[key] = (listing,)
    elif len(known) < _AMBIGUOUS and listing not in known:
        found[key] = (*known, listing)


def picture_names(value: Any) -> set[str]:
    """The file names in a cell of addresses, without what follows a question mark."""
    parts = re.split(r"[|;,\s]+", value) if isinstance(value, str) else value or ()
    return {base_name(str(part).split("?")[0]) for part in parts if part} - {""}


def plain(text: str) -> str:
    folded = text.casefold()
    return folded if folded.isalnum() else "".join(_WORDS.findall(folded))


def base_name(path: str) -> str:
    return path.replace("\\", "/").rsplit("/", 1)[-1].casefold()


def link_photos(
    photos: Sequence[PhotoProposal],
    listings: Sequence[Mapping[str, Any]],
    *,
    texts: Mapping[str, Sequence[Word]] | None = None,
) -> tuple[PhotoProposal, ...]:
    """The same photos with the listing each belongs to; `texts` is what was read in pictures, by sha256."""
    keys = keys_of(listings)
    linked: list[PhotoProposal] = []
    for photo in photos:
        if photo.linked_by == "chosen":
            linked.append(photo)
            continue
        bare = without_link(photo)
        link = by_name(photo.file, keys)
        if isinstance(link, str):
            bare = replace(bare, evidence=(*bare.evidence, Evidence("file", link, -0.1)))
        elif link is None and texts and photo.sha256 in texts:
            link = by_text(texts[photo.sha256], keys)
        linked.append(with_link(bare, link) if isinstance(link, Link) else bare)
    return by_order(tuple(linked), keys)


def need_text(photos: Sequence[PhotoProposal], listings: Sequence[Mapping[str, Any]]) -> tuple[str, ...]:
    """The sha256 of photos whose names say nothing: what is written in them may."""
    keys = keys_of(listings)
    if not any(len(key) >= _LEAST_IN_IMAGE for key in keys.whole):
        return ()
    waiting = [
        p for p in photos if p.linked_by != "chosen" and not p.duplicate_of and "empty" not in p.warnings
    ]
    return tuple(dict.fromkeys(p.sha256 for p in waiting if not isinstance(by_name(p.file, keys), Link)))


def with_link(photo: PhotoProposal, link: Link) -> PhotoProposal:
    kind = "document" if link.by == "text_in_image" else "file"
    return replace(
        photo, listing=link.listing, linked_by=link.by, confidence=link.confidence,
        evidence=(*photo.evidence, Evidence(kind, link.why, link.confidence)),
    )  # fmt: skip


def without_link(photo: PhotoProposal) -> PhotoProposal:
    """As it was before it was linked: only what its measures said remains, which carries no weight."""
    measured = tuple(each for each in photo.evidence if not each.weight)
    return replace(photo, listing=None, linked_by="", confidence=0.0, evidence=measured)


def by_name(path: str, keys: Keys) -> Link | str | None:
    """The listing that a name speaks of; a sentence where it speaks of several; None where of none."""
    named = keys.files.get(base_name(path), ())
    if len(named) == 1:
        return Link(named[0], "file_name", 0.99, f"the list names {base_name(path)} for it")
    *folders, file = path.replace("\\", "/").split("/")
    stem = file.rsplit(".", 1)[0] if "." in file else file
    found = _in_part(stem, keys, is_folder=False)
    for folder in reversed(folders):
        above = _in_part(folder, keys, is_folder=True)
        if isinstance(found, Link) and isinstance(above, Link) and above.listing != found.listing:
            return f"its name says {found.listing}, its folder {above.listing}"
        found = found or above
    return found


def _in_part(part: str, keys: Keys, *, is_folder: bool) -> Link | str | None:
    tokens = _WORDS.findall(part.casefold())
    matches = [match for run in _runs(tokens) if (match := _match(run, tokens, keys, is_folder=is_folder))]
    if not matches:
        return _glued(tokens, keys, is_folder=is_folder)
    longest = max(len(key) for key, _, _ in matches)
    best = [match for match in matches if len(match[0]) == longest]
    return _only(best, "folder" if is_folder else "name")


def _runs(tokens: Sequence[str]) -> Iterable[tuple[int, int]]:
    """From and to of every run of words: `a 100 003` may be one number."""
    for start in range(len(tokens)):
        for end in range(start + 1, min(len(tokens), start + 6) + 1):
            yield start, end


def _match(
    run: tuple[int, int], tokens: Sequence[str], keys: Keys, *, is_folder: bool
) -> tuple[str, tuple[str, ...], float] | None:
    """(key, listings, confidence) where this run of words is a key that may stand where it stands."""
    key = "".join(tokens[slice(*run)])
    is_first, is_all = run[0] == 0, run == (0, len(tokens))
    if key in keys.whole:
        if len(key) < _SHORT or (key.isdigit() and len(key) < _TAIL):
            return (key, keys.whole[key], 0.85) if _stands_for_a_thing(run, tokens, is_folder) else None
        if key.isdigit() and not is_first and _CAMERA.match(tokens[run[0] - 1]):
            return None
        return key, keys.whole[key], 0.98 if is_all or is_first else 0.95
    if len(key) >= _TAIL and _DIGITS.search(key) and key in keys.tails:
        is_counted = not is_first and bool(_CAMERA.match(tokens[run[0] - 1]))
        return None if is_counted else (key, keys.tails[key], 0.85)
    return None


def _stands_for_a_thing(run: tuple[int, int], tokens: Sequence[str], is_folder: bool) -> bool:
    """Whether a short number is the whole name, or a name's beginning before the number of the picture."""
    if run == (0, len(tokens)):
        return True
    rest = tokens[run[1] :]
    return run[0] == 0 and not is_folder and len(rest) == 1 and len(rest[0]) <= 2


def _glued(tokens: Sequence[str], keys: Keys, *, is_folder: bool) -> Link | str | None:
    """`A100003front` and `A100003b`: a key with letters and digits that a word begins with."""
    found: list[tuple[str, tuple[str, ...], float]] = []
    for token in tokens:
        for end in range(len(token) - 1, _LEAST_IN_IMAGE, -1):
            key = token[:end]
            is_cut = key[-1].isdigit() and token[end].isdigit()  # A10000|3 is another number
            if key in keys.whole and not key.isdigit() and not key.isalpha() and not is_cut:
                found.append((key, keys.whole[key], 0.9))
                break
    return _only(found, "folder" if is_folder else "name") if found else None


def _only(matches: Sequence[tuple[str, tuple[str, ...], float]], place: str) -> Link | str:
    listings = sorted({listing for _, found, _ in matches for listing in found})
    if len(listings) > 1:
        return f"its {place} may mean {', '.join(listings[:3])}"
    key, _, confidence = max(matches, key=lambda match: match[2])
    return Link(listings[0], "file_name", confidence, f"its {place} carries {key.upper()}")


def by_text(words: Sequence[Word], keys: Keys) -> Link | None:
    """The one listing whose number is written in the picture: a plate, a label, a tag."""
    found: dict[str, float] = {}
    why: dict[str, str] = {}
    for word in words:
        for listings, sure in _numbers_in(word.text, keys):
            listing, confidence = listings[0], round(word.confidence * sure, 2)
            if len(listings) == 1 and confidence > found.get(listing, 0.0):
                found[listing] = confidence
                why[listing] = f"{word.text.strip()[:60]!r} is written in it"
    if len(found) != 1:
        return None
    ((listing, confidence),) = found.items()
    return Link(listing, "text_in_image", confidence, why[listing])


def _numbers_in(text: str, keys: Keys) -> Iterator[tuple[tuple[str, ...], float]]:
    """Listings whose keys stand in a line: short ones as words of their own, long ones anywhere, perhaps misread."""
    tokens = _WORDS.findall(text.casefold())[:_MOST_WORDS]
    for run in _runs(tokens):
        key = "".join(tokens[slice(*run)])
        if len(key) >= _LEAST_IN_IMAGE and not key.isalpha() and key in keys.whole:
            yield keys.whole[key], 0.92
    read = "".join(tokens)
    for length in keys.lengths:
        for start in range(len(read) - length + 1):
            part = read[start : start + length]
            if part in keys.whole:
                yield keys.whole[part], 0.92
            elif _alike(part) in keys.alike:
                yield keys.alike[_alike(part)], 0.75


def _alike(text: str) -> str:
    return text.upper().translate(_ALIKE)


def by_order(photos: Sequence[PhotoProposal], keys: Keys) -> tuple[PhotoProposal, ...]:
    """Photos that nothing speaks for, in the order of their names, where they are as many as the listings without one
    (or the same number for each, while no photo is linked otherwise). A guess, and shown as one."""
    taken = {photo.listing for photo in photos if photo.listing}
    open_listings = [listing for listing in keys.order if listing not in taken]
    rest = [
        at for at, p in enumerate(photos) if not p.listing and not p.duplicate_of and p.linked_by != "chosen"
    ]
    if not rest or not open_listings or len(rest) % len(open_listings):
        return tuple(photos)
    each = len(rest) // len(open_listings)
    if each > 1 and (taken or each > _MOST_PER_LISTING):
        return tuple(photos)
    confidence = 0.4 if each == 1 else 0.25
    ordered = sorted(rest, key=lambda at: natural(photos[at].file))
    why = f"{len(rest)} photos for {len(open_listings)} listings, in the order of their names: please check"
    made = {
        at: Link(open_listings[place // each], "order", confidence, why) for place, at in enumerate(ordered)
    }
    return tuple(with_link(photo, made[at]) if at in made else photo for at, photo in enumerate(photos))


def natural(path: str) -> list[tuple[int, int, str]]:
    """Sorts `2.jpg` before `10.jpg`."""
    parts = re.split(r"(\d+)", path.casefold())
    return [(0, int(part[:18]), part) if part.isdecimal() else (1, 0, part) for part in parts if part]
