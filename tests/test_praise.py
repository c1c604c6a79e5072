from __future__ import annotations

import pytest

from bot.chat import Mention
from bot.praise import (
    Draft,
    Kind,
    Named,
    Status,
    candidates,
    clean,
    has_reason,
    name_key,
    parse,
    same_words,
    suggestion,
)

KNOWN = {"李雪", "王磊", "王磊磊", "欧阳静", "leo", "leo wang", "jean ouyang", "8021", "阿依古丽·买买提"}


def read(text: str, *mentions: Mention) -> Draft:
    return parse(text, mentions, KNOWN)


def keys(text: str) -> list[str | None]:
    return [named.key for named in read(text).recipients]


def pick(text: str, words: str, user_id: str = "m1") -> Mention:
    start = text.index(words)
    return Mention(start, start + len(words), user_id)


# --- names that are typed ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("@李雪 谢谢你安抚那位着急的客户", "谢谢你安抚那位着急的客户"),
        ("谢谢你安抚那位着急的客户 @李雪", "谢谢你安抚那位着急的客户"),
        ("谢谢 @李雪 安抚了客户", "谢谢 李雪 安抚了客户"),
        ("谢谢@李雪安抚了客户", "谢谢李雪安抚了客户"),
        ("＠李雪，谢谢你", "谢谢你"),
        ("@ 李雪 谢谢你", "谢谢你"),
        ("@@李雪 谢谢你", "谢谢你"),
        ("#@李雪 谢谢你", "谢谢你"),
        ("thx@李雪 帮忙", "thx李雪 帮忙"),
        ("辛苦了.@李雪", "辛苦了."),
        ("@李雪", ""),
        ("@李雪 。", ""),
    ],
)
def test_a_typed_name_is_found_wherever_it_stands(text: str, reason: str) -> None:
    draft = read(text)
    assert draft.recipients == (Named("李雪", key="李雪"),)
    assert draft.reason == reason
    assert draft.unknown_names == ()


@pytest.mark.parametrize(
    ("text", "key", "words"),
    [
        ("@leo great", "leo", "leo"),
        ("@Leo Wang great", "leo wang", "Leo Wang"),
        ("@Leo  Wang great", "leo wang", "Leo  Wang"),
        ("@Ｌｅｏ　Ｗａｎｇ great", "leo wang", "Ｌｅｏ　Ｗａｎｇ"),
        ("@Leo Wangwang great", "leo", "Leo"),
        ("@Leo Wang谢谢", "leo wang", "Leo Wang"),
        ("@Leo's work was great", "leo", "Leo"),
        ("@Leo. You were great", "leo", "Leo"),
        ("@王磊磊磊 great", "王磊磊", "王磊磊"),
        ("@王磊great", "王磊", "王磊"),
        ("@阿依古丽·买买提谢谢", "阿依古丽·买买提", "阿依古丽·买买提"),
        ("@8021 great", "8021", "8021"),
    ],
)
def test_the_longest_known_name_is_meant(text: str, key: str, words: str) -> None:
    assert read(text).recipients == (Named(words, key=key),)


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("@Leonard was great", "Leonard"),
        ("@Leo-Anne was great", "Leo-Anne"),
        ("@leo.wang was great", "leo.wang"),
        ("@leo_w was great", "leo_w"),
        ("@80215 was great", "80215"),
        ("@nobody.", "nobody"),
        ("@赵云谢谢你，辛苦了", "赵云谢谢你"),
    ],
)
def test_a_name_nobody_has_is_told_as_it_was_typed_and_never_taken_for_a_shorter_one(text: str, name: str) -> None:
    draft = read(text)
    assert draft.recipients == ()
    assert draft.unknown_names == (name,)


def test_a_name_does_not_reach_over_a_line_end_or_a_comma() -> None:
    assert keys("@Leo\nWang was there") == ["leo"]
    assert keys("@Leo, Wang was there") == ["leo"]
    assert keys("@\nLeo was there") == []


def test_the_same_name_twice_is_one_recipient() -> None:
    assert keys("@李雪 和 @李雪、＠李雪 辛苦了") == ["李雪"]
    assert read("@nobody @nobody thanks").unknown_names == ("nobody",)


@pytest.mark.parametrize("between", ["、", "，", " ", "和", " and ", " & ", " 以及 ", ""])
def test_what_joins_names_is_no_part_of_the_reason(between: str) -> None:
    draft = read(f"@李雪{between}@王磊 帮我安抚了客户")
    assert [named.key for named in draft.recipients] == ["李雪", "王磊"]
    assert draft.reason == "帮我安抚了客户"


def test_recipients_stand_in_the_order_of_the_text() -> None:
    text = "@Leo and Ann thanks"
    draft = read(text, pick(text, "Ann"))
    assert draft.recipients == (Named("Leo", key="leo"), Named("Ann", user_id="m1"))


