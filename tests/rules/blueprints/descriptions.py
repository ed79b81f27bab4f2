# ruff: noqa: E501 (descriptions are kept as people write them)
"""Descriptions of APIs that no seller has: one for each way such documents are written. Text only."""

from __future__ import annotations

import json
from typing import Any

DESCRIPTIONS: dict[str, str] = {}

S = {"type": "string"}
I = {"type": "integer"}  # noqa: E741
N = {"type": "number"}
B = {"type": "boolean"}


def keep(name: str, document: str | dict[str, Any]) -> None:
    DESCRIPTIONS[name] = document if isinstance(document, str) else json.dumps(document, indent=1)


def obj(**properties: Any) -> dict[str, Any]:
    return {"type": "object", "properties": properties}


def arr(items: Any) -> dict[str, Any]:
    return {"type": "array", "items": items}


def ok(schema: Any) -> dict[str, Any]:
    return {"200": {"description": "ok", "content": {"application/json": {"schema": schema}}}}


def q(name: str, **schema: Any) -> dict[str, Any]:
    return {"name": name, "in": "query", "schema": schema or S}


keep(
    "swagger.yaml",
    """swagger: "2.0"
info: {title: Harbor Feed, version: "1"}
host: data.harborfeed.example
basePath: /api/v3/
schemes: [http, https]
securityDefinitions:
  Token: {type: apiKey, in: header, name: X-Auth-Token}
security: [{Token: []}]
paths:
  /brokers:
    get: {operationId: brokers, responses: {"200": {description: ok, schema: {type: array, items: {type: object, properties: {name: {type: string}, email: {type: string}, phone: {type: string}}}}}}}
  /boats:
    get:
      operationId: getBoats
      parameters:
        - {name: start, in: query, type: integer, description: "Index of the first boat, 0-based"}
        - {name: rows, in: query, type: integer, description: "Number of boats (max 50)"}
        - {name: type, in: query, type: string}
      responses:
        "200":
          description: ok
          schema: {$ref: "#/definitions/BoatList"}
    post: {operationId: addBoat, responses: {"201": {description: made}}}
  /boats/{id}:
    get: {operationId: getBoat, parameters: [{name: id, in: path, type: string, required: true}], responses: {"200": {description: ok, schema: {$ref: "#/definitions/Boat"}}}}
definitions:
  BoatList: {type: object, properties: {numFound: {type: integer}, results: {type: array, items: {$ref: "#/definitions/Boat"}}}}
  Boat:
    type: object
    properties:
      DocumentID: {type: string}
      MakeString: {type: string}
      Model: {type: string}
      ModelYear: {type: integer}
      Price: {type: number}
      LengthFt: {type: number}
      Images: {type: array, items: {type: object, properties: {Uri: {type: string}}}}
      Related: {type: array, items: {$ref: "#/definitions/Boat"}}
""",
)
keep(
    "oauth.json",
    {
        "openapi": "3.0.1",
        "info": {"title": "AeroMarket Partner API"},
        "servers": [
            {"url": "https://sandbox.aeromarket.example/partner", "description": "Sandbox"},
            {"url": "https://api.aeromarket.example/partner", "description": "Production"},
        ],
        "security": [{"oauth": ["aircraft.read"]}],
        "paths": {
            "/aircraft": {
                "get": {
                    "operationId": "searchAircraft",
                    "parameters": [{"$ref": "#/components/parameters/Size"}, q("category")],
                    "responses": {"200": {"$ref": "#/components/responses/AircraftPage"}},
                }
            },
            "/aircraft/{id}/enquiries": {"post": {"operationId": "sendEnquiry", "responses": {"201": {}}}},
            "/users/me": {"get": {"responses": ok(obj(name=S, email=S))}},
        },
        "components": {
            "parameters": {
                "Size": {
                    "name": "pageSize",
                    "in": "query",
                    "schema": {"type": "integer", "default": 10, "maximum": 40},
                }
            },
            "responses": {
                "AircraftPage": {
                    "description": "ok",
                    "content": {
                        "application/json": {
                            "schema": obj(
                                aircraft=arr({"$ref": "#/components/schemas/Aircraft"}),
                                paging=obj(
                                    next={"type": "string", "format": "uri", "nullable": True}, total=I
                                ),
                            )
                        }
                    },
                }
            },
            "securitySchemes": {
                "oauth": {
                    "type": "oauth2",
                    "flows": {
                        "clientCredentials": {
                            "tokenUrl": "https://auth.aeromarket.example/oauth/token",
                            "scopes": {"aircraft.read": "read"},
                        }
                    },
                }
            },
            "schemas": {
                "Aircraft": {
                    "allOf": [
                        {"$ref": "#/components/schemas/Base"},
                        obj(
                            manufacturer=S,
                            model=S,
                            yearOfManufacture=I,
                            serialNumber=S,
                            totalTimeHours=N,
                            askingPrice=obj(amount=N, currency=S),
                            photos=arr(obj(href=S)),
                        ),
                    ]
                },
                "Base": obj(id=S, headline=S),
            },
        },
    },
)
keep(
    "hal.yaml",
    """openapi: 3.0.3
info: {title: Paddock}
servers:
  - url: https://{region}.paddock.example/{version}
    variables: {region: {default: eu, enum: [eu, us]}, version: {default: v1}}
components:
  securitySchemes:
    basicAuth: {type: http, scheme: basic}
  schemas:
    Horse: {type: object, properties: {horseId: {type: string}, stableName: {type: string}, breed: {type: string}, sex: {type: string, enum: [mare, gelding, stallion]}, heightHands: {type: number}, foaled: {type: integer}, price: {type: number}, _links: {type: object, properties: {self: {type: object, properties: {href: {type: string}}}}}}}
security: [{basicAuth: []}]
paths:
  /horses:
    get:
      summary: All horses for sale
      parameters: [{name: size, in: query, schema: {type: integer, maximum: 100}}, {name: page, in: query, schema: {type: integer, default: 0}}]
      responses:
        '200':
          description: ok
          content:
            application/hal+json:
              schema:
                type: object
                properties:
                  _embedded: {type: object, properties: {horses: {type: array, items: {$ref: '#/components/schemas/Horse'}}}}
                  _links: {type: object, properties: {self: {$ref: '#/components/schemas/Link'}, next: {$ref: '#/components/schemas/Link'}}}
                  page: {type: object, properties: {size: {type: integer}, totalElements: {type: integer}, totalPages: {type: integer}, number: {type: integer}}}
""",
)
DESCRIPTIONS["hal.yaml"] = DESCRIPTIONS["hal.yaml"].replace(
    "    Horse:", "    Link: {type: object, properties: {href: {type: string}}}\n    Horse:"
)
keep(
    "jsonapi.json",
    {
        "openapi": "3.1.0",
        "info": {"title": "Timepiece"},
        "servers": [{"url": "https://api.timepiece.example"}],
        "paths": {
            "/v1/watches": {
                "get": {
                    "operationId": "listWatches",
                    "parameters": [
                        q("page[number]", type="integer"),
                        q("page[size]", type="integer", maximum=50),
                        q("filter[brand]"),
                        {"name": "apikey", "in": "query", "required": True, "schema": S},
                    ],
                    "responses": {
                        "200": {
                            "description": "",
                            "content": {
                                "application/vnd.api+json": {
                                    "schema": obj(
                                        data=arr(
                                            obj(
                                                type={"type": "string", "const": "watch"},
                                                id=S,
                                                attributes=obj(
                                                    brand=S,
                                                    reference=S,
                                                    caseDiameterMm=N,
                                                    price=N,
                                                    currency=S,
                                                    boxAndPapers=B,
                                                    images=arr(S),
                                                ),
                                                relationships=obj(seller=obj(data=obj(id=S, type=S))),
                                                links=obj(self=S),
                                            )
                                        ),
                                        included=arr(
                                            obj(type=S, id=S, attributes=obj(name=S, city=S, country=S))
                                        ),
                                        meta=obj(total=I),
                                    )
                                }
                            },
                        }
                    },
                }
            }
        },
    },
)
keep(
    "odata.json",
    {
        "openapi": "3.0.0",
        "info": {"title": "Estate OData"},
        "servers": [{"url": "https://odata.estates.example/odata/"}],
        "components": {"securitySchemes": {"b": {"type": "http", "scheme": "bearer"}}},
        "security": [{"b": []}],
        "paths": {
            "/Property": {
                "get": {
                    "parameters": [
                        q("$top", type="integer", maximum=200),
                        q("$skip", type="integer"),
                        q("$filter"),
                        q("$orderby"),
                    ],
                    "responses": ok(
                        {
                            "type": "object",
                            "properties": {
                                "@odata.context": S,
                                "@odata.nextLink": S,
                                "@odata.count": I,
                                "value": arr(
                                    obj(
                                        ListingKey=S,
                                        ListPrice=N,
                                        BedroomsTotal=I,
                                        LivingArea=N,
                                        City=S,
                                        StateOrProvince=S,
                                        ListAgentEmail=S,
                                        Media=arr(obj(MediaURL=S)),
                                    )
                                ),
                            },
                        }
                    ),
                }
            },
            "/Member": {
                "get": {"responses": ok(obj(value=arr(obj(MemberKey=S, MemberEmail=S, MemberFirstName=S))))}
            },
        },
    },
)
keep(
    "spring.json",
    {
        "openapi": "3.0.1",
        "info": {"title": "Machinery"},
        "servers": [{"url": "https://mach.example/api"}],
        "components": {"securitySchemes": {"k": {"type": "apiKey", "in": "query", "name": "api_key"}}},
        "paths": {
            "/machines": {
                "get": {
                    "tags": ["machine-controller"],
                    "security": [{"k": []}],
                    "parameters": [
                        q("page", type="integer"),
                        q("size", type="integer", default=25),
                        q("sort"),
                    ],
                    "responses": ok(
                        obj(
                            content=arr(
                                obj(
                                    machineNo=S,
                                    manufacturer=S,
                                    model=S,
                                    operatingHours=I,
                                    priceNet=N,
                                    location=obj(city=S, country=S),
                                )
                            ),
                            pageable=obj(pageNumber=I, pageSize=I),
                            last=B,
                            totalPages=I,
                            totalElements=I,
                            number=I,
                            size=I,
                            numberOfElements=I,
                            first=B,
                        )
                    ),
                }
            }
        },
    },
)
keep(
    "drf.json",
    {
        "openapi": "3.0.3",
        "info": {"title": "Cellar"},
        "servers": [{"url": "https://cellar.example"}],
        "components": {
            "securitySchemes": {
                "tokenAuth": {
                    "type": "apiKey",
                    "in": "header",
                    "name": "Authorization",
                    "description": 'Token-based authentication with required prefix "Token"',
                },
                "cookieAuth": {"type": "apiKey", "in": "cookie", "name": "sessionid"},
            }
        },
        "paths": {
            "/api/wines/": {
                "get": {
                    "operationId": "wines_list",
                    "security": [{"cookieAuth": []}, {"tokenAuth": []}],
                    "parameters": [q("limit", type="integer"), q("offset", type="integer")],
                    "responses": ok(
                        obj(
                            count=I,
                            next={
                                "type": "string",
                                "nullable": True,
                                "format": "uri",
                                "example": "http://api.example.org/accounts/?offset=400&limit=100",
                            },
                            previous={"type": "string", "format": "uri"},
                            results=arr(
                                obj(
                                    id=I,
                                    producer=S,
                                    vintage=I,
                                    appellation=S,
                                    price_eur=N,
                                    bottle_size_ml=I,
                                    image=S,
                                )
                            ),
                        )
                    ),
                }
            },
            "/api/wineries/": {
                "get": {
                    "operationId": "wineries_list",
                    "responses": ok(obj(count=I, results=arr(obj(id=I, name=S, region=S, country=S)))),
                }
            },
        },
    },
)
keep(
    "post.json",
    {
        "openapi": "3.0.3",
        "info": {"title": "Trucks"},
        "servers": [{"url": "https://trucks.example/v1"}],
        "components": {"securitySchemes": {"b": {"type": "http", "scheme": "bearer"}}},
        "security": [{"b": []}],
        "paths": {
            "/trucks": {
                "post": {
                    "operationId": "createTruck",
                    "requestBody": {"content": {"application/json": {"schema": obj(vin=S, price=N)}}},
                    "responses": {"201": {}},
                }
            },
            "/trucks/search": {
                "post": {
                    "operationId": "searchTrucks",
                    "summary": "Search trucks",
                    "requestBody": {
                        "content": {
                            "application/json": {
                                "schema": obj(
                                    query=S,
                                    pageNumber={"type": "integer", "minimum": 1},
                                    pageSize={"type": "integer", "maximum": 30},
                                )
                            }
                        }
                    },
                    "responses": ok(
                        obj(totalCount=I, items=arr(obj(vin=S, make=S, model=S, year=I, price=N)))
                    ),
                }
            },
            "/makes": {"get": {"responses": ok(arr(S))}},
        },
    },
)
keep(
    "keyset.json",
    {
        "openapi": "3.0.3",
        "info": {"title": "RVs"},
        "servers": [{"url": "https://rv.example/v2"}],
        "paths": {
            "/units": {
                "get": {
                    "operationId": "listUnits",
                    "parameters": [
                        q("starting_after"),
                        q("limit", type="integer", minimum=1, maximum=100, default=10),
                    ],
                    "responses": ok(
                        obj(
                            object=S,
                            has_more=B,
                            data=arr(
                                obj(
                                    id=S,
                                    stock_number=S,
                                    year=I,
                                    make=S,
                                    model=S,
                                    msrp=N,
                                    sleeps=I,
                                    length_ft=N,
                                )
                            ),
                        )
                    ),
                }
            }
        },
    },
)
keep(
    "zero.json",
    {
        "openapi": "3.0.3",
        "info": {"title": "Cars", "description": "x"},
        "servers": [{"url": "https://cars.example"}],
        "components": {"securitySchemes": {"k": {"type": "apiKey", "in": "header", "name": "api-key"}}},
        "security": [{"k": []}],
        "paths": {
            "/dealers/{dealerId}/vehicles": {
                "get": {
                    "operationId": "dealerVehicles",
                    "parameters": [{"name": "dealerId", "in": "path", "required": True, "schema": S}],
                    "responses": ok(obj(vehicles=arr(obj(vin=S, make=S, model=S, price=N)))),
                }
            },
            "/vehicles": {
                "get": {
                    "operationId": "getVehicles",
                    "parameters": [
                        {
                            "name": "page",
                            "in": "query",
                            "description": "Zero-based page index (0..N)",
                            "schema": I,
                        },
                        {"name": "per_page", "in": "query", "description": "1-250, default 50", "schema": I},
                    ],
                    "responses": ok(
                        obj(
                            vehicles=arr(obj(vin=S, make=S, model=S, price=N, mileage=I, photos=arr(S))),
                            page=I,
                            pages=I,
                        )
                    ),
                }
            },
            "/vehicles/featured": {
                "get": {
                    "operationId": "featured",
                    "responses": ok(
                        obj(vehicles=arr(obj(vin=S, make=S, model=S, price=N, mileage=I, photos=arr(S))))
                    ),
                }
            },
            "/leads": {
                "get": {
                    "operationId": "listLeads",
                    "responses": ok(arr(obj(id=S, first_name=S, email=S, vehicle_id=S))),
                }
            },
            "/vehicles/sold": {
                "get": {
                    "responses": ok(
                        obj(
                            vehicles=arr(
                                obj(vin=S, make=S, model=S, price=N, mileage=I, photos=arr(S), soldAt=S)
                            )
                        )
                    )
                }
            },
        },
    },
)
keep(
    "hdr.yaml",
    """openapi: 3.1.0
info: {title: Art}
servers: [{url: /api}]
paths:
  /artworks:
    get:
      parameters:
        - {name: X-Gallery-Key, in: header, required: true, schema: {type: string}}
        - {name: after, in: query, schema: {type: string}}
        - {name: first, in: query, schema: {type: integer, maximum: 80}}
        - {name: locale, in: query, required: true, schema: {type: string, enum: [en, de]}}
      responses:
        "200":
          description: ok
          content:
            application/json:
              schema:
                type: object
                properties:
                  edges: {type: array, items: {type: object, properties: {cursor: {type: string}, node: {$ref: '#/components/schemas/Artwork'}}}}
                  pageInfo: {type: object, properties: {endCursor: {type: [string, "null"]}, hasNextPage: {type: boolean}}}
components:
  schemas:
    Artwork:
      type: object
      properties:
        inventoryNo: {type: string}
        artist: {type: object, properties: {name: {type: string}, born: {type: integer}}}
        title: {type: string}
        medium: {type: string}
        dimensions: {type: object, properties: {heightCm: {type: number}, widthCm: {type: number}}}
        price: {oneOf: [{type: number}, {type: "null"}]}
""",
)
keep(
    "win.txt",
    """C:\\Users\\x> curl -X GET "https://api.tractors.example/v1/stock?state=available&offset=0&limit=25" ^
  -H "Accept: application/json" ^
  -H "Authorization: Bearer eyJ***"

{"meta":{"offset":0,"limit":25,"total":61},"stock":[{"stockNo":"T-1","brand":"Fendt","model":"724","hours":2100,"priceEUR":98000},{"stockNo":"T-2","brand":"Claas","model":"Arion","hours":900,"priceEUR":76000}]}
""",
)
keep(
    "chrome.txt",
    """curl 'https://www.jets.example/api/search?take=30&skip=0' \\
  -H 'accept: application/json, text/plain, */*' \\
  -H 'accept-language: en-US,en;q=0.9' \\
  -b 'session=abc; theme=dark' \\
  -H $'x-note: it\\'s' \\
  -H 'user-agent: Mozilla/5.0' \\
  --compressed

{
  "jets": [
    {"id": 1, "tail": "N1", "make": "Cessna", "model": "CJ3", "year": 2009, "ttaf": 3000, "price": 4500000},
    {"id": 2, "tail": "N2", "make": "Cessna", "model": "CJ4", "year": 2012, "ttaf": 2000, "price": 6500000},
    ...
  ],
  "count": 214
}
""",
)
keep(
    "token.txt",
    """# 1. get a token
$ curl -s -X POST https://login.yachts.example/connect/token -d 'grant_type=client_credentials&client_id=****&client_secret=****&scope=feed'
{"access_token":"****","token_type":"Bearer","expires_in":3600}

# 2. list
$ curl -s -H "Authorization: Bearer $TOKEN" "https://api.yachts.example/feed/yachts?limit=20"
{"yachts":[{"ref":"A1","builder":"Swan","model":"48","loa_m":14.8,"price":{"amount":350000,"currency":"EUR"}}],"next":"https://api.yachts.example/feed/yachts?limit=20&cursor=abc"}
""",
)
keep(
    "bare.json",
    {
        "status": "ok",
        "page": 1,
        "totalPages": 4,
        "result": {
            "properties": [
                {"id": "P1", "price": 100, "beds": 2, "address": {"city": "Rome"}},
                {"id": "P2", "price": 200, "beds": 3, "address": {"city": "Oslo"}},
            ]
        },
    },
)
keep(
    "basic.txt",
    """curl --user 'dealer:secret' -G https://inv.example/rest/vehicles --data-urlencode "type=used" -d page=1 -d pageSize=50

HTTP/1.1 200 OK
Content-Type: application/json

{"page":1,"pageSize":50,"totalItems":180,"vehicles":[{"stock":"A","vin":"X","price":1}]}
""",
)
keep(
    "query.txt",
    """curl "https://feeds.example/listings.json?api_key=YOUR_KEY&cursor=&page_size=100"

{"listings":[{"id":"1","title":"A","price_cents":100}],"next_cursor":"abc123","has_more":true}
""",
)
keep(
    "map.json",
    {
        "openapi": "3.0.3",
        "info": {"title": "Lots"},
        "servers": [{"url": "https://lots.example"}],
        "paths": {
            "/lots": {
                "get": {
                    "responses": ok(
                        obj(
                            lots={
                                "type": "object",
                                "additionalProperties": obj(
                                    lotNumber=S, title=S, estimateLow=N, estimateHigh=N
                                ),
                            }
                        )
                    )
                }
            }
        },
    },
)
keep(
    "laravel.json",
    {
        "openapi": "3.0.3",
        "info": {"title": "L"},
        "servers": [{"url": "https://l.example/api"}],
        "paths": {
            "/vehicles": {
                "get": {
                    "parameters": [q("page", type="integer"), q("per_page", type="integer", example=15)],
                    "responses": ok(
                        obj(
                            data=arr(obj(id=I, make=S, price=N)),
                            links=obj(first=S, last=S, prev=S, next=S),
                            meta=obj(current_page=I, last_page=I, per_page=I, total=I),
                        )
                    ),
                }
            }
        },
    },
)
keep(
    "linkdoc.yaml",
    """openapi: 3.0.0
info: {title: M}
servers: [{url: "https://m.example/v1/"}]
paths:
  /motorcycles:
    get:
      parameters: [{name: page, in: query, schema: {type: integer}}, {name: per_page, in: query, schema: {type: integer, maximum: 60}}]
      responses:
        "200":
          headers: {Link: {description: RFC 8288 links, schema: {type: string}}, X-Total-Count: {schema: {type: integer}}}
          content: {application/json: {schema: {type: array, items: {type: object, properties: {frame_no: {type: string}, make: {type: string}, model: {type: string}, price: {type: number}}}}}}
""",
)
