"""Arbitrary cards and forms for hypothesis: nothing is too long, too many or too strange to be in one."""

from __future__ import annotations

from hypothesis import strategies as st

from bot.chat import Block, Button, Buttons, Card, Chart, Choice, Divider, Facts, Field, Form, Quote, Table, Text, Value

_CHARACTERS = st.characters() | st.sampled_from("表扬，。 \n\r\t&<>`*_~@#|👏🏽👩‍👧\u0301\u202e\u3000\ud83d\x00")
_PIECES = st.text(_CHARACTERS, max_size=12) | st.sampled_from(
    ["<!channel>", "<@U1>", "<#C1|x>", "@here", "<https://x|y>", "谢谢张三耐心解答", "&lt;", "👩‍👩‍👧‍👦", "&&&&"]
)
_LONG = st.builds(lambda piece, often: piece * often, _PIECES, st.sampled_from([1, 1, 30, 300, 2500]))
WORDS = _PIECES | _LONG
SHORT = st.text(_CHARACTERS, max_size=8)


def _tuples(of: st.SearchStrategy[str], most: int) -> st.SearchStrategy[tuple[str, ...]]:
    return st.lists(of, max_size=most).map(tuple)


_VALUES = st.dictionaries(SHORT, SHORT, max_size=4)
_STYLES = st.sampled_from(["normal", "primary", "danger"])
_BUTTONS = st.builds(Button, SHORT, WORDS, _VALUES, _STYLES, st.none() | WORDS)
_ROWS = st.lists(_BUTTONS, max_size=4).map(tuple) | st.builds(lambda name: (Button(name, name),) * 60, SHORT)
_CELLS = _tuples(WORDS, 5)
_TABLES = st.builds(Table, _CELLS, st.lists(_CELLS, max_size=6).map(tuple), st.none() | st.integers(0, 6))
_LONG_TABLES = st.builds(lambda cells: Table(cells, (cells,) * 150, 1), _tuples(_PIECES, 5))
_BLOCKS: st.SearchStrategy[Block] = st.one_of(
    st.builds(Text, WORDS, st.sampled_from(["normal", "quiet", "strong"])),
    st.builds(Quote, WORDS, _tuples(SHORT, 3)),
    st.builds(Facts, st.lists(st.tuples(WORDS, WORDS), max_size=12).map(tuple)),
    _TABLES,
    _LONG_TABLES,
    st.builds(Chart, WORDS, _tuples(WORDS, 3), st.lists(st.integers(), max_size=3).map(tuple), SHORT),
    st.builds(Buttons, _ROWS),
    st.just(Divider()),
)
_MANY: st.SearchStrategy[Block] = st.builds(Text, _PIECES) | st.builds(Quote, st.just("谢谢 <&> " * 300))
_SOME_BLOCKS = st.lists(_BLOCKS, max_size=6).map(tuple) | st.builds(lambda block: (block, Divider()) * 60, _MANY)
CARDS = st.builds(Card, WORDS, _SOME_BLOCKS, st.none() | WORDS, st.sampled_from(["neutral", "good", "attention"]))

_CHOICES = st.builds(Choice, SHORT, WORDS)
_SOME_CHOICES = st.lists(_CHOICES, max_size=12) | st.builds(
    lambda label, count: [Choice(str(number), label) for number in range(count)], WORDS, st.sampled_from([100, 200])
)


@st.composite
def _fields(draw: st.DrawFn, name: str) -> Field:
    choices = tuple(draw(_SOME_CHOICES))
    values: st.SearchStrategy[Value] = WORDS | _tuples(SHORT | st.sampled_from(["U1", "W2A", "true", "150"]), 5)
    if choices:
        values |= st.sampled_from(choices).map(lambda choice: choice.value)
    return Field(
        name=name,
        label=draw(WORDS),
        kind=draw(st.sampled_from(["text", "people", "choice", "toggle"])),
        required=draw(st.booleans()),
        several=draw(st.booleans()),
        choices=choices,
        value=draw(values),
        hint=draw(st.just("") | WORDS),
        limit=draw(st.sampled_from([0, 1, 150, 151, 2000, 3000, 9000])),
    )


@st.composite
def _forms(draw: st.DrawFn) -> Form:
    names = draw(st.lists(SHORT, max_size=5, unique=True))
    return Form(
        name=draw(st.sampled_from(["praise.submit", "confirm.retag"])),
        title=draw(WORDS),
        submit=draw(WORDS),
        fields=tuple(draw(_fields(name)) for name in names),
        carries=draw(_VALUES),
        errors=draw(st.dictionaries(st.sampled_from([*names, "of no field"]), WORDS, max_size=3)),
        about=draw(st.just("") | WORDS),
    )


FORMS = _forms()
