"""Values compared and reckoned with as they are: whole numbers stay whole beyond 2^53, what is missing is unknown."""

from collections.abc import Callable, Sequence

import pyarrow as pa
import pyarrow.compute as pc

from looks_like.data.conditions.times import Datum, Times

_COMPARE: dict[str, Callable[[Datum, Datum], Datum]] = {
    "=": pc.equal,
    "<>": pc.not_equal,
    "<": pc.less,
    "<=": pc.less_equal,
    ">": pc.greater,
    ">=": pc.greater_equal,
}
TURNED = {"=": "=", "<>": "<>", "<": ">", "<=": ">=", ">": "<", ">=": "<="}
_WHOLE_END = 2.0**63  # the first number that is no int64


def number_scalar(value: int | float) -> pa.Scalar:
    """A whole number as one as far as 64 bits go; missing where it is none (NaN)."""
    if isinstance(value, int) and -(1 << 63) <= value < 1 << 63:
        return pa.scalar(value, pa.int64())
    try:
        number = float(value)
    except OverflowError:
        number = float("inf") if value > 0 else float("-inf")
    return pa.scalar(None if number != number else number, pa.float64())


def without_nan(values: Datum) -> Datum:
    """NaN is missing."""
    if not pa.types.is_floating(values.type):
        return values
    nan = pc.is_nan(values)
    if not pc.any(nan).as_py():
        return values
    return pc.if_else(pc.fill_null(nan, False), pa.scalar(None, values.type), values)


def compare(op: str, left: Datum, right: Datum) -> Datum:
    """bool; null where one is missing. A whole number and a fraction are compared without rounding either."""
    whole = pa.types.is_integer(left.type), pa.types.is_integer(right.type)
    if whole == (True, False) and pa.types.is_floating(right.type):
        return _compare_whole(op, left, right)
    if whole == (False, True) and pa.types.is_floating(left.type):
        return _compare_whole(TURNED[op], right, left)
    return _COMPARE[op](left, right)


def compare_times(op: str, left: Times, right: Times) -> Datum:
    how = left.alike(right)
    return compare(op, left.seen(how), right.seen(how))


def one_of(value: Datum, options: Sequence[Datum]) -> Datum:
    """bool: whether it is one of these scalars of its kind; null where it is missing, or no option it is but one is."""
    given = [option for option in options if option.is_valid]
    if pa.types.is_integer(value.type):
        wanted = pa.array([number for option in given if (number := _whole(option)) is not None], value.type)
    else:
        wanted = pa.array([option.cast(value.type, safe=False).as_py() for option in given], value.type)
    found = pc.is_in(value, value_set=wanted) if len(wanted) else pc.and_(pc.is_valid(value), False)
    nothing = pa.scalar(None, pa.bool_())
    found = pc.if_else(pc.is_valid(value), found, nothing)
    return found if len(given) == len(options) else pc.if_else(found, found, nothing)


def time_one_of(value: Times, options: Sequence[Times]) -> Datum:
    """The same of times, each seen as it is compared with the value."""
    by_view = dict[str, list[Datum]]()
    for option in options:
        how = value.alike(option)
        by_view.setdefault(how, []).append(option.seen(how))
    found = [one_of(value.seen(how), given) for how, given in by_view.items()]
    return found[0] if len(found) == 1 else either(found)


def either(parts: Sequence[Datum]) -> Datum:
    """Kleene's or: true where one is, else unknown where one is."""
    found = parts[0]
    for part in parts[1:]:
        found = pc.or_kleene(found, part)
    return found


def both(parts: Sequence[Datum]) -> Datum:
    """Kleene's and."""
    found = parts[0]
    for part in parts[1:]:
        found = pc.and_kleene(found, part)
    return found


def reckon(op: str, left: Datum, right: Datum) -> Datum:
    """+ - * / %: whole where both are and the result can be; by 0 nothing is known. The rest has the left's sign."""
    whole = pa.types.is_integer(left.type) and pa.types.is_integer(right.type)
    if op in ("/", "%"):
        right = pc.if_else(pc.not_equal(right, 0), right, pa.scalar(None, right.type))
    if op == "%":
        return _rest(left, right, whole)
    if whole and op != "/":
        try:
            return {"+": pc.add_checked, "-": pc.subtract_checked, "*": pc.multiply_checked}[op](left, right)
        except pa.ArrowInvalid:  # beyond 64 bits
            pass
    known = {"+": pc.add, "-": pc.subtract, "*": pc.multiply, "/": pc.divide}[op]
    return without_nan(known(as_fraction(left), as_fraction(right)))


def as_fraction(values: Datum) -> Datum:
    return values.cast(pa.float64(), safe=False)


def _rest(left: Datum, right: Datum, whole: bool) -> Datum:
    if whole:
        right = pc.if_else(pc.equal(right, -1), 1, right)  # the least whole number by -1 is beyond 64 bits
        return pc.subtract(left, pc.multiply(pc.divide(left, right), right))
    left, right = as_fraction(left), as_fraction(right)
    return without_nan(pc.subtract(left, pc.multiply(pc.trunc(pc.divide(left, right)), right)))


def _whole(option: pa.Scalar) -> int | None:
    """The whole number that it is, as far as 64 bits go."""
    value = option.as_py()
    if isinstance(value, float):
        value = int(value) if value.is_integer() and abs(value) <= _WHOLE_END else None
    return value if value is not None and -(1 << 63) <= value < 1 << 63 else None


def _compare_whole(op: str, whole: Datum, fraction: Datum) -> Datum:
    """i < f where i < ceil(f), i > f where i > floor(f); what is beyond 64 bits is above or below all of them."""
    fraction = without_nan(fraction)
    above, below = pc.greater_equal(fraction, _WHOLE_END), pc.less(fraction, -_WHOLE_END)
    bound = (pc.ceil if op in ("<", ">=", "=", "<>") else pc.floor)(fraction)
    inside = pc.if_else(pc.or_(above, below), 0.0, bound).cast(pa.int64())
    known = pc.if_else(pc.is_valid(whole), True, pa.scalar(None, pa.bool_()))
    if op in ("=", "<>"):
        there = pc.and_(pc.equal(bound, fraction), pc.invert(pc.or_(above, below)))
        same = pc.and_(pc.and_(pc.equal(whole, inside), there), known)
        return same if op == "=" else pc.invert(same)
    found = pc.if_else(pc.or_(above, below), pc.equal(above, op in ("<", "<=")), _COMPARE[op](whole, inside))
    return pc.and_(found, known)
