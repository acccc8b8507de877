"""The Ask page: a question, a streamed answer, the quotes it rests on. Knows the box and Gradio, no markup."""

# Gradio reads the annotation gr.Request at run time, so annotations are not deferred in the pages.
from collections.abc import Iterator
from contextlib import closing
from functools import partial
from typing import TYPE_CHECKING, Any

from ragbox.box import Box
from ragbox.errors import RagboxError, Unavailable
from ragbox.types import Actor, Citation, Done, Stage, Text

from ..problems import log
from ..strings import say, say_error
from . import markup

if TYPE_CHECKING:
    import gradio

CONCURRENT = 8
"""Answers written at once; further questions wait in Gradio's queue."""
EXAMPLES = (1, 2, 3)


def build(box: Box, language: str, page: "gradio.Blocks") -> None:
    """Put the page's parts into the Blocks that are open."""
    import gradio as gr

    word = partial(say, language)
    everywhere = (word("collection.all"), "")
    header = gr.HTML(markup.header(language, "ask"))
    gr.HTML(markup.heading(language, "ask"))
    with gr.Row(elem_classes="asking"):
        question = gr.Textbox(
            label=word("ask.question"), placeholder=word("ask.placeholder"), show_label=False, container=False,
            max_lines=6, max_length=box.settings.max_question_chars, autofocus=True, scale=6, elem_id="question",
        )  # fmt: skip
        collection = gr.Dropdown(
            [everywhere], value="", label=word("collection.label"), show_label=False, container=False, scale=2,
            min_width=150, elem_id="collection",
        )  # fmt: skip
        go = gr.Button(word("ask.button"), variant="primary", scale=0, min_width=96, elem_id="ask")
        stop = gr.Button(word("ask.stop"), visible=False, scale=0, min_width=96, elem_id="stop")
    with gr.Row(elem_classes="examples"):
        gr.HTML(markup.note(word("ask.examples")))
        examples = [gr.Button(word(f"ask.example.{n}"), size="sm", scale=0) for n in EXAMPLES]
    status = gr.HTML(elem_id="status")
    shown = gr.HTML(elem_id="answer")

    def buttons(*, busy: bool) -> tuple[Any, Any]:
        return gr.update(visible=not busy), gr.update(visible=busy)

    def opened(request: gr.Request) -> tuple[str, Any]:
        actor = request.request.state.actor  # type: ignore[union-attr]  # the guard put it there
        names = [c.name for c in box.retriever.readable(actor, None)]
        return markup.header(language, "ask", actor), gr.update(choices=[everywhere, *((n, n) for n in names)])

    def answer(asked: str, name: str | None, request: gr.Request) -> Iterator[tuple[Any, ...]]:
        if not asked.strip():
            yield gr.skip(), gr.skip(), *buttons(busy=False)
            return
        yield "", "", *buttons(busy=True)
        for line, body in states(box, language, request.request.state.actor, asked, name or None):  # type: ignore[union-attr]
            yield line, body, gr.skip(), gr.skip()
        yield gr.skip(), gr.skip(), *buttons(busy=False)

    def stopped() -> tuple[Any, ...]:
        return markup.note(word("ask.stopped")), *buttons(busy=False)

    hidden: dict[str, Any] = {"api_visibility": "private", "show_progress": "hidden"}
    asking: dict[str, Any] = {
        "fn": answer, "inputs": [question, collection], "outputs": [status, shown, go, stop],
        "concurrency_limit": CONCURRENT, "concurrency_id": "ask", **hidden,
    }  # fmt: skip
    running = [gr.on([question.submit, go.click], **asking)]
    for n, example in zip(EXAMPLES, examples, strict=True):
        chosen = example.click(partial(word, f"ask.example.{n}"), None, question, **hidden)
        running.append(chosen.then(**asking))
    # First the end of the writing, then the word for it: its last lines must not come after.
    ended = stop.click(None, cancels=running, **hidden)
    ended.then(stopped, None, [status, go, stop], concurrency_limit=None, **hidden)
    page.load(opened, None, [header, collection], **hidden)


def states(box: Box, language: str, actor: Actor, question: str, collection: str | None) -> Iterator[tuple[str, str]]:
    """Yield (status line, answer) as HTML, each state whole, while the answer grows; an error is the last state."""
    word = partial(say, language)
    text, citations, cited, line = "", list[Citation](), list[tuple[int, int]](), ""
    empty = False
    try:
        if not box.ready:
            raise Unavailable("The box is still loading its models and indexes. Try again in a few seconds.")
        with closing(box.answers.ask(actor, question, collection=collection)) as events:
            for event in events:
                refused = False
                match event:
                    case Stage():
                        line = markup.note(word(f"ask.{event.name}", count=f"{event.count:,}"))
                        empty |= event.name == "search" and not event.count
                    case Text():
                        if event.cites:
                            cited.append((len(text) + event.text.index("["), event.cites))
                        text += event.text
                    case Citation():
                        citations.append(event)
                    case Done(answer=whole):
                        text, citations, refused = whole.text, list(whole.citations), whole.refused
                        cited = list(whole.cited)
                        line = markup.note(word("ask.done", seconds=f"{whole.timings.get('total', 0):.1f}"))
                    case _:
                        continue
                yield line, markup.answer(language, text, citations, cited, refused=refused, empty=empty)
    except Exception as error:
        if not isinstance(error, RagboxError):
            log.error("a question failed", exc_info=error)
        yield "", markup.problem(say_error(language, error))
