"""What only the structure of a record tells: pairs of numbers for a place, addresses of pictures, what it is known by. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any, Final

from backend.domains.blueprints.connecting.records import Leaf, words_of
from backend.domains.blueprints.connecting.words import words
from backend.domains.blueprints.model import Evidence, FieldProposal, Left

_LON_FIRST: Final = frozenset({"coordinates", "lnglat", "lonlat", "longlat"})
_PICTURES: Final = words(
    "photo photos image images picture pictures pic pics media gallery bilder fotos foto bild imagenes immagini afbeeldingen "
    "img imgs assets imagery pictureurls photourls imageurls"
)
_ADDRESS: Final = words(
    "url urls uri href src link large full original xl hd source path medium big file high"
)
_BEST: Final = (
    "original",
    "full",
    "xl",
    "hd",
    "large",
    "url",
    "uri",
    "href",
    "src",
    "link",
    "source",
    "file",
)
_IDS: Final = (
    "id",
    "uuid",
    "guid",
    "key",
    "sku",
    "mls",
    "ref",
    "reference",
    "stock",
    "lot",
    "no",
    "number",
    "code",
    "slug",
)
_SMALL: Final = words("thumb thumbnail thumbnails small icon")
_OTHER: Final = _SMALL | words(
    "video videos document documents pdf brochure floorplan floorplans logo agent dealer seller broker type caption alt title "
    "order position width height id count tour virtual avatar"
)


def geo_settled(
    fields: tuple[FieldProposal, ...], values: Mapping[str, Counter[Any]]
) -> tuple[FieldProposal, ...]:
    """Pairs of numbers for a place: latitude first, but longitude first where it is GeoJSON or the numbers say so."""
    by_key = {field.key: field for field in fields}
    for key in [key for key in by_key if key.endswith("[0]") and f"{key[:-3]}[1]" in by_key]:
        other = f"{key[:-3]}[1]"
        first, second = (
            max((abs(v) for v in values[k] if isinstance(v, int | float)), default=0) for k in (key, other)
        )
        last = "".join(words_of(key[:-3].rpartition(".")[2]))
        is_lon_first = first > 90 or (second <= 90 and last in _LON_FIRST)
        names = ("longitude", "latitude") if is_lon_first else ("latitude", "longitude")
        why = Evidence(
            "document", "a pair of numbers for a place" + (", longitude first" if is_lon_first else ""), 1.0
        )
        for path, target in zip((key, other), names, strict=True):
            by_key[path] = replace(
                by_key[path], targets=(target,), left=None, type="number", unit=None, confidence=0.95,
                column={"target": target}, evidence=(why,), alternatives=(), question="",
            )  # fmt: skip
    return tuple(by_key.values())


def media_settled(fields: tuple[FieldProposal, ...], leaves: Sequence[Leaf]) -> tuple[FieldProposal, ...]:
    """Addresses within a list of pictures are the pictures, unless another path was found to be them; small ones give way.

    What else such a list holds, widths and captions, is about the pictures and not about the thing.
    """
    chosen = next((field.key for field in fields if field.targets == ("image_urls",)), None)
    if chosen is None or set(words_of(chosen)) & _SMALL:
        found = [(rank, leaf.path) for leaf in leaves if (rank := _picture_rank(leaf)) is not None]
        chosen = min(found)[1] if found else chosen
    if chosen is None:
        return fields
    around = f"{chosen.rpartition('[].')[0]}[]." if "[]." in chosen else None
    settled: list[FieldProposal] = []
    for field in fields:
        if field.key == chosen:
            settled.append(field if field.targets == ("image_urls",) else _pictures(field))
        elif field.targets == ("image_urls",) or (
            around and field.key.startswith(around) and field.left is None
        ):
            left = Left.DUPLICATE if field.targets == ("image_urls",) else Left.UNUSED
            settled.append(replace(field, targets=(), left=left, column={}, unit=None, question=""))
        else:
            settled.append(field)
    return tuple(settled)


def _pictures(field: FieldProposal) -> FieldProposal:
    why = Evidence("document", "an address within a list of pictures", 1.0)
    column = {"target": "image_urls", "on_error": "blank", "separator": "\n"}
    return replace(
        field, targets=("image_urls",), left=None, type="list", confidence=0.95, unit=None, evidence=(why, *field.evidence),
        column=column, alternatives=(), question="",
    )  # fmt: skip


def _picture_rank(leaf: Leaf) -> tuple[int, int] | None:
    """How good an address of pictures a path is, the lower the better; None where it is none."""
    words = words_of(leaf.path)
    if (
        not set(words) & _PICTURES
        or set(words) & _OTHER
        or leaf.shape.type in ("integer", "number", "boolean")
    ):
        return None
    last = words[-1]
    is_address = (
        last in _ADDRESS or leaf.shape.format in ("uri", "url") or (last in _PICTURES and "[]" in leaf.path)
    )
    if not is_address:
        return None
    return (0 if "[]" in leaf.path else 1, _BEST.index(last) if last in _BEST else len(_BEST))


def with_id(
    fields: tuple[FieldProposal, ...], values: Mapping[str, Counter[Any]]
) -> tuple[FieldProposal, ...]:
    """An import knows listings by a number of the seller's: where no path was found to be one, the likeliest is taken."""
    if any("external_id" in field.targets for field in fields):
        return fields
    ranked = sorted((rank, field.key) for field in fields if (rank := _id_rank(field, values)) is not None)
    if not ranked:
        return fields
    why = Evidence("document", "the likeliest number to know a listing by", 0.3)
    question = f"Is “{ranked[0][1]}” what a listing is known by?"
    return tuple(
        replace(
            field, targets=("external_id",), left=None, type="text", confidence=0.5, unit=None, evidence=(why, *field.evidence),
            column={"target": "external_id"}, question=question,
        ) if field.key == ranked[0][1] else field
        for field in fields
    )  # fmt: skip


def _id_rank(field: FieldProposal, values: Mapping[str, Counter[Any]]) -> tuple[int, int] | None:
    """How likely a path is to tell listings apart, the lower the better; None where it does not."""
    seen, last = values.get(field.key, Counter()), words_of(field.key)[-1:]
    is_repeated = any(count > 1 for count in seen.values()) and len(seen) > 1
    if "[" in field.key or is_repeated or field.left in (Left.PERSONAL, Left.INTERNAL) or not last:
        return None
    return (field.key.count("."), _IDS.index(last[0])) if last[0] in _IDS else None


def told_apart(fields: tuple[FieldProposal, ...]) -> tuple[FieldProposal, ...]:
    """Each target once: of two paths for what every listing has the surer one counts, names of one's own get a number."""
    best: dict[str, str] = {}
    for field in sorted(fields, key=lambda each: -each.confidence):
        for target in field.targets:
            best.setdefault(target, field.key)
    out: list[FieldProposal] = []
    taken = set(best)
    for field in fields:
        twice = [target for target in field.targets if best[target] != field.key]
        if twice and len(field.targets) == 1 and twice[0].startswith("specs."):
            name = next(
                f"{twice[0]}_{number}"
                for number in range(2, len(fields) + 3)
                if f"{twice[0]}_{number}" not in taken
            )
            taken.add(name)
            out.append(replace(field, targets=(name,), column={**field.column, "target": name}))
        else:
            out.append(replace(field, targets=(), left=Left.DUPLICATE, column={}) if twice else field)
    return tuple(out)
