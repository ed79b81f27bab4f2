"""Words by which operations, parameters and answers of APIs are told apart. They weigh in; shapes decide with them."""

from __future__ import annotations

from typing import Final


def words(text: str) -> frozenset[str]:
    return frozenset(text.split())


#: What the record of a listing tells of itself: weight, words of one concept.
CONCEPTS: Final = tuple(
    (float(weight), frozenset(words))
    for weight, *words in map(
        str.split,
        """\
    2.0 amount ask asking estimate guide msrp precio preis prezzo price prijs prix
    1.5 artist brand breed builder make maker manufacturer marca marke marque model producer series shipyard winery
    1.5 bilder fotos gallery image images media photo photos pics picture pictures thumbnail
    1.0 annee baujahr built registration vintage year yob
    1.5 chassis hin hull imo listing lot mls ref reference reg serial sku stock vin
    0.5 code id key number uuid
    0.7 heading headline label name title
    0.7 address city country geo lat latitude lng location lying port region state zip
    1.0 appellation area bathrooms baths beam bedrooms beds berths body caliber carat case color colors colour colours \
        dam draft engine fuel grape height horsepower hours km length loa material medium mileage movement odometer \
        power sex sire size sqft transmission trim weight
    0.5 availability available condition sold status
    0.4 description equipment features options remarks specs summary
""".splitlines(),
    )
)
#: What records of people tell of themselves.
PEOPLE: Final = words("""
    birth consent first firstname gdpr last lastname message newsletter password role roles subject username
""")
#: What is for sale.
THINGS: Final = words("""
    ad ads advert adverts aircraft angebote annonces annunci antiques anuncios apartments art articles artwork artworks
    asset assets auto autos bags biens bike bikes boat boats bottles cameras car caravans cars catalog catalogue classics
    coins collection condos diamonds engines equipment estates fahrzeuge feed flats furniture gems goods guitars handbags
    helicopters home homes horse horses house houses immobilien inmuebles instruments inventories inventory item items
    jets jewellery jewelry land listing listings livestock lot lots machine machinery machines marketplace merchandise
    motorcycle motorcycles motorhomes objects offerings paintings parcels pianos pieces plane planes plots product
    products properties property rentals residences rv rvs sale stock stocklist stones timepieces tractors trailer
    trailers truck trucks unit units vehicle vehicles vehicules vehiculos veicoli vessel vessels villas watch watches wine
    wines works yacht yachts
""")
#: What an API lists beside it.
OTHERS: Final = words("""
    account accounts agent agents alert alerts analytics appointment appointments articles attachments audit auth bid bids
    blog booking bookings branch branches brands broker brokers builders buyer buyers categories category cities colors
    comments companies company config contact contacts countries crew currencies customer customers dealer dealers
    dealership dealerships document documents enquiries enquiry enums event events facets favorite favorites favourite
    favourites features files filters finance financing health history images inquiries inquiry inspection inspections
    insurance invoice invoices jobs lead leads location locations log login logs lookup lookups makes manufacturers
    marinas media member members message messages metrics models news notes notification notifications oauth office
    offices order orders organization organizations owner owners parts payment payments photos pictures ping promotions
    quote quotes rating ratings regions report reports review reviews saved seller sellers service session sessions
    settings shipments showrooms staff statistics stats status stores subscription subscriptions tags taxonomy team token
    tokens transaction transactions upload uploads user users valuation valuations vendor vendors version watchlist
    watchlists webhook webhooks
""")
#: Parts of what is for sale.
PARTIAL: Final = words("""
    archive archived autocomplete batch changed changes clusters comparables compare count counts deleted delta deltas
    draft drafts expired featured highlights history ids latest map me mine my nearby new pending popular premium random
    recent recommendations recommended related removed similar sold stats suggest suggestions summaries summary top
    trending upcoming updates wishlist withdrawn
""")
#: Not for the public.
INSIDE: Final = words("admin backoffice debug internal management mock private sandbox staff test")
SEARCHING: Final = words("browse filter find list lookup query search")
WRITING: Final = words("""
    add book create delete import notify publish register remove reserve save send set submit sync update upload upsert
""")
#: Parameters, without case and marks.
PAGE: Final = words("""
    currentpage numpage p page paged pageid pageindex pageno pagenr pagenum pagenumber pagina pg seite whichpage
""")
OFFSET: Final = words("""
    begin first firstrow from offset pageoffset recordoffset rowoffset skip start startat startindex startposition
    startrecord startrow
""")
CURSOR: Final = words("""
    after aftercursor afterid anchor bookmark checkpoint continuation continuationtoken cursor cursormark
    exclusivestartkey iterator lastid lastkey marker next nextcursor nextkey nextpage nextpagetoken nexttoken pageafter
    pagecursor pagekey pagestate pagetoken pointer position resumetoken scroll scrollid searchafter sequence sinceid
    skiptoken startafter startingafter startkey token
""")
SIZE: Final = words("""
    amount anzahl batchsize chunk count fetch fetchsize first hitsperpage itemsperpage length limit listsize max maxitems
    maxpagesize maxrecords maxresults maxrows n nb num numresults pagecount pagelimit pagesize perpage pglen pp
    recordsperpage results resultsize resultsperpage rows rpp size take top
""")
#: Parameters that take the id of the last record.
KEYSET: Final = words("afterid lastid sinceid startafter startingafter")
#: Counters and flags of an answer.
PAGES_COUNT: Final = words("""
    lastpage maxpage nbpages numberofpages numpages pagecount pages pagestotal totalpagecount totalpages
""")
TOTAL: Final = words("""
    availablecount count found hits itemcount matches nbhits numberofresults numfound numresults odatacount recordcount
    resultcount total totalcount totalelements totalhits totalitems totallistings totalmatches totalnumber totalrecords
    totalresults totalrows totalsize totalvehicles
""")
MORE: Final = words("""
    hasmore hasmorepages hasmoreresults hasnext hasnextpage ismore more moreavailable morepages moreresults
""")
LAST: Final = words("complete done end exhausted finalpage isend islast islastpage last lastpage")
#: Names by which requests say where in a list they are.
PLUMBING: Final = (PAGE | OFFSET | CURSOR) - words(
    "from next token position sequence anchor p begin iterator pointer marker paged first"
)
