"""Questions that lean on the one before are made whole; those that stand alone are left as they are."""

from __future__ import annotations

import json
import random
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from ragbox.followup import resolve, stand_alone
from ragbox.index.sparse import Analyzer

SAMPLES = Path(__file__).parent.parent / "data" / "samples"
NAMES = Analyzer().names

# The question before, and in the next line the follow-up | what it means.
ENGLISH = """
What was the revenue in 2023?
  And in 2024? | What was the revenue in 2024?
What is the warranty for the pump?
  What about the valve? | What is the warranty for the valve?
What is the notice period in the Ferrandale contract?
  How long is it? | How long is the notice period in the Ferrandale contract?
How much does the MX-220 pump cost?
  What about the MX-240? | How much does the MX-240 pump cost?
How much does the MX-220 pump cost?
  How heavy is it? | How heavy is the MX-220 pump?
Who is the account manager of Ferrandale?
  What is his phone number? | What is the account manager of Ferrandale's phone number?
What notice must we give Ferrandale?
  And Ostermoor? | What notice must we give Ostermoor?
How many days of annual leave do staff get?
  And sick leave? | How many days of sick leave do staff get?
How many days of annual leave do employees get?
  What about contractors? | How many days of annual leave do employees get: contractors?
What is the daily allowance in Germany?
  And in France? | What is the daily allowance in France?
What is the penalty for late delivery?
  Why? | What is the penalty for late delivery, and why?
What is the penalty for late delivery?
  How much? | What is the penalty for late delivery, and how much?
What is the penalty for late delivery?
  Is there a limit? | Is there a limit (the penalty for late delivery)?
Who makes the Atlas-7 espresso machine?
  Where are they based? | Where are the Atlas-7 espresso machine based?
What does the guarantee on the MX-220 cover?
  When does it end? | When does the guarantee on the MX-220 end?
When was the policy adopted?
  Who signed it? | Who signed the policy?
What is the price of the seal kit?
  And the bearing kit? | What is the price of the bearing kit?
How long are backups kept?
  Where are they stored? | Where are backups stored?
How do I clear the E42 error?
  What causes this? | What causes this (clear the E42 error)?
What is the board's decision on the assembly line?
  When was that decided? | When was that decided (the board's decision on the assembly line)?
What are the two tariffs for freight?
  Which one is cheaper? | Which one is cheaper (the two tariffs for freight)?
How many pumps were sold in April 2023?
  And in May 2023? | How many pumps were sold in May 2023?
What did the board approve in Q1?
  And in Q2? | What did the board approve in Q2?
What is the notice period for employees?
  And for managers? | What is the notice period for managers?
What is the notice period for employees?
  What is the deadline? | What is the deadline (the notice period for employees)?
Does the insurance cover theft?
  How about fire? | Does the insurance cover fire?
Who approves travel above EUR 500?
  And hotels? | Who approves hotels above EUR 500?
What happens when the pump overheats?
  How can I prevent that? | How can I prevent that (happens when the pump overheats)?
What does clause 9 of the lease say?
  And clause 12? | What does clause 12 of the lease say?
What is the hourly rate of a technician?
  And at weekends? | What is the hourly rate of a technician at weekends?
How is overtime paid?
  Since when? | How is overtime paid, and since when?
Where is the Shenyang warehouse?
  Who runs it? | Who runs the Shenyang warehouse?
What is the torque of the impeller nut?
  Is it the same for the MX-240? | Is the torque of the impeller nut the same for the MX-240?
Where is the pump made?
  And its motor? | the pump's motor?
"""
CHINESE = """
MX-220泵的价格是多少？
  它的保修期多长？ | MX-220泵的保修期多长？
MX-220泵的保修期是多久？
  它多少钱？ | MX-220泵多少钱？
加班要提前申请吗？
  为什么？ | 加班要提前申请吗，为什么？
正式员工的年假有几天？
  那病假呢？ | 正式员工的病假有几天？
泵的保修期是多久？
  阀门呢？ | 阀门：泵的保修期是多久？
供应商的电话是多少？
  地址呢？ | 地址：供应商的电话是多少？
MX-220的轴承多久换一次？
  MX-240呢？ | MX-240的轴承多久换一次？
铭川合同的违约金是多少？
  有上限吗？ | 铭川合同的违约金，有上限吗？
铭川合同的违约金是多少？
  它有上限吗？ | 铭川合同的违约金有上限吗？
铭川迟交货，一天要罚多少？
  兴沃呢？ | 兴沃迟交货，一天要罚多少？
国内出差一天吃饭补多少？
  国外呢？ | 国外：国内出差一天吃饭补多少？
罗晓楠一年可以休多少天年假？
  他的底薪是多少？ | 罗晓楠的底薪是多少？
谁在管沈阳的备件仓库？
  他的电话是多少？ | 沈阳的备件仓库的电话是多少？
试用期是多久？
  可以延长吗？ | 试用期，可以延长吗？
试用期是多久？
  这个可以延长吗？ | 试用期可以延长吗？
如何更换密封件？
  要多久？ | 更换密封件，要多久？
如何更换密封件？
  多少钱？ | 如何更换密封件，多少钱？
安全帽多久换一顶？
  那手套呢？ | 手套：安全帽多久换一顶？
一季度一次交检合格率是多少？
  二季度呢？ | 二季度一次交检合格率是多少？
外部审核安排在什么时候？
  谁负责？ | 外部审核安排在什么时候，谁负责？
报价单NT-BJ-2025-207总共多少钱？
  其有效期多长？ | 报价单NT-BJ-2025-207的有效期多长？
报价单NT-BJ-2025-207总共多少钱？
  NT-BJ-2025-208呢？ | 报价单NT-BJ-2025-208总共多少钱？
机房停电后备用电源能撑多久？
  那之后怎么办？ | 机房停电后备用电源能撑，之后怎么办？
中班每班补贴多少？
  夜班呢？ | 夜班每班补贴多少？
合同NT-WL-2022-031哪天到期？
  该合同由谁签字？ | 合同NT-WL-2022-031由谁签字？
江澜二期的质保是多长？
  一期呢？ | 江澜一期的质保是多长？
MX-220泵的价格是多少？
  它们什么时候到货？ | MX-220泵什么时候到货？
面板上显示E24是什么问题？
  那E25呢？ | 面板上显示E25是什么问题？
去年的培训费用是多少？
  今年呢？ | 今年的培训费用是多少？
成都办事处的电话是多少？
  那上海办事处呢？ | 上海办事处的电话是多少？
请客户吃饭每人最多花多少钱？
  需要谁批准？ | 请客户吃饭，需要谁批准？
恒澍食品那批VK-80阀门的合同总价是多少？
  它们什么时候交货？ | 恒澍食品那批VK-80阀门的合同总价什么时候交货？
泵的质保是多久？
  从什么时候开始？ | 泵的质保，从什么时候开始？
MX-220的轴承多久换一次？
  谁负责？ | MX-220的轴承多久换一次，谁负责？
"""
STAND_ALONE = """
What notice would Ostermoor give to drop a site that it shuts down?
What is planned for IT overheads in 2026?
What happens to a tenant if they leave early?
How long does it take to ship a pump to Chengdu?
Is it possible to return goods after 30 days?
What does Ferrandale charge for its castings?
Which contract ends in 2027 and who signed it?
What did the board decide this year?
How much is the fee for those who cancel?
What is the difference between an MX-220 and an MX-240?
Who approves travel above EUR 500?
notice period Ferrandale
MX-220 price
那批进口流量计打算怎么处理？
从无锡那家铸造厂买的铸件，如果想中途不合作了，要提前多久说？
铭川迟交货，它一天要赔多少？
其他供应商的付款期限是多少天？
NC-75209这种叶轮我们买进来一件要花多少钱？
年假有几天？
他人代签的报销单有效吗？
那不勒斯地区以前是谁的殖民地？
Why does Ostermoor think it may terminate the contract?
The former office of the council was used for what?
"""


