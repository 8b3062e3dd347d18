"""Every honest picture goes in upright on a square; every other one is refused with its reason."""

import io
import struct
import zlib
from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from looks_like.data.errors import PictureError
from looks_like.data.pictures import EDGE_MAX_PX, media_type, pixels_of, square_picture, thumbnail

RED, BLUE, WHITE = (200, 30, 30), (30, 30, 200), (255, 255, 255)
Write = Callable[..., bytes]


def halves(mode: str = "RGB", size: tuple[int, int] = (120, 120)) -> Image.Image:
    """Red above blue."""
    image = Image.new("RGB", size, RED)
    image.paste(BLUE, (0, size[1] // 2, size[0], size[1]))
    return image.quantize(16) if mode == "P" else image.convert(mode)


def seen(content: bytes, edge_px: int | None = None) -> np.ndarray:
    """What an import keeps of a file's bytes, as pixels."""
    picture = square_picture(content)
    return pixels_of(picture.content, edge_px or picture.edge_px)


def near(pixel: np.ndarray, colour: tuple[int, int, int], by: int = 12) -> bool:
    return bool(np.abs(pixel.astype(int) - colour).max() <= by)


def is_red_above_blue(pixels_hwc: np.ndarray) -> bool:
    high, wide = pixels_hwc.shape[:2]
    return near(pixels_hwc[high // 4, wide // 2], RED) and near(pixels_hwc[3 * high // 4, wide // 2], BLUE)


# -- odd but honest ----------------------------------------------------------------------------------------------

TURNS = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_90,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_270,
}


@pytest.mark.parametrize("orientation", range(1, 9))
def test_a_turned_photograph_ends_upright(orientation: int, file_bytes: Write) -> None:
    upright = halves(size=(160, 120))
    upright.paste((20, 160, 20), (0, 0, 80, 60))  # green in the upper left
    lying = upright.transpose(TURNS[orientation]) if orientation in TURNS else upright
    exif = Image.Exif()
    exif[0x0112] = orientation
    pixels = seen(file_bytes(lying, "JPEG", quality=95, exif=exif))
    assert pixels.shape == (160, 160, 3)
    assert near(pixels[40, 30], (20, 160, 20), 25)
    assert near(pixels[40, 130], RED, 25)
    assert near(pixels[110, 30], BLUE, 25)


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "BMP", "TIFF", "GIF", "PPM", "AVIF"])
def test_every_common_format_is_read(kind: str, file_bytes: Write) -> None:
    assert is_red_above_blue(seen(file_bytes(halves(), kind)))


@pytest.mark.parametrize(
    ("mode", "kind"),
    [
        ("CMYK", "JPEG"),
        ("CMYK", "TIFF"),
        ("P", "PNG"),
        ("P", "GIF"),
        ("RGBA", "PNG"),
        ("RGBA", "WEBP"),
        ("YCbCr", "TIFF"),
    ],
)
def test_every_colour_mode_is_read(mode: str, kind: str, file_bytes: Write) -> None:
    assert is_red_above_blue(seen(file_bytes(halves(mode), kind)))


@pytest.mark.parametrize("kind", ["PNG", "TIFF"])
def test_sixteen_bit_grey_keeps_its_greys(kind: str, file_bytes: Write) -> None:
    grey_hw = np.full((64, 64), 20_000, np.uint16)
    grey_hw[32:] = 60_000
    pixels = seen(file_bytes(Image.fromarray(grey_hw), kind))
    assert near(pixels[10, 10], (78, 78, 78), 2)
    assert near(pixels[50, 10], (233, 233, 233), 2)


@pytest.mark.parametrize(("mode", "value"), [("I", 30_000), ("F", 0.5)])
def test_wide_numbers_become_greys(mode: str, value: float, file_bytes: Write) -> None:
    values_hw = np.zeros((64, 64), np.int32 if mode == "I" else np.float32)
    values_hw[32:], values_hw[60:] = value, 2 * value
    pixels = seen(file_bytes(Image.fromarray(values_hw), "TIFF"))
    assert pixels[10, 10].max() < pixels[40, 10].min() < pixels[62, 10].min()


@pytest.mark.parametrize("mode", ["L", "1"])
def test_greys_have_three_equal_channels(mode: str, file_bytes: Write) -> None:
    pixels = seen(file_bytes(Image.linear_gradient("L").resize((48, 48)).convert(mode), "PNG"))
    assert (pixels == pixels[..., :1]).all()
    assert pixels.max() > 200 > 50 > pixels.min()


def see_through(mode: str) -> Image.Image:
    """A dark disc on nothing, where nothing is black underneath."""
    image = Image.new("RGBA", (60, 60), (0, 0, 0, 0))
    image.paste((40, 40, 40, 255), (20, 20, 40, 40))
    return image.convert(mode)


@pytest.mark.parametrize(("mode", "kind"), [("RGBA", "PNG"), ("LA", "PNG"), ("RGBA", "WEBP"), ("RGBA", "TIFF")])
def test_what_is_transparent_becomes_white(mode: str, kind: str, file_bytes: Write) -> None:
    options = {"lossless": True} if kind == "WEBP" else {}
    pixels = seen(file_bytes(see_through(mode), kind, **options))
    assert near(pixels[5, 5], WHITE, 1)
    assert near(pixels[30, 30], (40, 40, 40), 1)


@pytest.mark.parametrize("as_bytes", [False, True], ids=["one colour", "an alpha for each colour"])
def test_a_transparent_palette_colour_becomes_white(as_bytes: bool, file_bytes: Write) -> None:
    image = Image.new("P", (60, 60), 0)
    image.putpalette([0, 0, 0, *RED])
    image.paste(1, (20, 20, 40, 40))
    pixels = seen(file_bytes(image, "PNG", transparency=bytes([0, 255]) if as_bytes else 0))
    assert near(pixels[5, 5], WHITE, 1)
    assert near(pixels[30, 30], RED, 1)


def test_half_transparent_is_mixed_with_white(file_bytes: Write) -> None:
    image = Image.new("RGBA", (40, 40), (0, 0, 0, 128))
    image.paste((0, 0, 0, 255), (0, 0, 40, 20))
    assert near(seen(file_bytes(image, "PNG"))[30, 20], (127, 127, 127), 2)


@pytest.mark.parametrize("kind", ["GIF", "WEBP", "PNG", "TIFF"])
def test_of_an_animation_the_first_picture_is_taken(kind: str, file_bytes: Write) -> None:
    others = [Image.new("RGB", (120, 120), colour) for colour in ("green", "black")]
    assert is_red_above_blue(seen(file_bytes(halves(), kind, save_all=True, append_images=others)))


@pytest.mark.parametrize("size", [(1, 1000), (1000, 1), (3, 2), (2, 700), (3000, 2000), (255, 257), (257, 257)])
def test_any_shape_becomes_a_square(size: tuple[int, int], file_bytes: Write) -> None:
    wide, high = size
    ramp = Image.linear_gradient("L").resize((high, wide)).rotate(90, expand=True) if wide > high else None
    image = ramp or Image.linear_gradient("L").resize(size)
    assert image.size == size
    picture = square_picture(file_bytes(image.convert("RGB"), "PNG"))
    edge = min(max(size), EDGE_MAX_PX)
    assert picture.edge_px == edge
    assert pixels_of(picture.content, edge).shape == (edge, edge, 3)


def test_one_pixel_is_a_blank_picture(file_bytes: Write) -> None:
    with pytest.raises(PictureError, match="blank"):
        square_picture(file_bytes(Image.new("RGB", (1, 1), RED), "PNG"))


@pytest.mark.parametrize("size", [(60, 40), (40, 60), (200, 120), (1000, 400)])
def test_the_padding_has_the_colour_of_the_border_and_the_picture_is_in_the_middle(
    size: tuple[int, int], file_bytes: Write
) -> None:
    context = (240, 235, 220)
    image = Image.new("RGB", size, context)
    wide, high = size
    image.paste(RED, (wide // 4, high // 4, wide - wide // 4, high - high // 4))
    pixels = seen(file_bytes(image, "PNG")).astype(int)
    edge = len(pixels)
    for corner in (pixels[0, 0], pixels[0, -1], pixels[-1, 0], pixels[-1, -1]):
        assert near(corner, context, 3)
    red_hw = np.abs(pixels - RED).max(2) < 60
    rows, columns = np.flatnonzero(red_hw.any(1)), np.flatnonzero(red_hw.any(0))
    assert abs(rows.mean() - (edge - 1) / 2) <= 1
    assert abs(columns.mean() - (edge - 1) / 2) <= 1
    assert (len(columns) / len(rows)) == pytest.approx(wide / high, rel=0.1)


@pytest.mark.parametrize("turned", [False, True], ids=["wide", "high"])
def test_a_product_that_touches_the_sides_does_not_colour_the_padding(turned: bool, file_bytes: Write) -> None:
    """It fills more than half of the border, of which the padding touches little."""
    context = (240, 235, 220)
    image = Image.new("RGB", (100, 90), context)
    image.paste(RED, (0, 3, 100, 87))
    image.paste(RED, (40, 0, 60, 90))
    image = image.transpose(Image.Transpose.ROTATE_90) if turned else image
    pixels = seen(file_bytes(image, "PNG")).astype(int)
    for corner in (pixels[0, 0], pixels[0, -1], pixels[-1, 0], pixels[-1, -1]):
        assert near(corner, context, 3)


def test_small_drawings_are_kept_to_the_pixel(file_bytes: Write) -> None:
    image = Image.effect_noise((33, 33), 80).convert("RGB")
    picture = square_picture(file_bytes(image, "PNG"))
    assert media_type(picture.content) == "image/png"
    np.testing.assert_array_equal(pixels_of(picture.content, 33), np.asarray(image))


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
@pytest.mark.parametrize("edge_px", [50, 300], ids=["kept as PNG", "kept as JPEG"])
def test_what_hid_in_a_file_is_gone(kind: str, edge_px: int, file_bytes: Write) -> None:
    exif = Image.Exif()
    exif[0x010E], exif[0x013B] = "the maker's own words", "Somebody"
    exif.get_ifd(0x8825)[1] = "N"
    exif.get_ifd(0x8825)[2] = (52.0, 31.0, 12.0)
    hidden = {"exif": exif, "comment": b"a secret", "icc_profile": b"profile" * 30, "xmp": b"<x>a diary</x>"}
    content = file_bytes(halves(size=(edge_px, edge_px)), kind, **hidden)
    assert dict(Image.open(io.BytesIO(content)).getexif().get_ifd(0x8825))
    cleaned = square_picture(content).content
    kept = Image.open(io.BytesIO(cleaned))
    assert not kept.getexif()
    assert not {"exif", "comment", "icc_profile", "xmp"} & kept.info.keys()
    for word in (b"secret", b"maker", b"Somebody", b"profile", b"diary"):
        assert word not in cleaned


# -- refused -----------------------------------------------------------------------------------------------------


def png_that_claims(wide: int, high: int) -> bytes:
    """A PNG whose header promises a picture of this size and whose data holds next to nothing."""

    def chunk(kind: bytes, content: bytes) -> bytes:
        return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))

    header = struct.pack(">IIBBBBB", wide, high, 8, 2, 0, 0, 0)
    data = chunk(b"IDAT", zlib.compress(b"\0" * 1000))
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + data + chunk(b"IEND", b"")


NOT_PICTURES = {
    "text": b"id,image\n1,a.jpg\n",
    "svg": b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>',
    "eps": b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 90 90\n%%EndComments\nshowpage\n",
    "pdf": b"%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF",
    "a program": b"MZ\x90\0" + bytes(200),
    "nothing but zeros": bytes(1000),
    "the first bytes of a JPEG": b"\xff\xd8\xff\xe0",
    "the first bytes of a PNG": b"\x89PNG\r\n\x1a\n",
    "an html page": b"<!doctype html><title>404</title>",
}


@pytest.mark.parametrize("content", NOT_PICTURES.values(), ids=NOT_PICTURES.keys())
def test_what_is_not_a_picture_is_refused(content: bytes) -> None:
    with pytest.raises(PictureError, match="not a picture that can be read"):
        square_picture(content)


def test_an_empty_file_is_refused() -> None:
    with pytest.raises(PictureError, match="the file is empty"):
        square_picture(b"")


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "TIFF", "BMP", "GIF"])
def test_a_truncated_file_is_refused(kind: str, file_bytes: Write) -> None:
    noise = Image.effect_noise((200, 200), 60).convert("RGB")
    content = file_bytes(noise, kind)
    with pytest.raises(PictureError, match=r"damaged or cut short|not a picture"):
        square_picture(content[: len(content) // 2])


def test_a_decompression_bomb_is_refused_by_its_header() -> None:
    with pytest.raises(PictureError, match=r"20000 x 20000 px is more than 100 million pixels.*bomb"):
        square_picture(png_that_claims(20_000, 20_000))


def test_a_header_that_promises_more_than_there_is_is_refused() -> None:
    with pytest.raises(PictureError, match="damaged or cut short"):
        square_picture(png_that_claims(600, 600))


@pytest.mark.parametrize("colour", ["white", "black", RED])
def test_a_blank_picture_is_refused(colour: str | tuple[int, int, int], file_bytes: Write) -> None:
    with pytest.raises(PictureError, match="blank"):
        square_picture(file_bytes(Image.new("RGB", (50, 80), colour), "PNG"))


def test_a_picture_that_is_all_transparent_is_blank(file_bytes: Write) -> None:
    image = halves("RGBA")
    image.putalpha(0)
    with pytest.raises(PictureError, match="blank"):
        square_picture(file_bytes(image, "PNG"))


# -- properties --------------------------------------------------------------------------------------------------


@settings(max_examples=60, deadline=None)
@given(
    wide=st.integers(1, 400),
    high=st.integers(1, 400),
    mode=st.sampled_from(["RGB", "L", "RGBA", "LA", "P", "1", "I;16"]),
    seed=st.integers(0, 2**16),
)
def test_any_picture_becomes_one_square_always_the_same(wide: int, high: int, mode: str, seed: int) -> None:
    noise_hwc = np.random.default_rng(seed).integers(0, 256, (high, wide, 3), np.uint8)
    noise_hwc[0, 0], noise_hwc[-1, -1] = 0, 255
    image = Image.fromarray(noise_hwc)
    image = Image.fromarray(noise_hwc[..., 0].astype(np.uint16) * 257) if mode == "I;16" else image.convert(mode)
    out = io.BytesIO()
    image.save(out, "PNG")
    try:
        picture = square_picture(out.getvalue())
    except PictureError as reason:
        assert "blank" in str(reason)  # noqa: PT017
        assert min(wide, high) < 3
        return
    edge = min(max(wide, high), EDGE_MAX_PX)
    assert picture.edge_px == edge
    assert Image.open(io.BytesIO(picture.content)).size == (edge, edge)
    assert square_picture(out.getvalue()) == picture


@settings(max_examples=150, deadline=None)
@given(
    data=st.binary(max_size=300),
    start=st.sampled_from([b"", b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n", b"GIF89a", b"RIFF", b"BM", b"II*\0", b"P6\n"]),
)
@pytest.mark.filterwarnings("ignore")  # Pillow warns of odd headers before it gives up on them
def test_hostile_bytes_are_refused_or_read_and_nothing_else(data: bytes, start: bytes) -> None:
    try:
        square_picture(start + data)
    except PictureError as reason:
        assert str(reason)  # noqa: PT017


# -- as pixels and thumbnails ------------------------------------------------------------------------------------


@pytest.mark.parametrize("stored_px", [40, 100, 256])
@pytest.mark.parametrize("edge_px", [1, 28, 32, 64, 256, 300])
def test_pixels_have_the_size_asked_for(stored_px: int, edge_px: int, file_bytes: Write) -> None:
    picture = square_picture(file_bytes(halves(size=(stored_px, stored_px)), "PNG"))
    pixels = pixels_of(picture.content, edge_px)
    assert pixels.shape == (edge_px, edge_px, 3)
    assert pixels.dtype == np.uint8
    if edge_px >= 28:
        assert is_red_above_blue(pixels)


def test_a_thumbnail_is_smaller_and_never_blurred_up(file_bytes: Write) -> None:
    large = square_picture(file_bytes(halves(size=(256, 256)), "PNG")).content
    small = square_picture(file_bytes(halves(size=(48, 48)), "PNG")).content
    assert Image.open(io.BytesIO(thumbnail(large, 72))).size == (72, 72)
    assert is_red_above_blue(np.asarray(Image.open(io.BytesIO(thumbnail(large, 72)))))
    assert thumbnail(small, 72) == small
    assert thumbnail(large, 72) == thumbnail(large, 72)


def test_the_media_type_is_that_of_the_bytes(file_bytes: Write) -> None:
    assert media_type(file_bytes(halves(), "PNG")) == "image/png"
    assert media_type(file_bytes(halves(), "JPEG")) == "image/jpeg"
