"""Folded text cut into words as jieba cuts them, without its hidden Markov model.

rjieba, the same algorithm and dictionary in Rust, does it where it is installed; jieba itself is the reference and the
fallback, built without its cache file, which anybody on the machine could have planted.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable, Sequence
from functools import lru_cache

Cut = Callable[[str], list[str]]


@lru_cache(maxsize=1)
def jieba_cut() -> Cut:
    """Return jieba's own cutting (no hidden Markov model)."""
    return jieba_with(())


@lru_cache(maxsize=1)
def rjieba_cut() -> Cut | None:
    """Return rjieba's cutting, or None where it is not installed; see ``rjieba_with``."""
    return rjieba_with(())


def cutter() -> Cut:
    """Return the fastest cutting there is. The first call builds its dictionary: 0.1 s (rjieba) or 0.5 s (jieba)."""
    return rjieba_cut() or jieba_cut()


def cutter_with(words: Sequence[str]) -> Cut:
    """Return a cutting that knows ``words`` (folded) too, each as one; it has a dictionary of its own, 25 MB.

    Without any it is everybody's.
    """
    if not words:
        return cutter()
    return rjieba_with(words) or jieba_with(words)


def jieba_with(words: Sequence[str]) -> Cut:
    """Return jieba's cutting with ``words`` more, its dictionary read from its package, never from a cache."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", SyntaxWarning)  # invalid escapes in jieba's source
        import jieba

    tokenizer = jieba.Tokenizer()
    tokenizer.FREQ, tokenizer.total = tokenizer.gen_pfdict(tokenizer.get_dict_file())
    tokenizer.initialized = True
    for word in words:
        tokenizer.add_word(word, tokenizer.suggest_freq(word))

    def cut(folded: str) -> list[str]:
        return list(tokenizer.cut(folded, HMM=False))

    return cut


def rjieba_with(words: Sequence[str]) -> Cut | None:
    """Return rjieba's cutting with ``words`` more; None where it is not installed.

    It is jieba's, but where two cuts are equally likely: of 嗡嗡嗡 one takes 嗡 and 嗡嗡, the other 嗡嗡 and 嗡.
    """
    try:
        import rjieba
    except ImportError:
        return None
    tokenizer = rjieba.Jieba()
    for word in words:
        tokenizer.add_word(word, tokenizer.suggest_freq(word), None)  # just enough to stay whole

    def cut(folded: str) -> list[str]:
        return tokenizer.cut(folded, hmm=False)

    return cut
