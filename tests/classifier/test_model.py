import io
import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from bot.classifier.decision import HEADS
from bot.classifier.judging import EVIDENCE, SCORED, Judge
from bot.classifier.model import CARD, WEIGHTS, Model, load, save
from bot.classifier.predict import Tagger
from bot.classifier.train import Trained
from bot.errors import (
    ModelCardBroken,
    ModelChanged,
    ModelDamaged,
    ModelForeign,
    ModelMissing,
    ModelTooLarge,
    ModelUnusable,
)
from tests.classifier.conftest import SHIPPED

COLUMNS = 2 * len(SCORED)


def test_a_saved_model_is_loaded_as_it_was(trained: Trained, model_folder: Path) -> None:
    loaded, card = load(model_folder)
    assert loaded.vocabulary == trained.model.vocabulary
    assert loaded.policy == trained.model.policy
    for name in ("values", "weights", "intercepts"):
        assert np.array_equal(getattr(loaded, name), getattr(trained.model, name))
    for name in ("inner", "inner_bias", "outer", "outer_bias"):
        assert np.array_equal(getattr(loaded.judge, name), getattr(trained.model.judge, name))
    assert card["data"]["rows"] == trained.facts["data"]["rows"]


def test_the_same_model_gives_the_same_bytes(trained: Trained, tmp_path: Path) -> None:
    for name in ("one", "two"):
        save(trained.model, trained.facts, tmp_path / name)
    for file in (WEIGHTS, CARD):
        assert (tmp_path / "one" / file).read_bytes() == (tmp_path / "two" / file).read_bytes()


def test_saving_over_a_model_leaves_nothing_else_behind(trained: Trained, tmp_path: Path) -> None:
    save(trained.model, trained.facts, tmp_path)
    save(trained.model, trained.facts, tmp_path)
    assert sorted(path.name for path in tmp_path.iterdir()) == [CARD, WEIGHTS]


def cut_short(folder: Path) -> None:
    path = folder / WEIGHTS
    path.write_bytes(path.read_bytes()[:-100])


def flip_a_bit(folder: Path) -> None:
    path = folder / WEIGHTS
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)


def swap_in_another(folder: Path) -> None:
    (folder / WEIGHTS).write_bytes((SHIPPED / WEIGHTS).read_bytes())


def spoil_the_card(folder: Path) -> None:
    (folder / CARD).write_text("{")


def empty_the_card(folder: Path) -> None:
    (folder / CARD).write_text("{}")


def card_of_another_version(folder: Path) -> None:
    change_card(folder, format=99)


def card_without_policy(folder: Path) -> None:
    change_card(folder, policy={})


def policy_cut_short(folder: Path) -> None:
    card = json.loads((folder / CARD).read_text())
    change_card(folder, policy={**card["policy"], "tags": [0.5]})


def norm_of_nothing(folder: Path) -> None:
    change_card(folder, typical_norm=0)


def other_count(folder: Path) -> None:
    change_card(folder, features=1)


def without_weights(folder: Path) -> None:
    (folder / WEIGHTS).unlink()


def without_card(folder: Path) -> None:
    (folder / CARD).unlink()


def change_card(folder: Path, **changes: Any) -> None:
    card = json.loads((folder / CARD).read_text())
    (folder / CARD).write_text(json.dumps({**card, **changes}))


def deep_card(folder: Path) -> None:
    (folder / CARD).write_text("[" * 100_000)


def swollen_weights(folder: Path) -> None:
    with (folder / WEIGHTS).open("r+b") as file:
        file.truncate(1 << 30)  # sparse


DAMAGES: dict[Callable[[Path], None], type[ModelUnusable]] = {
    cut_short: ModelChanged,
    flip_a_bit: ModelChanged,
    swap_in_another: ModelChanged,
    swollen_weights: ModelTooLarge,
    spoil_the_card: ModelCardBroken,
    deep_card: ModelCardBroken,
    empty_the_card: ModelForeign,
    card_of_another_version: ModelForeign,
    card_without_policy: ModelDamaged,
    policy_cut_short: ModelDamaged,
    norm_of_nothing: ModelDamaged,
    other_count: ModelDamaged,
    without_weights: ModelMissing,
    without_card: ModelMissing,
}


@pytest.mark.parametrize(("damage", "kind"), DAMAGES.items(), ids=[damage.__name__ for damage in DAMAGES])
def test_a_damaged_model_is_refused_as_a_whole(
    trained: Trained, tmp_path: Path, damage: Callable[[Path], None], kind: type[ModelUnusable]
) -> None:
    save(trained.model, trained.facts, tmp_path)
    damage(tmp_path)
    with pytest.raises(kind, match="Copy") as caught:
        Tagger.load(tmp_path)
    assert str(tmp_path) in str(caught.value)


@pytest.mark.parametrize(
    "changes",
    [
        {"weights": np.zeros((3, COLUMNS), np.float32)},
        {"weights": np.zeros((2, COLUMNS - 1), np.float32)},
        {"values": np.array([1, np.nan], np.float32)},
        {"values": np.ones(2, np.float64)},
        {"intercepts": np.zeros(COLUMNS - 1)},
        {"judge": Judge(np.zeros((EVIDENCE - 1, 2)), np.zeros(2), np.zeros((2, len(HEADS))), np.zeros(len(HEADS)))},
        {"judge": Judge(np.zeros((EVIDENCE, 2)), np.zeros(3), np.zeros((2, len(HEADS))), np.zeros(len(HEADS)))},
        {"vocabulary": ("好 ", "好 ")},
    ],
)
def test_arrays_that_do_not_fit_are_refused_though_the_hash_is_right(
    trained: Trained, tmp_path: Path, changes: dict[str, Any]
) -> None:
    fitting = Model(
        ("好 ", "差 "),
        np.ones(2, np.float32),
        np.zeros((2, COLUMNS), np.float32),
        np.zeros(COLUMNS),
        1.0,
        Judge(np.zeros((EVIDENCE, 2)), np.zeros(2), np.zeros((2, len(HEADS))), np.zeros(len(HEADS))),
        trained.model.policy,
    )
    save(fitting, {}, tmp_path)
    load(tmp_path)
    save(replace(fitting, **changes), {}, tmp_path)
    with pytest.raises(ModelDamaged):
        load(tmp_path)


def test_a_pickle_in_the_weights_is_never_opened(trained: Trained, tmp_path: Path) -> None:
    class Trap:
        def __reduce__(self) -> tuple[Any, ...]:
            return (pytest.fail, ("the pickle was opened",))

    stream = io.BytesIO()
    np.savez(stream, vocabulary=np.array([Trap()], dtype=object))
    save(trained.model, trained.facts, tmp_path)
    (tmp_path / WEIGHTS).write_bytes(stream.getvalue())
    import hashlib

    change_card(tmp_path, sha256=hashlib.sha256(stream.getvalue()).hexdigest())
    with pytest.raises(ModelDamaged):
        load(tmp_path)


def test_the_shipped_model_is_small_and_tells_where_it_comes_from() -> None:
    card = load(SHIPPED)[1]
    assert (SHIPPED / WEIGHTS).stat().st_size < 6_000_000
    assert card["data"]["rows"] >= 1500
    assert {"overall", "source", "domain", "lang"} <= set(card["figures"])
    assert card["limits"]
    assert card["may_fail"]
