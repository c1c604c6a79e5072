from pathlib import Path

import pytest

from bot.classifier.corpus import Example
from bot.classifier.model import save
from bot.classifier.predict import Tagger
from bot.classifier.train import Trained, train
from bot.tags import Tag, Tier

SHIPPED = Path(__file__).parents[2] / "models" / "tagger"

_PRAISE = {
    (Tag.ATTITUDE,): (
        "客服小姐姐很热情，说话也客气",
        "前台态度很好，很耐心",
        "师傅很客气，态度好",
        "接线员声音亲切，很有耐心",
        "柜员热情，态度特别好",
        "客服很耐心，一点也不烦",
    ),
    (Tag.SOLUTION,): (
        "客服很快帮我解决了问题",
        "师傅很专业，一会儿就修好了",
        "柜员帮我解决了转账的问题，很专业",
        "客服处理很及时，问题解决了",
        "接线员讲得清楚，很快解决了",
        "师傅处理问题很专业",
    ),
    (Tag.VALUE_ADDED,): (
        "师傅主动帮我把箱子搬上楼",
        "客服下班后还主动打电话提醒我",
        "柜员主动提醒我办免费的卡",
        "保安冒雨帮我把箱子送到家",
        "客服主动打电话回访，还送了礼物",
        "前台主动把雨伞借给我",
    ),
}
_OTHERS = (
    "菜很好吃，价格也便宜",
    "房间很大，价格便宜，位置好",
    "客服态度差，问题没解决",
    "等了一个小时，问题没解决",
    "请问怎么办卡",
    "请问客服几点下班",
    "好的，谢谢",
    "要是客服能耐心一点就好了",
    "态度倒是挺好，就是问题没解决",
    "app很好用，界面漂亮",
    "师傅没来，打电话也没人接",
    "还可以，一般",
    "价格便宜，味道一般",
    "投诉你们，等了一个小时没人处理",
)


def examples() -> list[Example]:
    """A few comments, too few to learn much from, in four sources."""
    told = [
        Example(text, True, tags, tags[0], Tier.HIGHLIGHT if Tag.VALUE_ADDED in tags else Tier.BASIC)
        for tags, texts in _PRAISE.items()
        for text in texts
    ]
    told += [Example(text, False) for text in _OTHERS]
    return [
        Example(one.text, one.praise, one.tags, one.primary, one.tier, source=f"source {at % 4}", lang="zh", id=str(at))
        for at, one in enumerate(told)
    ]


@pytest.fixture(scope="session")
def trained() -> Trained:
    return train(examples())


@pytest.fixture(scope="session")
def model_folder(trained: Trained, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("model")
    save(trained.model, trained.facts, folder)
    return folder


@pytest.fixture(scope="session")
def tagger() -> Tagger:
    return Tagger.load(SHIPPED)
