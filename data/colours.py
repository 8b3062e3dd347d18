"""The colours of a decoded picture as people mean them: eight bits of sRGB a channel, whatever the file holds.

Wide greys, one transparent value, CMYK, embedded profiles; and the ground that a picture with holes is put on.
"""

import io
from collections.abc import Callable, Iterator
from functools import lru_cache

import numpy as np
from PIL import Image, ImageCms

_BAND_PIXELS = 2_000_000  # turned at once, so that a giant is never there twice
_PROFILE_BYTES_MAX = 4_000_000
_SPACES = {"RGB": "RGB", "GRAY": "L", "CMYK": "CMYK"}  # as a profile says it -> the mode that it is for
_NO_SHIFT = 2  # of 255: a profile that moves no colour further is sRGB by another name
_BITS = (8, 10, 12, 14, 16)  # as cameras and scanners fill a number of 16
_DARK = 1 / 16  # floats up to here were not meant as shares of white: nearly all would be black
_WHITE, _LIGHT_GREY = (255, 255, 255), (216, 216, 216)
_FAINT_RANGE = 12  # of 255: darkest to lightest value of what nobody sees on its ground

Turn = Callable[[Image.Image], Image.Image]
Transparent = int | tuple[int, ...] | bytes | None  # a value, or an alpha for each of a palette


