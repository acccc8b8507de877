"""True sentences in other words: a clause moved, numbers written anew, synonyms, cut short, an answered question."""

from __future__ import annotations

import re

MONTHS = "January February March April May June July August September October November December".split()
MONTH = "|".join(MONTHS)
YEAR = re.compile(r"(?<![\d.,])(?:1[0-9]|20)\d\d(?![\d.,]\d|\d)")
_WORDS = "two three four five six seven eight nine ten eleven twelve".split()
_SIGNS = "零一二三四五六七八九"
_SYNONYMS = dict(p.split("/") for p in (
    "began/started large/big approximately/about known/recognised located/situated built/constructed also/additionally "
    "many/numerous important/significant created/established received/got several/various however/but although/though "
    "largest/biggest primarily/mainly used/employed called/named during/throughout because/since "
    "因为/由于 因為/由於 但是/不过 位于/坐落于 位於/坐落於 大约/约 建立/创立 建於/興建於 著名/知名 主要/主要地 "
    "开始/起初 成为/变成 成為/變成 并且/而且 曾经/曾 擔任/出任 担任/出任 拥有/具有 擁有/具有 目前/现在 以及/和"
).split())  # fmt: skip
_ASKED_ZH = re.compile(
    r"([^谁誰哪何几幾多什？?，]+)(?:是谁|是誰|谁|誰|哪里|哪裡|哪儿|哪一年|哪年|何时|何時|什么时候|什麼時候|什么地方|"
    r"什麼地方|多少|哪个国家|哪個國家|哪座城市|哪国|哪國|哪位|什么|什麼)([^谁誰哪何几幾什？?，]*)[？?]"
)
_ASKED_EN = re.compile(
    r"Who ((?!is|was|were|are|did|does|do|had|has|have)[a-z]+ .*)\?|"
    r"Wh(?:at|ich) [a-z]+ ((?:was|is|were|are) (?!the)[a-z]+(?:ed|own|ilt|ound|en)\b.*)\?"
)


def told(question: str, answer: str) -> str:
    """Return the statement that a question makes with its answer in the place of what is asked for, if it is simple."""
    if len(answer) > 60:
        return ""
    if re.search(r"[\u4e00-\u9fff]", question):
        return f"{m[1]}{answer}{m[2]}。" if (m := _ASKED_ZH.fullmatch(question)) else ""
    m = _ASKED_EN.fullmatch(question)
    return f"{answer[0].upper()}{answer[1:]} {m[1] or m[2]}." if m else ""


def moved(sentence: str, chinese: bool) -> str:
    """Return it with its opening clause at the end (in Chinese, with words put before it)."""
    if chinese:
        return f"根据文档，{sentence}"
    m = re.match(r"((?:In|On|At|During|After|By|From|Since|Under|For|With)\b[^,]{4,60}), (.*)\.\Z", sentence, re.S)
    return f"{m[2][0].upper()}{m[2][1:]} {m[1][0].lower()}{m[1][1:]}." if m else ""


def format(sentence: str, chinese: bool) -> str:
    """Return it with its numbers and dates written in another way."""
    text = re.sub(r"(?<=\d),(?=\d{3})", "", sentence)
    if chinese:
        text = re.sub(
            r"(?<!\d)[12]\d{3}(?=年)", lambda m: "".join(_SIGNS[int(d)].replace("零", "〇") for d in m[0]), text
        )
        text = re.sub(
            r"(?<![\d.])([2-9])(?=[个個天年人位名座次])", lambda m: _SIGNS[int(m[0])].replace("二", "两"), text
        )
        return re.sub(r"(\d+(?:\.\d+)?)%", r"百分之\1", text)
    if text == sentence:
        text = re.sub(
            r"(?<![\d.,])(\d{1,3})(\d{3})(?![\d.,%]|\d)(?=[ ](?!\d))",
            lambda m: m[0] if YEAR.fullmatch(m[0]) else f"{m[1]},{m[2]}",
            text,
        )
    text = re.sub(rf"({MONTH}) (\d{{1,2}}), (\d{{4}})", r"\2 \1 \3", text)
    share = (r"(\d)%", r"\1 percent") if "%" in text else (r"(\d) (?:percent|per cent)\b", r"\1%")
    text = re.sub(*share, text)
    text = re.sub(r"(\d+)(?:\.(\d))? million\b", lambda m: f"{int(m[1] + (m[2] or '0')) * 100_000:,}", text)
    number = r"(?<![\w.,$£€-])(?:[2-9]|1[0-2])(?= [a-z])"
    if text == sentence:
        text = re.sub(number, lambda m: _WORDS[int(m[0]) - 2], text)
    if text == sentence:
        text = re.sub(rf"\b({'|'.join(_WORDS)})\b(?= [a-z])", lambda m: str(_WORDS.index(m[0]) + 2), text)
    return text


def synonym(sentence: str) -> str:
    """Return it with everyday words put for others."""
    for word, other in _SYNONYMS.items():
        edge = r"\b" if word.isascii() else ""
        sentence = re.sub(rf"{edge}{word}{edge}", other, sentence)
    return sentence


def short(sentence: str, answer: str, chinese: bool) -> str:
    """Return it without its last clause, if that is not the answer."""
    head, _, tail = sentence.rpartition("，" if chinese else ", ")
    long = len(head) > 10 if chinese else len(head.split()) > 6
    return f"{head}{'。' if chinese else '.'}" if tail and long and answer.strip("。，. ") in head else ""
