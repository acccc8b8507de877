"""Sentences without personal data: companies, places, products, posts, ordinary words which look like names."""

from __future__ import annotations

WORDS: dict[str, tuple[str, str]] = {
    # what it is: the Chinese sentences, the English ones, one a line
    "company": (
        """
华信科技有限公司与北方重工集团签署了框架协议。
供应商为上海明远物流股份有限公司。
中国工商银行深圳分行出具了保函。
由金山软件负责系统集成，周期两个月。
高盛和麦肯锡均未参与本项目。
王府井百货本季销售额上升。
""",
        """
Northwind Traders Ltd. signed the framework agreement.
The supplier is Brightwater & Sons GmbH.
Morgan Stanley and Johnson & Johnson declined to comment.
The guarantee was issued by Deutsche Bank AG.
Baker McKenzie LLP reviewed the draft.
Wells Fargo Center hosts the fair.
""",
    ),
    "place": (
        """
本次培训在杭州举行，下一站是成都。
分公司设在广东省深圳市。
长江以南地区进入雨季。
北京市朝阳区的租金有所上涨。
黄山和张家界是热门目的地。
武汉、郑州、西安三地同时上线。
""",
        """
The training takes place in Berlin, then in Paris.
Our branch is in Austin, Texas.
San Francisco rents rose again.
Mount Washington was closed for snow.
Offices: London, Madrid, New Delhi.
Jordan and Georgia joined the agreement.
""",
    ),
    "product": (
        """
新款小米手机支持快充。
请安装钉钉和企业微信客户端。
采购了十台联想服务器。
茅台和五粮液的价格保持稳定。
金蝶系统与用友系统的数据已打通。
本店主打康师傅方便面。
""",
        """
The Surface Pro and the ThinkPad Carbon were tested.
Install Adobe Acrobat Reader first.
Jenkins and Grafana run on the same host.
Apple Vision Pro sales were flat.
Oracle Cloud is not affected.
We compared Claude Sonnet with Llama Scout.
""",
    ),
    "post": (
        """
高级经理负责审批，财务总监复核。
双方经理应当每周沟通一次。
任何先生或女士均可报名。
请联系人事主任办公室。
安全主任每月检查一次。
各位老师请准时到场。
应由项目经理签字确认。
值班工程师须在场。
""",
        """
The Senior Account Manager approves, the Chief Financial Officer reviews.
Contact the Help Desk for details.
Dear Sir or Madam, please find the offer enclosed.
The Project Manager signs off every change.
Attn: Human Resources Department
Signed by the Managing Director.
""",
    ),
    "heading": (
        """
第三章 违约责任与争议解决
附件一：技术规格说明书
联系人：
姓名（请用正楷填写）
地址变更须提前三十日书面通知对方。
方案包括：于今年完成安装；何时验收另行约定。
""",
        """
Notice Period and Termination
Schedule A: Technical Specification
Name:
Address (please print)
Annual Leave Policy, Human Resources
Governing Law. Entire Agreement. Counterparts.
""",
    ),
    "ordinary words": (
        """
和谐的劳动关系有利于企业发展。
于是双方同意延期，何处验收由甲方决定。
全部设备应当安全可靠。
高温天气请注意防暑降温。
时间安排紧，任务重，应尽早启动。
白色和黄色的标签不得混用。
方便起见，以下简称本项目。
万一发生故障，马上停机。
路由器和交换机放在同一机柜。
该号段暂未启用，请勿拨打。
""",
        """
May and June are the busiest months.
The grant will be paid in March.
Please bill the mark-up separately.
Rose gold is sold out; jade is back.
Summer Party on Friday: all welcome.
In addition, Monday is a bank holiday.
The avenue of appeal is closed.
Road tests begin at 12 sharp on the north lane.
""",
    ),
    "no value": (
        """
手机号码由11位数字组成，请勿泄露密码。
身份证号码共18位。
请填写微信号和QQ号。
信用卡有效期为五年。
护照有效期不得少于六个月。
车牌号登记由行政部负责。
""",
        """
A phone number has up to 15 digits; never share your password.
Enter your date of birth and your passport number.
Your credit card expires after five years.
The IBAN is printed on the statement.
The password must have 12 characters.
Bearer tokens expire after 60 minutes.
""",
    ),
}
