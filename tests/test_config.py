from __future__ import annotations

from pathlib import Path

import pytest

from bot.config import Settings, is_loopback, operator_locale, read_settings
from bot.errors import ConfigurationError

NO_FILE = Path("/nonexistent/.env")
SECRET = "0123456789abcdef"


def read(**environment: str) -> Settings:
    return read_settings(environment, NO_FILE)


def problem(**environment: str) -> str:
    """Return what the operator is told."""
    with pytest.raises(ConfigurationError) as caught:
        read(**environment)
    return str(caught.value)


def test_nothing_set_is_a_server_for_this_machine_only() -> None:
    settings = read()
    assert settings == Settings()
    assert (settings.host, settings.port, settings.loopback, settings.sqlite) == ("127.0.0.1", 3978, True, True)
    assert (settings.demo, settings.web_secret, settings.webhook_secret) == (False, "", "")


def test_every_setting_is_read_by_its_name() -> None:
    settings = read(
        HOST="0.0.0.0",
        PORT="80",
        DATABASE_URL="sqlite:////var/praise.db",
        PRAISEBOT_LOCALE="en",
        PRAISEBOT_TIMEZONE="Asia/Urumqi",
        PRAISEBOT_MODEL="/srv/model",
        PRAISEBOT_DEMO="1",
        PRAISEBOT_WEB_SECRET=SECRET,
        PRAISEBOT_WEBHOOK_SECRET=SECRET[::-1],
        PRAISEBOT_LOG_LEVEL="debug",
    )
    assert settings == Settings(
        host="0.0.0.0",
        port=80,
        database_url="sqlite:////var/praise.db",
        locale="en",
        timezone="Asia/Urumqi",
        model=Path("/srv/model"),
        demo=True,
        web_secret=SECRET,
        webhook_secret=SECRET[::-1],
        log_level="DEBUG",
    )


def test_an_empty_setting_is_the_default() -> None:
    empty = dict.fromkeys(("HOST", "PORT", "DATABASE_URL", "PRAISEBOT_LOCALE", "PRAISEBOT_TIMEZONE"), "")
    assert read(**empty, PRAISEBOT_MODEL="", PRAISEBOT_LOG_LEVEL="") == Settings()


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.168.1.5", "chat.bank.cn", "127.0.0.1.evil.cn", "2130706433"])
def test_a_server_others_can_reach_needs_a_secret(host: str) -> None:
    for told in (problem(HOST=host), problem(HOST=host, PRAISEBOT_WEBHOOK_SECRET=SECRET)):
        assert f"HOST={host} " in told
        assert "PRAISEBOT_WEB_SECRET" in told
    settings = read(HOST=host, PRAISEBOT_WEB_SECRET=SECRET)
    assert (settings.host, settings.loopback) == (host, False)


@pytest.mark.parametrize("host", ["127.0.0.1", "127.1.2.3", "localhost", "::1", "[::1]"])
def test_the_loopback_interface_needs_none(host: str) -> None:
    assert is_loopback(host)
    assert read(HOST=host).loopback


@pytest.mark.parametrize("name", ["PRAISEBOT_WEB_SECRET", "PRAISEBOT_WEBHOOK_SECRET"])
def test_a_short_secret_is_refused_and_not_repeated(name: str) -> None:
    told = problem(**{name: SECRET[:15]})
    assert name in told
    assert SECRET[:15] not in told


def test_secrets_and_the_database_are_not_shown() -> None:
    settings = read(
        DATABASE_URL="postgresql://me:hunter2@db/praise",
        PRAISEBOT_WEB_SECRET=SECRET,
        PRAISEBOT_WEBHOOK_SECRET=SECRET[::-1],
    )
    for shown in (repr(settings), str(settings), f"{settings}"):
        assert "port=3978" in shown
        assert not any(secret in shown for secret in ("hunter2", SECRET, SECRET[::-1]))


@pytest.mark.parametrize("port", ["-1", "65536", "999999", "80a", "8 0", "8.0", "０", "²", "9" * 5000])
def test_what_is_no_port_is_refused(port: str) -> None:
    assert problem(PORT=port).startswith("PORT=")


@pytest.mark.parametrize("port", ["0", "1", "65535", "00080"])
def test_any_port_will_do(port: str) -> None:
    assert read(PORT=port).port == int(port)


@pytest.mark.parametrize(
    ("given", "used"),
    [
        ("postgres://me@db/praise", "postgresql+psycopg://me@db/praise"),
        ("postgresql://me@db/praise", "postgresql+psycopg://me@db/praise"),
        ("postgresql+psycopg://me@db/praise", "postgresql+psycopg://me@db/praise"),
        ("sqlite:///praise.db", "sqlite:///praise.db"),
    ],
)
def test_a_database_is_opened_with_the_tested_driver(given: str, used: str) -> None:
    settings = read(DATABASE_URL=given)
    assert settings.database_url == used
    assert settings.sqlite == used.startswith("sqlite")


@pytest.mark.parametrize("url", ["mysql://me:hunter2@db/x", "postgresql+asyncpg://me:hunter2@db/x", "sqlite://", "x"])
def test_another_database_is_refused_without_repeating_its_password(url: str) -> None:
    found = problem(DATABASE_URL=url)
    assert "DATABASE_URL" in found
    assert "hunter2" not in found


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("PRAISEBOT_LOCALE", "fr"),
        ("PRAISEBOT_LOG_LEVEL", "LOUD"),
        ("PRAISEBOT_TIMEZONE", "Asia/Peking"),
        ("PRAISEBOT_TIMEZONE", "Asia"),
        ("PRAISEBOT_TIMEZONE", "../../etc/passwd"),
        ("PRAISEBOT_TIMEZONE", "a\0b"),
    ],
)
def test_an_unknown_value_is_refused_by_name(name: str, value: str) -> None:
    assert problem(**{name: value}).startswith(f"{name}={value} ")


