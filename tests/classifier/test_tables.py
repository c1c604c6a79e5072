"""Files in pieces: read piece by piece they say what they say as a whole."""

import io
from collections.abc import Iterable
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from bot.classifier.tables import Delimited, Piece, Table, open_text, pieces, table

CELLS = st.text(st.sampled_from('a\u5ba2",\t\r\n'), max_size=12)
FILES = st.lists(CELLS, max_size=12).map("\n".join)


@given(FILES, st.sampled_from(["csv", "tsv", "jsonl"]), st.integers(1, 20))
def test_pieces_hold_whole_rows_whatever_their_size(content: str, kind: str, size: int) -> None:
    whole = rows_of("text\n" + content, kind, 1 << 20)
    assert rows_of("text\n" + content, kind, size) == whole


def rows_of(content: str, kind: str, size: int) -> list[tuple[object, object]]:
    stream = io.TextIOWrapper(io.BytesIO(content.encode()), encoding="utf-8", newline="")
    rows = table(stream, kind, ())
    found = list(pieces(stream, rows, size))
    assert "".join(piece.text for piece in found) == content[len("text\n") if isinstance(rows, Delimited) else 0 :]
    return contents(rows, found)


def contents(rows: Table, found: Iterable[Piece]) -> list[tuple[object, object]]:
    return [(row.content, row.problem and row.problem.code) for piece in found for row in rows.rows(piece.text)]


@given(FILES, st.sampled_from(["csv", "tsv"]), st.integers(1, 20))
def test_lines_counted_by_pieces_lead_to_where_they_end(content: str, kind: str, size: int) -> None:
    def opened() -> io.TextIOWrapper:
        return io.TextIOWrapper(io.BytesIO(f"text\n{content}".encode()), encoding="utf-8", newline="")

    stream = opened()
    found = list(pieces(stream, table(stream, kind, ()), size))
    for at in range(len(found)):
        again = opened()
        rows = table(again, kind, ())
        for _ in range(sum(piece.lines for piece in found[:at])):
            next(again)
        assert contents(rows, pieces(again, rows, size)) == contents(rows, found[at:])


def test_a_quotation_mark_left_open_is_looked_for_a_few_times_only(tmp_path: Path) -> None:
    source = tmp_path / "in.csv"
    source.write_text('text\n"' + "x\n" * 20_000, encoding="utf-8")
    looked = 0

    class Counting(Delimited):
        def whole(self, lines: list[str]) -> int:
            nonlocal looked
            looked += 1
            return super().whole(lines)

    with open_text(source) as stream:
        rows = table(stream, "csv", ())
        assert isinstance(rows, Delimited)
        counting = Counting(rows.quoted, rows.header, rows.text, rows.kept)
        assert len(list(pieces(stream, counting, 100))) == 1
    assert looked < 15
