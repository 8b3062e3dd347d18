"""What a family is: a way to train an encoder and a decoder. One file each in `model/families/`."""

from collections.abc import Callable
from dataclasses import asdict, dataclass, field, fields
from typing import Any, ClassVar, Self

import numpy as np
import torch
from torch import Generator, Tensor, nn

from looks_like.model import networks as critics
from looks_like.model.errors import ModelError
from looks_like.model.images import Pictures
from looks_like.model.losses import LIKELIHOODS, Likelihood, likelihood, perceptual_distance
from looks_like.model.networks import (
    MLP_SIZE_MAX_PX,
    SIZES_PX,
    Decoder,
    Encoder,
    MLPDecoder,
    MLPEncoder,
    NoEncoder,
    PatchCritic,
    PictureCritic,
    RefinedDecoder,
    fitted_linear_decoder,
    ica_rotated,
    linear_decoder,
    principal_components,
)

FAMILIES: dict[str, type["Family"]] = {}
Parts = dict[str, Tensor | float]  # of a loss, to show: scalars that stay on the device, so that no step waits
Loss = Callable[[Tensor, Generator, float], tuple[Tensor, Parts]]


@dataclass(frozen=True)
class TrainingStep:
    """One optimiser update of a training iteration: its modules, loss, learning rate and Adam betas. An adversarial
    family has two or more.
    """

    modules: list[nn.Module]
    loss: Loss
    rate: float = 1.0  # times the learning rate
    betas: tuple[float, float] = (0.9, 0.99)  # of Adam; adversaries do better with a short memory (.5)
    # share of training behind -> share of the highest rate; None = the rise and cosine of all
    schedule: Callable[[float], float] | None = None
    per_value: bool = True  # its loss is in nats per picture: divided by the values of one before gradients are clipped


STARTS = ("components", "mean")
LEARNS = ("both", "decoder")
DECODERS = ("plain", "refined")
NETWORKS = ("convolutional", "mlp")


@dataclass(frozen=True)
class Said:
    """What a setting says of itself: its bounds stand where it does."""

    says: str  # what it does, with its unit, for people
    least: float
    most: float
    words: tuple[str, ...]  # the allowed ones, where it is no number


def setting(
    default: Any, says: str, *, within: tuple[float, float] = (-np.inf, np.inf), words: tuple[str, ...] = ()
) -> Any:
    """A field of Settings, with the numbers (least, most) or the words that it may be."""
    return field(default=default, metadata={"said": Said(says, *within, words)})


def said_of(kind: type, name: str) -> Said:
    """What a setting says of itself; one that another class only gives another default says what it said there."""
    known = (vars(base).get("__dataclass_fields__", {}).get(name) for base in kind.__mro__)
    return next((f.metadata["said"] for f in known if f and "said" in f.metadata), Said("", -np.inf, np.inf, ()))


