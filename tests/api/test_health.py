"""What a load balancer is told."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any, cast

import pytest

from backend.adapters.model_door import Limits
from backend.adapters.model_gateway import ModelGateway
from backend.api.health import health
from backend.core.errors import Busy, Upstream
from backend.core.ports import ChatMessage
from backend.flows.runtime import Runtime
from tests.fakes import ScriptedChat, fake_ports, says


def runtime(models: ModelGateway, ping: Any) -> Runtime:
    database = SimpleNamespace(ping=ping)
    return cast(
        Runtime,
        SimpleNamespace(database=database, ports=fake_ports(models=models), served=lambda: {"spring": 3}),
    )


async def answers() -> None:
    """The database is there."""


async def test_health_tells_versions_and_models_and_no_more() -> None:
    wrong_key = Upstream("core.model_failed", provider="groq:small", problem="status", status=401)
    models = ModelGateway(
        {"groq": ScriptedChat(wrong_key), "mistral": ScriptedChat(says("Two."))}, Limits(failures=1)
    )
    message = ChatMessage("user", "white ones?")
    await models.chat(order=["groq", "mistral"], system="", messages=[message], attempt_s=1, total_s=2)
    assert await health(runtime(models, answers)) == {
        "ok": True, "served": {"spring": 3}, "models": {"groq": "open", "mistral": "closed"},
    }  # fmt: skip


async def test_without_a_database_it_cannot_serve() -> None:
    async def silent() -> None:
        raise Busy("core.database_unreachable")

    with pytest.raises(Busy):
        await health(runtime(ModelGateway({}), silent))
