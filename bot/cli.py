"""The command line: parses, calls the library, shows progress. Every message is in the operator's language."""

from __future__ import annotations

import asyncio
import json
import logging
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, SpinnerColumn, TextColumn, TimeRemainingColumn

from bot.clock import now
from bot.config import Settings, operator_locale, read_settings
from bot.errors import NoOrganisation, PraisebotError, WebhookOff
from bot.i18n import describe, translator

if TYPE_CHECKING:  # importing these takes its time; each command imports what it needs
    from bot.storage.database import Database
    from bot.storage.organisations import Organisation

LOCALE = operator_locale()
_ = translator(LOCALE)
out = Console(highlight=False)
err = Console(stderr=True, highlight=False)

app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    help=_("Praise, tagged, confirmed and counted."),
)
rules_app = typer.Typer(no_args_is_help=True, help=_("Points rules: check a file, apply it, show the current ones."))
board_app = typer.Typer(no_args_is_help=True, help=_("Leaderboards."))
app.add_typer(rules_app, name="rules")
app.add_typer(board_app, name="board")


def main() -> None:
    """Run the command line; what a person can cause ends in one sentence and exit code 1, never in a traceback."""
    try:
        app()
    except PraisebotError as error:
        _fail(describe(error, LOCALE))
    except KeyboardInterrupt:
        sys.exit(130)


def _fail(*lines: str) -> None:
    for line in lines:
        err.print(line, style="red", markup=False, soft_wrap=True)
    sys.exit(1)


def _settings() -> Settings:
    settings = read_settings()
    logging.basicConfig(level=settings.log_level, format="%(asctime)s %(levelname)s %(name)s: %(message)s")
    return settings


@contextmanager
def _progress(label: str, total: int | None) -> Iterator[Progress]:
    columns = (
        SpinnerColumn(),
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeRemainingColumn(),
    )
    with Progress(*columns, console=err) as progress:
        progress.add_task(label, total=total)
        yield progress


# --- running ----------------------------------------------------------------------------------------------------------


@app.command(help=_("Start the product: the local chat, the chats that are set up and, on SQLite, the worker."))
def serve() -> None:
    """Serve until stopped."""
    from bot.app import Product
    from bot.app import serve as run
    from bot.classifier.model import ModelError

    settings = _settings()
    if settings.demo:
        _load_demo(settings)
    try:
        product = Product(settings)
    except ModelError as error:
        _fail(str(error))
        return
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
        _fail(
            _(
                "Port {port} cannot be used: {reason}. Set PORT to another.",
                port=settings.port,
                reason=error.strerror or error,
            )
        )
    finally:
        product.close()


def _load_demo(settings: Settings) -> None:
    from bot import demo
    from bot.app import Product

    product = Product(settings)
    try:
        if not asyncio.run(product.database.read(demo.is_loaded)):
            with _progress(_("Creating three weeks of demo data"), None) as progress:

                def show(done: int, total: int) -> None:
                    progress.update(progress.task_ids[0], completed=done, total=total)

                asyncio.run(demo.load(product, show))
    finally:
        product.close()


@app.command(help=_("Run a worker: delivers messages and posts boards. On SQLite, serve does this itself."))
def worker() -> None:
    """Work until stopped."""
    from bot.app import Product
    from bot.app import work as run

    product = Product(_settings())
    try:
        asyncio.run(run(product))
    finally:
        product.close()


@app.command(help=_("Bring the database to this version’s schema."))
def migrate() -> None:
    """Run what is missing."""
    from bot.storage import schema
    from bot.storage.database import Database

    database = Database(_settings().database_url)
    try:
        schema.migrate(database)
    finally:
        database.close()
    out.print(_("The database is up to date."))


@contextmanager
def _database(settings: Settings) -> Iterator[Database]:
    from bot.storage import schema
    from bot.storage.database import Database

    database = Database(settings.database_url)
    try:
        schema.require(database)
        yield database
    finally:
        database.close()


def _only(database: Database) -> Organisation:
    """Return the organisation of this installation."""
    from bot.storage import organisations

    found = asyncio.run(database.read(organisations.every))
    if not found:
        raise NoOrganisation
    return found[0]


