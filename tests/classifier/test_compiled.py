"""What is compiled gives the same answers, to the last bit, as the source it was compiled from."""

import importlib
import shutil
import subprocess
import sys
from pathlib import Path
from types import ModuleType, SimpleNamespace

import pytest
from hypothesis import given
from hypothesis import strategies as st

import bot.classifier
from bot.classifier import compiled
from bot.classifier.corpus import read_corpus
from bot.tags import Tagging
from tests.classifier.conftest import SHIPPED
from tests.classifier.strategies import ANY_TEXT, CHINESE, PUNCTUATION, WORDS
from tests.classifier.test_corpus import CORPUS
from tests.conftest import ROOT

ABOVE = ("features", "model", "predict")  # what builds on the compiled modules


def modules(folders: list[str]) -> dict[str, ModuleType]:
    """Import the classifier anew, looked for in ``folders``, and leave what was imported before as it was."""
    names = [f"bot.classifier.{name}" for name in (*compiled.MODULES, *ABOVE)]
    before = {name: sys.modules.pop(name) for name in list(sys.modules) if name in names}
    path = list(bot.classifier.__path__)
    try:
        bot.classifier.__path__[:] = folders
        return {name.rpartition(".")[2]: importlib.import_module(name) for name in names}
    finally:
        bot.classifier.__path__[:] = path
        for name in names:
            sys.modules.pop(name, None)
        sys.modules.update(before)
        for name, module in before.items():
            setattr(bot.classifier, name.rpartition(".")[2], module)


@pytest.fixture(scope="module")
def both() -> SimpleNamespace:
    """A tagger that runs compiled, and one that runs interpreted."""
    if not compiled.folders():
        pytest.skip("the classifier is not compiled, or its sources changed since: run `make venv`")
    fast, plain = modules([str(compiled.BUILT), str(compiled.HERE)]), modules([str(compiled.HERE)])
    return SimpleNamespace(
        fast=fast,
        plain=plain,
        fast_tagger=fast["predict"].Tagger.load(SHIPPED),
        plain_tagger=plain["predict"].Tagger.load(SHIPPED),
    )


def said(tagger: object, text: str) -> tuple[Tagging, list[object]]:
    scored = tagger.scores(text)
    return tagger.tag(text), [scored.parts, list(scored.scores), scored.judged]


def test_one_is_compiled_and_the_other_is_not(both: SimpleNamespace) -> None:
    for name in compiled.MODULES:
        assert Path(both.fast[name].__file__).parent == compiled.BUILT, name
        assert both.plain[name].__file__ == str(compiled.HERE / f"{name}.py")


def test_what_is_compiled_is_what_serves() -> None:
    if not compiled.folders():
        pytest.skip("the classifier is not compiled, or its sources changed since: run `make venv`")
    code = "from bot.classifier import scoring, text; print(scoring.__file__, text.__file__)"
    done = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True, cwd=ROOT)
    assert [Path(file).parent.name for file in done.stdout.split()] == ["built", "built"]


@given(text=st.one_of(ANY_TEXT, CHINESE, PUNCTUATION, WORDS))
def test_compiled_and_interpreted_say_the_same_of_any_text(both: SimpleNamespace, text: str) -> None:
    assert both.fast["text"].fold(text) == both.plain["text"].fold(text)
    assert said(both.fast_tagger, text) == said(both.plain_tagger, text)


@pytest.mark.parametrize(
    "piece", ["好", "a", "😀", "，", "\x00", "好，", "不热情", " ", "\ud800", "但", "好!", "[手机号]"]
)
def test_they_say_the_same_of_long_and_odd_texts(both: SimpleNamespace, piece: str) -> None:
    assert said(both.fast_tagger, piece * 100_000) == said(both.plain_tagger, piece * 100_000)


def test_they_say_the_same_of_the_corpus(both: SimpleNamespace) -> None:
    for example in read_corpus(CORPUS)[::20]:
        assert said(both.fast_tagger, example.text) == said(both.plain_tagger, example.text)


def test_what_was_built_from_other_sources_is_passed_over(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for source in compiled.HERE.glob("*.p*"):
        shutil.copy(source, tmp_path)
    monkeypatch.setattr(compiled, "HERE", tmp_path)
    monkeypatch.setattr(compiled, "STAMP", tmp_path / "stamp")
    assert compiled.folders() == []
    compiled.STAMP.write_text(compiled.fingerprint())
    assert compiled.folders() == [str(compiled.BUILT)]
    for changed in (tmp_path / "scoring.py", tmp_path / "clauses.pxd"):
        content = changed.read_text()
        changed.write_text(content + "\n")
        assert compiled.folders() == []
        changed.write_text(content)
    assert compiled.folders() == [str(compiled.BUILT)]


def test_every_module_with_types_is_compiled() -> None:
    assert "scoring" in compiled.MODULES
    assert all((compiled.HERE / f"{name}.py").exists() for name in compiled.MODULES)