@pytest.mark.parametrize("value", ["", "0", "false", "False", "NO", "off"])
def test_the_demo_can_be_switched_off(value: str) -> None:
    assert not read(PRAISEBOT_DEMO=value).demo


@pytest.mark.parametrize("value", ["1", "true", "yes", "on"])
def test_the_demo_can_be_switched_on(value: str) -> None:
    assert read(PRAISEBOT_DEMO=value).demo


def test_a_file_is_read_below_the_environment(tmp_path: Path) -> None:
    dotenv = tmp_path / ".env"
    dotenv.write_text("# settings\nPORT=81\nexport PRAISEBOT_LOCALE='en'\nHOST=0.0.0.0\nLONELY\n", "utf-8")
    settings = read_settings({"PORT": "82", "PRAISEBOT_WEB_SECRET": SECRET}, dotenv)
    assert (settings.port, settings.locale, settings.host) == (82, "en", "0.0.0.0")
    assert read_settings({"HOST": "127.0.0.1"}, dotenv).port == 81


def test_a_file_that_is_no_text_is_told(tmp_path: Path) -> None:
    dotenv = tmp_path / ".env"
    dotenv.write_bytes("PRAISEBOT_LOCALE=中文".encode("gb18030"))
    with pytest.raises(ConfigurationError, match=r"\.env"):
        read_settings({}, dotenv)
    assert read_settings({}, tmp_path) == Settings()


def test_the_process_environment_is_read_by_default(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PORT", "8123")
    monkeypatch.setenv("PRAISEBOT_LOCALE", "en")
    assert read_settings(dotenv=NO_FILE).port == 8123
    assert operator_locale() == "en"


@pytest.mark.parametrize(
    ("environment", "locale"),
    [
        ({}, "en"),
        ({"LANG": "zh_CN.UTF-8"}, "zh_CN"),
        ({"LANG": "zh_CN.UTF-8", "LC_ALL": "C"}, "en"),
        ({"LANG": "C", "LC_MESSAGES": "zh_TW"}, "zh_CN"),
        ({"LANG": "zh_CN", "PRAISEBOT_LOCALE": "en"}, "en"),
        ({"LC_ALL": "", "LANG": "zh"}, "zh_CN"),
    ],
)
def test_the_command_line_speaks_the_operators_language(environment: dict[str, str], locale: str) -> None:
    assert operator_locale(environment) == locale


SLACK = {"SLACK_BOT_TOKEN": "xoxb", "SLACK_SIGNING_SECRET": "s"}
INSTALLED = {
    "SLACK_CLIENT_ID": "1.2",
    "SLACK_CLIENT_SECRET": "c",
    "SLACK_SIGNING_SECRET": "s",
    "PRAISEBOT_SECRET_KEY": SECRET,
    "PRAISEBOT_PUBLIC_URL": "https://praise.example.com/",
}


def test_slack_is_off_unless_a_workspace_can_be_reached() -> None:
    assert not read().slack
    assert not read(SLACK_SIGNING_SECRET="s").slack
    assert read(**SLACK).slack
    assert read(SLACK_BOT_TOKEN="xoxb", SLACK_APP_TOKEN="xapp").slack
    assert read(**INSTALLED).slack
    assert read(**INSTALLED).public_url == "https://praise.example.com"


@pytest.mark.parametrize("name", sorted({*INSTALLED} - {"SLACK_CLIENT_ID"}))
def test_workspaces_cannot_install_what_is_half_set(name: str) -> None:
    assert name in problem(**{**INSTALLED, name: ""})


def test_slack_set_halfway_is_said() -> None:
    assert "SLACK_APP_TOKEN / SLACK_SIGNING_SECRET" in problem(SLACK_BOT_TOKEN="xoxb")
    assert "SLACK_BOT_TOKEN" in problem(SLACK_APP_TOKEN="xapp")
    assert "Set one of them" in problem(**INSTALLED, SLACK_BOT_TOKEN="xoxb")


def test_several_keys_are_separated_by_blanks_and_each_long_enough() -> None:
    assert read(PRAISEBOT_SECRET_KEY=f"{SECRET} {SECRET[::-1]}").secret_keys == (SECRET, SECRET[::-1])
    assert "PRAISEBOT_SECRET_KEY" in problem(PRAISEBOT_SECRET_KEY=f"{SECRET} short")


@pytest.mark.parametrize("url", ["http://slack.com/api/", "ftp://x", "slack.com", "http://[", "//x"])
@pytest.mark.parametrize("name", ["SLACK_API_URL", "PRAISEBOT_PUBLIC_URL"])
def test_addresses_that_can_be_overheard_are_refused(name: str, url: str) -> None:
    assert name in problem(**{name: url})


@pytest.mark.parametrize("url", ["http://127.0.0.1:4003/api", "http://localhost:1/api/", "https://slack.com/api"])
def test_on_this_machine_an_emulated_slack_will_do(url: str) -> None:
    assert read(SLACK_API_URL=url).slack_api_url == url.rstrip("/") + "/"


@pytest.mark.parametrize("emoji", ["raised_hands", ":raised_hands:", " :raised_hands: "])
def test_a_reaction_is_named_with_or_without_colons(emoji: str) -> None:
    assert read(PRAISEBOT_SLACK_REACTION=emoji).slack_reaction == "raised_hands"
