"""Slack: what its app is made from."""

from __future__ import annotations

from typing import Annotated

import typer

from bot.cli.terminal import LOCALE, _, fail

app = typer.Typer(no_args_is_help=True, help=_("Slack: the manifest of the app."))


@app.callback()
def slack() -> None:
    """Keep ``manifest`` a command of its own."""


@app.command(help=_("Print the app’s manifest, to paste at api.slack.com/apps."))
def manifest(
    url: Annotated[
        str | None, typer.Option(help=_("Where Slack reaches the server, https://…; without it, Socket Mode."))
    ] = None,
    oauth: Annotated[bool, typer.Option("--oauth", help=_("For any number of workspaces, which install it."))] = False,
    reactions: Annotated[bool, typer.Option("--reactions", help=_("Let an emoji second a praise."))] = False,
    history: Annotated[
        bool, typer.Option("--history", help=_("Let it look in channels whether a board is there already."))
    ] = False,
) -> None:
    """Print YAML."""
    from bot.handlers import MENU
    from bot.platforms import slack_manifest

    if url is not None and not url.startswith("https://"):
        fail(_("Slack only calls addresses that begin with https://"))
    if oauth and url is None:
        fail(_("Workspaces install the app through its address: give --url too."))
    made = slack_manifest.manifest(url, locale=LOCALE, menu=MENU, oauth=oauth, reactions=reactions, history=history)
    typer.echo(slack_manifest.as_yaml(made), nl=False)  # as it is: it becomes a file or is pasted
