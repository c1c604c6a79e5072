"""Microsoft Teams: what its app is made from."""

from __future__ import annotations

from importlib.metadata import version
from pathlib import Path
from typing import Annotated

import typer

from bot.cli.terminal import _, fail, out, read_settings

app = typer.Typer(no_args_is_help=True, help=_("Microsoft Teams: the package of the app."))


@app.callback()
def teams() -> None:
    """Keep ``package`` a command of its own."""


@app.command(help=_("Write the app’s package, to upload to Teams."))
def package(
    output: Annotated[Path, typer.Option("--output", "-o", help=_("The file to write."))] = Path("praisebot-teams.zip"),
    app_id: Annotated[str, typer.Option(help=_("The app’s id; without it, MicrosoftAppId."))] = "",
    url: Annotated[
        str, typer.Option(help=_("Where others reach the server, https://…; without it, PRAISEBOT_PUBLIC_URL."))
    ] = "",
    slash: Annotated[
        bool, typer.Option("--slash", help=_("Offer the commands behind a slash too, which Teams has in preview."))
    ] = False,
) -> None:
    """Write a zip."""
    from bot.handlers import COMMANDS, MENU
    from bot.platforms import teams_package

    settings = read_settings()
    app_id, url = app_id or settings.teams_app_id, url or settings.public_url
    if not app_id or not url:
        fail(_("Give --app-id and --url, or set MicrosoftAppId and PRAISEBOT_PUBLIC_URL."))
    if not teams_package.is_app_id(app_id):
        fail(_("“{value}” is not the id of an app. Azure shows it as Application (client) ID.", value=app_id))
    if not teams_package.is_address(url):
        fail(_("Teams only takes addresses that begin with https:// and a server’s name, not “{value}”.", value=url))
    made = teams_package.manifest(app_id, url, commands=COMMANDS, menu=MENU, version=version("praisebot"), slash=slash)
    chinese = teams_package.in_chinese(made, COMMANDS, MENU)
    try:
        output.write_bytes(teams_package.package(made, chinese))
    except OSError as error:
        fail(_("{path} cannot be written ({reason}).", path=output, reason=error.strerror or ""))
    out.print(_("{path} is written. Upload it in Teams: Apps, Manage your apps, Upload an app.", path=output))
