"""What a column means: words of its header, its values, its neighbors and what was confirmed before, solved as one assignment."""

from backend.domains.blueprints.induction.fields import FileFacts, propose_fields
from backend.domains.blueprints.induction.sheets import asked_sheet, propose_sheet

__all__ = ["FileFacts", "asked_sheet", "propose_fields", "propose_sheet"]
