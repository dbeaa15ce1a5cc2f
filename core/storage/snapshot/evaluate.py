"""Works out the same SQL expressions that DuckDB would, on arrays, for reads within one click.

Only the shapes that the queue's conditions are made of are understood; anything else is an error.
A comparison with a missing number is false, which is what a condition makes of SQL's unknown.
"""

from __future__ import annotations

import operator
from collections.abc import Callable
from functools import singledispatchmethod
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt
from sqlalchemy import ColumnElement, Select
from sqlalchemy.sql import operators
from sqlalchemy.sql.elements import (
    BinaryExpression,
    BindParameter,
    Case,
    Cast,
    ColumnClause,
    ExpressionClauseList,
    False_,
    Grouping,
    Label,
    Null,
    True_,
    UnaryExpression,
)
from sqlalchemy.sql.functions import FunctionElement

from core.storage.snapshot.columns import ChosenRows, Coded, Column, ColumnSet, Mask, Numbers
from core.storage.snapshot.dialect import run

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

Value = Column | Mask | int | float | str | None
_COMPARE: dict[Any, Callable[[Any, Any], Any]] = {
    operators.eq: operator.eq,
    operators.ne: operator.ne,
    operators.lt: operator.lt,
    operators.le: operator.le,
    operators.gt: operator.gt,
    operators.ge: operator.ge,
}
_COMPUTE: dict[Any, Callable[[Any, Any], Any]] = {
    operators.add: operator.add,
    operators.sub: operator.sub,
    operators.mul: operator.mul,
    operators.truediv: operator.truediv,
    operators.mod: operator.mod,
}