@dataclass(frozen=True, kw_only=True)
class Settings:
    latent: int = setting(32, "D", within=(1, 512))
    size: int = setting(64, "px, edge of the pictures it sees and makes")
    channels: int = setting(3, "1 = grey, 3 = colour")
    network: str = setting(
        "convolutional",
        '"mlp": encoder and decoder without convolutions, 64 px at most, for what is measured on dSprites; start=mean',
        words=NETWORKS,
    )
    width: int = setting(32, "channels at 32 px; doubles at each halving", within=(8, 128))
    depth: int = setting(
        0, "residual blocks per stage; each doubles the time of a step (with them, use lr=1e-3 or less)", within=(0, 4)
    )
    sees: int = setting(0, "px, edge at which the encoder sees pictures; 0 = as large as made", within=(0, 256))
    decoder: str = setting(
        "plain",
        '"refined": a plain one, 64 px at most, and a network that makes its picture large and clear; slower',
        words=DECODERS,
    )
    decoder_width: int = setting(
        0, "channels at 32 px of the decoder, or of what refines it; 0 = as wide as the encoder", within=(0, 128)
    )
    batch: int = setting(128, "pictures per step; on a GPU, unless said, 512, 256 at 128 px", within=(4, 4096))
    lr: float = setting(
        2e-3, "highest learning rate; a rise over the first 3 %, then a cosine to 0", within=(1e-06, 0.1)
    )
    weight_decay: float = setting(0.01, "per unit of learning rate (AdamW)", within=(0, 1))
    shift_px: int = setting(1, "pictures are moved by up to this while it learns", within=(0, 16))
    hue: float = setting(0.3, "share of the pictures whose colours are turned while it learns", within=(0, 1))
    likelihood: str = setting(
        "gaussian",
        '"bernoulli" for pictures mostly black or white; "laplacian" pyramid: sharper edges',
        words=LIKELIHOODS,
    )
    sigma_floor: float = setting(
        0.06, "least standard deviation of a Gaussian pixel; lower lets the code be an autoencoder's", within=(0.005, 1)
    )
    start: str = setting(
        "components",
        'the principal ones of the pictures; or their "mean" alone: the code begins with nothing',
        words=STARTS,
    )
    sharpen: float = setting(
        0.0,
        "share of training, its last, in which the decoder alone learns, before a critic, for pictures that convince",
        within=(0, 1),
    )
    learns: str = setting(
        "both",
        'or the "decoder" alone: the encoder rests, no code moves, so maps and names of a model trained `--from` stay',
        words=LEARNS,
    )
    perceptual: float = setting(
        0.0, "weight of the distance between ImageNet features (needs an extra package; slow)", within=(0, 100)
    )

    def __post_init__(self) -> None:
        for each in fields(self):
            _check(each.name, getattr(self, each.name), each.type, said_of(type(self), each.name))
        if self.size not in SIZES_PX:
            raise ModelError(f"pictures of {self.size} px: a model can be made for {', '.join(map(str, SIZES_PX))} px")
        if self.sees not in (0, *(size for size in SIZES_PX if size <= self.size)):
            raise ModelError(f"sees {self.sees} px: it can be 0 or {', '.join(map(str, SIZES_PX))}, at most size")
        if 0 < self.decoder_width < 8:
            raise ModelError(f"setting decoder_width must be 0 or between 8 and 128, got {self.decoder_width}")
        if self.network == "mlp":
            self._check_mlp()
        if self.channels not in (1, 3):
            raise ModelError(f"channels must be 1 (grey) or 3 (colour), got {self.channels}")

    def _check_mlp(self) -> None:
        given = {"start": self.start, "decoder": self.decoder, "sees": self.sees}
        needed = {"start": "mean", "decoder": "plain", "sees": 0}
        if other := [f"{name}={needed[name]}" for name in needed if given[name] != needed[name]]:
            raise ModelError(f"network mlp needs {', '.join(other)}")
        if self.size > MLP_SIZE_MAX_PX:
            raise ModelError(f"network mlp makes pictures of {MLP_SIZE_MAX_PX} px at most, got {self.size}")


def _check(name: str, value: Any, of_type: Any, said: Said) -> None:
    if said.words:
        if value not in said.words:
            raise ModelError(f"setting {name} must be {_either(said.words)}, got {value!r}")
        return
    kind = {"int": int, "float": (int, float)}.get(str(getattr(of_type, "__name__", of_type)), object)
    if isinstance(value, bool) or not isinstance(value, kind):  # type: ignore[arg-type]
        raise ModelError(f"setting {name} must be a number, got {value!r}")
    if not said.least <= value <= said.most:
        raise ModelError(f"setting {name} must be between {said.least:g} and {said.most:g}, got {value:g}")


def _either(words: tuple[str, ...]) -> str:
    return f"{', '.join(words[:-1])} or {words[-1]}"


