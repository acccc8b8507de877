"""Every word a person sees in the browser, in English and Chinese. Knows no page."""

from __future__ import annotations

from ragbox.errors import RagboxError

from .strings_admin import ADMIN, HEALTH
from .strings_ask import ASK, SHELL
from .strings_viewer import VIEWER

LANGUAGES = {"en": "English", "zh": "中文"}

STRINGS: dict[str, tuple[str, str]] = {
    # key: (English, Chinese)
    "collection.all": ("All collections", "全部文档集"),
    "collection.label": ("Collection", "文档集"),
    "documents.heading": ("Documents", "文档"),
    "documents.lead": ("What answers are quoted from.", "回答所引用的全部资料。"),
    "documents.into": ("Into the collection", "添加到文档集"),
    "documents.drop": ("Drop files here, or choose them", "将文件拖到此处，或点击选择"),
    "documents.kinds": (
        "PDF, Word, PowerPoint, Excel, images, e-mail, web pages and text, up to {size} MB each",
        "支持 PDF、Word、PowerPoint、Excel、图片、邮件、网页和文本，每个文件不超过 {size} MB",
    ),
    "documents.new": ("New collection", "新建文档集"),
    "documents.create": ("Create", "创建"),
    "documents.name": ("Name", "名称"),
    "documents.created": ("The collection “{name}” is ready.", "文档集“{name}”已创建。"),
    "documents.search": ("Find by name or title", "按文件名或标题查找"),
    "documents.refresh": ("Refresh", "刷新"),
    "documents.remove": ("Delete", "删除"),
    "documents.confirm": ("Delete “{file}” for good?", "确定永久删除“{file}”吗？"),
    "documents.uploading": ("reading…", "正在读取…"),
    "documents.waiting": ("waiting", "等待中"),
    "documents.failed": ("The connection broke off. Try again.", "连接中断，请重试。"),
    "documents.none": ("No documents yet.", "还没有文档。"),
    "documents.nothing": ("No document fits this search.", "没有符合条件的文档。"),
    "documents.more": (
        "The newest {count} are shown. Search to see others.",
        "仅显示最新的 {count} 个，其余请搜索。",
    ),
    "status.indexed": ("ready", "可用"),
    "status.unchanged": ("already there", "已存在"),
    "status.rejected": ("rejected", "未能读取"),
    "table.file": ("File", "文件"),
    "table.collection": ("Collection", "文档集"),
    "table.kind": ("Kind", "类型"),
    "table.pages": ("Pages", "页数"),
    "table.chunks": ("Passages", "段落"),
    "table.size": ("Size", "大小"),
    "table.language": ("Language", "语言"),
    "table.status": ("Status", "状态"),
    "table.added": ("Added", "添加时间"),
    "language.en": ("English", "英文"),
    "language.zh": ("Chinese", "中文"),
    "login.title": ("Sign in", "登录"),
    "login.how": (
        "This box opens with a personal link that works once. Ask its admin for one; on the machine itself, run:",
        "请使用一次性的个人链接登录。请向管理员索取；如在本机，请运行：",
    ),
    "login.failed": ("This link has been used, or is too old.", "该链接已被使用或已过期。"),
    "error.BadInput": ("", "输入有误，请检查后重试。"),
    "error.NotFound": ("", "未找到，或您无权查看。"),
    "error.NotPermitted": ("", "您没有执行此操作的权限。"),
    "error.Conflict": ("", "与现有内容冲突。"),
    "error.Unavailable": ("", "系统正在加载，请稍后再试。"),
    "error.RagboxError": (
        "Something went wrong. Try again; if it stays, ask your admin to look at the server's log.",
        "出现错误。请重试；如仍有问题，请联系管理员查看服务器日志。",
    ),
    **HEALTH,
    **ADMIN,
    **SHELL,
    **ASK,
    **VIEWER,
}


def say(language: str, key: str, **values: object) -> str:
    """Return a text in "en" or "zh", its {names} filled in."""
    text = STRINGS[key][1 if language == "zh" else 0]
    return text.format(**values) if values else text


def say_error(language: str, error: Exception) -> str:
    """Return what to tell a person about an error; what ragbox has no name for keeps its details to the log."""
    if not isinstance(error, RagboxError):
        return say(language, "error.RagboxError")
    if language != "zh":
        return str(error)
    keys = (f"error.{kind.__name__}" for kind in type(error).__mro__)
    return say(language, next(key for key in keys if key in STRINGS))


def preferred(accept_language: str) -> str:
    """Return the language a browser's Accept-Language header asks for first: "zh" or "en"."""
    wishes = []
    for part in accept_language.lower().split(","):
        tag, _, weight = part.strip().partition(";q=")
        try:
            wishes.append((-float(weight or 1), tag[:2]))
        except ValueError:
            continue
    # sorted keeps the header's order among equal weights
    return next((tag for _, tag in sorted(wishes, key=lambda w: w[0]) if tag in LANGUAGES), "en")
