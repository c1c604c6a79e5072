from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.handlers.matching import agents_in, names_in, numbers_in
from bot.storage.database import Database, Tx
from tests.builders import Bank, new_bank, new_member

# --- numbers ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "text",
    [
        "8021",
        " 8021 ",
        "工号8021的服务很好",
        "工号：8021",
        "工号是：8021",
        "工号为8021，态度很好",
        "工 号 8021",
        "工号８０２１",
        "客服8021号很耐心",
        "感谢8021号座席",
        "感谢8021 号客服小姐姐",
        "员工编号:8021",
        "#8021 很好",
        "agent 8021 was great",
        "Agent #8021",
        "Agent no. 8021",
        "staff ID: 8021",
        "rep number 8021",
    ],
)
def test_a_staff_number_is_read_where_it_is_called_one(text: str) -> None:
    assert numbers_in(text) == ("8021",)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "等了8021秒",
        "余额8021元",
        "12号客服",
        "工号123456789012345678901",
        "I paid 8021 yuan",
        "android 8021",
        "8021号楼",
        "尾号8021的卡",
        "工号未知",
    ],
)
def test_another_number_is_no_staff_number(text: str) -> None:
    assert numbers_in(text) == ()


def test_a_staff_number_may_begin_with_a_date() -> None:
    assert numbers_in("工号2023080112345和工号A2023080112") == ("2023080112345", "a2023080112")


def test_letters_belong_to_a_staff_number() -> None:
    assert numbers_in("工号SH8021和工号a123，还有工号sh8021") == ("sh8021", "a123")
    assert numbers_in("CS00021") == ("cs00021",)


# --- names ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("感谢李雪帮我解决问题", "李雪"),
        ("欧阳静很耐心", "欧阳静"),
        ("谢谢阿依古丽·买买提的帮助", "阿依古丽·买买提"),
        ("谢谢Leo帮我", "leo"),
        ("谢谢leo帮我", "leo"),
        ("谢谢Ｌｅｏ帮我", "leo"),
        ("Leo's help was great", "leo"),
        ("It was Leo’s idea", "leo"),
        ("thanks to Leo.", "leo"),
        ("thanks to Leo Wang for it", "leo wang"),
        ("thanks to leo wang for it", "leo wang"),
        ("Mary Jane Watson-Parker helped", "mary jane watson-parker"),
        ("José García helped", "josé garcía"),
        ("Ms O'Brien helped", "o'brien"),
    ],
)
def test_a_name_is_among_the_pieces_of_a_text(text: str, name: str) -> None:
    assert name in names_in(text)


@pytest.mark.parametrize("text", ["好", "8021", "Al was ok", "a b c", "👍 ！", ""])
def test_one_character_or_two_letters_are_no_name(text: str) -> None:
    assert not {"好", "al", "a", "b", "c", "8021"} & set(names_in(text))


def test_a_word_of_a_sentence_is_no_name() -> None:
    pieces = names_in("I hope you will call with grace in may")
    assert not {"hope", "will", "grace", "may"} & set(pieces)
    assert {"will", "may"} <= set(names_in("Will and May helped me"))


@given(st.text(max_size=200) | st.text("李雪王欧阳静·Leo Wang.'8021工号\n", max_size=200))
def test_every_text_has_a_bounded_number_of_pieces(text: str) -> None:
    pieces = names_in(text)
    assert len(pieces) == len(set(pieces))
    assert all(len(piece) >= 2 for piece in pieces)
    assert len(numbers_in(text)) <= len(text)


@given(
    st.text("感谢很好态度", max_size=8),
    st.sampled_from(["李雪", "欧阳静", "司马相如"]),
    st.text("感谢很好态度", max_size=8),
)
def test_a_chinese_name_is_found_between_any_words(before: str, name: str, after: str) -> None:
    assert name in names_in(before + name + after)


# --- members ----------------------------------------------------------------------------------------------------------


def call_centre(tx: Tx) -> Bank:
    """A bank with two people called 李雪, a leaver, a bot, and names that contain each other."""
    bank = new_bank(tx)
    cards = bank.teams["Cards"]
    people: dict[str, dict[str, Any]] = {
        "欧阳静": {"staff_number": "8025", "other_names": ("Jean Ouyang", "Jean")},
        "阳静": {"staff_number": "8026"},
        "王磊": {"staff_number": "8022", "other_names": ("Leo Wang",)},
        "陈思远": {"staff_number": "8023", "other_names": ("Leo Chen",)},
        "张伟": {"staff_number": "SH8024"},
        "刘芳": {"staff_number": "8027", "active": False},
        "小助手": {"bot": True},
    }
    for name, more in people.items():
        new_member(tx, bank.organisation, name, cards, **more)
    for number in ("8031", "8032"):
        new_member(tx, bank.organisation, "李雪", cards, staff_number=number)
    return bank


def found(tx: Tx, bank: Bank, text: str, agent: str | None = None) -> list[str]:
    """Return the staff numbers of the agents found."""
    return [member.staff_number or "" for member in agents_in(tx, bank.organisation.id, text, agent)]


IN_TEXTS: dict[str, list[str]] = {
    "感谢工号8022的客服": ["8022"],
    "感谢王磊帮我": ["8022"],
    "Leo Wang was great": ["8022"],
    "王磊（工号8022）很好": ["8022"],
    "王磊和陈思远都很好": ["8022", "8023"],
    "欧阳静很耐心": ["8025"],
    "阳静很耐心": ["8026"],
    "工号sh8024": ["SH8024"],
    "工号9999的王磊": ["8022"],
    "工号8031的李雪": ["8031"],
    "工号8022，不是陈思远": ["8022"],
    "李雪很好": [],
    "李雪和王磊都很好": [],
    "刘芳很好": [],
    "工号8027": [],
    "小助手很好": [],
    "王磊、陈思远、欧阳静、张伟都很好": [],
    "工号8022、工号8023、工号8025、工号8026": [],
    "没有名字": [],
    "": [],
    "很" * 1990 + "王磊": ["8022"],
}


async def test_the_agents_a_text_names_are_found_or_none(database: Database) -> None:
    bank = await database.write(call_centre)
    for text, numbers in IN_TEXTS.items():
        assert (text, await database.read(found, bank, text)) == (text, numbers)


IN_FILES: dict[str | None, list[str]] = {
    "王磊": ["8022"],
    " leo  wang ": ["8022"],
    "8022": ["8022"],
    "８０２２": ["8022"],
    "王磊(8022)": ["8022"],
    "李雪/8032": ["8032"],
    "座席欧阳静": ["8025"],
    "李雪": [],
    "赵云": [],
    "刘芳": [],
    "  ": ["8023"],
    None: ["8023"],
}


async def test_the_agent_a_file_names_goes_before_the_text(database: Database) -> None:
    bank = await database.write(call_centre)
    for agent, numbers in IN_FILES.items():
        assert (agent, await database.read(found, bank, "陈思远很好", agent)) == (agent, numbers)


async def test_agents_of_another_organisation_are_not_found(database: Database) -> None:
    await database.write(call_centre)
    other = await database.write(new_bank, "Hill Bank", workspace="hill")
    assert await database.read(found, other, "工号8022 王磊") == []
