"""Customers' names are found where words say whose they are; the names of staff stay. All are invented."""

from __future__ import annotations

import pytest

from bot import privacy
from bot.privacy import Kind, mask
from tests.invented import MOBILE, found

CHINESE = [
    ("本人李小明，卡号尾号不记得了", "李小明"),
    ("本人赵六，电话在后", "赵六"),
    ("本人陈建国系贵行老客户", "陈建国"),
    ("本人欧阳修于昨日到网点办事", "欧阳修"),
    ("本人罗大佑因疏忽转错了账", "罗大佑"),
    ("本人郭大侠已多次来电", "郭大侠"),
    ("尊敬的行长：本人杨过，今日特来致谢", "杨过"),
    ("您好，我是李明", "李明"),
    ("您好我是陈大文我想查一下额度", "陈大文"),
    ("我是客户张三，感谢今天的客服", "张三"),
    ("喂，我是王小明，上次那位小姐态度真好", "王小明"),
    ("我是赵敏，身份证号稍后报", "赵敏"),
    ("我是周芷若手机尾号后面说", "周芷若"),
    ("我叫张家豪，今年七十了", "张家豪"),
    ("我叫李卫民今年六十八，谢谢你们", "李卫民"),
    ("我的名字是郭靖。", "郭靖"),
    ("我的名字叫黄蓉，请转告王磊经理谢谢他", "黄蓉"),
    ("我叫令狐冲", "令狐冲"),
    ("姓名：张三，要求表扬柜员小李", "张三"),
    ("姓名 李四 电话在后", "李四"),
    ("姓名是陆小凤，问题已解决", "陆小凤"),
    ("客户姓名：谢大海", "谢大海"),
    ("户名：李小红，办理很快", "李小红"),
    ("戶名陳大文，服務很好", "陳大文"),
    ("户名为杜小月账号稍后提供", "杜小月"),
    ("签名：孟浩然", "孟浩然"),
    ("署名 苏小妹", "苏小妹"),
    ("落款：何大山", "何大山"),
    ("此致\n敬礼\n张大千", "张大千"),
    ("此致敬礼！范小山 2026年11月22日", "范小山"),
    ("Hi，我是李明，thanks", "李明"),
]

CHINESE_STAY = [
    "我是王磊经理的客户",
    "我是李雪介绍来的，她很热心",
    "我叫王磊帮我查，他马上就查到了",
    "我叫李雪来一下，她立刻来了",
    "我叫小李帮忙",
    "她说我是李雪，很高兴为您服务",
    "电话里说：“我是李雪，有什么可以帮您”，声音真好听",
    "您好，我是李雪，工号8022，很高兴为您服务",
    "我是李雪，大堂经理，随时找我",
    "如果我是李雪，早就不耐烦了",
    "我是高中生，谢谢",
    "我是高级会员，服务不错",
    "我是金卡客户，很满意",
    "我是韩国人，她用韩语接待",
    "我是唐山人，贴心",
    "我是郑州的客户",
    "我是顾客，不是来吵架的",
    "我是程序员，懂这个",
    "我是武警，常年在外，感谢客服体谅",
    "我是万分感谢，真的",
    "我是王女士，感谢李雪",
    "我是李主任，谢谢张伟",
    "我是张总，谢谢",
    "我叫不上她名字",
    "我是江西人，听不懂",
    "本人高度赞扬",
    "本人万分感谢张伟",
    "本人曾经投诉过",
    "本人严重不满",
    "本人何其有幸",
    "本人对李雪表示感谢",
    "感谢本人的客户经理王磊",
    "客服姓名：李雪，态度好",
    "表扬人姓名：李雪",
    "她的姓名：李雪，请表扬",
    "员工姓名 王磊，工号不记得",
    "姓名：李雪 工号8022",
    "姓名和电话都核对了",
    "姓名不对，帮我改好了",
    "户名不符，李雪帮我处理",
    "用户名和密码",
    "感谢李雪",
    "表扬王磊，他很耐心",
    "王磊是我见过最好的客服",
]

