"""How a picture looks, from a network that others trained on photographs of all things: nothing is learnt here but what
is usual in a catalogue. It knows what is alike before any model is trained, and can't draw.

Form: EfficientNet-lite0's features at three depths, in 3 x 3 cells. Colour: how much of the product, without its
ground, has which colour. Of each is kept what products of the catalogue differ in: its principal components. Those of
form, in a space where what differs between two views of one product counts little (as within-class covariance
normalisation has it: Hatch 2006), every product a class; then whitened in part (Jégou & Chum 2012), of unit length.

Beside it a look has fine numbers, from which attributes are read: they know what 128 numbers for likeness leave out
(docs/looks.md).
"""

from dataclasses import dataclass
from typing import ClassVar, Self

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor, nn

from looks_like.model.device import Device, pick_device
from looks_like.model.errors import ModelError
from looks_like.model.images import Pictures, to_float, to_lab
from looks_like.model.networks.pretrained import efficientnet

FORM, COLOUR = 96, 32  # numbers of a look, in this order
FITTED_MAX = 2000  # pictures of which it is found what is usual; on 6,000 clothes as good as all of them
FINE = 512  # fine numbers of a look, a byte each
_DEPTHS = {7: (80, 3), 10: (112, 3), 13: (192, 3)}  # block -> its channels, cells along an edge
_FINE_DEPTHS = {2: (24, 6), 4: (40, 6), 7: (80, 3), 10: (112, 3)}
_BYTE, _BEYOND = 127, 1.25  # of a byte; what is so much beyond those that were fitted still has one of its own
_COLOUR_WEIGHT = 0.63  # beside form: more of it, and fewer neighbours are of the same type (docs/log.md)
_AT_ONCE = 16  # pictures; on a processor twice as fast as 128 at a time: what they need fits its cache
_BEFORE = 384  # components of form in which two views of a product are compared
_RAISED = 0.15  # the power of a component's spread that is taken from it: 0 none, 1 all
_EVENLY = 0.3  # of the mean spread between two views, added to each: what hardly ever changes is not trusted alone
_AGAIN_EVERY = 2  # every second handful of pictures is seen in another view: of all, what changes is found no better
# of another view: this share of the picture's edge at least, so much brighter or darker
_LEAST_ZOOM, _GLARE = 0.86, 0.08
_PICTURES_EACH = 4  # for a component; of fewer it would be of one picture, not of the catalogue
_LEAST = 1e-3  # a deviation below is none
_COLOUR_PX = 32
_LAB_LEAST, _LAB_STEP = (0.0, -75.0, -75.0), (20.0, 25.0, 25.0)  # of the grid of colours
_LAB_NODES = (6, 7, 7)
_GROUND_DELTA_E, _GROUND_SOFTNESS = 7.0, 2.0  # a colour as far from that of the border is half product, half ground


@dataclass(frozen=True, kw_only=True)
class LookSettings:
    latent: int = FORM + COLOUR  # numbers
    size: int = 96  # px, edge of the pictures it sees
    channels: int = 3
    fine: int = 0  # fine numbers; looks of before there were any have none

    def __post_init__(self) -> None:
        said = (self.latent, self.channels, self.size, self.fine)
        whole = all(type(value) is int for value in said)
        if not whole or said[:2] != (FORM + COLOUR, 3) or said[2] not in (96, 128) or said[3] not in (0, FINE):
            raise ModelError(f"a look has {FORM + COLOUR} numbers, of pictures of 96 or 128 px in colour")