class Family(nn.Module):
    """Base of all families. Subclasses set `title`, `objective`, maybe `settings_type`, and write `loss`."""

    title: ClassVar[str]
    objective: ClassVar[str]  # what is minimised, with unit
    source: ClassVar[str]  # author and year
    probabilistic: ClassVar[bool] = False  # is there a posterior, so a KL per dimension
    remedy: ClassVar[str] = "a lower lr"  # what to try when its code collapses
    encodes: ClassVar[bool] = True  # False = no picture gives a code
    decodes: ClassVar[bool] = True  # a look does not
    parts: ClassVar[dict[str, slice]] = {}  # which numbers of a code say what, where that is known, as of a look
    fine: ClassVar[int] = 0  # numbers beside a code from which attributes are read, as a look has
    settings_type: ClassVar[type[Settings]] = Settings

    def __init_subclass__(cls) -> None:
        name = cls.__module__.rpartition(".")[2].replace("_", "-")
        if FAMILIES.setdefault(name, cls) is not cls and FAMILIES[name].__qualname__ != cls.__qualname__:
            raise TypeError(f"two families are called {name!r}")

    settings: Settings

    def __init__(self, settings: Settings) -> None:
        super().__init__()
        self.settings = settings
        self.encoder = _encoder(settings) if self.encodes else NoEncoder()
        self.decoder = _decoder(settings)
        self.likelihood: Likelihood = likelihood(settings.likelihood, settings.sigma_floor)
        if settings.sharpen:
            with torch.random.fork_rng(devices=[]):
                self.patch_critic = PatchCritic(settings.size, settings.channels, settings.width)

    def add_critic(self) -> None:
        """A critic of pictures, as `picture_critic`."""
        with torch.random.fork_rng(devices=[]):  # all else begins with the weights that it has without one
            self.picture_critic = PictureCritic(self.settings.size, self.settings.channels, self.settings.width)

    @property
    def networks(self) -> list[nn.Module]:
        """What makes codes and pictures. All else, adversaries above all, is there for training alone."""
        return [self.encoder, self.decoder]

    def strip_training_modules(self) -> Self:
        """Removes the modules that only training needs (critics), in place, and returns the model."""
        for name, child in list(self.named_children()):
            if not any(child is network for network in self.networks):
                delattr(self, name)
        return self

    def start_from(self, pictures: np.ndarray | Pictures) -> None:
        """Initialises encoder and decoder so that together they equal PCA of these pictures, with axes rotated by
        ICA.
        """
        channels = self.settings.channels
        principal = principal_components(pictures, self.settings.latent, channels=channels)
        if self.settings.start == "mean":
            weight_pd, bias_p = linear_decoder(principal, pictures, self.likelihood.raw, channels)
            self.decoder.start_from(torch.zeros_like(weight_pd), bias_p)
            return
        principal = ica_rotated(principal, pictures, channels)
        self.encoder.start_from(principal, noise_variance=self.likelihood.typical_deviation**2)
        self.decoder.start_from(*linear_decoder(principal, pictures, self.likelihood.raw, channels))

    @torch.no_grad()
    def start_decoder(self, pictures: np.ndarray | Pictures) -> None:
        """Initialises the decoder as the best linear map from the codes of these pictures, as the encoder makes them
        now, to the pictures.
        """
        channels = self.settings.channels
        self.decoder.start_from(*fitted_linear_decoder(self.encode, pictures, self.likelihood.raw, channels))

    def refine(self, source: "Family") -> bool:
        """Takes over another model's plain decoder as the first part of a refined one; False where it doesn't fit."""
        mine, theirs = getattr(self.decoder, "coarse", None), source.decoder.state_dict()
        if mine is None or {k: v.shape for k, v in mine.state_dict().items()} != {
            k: v.shape for k, v in theirs.items()
        }:
            return False
        mine.load_state_dict(theirs)
        return True

    @property
    def seen_px(self) -> int:
        """Edge at which the encoder sees pictures: to encode, no larger ones need be read."""
        return self.settings.sees or self.settings.size

    def posterior(self, x_nchw: Tensor) -> tuple[Tensor, Tensor]:
        """-> mean_nd, logvar_nd; the log-variance is kept where e^x is harmless."""
        mean_nd, logvar_nd = self.encoder(x_nchw)
        return mean_nd, logvar_nd.clamp(-8, 4)

    def encode(self, x_nchw: Tensor) -> Tensor:
        """-> z_nd, the code of each picture."""
        return self.posterior(x_nchw)[0]

    def encode_fine(self, x_nchw: Tensor) -> tuple[Tensor, Tensor]:
        """-> z_nd, int8 (N, F) fine numbers; F is 0, since only a look has some."""
        return self.encode(x_nchw), torch.zeros(len(x_nchw), 0, dtype=torch.int8)

    def decode(self, z_nd: Tensor) -> Tensor:
        """-> x_nchw; a Gaussian's values may leave [0, 1] a little, `to_uint8` clamps them."""
        return self.likelihood.picture(self.decoder(z_nd))

    def reconstruction(self, z_nd: Tensor, x_nchw: Tensor) -> tuple[Tensor, Tensor]:
        """-> (negative log-likelihood of the pictures given their codes, nats per picture; mean squared error)."""
        return self.reconstruction_loss(self.decoder(z_nd), x_nchw)

    def reconstruction_loss(self, raw_nchw: Tensor, x_nchw: Tensor) -> tuple[Tensor, Tensor]:
        """As `reconstruction`, from decoder outputs that were computed already; adds the weighted perceptual
        distance.
        """
        nats = self.likelihood.nats(self.likelihood.error(raw_nchw, x_nchw), x_nchw[0].numel())
        nats = nats + self.perceptual_loss(self.likelihood.picture(raw_nchw), x_nchw)
        return nats, (self.likelihood.picture(raw_nchw.detach()) - x_nchw).square().mean()

    def perceptual_loss(self, made_nchw: Tensor, x_nchw: Tensor) -> Tensor:
        """-> scalar, the perceptual distance with its weight; 0 where it has none."""
        if not self.settings.perceptual:
            return x_nchw.new_zeros(())
        return self.settings.perceptual * x_nchw[0].numel() * perceptual_distance(made_nchw, x_nchw)

    def loss(self, x_nchw: Tensor, rng: Generator, done: float) -> tuple[Tensor, Parts]:
        """-> (scalar to minimise, parts to show). `done` is the share of training behind us, 0..1."""
        raise NotImplementedError

    def slow_weights(self) -> list[nn.Parameter]:
        """Parameters with a tenth of the learning rate: the decoder's linear layer when it starts from PCA."""
        return list(self.decoder.linear.parameters()) if self.settings.start == "components" else []

    def training_steps(self) -> dict[str, TrainingStep]:
        """Who is trained on what, in this order. An adversary adds a second player."""
        return {"model": TrainingStep(self.networks, self.loss)}

    def alarm(self, parts: dict[str, float]) -> str:
        """What the parts of the losses since the last report say is going wrong, in a sentence; "" when nothing."""
        return critics.alarm(parts)


