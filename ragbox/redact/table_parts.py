"""Parts that many patterns of the table share. They see folded text: ASCII digits, spaces for line breaks."""

from __future__ import annotations

S = r"[ .\-]{0,5}"
"""What may stand between two signs of one number: nothing, spaces, a line break (a space to us), a dot, a dash."""
D = rf"{S}\d"
FREE = r"(?<!\d)(?<!\d[.\-])"
"""No longer number in front. Look-arounds are for digits: `\\b` sees no border between a digit and a Chinese sign."""
ALONE = r"(?<![A-Za-z0-9])"
END = r"(?![A-Za-z0-9])"
MARKS = r"[ \t:=|,*_`\"'(<\[]{0,6}?"
"""What sets a value off from its label, in a sentence, Markdown or a table's cells."""
TO = rf"(?: ?(?:no\.?|number|num|code|号码|号|\#))?{MARKS}(?:is|为|是)?{MARKS}"
"""What stands between a label and its value."""

CARD_WORDS = (
    *"card cards credit debit visa mastercard amex unionpay account bank".split(),
    *"卡号 银行卡 借记卡 信用卡 储蓄卡 账号 账户 帐号 工资卡".split(),
)
ID_WORDS = (
    *("identity", "id card", "id no", "id number", "national id", "hkid"),
    *"身份证 证件 身份 居民证".split(),
)
PHONE_WORDS = (
    *"tel telephone telefon telefax tlf phone phones mobile mob cell call calls fax contact reach".split(),
    *"hotline whatsapp sms text dial ring".split(),
    *"电话 手机 联系 致电 座机 传真 热线 来电 拨打 改拨 请拨 可拨 拨通 直拨 回拨 短信 总机 专线".split(),
)
