"""Personal data of mainland China, Hong Kong, Macau and Taiwan: valid, invented, distributed about as in life."""

from __future__ import annotations

from random import Random

from . import checks
from .shapes import Value, value

AREAS = """110101 110105 110108 120101 130102 140105 150102 210102 220102 230102 310101 310104 310115 320102 320505
330102 330106 340102 350102 350203 360102 370102 370202 410102 410105 420102 420106 430102 430104 440103 440106 440304
440305 450102 460105 500103 500112 510104 510107 520102 530102 540102 610102 610113 620102 630102
640104 650102""".split()
MOBILE = """130 131 132 133 134 135 136 137 138 139 145 147 150 151 152 153 155 156 157 158 159 166 167 170 171 172 173
175 176 177 178 180 181 182 183 184 185 186 187 188 189 190 191 193 195 196 197 198 199""".split()
LANDLINE = "010 020 021 022 023 024 025 027 028 029 0755 0571 0512 0532 0591 0311 0371 0731 0898 0592 0411".split()
BANKS = (
    *(("622202", 19), ("621700", 19), ("622848", 19), ("621661", 19), ("621226", 19), ("622588", 16), ("621483", 16)),
    *(("625958", 16), ("622155", 16), ("621799", 19), ("623052", 19), ("622908", 18), ("621288", 17)),
)
PROVINCE_SIGNS = "京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼"
PLATE_LETTERS = "ABCDEFGHJKLMNPQRSTUVWXYZ"
PLATE_SIGNS = "0123456789" + PLATE_LETTERS
SURNAMES = (
    "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯于董萧程曹袁邓许傅沈曾彭吕苏卢蒋蔡贾丁魏薛叶阎余潘杜戴"
    "夏钟汪田任姜范方石姚谭廖邹熊金陆郝孔白崔康毛邱秦江史顾侯邵孟龙万段雷钱汤尹黎易常武乔贺赖龚文"
)
COMPOUND = "欧阳 司马 上官 诸葛 东方 皇甫 尉迟 慕容 令狐 端木".split()
GIVEN = (
    "伟芳娜敏静丽强磊军洋勇艳杰娟涛明超兰霞平刚桂英华玉萍红玲芬燕彬鹏浩凯秀峰龙雪琳欣怡宇轩梓涵子睿一诺佳俊晨思雨"
    "博文海波志国建立新春梅慧云飞翔振东晓丹婷倩颖琪瑶嘉豪泽毅恒源"
)
MINORITY = "阿依古丽·买买提 迪丽热巴·阿不都 古力娜扎·热合曼 巴特尔·孟和 扎西·次仁 努尔兰·哈比".split()
TITLES = "先生 女士 小姐 经理 总监 主任 教授 医生 律师 工程师 老师 总".split()
CITIES = (
    *(("北京市", "朝阳区"), ("北京市", "海淀区"), ("上海市", "浦东新区"), ("上海市", "徐汇区"), ("天津市", "南开区")),
    *(("重庆市", "渝北区"), ("广东省深圳市", "南山区"), ("广东省广州市", "天河区"), ("浙江省杭州市", "西湖区")),
    *(("江苏省南京市", "玄武区"), ("江苏省苏州市", "工业园区"), ("四川省成都市", "武侯区"), ("湖北省武汉市", "洪山区")),
    *(("陕西省西安市", "雁塔区"), ("山东省青岛市", "市南区"), ("湖南省长沙市", "岳麓区"), ("福建省厦门市", "思明区")),
    *(("河南省郑州市", "金水区"), ("辽宁省大连市", "中山区"), ("安徽省合肥市", "蜀山区"), ("云南省昆明市", "五华区")),
    *(("广西壮族自治区南宁市", "青秀区"), ("内蒙古自治区呼和浩特市", "赛罕区"), ("河北省石家庄市", "长安区")),
)
ROADS = """建国路 中山路 人民南路 解放大道 科技园南路 天府大道 长江路 文三路 延安西路 学院路 世纪大道 滨河大道 和平街
新华街 高新四路 望京东路 竹子林三路 珠江东路 民生巷 友谊胡同 福州北路""".split()
ESTATES = "阳光花园 翠湖小区 万科城 锦绣家园 金地国际 龙湖天街 碧桂园 保利香槟 中海雅园 世纪新城".split()
VILLAGES = "湖南省浏阳市大瑶镇 河南省兰考县东坝头镇 四川省简阳市禾丰镇 安徽省肥西县上派镇 贵州省湄潭县永兴镇".split()


def digits(draw: Random, count: int) -> str:
    return "".join(draw.choices("0123456789", k=count))


def born(draw: Random) -> tuple[int, int, int]:
    return draw.randint(1952, 2006), draw.randint(1, 12), draw.randint(1, 28)


def resident_id(draw: Random) -> Value:
    year, month, day = born(draw)
    body = f"{draw.choice(AREAS)}{year}{month:02}{day:02}{draw.randint(1, 999):03}"
    return value(body + checks.resident(body), kind="resident")


def hong_kong_id(draw: Random) -> Value:
    body = draw.choice("ABCDEGHKMPRVYZ") + digits(draw, 6)
    return value(f"{body}({checks.hong_kong(body)})", body, kind="Hong Kong")


def mobile(draw: Random) -> Value:
    number = draw.choice(MOBILE) + digits(draw, 8)
    return value(number, kind="mobile")


