"""What looks like personal data and is none: each kind by name, with the sentences it stands in."""

from __future__ import annotations

import re
from collections.abc import Callable
from random import Random

from . import checks
from .values_cn import AREAS, digits, resident_id
from .values_world import token

Made = Callable[[Random], str]


def day(draw: Random) -> str:
    return f"20{draw.randint(18, 26)}{draw.randint(1, 12):02}{draw.randint(1, 28):02}"


def iso(draw: Random) -> str:
    text = day(draw)
    return f"{text[:4]}-{text[4:6]}-{text[6:]}"


def clock(draw: Random) -> str:
    return f"{draw.randint(0, 23):02}:{draw.randint(0, 59):02}:{draw.randint(0, 59):02}"


def amount(draw: Random) -> str:
    return f"{draw.randint(1, 999):,},{draw.randint(0, 999):03},{draw.randint(0, 999):03}.{draw.randint(0, 99):02}"


def written(*forms: str) -> Made:
    """Return a maker of one of the forms: # is a digit, % one from 1 to 9."""

    def make(draw: Random) -> str:
        form = draw.choice(forms).format(day=day(draw), iso=iso(draw), till=iso(draw), clock=clock(draw))
        return re.sub("#", lambda _: draw.choice("0123456789"), re.sub("%", lambda _: draw.choice("123456789"), form))

    return make


def wrong_id(draw: Random) -> str:
    text = resident_id(draw).text
    return text[:17] + draw.choice([s for s in "0123456789" if s not in (text[17], "6")])


def imei(draw: Random) -> str:
    body = "35" + digits(draw, 12)
    return body + checks.luhn(body)


def isbn(draw: Random) -> str:
    body = draw.choice(("9787", "9780", "9783")) + digits(draw, 8)
    text = body + checks.isbn(body)
    return draw.choice((text, f"{text[:3]}-{text[3]}-{text[4:7]}-{text[7:12]}-{text[12]}"))


def ean(draw: Random) -> str:
    body = "690" + digits(draw, 9)
    return body + checks.isbn(body)


def hashed(draw: Random) -> str:
    return "".join(draw.choices("0123456789abcdef", k=draw.choice((7, 32, 40, 64))))


def uuid(draw: Random) -> str:
    text = "".join(draw.choices("0123456789abcdef", k=32))
    return "-".join((text[:8], text[8:12], text[12:16], text[16:20], text[20:]))


def part(draw: Random) -> str:
    return f"{draw.choice('ABHKMT')}{draw.choice('CDRX')}-{digits(draw, 4)}-{draw.choice(('A', 'B2', '10K', 'SMD'))}"


