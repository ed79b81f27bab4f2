"""A model is asked about what nobody is sure of, and believed only where the cells agree."""

from __future__ import annotations

import asyncio
import csv
import io
import json
import time
from collections.abc import Mapping
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from backend.core.errors import Upstream
from backend.domains.blueprints.induction import FileFacts, propose_fields
from backend.domains.blueprints.induction.asking import asked
from backend.domains.blueprints.model import FieldProposal, Left
from backend.domains.catalogue import service as catalogue
from backend.flows.sample_kinds import Sample, read
from tests.fakes import fake_ports

TEXT = "Ref,Make,Price,Cost,Zq,Yx,Wv\n" + "".join(
    f'A{n},Corvus,"${n},900","${n},100",qx{n % 3},{1960 + n},Mme Roux\n' for n in range(1, 25)
)
HEADER, *ROWS = list(csv.reader(io.StringIO(TEXT)))
COLUMNS = catalogue.profile_records(HEADER, ROWS)
FACTS = FileFacts(rows=ROWS)


class Model:
    """Answers with what it is given, and keeps what it was asked."""

    name = "fake"

    def __init__(self, answer: Any = None, *, error: Exception | None = None, wait_s: float = 0) -> None:
        self.reply, self.error, self.wait_s, self.prompts = answer, error, wait_s, list[str]()

    async def answer(
        self, *, system: str, prompt: str, schema: Mapping[str, Any], timeout_s: float
    ) -> Mapping[str, Any]:
        self.prompts.append(prompt)
        await asyncio.sleep(self.wait_s)
        if self.error:
            raise self.error
        return self.reply


def proposed() -> tuple[FieldProposal, ...]:
    return propose_fields(COLUMNS, facts=FACTS, embedder=None)


async def better(model: Model | None, timeout_s: float = 5.0) -> dict[str, FieldProposal]:
    return {f.key: f for f in await asked(proposed(), COLUMNS, facts=FACTS, model=model, timeout_s=timeout_s)}


def saying(**targets: str | None) -> dict[str, Any]:
    return {"columns": [{"key": key, "target": target} for key, target in targets.items()]}


async def test_it_is_asked_about_unsure_columns_alone_and_sees_no_figures() -> None:
    model = Model(saying(Zq="specs.finish"))
    found = (await better(model))["Zq"]
    assert (found.targets, found.evidence[0].kind) == (("specs.finish",), "model")
    asked_for = json.loads(model.prompts[0])
    assert "Zq" in [each["key"] for each in asked_for["columns"]]
    assert not {"Ref", "Price", "Cost"} & {each["key"] for each in asked_for["columns"]}
    cells = [cell for each in asked_for["columns"] for cell in each["cells"]]
    assert cells
    assert not any(mark in "012345678" for cell in cells for mark in cell)


async def test_it_cannot_bring_out_what_stays_inside() -> None:
    found = await better(Model(saying(Cost="price", Wv="specs.artist", Ref="title", Price="specs.cost")))
    assert found["Cost"].left is Left.INTERNAL
    assert found["Wv"].left is Left.PERSONAL
    assert (found["Ref"].targets, found["Price"].targets) == (("external_id",), ("price",))


@pytest.mark.parametrize(
    "target", ["price", "latitude", "image_urls", "external_id", "no_such_target", "specs.Bad Name", ""]
)
async def test_what_the_cells_contradict_is_not_believed(target: str) -> None:
    before = {f.key: f for f in proposed()}
    assert (await better(Model(saying(Zq=target))))["Zq"] == before["Zq"]


@pytest.mark.parametrize(
    "answer",
    [{}, {"columns": "x"}, {"columns": [1, None, {"key": 3}]}, {"columns": [{"key": "Zq", "target": 7}]}],
)
async def test_nonsense_changes_nothing(answer: Any) -> None:
    assert tuple((await better(Model(answer))).values()) == proposed()


async def test_a_model_that_fails_or_hangs_is_not_waited_for() -> None:
    assert tuple((await better(Model(error=Upstream("core.model_failed")))).values()) == proposed()
    began = time.monotonic()
    assert tuple((await better(Model(saying(Zq="specs.x"), wait_s=30), timeout_s=0.2)).values()) == proposed()
    assert time.monotonic() - began < 5


async def test_without_a_model_nothing_is_asked() -> None:
    assert tuple((await better(None)).values()) == proposed()


async def test_what_it_knew_is_in_the_mapping_that_is_stored(tmp_path: Path) -> None:
    file = tmp_path / "list.csv"
    file.write_text(TEXT, "utf-8")
    sample = Sample(
        file=SimpleNamespace(kind="sheet", name="list.csv"),  # type: ignore[arg-type]
        path=file,
        ports=fake_ports(model=Model(saying(Zq="specs.finish"))),
        remembered=(),
        before=(),
        progress=lambda *_: None,
        cancelled=lambda: False,
    )
    proposal = (await read(sample)).proposal
    assert proposal["mapping"]["columns"]["Zq"]["target"] == "specs.finish"
    assert next(f for f in proposal["fields"] if f["key"] == "Zq")["evidence"][0]["kind"] == "model"
