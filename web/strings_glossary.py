"""The words of the Admin page's tab about what the company calls things, in English and Chinese. Knows no page."""

from __future__ import annotations

GLOSSARY: dict[str, tuple[str, str]] = {
    "tab.glossary": ("Glossary", "术语"),
    "glossary.lead": (
        "Abbreviations and other names that your company uses. A question with one of them finds what is written under "
        "the others, and quotes it, from the next question on.",
        "公司内部使用的缩写和别称。问题中出现其中一个，即可检索并引用写作其他名称的内容，自下一个问题起生效。",
    ),
    "glossary.none": (
        "There are no terms yet. An example: PTO, which papers call paid time off.",
        "还没有术语。例如：文件中写作“带薪休假”的“年假”。",
    ),
    "glossary.term": ("Term", "术语"),
    "glossary.names": ("Other names", "其他名称"),
    "glossary.names.rules": ("One a line.", "每行一个。"),
    "glossary.changed": ("Changed", "修改"),
    "glossary.by": ("by {name}", "由 {name}"),
    "glossary.add": ("Add a term", "添加术语"),
    "glossary.edit": ("Change", "修改"),
    "glossary.edit.title": ("Change {term}", "修改 {term}"),
    "glossary.delete": ("Delete", "删除"),
    "glossary.delete.ask": ("Delete {term} and its other names?", "确定删除“{term}”及其其他名称吗？"),
    "glossary.import": ("Import", "导入"),
    "glossary.import.title": ("Import terms", "导入术语"),
    "glossary.file": ("CSV file", "CSV 文件"),
    "glossary.file.rules": (
        "UTF-8. A line a term: the term, then its other names, a cell each. If one line is wrong, nothing is taken in.",
        "UTF-8 编码。每行一个术语：先写术语，再写其他名称，每格一个。只要有一行有误，就不会导入任何内容。",
    ),
    "glossary.replace": ("Delete the terms that are not in the file", "删除文件中没有的术语"),
    "glossary.export": ("Export", "导出"),
    "glossary.imported": (
        "Added: {added}. Changed: {changed}. Deleted: {removed}.",
        "添加 {added} 个，修改 {changed} 个，删除 {removed} 个。",
    ),
}

SAID: dict[str, str] = {
    # what `ragbox/wording.py` and `ragbox/glossary.py` say, as in `strings_reasons.py`
    "The term {} has no other name. Give at least one.": "术语 {0} 没有其他名称。请至少填写一个。",
    "The term {} has {} other names, {} are the most. Drop some.": (
        "术语 {0} 有 {1} 个其他名称，最多 {2} 个。请删去一些。"
    ),
    "The term {} names itself. Leave it out of its other names.": "术语 {0} 的其他名称中含有它自己。请将其删去。",
    "The term {} has the name {} twice. Leave one out.": "术语 {0} 的名称 {1} 重复。请删去一个。",
    "A term or a name is empty. Write at least one letter or digit.": "术语或名称为空。请至少填写一个字母或数字。",
    "The name {} … has {} characters, {} are the most. Shorten it.": "名称 {0} … 有 {1} 个字符，最多 {2} 个。请缩短。",
    "The name {} has a sign that cannot be shown. Write it anew.": "名称 {0} 含有无法显示的字符。请重新输入。",
    "The name {} begins like a formula of a spreadsheet. Begin it with a letter or a digit.": (
        "名称 {0} 的开头像电子表格公式。请以字母、数字或汉字开头。"
    ),
    "The name {} is a single sign, which stands in many words. Write a longer one.": (
        "名称 {0} 只有一个字，会出现在许多词中。请填写更长的名称。"
    ),
    "The name {} is an everyday word, which stands in almost any question. "
    "Write it in capitals if it is an abbreviation, or leave it out.": (
        "名称 {0} 是常用词，几乎每个问题中都有。如为缩写，请用大写字母填写，否则请删去。"
    ),
    "Line {}: {}": "第 {0} 行：{1*}",
    "Line {}: The term {} stands in line {} too. Put the names of both into one line.": (
        "第 {0} 行：术语 {1} 在第 {2} 行已出现。请将两行的名称并为一行。"
    ),
    "Line {}: This is no CSV ({}). Save the table as CSV again.": "第 {0} 行：不是 CSV（{1}）。请重新将表格存为 CSV。",
    "There is no term in this file. Put one in each line, with its other names behind it.": (
        "文件中没有术语。请每行写一个术语，后面写其他名称。"
    ),
    "The term {} is in the glossary already. Change its row instead.": "术语 {0} 已存在。请修改原有的一行。",
    "There is no row {} in the glossary. Load the page again, or `ragbox glossary list`.": (
        "术语表中没有第 {0} 号。请重新加载页面。"
    ),
    "This file has more than {} terms. Leave out those that nobody asks for.": (
        "此文件的术语超过 {0} 个。请去掉没有人会问到的术语。"
    ),
    "The glossary would have {} rows, {} are the most. Delete some that nobody asks for.": (
        "术语将达到 {0} 个，最多 {1} 个。请删除一些没有人问到的术语。"
    ),
}
"""Chinese by the English of the code."""
