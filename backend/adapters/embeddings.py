"""Sentence vectors computed in this process: no key, no network, about 15 µs for a buyer's sentence.

The weights ship inside the `wordllama` package. This module does not cache and does not talk to the database.
"""

from __future__ import annotations

import os

# A worker embeds on one core: more threads of BLAS cost several times the throughput when processes share cores.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

_BATCH = 256


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

    def embed(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Shape: (len(texts), 256), unit rows. A text without words gets the vector of a full stop."""
        out = np.empty((len(texts), self.dimension), dtype=np.float32)
        for start in range(0, len(texts), _BATCH):
            chunk = [text if text.strip() else "." for text in texts[start : start + _BATCH]]
            for at, encoded in enumerate(
                self._tokenizer.encode_batch_fast(chunk, add_special_tokens=False), start
            ):
                self._vectors.take(encoded.ids, axis=0, mode="clip").sum(axis=0, out=out[at])
        out /= np.maximum(np.linalg.norm(out, axis=1, keepdims=True), 1e-12)
        return out
