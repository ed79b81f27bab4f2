"""Words by which the parts of a sheet are told apart: names of columns, totals, remarks, sheets that are no list.

English, German, French, Spanish, Italian, Dutch and Portuguese. They only weigh in: a sheet in another language is
told by its shape.
"""

from __future__ import annotations

import re
from typing import Final

_COLUMN_WORDS: Final = """
id no nr num number ref reference sku stock lot unit item article art code serial vin fin chassis hull frame make model brand
maker manufacturer builder producer marque series trim version variant year yr built vintage type category class kind
condition status state grade price ask asking msrp cost amount fee fees currency mileage miles odometer km kms hours hrs
colour color ext int exterior interior engine fuel transmission trans gearbox drive drivetrain power hp kw range battery
length width height depth beam draft loa weight size capacity volume area sqft bedrooms beds baths bathrooms br ba location
city town country zip postal address lat long latitude longitude yard dealer seller owner agent phone email contact title
name description remarks notes comments features options equipment attachments photo photos image images url link date
available listed qty quantity rating score warranty breed sex age coat material movement box papers carat clarity cut
dimensions medium artist edition region appellation bottle

preis marke modell hersteller baujahr zustand kilometerstand farbe leistung kraftstoff getriebe antrieb standort ort plz bild
bilder beschreibung ausstattung titel bezeichnung anzahl menge größe gewicht länge breite höhe erstzulassung ez referenz
nummer verkaufspreis währung land stadt typ klasse stunden telefon

prix modèle modele année annee millésime couleur carburant boîte puissance kilométrage état etat lieu ville pays réf désignation
quantité qté contenance région surface pièces chambres

precio marca modelo año ano estado combustible cambio potencia kilómetros kilometros ciudad provincia país pais fotos
descripción descripcion referencia cantidad ubicación superficie habitaciones

prezzo modello anno colore alimentazione potenza chilometri città citta condizione descrizione riferimento quantità
prijs merk bouwjaar kleur brandstof vermogen plaats omschrijving aantal staat uitvoering
preço preco cor cidade quilometragem combustível descrição
"""
COLUMN_WORDS: Final = frozenset(_COLUMN_WORDS.split())

_TOTALS: Final = (
    r"(?:grand|sub|over-?all|report|page|running)?[ -]?totals?|sums?|count|averages?|avg\.?|mean|min(?:imum)?|max(?:imum)?"
    r"|(?:zwischen|gesamt|end)?-?summen?|gesamt(?:betrag|wert|anzahl)?|insgesamt|anzahl|stückzahl|durchschnitt|mittelwert"
    r"|sous[ -]?tota(?:l|ux)|total g[ée]n[ée]ral|totaux|somme|nombre|moyenne|total general|suma(?: total)?|promedio|media"
    r"|(?:sub-?)?totale?(?: generale| complessivo)?|somma|(?:sub|eind)?-?totaal|som|gemiddelde?|(?:sub-?)?total geral|soma"
)
_COUNTED: Final = (
    r"units?|items?|vehicles?|cars|boats|listings?|records?|rows?|lots?|stück|fahrzeuge?|einträge|unités?|véhicules?"
    r"|unidades|pezzi|stuks"
)
#: The whole label of a total.
TOTAL: Final = re.compile(rf"(?:{_TOTALS})\s*(?:[:=].*|\(.*\))?", re.IGNORECASE)
_BEGINS: Final = "to gr su ov re pa ru co av me mi ma zw ge en in an st du so no mo pr ei"
#: What `TOTAL` can begin with: two letters that spare most cells the pattern.
TOTAL_BEGINS: Final = frozenset(_BEGINS.split())
#: `Subtotal Dozer`, `Dozer Total`, `Total: 24 vehicles`, `24 units`.
TOTAL_OF: Final = re.compile(
    rf"(?:{_TOTALS})\b.{{0,60}}|.{{1,60}}\b(?:sub-?total|totals?|summe|gesamt|totaal|totale|count)\s*:?|\d+ (?:{_COUNTED})",
    re.IGNORECASE,
)
SUBTOTAL: Final = re.compile(r"sub|sous|zwischen|tussen|parcial", re.IGNORECASE)
REMARK: Final = re.compile(
    r"[*†‡§©#]|notes?\b|n\.?b\.?\b|remarks?\b|source\b|(?:all )?prices\b|subject to|terms\b|disclaimer|page \d|printed|exported"
    r"|generated|updated|last update|as of|e\s?&\s?o\s?e|end of|hinweis|stand\b|quelle|(?:alle )?preise\b|irrtum|druck|seite \d"
    r"|ende\b|(?:tous les )?prix\b|sous réserve|fin\b|nota\b|fuente|precios|(?:tutti i )?prezzi|(?:alle )?prijzen|bron\b",
    re.IGNORECASE,
)
#: Names of sheets that stand beside the list.
ASIDE: Final = re.compile(
    r"read.?me|how.?to|help|instruction|guide|hinweis|anleitung|lies.?mich|info|about|cover|deckblatt|index|toc|contents"
    r"|look.?up|legend|codes?\b|mapping|lists?\b.*values|dropdown|validation|config|settings?|param|old|alt\b|archiv|backup"
    r"|copy of|kopie|sold|verkauft|vendus?|history|historie|deleted|draft|temp|tmp|test|pivot|summary|dashboard|chart"
    r"|übersicht|report|stats|calc|changelog|notes?\b|vorlage|example|beispiel",
    re.IGNORECASE,
)


def names_a_column(text: str) -> bool:
    """Whether a text has a word that columns are named by."""
    return any(word in COLUMN_WORDS for word in re.findall(r"[^\W\d_]+", text.lower()))
