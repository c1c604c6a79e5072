"""E-mail, handles, plates, references and addresses are found; words and figures like them stay. All are invented."""

from __future__ import annotations

import pytest

from bot.privacy import Kind, mask
from tests.invented import ANY_DIGIT, found, kinds

# E-mail, handles, plates


@pytest.mark.parametrize(
    "address",
    [
        "zhang.san@example.com",
        "zhang+bank@mail.example.com.cn",
        "ｚｈａｎｇ＠ｅｘａｍｐｌｅ．ｃｏｍ",
        "josé@example.org",
        "zhang\u200b@example.com",
        "12345678@qq.example",
    ],
)
def test_an_email_address_is_found(address: str) -> None:
    assert found(f"联系{address}谢谢") == [(Kind.EMAIL, address)]


@pytest.mark.parametrize(
    "address",
    [
        "zhang88艾特example点com",
        "li.lei 圈a example点com",
        "Zhang @ example.com",
        "wang艾特example点com点cn",
        "bo.smith at example dot com",
        "bo(at)example(dot)com",
        "bo [at] example [dot] co.uk",
    ],
)
def test_an_email_address_is_found_as_people_spell_it(address: str) -> None:
    assert found(f"联系 {address}，谢谢") == [(Kind.EMAIL, address)]


@pytest.mark.parametrize("text", ["look at example.com", "我在example.com看到的", "他at我了，点com没反应", "at 9 dot"])
def test_places_on_the_web_stay(text: str) -> None:
    assert mask(text) == text


@pytest.mark.parametrize("text", ["谢谢@王芳", "thanks @Wendy.Li, great", "a@b", "@@@", "zhang@", "5 @ 3.50"])
def test_mentions_and_stray_at_signs_stay(text: str) -> None:
    assert mask(text) == text


@pytest.mark.parametrize("text", ["QQ 87654321", "QQ号：87654321", "扣扣是八七六五四三二一", "ＱＱ：８７６５４３２１"])
def test_a_qq_number_is_found_when_named(text: str) -> None:
    assert kinds(text) == [Kind.QQ]
    assert not ANY_DIGIT.search(mask(text))


@pytest.mark.parametrize(
    "text", ["微信号zhangsan", "微信：zhang_san", "加微信zhang1990", "微信号87654321", "wechat id: zhang_1990"]
)
def test_a_wechat_name_is_found_when_named(text: str) -> None:
    assert kinds(text) == [Kind.WECHAT]


@pytest.mark.parametrize(
    "text",
    ["QQ 2026", "微信支付很快", "WeChat: excellent service", "微信iPhone15版", "微信 87654321", "wechat id verified"],
)
def test_words_after_a_messenger_stay(text: str) -> None:
    assert mask(text) == text


@pytest.mark.parametrize(
    "plate",
    [
        "京A·12345",
        "京A12345",
        "粤B7K29D",
        "粤BD12345",
        "沪A·D12345",
        "鲁A12345F",
        "粤Z1234港",
        "苏e1a234",
        "京A一二三四五",
    ],
)
def test_a_licence_plate_is_found(plate: str) -> None:
    assert found(f"车牌{plate}，") == [(Kind.PLATE, plate)]


@pytest.mark.parametrize("text", ["新A4纸", "新iPhone5", "苏D20261122", "云S3000", "京A座18层"])
def test_what_only_starts_like_a_plate_stays(text: str) -> None:
    assert mask(text) == text


# References


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("订单号87654321", "87654321"),
        ("订单号：AB-2026-0012", "AB-2026-0012"),
        ("订单号【87654321】", "87654321"),
        ("订单876543", "876543"),
        ("订单：87654", "87654"),
        ("单号 8876 5432 300元", "8876 5432"),
        ("运单SF1234567890123", "SF1234567890123"),
        ("寄来的SF1234567890123", "SF1234567890123"),
        ("保单号P3302201", "P3302201"),
        ("流水号是20261122000123", "20261122000123"),
        ("工单号是三五七八零一二九", "三五七八零一二九"),
        ("Order No. 88231", "88231"),
        ("order #A12-998877", "A12-998877"),
        ("tracking number: 1Z999AA10123456784", "1Z999AA10123456784"),
        ("my case is 123456", "123456"),
        ("编了串876543210987", "876543210987"),
        ("念了三五七八，零一二九，三五七八", "三五七八，零一二九，三五七八"),
    ],
)
def test_a_reference_is_found(text: str, value: str) -> None:
    assert found(text) == [(Kind.ORDER_NUMBER, value)]


