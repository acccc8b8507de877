"""What the Admin page says of each part of the box, in English and Chinese; `strings.py` has it with all the others."""

from __future__ import annotations

HEALTH: dict[str, tuple[str, str]] = {
    # Parts of the box, and what is said of each in each state (`ragbox/health.py`).
    "health.record": ("Record", "主数据库"),
    "health.record.well": (
        "Documents: {documents}. Passages: {passages}. {size}, schema {schema}.",
        "{documents} 个文档，{passages} 个段落，{size}（架构版本 {schema}）。",
    ),
    "health.dense": ("Meaning index", "语义索引"),
    "health.dense.well": (
        "{count} vectors, in step with the record, {size}.",
        "{count} 个向量，与主数据库一致，{size}。",
    ),
    "health.dense.behind": (
        "{count} of {wanted} vectors; {pending} changes are still being applied.",
        "{count} / {wanted} 个向量；还有 {pending} 项变更正在写入。",
    ),
    "health.dense.wrong": (
        "{count} vectors, the record has {wanted} passages. Rebuild the indexes below.",
        "{count} 个向量，而主数据库有 {wanted} 个段落。请在下方重建索引。",
    ),
    "health.dense.loading": ("Loading.", "正在加载。"),
    "health.sparse": ("Keyword index", "关键词索引"),
    "health.sparse.well": (
        "{count} passages, in step with the record, {size}.",
        "{count} 个段落，与主数据库一致，{size}。",
    ),
    "health.sparse.behind": (
        "{count} of {wanted} passages; {pending} changes are still being applied.",
        "{count} / {wanted} 个段落；还有 {pending} 项变更正在写入。",
    ),
    "health.sparse.wrong": (
        "{count} passages, the record has {wanted}. Rebuild the indexes below.",
        "{count} 个段落，而主数据库有 {wanted} 个。请在下方重建索引。",
    ),
    "health.sparse.loading": ("Loading.", "正在加载。"),
    "health.encoder": ("Encoder", "向量模型"),
    "health.encoder.well": ("{name}, for all collections.", "{name}，用于全部文档集。"),
    "health.encoder.other": (
        "{name}; but the vectors of {collections} come from another one. Rebuild below, with the vectors.",
        "{name}；但 {collections} 的向量来自其他模型。请在下方重建，并重新计算向量。",
    ),
    "health.encoder.loading": ("{name} is loading.", "{name} 正在加载。"),
    "health.engine": ("Answer engine", "回答引擎"),
    "health.engine.well": ("“{name}” answers.", "“{name}” 可以回答。"),
    "health.engine.loading": ("“{name}” is loading.", "“{name}” 正在加载。"),
    "health.engine.loads": (
        "A language model is loading; “{name}” answers until then.",
        "语言模型正在加载；在此之前由“{name}”回答。",
    ),
    "health.engine.failed": (
        "“{name}” answers instead of the language model: {reason}",
        "语言模型无法使用，由“{name}”代为回答：{reason}",
    ),
    "health.engine.adapter": (
        "“{name}” answers without what is active: {reason}",
        "“{name}” 可以回答，但已启用的适配器或评分器无法使用：{reason}",
    ),
    "health.engine.quoting.well": ("The quoting engine answers, word for word.", "由引用引擎逐字引用原文回答。"),
    "health.engine.quoting.loading": ("The quoting engine is loading.", "引用引擎正在加载。"),
    "health.engine.quoting.loads": (
        "A language model is loading; the quoting engine answers until then, word for word.",
        "语言模型正在加载；在此之前由引用引擎逐字引用原文回答。",
    ),
    "health.engine.quoting.failed": (
        "The quoting engine answers instead of the language model: {reason}",
        "语言模型无法使用，由引用引擎代为回答：{reason}",
    ),
    "health.engine.quoting.adapter": (
        "The quoting engine answers without what is active: {reason}",
        "引用引擎可以回答，但已启用的适配器或评分器无法使用：{reason}",
    ),
    "health.queue": ("File queue", "文件队列"),
    "health.queue.idle": ("No file waits.", "没有等待处理的文件。"),
    "health.queue.busy": ("Being read: {running}. Waiting: {waiting}.", "正在读取 {running} 个，等待 {waiting} 个。"),
    "health.suspicions": ("Hidden words and orders", "隐藏文字与指令"),
    "health.suspicions.none": (
        "No document hides words or gives orders to a model.",
        "没有文档隐藏文字或对模型下指令。",
    ),
    "health.suspicions.some": (
        "Documents with hidden words: {hidden}. With orders to a model: {ordering}. The Documents page lists both.",
        "含隐藏文字（已剔除）的文档：{hidden} 个；含对模型指令的文档：{ordering} 个。可在“文档”页筛选查看。",
    ),
    "health.mirrors": ("Mirrored folders", "同步文件夹"),
    "health.mirrors.well": (
        "Folders: {folders}. Files: {files}, all taken in.",
        "{folders} 个文件夹，{files} 个文件均已收录。",
    ),
    "health.mirrors.refused": (
        "Folders: {folders}. Files taken in: {files}; not: {refused}.",
        "{folders} 个文件夹，已收录 {files} 个文件；{refused} 个未能收录。",
    ),
    "health.mirrors.alarm": ("Attention is needed for {alarms}: see above.", "{alarms} 需要处理，详见上方。"),
    "health.mirrors.none": (
        "None yet. Folders in “inbox” of the data folder become collections.",
        "暂无。数据目录下 inbox 中的文件夹会成为文档集。",
    ),
    "health.disk": ("Disk", "磁盘"),
    "health.disk.well": ("{free} free where {folder} is.", "{folder} 所在磁盘剩余 {free}。"),
    "health.disk.low": (
        "Only {free} free where {folder} is. Make room, or move the data folder.",
        "{folder} 所在磁盘仅剩 {free}。请清理空间或迁移数据目录。",
    ),
    "health.disk.none": (
        "{free} free where {folder} is: new files will fail. Make room now.",
        "{folder} 所在磁盘仅剩 {free}，新文件将无法写入。请立即清理空间。",
    ),
    "health.memory": ("Memory", "内存"),
    "health.memory.well": ("{free} of {total} free.", "剩余 {free}，共 {total}。"),
    "health.memory.low": (
        "{free} of {total} free. Stop something else, or parse fewer files at once.",
        "剩余 {free}，共 {total}。请关闭其他程序，或减少同时解析的文件数。",
    ),
    "health.memory.none": (
        "{free} of {total} free: reading files may fail. Stop something else.",
        "剩余 {free}，共 {total}，读取文件可能失败。请关闭其他程序。",
    ),
    "health.network": ("Outside calls", "对外连接"),
    "health.network.well": (
        "None: nothing has tried to reach another machine since the start.",
        "无：启动以来没有任何部分尝试连接其他机器。",
    ),
    "health.network.called": (
        "Something tried to reach {hosts}. Find out which part did, and report it.",
        "有部分尝试连接 {hosts}。请查明来源并报告。",
    ),
}