class Evaluator:
    """Evaluates expressions over the rows of one column set."""

    def __init__(self, columns: ColumnSet | ChosenRows, cursor: DuckDBPyConnection) -> None:
        self._columns = columns
        self._cursor = cursor

    def chosen(self, places: npt.NDArray[np.intp]) -> Evaluator:
        """The same for some of its rows only."""
        return Evaluator(ChosenRows(self._columns, places), self._cursor)

    def mask(self, condition: ColumnElement[Any]) -> Mask:
        """The rows for which a condition holds."""
        return self._as_mask(self._value(condition))

    @property
    def ids(self) -> npt.NDArray[np.int64]:
        """The key of each row."""
        return self._columns.ids

    def column(self, expression: ColumnElement[Any]) -> Column:
        """The values of a dimension, or numbers."""
        value = self._value(expression)
        return value if isinstance(value, Coded) else self._as_numbers(value)

    def numbers(self, expression: ColumnElement[Any]) -> Numbers:
        """The numbers of an expression."""
        return self._as_numbers(self._value(expression))

    def _value(self, expression: Any) -> Value:
        return _work_for(type(expression))(self, expression)

    @singledispatchmethod
    def _shape(self, expression: Any) -> Value:
        raise _not_understood(expression)

    @_shape.register(BindParameter)
    def _parameter(self, expression: BindParameter[Any]) -> Value:
        value: Value = expression.effective_value
        return value

    @_shape.register(True_)
    @_shape.register(False_)
    def _constant(self, expression: True_ | False_) -> Value:
        return isinstance(expression, True_)

    @_shape.register(Null)
    def _nothing(self, _: Null) -> Value:
        return None

    @_shape.register(Grouping)
    @_shape.register(Label)
    def _inside(self, expression: Grouping[Any] | Label[Any]) -> Value:
        return self._value(expression.element)

    @_shape.register(ExpressionClauseList)
    def _clauses(self, expression: ExpressionClauseList[Any]) -> Mask:
        joined = np.logical_and if expression.operator is operators.and_ else np.logical_or
        masks = [self.mask(clause) for clause in expression.clauses]
        return joined.reduce(masks) if len(masks) > 1 else masks[0]

    @_shape.register(BinaryExpression)
    def _binary(self, expression: BinaryExpression[Any]) -> Value:
        left, used = self._value(expression.left), expression.operator
        if used in {operators.in_op, operators.not_in_op}:
            found = self._among(left, expression.right)
            return found if used is operators.in_op else ~found
        if used in {operators.is_, operators.is_not}:
            return self._is(left, expression)
        right = self._value(expression.right)
        if used in _COMPARE:
            return self._compare(left, right, _COMPARE[used])
        if used in _COMPUTE:
            one, other = self._as_numbers(left), self._as_numbers(right)
            with np.errstate(divide="ignore", invalid="ignore"):
                return Numbers(_COMPUTE[used](one.numbers, other.numbers), _both(one, other))
        raise _not_understood(expression)

    def _is(self, left: Value, expression: BinaryExpression[Any]) -> Mask:
        if not isinstance(expression.right, Null):
            raise _not_understood(expression)
        numbers = self._as_numbers(left)
        known = np.ones(self._columns.length, bool) if numbers.known is None else numbers.known
        return known if expression.operator is operators.is_not else ~known

    def _compare(self, left: Value, right: Value, compare: Callable[[Any, Any], Any]) -> Mask:
        if isinstance(left, Coded):
            found: Mask = compare(left.codes, left.place(right))
            return found
        one, other = self._as_numbers(left), self._as_numbers(right)
        found = compare(one.numbers, other.numbers)
        known = _both(one, other)
        return found if known is None else found & known

    def _among(self, left: Value, right: Any) -> Mask:
        if isinstance(right, Grouping):
            right = right.element
        inner = getattr(right, "element", right)
        if isinstance(inner, Select):
            wanted = self._answer(inner)
        elif isinstance(right, BindParameter):
            wanted = list(right.effective_value or ())
        else:
            raise _not_understood(right)
        if isinstance(left, Coded):
            known = set(wanted)
            chosen: Mask = np.array([value in known for value in left.values], dtype=bool)
            picked: Mask = chosen[left.codes]
            return picked
        numbers = self._as_numbers(left)
        found = np.isin(numbers.numbers, np.array(wanted, dtype=np.int64))
        return found if numbers.known is None else found & numbers.known

    def _answer(self, inner: Select[Any]) -> list[Any]:
        only = next(iter(inner.selected_columns))
        if isinstance(only, FunctionElement) and only.name == "unnest":
            (listed,) = only.clauses
            if isinstance(listed, BindParameter):
                return list(listed.effective_value or ())
        return [row[0] for row in run(self._cursor, inner).fetchall()]

    @_shape.register(Case)
    def _case(self, expression: Case[Any]) -> Value:
        rest = None if expression.else_ is None else self._value(expression.else_)
        branches = [(when, self._value(then)) for when, then in expression.whens]
        if expression.value is not None:
            return self._looked_up(self._value(expression.value), branches, rest)
        chosen = [(self.mask(when), then) for when, then in branches]
        if isinstance(rest, Coded):
            return _recoded(chosen, rest)
        result = self._as_numbers(rest)
        numbers, known = result.numbers, result.known
        for mask, then in reversed(chosen):
            new = self._as_numbers(then)
            known = _chosen_known(mask, new.known, known)
            numbers = np.where(mask, new.numbers, numbers)
        return Numbers(numbers, known)

    def _looked_up(self, value: Value, branches: list[tuple[Any, Value]], rest: Value) -> Numbers:
        if not isinstance(value, Coded):
            raise TypeError("only a dimension is looked up")
        table: dict[Any, Any] = {when.effective_value: then for when, then in branches}
        listed = [table.get(name, rest) for name in value.values]
        known = np.array([number is not None for number in listed])
        numbers = np.array([0 if number is None else number for number in listed])
        return Numbers(numbers[value.codes], None if known.all() else known[value.codes])

    @_shape.register(FunctionElement)
    def _function(self, expression: FunctionElement[Any]) -> Value:
        parts = [self._value(clause) for clause in expression.clauses]
        name = expression.name.lower()
        if name == "coalesce" and len(parts) == 2:
            return self._coalesce(parts[0], parts[1])
        if name == "nullif":
            numbers = self._as_numbers(parts[0])
            differs = numbers.numbers != parts[1]
            known = differs if numbers.known is None else numbers.known & differs
            return Numbers(np.where(differs, numbers.numbers, 1), known)
        if name == "floor":
            numbers = self._as_numbers(parts[0])
            return Numbers(np.floor(numbers.numbers), numbers.known)
        raise _not_understood(expression)

    def _coalesce(self, first: Value, second: Value) -> Value:
        if isinstance(first, np.ndarray):
            return first  # a condition on arrays is never unknown
        one, other = self._as_numbers(first), self._as_numbers(second)
        if one.known is None:
            return one
        known = None if other.known is None else one.known | other.known
        return Numbers(np.where(one.known, one.numbers, other.numbers), known)

    @_shape.register(Cast)
    def _cast(self, expression: Cast[Any]) -> Value:
        value = self._value(expression.clause)
        if isinstance(value, Numbers) and value.numbers.dtype.kind == "f":
            whole = np.nan_to_num(value.numbers).astype(np.int64)
            return Numbers(whole, value.known)
        return value

    @_shape.register(UnaryExpression)
    def _unary(self, expression: UnaryExpression[Any]) -> Value:
        value = self._value(expression.element)
        if expression.operator is operators.neg:
            numbers = self._as_numbers(value)
            return Numbers(-numbers.numbers, numbers.known)
        if expression.operator is operators.is_true:  # a stored switch among other conditions
            return self._as_mask(value)
        raise _not_understood(expression)

    @_shape.register(ColumnClause)
    def _column(self, expression: ColumnClause[Any]) -> Column:
        return self._columns.column(self._cursor, expression.name)

    def _as_mask(self, value: Value) -> Mask:
        if isinstance(value, Numbers):  # a stored switch
            return value.numbers.astype(bool, copy=False)
        if isinstance(value, bool):
            return np.full(self._columns.length, value)
        if isinstance(value, np.ndarray):
            return value
        raise TypeError("no condition")

    def _as_numbers(self, value: Value) -> Numbers:
        if isinstance(value, Numbers):
            return value
        if value is None:
            return Numbers(np.array(0), np.array(False))
        if isinstance(value, int | float):
            return Numbers(np.array(value))
        raise TypeError("no number")


def _both(one: Numbers, other: Numbers) -> Mask | None:
    if one.known is None:
        return other.known
    return one.known if other.known is None else one.known & other.known


def _chosen_known(mask: Mask, new: Mask | None, old: Mask | None) -> Mask | None:
    if new is None and old is None:
        return None
    yes = np.array(True)
    return np.where(mask, yes if new is None else new, yes if old is None else old)


def _recoded(chosen: list[tuple[Mask, Value]], rest: Coded) -> Coded:
    values, codes = rest.values, rest.codes
    for mask, then in reversed(chosen):
        if not isinstance(then, str):
            raise TypeError("a dimension takes texts only")
        if then not in values:
            values = (*values, then)
        codes = np.where(mask, np.array(values.index(then), dtype=np.int32), codes)
    return Coded(codes, values)


def _not_understood(expression: object) -> TypeError:
    return TypeError(f"cannot evaluate {type(expression).__name__}")


_WORK: dict[Any, Callable[[Evaluator, Any], Value]] = {}


def _work_for(kind: Any) -> Callable[[Evaluator, Any], Value]:
    """The method for a shape, found once: asking the method itself costs more than its work."""
    if kind not in _WORK:
        _WORK[kind] = vars(Evaluator)["_shape"].dispatcher.dispatch(kind)
    return _WORK[kind]
