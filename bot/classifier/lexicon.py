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
bellboy bellman housekeeper assistant salesman saleslady saleswoman dispatcher rider hotline someone 客服小姐
客服人员 客服妹妹 客服小哥 坐席员 客服专员 话务 咨询员 受理员 值班 值班员 柜面 窗口人员 导诊 导诊台 分诊 收费处
挂号处 售票员 引导员 调度 调度员 抢修队 维修工人 安装师傅 网管 装维 电工 水工 派送员 驿站 快递小妹 仓管 收派员 的哥
司机师傅 大师傅 厨师 大厨 服务小哥 服务小姐 伙计 跑堂 迎宾 领位 传菜 老师傅 店员们 掌柜的 夫妻俩 老两口 两口子
小姐姐们 小妹妹 小师傅 小哥哥 值班经理 客房 保洁阿姨 宿管 房管 前台小姐 前台小妹 前台小哥 前台姑娘 礼宾部 行李员
总机 客房部 讲解员 船家 船工 司乘 机务 值机 值机员 理财经理 审核员 查勘 保险员 经办 经办人 科长 所长 站长 队长 书记
村官 社工 居委会 辅警 交警 片警 法官 律师 医护 医护人员 护理 主治 住院医 麻醉师 教员 助教 班主任 客服部 客服中心
售后服务 售后客服 卖家客服 商家客服 平台客服 人工客服 guys staffs barista bartender chef barber stylist cleaner maid
bouncer usher conductor pilot purser plumber electrician mechanic installer fitter surveyor underwriter banker
handler lass lad mate lads operators advisers advisors consultants drivers nurses doctors waiters officers managers
receptionists midwife dentist gp paramedic matron librarian postman postie milkman caretaker warden superintendent
madam mr mrs ms dr frontdesk housekeeping
""",
        "service": """
服务 态度 服务态度 接待 待客 服务质量 服务水平 客服态度 service services attitude hospitality 服务意识 一条龙服务
客户服务 售后服务 aftercare manners
""",
        "customer": """
我 我们 我妈 我爸 我家 俺 咱 咱们 老人 孩子 妈妈 爸爸 奶奶 爷爷 老妈 老爸 me my us our mum mom dad i we
""",
        "noted": """
客户 用户 来电 表示 反映 致电 来电人 业主 旅客 乘客 患者 市民 顾客 住客 家属 投保人 储户 caller customer cust cx
passenger
""",
        "addressed": """
你 你们 您 贵行 贵司 贵公司 你家 你们家 你行 your you u
""",
        "goods": """
