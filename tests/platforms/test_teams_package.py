"""The package that is uploaded to Teams, and what Teams would refuse of it."""

from __future__ import annotations

import io
import json
import struct
import zipfile
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from bot.cli import app
from bot.handlers import COMMANDS, MENU
from bot.platforms.teams_package import in_chinese, manifest, package, problems

APP = "11111111-2222-3333-4444-555555555555"
URL = "https://praise.example.com"


def made(app_id: str = APP, url: str = URL, **more: Any) -> dict[str, Any]:
    return manifest(app_id, url, commands=COMMANDS, menu=MENU, version="0.1.0", **more)


def chinese(of: dict[str, Any]) -> dict[str, Any]:
    return in_chinese(of, COMMANDS, MENU)


def files(content: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def test_the_package_holds_a_manifest_its_chinese_and_two_icons() -> None:
    whole = made()
    found = files(package(whole, chinese(whole)))
    assert set(found) == {"manifest.json", "zh-cn.json", "color.png", "outline.png"}
    assert json.loads(found["manifest.json"]) == whole
    assert json.loads(found["zh-cn.json"])["composeExtensions[0].commands[1].title"] == "作为客户表扬转交"


def size(png: bytes) -> tuple[int, int, int]:
    """Return width, height and kind of colour of a PNG."""
    assert png.startswith(b"\x89PNG\r\n\x1a\n")
    width, height, _, colour = struct.unpack(">IIBB", png[16:26])
    return width, height, colour


def pixels(png: bytes) -> set[tuple[int, ...]]:
    """Return the colours of a PNG that matplotlib wrote, without the shades at edges."""
    from matplotlib.image import imread

    return {tuple(round(float(c) * 255) for c in pixel) for row in imread(io.BytesIO(png)) for pixel in row}


def test_the_icons_are_as_large_and_as_white_as_teams_wants_them() -> None:
    whole = made()
    found = files(package(whole, chinese(whole)))
    assert size(found["color.png"])[:2] == (192, 192)
    assert size(found["outline.png"]) == (32, 32, 6)
    assert {pixel[:3] for pixel in pixels(found["outline.png"]) if pixel[3] > 0} == {(255, 255, 255)}
    assert any(pixel[3] == 0 for pixel in pixels(found["outline.png"]))
    assert zlib.crc32(found["color.png"]) != zlib.crc32(found["outline.png"])


def test_the_same_words_make_the_same_package() -> None:
    whole = made()
    assert package(whole, chinese(whole)) == package(whole, chinese(whole))


def test_everything_that_can_be_typed_or_chosen_is_offered() -> None:
    whole = made()
    (bot,) = whole["bots"]
    assert [one["title"] for one in bot["commandLists"][0]["commands"]] == [command.name for command in COMMANDS]
    (extension,) = whole["composeExtensions"]
    assert [one["id"] for one in extension["commands"]] == [item.name for item in MENU]
    assert all(one["fetchTask"] and set(one["context"]) >= {"message", "compose"} for one in extension["commands"])
    assert problems(whole, chinese(whole)) == ()


def test_a_slash_is_an_addition_of_the_preview() -> None:
    whole = made(slash=True)
    assert whole["manifestVersion"] == "devPreview"
    assert whole["bots"][0]["commandLists"][0]["triggers"] == ["mention", "slash"]
    assert "triggers" not in made()["bots"][0]["commandLists"][0]


@pytest.mark.parametrize(
    ("change", "name"),
    [
        (lambda m: m["bots"][0].update(botId="none"), "botId"),
        (lambda m: m.update(id="00000000-0000-0000-0000-000000000000"), "id"),
        (lambda m: m.update(version="one"), "version"),
        (lambda m: m["name"].update(short="x" * 31), "name.short"),
        (lambda m: m["description"].update(short=""), "description.short"),
        (lambda m: m["developer"].update(websiteUrl="http://x"), "websiteUrl"),
        (lambda m: m.update(validDomains=["localhost"]), "validDomains"),
        (lambda m: m["composeExtensions"][0]["commands"][0].update(title="x" * 33), "title"),
        (lambda m: m["composeExtensions"][0].update(commands=[]), "composeExtensions"),
        (lambda m: m["bots"][0]["commandLists"][0]["commands"].extend([{"title": "x", "description": "x"}] * 12), "12"),
    ],
)
def test_what_teams_would_refuse_is_named(change: Callable[[dict[str, Any]], object], name: str) -> None:
    whole = made()
    more = chinese(whole)
    change(whole)
    assert any(name in line for line in problems(whole, more)), problems(whole, more)
    with pytest.raises(ValueError, match=r".+"):
        package(whole, more)


def run(folder: Path, *words: str, **environment: str) -> Any:
    return CliRunner().invoke(app, ["teams", "package", "-o", str(folder / "app.zip"), *words], env=environment)


def test_the_command_writes_it(tmp_path: Path) -> None:
    result = run(tmp_path, "--app-id", APP, "--url", URL)
    assert result.exit_code == 0, result.output
    assert set(files((tmp_path / "app.zip").read_bytes())) >= {"manifest.json"}


def test_the_command_takes_what_is_set(tmp_path: Path) -> None:
    given = {"MicrosoftAppId": APP, "MicrosoftAppPassword": "secret", "MicrosoftAppTenantId": APP}
    result = run(tmp_path, PRAISEBOT_PUBLIC_URL=URL, **given)
    assert result.exit_code == 0, result.output
    assert json.loads(files((tmp_path / "app.zip").read_bytes())["manifest.json"])["bots"][0]["botId"] == APP


@pytest.mark.parametrize(
    ("words", "named"),
    [
        ((), "--app-id"),
        (("--app-id", APP), "--url"),
        (("--app-id", "x", "--url", URL), "“x”"),
        (("--app-id", "00000000-0000-0000-0000-000000000000", "--url", URL), "“00000000"),
        (("--app-id", APP, "--url", "http://x.example"), "“http://x.example”"),
        (("--app-id", APP, "--url", "https://localhost"), "“https://localhost”"),
        (("--app-id", APP, "--url", "https://[::1"), "“https://[::1”"),
    ],
)
def test_what_cannot_be_a_package_is_not_written(tmp_path: Path, words: tuple[str, ...], named: str) -> None:
    given = {"MicrosoftAppId": "", "PRAISEBOT_PUBLIC_URL": ""}
    result = run(tmp_path, *words, **given)
    assert result.exit_code == 1
    assert named in result.output
    assert not (tmp_path / "app.zip").exists()
