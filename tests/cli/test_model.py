"""`praisebot model`, `words` and `train --organisation`, as an operator types them."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import sqlite3
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import insert

from bot.classifier.corpus import DESCRIPTIONS, LABELS, labels_of
from bot.cli.explain import spans_of
from bot.learning import keeping
from bot.storage import comments, models, tables, words
from bot.storage.comments import NewComment
from bot.storage.database import Database, Tx
from bot.tags import Tag, Tier
from tests.builders import WEDNESDAY, new_bank
from tests.classifier.conftest import examples as corpus_of
from tests.conftest import ROOT
from tests.learning.models import add_model, add_serving
from tests.test_cli import Place

NAME = "Harbour Bank"


@pytest.fixture
def place(tmp_path: Path, sqlite_template: Path) -> Place:
    found = Place(tmp_path)
    (tmp_path / "praisebot.db").write_bytes(sqlite_template.read_bytes())
    return found


def in_database(place: Place, *jobs: object) -> list[object]:
    """Run functions of a transaction, or coroutines of a database, in the place's database."""

    async def run() -> list[object]:
        database = Database(f"sqlite:///{place.folder}/praisebot.db")
        try:
            return [await database.write(job) for job in jobs]  # type: ignore[arg-type]
        finally:
            database.close()

    return asyncio.run(run())


def test_models_are_listed_promoted_and_rolled_back(place: Place) -> None:
    in_database(place, new_bank)
    first, second = in_database(place, lambda tx: add_serving(tx, 1, "-a"), lambda tx: add_model(tx, 1, "-b"))
    assert "serving: promoted by hand" in place.run("model", "list", COLUMNS="200")
    assert "serves from now on" in place.run("model", "promote", str(second))
    listed = place.run("model", "list", COLUMNS="200").splitlines()
    assert [line.split()[1] for line in listed if line.split()[:1] == ["*"]] == [str(second)]
    assert f"Model {first}" in place.run("model", "rollback")
    place.run("model", "rollback")
    assert any(line.split()[:2] == ["*", "–"] for line in place.run("model", "list", COLUMNS="200").splitlines())
    assert "nothing to go back from" in place.run("model", "rollback", code=1)


def test_a_model_that_is_damaged_or_not_theirs_is_not_promoted(place: Place) -> None:
    in_database(place, new_bank, lambda tx: new_bank(tx, "Other", workspace="other", surname="2"))
    theirs, broken = in_database(place, lambda tx: add_model(tx, 2, "-theirs"), lambda tx: add_model(tx, 1, "-broken"))
    with sqlite3.connect(place.folder / "praisebot.db") as connection:
        connection.execute("UPDATE models SET weights = x'00' WHERE id = ?", (broken,))
    assert "no model" in place.run("model", "promote", str(theirs), code=1)
    assert "damaged" in place.run("model", "promote", str(broken), code=1)
    assert in_database(place, models.serving) == [{}]


def test_what_decided_is_marked_in_the_text_in_both_languages(place: Place) -> None:
    text = "房间一般，前台小李特意冒雨把我落下的手机送到车站，电话13800138000"
    english = place.run("model", "explain", text)
    assert "【前台小李特意冒雨把我落下的手机送到车站】" in english
    assert "highlight (value added)" in english
    assert "13800138000" not in english
    chinese = place.run("model", "explain", text, PRAISEBOT_LOCALE="zh_CN")
    assert "有亮点" in chinese
    assert "增值服务" in chinese
    assert "Not praise" in place.run("model", "explain", "态度差，问题没解决")


def test_of_a_doubtful_text_is_shown_what_a_supervisor_would_see(place: Place) -> None:
    said = place.run("model", "explain", "打了三次电话，最后一位把问题办好了。")
    assert "【最后一位把问题办好了】" in said
    assert "Probably not praise; a supervisor would be asked. Tags if it is: basic praise (solution)" in said
    assert "unsure (" in said


def test_pieces_are_marked_where_they_stand_and_never_twice() -> None:
    assert spans_of("耐心，真耐心，谢谢", ["真耐心", "耐心", "耐心", "没有"]) == [(0, 2), (3, 6)]
    assert spans_of("abc", [""]) == []


def test_agreement_without_decisions_says_so(place: Place) -> None:
    in_database(place, new_bank)
    assert "No decisions" in place.run("model", "agreement")


def test_sharing_is_off_until_it_is_switched_on_and_that_is_audited(place: Place) -> None:
    in_database(place, new_bank)
    assert "keeps its decisions" in place.run("model", "sharing")
    assert "shares its decisions" in place.run("model", "sharing", "on")
    assert in_database(place, keeping.sharing) == [[1]]
    assert "keeps its decisions" in place.run("model", "sharing", "off")
    place.run("model", "sharing", "maybe", code=2)
    with sqlite3.connect(place.folder / "praisebot.db") as connection:
        noted = connection.execute("SELECT details FROM audit WHERE action = 'model.sharing' ORDER BY id").fetchall()
    assert [json.loads(row[0]) for row in noted] == [{"on": True}, {"on": False}]


def test_words_are_imported_as_a_whole_or_not_at_all(place: Place) -> None:
    in_database(place, new_bank)
    assert "2" in place.run("words", "import", place.write("words.txt", "贴心贷\n惠民宝\n"))
    assert place.run("words", "show").split() == ["贴心贷"]
    said = place.run("words", "import", place.write("wrong.txt", "安心付\n<b>\n"), code=1)
    assert "line 2" in said
    assert place.run("words", "show").split() == ["贴心贷"]