味道 菜 菜品 菜量 房间 环境 价格 价钱 性价比 位置 装修 app 软件 系统 功能 界面 质量 物流 包装 早餐 床 景色 风景 设施
网速 信号 口味 分量 款式 面料 利率 手续费 收益 额度 产品 商品 东西 衣服 鞋 手机 电视 空调 地理位置 停车 停车场 交通
地段 卫生 隔音 泳池 海景 酒店 餐厅 店 小区 机器 操作 版本 页面 快递 宽带 套餐 口感 食材 汤 肉 鱼 虾 火锅 咖啡 奶茶
蛋糕 甜品 小吃 氛围 格调 布置 音乐 书 颜色 尺码 做工 手感 外观 电池 屏幕 洗手间 卫生间 浴室 干净 整洁 好吃 难吃 新鲜
便宜 实惠 划算 好看 漂亮 舒适 宽敞 安静 方便 美味 入味 鲜 嫩 香 food room rooms price prices location view breakfast
bed wifi interface quality product parcel delivery battery portion place menu clean comfortable cheap update version
website design rate rates tasty delicious cosy cozy decor 酒 茶 茶叶 饮料 果汁 水果 蔬菜 牛肉 羊肉 烤肉 烤鸭 烤鱼
海鲜 螃蟹 米饭 米线 面条 面 拉面 饺子 包子 馒头 粥 豆浆 油条 豆腐 豆腐脑 饼 寿司 披萨 汉堡 薯条 鸡翅 炸鸡 鸡 鸭 鹅
排骨 牛排 三文鱼 刺身 自助 自助餐 点心 小菜 凉菜 热菜 主食 菜单 菜式 菜色 料理 川菜 粤菜 湘菜 锅底 底料 调料 酱 酱料
辣 咸 油腻 清淡 酥 爽口 可口 开胃 好喝 难喝 地道 正宗 足量 分量足 量大 大份 小份 人均 团购 优惠 划得来 超值 物有所值
物美价廉 价廉物美 价位 打折 降价 涨价 床品 床单 被子 枕头 床垫 浴缸 淋浴 热水 马桶 毛巾 拖鞋 窗户 窗 阳台 暖气 电梯
大堂 走廊 装潢 家具 地毯 插座 网络 明亮 温馨 别致 典雅 豪华 陈旧 老旧 简陋 设备 地铁 地铁站 火车站 机场 市中心 市区
商圈 步行 出行 周边 楼下 海边 沙滩 湖 山 山顶 古镇 老街 风光 美景 夜景 日出 门票 缆车 景点 景区 公园 广场 拍照 情节
故事 文笔 作者 印刷 纸张 排版 字体 插图 封面 章节 教材 文字 小说 出版社 正版 盗版 阅读 通俗易懂 键盘 鼠标 硬盘 内存
显卡 处理器 散热 风扇 配置 驱动 运行 续航 充电 待机 像素 音质 耳机 音响 画质 分辨率 笔记本 电脑 平板 相机 镜头 机身
外壳 外形 按键 接口 蓝牙 轻便 小巧 便携 耐用 结实 流畅 清晰 噪音 静音 发热 容量 型号 品牌 牌子 国产 正品 真品 假货
色差 材质 布料 棉 透气 舒适度 合身 尺寸 显瘦 百搭 时尚 款 样式 风格 洗发水 沐浴露 护肤品 面膜 口红 香水 保湿 滋润
清爽 去屑 泡沫 洗衣机 冰箱 热水器 微波炉 油烟机 电饭煲 洗碗机 制热 制冷 省电 节能 牛奶 奶粉 酸奶 蒙牛 伊利 保质期
苹果 橙子 香蕉 葡萄 水分 个头 皮薄 核小 果肉 新鲜度 速度 快递速度 物流速度 到货 发货 小程序 网页 网站 更新 闪退 广告
弹窗 登录 指纹 推送 皮肤 流量 话费 资费 信用卡 利息 年费 理财 基金 收益率 保费 保单 还款 权益 里程 soup steak pizza
burger fries pasta rice noodles sushi chicken fish beef coffee tea wine beer cocktail cocktails dessert cake bread
cheese salad flavour flavor flavours taste tasted fresh crispy spicy juicy hot portions dishes dish meal dinner
lunch brunch starter mains toilets bathroom shower towels pillow pillows mattress sheets pool gym spa balcony beach
sea lobby decorated furniture carpet elevator parking metro central area neighbourhood views scenery sunset spacious
modern stylish quiet noisy value money pricey bargain deal discount cheaper expensive screen keyboard laptop phone
camera sound speaker headphones charger cable fabric colour color material shoes dress jacket sturdy lightweight
durable packaging packaged novel story plot chapter characters reading read crash crashes login updates ads network
signal broadband speed coverage premium premiums interest fee fees tariff bill
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
sweetheart angel manners empathy sympathetic understanding 和颜悦色 笑容可掬 笑脸相迎 满面笑容 笑嘻嘻 笑着 善解人意
通情达理 不卑不亢 落落大方 开朗 活泼 慈爱 文明 文明礼貌 文雅 得体 谈吐 好脸色 没脾气 热络 热乎 热情好客 好客
热情大方 热情洋溢 热情款待 招待 款待 接待热情 服务热情 服务周到 服务好 服务到位 服务态度好 服务一流 服务不错
有人情味 人情味 温情 暖暖的 贴心服务 细腻 无可挑剔 一丝不苟 不厌 不烦 轻言细语 细声细气 声音甜美 嗓音 音色 好心
好心人 心善 憨厚 朴实 朴素 淳朴 质朴 随和 谦逊 谦卑 包容 宽容 忍让 耐性 有耐性 耐烦 细致入微 悉心 精心 尽心 尽心尽力
全心全意 真心 真心实意 诚心 诚意 体恤 心疼 鼓励 宽慰 开导 有求必应 面带微笑 嘴甜 贴己 热心肠 人好 人美 心美 客客气气
和和气气 nicest friendliest kindest warmest welcomed greeted greeting helpfulness accommodating gracious compassion
compassionate understood reassuring reassured reassurance personable approachable genuine genuinely heartfelt softly
gently chatty cheery bubbly smiley hospitable unhurried unfailingly humour humor joked chatted dignity
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
restored accurate 解决好 解决掉 得到解决 搞掂 搞好 办好了 办下来 批下来 弄明白 弄清楚 讲明白 说明白 一清二楚
清清楚楚 讲解清楚 三言两语 一语 点透 一针见血 对症 药到病除 手到病除 立竿见影 迎刃而解 手脚麻利 动作快 手快 干净利落
雷厉风行 三下两下 两三下 三下五除二 不一会儿 没多久 分分钟 秒杀 第一时间 即时 火速 极速 加急 当日 次日 隔天 第二天
办事效率 反应快 响应 回复快 回应 服务高效 在行 老练 娴熟 技术好 手艺 手艺好 功底 水准 精湛 医术 高超 精准 严谨
细心负责 责任心 责任感 有担当 担当 办实事 干实事 实干 实在 靠得住 可靠 值得信赖 信赖 信任 一手 能干 有办法 有本事
有水平 有经验 牛人 行家 专业性 专业度 专业素养 职业素养 素质高 耐心解答 耐心讲解 细致讲解 解惑 答疑 释疑 支招 出主意
教我 教我们 教她 教他 手把手地 指点 点拨 查清楚 查出 查出来 核对 改好 改过来 补寄 重寄 退了 退还 赔付 赔了 理赔 批准
激活 开通 恢复正常 修复 修理 修好了 装好 通畅 正常了 sorting resolving solving fixing repaired repair corrected
corrects rectified reinstated credited reversed approved cleared unlocked activated connected reconnected refunds
payout immediately instantly timely speedy swiftness competence skilled skilful skillful capable reliable dependable
diligent meticulous organised organized precise informative informed advice advised guided guidance explaining
explains explanation understandable expertly proactive seamless painless effortless figured diagnosed solution
solutions
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
wrote drew gave ran upstairs card rang returned arranged stayed calmed 破例 通融 特批 照顾到 格外 加送 附赠 多给
免单 抹零 抹掉 减掉 退回来 垫钱 垫的 先垫 自费 自己掏 倒贴 分文不取 谢绝 不肯收 婉拒 塞给 塞了 捎 捎来 捎上 送我
送我们 送到家 送货上门 送上门 送进 送医 急救 抢救 打120 陪我 陪我们 陪她 陪他 陪老人 陪了 守到 守了 值守 折回 折返
追上 追到 追了 跑出来 跑回 冲进 蹲下 跪 跪着 弯腰 抱出 搂 拍背 擦干 擦掉 缝好 修补 熬 熬了 热茶 热牛奶 红糖水 蜂蜜
长寿面 卡片 便签 便条 字条 纸条 小纸条 画了 画图 路线图 整理好 列了 抄下 认出 叫得出 问起 惦记 挂念 牵挂 放心不下
回电话 打回来 打过来 来电告知 来电提醒 提前告知 提前通知 提前打电话 叮咛 再三叮嘱 留的 帮忙联系 联系到 托人 托 辗转
找遍 翻垃圾 调监控 联系上 物归原主 失而复得 原封不动 代缴 代办 代取 代为 代签 替我 替我们 手语 大字 放大镜 老花镜
暖宝宝 热水袋 冰袋 退烧药 退烧贴 晕车药 止痛 止血 纱布 棉签 雨衣 雨披 棉衣 婴儿床 生日快乐 祝福 搭电 拖车 推车 带路
引路 让座 让出 让给 腾出 调换 升舱 升房 延迟退房 免押金 先行 先行垫付 先垫付 缓缴 省钱 便宜了 劝我 劝退 拦住 识破
挽回 挽回损失 化干戈为玉帛 打圆场 赔礼 赔礼道歉 登门 登门道歉 息怒 平复 哄好 逗 安慰我 气顿时 火气 气全消 unasked
volunteered voluntarily goodwill comped freebie waiving waiver discretion refused insisted fetched carrying lifted
escorted accompanied accompany cycled loaned borrowed lend loan handwrote blanket wheelchair pram stroller suitcase
phoned remembered remembers remind reminder caught saved detour late gift gifted sewed stitched mended translated
""",
        "hardship": """