@pytest.mark.parametrize(
    "text", ["leo@bank.com was great", "l.e-o_8021@bank.com was great", "mail leo＠bank.com", "@_@ what", "@", "@ . x"]
)
def test_an_address_or_a_bare_sign_is_no_name(text: str) -> None:
    draft = read(text)
    assert (draft.recipients, draft.unknown_names, draft.everyone) == ((), (), False)


@pytest.mark.parametrize("word", ["everyone", "Channel", "here", "ALL", "team", "所有人", "全体成员", "全体", "大家"])
def test_everyone_is_noticed_and_is_nobody(word: str) -> None:
    for text in (f"@{word} 谢谢", f"谢谢＠{word}，辛苦了", f"@{word}谢谢", f"@{word}"):
        draft = read(text)
        assert draft.everyone
        assert (draft.recipients, draft.unknown_names) == ((), ())


@pytest.mark.parametrize("name", ["Allen", "Hereford", "Teamo", "all-hands"])
def test_a_name_that_begins_like_everyone_is_a_name(name: str) -> None:
    draft = read(f"@{name} thanks")
    assert not draft.everyone
    assert draft.unknown_names == (name,)
    assert parse(f"@{name} thanks", (), {name_key(name)}).recipients == (Named(name, key=name_key(name)),)


def test_a_member_called_like_everyone_is_meant() -> None:
    draft = parse("@All thanks", (), {"all"})
    assert draft.recipients == (Named("All", key="all"),)
    assert not draft.everyone


def test_candidates_are_every_beginning_of_the_words_after_the_sign() -> None:
    assert candidates("谢谢 @Leo Wang! ＠李雪") == ("leo", "leo wang", "李", "李雪")
    assert candidates("leo@bank.com `@Leo` 谢谢") == ()
    assert candidates("@\u200b李雪") == ("李", "李雪")


def test_candidates_leave_out_who_was_picked() -> None:
    text = "@Ann Li @Leo"
    assert candidates(text, [pick(text, "@Ann Li")]) == ("leo",)


def test_two_hundred_people_can_be_typed_or_picked() -> None:
    names = [f"agent {number}x" for number in range(200)]
    text = " ".join(f"@{name}" for name in names) + " you were great"
    known = set(candidates(text)) & set(names)
    typed = parse(text, (), known)
    assert [named.key for named in typed.recipients] == names
    assert typed.reason == "you were great"

    mentions = [pick(text, f"@{name}", f"m{number}") for number, name in enumerate(names)]
    picked = parse(text, mentions)
    assert [named.user_id for named in picked.recipients] == [f"m{number}" for number in range(200)]
    assert picked.reason == "you were great"


def test_of_too_many_unknown_names_and_tags_only_the_first_are_told() -> None:
    draft = parse(" ".join(f"@n{number}n #t{chr(0x4E00 + number)}" for number in range(300)))
    assert len(draft.unknown_names) == len(draft.unknown_tags) == 200


# --- people who are picked --------------------------------------------------------------------------------------------


def test_a_picked_mention_stands_for_its_account_whatever_it_says() -> None:
    text = "@Leo Wang 谢谢"
    assert read(text, pick(text, "@Leo Wang")).recipients == (Named("Leo Wang", user_id="m1"),)
    assert read(text, pick(text, "Leo Wang")).recipients == (Named("Leo Wang", user_id="m1"),)
    assert read(text, pick(text, "@Leo Wang")).reason == "谢谢"
    assert read(text, pick(text, "Leo Wang")).reason == "谢谢"


def test_a_picked_mention_inside_a_sentence_leaves_its_name() -> None:
    text = "谢谢@Leo Wang的帮助"
    assert read(text, pick(text, "@Leo Wang")).reason == "谢谢Leo Wang的帮助"


def test_an_account_picked_twice_is_one_recipient() -> None:
    text = "@Leo @王磊 thanks"
    draft = read(text, pick(text, "@Leo"), pick(text, "@王磊"))
    assert draft.recipients == (Named("Leo", user_id="m1"),)


def test_a_typed_name_does_not_reach_into_a_picked_one() -> None:
    text = "@Leo Wang 谢谢"
    draft = read(text, pick(text, "Wang"))
    assert draft.recipients == (Named("Leo", key="leo"), Named("Wang", user_id="m1"))


def test_mentions_that_repeat_overlap_or_lie_outside_are_left_out() -> None:
    text = "@Ann Li thanks"
    repeated = (Mention(0, 7, "m1"), Mention(0, 7, "m1"), Mention(1, 4, "m2"), Mention(5, 9, "m3"))
    outside = (Mention(-3, 2, "m4"), Mention(9, 99, "m5"))
    empty = (Mention(8, 8, "m6"), Mention(9, 8, "m7"), Mention(7, 8, "m8"))
    draft = parse(text, (*repeated, *outside, *empty))
    assert draft.recipients == (Named("Ann Li", user_id="m1"),)
    assert draft.reason == "thanks"