def table(text: str) -> list[tuple[str, str, str]]:
    lines = text.strip().splitlines()
    return [(a, *b.strip().split(" | ")) for a, b in zip(lines[::2], lines[1::2], strict=True)]  # type: ignore[misc]


@pytest.mark.parametrize(("before", "typed", "whole"), [*table(ENGLISH), *table(CHINESE)])
def test_a_follow_up_is_made_whole(before: str, typed: str, whole: str) -> None:
    assert resolve(typed, before, NAMES) == whole
    assert resolve(typed, "", NAMES) == typed


def test_there_are_enough_of_them() -> None:
    assert min(len(table(ENGLISH)), len(table(CHINESE))) >= 30


@pytest.mark.parametrize("question", STAND_ALONE.strip().splitlines())
def test_what_stands_alone_is_left_as_it_is(question: str) -> None:
    for before in ("What is the deposit for the lease of Calder Mills?", "罗晓楠一年可以休多少天年假？"):
        assert resolve(question, before, NAMES) == question


def test_no_sample_question_is_altered_by_another_before_it() -> None:
    lines = [line for path in SAMPLES.glob("questions*.jsonl") for line in path.read_text("utf-8").splitlines()]
    questions = [json.loads(line)["question"] for line in lines]
    chance = random.Random(7)
    assert len(questions) > 200
    for question in questions:
        for before in chance.sample(questions, 10):
            assert resolve(question, before, NAMES) == question, before


def test_a_question_after_one_in_the_other_language_takes_what_that_was_about() -> None:
    assert resolve("它多少钱？", "What is the guarantee on the MX-220?", NAMES) == "the guarantee on the MX-220多少钱？"
    assert resolve("How long is it?", "MX-220泵的保修期是多久？", NAMES) == "How long is MX-220泵的保修期?"


def test_each_question_of_a_conversation_is_resolved_by_the_one_before_it() -> None:
    asked = ["What is the notice period for employees?", "And for managers?", "Why?"]
    assert stand_alone(asked, NAMES) == "What is the notice period for managers, and why?"
    assert stand_alone(asked[:1], NAMES) == asked[0]
    assert stand_alone([], NAMES) == ""


WORDS = [w for text in (ENGLISH, STAND_ALONE) for w in text.split()] + list("它他其该这那呢的吗为什么多少钱，？的是 ")
TEXT = st.one_of(st.text(max_size=40), st.lists(st.sampled_from(WORDS), max_size=12).map(" ".join))


@given(typed=TEXT, before=TEXT)
@example(typed="它" * 4000, before="泵" * 4000)
@example(typed="and " * 1000, before="of the " * 600)
def test_whatever_is_typed_is_taken(typed: str, before: str) -> None:
    assert isinstance(resolve(typed, before, lambda _: []), str)
    assert resolve(typed, "", NAMES) == typed
