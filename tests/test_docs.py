"""The documentation is complete and true where a machine can tell."""

from __future__ import annotations

import ast
import importlib
import re
import subprocess
import tomllib
from datetime import UTC, datetime
from itertools import pairwise
from pathlib import Path

import pytest
import typer

from bot.cli import app
from bot.config import Settings, read_settings
from bot.handlers import COMMANDS
from bot.intake import MAX_BODY, MAX_COMMENTS, MAX_FIELD, MAX_TEXT, parse_webhook, verify_signature
from bot.rules import DEFAULT_RULES, RulesError, parse
from tests.conftest import ROOT

ENGLISH, CHINESE = ROOT / "README.md", ROOT / "README.zh-CN.md"
READMES = (ENGLISH, CHINESE)
DOCS = ROOT / "docs"
ARCHITECTURE, OPERATING, RULES = DOCS / "architecture.md", DOCS / "operating.md", DOCS / "rules.md"
PAGES = (*READMES, ROOT / "CONTRIBUTING.md", ROOT / "CHANGELOG.md", *sorted(DOCS.rglob("*.md")))


def text_of(page: Path) -> str:
    return page.read_text("utf-8")


def name_of(page: Path) -> str:
    return str(page.relative_to(ROOT))


def table_rows(page: Path) -> dict[str, str]:
    """Each row of a page's tables, by the first code in it."""
    lines = [line for line in text_of(page).splitlines() if line.startswith("| `")]
    return {line.split("`")[1]: line for line in lines}


def code_blocks(page: Path, language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```$", text_of(page), re.MULTILINE | re.DOTALL)


# --- what can be typed ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("command", COMMANDS, ids=lambda command: command.name)
def test_every_command_is_in_both_readmes_with_its_other_names(command) -> None:  # type: ignore[no-untyped-def]
    for page, slash in ((ENGLISH, "/praise"), (CHINESE, "/表扬")):
        names = {command.name, *command.aliases} - {"？"}
        if command.name == "praise":
            found = [row for first, row in table_rows(page).items() if first.startswith(f"{slash} @")]
        else:
            found = [row for first, row in table_rows(page).items() if {*first.split()[1:2]} & names]
        assert len(found) == 1, (page.name, command.name)
        missing = {name for name in names if not re.search(rf"`{re.escape(name)}`|`{slash} {name}\b", found[0])}
        assert missing <= {"praise", "表扬"}, (page.name, command.name)


def cli_commands() -> list[str]:
    group = typer.main.get_command(app)
    found = []
    for name, command in group.commands.items():  # type: ignore[attr-defined]
        inner = getattr(command, "commands", None)
        found += [f"{name} {part}" for part in inner] if inner else [name]
    return found


@pytest.mark.parametrize("name", cli_commands())
def test_every_command_of_the_command_line_has_a_row(name: str) -> None:
    assert [row for row in table_rows(OPERATING) if re.match(rf"praisebot {name}( [A-Z\[-]|$)", row)]


def test_no_row_names_a_command_that_does_not_exist() -> None:
    rows = [row for row in table_rows(OPERATING) if row.startswith("praisebot ")]
    assert len(rows) == len(cli_commands())


def test_both_readmes_name_the_same_targets_of_make_and_they_exist() -> None:
    english, chinese = (set(re.findall(r"\bmake ([a-z]+)\b", text_of(page))) for page in READMES)
    assert english == chinese
    targets = set(re.findall(r"^([a-z]+):", text_of(ROOT / "Makefile"), re.MULTILINE))
    for page in PAGES:
        named = re.findall(r"(?:^|`|\s)make ([a-z]+)(?=[`\s;,.]|$)", "\n".join(code_in(page)), re.MULTILINE)
        assert set(named) <= targets, name_of(page)


def code_in(page: Path) -> list[str]:
    return [*code_blocks(page, "sh"), *re.findall(r"`([^`\n]+)`", text_of(page))]


# --- settings, rules, limits ------------------------------------------------------------------------------------------


def settings() -> list[str]:
    """Every setting that config.py reads."""
    tree = ast.parse(text_of(ROOT / "bot/config.py"))
    reads = [node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef) and node.name == "read_settings"]
    words = {node.value for node in ast.walk(reads[0]) if isinstance(node, ast.Constant)}
    return sorted(str(word) for word in words if re.fullmatch(r"[A-Z][A-Z_]+", str(word)))


LEVELS = {"DEBUG", "INFO", "WARNING", "ERROR"}


