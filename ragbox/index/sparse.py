"""Best matching words, by tantivy (BM25); Chinese is segmented by jieba. Holds nothing the record does not."""

from __future__ import annotations

import math
import re
import shutil
import threading
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache, partial
from itertools import pairwise
from pathlib import Path
from typing import Any

from ..errors import Unavailable
from ..ports import Scored
from ..text import HAN
from ..types import Chunk
from ..wording import SHARE, Expansion
from .mend import opened, private

# A run of Chinese, or a word: letters and digits that may hang together by . , - / _ & ' (AX-2040/B, 1,234.5, R&D).
_TOKEN = re.compile(rf"[{HAN}]+|[^\W_{HAN}]+(?:[-.,/_&'’:][^\W_{HAN}]+)*")
_PARTS = re.compile(r"[-.,/_&'’:]")
_THOUSANDS = re.compile(r"(?<=\d),(?=\d{3}(?:\D|$))")
# Words that say nothing about what is asked for: without them in the question, hit@5 on SQuAD paragraphs rises
# from 0.957 to 0.962. They stay in the index, so a quotation still matches word for word.
STOP = frozenset(
    "a about after all also am an and any are as at be been before being but by can could did do does during each "
    "for from had has have he how i if in into is it its many may me might much must my no not of on or our shall "
    "she should so some such than that the their them there these they this those to under upon us was we were "
    "what when where which while who whom whose why will with would you your "
    "的 了 是 在 和 与 及 或 有 为 由 对 于 被 把 将 从 到 吗 呢 吧 啊 什么 哪 哪些 哪个 多少 几 谁 怎么 怎样 如何 "
    "请问 是否 我 我们 你 你们 他 她 它 他们 这 那 个 是什么 什么是 有多 什 么 怎 样 会 要 能 可 以 就 都 还 们".split()
)
CODE = 2.0
"""Weight of a part code, error code or contract number (E24, NT-CG-2025-036) in a question: nobody types one idly."""
_HAN_RUN = re.compile(f"[{HAN}]")
# Capitals inside an English sentence, codes, numbers. Nationalities are no names: "the Danish maker" is "in Denmark".
_NAME = re.compile(
    r"(?<=[a-z,] )[A-Z][\w-]*|(?<![\w-])(?!mid-)[A-Za-z][A-Za-z-]*\d[\w/-]*|\d[\w/-]*(?:\.\d+)*|[A-Z]{2,}[\w-]*",
    re.ASCII,
)
NOT_NAMES = frozenset(
    "i it us uk british britain english scottish welsh irish american german french italian spanish dutch belgian "
    "danish swedish polish chinese japanese indian european monday tuesday wednesday thursday friday saturday sunday "
    "情况 问题 时间 时候 公司 员工 东西 地方 事情 机构 部门 单位 年底 多长 普通 普通员工 国内 本地 外地".split()
)
ANALYZER = "2"
"""How text becomes terms; an index of another way is built anew from the record. 2: "IT" is not "it"."""
WRITER_MEMORY = 50_000_000
"""Bytes tantivy may buffer before it writes a segment; its least is 15 MB a thread."""


