"""How people say what a column is, in English, German, French and Spanish: patterns of sentences and small vocabularies. Data.

In a pattern, `x` is the column, `y` what it is, `v` a value of its cells. Columns named verbatim and quoted words are
replaced by marks (`‹0›`) before a pattern is tried, so that their own words and points are never read as grammar.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final


def _patterns(*texts: str) -> tuple[re.Pattern[str], ...]:
    return tuple(re.compile(rf"^(?:{text})$", re.IGNORECASE) for text in texts)


_POLITE: Final = r"please |bitte |s'il (?:te|vous) pla[iî]t,? |por favor,? "
_PLEASE: Final = rf"(?:{_POLITE}|and |also |then |und |auch |et |aussi |y |también )*"
_THE: Final = (
    r"(?:the |a |an |our |their |its |die |der |das |den |eine?[nmrs]? |le |la |les |l['’]|un |une |du |el |los |las |"
    r"una )?"
)
_X: Final = r"(?P<x>.+?)"
_Y: Final = rf"{_THE}(?P<y>.+)"

#: Leaves a column out.
LEAVE: Final = _patterns(
    rf"{_PLEASE}(?:ignore|drop|skip|omit|hide|remove|exclude|delete|discard|disregard|leave out|leave off|keep out) {_X}",
    rf"{_PLEASE}leave {_X} (?:out|off|alone)",
    rf"{_PLEASE}(?:do not|don['’]?t|never) (?:show|use|import|publish|read|include|display) {_X}",
    rf"{_PLEASE}{_X} (?:can|should|must|is to|are to|may) be (?:ignored|left out|dropped|skipped|hidden|removed|"
    rf"omitted|excluded)",
    rf"{_PLEASE}{_X} (?:should|must) not be (?:shown|published|imported|used)",
    rf"{_PLEASE}(?:we )?(?:do not|don['’]?t) need {_X}",
    rf"{_PLEASE}(?:ignoriere?n?|überspringe?n?|entferne?n?|verstecke?n?|streiche?n?|verwirf|verwerfen)(?: Sie)? {_X}",
    rf"{_PLEASE}(?:lass(?:e|en Sie)?) {_X} (?:weg|aus|raus)",
    rf"{_PLEASE}{_X} (?:bitte )?(?:weglassen|ignorieren|auslassen|überspringen|entfernen|verstecken|"
    rf"nicht (?:veröffentlichen|zeigen|"
    r"anzeigen|importieren|verwenden|übernehmen))",
    rf"{_PLEASE}{_X} (?:soll|muss|kann|darf)(?:en)? (?:weg|raus|weggelassen werden|ignoriert werden)",
    rf"{_PLEASE}(?:ignore[rz]?|omets|omettre|omettez|supprime[rz]?|retire[rz]?|cache[rz]?|masque[rz]?|enl[eè]ve[rz]?|exclu[st]?|"
    rf"exclure|excluez|saute[rz]?) {_X}",
    rf"{_PLEASE}laisse[rz]? {_X} de c[oô]t[eé]",
    rf"{_PLEASE}laisse[rz]? de c[oô]t[eé] {_X}",
    rf"{_PLEASE}(?:ne|n['’]) ?(?:publie|montre|utilise|importe|affiche|garde)[rz]? pas {_X}",
    rf"{_PLEASE}ne pas (?:publier|montrer|utiliser|importer|afficher) {_X}",
    rf"{_PLEASE}(?:ignora[r]?|omite|omitir|quita[r]?|elimina[r]?|oculta[r]?|excluye|excluir|salta[r]?|descarta[r]?) {_X}",
    rf"{_PLEASE}deja[r]? fuera {_X}",
    rf"{_PLEASE}deja[r]? {_X} fuera",
    rf"{_PLEASE}no (?:publi(?:ques|car|que)|muestre?s?|mostrar|uses?|usar|importe?s?|importar|incluyas) {_X}",
    rf"{_PLEASE}(?:without|ohne|sans|sin) {_X}",
)

#: Publishes what was kept back.
PUBLISH: Final = _patterns(
    rf"{_PLEASE}(?:publish|show|include|keep|display) {_X}(?: anyway| regardless| all the same| nevertheless)?(?: as {_Y})?",
    rf"{_PLEASE}{_X} (?:may|can|should) be (?:shown|published|public)(?: anyway)?(?: as {_Y})?",
    rf"{_PLEASE}(?:zeige?n?|veröffentliche?n?|behalte?n?|übernimm|übernehmen)(?: Sie)? {_X}(?: trotzdem| dennoch)?(?: als {_Y})?",
    rf"{_PLEASE}{_X} (?:trotzdem|dennoch) (?:veröffentlichen|zeigen|anzeigen|übernehmen)",
    rf"{_PLEASE}(?:publie|affiche|montre|garde)[rz]? {_X}(?: quand m[eê]me| malgr[eé] tout)?(?: comme {_Y})?",
    rf"{_PLEASE}(?:publica|muestra|incluye|mant[eé]n|conserva)[r]? {_X}"
    rf"(?: de todos modos| de todas formas| igualmente| aun as[ií])?(?: como {_Y})?",
)

#: Says plainly what a column is.
TARGET: Final = _patterns(
    rf"{_PLEASE}(?:treat|map|read|use|take|interpret|consider|import|count|see) {_X} (?:as|to|for|like|into) {_Y}",
    rf"{_PLEASE}(?:rename|change|set|turn|assign) {_X} (?:to|into) {_Y}",
    rf"{_PLEASE}{_X} (?:should be|must be|goes (?:in)?to|belongs to|maps to|stands for|means|refers to|contains|"
    rf"holds|has|shows|is called) {_Y}",
    rf"{_PLEASE}{_X} ?(?:=|→|->|=>|:) ?{_Y}",
    rf"{_PLEASE}(?:behandle?n?|nimm|nehmen|lies|lesen|verwende?n?|nutze?n?|interpretiere?n?|importiere?n?|"
    rf"betrachte?n?)(?: Sie)? {_X} als {_Y}",
    rf"{_PLEASE}ordne?n?(?: Sie)? {_X} (?:dem |der )?{_Y} zu",
    rf"{_PLEASE}{_X} (?:bedeutet|bedeuten|steht für|stehen für|heißt|meint|entspricht|gehört zu|enthält|soll|"
    rf"sollen) {_Y}(?: sein)?",
    rf"{_PLEASE}(?:traite|consid[eè]re|lis|lire|utilise|prends|prenez|interpr[eè]te|importe)[rz]? {_X} comme {_Y}",
    rf"{_PLEASE}{_X} (?:signifie|veut dire|correspond (?:à |au )|d[eé]signe|repr[eé]sente|contient|indique) ?{_Y}",
    rf"{_PLEASE}(?:trata|toma|lee|leer|usa|interpreta|considera|importa)[r]? {_X} como {_Y}",
    rf"{_PLEASE}{_X} (?:significa|quiere decir|corresponde a(?:l)?|representa|contiene|indica) {_Y}",
)

#: Says it in passing: true of the column only where the words are known.
WEAK: Final = _patterns(
    rf"{_PLEASE}{_X} (?:is|are|'s|’s) {_Y}",
    rf"{_PLEASE}{_X} (?:ist|sind) {_Y}",
    rf"{_PLEASE}{_X} (?:est|sont|c['’]est) {_Y}",
    rf"{_PLEASE}{_X} (?:es|son|está|están) {_Y}",
)

#: A value of the cells and what it means, optionally in which column.
VALUE: Final = _patterns(
    rf"{_PLEASE}(?:in|im|dans|en) (?:der |die |la |el )?{_X},? (?P<v>\S+|‹\d+›) (?:means?|stands for|is|bedeutet|"
    rf"heißt|ist|signifie|veut dire|est|"
    r"significa|quiere decir|es) (?P<y>.+)",
    r"(?P<v>\S+|‹\d+›) (?:means?|stands for|bedeutet|heißt|signifie|veut dire|significa|quiere decir) (?P<y>.+?)"
    r"(?: (?:in|im|dans|en) (?:der |die |la |el )?(?P<x>.+))?",
)

#: Words that stand for the column that was named last.
PRONOUNS: Final = frozenset(
    [
        "it",
        "this",
        "that",
        "them",
        "these",
        "those",
        "that",
        "column",
        "this",
        "column",
        "ihn",
        "sie",
        "es",
        "diese",
        "dieser",
        "dieses",
        "die",
        "spalte",
        "cela",
        "ça",
        "le",
        "la",
        "les",
        "lo",
        "los",
        "las",
        "esa",
        "ese",
        "esta",
        "este",
        "esa",
        "columna",
        "cette",
        "colonne",
    ]
) | {
    "that column",
    "this column",
    "die spalte",
    "diese spalte",
    "cette colonne",
    "esa columna",
    "esta columna",
}

#: `column K`, `column 3`, `Spalte K`: letters and numbers as spreadsheets count.
COLUMN: Final = re.compile(
    r"^(?:the |die |la |el )?(?:columns?|cols?\.?|spalten?|colonnes?|columnas?) (?:no\.? |nr\.? |n[°º] ?|number |nummer )?"
    r"(?P<at>[A-Z]{1,3}|\d{1,4}|‹\d+›|.+)$",
    re.IGNORECASE,
)
#: A column wrapped in words that say so.
WRAPPED: Final = re.compile(
    r"^(?:the |die |der |das |la |le |el |les |los |las |l['’])?(?P<x>.+?)(?: (?:column|columns|field|spalte|feld|"
    r"colonne|champ|columna|campo))?$",
    re.IGNORECASE,
)

PRICES: Final = re.compile(
    r"\b(?:prices?|amounts?|figures|sums?|everything|preise?|beträge|alles|prix|montants?|tout|precios?|importes?|todo)\b",
    re.IGNORECASE,
)
CURRENCY_WORD: Final = re.compile(r"\b(?:currency|währung|devise|monnaie|moneda|divisa)\b", re.IGNORECASE)
DISTANCES: Final = re.compile(
    r"\b(?:mileages?|odometers?|distances?|kilometerst(?:and|ände)|laufleistung(?:en)?|kilom[eé]trages?|"
    r"kilometrajes?|distancias?)\b",
    re.IGNORECASE,
)
DATES: Final = re.compile(r"\b(?:dates?|datums?(?:angaben|werte)?|daten|fechas?)\b", re.IGNORECASE)
DECIMALS: Final = re.compile(
    r"\b(?:decimals?|dezimal\w*|nachkomma\w*|d[eé]cima(?:l|le|ux|les))\b", re.IGNORECASE
)
IS: Final = re.compile(
    r"\b(?:is|are|use|uses|in|as|ist|sind|im|als|est|sont|en|es|son|están|está|como|come|comes)\b",
    re.IGNORECASE,
)

ORDERS: Final = (
    ("ymd", re.compile(r"year[- ]first|y{2,4}[-/. ]?m|\biso\b|jahr (?:zuerst|vor)|ann[eé]e (?:d['’]abord|"
        r"en premier)|año primero", re.IGNORECASE)),
    ("dmy", re.compile(
        r"day[- ](?:first|before|month|then)|days? comes? first|\bd{1,2}[-/. ]m|\bt{2}[-/. ]m|european|british|"
        r"german|deutsch|tag (?:zuerst|vor|kommt zuerst)|"
        r"jour (?:d['’]abord|en premier|avant)|jj[-/. ]mm|europ[eé]en|d[ií]a (?:primero|antes)|primero el d[ií]a|"
        r"europeo", re.IGNORECASE)),
    ("mdy", re.compile(
        r"month[- ](?:first|before|day|then)|months? comes? first|\bm{1,2}[-/. ]d|\bamerican\b|\bus\b|amerikanisch|"
        r"monat (?:zuerst|vor)|"
        r"mois (?:d['’]abord|en premier|avant)|am[eé]ricain|mes (?:primero|antes)|primero el mes|americano", re.IGNORECASE)),
)  # fmt: skip
MARKS: Final = (
    (",", re.compile(r"\b(?:commas?|komma|virgules?|comas?)\b|['\"‹]?,['\"›]?", re.IGNORECASE)),
    (".", re.compile(r"\b(?:points?|dots?|periods?|punkt|puntos?)\b", re.IGNORECASE)),
)

YES: Final = frozenset(["yes", "true", "ja", "wahr", "oui", "vrai", "sí", "si", "verdadero", "y", "j", "x"])
NO: Final = frozenset(["no", "false", "nein", "falsch", "non", "faux", "falso", "n"])

#: Why something is left out, as people say it.
REASONS: Final[Mapping[str, re.Pattern[str]]] = {
    "internal": re.compile(
        r"\b(?:internal|confidential|private to us|secret|our cost|intern\w*|vertraulich|geheim|interne|"
        r"confidentiel\w*|interno|interna|confidencial)\b",
        re.IGNORECASE,
    ),
    "personal": re.compile(
        r"\b(?:personal|private|persönlich|privat|personnel\w*|priv[eé]e?|personal(?:es)?|privad[oa])\b",
        re.IGNORECASE,
    ),
    "unused": re.compile(
        r"\b(?:irrelevant|unimportant|useless|not needed|unused|noise|unwichtig|egal|unn[öo]tig|inutile|"
        r"sans importance|inútil|irrelevante)\b",
        re.IGNORECASE,
    ),
}

#: Names of currencies that a price would be called by, beside codes and symbols.
CURRENCIES: Final[Mapping[str, str]] = {
    "dollar": "USD", "dollars": "USD", "us dollars": "USD", "us dollar": "USD", "american dollars": "USD", "bucks": "USD",
    "dólares": "USD", "dolares": "USD", "dólar": "USD", "us-dollar": "USD", "$": "USD",
    "canadian dollars": "CAD", "australian dollars": "AUD", "hong kong dollars": "HKD", "singapore dollars": "SGD",
    "pound": "GBP", "pounds": "GBP", "sterling": "GBP", "pounds sterling": "GBP", "british pounds": "GBP", "pfund": "GBP",
    "britische pfund": "GBP", "livres": "GBP", "livres sterling": "GBP", "libras": "GBP", "libras esterlinas": "GBP",
    "franc": "CHF", "francs": "CHF", "swiss francs": "CHF", "franken": "CHF", "schweizer franken": "CHF", "francs suisses": "CHF",
    "francos suizos": "CHF",
    "yen": "JPY", "yenes": "JPY", "zloty": "PLN", "złoty": "PLN", "kronor": "SEK", "swedish kronor": "SEK",
    "danish kroner": "DKK", "norwegian kroner": "NOK", "rupees": "INR", "dirhams": "AED", "reais": "BRL", "pesos": "MXN",
}  # fmt: skip
