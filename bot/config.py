"""Settings: the only reader of the environment. Standard names where one exists, ``PRAISEBOT_…`` for the rest."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from ipaddress import ip_address
from pathlib import Path
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from dotenv import dotenv_values

from bot.errors import (
    AddressInsecure,
    DatabaseUnknown,
    PortInvalid,
    SecretMissing,
    SecretTooShort,
    SettingsFileUnreadable,
    SettingUnknown,
    SlackIncomplete,
    SlackTwice,
    TeamsDevelopmentExposed,
    TeamsIncomplete,
    TimezoneUnknown,
)

LOCALES = ("zh_CN", "en")
SLACK_API = "https://slack.com/api/"
BOT_METADATA = "https://login.botframework.com/v1/.well-known/openidconfiguration"
MICROSOFT_LOGIN = "https://login.microsoftonline.com"
APP_TYPES = ("SingleTenant", "MultiTenant")


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """Everything an operator can set. Secrets are kept out of ``repr``."""

    host: str = "127.0.0.1"
    port: int = 3978
    database_url: str = "sqlite:///praisebot.db"
    locale: str = "zh_CN"
    timezone: str = "Asia/Shanghai"
    model: Path = Path("models/tagger")
    demo: bool = False
    web_secret: str = ""
    webhook_secret: str = ""
    public_url: str = ""
    """Where other machines reach the server, without a slash at the end."""
    secret_key: str = ""
    """One or several, see `secret_keys`."""
    slack_signing_secret: str = ""
    slack_bot_token: str = ""
    slack_app_token: str = ""
    slack_client_id: str = ""
    slack_client_secret: str = ""
    slack_api_url: str = SLACK_API
    slack_reaction: str = ""
    """The name of the emoji that seconds a praise; empty for none."""
    teams_app_id: str = ""
    teams_app_password: str = ""
    teams_app_type: str = "SingleTenant"
    teams_tenant: str = ""
    teams_metadata_url: str = BOT_METADATA
    """Where the keys that sign what Teams sends are published."""
    teams_login_url: str = ""
    """Where the app gets its tokens, without a slash at the end."""
    teams_development: bool = False
    """Whether clients on this machine may pass for Teams."""
    log_level: str = "INFO"

    def __repr__(self) -> str:
        shown = {"host", "port", "locale", "timezone", "model", "demo", "log_level"}
        return f"Settings({', '.join(f'{name}={getattr(self, name)!r}' for name in sorted(shown))})"

    @property
    def loopback(self) -> bool:
        """Whether only this machine can reach the server."""
        return is_loopback(self.host)

    @property
    def secret_keys(self) -> tuple[str, ...]:
        """What is kept encrypted is written with the first and read with any."""
        return tuple(self.secret_key.split())

    @property
    def slack(self) -> bool:
        """Whether Slack is connected: one workspace by its bot token, or any number that install the app."""
        return bool(self.slack_bot_token or self.slack_client_id)

    @property
    def teams(self) -> bool:
        """Whether Teams is connected: by its app, or by a client on this machine that passes for Teams."""
        return bool(self.teams_app_id) or self.teams_development

    @property
    def sqlite(self) -> bool:
        """Whether the database is a file, so that one process serves and works."""
        return self.database_url.startswith("sqlite")


def is_loopback(host: str) -> bool:
    """Return whether ``host`` names the loopback interface."""
    if host == "localhost":
        return True
    try:
        return ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return False


def read_settings(environment: Mapping[str, str] | None = None, dotenv: Path = Path(".env")) -> Settings:
    """Read the environment, and ``dotenv`` below it; raise `ConfigurationError` naming the setting that is wrong."""
    values = _dotenv(dotenv) | dict(os.environ if environment is None else environment)
    default = Settings()
    settings = Settings(
        host=values.get("HOST") or default.host,
        port=_port(values.get("PORT") or str(default.port)),
        database_url=_database_url(values.get("DATABASE_URL") or default.database_url),
        locale=_one_of("PRAISEBOT_LOCALE", values.get("PRAISEBOT_LOCALE") or default.locale, LOCALES),
        timezone=_timezone(values.get("PRAISEBOT_TIMEZONE") or default.timezone),
        model=Path(values.get("PRAISEBOT_MODEL") or default.model),
        demo=_on(values.get("PRAISEBOT_DEMO", "")),
        web_secret=values.get("PRAISEBOT_WEB_SECRET", ""),
        webhook_secret=values.get("PRAISEBOT_WEBHOOK_SECRET", ""),
        public_url=_address("PRAISEBOT_PUBLIC_URL", values.get("PRAISEBOT_PUBLIC_URL", "")).rstrip("/"),
        secret_key=values.get("PRAISEBOT_SECRET_KEY", ""),
        slack_signing_secret=values.get("SLACK_SIGNING_SECRET", ""),
        slack_bot_token=values.get("SLACK_BOT_TOKEN", ""),
        slack_app_token=values.get("SLACK_APP_TOKEN", ""),
        slack_client_id=values.get("SLACK_CLIENT_ID", ""),
        slack_client_secret=values.get("SLACK_CLIENT_SECRET", ""),
        slack_api_url=_address("SLACK_API_URL", values.get("SLACK_API_URL") or default.slack_api_url).rstrip("/") + "/",
        slack_reaction=values.get("PRAISEBOT_SLACK_REACTION", "").strip().strip(":"),
        teams_app_id=values.get("MicrosoftAppId", "").strip(),
        teams_app_password=values.get("MicrosoftAppPassword", ""),
        teams_app_type=_one_of("MicrosoftAppType", values.get("MicrosoftAppType") or default.teams_app_type, APP_TYPES),
        teams_tenant=values.get("MicrosoftAppTenantId", "").strip(),
        teams_metadata_url=_address("BotOpenIdMetadata", values.get("BotOpenIdMetadata") or default.teams_metadata_url),
        teams_login_url=_login_url(values),
        teams_development=_on(values.get("PRAISEBOT_TEAMS_DEVELOPMENT", "")),
        log_level=_one_of(
            "PRAISEBOT_LOG_LEVEL",
            (values.get("PRAISEBOT_LOG_LEVEL") or default.log_level).upper(),
            ("DEBUG", "INFO", "WARNING", "ERROR"),
        ),
    )
    for name, secret in (
        ("PRAISEBOT_WEB_SECRET", settings.web_secret),
        ("PRAISEBOT_WEBHOOK_SECRET", settings.webhook_secret),
        *(("PRAISEBOT_SECRET_KEY", key) for key in settings.secret_keys),
    ):
        if secret and len(secret) < 16:
            raise SecretTooShort(name=name)
    if not settings.loopback and not settings.web_secret:
        raise SecretMissing(host=settings.host)
    _check_slack(settings)
    _check_teams(settings)
    return settings


def _check_teams(settings: Settings) -> None:
    """Refuse what is set halfway, and a door without a lock that others can reach."""
    if settings.teams_development and not settings.loopback:
        raise TeamsDevelopmentExposed(host=settings.host)
    if not settings.teams_app_id:
        for name, value in (
            ("MicrosoftAppPassword", settings.teams_app_password),
            ("MicrosoftAppTenantId", settings.teams_tenant),
        ):
            if value:
                raise TeamsIncomplete(present=name, missing="MicrosoftAppId")
        return
    if not settings.teams_app_password:
        raise TeamsIncomplete(present="MicrosoftAppId", missing="MicrosoftAppPassword")
    if settings.teams_app_type == "SingleTenant" and not settings.teams_tenant:
        raise TeamsIncomplete(present="MicrosoftAppId", missing="MicrosoftAppTenantId")


def _login_url(values: Mapping[str, str]) -> str:
    """Return where tokens are got: at the app's own tenant, or at that of all bots of any tenant."""
    given = _address("ToChannelFromBotLoginUrl", values.get("ToChannelFromBotLoginUrl", "")).rstrip("/")
    if given or not values.get("MicrosoftAppId"):
        return given
    single = (values.get("MicrosoftAppType") or APP_TYPES[0]) == APP_TYPES[0]
    tenant = values.get("MicrosoftAppTenantId", "").strip() if single else "botframework.com"
    return f"{MICROSOFT_LOGIN}/{tenant}"