def _encoder(settings: Settings) -> Encoder | MLPEncoder:
    shape = (settings.channels, settings.latent)
    if settings.network == "mlp":
        return MLPEncoder(settings.size, *shape)
    return Encoder(settings.sees or settings.size, *shape, settings.width, settings.depth)


def _decoder(settings: Settings) -> Decoder | RefinedDecoder | MLPDecoder:
    shape, width = (settings.channels, settings.latent), settings.decoder_width or settings.width
    if settings.network == "mlp":
        return MLPDecoder(settings.size, *shape)
    if settings.decoder == "refined":
        return RefinedDecoder(settings.size, *shape, (settings.width, width), settings.depth)
    return Decoder(settings.size, *shape, width, settings.depth)


def create(name: str, **settings: Any) -> Family:
    """A new model of a family, its settings as `settled`."""
    settings_of_it = _settled(name, settings)
    return FAMILIES[name](settings_of_it)


def settled(name: str, **settings: Any) -> dict[str, Any]:
    """All settings of a family, those given and its own for the others.

    An unknown family or setting raises ModelError that lists the allowed ones; so does a value that can't be.
    """
    return asdict(_settled(name, settings))


def _settled(name: str, settings: dict[str, Any]) -> Settings:
    if name not in FAMILIES:
        raise ModelError(f"unknown family {name!r}; there are: {', '.join(sorted(FAMILIES))}")
    family = FAMILIES[name]
    known = [each.name for each in fields(family.settings_type)]
    if unknown := sorted(settings.keys() - set(known)):
        raise ModelError(f"family {name!r} has no setting {', '.join(unknown)}; it has: {', '.join(known)}")
    return family.settings_type(**settings)


def settings_of(model: Family) -> dict[str, Any]:
    return asdict(model.settings)


def move_to_device(model: Family, device: str) -> Family:
    """Moves the model to the device in channels-last memory format."""
    return model.to(device, memory_format=torch.channels_last)  # type: ignore[call-overload,no-any-return]


def gaussian_noise(like: Tensor, rng: Generator) -> Tensor:
    """N(0, 1), drawn on the device of `rng`: one seed gives one model on one kind of device."""
    return torch.randn(like.shape, generator=rng, device=rng.device)
