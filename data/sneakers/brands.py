"""The makers of the demo catalogue, all fictional."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Brand:
    """What it makes, how it marks it, in which colours, at what price."""

    name: str
    price: float  # of a typical low shoe, USD
    silhouettes: tuple[str, ...]
    motifs: tuple[str, ...]
    layouts: tuple[str, ...]
    materials: tuple[str, ...]
    colours: tuple[str, ...]
    soles: tuple[str, ...]


def _brand(line: str) -> Brand:
    first, *lists = line.split("|")
    name, price = first.split()
    return Brand(name, float(price), *(tuple(words.split()) for words in lists))


_TABLE = """
Aldersea    120 | runner trail | wave | layered cage | mesh knit | blue sky navy white grey yellow mint | white sky
Bramwick    165 | boot chukka | none | plain classic | suede leather | brown sand olive black burgundy gum | gum bone black
Corvane     140 | basketball court | chevron | classic layered | leather patent | black red white navy burgundy graphite | white black red
Dunmere      70 | skate slip-on | stripes none | plain saddle | suede leather | black navy burgundy olive sand green red | white bone gum
Eskelin      95 | court slip-on | dots none | plain saddle | leather knit | white bone silver mint pink lilac sky | white bone
Farrowby    110 | court chukka | stripes | classic saddle | leather suede | white bone navy green burgundy brown | white gum
Grenfold    150 | trail boot | chevron none | layered classic | mesh suede | olive black orange sand teal graphite | black graphite olive
Hallinor    105 | runner | stripes | classic layered | mesh suede | grey navy white burgundy green silver | white bone grey
Ivendale     90 | skate basketball | wave | saddle classic | suede leather patent | lilac pink mint yellow black sky | white mint pink
Juneberg     85 | runner slip-on | dots | cage plain | knit | pink orange yellow white teal lilac grey | white orange
Kestrow     155 | basketball boot | stripes dots | layered cage | leather mesh | black white blue red yellow graphite | white black blue
Lorvik      130 | court skate | none | plain | leather | white black bone grey sand | white black gum
Merrowan    135 | trail runner | dots wave | cage layered | knit mesh | teal orange navy mint graphite yellow | white graphite teal
Nordhaven   125 | chukka court boot | chevron | saddle plain | suede patent | navy brown red silver black green | white brown black
"""  # noqa: E501 - a table
BRANDS = tuple(_brand(line) for line in _TABLE.strip().splitlines())