def landline(draw: Random) -> Value:
    area, number = draw.choice(LANDLINE), draw.choice("2345678") + digits(draw, 7)
    form = draw.choice(("{a}-{n}", "{a}-{n}", "({a}){n}", "{a} {n}", "{a}-{h} {t}", "+86 {z} {h} {t}", "+86-{z}-{n}"))
    text = form.format(a=area, n=number, h=number[:4], t=number[4:], z=area[1:])
    extension = f"-{draw.randint(100, 8999)}" if draw.random() < 0.2 else ""
    return value(text + extension, text, kind="landline")


def service_phone(draw: Random) -> Value:
    lead, rest = draw.choice(("400", "400", "800")), f"{draw.choice('68')}{digits(draw, 6)}"
    return value(draw.choice((f"{lead}-{rest[:3]}-{rest[3:]}", lead + rest)), kind="service")


def phone(draw: Random) -> Value:
    return draw.choices((mobile, landline, service_phone), (7, 2.4, 0.6))[0](draw)


def card(draw: Random) -> Value:
    bank, length = draw.choice(BANKS)
    body = bank + digits(draw, length - 7)
    return value(body + checks.luhn(body), kind="UnionPay")


def company_code(draw: Random) -> Value:
    code = (
        "MA" + "".join(draw.choices("0123456789ABCDEFGHJKLMNPQRTUWXY", k=6)) if draw.random() < 0.6 else digits(draw, 8)
    )
    body = draw.choice(("91", "91", "91", "92", "12", "52")) + draw.choice(AREAS) + code + checks.organisation(code)
    if body[-1] not in checks.COMPANY_SIGNS:
        return company_code(draw)
    return value(body + checks.company(body))


def passport(draw: Random) -> Value:
    lead = draw.choices(("E", "E" + draw.choice("ABCDEFGHJK"), "G", "D", "S", "P"), (5, 4, 2, 0.4, 0.4, 0.4))[0]
    return value(lead + digits(draw, 9 - len(lead)))


def permit(draw: Random) -> Value:
    return value(draw.choice("CCCHHM") + digits(draw, 8), kind="Hong Kong and Macau")


def taiwan_permit(draw: Random) -> Value:
    return value(draw.choice(("L", "T", "")) + digits(draw, 8), kind="Taiwan")


def plate(draw: Random) -> Value:
    place = draw.choice(PROVINCE_SIGNS) + draw.choice("ABCDEFGHJ")
    if draw.random() < 0.3:
        tail = draw.choice("DF") + draw.choice(PLATE_SIGNS) + digits(draw, 4)
    elif draw.random() < 0.08:
        place, tail = "粤Z", f"{digits(draw, 4)}{draw.choice('港澳')}"
    else:
        letters = draw.choices((0, 1, 2), (4, 4, 2))[0]
        signs = [*digits(draw, 5 - letters), *draw.choices(PLATE_LETTERS, k=letters)]
        draw.shuffle(signs)
        tail = "".join(signs)
    return value(place + tail)


def wechat(draw: Random) -> Value:
    lead = draw.choice(("wxid", "lily", "zhang", "chenwei", "happy", "sunny", "LeoWang", "xiaoyu", "hz"))
    return value(lead + draw.choice(("_", "-", "")) + draw.choice(("88", "2008", "abc", "q7")) + digits(draw, 4))


def qq(draw: Random) -> Value:
    return value(str(draw.randint(10 ** draw.randint(7, 9), 3 * 10**9)))


def given(draw: Random) -> str:
    return "".join(draw.sample(GIVEN, draw.choices((1, 2), (3, 7))[0]))


def surname(draw: Random) -> str:
    weights = [1 / (3 + rank) for rank in range(len(SURNAMES))]  # few surnames cover most people
    return draw.choice(COMPOUND) if draw.random() < 0.03 else draw.choices(SURNAMES, weights)[0]


def person(draw: Random) -> Value:
    if draw.random() < 0.02:
        return value(draw.choice(MINORITY), kind="minority")
    return value(surname(draw) + given(draw), kind="name")


def titled(draw: Random) -> Value:
    name = surname(draw) + (given(draw) if draw.random() < 0.4 else "")
    return value(name + draw.choice(TITLES), name, kind="titled")


def address(draw: Random) -> Value:
    if draw.random() < 0.1:
        village = draw.choice(("新民村", "石桥村", "光明村"))
        return value(f"{draw.choice(VILLAGES)}{village}{draw.randint(1, 9)}组{draw.randint(1, 90)}号")
    city, district = draw.choice(CITIES)
    if draw.random() < 0.3:
        city = city.split("省")[-1]
    if draw.random() < 0.1:
        city = ""
    text = f"{city}{district}{draw.choice(ROADS)}{draw.randint(1, 1200)}号"
    building, floor = draw.randint(1, 28), draw.randint(1, 32)
    ends = (
        *("", "", f"{draw.choice(ESTATES)}{building}号楼{floor}{draw.randint(1, 8):02}室", f"{building}栋{floor}层"),
        f"{draw.choice(ESTATES)}{building}栋{draw.randint(1, 5)}单元{floor}{draw.randint(1, 4):02}",
        f"院{building}号楼{draw.randint(1, 6)}单元{floor}{draw.randint(1, 4):02}室",
        f"{draw.choice('ABC')}座{floor}{draw.randint(1, 20):02}室",
    )
    return value(text + draw.choice(ends))


def birth_date(draw: Random) -> Value:
    y, m, d = born(draw)
    forms = (f"{y}年{m}月{d}日", f"{y}年{m:02}月{d:02}日", f"{y}-{m:02}-{d:02}", f"{y}/{m}/{d}", f"{y}.{m:02}.{d:02}")
    return value(draw.choice(forms))
