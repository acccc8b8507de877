"""The units that numbers are written with, English and Chinese, and what each is in its base unit. Knows nothing.

One unit a line: base, factor, its names (`_` for a space). Names that do not convert exactly are bases of their own.
English names are taken with and without a plural s. A name that counts people or things is no unit.
"""

from __future__ import annotations

import re

TABLE = """
% 1 % percent per_cent pct
permille 1 ‰ permille
point 1 percentage_point 个百分点 百分点
bp 1 basis_point bps 个基点 基点
minute 0.016666666666666666 second sec 秒 秒钟
minute 1 minute min 分钟
minute 60 hour hr 小时 个小时 个钟头
minute 1440 day calendar_day consecutive_day 天 日 自然日 个自然日
working 1 working_day business_day 工作日 个工作日
minute 10080 week wk 周 星期 个星期 礼拜 个礼拜
month 1 month calendar_month 个月
month 3 季度 个季度
month 12 year yr calendar_year 年 周年 岁
month 120 decade 年代
century 1 century centurie 世纪 个世纪
metre 0.001 mm millimetre millimeter 毫米
metre 0.01 cm centimetre centimeter 厘米 公分
metre 1 metre meter 米 公尺
metre 1000 km kilometre kilometer 公里 千米
mile 1 mile 英里 哩
foot 1 foot feet ft 英尺 呎
inch 1 inch inche 英寸 吋
yard 1 yard 码
m2 1 m2 square_metre square_meter sq_m 平方米 平方公尺
m2 10000 hectare ha 公顷
m2 1000000 km2 square_kilometre square_kilometer sq_km 平方公里 平方千米
ft2 1 square_foot square_feet sq_ft 平方英尺
mile2 1 square_mile sq_mi 平方英里 平方哩
acre 1 acre 英亩
mu 1 亩
m3 1 m3 cubic_metre cubic_meter 立方米
litre 0.001 ml millilitre milliliter 毫升
litre 1 litre liter 升 公升
gallon 1 gallon 加仑
gram 0.001 mg milligram 毫克
gram 1 gram 克 公克
gram 1000 kg kilogram kilo 公斤 千克
gram 1000000 tonne ton 吨 公吨
jin 1 斤
pound 1 £ gbp pound 英镑 镑 lb lbs pound_sterling
ounce 1 ounce oz 盎司
dollar 1 $ us$ usd us_dollar dollar 美元 美金
hkd 1 hk$ hkd hong_kong_dollar 港元 港币
twd 1 nt$ twd 新台币 台币
aud 1 a$ aud australian_dollar 澳元
cad 1 c$ cad canadian_dollar 加元
euro 1 € eur euro 欧元
yuan 1 cny rmb yuan 元 块 块钱 人民币
yuan 0.1 角 毛钱
yen 1 jpy yen 日元 日圆
won 1 krw won 韩元
franc 1 chf franc swiss_franc 法郎 瑞士法郎
krone 1 dkk nok sek kr krone kroner krona kronor 克朗
rupee 1 inr rupee 卢比
rouble 1 rub rouble ruble 卢布
cent 1 cent 美分
penny 1 penny pence
celsius 1 °c celsius degrees_celsius degree_celsius ℃ 摄氏度
fahrenheit 1 °f fahrenheit degrees_fahrenheit 华氏度
degree 1 ° degree 度
kelvin 1 kelvin
byte 1000 kb kilobyte
byte 1000000 mb megabyte
byte 1000000000 gb gigabyte
byte 1000000000000 tb terabyte
hertz 1 hz hertz 赫兹
hertz 1000 khz kilohertz
hertz 1000000 mhz megahertz 兆赫
hertz 1000000000 ghz gigahertz
watt 1 watt 瓦 瓦特
watt 1000 kw kilowatt 千瓦
watt 1000000 mw megawatt 兆瓦
kwh 1 kwh kilowatt-hour 千瓦时
volt 1 volt 伏 伏特
ampere 1 amp ampere 安培
bar 1 bar
pascal 1 pa pascal
pascal 1000 kpa kilopascal
pascal 1000000 mpa megapascal 兆帕
speed 1 km/h kph 公里/小时
mph 1 mph
"""

UNITS: dict[str, tuple[str, float]] = {
    name.replace("_", " "): (base, float(factor))
    for base, factor, *names in map(str.split, TABLE.strip().splitlines())
    for name in names
}
"""By name in small letters, singular: the base unit and how many of it."""
_FIRST = ("us$", "hk$", "nt$", "a$", "c$", "$", "£", "€", "usd", "gbp", "eur", "cny", "rmb", "jpy", "chf", "dkk", "nok",
          "sek", "hkd", "twd", "aud", "cad", "krw", "inr", "人民币")  # fmt: skip


def _pattern(names: list[str]) -> str:
    ordered = sorted(names, key=len, reverse=True)
    return "|".join(re.escape(n) + (r"(?:e?s)?\b\.?" if n.isascii() and n[-1].isalnum() else "") for n in ordered)


BEFORE = rf"(?<![^\W\d_])(?:{'|'.join(map(re.escape, _FIRST))})"
"""Pattern of what may stand before an amount."""
AFTER = rf"[ )-]{{0,2}}(?:{_pattern(list(UNITS))})"
"""Pattern of what may stand after a number."""


def unit(written: str) -> tuple[str, float]:
    """Return the base unit of a name as the text has it, and how many of it."""
    name = written.strip(" )-.").casefold()
    for form in (name, name.removesuffix("s"), name.removesuffix("es")):
        if form in UNITS:
            return UNITS[form]
    return "", 1.0
