"""Everyday office words that stand for one another: people ask "how much warning", contracts say "notice". No model.

One group a line; a word of several parts is joined by `_`. English words match by their stem, Chinese ones by their
signs. General business vocabulary: no names, no terms of one trade.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence, Set

GROUPS = """
notice warning notify notification
end terminate termination cancel cancellation quit expire expiry finish leave get_out
limit limited cap ceiling maximum most exceed up_to at_most no_more_than
minimum least at_least no_less_than
cost price charge fee amount rate
spend spent expenditure expense outlay investment cost
buy purchase procure procurement order
sell sale sold turnover revenue
pay payment paid remuneration salary wage earnings
earn income revenue charge
bonus premium incentive
owe liable liability damages compensation pay
penalty fine damages liquidated_damages pay
late delay delayed overdue miss
lease rent tenancy
landlord owner lessor
tenant lessee
stock inventory inventories
profit earnings surplus
loss deficit
debt borrowing loan
equipment machinery plant machine
factory plant works site
staff employee workforce headcount personnel worker people
hire employ recruit appoint join
boss manager head lead director responsible owner
responsible charge owner lead
holiday leave vacation day_off
sick ill illness sickness
secret confidential confidentiality
keep retain retention store
delete erase destroy dispose
fix repair mend restore remedy
break fail failure fault defect defective
warranty guarantee
check inspect inspection test examine review audit
exercise drill test
plan schedule scheduled planned due
next following forthcoming coming
last previous preceding prior past
begin start commence effective
close closing year-end end
open opening
sign signed signatory signature sincerely
court arbitration tribunal law jurisdiction dispute
foundry casting cast
supplier vendor contractor
customer client buyer
agreement contract deal
third_party somebody_else anyone_else others outsider
allow permit may authorise approve
forbid prohibit must_not may_not
approve agree consent sign_off
answer reply respond response
arrive attend attendance reach on_site
meal food lunch dinner subsistence
hotel accommodation lodging overnight
travel trip journey
car vehicle mileage
train rail
flight fly air plane
phone telephone call mobile
password passphrase credential
incident breach event
goal target aim objective
rise increase grow growth grew up
fall decrease decline drop reduce down
share proportion percentage percent
big large size
weigh weight heavy
insurance insure cover
tax vat duty
change amend amendment vary
deadline due latest by
最多 最高 上限 至多 不超过 不得超过 超过 以内 限额 封顶
最少 最低 下限 至少 不少于 不低于 不得少于 起
多少钱 价格 单价 费用 金额 收费 费
花 花费 支出 开支 费用 投资
买 采购 购买 购入
卖 销售 出售
赔 赔偿 补偿 违约金 罚款 赔付 责任
罚 罚款 违约金 处罚 扣
提前 预先 事先
不合作 解除 终止 解约 中止 取消 退出
到期 届满 期满 终止
续 续签 续约 顺延 延长
晚 迟到 逾期 延误 延迟 拖延 晚点
打官司 诉讼 仲裁 争议 纠纷 起诉 法院
保修 质保 质量保证 保证期
坏 故障 损坏 毁损 异常 失效
修 维修 检修 修理 修复
问题 故障 现象 异常 原因
票 发票 单据 票据 凭证
报 报销 报账
不能 不得 不可 禁止 不予 严禁
可以 允许 准许 可
吃饭 用餐 就餐 餐费 伙食 招待 宴请 误餐
补 补助 补贴 津贴
酒店 宾馆 住宿 旅馆
出差 差旅
火车 高铁 动车
坐飞机 飞机 航班 机票 乘机
工资 薪资 薪酬 报酬 薪水 月薪
奖金 绩效 奖励
加班 延时
上班 工作 任职 就职 出勤
下班 离岗
辞职 离职 解除
请假 休假 假
年假 年休假 带薪假
病假 生病 患病
生孩子 产假 生育 分娩
结婚 婚假
工龄 工作年限 司龄 年限
试用 试用期
转正 录用
招 招聘 录用
员工 职工 人员 人数
老板 总经理 领导 负责人
负责 负责人 主管 主席 主任 牵头 责任人 管理
批准 审批 批 同意 核准
签 签字 签署 签订 签名
检查 检验 抽检 巡检 检测 点检
开会 会议 例会
盯 监护 观察 看守 值守
歪 倾斜 斜
运 运输 装运 承运 物流
重 重量 吨 公斤
集合 集中 疏散 集结
密码 口令
备份 恢复
泄密 泄露 保密
对手 竞争 同类 竞业
钱 款 费用 金额 元
年底 年末 期末
年初 期初
增加 增长 上升 提高
减少 下降 降低
目标 指标
库存 存货
营收 营业收入 销售额 收入
换 更换 替换
加油 润滑 油脂 注油
客户 甲方 买方 用户
供应商 乙方 卖方
"""


class Synonyms:
    """Looks up what may stand for a word; `terms` cuts a text into index terms."""

    def __init__(self, terms: Callable[[str], Sequence[str]]) -> None:
        self._terms = terms
        self._groups: dict[str, list[Set[str]]] = {}

    def of(self, keyword: str) -> list[Set[str]]:
        """Return the sets of terms that say the same as a keyword of a question, each as a whole."""
        if not self._groups:
            self._groups = self._load()
        return self._groups.get(keyword, [])

    def _load(self) -> dict[str, list[Set[str]]]:
        groups: dict[str, list[Set[str]]] = {}
        for line in GROUPS.split("\n"):
            members = [self._terms(word.replace("_", " ")) for word in line.split()]
            for word, terms in zip(line.split(), members, strict=True):
                if "_" not in word:
                    others = [frozenset(m) for m in members if m is not terms]
                    groups.setdefault(terms[0] if word.isascii() else word, []).extend(others)
        return groups