ENGLISH = [
    ("My name is John Smith and Wendy was wonderful", "John Smith"),
    ("my name is Mary Jones, thanks for the help", "Mary Jones"),
    ("Hello, my name's Peter. Wendy sorted it", "Peter"),
    ("My full name is Anne-Marie O'Neil", "Anne-Marie O'Neil"),
    ("My name: Zoë Carter", "Zoë Carter"),
    ("Hi, this is Mary Jones speaking, I want to praise Wendy", "Mary Jones"),
    ("This is John calling about my loan", "John"),
    ("this is Mr Brown on the phone", "Brown"),
    ("This is Mrs Green speaking, I would like to thank Wendy", "Green"),
    ("I am John Smith, a customer since 1999", "John Smith"),
    ("I'm Mary Jones and I want to thank Wendy", "Mary Jones"),
    ("I am Mr Walker. Tom solved it", "Walker"),
    ("Customer name: John Smith, praised agent Wendy", "John Smith"),
    ("Cardholder: Mary Jones. Agent Tom was great", "Mary Jones"),
    ("Account holder name is Lucy Gray", "Lucy Gray"),
    ("Caller: Harry White, wanted Wendy praised", "Harry White"),
    ("Customer Mary Jones called to thank Wendy", "Mary Jones"),
    ("Client Mr Brown praised Tom for his patience", "Brown"),
    ("The customer Ms Taylor said Wendy was kind", "Taylor"),
    ("Mrs Green called in to praise Wendy", "Green"),
    ("Mr Brown's card was stuck and Tom freed it", "Brown"),
    ("Miss Hall thanked Wendy for the call back", "Hall"),
    ("Ms Young is very satisfied with Wendy", "Young"),
    ("Mr and Mrs Baker were looked after by Tom", "Baker"),
    ("Wendy helped my mother Margaret Hill at the counter", "Margaret Hill"),
    ("Calling on behalf of Mr King, Wendy was great", "King"),
    ("Wendy fixed my card in minutes. - John Smith", "John Smith"),
    ("Excellent help!\n– Mary", "Mary"),
    ("Tom was great.\n\nRegards, Mary Jones", "Mary Jones"),
    ("Tom was great.\nKind regards,\nJ. R. Brown", "J. R. Brown"),
    ("Please thank Wendy. Yours sincerely, Peter Hill.", "Peter Hill"),
    ("Wendy was lovely. Best wishes,\nMrs Green", "Green"),
    ("Wendy was lovely.\nThanks,\nJohn Smith", "John Smith"),
    (f"Wendy rocks. - Peter Hill, {MOBILE}", "Peter Hill"),
]

ENGLISH_STAY = [
    "Thanks to Wendy",
    "thanks to Wendy Li my card works",
    "Thanks, Wendy",
    "Thank you,\nWendy",
    "Many thanks Wendy Li!",
    "Big thanks - Wendy",
    "Best agent ever - Wendy Li",
    "- Tom Brown.\n- Wendy Li",
    "Kudos to:\n- Wendy Li\n- Tom Brown",
    "Thank you all.\n- Wendy Li\n- Tom Brown",
    "I want to praise these people:\n1. Wendy Li\n- Tom Brown",
    "Ms Wendy was great",
    "Mr Tan called me back the same day",
    "Mr Tan at the counter explained everything",
    "I spoke to Mrs Green and she solved it",
    "Miss Lim stayed on the line",
    "Mr Tan thanked me for waiting",
    "Dr Brown's patience impressed me",
    "Agent Wendy was lovely",
    "This is Wendy speaking, how may I help you today?",
    '"This is Wendy speaking" was all I needed to hear',
    "She said my name is Wendy and I will sort it out",
    "This is Wendy here at the bank, always cheerful",
    "This is Excellent Service",
    "Her name is Wendy Li",
    "The agent's name is Wendy Li",
    "I am Very Happy with Wendy Li",
    "I am Grateful To Wendy",
    "I'm British and Wendy understood me",
    "As a customer Wendy Li made me feel welcome, truly",
    "Customer Service is great",
    "Customer Support (Wendy Li) was quick",
    "As a loyal customer, Wendy, I thank you",
    "My name is still wrong on the card",
    "my name is Wrong on the card",
    "Send my regards to Wendy Li",
    "Best regards to Wendy",
    "Regards Wendy Li, she was great",
    "Give Wendy Li my best wishes.",
    "My son loves Wendy",
    "This is the best bank. Wendy Li is a star",
    "Call me. - ok",
    "This is Wendy Li, the agent who helped me",
    "This is Ms Wendy, please praise her",
    "Her full name is Wendy Li",
    "The form was signed by Wendy Li",
    "Mr Tan's loan advice was excellent",
    "Mr Tan called us back at once",
    "Mr Tan called to say my card was ready",
    "Mr Tan was pleased to help",
    "Mr Tan came in on his day off",
    "So kind and patient, Wendy, thank you",
]


