"""The words of products' names as an attribute of many values, for clusters of which nothing else tells."""

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from looks_like.data.catalogue import Catalogue
from looks_like.explorer.core import Lab
from looks_like.explorer.search import Values

TITLE = "name"
_LEAST = 5  # products that have a word, else it is not looked at
_LETTERS_MAX, _WORDS_MAX = 200, 24  # of a name
_BETWEEN = r"[^\pL\pN&'’-]+"
_WORD = r"^\pL[\pL&'’-]+$"  # two letters or more, and no digits: those are sizes and numbers of articles
_LITTLE = (
    "the and with for from in of on to by or new pack set size mit und der die das fur für von aus pour avec et le la "
    "les des de en con para por el los las un una per il lo di da met van voor een och med til ja"
)


def title_words(lab: Lab) -> Values | None:
    """Of words and pairs of words beside each other, each once a product; None where names say nothing.

    Made once for each version of a catalogue.
    """
    catalogue = lab.catalogue()
    if "name" not in catalogue.rows.column_names:
        return None
    return lab.cache.get_or_make(("title words", catalogue.as_of), lambda: _words(catalogue), max_size=2)


def _words(catalogue: Catalogue) -> Values | None:
    names = pc.utf8_slice_codeunits(pc.fill_null(catalogue.rows["name"].combine_chunks(), ""), 0, _LETTERS_MAX)
    lists = pc.split_pattern_regex(pc.utf8_lower(names), _BETWEEN, max_splits=_WORDS_MAX)
    product_v = pc.list_parent_indices(lists).to_numpy(zero_copy_only=False).astype(np.int64)
    words = lists.flatten()
    plain = pc.and_(pc.match_substring_regex(words, _WORD), pc.invert(pc.is_in(words, pa.array(_LITTLE.split()))))
    found = words.dictionary_encode()
    code_v = found.indices.to_numpy(zero_copy_only=False).astype(np.int64)
    code_v = np.where(plain.to_numpy(zero_copy_only=False), code_v, -1)
    both_v = (code_v[:-1] >= 0) & (code_v[1:] >= 0) & (product_v[:-1] == product_v[1:])
    vocabulary = len(found.dictionary)
    pair_v, pair_of_v = (code_v[:-1] * vocabulary + code_v[1:])[both_v] + vocabulary, product_v[:-1][both_v]
    key_v = np.concatenate([code_v[code_v >= 0], pair_v])
    return _column(catalogue, found.dictionary, key_v, np.concatenate([product_v[code_v >= 0], pair_of_v]))


def _column(catalogue: Catalogue, vocabulary: pa.Array, key_v: np.ndarray, product_v: np.ndarray) -> Values | None:
    """`key_v`: a word's place in the vocabulary, or a pair's beyond it."""
    if not len(key_v):
        return None
    once_v = np.unique(np.stack([product_v, key_v]), axis=1)
    keys, code_v, total_k = np.unique(once_v[1], return_inverse=True, return_counts=True)
    kept_k = total_k >= _LEAST
    if not kept_k.any():
        return None
    product_v, code_v = once_v[0][kept_k[code_v]], (np.cumsum(kept_k) - 1)[code_v[kept_k[code_v]]]
    texts = vocabulary.to_pylist()
    pair_k = divmod(keys[kept_k] - len(vocabulary), len(vocabulary))
    values = [
        texts[key] if key < len(vocabulary) else f"{texts[first]} {texts[second]}"
        for key, first, second in zip(keys[kept_k].tolist(), *(half.tolist() for half in pair_k), strict=True)
    ]
    none_n = np.setdiff1d(np.arange(len(catalogue)), product_v)
    product_v, code_v = np.concatenate([product_v, none_n]), np.concatenate([code_v, np.full(len(none_n), -1)])
    code_v = code_v[np.argsort(product_v, kind="stable")]
    ends_n = np.cumsum(np.bincount(product_v, minlength=len(catalogue)))
    deleted = len(catalogue) - catalogue.count
    return Values(TITLE, code_v, pa.array(values), total_k[kept_k], True, ends_n=ends_n, deleted=deleted)
