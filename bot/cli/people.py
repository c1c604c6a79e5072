"""An organisation and its people."""

from __future__ import annotations

from typing import Annotated

import typer

from bot.cli.terminal import _, fail, named_organisation, only_organisation, open_database, out, read_settings, run
from bot.cli.usage import InputFile
from bot.clock import now
from bot.errors import WebhookOff, WorkspaceUnknown

app = typer.Typer()


@app.command(help=_("Make an organisation, reachable in the local chat."))
def setup(
    name: Annotated[str, typer.Argument(help=_("Its name."))],
    timezone: Annotated[str | None, typer.Option(help=_("For example Asia/Shanghai."))] = None,
) -> None:
    """Make an organisation with the default rules."""
    from zoneinfo import ZoneInfoNotFoundError

    from bot.setup import new_organisation
    from bot.storage import organisations

    settings = read_settings()
    with open_database(settings) as database:
        existing = run(database.read(organisations.every))
        if existing:
            fail(_("There is already an organisation: {name}.", name=existing[0].name))
        try:
            zone = timezone or settings.timezone
            run(database.write(new_organisation, name, settings.locale, zone, now()))
        except (ZoneInfoNotFoundError, ValueError):
            fail(_("“{value}” is not a timezone; use one such as Asia/Shanghai", value=timezone))
    out.print(_("Made {name}. Next: praisebot roster FILE", name=name), markup=False)


@app.command(help=_("Add teams and members from a CSV: team, name, english_name, staff_number, role, locale …"))
def roster(
    file: InputFile,
    organisation: Annotated[str, typer.Option(help=_("Its name, where there are several."))] = "",
) -> None:
    """Add a roster, or say everything that is wrong with it and add nothing."""
    from bot.reports import roster_error
    from bot.setup import add_roster, check_roster, read_roster
    from bot.storage import members

    with open_database(read_settings()) as database:
        of = named_organisation(database, organisation)
        rows = read_roster(file)
        taken = run(database.read(members.everyone, of.id))
        errors = check_roster(rows, [member.staff_number or "" for member in taken])
        if errors:
            fail(*(roster_error(error, _) for error in errors))
        added = run(database.write(add_roster, of, rows, now()))
    out.print(_("Members added: {count}.", count=added))


@app.command(help=_("Make an account of a chat a member’s: praisebot link 8021 slack T0123 U0456"))
def link(
    staff_number: Annotated[str, typer.Argument(help=_("The member’s."))],
    platform: Annotated[str, typer.Argument(help=_("The chat, such as slack."))],
    workspace: Annotated[str, typer.Argument(help=_("The id of the workspace."))],
    account: Annotated[str, typer.Argument(help=_("The id of the account there."))],
) -> None:
    """Link an account, also one that was taken for somebody new."""
    from bot.handlers import accounts
    from bot.storage import members, organisations
    from bot.storage.database import Tx

    def write(tx: Tx) -> tuple[str, bool] | None:
        organisation = organisations.of_workspace(tx, platform, workspace)
        if organisation is None:
            raise WorkspaceUnknown
        member = members.by_staff_number(tx, organisation.id, staff_number)
        if member is None:
            return None
        return member.name, accounts.link(tx, member, platform, workspace, account, now())

    with open_database(read_settings()) as database:
        found = run(database.write(write))
    if found is None:
        fail(_("Nobody has the staff number {number}.", number=staff_number))
    name, joined = found
    out.print(_("The account {account} is {name}’s.", account=account, name=name), markup=False)
    if joined:
        out.print(_("What was given and received with it is {name}’s too.", name=name), markup=False)


@app.command(
    name="webhook-secret", help=_("Show the address and the signing secret for customers’ comments over HTTP.")
)
def webhook_secret() -> None:
    """Print what the sending system needs."""
    from bot.webhook import secret_of

    settings = read_settings()
    if not settings.webhook_secret:
        raise WebhookOff
    with open_database(settings) as database:
        organisation = only_organisation(database)
    out.print(f"POST /webhooks/comments/{organisation.id}\n{secret_of(settings.webhook_secret, organisation.id)}")