@pytest.mark.parametrize("page", [*READMES, OPERATING], ids=name_of)
def test_every_setting_has_a_row_with_its_default(page: Path) -> None:
    rows = table_rows(page)
    names = set(settings()) - LEVELS
    assert {"HOST", "DATABASE_URL", "PRAISEBOT_WEB_SECRET"} <= names
    assert names == {row for row in rows if re.fullmatch(r"[A-Z][A-Z_]+", row)} - LEVELS
    default = Settings()
    for name in names:
        value = getattr(default, name.removeprefix("PRAISEBOT_").lower())
        if value:
            assert f"| `{value}` |" in rows[name], name


def test_the_defaults_in_the_tables_are_what_is_read() -> None:
    assert read_settings({}, dotenv=Path("no-such-file")) == Settings()


def rule_keys() -> set[str]:
    data = tomllib.loads(DEFAULT_RULES)

    def keys(table: dict[str, object]) -> set[str]:
        return {key for key, value in table.items() if not isinstance(value, dict)}.union(
            *(keys(value) for value in table.values() if isinstance(value, dict))
        )

    return keys(data)


def test_every_key_of_the_rules_has_a_row() -> None:
    assert rule_keys() == set(table_rows(RULES))


def test_the_defaults_of_the_rules_are_the_defaults() -> None:
    data = tomllib.loads(DEFAULT_RULES)
    rows = table_rows(RULES)
    for table in ("allowance", "policy", "boards"):
        for key, value in data[table].items():
            cell = rows[key].split("|")[2]
            assert tomllib.loads(f"found = {cell.replace('`', '')}")["found"] == value, key
    for tag, row in ((tag, rows[tag]) for tag in data["points"]["peer"]["basic"]):
        worth = [data["points"][kind][tier][tag] for kind in ("peer", "customer") for tier in ("basic", "highlight")]
        assert row.split("|")[2].strip() == ", ".join(map(str, worth))


def test_the_mistakes_shown_are_found_where_they_are_said_to_be() -> None:
    wrong = DEFAULT_RULES.replace("solution = 3", 'solution = "three"', 1)
    wrong = wrong.replace('peer = "at_once"', 'peer = "now"').replace('"09:00"', '"9:00"')
    with pytest.raises(RulesError) as caught:
        parse(wrong)
    (shown,) = code_blocks(RULES, "text")
    found = [(mistake.line, mistake.key) for mistake in caught.value.mistakes]
    assert [(int(line), key) for line, key in re.findall(r"line (\d+): (\S+)", shown)] == found


def test_the_limits_of_files_and_webhooks_are_the_limits() -> None:
    said = text_of(OPERATING)
    assert f"{MAX_TEXT} characters" in said
    assert f"up to {MAX_COMMENTS}, at most {MAX_BODY // 1024**2} MiB" in said
    assert f"| {MAX_FIELD} |" in said


def test_the_example_of_the_webhook_is_signed_as_it_is_checked() -> None:
    first, second = code_blocks(OPERATING, "python")
    code: dict[str, object] = {}
    exec(first, code)
    body = b'{"text": "thank you"}'
    headers = code["headers_for"]("a secret", body, "key-0001")  # type: ignore[operator]
    timestamp, signature = headers["X-Praisebot-Timestamp"], headers["X-Praisebot-Signature"]
    verify_signature("a secret", timestamp, body, signature, now=datetime.fromtimestamp(int(timestamp), UTC))
    asked = set(re.findall(r'headers\.get\("([A-Za-z-]+)"', text_of(ROOT / "bot/webhook.py")))
    assert asked == set(headers) - {"Content-Type"}
    call = ast.parse(second).body[0]
    assert isinstance(call, ast.Expr)
    assert isinstance(call.value, ast.Call)
    comments = ast.literal_eval(call.value.args[2])
    rows, errors = parse_webhook(repr(comments[0]).replace("'", '"').encode(), timezone="Asia/Shanghai")
    assert (len(rows), errors) == (1, ())


# --- the tree ---------------------------------------------------------------------------------------------------------


def dependencies() -> dict[str, list[str]]:
    project = tomllib.loads(text_of(ROOT / "pyproject.toml"))
    return {
        "run": project["project"]["dependencies"],
        **project["project"]["optional-dependencies"],
        "dev": project["dependency-groups"]["dev"],
        "build": project["build-system"]["requires"],
    }


