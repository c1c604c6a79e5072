// Chinese names by their pinyin: "wl", "wanglei" and "lei" find 王磊. The browser knows the order of characters, no more.

// Each syllable with the character that comes first among those read so (v stands for ü); the next one's begins where
// it ends. Found with ICU's transliterator; of the 6763 characters of GB 2312 all but some of several readings fall right.
const SYLLABLES = `
  a吖 ai哎 an安 ang肮 ao凹 ba丷 bai挀 ban扳 bang邦 bao勹 bei卑 ben奔 beng伻 bi屄 bian边 biao灬 bie憋 bin汃 bing冫 bo癶 bu峬 ca嚓
  cai偲 can参 cang仓 cao撡 ce冊 cen嵾 ceng曽 cha叉 chai芆 chan辿 chang伥 chao抄 che车 chen抻 cheng阷 chi吃 chong充 chou抽 chu出
  chuai歘 chuan巛 chuang刅 chui吹 chun旾 chuo逴 ci呲 cong匆 cou凑 cu粗 cuan汆 cui崔 cun邨 cuo搓 da咑 dai呆 dan丹 dang当 dao刀 de嘚
  den扥 deng灯 di氐 dian嗲 diao刁 die爹 ding丁 diu丟 dong东 dou吺 du厾 duan耑 dui垖 dun吨 duo多 e妸 ei诶 en奀 er儿 fa发 fan帆 fang匚
  fei飞 fen分 feng丰 fo仏 fou紑 fu夫 ga旮 gai侅 gan甘 gang冈 gao皋 ge戈 gei鉻 gen根 geng刯 gong工 gou勾 gu估 gua瓜 guai乖 guan关
  guang光 gui归 gun丨 guo呙 ha哈 hai咍 han佄 hang夯 hao茠 he诃 hei黒 hen拫 heng亨 hong叿 hou齁 hu乎 hua花 huai怀 huan欢 huang巟
  hui灰 hun昏 huo吙 ji丌 jia加 jian戋 jiang江 jiao艽 jie阶 jin巾 jing坕 jiong冂 jiu丩 ju凥 juan姢 jue噘 jun军 ka咔 kai开 kan刊
  kang忼 kao尻 ke匼 kei剋 ken肎 keng劥 kong空 kou抠 ku扝 kua夸 kuai蒯 kuan宽 kuang匡 kui亏 kun坤 kuo扩 la垃 lai来 lan兰 lang啷
  lao捞 le仂 lei勒 leng崚 li哩 lia俩 lian奁 liang良 liao撩 lie毟 lin拎 ling伶 liu溜 lo囖 long龙 lou瞜 lu噜 lv驴 luan娈 lve掠 lun抡
  luo啰 ma妈 mai埋 man嫚 mang牤 mao猫 me嚒 mei呅 men椚 meng擝 mi咪 mian宀 miao喵 mie乜 min民 ming名 miu谬 mo摸 mou哞 mu毪 na拏 nai腉
  nan囡 nang囔 nao孬 ne疒 nei娞 nen恁 neng能 ni妮 nian拈 niang娘 niao鸟 nie捏 nin囜 ning宁 niu妞 nong农 nou羺 nu奴 nv女 nuan奻
  nve疟 nun黁 nuo郍 o喔 ou讴 pa妑 pai拍 pan眅 pang乓 pao抛 pei呸 pen喷 peng匉 pi丕 pian囨 piao剽 pie蔈 pin姘 ping乒 po钋 pou剖 pu仆
  qi七 qia掐 qian千 qiang呛 qiao悄 qie苆 qin亲 qing靑 qiong卭 qiu丘 qu区 quan奍 que炔 qun夋 ran呥 rang穣 rao娆 re惹 ren人 reng扔
  ri日 rong戎 rou厹 ru邚 ruan堧 rui婑 run瞤 ruo捼 sa仨 sai毢 san三 sang桒 sao掻 se閪 sen森 seng僧 sha杀 shai筛 shan山 shang伤
  shao弰 she奢 shei谁 shen申 sheng升 shi尸 shou収 shu书 shua刷 shuai衰 shuan闩 shuang双 shui脽 shun吮 shuo说 si厶 song忪 sou凁
  su苏 suan狻 sui夊 sun孙 suo唆 ta他 tai囼 tan坍 tang汤 tao夲 te忑 teng熥 ti剔 tian天 tiao旫 tie帖 ting厅 tong囲 tou偷 tu凸 tuan湍
  tui推 tun吞 tuo乇 wa屲 wai歪 wan弯 wang尢 wei危 wen昷 weng翁 wo挝 wu乌 xi夕 xia呷 xian仙 xiang乡 xiao灱 xie些 xin心 xing星
  xiong凶 xiu休 xu吁 xuan吅 xue削 xun坃 ya丫 yan恹 yang央 yao幺 ye倻 yi一 yin囙 ying应 yo哟 yong佣 you优 yu込 yuan囦 yue曰 yun晕
  za帀 zai災 zan兂 zang匨 zao傮 ze则 zei贼 zen怎 zeng増 zha扎 zhai夈 zhan枬 zhang张 zhao佋 zhe蜇 zhen贞 zheng凧 zhi之 zhong中
  zhou州 zhu朱 zhua抓 zhuai跩 zhuan专 zhuang妆 zhui隹 zhun宒 zhuo拙 zi乲 zong宗 zou邹 zu租 zuan钻 zui厜 zun尊 zuo嘬
`;
const SURNAMES = {
  单: "shan", 曾: "zeng", 解: "xie", 仇: "qiu", 区: "ou", 查: "zha", 翟: "zhai", 覃: "qin", 乐: "yue", 盖: "ge", 缪: "miao",
};
const HAN = /\p{Script=Han}/u;

