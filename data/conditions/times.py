"""Days and moments: read from text, and compared as people mean them.

A day stands for all of it: `launched = '2026-01-31'` finds that day's afternoon. A moment that has a zone is seen on
the clocks of its own zone, unless it is compared with another that has one too.
"""

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import cached_property
from typing import TypeAlias

import pyarrow as pa
import pyarrow.compute as pc

from looks_like.data.errors import CatalogueError

Datum: TypeAlias = pa.ChunkedArray | pa.Array | pa.Scalar
_WRITTEN = re.compile(r"\d{4}-\d\d-\d\d(?:[T ]\d\d:\d\d(?::\d\d(?:\.\d{1,6})?)?(?:Z|[+-]\d\d:?\d\d)?)?", re.ASCII)
_DAY_US = 86_400_000_000
_FAR_MS = 9_200_000_000_000_000  # beyond are no microseconds in 64 bits: the year 292,000


@dataclass(frozen=True)
class Times:
    """Days (date32) or moments (timestamp), seen as whole days, wall clocks or instants: int64, null = missing."""

    values: Datum

    @property
    def is_day(self) -> bool:
        return bool(pa.types.is_date(self.values.type))

    @property
    def zone(self) -> str | None:
        return None if self.is_day else self.values.type.tz

    @cached_property
    def local(self) -> Datum:
        """On the clocks of their own zone. CatalogueError for a zone that this machine does not know."""
        if self.zone is None:
            return self.values
        try:
            return pc.local_timestamp(self.values)
        except pa.ArrowInvalid:
            raise CatalogueError(f"the time zone {self.zone[:60]!r} is not known here, so no day can be told") from None

    @cached_property
    def day(self) -> Datum:
        """Days since 1970."""
        return self.local.cast(pa.date32()).cast(pa.int32()).cast(pa.int64())

    @cached_property
    def wall(self) -> Datum:
        """Microseconds since 1970, on its own clocks."""
        return pc.multiply(self.day, _DAY_US) if self.is_day else _microseconds(self.local)

    @cached_property
    def instant(self) -> Datum:
        """Microseconds since 1970 in UTC; of what has no zone, on its own clocks."""
        return self.wall if self.zone is None else _microseconds(self.values)

    def alike(self, other: "Times") -> str:
        """How the two are compared: by "day", "instant" or "wall"."""
        if self.is_day or other.is_day:
            return "day"
        return "instant" if self.zone is not None and other.zone is not None else "wall"

    def seen(self, how: str) -> Datum:
        return {"day": lambda: self.day, "instant": lambda: self.instant, "wall": lambda: self.wall}[how]()


def read_time(text: str) -> Times | None:
    """A day (2026-01-31) or a moment (2026-01-31 14:30, 2026-01-31T14:30:00+02:00); None for another text."""
    text = text.strip()
    if not _WRITTEN.fullmatch(text):
        return None
    try:
        if len(text) == 10:
            return Times(pa.scalar(date.fromisoformat(text), pa.date32()))
        moment = datetime.fromisoformat(text)
    except ValueError:  # the 31st of February
        return None
    return Times(_moment(moment))


def _moment(moment: datetime) -> pa.Scalar:
    """Zones are kept as offsets; an instant before the year 1 or after 9999 in UTC is one too."""
    offset = moment.utcoffset()
    start = datetime(1970, 1, 1, tzinfo=UTC) if offset is not None else datetime(1970, 1, 1)
    passed = moment - start
    microseconds = (passed.days * 86_400 + passed.seconds) * 1_000_000 + passed.microseconds
    if offset is None:
        return pa.scalar(microseconds, pa.int64()).cast(pa.timestamp("us"))
    minutes = int(offset.total_seconds() // 60)
    zone = f"{'-' if minutes < 0 else '+'}{abs(minutes) // 60:02}:{abs(minutes) % 60:02}"
    return pa.scalar(microseconds, pa.int64()).cast(pa.timestamp("us", zone))


def as_moments(times: Times) -> Times:
    """Days as their midnights, without a zone; moments on their own clocks."""
    return Times(times.wall.cast(pa.timestamp("us")))


def _microseconds(moments: Datum) -> Datum:
    if moments.type.unit == "us":
        return moments.cast(pa.timestamp("us", moments.type.tz)).cast(pa.int64())
    if moments.type.unit == "ns":
        return pc.divide(moments.cast(pa.int64()), 1_000)
    numbers, factor = moments.cast(pa.int64()), {"ms": 1_000, "s": 1_000_000}[moments.type.unit]
    furthest = _FAR_MS * 1_000 // factor
    return pc.multiply(
        pc.min_element_wise(pc.max_element_wise(numbers, -furthest, skip_nulls=False), furthest, skip_nulls=False),
        factor,
    )
