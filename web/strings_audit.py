"""The words of the Admin page's tab about who did what, in English and Chinese. Knows no page."""

from __future__ import annotations

AUDIT: dict[str, tuple[str, str]] = {
    "tab.audit": ("Audit", "审计"),
    "audit.lead": (
        "Who did what, to what, and when. Entries are never changed: each is sealed by a hash over the one before.",
        "谁在何时对什么做了什么。记录不可更改：每条都以哈希值与前一条相连。",
    ),
    "audit.whole": ("Whole: {count} entries, checked at {time}.", "完整：共 {count} 条，检查于 {time}。"),
    "audit.broken": ("Not whole: {count} entries, checked at {time}.", "不完整：共 {count} 条，检查于 {time}。"),
    "audit.head": (
        "Hash of the last entry (no. {count}), to be noted elsewhere:",
        "最后一条（第 {count} 条）的哈希值，请另行抄存：",
    ),
    "audit.check": ("Check again", "重新检查"),
    "audit.checking": ("The whole trail is being read…", "正在读取全部记录……"),
    "audit.noted": ("Hash noted at an earlier check, if any", "以前检查时抄存的哈希值（可不填）"),
    "audit.changed": (
        "Entry {seq} does not say what it said when it was written.",
        "第 {seq} 条的内容与写入时不一致。",
    ),
    "audit.missing": ("Entries before {seq} are missing.", "第 {seq} 条之前缺少记录。"),
    "audit.order": ("Entry {seq} does not follow the one before it.", "第 {seq} 条与前一条不相连。"),
    "audit.start": ("The entries before {seq} went without a note.", "第 {seq} 条之前的记录被删除而未留说明。"),
    "audit.end": (
        "After {seq} entries are missing, or the file audit.head beside the record does not fit.",
        "第 {seq} 条之后缺少记录，或数据目录中的 audit.head 文件不符。",
    ),
    "audit.gap": (
        "As entry {seq} says, the box found entries missing, or put in by another hand.",
        "第 {seq} 条表明：系统曾发现记录缺失或被他人插入。",
    ),
    "audit.noted.fault": (
        "No entry has the hash that you noted: the chain was made anew, or that entry was pruned.",
        "没有任何记录具有您抄存的哈希值：记录链已被重建，或该条已过保存期。",
    ),
    "audit.actor": ("Who", "操作者"),
    "audit.act": ("What", "操作"),
    "audit.object": ("To what", "对象"),
    "audit.object.rules": ("An id or a name, whole.", "完整的编号或名称。"),
    "audit.since": ("From", "自"),
    "audit.until": ("To", "至"),
    "audit.at": ("When (UTC)", "时间（UTC）"),
    "audit.detail": ("Details", "详情"),
    "audit.all": ("All", "全部"),
    "audit.filter": ("Show", "显示"),
    "audit.box": ("the box", "系统"),
    "audit.found": ("{count} entries", "共 {count} 条"),
    "audit.none": ("There are no such entries.", "没有这样的记录。"),
    "audit.older": ("Older", "更早"),
    "audit.csv": ("Export CSV", "导出 CSV"),
    "audit.jsonl": ("Export JSON lines", "导出 JSON 行"),
}

SAID: dict[str, str] = {
    "{} is {}, which is no time. Write 2026-01-31, or 2026-01-31T08:00.": (
        "{0} 的值 {1} 不是时间。请写作 2026-01-31 或 2026-01-31T08:00。"
    ),
    "{} is no form of the audit trail. Choose csv or jsonl.": "{0} 不是审计记录的导出格式。请选择 csv 或 jsonl。",
    "The audit trail cannot be written: {} events wait. Look at the server's disk and log.": (
        "审计记录无法写入：有 {0} 条待写。请检查服务器的磁盘和日志。"
    ),
    "The audit trail cannot be written: {}. Nothing was done. Look at the server's disk and log.": (
        "审计记录无法写入：{0}。操作未执行。请检查服务器的磁盘和日志。"
    ),
}
"""What the trail itself says, in Chinese; {0} is what is filled in first."""