class Analyzer:
    """Cuts text into index terms: English stemmed, Chinese as words, pairs and single signs, numbers whole."""

    def __init__(self) -> None:
        self._stemmer: Any = None
        self._jieba: Any = None
        self._loading = threading.Lock()

    def terms(self, text: str) -> list[str]:
        found: list[str] = []
        shouted = text.isupper()
        for written in _TOKEN.findall(unicodedata.normalize("NFKC", text)):
            token = written.casefold()
            if token in STOP and written.isupper() and len(token) > 1 and not shouted:
                found.append(written)  # the IT budget, the US
            elif "\u3400" <= token[0] <= "\ufaff" and not token[0].isascii():
                found.extend(self._segment(token))
            else:
                found.extend(self._word(token))
        return found

    def keywords(self, question: str) -> list[str]:
        terms = list(dict.fromkeys(self.terms(question)))
        if question.isupper():  # WHO MAY WORK FROM HOME, or just WHO: as stop words and as names
            terms += [w for w in _TOKEN.findall(question) if len(w) > 1 and w.casefold() in STOP]
        stems = {self._stem(w) for w in STOP}
        return [t for t in terms if t not in stems] or terms

    def names(self, question: str) -> list[str]:
        found = [n for n in _NAME.findall(question) if n.casefold() not in NOT_NAMES]
        if _HAN_RUN.search(question):
            self._segment("")  # loads the dictionary
            import jieba.posseg

            for word, flag in jieba.posseg.cut(question):
                # People, places, organisations; a noun that the dictionary does not know is a name as a rule.
                proper = flag in ("nr", "ns", "nt", "nz") or (flag == "n" and not jieba.get_FREQ(word))
                nickname = len(word) == 2 and word[0] in "小老阿"
                if proper and len(word) > 1 and _HAN_RUN.match(word) and word not in NOT_NAMES and not nickname:
                    found.append(word)
        return list(dict.fromkeys(found))

    def _word(self, token: str) -> list[str]:
        token = _THOUSANDS.sub("", token)
        if token.isdecimal():
            return [token]
        parts = [p for p in _PARTS.split(token) if p]
        if len(parts) == 1:
            return [self._stem(token)]
        if parts[-1] == "s" and len(parts) == 2:  # the company's
            return [self._stem(parts[0])]
        return [token, *(p if p.isdecimal() else self._stem(p) for p in parts)]

    def _stem(self, word: str) -> str:
        if self._stemmer is None:
            from tantivy import Filter, TextAnalyzerBuilder, Tokenizer

            analyzer = TextAnalyzerBuilder(Tokenizer.raw()).filter(Filter.stemmer("english")).build()
            self._stemmer = lru_cache(100_000)(lambda w: analyzer.analyze(w)[0])
        return str(self._stemmer(word)) if word.isalpha() else word

    def _segment(self, run: str) -> list[str]:
        if self._jieba is None:
            with self._loading:  # two threads would both build its dictionary
                import logging

                import jieba

                jieba.setLogLevel(logging.WARNING)
                jieba.initialize()
                self._jieba = jieba
        words = list(self._jieba.cut_for_search(run))
        # hit@1 on DRCD (traditional signs, which jieba's dictionary hardly knows): words alone 0.914, with pairs of
        # signs 0.938, with single signs too 0.946; on CMRC 0.972, 0.981, 0.985.
        known = set(words)
        pieces = [*map("".join, pairwise(run)), *(c for c in run if c not in STOP)]
        return words + [piece for piece in pieces if piece not in known]


