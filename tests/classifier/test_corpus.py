import re
from collections import Counter, defaultdict
from dataclasses import replace
from pathlib import Path

import pytest

from bot.classifier.corpus import Example, Mark, Mislabelled, contradictions, fingerprint, read_corpus, read_file
from bot.errors import CorpusEmpty, FileNotText, FileUnreadable, FileUnusable, LabelColumnsMissing, LabelsWrong
from bot.tags import Tag, Tier

ROOT = Path(__file__).parents[2]
CORPUS = ROOT / "models" / "corpus"
DEV_FILES = ROOT.parent / "shared" / "data"

COLUMNS = [
    "id",
    "domain",
    "channel",
    "lang",
    "text",
    "praise",
    "attitude",
    "solution",
    "value_added",
    "primary",
    "tier",
    "hard",
]
GOOD = ["a1", "bank", "asr", "zh", "客服很耐心", "1", "1", "0", "0", "attitude", "basic", "-"]


@pytest.fixture(scope="module")
def corpus() -> list[Example]:
    return read_corpus(CORPUS)


def write(folder: Path, *rows: list[str], name: str = "some.tsv", header: list[str] = COLUMNS) -> Path:
    path = folder / name
    path.write_text("".join("\t".join(row) + "\n" for row in (header, *rows)), encoding="utf-8")
    return path


def changed(**cells: str) -> list[str]:
    return [cells.get(name, cell) for name, cell in zip(COLUMNS, GOOD, strict=True)]


def test_a_row_becomes_an_example(tmp_path: Path) -> None:
    examples, problems = read_file(write(tmp_path, GOOD))
    assert not problems
    (example,) = examples
    assert example == Example(
        "客服很耐心",
        True,
        (Tag.ATTITUDE,),
        Tag.ATTITUDE,
        Tier.BASIC,
        source="some",
        id="a1",
        domain="bank",
        channel="asr",
        lang="zh",
    )


@pytest.mark.parametrize(
    ("cells", "reason"),
    [
        ({"praise": "yes"}, ("not_a_flag", "yes", "praise")),
        ({"primary": "manner"}, ("not_a_primary", "manner")),
        ({"tier": "top"}, ("not_a_tier", "top")),
        ({"praise": "0"}, ("tagged_without_praise",)),
        ({"attitude": "0"}, ("praise_without_tag",)),
        ({"primary": "solution"}, ("primary_without_tag",)),
        ({"tier": "none"}, ("praise_without_tier",)),
        ({"tier": "highlight"}, ("highlight_without_value_added",)),
        ({"text": " "}, ("text_empty",)),
        ({"text": "两\t格"}, ("cells", "13", "12")),
    ],
)
def test_a_bad_row_is_listed_with_its_line_and_reason(
    tmp_path: Path, cells: dict[str, str], reason: tuple[str, ...]
) -> None:
    examples, problems = read_file(write(tmp_path, GOOD, changed(**cells)))
    assert len(examples) == 1
    assert Mislabelled("some.tsv", 3, *reason) in problems


def marked(cell: str) -> list[str]:
    return [*GOOD, cell]


def test_what_clauses_carry_is_read(tmp_path: Path) -> None:
    path = write(tmp_path, marked("0-2:g 2-5:a"), marked("-"), marked(""), header=[*COLUMNS, "clauses"])
    told, none, unseen = read_file(path)[0]
    assert told.marks == (Mark(0, 2, "g"), Mark(2, 5, "a"))
    assert none.marks == ()
    assert unseen.marks is None


@pytest.mark.parametrize(
    ("cell", "reason"),
    [
        ("2-9:a", ("bad_mark", "2-9:a")),
        ("2-2:a", ("bad_mark", "2-2:a")),
        ("0-3:a 2-5:a", ("bad_mark", "2-5:a")),
        ("0-3:q", ("bad_mark", "0-3:q")),
        ("0-3", ("bad_mark", "0-3")),
        ("0-5:av", ("mark_contradicts", "v", "value_added")),
    ],
)
def test_a_bad_mark_is_listed(tmp_path: Path, cell: str, reason: tuple[str, ...]) -> None:
    examples, problems = read_file(write(tmp_path, marked(cell), header=[*COLUMNS, "clauses"]))
    assert not examples
    assert problems == [Mislabelled("some.tsv", 2, *reason)]


def test_every_bad_row_of_a_corpus_is_told_at_once(tmp_path: Path) -> None:
    write(tmp_path, GOOD, changed(id="a2", tier="top"), name="one.tsv")
    write(tmp_path, changed(text="别的话"), changed(id="a3"), changed(id="a4", praise="2"), name="two.tsv")
    with pytest.raises(LabelsWrong) as caught:
        read_corpus(tmp_path)
    assert caught.value.problems == (
        Mislabelled("one.tsv", 3, "not_a_tier", "top"),
        Mislabelled("two.tsv", 4, "not_a_flag", "2", "praise"),
        Mislabelled("two.tsv", 0, "id_taken", "a1", "one.tsv"),
        Mislabelled("two.tsv", 0, "text_taken", "a3", "a1"),
    )


