"""Of which colours a product is, in words: how much of it, without its ground, is nearest to each of a list of colours.

The words are the eleven that every language with many has (Berlin & Kay 1969) and those that shops add to them. A
colour may have several: navy is a blue too.
"""

import functools

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor

from looks_like.model.images import to_float, to_lab
from looks_like.model.networks.look import product_weights

COLOURS_PX = 32  # edge of the pictures that are looked at
_AT_ONCE = 256
_LEVELS = 64  # of a channel, as fine as it is looked at
# sRGB -> its words; of several colours of one word each is a place where people say it. Shadows of what is light are
# grey, of what is dark black, so only what is nearly without chroma is called so.
_COLOURS: tuple[tuple[str, str], ...] = (
    ("#101012", "black"), ("#2a2a2d", "black"),
    ("#ffffff", "white"), ("#ececea", "white"), ("#d8d8d6", "white silver"),
    ("#aeaeb0", "grey silver"), ("#838386", "grey"), ("#5a5a5e", "grey"), ("#3f4044", "black"),
    ("#e8dcc4", "cream beige"), ("#f4ecda", "cream white"), ("#d3bb97", "beige"), ("#c6b5a0", "beige"),
    ("#b8936a", "tan brown"), ("#8f6a48", "brown"), ("#6a4429", "brown"), ("#43302a", "brown"), ("#7a5b50", "brown"),
    ("#8a8468", "khaki green"), ("#5b5a36", "olive khaki green"), ("#74753a", "olive green"),
    ("#2e8b47", "green"), ("#1d5a3a", "green"), ("#7cbf6b", "green"), ("#2f4a3c", "green"), ("#a9d3b0", "mint green"),
    ("#1b8a8a", "teal turquoise blue green"), ("#49bdbb", "turquoise blue"), ("#1f5a66", "teal blue green"),
    ("#1f2f5c", "navy blue"), ("#232a3f", "navy blue"), ("#2f5fc0", "blue"), ("#3f6fa5", "blue"), ("#4a5f85", "blue"),
    ("#7fb0e0", "light-blue blue"), ("#b5cfe6", "light-blue blue"), ("#8193ab", "blue"),
    ("#6a3fa8", "purple"), ("#4b2a5e", "purple"), ("#7a4a76", "purple"), ("#b29bd3", "lilac purple"),
    ("#f2c4d0", "pink"), ("#e88fb4", "pink"), ("#d94f95", "pink"), ("#dba6a2", "pink"), ("#e7cdc8", "pink"),
    ("#cf2e2e", "red"), ("#a81f2c", "red"), ("#e2504a", "red"), ("#6e1a2b", "burgundy red"),
    ("#8f2f3a", "burgundy red"),
    ("#e8792b", "orange"), ("#f29b5c", "orange"), ("#ee7d63", "orange pink"), ("#f2b45a", "orange yellow"),
    ("#c2571f", "orange brown"),
    ("#f2d21f", "yellow"), ("#f3e488", "yellow"), ("#d9a622", "yellow gold"), ("#b08a3c", "gold"),
)  # fmt: skip
COLOUR_WORDS = tuple(sorted({word for _, words in _COLOURS for word in words.split()}))


def colour_table() -> list[tuple[str, str]]:
    """(colour, its words) of all that are told apart, in the order of the shares."""
    return list(_COLOURS)


def words_of_colours() -> np.ndarray:
    """bool (W, C): which colours each of COLOUR_WORDS means."""
    return np.array([[word in words.split() for _, words in _COLOURS] for word in COLOUR_WORDS])


@torch.inference_mode()
def colour_shares(pixels_nhwc: np.ndarray) -> np.ndarray:
    """uint8 (N, S, S, 3) -> float32 (N, C): which share of each product, without its ground, has which colour; of each
    product they add up to 1.
    """
    found = [_shares(to_float(pixels_nhwc[i : i + _AT_ONCE])) for i in range(0, len(pixels_nhwc), _AT_ONCE)]
    return torch.cat(found).numpy() if found else np.empty((0, len(_COLOURS)), np.float32)


def _shares(x_nchw: Tensor) -> Tensor:
    lab_tk, nearest_t = _tables()
    levels_nchw = (F.interpolate(x_nchw, size=COLOURS_PX, mode="area") * (_LEVELS - 1)).round_().long()
    cell_np = (levels_nchw[:, 0] * _LEVELS + levels_nchw[:, 1]).mul_(_LEVELS).add_(levels_nchw[:, 2]).flatten(1)
    # squared: what little the ground counts is, of a small product, as much as the product
    weight_np = product_weights(lab_tk[cell_np].unflatten(1, (COLOURS_PX, COLOURS_PX))).square()
    weight_np = weight_np / weight_np.sum(1, keepdim=True)
    return x_nchw.new_zeros(len(x_nchw), len(_COLOURS)).scatter_add_(1, nearest_t[cell_np], weight_np)


@functools.cache
@torch.inference_mode(False)
def _tables() -> tuple[Tensor, Tensor]:
    """-> (CIELAB (T, 3), the nearest of the colours (T,)) of each cell of a grid over sRGB: worked out once, not for
    each pixel.
    """
    level = torch.linspace(0, 1, _LEVELS)
    lab_tk = to_lab(torch.cartesian_prod(level, level, level)[:, :, None, None])[:, :, 0, 0]
    codes = [[int(code[i : i + 2], 16) for i in (1, 3, 5)] for code, _ in _COLOURS]
    colour_ck = to_lab(torch.tensor(codes)[:, :, None, None] / 255)[:, :, 0, 0]
    return lab_tk, torch.cdist(lab_tk, colour_ck).argmin(1)
