"""Every text a person can read is there in both languages, says the same in both, and can be acted on as written."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import cache
from pathlib import Path
from string import Formatter

import pytest
from babel.messages.catalog import Catalog
from babel.messages.pofile import read_po

from bot import errors
from bot.config import LOCALES
from bot.errors import AllowanceSpent, NobodyNamed, NotUnderstood, PraisebotError, ReasonTooLong, Refused
from bot.handlers import COMMANDS, MENU
from bot.handlers.demo import CONTROLS
from bot.handlers.leaderboard import understood
from bot.i18n import LOCALE_DIRECTORY, day, describe, listing, moment, nearest_locale, translator
from bot.periods import parse_window
from bot.praise import parse
from bot.tags import Tag
from bot.web.incoming import command_length
from bot.web.texts import command_hints

PACKAGE = Path(errors.__file__).parent
CHINESE = LOCALE_DIRECTORY / "zh_CN" / "LC_MESSAGES" / "praisebot.po"

# Names a Chinese reader meets in Latin letters too: formats, keys, settings, and what is typed as it stands.
LATIN = {
    *("sqlite", "postgresql", "file", "db", "user", "host", "name", "migrate", "setup"),
    *("HOST", "PORT", "DATABASE_URL", "PRAISEBOT_TIMEZONE", "PRAISEBOT_WEBHOOK_SECRET", "text"),
    *(
        "CSV",
        "TSV",
        "XLSX",
        "JSON",
        "JSONL",
        "TOML",
        "UTF",
        "GB",
        "HTTP",
        "SQLite",
        "JavaScript",
        "Ctrl",
        "Enter",
        "Shift",
        "invite",
    ),
    *("praisebot", "roster", "serve", "effective", "FILE", "PORT", "PRAISEBOT_WEB_SECRET", "Asia", "Shanghai", "text"),
    *("team", "name", "english_name", "staff_number", "role", "locale", "zh_CN", "en"),
    *("agent", "supervisor", "manager", "admin"),
    *("help", "train", "primary", "tier", "value_added", "basic", "highlight", "none"),
    *("tsv", "models", "corpus", "README", "md"),
    *("model", "list", "agreement", "on", "off"),
    *("Dask", "dask", "worker", "tcp", "host", "pip", "install", "tag", "processes", "nthreads"),
    *(
        "Slack",
        "SLACK_BOT_TOKEN",
        "SLACK_CLIENT_ID",
        "http",
        "https",
        "invite",
        "Socket",
        "Mode",
        "url",
        "slack",
        "link",
        "ID",
    ),
    *(
        "Teams",
        "Azure",
        "Microsoft",
        "MicrosoftAppId",
        "PRAISEBOT_PUBLIC_URL",
        "PRAISEBOT_TEAMS_DEVELOPMENT",
        "app",
        "id",
    ),
}
# Not written out where they are translated: each is an attribute whose texts are collected from where they are written.
COLLECTED_ELSEWHERE = {"command.usage", "command.help", "error.message", "problem.message"}


# --- what is written in the source -----------------------------------------------------------------------------------


@dataclass(frozen=True)
class Use:
    """A text given to ``_``: ``text`` is None when it is not a literal, ``given`` the placeholders filled there."""

    place: str
    text: str | None
    source: str
    given: frozenset[str]


def uses_in(source: str, place: str) -> Iterator[Use]:
    """Find the texts in the ``source`` of the file ``place``."""
    for node in ast.walk(ast.parse(source)):
        if not isinstance(node, ast.Call):
            continue
        called = ast.unparse(node.func)
        if called == "_" or re.fullmatch(r"translator\(.*\)", called):
            argument = node.args[0]
        elif called == "Problem" and place.startswith("web/"):  # translated when it is answered
            argument = node.args[1]
        else:
            continue
        text = argument.value if isinstance(argument, ast.Constant) and isinstance(argument.value, str) else None
        given = frozenset(keyword.arg for keyword in node.keywords if keyword.arg)
        yield Use(f"{place}:{node.lineno}", text, ast.unparse(argument), given)


@cache
def all_uses() -> tuple[Use, ...]:
    files = sorted(PACKAGE.rglob("*.py"))
    return tuple(
        use for file in files for use in uses_in(file.read_text("utf-8"), file.relative_to(PACKAGE).as_posix())
    )


def error_classes(root: type[PraisebotError] = PraisebotError) -> Iterator[type[PraisebotError]]:
    yield root
    for child in root.__subclasses__():
        yield from error_classes(child)


def used_texts() -> set[str]:
    return {
        *(use.text for use in all_uses() if use.text is not None),
        *(error.message for error in map(bare, error_classes())),
        *(text for command in COMMANDS for text in (command.usage, command.help)),
    }


def bare(error: type[PraisebotError]) -> PraisebotError:
    """An error without its data, whose message still holds the placeholders."""
    made = error.__new__(error)
    made.data = {}
    return made


def placeholders(text: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(text) if name is not None}


@cache
def catalogue() -> Catalog:
    with CHINESE.open("rb") as file:
        return read_po(file, locale="zh_CN")


def translations() -> dict[str, str]:
    return {str(message.id): str(message.string) for message in catalogue() if message.id}


def without_placeholders(text: str) -> str:
    return re.sub(r"\{[^}]*\}", "{}", text)


# --- complete --------------------------------------------------------------------------------------------------------


def test_every_text_has_its_chinese() -> None:
    translated = {text for text, chinese in translations().items() if chinese.strip()}

    assert sorted(used_texts() - translated) == []


def test_the_catalogue_holds_nothing_that_nobody_says_any_more() -> None:
    assert sorted(translations().keys() - used_texts()) == []
    assert list(catalogue().obsolete) == []


def test_no_translation_is_fuzzy_or_there_twice() -> None:
    assert [message.id for message in catalogue() if message.id and message.fuzzy] == []
    written = re.findall(r'^msgid "', CHINESE.read_text("utf-8"), re.MULTILINE)
    assert len(written) == len(translations()) + 1  # and the header


def test_a_new_text_is_noticed() -> None:
    source = '_("New words")\ntranslator(actor.locale)("More " "words")\nraise Problem(400, "Bad words.")\nother("No")'

    assert [use.text for use in uses_in(source, "web/new.py")] == ["New words", "More words", "Bad words."]
    assert not {"New words", "More words", "Bad words."} & translations().keys()


def test_texts_are_written_out_where_they_are_translated() -> None:
    """What is put together first, an f-string for one, is a text no catalogue can hold."""
    assert [use for use in all_uses() if use.text is None and use.source not in COLLECTED_ELSEWHERE] == []


def test_menus_are_labelled_in_every_language() -> None:
    for item in (*MENU, *CONTROLS):
        assert set(item.labels) == set(LOCALES)
        assert re.search(r"[\u4e00-\u9fff]", item.labels["zh_CN"])


# --- the same in both languages ---------------------------------------------------------------------------------------


def test_both_languages_have_the_same_placeholders() -> None:
    different = [text for text, chinese in translations().items() if placeholders(text) != placeholders(chinese)]

    assert different == []


def test_every_placeholder_is_filled_where_the_text_is_used() -> None:
    """The page's own texts are filled by its scripts."""
    uses = [use for use in all_uses() if use.text is not None and not use.place.startswith("web/texts.py")]

    assert [use for use in uses if placeholders(use.text or "") - use.given] == []