冒雨 冒着 顶着 下班 加班 休息日 休息 半夜 深夜 凌晨 大雨 下雨 暴雨 大雪 台风 高温 周末 过年 除夕 春节 夜里 晚上 六楼
五楼 七楼 怀孕 孕妇 老人 轮椅 聋哑 发烧 感冒 受伤 晕 哭 急 着急 急得 落下 弄丢 丢 忘 late hours weekend night
midnight rain snow stayed off
""",
        "feared": """
怕我 担心我 担心 怕 自己 本来 其实 不用 没想到 居然 竟然 还 又 even unasked nobody without
""",
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
点赞 赞 牛 棒棒的 棒棒哒 顶呱呱 呱呱叫 没挑 挑不出毛病 无可挑剔 惊喜 温暖 感动 暖心 舒心 贴心 安逸 巴适 得劲 妥妥
妥当 尽兴 愉快 快乐 幸福 推荐 力荐 强烈推荐 必来 再来 还来 回头客 常来 老顾客 首选 stellar fab fabulous marvelous
marvellous incredible spotless flawless remarkable memorable enjoyable pleasure
""",
        "weak": """
还可以 可以 一般 还行 凑合 马马虎虎 过得去 一般般 中规中矩 还成 勉强 普通 average fine alright okay acceptable ok
""",
        "general": """
超出 预期 超值 增值 超越 期待 分内 想象 意料 expectations exceeded expectation
""",
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
waste 奇葩 离谱 过分 太过分 可恶 可恨 讨厌 极差 很差 太差 超差 最差 差得 差到 态度差 态度恶劣 服务差 服务态度差
不咋样 不怎么样 不敢恭维 不如 不行 不好 不爽 不快 不舒服 不值 不推荐 不会再 不再 再也不 慎重 慎入 别来 别去 千万别
避坑 踩坑 拔草 黑店 黑心 宰 宰客 坑人 坑爹 骗人 骗子 骗钱 忽悠人 虚假 虚标 缺斤少两 偷工减料 套路 陷阱 霸王 霸王条款
强制 强买强卖 捆绑 乱收费 多收 多扣 私自 擅自 偷偷 推三阻四 推来 推给 扯 甩锅 扔 扔给 踢来踢去 互相推 石沉大海
杳无音信 没下文 音信 敷衍了事 敷衍塞责 打太极 和稀泥 官僚 拖延 拖拉 磨蹭 磨磨蹭蹭 慢吞吞 慢腾腾 效率低 低下 拖沓 催
催了 催促 一拖再拖 拖了 等了 等 干等 苦等 白白 傻等 久等 半天 老半天 两小时 一个多小时 排了 一上午 一下午 一整天
好几天 一星期 半个月 一个月 几个月 才来 才到 才有 才接 不接 不接电话 没人接 没人管 没人理 不搭理 不理睬 无视
视而不见 装聋作哑 充耳不闻 板着脸 死鱼 冷脸 冷眼 冷言冷语 阴阳怪气 冷嘲热讽 讽刺 挖苦 嘲笑 鄙视 看不起 瞧不起 歧视
势利 狗眼看人低 趾高气扬 高高在上 盛气凌人 蛮横 野蛮 霸道 粗暴 粗鲁 没素质 素质差 素质低 没礼貌 不礼貌 不尊重 没耐心
很不耐烦 不情愿 不热情 不专业 不负责 不负责任 失职 渎职 推责 不作为 懒政 玩手机 刷手机 嗑瓜子 打瞌睡 骂人 骂我 吼我
凶我 怼我 训 训斥 呵斥 斥责 质疑 威胁 恐吓 骚扰 轰炸 催收 挂了 挂电话 掐断 态度生硬 语气生硬 口气差 反问 一问三不知
三不知 答非所问 车轱辘 复制粘贴 机器人似的 复读 模板 绕弯子 前后矛盾 说法不一 自相矛盾 出尔反尔 言而无信 说话不算数
说话不算 食言 反悔 变卦 不认账 不承认 抵赖 狡辩 强词夺理 扯谎 撒谎 谎 骗我 瞒 隐瞒 误工 误事 误 害 害我 害得 弄丢
丢了 丢失 弄坏 摔 摔坏 碎 碎了 破损 压坏 损坏 漏发 错发 发错 寄错 送错 弄错 搞错 出错 失误 差错 问题多 毛病 坏了
坏的 不能用 用不了 打不开 连不上 断网 掉线 停电 停水 漏水 发霉 霉味 异味 臭味 蟑螂 虫 苍蝇 变质 拉肚子 难闻 脏兮兮
脏乱 脏乱差 灰尘 嘈杂 吵闹 破旧 老化 生锈 昏暗 潮湿 阴冷 冷清 难喝 难看 寡淡 夹生 凉了 冷掉 糊 投诉无门 维权 曝光
举报 12315 退货 退钱 赔偿 要求赔偿 讨说法 致歉 书面 罚款 违约金 滞纳金 冻结 封号 被迫 无奈 心累 心塞 憋屈 委屈 窝火
火大 来气 气炸 气愤不已 怒 愤慨 郁闷 纠结 难受 糟心 闹心 反感 寒心 心凉 失望透顶 差强人意 名不副实 徒有虚名 呵呵
笑话 闹着玩 儿戏 最后一次 打叉 零分 一星 一颗星 负分 倒闭 关门 rudest worse appalling atrocious abysmal dire
dreadful disgrace disgraceful disgusted shocking shambles farce mess chaos nightmare hopeless incompetent careless
uncaring unprofessional unfriendly impolite impatient abrupt curt arrogant condescending patronising sarcastic
snapped shouted yelled swore argued blamed lazy sloppy ignoring ignores unanswered unreachable unavailable
disconnected dropped bounced passed pillar post runaround automated bot bots chatbot wait waits overcharged charging
charges scam scammed ripped con cheated misled misleading lie lies lying liar false fake hidden penalty fined fine
debt threatened threatening damaged smashed cracked leaking leaked broke breaks stuck faulty defective wrongly
mistake mistakes error errors incorrect filthy stained smell smelly smelled cockroach hair mould soggy stale bland
burnt tasteless undercooked overcooked cramped shabby tired avoid regret disappointment letdown annoyed annoying
furious fuming upset stress stressful exhausted sick complain complained complaining complaints escalate escalated
ombudsman cancel cancelling switching goodbye excuses blah nonsense rubbish garbage trash crap sucks sucked stupid
idiot idiots laughable pointless unreliable unhappy dissatisfied poorly badly
""",
        "unsolved": """
