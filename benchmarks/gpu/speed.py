"""Training, encoding and decoding: bf16, channels last, compiled on a GPU, beside eager fp32 of the same net.

The pictures lie on the device in both. "Eager fp32" is what torch does when told nothing: weights in the usual order,
and on a GPU TF32 inside convolutions.
"""

from collections.abc import Callable, Iterator
from statistics import median

import numpy as np
import torch
from torch import Generator, nn
from torch.utils.flop_counter import FlopCounterMode

from benchmarks.gpu.form import Figure, Form, finished
from benchmarks.measure import by_turns, seconds_of, share_of
from looks_like.model.device import Device, compile_forward
from looks_like.model.families import Family, create
from looks_like.model.family import move_to_device
from looks_like.model.images import DevicePictures, to_float, to_uint8
from looks_like.model.training.trainer import Trainer

_LATENT = 32
_PLAIN = "eager fp32"
_PRODUCT_EDGE, _PRODUCTS = {True: 8192, False: 1024}, 10  # of the matrices whose product shows what the device can do


def training(form: Form, device: Device) -> Iterator[Figure]:
    """Pictures per second at each size: whole steps, with augmentation, clipping and the averaged weights in ours."""
    for size, batch in form.batches.items():
        pictures = coarse_pictures(form.pictures, size, device)
        theirs = create("vae", latent=_LATENT, size=size, width=form.width, batch=batch)
        ours = create("vae", latent=_LATENT, size=size, width=form.width, batch=batch)
        ours.load_state_dict(theirs.state_dict())
        made: list[Trainer] = []
        nothing = np.empty((0, size, size, 3), np.uint8)
        torch.compiler.reset()
        before_s = seconds_of(
            lambda m=made, o=ours, p=pictures, n=nothing: m.append(Trainer(o, p, n, steps=10**6, device=device))
        )
        works = [_steps(made[0].train_step, form, device), _steps(_PlainLoop(theirs, pictures, device), form, device)]
        taken = by_turns(*works, rounds=form.rounds)
        more = {"batch": batch, "seconds_to_compile": round(before_s, 1), "products": form.pictures}
        more["share_of_peak"] = round(form.block / median(taken[0]) * _operations(theirs, batch) / _peak(device), 3)
        if device.is_gpu:
            _uncompiled(made[0].model)
            eager_s = by_turns(works[0], rounds=form.rounds)[0]
            more["without_compile"] = round(form.block * batch / median(eager_s))
        yield _per_second(f"train, {size} px, batch {batch}", form.block * batch, taken, more)


def sharpening(form: Form, device: Device) -> Iterator[Figure]:
    """Pictures per second of the last stage: rebuilt and between neighbours, decoded, judged, and the critic's turn."""
    for size, batch in form.sharpened.items():
        pictures = coarse_pictures(form.pictures, size, device)
        kind = {"decoder": "refined", "decoder_width": 2 * form.width, "sharpen": 1.0, "batch": batch}
        model = create("beta-vae", latent=_LATENT, size=size, width=form.width, **kind)
        torch.compiler.reset()
        trainer = Trainer(model, pictures, np.empty((0, size, size, 3), np.uint8), steps=10**6, device=device)
        trainer.step = 10**6 // 2  # critic and decoder both learn
        taken = by_turns(_steps(trainer.train_step, form, device), rounds=form.rounds)[0]
        speed = form.block * trainer.batch / median(taken)
        yield Figure(f"last stage, {size} px, batch {trainer.batch}", speed, "pictures/s", "", None, {})


def starting(form: Form, device: Device) -> Iterator[Figure]:
    """Seconds from the pictures to the first step, as `looks-like train` spends them."""
    size, batch = min(form.batches.items())
    pictures = coarse_pictures(form.pictures, size, device)
    model = create("beta-vae", latent=_LATENT, size=size, width=form.width, batch=batch)
    host_nhwc = pictures.pixels_nhwc.cpu().numpy()
    torch.compiler.reset()
    made: list[Trainer] = []
    parts = {
        "components": seconds_of(lambda: model.start_from(host_nhwc)),
        "compile": seconds_of(lambda: made.append(Trainer(model, pictures, host_nhwc[:0], steps=1, device=device))),
        "rehearsal": seconds_of(lambda: made[0].rehearse()),
    }
    more = {name: round(seconds, 2) for name, seconds in parts.items()} | {"products": form.pictures}
    yield Figure(f"before the first step, {size} px, batch {batch}", sum(parts.values()), "s", "", None, more)


def coding(form: Form, device: Device) -> Iterator[Figure]:
    """Encode and decode at each size: from bytes on the device to codes on the host, and back to bytes there."""
    for size, batch in form.batches.items():
        count = form.pictures // batch * batch
        pictures, ours, theirs = coarse_pictures(count, size, device), *_pair(size, form, device)
        codes_nd = torch.randn(count, _LATENT, generator=Generator().manual_seed(0)).to(device.name)
        chunks = [slice(i, i + batch) for i in range(0, count, batch)]
        plain = Device(device.name, torch.float32, _PLAIN)
        torch.compiler.reset()
        if device.is_gpu:
            networks: list[nn.Module] = [ours.encoder, ours.decoder]
            compile_forward(networks, lambda m=ours, p=pictures, c=chunks[0]: m.decode(_encode(m, p, c, device)))
        for what, work in (("encode", _encode_all), ("decode", _decode_all)):
            given = pictures if what == "encode" else codes_nd
            turns = [
                finished(_bound(work, *which, given, chunks), device) for which in ((ours, device), (theirs, plain))
            ]
            taken = by_turns(*turns, rounds=form.rounds)
            yield _per_second(f"{what}, {size} px, batch {batch}", count, taken, {"products": count})
        yield _latency(size, ours, theirs, codes_nd, form)


