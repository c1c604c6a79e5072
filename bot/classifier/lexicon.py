"""Words that tell who a clause is about and what it says: the knowledge that a few thousand comments cannot teach.

Each class is a plain list; a word may be in several. They become markers in ``features``, whose weights are learned, so
a word here is a hint and never a verdict; but negators turn round what follows, words of contrast part clauses, and
cues part those that have run on.

The lists are ``lexicon.zh.txt`` and ``lexicon.en.txt``: ``[class]``, then its words, separated by white space, folded
as ``text.fold`` folds comments. The words of a phrase are joined by "_". Words are looked up as jieba cuts them, alone
or several tokens together. A line that begins with "# " is a remark.
"""

from __future__ import annotations

from collections.abc import Mapping
from importlib.resources import files
from types import MappingProxyType

_LISTS = ("lexicon.zh.txt", "lexicon.en.txt")
_STEERING = ("negator", "cue", "governing")  # no classes


def _read() -> dict[str, tuple[str, ...]]:
    found: dict[str, list[str]] = {}
    for name in _LISTS:
        words: list[str] = []
        for line in files("bot.classifier").joinpath(name).read_text(encoding="utf-8").splitlines():
            if line.startswith("["):
                words = found.setdefault(line[1:-1], [])
            elif not line.startswith("# "):
                words += (word.replace("_", " ") for word in line.split())
    return {name: tuple(words) for name, words in found.items()}


_WORDS = _read()

CLASSES: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {name: words for name, words in _WORDS.items() if name not in _STEERING}
)
"""Class of a word → its words and phrases."""

NEGATORS = frozenset(_WORDS["negator"])
"""Words that turn what follows them round."""

CUES = frozenset(_WORDS["cue"])
"""Words, a token each, before which a clause ends that has run on, as in speech written down without punctuation."""

GOVERNING = frozenset(_WORDS["governing"])
"""Words, a token each, after which a cue is their object: "给她", "谢谢他们"."""
