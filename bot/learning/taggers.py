"""Which model tags whose comments: an organisation's own, else the shared one, else the one that was shipped.

A process looks at the registry every few seconds. A model that was promoted meanwhile is loaded beside the one that
serves, checked, and takes its place at once; one that is damaged or belongs to another version does not, and whoever
sees all of the organisation is told.
"""

from __future__ import annotations

import asyncio
import logging
from collections import OrderedDict
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from bot.classifier import model as artefact
from bot.classifier.cutting import cutter, cutter_with
from bot.classifier.model import Packed
from bot.classifier.predict import Tagger
from bot.errors import ModelChanged, ModelMissing, ModelUnusable, place_of
from bot.learning.keeping import serving_of
from bot.learning.words import worth_keeping
from bot.storage import models, organisations, words
from bot.storage.database import Database, Tx

log = logging.getLogger(__name__)

EVERY = 2.0
"""Seconds between looks at what serves."""
_WORDS_EVERY = 30
"""Looks between looks at organisations' words, which change rarely."""
LOADED = 8
"""Organisations' taggers kept loaded, those used last: some 10 MB each, and 25 MB more with words of their own."""
_ATTEMPTS = 3
"""Models of an organisation that are tried, newest first, before it gets the shared one."""
_WORKSPACES = 10_000

Broken = Callable[[Tx, int | None, int, datetime], None]
"""Told that an organisation's model (None: the shared one) cannot serve: its id, and when."""

_Place = tuple[str, str]


@dataclass(frozen=True, slots=True)
class _Wanted:
    """What an organisation should be served by: the id of a model (None: the shipped one), and its own words."""

    model: int | None
    words: tuple[str, ...]


