from bot.classifier.clauses import BITS, BITS_OF, NAMES, look_up
from bot.classifier.cutting import cutter
from bot.classifier.lexicon import CLASSES, CUES, GOVERNING, NEGATORS
from bot.classifier.text import fold

LISTS = {**CLASSES, "negator": tuple(NEGATORS)}


def test_every_word_is_listed_once_in_a_class() -> None:
    assert all(len(words) == len(set(words)) for words in CLASSES.values())


def test_every_word_is_written_as_comments_are_folded() -> None:
    assert [word for words in LISTS.values() for word in words if fold(word) != word] == []


def test_every_word_and_phrase_is_found_as_it_is_cut() -> None:
    cut = cutter()
    missed = [
        (name, word)
        for name, words in LISTS.items()
        for word in words
        if not look_up(cut(word), BITS_OF)[0] >> NAMES.index(name) & 1
    ]
    assert missed == []


def test_cues_and_what_governs_them_are_tokens_as_folded() -> None:
    cut = cutter()
    assert [word for word in CUES | GOVERNING if fold(word) != word or cut(word) != [word]] == []


def test_no_cue_is_a_contrast_which_parts_clauses_anyway() -> None:
    assert CUES.isdisjoint(CLASSES["contrast"])


def test_what_is_known_of_tokens_leaves_room_for_rows() -> None:
    assert max(BITS_OF.values()) < 1 << BITS
