"""The factors in which rendered sneakers differ: all that the renderer reads, each with its range."""

from dataclasses import dataclass

from looks_like.data.sneakers.drawing import Colour

SILHOUETTES = ("runner", "court", "skate", "basketball", "trail", "slip-on", "chukka", "boot")
OUTSOLES = ("flat", "cup", "wave", "lug", "pods")
MOTIFS = ("none", "stripes", "wave", "chevron", "dots")
LAYOUTS = ("plain", "classic", "saddle", "layered", "cage")
MATERIALS = ("leather", "mesh", "suede", "knit", "patent")
PALETTE: dict[str, Colour] = {
    "white": Colour(244, 243, 240),
    "bone": Colour(226, 216, 198),
    "sand": Colour(205, 182, 146),
    "gum": Colour(176, 122, 70),
    "brown": Colour(104, 70, 48),
    "black": Colour(34, 34, 37),
    "graphite": Colour(84, 87, 93),
    "grey": Colour(158, 162, 167),
    "silver": Colour(205, 209, 214),
    "navy": Colour(36, 48, 88),
    "blue": Colour(45, 96, 184),
    "sky": Colour(138, 186, 226),
    "teal": Colour(32, 124, 128),
    "mint": Colour(160, 214, 190),
    "green": Colour(46, 120, 70),
    "olive": Colour(104, 106, 62),
    "yellow": Colour(240, 198, 56),
    "orange": Colour(232, 120, 46),
    "red": Colour(196, 42, 46),
    "burgundy": Colour(110, 30, 48),
    "pink": Colour(236, 158, 178),
    "lilac": Colour(180, 160, 214),
}
COLOURS = tuple(PALETTE)


@dataclass(frozen=True)
class Sneaker:
    """One sneaker. Shares are 0..1 of what its silhouette allows; the camera's two are -1..1."""

    silhouette: str = "court"
    collar_height: float = 0.5  # low to high
    toe_shape: float = 0.5  # slim to round
    sole_thickness: float = 0.5
    heel_drop: float = 0.5  # how much higher the heel stands than the forefoot: 0 to 6 % of the length
    outsole: str = "cup"
    upper_colour: str = "white"
    second_colour: str = "navy"  # panels and motif
    sole_colour: str = "white"
    lace_colour: str = "white"  # the elastic of a slip-on
    motif: str = "none"
    motif_size: float = 0.5
    layout: str = "classic"
    material: str = "leather"
    yaw: float = 0.0  # the camera goes round the shoe: it looks up to 5 % shorter
    pitch: float = 0.0  # and tilts by up to 3 degrees
    scale: float = 0.5  # 90 to 100 % of the frame's width


# factor -> its values, in order; None = a share 0..1, "turn" = -1..1
FACTORS: dict[str, tuple[str, ...] | None] = {
    "silhouette": SILHOUETTES,
    "collar_height": None,
    "toe_shape": None,
    "sole_thickness": None,
    "heel_drop": None,
    "outsole": OUTSOLES,
    "upper_colour": COLOURS,
    "second_colour": COLOURS,
    "sole_colour": COLOURS,
    "lace_colour": COLOURS,
    "motif": MOTIFS,
    "motif_size": None,
    "layout": LAYOUTS,
    "material": MATERIALS,
    "yaw": None,
    "pitch": None,
    "scale": None,
}
TURNS = frozenset({"yaw", "pitch"})
