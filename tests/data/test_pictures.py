"""Every honest picture goes in upright on a square; every other one is refused with its reason."""

import io
import struct
import subprocess
import sys
import zlib
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, ImageCms

from looks_like.data.errors import PictureError
from looks_like.data.pictures import EDGE_MAX_PX, media_type, pixels_of, square_picture, thumbnail

RED, BLUE, WHITE = (200, 30, 30), (30, 30, 200), (255, 255, 255)
ROOT = Path(__file__).resolve().parents[2]
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


@pytest.mark.parametrize("kind", ["JPEG", "TIFF", "PNG", "WEBP"])
@pytest.mark.parametrize("orientation", range(1, 9))
def test_a_turned_photograph_ends_upright(orientation: int, kind: str, file_bytes: Write) -> None:
    upright = halves(size=(160, 120))
    upright.paste((20, 160, 20), (0, 0, 80, 60))  # green in the upper left
    lying = upright.transpose(TURNS[orientation]) if orientation in TURNS else upright
    exif = Image.Exif()
    exif[0x0112] = orientation
    pixels = seen(file_bytes(lying, kind, quality=95, exif=exif))
    assert pixels.shape == (160, 160, 3)
    assert near(pixels[40, 30], (20, 160, 20), 25)
    assert near(pixels[40, 130], RED, 25)
    assert near(pixels[110, 30], BLUE, 25)


def exif_of(entries: list[tuple[int, int, int, bytes]], turned: int = 6) -> bytes:
    """Written by hand, as no library would: (tag, kind, count, four bytes), and an orientation."""
    listed = [(0x0112, 3, 1, struct.pack("<HH", turned, 0)), *entries]
    body = b"".join(struct.pack("<HHI", *entry[:3]) + entry[3] for entry in sorted(listed))
    return b"Exif\0\0II*\0" + struct.pack("<IH", 8, len(listed)) + body + bytes(4) + struct.pack("<ii", -1, 0) * 8


BROKEN_TAGS: dict[str, list[tuple[int, int, int, bytes]]] = {
    "a rational of -1/0": [(0x9204, 10, 1, struct.pack("<I", 40))],
    "an unsigned one of x/0": [(0x011A, 5, 1, struct.pack("<I", 40))],
    "a place beyond the end": [(0x010E, 2, 5000, struct.pack("<I", 9_000_000))],
    "an unknown kind": [(0x010F, 99, 1, b"abcd")],
    "an IFD that is its own": [(0x8769, 4, 1, struct.pack("<I", 8))],
    "GPS that is nowhere": [(0x8825, 4, 1, struct.pack("<I", 70_000))],
}


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "HEIF"])
@pytest.mark.parametrize("entries", BROKEN_TAGS.values(), ids=BROKEN_TAGS.keys())
@pytest.mark.filterwarnings("ignore")  # Pillow's, of the tags
def test_broken_tags_do_not_end_a_picture_and_it_is_still_turned(
    kind: str, entries: list[tuple[int, int, int, bytes]], file_bytes: Write
) -> None:
    lying = halves().transpose(TURNS[6])
    if kind == "HEIF":  # its writer turns the picture itself, by what it can read
        assert seen(file_bytes(halves(), kind, exif=exif_of(entries, 1))).shape == (120, 120, 3)
        return
    assert is_red_above_blue(seen(file_bytes(lying, kind, exif=exif_of(entries))))


@pytest.mark.parametrize("content", [b"Exif\0\0", b"Exif\0\0II*\0", b"Exif\0\0" + b"x" * 90, b"no"], ids=str)
@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
@pytest.mark.filterwarnings("ignore")
def test_a_picture_whose_tags_are_rubbish_stays_as_it_lies(kind: str, content: bytes, file_bytes: Write) -> None:
    assert is_red_above_blue(seen(file_bytes(halves(), kind, exif=content)))


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "BMP", "TIFF", "GIF", "PPM", "AVIF", "HEIF"])
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


