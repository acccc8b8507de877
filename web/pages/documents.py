"""The Documents page: what is in a collection, files in and out of it. Knows the box and Gradio, no markup.

Files go straight to the API (`static/documents.js`), not through Gradio, which would keep a copy that others can read.
"""

# Gradio reads the annotation gr.Request at run time, so annotations are not deferred in the pages.
from functools import partial
from typing import TYPE_CHECKING, Any

from ragbox.auth import ALL
from ragbox.box import Box
from ragbox.errors import RagboxError
from ragbox.types import Actor

from ..api import listed
from ..strings import say, say_error
from . import markup

if TYPE_CHECKING:
    import gradio

MOST = 200
"""Rows shown; a longer list is searched."""


def build(box: Box, language: str, page: "gradio.Blocks") -> None:
    """Put the page's parts into the Blocks that are open."""
    import gradio as gr

    word = partial(say, language)
    everywhere = (word("collection.all"), "")
    gr.HTML(markup.heading(language, "documents"))
    with gr.Column(visible=False, elem_classes="adding") as adding:
        with gr.Row():
            target = gr.Dropdown([], label=word("documents.into"), interactive=True, scale=2, elem_id="target")
            with gr.Accordion(word("documents.new"), open=False):
                name = gr.Textbox(label=word("documents.name"), max_length=63, elem_id="new-name")
                create = gr.Button(word("documents.create"), size="sm", elem_id="create")
        message = gr.HTML()
        gr.HTML(markup.drop_zone(language, box.settings.max_file_mb), elem_id="drop")
    with gr.Row(elem_classes="finding"):
        collection = gr.Dropdown(
            [everywhere], value="", label=word("collection.label"), show_label=False, container=False, scale=2,
            elem_id="collection",
        )  # fmt: skip
        search = gr.Textbox(
            label=word("documents.search"), placeholder=word("documents.search"), show_label=False, container=False,
            scale=4, elem_id="search",
        )  # fmt: skip
        refresh = gr.Button(word("documents.refresh"), scale=0, min_width=96, elem_id="refresh")
    table = gr.HTML(elem_id="table")

    def rows(name: str | None, wanted: str, request: gr.Request) -> str:
        return _rows(box, language, _actor(request), name or None, wanted.strip())

    def opened(request: gr.Request) -> tuple[Any, ...]:
        actor = _actor(request)
        names = [c.name for c in box.retriever.readable(actor, None)]
        own = _writable(box, actor)
        return (
            gr.update(visible=bool(own) or box.auth.decide(actor, "create", ALL).allowed),
            gr.update(choices=own, value=own[0] if own else None),
            gr.update(choices=[everywhere, *((n, n) for n in names)]),
            _rows(box, language, actor, None, ""),
        )

    def made(name: str, request: gr.Request) -> tuple[Any, ...]:
        actor = _actor(request)
        try:
            box.auth.require(actor, "create", name)
            box.library.create_collection(name)
        except RagboxError as error:
            return markup.problem(say_error(language, error)), gr.skip(), gr.skip(), gr.skip()
        readable = [(c.name, c.name) for c in box.retriever.readable(actor, None)]
        return (
            markup.note(word("documents.created", name=name)), "",
            gr.update(choices=_writable(box, actor), value=name), gr.update(choices=[everywhere, *readable]),
        )  # fmt: skip

    hidden: dict[str, Any] = {"api_visibility": "private", "show_progress": "hidden", "concurrency_limit": 8}
    gr.on([collection.change, search.submit, refresh.click], rows, [collection, search], table, **hidden)
    gr.on([create.click, name.submit], made, name, [message, name, target, collection], **hidden)
    page.load(opened, None, [adding, target, collection, table], **hidden)


def _actor(request: Any) -> Actor:
    actor: Actor = request.request.state.actor  # the guard put it there
    return actor


def _writable(box: Box, actor: Actor) -> list[str]:
    return [c.name for c in box.library.collections() if box.auth.decide(actor, "write", c.name).allowed]


def _rows(box: Box, language: str, actor: Actor, collection: str | None, search: str) -> str:
    try:
        found = listed(box, actor, collection=collection, search=search, limit=MOST)
    except RagboxError as error:
        return markup.problem(say_error(language, error))
    return markup.table(language, found, _writable(box, actor), most=MOST, searched=bool(search))