# --- organisations ----------------------------------------------------------------------------------------------------


@app.command(help=_("Make an organisation, reachable in the local chat."))
def setup(
    name: Annotated[str, typer.Argument(help=_("Its name."))],
    timezone: Annotated[str | None, typer.Option(help=_("For example Asia/Shanghai."))] = None,
) -> None:
    """Make an organisation with the default rules."""
    from zoneinfo import ZoneInfoNotFoundError

    from bot.setup import new_organisation
    from bot.storage import organisations

    settings = _settings()
    with _database(settings) as database:
        existing = asyncio.run(database.read(organisations.every))
        if existing:
            _fail(_("There is already an organisation: {name}.", name=existing[0].name))
        try:
            zone = timezone or settings.timezone
            asyncio.run(database.write(new_organisation, name, settings.locale, zone, now()))
        except (ZoneInfoNotFoundError, ValueError):
            _fail(_("“{value}” is not a timezone; use one such as Asia/Shanghai", value=timezone))
    out.print(_("Made {name}. Next: praisebot roster FILE", name=name), markup=False)


@app.command(help=_("Add teams and members from a CSV: team, name, english_name, staff_number, role, locale …"))
def roster(file: Annotated[Path, typer.Argument(exists=True, dir_okay=False)]) -> None:
    """Add a roster, or say everything that is wrong with it and add nothing."""
    from bot.reports import roster_error
    from bot.setup import add_roster, check_roster, read_roster
    from bot.storage import members

    with _database(_settings()) as database:
        organisation = _only(database)
        try:
            rows = read_roster(file)
        except (ValueError, OSError) as error:
            _fail(str(error))
            return
        taken = asyncio.run(database.read(members.everyone, organisation.id))
        errors = check_roster(rows, [member.staff_number or "" for member in taken])
        if errors:
            _fail(*(roster_error(error, _) for error in errors))
        added = asyncio.run(database.write(add_roster, organisation, rows, now()))
    out.print(_("Members added: {count}.", count=added))


@app.command(
    name="webhook-secret", help=_("Show the address and the signing secret for customers’ comments over HTTP.")
)
def webhook_secret() -> None:
    """Print what the sending system needs."""
    from bot.webhook import secret_of

    settings = _settings()
    if not settings.webhook_secret:
        raise WebhookOff
    with _database(settings) as database:
        organisation = _only(database)
    out.print(f"POST /webhooks/comments/{organisation.id}\n{secret_of(settings.webhook_secret, organisation.id)}")


# --- comments and the classifier --------------------------------------------------------------------------------------


@app.command(
    name="import",
    help=_("Import customers’ comments from CSV, TSV, XLSX or JSONL; running it again imports nothing twice."),
)
def import_(
    file: Annotated[Path, typer.Argument(exists=True, dir_okay=False)],
    dry_run: Annotated[bool, typer.Option("--dry-run", help=_("Read, mask, tag and match, but keep nothing."))] = False,
) -> None:
    """Import the good rows and list the bad ones."""
    from bot.classifier.model import ModelError
    from bot.classifier.predict import Tagger
    from bot.importing import import_rows
    from bot.intake import Problem, count_rows, read_file
    from bot.reports import file_problem, row_error

    settings = _settings()
    with _database(settings) as database:
        organisation = _only(database)
        try:
            tagger = Tagger.load(settings.model)
            rows = read_file(file, timezone=organisation.timezone)
            with _progress(_("Importing"), count_rows(file)) as progress:

                def show(done: int) -> None:
                    progress.update(progress.task_ids[0], completed=done)

                summary = asyncio.run(
                    import_rows(
                        database,
                        tagger,
                        organisation,
                        rows,
                        source=file.name,
                        clock=now,
                        dry_run=dry_run,
                        progress=show,
                    )
                )
        except Problem as problem:
            _fail(file_problem(problem, _))
            return
        except ModelError as error:
            _fail(str(error))
            return
    if dry_run:
        out.print(_("Dry run: nothing was kept."), style="bold")
    out.print(
        _(
            "Praise: {praise} (unclear whose: {unclear}). Not praise: {other}. Known already: {known}. Bad rows: {bad}",
            praise=summary.praise,
            unclear=summary.unclear,
            other=summary.not_praise,
            known=summary.known,
            bad=len(summary.errors),
        )
    )
    for row in summary.errors[:50]:
        err.print("  " + row_error(row, _), markup=False)
    if len(summary.errors) > 50:
        err.print(_("  … and {count} more", count=len(summary.errors) - 50))