class Taggers:
    """The taggers of all organisations. ``shipped`` serves who has nothing of their own; ``broken`` is called, in a
    transaction, when a model cannot serve.
    """

    def __init__(
        self,
        database: Database,
        shipped: Tagger,
        clock: Callable[[], datetime],
        broken: Broken = lambda *_: None,
    ) -> None:
        self._database = database
        self._shipped = shipped
        self._clock = clock
        self._broken = broken
        self._serving: Mapping[int | None, int] = {}
        self._revisions: Mapping[int, str] = {}
        self._words: dict[int, tuple[str, ...]] = {}
        self._loaded: OrderedDict[int | None, tuple[_Wanted, Tagger]] = OrderedDict()
        self._workspaces: dict[_Place, int | None] = {}
        self._changing = asyncio.Lock()
        self._looks = 0

    async def at(self, platform: str, workspace: str) -> Tagger:
        """Return the tagger of the organisation that a workspace belongs to."""
        if not self._looks:
            await self.look()
        if not self._words and self._serving.keys() <= {None}:  # then all have the same
            return await self._ready(None)
        place = (platform, workspace)
        if place not in self._workspaces:
            organisation = await self._database.read(organisations.of_workspace, platform, workspace)
            if organisation is None:  # nobody's yet
                return await self._ready(None)
            if len(self._workspaces) >= _WORKSPACES:
                self._workspaces.clear()
            self._workspaces[place] = organisation.id
        return await self._ready(self._workspaces[place])

    async def of(self, organisation_id: int) -> Tagger:
        """Return the tagger of an organisation."""
        if not self._looks:
            await self.look()
        return await self._ready(organisation_id)

    async def shared(self) -> Tagger:
        """Return the tagger of who has nothing of their own."""
        if not self._looks:
            await self.look()
        return await self._ready(None)

    async def follow(self) -> None:
        """Look at the registry again and again, until cancelled; a failure is logged and does not end it."""
        while True:
            try:
                await self.look()
            except Exception as error:
                log.warning("what serves could not be looked up: %s", place_of(error))
            await asyncio.sleep(EVERY)

    async def look(self) -> None:
        """Notice what was promoted, rolled back or renamed since the last look, and change what is loaded."""
        async with self._changing:
            serving = await self._database.read(models.serving)
            if self._looks % _WORDS_EVERY == 0:
                await self._look_at_words()
            if serving != self._serving:
                self._workspaces.clear()
            self._serving = serving
            self._looks += 1
            for key, (had, tagger) in list(self._loaded.items()):
                wanted = self._wanted(key)
                if wanted != had:
                    self._loaded[key] = (wanted, await self._load(key, wanted, instead_of=tagger))

    async def _look_at_words(self) -> None:
        revisions = await self._database.read(words.revisions)
        for organisation_id, revision in revisions.items():
            if self._revisions.get(organisation_id) != revision:
                spoken = await self._database.read(words.spoken, organisation_id)
                kept = await asyncio.to_thread(worth_keeping, spoken, cutter())
                self._words.pop(organisation_id, None)
                if kept:
                    self._words[organisation_id] = kept
        self._revisions = revisions
        self._workspaces.clear()  # one may have been connected to another organisation

    def _wanted(self, key: int | None) -> _Wanted:
        shared = self._serving.get(None)
        return _Wanted(self._serving.get(key, shared), self._words.get(key, ()) if key is not None else ())

    async def _ready(self, organisation_id: int | None) -> Tagger:
        key = organisation_id if organisation_id in self._serving or organisation_id in self._words else None
        if key is None and None not in self._serving:
            return self._shipped
        if key not in self._loaded:
            async with self._changing:
                if key not in self._loaded:
                    wanted = self._wanted(key)
                    self._loaded[key] = (wanted, await self._load(key, wanted))
                    while len(self._loaded) > LOADED:
                        self._loaded.popitem(last=False)
        self._loaded.move_to_end(key)
        return self._loaded[key][1]

    async def _load(self, key: int | None, wanted: _Wanted, *, instead_of: Tagger | None = None) -> Tagger:
        """Return the tagger that is wanted; where it cannot be had the one so far, or what served before."""
        tagger = self._shipped
        if wanted.model is not None:
            tagger = await self._loaded_model(key, wanted.model) or instead_of or await self._earlier(key, wanted.model)
        if wanted.words:
            return tagger.cutting(await asyncio.to_thread(cutter_with, wanted.words))
        return tagger.cutting(cutter()) if tagger is instead_of else tagger

    async def _earlier(self, key: int | None, broken: int) -> Tagger:
        line = await self._database.read(models.line, key)
        shared = await self._database.read(models.line, None) if key is not None else ()
        for model_id in (*line[:_ATTEMPTS], *shared[:_ATTEMPTS]):
            if model_id != broken and (tagger := await self._loaded_model(key, model_id)) is not None:
                return tagger
        return self._shipped

    async def _loaded_model(self, key: int | None, model_id: int) -> Tagger | None:
        try:
            tagger = await read_model(self._database, model_id)
        except ModelUnusable as error:
            log.error("model %d cannot serve, what served before goes on: %s", model_id, type(error).__name__)
            await self._database.write(self._broken, key, model_id, self._clock())
            return None
        log.info("model %s serves organisation %s", tagger.name, key or "any")
        return tagger


async def read_model(database: Database, model_id: int) -> Tagger:
    """Return a model of the registry, loaded. Raises ``ModelUnusable``, also for one that is no longer there."""
    packed = await _files(database, model_id)
    return await asyncio.to_thread(Tagger.of, packed, _place(model_id))


async def packed_for(database: Database, organisation_id: int, shipped: Path) -> Packed:
    """Return what tags for an organisation, to be used elsewhere: its model, else the shared one, else the one in
    ``shipped``, with its own words. Raises ``ModelUnusable``; no earlier model stands in for a damaged one.
    """
    model_id = await database.read(serving_of, organisation_id)
    packed = artefact.read(shipped) if model_id is None else await _files(database, model_id)
    spoken = await database.read(words.spoken, organisation_id)
    return packed._replace(words=worth_keeping(spoken, cutter()))


async def _files(database: Database, model_id: int) -> Packed:
    found = await database.read(models.files, model_id)
    if found is None:
        raise ModelMissing(path=_place(model_id), reason=LookupError(model_id))
    return await asyncio.to_thread(_checked, *found, _place(model_id))


def _checked(files: models.Files, sha256: str, place: Path) -> Packed:
    if files.sha256 != sha256:
        raise ModelChanged(path=place, card=artefact.CARD)
    return Packed(files.card.encode(), files.weights)


def _place(model_id: int) -> Path:
    """Return what errors name in the place of a folder."""
    return Path(f"model {model_id}")