class Look(nn.Module):
    """Codes like a model's, from pictures alone. What it found to be usual are its weights."""

    title: ClassVar[str] = "Look"
    objective: ClassVar[str] = "none: pretrained features, principal components of form and of colour"
    source: ClassVar[str] = "EfficientNet-lite0 (Tan & Le 2019), ImageNet weights"
    probabilistic: ClassVar[bool] = False
    encodes: ClassVar[bool] = True
    decodes: ClassVar[bool] = False
    settings_type: ClassVar[type[LookSettings]] = LookSettings
    parts: ClassVar[dict[str, slice]] = {"form": slice(0, FORM), "colour": slice(FORM, FORM + COLOUR)}

    usual_f: Tensor
    deviation_f: Tensor
    form_mean_f: Tensor
    form_fd: Tensor
    colour_mean_c: Tensor
    colour_cd: Tensor
    fine_usual_g: Tensor
    fine_deviation_g: Tensor
    fine_mean_g: Tensor
    fine_gk: Tensor
    fine_step_k: Tensor  # of a fine number: what one of its byte is worth

    def __init__(self, settings: LookSettings) -> None:
        super().__init__()
        self.settings = settings
        form, colour, fine = _count(_DEPTHS), int(np.prod(_LAB_NODES)), _count(_FINE_DEPTHS)
        for name, shape in (
            ("usual_f", (form,)),
            ("deviation_f", (form,)),
            ("form_mean_f", (form,)),
            ("form_fd", (form, FORM)),
            ("colour_mean_c", (colour,)),
            ("colour_cd", (colour, COLOUR)),
        ):
            self.register_buffer(name, torch.zeros(shape))
        if settings.fine:
            for name in ("fine_usual_g", "fine_deviation_g", "fine_mean_g"):
                self.register_buffer(name, torch.zeros(fine))
            self.register_buffer("fine_gk", torch.zeros(fine, settings.fine))
            self.register_buffer("fine_step_k", torch.ones(settings.fine))

    @property
    def fine(self) -> int:
        """How many fine numbers it gives beside a code."""
        return self.settings.fine

    @property
    def bytes_each(self) -> int:
        """What a product takes, on disk and in memory: four for each number of its code, one for each fine one."""
        return 4 * self.settings.latent + self.fine

    @property
    def seen_px(self) -> int:
        return self.settings.size

    def strip_training_modules(self) -> Self:
        return self

    def encode(self, x_nchw: Tensor) -> Tensor:
        """float (N, 3, S, S) in [0, 1] -> (N, 128): form of unit length, then colour. ModelError without weights."""
        return self.encode_fine(x_nchw)[0]

    def encode_fine(self, x_nchw: Tensor) -> tuple[Tensor, Tensor]:
        """The same, and the fine numbers, int8 (N, F): times `fine_steps` they are numbers of one scale."""
        at_once = _AT_ONCE if x_nchw.device.type == "cpu" else len(x_nchw)
        parts = [self._encode(part_nchw) for part_nchw in x_nchw.split(max(1, at_once))]
        z_nd, fine_nk = (torch.cat(part) for part in zip(*parts, strict=True))
        return z_nd, fine_nk

    @property
    def fine_steps(self) -> np.ndarray:
        """(F,) float32: what one of each fine number is worth."""
        return np.asarray(self.fine_step_k.cpu().numpy()) if self.fine else np.empty(0, np.float32)

    @torch.inference_mode()
    def mean_colour(self, z_nd: np.ndarray) -> np.ndarray:
        """(N, 128) -> float32 (N, 3): CIELAB, the mean over each product, as its 32 numbers of colour know it."""
        colour_nd = torch.from_numpy(np.ascontiguousarray(z_nd[:, self.parts["colour"]], np.float32))
        root_nc = self.colour_mean_c + colour_nd.to(self.colour_cd.device) @ self.colour_cd.T / _COLOUR_WEIGHT
        share_nc = root_nc.clamp_min(0) ** 2
        nodes = torch.cartesian_prod(*[torch.arange(n) for n in _LAB_NODES]).float()
        lab_ck = (nodes * torch.tensor(_LAB_STEP) + torch.tensor(_LAB_LEAST)).to(share_nc.device)
        mean_nk = share_nc @ lab_ck / share_nc.sum(1, keepdim=True).clamp_min(_LEAST)
        return np.asarray(mean_nk.cpu().numpy())

    def _encode(self, x_nchw: Tensor) -> tuple[Tensor, Tensor]:
        form_nf, fine_ng = _seen(x_nchw)
        form_nd = (self._layers(form_nf) - self.form_mean_f) @ self.form_fd
        colour_nd = (_colour(x_nchw) - self.colour_mean_c) @ self.colour_cd
        z_nd = torch.cat([F.normalize(form_nd, dim=1), _COLOUR_WEIGHT * colour_nd], 1)
        if not self.fine:
            return z_nd, z_nd.new_zeros((len(z_nd), 0), dtype=torch.int8)
        fine_nk = (self._fine_layers(fine_ng) - self.fine_mean_g) @ self.fine_gk / self.fine_step_k
        return z_nd, fine_nk.round().clamp(-_BYTE, _BYTE).to(torch.int8)

    def _layers(self, form_nf: Tensor) -> Tensor:
        return _of_one_voice((form_nf - self.usual_f) / self.deviation_f, _DEPTHS)

    def _fine_layers(self, fine_ng: Tensor) -> Tensor:
        return _of_one_voice((fine_ng - self.fine_usual_g) / self.fine_deviation_g, _FINE_DEPTHS)


def _count(depths: dict[int, tuple[int, int]]) -> int:
    return sum(channels * cells**2 for channels, cells in depths.values())


