"""Words as vectors and colours as words: what is read of the package, and what of pictures."""

import importlib.util
from pathlib import Path

import numpy as np
import pytest
from safetensors.numpy import load_file

from looks_like.model.errors import ModelError
from looks_like.model.networks import (
    COLOUR_WORDS,
    Texts,
    colour_shares,
    colour_table,
    fit_word_map,
    read_words,
    words_of_colours,
)
from looks_like.model.networks import words as module

# as the package's own tokenizer gives them, without the beginning of a text
PIECES = {
    "sneakers": ["▁s", "ne", "akers"],
    "turtleneck": ["▁t", "urt", "l", "ene", "ck"],
    "größe": ["▁gr", "ö", "ße"],
    "winter": ["▁winter"],
}


def test_words_are_cut_as_the_packages_own_tokenizer_cuts_them() -> None:
    words = read_words()
    for word, pieces in PIECES.items():
        assert words.pieces(word) == pieces
        assert set(pieces) <= set(words.number_of)


def test_words_of_one_meaning_are_near_and_any_letters_have_a_vector() -> None:
    words = read_words()

    def cosine(one: str, other: str) -> float:
        a_t, b_t = words.vectors([one, other])
        return float(a_t @ b_t / np.linalg.norm(a_t) / np.linalg.norm(b_t))

    assert cosine("sneakers", "shoes") > cosine("sneakers", "winter") + 0.2
    assert cosine("winter", "snow") > cosine("winter", "bag")
    odd_wt = words.vectors(["🙂", "", "赤い靴", "\x00", "\udcff", "a" * 10_000])
    assert np.isfinite(odd_wt).all()
    assert words.vectors([]).shape == (0, module.WORD_NUMBERS)
    assert len(words.pieces("a" * 10_000)) <= 41


def test_the_package_is_a_table_and_no_code_of_it_is_run() -> None:
    import subprocess
    import sys

    look = "import sys; from looks_like.model.networks import read_words; read_words().vector('shoe'); "
    look += "print([name for name in ('wordllama', 'tokenizers', 'huggingface_hub') if name in sys.modules])"
    done = subprocess.run([sys.executable, "-c", look], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
    folder = Path(importlib.util.find_spec("wordllama").submodule_search_locations[0])  # type: ignore[union-attr,index]
    assert load_file(folder / "weights" / "l2_supercat_256.safetensors")["embedding.weight"].shape == (32_000, 256)


def test_without_the_package_or_with_another_file_it_is_said_what_to_install(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
    with pytest.raises(ModelError, match="pip install --no-deps wordllama"):
        read_words.__wrapped__()
    (tmp_path / "tokenizers").mkdir()
    (tmp_path / "__init__.py").touch()
    (tmp_path / "tokenizers" / "l2_supercat_tokenizer_config.json").write_text('{"model": {"merges": [], "vocab": {}}}')
    there = importlib.util.spec_from_file_location("wordllama", tmp_path / "__init__.py")
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: there)
    with pytest.raises(ModelError, match="not the file we know"):
        read_words.__wrapped__()


def test_a_linear_way_from_words_to_codes_is_found_again() -> None:
    rng = np.random.default_rng(0)
    vectors_wt = rng.standard_normal((40, module.WORD_NUMBERS)).astype(np.float32)
    true_td = rng.standard_normal((module.WORD_NUMBERS, 5)).astype(np.float32)
    word_m = np.concatenate([rng.choice(40, 3, replace=False) for _ in range(600)])
    texts = Texts(word_m, np.arange(601) * 3, vectors_wt)
    unit_wt = vectors_wt / np.linalg.norm(vectors_wt, axis=1, keepdims=True)
    z_nd = np.stack([unit_wt[word_m[3 * i : 3 * i + 3]].mean(0) for i in range(600)]) @ true_td
    learnt = fit_word_map(texts, z_nd)
    for word in range(40):
        towards_d, true_d = learnt.offset(vectors_wt[[word]]), unit_wt[word] @ true_td - learnt.usual_d
        assert towards_d @ true_d / np.linalg.norm(towards_d) / np.linalg.norm(true_d) > 0.95
    again = fit_word_map(texts, z_nd)
    assert np.array_equal(again.to_td, learnt.to_td)


def test_colours_of_a_product_are_those_of_its_pixels_without_the_ground() -> None:
    pixels_nhwc = np.full((3, 64, 64, 3), 255, np.uint8)
    pixels_nhwc[0, 16:48, 16:48] = (207, 46, 46)  # red on white
    pixels_nhwc[1, 16:48, 16:32], pixels_nhwc[1, 16:48, 32:48] = (31, 47, 92), (242, 210, 31)  # half navy, half yellow
    pixels_nhwc[2] = (30, 110, 60)
    pixels_nhwc[2, 16:48, 16:48] = 255  # white on green
    share_nc = colour_shares(pixels_nhwc)
    assert share_nc.shape == (3, len(colour_table()))
    assert np.allclose(share_nc.sum(1), 1, atol=1e-4)
    share_nw = share_nc @ words_of_colours().T
    said = {word: share_nw[:, COLOUR_WORDS.index(word)] for word in ("red", "navy", "blue", "yellow", "white", "green")}
    assert said["red"][0] > 0.95
    assert said["white"][0] < 0.02
    assert np.allclose([said["navy"][1], said["blue"][1], said["yellow"][1]], 0.5, atol=0.06)
    assert said["white"][2] > 0.95
    assert said["green"][2] < 0.05
    assert colour_shares(pixels_nhwc[:0]).shape == (0, len(colour_table()))
