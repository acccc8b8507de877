"""What is called after a person, or reads like a name, and is nobody: by kind, parted by semicolons.

All of it was written down by hand, by kind, with no look at any set that the recognizers are measured on.
"""

from __future__ import annotations

ENGLISH: dict[str, str] = {
    "institution": """
Harvey Mudd College; Sarah Lawrence College; Carnegie Mellon University; Brigham Young University;
George Mason University; Simon Fraser University; Robert Koch Institute; Max Planck Society;
Francis Crick Institute; Alan Turing Institute; Paul Scherrer Institute; Lawrence Berkeley National Laboratory;
Dana-Farber Cancer Institute; Benjamin Franklin High School; Rosa Parks Elementary School;
Thomas Jefferson Memorial; Marie Curie Research Centre; Benjamin Harvey Public Library;
Oliver Hartley Memorial Hospital; Walter Reed Army Medical Center
""",
    "company": """
Wells Fargo; Johnson & Johnson; Morgan Stanley; Goldman Sachs; Ernst & Young; Booz Allen Hamilton;
Lockheed Martin; Aston Martin; Arthur Andersen; Charles Schwab; Merrill Lynch; Philip Morris International;
Jones Lang LaSalle; Marks & Spencer; Ben & Jerry's; Barnes & Noble; Smith & Wesson; Allen & Overy;
Abercrombie & Fitch; Hewlett Packard; Warner Brothers; Thomson Reuters; Eli Lilly; Tim Hortons; Mary Kay;
Sara Lee; Alfa Romeo
""",
    "product": """
Jack Daniels; Johnnie Walker; Calvin Klein; Ralph Lauren; Hugo Boss; Tommy Hilfiger; Louis Vuitton;
Michael Kors; Jimmy Choo; Dr Pepper; Dr. Martens; Mr. Coffee; Mrs. Butterworth; Earl Grey; Claude Opus;
Victoria Sponge
""",
    "science": """
James Webb Space Telescope; Vera Rubin Observatory; Nancy Grace Roman Space Telescope; Alan Turing Award;
Gordon Bell Prize; Nobel Prize; Stanley Cup; Ryder Cup; Murphy's Law; Bell Curve; Sarbanes-Oxley Act;
Charles Dow Index
""",
    "ship or storm": """
USS Abraham Lincoln; USS John McCain; HMS Victoria; RMS Queen Mary; SS Edmund Fitzgerald; MV Harriet Lane;
Hurricane Andrew; Hurricane Katrina; Tropical Storm Debby; Typhoon Vera; Cyclone Tracy; Storm Arwen
""",
    "building or place": """
Madison Square Garden; Lincoln Center; Walt Disney World; John Hancock Center; Charles de Gaulle Airport;
John Wayne Airport; Lake Victoria; Mount Everest; Port Elizabeth; Fort Wayne; Camp David; Cape Ann; San Jose;
St. Helena; Jackson Hole; Martin Luther King Boulevard; Jack London Square
""",
    "post": """
Regional Sales Director; Deputy Managing Partner; Chief Marketing Officer; Hiring Manager;
Field Operations Lead; Investor Relations; Accounts Payable; Human Resources; Internal Audit; Returns Desk
""",
}
GREETED = """
Hiring Manager; Valued Customer; Colleagues; Friends and Partners; Shareholders; Fellow Shareholders;
Recruitment Team; Selection Committee; Admissions Officer; Residents; Applicants; Neighbours;
Parents and Guardians; Everyone; Team; Sir or Madam; Editor; Subscribers; Investors; Student
"""
"""Those to whom an English letter is addressed that has no name."""
CHINESE: dict[str, str] = {
    "place": """
王府井; 张家口; 石家庄; 马鞍山; 白云机场; 白云山; 徐家汇; 陆家嘴; 朱家角; 李家沱; 何家湾;
董家渡; 周庄; 黄浦江; 金沙江; 罗湖口岸; 龙华; 温泉镇; 高新区; 平谷; 万寿路; 金水桥; 柳州;
秦岭
""",
    "company": """
李宁公司; 周黑鸭; 周大福; 张小泉; 王老吉; 王致和; 李锦记; 马应龙; 陈克明面业; 徐福记;
康师傅; 江小白; 方太集团; 万科; 万达广场; 华为; 金山软件; 石药集团; 高德地图; 江苏银行; 宁波港;
龙湖地产; 余额宝; 曹操出行; 郑明明化妆品
""",
    "ordinary word": """
马上; 高兴; 于是; 方便; 石油; 金额; 余额; 成本; 常规; 温度; 安全; 任何; 和平; 明确;
严重; 许可; 任务; 文件; 项目; 范围; 包装; 程序; 管理; 施工; 高度; 平均; 单价; 总计;
牛肉; 万元; 应收; 强度; 易燃; 时效; 白班; 车间; 金属; 毛重; 成品; 方案; 温控; 平台;
计划; 盘点; 储存; 支出; 简历; 连接; 路由器; 常用; 相关; 梁柱; 毛利; 段落; 林木; 余量;
孔径; 莫非; 陆运; 顾客; 贺卡; 施压; 史料; 龙骨; 罗纹; 苏打
""",
    "post": """
高级经理; 项目经理; 双方经理; 安全主任; 任何先生; 方案经理; 车间主任; 时任校长; 常务董事;
施工队长; 全体老师; 各位同学; 文化部长; 项目总工程师; 应收会计
""",
}
FRAMES = {
    "en": ("The contract with {} ends in June.", "We compared {} and two others.", "| {} | 12 | yes |", "It says {}."),
    "zh": ("本月{}的数据已经上报。", "会议讨论了{}，没有结论。", "| {} | 12 | 是 |", "关于{}、运费和税率的说明如下。"),
}


def listed(names: str) -> list[str]:
    """Return what stands between semicolons."""
    return [name.strip() for name in names.split(";")]


def named(kinds: dict[str, str]) -> list[tuple[str, str]]:
    """Return each kind with each of its names."""
    return [(kind, name) for kind, names in kinds.items() for name in listed(names)]


def sentences() -> list[tuple[str, str, str]]:
    """Return kind, language and text: each name in each frame, each greeting at the head of a letter."""
    made = [
        (kind, language, frame.format(name))
        for language, kinds in (("en", ENGLISH), ("zh", CHINESE))
        for kind, name in named(kinds)
        for frame in FRAMES[language]
    ]
    return made + [("greeting", "en", f"Dear {name},\nthank you for it.") for name in listed(GREETED)]
