"""The trained model as files: weights in ``weights.npz``, all else in ``card.json``, with the weights' SHA-256.

No pickle: loading runs no code from the files. Both are checked before either is believed, so a damaged, foreign or
half replaced model is refused as a whole.
"""

from __future__ import annotations

import hashlib
import io
import json
import os
import tempfile
import zipfile
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from bot.classifier.decision import HEADS, Policy
from bot.classifier.judging import EVIDENCE, SCORED, Judge
from bot.errors import ModelCardBroken, ModelChanged, ModelDamaged, ModelForeign, ModelMissing, ModelTooLarge

FORMAT = 7
"""Version of the files' layout and of the features' meaning; a model of another is refused."""

WEIGHTS = "weights.npz"
CARD = "card.json"

_LARGEST_FILE = 64 * 1024 * 1024  # bytes; a shipped model is a tenth of this
_DTYPES = {"vocabulary": np.uint8, "values": np.float32, "weights": np.float32, "intercepts": np.float64}
_JUDGE = ("inner", "inner_bias", "outer", "outer_bias")


@dataclass(frozen=True, slots=True)
class Model:
    """A linear model over counts of features, a judge of its scores, and the policy that decides.

    ``vocabulary`` V features; ``values`` (V,) what each occurrence of a feature counts; ``weights`` (V, 2 * scored) and
    ``intercepts`` (2 * scored,) in the order of ``judging.SCORED``: for a comment as a whole, then for a clause of it.
    With ``n`` the root of 1 and the sum of the squared values of all occurrences but markers, a text scores
    ``sum(values * weights) / sqrt(n * typical_norm) + intercept``: long texts count for more, but not in proportion.
    """

    vocabulary: tuple[str, ...]
    values: NDArray[np.float32]
    weights: NDArray[np.float32]
    intercepts: NDArray[np.float64]
    typical_norm: float
    judge: Judge
    policy: Policy


class Packed(NamedTuple):
    """A model as its files hold it, and the words that comments are cut with beside the dictionary's: what is sent to
    where its folder cannot be read.
    """

    card: bytes
    weights: bytes
    words: tuple[str, ...] = ()

    @property
    def digest(self) -> str:
        """The SHA-256 of the card, which tells that of the weights, and of the words: one for all."""
        return hashlib.sha256(b"\n".join((self.card, *map(str.encode, self.words)))).hexdigest()


def save(model: Model, facts: Mapping[str, Any], folder: Path) -> dict[str, Any]:
    """Write the model and its card into ``folder`` and return the card.

    Each file replaces its predecessor at once; a crash between the two leaves a pair that is refused.
    """
    card, packed = to_bytes(model, facts)
    folder.mkdir(parents=True, exist_ok=True)
    _replace(folder / WEIGHTS, packed)
    _replace(folder / CARD, (json.dumps(card, ensure_ascii=False, indent=1) + "\n").encode())
    return card


def to_bytes(model: Model, facts: Mapping[str, Any]) -> tuple[dict[str, Any], bytes]:
    """Return the model's card and its weights. The same model gives the same bytes.

    ``facts`` are what the card tells beside what loading needs: data, versions, figures, limits.
    """
    packed = _pack(model)
    digest = hashlib.sha256(packed).hexdigest()
    card = {
        "format": FORMAT,
        "model": f"tagger-{digest[:12]}",
        "sha256": digest,
        "heads": list(SCORED),
        "features": len(model.vocabulary),
        "typical_norm": model.typical_norm,
        "policy": asdict(model.policy),
        **facts,
    }
    return card, packed


def load(folder: Path) -> tuple[Model, dict[str, Any]]:
    """Return the model in ``folder`` and its card. Raises ``ModelUnusable`` if anything is amiss."""
    return unpack(read(folder), folder)


def read(folder: Path) -> Packed:
    """Return the model in ``folder`` as it is, unchecked. Raises ``ModelMissing`` or ``ModelTooLarge``."""
    return Packed(_read(folder / CARD), _read(folder / WEIGHTS))


