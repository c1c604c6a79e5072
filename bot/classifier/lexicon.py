"""Words that tell who a clause is about and what it says: the knowledge that a few thousand comments cannot teach.

Each class is a plain list; a word may be in several. They become markers in ``features``, whose weights are learned, so
a word here is a hint and never a verdict. Chinese words are looked up as jieba cuts them, alone or two tokens together.
"""

from __future__ import annotations

from types import MappingProxyType

CLASSES = MappingProxyType(
    {
        # Who: people in service, the service itself, the customer, the customer in an agent's note, goods and places.
        "person": """
客服 座席 坐席 接线员 话务员 专员 经理 客户经理 大堂经理 大堂 柜员 柜台 前台 服务员 服务生 服务人员 店员 店家 店主
老板 老板娘 掌柜 卖家 商家 店小二 小二 师傅 师父 司机 快递员 快递小哥 小哥 骑手 外卖员 配送员 送货员 安装工 维修工
工程师 技术员 导游 领队 司导 空姐 空少 乘务员 乘务长 空乘 机组 地勤 护士 护士长 医生 大夫 护工 主任 窗口 工作人员
员工 营业员 导购 柜姐 保安 保洁 保洁员 阿姨 大姐 大叔 大哥 小姐 小姐姐 姑娘 小姑娘 女孩 女孩子 女生 男孩 男生 小伙子
小伙 帅哥 美女 妹子 小妹 妹妹 小弟 同志 管家 网格员 民警 警察 老师 教练 顾问 投顾 业务员 代理人 热线 后台 人工 工号
店长 领班 服务台 售后 房东 房主 门卫 门童 礼宾 专家 药师 收银员 收银 理赔员 信贷员 查勘员 接待员 检票员 站务员
办事员 志愿者 义工 安检员 船长 机长 技师 发型师 理发师 设计师 收费员 抄表员 投递员 邮递员 乘警 列车员 列车长 班长
主管 副理 管理员 物业 接待 小张 小王 小李 小刘 小陈 小赵 小周 小杨 小林 小吴 小黄 小徐 小孙 小马 小何 小高 小罗 小郑
小梁 小宋 小唐 小韩 staff agent agents rep reps representative lady gentleman guy driver waiter waitress cashier
manager receptionist nurse doctor technician engineer operator teller concierge courier crew host hostess advisor
adviser consultant support team helpdesk desk girl chap bloke fella fellow colleague officer clerk attendant steward
stewardess guide tutor teacher porter person employee employees server supervisor owner seller landlord pharmacist
bellboy bellman housekeeper assistant salesman saleslady saleswoman dispatcher rider hotline someone
""",
        "service": "服务 态度 服务态度 接待 待客 服务质量 服务水平 客服态度 service services attitude hospitality",
        "customer": """
我 我们 我妈 我爸 我家 俺 咱 咱们 老人 孩子 妈妈 爸爸 奶奶 爷爷 老妈 老爸 me my us our mum mom dad i we
""",
        "noted": """
客户 用户 来电 表示 反映 致电 来电人 业主 旅客 乘客 患者 市民 顾客 住客 家属 投保人 储户 caller customer cust cx
passenger
""",
        "addressed": "你 你们 您 贵行 贵司 贵公司 你家 你们家 你行 your you u",
        "goods": """
味道 菜 菜品 菜量 房间 环境 价格 价钱 性价比 位置 装修 app 软件 系统 功能 界面 质量 物流 包装 早餐 床 景色 风景 设施
网速 信号 口味 分量 款式 面料 利率 手续费 收益 额度 产品 商品 东西 衣服 鞋 手机 电视 空调 地理位置 停车 停车场 交通
地段 卫生 隔音 泳池 海景 酒店 餐厅 店 小区 机器 操作 版本 页面 快递 宽带 套餐 口感 食材 汤 肉 鱼 虾 火锅 咖啡 奶茶
蛋糕 甜品 小吃 氛围 格调 布置 音乐 书 颜色 尺码 做工 手感 外观 电池 屏幕 洗手间 卫生间 浴室 干净 整洁 好吃 难吃 新鲜
便宜 实惠 划算 好看 漂亮 舒适 宽敞 安静 方便 美味 入味 鲜 嫩 香 food room rooms price prices location view breakfast
bed wifi interface quality product parcel delivery battery portion place menu clean comfortable cheap update version
website design rate rates tasty delicious cosy cozy decor
""",
        # What: manner, outcome, acts beyond the duty and the circumstances that make an ordinary act one, help, thanks.
        "manner": """
热情 耐心 亲切 礼貌 有礼貌 有礼 细心 周到 温柔 客气 和气 和蔼 友好 友善 贴心 体贴 细致 真诚 诚恳 殷勤 用心 暖心 温暖
热心 微笑 笑容 笑眯眯 笑脸 甜美 好听 声音 脾气 好脾气 不厌其烦 一遍遍 一遍 轻声 轻声细语 好说话 亲和力 亲和 尊重
关心 善良 彬彬有礼 柔和 热忱 和善 谦和 谦虚 周全 无微不至 宾至如归 嘘寒问暖 问候 招呼 笑 笑呵呵 乐呵呵 态度好 有耐心
温和 平和 心平气和 语气 如沐春风 春风 家人 一家人 亲人 老实 实在 厚道 爽快 幽默 可爱 敬业 辛苦 热情周到 热情友好
和蔼可亲 平易近人 彬彬 周道 体谅 理解 关怀 关切 慈祥 nice 没架子 friendly kind polite patient patience patiently
courteous warm warmth lovely sweet gentle caring attentive welcoming cheerful pleasant respectful smile smiling
smiled thoughtful considerate kindly politely kindness calm calmly humble sincere voice listened gem star helpful
sweetheart angel manners empathy sympathetic understanding
""",
        "outcome": """
专业 负责 负责任 解决 解决问题 搞定 办好 办妥 办成 弄好 修好 高效 效率 及时 迅速 快速 利索 利落 麻利 清楚 明白 讲解
解答 解释 指导 熟练 懂行 内行 到位 靠谱 给力 立即 立马 马上 立刻 当场 当天 秒回 一次性 补发 到账 恢复 查到 找到 成功
顺利 明明白白 条理 清晰 准确 协调 跟进 落实 妥善 圆满 痛快 干脆 处理 核实 查明 查清 几分钟 分钟 很快 快捷 神速 业务
熟悉 尽职 尽责 尽职尽责 认真 认真负责 有效 指引 手把手 教会 办完 退回 退款 换新 重发 追回 处理完 高效率 专业知识
有条不紊 面面俱到 分析 排查 一步步 一步一步 讲清楚 说清楚 通了 好了 回复 反馈 技术 水平 经验 懂 细讲 推荐 建议
resolved solved fixed sorted quick quickly fast efficient efficiently professional professionally knowledgeable
clear clearly explained promptly prompt expert competent answered refund refunded expertise smoothly smooth
responsive swift swiftly fix sort resolve straightforward walked knew thorough thoroughly works working replaced
restored accurate
""",
        "beyond": """
主动 特意 特地 专门 专程 额外 免费 免了 减免 豁免 免去 免除 免收 赠送 送给 送来 送到 送回 送还 送去 送上 垫付 垫
借给 借 陪 陪着 陪同 搬 搬到 搬上 抬 扛 背 背着 提 拎 拎到 上楼 提醒 叮嘱 嘱咐 回访 回电 打来 打电话 来电话 跑 跑腿
跑来 跑去 跑遍 画 手写 手绘 写 翻译 安抚 安慰 劝 调解 哄 照看 照顾 轮椅 搀扶 搀 扶 扶着 护送 代买 买药 买 找回 归还
拾金不昧 追 追出来 自掏腰包 掏钱 掏 热水 姜汤 姜茶 生日 惊喜 升级 省 省了 省下 节省 多送 顺手 顺便 顺路 亲自 上门
绕路 绕 守 守着 盯着 推 撑伞 打伞 伞 雨伞 充电 充电宝 充电器 毛毯 毯子 糖 红糖 药 贺卡 礼物 小礼物 包扎 创可贴
补差价 退差价 差价 争取 留着 帮忙 接送 接 等着 打车 开车 送 塞 递 递给 化解 消气 气消 waived waive upgraded upgrade
complimentary walked carried drove reminded called callback followed handwritten lent umbrella charger birthday
surprise pocket gesture extra mile beyond noticed unprompted herself himself themselves offered personally brought
wrote drew gave ran upstairs card rang returned arranged stayed calmed
""",
        "hardship": """
冒雨 冒着 顶着 下班 加班 休息日 休息 半夜 深夜 凌晨 大雨 下雨 暴雨 大雪 台风 高温 周末 过年 除夕 春节 夜里 晚上 六楼
五楼 七楼 怀孕 孕妇 老人 轮椅 聋哑 发烧 感冒 受伤 晕 哭 急 着急 急得 落下 弄丢 丢 忘 late hours weekend night
midnight rain snow stayed off
""",
        "feared": "怕我 担心我 担心 怕 自己 本来 其实 不用 没想到 居然 竟然 还 又 even unasked nobody without",
        "help": """
帮 帮我 帮忙 帮助 协助 替 替我 给我 为我 帮着 帮了 帮我们 给我们 帮他 帮她 帮我妈 帮我爸 helped help helping helps
assisted assist assistance
""",
        "thanks": """
谢谢 感谢 多谢 致谢 谢 感激 点赞 表扬 赞 好评 五星 锦旗 感动 夸 夸奖 夸夸 夸一下 谢意 道谢 感恩 嘉奖 表彰 称赞 赞扬
转达 敬意 鸣谢 thank thanks grateful appreciate appreciated kudos compliment commend thankful commendation praise
cheers credit recognised recognition hat ty thx
""",
        # How: good, weak, bad, unsolved; turned round, wished for, asked, mocked, merely polite, promised by a poster.
        "good": """
好 不错 很好 满意 棒 优秀 一流 超赞 完美 舒服 开心 放心 值得 高兴 太好了 没话说 没得说 没得挑 没的说 挑不出 没毛病
省心 安心 踏实 可圈可点 很棒 超好 良心 难得 佩服 服气 欣慰 温馨 赞不绝口 满分 极好 真好 超级 特别 非常 十分 挺好
蛮好 太好 杠杠的 杠杠 靠谱 五分 great good excellent amazing wonderful fantastic brilliant awesome happy pleased
satisfied best superb impressed outstanding terrific delighted perfect love loved absolute top exceptional faultless
""",
        "weak": """
还可以 可以 一般 还行 凑合 马马虎虎 过得去 一般般 中规中矩 还成 勉强 普通 average fine alright okay acceptable ok
""",
        "general": "超出 预期 超值 增值 超越 期待 分内 想象 意料 expectations exceeded expectation",
        "bad": """
差 差劲 恶劣 冷漠 不耐烦 敷衍 推诿 踢皮球 推脱 推卸 投诉 垃圾 骗 坑 糟糕 失望 生气 气人 气死 无语 恶心 拖 慢 冷冰冰
爱答不理 爱理不理 傲慢 凶 骂 吼 白眼 翻白眼 臭脸 黑脸 差评 后悔 烦 扯皮 忽悠 乱 错 坏 烂 冷淡 生硬 机器人 机械
复读机 套话 官腔 没人 无人 打不通 占线 排队 挂断 挂 转来转去 转接 拒绝 不满 不满意 抱怨 质问 恼火 愤怒 气愤 欺骗
误导 乱扣 扣费 扣 罚 失踪 丢件 漏 脏 臭 破 旧 吵 难 贵 黑 心寒 可笑 搪塞 推来推去 浪费 耽误 耽搁 故障 失败 崩溃 闪退
卡 超时 迟到 延误 不理 不管 不理人 无果 避雷 踩雷 上当 变脸 翻脸 嘲讽 怼 装傻 没声 白等 白跑 赶 拉黑 拉倒 应付 糊弄
甩 推 吵架 顶嘴 脸色 撞 洒 bad rude terrible awful worst horrible disappointed disappointing slow waited waiting
ignored useless unhelpful complaint joke ridiculous unacceptable wrong broken failed fail failure nobody hung robot
scripted script queue delayed delay lost missing poor refused shame disgusting frustrating frustrated angry cold
overpriced dirty noisy cancelled charged pathetic clueless transferred nuisance apology lied dismissive shrugged
waste
""",
        "unsolved": """
还是 仍 仍然 依然 至今 一直 还没 还没有 迟迟 不了了之 未果 没消息 下文 没下文 依旧 第三次 第二次 再次 多次 反复 始终
到现在 没用 没有用 没结果 解决不了 没解决 未解决 没修好 没动静 然后呢 照样 照旧 没弄好 白说 still yet unresolved
again pending months weeks unanswered
""",
        "contrast": """
但 但是 不过 可是 就是 只是 然而 却 倒是 可惜 结果 偏偏 反而 谁知 but however except unfortunately though
""",
        "concede": "虽然 虽说 虽 尽管 固然 除了 撇开 抛开 although despite while whilst",
        "wish": """
要是 如果 希望 建议 能不能 可不可以 能否 是否 请 求 盼 期待 请问 咨询 想问 应该 不如 多好 就好了 倘若 假如 什么时候
何时 下次 wish hope please could would if should suggest when
""",
        "question": "吗 ? 怎么 为什么 哪里 哪 哪个 几 多少 什么 啥 咋 几点 如何 how what where why which can",
        "mock": """
呵呵 真行 厉害 高明 牛 可真 真是 真会 好家伙 敢情 合着 大开眼界 见识 长见识 祝 恭喜 人才 天才 影帝 绝了 了不起 果然
名不虚传 亏 原来 bravo congratulations congrats wow sure apparently masterclass truly genius award clearly superb
""",
        "courtesy": "好的 嗯 哦 知道了 知道 收到 行 再见 嗯嗯 麻烦 不客气 拜拜 bye noted alright ok okay",
        "promo": """
活动 优惠券 积分 抽奖 会员 赠品 满减 促销 双十一 开业 券 代金券 领 红包 新人 新用户 办卡 储值 扫码 加微信 团购 限时
coupon promo promotion voucher points members discount
""",
        "itself": "自己 我自己 自行 自个儿 myself",
        "story": """
书 作者 电影 剧 小说 主播 视频 课程 同桌 邻座 路人 司法 book author film movie stranger neighbour neighbor
""",
    }
)
"""Class of a word → its words, separated by white space."""

_NEGATORS = """
不 没 没有 未 无 别 非 不是 不太 不会 不能 不够 毫无 并非 从不 并未 未能 不肯 不给 不让 没法 无法 谈不上 算不上 称不上
not no never don didn wasn isn couldn without nor wouldn doesn can't cannot didn't don't wasn't isn't couldn't won't
nobody nothing none hardly barely ain't
"""

NEGATORS = frozenset(_NEGATORS.split())
"""Words that turn what follows them round."""