def test_every_placeholder_of_an_error_is_filled_where_it_is_raised() -> None:
    known = {error.__name__: placeholders(bare(error).message) for error in error_classes()}
    forgotten = []
    for file in sorted(PACKAGE.rglob("*.py")):
        tree = ast.parse(file.read_text("utf-8"))
        called = {node.func: node for node in ast.walk(tree) if isinstance(node, ast.Call)}
        raised = [node.exc for node in ast.walk(tree) if isinstance(node, ast.Raise)]
        for name in (node for node in (*called, *raised) if isinstance(node, ast.Name) and node.id in known):
            keywords = {keyword.arg for keyword in called[name].keywords} if name in called else set()
            if known[name.id] - keywords:
                forgotten.append(f"{file.name}:{name.lineno} {name.id}")

    assert forgotten == []


def test_sentences_end_as_sentences_in_both_languages() -> None:
    for text, chinese in translations().items():
        assert (text[-1] == ".") == (chinese[-1] in "。！"), text
        assert (text[-1] == ":") == (chinese[-1] == "："), text
        assert text.count("\n") == chinese.count("\n"), text


# --- Chinese as it is written -----------------------------------------------------------------------------------------


def test_no_english_is_left_in_chinese_texts() -> None:
    left = {
        text: words
        for text, chinese in translations().items()
        if (words := set(re.findall(r"[A-Za-z][A-Za-z_]+", without_placeholders(chinese))) - LATIN)
    }

    assert left == {}