@app.command(help=_("Train the classifier on a corpus and write the model with its card."))
def train(
    corpus: Annotated[Path, typer.Option(exists=True, file_okay=False)] = Path("models/corpus"),
    output: Annotated[Path, typer.Option("--output", "-o", file_okay=False)] = Path("models/tagger"),
    seed: Annotated[int, typer.Option()] = 0,
) -> None:
    """Train, print the cross-validated figures, save."""
    from bot.classifier import model
    from bot.classifier.corpus import CorpusError, read_corpus
    from bot.classifier.train import train as run

    try:
        examples = read_corpus(corpus)
        with _progress(_("Training"), None) as progress:

            def step(stage: str, done: int, total: int) -> None:
                progress.update(progress.task_ids[0], description=stage, completed=done, total=total)

            trained = run(examples, seed=seed, progress=step)
    except CorpusError as error:
        _fail(str(error))
        return
    card = model.save(trained.model, trained.facts, output)
    out.print(trained.figures.as_text(), markup=False)
    out.print(_("Saved {name} in {folder}.", name=card["model"], folder=output))


@app.command(help=_("Measure the classifier on a labelled TSV file."))
def evaluate(
    file: Annotated[Path, typer.Argument(exists=True, dir_okay=False)],
    as_json: Annotated[bool, typer.Option("--json", help=_("Print the figures as JSON."))] = False,
) -> None:
    """Print precision, recall and F1 per tag, calibration and coverage."""
    from bot.classifier.corpus import CorpusError
    from bot.classifier.evaluate import evaluate_file
    from bot.classifier.model import ModelError
    from bot.classifier.predict import Tagger

    try:
        report = evaluate_file(Tagger.load(_settings().model), file)
    except (CorpusError, ModelError) as error:
        _fail(str(error))
        return
    out.print(json.dumps(report.as_json(), indent=1) if as_json else report.as_text(), markup=False)


@app.command(help=_("Tag a CSV, TSV or JSONL file with a column “text”; the other columns are kept."))
def tag(
    file: Annotated[Path, typer.Argument(exists=True, dir_okay=False)],
    output: Annotated[Path, typer.Option("--output", "-o", dir_okay=False)],
    processes: Annotated[int | None, typer.Option(min=1, help=_("How many; all processors when left out."))] = None,
) -> None:
    """Tag every row; the output appears when it is whole."""
    from bot.classifier.batch import TagFileError, tag_file
    from bot.classifier.model import ModelError

    try:
        with _progress(_("Tagging"), None) as progress:

            def step(done: int, total: int | None) -> None:
                progress.update(progress.task_ids[0], completed=done, total=total)

            counts = tag_file(file, output, _settings().model, processes=processes, progress=step)
    except (TagFileError, ModelError) as error:
        _fail(str(error))
        return
    out.print(_("Rows: {rows}, praise: {praise}, bad rows: {bad}.", rows=counts.rows, praise=counts.praise, bad=counts.bad))


# --- rules ------------------------------------------------------------------------------------------------------------


def _read_rules(file: Path) -> str:
    from bot.reports import mistake
    from bot.rules import RulesError, parse

    try:
        text = file.read_text(encoding="utf-8-sig")
        parse(text)
    except RulesError as error:
        _fail(*(mistake(found, _) for found in error.mistakes))
    except UnicodeDecodeError:
        _fail(_("The file is not UTF-8 text."))
    return text