const syllables = [...SYLLABLES.matchAll(/([a-z]+)(\p{Script=Han})/gu)].map(([, letters, first]) => ({ letters, first }));
const order = new Intl.Collator("zh-u-co-pinyin", { sensitivity: "base" });
const supported = Intl.Collator.supportedLocalesOf("zh").length > 0 && order.compare("王", "李") > 0;
const known = new Map();

/**
 * Return whether a Chinese `name` can be meant by `words`: the beginning of its pinyin, each syllable whole or by its
 * first letter, or of that of its given name, in whole syllables. A surname counts by each of its readings.
 */
export function pinyinBegins(name, words) {
  const letters = words.replace(/[\s'’]/g, "").replaceAll("ü", "v");
  if (!supported || !/^[a-z]+$/.test(letters)) return false;
  const characters = [...name].filter((character) => HAN.test(character));
  const read = characters.map((character, at) => readings(character, at));
  return begins(read, letters, true) || read.some((_, at) => at > 0 && letters.length > 1 && begins(read.slice(at), letters, false));
}

function begins([first, ...rest], letters, shortened) {
  if (!letters) return true;
  return (first ?? []).some(
    (syllable) =>
      syllable.startsWith(letters) ||
      (letters.startsWith(syllable) && begins(rest, letters.slice(syllable.length), shortened)) ||
      (shortened && letters[0] === syllable[0] && begins(rest, letters.slice(1), shortened)),
  );
}

function readings(character, at) {
  if (!known.has(character)) known.set(character, spellings(syllableOf(character)));
  const other = at === 0 && SURNAMES[character];
  return other ? [other, ...known.get(character)] : known.get(character);
}

function syllableOf(character) {
  let low = 0;
  let high = syllables.length - 1;
  while (low < high) {
    const middle = Math.ceil((low + high) / 2);
    if (order.compare(syllables[middle].first, character) <= 0) low = middle;
    else high = middle - 1;
  }
  return syllables[low].letters;
}

/** Return how a syllable is typed: ü as v, on passports as yu, by many as u. */
const spellings = (syllable) => (/^[ln]v/.test(syllable) ? ["v", "yu", "u"].map((u) => syllable.replace("v", u)) : [syllable]);
