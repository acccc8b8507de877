"""What the page viewer says, in English and Chinese; `web/strings.py` has the rest. Knows no page."""

from __future__ import annotations

VIEWER: dict[str, tuple[str, str]] = {
    # key: (English, Chinese)
    "viewer.open": ("Click to see it on page {page}", "点击查看第 {page} 页原文"),
    "viewer.tools": ("Page, size, file", "页码、大小、文件"),
    "viewer.close": ("Close (Esc)", "关闭（Esc）"),
    "viewer.previous": ("Previous page", "上一页"),
    "viewer.next": ("Next page", "下一页"),
    "viewer.page": ("Page", "页码"),
    "viewer.of": ("of {pages}", "/ {pages} 页"),
    "viewer.fit": ("Fit width", "适合宽度"),
    "viewer.actual": ("100 %", "100 % 大小"),
    "viewer.as_text": ("As text", "文本"),
    "viewer.as_page": ("As page", "页面"),
    "viewer.original": ("Original file", "原文件"),
    "viewer.withheld": (
        "The original is withheld: it holds personal data, or may hold some that was not found. "
        "Its pages and text are shown here without.",
        "不提供原文件：其中含有或可能含有个人信息。此处显示的页面和文本已隐去这些信息。",
    ),
    "viewer.judging": (
        "The original is being looked over for personal data. Try again in a minute.",
        "正在检查原文件是否含有个人信息，请一分钟后再试。",
    ),
    "viewer.alt": ("Page {page} of {file}", "{file} 第 {page} 页"),
    "viewer.cited": ("Cited here: {quote}", "此处引用：{quote}"),
    "viewer.loading": ("Page {page} is coming", "正在加载第 {page} 页"),
    "viewer.shown": ("Page {page} of {file}", "{file} 第 {page} 页"),
    "viewer.empty": ("There is no text on this page.", "本页没有文字。"),
    "viewer.unmarked": ("The quoted words could not be marked here.", "未能在此标出引用的文字。"),
    "viewer.earlier": ("Earlier on this page", "本页前文"),
    "viewer.later": ("Further on this page", "本页后文"),
    "viewer.missing": (
        "There is no such document any more, or you may not read it.",
        "该文档已不存在，或您无权查看。",
    ),
    "viewer.unreadable": (
        "This page cannot be shown. Its text and the original file may help.",
        "无法显示此页，可查看文本或原文件。",
    ),
    "viewer.busy": ("The box is not ready yet.", "系统尚未就绪。"),
    "viewer.failed": ("The page did not arrive whole.", "页面未能完整加载。"),
    "viewer.retry": ("Try again", "重试"),
}