class TantivyIndex:
    """One tantivy index for each collection (ports: SparseIndex and Lexicon)."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._analyzer = Analyzer()
        self._open: dict[str, Any] = {}
        self._writing = threading.Lock()
        self._opening = threading.Lock()  # not the writers' lock: a search must not wait for a commit
        self._loaded = False

    def load(self) -> None:
        private(self._folder)
        for folder in self._folder.iterdir():
            self._open[folder.name] = opened(folder, partial(_open, folder))
        self._loaded = True

    def close(self) -> None:
        self._open.clear()
        self._loaded = False

    def put(self, collection: str, documents: Mapping[str, Sequence[Chunk]]) -> None:
        import tantivy

        index = self._index(collection, create=True)
        with self._writing:
            writer = index.writer(WRITER_MEMORY, num_threads=1)
            # A commit that was killed leaves files whose names the next one wants: without this it fails, for ever.
            writer.garbage_collect_files()
            for document, chunks in documents.items():
                writer.delete_documents_by_term("document", document)
                for chunk in chunks:
                    body = " ".join(self._analyzer.terms(chunk.indexed_text))
                    writer.add_document(tantivy.Document(id=chunk.id, document=document, body=body))
            writer.commit()
            writer.wait_merging_threads()
            index.reload()

    def drop(self, collection: str) -> None:
        with self._writing, self._opening:  # or a search might open it again while its files go
            self._open.pop(collection, None)
            shutil.rmtree(self._folder / collection, ignore_errors=True)

    def search(
        self, collection: str, question: str, k: int, document: str | None = None, renamed: Sequence[Expansion] = ()
    ) -> list[Scored]:
        import tantivy

        index = self._index(collection)
        terms = self._analyzer.keywords(question)
        if index is None or not terms:
            return []
        wanted = [self._word_query(index, t) for t in terms] + [
            q for name in renamed for q in self._others(index, name)
        ]
        query = tantivy.Query.boolean_query([(tantivy.Occur.Should, q) for q in wanted])
        if document is not None:
            within = tantivy.Query.term_query(index.schema, "document", document)
            # Without weight: a passage has the score that it has among all.
            must = [(tantivy.Occur.Must, query), (tantivy.Occur.Must, tantivy.Query.const_score_query(within, 0.0))]
            query = tantivy.Query.boolean_query(must)
        searcher = index.searcher()
        hits = searcher.search(query, limit=k, count=False).hits
        return [(searcher.doc(address)["id"][0], float(score)) for score, address in hits]

    def _word_query(self, index: Any, term: str) -> Any:
        import tantivy

        query = tantivy.Query.term_query(index.schema, "body", term)
        return tantivy.Query.boost_query(query, CODE) if _is_code(term) else query

    def _others(self, index: Any, name: Expansion) -> Iterator[Any]:
        """Yield what finds another name, all its words, which together count no more than those of the question's."""
        import tantivy

        own = len(self._analyzer.keywords(name.written))
        for terms in filter(None, map(self._analyzer.keywords, name.others)):
            whole = tantivy.Query.boolean_query([(tantivy.Occur.Must, self._word_query(index, t)) for t in terms])
            yield tantivy.Query.boost_query(whole, SHARE * min(1.0, own / len(terms)))

    def count(self, collection: str, document: str | None = None) -> int:
        import tantivy

        index = self._index(collection)
        if index is None:
            return 0
        searcher = index.searcher()
        if document is None:
            return int(searcher.num_docs)
        return int(searcher.search(tantivy.Query.term_query(index.schema, "document", document), limit=1).count)

    def terms(self, text: str) -> list[str]:
        return self._analyzer.terms(text)

    def keywords(self, question: str) -> list[str]:
        return self._analyzer.keywords(question)

    def names(self, question: str) -> list[str]:
        return self._analyzer.names(question)

    def holds(self, collection: str, document: str, word: str) -> bool:
        import tantivy

        index = self._index(collection)
        terms = [t for t in self._analyzer.terms(word) if len(t) > 1]
        if index is None or not terms:
            return False

        def term(field: str, value: str) -> tuple[Any, Any]:
            return tantivy.Occur.Must, tantivy.Query.term_query(index.schema, field, value)

        # Of a Chinese name one pair of signs is enough: the word may have been cut with a verb before it.
        either = [[t] for t in terms if len(t) == 2] if _HAN_RUN.match(word) else [terms]
        return any(
            index.searcher().search(
                tantivy.Query.boolean_query([term("document", document), *(term("body", t) for t in wanted)]),
                limit=1, count=False,
            ).hits
            for wanted in either
        )  # fmt: skip

    def idf(self, collection: str, terms: Sequence[str]) -> list[float]:
        index = self._index(collection)
        if index is None:
            return [0.0] * len(terms)
        searcher = index.searcher()
        total = searcher.num_docs
        counts = [min(searcher.doc_freq("body", t), total) for t in terms]
        return [math.log(1 + (total - n + 0.5) / (n + 0.5)) for n in counts]

    def _index(self, collection: str, *, create: bool = False) -> Any:
        if not self._loaded:
            raise Unavailable("The keyword index is not loaded yet. Wait until the box is ready.")
        with self._opening:
            if collection not in self._open:
                folder = self._folder / collection
                if not create and not folder.is_dir():
                    return None
                self._open[collection] = _open(folder)
            return self._open[collection]


def _is_code(term: str) -> bool:
    return any(c.isdecimal() for c in term) and not term.replace(".", "").isdecimal()


def _open(folder: Path) -> Any:
    import tantivy

    schema = tantivy.SchemaBuilder()
    schema.add_text_field("id", stored=True, tokenizer_name="raw", index_option="basic")
    schema.add_text_field("document", stored=False, tokenizer_name="raw", index_option="basic")
    schema.add_text_field("body", stored=False, tokenizer_name="whitespace", index_option="freq")
    folder.mkdir(parents=True, exist_ok=True)
    made_by = folder / "analyzer"
    if not any(folder.iterdir()):
        made_by.write_text(ANALYZER)
    elif not made_by.exists() or made_by.read_text() != ANALYZER:
        raise ValueError("its terms were made in another way")
    return tantivy.Index(schema.build(), path=str(folder), reuse=True)
