"""Delivers the outbox and runs the jobs that are due. Any number may run: rows are claimed, jobs write keys once."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import random
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta

from bot.chat import Address, Platform, Throttled, Undeliverable, Why
from bot.dispatch import Job
from bot.errors import Unavailable, place_of
from bot.storage import outbox
from bot.storage.database import Database, Tx
from bot.storage.outbox import Delivery

log = logging.getLogger(__name__)

LEASE = timedelta(seconds=60)
_ROUND = 30.0  # seconds after a claim in which sending still begins: with _SENDING it ends well before the lease
_SENDING = 20.0  # seconds one message may take; a platform that hangs keeps nobody else waiting
_ATTEMPTS = 20  # with the delays below: about a day
_LONGEST_DELAY = 3 * 3600.0
_SPREAD = 1.3  # so much longer a message may wait, so that not everybody comes back at once
_ADDRESSES = 64  # being served at the same time before nothing more is claimed
_GATHERING = 0.05  # seconds between claims: most arrive meanwhile, and what is written is claimed together
_STOPPING = 5.0  # seconds to finish when stopped
_IDLE = 1.0
_JOB_INTERVAL = timedelta(seconds=15)

Clock = Callable[[], datetime]
Undelivered = Callable[[Tx, Delivery, Why, datetime], None]


class Worker:
    """One worker. `wake` tells it that something was written; without, it looks once a second. ``undelivered`` is
    called, in the transaction that gives a message up, when it can never arrive.

    Each address is served by a task of its own, so that one that is slow holds up no other, and by one task at a time,
    so that what goes there keeps its order.
    """

    def __init__(
        self,
        database: Database,
        platforms: Mapping[str, Platform],
        jobs: Sequence[Job],
        clock: Clock,
        undelivered: Undelivered = lambda *_: None,
    ) -> None:
        self._database = database
        self._platforms = platforms
        self._jobs = tuple(jobs)
        self._clock = clock
        self._undelivered = undelivered
        self._woken = asyncio.Event()
        self._serving: dict[Address, asyncio.Task[int]] = {}
        self._claiming = asyncio.Lock()
        self._stopping = False

    def wake(self) -> None:
        """Look at the outbox now."""
        self._woken.set()

    async def run(self, stop: asyncio.Event) -> None:
        """Work until ``stop`` is set, and finish what is being sent; a failure is logged and does not end it."""
        self._stopping = False
        next_jobs = self._clock()
        while not stop.is_set():
            self._woken.clear()
            begun: Sequence[asyncio.Task[int]] = ()
            try:
                now = self._clock()
                if not next_jobs - _JOB_INTERVAL <= now < next_jobs:  # due, or the clock was set back
                    next_jobs = now + _JOB_INTERVAL
                    await self.run_jobs()
                begun = await self._begin()
            except Exception as error:
                _log_failure(error)
                await asyncio.sleep(_IDLE)
            for task in begun:
                task.add_done_callback(_log_outcome)
            if begun:
                await asyncio.wait(begun, timeout=_GATHERING)
            else:
                with contextlib.suppress(TimeoutError):
                    await asyncio.wait_for(self._woken.wait(), _IDLE)
        await self._finish()

    async def run_jobs(self) -> None:
        """Run every job once; one that fails does not keep the others from running."""
        for job in self._jobs:
            try:
                await job.run(self._database, self._clock())
            except Exception as error:
                log.error("job %s failed: %s", job.name, place_of(error))

    async def deliver(self) -> int:
        """Send what is due, wait until that is done, and return how many messages were claimed."""
        outcomes = await asyncio.gather(*await self._begin(), return_exceptions=True)
        for outcome in outcomes:  # only now: one address that fails leaves no other one's task behind unwatched
            if isinstance(outcome, BaseException):
                raise outcome
        return sum(outcome for outcome in outcomes if isinstance(outcome, int))

    async def _begin(self) -> Sequence[asyncio.Task[int]]:
        """Claim what is due at addresses that are not being served, and begin to serve these: a task for each."""
        async with self._claiming:
            if len(self._serving) >= _ADDRESSES:
                return ()
            until = asyncio.get_running_loop().time() + _ROUND
            due = await self._database.write(outbox.claim, self._clock(), LEASE, busy=tuple(self._serving))
            by_address: dict[Address, list[Delivery]] = defaultdict(list)
            for delivery in due:
                by_address[delivery.to].append(delivery)
            for address, deliveries in by_address.items():
                self._serving[address] = asyncio.create_task(self._serve(address, deliveries, until))
            return [self._serving[address] for address in by_address]

    async def _serve(self, address: Address, deliveries: Sequence[Delivery], until: float) -> int:
        try:
            await self._deliver_in_order(deliveries, until)
        finally:
            del self._serving[address]
            self.wake()  # more may have been written for it meanwhile
        return len(deliveries)

    async def _finish(self) -> None:
        """Let what is being sent arrive, for a while; what does not is sent again when its lease has run out."""
        self._stopping = True
        if self._serving:
            _, late = await asyncio.wait(self._serving.values(), timeout=_STOPPING)
            for task in late:
                task.cancel()
            await asyncio.gather(*late, return_exceptions=True)

    async def _deliver_in_order(self, deliveries: Sequence[Delivery], until: float) -> None:
        """Send to one address, until the event loop's time ``until``, a stop, or until the platform asks to wait."""
        for index, delivery in enumerate(deliveries):
            platform = self._platforms.get(delivery.to.platform)
            if platform is None:
                log.error("message %s cannot be delivered: no platform %s", delivery.key, delivery.to.platform)
                await self._database.write(outbox.failed, delivery.id, f"no platform {delivery.to.platform}")
                continue
            if index:
                await asyncio.sleep(platform.pace)
            if self._stopping or asyncio.get_running_loop().time() >= until:
                await self._put_back(deliveries[index:], 0.0)
                return
            try:
                await self._deliver_one(platform, delivery)
            except Throttled as asked:
                log.warning("%s asks to wait %.0f s at message %s", platform.name, asked.seconds, delivery.key)
                wait = min(_LONGEST_DELAY, asked.seconds) * random.uniform(1.0, _SPREAD)
                await self._put_back(deliveries[index:], wait)
                return

    def _give_up(self, tx: Tx, delivery: Delivery, error: Undeliverable) -> None:
        outbox.failed(tx, delivery.id, str(error))
        self._undelivered(tx, delivery, error.why, self._clock())

    async def _put_back(self, deliveries: Sequence[Delivery], seconds: float) -> None:
        due = self._clock() + timedelta(seconds=seconds)
        await self._database.write(outbox.put_back, [delivery.id for delivery in deliveries], due)

    async def _deliver_one(self, platform: Platform, delivery: Delivery) -> None:
        to, card, replacing = delivery.to, delivery.card, delivery.replacing
        try:
            async with asyncio.timeout(_SENDING):
                again = delivery.attempts > 1
                message_id = await platform.send(to, card, key=delivery.key, replacing=replacing, again=again)
        except Throttled:
            raise
        except Undeliverable as error:
            log.error("message %s cannot be delivered: %s", delivery.key, error)
            await self._database.write(self._give_up, delivery, error)
        except Exception as error:
            what = place_of(error)  # a platform's own words may quote the message
            wait = min(_LONGEST_DELAY, 2.0**delivery.attempts)
            if delivery.attempts >= _ATTEMPTS:
                log.error("message %s is given up after %d attempts: %s", delivery.key, delivery.attempts, what)
                await self._database.write(outbox.failed, delivery.id, what)
                return
            log.warning("message %s waits %.0f s: %s", delivery.key, wait, what)
            due = self._clock() + timedelta(seconds=wait * random.uniform(1.0, _SPREAD))
            await self._database.write(outbox.retry, delivery.id, due, what)
        else:
            await self._database.write(outbox.sent, delivery.id, message_id)


def _log_outcome(task: asyncio.Task[int]) -> None:
    if not task.cancelled() and (error := task.exception()) is not None:
        _log_failure(error)


def _log_failure(error: BaseException) -> None:
    if isinstance(error, Unavailable):
        log.warning("the worker waits: %s", error)
    else:
        log.error("the worker goes on after a failure: %s", place_of(error))
