"""Models trained from decisions: which there are, which serves, how they compare, and what a model makes of a text."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from bot.cli.figures import print_verdict, why_text
from bot.cli.terminal import LOCALE, _, fail, named_organisation, open_database, out, read_settings, run
from bot.cli.usage import COMMAND, OPTIONS, Group
from bot.clock import now
from bot.errors import ModelUnknown, NothingToRollBack

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bot.learning.agreement import Agreement
    from bot.storage.database import Database, Tx
    from bot.storage.models import Kept
    from bot.storage.organisations import Organisation

app = typer.Typer(
    cls=Group,
    no_args_is_help=True,
    options_metavar=OPTIONS,
    subcommand_metavar=COMMAND,
    help=_("The classifier’s models: list, compare, promote, roll back, explain."),
)

_WEEKS = 8
_MOST_DECISIONS = 50_000

Owner = Annotated[str, typer.Option(help=_("Its name, where there are several."))]
Number = Annotated[int, typer.Argument(metavar=_("NUMBER"), show_default=False, help=_("The model’s number."))]


@app.command(name="list", help=_("List the models of an organisation and the shared ones, newest first."))
def list_(organisation: Owner = "") -> None:
    """Print the registry as an organisation sees it, and how often supervisors agree."""
    from bot.classifier.predict import Tagger
    from bot.learning import keeping
    from bot.storage import models

    settings = read_settings()
    with open_database(settings) as database:
        of = named_organisation(database, organisation)
        known = run(database.read(models.known, of.id))
        serving = run(database.read(keeping.serving_of, of.id))
        agreed = _agreement(database, of)
    _print_models(known, serving, Tagger.load(settings.model).name, of)
    if agreed:
        last = agreed[-1].week
        for one in agreed:
            if one.week == last and one.label == "all":
                out.print(_last_week(one), markup=False)


def _print_models(known: Sequence[Kept], serving: int | None, shipped: str, of: Organisation) -> None:
    from rich.table import Table

    from bot.i18n import moment

    table = Table(box=None)
    for heading in ("", _("number"), _("model"), _("whose"), _("made"), _("state")):
        table.add_column(heading)
    for one in known:
        table.add_row(
            "*" if one.id == serving else "",
            str(one.id),
            one.name,
            _("shared") if one.organisation_id is None else of.name,
            moment(one.created, LOCALE, of.timezone),
            f"{_state(one.state)}: {why_text(one.why)}",
        )
    table.add_row("*" if serving is None else "", "–", shipped, _("all"), "–", _("shipped with this version"))
    out.print(table)


def _state(state: str) -> str:
    return {"candidate": _("candidate"), "serving": _("serving"), "retired": _("retired")}[state]


def _last_week(one: Agreement) -> str:
    from bot.i18n import day

    low, high = one.interval
    return _(
        "In the week of {day} supervisors left {share} of {count} taggings as they were ({low} to {high}).",
        day=day(one.week, LOCALE),
        share=f"{one.share:.0%}",
        count=one.of,
        low=f"{low:.0%}",
        high=f"{high:.0%}",
    )


@app.command(help=_("Show how a model compared with what served when it was made; without a number the newest."))
def compare(
    number: Annotated[int | None, typer.Argument(metavar=_("NUMBER"), show_default=False)] = None,
    organisation: Owner = "",
) -> None:
    """Print the figures that were kept with a candidate."""
    from bot.learning.verdict import verdict_from_json
    from bot.storage import models

    with open_database(read_settings()) as database:
        of = named_organisation(database, organisation)
        known = run(database.read(models.known, of.id))
    compared = [one for one in known if number in (None, one.id) and "compared" in one.why]
    if not compared:
        raise ModelUnknown(number=number or "–")
    one = compared[0]
    beside = one.why.get("beside")
    before = _("model {number}", number=beside) if beside else _("the shipped model")
    out.print(_("Model {number} ({name}) beside {before}:", number=one.id, name=one.name, before=before), markup=False)
    print_verdict(verdict_from_json(one.why["compared"]))


@app.command(help=_("Let a model serve from now on, whatever its figures say."))
def promote(number: Number, organisation: Owner = "") -> None:
    """Promote by hand; a model that cannot be loaded is refused."""
    from bot.learning import keeping
    from bot.learning.taggers import read_model

    with open_database(read_settings()) as database:
        one = _known(database, named_organisation(database, organisation), number)
        run(read_model(database, one.id))
        run(database.write(keeping.promote_by_hand, one, now()))
    out.print(_("Model {number} ({name}) serves from now on.", number=one.id, name=one.name))


@app.command(help=_("Let the model serve again that served before."))
def rollback(
    organisation: Owner = "",
    shared: Annotated[bool, typer.Option("--shared", help=_("Of the shared model, not an organisation’s."))] = False,
) -> None:
    """Go back to the model before, and from the first one to what all have."""
    from bot.learning import keeping

    with open_database(read_settings()) as database:
        owner = None if shared else named_organisation(database, organisation).id
        try:
            retired, before = run(database.write(keeping.roll_back, owner, now()))
        except LookupError as error:
            raise NothingToRollBack from error
    out.print(_("Model {number} ({name}) no longer serves.", number=retired.id, name=retired.name))
    if before is not None:
        out.print(_("Model {number} ({name}) serves from now on.", number=before.id, name=before.name))
    elif owner is not None:
        out.print(_("From now on the shared model serves, or the shipped one where there is none."))
    else:
        out.print(_("From now on the shipped model serves."))


def _known(database: Database, of: Organisation, number: int) -> Kept:
    from bot.storage import models

    found = [one for one in run(database.read(models.known, of.id)) if one.id == number]
    if not found:
        raise ModelUnknown(number=number)
    return found[0]


@app.command(help=_("Show how often supervisors left the classifier’s word standing, by week and by tag."))
def agreement(organisation: Owner = "") -> None:
    """Print share, count and interval for the last weeks."""
    from rich.table import Table

    from bot.handlers.words import agreement_name
    from bot.i18n import day

    with open_database(read_settings()) as database:
        found = _agreement(database, named_organisation(database, organisation))
    if not found:
        out.print(_("No decisions yet."))
        return
    table = Table(box=None)
    table.add_column(_("week of"))
    table.add_column(_("tag"))
    for heading in (_("stood"), _("decisions"), _("95 % sure")):
        table.add_column(heading, justify="right")
    for one in found:
        low, high = one.interval
        name = agreement_name(one.label, _)
        table.add_row(day(one.week, LOCALE), name, f"{one.share:.0%}", str(one.of), f"{low:.0%} … {high:.0%}")
    out.print(table)


def _agreement(database: Database, of: Organisation) -> list[Agreement]:
    from datetime import timedelta

    from bot.learning.agreement import weekly
    from bot.storage import decisions

    def read(tx: Tx) -> list[Agreement]:
        since = now() - timedelta(weeks=_WEEKS)
        return weekly(decisions.decided(tx, of.id, _MOST_DECISIONS, since=since), of.timezone)

    return run(database.read(read))


@app.command(help=_("Let this organisation’s decisions train the shared model, or no longer; off unless you say so."))
def sharing(
    choice: Annotated[str, typer.Argument(metavar="on|off", show_default=False)] = "", organisation: Owner = ""
) -> None:
    """Show or change whether an organisation shares its examples."""
    from bot.learning import keeping

    with open_database(read_settings()) as database:
        of = named_organisation(database, organisation)
        if choice not in ("", "on", "off"):
            fail(_("Say on or off."), code=2)
        if choice:
            run(database.write(keeping.set_sharing, of.id, choice == "on", now()))
        shares = of.id in run(database.read(keeping.sharing))
    if shares:
        out.print(_("{name} shares its decisions: they may train the shared model.", name=of.name), markup=False)
    else:
        out.print(_("{name} keeps its decisions: they train its own model only.", name=of.name), markup=False)