def unpack(packed: Packed, folder: Path) -> tuple[Model, dict[str, Any]]:
    """Return a model and its card; ``folder`` is what errors name. Raises ``ModelUnusable`` if anything is amiss."""
    card = _card(packed.card, folder / CARD)
    if hashlib.sha256(packed.weights).hexdigest() != card.get("sha256"):
        raise ModelChanged(path=folder / WEIGHTS, card=CARD)
    try:
        return _unpack(packed.weights, card), card
    except (KeyError, TypeError, ValueError, OSError, EOFError, zipfile.BadZipFile) as error:
        raise ModelDamaged(folder=folder, detail=error) from error


def _pack(model: Model) -> bytes:
    stream = io.BytesIO()
    np.savez_compressed(
        stream,
        vocabulary=np.frombuffer("\n".join(model.vocabulary).encode(), dtype=np.uint8),
        values=model.values,
        weights=model.weights,
        intercepts=model.intercepts,
        **{name: getattr(model.judge, name) for name in _JUDGE},
    )
    return stream.getvalue()


def _unpack(packed: bytes, card: Mapping[str, Any]) -> Model:
    with np.load(io.BytesIO(packed), allow_pickle=False) as arrays:
        parts = {name: arrays[name] for name in (*_DTYPES, *_JUDGE)}
    for name, dtype in {**_DTYPES, **dict.fromkeys(_JUDGE, np.float64)}.items():
        if parts[name].dtype != dtype:
            raise ValueError(f"{name} is {parts[name].dtype}, not {np.dtype(dtype)}")
    vocabulary = tuple(parts["vocabulary"].tobytes().decode().split("\n"))
    count = len(vocabulary)
    units = parts["inner_bias"].size
    shapes = {
        "values": (count,),
        "weights": (count, 2 * len(SCORED)),
        "intercepts": (2 * len(SCORED),),
        "inner": (EVIDENCE, units),
        "inner_bias": (units,),
        "outer": (units, len(HEADS)),
        "outer_bias": (len(HEADS),),
    }
    for name, shape in shapes.items():
        if parts[name].shape != shape:
            raise ValueError(f"{name} has the shape {parts[name].shape}, not {shape}")
        if not np.isfinite(parts[name]).all():
            raise ValueError(f"{name} holds numbers that are not finite")
    if card["features"] != count or len(set(vocabulary)) != count:
        raise ValueError(f"{count} features, {len(set(vocabulary))} of them distinct, {card['features']} on the card")
    typical_norm = float(card["typical_norm"])
    if not 0 < typical_norm < float("inf"):
        raise ValueError(f"typical_norm is {typical_norm}")
    judge = Judge(*(parts[name] for name in _JUDGE))
    policy = _policy(card["policy"])
    return Model(vocabulary, parts["values"], parts["weights"], parts["intercepts"], typical_norm, judge, policy)


def _policy(told: Mapping[str, Any]) -> Policy:
    sizes = {
        "slopes": len(HEADS),
        "offsets": len(HEADS),
        "lengths": len(HEADS),
        "tags": 3,
        "primary": 3,
        "sure_of_praise": 4,
        "sure_of_none": 2,
    }
    numbers: dict[str, Any] = {}
    for field in fields(Policy):
        value = told[field.name]
        if field.name not in sizes:
            numbers[field.name] = float(value)
            continue
        numbers[field.name] = tuple(float(number) for number in value)
        if len(numbers[field.name]) != sizes[field.name]:
            raise ValueError(f"{field.name} has {len(value)} numbers, not {sizes[field.name]}")
    return Policy(**numbers)


def _card(content: bytes, path: Path) -> dict[str, Any]:
    """Return the card that was read from ``path``."""
    try:
        card = json.loads(content)
    except (ValueError, RecursionError) as error:
        raise ModelCardBroken(path=path) from error
    if not isinstance(card, dict) or card.get("format") != FORMAT or card.get("heads") != list(SCORED):
        raise ModelForeign(path=path)
    return card


def _read(path: Path) -> bytes:
    try:
        if path.stat().st_size > _LARGEST_FILE:
            raise ModelTooLarge(path=path)
        return path.read_bytes()
    except OSError as error:
        raise ModelMissing(path=path, reason=error) from error


def _replace(path: Path, content: bytes) -> None:
    handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(handle, "wb") as stream:
            stream.write(content)
            stream.flush()
            os.fsync(stream.fileno())
        Path(temporary).chmod(0o644)
        Path(temporary).replace(path)
    except BaseException:
        Path(temporary).unlink(missing_ok=True)
        raise
