"""Why no model answered or was loaded, or an adapter was not taken, in Chinese, as in `strings_reasons.py`.

The server says it in English, with what the API and the log have too. No page.
"""

from __future__ import annotations

ANSWERS: dict[str, str] = {
    # whether there is a model, and whether it has time
    "The language model {} is still being loaded. Ask again in a while.": "语言模型 {0*} 仍在加载，请稍后再提问。",
    "of this box": "（本机）",
    "The language model cannot be used. Admins see why on the tab Models.": (
        "语言模型无法使用，管理员可在“模型”标签页查看原因。"
    ),
    "No language model is loaded. Load one on the Models page, or with `ragbox model`.": (
        "没有加载语言模型。请在“模型”标签页或用 `ragbox model` 加载。"
    ),
    "The box is shutting down. Start it again.": "系统正在关闭，请重新启动。",
    "A model is being loaded. Wait until the Models page says that it is ready.": (
        "正在加载模型。请等待“模型”标签页显示就绪。"
    ),
    "The language model was busy with other questions for {} seconds.": "语言模型忙于其他问题已达 {0} 秒。",
    "{} questions wait for the language model already.": "已有 {0} 个问题在等待语言模型。",
    "It has too much to do.": "它过于繁忙。",
    "{} Ask again in {} s.": "{0*}请在 {1} 秒后再提问。",
    "The language model is closed. Load it again, or ask without it.": "语言模型已关闭。请重新加载，或不使用模型提问。",
    "The language model ended without an answer. Ask again.": "语言模型没有作答就结束了，请重新提问。",
    "The language model was closed or changed while it wrote. Ask again.": "语言模型在撰写时被关闭或更换，请重新提问。",
    "A request {} is being answered. Give this one another id.": "请求 {0} 正在作答，请换一个编号。",
    "The language model failed: {}. Ask again; the log says more.": "语言模型出错：{0}。请重新提问；详见日志。",
    # where an answer ends early
    "All passages that were found read like orders to a language model, and RAGBOX_ORDERS leaves them out.": (
        "检索到的段落都像是写给语言模型的指令，已按 RAGBOX_ORDERS 的设置不交给模型。"
    ),
    "An answer may have {} tokens, and this one has more.": "回答最多 {0} 个词元，此回答超过了上限。",
    "The model's stream ended without a word.": "模型没有输出就结束了。",
    "All {} tokens that an answer may have went into thinking. Let an admin set a larger RAGBOX_MAX_NEW_TOKENS.": (
        "回答可用的 {0} 个词元全部用于思考。请管理员调高 RAGBOX_MAX_NEW_TOKENS。"
    ),
    "{} inside ragbox.": "系统内部出现 {0}。",
    "The model was stopped before its first sentence was complete.": "模型在写完第一句之前就被中止。",
    "The model was stopped.": "模型被中止。",
    "The server of the language model does not take it now.": "语言模型的服务器目前不接受它。",
    # a server of its own
    "The server of the language model {}.": "语言模型的服务器{0*}。",
    "cannot be reached": "无法连接",
    "failed": "出错",
    "has too much to do": "过于繁忙",
    "does not take the question": "不接受该问题",
    "sent no answer": "没有返回回答",
    "was silent for {} s": "已有 {0} 秒没有响应",
    "No server of {} answers for the time being.": "{0} 的服务器目前均无响应。",
    "The remote model {} failed. Ask again.": "远程模型 {0} 出错，请重新提问。",
    "The model server {} has forgotten {}. Ask again.": "模型服务器 {0} 已不再持有 {1}，请重新提问。",
    "The model {} was closed while it wrote. Ask again.": "模型 {0} 在撰写时被关闭，请重新提问。",
    "The model {} is not loaded. Load it, or wait until it is.": "模型 {0} 尚未加载。请加载，或等待加载完成。",
    "The model {} failed.": "模型 {0} 出错。",
    "The model {} was silent for {} s. Is its server up?": "模型 {0} 已有 {1} 秒没有响应。请检查其服务器是否运行。",
    "The model {} failed: {}. Is its server up?": "模型 {0} 出错：{1}。请检查其服务器是否运行。",
    "The answer is incomplete: {}. Ask otherwise, or look at the server's log.": (
        "回答不完整：{0*}。请换一种问法，或查看服务器日志。"
    ),
    "a filter of the server stopped the answer": "服务器的过滤器中止了回答",
    "the server gave the answer up": "服务器放弃了作答",
    "the server ended it before its first word": "服务器在第一个字之前就结束了",
    # room
    "There is no adapter {} in this model. Ask without one.": "此模型中没有适配器 {0}。请不用适配器提问。",
    "The prompt is longer than the {} tokens of {}. Ask with fewer passages.": (
        "提示超过 {1} 的 {0} 个词元。请减少段落后再提问。"
    ),
    "The prompt has {} tokens, {} takes {}.": "提示有 {0} 个词元，{1} 最多接受 {2} 个。",
    "{} Ask with fewer passages.": "{0*}请减少段落后再提问。",
    "The prompt has {} tokens, the model takes {} with its answer. Give fewer or shorter passages, "
    "or use a model with a longer context.": (
        "提示有 {0} 个词元，模型连同回答最多接受 {1} 个。请减少或缩短段落，或使用上下文更长的模型。"
    ),
    "Memory ran out at {} tokens with nothing else in the model. Give fewer or shorter passages, choose a smaller "
    "quantization or model, or free memory on this machine.": (
        "模型中没有其他内容时，在 {0} 个词元处内存耗尽。请减少或缩短段落，选择更小的量化或模型，或释放本机内存。"
    ),
    "The model's numbers overflowed. Choose the quantization bf16 or fp32, or copy its weights again.": (
        "模型的数值溢出。请选择 bf16 或 fp32 量化，或重新复制权重。"
    ),
    "llama.cpp failed: {}. Ask again, or load the model again.": "llama.cpp 出错：{0}。请重新提问，或重新加载模型。",
    # an adapter that was meant for the answer
    "There is no {}. `ragbox adapter list` lists them.": "没有 {0}。`ragbox adapter list` 可列出所有适配器。",
    "{} adapters are in use, and no more may be (RAGBOX_ADAPTERS_LOADED).": (
        "已有 {0} 个适配器在使用，达到上限（RAGBOX_ADAPTERS_LOADED）。"
    ),
    "{} Ask again later.": "{0*}请稍后再提问。",
    "There is no room for the adapter {}: memory ran out. Remove another one, or free memory.": (
        "没有空间加载适配器 {0}：内存耗尽。请移除其他适配器，或释放内存。"
    ),
    "With {} the model's numbers overflow. Train it with a smaller learning rate or alpha.": (
        "使用 {0} 时模型的数值溢出。请以更小的学习率或 alpha 重新训练。"
    ),
    "{} cannot be tried: {}": "{0} 无法试用：{1*}",
}
"""What an answer says of itself; the Ask page has these, and the tabs of the Admin page."""

