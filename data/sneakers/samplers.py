"""Which sneakers there are: `catalogue` is a shop's, with brands, lines and colourways; `independent` draws each
factor alone, for measuring disentanglement. Product i depends on the seed and i only, so a larger count adds to a
smaller one."""

from dataclasses import asdict, dataclass, replace
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Any

import numpy as np

from looks_like.data.sneakers.brands import BRANDS, Brand
from looks_like.data.sneakers.factors import FACTORS, OUTSOLES, TURNS, Sneaker

_ONE_OFF = 0.01  # share of a catalogue that no line explains
_FIRST_DAY, _DAYS = datetime(2016, 1, 4), 3900


@dataclass(frozen=True)
class DrawnSneaker:
    sneaker: Sneaker
    product_id: str
    name: str
    attributes: dict[str, Any]  # factors too


_WORDS = (
    "Arc", "Beacon", "Cinder", "Drift", "Ember", "Fable", "Glide", "Harrier", "Isle", "Jetty", "Kite", "Lantern",
    "Mesa", "Nomad", "Orbit", "Pace", "Quarry", "Ridge", "Slate", "Tempo", "Umbra", "Vale", "Wander", "Yonder",
    "Zephyr",
)  # fmt: skip
_LINES_PER_BRAND = (7, 11)
_USUAL_OUTSOLES = {
    "runner": ("wave", "pods"), "court": ("cup", "flat"), "skate": ("flat",), "basketball": ("cup", "pods", "wave"),
    "trail": ("lug",), "slip-on": ("flat", "cup"), "chukka": ("cup", "flat"), "boot": ("lug", "cup"),
}  # fmt: skip
_MARKUP = {"basketball": 1.15, "boot": 1.3, "trail": 1.1, "slip-on": 0.8}


@dataclass(frozen=True)
class Line:
    """One model of a brand, made in many colourways."""

    brand: Brand
    name: str
    shape: Sneaker
    price: float
    launched: int  # days after the first


@lru_cache(maxsize=4)
def lines(seed: int) -> tuple[Line, ...]:
    return tuple(
        _line(brand, number, np.random.default_rng([seed, index, number]))
        for index, brand in enumerate(BRANDS)
        for number in range(int(np.random.default_rng([seed, index]).integers(*_LINES_PER_BRAND)))
    )


def _line(brand: Brand, number: int, rng: np.random.Generator) -> Line:
    silhouette = _pick(rng, brand.silhouettes)
    shape = Sneaker(
        silhouette=silhouette,
        outsole=_pick(rng, _USUAL_OUTSOLES[silhouette]),
        motif=_pick(rng, brand.motifs),
        layout=_pick(rng, brand.layouts),
        material=_pick(rng, brand.materials),
    )
    shares: dict[str, Any] = {name: float(rng.uniform(0.05, 0.95)) for name in _SHAPE}
    shape = replace(shape, **shares)
    word = _WORDS[(sum(map(ord, brand.name)) * 3 + 2 * number) % len(_WORDS)]
    mark = _pick(rng, ("", "", " II", " Pro", " 90", " Lite"))
    price = brand.price * _MARKUP.get(silhouette, 1.0) * rng.uniform(0.8, 1.35)
    return Line(brand, f"{word}{mark}", shape, price, int(rng.integers(0, _DAYS - 900)))


_SHAPE = ("collar_height", "toe_shape", "sole_thickness", "heel_drop", "motif_size")


def catalogue(seed: int, i: int) -> DrawnSneaker:
    """Product i of a shop: a colourway of one of its lines, or a one-off."""
    rng = np.random.default_rng([seed, 1, i])
    if rng.random() < _ONE_OFF:
        return _one_off(seed, i, rng)
    every = lines(seed)
    popular = rng.random() ** 1.4  # some lines have many more colourways than others
    line = every[int(popular * len(every)) * 37 % len(every)]
    upper, second, sole, lace = _colourway(line.brand, rng)
    jitter: dict[str, Any] = {
        name: float(np.clip(getattr(line.shape, name) + rng.normal(0, 0.02), 0, 1)) for name in _SHAPE
    }
    camera: dict[str, Any] = {
        "yaw": float(np.clip(rng.normal(0, 0.35), -1, 1)),
        "pitch": float(np.clip(rng.normal(0, 0.25), -1, 1)),
        "scale": float(np.clip(rng.normal(0.7, 0.12), 0, 1)),
    }
    sneaker = replace(
        line.shape, upper_colour=upper, second_colour=second, sole_colour=sole, lace_colour=lace, **jitter, **camera
    )
    day = min(_DAYS, line.launched + int(rng.exponential(500)))
    price = round(line.price * rng.uniform(0.95, 1.1) / 5) * 5
    return _product(sneaker, i, line.brand.name, line.name, day, price)


def independent(seed: int, i: int) -> DrawnSneaker:
    """Product i with every factor drawn alone, uniformly over its range."""
    sneaker = _each_alone(np.random.default_rng([seed, 2, i]))
    name = f"{sneaker.upper_colour} {sneaker.material} {sneaker.silhouette}".capitalize()
    return DrawnSneaker(sneaker, f"independent-{seed}-{i:06d}", name, asdict(sneaker))


SAMPLERS = {"catalogue": catalogue, "independent": independent}


def _one_off(seed: int, i: int, rng: np.random.Generator) -> DrawnSneaker:
    """What a shop has only one of: made to order, in any mixture."""
    sneaker = _each_alone(np.random.default_rng([seed, 3, i]))
    return _product(sneaker, i, "Atelier", "One-off", int(rng.integers(0, _DAYS)), float(rng.integers(50, 120)) * 5)


def _product(sneaker: Sneaker, i: int, brand: str, line: str, day: int, price: float) -> DrawnSneaker:
    colours = dict.fromkeys((sneaker.upper_colour, sneaker.second_colour, sneaker.sole_colour))
    sold = {"brand": brand, "line": line, "price": float(price), "released": _FIRST_DAY + timedelta(days=day)}
    name = f"{brand} {line} {'/'.join(colours).title()}"
    return DrawnSneaker(sneaker, f"sneaker-{i:06d}", name, {**sold, **asdict(sneaker)})


def _colourway(brand: Brand, rng: np.random.Generator) -> tuple[str, str, str, str]:
    """Upper, second, sole and laces as a designer would combine them: white with one accent, tonal, or contrast."""
    scheme, accent, other = rng.random(), _pick(rng, brand.colours), _pick(rng, brand.colours)
    sole = _pick(rng, brand.soles)
    if scheme < 0.3:
        upper, second, lace = _pick(rng, ("white", "bone", "black")), accent, _pick(rng, ("white", "black", accent))
    elif scheme < 0.5:
        upper, second, lace = accent, accent, accent
        sole = sole if rng.random() < 0.6 else accent
    else:
        upper, second, lace = accent, other, _pick(rng, (accent, other, "white"))
    return upper, second, sole, lace


def _each_alone(rng: np.random.Generator) -> Sneaker:
    drawn: dict[str, Any] = {}
    for name, values in FACTORS.items():
        if values is not None:
            drawn[name] = _pick(rng, values)
        else:
            drawn[name] = float(rng.uniform(-1, 1) if name in TURNS else rng.random())
    return Sneaker(**drawn)


def _pick(rng: np.random.Generator, values: tuple[str, ...]) -> str:
    return values[int(rng.integers(len(values)))]


assert all(outsole in OUTSOLES for usual in _USUAL_OUTSOLES.values() for outsole in usual)
