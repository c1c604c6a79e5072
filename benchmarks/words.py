"""Who praises whom, and in which words: made up by number, so that load generator and server agree without talking."""

from __future__ import annotations

_SURNAMES = "赵钱孙李周吴郑王冯陈蒋沈韩杨朱秦许何吕施"
_GIVEN = [
    "敏",
    "静",
    "磊",
    "洋",
    "艳",
    "勇",
    "军",
    "杰",
    "娟",
    "涛",
    "明",
    "超",
    "霞",
    "平",
    "刚",
    "桂英",
    "秀兰",
    "建华",
    "志强",
    "晓东",
]
MEMBERS = tuple(surname + given for surname in _SURNAMES for given in _GIVEN)
"""Names of 400 members; the member with id ``n`` is ``MEMBERS[n - 1]``."""

_WHEN = """\
昨天下班前|今天一早|系统升级那会儿|中午轮休的时候|客户第三次打进来时|晚高峰排队最长的时候|我手上两通电话撞在一起时
月底对账那天|新流程刚上线时|培训的间隙|我请假的那两天|客户快要投诉的时候|雨天线路不稳时|周末值班时|交接班的十分钟里
大促头一个小时|客户听不太懂普通话时|老人家急得快哭的时候|单子积压到一百多张时|后台查不到记录的时候"""
_DEED = """帮我把那位着急的客户安抚了下来|替我查清了转账为什么被退回|耐心教会了客户用手机银行|陪客户一步一步把密码重设好
主动给客户回了电话说明进度|把退款的原因讲得明明白白|连夜把客户的资料补齐了|发现了账单里的差错并马上改正
替不会打字的客户填好了表|帮客户把丢失的包裹追了回来|为客户争取到了免手续费|把复杂的条款用大白话讲清楚
协调网点给客户开了绿色通道|帮客户避开了一次诈骗转账|记得客户上次说过的难处|把三个部门的说法核对成一个答案
给新同事留下了详细的记录|在客户发火时一直没有挂断|帮客户省下了跑一趟网点|替客户把挂失和补卡一次办完"""
_THANKS = """，真的很感谢！|，客户最后连声道谢。|，客户说下次还找你。|，我学到了很多。|，太靠谱了！|，问题当场就解决了。
，让人心里暖暖的。|，比我想得周到多了。|，客户从头到尾都很满意。|，值得大家学习。|，辛苦啦！|，一点都没有不耐烦。
，客户专门让我转达谢意。|，没有你真不知道怎么办。|，又快又准。|，这才叫服务。|，客户给了满分。|，给你点赞！
，领导也看在眼里。|，替全组谢谢你。"""


def _parts(text: str) -> tuple[str, ...]:
    return tuple(part for line in text.splitlines() for part in line.split("|"))


_PARTS = (_parts(_WHEN), _parts(_DEED), _parts(_THANKS))


def text_of(number: int) -> str:
    """Return a reason; the same again only after 8,000 numbers, and then from somebody else to somebody else."""
    words = ""
    for parts in _PARTS:
        number, index = divmod(number, len(parts))
        words += parts[index]
    return words


def who_praises_whom(number: int) -> tuple[int, int]:
    """Return (giver, recipient) as member ids; all pairs come once before any comes again."""
    count = len(MEMBERS)
    giver = number % count
    distance = 1 + number // count % (count - 1)
    return 1 + giver, 1 + (giver + distance) % count