还是 仍 仍然 依然 至今 一直 还没 还没有 迟迟 不了了之 未果 没消息 下文 没下文 依旧 第三次 第二次 再次 多次 反复 始终
到现在 没用 没有用 没结果 解决不了 没解决 未解决 没修好 没动静 然后呢 照样 照旧 没弄好 白说 still yet unresolved
again pending months weeks unanswered 还在 仍在 至今未 至今没 到今天 尚未 未能 没能 没办 没办成 没修 没来 没到
没收到 没给 没退 没回 没接 没音 没信 没处理 不见了 第四次 第五次 又一次 又坏 又断 又来 又说 又让 又要 又是 又没
老样子 原样 白跑一趟 白等 白费 无济于事 于事无补 治标不治本 四次 五次 好几次 多次反映 拖到 失联 作罢 fourth fifth
repeatedly keeps ongoing outstanding chasing chased
""",
        "contrast": """
但 但是 不过 可是 就是 只是 然而 却 倒是 可惜 结果 偏偏 反而 谁知 but however except unfortunately though 却是
结果呢 谁知道 没想到 到头来 反倒 只不过 美中不足 遗憾 yet instead although
""",
        "concede": """
虽然 虽说 虽 尽管 固然 除了 撇开 抛开 although despite while whilst
""",
        "wish": """
