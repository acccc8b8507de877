"""The words of the Admin page's tab about language models, in English and Chinese. Knows no page."""

from __future__ import annotations

MODELS: dict[str, tuple[str, str]] = {
    "tab.models": ("Models", "模型"),
    # The model in use
    "model.ready": ("“{name}” writes the answers.", "回答由 “{name}” 撰写。"),
    "model.loading": ("“{name}” is being loaded.", "正在加载 “{name}”。"),
    "model.loading.some": ("A model is being loaded.", "正在加载模型。"),
    "model.failed": ("The model could not be loaded.", "模型加载失败。"),
    "model.none": ("No language model is loaded.", "未加载语言模型。"),
    "model.quotes": (
        "The box answers by quoting the documents word for word.",
        "系统以逐字引用文档的方式回答。",
    ),
    "model.fallback": (
        "Where it fails, the box quotes the documents instead and says so beside the answer.",
        "如果它出错，系统会改为引用文档，并在回答旁注明。",
    ),
    "model.meanwhile": ("Until it is ready, the box quotes the documents.", "完成之前，系统以引用文档的方式回答。"),
    "model.next.none": (
        "The settings want it so. For a model, set RAGBOX_ENGINE to auto and start the box again.",
        "这是设置所指定的。如需使用模型，请将 RAGBOX_ENGINE 设为 auto 后重新启动。",
    ),
    "model.next.add": (
        "To have answers written, add a model and activate it. To try that without a download, train the practice one.",
        "如需由模型撰写回答，请添加并启用模型；如想免下载试用，可训练练习模型。",
    ),
    "model.next.activate": ("Activate a model below, and it is loaded.", "请在下方启用一个模型，随后会自动加载。"),
    "model.next.load": ("“{name}” is active: load it.", "“{name}” 已启用，请加载。"),
    "model.next.settings": ("Load the model that the settings name.", "请加载设置中指定的模型。"),
    "model.next.failed": ("Mend that, then load again.", "请解决后重新加载。"),
    "model.elsewhere": (
        "The settings name the model that answers. What is activated here counts once they do not.",
        "回答所用的模型由设置指定。取消该设置后，此处启用的模型才会生效。",
    ),
    "model.load": ("Load", "加载"),
    "model.unload": ("Unload", "卸载"),
    "model.unload.ask": (
        "Unload “{name}”? Answers that it is writing break off, and the box quotes the documents from then on.",
        "确定卸载 “{name}” 吗？正在撰写的回答会中断，此后系统以引用文档的方式回答。",
    ),
    "model.device": ("Device", "设备"),
    "model.format": ("Number format", "数值格式"),
    "model.memory": ("Memory of the weights", "权重占用内存"),
    "model.context": ("Context, tokens", "上下文（词元）"),
    "model.pace": ("Tokens/s, last 30 s", "词元/秒（近 30 秒）"),
    "model.first": ("First token, median", "首个词元（中位数）"),
    "model.running": ("Being written, of at most", "正在撰写 / 上限"),
    "model.waiting": ("Waiting", "排队"),
    "model.served": ("Answers written", "已完成回答"),
    "model.refused": ("Turned away, queue full", "因队列已满拒绝"),
    # Number formats
    "format.title": ("Number formats of {name}", "{name} 的数值格式"),
    "format.lead": (
        "Memory is computed, not measured: weights, keys and values of all answers at a time, overhead. "
        "Free {where} now: {free}.",
        "内存为计算值而非实测值：权重、同时撰写的全部回答的键值缓存以及其他开销。{where}当前可用：{free}。",
    ),
    "format.freed": (
        "Before another is loaded, {held} of the present model come free.",
        "加载前会先释放当前模型的 {held}。",
    ),
    "format.main": ("main memory", "主内存"),
    "format.gpu": ("GPU memory", "显存"),
    "format.need": ("Memory needed", "所需内存"),
    "format.room": ("Is there room?", "是否足够"),
    "format.fits": ("fits", "足够"),
    "format.full": ("more than is free", "超出可用内存"),
    "format.now": ("in use", "使用中"),
    "format.switch": ("Switch to {format}", "切换为 {format}"),
    "format.load": ("Load as {format}", "以 {format} 加载"),
    "format.ask": (
        "Load “{name}” as {format}? It needs {need} (computed), {free} are free.",
        "确定以 {format} 加载 “{name}” 吗？需要 {need}（计算值），当前可用 {free}。",
    ),
    "format.breaks": (
        "Answers under way break off, and the box quotes the documents until it is ready.",
        "正在撰写的回答会中断，完成之前系统以引用文档的方式回答。",
    ),
    # The store
    "store.title": ("In the store", "模型库"),
    "store.none": ("No models yet.", "还没有模型。"),
    "store.name": ("Model", "模型"),
    "store.kind": ("Kind, licence", "类型、许可证"),
    "store.size": ("Size, parameters", "大小、参数量"),
    "store.parameters": ("{count} parameters", "{count} 参数"),
    "store.added": ("Added", "添加时间"),
    "store.state": ("State", "状态"),
    "store.active": ("active", "已启用"),
    "store.practice": ("for practice only", "仅供练习"),
    "store.damaged": ("manifest damaged", "清单已损坏"),
    "store.licence": ("licence not stated", "未注明许可证"),
    "store.verify": ("Verify", "校验"),
    "store.reading": ("Reading every file of {name}…", "正在读取 {name} 的所有文件…"),
    "store.well": ("{name}: every file is as it was added.", "{name}：所有文件与添加时一致。"),
    "store.wrong": (
        "{name} is not as it was added. Remove it and add it again.",
        "{name} 与添加时不一致。请删除后重新添加。",
    ),
    "store.activate": ("Activate", "启用"),
    "store.activate.ask": (
        "Let {name} write the answers? It is loaded at once; until it is ready, the box quotes the documents.",
        "确定由 {name} 撰写回答吗？将立即加载，完成之前系统以引用文档的方式回答。",
    ),
    "store.remove": ("Remove", "删除"),
    "store.remove.ask": (
        "Delete {name} from this machine for good? {size} come free.",
        "确定从本机永久删除 {name} 吗？将释放 {size}。",
    ),
    "store.remove.not": ("It is active: activate another first.", "该模型已启用，请先启用其他模型。"),
    "store.rollback": ("Roll back", "回退"),
    "store.rollback.ask": ("Make {name} active again? It is loaded at once.", "确定重新启用 {name} 吗？将立即加载。"),
    "store.rollback.none": (
        "Before the active model there was none. Go back to that? The box then quotes the documents.",
        "当前模型之前没有启用过模型。确定回到该状态吗？系统将以引用文档的方式回答。",
    ),
    # What is being added
    "add.button": ("Add a model", "添加模型"),
    "add.source": ("Where it is", "来源"),
    "add.source.rules": (
        "Absolute path on this server: a folder with safetensors, or a .gguf file. Or OWNER/NAME of the Hugging Face "
        "hub: only for that download does the box reach out.",
        "本服务器上的绝对路径：含 safetensors 的文件夹或 .gguf 文件；"
        "或 Hugging Face 上的 OWNER/NAME：仅此下载会连接外部网络。",
    ),
    "add.name": ("Name", "名称"),
    "add.name.rules": ("What to call it here. May be left out.", "在本机使用的名称，可不填。"),
    "add.file": ("File", "文件"),
    "add.file.rules": (
        "The one .gguf file that is wanted of a model of the hub. Else leave it out.",
        "从 Hugging Face 下载时所需的单个 .gguf 文件，其他情况不填。",
    ),
    "add.go": ("Add", "添加"),
    "add.break": ("Break off", "中止"),
    "practice.button": ("Train the practice model", "训练练习模型"),
    "practice.lead": (
        "For practice only. In a few minutes a tiny model learns the answers to the sample questions by heart; it "
        "knows nothing else. It shows loading, number formats and streaming, without a download.",
        "仅供练习。一个极小的模型在几分钟内背下示例问题的答案，此外一无所知。无需下载即可体验加载、数值格式和流式输出。",
    ),
    "practice.collection": ("Collection with the sample documents", "示例文档所在的文档集"),
    "practice.go": ("Train", "训练"),
    "work.download": ("Downloading {name}: {done} of {total}", "正在下载 {name}：{done} / {total}"),
    "work.copy": ("Copying {name}: {done} of {total}", "正在复制 {name}：{done} / {total}"),
    "work.prepare": ("Preparing {name}: {lessons} lessons", "正在准备 {name}：{lessons} 条练习"),
    "work.train": ("Training {name}: {percent}", "正在训练 {name}：{percent}"),
    "work.done": (
        "{name} is in the store. Activate it to let it answer.",
        "{name} 已在模型库中。启用后即可用于回答。",
    ),
    "work.taught": (
        "For practice only: it gives {taught} of the answers it was examined on word for word.",
        "仅供练习：抽查的答案中有 {taught} 与所学逐字相同。",
    ),
    "work.failed": ("{name} was not added.", "{name} 未能添加。"),
}
