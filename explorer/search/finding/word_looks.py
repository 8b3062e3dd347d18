"""What words look like, learnt from the catalogue's own texts: so that words find pictures of products whose text does
not have them.

Of a word that some texts have, it is the mean look of their products. Of any other it is what a linear map from the
vectors of words to looks says, which is learnt from all texts.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from looks_like.data.catalogue import Catalogue
from looks_like.explorer.core import Lab, Space
from looks_like.explorer.errors import RequestError
from looks_like.explorer.search.finding.spelling import fold, forms, words_of
from looks_like.model.errors import ModelError
from looks_like.model.networks import Texts, WordMap, Words, fit_word_map, read_words

_LEARNT_MAX = 50_000  # products; of more, as many evenly drawn: a second of work
_LEARNT_MIN = 50  # of fewer nothing is learnt
_CHARACTERS_MAX = 300  # of a text
_KNOWN_MIN, _TIMID = 3, 5.0  # products with a word for it to have a look; as many usual ones are added to them
_NEAR_SAID = 3
_NEAR = 0.4  # cosine to the nearest word of the catalogue below which nothing is known of a word: letters at random


@dataclass(frozen=True)
class WordLooks:
    """Of one catalogue and its look."""

    words: Words
    word_map: WordMap
    columns_of: dict[str, list[int]]  # form of a word -> its places among the words
    names: list[str]  # the words
    vectors_wt: np.ndarray  # of each, away from the mean, of unit length; 0 of words that few products have
    middle_t: np.ndarray
    counts: object  # scipy CSC (N, W): of the products learnt from
    z_nd: np.ndarray  # their looks
    space: Space

    def near(self, word: str) -> list[str]:
        """Words of the catalogue that mean nearly the same, the nearest first; none for what is no word here."""
        near_w = self.vectors_wt @ _unit(_unit(self.words.vector(fold(word))) - self.middle_t)
        own = [column for column in self._columns(word) if self.vectors_wt[column].any()]
        order = [*own, *np.argsort(-near_w, kind="stable")[:_NEAR_SAID]]
        near = [self.names[column] for column in order if column in own or near_w[column] >= _NEAR]
        return list(dict.fromkeys(near))[:_NEAR_SAID]

    def _columns(self, word: str) -> list[int]:
        """Where a word stands, in any of its forms."""
        return sorted({column for form in forms(word) for column in self.columns_of.get(form, ())})

    def offset(self, words: Sequence[str]) -> np.ndarray:
        """float32 (D,): where what the words look like lies, as seen from the mean look; each word as much."""
        return np.asarray(np.mean([_unit(self._offset_of(word)) for word in words], axis=0))

    def _offset_of(self, word: str) -> np.ndarray:
        columns = self._columns(word)
        if columns:
            has_n = np.asarray(self.counts[:, columns].sum(1)).ravel() > 0  # type: ignore[index]
            if has_n.sum() >= _KNOWN_MIN:
                away_d = (self.z_nd[has_n] - self.word_map.usual_d).sum(0) / (has_n.sum() + _TIMID)
                return np.asarray(away_d)
        return self.word_map.offset(self.words.vectors([fold(word)]))

    def scores(self, words: Sequence[str], count: int) -> np.ndarray:
        """float32 (count,), by catalogue row: how much each looks as the words say, -1 to 1; -2 without look."""
        score_n = np.full(count, -2.0, np.float32)
        score_n[self.space.rows_n] = _unit(self.space.z_nd - self.word_map.usual_d) @ _unit(self.offset(words))
        return score_n


def looks_of(lab: Lab) -> list[str]:
    """Of what is alike without drawing, our own looks first, then vectors that were brought."""
    return sorted((model for model in lab.models() if not lab.decodes(model)), key=lambda model: not lab.encodes(model))


def word_looks(lab: Lab) -> WordLooks:
    """Kept for each version of catalogue and look. RequestError says what is lacking."""
    catalogue = lab.catalogue()
    looks = looks_of(lab)
    if not looks:
        raise RequestError("there is no look to compare words with: looks-like look")
    space = lab.space(looks[0])
    if len(space.z_nd) < _LEARNT_MIN:
        raise RequestError(f"only {len(space.z_nd):,} products have a look, too few to learn words from")
    try:
        words = read_words()
    except ModelError as reason:
        raise RequestError(str(reason)) from None
    return lab.cache.get_or_make(
        ("word looks", catalogue.as_of, space), lambda: learn_word_looks(words, texts_of(catalogue, space), space), 2
    )


def texts_of(catalogue: Catalogue, space: Space) -> list[list[str]]:
    """The folded words of name and text attributes of the products with a look, in the order of their codes."""
    rows = pa.array(space.rows_n)
    columns = [name for name in catalogue.attributes if _is_text(catalogue.rows[name].type)]
    values = [catalogue.rows[name].combine_chunks().take(rows).to_pylist() for name in ("name", *columns)]
    return [
        [fold(word) for text in texts for word in words_of(_said(text)[:_CHARACTERS_MAX])]
        for texts in zip(*values, strict=True)
    ]


def learn_word_looks(words: Words, texts: Sequence[Iterable[str]], space: Space) -> WordLooks:
    """From the words of each of its products."""
    drawn_m = np.linspace(0, len(texts) - 1, min(len(texts), _LEARNT_MAX)).astype(np.int64)
    place: dict[str, int] = {}
    listed = [[place.setdefault(word, len(place)) for word in texts[i]] for i in drawn_m]
    begin_n = np.cumsum([0, *map(len, listed)])
    word_m = np.array([number for each in listed for number in each], np.int64)
    found = Texts(word_m, begin_n, words.vectors(place))
    counts = found.matrix().tocsc()
    vectors_wt = _unit(found.vectors_wt)
    middle_t = vectors_wt.mean(0)
    usual_w = np.diff(counts.indptr) >= _KNOWN_MIN
    away_wt = _unit(vectors_wt - middle_t) * usual_w[:, None]
    columns_of: dict[str, list[int]] = {}
    for word, column in place.items():
        for form in forms(word):
            columns_of.setdefault(form, []).append(column)
    z_md = space.z_nd[drawn_m]
    learnt = fit_word_map(found, z_md)
    return WordLooks(words, learnt, columns_of, list(place), away_wt, middle_t, counts, z_md, space)


def _is_text(kind: pa.DataType) -> bool:
    return bool(pa.types.is_string(kind.value_type if pa.types.is_list(kind) else kind))


def _said(text: object) -> str:
    return " ".join(str(each) for each in text if each) if isinstance(text, list) else str(text or "")


def _unit(values: np.ndarray) -> np.ndarray:
    return np.asarray(values / np.maximum(np.linalg.norm(values, axis=-1, keepdims=True), 1e-9))