要是 如果 希望 建议 能不能 可不可以 能否 是否 请 求 盼 期待 请问 咨询 想问 应该 不如 多好 就好了 倘若 假如 什么时候
何时 下次 wish hope please could would if should suggest when 多一点 多些 学学 学习 改进 改善 加强 提高 完善 整改
盼望 恳请 但愿 improve
""",
        "question": """
吗 ? 怎么 为什么 哪里 哪 哪个 几 多少 什么 啥 咋 几点 如何 how what where why which can
""",
        "mock": """
呵呵 真行 厉害 高明 牛 可真 真是 真会 好家伙 敢情 合着 大开眼界 见识 长见识 祝 恭喜 人才 天才 影帝 绝了 了不起 果然
名不虚传 亏 原来 bravo congratulations congrats wow sure apparently masterclass truly genius award clearly superb 绝
佩服 领教 服了 牛逼 了得 精彩 神操作 神 骚操作 堪称 典范 标杆 艺术 沉浸式 拼图 修行 行为艺术 教科书 kudos hats
talent adventure marvellous
""",
        "courtesy": """
好的 嗯 哦 知道了 知道 收到 行 再见 嗯嗯 麻烦 不客气 拜拜 bye noted alright ok okay
""",
        "promo": """
活动 优惠券 积分 抽奖 会员 赠品 满减 促销 双十一 开业 券 代金券 领 红包 新人 新用户 办卡 储值 扫码 加微信 团购 限时
coupon promo promotion voucher points members discount
""",
        "itself": """
