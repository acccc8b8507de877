"""Chinese sentences, rows and lists to put personal data into: {ENTITY} is a value, {word} a filler, ¶ a line break."""

from __future__ import annotations

TYPE = {
    "PHONE": """
如有疑问，请拨打{PHONE}与{dept}联系。
乙方联系电话：{PHONE}，变更时须书面通知。
手机{PHONE}（同微信），工作日可接听。
经办人电话为{PHONE}，请于{date}前回复。
{PERSON}的手机号是{PHONE}。
请致电{PHONE}或发邮件至{EMAIL}。
快递送到前请先打{PHONE}。
会议纪要：{dept}留下了号码{PHONE}，下周回访。
TEL:{PHONE}
短信已发送到{PHONE}，验证码五分钟内有效。
客户来电{PHONE}反映{product}无法开机，工单已转{dept}。
""",
    "ID": """
乙方身份证号码：{ID}。
员工{PERSON}，身份证号{ID}，于{date}入职。
公民身份号码{ID}与登记信息一致。
证件号码：{ID}（复印件附后）
担保人持有的身份证（{ID}）已核验。
请核对{ID}是否为本人证件。
香港身份证号码：{ID.hk}，永久性居民。
合同乙方：{PERSON}，身份证：{ID}，住址：{ADDRESS}。
办理人{ID}已通过实名认证。
""",
    "PASSPORT": """
护照号码：{PASSPORT}，签发地北京。
出境人员护照号{PASSPORT}已登记。
请携带护照（{PASSPORT}）原件办理签证。
本人持中国护照{PASSPORT}，特此声明。
护照：{PASSPORT}
""",
    "PERMIT": """
往来港澳通行证号码：{PERMIT}。
港澳居民来往内地通行证{PERMIT}有效期十年。
其通行证号为{PERMIT}，已复印存档。
台湾居民来往大陆通行证号码{PERMIT.tw}，请核对。
台胞证：{PERMIT.tw}
回乡证号码{PERMIT}与本人相符。
""",
    "CARD": """
收款账号：{CARD}，开户行{bank}。
工资将发放至银行卡{CARD}。
请将押金转入卡号{CARD}（户名{PERSON}）。
卡号{CARD}于{date}挂失。
报销款退回到尾号相符的账户{CARD}。
付款卡：{CARD}，金额{amount}元。
{bank}借记卡{CARD}已绑定。
信用卡 {CARD.world} 扣款失败，请更换。
""",
    "IBAN": """
境外收款账户 IBAN：{IBAN}，币种欧元。
请汇至{IBAN}，附言写合同编号。
德国子公司的国际银行账号为{IBAN}。
""",
    "SSN": """
外籍员工的美国社会安全号码（SSN）：{SSN}。
社安号{SSN}用于报税。
SSN {SSN} 已提交{dept}。
""",
    "COMPANY_CODE": """
甲方：{company}，统一社会信用代码：{COMPANY_CODE}。
开票信息：税号{COMPANY_CODE}，{company}。
纳税人识别号为{COMPANY_CODE}，请据此开具发票。
营业执照（{COMPANY_CODE}）副本已上传。
供应商代码栏请填{COMPANY_CODE}。
""",
    "PLATE": """
访客车牌：{PLATE}，停放于地下二层。
{PLATE}于{date}违停一次。
租赁车辆的号牌为{PLATE}，颜色白色。
请为{PLATE}办理月租车位。
派车单：{product}，车牌号{PLATE}，司机另行通知。
送货车{PLATE}已到三号门。
""",
    "WECHAT": """
微信号：{WECHAT}，备注公司名称。
请加微信{WECHAT}领取资料。
可以加我微信 {WECHAT} 详聊。
售后微信：{WECHAT}
我的微信是{WECHAT}，同手机号。
""",
    "QQ": """
QQ：{QQ}
请加客服QQ{QQ}咨询。
联系QQ号：{QQ}，在线时间九点至六点。
技术支持 QQ {QQ}，仅限工作日。
我的QQ号码是{QQ}。
""",
    "EMAIL": """
请将简历发送至{EMAIL}。
电子邮箱：{EMAIL}，手机：{PHONE}。
发票抬头确认后请回复{EMAIL}，抄送{dept}。
{PERSON}（{EMAIL}）负责会签。
账号{EMAIL}已停用。
邮件已由{EMAIL}退回。
E-mail：{EMAIL}
""",
    "IP": """
服务器地址{IP}无法访问。
登录来源 IP：{IP}，时间{date}。
请在防火墙放行{IP}。
客户端{IP}连接超时，已通知{dept}。
""",
    "MAC": """
网卡 MAC 地址：{MAC}。
设备{MAC}已加入白名单。
{dept}新电脑的物理地址为{MAC}，请绑定。
""",
    "URL": """
请通过 {URL} 下载合同扫描件。
重置链接：{URL}
接口地址为{URL}，请勿外传。
报表导出在 {URL} ，一小时后失效。
""",
    "SECRET": """
初始密码：{SECRET.password}，首次登录须修改。
测试环境的 API key 是 {SECRET}，勿提交到仓库。
访问令牌：{SECRET}
数据库密码为{SECRET.password}。
配置项 client_secret={SECRET}
密钥：{SECRET}（{date}轮换）
管理员口令：{SECRET.password}
""",
    "PRIVATE_KEY": """
部署私钥如下：¶{PRIVATE_KEY}¶请妥善保管。
私钥：¶{PRIVATE_KEY}
""",
    "BIRTH_DATE": """
出生日期：{BIRTH_DATE}，籍贯山东。
{PERSON}，男，{BIRTH_DATE}出生，本科学历。
被保险人生于{BIRTH_DATE}。
生日{BIRTH_DATE}，{date}入职。
员工出生年月：{BIRTH_DATE}。
申请人的出生日期为{BIRTH_DATE}，符合条件。
""",
    "ADDRESS": """
收货地址：{ADDRESS}，电话{PHONE}。
公司注册地址为{ADDRESS}。
乙方住所地：{ADDRESS}。
请寄到{ADDRESS}，{PERSON}收。
{company}的办公室位于{ADDRESS}，欢迎来访。
家庭住址：{ADDRESS}
房屋坐落于{ADDRESS}，面积八十平方米。
工程师将于{date}前往{ADDRESS}检修{product}。
通讯地址：{ADDRESS}，邮编100020。
""",
    "PERSON": """
联系人：{PERSON}，电话{PHONE}。
法定代表人：{PERSON}。
姓名：{PERSON}
由{PERSON}负责{product}的验收。
请与{PERSON.titled}联系。
{PERSON.titled}确认了交货时间。
经办人{PERSON}于{date}签字。
{PERSON}与{PERSON}参加了{dept}的会议。
收件人：{PERSON}，{ADDRESS}
尊敬的{PERSON.titled}：您好！
员工{PERSON}申请年假三天。
会议由{PERSON}主持，{PERSON.titled}记录。
{PERSON}提出离职，{dept}已批准。
感谢{PERSON.titled}的支持。
乙方代表：{PERSON}（签字）
请通知{PERSON}补交材料。
负责人为{PERSON}，任期三年。
""",
}
"""A sentence a line."""
MIXED: tuple[tuple[str, str], ...] = (
    (
        "table",
        """| 姓名 | 手机 | 邮箱 |
|---|---|---|
| {PERSON} | {PHONE.mobile} | {EMAIL} |
| {PERSON} | {PHONE.mobile} | {EMAIL} |""",
    ),
    (
        "table",
        """| 员工 | 身份证号 | 银行卡号 |
|---|---|---|
| {PERSON} | {ID} | {CARD} |
| {PERSON} | {ID} | {CARD} |""",
    ),
    (
        "table",
        """| 项目 | 内容 |
|---|---|
| 供应商 | {company} |
| 统一社会信用代码 | {COMPANY_CODE} |
| 地址 | {ADDRESS} |
| 电话 | {PHONE} |""",
    ),
    (
        "table",
        """姓名\t{PERSON}
出生日期\t{BIRTH_DATE}
护照号码\t{PASSPORT}
手机\t{PHONE.mobile}
微信号\t{WECHAT}""",
    ),
    (
        "table",
        """车牌\t日期\t备注
{PLATE}\t{date}\t访客
{PLATE}\t{date}\t月租""",
    ),
    (
        "table",
        """| 主机 | IP | MAC |
| web-1 | {IP} | {MAC} |
| web-2 | {IP} | {MAC} |""",
    ),
    (
        "table",
        """| 通行证号码 | {PERMIT} |
| QQ | {QQ} |
| 密码 | {SECRET.password} |""",
    ),
    (
        "list",
        """- 联系人：{PERSON}
- 手机：{PHONE}
- 邮箱：{EMAIL}
- 地址：{ADDRESS}""",
    ),
    (
        "list",
        """1. {PERSON}，{PHONE.mobile}
2. {PERSON}，{PHONE.mobile}
3. {PERSON}，{PHONE.mobile}""",
    ),
    (
        "list",
        """* 身份证：{ID}
* 卡号：{CARD}
* 车牌：{PLATE}
* QQ：{QQ}
* 微信：{WECHAT}""",
    ),
    (
        "letter",
        """尊敬的{PERSON.titled}：

感谢您选择{company}。您的合同将寄往{ADDRESS}，如需更改请致电{PHONE}。

此致
敬礼

{dept} {PERSON}
{date}""",
    ),
    (
        "letter",
        """劳动合同
甲方：{company}（统一社会信用代码{COMPANY_CODE}）
乙方：{PERSON}，身份证号码{ID}
住址：{ADDRESS}
乙方工资存入{bank}账户{CARD}，每月{amount}元。""",
    ),
    (
        "letter",
        """工单记录
客户{PERSON.titled}来电（{PHONE}），称{product}自{date}起无法登录，来源地址{IP}。已回复邮件至{EMAIL}。""",
    ),
    (
        "letter",
        """会议纪要
时间：{date}
出席：{PERSON}、{PERSON}、{PERSON}
{PERSON}汇报了{product}的进度，预算{amount}元。""",
    ),
)
FILLERS = {
    "company": (
        "华信科技有限公司",
        "上海明远物流股份有限公司",
        "北方重工集团",
        "深圳市蓝海电子有限公司",
        "江南置业有限责任公司",
    ),
    "dept": ("人事部", "财务部", "采购部", "技术支持", "行政部", "法务部", "市场部"),
    "product": ("打印机", "考勤系统", "空压机", "配电柜", "服务器", "门禁系统"),
    "bank": ("工商银行", "招商银行", "建设银行", "农业银行", "交通银行"),
}