def _on(value: str) -> bool:
    return value.lower() not in ("", "0", "false", "no", "off")


def _check_slack(settings: Settings) -> None:
    """Refuse what is set halfway: a bot token alone receives nothing, and installed workspaces need all four."""
    if settings.slack_bot_token and settings.slack_client_id:
        raise SlackTwice
    if settings.slack_bot_token and not (settings.slack_app_token or settings.slack_signing_secret):
        raise SlackIncomplete(present="SLACK_BOT_TOKEN", missing="SLACK_APP_TOKEN / SLACK_SIGNING_SECRET")
    if settings.slack_client_id:
        for name, value in (
            ("SLACK_CLIENT_SECRET", settings.slack_client_secret),
            ("SLACK_SIGNING_SECRET", settings.slack_signing_secret),
            ("PRAISEBOT_SECRET_KEY", settings.secret_key),
            ("PRAISEBOT_PUBLIC_URL", settings.public_url),
        ):
            if not value:
                raise SlackIncomplete(present="SLACK_CLIENT_ID", missing=name)
    if settings.slack_app_token and not settings.slack_bot_token:
        raise SlackIncomplete(present="SLACK_APP_TOKEN", missing="SLACK_BOT_TOKEN")


def _address(name: str, url: str) -> str:
    """Return ``url`` if what is sent there cannot be overheard: over TLS, or on this machine."""
    try:
        parts = urlsplit(url)
        safe = parts.scheme == "https" or (parts.scheme == "http" and is_loopback(parts.hostname or ""))
    except ValueError:
        safe = False
    if url and not safe:
        raise AddressInsecure(name=name, value=url)
    return url