def coarse_pictures(count: int, size: int, device: Device) -> DevicePictures:
    """Noise of 8 x 8 cells: what they show changes no time."""
    cells_nhwc = torch.randint(0, 256, (count, 8, 8, 3), generator=Generator().manual_seed(0), dtype=torch.uint8)
    cells_nhwc = cells_nhwc.to(device.name)
    return DevicePictures(cells_nhwc.repeat_interleave(size // 8, 1).repeat_interleave(size // 8, 2))


def _pair(size: int, form: Form, device: Device) -> tuple[Family, Family]:
    """Ours and theirs with the same weights."""
    ours, theirs = (create("vae", latent=_LATENT, size=size, width=form.width) for _ in range(2))
    theirs.load_state_dict(ours.state_dict())
    return move_to_device(ours, device.name).eval(), theirs.to(device.name).eval()


@torch.no_grad()  # compiled networks refuse what inference mode makes
def _encode(model: Family, pictures: DevicePictures, chunk: slice, device: Device) -> torch.Tensor:
    with device.autocast():
        return model.encode(to_float(pictures[chunk], device.name))


def _encode_all(model: Family, device: Device, pictures: DevicePictures, chunks: list[slice]) -> None:
    torch.cat([_encode(model, pictures, chunk, device) for chunk in chunks]).cpu()


@torch.no_grad()
def _decode_all(model: Family, device: Device, z_nd: torch.Tensor, chunks: list[slice]) -> None:
    for chunk in chunks:
        with device.autocast():
            to_uint8(model.decode(z_nd[chunk]))


def _bound(work: Callable[..., None], *given: object) -> Callable[[], None]:
    return lambda: work(*given)


def _latency(size: int, ours: Family, theirs: Family, z_nd: torch.Tensor, form: Form) -> Figure:
    """One picture from its code on the device to bytes on the host, in fp32 as the pages decode one."""
    plain, one = Device(z_nd.device.type, torch.float32, _PLAIN), [slice(0, 1)]
    works = [_bound(_decode_all, model, plain, z_nd, one) for model in (ours, theirs)]
    ours_ms, theirs_ms = ([1000 * s for s in taken] for taken in by_turns(*works, rounds=form.decodes, warm=3))
    p95 = {"p95_ms": round(share_of(ours_ms, 0.95), 3), "their_p95_ms": round(share_of(theirs_ms, 0.95), 3)}
    return Figure(f"decode one picture, {size} px, median", median(ours_ms), "ms", _PLAIN, median(theirs_ms), p95)


def _per_second(what: str, count: int, taken: list[list[float]], more: dict[str, object]) -> Figure:
    ours, theirs = (count / median(mine) for mine in taken)
    return Figure(what, ours, "pictures/s", _PLAIN, theirs, more)


def _steps(step: Callable[[], object], form: Form, device: Device) -> Callable[[], None]:
    return finished(lambda: [step() for _ in range(form.block)], device)


def _operations(model: Family, batch: int) -> float:
    """Floating-point operations of one step, forward and backward, without the optimiser's."""
    settings = model.settings
    x_nchw = torch.rand(4, settings.channels, settings.size, settings.size, device=next(model.parameters()).device)
    with FlopCounterMode(display=False) as counter:
        loss, _ = model.loss(x_nchw, Generator(x_nchw.device.type).manual_seed(0), 0.5)
        torch.autograd.backward(loss)
    model.zero_grad(set_to_none=True)
    return float(counter.get_total_flops()) * batch / 4


def _peak(device: Device) -> float:
    """Operations per second of a large matrix product here, in the type that convolutions have."""
    edge = _PRODUCT_EDGE[device.is_gpu]
    a_ee = torch.rand(edge, edge, device=device.name).to(device.dtype)
    work = finished(lambda: [a_ee @ a_ee for _ in range(_PRODUCTS)], device)
    work()
    return 2 * edge**3 * _PRODUCTS / seconds_of(work)


def _uncompiled(model: Family) -> None:
    for network in (model.encoder, model.decoder):
        network._compiled_call_impl = None


class _PlainLoop:
    """What one writes on a first day; each call is a step."""

    def __init__(self, net: Family, pictures: DevicePictures, device: Device) -> None:
        self.net, self.pictures = net.to(device.name).train(), pictures
        self.rng, self.batch = Generator(device.name).manual_seed(0), min(net.settings.batch, len(pictures))
        self.optimiser = torch.optim.AdamW([w for w in net.parameters() if w.requires_grad], lr=1e-4)

    def __call__(self) -> None:
        rows_n = torch.randint(len(self.pictures), (self.batch,), generator=self.rng, device=self.rng.device)
        x_nchw = to_float(self.pictures[rows_n], self.pictures.pixels_nhwc.device.type).contiguous()
        self.optimiser.zero_grad()
        loss, _ = self.net.loss(x_nchw, self.rng, 0.5)
        torch.autograd.backward(loss / x_nchw[0].numel())
        self.optimiser.step()
