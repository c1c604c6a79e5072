"""Customers' Chinese names where a word introduces them: 车主邓少华, 客户张某某, 本人李小明, 户名：陈大文.

A name is taken for one only when its surname is common, it is no everyday word, and what follows can follow a name: a
name that is missed does less harm than words, or the name of somebody praised, that are masked. Names with a title
(王女士) stay, and so do those of staff who introduce themselves (我是李明，工号8021).
"""

from __future__ import annotations

import re
from collections.abc import Iterator

# The commonest, without those that are mostly words (于 向 常 成 关 和 应 明 时 安 包 连 单 全 …).
_SURNAME = (
    "(?:欧阳|歐陽|上官|司马|司馬|诸葛|皇甫|慕容|令狐|夏侯|[王李张張刘劉陈陳杨楊黄黃赵趙吴吳周徐孙孫马馬朱胡郭何高林罗羅郑鄭梁谢謝宋唐"
    "许許邓鄧冯馮韩韓曹曾彭萧肖蕭蔡潘田董袁余叶葉蒋蔣杜苏蘇魏程吕呂丁沈任姚卢盧傅钟鍾姜崔谭譚廖范汪陆陸金石戴贾賈韦韋夏邱方侯邹鄒"
    "熊孟秦白江阎閻薛尹段雷黎史龙龍陶贺賀顾顧毛郝龚龔邵万萬钱錢严嚴赖賴覃洪武莫孔汤湯温溫康施牛樊葛邢倪庄莊聂聶章鲁魯岳翟殷詹申"
    "耿焦俞柳祝尚阮柯纪紀梅童凌毕畢裴霍])"
)
# Words that begin as names do and may follow the word for a customer just as well.
_NO_NAME = (
    "张[口嘴罗贴]|黄[金色牌]|周[末边围到一二三四五六日期转]|孙[子女辈]|马[上虎路]|胡[乱说闹扯子]"
    "|何[时况必种处原事故人等以日地尝]|高[兴度峰额达声速铁级于温空管端价]|罗列|郑重|谢[谢意绝]|唐突|许[可多久诺愿]|曾经|田地|董事"
    "|余[额款下地]|叶子|杜绝|苏州|程[序度]|任[何意性务由职凭]|钟[头点]|金[额卡融钱]|石[油头家]|沈阳|夏[天季令]|方[便面式法向才案可]"
    "|白[天跑等费色条金]|江[苏西北南湖]|段时|雷[厉同]|史无|龙[卡头]|陆续|贺卡|顾[虑客及忌]|毛病|万[一分元事般岁能]|钱[款包财]"
    "|严[重格厉肃]|赖账|洪水|武[断汉]|莫[名非大]|温[和柔馨暖度]|康复|施[工压]|牛奶|庄[重严]|章程|申[请诉报领办]|焦[急虑躁]|柳州"
    "|祝[贺福愿]|尚[未且]|纪[念录律]|童年|毕[竟业]|陈[述旧列设]"
)
# What goes on about a customer is no part of a given name: 张三说, 李四的.
_GIVEN = (
    "(?:(?![的了是在有不我你您他她它这那就都又还再来去到从被把让给对向因为要想说问打讲叫做办用没很太最更非称表反投咨致需于今昨本电手身名"
    "卡先女老总经同阿叔奶爷已也特感夸点跟将由至收购买缴交持丢忘进呼回两等哭笑骂吵急气惊愣觉得])[\u3400-\u9fff])"
)
_AFTER_NAME = (
    "[^\u3400-\u9fff]|说|称|表示|表扬|反映|反馈|投诉|咨询|来|致电|打|要|希望|想|需要|申请|办|在|于|的|对|因|今天|昨天|前|上|下|本|电话"
    "|手机|身份证|名下|卡|先生|女士|小姐|同学|老师|阿姨|大爷|大妈|叔叔|奶奶|爷爷|是|已|又|再|也|还|就|很|非常|特别|感谢|夸|点赞|和|与|及|跟"
    "|向|给|被|把|将|从|由|通过|至|到|去|收到|购买|缴|交|用|持|丢|忘|没|不|有|进线|呼入|回访"
)
_CUSTOMER = re.compile(
    "(?:客户|客戶|用户|用戶|顾客|顧客|储户|租户|住户|租客|乘客|旅客|患者|车主|車主|机主|機主|业主|業主|户主|房主|货主|失主|卡主|持卡人"
    "|被?保险人|投保人|收件人|寄件人|收货人|申请人|缴费人|借款人|担保人|受益人|委托人|联系人|来电人)"
    '(?:姓名|名字)?(?:叫做|名叫|叫|是|为)?[ :"“「]{0,2}'
    f"(?P<v>(?!{_NO_NAME}){_SURNAME}(?:{_GIVEN}{{2}}|{_GIVEN}))(?={_AFTER_NAME}|$)"
)
# Words that come after 我是 as names would, beyond those above: what somebody is, and where they are from.
_NO_SELF = (
    f"{_NO_NAME}|高[中考管龄血学薪手新]|黄[牛种山石浦冈]|金[领主华山牌葵]|白[领户痴手云山]|林[业场区芝]|马[大甲来]|韩[国语]|唐[人山]"
    "|武[警术昌进]|毕[业节]|顾问|孔夫|段子|童鞋|纪[委检]|陶[瓷艺]|罗湖|杨[浦凌]|邢台|焦作|秦皇|邵阳|岳阳|周口|徐[汇州]|龙[岗华的]"
    "|江[浙门阴湖]|田径|牛[人市]|方[言案]|史学|石[油头家景]|钱[迷塘]|余[杭姚]|萧山|吴[江中]|梁山|许昌|吕梁|洪山|章丘|庄[家户河]"
    "|程序|任[课性]|孟加|温[州岭]|郑州|单身|.州|.家[口人里庄]|.[主班组队科处局][任长管]|.行长|.[姐哥工总导医师]|.教授|.律师|.医生"
)
# Whoever is asked or thanked is no name's end: 我叫王磊帮我查.
_SELF_GIVEN = f"(?:(?![人帮给替跟请带陪接送查教找]){_GIVEN})"
_AFTER_SELF = (
    "[^\u3400-\u9fff]|电话|電話|手机|手機|身份证|尾号|卡号|今年|今天|昨天|住|我[想要的在是今昨刚前有打]|想|现在|是[贵你您一老]|系"
    "|在贵|于|因|持|特[此向写]|曾|已"
)
_INTRODUCED = re.compile(
    '(?:本人(?:姓名)?|(?<![说如果换像当以])(?<![说道][,:"“「])(?<![说道][,:]["“「])(?:我是|我叫|我的名字[是叫]|我名叫))'
    f"(?:客[户戶])?[ :]{{0,2}}(?P<v>(?!{_NO_SELF}){_SURNAME}(?:{_SELF_GIVEN}{{2}}|{_SELF_GIVEN}))(?={_AFTER_SELF}|$)"
)
_LABELLED = re.compile(
    "(?:姓名|[户戶]名|签名|簽名|署名|落款|敬礼|敬禮|敬上)"
    '(?:叫|是|为|為)?[ :,!。\n"“「]{0,4}'
    f"(?P<v>(?!{_NO_NAME}){_SURNAME}(?:{_SELF_GIVEN}{{2}}|{_SELF_GIVEN}))"
    "(?=[^\u3400-\u9fff]|电话|電話|手机|手機|身份证|身份證|证件|账号|帐号|卡号|开户|性别|年龄|地址|$)"
)
# Whose name it is, if somebody's of the staff: said before a label, or after a name. Neither looks past a sentence, nor
# past what is masked or stands for it.
_OF_STAFF = re.compile(
    "(?:客服|员工|員工|坐席|座席|柜员|經理|经理|专员|话务员|人员|工作者|师傅|老师|表扬(?:人|对象)?|感谢|对方|[他她])的?$"
)
_IS_STAFF = re.compile(
    "[^。!?\n\0\\[\\]]{0,12}?(?:工号|工號|为[您你]服务|為您服務)"
    "|[,: ]?(?:是|[您你]的|你们的|这里的|这边的|本行的?|今天的|当班|大堂|理财|客户|信贷){0,3}"
    "(?:客服|坐席|座席|柜员|专员|经理|經理|员工|員工|话务|接线|主管)"
)


def chinese_names(plain: str) -> Iterator[tuple[int, int]]:
    """Yield the places of customers' names, in order."""
    found = {match.span("v") for match in _CUSTOMER.finditer(plain)}
    found |= {match.span("v") for match in _INTRODUCED.finditer(plain) if not _IS_STAFF.match(plain, match.end("v"))}
    for match in _LABELLED.finditer(plain):
        before = plain[max(0, match.start() - 8) : match.start()]
        if not _OF_STAFF.search(before) and not _IS_STAFF.match(plain, match.end("v")):
            found.add(match.span("v"))
    yield from _apart(sorted(found))


def _apart(spans: list[tuple[int, int]]) -> Iterator[tuple[int, int]]:
    """Yield spans in order without those that begin inside the one before."""
    done = 0
    for start, end in spans:
        if start >= done:
            yield start, end
            done = end
