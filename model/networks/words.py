"""Words as vectors, without any network: WordLlama's table (Miller 2024), a vector for each of 32,000 pieces of words.

The package `wordllama` (MIT, 19 MB) brings the table and the list of pieces, of which two files are read and no code is
run. How a word is cut into pieces (byte-pair encoding as SentencePiece does it: Sennrich 2016, Kudo 2018) is written
out here, because the package would bring a tokenizer and a client of a hub of models for it.
"""

import functools
import hashlib
import importlib.util
import itertools
import json
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from safetensors.numpy import load

from looks_like.model.errors import ModelError

WORD_NUMBERS = 256  # of a vector
_PACKAGE = "wordllama"
_TABLE = "weights/l2_supercat_256.safetensors"
_PIECES = "tokenizers/l2_supercat_tokenizer_config.json"
_SHA256 = {
    _TABLE: "64b47a2dc493cb8e85944076601189739852d7b64e0e1eedcb1937a251cd9fd5",
    _PIECES: "93248f2a9ec36c7b35f700a033d5f36228aae48db61aee31007fa49062cdeb68",
}
_BEGINS = "▁"  # what a word begins with, as a piece
_LETTERS_MAX = 40  # of a word that are looked at; the work grows with their square
_KEPT = 200_000  # words whose vectors are kept
_RIDGE, _LEAST_WEIGHT = 0.03, 0.3  # on 6,000 clothes a ridge of .003 to .1 is as good (docs/finding.md)


@dataclass(frozen=True)
class Words:
    """Reads words; without state but what it has read before."""

    table_pd: np.ndarray  # float16 (P, 256)
    number_of: dict[str, int]  # piece -> its place in the table
    rank_of: dict[tuple[str, str], int]  # two pieces that become one, the most usual first
    known: dict[str, np.ndarray]

    def pieces(self, word: str) -> list[str]:
        """What a word is made of: letters are joined two by two, the most usual pair first."""
        parts = [_BEGINS, *word[:_LETTERS_MAX]]
        while len(parts) > 1:
            ranks = [self.rank_of.get(pair, len(self.rank_of)) for pair in itertools.pairwise(parts)]
            at = min(range(len(ranks)), key=ranks.__getitem__)
            if ranks[at] == len(self.rank_of):
                break
            parts[at : at + 2] = [parts[at] + parts[at + 1]]
        return parts

    def vector(self, word: str) -> np.ndarray:
        """float32 (256,): the mean of its pieces; letters that are none are read as their bytes."""
        kept = self.known.get(word)
        if kept is None:
            numbers = [number for piece in self.pieces(word) for number in self._numbers(piece)]
            kept = self.table_pd[numbers].astype(np.float32).mean(0)
            if len(self.known) < _KEPT:
                self.known[word] = kept
        return kept

    def _numbers(self, piece: str) -> list[int]:
        known = self.number_of.get(piece)
        if known is not None:
            return [known]
        return [self.number_of[f"<0x{byte:02X}>"] for byte in piece.encode("utf-8", "replace")]

    def vectors(self, words: Iterable[str]) -> np.ndarray:
        """float32 (W, 256)."""
        found = [self.vector(word) for word in words]
        return np.stack(found) if found else np.empty((0, WORD_NUMBERS), np.float32)


@functools.cache
def read_words() -> Words:
    """The table, for reading only; a fifth of a second. ModelError says what to install."""
    said = json.loads(_file(_PIECES).decode("utf-8"))["model"]
    rank_of: dict[tuple[str, str], int] = {}
    for rank, merge in enumerate(said["merges"]):
        left, _, right = merge.partition(" ")
        rank_of[left, right] = rank
    return Words(load(_file(_TABLE))["embedding.weight"], said["vocab"], rank_of, {})


def _file(name: str) -> bytes:
    """ModelError when the package is not installed, or is not the one that we know."""
    package = importlib.util.find_spec(_PACKAGE)
    if package is None or package.origin is None:
        raise ModelError("this needs a table of words that is not installed: pip install --no-deps wordllama")
    path = Path(package.origin).parent / name
    content = path.read_bytes() if path.exists() else b""
    if hashlib.sha256(content).hexdigest() != _SHA256[name]:
        raise ModelError(
            f"{path} is not the file we know: pip install --force-reinstall --no-deps wordllama==0.4.0.post1"
        )
    return content


@dataclass(frozen=True)
class WordMap:
    """A linear way from the vector of words to a code, learnt from the words of products that have codes."""

    mean_t: np.ndarray  # float32 (256,): of the texts' vectors
    to_td: np.ndarray  # float32 (256, D)
    usual_d: np.ndarray  # float32 (D,): the mean code

    def offset(self, vectors_wt: np.ndarray) -> np.ndarray:
        """float32 (D,): where what these words mean lies, as seen from the mean code."""
        return np.asarray((_unit(vectors_wt.mean(0)) - self.mean_t) @ self.to_td)


@dataclass(frozen=True)
class Texts:
    """The words of N products, as counts: `word_m[begin_n[i] : begin_n[i + 1]]` are those of product i."""

    word_m: np.ndarray  # int64 (M,): place among the words
    begin_n: np.ndarray  # int64 (N + 1,)
    vectors_wt: np.ndarray  # float32 (W, 256), of each word

    def matrix(self) -> Any:
        """scipy CSR (N, W) of counts."""
        from scipy.sparse import csr_matrix

        ones_m = np.ones(len(self.word_m), np.float32)
        counts = csr_matrix((ones_m, self.word_m, self.begin_n), shape=(len(self.begin_n) - 1, len(self.vectors_wt)))
        counts.sum_duplicates()
        return counts


def fit_word_map(texts: Texts, z_nd: np.ndarray) -> WordMap:
    """Ridge regression of codes (N, D) on the vectors of texts, in closed form. A text's vector is the mean of its
    words', rare ones more than usual ones, of unit length.
    """
    counts = texts.matrix()
    products_w = np.bincount(counts.indices, minlength=counts.shape[1])
    weight_w = np.log(len(z_nd) / (products_w + 1)).clip(_LEAST_WEIGHT)
    vector_nt = _unit(np.asarray(counts @ (weight_w[:, None] * _unit(texts.vectors_wt))))
    mean_t, usual_d = vector_nt.mean(0), z_nd.mean(0)
    apart_nt = vector_nt - mean_t
    among_tt = apart_nt.T @ apart_nt
    ridge = _RIDGE * float(np.trace(among_tt)) / len(among_tt) + 1e-9
    to_td = np.linalg.solve(among_tt + ridge * np.eye(len(among_tt)), apart_nt.T @ (z_nd - usual_d))
    return WordMap(mean_t.astype(np.float32), to_td.astype(np.float32), usual_d.astype(np.float32))


def _unit(values: np.ndarray) -> np.ndarray:
    return np.asarray(values / np.maximum(np.linalg.norm(values, axis=-1, keepdims=True), 1e-9))