@pytest.mark.parametrize(
    "text",
    [
        "订单3000元",
        "订单：8765",
        "订单87654",
        "单号3000元",
        "单号ABCDE",
        "交易3000000元",
        "订单20261122",
        "订单2026-11-22",
        "case 2026",
        "order no longer needed",
        "the reference letter of 2026",
        "20261122153000",
        "共计100000000000元",
        "87654321098",
    ],
)
def test_amounts_dates_and_short_figures_are_no_references(text: str) -> None:
    assert mask(text) == text


def test_a_timestamp_has_a_possible_time() -> None:
    for number in ("20261122253000", "20261122157000", "20261122153070", "20261322153000", "22001122153000"):
        assert kinds(number) == [Kind.ORDER_NUMBER]


# Addresses


@pytest.mark.parametrize(
    "address",
    [
        "北京市朝阳区建国路88号院3号楼2单元501室",
        "上海市浦东新区张江镇祖冲之路1500弄12号",
        "新疆维吾尔自治区乌鲁木齐市人民路7号",
        "广东省深圳市南山区科技园大道一百二十号",
        "台北市中正路一段12號3樓",
        "中山南路 217 号",
        "阳光花园3栋2单元501",
        "阳光花园3-2-501",
        "中山南路217号阳光花园3栋",
        "王家村3组12号",
    ],
)
def test_a_chinese_address_is_found(address: str) -> None:
    assert found(f"卡寄到了{address}，很快") == [(Kind.ADDRESS, address)]


@pytest.mark.parametrize(
    "text",
    [
        "坐5号线去的",
        "3号窗口的柜员",
        "2楼大厅很干净",
        "万达广场2楼那家店",
        "不知道3号能不能到",
        "国道107号",
        "101路3号车",
        "在路3号",
        "11月22号来的",
        "客户路5号",
        "打了3次等了40分钟",
    ],
)
def test_numbers_without_a_street_stay(text: str) -> None:
    assert mask(text) == text


def test_a_long_number_read_out_is_masked_whole_whatever_is_in_it() -> None:
    assert mask("卡是六二 幺三八零零零零零零零零 三四五六") == "卡是[卡号]"
    assert mask("报了六二 幺三八零零零零零零零零 三四五六，") == "报了[单号]，"


def test_what_introduces_an_address_stays() -> None:
    assert mask("大家一致觉得中山南路217号营业厅很好") == "大家[地址]营业厅很好"
    assert mask("投诉中山南路217号营业厅") == "投诉[地址]营业厅"
    assert mask("我家就住在中山南路217号那边") == "我家就住在[地址]那边"


@pytest.mark.parametrize(
    "address",
    [
        "12 Baker Street",
        "Flat 3, 12 Baker Street, London NW1 6XE",
        "350 Fifth Ave, Apt 4B, New York, NY 10118",
        "Room 501, No. 217 Zhongshan Road",
        "12 baker street",
    ],
)
def test_an_english_address_is_found(address: str) -> None:
    assert found(f"I live at {address}.") == [(Kind.ADDRESS, address)]


@pytest.mark.parametrize(
    "text", ["5 Stars All The Way", "waited 2 weeks on the road", "a 2 way street", "3 agents, 3 answers"]
)
def test_english_figures_are_no_addresses(text: str) -> None:
    assert mask(text) == text


