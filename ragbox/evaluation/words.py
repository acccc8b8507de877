"""What figures are called, in English and Chinese. Data only; the report and the Admin page take it from here."""

from __future__ import annotations

FIGURES: dict[str, tuple[str, str]] = {
    "questions": ("Questions", "问题数"),
    "unanswerable": ("Of them unanswerable", "其中无答案"),
    "failing": ("Failing", "未通过"),
    "hit@1": ("Right page first", "首条即正确页"),
    "hit@3": ("Right page among the first 3", "前 3 条含正确页"),
    "hit@5": ("Right page among the first 5", "前 5 条含正确页"),
    "hit@10": ("Right page among the first 10", "前 10 条含正确页"),
    "mrr": ("MRR, by page", "MRR（按页）"),
    "ndcg@10": ("nDCG@10, by page", "nDCG@10（按页）"),
    "document_hit@1": ("Right document first", "首条即正确文档"),
    "document_hit@3": ("Right document among the first 3", "前 3 条含正确文档"),
    "document_hit@5": ("Right document among the first 5", "前 5 条含正确文档"),
    "document_hit@10": ("Right document among the first 10", "前 10 条含正确文档"),
    "document_mrr": ("MRR, by document", "MRR（按文档）"),
    "quote_accuracy": ("Answer or quote holds the gold answer", "回答或引文含标准答案"),
    "page_cited": ("Right page cited", "引用了正确页"),
    "evidence_quoted": ("Evidence quoted", "引用了依据"),
    "exact_match": ("Exact match", "完全匹配"),
    "token_f1": ("Token F1", "词级 F1"),
    "citation_precision": ("Quotes that stand on their page", "引文确在所引页上"),
    "refusal_precision": ("Refusals that are right", "拒答正确率"),
    "refusal_recall": ("Unanswerable questions refused", "无答案问题被拒答"),
    "false_refusals": ("Answerable questions refused", "有答案问题被拒答"),
    "risk_error": ("Stated risk is off by", "所述风险偏差"),
    "cached": ("Answered from the cache, not timed", "取自缓存，未计时"),
    "seconds": ("Seconds an answer", "每答秒数"),
    "p50_s": ("Seconds an answer, median", "每答秒数（中位）"),
    "p95_s": ("Seconds an answer, 95th percentile", "每答秒数（95 分位）"),
    "search_p50_s": ("Search, median", "检索（中位）"),
    "search_p95_s": ("Search, 95th percentile", "检索（95 分位）"),
    "read_p50_s": ("To the first word, median", "至首字（中位）"),
    "read_p95_s": ("To the first word, 95th percentile", "至首字（95 分位）"),
    "think_p50_s": ("Until it thinks, median", "至思考（中位）"),
    "think_p95_s": ("Until it thinks, 95th percentile", "至思考（95 分位）"),
}

REPORT: dict[str, tuple[str, str]] = {
    "title": ("How well it finds and quotes", "检索与引用质量"),
    "run": ("Run", "评测"),
    "made_at": ("Made", "时间"),
    "file": ("Question file", "问题文件"),
    "collection": ("Collection", "文档集"),
    "engine": ("Engine", "回答引擎"),
    "corpus": ("State of the documents", "文档版本"),
    "glossary": ("State of the glossary", "术语表版本"),
    "settings": ("Settings", "设置"),
    "figures": ("Figures", "指标"),
    "all": ("All", "全部"),
    "en": ("English", "英文"),
    "zh": ("Chinese", "中文"),
    "curve": ("Stated risk beside what came of it", "所述风险与实际"),
    "stated": ("Stated risk", "所述风险"),
    "observed": ("Wrong answers", "实际错误率"),
    "answers": ("Answers", "回答数"),
    "differences": ("Differences, with their 95 % interval", "差异（95% 置信区间）"),
    "difference": ("Difference", "差异"),
    "interval": ("Interval", "区间"),
    "paired": ("Questions of both runs: {count}. Paired bootstrap.", "两次评测共有的问题：{count}。配对自助法。"),
    "failing": ("Failing questions", "未通过的问题"),
    "none": ("None.", "无。"),
    "gold": ("Right", "正确"),
    "found": ("Found", "检索到"),
    "said": ("Answer", "回答"),
    "quotes": ("Quotes", "引文"),
    "lacks": ("Lacks", "未达到"),
    "unanswerable": ("The documents do not say.", "文档中没有答案。"),
    "page": ("p. {page}", "第 {page} 页"),
    "untrue": ("does not stand there", "此页无此文"),
    "withdrawn": ("What was quoted of deleted documents is left out.", "引自已删除文档的内容已去除。"),
    "passes": ("Nothing is lacking.", "全部达到。"),
}


def say(language: str, key: str, **values: object) -> str:
    """Return a text of the report in "en" or "zh", its {names} filled in."""
    return REPORT[key][language == "zh"].format(**values)


def figure(language: str, name: str) -> str:
    """Return what a figure is called; one that is new keeps its own name."""
    return FIGURES[name][language == "zh"] if name in FIGURES else name