def test_a_file_without_a_needed_column_is_refused(tmp_path: Path) -> None:
    path = write(tmp_path, GOOD[:-1], header=COLUMNS[:-1])
    read_file(path)
    with pytest.raises(LabelColumnsMissing, match="hard"):
        read_file(path, described=True)


@pytest.mark.parametrize(
    ("content", "kind"), [(b"\xff\xfe\xfd", FileNotText), (b"", LabelColumnsMissing), (None, FileUnreadable)]
)
def test_a_file_that_is_no_table_is_refused(tmp_path: Path, content: bytes | None, kind: type[FileUnusable]) -> None:
    path = tmp_path / "some.tsv"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(kind):
        read_file(path)


def test_an_empty_folder_is_refused(tmp_path: Path) -> None:
    with pytest.raises(CorpusEmpty):
        read_corpus(tmp_path)


def test_the_fingerprint_changes_with_whatever_training_reads() -> None:
    one = Example("好", True, (Tag.ATTITUDE,), Tag.ATTITUDE, Tier.BASIC)
    assert fingerprint([one]) == fingerprint([one])
    assert fingerprint([one]) != fingerprint([Example("好", False)])
    assert fingerprint([one]) != fingerprint([one, one])
    assert fingerprint([one]) != fingerprint([replace(one, marks=(Mark(0, 1, "a"),))])


# The corpus itself.


def test_the_corpus_is_sound_and_large_enough(corpus: list[Example]) -> None:
    assert len(corpus) >= 1500
    assert not [example.id for example in corpus if contradictions(example)]


def test_the_corpus_has_both_sides_and_the_near_misses(corpus: list[Example]) -> None:
    others = [example for example in corpus if not example.praise]
    assert 0.4 <= len(others) / len(corpus) <= 0.6
    assert sum(example.hard != "-" for example in corpus) >= len(corpus) / 4
    assert {"sarcasm", "concession", "negation", "unresolved", "other_party"} <= {example.hard for example in others}
    assert {"zh", "zh-Hant", "en", "mixed"} <= {example.lang for example in corpus}


def test_the_readme_counts_the_corpus_rightly(corpus: list[Example]) -> None:
    readme = (CORPUS / "README.md").read_text(encoding="utf-8")
    table = re.findall(r"^\| `(\w+)\.tsv` \| (\d+) \| (\d+) \| (\d+) \| ([^|]+) \|", readme, re.MULTILINE)
    files: dict[str, list[Example]] = defaultdict(list)
    for example in corpus:
        files[example.source].append(example)
    assert {
        name: (int(all_), int(praise), int(hard), set(langs.split(", "))) for name, all_, praise, hard, langs in table
    } == {
        name: (
            len(rows),
            sum(row.praise for row in rows),
            sum(row.hard != "-" for row in rows),
            {f"{lang} {count}" for lang, count in Counter(row.lang for row in rows).items()},
        )
        for name, rows in files.items()
    }
    languages = Counter(example.lang for example in corpus)
    counts = {
        "customer comments": len(corpus),
        "are praise": sum(example.praise for example in corpus),
        "are marked as fooling keywords": sum(example.hard != "-" for example in corpus),
        "are English": languages["en"],
        "in traditional characters": languages["zh-Hant"],
        "mixed": languages["mixed"],
        "stretches": sum(len(example.marks or ()) for example in corpus),
    }
    text = " ".join(readme.split())
    assert not [told for what, count in counts.items() if (told := f"{count:,} {what}") not in text]


def test_the_corpus_has_no_near_duplicates(corpus: list[Example]) -> None:
    assert near_duplicates([(example.id, example.text) for example in corpus]) == []


def test_no_row_of_the_dev_files_is_in_the_corpus(corpus: list[Example]) -> None:
    files = sorted(DEV_FILES.glob("*_dev.tsv"))
    if not files:
        pytest.skip(f"the dev files are not at {DEV_FILES}")
    rows = [(f"{path.stem}:{row.id}", row.text) for path in files for row in read_file(path)[0]]
    own = [(example.id, example.text) for example in corpus]
    dev = {name for name, _ in rows}
    assert not [pair for pair in near_duplicates([*own, *rows]) if len(dev.intersection(pair)) == 1]


def near_duplicates(texts: list[tuple[str, str]], limit: float = 0.5) -> list[tuple[str, str]]:
    """Pairs of names whose texts share at least half of their runs of four characters."""
    found = []
    seen: dict[str, list[int]] = defaultdict(list)
    sizes: list[int] = []
    for number, (name, text) in enumerate(texts):
        grams = {text[at : at + 4] for at in range(max(1, len(text) - 3))}
        shared: dict[int, int] = defaultdict(int)
        for gram in grams:
            for other in seen[gram]:
                shared[other] += 1
            seen[gram].append(number)
        sizes.append(len(grams))
        found += [
            (texts[other][0], name)
            for other, count in shared.items()
            if count / (sizes[other] + len(grams) - count) >= limit
        ]
    return found
