"""Why a file was not taken in or only in part, or a run not made, in Chinese: the server says it in English. No page.

A key is a sentence of the code, {} for what it fills in; {0} is the first of these as it is, {0*} translated itself.
Keys without a full stop are pieces of sentences.
"""

from __future__ import annotations

from .strings_runs import RUNS

REASONS: dict[str, str] = {
    # what it is
    "{} cannot be opened: {}. Check that it exists and may be read.": (
        "无法打开 {0}：{1}。请检查文件是否存在、是否可读。"
    ),
    "{} cannot be opened: {}. Check that it may be read.": "无法打开 {0}：{1}。请检查是否有读取权限。",
    "{} cannot be taken in here. Ask an admin of this box.": "{0} 无法在此收录。请联系管理员。",
    "{} is empty (0 bytes). Copy it again from where it came from.": "{0} 是空文件（0 字节）。请从来源重新复制。",
    "{} holds only white space. Copy it again from where it came from.": "{0} 只有空白字符。请从来源重新复制。",
    "{} is not a document ragbox reads (it looks like {}). {}": "ragbox 无法读取 {0}（看起来是{1*}）。{2*}",
    "Drop PDF, Word, PowerPoint, Excel, HTML, Markdown, text, CSV, e-mail, EPUB, ODT, RTF or image files instead.": (
        "请改用 PDF、Word、PowerPoint、Excel、HTML、Markdown、文本、CSV、邮件、EPUB、ODT、RTF 或图片文件。"
    ),
    "{} ({})": "{0*}（{1}）",
    "an audio file": "音频文件",
    "a video": "视频",
    "a font": "字体",
    "an image of another format": "其他格式的图片",
    "binary data": "二进制数据",
    "a ZIP archive": "ZIP 压缩包",
    "The file is larger than {} MB (RAGBOX_MAX_FILE_MB). Split it.": "文件超过 {0} MB（RAGBOX_MAX_FILE_MB）。请拆分。",
    "The first {} of {} passages can be found so far; the rest follows.": (
        "目前可以找到前 {0} 段（共 {1} 段），其余部分随后完成。"
    ),
    "The first {} passages can be found so far; the rest follows.": "目前可以找到前 {0} 段，其余部分随后完成。",
    "{} has no text. If it is a scan, switch OCR on (RAGBOX_OCR).": (
        "{0} 没有文字。如为扫描件，请启用 OCR（RAGBOX_OCR）。"
    ),
    "Its text encoding cannot be told. Save it as UTF-8.": "无法判断文本编码。请另存为 UTF-8。",
    # archives and Office files
    "{} is a damaged archive and cannot be unpacked. Copy it again from where it came from.": (
        "{0} 是损坏的压缩文件，无法解压。请从来源重新复制。"
    ),
    "{} is a damaged Office file. Open it in its program and save it again.": (
        "{0} 是损坏的 Office 文件。请用原程序打开并重新保存。"
    ),
    "{} is encrypted. Remove the password in its program and save it again.": (
        "{0} 已加密。请在原程序中取消密码后重新保存。"
    ),
    "{} is encrypted. Remove the password and save it again.": "{0} 已加密。请取消密码后重新保存。",
    "{} is an old Microsoft format that ragbox does not read (only .doc, .ppt, .xls, .msg). "
    "Save it as PDF or in a current Office format.": (
        "{0} 是 ragbox 不支持的旧版 Microsoft 格式（仅支持 .doc、.ppt、.xls、.msg）。请另存为 PDF 或新版 Office 格式。"
    ),
    "{} has a directory of {} bytes; {} parts are the most that is unpacked. Split it or save it as PDF.": (
        "{0} 的目录达 {1} 字节，最多可解压 {2} 个部件。请拆分，或另存为 PDF。"
    ),
    "{} holds the same part twice and may be an attack. Open it in its program and save it again.": (
        "{0} 中有重复的部件，可能是攻击。请用原程序打开并重新保存。"
    ),
    "{} has {} parts; the most is {}. Split it or save it as PDF.": (
        "{0} 含 {1} 个部件，上限为 {2} 个。请拆分，或另存为 PDF。"
    ),
    "{} has a part with an unsafe name and may be an attack. Ask its sender for a PDF.": (
        "{0} 中有名称不安全的部件，可能是攻击。请向发送者索取 PDF。"
    ),
    "{} would unpack from {} MB to {} MB and may be an attack (the most is {} MB and {} times). "
    "Split it or save it as PDF.": (
        "{0} 解压后将从 {1} MB 增至 {2} MB，可能是攻击（上限为 {3} MB、{4} 倍）。请拆分，或另存为 PDF。"
    ),
    "{} is protected by digital rights management. Drop an unprotected copy.": (
        "{0} 受数字版权保护。请使用未受保护的副本。"
    ),
    "{} is an OpenDocument {}, which ragbox does not read. Save it as PDF or for Office.": (
        "{0} 是 OpenDocument 格式（{1}），ragbox 不支持。请另存为 PDF 或 Office 格式。"
    ),
    "{} holds macros (programs). Save it without macros, as .docx, .pptx or .xlsx.": (
        "{0} 含有宏（程序）。请另存为不含宏的 .docx、.pptx 或 .xlsx。"
    ),
    "{} declares XML entities, which Office never does, and may be an attack. Ask for a PDF.": (
        "{0} 声明了 Office 从不使用的 XML 实体，可能是攻击。请索取 PDF。"
    ),
    "{} is {}, which ragbox does not read. Save it as {}.": "{0} 是{1*}，ragbox 不支持。请另存为 {2}。",
    "a Word template": "Word 模板",
    "a PowerPoint template": "PowerPoint 模板",
    "a PowerPoint show": "PowerPoint 放映文件",
    "an Excel template": "Excel 模板",
    "a binary Excel workbook": "二进制 Excel 工作簿",
    "The Word document is damaged, or saved as Strict Open XML. Save it again as Word Document (.docx).": (
        "Word 文档已损坏，或保存为严格的 Open XML 格式。请重新保存为 Word 文档（.docx）。"
    ),
    "The presentation is damaged. Open it in PowerPoint and save it again.": (
        "演示文稿已损坏。请用 PowerPoint 打开并重新保存。"
    ),
    "Slide {}: {} could not be read ({}).": "第 {0} 张幻灯片：{1} 无法读取（{2}）。",
    "Slide {} could not be searched for hidden words ({}).": "第 {0} 张幻灯片未能检查隐藏文字（{1}）。",
    "The workbook is damaged. Open it in Excel and save it again.": "工作簿已损坏。请用 Excel 打开并重新保存。",
    "The workbook is encrypted or damaged. Open it in Excel and save it as .xlsx.": (
        "工作簿已加密或损坏。请用 Excel 打开并另存为 .xlsx。"
    ),
    "Sheet {} could not be read in full ({}).": "第 {0} 个工作表未能完整读取（{1}）。",
    "Old .{} files need LibreOffice on the server: install it, or save the file as .{}.": (
        "旧版 .{0} 文件需要服务器安装 LibreOffice：请安装，或将文件另存为 .{1}。"
    ),
    "LibreOffice cannot convert it. Save the file as .{} in Office.": (
        "LibreOffice 无法转换。请在 Office 中另存为 .{0}。"
    ),
    "LibreOffice cannot read it. Save the file as .{} in Office.": "LibreOffice 无法读取。请在 Office 中另存为 .{0}。",
    "The {} file is damaged. Open it in its program and save it as .docx.": (
        "{0} 文件已损坏。请用原程序打开并另存为 .docx。"
    ),
    "The EPUB is damaged: it does not list its chapters. Download it again.": (
        "EPUB 已损坏，缺少章节目录。请重新下载。"
    ),
    "Chapter {} is missing or damaged.": "第 {0} 章缺失或损坏。",
    # mail
    "The Outlook message is damaged. Open it in Outlook and save it again.": (
        "Outlook 邮件已损坏。请用 Outlook 打开并重新保存。"
    ),
    "Attachment {}: {}": "附件 {0}：{1*}",
    "Attachment {} is damaged or unusual and was left out ({}).": "附件 {0} 已损坏或格式异常，未收录（{1}）。",
    "{} attachments after the first {} were left out.": "前 {1} 个之后的 {0} 个附件未收录。",
    "It lies more than {} messages deep and was left out. Drop it by itself.": (
        "嵌套超过 {0} 层邮件，未收录。请单独添加。"
    ),
    # PDF, pictures, OCR
    "{} has no text {}.{} Drop a version that can be read.": "{0} 没有文字（{1*}）。{2*}请使用可以读取的版本。",
    "at all": "完全没有",
    "and OCR is switched off (RAGBOX_OCR)": "且 OCR 未启用，RAGBOX_OCR",
    "and OCR found none": "OCR 也未识别到",
    "{} is protected by a password. Remove the protection and drop it again.": (
        "{0} 有密码保护。请取消保护后重新添加。"
    ),
    "{} is damaged or no PDF: no page can be opened. Export it again and drop it.": (
        "{0} 已损坏或不是 PDF，无法打开任何页面。请重新导出后添加。"
    ),
    "{} is gone. Drop it again.": "{0} 已不存在。请重新添加。",
    "{} is a picture and OCR is switched off (RAGBOX_OCR). Switch it on and drop it again.": (
        "{0} 是图片，而 OCR 未启用（RAGBOX_OCR）。请启用后重新添加。"
    ),
    "{} shows no text that can be read.{} Scan it again, larger or sharper.": (
        "{0} 中没有可识别的文字。{1*}请以更大或更清晰的方式重新扫描。"
    ),
    "{} has too many pixels to read safely. Scale it down and drop it again.": (
        "{0} 的像素过多，无法安全读取。请缩小后重新添加。"
    ),
    "{} is no picture that can be opened. Save it as PNG and drop it again.": (
        "{0} 不是可打开的图片。请另存为 PNG 后重新添加。"
    ),
    "{} is damaged ({}). Save or scan it again and drop it.": "{0} 已损坏（{1}）。请重新保存或扫描后添加。",
    "{} could not be opened.": "{0*}无法打开。",
    "{} could not be read by OCR.": "{0*}无法通过 OCR 识别。",
    "{} without text left unread: {}.": "{0*}没有文字，未读取：{1*}。",
    "more than {} (RAGBOX_OCR_MAX_PAGES)": "超过 {0} 页（RAGBOX_OCR_MAX_PAGES）",
    "OCR is off (RAGBOX_OCR)": "OCR 未启用（RAGBOX_OCR）",
    "no time was left (RAGBOX_OCR_SECONDS)": "时间已用完（RAGBOX_OCR_SECONDS）",
    "Page {}": "第 {0} 页",
    "Pages {}": "第 {0} 页",
    "{} is no PDF and no picture, so it has no page to show. Read it as text.": (
        "{0} 不是 PDF 或图片，没有可显示的页面。请查看文本。"
    ),
    "{} has {} pages, so there is no page {}.": "{0} 共 {1} 页，没有第 {2} 页。",
    "{} has {} pages, and no page {}.": "{0} 共 {1} 页，没有第 {2} 页。",
    "{} has no page images. Read its passages, or open the original.": "{0} 没有页面图像。请查看文本，或打开原文件。",
    # the parser process
    "{} took more than {} to {}, and was stopped. Raise RAGBOX_{}, {}.": (
        "{0} 处理超过 {1*}，已中止。请调高 RAGBOX_{3}，{4*}。"
    ),
    "{} seconds": "{0} 秒",
    "{} processor seconds": "{0} 秒处理器时间",
    "{} MB of output": "{0} MB 输出",
    "{} MB of memory": "{0} MB 内存",
    "{} cells and sides of boxes": "{0} 个单元格和框边",
    "or open the original": "或打开原文件",
    "split the file, or drop it as PDF": "拆分文件，或以 PDF 格式添加",
    "{} crashed its parser, which {}: the file is damaged, or {} MB of memory (RAGBOX_PARSE_MEMORY_MB) "
    "are too few for it. {}": (
        "{0} 使解析进程崩溃（{1*}）：文件已损坏，或 {2} MB 内存（RAGBOX_PARSE_MEMORY_MB）不足。{3*}"
    ),
    "was ended by {}": "被 {0} 终止",
    "ended with exit status {}": "退出码 {0}",
    "{} made its parser answer with nonsense ({}). {}": "{0} 使解析进程返回了无效结果（{1}）。{2*}",
    "{} is damaged or unusual and cannot be read ({}). {}": "{0} 已损坏或格式异常，无法读取（{1}）。{2*}",
    "Open it in its program, save it again, or drop it as PDF.": "请用原程序打开并重新保存，或以 PDF 格式添加。",
    "Open the original instead.": "请改为打开原文件。",
    "A parser process cannot be started: {}. Free some memory.": "无法启动解析进程：{0}。请释放一些内存。",
    "The parsers are not running. Start the box first.": "解析进程未运行。请先启动系统。",
    "The parsers are shutting down. Start the box again.": "解析进程正在关闭。请重新启动系统。",
    # the queue
    "{} was cancelled.": "{0} 已取消。",
    "{} could not be taken in: ragbox failed on it ({}). The log says where: report it.": (
        "未能收录 {0}：ragbox 处理时出错（{1}）。日志中有位置，请报告此问题。"
    ),
    "{} could not be taken in ({}). The log says where.": "未能收录 {0}（{1}）。日志中有位置。",
    "{} cannot be copied: {}. Check the disks, then drop it again.": "无法复制 {0}：{1}。请检查磁盘后重新添加。",
    "The collection of {} was deleted meanwhile. Drop the file into another one.": (
        "{0} 所属的文档集已被删除。请添加到其他文档集。"
    ),
    "{} was moved or deleted meanwhile. Moved, it is read where it is now; deleted, drop its file again.": (
        "{0} 在读取期间已被移动或删除。如已移动，将在新位置读取；如已删除，请重新添加文件。"
    ),
    "The box is closing. Send the file again when it is up.": "系统正在关闭。请在重新启动后再发送文件。",
    "There is another {} in that collection. Delete it there first.": "该文档集中已有另一个 {0}。请先在那里将其删除。",
    "{} files wait already. Send more when some are done.": "已有 {0} 个文件在等待。请在部分完成后再发送。",
    "{} files of {} wait already, the most for one user (RAGBOX_WAITING_FILES). Send more when some are done.": (
        "{1} 已有 {0} 个文件在等待，达到每位用户的上限（RAGBOX_WAITING_FILES）。请在部分完成后再发送。"
    ),
    "Uploads of {} MB wait already, the most is {} MB (RAGBOX_WAITING_MB). Send more when some are done.": (
        "等待中的上传已占 {0} MB，上限为 {1} MB（RAGBOX_WAITING_MB）。请在部分完成后再发送。"
    ),
    "There is no job {}. GET /api/jobs lists them.": "没有任务 {0}。GET /api/jobs 可列出所有任务。",
    "{} is no name for a file. Give a path relative to the dropped folder.": (
        "{0} 不能用作文件名。请使用相对于所选文件夹的路径。"
    ),
    "There is no file or folder {}. Check the path.": "没有文件或文件夹 {0}。请检查路径。",
    "{} and {} both hold {}. Give the folder that they lie in.": "{0} 和 {1} 中都有 {2}。请指定它们所在的文件夹。",
    # mirrored folders
    "{} cannot be mirrored: {}. The log says why.": "无法同步 {0}：{1}。原因见日志。",
    "The folder {} is not mirrored. `ragbox status` lists those that are.": (
        "文件夹 {0} 未同步。`ragbox status` 可列出已同步的文件夹。"
    ),
    "The folder {} of RAGBOX_MIRRORS and the data folder {} lie in one another, so the box would take in its own "
    "files. Choose another one, or use {}.": (
        "RAGBOX_MIRRORS 中的文件夹 {0} 与数据文件夹 {1} 相互包含，系统会收录自身的文件。请另选文件夹，或使用 {2}。"
    ),
    "{} lies beside the collections' folders. Move it to inbox/COLLECTION/{}.": (
        "{0} 不在任何文档集的文件夹中。请移到 inbox/COLLECTION/{1}。"
    ),
    "Another folder has the name {} too, but for how it is encoded. Rename one.": (
        "另一个文件夹与 {0} 同名，仅编码不同。请重命名其中一个。"
    ),
    "Another file has the name {} too, but for how it is encoded. Rename one.": (
        "另一个文件与 {0} 同名，仅编码不同。请重命名其中一个。"
    ),
    "{} is a link, and links are not followed. Put the file itself there.": (
        "{0} 是链接，系统不跟随链接。请放入文件本身。"
    ),
    "{} is no regular file. Put a file there.": "{0} 不是普通文件。请放入文件。",
    "{} was added by hand with other content, which the mirror leaves alone. "
    "Rename the file in the folder, or delete the document.": (
        "{0} 已由人工添加且内容不同，同步不会更改它。请重命名文件夹中的文件，或删除该文档。"
    ),
    "{} has a file {} in this collection too, which came first. Rename one of them.": (
        "{0} 在此文档集中已有文件 {1}。请重命名其中一个。"
    ),
    # what may be shown of it
    "Page {} of {} holds personal data whose place on it is not known, so it is not shown. "
    "Read the passages instead.": "{1} 第 {0} 页含有位置不明的个人信息，因此不予显示。请改为阅读文字段落。",
    "Page {} of {} is a picture, and OCR is switched off (RAGBOX_OCR), so personal data on it cannot be found. "
    "Switch it on, or read the passages.": (
        "{1} 第 {0} 页是图片，而 OCR 已关闭（RAGBOX_OCR），无法查找其中的个人信息。请启用 OCR，或阅读文字段落。"
    ),
    "The original of {} is withheld: {} Read its pages or passages here, or ask an admin for the file.": (
        "{0} 的原文件不提供下载：{1*}请在此阅读页面或文字段落，或向管理员索取文件。"
    ),
    "it holds personal data.": "其中含有个人信息。",
    "it was not read whole, so personal data in it may have been missed.": "该文件未能完整读取，可能遗漏个人信息。",
    "it cannot be looked over for personal data.": "无法检查其中的个人信息。",
    "{} cannot be looked over for personal data ({}). Ask an admin: the server's log says more.": (
        "无法检查 {0} 中的个人信息（{1}）。请联系管理员查看服务器日志。"
    ),
    "{} is being looked over for personal data. Try again in a minute.": "正在检查 {0} 中的个人信息，请稍后再试。",
    "The rules did not end in time. Try again in a minute.": "规则未能及时完成检查，请稍后再试。",
    "A policy was changed meanwhile. Try again.": "其间规则有变更，请重试。",
    "The box is not loaded. Try again in a few seconds.": "系统尚未加载完成，请几秒后重试。",
    "The box is closing.": "系统正在关闭。",
    "The box is closing. Try again when it is back.": "系统正在关闭，请恢复后重试。",
} | RUNS
"""Chinese by the English of the code. Alarms of folders are in `strings_admin.py`, by their kind."""