自己 我自己 自行 自个儿 myself
""",
        "story": """
书 作者 电影 剧 小说 主播 视频 课程 同桌 邻座 路人 司法 book author film movie stranger neighbour neighbor
""",
        # What an agent's note or a broken promise is told with, and what praise is filed with.
        "promise": """
答应 承诺 保证 打包票 拍胸脯 说好 说好的 口口声声 信誓旦旦 嘴上 说是 声称 号称 宣称 说会 工作日 小时内 会联系 尽快
稍后 promised promise promises guaranteed supposed claimed claims assured shall
""",
        "record": """
已记录 记录 已转 转 转交 转办 移交 工单 派单 派工 核实 经核实 核查 合规 按规定 规定 流程 告知 已告知 已向 已为
无异议 认可 知晓 结案 办结 诉求 申请 询问 咨询 查询 来访 复核 退费 回复客户 答复客户 建议客户 升级处理 跟踪 受理
登记 备注 情绪激动 advised states stated reports reported queried enquired requesting requested ticket escalated
logged noted ref
""",
        "commend": """
致电表扬 来电表扬 来电感谢 特来 特此 特此表扬 特此感谢 提出表扬 提出感谢 予以表扬 通报表扬 口头表扬 表扬信 感谢信
锦旗 点名表扬 转告 转达谢意 代为感谢 嘉许 加分 涨工资 发奖金 五星好评 好评 五颗星 满分好评 给好评 五星 大拇指 👍
必须赞 一个赞 大大的赞 赞一个 竖大拇指 拇指 感激不尽 万分感谢 由衷 由衷感谢 衷心 衷心感谢 非常感谢 十分感谢 太感谢
感谢你们 谢谢你 谢谢你们 谢谢您 辛苦了 您辛苦 好人 遇到好人 好心人 幸亏 多亏 亏得 幸好 要不是 thanking shoutout
medal deserves deserve deserved bravo legend lifesaver saint heroes a+ compliments complimented complimenting
praises praised praising commends commended recommend recommended
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