# --- code and quotations ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "quoted",
    [
        "`@李雪 #态度`",
        "``a`@李雪 #态度``",
        "```\n@李雪 #态度\n```",
        "```@李雪 #态度",
        "> @李雪 #态度",
        "  ＞@李雪 #态度",
        "　> @李雪 #态度",
    ],
)
def test_code_and_quotations_name_nobody(quoted: str) -> None:
    draft = read(quoted)
    assert (draft.recipients, draft.tags, draft.reason) == ((), (), "")
    after = read(f"{quoted}\n@王磊 辛苦了") if "```@" not in quoted else read(f"@王磊 辛苦了\n{quoted}")
    assert [named.key for named in after.recipients] == ["王磊"]
    assert after.reason == "辛苦了"


def test_a_mention_picked_inside_code_praises_nobody() -> None:
    text = "`@Leo` thanks"
    assert read(text, pick(text, "@Leo")).recipients == ()


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("`x` > 5 的时候 @李雪 帮了我", "> 5 的时候 李雪 帮了我"),
        ("> ```\n@李雪 帮了我", "帮了我"),
        ("@李雪 a > b", "a > b"),
        ("@李雪 it`s ok\nit`s good", "it`s ok\nit`s good"),
    ],
)
def test_what_only_looks_like_code_or_a_quotation_counts(text: str, reason: str) -> None:
    draft = read(text)
    assert [named.key for named in draft.recipients] == ["李雪"]
    assert draft.reason == reason


# --- the reason -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("@李雪：  谢谢\t 你　们 ", "谢谢 你 们"),
        ("@李雪\n\n\n\n第一  \n 第二\r\n第三", "第一\n第二\n第三"),
        ("一\n\n\n\n二 @李雪", "一\n\n二"),
        ("@李雪 和气的服务", "和气的服务"),
        ("@Leo's help was great", "help was great"),
        ("👍 @李雪 👍", "👍 李雪 👍"),
        ("@李雪!! 🎉", "🎉"),
        ("\f@李雪\u2028,\xa0", ""),
        ("@ @李雪 谢谢", "谢谢"),
        ("谢谢 #态度 你", "谢谢 你"),
        ("我请 @所有人 和 @nobody 看看", "我请 所有人 和 nobody 看看"),
    ],
)
def test_the_reason_is_what_was_said(text: str, reason: str) -> None:
    assert read(text).reason == reason


@pytest.mark.parametrize("reason", ["ok", "好", "👍 好", "a1", "㐀", "\U00020000"])
def test_two_letters_or_one_chinese_character_are_a_reason(reason: str) -> None:
    assert has_reason(reason)


@pytest.mark.parametrize("reason", ["", " ", "a", "👍👍", "!?…", "䷀", "——"])
def test_less_is_none(reason: str) -> None:
    assert not has_reason(reason)


def test_reasons_are_the_same_whatever_their_punctuation_width_and_case() -> None:
    assert same_words("Ｔhank you, 李雪！") == same_words("thank  you 李雪") == "thankyou李雪"
    assert same_words("thank you") != same_words("thanks")


# --- the rest ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("words", "command"), [("hlep", "help"), ("Undoo", "undo"), ("排行版", "排行榜"), ("xyzzy", None), ("", None)]
)
def test_a_misspelt_command_is_recognised(words: str, command: str | None) -> None:
    assert suggestion(words, ["help", "undo", "queue", "排行榜"]) == command


@pytest.mark.parametrize(
    "name", ["Leo Wang", " @leo  wang", "＠ＬＥＯ　ＷＡＮＧ", "l\u200beo wang\u200f", "@ Leo Wang"]
)
def test_names_are_compared_without_case_width_and_what_nobody_sees(name: str) -> None:
    assert name_key(name) == "leo wang"


def test_kinds_and_statuses_say_who_may_decide_and_what_counts() -> None:
    assert set(Kind) == {"peer", "customer"}
    assert {status for status in Status if status.open} == {Status.WAITING, Status.COUNTED}
    assert {status for status in Status if status.counts} == {Status.COUNTED, Status.CONFIRMED}


def test_cleaning_keeps_mentions_on_their_words() -> None:
    text = "\u202e谢\0谢\ud83d \u200b@L\u200beo\u200f! ❤️‍🔥"
    cleaned, mentions = clean(text, [Mention(text.index("@"), text.index("!"), "m1"), Mention(0, 2, "m2")])
    assert cleaned == "谢谢 @Leo! ❤️‍🔥"
    assert [cleaned[mention.start : mention.end] for mention in mentions] == ["@Leo", "谢"]
    assert [mention.user_id for mention in mentions] == ["m1", "m2"]


def test_cleaning_leaves_lines_and_emoji_alone() -> None:
    text = "一\n\t二\r\n👨‍👩‍👧 🤷🏽‍♀️ ❤️"
    mention = Mention(0, 1, "m1")
    assert clean(text, [mention]) == (text, (mention,))
    assert clean("a\u200db👩\u200d\u200db") == ("ab👩b", ())