@pytest.mark.parametrize("bits", [8, 10, 12, 14, 16])
@pytest.mark.parametrize("kind", ["PNG", "TIFF"])
def test_wide_greys_that_fill_a_part_of_their_bits_are_as_light_as_they_were_meant(
    kind: str, bits: int, file_bytes: Write
) -> None:
    """Cameras put 12 bits into 16: white is 4095."""
    white = 2**bits - 1
    grey_hw = np.full((64, 64), white // 2, np.uint16)
    grey_hw[32:] = white
    pixels = seen(file_bytes(Image.fromarray(grey_hw), kind))
    assert near(pixels[10, 10], (127, 127, 127), 2)
    assert near(pixels[50, 10], WHITE, 1)


FLOATS: dict[str, tuple[float, float, float, tuple[int, int, int]]] = {
    "shares of white": (0.2, 0.4, 0.6, (51, 102, 153)),
    "of bytes": (0, 100, 200, (0, 127, 255)),
    "of no known range": (-3, 0, 3, (0, 127, 255)),
    "tiny": (0, 0.001, 0.002, (0, 127, 255)),
    "with what is no number": (1000, float("nan"), 3000, (0, 0, 255)),
    "with infinity": (1000, 2000, float("inf"), (0, 255, 255)),
}


@pytest.mark.parametrize("values", FLOATS.values(), ids=FLOATS.keys())
def test_floats_are_shares_of_white_or_stretched(
    values: tuple[float, float, float, tuple[int, int, int]], file_bytes: Write
) -> None:
    values_hw = np.repeat(np.float32(values[:3]), 20)[:, None] * np.ones((1, 60), np.float32)
    pixels = seen(file_bytes(Image.fromarray(values_hw), "TIFF"))
    for row, grey in zip((10, 30, 50), values[3], strict=True):
        assert near(pixels[row, 30], (grey,) * 3, 2)


# -- profiles ----------------------------------------------------------------------------------------------------


def wide_profile(space: str = "RGB") -> bytes:
    """A matrix profile with the primaries of Adobe RGB (1998), or a grey one, and a gamma of 2.2."""

    def s15(value: float) -> bytes:
        return struct.pack(">i", round(value * 65536))

    def xyz(*values: float) -> bytes:
        return b"XYZ \0\0\0\0" + b"".join(map(s15, values))

    gamma = b"curv\0\0\0\0" + struct.pack(">IH", 1, round((2.2 if space == "RGB" else 1.0) * 256)) + b"\0\0"
    name = b"desc\0\0\0\0" + struct.pack(">I", 2) + b"w\0" + bytes(80)
    tags = {b"desc": name, b"cprt": b"text\0\0\0\0none", b"wtpt": xyz(0.9642, 1.0, 0.8249)}
    if space == "RGB":
        tags |= {b"rXYZ": xyz(0.60974, 0.31111, 0.01947), b"gXYZ": xyz(0.20528, 0.62567, 0.06087)}
        tags |= {b"bXYZ": xyz(0.14919, 0.06322, 0.74457), b"rTRC": gamma, b"gTRC": gamma, b"bTRC": gamma}
    else:
        tags[b"kTRC"] = gamma
    table, body = b"", b""
    for tag, content in tags.items():
        table += tag + struct.pack(">II", 132 + 12 * len(tags) + len(body), len(content))
        body += content + bytes(-len(content) % 4)
    size = 132 + len(table) + len(body)
    kind = b"RGB " if space == "RGB" else b"GRAY"
    head = struct.pack(">I4sI4s4s4s12s4s4s", size, b"lcms", 0x02100000, b"mntr", kind, b"XYZ ", bytes(12), b"acsp", b"")
    head += bytes(24) + s15(0.9642) + s15(1.0) + s15(0.8249)
    return head.ljust(128, b"\0") + struct.pack(">I", len(tags)) + table + body


GREEN, GREEN_IN_ADOBE_RGB = (20, 160, 61), (91, 159, 69)


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "TIFF", "WEBP", "AVIF", "HEIF"])
@pytest.mark.parametrize("mode", ["RGB", "RGBA"])
def test_a_wide_profile_is_brought_to_srgb(kind: str, mode: str, file_bytes: Write) -> None:
    if (kind, mode) == ("JPEG", "RGBA"):
        pytest.skip("JPEG has no transparency")
    image = Image.new(mode, (60, 60), "white")
    image.paste(GREEN_IN_ADOBE_RGB, (0, 0, 60, 30))
    profile = wide_profile()
    assert near(seen(file_bytes(image, kind, quality=95, icc_profile=profile))[10, 30], GREEN, 20)
    assert near(seen(file_bytes(image, kind, quality=95))[10, 30], GREEN_IN_ADOBE_RGB, 12)