def test_chinese_punctuation_is_full_width() -> None:
    narrow = re.compile(r"[\u4e00-\u9fff”）}][,;:?!()]|[,;:?!()][\u4e00-\u9fff“（{]|[\"']|\.\.\.|[。，：；？！] ")
    found = [chinese for chinese in translations().values() if narrow.search(without_placeholders(chinese))]

    assert found == []


# --- what is shown can be typed ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("locale", LOCALES)
def test_every_command_has_a_line_of_help_with_an_example_that_is_understood(locale: str) -> None:
    translate = translator(locale)
    for command in COMMANDS:
        usage = translate(command.usage)
        length = command_length(usage)
        assert length is not None
        first, *rest = usage[length:].split()
        assert first in (command.name, *command.aliases) or (command.name == "praise" and first.startswith("@"))
        if command.name == "top":
            assert understood(" ".join(rest), date(2026, 11, 22)).period.key() == "2026-W46"
        assert translate(command.help).strip()


@pytest.mark.parametrize("locale", LOCALES)
def test_every_command_named_in_a_text_exists(locale: str) -> None:
    words = {word for command in COMMANDS for word in (command.name, *command.aliases)}
    own = "praise" if locale == "en" else "表扬"
    texts = translations()
    for text in texts if locale == "en" else texts.values():
        for slash, following in re.findall(r"/(praise|表扬)(?: ([^\s.？?]+))?", text):
            assert slash == own, text
            assert following in ("", *words) or following[0] in "@{", text


@pytest.mark.parametrize("locale", LOCALES)
def test_the_words_offered_after_a_slash_are_commands(locale: str) -> None:
    words = {word for command in COMMANDS for word in (command.name, *command.aliases)}
    for offered, meaning in command_hints(locale):
        assert meaning
        for hint in offered:
            length = command_length(hint)
            assert length is not None
            assert hint[length:].split("@")[0].strip() in ("", *words)


@pytest.mark.parametrize("locale", LOCALES)
def test_the_tags_the_help_names_are_tags(locale: str) -> None:
    note = next(text for text in translations() if text.startswith("#attitude"))

    draft = parse(translator(locale)(note))

    assert (draft.tags, draft.private, draft.unknown_tags) == (tuple(Tag), True, ())


@pytest.mark.parametrize(
    ("locale", "periods"),
    [
        ("en", ["this week", "last month", "this quarter", "2026-10-01..2026-10-31"]),
        ("zh_CN", ["本周", "上月", "本季度", "10月1日至10月31日"]),
    ],
)
def test_the_periods_suggested_are_understood(locale: str, periods: list[str]) -> None:
    suggested = describe(errors.WindowNotUnderstood(words="?"), locale)
    for period in periods:
        assert period in suggested
        assert parse_window(period, date(2026, 11, 22)) is not None