def _dotenv(path: Path) -> dict[str, str]:
    if not path.is_file():
        return {}
    try:
        return {name: value for name, value in dotenv_values(path).items() if value is not None}
    except (OSError, UnicodeDecodeError):
        raise SettingsFileUnreadable(path=path) from None


def _port(text: str) -> int:
    if text.isascii() and text.isdigit() and len(text) <= 5 and int(text) < 65536:
        return int(text)
    raise PortInvalid(value=text)


def _one_of(name: str, value: str, allowed: tuple[str, ...]) -> str:
    if value in allowed:
        return value
    raise SettingUnknown(name=name, value=value, choices=", ".join(allowed))


def _timezone(name: str) -> str:
    try:
        return ZoneInfo(name).key
    except (ZoneInfoNotFoundError, ValueError, OSError):  # OSError: the name of a folder, such as Asia
        raise TimezoneUnknown(value=name) from None


def _database_url(url: str) -> str:
    """Return ``url`` for SQLAlchemy with the driver this product is tested with."""
    for prefix in ("postgres://", "postgresql://"):
        if url.startswith(prefix):
            return "postgresql+psycopg://" + url.removeprefix(prefix)
    if url.startswith(("sqlite:///", "postgresql+psycopg://")):
        return url
    raise DatabaseUnknown


def operator_locale(environment: Mapping[str, str] | None = None) -> str:
    """Return the language of the command line: PRAISEBOT_LOCALE, else that of LC_ALL, LC_MESSAGES or LANG, else
    English.
    """
    values = os.environ if environment is None else environment
    for name in ("PRAISEBOT_LOCALE", "LC_ALL", "LC_MESSAGES", "LANG"):
        value = values.get(name, "")
        if value:
            return "zh_CN" if value.lower().startswith("zh") else "en"
    return "en"
