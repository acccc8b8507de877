"""The words of the Admin page's tab about the quality of answers, in English and Chinese. Knows no page."""

from __future__ import annotations

from ragbox.evaluation.words import FIGURES

QUALITY: dict[str, tuple[str, str]] = {
    "tab.quality": ("Quality", "质量"),
    # Runs
    "runs.title": ("Runs of question files", "问题文件评测"),
    "runs.lead": (
        "A run asks the questions of a file and looks whether the right page is found and quoted. The command "
        "ragbox eval makes runs too.",
        "评测会逐一提问，检查是否找到并引用正确的页面。也可用命令 ragbox eval 运行。",
    ),
    "runs.none": ("No run was kept yet.", "尚未保存任何评测。"),
    "runs.name": ("Run", "评测"),
    "runs.made": ("Made", "时间"),
    "runs.engine": ("Engine", "回答引擎"),
    "runs.act": ("Do", "操作"),
    "runs.show": ("Show", "查看"),
    "runs.compare": ("Compare with the one before", "与上一次比较"),
    "runs.delete": ("Delete", "删除"),
    "runs.delete.ask": ("Delete the run {name}?", "确定删除评测 {name} 吗？"),
    "runs.failing": ("{name}: {count} questions fail", "{name}：{count} 个问题未通过"),
    "runs.failing.one": ("{name}: one question fails", "{name}：1 个问题未通过"),
    "runs.figures": ("Figures", "指标"),
    "runs.curve": ("Stated risk beside what came of it", "所述风险与实际错误率"),
    "runs.stated": ("Stated risk", "所述风险"),
    "runs.observed": ("Wrong answers", "实际错误率"),
    "runs.count": ("Answers", "回答数"),
    # A run that the box makes
    "run.new": ("New run", "新建评测"),
    "run.lead": (
        "The box asks the questions beside its other work, and goes on when this page is closed. They do not count as "
        "use. What is redacted counts as not found.",
        "系统会在后台逐一提问，关闭本页后仍会继续，不计入使用统计。被隐藏的个人信息视为未找到。",
    ),
    "run.file": ("Questions", "问题"),
    "run.file.count": ("{name} ({count} questions)", "{name}（{count} 个问题）"),
    "run.file.count.one": ("{name} (one question)", "{name}（1 个问题）"),
    "run.file.rules": (
        "More: files (JSONL) in the folder questions/ of the data folder.",
        "可将更多问题文件（JSONL）放入数据文件夹下的 questions/ 文件夹。",
    ),
    "run.none": (
        "There are no questions yet. Judge answers on the Ask page, save the gate's questions under Adapters, or put a "
        "question file (JSONL) into the folder questions/ of the data folder.",
        "还没有问题。请在“提问”页面评价回答，在“适配器”中保存门控问题，"
        "或将问题文件（JSONL）放入数据文件夹下的 questions/ 文件夹。",
    ),
    "run.collection": ("Collection", "文档集"),
    "run.all": ("All collections", "全部文档集"),
    "run.name": ("Name of the run", "评测名称"),
    "run.name.rules": (
        "Small letters, digits, dots, - and _; a letter or digit first.",
        "可用小写字母、数字、点、- 和 _，以字母或数字开头。",
    ),
    "run.go": ("Start", "开始"),
    "run.progress": ("Questions asked", "提问进度"),
    "run.running": ("{name} is under way: {file}, {collection}.", "{name} 正在进行：{file}，{collection}。"),
    "run.far": ("{done} of {count} questions", "{done} / {count} 个问题"),
    "run.left": ("about {count} minutes left", "约剩 {count} 分钟"),
    "run.left.one": ("less than a minute left", "剩余不到 1 分钟"),
    "run.cancel": ("Cancel", "取消"),
    "run.done": ("{name} is done.", "{name} 已完成。"),
    "run.cancelled": (
        "{name} was cancelled after {done} of {count} questions; nothing of it was kept.",
        "{name} 已取消（完成 {done} / {count} 个问题），结果未保存。",
    ),
    "run.failed": ("{name} failed, and nothing of it was kept.", "{name} 失败，结果未保存。"),
    "run.compare": ("Compare with {name}", "与 {name} 比较"),
    "file.gate": ("Questions that adapters are tried on", "适配器门控问题"),
    "file.judged": ("Answers that people judged", "用户评价过的回答"),
    "file.samples": ("Questions of the samples", "示例文档的问题"),
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
    "failed.lacking": ("Lacking: {figures}", "未达到：{figures}"),
    "failed.nothing": ("Nothing is lacking.", "全部达到。"),
    "failed.page": ("{file}, p. {page}", "{file}，第 {page} 页"),
    # Questions of real use
    "judged.title": ("Questions from real use", "来自实际使用的问题"),
    "judged.lead": (
        "Answers that people marked good, or named the right page for. Those you add join the questions that every new "
        "adapter is tried on: {count} now.",
        "用户认为正确、或指出了正确页面的回答。添加后，每个新适配器启用前都会用这些问题检验；现有 {count} 个问题。",
    ),
    "judged.none": ("There are no judged answers to add.", "没有可添加的已评价回答。"),
    "judged.question": ("Question", "问题"),
    "judged.right": ("Right page", "正确页面"),
    "judged.add": ("Add the ticked ones", "添加所选问题"),
    "judged.added": ("Added; there are {count} questions now.", "已添加，现有 {count} 个问题。"),
    **{f"figure.{name}": words for name, words in FIGURES.items()},
}
