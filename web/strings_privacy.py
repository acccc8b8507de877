"""The words of the Admin page's tab about personal data, in English and Chinese. Knows no page."""

from __future__ import annotations

from ragbox.redact.policy import WORDS

PRIVACY: dict[str, tuple[str, str]] = {
    "tab.privacy": ("Privacy", "隐私"),
    # Policies
    "privacy.title": ("Who sees personal data, and how", "谁能看到个人信息，以何种形式"),
    "privacy.lead": (
        "Of a person's role and a document's collection the stricter policy holds, in answers, quotes, search results, "
        "pages and downloads alike.",
        "以用户角色和文档所属文档集中更严格的规则为准，适用于回答、引文、搜索结果、页面和下载。",
    ),
    "privacy.whose": ("Whose", "对象"),
    "privacy.policy": ("Personal data is", "个人信息"),
    "privacy.sample": ("Looks like", "显示效果"),
    "privacy.pseudonym": ("Phone A", "电话A"),
    "privacy.collection": ("Collection {name}", "文档集 {name}"),
    "privacy.standard": ("default: {style}", "按系统设置：{style}"),
    "privacy.role": ("as the person's role says", "按用户角色"),
    "privacy.saved": ("{name}: {style}", "{name}的规则：{style}"),
    "privacy.off": ("Show personal data", "显示个人信息"),
    "privacy.off.ask": (
        "Show personal data to {name}? Who reads it, where and when is counted.",
        "确定向 {name} 显示个人信息吗？查看的对象、位置和日期会被统计。",
    ),
    "style.redact": ("redacted", "隐去"),
    "style.pseudonym": ("replaced by pseudonyms", "以代称替换"),
    "style.mask": ("masked, but for the last four", "遮蔽，保留后四位"),
    "style.off": ("shown", "显示"),
    # Counts
    "counts.title": ("Taken out, last {days} days", "近 {days} 天隐去的个人信息"),
    "counts.lead": (
        "How often, never what: {total} times in all. What is shown twice counts twice.",
        "只统计次数，不记录内容：共 {total} 次。重复显示会重复计数。",
    ),
    "counts.none": ("Nothing was taken out yet.", "尚未隐去任何个人信息。"),
    "counts.kind": ("Kind", "类型"),
    "counts.collection": ("Collection", "文档集"),
    "counts.gone": ("none or deleted", "无或已删除"),
    "counts.count": ("Times", "次数"),
    "counts.day": ("Day", "日期"),
    "counts.open": ("Role, collection", "角色、文档集"),
    "counts.open.lead": ("Answers given with personal data shown", "显示个人信息的回答"),
    "counts.answers": ("Answers", "回答数"),
    # Custom patterns and lists
    "rules.title": ("Patterns and words of your own", "自定义模式和词语"),
    "rules.lead": (
        "Try them on a text before you save. The text goes to this box only and is kept nowhere.",
        "保存前可先在一段文字上试用。文字只在本机处理，不会保存。",
    ),
    "rules.patterns": ("Patterns", "模式"),
    "rules.name": ("Name", "名称"),
    "rules.regex": ("Regular expression", "正则表达式"),
    "rules.context": ("Only after one of these words", "仅在这些词之后"),
    "rules.add": ("Add a pattern", "添加模式"),
    "rules.drop": ("Remove", "移除"),
    "rules.keep": ("Kinds left as they are", "不处理的类型"),
    "rules.keep.rules": (
        "Ticked kinds are shown to everybody, such as the names in contracts.",
        "勾选的类型对所有人显示，例如合同中的人名。",
    ),
    "rules.deny": ("Always personal data", "始终视为个人信息"),
    "rules.deny.rules": ("One word or phrase a line.", "每行一个词语。"),
    "rules.allow": ("Never personal data", "从不视为个人信息"),
    "rules.allow.rules": ("One a line, such as your own switchboard.", "每行一个，例如公司总机号码。"),
    "rules.text": ("Text to try", "试用文字"),
    "rules.try": ("Try", "试用"),
    "rules.save": ("Save", "保存"),
    "rules.saved": ("Saved; it holds from now on.", "已保存，立即生效。"),
    "rules.found": ("{count} found: {kinds}", "找到 {count} 处：{kinds}"),
    "rules.found.none": ("Nothing was found.", "没有找到。"),
    # A document under each policy
    "trial.title": ("A document under each policy", "同一文档在各规则下的效果"),
    "trial.document": ("Document", "文档"),
    "trial.go": ("Show", "显示"),
    "trial.none": ("There are no documents yet.", "还没有文档。"),
    "trial.empty": ("This document has no text.", "该文档没有文字。"),
    "trial.found": (
        "{count} of the first {all} passages hold personal data.",
        "前 {all} 个段落中有 {count} 个含有个人信息。",
    ),
    "trial.hidden": (
        "Your own policy for this document is “{style}”: what a laxer one would show is not shown to you.",
        "您对该文档适用的规则是“{style}”：更宽松的规则下的效果不向您显示。",
    ),
    "trial.page": ("Page {page} · {count} found", "第 {page} 页 · 找到 {count} 处"),
    # What was changed
    "change.title": ("Changes", "变更记录"),
    "change.none": ("Nothing was changed yet.", "尚无变更。"),
    "change.at": ("When", "时间"),
    "change.actor": ("Who", "操作者"),
    "change.what": ("What", "内容"),
    "change.unset": ("none of its own", "未单独设置"),
}

KINDS = {f"kind.{entity}": (entity, f"{chinese}（{entity}）") for entity, (_, chinese) in WORDS.items()}
"""Kinds of personal data: in English by the name that stands in their place, in Chinese with it."""
