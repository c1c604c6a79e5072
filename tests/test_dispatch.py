"""From what comes in to what is answered: finding the handler, events once, errors as answers."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import replace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot import handlers
from bot.chat import Mention, Person, Quoted, Reply, Submission
from bot.dispatch import TEXT_LIMIT, Action, Context, Dispatch
from bot.errors import NotFound, NothingToUndo, ReasonMissing, Stranger, UnknownPerson, WorkspaceUnknown
from bot.handlers import praise as giving
from bot.i18n import describe
from bot.localchat import PLATFORM, account
from bot.storage import identities, ledger, members, organisations, tables
from bot.storage.database import Database, Tx
from tests.builders import (
    Bank,
    Clock,
    Directory,
    WordTagger,
    give,
    new_bank,
    new_dispatch,
    new_member,
    praise_of,
    praises_of,
    pressed,
    rows,
    said,
    told,
    typed,
    went_through,
)

# --- finding the handler ---------------------------------------------------------------------------------------------


async def bank_and_dispatch(database: Database) -> tuple[Bank, Dispatch]:
    return await database.write(new_bank), new_dispatch(database, Clock())


ALIASES = [alias for command in handlers.COMMANDS for alias in (command.name, *command.aliases)]


@pytest.mark.parametrize("words", ALIASES)
@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
async def test_every_command_and_alias_is_known_however_it_is_written(database: Database, words: str) -> None:
    bank, dispatch = await bank_and_dispatch(database)
    for writing in (words, words.upper(), f"  {words} "):
        answer = said((await dispatch.receive(typed(bank["Mo"], writing))).card)
        assert f"“{writing.strip()}”" not in answer


@pytest.mark.parametrize(
    ("words", "meant"), [("hlep", "help"), ("undoo", "undo"), ("榜単", "榜单"), ("qeue", "queue"), ("tpo", "top")]
)
@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
async def test_a_misspelt_command_gets_a_suggestion(database: Database, words: str, meant: str) -> None:
    bank, dispatch = await bank_and_dispatch(database)
    reply = await dispatch.receive(typed(bank["Ann"], words))
    assert f"“{words}”" in said(reply.card)
    assert f"/praise {meant}" in said(reply.card)


async def test_words_that_mean_nothing_and_buttons_that_are_gone_are_said_so(database: Database) -> None:
    bank, dispatch = await bank_and_dispatch(database)
    assert "/praise help" in said((await dispatch.receive(typed(bank["Ann"], "xyzzy"))).card)
    reply = await dispatch.receive(pressed(bank["Ann"], "button.of.another.version"))
    assert "button.of.another.version" in said(reply.card)


@pytest.mark.parametrize("words", ["", "   ", "\u200b\u200f", "\n\t\u3000"])
async def test_no_words_at_all_open_the_form(database: Database, words: str) -> None:
    bank, dispatch = await bank_and_dispatch(database)
    reply = await dispatch.receive(typed(bank["Ann"], words))
    assert reply.form is not None
    assert reply.form.name == "praise.submit"


async def test_a_mention_stays_where_it_is_when_the_command_word_goes(database: Database) -> None:
    bank, dispatch = await bank_and_dispatch(database)
    for words in ("praise  ", "表扬\u3000", "\u200b praise \n"):
        text = f"{words}@Bo you helped, {words!r}"
        start = text.index("@Bo")
        incoming = replace(typed(bank["Ann"], text), mentions=(Mention(start, start + 3, account(bank["Bo"].id)),))
        assert said((await dispatch.receive(incoming)).card).startswith("You praised Bo")
    assert all("@" not in row["text"] for row in await database.read(rows, tables.praises))


async def test_a_text_of_any_length_is_answered(database: Database) -> None:
    bank, dispatch = await bank_and_dispatch(database)
    reply = await dispatch.receive(typed(bank["Ann"], "you helped " * 20_000, [bank["Bo"]]))
    assert "characters" in said(reply.card)
    assert str(TEXT_LIMIT)[:2] in said(reply.card)
    assert await database.read(rows, tables.praises) == []


# --- who speaks -------------------------------------------------------------------------------------------------------


async def test_strangers_leavers_bots_and_unconnected_workspaces_are_turned_away(database: Database) -> None:
    bank = await database.write(new_bank)
    dispatch = new_dispatch(database, Clock(), {PLATFORM: Directory({})})

    def more(tx: Tx) -> list[members.Member]:
        left = new_member(tx, bank.organisation, "Left", active=False)
        return [left, new_member(tx, bank.organisation, "Robot", bot=True)]

    stranger = replace(typed(bank["Ann"], "help"), sender="U-nobody")
    for incoming in (stranger, *(typed(member, "help") for member in await database.write(more))):
        assert said((await dispatch.receive(incoming)).card) == Stranger().message
    reply = await dispatch.receive(typed(bank["Ann"], "help", workspace="elsewhere"))
    assert said(reply.card) == describe(WorkspaceUnknown(), "zh_CN")


async def test_somebody_new_is_met_when_they_first_speak_and_when_they_are_first_named(database: Database) -> None:
    bank = await database.write(new_bank)
    people = {"U-1": Person("U-1", "Newcomer", "zh-Hans-CN"), "U-2": Person("U-2", "Colleague", "en-GB")}
    dispatch = new_dispatch(database, Clock(), {PLATFORM: Directory(people)})
    incoming = typed(bank["Ann"], "you helped", [bank["Bo"]])
    (mention,) = incoming.mentions
    incoming = replace(incoming, sender="U-1", mentions=(replace(mention, user_id="U-2"),))

    reply = await dispatch.receive(incoming)

    assert "Colleague" in said(reply.card)
    found = await database.read(identities.behind, PLATFORM, "local", ["U-1", "U-2"])
    assert {(one.name, one.locale, one.team_id) for one in found.values()} == {
        ("Newcomer", "zh_CN", None),
        ("Colleague", "en", None),
    }
    assert (await database.read(praise_of, "you helped")).recipient_id == found["U-2"].id


async def test_naming_an_account_the_platform_does_not_know_is_refused_and_enrols_nobody(database: Database) -> None:
    bank = await database.write(new_bank)
    dispatch = new_dispatch(database, Clock(), {PLATFORM: Directory({})})
    before = await database.read(rows, tables.members)
    incoming = typed(bank["Ann"], "you helped", [bank["Bo"]])
    (mention,) = incoming.mentions
    reply = await dispatch.receive(replace(incoming, mentions=(replace(mention, user_id="U-gone"),)))
    assert said(reply.card) == told(UnknownPerson(name="Bo"))
    assert not reply.unsaved
    assert await database.read(rows, tables.members) == before


async def test_whom_nobody_knows_is_told_with_everything_else_that_is_wrong(database: Database) -> None:
    bank = await database.write(new_bank)
    dispatch = new_dispatch(database, Clock(), {PLATFORM: Directory({})})
    reply = await dispatch.receive(pressed(bank["Ann"], "praise.submit", to=("U-gone",), reason=""))
    assert reply.form is not None
    assert reply.form.errors == {"to": told(UnknownPerson(name="U-gone")), "reason": told(ReasonMissing())}


@pytest.mark.parametrize(
    "text", ["undo the harm: @Bo helped me", "me and Bo thank @Bo who helped", "top work, @Bo helped us", "我 感谢 @Bo"]
)
async def test_praise_that_begins_with_the_word_of_a_command_is_praise(database: Database, text: str) -> None:
    bank = await database.write(new_bank)
    dispatch = new_dispatch(database, Clock())
    await give(dispatch, bank["Ann"], bank["Cai"], "earlier: you helped")
    assert went_through(await dispatch.receive(typed(bank["Ann"], text)))
    assert [row["status"] for row in await database.read(rows, tables.praises)] == ["counted", "counted"]


# --- events -----------------------------------------------------------------------------------------------------------


async def test_an_event_delivered_again_does_nothing_and_gets_the_same_answer(database: Database) -> None:
    bank = await database.write(new_bank)
    dispatch = new_dispatch(database, clock := Clock())
    await give(dispatch, bank["Ann"], bank["Bo"], "earlier: you helped")
    praise = await database.read(praise_of, "earlier: you helped")
    events = [
        typed(bank["Ann"], "you helped", [bank["Bo"]], event="e-1"),
        typed(bank["Eve"], "he solved it", [bank["Bo"]], command="customer", event="e-2"),
        pressed(bank["Cai"], "praise.second", praise=praise.id, event="e-3"),
        pressed(bank["Sun"], "confirm.raise", praise=praise.id, event="e-4"),
        pressed(bank["Ann"], "praise.undo", event="e-5"),
        pressed(bank["Ann"], "praise.submit", to=(account(bank["Dan"].id),), reason="you solved it", event="e-6"),
        pressed(bank["Ann"], "me.boards", on="false", event="e-7"),
    ]
    first = [await dispatch.receive(incoming) for incoming in events]
    there = [await database.read(rows, table) for table in tables.metadata.sorted_tables]
    clock.on(hours=5)

    restarted = new_dispatch(database, clock)
    again = [await restarted.receive(incoming) for incoming in events]

    assert again == first
    assert [await database.read(rows, table) for table in tables.metadata.sorted_tables] == there


async def test_the_same_event_id_in_another_workspace_is_another_event(database: Database) -> None:
    bank = await database.write(new_bank)
    other = await database.write(lambda tx: new_bank(tx, "Other Bank", workspace="other"))
    dispatch = new_dispatch(database, Clock())
    await dispatch.receive(typed(bank["Ann"], "you helped", [bank["Bo"]], event="e"))
    await dispatch.receive(typed(other["Ann"], "you helped", [other["Bo"]], event="e", workspace="other"))
    assert len(await database.read(praises_of, "you helped")) == 2


async def test_what_was_refused_can_be_sent_again_when_it_has_become_possible(database: Database) -> None:
    bank = await database.write(new_bank)
    dispatch = new_dispatch(database, Clock())
    incoming = pressed(bank["Ann"], "praise.undo", event="e")
    assert said((await dispatch.receive(incoming)).card) == NothingToUndo().message
    await give(dispatch, bank["Ann"], bank["Bo"], "you helped")
    await dispatch.receive(incoming)
    assert await database.read(ledger.balance, bank["Bo"].id) == 0


async def test_the_answer_to_an_event_is_for_its_sender_only(database: Database) -> None:
    bank = await database.write(new_bank)
    dispatch = new_dispatch(database, Clock())
    await dispatch.receive(typed(bank["Ann"], "a secret help #private", [bank["Bo"]], event="same"))
    reply = await dispatch.receive(typed(bank["Cai"], "you solved it", [bank["Bo"]], event="same"))
    assert "secret" not in said(reply.card)
    assert len(await database.read(praises_of, "you solved it")) == 1


async def test_a_job_forgets_events_and_none_of_the_last_week(database: Database) -> None:
    bank = await database.write(new_bank)
    dispatch = new_dispatch(database, clock := Clock())
    forget = next(job for job in handlers.JOBS if job.name == "forget events")
    for day in range(20):
        await dispatch.receive(typed(bank["Ann"], f"you helped {day}", [bank["Bo"]], event=f"day-{day}"))
        await forget.run(database, clock())
        clock.on(days=1)
    left = {row["event_id"].split()[-1] for row in await database.read(rows, tables.events)}
    assert left >= {f"day-{day}" for day in range(13, 20)}
    assert "day-0" not in left


# --- errors -----------------------------------------------------------------------------------------------------------


def with_action(database: Database, handle: Callable[[Context], object]) -> Dispatch:
    return Dispatch(
        database,
        WordTagger(),  # type: ignore[arg-type]
        Clock(),
        commands=handlers.COMMANDS,
        actions=[Action("test", handle)],  # type: ignore[arg-type]
        give=giving.by_words,
        form=giving.form,
        platforms={},
    )


def _half(tx: Tx, call: object) -> Reply:
    organisations.add(tx, "Half done", "en", "UTC", Clock()())
    raise KeyError("a secret 13800138000")


async def test_a_bug_in_a_handler_is_said_kindly_and_undoes_what_it_did(
    database: Database, caplog: pytest.LogCaptureFixture
) -> None:
    bank = await database.write(new_bank)

    async def buggy(ctx: Context) -> Reply:
        return await ctx.write(_half)

    reply = await with_action(database, buggy).receive(pressed(bank["Ann"], "test", event="e-9"))

    assert said(reply.card).startswith("Nothing was saved")
    assert reply.unsaved
    assert len(await database.read(organisations.every)) == 1
    (loud,) = [record for record in caplog.records if record.levelno >= logging.ERROR]
    assert "e-9" in loud.getMessage()


async def test_a_refusal_is_said_in_the_language_of_who_asked(database: Database) -> None:
    bank = await database.write(new_bank)
    await database.write(members.set_locale, bank["Bo"].id, "zh_CN")

    async def refusing(ctx: Context) -> Reply:
        raise NotFound

    dispatch = with_action(database, refusing)
    english = await dispatch.receive(pressed(bank["Ann"], "test"))
    chinese = await dispatch.receive(pressed(bank["Bo"], "test"))
    assert said(english.card) == NotFound().message
    assert any("\u4e00" <= character <= "\u9fff" for character in said(chinese.card))
    assert not english.unsaved


async def test_no_persons_words_are_in_the_log_when_the_database_refuses_them(
    database: Database, caplog: pytest.LogCaptureFixture
) -> None:
    bank = await database.write(new_bank)

    def refused(tx: Tx, call: object) -> Reply:
        row = {"organisation_id": bank.organisation.id, "name": "telephone 13800138000", "locale": "en"}
        tx.execute(tables.teams.insert().values(**row, timezone=None, created=Clock()()))
        raise AssertionError

    async def refusing(ctx: Context) -> Reply:
        return await ctx.write(refused)

    await with_action(database, refusing).receive(pressed(bank["Ann"], "test"))
    assert caplog.records
    assert "13800138000" not in caplog.text


async def test_praising_again_nobody_who_is_here_is_refused(database: Database) -> None:
    bank, dispatch = await bank_and_dispatch(database)
    await give(dispatch, bank["Ann"], bank["Bo"], "you helped")
    praise = await database.read(praise_of, "you helped")
    reply = await dispatch.receive(pressed(bank["Ann"], "praise.again", praise=praise.id, to="999"))
    assert said(reply.card) == NotFound().message


# --- anything at all --------------------------------------------------------------------------------------------------


WORDS = st.one_of(
    st.text(max_size=60),
    st.sampled_from(["1", "2", "3", "4", "99999999999999999999", "-1", "0", "1,2,3", ",", "1,x"]),
    st.sampled_from(["true", "basic", "highlight", "attitude", "solution"]),
    st.sampled_from(["m3", "m4", "m999", "@Bo", "＠Bo ＃增值服务", "\ud800", "\x00", "`@Bo`", "> @Bo helped"]),
)
KEYS = [
    *("praise", "praises", "comment", "to", "from", "page", "on", "locale"),
    *("reason", "words", "link", "tag", "tags", "primary", "tier", "private"),
]
VALUES = st.dictionaries(st.sampled_from(KEYS), st.one_of(WORDS, st.lists(WORDS, max_size=4).map(tuple)))
ACTION = st.builds(Submission, st.sampled_from([action.name for action in handlers.ACTIONS]), VALUES)
MENTION = st.builds(Mention, st.integers(-5, 80), st.integers(-5, 80), WORDS)
TYPED = st.lists(
    st.one_of(WORDS, st.sampled_from([*(command.name for command in handlers.COMMANDS), "@Bo", "helped", "last week"])),
    max_size=5,
).map(" ".join)


@given(
    who=st.sampled_from(["Ann", "Sun", "Mo"]),
    text=TYPED,
    mentions=st.lists(MENTION, max_size=3).map(tuple),
    action=st.none() | ACTION,
    quoted=st.none() | st.builds(Quoted, WORDS, st.none() | WORDS, st.none() | WORDS),
)
@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
async def test_whatever_comes_in_is_answered_and_is_never_a_failure_of_ours(
    database: Database,
    who: str,
    text: str,
    mentions: tuple[Mention, ...],
    action: Submission | None,
    quoted: Quoted | None,
) -> None:
    people = await database.read(_people) or await _lively(database)
    dispatch = new_dispatch(database, Clock(), {PLATFORM: Directory({})})
    incoming = replace(typed(people[who], text), mentions=mentions, action=action, quoted=quoted)
    reply = await dispatch.receive(incoming)
    silent = action is not None and action.name == "praise.sign"  # a sign given to what is no praise
    assert reply.card is not None or reply.form is not None or silent
    assert not reply.unsaved


def _people(tx: Tx) -> dict[str, members.Member]:
    return {member.name: member for one in organisations.every(tx) for member in members.everyone(tx, one.id)}


async def _lively(database: Database) -> dict[str, members.Member]:
    """Make a bank in which the first ids are something: a gift, a customer's words, nobody's and not praise."""
    bank, dispatch = await bank_and_dispatch(database)
    for incoming in (
        typed(bank["Ann"], "you helped", [bank["Bo"], bank["Cai"]]),
        typed(bank["Ann"], "he solved it", [bank["Bo"]], command="customer"),
        typed(bank["Ann"], "somebody solved it", command="customer"),
        typed(bank["Ann"], "a complaint", [bank["Bo"]], command="customer"),
    ):
        assert not (await dispatch.receive(incoming)).unsaved
    return dict(bank.people)