def _of_one_voice(beside_nf: Tensor, depths: dict[int, tuple[int, int]]) -> Tensor:
    """Numbers beside what is usual, each depth brought to unit length, so that none speaks louder."""
    parts = beside_nf.split([channels * cells**2 for channels, cells in depths.values()], 1)
    return torch.cat([F.normalize(part, dim=1) for part in parts], 1)


@torch.inference_mode()
def fit_look(pictures: np.ndarray | Pictures, device: Device | None = None) -> Look:
    """What is usual among pictures, uint8 (N, S, S, 3), at most FITTED_MAX of them evenly drawn; on the processor.

    ModelError without the package of pretrained weights.
    """
    name, look = (device or pick_device()).name, Look(LookSettings(fine=FINE))
    drawn = np.linspace(0, len(pictures) - 1, min(len(pictures), FITTED_MAX)).astype(np.int64)
    seed = torch.Generator().manual_seed(0)
    forms, fines, first, again, colours = (list[Tensor]() for _ in range(5))
    for i in range(0, len(drawn), _AT_ONCE):
        x_nchw = to_float(pictures[drawn[i : i + _AT_ONCE]], name)
        for kept, seen in zip((forms, fines), _seen(x_nchw), strict=True):
            kept.append(seen.cpu())
        colours.append(_colour(x_nchw).cpu())
        if i // _AT_ONCE % _AGAIN_EVERY == 0:
            first.append(forms[-1])
            again.append(_seen(_another_view(x_nchw, seed))[0].cpu())
    form_nf, fine_ng, colour_nc = torch.cat(forms), torch.cat(fines), torch.cat(colours)
    look.usual_f, look.deviation_f = _usual(form_nf)
    look.fine_usual_g, look.fine_deviation_g = _usual(fine_ng)
    fine_ng = look._fine_layers(fine_ng)
    look.fine_mean_g, look.fine_gk = _components(fine_ng, FINE, each=1)
    furthest_k = ((fine_ng - look.fine_mean_g) @ look.fine_gk).abs().amax(0)
    look.fine_step_k = torch.where(furthest_k > 0, _BEYOND * furthest_k / _BYTE, torch.ones(FINE))
    change_mf = look._layers(torch.cat(again)) - look._layers(torch.cat(first))
    look.form_mean_f, look.form_fd = _form_components(look._layers(form_nf), change_mf)
    look.colour_mean_c, look.colour_cd = _components(colour_nc, COLOUR)
    return look.eval().requires_grad_(False)


def _another_view(x_nchw: Tensor, seed: torch.Generator) -> Tensor:
    """Each picture as somebody else might have taken it: nearer, from beside, mirrored, in another light."""
    count = len(x_nchw)
    drawn_n4 = torch.rand(count, 4, generator=seed).to(x_nchw.device)
    zoom_n = _LEAST_ZOOM + (1 - _LEAST_ZOOM) * drawn_n4[:, 0]
    turned_n23 = x_nchw.new_zeros(count, 2, 3)
    turned_n23[:, 0, 0] = zoom_n * torch.where(torch.rand(count, generator=seed) < 0.5, -1, 1).to(x_nchw.device)
    turned_n23[:, 1, 1] = zoom_n
    turned_n23[:, :, 2] = (1 - zoom_n[:, None]) * (2 * drawn_n4[:, 1:3] - 1)
    grid_nhw2 = F.affine_grid(turned_n23, list(x_nchw.shape), align_corners=False)
    seen_nchw = F.grid_sample(x_nchw, grid_nhw2, mode="bicubic", padding_mode="border", align_corners=False)
    light_n = 1 + _GLARE * (2 * drawn_n4[:, 3] - 1)
    return (seen_nchw * light_n[:, None, None, None]).clamp(0, 1)


def _form_components(layers_nf: Tensor, change_mf: Tensor) -> tuple[Tensor, Tensor]:
    """As `_components`; `change_mf`: what another view of a product changes."""
    mean_f, before_fb = _components(layers_nf, _BEFORE, each=1)
    change_mb = change_mf @ before_fb
    within_bb = change_mb.T @ change_mb / len(change_mf)
    spread = float(within_bb.diagonal().mean())
    evened_bb = torch.eye(_BEFORE)
    if spread > _LEAST**2:
        value_b, vector_bb = torch.linalg.eigh(within_bb / spread + _EVENLY * torch.eye(_BEFORE))
        evened_bb = vector_bb * value_b**-0.5 @ vector_bb.T
    to_fb = before_fb @ evened_bb
    _, last_bd = _components((layers_nf - mean_f) @ to_fb, FORM, raised=_RAISED)
    return mean_f, to_fb @ last_bd


