"""From a tree to what can be worked out: names looked up, kinds held against each other, each mistake a sentence.

Logic is SQL's: what is missing is unknown, and a condition that is unknown is not met. A list is compared by one of its
values: `sizes = 38` is met by who has 38 among them.
"""

from collections.abc import Callable

import pyarrow as pa
import pyarrow.compute as pc

from looks_like.data.conditions import bound, functions
from looks_like.data.conditions.bound import EXAMPLES, NO_VALUE, Bound
from looks_like.data.conditions.columns import NOTHING, NUMBER, TEXT, TIME, YES_NO, Columns, Marks
from looks_like.data.conditions.comparing import (
    TURNED,
    both,
    compare,
    compare_times,
    either,
    one_of,
    reckon,
    time_one_of,
)
from looks_like.data.conditions.times import Datum
from looks_like.data.conditions.tokens import mistake, shown
from looks_like.data.conditions.tree import (
    AllOf,
    AnyOf,
    Between,
    Call,
    Cast,
    Chain,
    Compare,
    In,
    Is,
    Like,
    Literal,
    Name,
    Not,
    Part,
)
from looks_like.data.errors import CatalogueError


class Checker:
    """Over the columns of one catalogue; `sql` is what was typed, for sentences."""

    def __init__(self, sql: str, columns: Columns) -> None:
        self.sql, self.columns = sql, columns

    def condition(self, part: Part) -> Bound:
        """Something that is met or not. CatalogueError for a mere value."""
        found = self.check(part)
        if found.is_list or found.marks or found.kind not in (YES_NO, NOTHING):
            example = f"{found.said} = {EXAMPLES.get(found.kind, EXAMPLES[TEXT])}"
            raise mistake(f"{found.said} is {found.words} and no condition: write one such as {example}", part.at)
        return found

    def check(self, part: Part) -> Bound:
        """By the kind of part."""
        checks: dict[type[Part], Callable[..., Bound]] = {
            Literal: lambda part: bound.of_literal(part, self.said(part)),
            Name: self._name,
            Call: self._call,
            Cast: lambda part: functions.cast(part, self.said(part), self._plain(part.value), part.type),
            Chain: self._chain,
            Compare: lambda part: self._compare(part, part.op, self.check(part.left), self.check(part.right)),
            In: self._in,
            Between: self._between,
            Like: self._like,
            Is: self._is,
            Not: self._not,
            AllOf: lambda part: self._joined(part, both),
            AnyOf: lambda part: self._joined(part, either),
        }
        return checks[type(part)](part)

    def said(self, part: Part) -> str:
        """As it was typed."""
        return shown(self.sql[part.at : part.end])

    def _met(self, part: Part, run: Callable[[], Datum], *of: Bound) -> Bound:
        return Bound(part, self.said(part), YES_NO, run, all(one.constant for one in of))

    # -- values ------------------------------------------------------------------------------------------------------

    def _name(self, part: Name) -> Bound:
        found = self.columns.find(part.name, part.at)
        if isinstance(found, Marks):
            return Bound(part, self.said(part), TEXT, lambda: pa.scalar(None, pa.string()), marks=found)
        return bound.of_column(part, self.said(part), found)

    def _plain(self, part: Part) -> Bound:
        """One value for each product."""
        found = self.check(part)
        if found.is_list or found.marks:
            raise mistake(
                f"{found.said} holds many values: ask for one of them, such as {found.said} = "
                f"{EXAMPLES[found.kind]} or {found.said} in ({EXAMPLES[found.kind]})",
                part.at,
            )
        return found

    def _chain(self, part: Chain) -> Bound:
        values = [self._plain(part.first), *(self._plain(each) for _, each in part.rest)]
        for one in values:
            if one.kind not in (NUMBER, NOTHING):
                raise mistake(
                    f"{one.said} is {one.words}: only numbers can be added, subtracted and so on", one.part.at
                )

        def run() -> Datum:
            found = _number(values[0].run())
            for (op, _), one in zip(part.rest, values[1:], strict=True):
                found = reckon(op, found, _number(one.run()))
            return found

        return Bound(part, self.said(part), NUMBER, run, all(one.constant for one in values))

    def _call(self, part: Call) -> Bound:
        given = [self._plain(each) for each in part.given]
        return functions.call(part, self.said(part), given)

    # -- comparisons -------------------------------------------------------------------------------------------------

    def _compare(self, part: Part, op: str, left: Bound, right: Bound) -> Bound:
        if (right.is_list or right.marks) and not (left.is_list or left.marks):
            left, op, right = right, TURNED[op], left
        if right.is_list or right.marks:
            raise mistake(f"{left.said} and {right.said} both hold many values: compare one with a value", part.at)
        if left.marks:
            return self._marked(part, op, left, right)
        if left.is_list:
            if not right.constant:
                raise mistake(f"{left.said} is {left.words}: compare it with a value, not with {right.said}", part.at)
            if op == "<>":
                has = bound.in_list(left, lambda one: self._compare(part, "=", one, right))
                return self._met(part, lambda: pc.invert(has()))
            return self._met(part, bound.in_list(left, lambda one: self._compare(part, op, one, right)))
        left, right = self._alike(left, op, right)
        if left.kind == YES_NO and op not in ("=", "<>"):
            raise mistake(f"{left.said} is yes or no: compare it by = or <>", part.at)
        if NOTHING in (left.kind, right.kind):
            return self._met(part, _nothing, left, right)
        if left.kind == TIME:
            return self._met(part, lambda: compare_times(op, left.times(), right.times()), left, right)
        return self._met(part, lambda: compare(op, left.run(), right.run()), left, right)

    def _alike(self, left: Bound, op: str, right: Bound) -> tuple[Bound, Bound]:
        """Both of one kind, a text that is a date as one beside a date. CatalogueError where they are not."""
        if TIME in (left.kind, right.kind) and left.kind != right.kind:
            left, right = bound.as_time(left) or left, bound.as_time(right) or right
        if left.kind != right.kind and NOTHING not in (left.kind, right.kind):
            raise self._unlike(left, op, right)
        if left.kind == TIME == right.kind:
            self._check_zones(left, right)
        return left, right

    def _check_zones(self, left: Bound, right: Bound) -> None:
        for column, value in ((left, right), (right, left)):
            if column.column and not column.times().zone and value.literal is not NO_VALUE and value.times().zone:
                raise mistake(
                    f"{column.said} has no time zone: write the time without one, as its clocks show it, not "
                    f"{value.said}",
                    value.part.at,
                )

    def _unlike(self, left: Bound, op: str, right: Bound) -> CatalogueError:
        if right.column and not left.column:
            left, op, right = right, TURNED.get(op, op), left
        if right.literal is NO_VALUE:
            said = f"{left.said} is {left.words} and {right.said} is {right.words}: the two can't be compared"
        else:
            asked = f"{left.said} {op} "
            said = f"{left.said} is {left.words}: write {asked}{_as_kind(right, left.kind)}, not {asked}{right.said}"
        return mistake(said, right.part.at, self.columns.listed())

    def _in(self, part: In) -> Bound:
        value, options = self.check(part.value), [self._plain(each) for each in part.options]
        if value.marks:
            return self._met(part, _any_of([self._marked(part, "=", value, option) for option in options]))
        if value.is_list:
            return self._met(part, bound.in_list(value, lambda one: self._one_of(part, one, options)))
        return self._one_of(part, value, options)

    def _one_of(self, part: In, value: Bound, options: list[Bound]) -> Bound:
        pairs = [self._alike(value, "=", option) for option in options]
        given = [right for _, right in pairs]
        known = [one for one in given if one.kind != NOTHING]
        if value.kind == NOTHING or not known or not all(one.constant for one in given):
            same = [self._compare(part, "=", value, option) for option in options]
            return self._met(part, _any_of(same), value, *given)
        if value.kind == TIME:
            lacks = len(known) < len(given)

            def run() -> Datum:
                found = time_one_of(value.times(), [one.times() for one in known])
                return pc.or_kleene(found, pa.scalar(None, pa.bool_())) if lacks else found

            return self._met(part, run, value, *given)
        if value.constant or value.kind == YES_NO:
            return self._met(part, _any_of([self._compare(part, "=", value, one) for one in options]), value, *given)
        return self._met(part, lambda: one_of(value.run(), [_scalar(one.run()) for one in given]), value, *given)

    def _between(self, part: Between) -> Bound:
        value, low, high = self.check(part.value), self._plain(part.low), self._plain(part.high)
        if value.marks:
            raise mistake(f"{value.said} is asked by =, <>, in, like or is null", part.at)
        if value.is_list:
            return self._met(part, bound.in_list(value, lambda one: self._within(part, one, low, high)))
        return self._within(part, value, low, high)

    def _within(self, part: Between, value: Bound, low: Bound, high: Bound) -> Bound:
        ends = [self._compare(part, ">=", value, low), self._compare(part, "<=", value, high)]
        return self._met(part, lambda: both([end.run() for end in ends]), value, low, high)

    def _like(self, part: Like) -> Bound:
        value = self.check(part.value)
        pattern, escape = self._pattern(part.pattern), "\\"
        if part.escape is not None:
            escape = self._pattern(part.escape)
            if len(escape) != 1:
                raise mistake("escape takes one character, such as escape '!'", part.escape.at)
        if value.kind not in (TEXT, NOTHING):
            raise mistake(
                f"{value.said} is {value.words}: like asks for texts; write {value.said} = {EXAMPLES[value.kind]}",
                value.part.at,
            )
        test = functions.matcher(pattern, escape, part.any_case, part.pattern.at)
        if value.marks:
            marks = value.marks

            def among() -> Datum:
                hits = test(pa.array(list(marks.words), pa.string())).to_pylist()
                found = [marks.find(word) for word, hit in zip(marks.words, hits, strict=True) if hit]
                masks = [pa.array(mask_n) for mask_n in found if mask_n is not None]
                return either(masks) if masks else pa.scalar(False)

            return self._met(part, among)
        if value.is_list:
            return self._met(part, bound.in_list(value, lambda one: self._met(part, lambda: test(one.run()))))
        return self._met(part, lambda: test(value.run()) if value.kind == TEXT else _nothing(), value)

    def _pattern(self, part: Part) -> str:
        if not isinstance(part, Literal) or not isinstance(part.value, str):
            raise mistake(f"a pattern is a text such as '%boot%', not {self.said(part)}", part.at)
        return part.value

    # -- logic -------------------------------------------------------------------------------------------------------

    def _is(self, part: Is) -> Bound:
        value = self.check(part.value)
        if part.what is not None:
            if value.kind not in (YES_NO, NOTHING) or value.is_list or value.marks:
                raise mistake(f"{value.said} is {value.words}: is true and is false ask for yes or no", part.at)
            return self._met(part, lambda: pc.fill_null(pc.equal(_logic(value.run()), part.what), False), value)
        if value.marks:
            marks = value.marks
            return self._met(part, lambda: pc.invert(pa.array(marks.any_word())))
        if value.is_list:
            return self._met(part, lambda: pc.equal(pc.fill_null(pc.list_value_length(value.run()), 0), 0))
        return self._met(part, lambda: pc.is_null(value.run()), value)

    def _not(self, part: Not) -> Bound:
        value = self.condition(part.value)
        return self._met(part, lambda: pc.invert(_logic(value.run())), value)

    def _joined(self, part: AllOf | AnyOf, join: Callable[[list[Datum]], Datum]) -> Bound:
        parts = [self.condition(each) for each in part.parts]

        def run() -> Datum:
            found = _logic(parts[0].run())
            for one in parts[1:]:
                found = join([found, _logic(one.run())])
            return found

        return self._met(part, run, *parts)

    # -- words that stand in no column -------------------------------------------------------------------------------

    def _marked(self, part: Part, op: str, value: Bound, word: Bound) -> Bound:
        marks = value.marks
        if op not in ("=", "<>"):
            raise mistake(f"{value.said} is asked by =, <>, in, like or is null", part.at)
        if marks is None or not isinstance(word.literal, str) or word.kind != TEXT:
            raise mistake(f"{value.said} is compared with a text: {value.said} {op} 'summer'", word.part.at)
        found_n = marks.find(word.literal)
        if found_n is None:
            raise mistake(functions.never_given(value.said, word.literal, marks.words), word.part.at)
        return self._met(part, lambda: pc.invert(pa.array(found_n)) if op == "<>" else pa.array(found_n))


def _as_kind(value: Bound, kind: str) -> str:
    """What was perhaps meant, as a value of that kind."""
    literal = value.literal
    if kind == NUMBER and isinstance(literal, str):
        text = literal.strip().replace(",", ".")
        return text if text.replace(".", "", 1).isdecimal() and len(text) <= 20 else EXAMPLES[NUMBER]
    if kind == YES_NO and isinstance(literal, str):
        return "false" if literal.strip().lower() in ("no", "false", "n", "0") else "true"
    if kind == TEXT and not isinstance(literal, bool) and isinstance(literal, int | float):
        return f"'{value.said}'"
    return EXAMPLES[kind]


def _number(values: Datum) -> Datum:
    return values.cast(pa.float64()) if pa.types.is_null(values.type) else values


def _logic(values: Datum) -> Datum:
    return values.cast(pa.bool_()) if pa.types.is_null(values.type) else values


def _nothing() -> Datum:
    return pa.scalar(None, pa.bool_())


def _any_of(parts: list[Bound]) -> Callable[[], Datum]:
    return lambda: either([_logic(part.run()) for part in parts])


def _scalar(values: Datum) -> pa.Scalar:
    return values if isinstance(values, pa.Scalar) else values[0]