def test_every_direct_dependency_has_its_reason() -> None:
    rows = table_rows(DOCS / "dependencies.md")
    named = {re.split(r"[><=~! ]", one)[0] for group in dependencies().values() for one in group}
    assert set(rows) == named
    assert all(row.split("|")[2].strip() for row in rows.values())


def test_what_builds_is_what_is_locked() -> None:
    assert sorted(dependencies()["build"]) == text_of(ROOT / "requirements-build.in").split()


def test_every_module_is_in_the_tree_of_rooms() -> None:
    tree = code_blocks(ARCHITECTURE, "text")[1]
    modules = [path for path in (ROOT / "bot").rglob("*.py") if "migrations" not in path.parts]
    rooms = {f"{path.parent.name}/" for path in modules if path.name == "__init__.py" and path.parent.name != "bot"}
    names = {path.name for path in modules} - {"__init__.py"}
    assert {name for name in rooms | names if name not in re.split(r"[\s,]+", tree)} == set()
    listed = set(re.findall(r"\w+\.py", tree))
    assert listed - {path.name for path in modules} == set()


def test_the_layers_shown_are_the_layers_kept() -> None:
    contracts = tomllib.loads(text_of(ROOT / "pyproject.toml"))["tool"]["importlinter"]["contracts"]
    (layers,) = (contract["layers"] for contract in contracts if contract["type"] == "layers")
    assert code_blocks(ARCHITECTURE, "text")[2].strip().split("\n") == layers


def test_every_decision_record_is_linked_from_the_architecture() -> None:
    records = sorted((DOCS / "adr").glob("*.md"))
    linked = re.findall(r"\(adr/([^)]+)\)", text_of(ARCHITECTURE))
    assert linked == [record.name for record in records]
    for number, record in enumerate(records, start=1):
        title, *rest = text_of(record).split("\n")
        assert title.startswith(f"# {number}. ")
        assert [line for line in rest if line.startswith("## ")] == ["## Context", "## Decision", "## Consequences"]


@pytest.mark.parametrize("page", PAGES, ids=name_of)
def test_relative_links_lead_somewhere(page: Path) -> None:
    links = [link for link in re.findall(r"\]\(([^)\s]+)\)", text_of(page)) if "://" not in link]
    assert [link for link in links if not (page.parent / link.split("#")[0]).exists()] == []


@pytest.mark.parametrize("page", PAGES, ids=name_of)
def test_files_that_are_named_exist(page: Path) -> None:
    pattern = r"`((?:bot|tests|docs|models|benchmarks)/[\w./-]+|\.ci/run|requirements[\w-]*\.(?:lock|in))`"
    named = set(re.findall(pattern, text_of(page)))
    assert {name for name in named if not (ROOT / name).exists()} == set()


@pytest.mark.parametrize("page", PAGES, ids=name_of)
def test_functions_that_are_named_exist(page: Path) -> None:
    for name in set(re.findall(r"`(bot(?:\.\w+)+)`", text_of(page))):
        resolve(name)


def resolve(name: str) -> object:
    parts = name.split(".")
    for end in range(len(parts), 0, -1):
        try:
            found: object = importlib.import_module(".".join(parts[:end]))
        except ModuleNotFoundError:
            continue
        for part in parts[end:]:
            found = getattr(found, part)
        return found
    raise AssertionError(name)


# --- how it is written ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("page", PAGES, ids=name_of)
def test_headings_do_not_skip_and_code_is_closed(page: Path) -> None:
    text = text_of(page)
    assert text.count("```") % 2 == 0
    prose = re.sub(r"^ *```.*?^ *```$", "", text, flags=re.MULTILINE | re.DOTALL)
    depths = [len(marks) for marks in re.findall(r"^(#+) ", prose, re.MULTILINE)]
    assert depths[0] == 1
    assert depths.count(1) == 1
    assert all(after <= before + 1 for before, after in pairwise(depths))


def test_chinese_punctuation_is_full_width() -> None:
    prose = re.sub(r"^```.*?^```$|`[^`\n]*`|\]\([^)]*\)", "", text_of(CHINESE), flags=re.MULTILINE | re.DOTALL)
    assert re.findall(r".{0,6}[\u4e00-\u9fff][,;:?!()].{0,6}|.{0,6}[,;:?!()][\u4e00-\u9fff].{0,6}", prose) == []


def test_shell_examples_are_shell() -> None:
    for page in PAGES:
        for block in code_blocks(page, "sh"):
            subprocess.run(["sh", "-n"], input=block, text=True, check=True)