def eight_bits(image: Image.Image, reduced_by: int = 1) -> Image.Image:
    """As L, LA, RGB, RGBA or CMYK; of each `reduced_by` x `reduced_by` pixels the mean. Done in bands."""
    turn, whole = _turn_of(image), None
    for top, band in _bands(image, reduced_by):
        turned = turn(band)
        turned = turned.reduce(reduced_by) if reduced_by > 1 else turned
        if band is image:
            return turned
        size = (turned.width, -(-image.height // reduced_by))
        whole = whole or Image.new(turned.mode, size)
        whole.paste(turned, (0, top // reduced_by))
    assert whole is not None
    return whole


def to_srgb(image: Image.Image, profile: bytes | None) -> Image.Image:
    """RGB, or RGBA, by the profile that came with it; one that is broken or of another kind is passed over."""
    alpha = image.getchannel("A") if "A" in image.getbands() else None
    plain = image.convert({"LA": "L", "RGBA": "RGB"}.get(image.mode, image.mode))
    found = next(
        (
            ImageCms.applyTransform(plain.convert(mode), transform)
            for mode in dict.fromkeys((plain.mode, "RGB" if plain.mode == "L" else plain.mode))
            if profile and (transform := _transform(profile, mode)) is not None
        ),
        None,
    )
    rgb = plain.convert("RGB") if found is None else found
    if alpha is not None:
        rgb.putalpha(alpha)
    return rgb


def on_ground(image: Image.Image) -> Image.Image:
    """RGB: on white, or on light grey where nobody would see it on white."""
    if image.mode != "RGBA":
        return image
    on_white = _put_on(image, _WHITE)
    return _put_on(image, _LIGHT_GREY) if value_range(on_white) < _FAINT_RANGE else on_white


def value_range(image: Image.Image) -> int:
    """Darkest to lightest value of RGB, in the channel where they are furthest apart."""
    return max(int(np.ptp(channel)) for channel in image.getextrema())


def _put_on(image: Image.Image, colour: tuple[int, int, int]) -> Image.Image:
    return Image.alpha_composite(Image.new("RGBA", image.size, (*colour, 255)), image).convert("RGB")


# -- eight bits --------------------------------------------------------------------------------------------------


def _turn_of(image: Image.Image) -> Turn:
    """What makes eight bits of a band of this picture."""
    transparent = _transparent(image)
    if image.mode in ("I", "F") or image.mode.startswith("I;16"):
        black, white = _black_and_white(image)
        return lambda band: _scaled(band, black, white, transparent)
    if image.mode in ("RGBA", "LA", "CMYK") or (image.mode == "RGB" and transparent is None):
        return lambda band: band
    if image.mode in ("PA", "RGBa") or image.mode == "P":
        target = "RGBA" if image.mode != "P" or transparent is not None else "RGB"
        return lambda band: band.convert(target)
    if image.mode == "La":
        return lambda band: band.convert("LA")
    if image.mode in ("1", "L"):
        return lambda band: _without(band.convert("L"), transparent)
    return lambda band: _without(band.convert("RGB"), transparent)


def _transparent(image: Image.Image) -> Transparent:
    """The value that is transparent, as the decoded pixels have it: PNG says it in the file's own bits."""
    said = image.info.get("transparency")
    bits = image.info.get("bits a channel", 8)
    if isinstance(said, tuple) and bits == 16:
        return tuple(int(value) >> 8 for value in said)
    if isinstance(said, int) and bits < 8 and image.mode in ("1", "L"):
        return int(said * 255 // (2**bits - 1))
    return said if isinstance(said, int | tuple | bytes) else None


def _without(band: Image.Image, transparent: Transparent) -> Image.Image:
    """L or RGB -> LA or RGBA where one value is transparent."""
    if transparent is None:
        return band
    values_hwc = np.asarray(band).reshape(band.height, band.width, -1)
    wanted_c = np.ravel(np.frombuffer(transparent, np.uint8) if isinstance(transparent, bytes) else transparent)
    if len(wanted_c) != values_hwc.shape[2]:
        return band
    band.putalpha(Image.fromarray(((values_hwc != wanted_c).any(2) * 255).astype(np.uint8)))
    return band


def _scaled(band: Image.Image, black: float, white: float, transparent: Transparent) -> Image.Image:
    values_hw: np.ndarray = np.asarray(band).astype(np.float64)
    share_hw = np.nan_to_num((values_hw - black) / max(white - black, 1e-12), nan=0.0, posinf=1.0, neginf=0.0)
    grey = Image.fromarray((share_hw * 255).clip(0, 255).astype(np.uint8))
    if isinstance(transparent, int):
        grey.putalpha(Image.fromarray(((values_hw != transparent) * 255).astype(np.uint8)))
    return grey


def _black_and_white(image: Image.Image) -> tuple[float, float]:
    """Which of the wide values are which: floats within 0 to 1 and whole numbers of up to 16 bits are shares of white,
    all others are stretched from their least to their largest.
    """
    low, high = _extremes(image)
    if image.mode == "F":
        return (0.0, 1.0) if low >= 0 and _DARK < high <= 1 else (low, high)
    if low < 0 or high > 65_535:
        return low, high
    used = max(int(high).bit_length(), image.info.get("bits a channel", 16) % 16)
    return 0.0, float(2 ** next(bits for bits in _BITS if bits >= used) - 1)


def _extremes(image: Image.Image) -> tuple[float, float]:
    """The least and the largest finite value."""
    low, high = np.inf, -np.inf
    for _, band in _bands(image, 1):
        values_n = np.ravel(np.asarray(band))
        values_n = values_n[np.isfinite(values_n)]
        if len(values_n):
            low, high = min(low, float(values_n.min())), max(high, float(values_n.max()))
    return (low, high) if low <= high else (0.0, 0.0)


def _bands(image: Image.Image, multiple: int) -> Iterator[tuple[int, Image.Image]]:
    """(top, band) from above; the height of each but the last is a multiple."""
    step = max(1, _BAND_PIXELS // image.width // multiple) * multiple
    if image.height <= step:
        yield 0, image
        return
    for top in range(0, image.height, step):
        yield top, image.crop((0, top, image.width, min(top + step, image.height)))


# -- profiles ----------------------------------------------------------------------------------------------------


@lru_cache(maxsize=64)
def _transform(profile: bytes, mode: str) -> ImageCms.ImageCmsTransform | None:
    """From the profile's colours to sRGB; None where it is not for this mode, is broken or changes nothing."""
    if len(profile) > _PROFILE_BYTES_MAX:
        return None
    try:
        said = ImageCms.ImageCmsProfile(io.BytesIO(profile))
        if _SPACES.get(said.profile.xcolor_space.strip()) != mode:
            return None
        intent, flags = ImageCms.Intent.RELATIVE_COLORIMETRIC, ImageCms.Flags.BLACKPOINTCOMPENSATION
        srgb = ImageCms.createProfile("sRGB")
        transform = ImageCms.buildTransform(said, srgb, mode, "RGB", intent, flags)
        sample = _every_colour(mode)
        moved_hwc = np.asarray(ImageCms.applyTransform(sample, transform)).astype(int) - np.asarray(
            sample.convert("RGB")
        )
    except Exception:  # noqa: BLE001 - a library fed a stranger's profile may raise anything
        return None
    return None if np.abs(moved_hwc).max() <= _NO_SHIFT else transform


def _every_colour(mode: str) -> Image.Image:
    """A few of each, from end to end."""
    steps = np.linspace(0, 255, 9 if mode == "RGB" else 5 if mode == "CMYK" else 64).astype(np.uint8)
    channels = len(Image.new(mode, (1, 1)).getbands())
    values_nc = np.stack(np.meshgrid(*[steps] * channels), -1).reshape(-1, channels)
    size = (len(values_nc), 1)
    return Image.frombytes(mode, size, values_nc.tobytes())