@pytest.mark.parametrize(("text", "name"), CHINESE + ENGLISH)
def test_a_customer_s_own_name_is_found(text: str, name: str) -> None:
    assert [item for item in found(text) if item[0] is Kind.NAME] == [(Kind.NAME, name)]
    masked = mask(text)
    assert name not in masked
    assert mask(masked) == masked


@pytest.mark.parametrize(("text", "name"), CHINESE + ENGLISH)
def test_a_member_s_name_stays_even_there(text: str, name: str) -> None:
    assert Kind.NAME not in [kind for kind, _ in found(text, keep=(name,))]


@pytest.mark.parametrize("text", CHINESE_STAY + ENGLISH_STAY)
def test_names_of_staff_and_what_only_begins_like_a_name_stay(text: str) -> None:
    assert mask(text) == text


def test_a_member_stays_by_surname_or_first_name_alone() -> None:
    members = ("wendy li", "8021")
    assert mask("Miss Li called in to say hello", members) == "Miss Li called in to say hello"
    assert mask("This is Wendy speaking", members) == "This is Wendy speaking"
    assert mask("This is Wendy Holloway speaking", members) == "This is [name] speaking"


def test_a_name_said_twice_is_masked_in_both_places_once() -> None:
    assert mask("我是客户李明，姓名：李明") == "我是客户[姓名]，姓名：[姓名]"
    assert mask("Customer name: Mary Jones. Regards, Mary Jones") == "Customer name: [name]. Regards, [name]"


def test_a_name_two_ways_of_reading_reach_into_is_masked_once() -> None:
    assert mask("我是客户李明现在打电话") == "我是客户[姓名]现在打电话"
    assert mask("Caller: Mary Client Tom Brown called in") == "Caller: [name] Brown called in"


def test_a_customer_of_the_general_kind_is_nobody() -> None:
    assert mask("I am a customer Wendy Li praised") == "I am a customer Wendy Li praised"


HOSTILE = (
    *("我是", "我叫李", "本人李明", "姓名：", "我是李明，", "说我是李明", "敬礼\n", "客户姓名"),
    *("my name is ", "My name is John ", "this is Ab Cd ", "I am Ab ", "Mr ", "Mr A. ", "Mrs Ab", "Customer ", "Ab "),
    *(
        "- Ab Cd\n",
        ".- Ab",
        "!- Ab, ",
        "Regards, Ab ",
        "regards,\n",
        "Best best ",
        "with kind ",
        "A",
        "A. ",
        "A-",
        "O'",
    ),
    *("Mr and Mrs ", "my mother ", "Aa Bb Cc Dd.\n-", "Thanks,\n", "Mr Ab's ", "Mr Ab's dear card ", "a'", "\n\n\n- "),
)


@pytest.mark.parametrize("piece", HOSTILE)
def test_repeated_introductions_take_no_more_sweeps(piece: str, monkeypatch: pytest.MonkeyPatch) -> None:
    sweeps: list[str] = []
    sweep = privacy._sweep

    def counted(plain: str, kept: frozenset[str]) -> list[tuple[Kind, int, int]]:
        sweeps.append(plain)
        return sweep(plain, kept)

    monkeypatch.setattr(privacy, "_sweep", counted)
    once = mask(piece * 60)
    assert len(sweeps) <= 3
    assert mask(once) == once


@pytest.mark.parametrize("piece", HOSTILE[::4])
def test_a_hundred_kilobytes_of_introductions_are_read(piece: str) -> None:
    assert mask(once := mask(piece * (100_000 // len(piece)))) == once
