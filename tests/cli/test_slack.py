"""`praisebot slack`: the manifest as it is pasted."""

from __future__ import annotations

import pytest
from click.testing import Result
from typer.testing import CliRunner

from bot.cli import app
from bot.handlers import MENU
from bot.platforms.slack_manifest import as_yaml, manifest


def invoke(*words: str) -> Result:
    return CliRunner().invoke(app, ["slack", *words])


def test_the_manifest_is_printed_as_it_is() -> None:
    from bot.cli.terminal import LOCALE

    assert invoke("manifest").stdout == as_yaml(manifest(None, locale=LOCALE, menu=MENU))
    printed = invoke("manifest", "--url", "https://p.example.com", "--oauth", "--reactions", "--history").stdout
    all_of_it = manifest("https://p.example.com", locale=LOCALE, menu=MENU, oauth=True, reactions=True, history=True)
    assert printed == as_yaml(all_of_it)


@pytest.mark.parametrize("words", [("--url", "http://p.example.com"), ("--url", "p.example.com"), ("--oauth",)])
def test_a_manifest_that_slack_would_refuse_is_not_printed(words: tuple[str, ...]) -> None:
    result = invoke("manifest", *words)
    assert (result.exit_code, result.stdout) == (1, "")
