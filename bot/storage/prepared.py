"""Statements that run with every praise: compiled once, then handed to the driver as they are.

SQLAlchemy makes a context and a result for each execution, which takes 30 µs, and 200 µs where a list is expanded;
recording and delivering a praise executes some thirty statements. What stays of it here is what it is good at: its SQL,
its types' conversions and its errors.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain, repeat
from typing import Any

from sqlalchemy import BindParameter, Connection, Delete, Dialect, Insert, Select, Update, exc
from sqlalchemy.sql.visitors import iterate

Values = Mapping[str, Any]
Convert = Callable[[Any], Any]

_STEP = 1024
_DOUBLE = 701  # PostgreSQL's code for double precision; only its numbers ask for the code, and all used here are these


@dataclass(frozen=True, slots=True)
class _Form:
    """A statement as one dialect says it, for given lengths of its lists."""

    sql: str
    order: Sequence[str] | None
    """Names of the parameters by position; None where the driver takes them by name."""
    constants: Values
    lists: Mapping[str, Sequence[str]]
    """For each list the names of the parameters it is expanded to."""
    into: tuple[tuple[Any, Convert], ...]
    """Conversions of parameters on their way into the database: of names, or of positions where these count."""
    out: tuple[tuple[int, Convert], ...]
    """Conversions of columns on their way out."""

    def parameters(self, values: Values) -> Any:
        """Return ``values`` as the driver takes them."""
        if self.constants or self.lists:
            values = {**self.constants, **values}
            for name, parts in self.lists.items():
                every = values[name]
                values.update(zip(parts, chain(every, repeat(every[-1] if every else None)), strict=False))
        if self.order is None and not self.into:
            return values
        given: Any = dict(values) if self.order is None else [values[name] for name in self.order]
        for key, convert in self.into:
            given[key] = convert(given[key])
        return given

    def row(self, found: Sequence[Any]) -> tuple[Any, ...]:
        """Return a row with its columns converted."""
        row = list(found)
        for index, convert in self.out:
            row[index] = convert(row[index])
        return tuple(row)


class Prepared:
    """A statement whose values are all ``bindparam``; expanding ones, for ``IN``, take a list.

    An insert names the ``columns`` it is given. Raises what SQLAlchemy would raise, without the values in the text.
    """

    def __init__(
        self, statement: Select[*tuple[Any, ...]] | Insert | Update | Delete, columns: Iterable[str] = ()
    ) -> None:
        self._statement = statement
        self._columns = list(columns) or None
        self._lists = tuple(
            bound.key for bound in iterate(statement) if isinstance(bound, BindParameter) and bound.expanding
        )
        self._forms: dict[object, _Form] = {}

    def rows(self, tx: Connection, values: Values) -> list[tuple[Any, ...]]:
        """Return all rows."""
        form = self._form(tx.dialect, values)
        try:
            found = tx.connection.dbapi_connection.execute(form.sql, form.parameters(values)).fetchall()  # type: ignore[union-attr]
        except Exception as error:
            raise _wrapped(tx, form, error) from error
        return [form.row(row) for row in found] if form.out else found

    def row(self, tx: Connection, values: Values) -> tuple[Any, ...] | None:
        """Return the first row."""
        found = self.rows(tx, values)
        return found[0] if found else None

    def value(self, tx: Connection, values: Values) -> Any:
        """Return the first column of the first row, None without one."""
        found = self.rows(tx, values)
        return found[0][0] if found else None

    def run(self, tx: Connection, values: Values) -> None:
        """Run a statement that returns no rows."""
        self.run_all(tx, [values])

    def run_all(self, tx: Connection, every: Sequence[Values]) -> None:
        """Run a statement that returns no rows once for each of ``every``.

        On PostgreSQL it travels with the next one, or with the commit, and only there fails if it does.
        """
        form = self._form(tx.dialect, every[0])
        given = [form.parameters(values) for values in every]
        connection: Any = tx.connection.dbapi_connection
        try:
            if tx.dialect.name == "postgresql":
                connection.later(form.sql, given)
            elif len(given) == 1:
                connection.execute(form.sql, given[0])
            else:
                connection.executemany(form.sql, given)
        except Exception as error:
            raise _wrapped(tx, form, error) from error

    def _form(self, dialect: Dialect, values: Values) -> _Form:
        lengths = [padded(len(values[name])) for name in self._lists]
        key = (dialect.name, *lengths) if lengths else dialect.name
        form = self._forms.get(key)
        if form is None:
            example = {name: list(values[name][:1]) * length for name, length in zip(self._lists, lengths, strict=True)}
            form = self._forms[key] = self._compiled(dialect, {**values, **example})
        return form

    def _compiled(self, dialect: Dialect, values: Values) -> _Form:
        compiled = self._statement.compile(dialect=dialect, column_keys=self._columns)
        state = compiled.construct_expanded_state(values)
        into = {
            name: bound.type.dialect_impl(dialect).bind_processor(dialect)
            for name, bound in compiled.binds.items()
            if name not in state.parameter_expansion
        }
        into.update(state.processors)
        out = [
            column.type.dialect_impl(dialect).result_processor(dialect, _DOUBLE)
            for column in self._statement.exported_columns
        ]
        given = {*values, *(part for parts in state.parameter_expansion.values() for part in parts)}
        constants = {name: value for name, value in state.parameters.items() if name not in given}
        for name in constants.keys() & into.keys():
            if (convert := into.pop(name)) is not None:
                constants[name] = convert(constants[name])
        order = state.positiontup
        places = enumerate(order) if order is not None else ((name, name) for name in into)
        return _Form(
            sql=state.statement,
            order=order,
            constants=constants,
            lists=state.parameter_expansion,
            into=tuple((key, convert) for key, name in places if (convert := into.get(name)) is not None),
            out=tuple((index, convert) for index, convert in enumerate(out) if convert is not None),
        )


def padded(length: int) -> int:
    """Return the length that a list of ``length`` values is filled up to, repeating its last.

    ``IN`` finds the same, and however many people a message names, there are few forms to compile and to keep.
    """
    step = 1 << (length - 1).bit_length() if length else 0
    return step if step <= _STEP else -(-length // _STEP) * _STEP


def _wrapped(tx: Connection, form: _Form, error: Exception) -> Exception:
    driver = tx.dialect.loaded_dbapi.Error
    if not isinstance(error, driver):
        return error
    return exc.DBAPIError.instance(form.sql, None, error, driver, hide_parameters=True, dialect=tx.dialect)
