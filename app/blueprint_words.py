"""The words of the wizard: targets, reasons, kinds of samples and of evidence, stages. Pure."""

from __future__ import annotations

from collections.abc import Iterable

from app.config_views import Option
from backend.domains.blueprints.model import CORE_TARGETS

TARGETS = {
    "external_id": "Stock number",
    "identifier": "Serial number",
    "image_urls": "Photos",
    "url": "Web address",
    "location_city": "City",
    "location_region": "State or region",
    "location_country": "Country",
    "mileage_unit": "Unit of mileage",
    "color_exterior": "Exterior color",
    "color_interior": "Interior color",
}
LEFT = {
    "internal": "Internal figure",
    "personal": "Personal data",
    "counter": "Row counter",
    "empty": "Empty",
    "duplicate": "Same as another column",
    "unused": "Not needed",
}
#: What buyers must never see by accident.
GUARDED = ("internal", "personal")
KINDS = {
    "sheet": "Spreadsheet",
    "report": "Report",
    "feed": "API",
    "photo": "Photo",
    "screen": "Screenshot",
}
STATUSES = {
    "open": "In the making",
    "previewed": "Previewed",
    "waiting": "Waits for approval",
    "published": "Published",
    "discarded": "Given up",
}
EVIDENCE = {
    "header": "Header",
    "values": "Values",
    "distribution": "Spread",
    "meaning": "Meaning",
    "neighbors": "Neighbors",
    "memory": "Confirmed before",
    "clarified": "You said so",
    "model": "Language model",
    "document": "Document",
    "file": "File",
    "default": "Default",
}
STAGES = {
    "fetching": "Being fetched",
    "reading": "Rows are read",
    "checking": "The file is checked",
    "mapping": "Columns are compared",
    "pages": "Pages are read",
    "text": "Text is recognized",
    "photos": "Photos are brought into size",
    "import": "Listings are made",
    "writing": "Listings are made",
}
STRATEGIES = {
    "text": "Text of the page",
    "table": "Tables of the page",
    "ocr": "Recognized from the picture",
}
LINKED = {
    "file_name": "Linked by its file name",
    "text_in_image": "Linked by a number in the picture",
    "order": "Linked by the order of the files",
    "chosen": "Chosen by you",
}
WARNINGS = {
    "too_small": "Small",
    "blurry": "Blurred",
    "too_dark": "Dark",
    "too_bright": "Overexposed",
    "empty": "Nothing in it",
    "odd_aspect": "Very long or tall",
    "animated": "Moves; first picture only",
}
TYPES = {
    "integer": "Whole number",
    "number": "Number",
    "boolean": "Yes or no",
    "date": "Date",
    "enum": "One of a few",
    "text": "Text",
    "list": "List",
}


def target_words(target: str) -> str:
    """`specs.action_type` is “Action type”, `external_id` is “Stock number”."""
    if target.startswith("specs."):
        return plain(target.removeprefix("specs."))
    return TARGETS.get(target) or plain(target)


def targets_words(targets: Iterable[str]) -> str:
    return ", ".join(target_words(target) for target in targets)


def left_words(left: str | None) -> str:
    return LEFT.get(left or "", plain(left or ""))


def stage_words(stage: str, status: str = "reading") -> str:
    """What is being done, as far as it has a name."""
    if stage:
        return STAGES.get(stage) or plain(stage)
    return "Waits its turn" if status == "waiting" else "Being read"


def target_options(used: Iterable[str]) -> list[Option]:
    """Everything a column may become: the core fields, and the specs that this blueprint has already."""
    specs = sorted({target for target in used if target.startswith("specs.")})
    return [Option(target, target_words(target)) for target in (*CORE_TARGETS, *specs)]


def plain(name: str) -> str:
    """`never_reveal` is “Never reveal”, `BUDGET_RANGE` is “Budget range”."""
    words = (name.lower() if name.isupper() else name).replace("_", " ").replace(".", " ").strip()
    return words[:1].upper() + words[1:]
