"""The words of the Admin page's tab about the quality of answers, in English and Chinese. Knows no page."""

from __future__ import annotations

from ragbox.evaluation.words import FIGURES

QUALITY: dict[str, tuple[str, str]] = {
    "tab.quality": ("Quality", "质量"),
    # Runs
    "runs.title": ("Runs of question files", "问题文件评测"),
    "runs.lead": (
        "A run asks the questions of a file and looks whether the right page is found and quoted. Each is made by: "
        "ragbox eval FILE --save NAME",
        "评测会逐一提问，检查是否找到并引用正确的页面。运行方法：ragbox eval 文件 --save 名称",
    ),
    "runs.none": ("No run was kept yet.", "尚未保存任何评测。"),
    "runs.name": ("Run", "评测"),
    "runs.made": ("Made", "时间"),
    "runs.engine": ("Engine", "回答引擎"),
    "runs.act": ("Do", "操作"),
    "runs.show": ("Show", "查看"),
    "runs.delete": ("Delete", "删除"),
    "runs.delete.ask": ("Delete the run {name}?", "确定删除评测 {name} 吗？"),
    "runs.failing": ("{name}: {count} questions fail", "{name}：{count} 个问题未通过"),
    "runs.failing.one": ("{name}: one question fails", "{name}：1 个问题未通过"),
    "runs.figures": ("Figures", "指标"),
    "runs.curve": ("Stated risk beside what came of it", "所述风险与实际错误率"),
    "runs.stated": ("Stated risk", "所述风险"),
    "runs.observed": ("Wrong answers", "实际错误率"),
    "runs.count": ("Answers", "回答数"),
    # Two runs
    "versus.title": ("Compare two runs", "比较两次评测"),
    "versus.left": ("Before", "之前"),
    "versus.right": ("After", "之后"),
    "versus.go": ("Compare", "比较"),
    "versus.figure": ("Figure", "指标"),
    "versus.difference": ("Difference", "差异"),
    "versus.interval": ("95 % interval", "95% 置信区间"),
    "versus.sure": ("certain", "显著"),
    "versus.questions": ("Questions", "问题数"),
    "versus.failing": ("{count} questions fail in either", "{count} 个问题在任一评测中未通过"),
    "versus.failing.one": ("One question fails in either", "1 个问题在任一评测中未通过"),
    # What failed
    "failed.gold": ("Right", "正确"),
    "failed.unanswerable": ("The documents do not say.", "文档中没有答案。"),
    "failed.found": ("Found", "检索到"),
    "failed.said": ("Answer", "回答"),
    "failed.quotes": ("Quotes", "引文"),
    "failed.untrue": ("does not stand on that page", "此页无此文"),
    "failed.withdrawn": ("What was quoted of deleted documents is left out.", "引自已删除文档的内容已去除。"),
    "failed.nothing": ("Nothing is lacking.", "全部达到。"),
    "failed.page": ("{file}, p. {page}", "{file}，第 {page} 页"),
    # Questions of real use
    "judged.title": ("Questions from real use", "来自实际使用的问题"),
    "judged.lead": (
        "Answers that people marked good, or named the right page for. Those you add join the questions that every new "
        "adapter is tried on; it has {count} now.",
        "用户认为正确、或指出了正确页面的回答。添加后，每个新适配器启用前都会用这些问题检验；现有 {count} 个问题。",
    ),
    "judged.none": ("Nobody judged an answer that is not there yet.", "没有尚未加入的已评价回答。"),
    "judged.question": ("Question", "问题"),
    "judged.right": ("Right page", "正确页面"),
    "judged.add": ("Add the ticked ones", "添加所选问题"),
    "judged.added": ("Added; there are {count} questions now.", "已添加，现有 {count} 个问题。"),
    **{f"figure.{name}": words for name, words in FIGURES.items()},
}
