"""How far the estimate of tokens may be off, measured against a real vocabulary that ships with the embeddings."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest
import wordllama
from hypothesis import given
from hypothesis import strategies as st
from tokenizers import Tokenizer

from backend.kit.tokens import cost, estimated_tokens

ROOT = Path(__file__).resolve().parents[3]
SAMPLES = {
    "english": "I am looking for a used estate with an automatic gearbox, five years old at most, without accidents and "
    "under thirty thousand. It should be dark blue or anthracite outside; heated seats would be nice.",
    "german": "Ich suche einen gebrauchten Kombi mit Automatikgetriebe, höchstens fünf Jahre alt, unfallfrei und unter "
    "dreißigtausend Euro. Die Außenfarbe sollte dunkelblau sein, eine Anhängerkupplung wäre schön.",
    "french": "Je cherche une voiture d'occasion avec boîte automatique, moins de cinq ans, sans accident et à moins de "
    "trente mille euros. La couleur extérieure devrait être bleu foncé ou gris anthracite.",
    "spanish": "Busco un coche de segunda mano con cambio automático, de menos de cinco años, sin accidentes y por menos "
    "de treinta mil euros. El color exterior debería ser azul oscuro o gris antracita.",
    "japanese": "中古のステーションワゴンを探しています。五年以内、無事故で、三万ユーロ以下。",
} | {
    path: (ROOT / path).read_text("utf-8")[:5000]
    for path in (
        "README.md", "docs/operations.md", "seeds/tesla_q1_2026/event.yaml", "backend/core/db.py",
        "schemas/event.v1.schema.json", "seeds/tesla_q1_2026/inventory.csv",
    )
}  # fmt: skip


@pytest.fixture(scope="module")
def vocabulary() -> Tokenizer:
    folder = Path(wordllama.__file__).parent / "tokenizers"
    return Tokenizer.from_file(str(folder / "l2_supercat_tokenizer_config.json"))


@pytest.mark.parametrize("name", SAMPLES)
def test_the_estimate_is_near_a_real_vocabulary(name: str, vocabulary: Tokenizer) -> None:
    real = len(vocabulary.encode(SAMPLES[name], add_special_tokens=False))
    assert 0.85 < estimated_tokens(SAMPLES[name]) / real < 1.30


@given(st.text(), st.text())
def test_more_text_is_never_fewer_tokens(one: str, other: str) -> None:
    joined = estimated_tokens(f"{one} {other}")
    assert joined == estimated_tokens(one) + estimated_tokens(other)
    assert 0 <= estimated_tokens(one) <= len(one)


def test_nothing_is_free_of_tokens() -> None:
    assert estimated_tokens(" \n") == 0


def test_costs_are_exact() -> None:
    prices = {"input_price": Decimal("7.5"), "output_price": Decimal(30)}
    assert cost(1_000_000, 0, **prices) == Decimal("7.5")
    assert cost(2_000, 100, **prices) == Decimal("0.018")
    assert cost(0, 0, **prices) == 0