# Rooms soon after an address


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        ("中山路100号（1号楼底商）", "[地址]底商）"),
        ("建国路88号写字楼16楼1603室", "[地址]"),
        ("送到建国路88号的16楼1603室", "送到[地址]"),
        ("人民路12号（幸福大厦）16楼1603室", "[地址]"),
    ],
)
def test_a_room_soon_after_an_address_belongs_to_it(text: str, masked: str) -> None:
    assert mask(text) == masked


@pytest.mark.parametrize("text", ["写字楼16楼1603室", "人民路12号电梯坏了，16楼1603室", "中山路100号大超市1层店面"])
def test_a_room_by_itself_or_far_from_an_address_stays(text: str) -> None:
    assert mask(text).endswith(text[-5:])


@pytest.mark.parametrize("text", ["3号坐席很好", "幸福路5号客服", "人民路8号话务员"])
def test_a_numbered_desk_is_no_house(text: str) -> None:
    assert mask(text) == text


# One-time codes


@pytest.mark.parametrize(
    "text",
    [
        "验证码是482913",
        "验证码：4 8 2 9 1 3",
        "动态密码 四八二九一三",
        "密码4829",
        "my verification code is 482913",
        "OTP: 482-913",
        "PIN 4829",
    ],
)
def test_a_code_is_found_when_named(text: str) -> None:
    assert kinds(text) == [Kind.CODE]
    assert not ANY_DIGIT.search(mask(text).replace("一", ""))


@pytest.mark.parametrize(
    "text",
    [
        *(
            "验证码60秒才到",
            "验证码收不到，等了10分钟",
            "密码错了3次",
            "密码2024年改的",
            "密码输错12345次",
            "验证码：1234元",
        ),
        *("pin 1 of 2", "shopping 2026 times", "the code review took 4829 minutes", "密码 20261122"),
    ],
)
def test_figures_near_a_code_stay(text: str) -> None:
    assert mask(text) == text


# Customers' names


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("车主邓少华（车牌在后）", "邓少华"),
        ("客户张某某反映", "张某某"),
        ("机主李四，电话在后", "李四"),
        ("客户李明打电话来", "李明"),
        ("客户李明来电", "李明"),
        ("客户张伟和家人都满意", "张伟"),
        ("收件人：王小明", "王小明"),
        ("业主姓名叫欧阳修，很满意", "欧阳修"),
        ("客戶陳大文表示滿意", "陳大文"),
    ],
)
def test_a_customers_name_is_found_after_the_word_for_a_customer(text: str, name: str) -> None:
    assert found(text) == [(Kind.NAME, name)]
    assert found(text, keep=(name,)) == []


@pytest.mark.parametrize(
    "text",
    [
        "客户张口就骂",
        "机主要求退款",
        "车主任先生很满意",
        "客户马上来电",
        "客户高兴的说",
        "客户高度评价",
        "客户陆续来电",
        "客户方便的时候",
        "客户周末打电话",
        "客户曾经投诉",
        "客户任何时候打都行",
        "客户王女士说好",
        "客户王先生来电",
        "客户余额不足",
        "用户名和密码",
        "客户经理王伟很好",
        "客户是何原因投诉",
        "客户黄金卡",
        "客户于上午来电",
        "客户白天打不通",
        "客户严重不满",
        "客户谢谢你",
        "客户陈述的问题",
        "乘客万分感谢",
        "客户夏天来过",
        "客户多次来电",
        "客户服务很好",
        "客户江苏的",
        "客户金额不对",
        "客户贺卡收到了",
        "顾客许多问题",
        "旅客顾虑很大",
        "用户温和地说",
        "客户程序不会用",
        "客户钱包丢了",
        "客户申请退款",
        "业主毕竟不懂",
        "客户田地被淹",
        "表扬张伟来电",
        "感谢李明的帮助",
        "客户孙子打来的",
        "客户方便面坏了",
        "用户莫名被扣",
        "客户施工中",
        "客户何时来",
        "客户龙卡丢了",
        "客户严格要求",
    ],
)
def test_words_that_begin_as_names_do_stay(text: str) -> None:
    assert mask(text) == text