# --- errors -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("locale", LOCALES)
def test_every_error_says_something_with_its_data_in_it(locale: str) -> None:
    for kind in error_classes():
        error = bare(kind)
        data = {name: f"<{name}>" for name in placeholders(error.message)}
        error.data = dict(data)
        if isinstance(error, Refused):
            error.problems = ()
        said = describe(error, locale)
        assert said.strip(), kind
        assert all(value in said for value in data.values()), kind
        assert not placeholders(said), kind


def test_several_problems_are_told_one_a_line() -> None:
    refused = Refused((NobodyNamed(), ReasonTooLong(length=2100, limit=2000)))

    assert describe(refused, "zh_CN").split("\n") == [
        "还没有成功，原因如下：",
        "• 请说明表扬谁：输入 @ 选择同事。",
        "• 内容有 2100 字，请控制在 2000 字以内。",
    ]
    assert [line[:2] for line in describe(refused, "en").split("\n")] == ["Pl", "• ", "• "]


def test_a_date_in_an_error_is_written_as_its_reader_writes_it() -> None:
    spent = AllowanceSpent(needed=2, left=1, until=date(2026, 11, 30))

    assert "11月30日" in describe(spent, "zh_CN")
    assert "30 Nov" in describe(spent, "en")


def test_braces_in_what_a_person_typed_stay_as_they_are() -> None:
    for locale in LOCALES:
        assert "{name} {0}" in describe(NotUnderstood(words="{name} {0}"), locale)


# --- locales, dates and lists -----------------------------------------------------------------------------------------


def test_an_unknown_locale_reads_english() -> None:
    assert translator("tlh")("Undo") == "Undo"
    assert describe(NobodyNamed(), "tlh") == NobodyNamed().message


@pytest.mark.parametrize(
    ("text", "name", "said"),
    [
        ("{name}周榜", "International Team", "International Team 周榜"),
        ("{name}周榜", "信用卡一组", "信用卡一组周榜"),
        ("没有{name}这个班组", "Loans", "没有 Loans 这个班组"),
        ("没有{name}这个班组", "Loans组", "没有 Loans组这个班组"),
        ("给{name}：谢谢", "José", "给 José：谢谢"),
        ("“{name}”已发出", "Loans", "“Loans”已发出"),
        ("第{name}周", 47, "第47周"),
        ("从{name}起", "11月22日", "从11月22日起"),
        ("{name}和{name}", "Bo", "Bo 和 Bo"),
        ("{name}收到的表扬", "", "收到的表扬"),
        ("{name}说", "{name}", "{name}说"),
    ],
)
def test_latin_letters_stand_apart_from_chinese_characters(text: str, name: object, said: str) -> None:
    assert translator("zh_CN")(text, name=name) == said


def test_a_text_without_translation_reads_english() -> None:
    assert translator("zh_CN")("{left} sheep", left=3) == "3 sheep"


@pytest.mark.parametrize(
    ("tag", "locale"),
    [
        ("zh-Hans-CN", "zh_CN"),
        ("zh_TW", "zh_CN"),
        ("ZH", "zh_CN"),
        ("en-GB", "en"),
        ("de", "en"),
        ("", "zh_CN"),
        (None, "zh_CN"),
    ],
)
def test_language_tags_of_platforms_find_the_nearest_catalogue(tag: str | None, locale: str) -> None:
    assert nearest_locale(tag) == locale


def test_days_and_moments_are_written_as_each_language_does() -> None:
    early = datetime(2026, 11, 22, 1, 5, tzinfo=UTC)

    assert (day(early.date(), "zh_CN"), day(early.date(), "en")) == ("11月22日", "22 Nov")
    assert moment(early, "zh_CN", "Asia/Shanghai") == "11月22日 09:05"
    assert moment(early, "en", "Asia/Shanghai") == "22 Nov, 09:05"
    assert moment(early, "zh_CN", "America/New_York") == "11月21日 20:05"


def test_names_are_joined_as_each_language_does() -> None:
    assert listing(["张伟", "李娜", "Wei"], "zh_CN") == "张伟、李娜、Wei"
    assert listing(("Wei", "Na"), "en") == "Wei, Na"
    assert listing([], "zh_CN") == ""
