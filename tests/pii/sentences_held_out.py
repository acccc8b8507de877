"""Sentences apart: their faults are counted and not shown; what they were looked at for stands in docs/quality.md."""

from __future__ import annotations

TYPE = {
    "zh": {
        "PHONE": """
值班电话改为{PHONE}，原号码停用。
若无人应答，可改拨{PHONE}找{dept}同事。
访客登记：{company}，{PHONE}，停留两小时。
""",
        "ID": """
投保人证件：居民身份证 {ID}
经查，{ID}名下无欠缴记录。
请上传{PERSON}（{ID}）的体检报告。
""",
        "PASSPORT": """
外籍专家护照号：{PASSPORT}，工作许可另附。
签证页对应的护照编号是{PASSPORT}。
""",
        "PERMIT": """
赴港出差登记的通行证为{PERMIT}。
持{PERMIT}号港澳通行证的同事请到{dept}取票。
""",
        "CARD": """
差旅费请打到我的卡上：{CARD}（{bank}）。
代发失败名单：{CARD}，原因是户名不符。
退款账户 {CARD} 已核对。
""",
        "IBAN": """
欧洲供应商要求付到 IBAN {IBAN}。
""",
        "SSN": """
该员工 SSN 为 {SSN}，请勿外传。
""",
        "COMPANY_CODE": """
投标人信用代码{COMPANY_CODE}，与公示信息一致。
购方税号：{COMPANY_CODE}；购方名称：{company}。
""",
        "PLATE": """
{date} 07:40 {PLATE} 从二号门进厂。
肇事车辆号牌{PLATE}，已报保险。
""",
        "WECHAT": """
业务对接请添加微信号 {WECHAT}。
vx：{WECHAT}，备注来意。
""",
        "QQ": """
资料已发到您的QQ邮箱，我的QQ是{QQ}。
有问题加QQ：{QQ}
""",
        "EMAIL": """
附件过大，改发{EMAIL}了，请查收。
{dept}共享邮箱（{EMAIL}）由专人查看。
""",
        "IP": """
堡垒机{IP}昨晚有异常登录。
请将域名解析指向{IP}。
""",
        "MAC": """
打印机（{MAC}）获取不到地址。
""",
        "URL": """
一次性下载地址：{URL}（阅后即焚）
""",
        "SECRET": """
Wi-Fi 密码：{SECRET.password}，每季度更换。
他把 token {SECRET} 贴到了群里。
""",
        "PRIVATE_KEY": """
运维交接：跳板机密钥内容为¶{PRIVATE_KEY}
""",
        "BIRTH_DATE": """
受益人{PERSON}，出生于{BIRTH_DATE}。
出生日期（公历）：{BIRTH_DATE}
""",
        "ADDRESS": """
样品请快递至{ADDRESS}，到付。
现居住于{ADDRESS}，与父母同住。
{company}，地址{ADDRESS}，邮编200030。
""",
        "PERSON": """
本项目总负责人{PERSON}，技术负责人{PERSON}。
{PERSON.titled}来函询问{product}的到货时间。
抄送：{PERSON}、{PERSON}
请假人：{PERSON}；审批人：{PERSON}
""",
    },
    "en": {
        "PHONE": """
Out of hours, dial {PHONE} and ask for the duty engineer.
Visitor log: {company}, {PHONE}, two hours.
We tried {PHONE} twice and left a voicemail.
""",
        "ID": """
Her PRC resident identity number is {ID}.
""",
        "PASSPORT": """
Travel document: passport no {PASSPORT}, copy attached.
""",
        "PERMIT": """
He travels on Hong Kong and Macau permit {PERMIT}.
""",
        "CARD": """
The hotel kept {CARD} as a guarantee.
Charge the balance to the Mastercard ending the list: {CARD}
Card no. {CARD} was reported lost on {date}.
""",
        "IBAN": """
Wire the fee to our new account ({IBAN}) at {bank}.
Beneficiary IBAN {IBAN}
""",
        "SSN": """
The W-9 shows TIN/SSN {SSN}.
Last year's return was filed under {SSN}.
""",
        "COMPANY_CODE": """
Registered in China under credit code {COMPANY_CODE}.
""",
        "PLATE": """
The van with number plate {PLATE} blocks bay 4.
""",
        "WECHAT": """
Reach our buyer on WeChat ({WECHAT}).
""",
        "QQ": """
QQ number: {QQ}
""",
        "EMAIL": """
Bounce: {EMAIL} does not exist.
Copy {EMAIL} on every reply, please.
""",
        "IP": """
Failed password for root from {IP} port 22 ssh2
The jump host is {IP}.
""",
        "MAC": """
dhcpd: DHCPACK to {MAC} via eth0
""",
        "URL": """
Share this one-time link with nobody: {URL}
""",
        "SECRET": """
The guest Wi-Fi password is {SECRET.password}.
He hard-coded token = "{SECRET}" in the script.
""",
        "PRIVATE_KEY": """
This was in the backup:¶{PRIVATE_KEY}¶-- end --
""",
        "BIRTH_DATE": """
Patient born on {BIRTH_DATE}, admitted {date}.
D.O.B.: {BIRTH_DATE}
""",
        "ADDRESS": """
Return the {product} to {ADDRESS}, freight collect.
The claimant, of {ADDRESS}, was not present.
Site visit on {date}: {ADDRESS}
""",
        "PERSON": """
Approved by {PERSON}, countersigned by {PERSON}.
{PERSON.titled} called about the {product}.
cc: {PERSON}; {PERSON}
Leave request from {PERSON} for {date}
""",
    },
}
