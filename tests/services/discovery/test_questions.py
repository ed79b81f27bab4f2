"""Every answer that is offered to be tapped is understood as it stands, and leaves as many as it says."""

from __future__ import annotations

from datetime import date
from itertools import product

import pytest

from backend.core.db import Database
from backend.domains.catalogue import service as catalogue
from backend.domains.discovery import answers, asking, finding, rules
from backend.domains.discovery.model import State
from backend.domains.discovery.phrasing import LANGUAGES
from backend.domains.discovery.signals import understand
from backend.domains.discovery.wording import Words
from tests.factories import World
from tests.services.discovery.conftest import Shop, open_shop
from tests.services.discovery.test_templates import FOLDERS


def question_about(shop: Shop, share: catalogue.Share, field: str, language: str) -> asking.Question | None:
    """What would be asked if nothing else could be."""
    words = Words.of(shop.bundle.document, shop.vocabulary, language)
    others = tuple(name for name in words.attributes if name != field)
    endless = {**shop.bundle.document["persona"], "questioning": {"most": 1000}}
    document = {**shop.bundle.document, "persona": endless}
    return asking.next_question(words, document, State(asked=others), share, shop.index)


@pytest.mark.parametrize("folder", ["tesla_q1_2026", *FOLDERS])
async def test_each_offered_answer_is_understood_and_counted(
    database: Database, world: World, folder: str
) -> None:
    shop, _ = await open_shop(database, world, folder)
    settings = rules.settings_of(shop.bundle.document)
    asked = 0
    async with database.as_system("a test asks everything") as ctx:
        every = catalogue.compile_filters([], shop.index)
        share = (
            await catalogue.find(ctx, event_id=shop.bundle.event_id, filters=every, index=shop.index)
        ).share
        for field, language in product(shop.index.attributes, LANGUAGES):
            question = question_about(shop, share, field, language)
            if question is None:
                continue
            asked += 1
            assert question.field == field
            assert len(question.options) == len(question.counts) >= 1
            for option, count in zip(question.options, question.counts, strict=True):
                state = State(pending=field, language=language)
                read = understand(
                    option,
                    vocabulary=shop.vocabulary,
                    state=state,
                    settings=settings,
                    today=date(2026, 1, 20),
                )
                read = answers.in_light_of(read, option, state, shop.index)
                heard = [(f.field, f.op, f.value) for f in read.filters]
                assert {f.field for f in read.filters} == {field}, (option, heard)
                assert read.language == language, option
                limits = [f for f in read.filters if f.group == "must"]
                assert limits, (option, heard)
                left = await finding.count(
                    ctx, event_id=shop.bundle.event_id, filters=limits, index=shop.index
                )
                assert left == count, (option, heard)
    assert asked >= 5
