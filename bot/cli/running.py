"""Starting the product."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

import typer

from bot.cli.terminal import PATIENT, _, open_database, out, progress_bar, read_settings, run
from bot.config import Settings

if TYPE_CHECKING:  # importing it takes its time
    from bot.app import Product

app = typer.Typer()


@app.command(help=_("Start the product: the local chat, the chats that are set up and, on SQLite, the worker."))
def serve() -> None:
    """Serve until stopped."""
    from bot import app

    settings = read_settings()

    def ready(port: int) -> None:
        host = f"[{settings.host}]" if ":" in settings.host else settings.host
        out.print(_("Praisebot is ready: {address}", address=f"http://{host}:{port}"), style="bold green")
        if settings.demo:
            out.print(
                _(
                    "Try it: choose who you are · praise a colleague: /praise @name and why · forward a customer’s "
                    "message from its menu · confirm as a supervisor · let Monday come.\n"
                    "Stop with Ctrl+C; the data stays."
                ),
                markup=False,
            )

    with _product(settings) as product:
        run(app.serve(product, ready))


@contextmanager
def _product(settings: Settings) -> Iterator[Product]:
    """Yield the product, in the demo with its people."""
    from bot.app import Product

    if settings.demo:
        _load_demo(settings)
    product = Product(settings)
    try:
        yield product
    finally:
        product.close()


def _load_demo(settings: Settings) -> None:
    from bot import demo

    with open_database(settings) as database:
        if run(database.read(demo.is_loaded)):
            return
    with progress_bar(_("Creating three weeks of demo data"), None) as progress:

        def show(done: int, total: int) -> None:
            progress.update(progress.task_ids[0], completed=done, total=total)

        run(demo.load(settings, show))


@app.command(help=_("Run a worker: delivers messages and posts boards. On SQLite, serve does this itself."))
def worker() -> None:
    """Work until stopped."""
    from bot.app import work

    with _product(read_settings()) as product:
        run(work(product))


@app.command(help=_("Bring the database to this version’s schema."))
def migrate() -> None:
    """Run what is missing."""
    from bot.storage import schema
    from bot.storage.database import Database

    database = Database(read_settings().database_url, patience=PATIENT)
    try:
        schema.migrate(database)
    finally:
        database.close()
    out.print(_("The database is up to date."))
