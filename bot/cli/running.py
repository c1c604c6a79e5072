"""Starting the product."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import typer

from bot.cli.terminal import _, fail, out, progress_bar, read_settings
from bot.config import Settings

if TYPE_CHECKING:  # importing it takes its time
    from bot.app import Product

app = typer.Typer()


@app.command(help=_("Start the product: the local chat, the chats that are set up and, on SQLite, the worker."))
def serve() -> None:
    """Serve until stopped."""
    from bot.app import serve as run

    settings = read_settings()
    if settings.demo:
        _load_demo(settings)
    product = _product(settings)
    host = f"[{settings.host}]" if ":" in settings.host else settings.host
    out.print(_("Praisebot is ready: {address}", address=f"http://{host}:{settings.port}"), style="bold green")
    if settings.demo:
        out.print(
            _(
                "Try it: choose who you are · praise a colleague: /praise @name and why · forward a customer’s message "
                "from its menu · confirm as a supervisor · let Monday come.\nStop with Ctrl+C; the data stays."
            ),
            markup=False,
        )
    try:
        asyncio.run(run(product))
    except OSError as error:
        fail(
            _(
                "Port {port} cannot be used: {reason}. Set PORT to another.",
                port=settings.port,
                reason=error.strerror or error,
            )
        )
    finally:
        product.close()


def _product(settings: Settings) -> Product:
    """Return the product, or leave with what is wrong with its model."""
    from bot.app import Product
    from bot.classifier.model import ModelError

    try:
        return Product(settings)
    except ModelError as error:
        fail(str(error))


def _load_demo(settings: Settings) -> None:
    from bot import demo

    product = _product(settings)
    try:
        if not asyncio.run(product.database.read(demo.is_loaded)):
            with progress_bar(_("Creating three weeks of demo data"), None) as progress:

                def show(done: int, total: int) -> None:
                    progress.update(progress.task_ids[0], completed=done, total=total)

                asyncio.run(demo.load(product, show))
    finally:
        product.close()


@app.command(help=_("Run a worker: delivers messages and posts boards. On SQLite, serve does this itself."))
def worker() -> None:
    """Work until stopped."""
    from bot.app import work as run

    product = _product(read_settings())
    try:
        asyncio.run(run(product))
    finally:
        product.close()


@app.command(help=_("Bring the database to this version’s schema."))
def migrate() -> None:
    """Run what is missing."""
    from bot.storage import schema
    from bot.storage.database import Database

    database = Database(read_settings().database_url)
    try:
        schema.migrate(database)
    finally:
        database.close()
    out.print(_("The database is up to date."))