def _components(
    values_nf: Tensor, count: int, *, raised: float = 0.0, each: int = _PICTURES_EACH
) -> tuple[Tensor, Tensor]:
    """-> (mean (F,), (F, D) to multiply what is above it with); fewer than asked for are filled up with nothing.

    `each`: pictures that a component needs.
    """
    from sklearn.decomposition import PCA as Components  # only who makes a look needs it

    known = min(count, -(-len(values_nf) // each), len(values_nf) - 1, values_nf.shape[1])
    to_fd = torch.zeros(values_nf.shape[1], count)
    mean_f = values_nf.mean(0)
    if known > 0 and float(values_nf.std(0).max()) > _LEAST**2:
        found = Components(known, svd_solver="randomized", random_state=0).fit(values_nf.numpy())
        spread_d = np.sqrt(np.maximum(found.explained_variance_, 1e-12))
        scale_d = np.where(spread_d > _LEAST * spread_d[0], spread_d**-raised, 0.0)
        to_fd[:, :known] = torch.from_numpy((found.components_ * scale_d[:, None]).T.astype(np.float32))
    return mean_f, to_fd


def _usual(values_nf: Tensor) -> tuple[Tensor, Tensor]:
    """-> mean and deviation of each number; one that hardly differs counts as if it did a little."""
    return values_nf.mean(0), values_nf.std(0, correction=0).clamp_min(_LEAST)


def _seen(x_nchw: Tensor) -> tuple[Tensor, Tensor]:
    """-> float32 (N, F), (N, G): what the network sees in each cell, at the depths of a code and at the fine ones."""
    net, found = efficientnet(x_nchw.device.type), dict[int, Tensor]()
    y_nchw = net.stem(x_nchw)
    for depth, block in enumerate(net.blocks):
        y_nchw = block(y_nchw)
        found[depth] = y_nchw
        if depth == max(_DEPTHS):
            break

    def pooled(depths: dict[int, tuple[int, int]]) -> Tensor:
        cells = [F.adaptive_avg_pool2d(found[depth], cells).flatten(1) for depth, (_, cells) in depths.items()]
        return torch.cat(cells, 1).float()

    return pooled(_DEPTHS), pooled(_FINE_DEPTHS)


def _colour(x_nchw: Tensor) -> Tensor:
    """-> (N, 294): roots of the shares of the product that have each of a grid of CIELAB colours, none of it lost
    between two; what has the colour of the border counts little (distances of roots: Hellinger's).
    """
    with torch.autocast(x_nchw.device.type, enabled=False):
        lab_npk = to_lab(F.interpolate(x_nchw.float(), size=_COLOUR_PX, mode="area")).flatten(2).transpose(1, 2)
    weight_np = product_weights(lab_npk.unflatten(1, (_COLOUR_PX, _COLOUR_PX)))
    nodes_k = lab_npk.new_tensor(_LAB_NODES)
    at_npk = (lab_npk - lab_npk.new_tensor(_LAB_LEAST)) / lab_npk.new_tensor(_LAB_STEP)
    at_npk = torch.minimum(at_npk.clamp_min(0), nodes_k - 1 - _LEAST)
    below_npk = at_npk.floor()
    beyond_npk = at_npk - below_npk
    share_nc = lab_npk.new_zeros(len(lab_npk), int(np.prod(_LAB_NODES)))
    for corner in torch.cartesian_prod(*[torch.arange(2, device=lab_npk.device)] * 3):
        node_npk = below_npk.long() + corner
        part_np = torch.where(corner.bool(), beyond_npk, 1 - beyond_npk).prod(2) * weight_np
        index_np = (node_npk[..., 0] * _LAB_NODES[1] + node_npk[..., 1]) * _LAB_NODES[2] + node_npk[..., 2]
        share_nc.scatter_add_(1, index_np, part_np)
    return share_nc.sqrt()


def product_weights(lab_nhwk: Tensor) -> Tensor:
    """CIELAB (N, H, W, 3) -> (N, H * W): how much each pixel counts as one of the product; they add up to 1. What has
    the colour of the border is its ground.
    """
    edges = (lab_nhwk[:, 0], lab_nhwk[:, -1], lab_nhwk[:, :, 0], lab_nhwk[:, :, -1])
    ground_n1k = torch.cat(edges, 1).median(1, keepdim=True).values
    apart_np = (lab_nhwk.flatten(1, 2) - ground_n1k).norm(dim=2)
    weight_np = torch.sigmoid((apart_np - _GROUND_DELTA_E) / _GROUND_SOFTNESS) + _LEAST
    return weight_np / weight_np.sum(1, keepdim=True)