def test_a_file_is_tagged_and_measured_as_for_an_organisation(place: Place) -> None:
    in_database(place, new_bank, lambda tx: words.replace(tx, 1, ["贴心贷"]), lambda tx: add_serving(tx, 1, "-own"))
    file = place.write("in.csv", "text\n贴心贷真好\n")
    place.run("tag", file, "-o", "shipped.csv")
    place.run("tag", file, "-o", "own.csv", "--organisation", NAME)
    shipped, own = ((place.folder / f"{name}.csv").read_text("utf-8") for name in ("shipped", "own"))
    assert shipped != own
    labelled = place.write("labelled.tsv", "text\tpraise\tattitude\tsolution\tvalue_added\tprimary\ttier\n")
    with (place.folder / labelled).open("a", encoding="utf-8") as stream:
        stream.write("贴心贷真好\t0\t0\t0\t0\tnone\tnone\n")
    told = [place.run("evaluate", labelled, "--json", *more) for more in ((), ("--organisation", NAME))]
    shipped_error, own_error = (json.loads(one)["calibration_error"] for one in told)
    assert own_error < shipped_error
    for command in (("tag", file, "-o", "x.csv"), ("evaluate", labelled)):
        assert NAME in place.run(*command, "--organisation", "Nobody", code=1)


# --- training, for real -----------------------------------------------------------------------------------------------


def with_decisions(tx: Tx) -> None:
    """Add decisions on comments of the classifier's small corpus, as supervisors would have taken them."""
    bank = new_bank(tx)
    small = [replace(row, text=f"第{at}次来电：{row.text}") for at in range(2) for row in corpus_of()]
    keys = {"organisation_id": bank.organisation.id}
    for at, row in enumerate(small):
        said = {"praise": True, "tags": (Tag.ATTITUDE,), "primary": Tag.ATTITUDE, "tier": Tier.BASIC}
        new = NewComment(
            **keys, digest=str(at), source="x", text=row.text, agent=None, channel=None, brought_by=None, occurred=None,
            received=WEDNESDAY, confidence=0.5, model="x", **said,  # type: ignore[arg-type]
        )  # fmt: skip
        comment_id = comments.add(tx, new)
        values = {
            **keys, "kind": "customer", "status": "confirmed", "comment_id": comment_id, "text": row.text,
            "words": row.text, "private": False, "tags": row.tags or (Tag.ATTITUDE,), "primary_tag": "attitude",
            "tier": "basic", "suggested_tier": "basic", "tagged_by": "classifier", "confidence": 0.5, "evidence": "[]",
            "model": "x", "rules_id": 1, "cost": 0, "allowance_period": "x", "created": WEDNESDAY,
            "day": WEDNESDAY.date(),
        }  # fmt: skip
        (praise_id,) = tx.execute(insert(tables.praises).values(values)).inserted_primary_key or (0,)
        outcome = "reject" if not row.praise else "retag"
        decision = {
            **keys, "praise_id": praise_id, "decided_by": bank["Sun"].id, "outcome": outcome, "tags": row.tags,
            "primary_tag": row.primary, "tier": row.tier, "was_tags": (Tag.ATTITUDE,), "was_primary_tag": "attitude",
            "was_tier": "basic", "was_tagged_by": "classifier", "confidence": 0.5, "model": "x", "reason": "",
            "created": WEDNESDAY,
        }  # fmt: skip
        tx.execute(insert(tables.decisions).values(decision))


def small_corpus(place: Place) -> str:
    """Write the small corpus with its columns and return the folder's name."""
    folder = place.folder / "corpus"
    folder.mkdir()
    by_source: dict[str, list[str]] = {}
    for row in corpus_of():
        cells = [f"{row.source}-{row.id}", "bank", "chat", "zh", row.hard, row.text, *labels_of(row)]
        by_source.setdefault(row.source, []).append("\t".join(cells))
    for source, lines in by_source.items():
        header = "\t".join((*DESCRIPTIONS, "text", *LABELS))
        (folder / f"{source}.tsv").write_text("\n".join((header, *lines)) + "\n", encoding="utf-8")
    return "corpus"


def test_a_killed_training_leaves_nothing_and_the_next_one_is_judged_and_kept(place: Place) -> None:
    in_database(place, with_decisions)
    words = ("train", "--organisation", NAME, "--corpus", small_corpus(place))
    process = place.start(*words)
    time.sleep(3)  # somewhere between reading and writing: wherever it is, nothing of it may be seen
    os.kill(process.pid, signal.SIGKILL)
    process.communicate()
    assert in_database(place, lambda tx: models.known(tx, 1)) == [()]
    said = place.run(*words)
    assert "to learn from" in said
    ((kept,),) = in_database(place, lambda tx: models.known(tx, 1))  # type: ignore[misc]
    assert kept.why["compared"]["recent"]["rows"] > 0
    assert "so far" in place.run("model", "compare")


def test_too_few_decisions_are_said_and_train_nothing(place: Place) -> None:
    in_database(place, new_bank)
    said = place.run("train", "--organisation", NAME, "--corpus", small_corpus(place), code=1)
    assert "too little to learn from" in said
    assert "too little" in place.run("train", "--shared", "--corpus", "corpus", code=1)


def test_the_server_never_imports_what_trains() -> None:
    code = "import sys, bot.app; sys.exit(any(name.split('.')[0] in ('sklearn', 'scipy') for name in sys.modules))"
    assert subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=False).returncode == 0
