"""Praise turned into complaint, for training only: the same words but those that say how the service was.

Whoever writes praise writes of the agent, the counter, the service; in a corpus these words alone come to sound like
praise, and "the service was awful" with them. So clauses of praise are written again with their telling words turned
round (热情 → 冷淡), which leaves a model only those to go by. Counterfactual augmentation, after Kaushik et al. (2020).
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import replace

from bot.classifier.corpus import Example
from bot.classifier.cutting import Cut
from bot.classifier.features import read
from bot.classifier.text import fold

_LONGEST = 75  # bytes: 25 Chinese characters; a longer clause tells a story that turned words do not undo
_SHARE = 0.15  # of a group's comments
_SERVING = {"M:person", "M:service"}
_PRAISING = {f"M:{name}" for name in ("manner", "outcome", "beyond", "thanks", "good", "commend")}

_TURNED = """
好 差 很差 不好 | 很好 很差 很不好 太差 极差 | 不错 很差 不行 差劲 | 挺好 挺差 不好 | 真好 真差 | 最好 最差
超好 超差 | 太好了 太差了 | 热情 冷淡 冷漠 不热情 爱理不理 恶劣 | 耐心 不耐烦 没耐心 敷衍 | 亲切 冷冰冰 生硬
礼貌 没礼貌 不礼貌 粗鲁 | 有礼貌 没礼貌 没素质 | 细心 粗心 马虎 | 周到 不周到 敷衍 | 温柔 凶 很凶 | 客气 不客气 凶
和气 凶巴巴 | 和蔼 傲慢 | 友好 不友好 恶劣 | 友善 不友善 | 贴心 糟心 | 体贴 冷漠 | 细致 潦草 | 真诚 虚伪
用心 不用心 敷衍 | 热心 冷漠 | 暖心 寒心 | 温暖 心寒 | 甜美 生硬 | 好听 难听 | 笑容 白眼 | 微笑 臭脸
专业 不专业 外行 | 负责 不负责 推诿 | 负责任 不负责任 推卸责任 | 认真 敷衍 马虎 | 及时 拖拉 不及时
迅速 拖拉 缓慢 | 快 慢 | 很快 很慢 迟迟 | 高效 拖沓 低效 | 效率 低效 | 清楚 糊涂 含糊 | 明白 糊涂 | 解决 没解决
搞定 没搞定 | 修好 没修好 | 办好 没办好 | 靠谱 不靠谱 坑 | 利索 磨蹭 | 麻利 磨蹭 | 熟练 生疏 | 到位 不到位
给力 差劲 | 满意 不满意 失望 | 优秀 差劲 | 一流 极差 恶劣 | 棒 烂 差 | 很棒 很烂 很差 | 赞 差 | 点赞 差评
完美 糟糕 | 开心 生气 | 放心 担心 | 舒服 难受 | 感谢 投诉 | 谢谢 投诉 | 多谢 投诉 | 表扬 投诉 批评 | 好评 差评
五星 一星 | 感动 气愤 寒心 | 感激 气愤 | 佩服 无语 | 惊喜 失望 | 省心 闹心 | 周全 敷衍 | 敬业 敷衍
推荐 不推荐 | 难得 难怪 | friendly rude unfriendly | helpful unhelpful useless | kind rude unkind
polite rude impolite | patient impatient | great terrible awful | good bad poor | excellent terrible appalling
amazing awful | wonderful dreadful | lovely horrible | fantastic dreadful | brilliant terrible | awesome awful
superb dire | outstanding appalling | best worst | nice nasty | perfect terrible | warm cold
attentive inattentive | courteous rude | professional unprofessional | caring uncaring
efficient inefficient slow | quick slow | quickly slowly | fast slow | prompt late | promptly late
clear confusing | knowledgeable clueless | resolved unresolved | solved unsolved | fixed unfixed | sorted ignored
helped ignored | thank blame | thanks shame | happy unhappy | pleased disappointed | impressed disappointed
satisfied dissatisfied | delighted disgusted | love hate | loved hated | recommend avoid | calm angry
smile scowl | welcoming cold | understanding dismissive | thoughtful careless | reliable unreliable
competent incompetent | grateful furious
"""

_OPPOSITES = {
    plain: opposites
    for plain, *opposites in (entry.split() for line in _TURNED.strip().split("\n") for entry in line.split("|"))
}
"""A telling word → words that say the opposite in its place."""


def turned(examples: Sequence[Example], cut: Cut, *, seed: int) -> list[Example]:
    """Return complaints of one clause each, made from clauses of praise that speak of somebody's service.

    Only clauses that could be turned round completely; no more than ``_SHARE`` of ``examples``. Same examples, same
    seed: same complaints.
    """
    chance = random.Random(seed)
    made: dict[str, Example] = {}
    for example in examples:
        if not example.praise:
            continue
        for clause in read(fold(example.text), cut).clauses:
            if len(clause.text.encode()) > _LONGEST or not _SERVING & set(clause.markers):
                continue
            tokens = cut(clause.text)
            text = "".join(chance.choice(_OPPOSITES[token]) if token in _OPPOSITES else token for token in tokens)
            if text != clause.text and not _praises(text, cut):
                plain = replace(example, text=text, praise=False, tags=(), primary=None, tier=None, hard="-", id="")
                made.setdefault(text, plain)
    most = round(_SHARE * len(examples))
    return list(made.values()) if len(made) <= most else chance.sample(list(made.values()), most)


def _praises(text: str, cut: Cut) -> bool:
    """Return whether ``text`` still has a word of praise that nothing negates."""
    return any(_PRAISING & set(clause.markers) for clause in read(text, cut).clauses)
