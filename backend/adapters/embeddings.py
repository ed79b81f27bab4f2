"""Sentence vectors computed in this process: no key, no network, about 15 µs for a buyer's sentence.

The weights ship inside the `wordllama` package. This module does not talk to the database.
"""

from __future__ import annotations

import os

# A worker embeds on one core: more threads of BLAS cost several times the throughput when processes share cores.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

from collections.abc import Sequence
from pathlib import Path
from threading import Lock
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

_BATCH: Final = 256
_WORDS: Final = 16_384  # words remembered, 16 MB; a list of 20,000 cars has fewer that come twice


class _Words:
    """Vectors of words met so far. Rows are only ever added, so that readers need no lock; a full one is replaced."""

    def __init__(self, dimension: int) -> None:
        self.places: dict[str, int] = {}
        self.vectors: NDArray[np.float32] = np.empty((_WORDS, dimension), dtype=np.float32)


class LocalEmbedder:
    """Averages of static token vectors (wordllama `l2_supercat`), 256 dimensions, Matryoshka-trained."""

    model = "wordllama-l2-supercat-256"
    dimension = 256

    def __init__(self) -> None:
        import wordllama

        here = Path(wordllama.__file__).parent
        loaded = wordllama.WordLlama.load(cache_dir=str(here), disable_download=True)
        self._vectors: NDArray[np.float32] = loaded.embedding
        self._tokenizer: Any = loaded.tokenizer
        self._tokenizer.no_padding()
        self._words = _Words(self.dimension)
        self._adding = Lock()

    def embed(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Shape: (len(texts), 256), unit rows. A text without words gets the vector of a full stop.

        No token of this tokenizer reaches over a space, so a text is the sum of its words, and a word is met but once.
        """
        out = np.empty((len(texts), self.dimension), dtype=np.float32)
        for start in range(0, len(texts), _BATCH):
            split = [self._split(text) for text in texts[start : start + _BATCH]]
            words = self._with({word for parts in split for word in parts})
            for at, parts in enumerate(split, start):
                places = [words.places[word] for word in parts]
                words.vectors.take(places, axis=0, mode="clip").sum(axis=0, out=out[at])
        out /= np.maximum(np.linalg.norm(out, axis=1, keepdims=True), 1e-12)
        return out

    def _split(self, text: str) -> list[str]:
        """Words as the tokenizer sees them apart; runs of spaces and its own marks (`<s>`, `▁`) are read with all around."""
        if not text.strip():
            return ["."]
        if "  " in text or "<" in text or "▁" in text or text != text.strip(" "):
            return [text]
        return text.split(" ")

    def _with(self, wanted: set[str]) -> _Words:
        """Words among which all the wanted ones are known."""
        words = self._words
        if wanted.issubset(words.places.keys()):
            return words
        with self._adding:
            words = self._words
            new = sorted(wanted - words.places.keys())
            if len(words.places) + len(new) > _WORDS:
                words, new = _Words(self.dimension), sorted(wanted)
                if len(new) > _WORDS:  # a batch of books: room for this once
                    words.vectors = np.empty((len(new), self.dimension), dtype=np.float32)
            encoded = self._tokenizer.encode_batch_fast(new, add_special_tokens=False)
            for place, (word, tokens) in enumerate(zip(new, encoded, strict=True), len(words.places)):
                self._vectors.take(tokens.ids, axis=0, mode="clip").sum(axis=0, out=words.vectors[place])
                words.places[word] = place
            if len(words.places) <= _WORDS:
                self._words = words
            return words
