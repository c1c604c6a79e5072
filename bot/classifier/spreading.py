"""Pieces of a file spread over processes: of this machine, or of a Dask cluster; the same code for both, by joblib.

The model goes to them by its content, never by a path, which a worker may not have: as arrays of bytes, which joblib
puts into shared memory and Dask keeps once on each worker.
"""

from __future__ import annotations

import asyncio
import logging
import warnings
from collections.abc import Callable, Generator, Iterator
from contextlib import AbstractContextManager, contextmanager
from functools import partial
from itertools import islice
from typing import Any, NamedTuple

import numpy as np

from bot.classifier.model import Packed
from bot.classifier.piecework import Bytes, Done, program, tag_sent
from bot.classifier.tables import Piece, Table
from bot.errors import (
    ClusterEmpty,
    ClusterLost,
    ClusterSilent,
    ClusterUnfit,
    DaskMissing,
    PraisebotError,
    WorkerLost,
)

Tagged = Generator[tuple[Piece, Done], None, None]
"""Pieces in their order, each with what became of it."""

_IN_ORDER: dict[str, Any] = {"return_as": "generator", "pre_dispatch": "2*n_jobs", "batch_size": 1}
_ROUND = 64  # pieces that are in hand together, at least
_EACH = 4  # … and at least for each process
_IDLE = 10  # seconds after which a process that gets no work any more ends, should its parent have been killed
_ANSWER = 10  # seconds in which a cluster has to answer and to have a worker
_SILENCE = 300  # seconds in which a cluster that answered has to have done a piece


def in_processes(pieces: Iterator[Piece], packed: Packed, table: Table, processes: int) -> Tagged:
    """Tag ``pieces`` in processes of this machine. Raises ``WorkerLost`` if one ends before its work is done."""
    from joblib import Parallel
    from joblib.externals.loky import get_reusable_executor

    def parallel() -> Any:  # with room for its arrays in shared memory, however small they are
        return Parallel(processes, "loky", **_IN_ORDER, max_nbytes=1, idle_worker_timeout=_IDLE)

    try:
        yield from _spread(pieces, _Sent.of(packed, table), parallel, _told_of_processes, processes)
    finally:
        get_reusable_executor(reuse=True).shutdown(wait=True, kill_workers=True)


def on_cluster(pieces: Iterator[Piece], packed: Packed, table: Table, address: str) -> Tagged:
    """Tag ``pieces`` on the Dask cluster whose scheduler is at ``address``, such as ``tcp://host:8786``.

    Raises ``ClusterUnusable``.
    """
    client = _client(address)
    try:
        from joblib import Parallel, parallel_config
        from joblib.parallel import get_active_backend

        sent = _Sent.of(packed, table)
        told = partial(_told_of_cluster, client, address)
        with told(), parallel_config(backend="dask", client=client, scatter=[sent.card, sent.weights]):
            backend, _ = get_active_backend()  # one for all rounds, for making it sends the model

        def parallel() -> Any:
            return Parallel(-1, backend, **_IN_ORDER, timeout=_SILENCE)

        yield from _spread(pieces, sent, parallel, told, sum(client.ncores().values()))
    finally:
        client.close()


class _Sent(NamedTuple):
    """What goes along with every piece; the model as arrays, so that it need not go each time."""

    card: Bytes
    weights: Bytes
    words: tuple[str, ...]
    digest: str
    program: str
    table: Table

    @classmethod
    def of(cls, packed: Packed, table: Table) -> _Sent:
        card, weights = (np.frombuffer(part, dtype=np.uint8) for part in (packed.card, packed.weights))
        return cls(card, weights, packed.words, packed.digest, program(), table)


def _spread(
    pieces: Iterator[Piece],
    sent: _Sent,
    parallel: Callable[[], Any],
    told: Callable[[], AbstractContextManager[None]],
    processes: int,
) -> Tagged:
    """Tag ``pieces`` in rounds, while the next round's are read.

    One endless round would not do: joblib takes a new piece for each that is tagged, whether or not it could be handed
    on, so one slow piece would let all that follow it pile up; and it never ends when reading a piece fails.
    """
    from joblib import delayed

    size = max(_ROUND, _EACH * processes)
    coming = list(islice(pieces, size))
    while coming:
        hand, coming = coming, []
        with told():
            answers = parallel()(delayed(tag_sent)(*sent, piece.text) for piece in hand)
        try:
            for piece in hand:
                coming += islice(pieces, 1)
                with told():
                    done = next(answers)
                yield piece, done
        finally:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")  # that work was begun in vain
                answers.close()


@contextmanager
def _told_of_processes() -> Iterator[None]:
    from joblib.externals.loky.process_executor import BrokenProcessPool

    try:
        yield
    except BrokenProcessPool as error:
        raise WorkerLost() from error


def _client(address: str) -> Any:
    try:
        from distributed import Client
        from distributed.comm import connect
    except ImportError as error:
        raise DaskMissing() from error
    logging.getLogger("distributed").setLevel(logging.CRITICAL)  # what it has to say the errors here say

    async def reach() -> None:  # the client itself would wait for ever where somebody listens and never answers
        comm = await asyncio.wait_for(connect(address, timeout=_ANSWER), _ANSWER)
        comm.abort()

    try:
        asyncio.run(reach())
        client = Client(address, timeout=_ANSWER, set_as_default=False, name="praisebot")
    except Exception as error:  # of any kind: what answers at a wrong address may say anything
        raise ClusterSilent(address=address) from error
    try:
        client.wait_for_workers(1, timeout=_ANSWER)
    except TimeoutError as error:
        client.close()
        raise ClusterEmpty(address=address) from error
    return client


@contextmanager
def _told_of_cluster(client: Any, address: str) -> Iterator[None]:
    try:
        yield
    except PraisebotError:
        raise
    except Exception as error:
        if isinstance(error, TimeoutError) or client.status != "running":
            raise ClusterLost(address=address) from error
        raise ClusterUnfit(reason=f"{type(error).__name__}: {error}") from error
