"""Words by which the parts of a report are told apart: heads of findings, furniture of pages, what ends a label.

English, German, French, Spanish, Italian, Dutch and Portuguese. They only weigh in beside the shape of the page.
"""

from __future__ import annotations

import re
import unicodedata
from typing import Final


def words_of(text: str) -> list[str]:
    return re.findall(r"[^\W\d_]+", unicodedata.normalize("NFC", text).lower())


_HEAD_WORDS: Final = frozenset(
    words_of("""
    panel damage damages severity area areas finding findings action actions system systems rating comment comments
    item items component components defect defects observation observations remark remarks note notes result results
    check part parts position repair repairs recommendation recommendations priority section test
    reading measurement description status condition location size grade score point zone element fault
    faults issue issues photo cost estimate estimated urgency category deficiency deficiencies work required
    type extent bauteil befund befunde schaden schäden zustand bewertung maßnahme massnahme maßnahmen bemerkung
    bemerkungen bereich prüfpunkt ergebnis größe schwere schweregrad mangel mängel note kommentar baugruppe stelle
    umfang beschreibung reparatur teil prüfung empfehlung élément élements éléments constat constats état gravité
    dommage dommages remarque remarques organe taille défaut défauts intervention résultat emplacement système pièce
    pièces commentaire sévérité contrôle travaux dégât dégâts elemento elementos zona hallazgo hallazgos estado daño
    daños gravedad observación observaciones acción tamaño defecto defectos sistema componente componentes comentario
    comentarios resultado pieza reparación difetto difetti stato gravità nota danno danni azione osservazioni
    dimensione risultato intervento parte componenti onderdeel schade staat ernst opmerking opmerkingen actie
    bevinding bevindingen gebrek resultaat beoordeling dano danos gravidade observações acção ação peça resultado
    avaria
""")
)
_LABEL_HEADS: Final = frozenset(
    words_of("""
    field attribute property parameter specification spec label key detail characteristic item description merkmal
    eigenschaft feld angabe bezeichnung champ caractéristique attribut libellé campo característica atributo
    caratteristica kenmerk
""")
)
_VALUE_HEADS: Final = frozenset(
    words_of("""
    value values details data specification entry wert werte angabe eintrag valeur valeurs donnée valor dato valore
    waarde gegevens
""")
)
_FURNITURE: Final = re.compile(
    r"(?:page|seite|p[áa]gina|pagina|blatt)\s*:?\s*\d+(?:\s*(?:of|/|von|de|sur|di|van)\s*\d+)?|\d+\s*(?:/|of|von|sur)\s*\d+|[-–—]?\s*\d+\s*[-–—]?",
    re.IGNORECASE,
)
_ABBREVIATION: Final = re.compile(
    r"\b(?:no|nr|nos|ref|reg|eng|ext|int|max|min|approx|cert|núm|n°|n)\.$", re.IGNORECASE
)
_FOOTER_TALK: Final = re.compile(
    r"https?:|www\.|@|\ball rights\b|©|\bcopyright\b|\bcontinued\b", re.IGNORECASE
)
MOST_LABEL_WORDS: Final = 7
MOST_LABEL_CHARS: Final = 52


def names_findings(text: str) -> bool:
    """Whether a text could head a column of findings."""
    return any(word in _HEAD_WORDS for word in words_of(text))


def heads_pairs(first: str, second: str) -> bool:
    """Whether two heads stand over labels and values, not over findings."""
    return any(word in _LABEL_HEADS for word in words_of(first)) and any(
        word in _VALUE_HEADS for word in words_of(second)
    )


def is_furniture(text: str) -> bool:
    """Page numbers and the like."""
    return bool(_FURNITURE.fullmatch(text.strip()))


def clean_label(text: str) -> str:
    """A label as printed, without the colon, dash or full stop that ends it."""
    label = re.sub(r"\s*[:：=]+$|\s+[-–—]$", "", text.strip()).strip()
    return re.sub(r"(?<=[^\W\d_]{5})\.$", "", label)


def may_be_label(text: str) -> bool:
    """Whether a text has the form of a label: few words, some letters, no sentence."""
    label = clean_label(text)
    if not 1 <= len(label) <= MOST_LABEL_CHARS or len(label.split()) > MOST_LABEL_WORDS:
        return False
    if not re.search(r"[^\W\d_]", label) and label not in {"#", "№"}:
        return False
    if _FOOTER_TALK.search(label) or is_furniture(label):
        return False
    if text.rstrip().endswith(".") and len(label.split()) > 3 and not _ABBREVIATION.search(label):
        return False
    return not label.endswith(("!", "?", ",", ";"))