def test_a_grey_profile_is_followed(file_bytes: Write) -> None:
    """A linear grey of a fifth is a half to the eye."""
    image = Image.new("L", (60, 60), 255)
    image.paste(55, (0, 0, 60, 30))
    assert near(seen(file_bytes(image, "PNG", icc_profile=wide_profile("GRAY")))[10, 30], (128, 128, 128), 3)


def test_an_rgb_profile_in_a_grey_picture_is_followed(file_bytes: Write) -> None:
    grey = Image.linear_gradient("L").resize((60, 60))
    expected = seen(file_bytes(grey.convert("RGB"), "PNG", icc_profile=wide_profile()))
    assert near(seen(file_bytes(grey, "PNG", icc_profile=wide_profile())).astype(int), expected.astype(int), 1)


def test_a_picture_whose_profile_is_srgb_keeps_every_value(file_bytes: Write) -> None:
    noise = Image.effect_noise((60, 60), 90).convert("RGB")
    srgb = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    np.testing.assert_array_equal(seen(file_bytes(noise, "PNG", icc_profile=srgb)), np.asarray(noise))


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "TIFF"])
@pytest.mark.parametrize(
    "profile",
    [b"profile" * 30, wide_profile()[:200], wide_profile("GRAY"), b"\0" * 500, wide_profile()[:300] + b"\xff" * 300],
    ids=["text", "cut short", "of another kind", "zeros", "torn tags"],
)
def test_a_broken_profile_or_one_of_another_kind_is_passed_over(kind: str, profile: bytes, file_bytes: Write) -> None:
    assert is_red_above_blue(seen(file_bytes(halves(), kind, icc_profile=profile)))


def test_cmyk_goes_by_its_own_profile() -> None:
    """One that is made here: to it, all ink of a channel is all of that ink, and black is light."""
    from looks_like.data.colours import to_srgb

    image = Image.new("CMYK", (4, 4), (255, 0, 0, 0))
    assert to_srgb(image, wide_profile()).getpixel((0, 0)) == image.convert("RGB").getpixel((0, 0))
    assert to_srgb(image, None).mode == "RGB"


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


def png_chunk(kind: bytes, content: bytes) -> bytes:
    return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))


