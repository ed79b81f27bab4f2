"""The port's contract, kept by the real embedder: unit rows, order, near texts near."""

from __future__ import annotations

import numpy as np
import pytest

from backend.adapters.embeddings import LocalEmbedder


@pytest.fixture(scope="module")
def embedder() -> LocalEmbedder:
    return LocalEmbedder()


def test_rows_are_units_in_the_order_of_the_texts(embedder: LocalEmbedder) -> None:
    texts = [f"car number {n}" for n in range(600)] + ["", " ", "日本"]
    vectors = embedder.embed(texts)
    assert vectors.shape == (603, embedder.dimension)
    assert vectors.dtype == np.float32
    np.testing.assert_allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-5)
    np.testing.assert_allclose(vectors[300], embedder.embed([texts[300]])[0], atol=1e-6)
    assert embedder.embed([]).shape == (0, 256)


def test_near_texts_are_near(embedder: LocalEmbedder) -> None:
    family, minivan, watch = embedder.embed(
        ["a family car with room", "roomy vehicle for families", "a gold wristwatch"]
    )
    assert family @ minivan > family @ watch


def test_the_same_as_the_library(embedder: LocalEmbedder) -> None:
    """The library pads and masks; averaging only the real tokens is the same vector."""
    import wordllama

    texts = [
        "one careful owner",
        "a much longer text about a car that has been driven across the country twice",
    ]
    library = wordllama.WordLlama.load(cache_dir=wordllama.__path__[0], disable_download=True)
    np.testing.assert_allclose(embedder.embed(texts), library.embed(texts, norm=True), atol=1e-6)


def test_words_met_before_change_nothing(embedder: LocalEmbedder) -> None:
    """A text is the sum of its words: whatever came before it, and however much, its vector is that of all its tokens."""
    texts = [
        "Grüße, 日本 tesla\nModel 3", "a<s>b c", "  x  y ", "car 🚗", "tab\tx", "x▁y ▁ z", "<unk> hi", "\u00a0nb sp", "é ê",
    ]  # fmt: skip
    fresh = LocalEmbedder().embed(texts)
    for start in range(0, 40_000, 4_000):  # more words than are remembered
        embedder.embed(
            [" ".join(f"w{n}" for n in range(at, at + 40)) for at in range(start, start + 4_000, 40)]
        )
    np.testing.assert_array_equal(embedder.embed(texts), fresh)
    for text, vector in zip(texts, fresh, strict=True):
        ids = embedder._tokenizer.encode(text, add_special_tokens=False).ids
        whole = embedder._vectors.take(ids, axis=0).sum(axis=0)
        np.testing.assert_allclose(vector, whole / np.linalg.norm(whole), atol=1e-6)
