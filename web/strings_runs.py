"""What is said of runs of question files and of where answers are refused, in Chinese, as in `strings_reasons.py`."""

from __future__ import annotations

RUNS: dict[str, str] = {
    "{} is no name for a run. Take up to 63 small letters, digits, dots, - and _, a letter or digit first.": (
        "{0} 不能用作评测名称。请使用最多 63 个小写字母、数字、点、- 和 _，以字母或数字开头。"
    ),
    "There is a run {} already. Choose another name, or delete it first.": "已有评测 {0}。请换一个名称，或先将其删除。",
    "There is no run {}. `ragbox eval FILE --save NAME` keeps one.": (
        "没有评测 {0}。运行 `ragbox eval 文件 --save 名称` 可保存一个。"
    ),
    "The run {} is under way ({} of {}). Wait until it is done, or cancel it.": (
        "评测 {0} 正在进行（{1} / {2}）。请等待其完成，或将其取消。"
    ),
    "The run was cancelled. Start it again.": "评测已取消，请重新开始。",
    "The server ended while the run was under way. Start it again.": "评测期间服务器停止了，请重新开始。",
    "The answer to a question of the run broke off. Start it again.": "评测中的一个回答中断了，请重新开始。",
    "Something went wrong. The server's log says what.": "出现错误，详见服务器日志。",
    "There is no question file {}. Put it into the folder questions/ of the data folder.": (
        "没有问题文件 {0}。请将其放入数据文件夹下的 questions/ 文件夹。"
    ),
    "The question file {} has no questions. Write some, one a line.": "问题文件 {0} 中没有问题。请每行写一个问题。",
    "There is no question file {}. Check the path.": "没有问题文件 {0}。请检查路径。",
    'Line {} of {} is not a question ({}). Each line is an object with "question", and "answer" and "gold" as known.': (
        "{1} 的第 {0} 行不是问题（{2*}）。每行应是一个对象，含 question，以及已知的 answer 和 gold。"
    ),
    "it is no JSON: {}, at character {}": "不是 JSON：第 {1} 个字符处 {0}",
    "it has no {}": "缺少 {0}",
    "its question is no text": "question 不是文本",
    "a field of it has another shape": "某个字段的格式不对",
    "The two runs share no question. Compare runs of the same question file.": (
        "两次评测没有相同的问题。请比较同一问题文件的评测。"
    ),
    "A share of wrong answers of {} cannot be kept. Give one between 0 and 1, as 0.05.": (
        "无法保证错误回答的比例为 {0}。请填写 0 到 1 之间的数，例如 0.05。"
    ),
    "For at most {} of wrong answers {} questions that are answered are needed, there are {} (of {}). "
    "Add questions, or allow more wrong answers.": (
        "要保证错误回答不超过 {0}，需要 {1} 个得到回答的问题，现有 {2} 个（共 {3} 个）。请增加问题，或放宽比例。"
    ),
    "At most {} of wrong answers cannot be vouched for: of the {} surest answers {} are wrong, which is {} "
    "and may be {}. Allow more, or add questions.": (
        "无法保证错误回答不超过 {0}：最有把握的 {1} 个回答中有 {2} 个错误，即 {3}，最高可能达 {4}。"
        "请放宽比例，或增加问题。"
    ),
    "The answer broke off. Ask again.": "回答中断了，请重新提问。",
    "The collection {} has no calibrated border. `ragbox eval` shows which have.": "文档集 {0} 没有校准过的拒答界限。",
    "The question {} has {} characters, {} are the most. Shorten it.": (
        "问题 {0} 有 {1} 个字符，最多 {2} 个。请缩短。"
    ),
    "{} is larger than {} MB. Split it.": "{0} 超过 {1} MB。请拆分。",
    "{} is not UTF-8. Save it as UTF-8.": "{0} 不是 UTF-8 编码。请另存为 UTF-8。",
    "The box was busy for too long. Start the run when fewer ask.": "系统长时间繁忙。请在提问较少时重新开始评测。",
    "Scorer or encoder changed since the questions were asked. Ask them again.": (
        "提问之后评分器或编码器已更换。请重新提问。"
    ),
}
