"""Composition root: joins adapters to ports and builds the HTTP application. No rules live here."""

from __future__ import annotations

from functools import cache
from urllib.parse import urlsplit

from fastapi import FastAPI

from backend.adapters.embeddings import LocalEmbedder
from backend.adapters.model_door import Limits
from backend.adapters.model_gateway import ModelGateway
from backend.adapters.ocr_local import LocalOcr
from backend.adapters.ocr_remembered import RememberedOcr
from backend.adapters.realtime import RealtimeHub
from backend.adapters.supabase_auth import SupabaseAuth
from backend.adapters.supabase_files import SupabaseFiles
from backend.core.ports import ChatModel, Embedder, LanguageModel, Memory, Ocr, Ports
from backend.core.settings import Settings, load_settings
from backend.flows.runtime import Runtime

_THIS_MACHINE = frozenset({"127.0.0.1", "localhost", "::1"})


def build_ports(settings: Settings) -> Ports:
    """Every port with the adapter that the settings ask for."""
    secret = settings.secret_key.get_secret_value()
    return Ports(
        embedder=LocalEmbedder(),
        broadcasts=RealtimeHub(settings.supabase_url, secret),
        identity=SupabaseAuth(settings.supabase_url, settings.publishable_key),
        files=SupabaseFiles(settings.supabase_url, secret, public_base=_public_base(settings)),
        ocr=RememberedOcr(_ocr(settings)),
        model=_model(settings),
        models=ModelGateway(_chat_models(settings), _limits(settings)),
        memory=_memory(settings),
    )


def build_reading() -> tuple[Embedder, Ocr]:
    """What reads samples on this machine, without settings and without a network."""
    return LocalEmbedder(), LocalOcr()


def _ocr(settings: Settings) -> Ocr:
    """Mistral OCR where it has a key and a model; it falls back to what reads here."""
    local = LocalOcr()
    if not (settings.mistral_api_key and settings.mistral_ocr_model):
        return local
    from backend.adapters.ocr_mistral import MistralOcr  # its library takes half a second to load

    key, model = settings.mistral_api_key.get_secret_value(), settings.mistral_ocr_model
    return MistralOcr(key, model=model, local=local, base_url=settings.mistral_base_url)


def _model(settings: Settings) -> LanguageModel | None:
    """The first that is configured; none without a key."""
    if settings.mistral_api_key:
        from backend.adapters.mistral_model import MistralModel

        key = settings.mistral_api_key.get_secret_value()
        return MistralModel(key, model=settings.mistral_model, base_url=settings.mistral_base_url)
    if settings.groq_api_key:
        from backend.adapters.groq_model import GroqModel

        key = settings.groq_api_key.get_secret_value()
        return GroqModel(key, model=settings.groq_model, base_url=settings.groq_base_url)
    if settings.openai_api_key or settings.openai_base_url:
        from backend.adapters.openai_model import OpenAiModel

        key = settings.openai_api_key.get_secret_value() if settings.openai_api_key else ""
        return OpenAiModel(key, model=settings.openai_model, base_url=settings.openai_base_url)
    return None


def _chat_models(settings: Settings) -> dict[str, ChatModel]:
    """Every one that is configured, by the name documents call it."""
    models: dict[str, ChatModel] = {}
    if settings.groq_api_key:
        from backend.adapters.completions_chat import GroqChat

        key = settings.groq_api_key.get_secret_value()
        models["groq"] = GroqChat(key, model=settings.groq_model, base_url=settings.groq_base_url)
    if settings.mistral_api_key:
        from backend.adapters.mistral_chat import MistralChat

        key = settings.mistral_api_key.get_secret_value()
        models["mistral"] = MistralChat(key, model=settings.mistral_model, base_url=settings.mistral_base_url)
    if settings.openai_api_key or settings.openai_base_url:
        from backend.adapters.completions_chat import OpenAiChat

        key = settings.openai_api_key.get_secret_value() if settings.openai_api_key else ""
        model, base_url = settings.openai_model, settings.openai_base_url
        models["openai_compatible"] = OpenAiChat(key, model=model, base_url=base_url)
    return models


def _memory(settings: Settings) -> Memory | None:
    """Zep where it has a key; without one Postgres remembers, which is no adapter's work."""
    if not settings.zep_api_key:
        return None
    from backend.adapters.zep_memory import ZepMemory

    return ZepMemory(settings.zep_api_key.get_secret_value(), base_url=settings.zep_base_url)


def _limits(settings: Settings) -> Limits:
    return Limits(
        failures=settings.model_failures,
        pause_s=settings.model_pause_seconds,
        at_once=settings.model_calls,
        cache_s=settings.model_cache_seconds,
    )


def _public_base(settings: Settings) -> str:
    """The embedded gateway listens on this machine alone, so the application hands its public files out."""
    return "/media/kept/" if urlsplit(settings.supabase_url).hostname in _THIS_MACHINE else ""


@cache
def get_runtime() -> Runtime:
    """The runtime of this process, shared by the API and the user interface."""
    settings = load_settings()
    return Runtime(settings, build_ports(settings), owns_process=True)


def create_app(runtime: Runtime | None = None) -> FastAPI:
    """The HTTP application, alone or under the user interface."""
    from backend.api import build_api  # commands that only need ports do not load the API

    return build_api(runtime or get_runtime())


def app() -> FastAPI:
    """Factory for `uvicorn --factory backend.main:app`: the API without the user interface."""
    return create_app()