@rules_app.command(help=_("Check a rules file and list everything wrong with it, with line and fix."))
def check(file: Annotated[Path, typer.Argument(exists=True, dir_okay=False)]) -> None:
    """Validate only."""
    _read_rules(file)
    out.print(_("The rules are valid."))


@rules_app.command(help=_("Make a new version of the rules out of a file; it takes effect now, or at --effective."))
def apply(
    file: Annotated[Path, typer.Argument(exists=True, dir_okay=False)],
    effective: Annotated[datetime | None, typer.Option(help=_("Local time from which it takes effect."))] = None,
) -> None:
    """Apply a rules file."""
    from zoneinfo import ZoneInfo

    from bot.storage import rulebook

    text = _read_rules(file)
    with _database(_settings()) as database:
        organisation = _only(database)
        moment = effective.replace(tzinfo=ZoneInfo(organisation.timezone)).astimezone(UTC) if effective else now()
        if moment < now() and effective is not None:
            _fail(_("Rules cannot take effect in the past: what is booked stays booked."))
        version = asyncio.run(database.write(rulebook.apply, organisation.id, text, moment, now()))
    out.print(
        _(
            "Version {version} takes effect at {moment}.",
            version=version.version,
            moment=moment.isoformat(timespec="minutes"),
        )
    )


@rules_app.command(help=_("Show the current rules, or a version."))
def show(version: Annotated[int | None, typer.Option(help=_("Its number."))] = None) -> None:
    """Print a rules file."""
    from bot.storage import rulebook

    with _database(_settings()) as database:
        organisation = _only(database)
        history = asyncio.run(database.read(rulebook.history, organisation.id))
        binding = asyncio.run(database.read(rulebook.at, organisation.id, now()))
    found = next((one for one in history if one.version == (version or binding.version)), None)
    if found is None:
        _fail(_("There is no version {version}.", version=version))
        return
    for one in history:
        mark = "*" if one.id == binding.id else " "
        err.print(f"{mark} {one.version}  {one.effective.isoformat(timespec='minutes')}")
    out.print(found.text, markup=False, soft_wrap=True, end="")  # as it is: it may become a file again


# --- boards and the ledger --------------------------------------------------------------------------------------------


@board_app.command(help=_("Show a team’s next weekly post as it would look now."))
def preview(team: Annotated[str | None, typer.Argument(help=_("Its name; all when left out."))] = None) -> None:
    """Print the next post of each team."""
    from bot.handlers.leaderboard import weekly_card
    from bot.periods import local_day, week_of
    from bot.plain import as_text
    from bot.storage import organisations, rulebook

    with _database(_settings()) as database:
        organisation = _only(database)
        teams = asyncio.run(database.read(organisations.teams_of, organisation.id))
        chosen = [one for one in teams if team in (None, one.name)]
        if not chosen:
            _fail(_("There is no team {name}. Teams: {teams}", name=team, teams=", ".join(one.name for one in teams)))
        rules = asyncio.run(database.read(rulebook.at, organisation.id, now())).rules
        for one in chosen:
            week = week_of(local_day(now(), one.timezone))
            card = asyncio.run(database.read(weekly_card, one, week, rules, LOCALE))
            out.print(as_text(card) + "\n", markup=False, soft_wrap=True)


@app.command(
    name="verify-ledger", help=_("Recompute the whole ledger and compare: postings, reversals, totals, balances.")
)
def verify_ledger(
    rebuild: Annotated[
        bool, typer.Option("--rebuild", help=_("Make totals and balances again from the postings first."))
    ] = False,
) -> None:
    """Verify; exit code 1 when anything does not add up."""
    from bot.reports import discrepancy
    from bot.storage import verification

    with _database(_settings()) as database:
        if rebuild:
            asyncio.run(database.write(verification.rebuild))
        result = asyncio.run(database.read(verification.verify))
    out.print(
        _(
            "Entries: {entries}, postings: {postings}, points issued: {points}.",
            entries=result.entries,
            postings=result.postings,
            points=result.points,
        )
    )
    if result.discrepancies:
        _fail(*(discrepancy(found, _) for found in result.discrepancies))
    out.print(_("Everything adds up."), style="green")