TABS: dict[str, str] = {
    # a model that was not loaded
    "The model server {}": "模型服务器 {0}",
    "The model server {} answers {}: {}.": "模型服务器 {0} 返回 {1}：{2}。",
    "{} Look at its log.": "{0*}请查看其日志。",
    "{} Set RAGBOX_REMOTE_KEY to a key that it takes.": "{0*}请将 RAGBOX_REMOTE_KEY 设为其接受的密钥。",
    "{} Correct RAGBOX_REMOTE_MODEL or RAGBOX_REMOTE_URLS.": "{0*}请更正 RAGBOX_REMOTE_MODEL 或 RAGBOX_REMOTE_URLS。",
    "{} Redirects are not followed. Set RAGBOX_REMOTE_URLS to where it is.": (
        "{0*}系统不跟随重定向。请将 RAGBOX_REMOTE_URLS 设为实际地址。"
    ),
    "{} Ask with fewer passages, or correct what it names.": "{0*}请减少段落后再提问，或更正其指出的问题。",
    "{} was silent for {} s. Look at its log, or raise RAGBOX_REMOTE_TIMEOUT.": (
        "{0*} 已有 {1} 秒没有响应。请查看其日志，或调高 RAGBOX_REMOTE_TIMEOUT。"
    ),
    "{} failed: {}. Look at its log.": "{0*} 出错：{1}。请查看其日志。",
    "{} sent {}. Look at its log, and at proxies on the way.": "{0*} 返回了 {1}。请查看其日志，以及途中的代理。",
    "{} cannot be reached: {}. Is it up?": "{0*} 无法连接：{1}。请检查其是否运行。",
    "A remote model needs an address. Set RAGBOX_REMOTE_URLS.": "远程模型需要地址。请设置 RAGBOX_REMOTE_URLS。",
    "RAGBOX_REMOTE_KEY has characters that no key has, such as a line break. Set it again.": (
        "RAGBOX_REMOTE_KEY 含有密钥中不会出现的字符，例如换行。请重新设置。"
    ),
    "{} has no model {}. Set RAGBOX_REMOTE_MODEL to one of: {}.": (
        "{0} 没有模型 {1}。请将 RAGBOX_REMOTE_MODEL 设为其中之一：{2}。"
    ),
    "{} has no OpenAI-compatible API: {}. Correct RAGBOX_REMOTE_URLS.": (
        "{0} 没有与 OpenAI 兼容的 API：{1}。请更正 RAGBOX_REMOTE_URLS。"
    ),
    "There is no quantization {}. Choose one of {}.": "没有量化方式 {0}。请选择：{1}。",
    "The model in {} does not fit: parts of it would lie on disk and be read at every token. Choose a smaller "
    "quantization or model, or raise max_memory.": (
        "{0} 中的模型放不下：部分内容将留在磁盘上，每个词元都要读取。请选择更小的量化或模型，或调高 max_memory。"
    ),
    "The model in {} cannot be loaded as {}: {}. Choose a smaller quantization or model, or correct device_map and "
    "max_memory.": ("{0} 中的模型无法以 {1} 加载：{2}。请选择更小的量化或模型，或更正 device_map 和 max_memory。"),
    "There is no model folder {}. Name the folder that holds the model's config.json.": (
        "没有模型文件夹 {0}。请填写含有模型 config.json 的文件夹。"
    ),
    "The model in {} lacks weights: {}. Copy all its safetensors files beside config.json.": (
        "{0} 中的模型缺少权重：{1}。请将其所有 safetensors 文件复制到 config.json 旁。"
    ),
    "The weights {} are broken: {}. Copy the file again.": "权重 {0} 已损坏：{1}。请重新复制该文件。",
    "GGUF models need llama-cpp-python, which does not load: {}. Install it with pip install 'ragbox[gguf]' (it is "
    "built, so a C++ compiler must be there).": (
        "GGUF 模型需要 llama-cpp-python，但无法加载：{0}。请运行 pip install 'ragbox[gguf]' 安装"
        "（需要编译，因此须有 C++ 编译器）。"
    ),
    "The active model is gone from {}. Activate another: `ragbox model list`.": (
        "{0} 中已没有当前模型。请启用其他模型：`ragbox model list`。"
    ),
    # an adapter that was not taken, or taken back
    "The gate ended without a report. Try again.": "验收没有得出报告，请重试。",
    "It was broken off, and the adapter that answered before goes on. Start it again.": (
        "已中止，原来的适配器继续使用。请重新开始。"
    ),
    "{} is being activated. Cancel that, or wait until it is done.": "正在启用 {0}。请取消，或等待其完成。",
    "Something failed inside ragbox ({}). The server's log says what.": "系统内部出错（{0}），详见服务器日志。",
    "On {} questions it is {} what answers now; {} below is allowed.": (
        "在 {0} 个问题上，与当前所用的相比{1*}；允许低 {2} 分。"
    ),
    "{} points below": "低 {0} 分",
    "{} points above": "高 {0} 分",
    "level with": "持平",
    "These are few questions for that: one alone moves the average by up to {}.": (
        "对此而言问题太少：单个问题就能使平均分变动 {0}。"
    ),
    "The question file has no questions. Write some, as `ragbox eval` reads them.": (
        "问题文件中没有问题。请按 `ragbox eval` 的格式填写。"
    ),
    "{} a question of the gate: {} Try again when it does.": "{0*}验收中的一个问题：{1*}请在其能作答后重试。",
    "{} did not answer": "{0}没有回答",
    "The model without an adapter did not answer": "未用适配器的模型没有回答",
    "{} cannot be tried: no language model is loaded. Load one, then try again. {}": (
        "{0} 无法试用：没有加载语言模型。请加载后重试。{1*}"
    ),
    "{} is a no-op adapter: with it the model says what it says without. Train it longer.": (
        "{0} 不起作用：用与不用它，模型的回答相同。请延长训练。"
    ),
    "{} {} (over {} answers); {} would be allowed.": "{0} {1*}（共 {2} 个回答）；上限为 {3}。",
    "of its sentences are not supported": "的句子没有依据",
    "of the judged answers are bad": "的已评回答有误",
    "The answer to a question of the gate broke off. Try again.": "验收中一个问题的回答中断了，请重试。",
    "{} is a no-op: its weights are the built-in ones. Use the built-in ones.": (
        "{0} 不起作用：其权重与内置的相同。请使用内置权重。"
    ),
    "The scorer {} cannot be used: {}": "评分器 {0} 无法使用：{1*}",
    "The active adapter {} is gone from {}. Activate another: `ragbox adapter list`.": (
        "{1} 中已没有当前适配器 {0}。请启用其他适配器：`ragbox adapter list`。"
    ),
    "An adapter is being trained. Cancel that, or wait until it is done.": "正在训练适配器。请取消，或等待其完成。",
    "{} inside ragbox; the server's log says more.": "系统内部出现 {0}，详见服务器日志。",
    "It was broken off while lessons were made. Start it again.": "在生成训练样例时被中止，请重新开始。",
    "The server ended while lessons were made. Start again.": "在生成训练样例时服务器停止了，请重新开始。",
}
"""What the tabs of models and adapters say besides."""

WHY = ANSWERS | TABS