@pytest.mark.parametrize(("bits", "colours"), [(1, 1), (2, 1), (4, 1), (8, 1), (16, 1), (8, 3), (16, 3)])
@pytest.mark.parametrize("clear", ["darkest", "lightest"])
def test_the_one_transparent_value_of_a_png_becomes_white_at_every_depth(bits: int, colours: int, clear: str) -> None:
    """Rows of the clear value above rows of the opposite one."""
    top, edge = 2**bits - 1, 48
    value = 0 if clear == "darkest" else top
    opposite = top - value

    def row(sample: int) -> bytes:
        samples = [sample] * edge * colours
        if bits >= 8:
            return b"".join(one.to_bytes(bits // 8, "big") for one in samples)
        per = 8 // bits
        return bytes(
            sum(s << (8 - bits * (i + 1)) for i, s in enumerate(samples[at : at + per])) for at in range(0, edge, per)
        )

    data = b"".join(b"\0" + row(value if y < edge // 2 else opposite) for y in range(edge))
    header = struct.pack(">IIBBBBB", edge, edge, bits, 0 if colours == 1 else 2, 0, 0, 0)
    content = b"\x89PNG\r\n\x1a\n" + png_chunk(b"IHDR", header)
    content += png_chunk(b"tRNS", struct.pack(">H", value) * colours)
    content += png_chunk(b"IDAT", zlib.compress(data)) + png_chunk(b"IEND", b"")
    pixels = seen(content)
    ground = WHITE if clear == "lightest" else (216, 216, 216)  # what stays is white then: grey shows it
    assert near(pixels[40, 10], (0, 0, 0) if clear == "lightest" else WHITE, 1)
    assert near(pixels[5, 10], ground, 1)


@pytest.mark.parametrize("mode", ["RGBA", "LA"])
@pytest.mark.parametrize("white", [255, 252])
def test_a_white_product_on_nothing_is_seen_on_light_grey(mode: str, white: int, file_bytes: Write) -> None:
    image = Image.new("RGBA", (60, 60), (0, 0, 0, 0))
    image.paste((white, white, white, 255), (20, 20, 40, 40))
    pixels = seen(file_bytes(image.convert(mode), "PNG"))
    assert near(pixels[30, 30], (white,) * 3, 1)
    assert near(pixels[5, 5], (216, 216, 216), 1)


def test_a_white_product_on_white_is_no_blank_picture(file_bytes: Write) -> None:
    image = Image.new("RGB", (300, 300), "white")
    image.paste((253, 253, 253), (80, 80, 220, 220))
    assert np.ptp(seen(file_bytes(image, "PNG"))) > 0


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


HEIC = b"\0\0\0\x18ftypheic\0\0\0\0mif1heic"


@settings(max_examples=150, deadline=None)
@given(
    data=st.binary(max_size=300),
    start=st.sampled_from(
        [b"", b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n", b"GIF89a", b"RIFF", b"BM", b"II*\0", b"P6\n", HEIC]
    ),
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


def test_other_plug_ins_are_not_let_in_by_the_one_for_telephones(file_bytes: Write) -> None:
    for kind in ("ICO", "PCX", "TGA", "SGI", "EPS", "PDF"):
        with pytest.raises(PictureError, match="not a picture that can be read"):
            square_picture(file_bytes(halves(), kind))


def test_a_file_of_two_photographs_is_read_as_the_first_and_reduced_while_it_is_decoded(file_bytes: Write) -> None:
    """MPO, as cameras write: a JPEG with a second one behind it."""
    content = file_bytes(halves(size=(2048, 2048)), "MPO", save_all=True, append_images=[halves().rotate(90)])
    assert is_red_above_blue(seen(content))


MEASURE = """
import io, resource, sys
from concurrent.futures import ThreadPoolExecutor
from looks_like.data.pictures import square_picture
content = open(sys.argv[1], "rb").read()
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
with ThreadPoolExecutor(4) as pool:
    assert len(list(pool.map(square_picture, [content] * 4))) == 4
print((resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) // 1024)
"""


@pytest.mark.parametrize(
    ("mode", "kind"), [("RGB", "PNG"), ("RGBA", "BMP"), ("I;16", "TIFF"), ("P", "GIF"), ("RGB", "JPEG")]
)
def test_giants_are_decoded_one_after_the_other_and_never_held_twice(
    mode: str, kind: str, tmp_path: Path, file_bytes: Write
) -> None:
    """Four at once of 53 million pixels, which take 213 MB each as Pillow keeps them."""
    edge = 7300
    image = Image.new(mode, (edge, edge), 0)
    if mode == "P":
        image.putpalette([0, 0, 0, *RED])
    image.paste(1 if mode == "P" else 200 if mode == "I;16" else "white", (0, 0, edge, edge // 2))
    (tmp_path / "giant").write_bytes(file_bytes(image, kind))
    done = subprocess.run(
        [sys.executable, "-c", MEASURE, tmp_path / "giant"], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert int(done.stdout) < 2 * 213, f"{done.stdout} MB"


def test_the_media_type_is_that_of_the_bytes(file_bytes: Write) -> None:
    assert media_type(file_bytes(halves(), "PNG")) == "image/png"
    assert media_type(file_bytes(halves(), "JPEG")) == "image/jpeg"