KINDS: dict[str, tuple[Made, tuple[str, ...], tuple[str, ...]]] = {
    # what it is: how it is made, the Chinese sentences, the English ones
    "order number": (
        written("{day}########", "SO{day}####", "DD-{day}-######", "############"),
        ("您的订单号为{v}，预计三天内发货。", "订单 {v} 已签收。", "| 订单号 | {v} | 已付款 |"),
        ("Your order {v} has shipped.", "Order number: {v}", "| order | {v} | paid |"),
    ),
    "contract number": (
        written("HT-20%#-####", "CG{day}###", "20%#-###-####"),
        ("合同编号：{v}，一式两份。", "本补充协议是合同{v}的组成部分。"),
        ("Contract no. {v} is hereby amended.", "This is schedule 2 to agreement {v}."),
    ),
    "amount": (
        lambda d: amount(d) if d.random() < 0.4 else written("%######0.00", "%# ### ###")(d),
        ("合同总价为人民币{v}元（含税）。", "本期应付 ¥{v}，余额结转。", "| 合计 | {v} | 元 |"),
        ("The total price is EUR {v} plus tax.", "Invoice total: ${v}", "| total | {v} | USD |"),
    ),
    "part number": (
        part,
        ("更换备件 {v} 两件。", "物料编码：{v}，库存充足。"),
        ("Replace part {v} before the next shift.", "Item {v} is out of stock."),
    ),
    "ISBN": (isbn, ("该手册的书号为 ISBN {v}。", "参考：ISBN：{v}"), ("See ISBN {v}, chapter 4.", "ISBN: {v}")),
    "ISSN": (
        written("####-####"),
        ("该期刊 ISSN {v}，月刊。",),
        ("The journal (ISSN {v}) is monthly.",),
    ),
    "bar code": (ean, ("商品条码{v}无法识别。",), ("The bar code {v} does not scan.",)),
    "IMEI": (imei, ("设备 IMEI：{v}，已入库。",), ("Device IMEI {v} was returned to stock.",)),
    "serial number": (
        lambda d: written("SN##########", "##########", f"C02{token(d, 8).upper()}")(d),
        ("设备序列号：{v}，保修两年。", "服务器 S/N {v} 已上架。"),
        ("Serial number {v}, warranty two years.", "Laptop S/N {v} was replaced."),
    ),
    "log line": (
        written("{iso}T{clock}.###Z INFO worker-% job=######## took %## ms"),
        ("日志：{v}", "{v}\n{v}"),
        ("{v}", "Log:\n{v}"),
    ),
    "log size": (
        written("[{iso} {clock}] wrote %########## bytes in ###### us", "[{iso} {clock}] read %######### bytes"),
        ("备份日志：{v}",),
        ("{v}",),
    ),
    "time stamp": (
        written("16########", "17########", "17########000", "17###########"),
        ("时间戳为{v}。", "ts={v} 状态正常"),
        ("The event carries timestamp {v}.", '{{"ts": {v}, "ok": true}}'),
    ),
    "date": (
        iso,
        ("会议定于{v}召开，地点另行通知。", "有效期至{v}。", "版本日期 {v}"),
        ("The meeting takes place on {v}.", "Valid until {v}.", "Last changed {v}"),
    ),
    "date range": (
        written("{iso} - {till}", "{day}-{day}", "200%-201%"),
        ("报告期：{v}。", "假期安排为{v}，请提前交接。"),
        ("Reporting period {v}.", "The project ran {v} without delay."),
    ),
    "version": (
        lambda d: ".".join(str(d.randint(0, 40)) for _ in range(d.choice((3, 4)))),
        ("系统已升级到版本{v}。", "当前版本：v{v}"),
        ("Upgrade to version {v} first.", "Released v{v} today."),
    ),
    "quantity": (
        written("1%#########", "%##-%###", "%,###,###,###", "%#########"),
        ("全年共处理 {v} 条记录。", "产能为每日{v}件。"),
        ("The cluster processed {v} records this year.", "Capacity is {v} units a day."),
    ),
    "equation": (
        written("%## + %### - %## = %###"),
        ("验算：{v}，误差可忽略。",),
        ("Check: {v}, as expected.",),
    ),
    "wrong check digit": (
        wrong_id,
        ("流水号{v}已归档。", "批次 {v} 检验合格。"),
        ("Batch {v} passed inspection.", "Journal entry {v} was posted."),
    ),
    "article number": (
        written("%##.%##.%#"),
        ("货号 {v} 有三种颜色。", "| 货号 | {v} | 3 |"),
        ("Article {v} comes in three colours.", "| article | {v} | 3 |"),
    ),
    "coordinates": (
        lambda d: f"{d.uniform(-89, 89):.6f}, {d.uniform(-179, 179):.6f}",
        ("站点坐标为{v}。",),
        ("The mast stands at {v}.",),
    ),
    "hash": (
        hashed,
        ("校验值 sha256={v}，一致。", "提交 {v} 已合并。"),
        ("sha256 {v}  backup.tar.gz", "Fixed in commit {v}."),
    ),
    "uuid": (uuid, ("请求编号 {v} 返回 500。",), ("Request {v} returned 500.",)),
    "section number": (
        written("%.%.%", "1%.%.1%"),
        ("详见第{v}条的规定。", "依照 {v} 款执行。"),
        ("See clause {v} for details.", "Section {v} applies."),
    ),
    "rate": (
        written("%#.##"),
        ("税率为{v}%，按季申报。", "同比增长{v}%。"),
        ("The tax rate is {v}%.", "Revenue grew by {v}% year on year."),
    ),
    "postcode alone": (
        lambda d: d.choice(("100020", "518057", "200030", "62704", "94107")),
        ("邮编：{v}", "邮政编码 {v} 区域停水。"),
        ("The offer is limited to ZIP code {v}.", "Postcode area {v}."),
    ),
    "ticket": (
        written("INC########", "REQ########", "CHG########", "OA########"),
        ("工单{v}已关闭。",),
        ("Ticket {v} is closed.",),
    ),
    "tracking number": (
        lambda d: written("SF#############", "YT#############", f"1Z{token(d, 8).upper()}########")(d),
        ("快递单号：{v}，请注意查收。",),
        ("Tracking number {v}.",),
    ),
    "sizes": (
        written("%## x %### x %#", "1### x %## x %##"),
        ("外形尺寸{v}毫米。",),
        ("Dimensions {v} mm.",),
    ),
    "area number": (
        lambda d: d.choice(AREAS),
        ("行政区划代码{v}。",),
        ("Region code {v}.",),
    ),
    "plain link": (
        lambda d: d.choice(("https://example.org/docs/page?id=12", "https://www.example.com/a/b#part-3", "http://wiki.example.org/x?lang=en&page=2")),
        ("说明见 {v} 。", "链接：{v}"),
        ("See {v} for the manual.", "Link: {v}"),
    ),
}  # fmt: skip
"""Numbers and codes. In `words` below there are none."""
