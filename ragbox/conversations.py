"""What people asked and were answered, kept per user in the record, with what they thought of it. Asks nothing itself.

An answer is kept as it was shown, and which masks are in it. What rests on a document is taken out of it when the
document is deleted for good. When it is read again, what rests on one that can still be called back, or that its reader
may no longer see, is left out of it, and it is cleaned again for who reads it under a stricter policy: both are judged
at each reading, so a grant given back brings it back.
"""

from __future__ import annotations

import json
import uuid
from collections.abc import Callable
from datetime import UTC, datetime
from itertools import islice
from typing import Any

from .auth import Auth
from .db import Database
from .errors import BadInput, Conflict, NotFound
from .library import Library
from .privacy import Privacy
from .recall import Recall
from .settings import Settings
from .turns import Conversation, Feedback, Turn, conversation_of, keep, turn_of
from .types import Actor, Answer

NEW = "new"
"""Stands for the id of a conversation that is to be begun."""
MOST_TURNS = 500
"""Questions one conversation takes: it is read whole, and at about 3 KB each this is 1.5 MB."""
TITLE = 60
"""Characters of a first question that become the title."""
THUMBS = ("up", "down", "")


class Conversations:
    """The conversations of one box. To all but its owner a conversation does not exist."""

    def __init__(
        self, settings: Settings, db: Database, auth: Auth, library: Library, privacy: Privacy, *,
        judged: Callable[[Turn], None] = lambda _: None,
    ) -> None:  # fmt: skip
        """`judged` is told each turn that somebody gave a thumb, as it is then."""
        self._most = settings.max_conversations
        self._db = db
        self._auth = auth
        self._privacy = privacy
        self._recall = Recall(auth, library, privacy)
        self._judged = judged

    # -- conversations -------------------------------------------------------------------------------------

    def find(self, actor: Actor, *, search: str = "", limit: int = 50, offset: int = 0) -> list[Conversation]:
        """Return conversations, the one last asked in first; `search` looks in titles, questions and answers."""
        like = "%" + search.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_") + "%"
        rows = self._db.read(
            """SELECT c.*, (SELECT count(*) FROM turns t WHERE t.conversation = c.id) AS questions,
                title LIKE ?2 ESCAPE '\\' OR EXISTS (SELECT 1 FROM turns t WHERE t.conversation = c.id
                    AND t.question LIKE ?2 ESCAPE '\\') AS plain
            FROM conversations c WHERE user = ?1 AND (plain OR EXISTS (SELECT 1 FROM turns t
                WHERE t.conversation = c.id AND t.answer LIKE ?2 ESCAPE '\\'))
            ORDER BY changed_at DESC, id""",
            actor.name, like,
        )  # fmt: skip
        # An answer may have the words only where its reader may no longer see them.
        found = (r for r in rows if r["plain"] or self._shows(actor, r["id"], search))
        return [conversation_of(r) for r in islice(found, offset, offset + limit)]

    def get(self, actor: Actor, conversation: str) -> Conversation:
        """Return one conversation.

        Raises:
            NotFound: the actor has none of this id.
        """
        rows = self._db.read(
            """SELECT c.*, (SELECT count(*) FROM turns t WHERE t.conversation = c.id) AS questions
            FROM conversations c WHERE id = ? AND user = ?""",
            conversation, actor.name,
        )  # fmt: skip
        if not rows:
            raise NotFound(f"You have no conversation {conversation}. GET /api/conversations lists yours.")
        return conversation_of(rows[0])

    def turns(self, actor: Actor, conversation: str) -> list[Turn]:
        """Return a conversation's questions and answers, oldest first. Raises what `get` raises."""
        self.get(actor, conversation)
        rows = self._db.read("SELECT * FROM turns WHERE conversation = ? ORDER BY seq", conversation)
        return list(self._recall.visible(actor, map(turn_of, rows)))

    def rename(self, actor: Actor, conversation: str, title: str) -> Conversation:
        """Give a conversation another title.

        Raises:
            NotFound: the actor has none of this id.
            BadInput: the title is empty.
        """
        self.get(actor, conversation)
        if not (shown := shortened(title, 2 * TITLE)):
            raise BadInput("The title is empty. Give the conversation a name.")
        with self._db.write() as db:
            db.execute("UPDATE conversations SET title = ? WHERE id = ?", (shown, conversation))
        return self.get(actor, conversation)

    def delete(self, actor: Actor, conversation: str) -> None:
        """Delete a conversation with its answers and what was thought of them. Raises what `get` raises."""
        self.get(actor, conversation)
        with self._db.write() as db:
            db.execute("DELETE FROM conversations WHERE id = ?", (conversation,))

    def expire(self, before: datetime) -> int:
        """Delete all users' conversations in which nobody asked since a time; return how many."""
        with self._db.write() as db:
            limit = before.astimezone(UTC).isoformat(timespec="microseconds")
            return db.execute("DELETE FROM conversations WHERE changed_at < ?", (limit,)).rowcount

    # -- turns ---------------------------------------------------------------------------------------------

    def previous(self, actor: Actor, conversation: str) -> str:
        """Return the last question as it was understood; "" in a conversation that is to be begun.

        Raises:
            NotFound: the actor has no conversation of this id.
            Conflict: it is full.
        """
        if conversation == NEW:
            return ""
        if self.get(actor, conversation).questions >= MOST_TURNS:
            raise Conflict(f"The conversation has {MOST_TURNS} questions, the most there may be. Begin a new one.")
        rows = self._db.read("SELECT * FROM turns WHERE conversation = ? ORDER BY seq", conversation)
        if not rows:
            return ""
        *_, last = self._recall.visible(actor, map(turn_of, rows))
        # As it was kept: without what is hidden from who reads it, it would ask for something else.
        return str((rows[-1]["asked"] if last.answer.asked else "") or rows[-1]["question"])

    def begin(self, actor: Actor, conversation: str, question: str, asked: str, collection: str) -> tuple[str, str]:
        """Record a question, before its answer; return the ids of conversation and turn.

        `asked` is "" where the question was understood as typed. A new conversation takes the place of the one that
        was unused longest, where the user has as many as are kept.

        Raises:
            NotFound: the actor has no conversation of this id.
        """
        now, turn = _now(), uuid.uuid4().hex
        question, asked = self._privacy.kept(question), self._privacy.kept(asked)
        with self._db.write() as db:
            if conversation == NEW:
                conversation = uuid.uuid4().hex
                db.execute(
                    "INSERT INTO conversations VALUES (?, ?, ?, ?, ?)",
                    (conversation, actor.name, shortened(question, TITLE), now, now),
                )
                db.execute(
                    """DELETE FROM conversations WHERE id IN (SELECT id FROM conversations WHERE user = ?
                    ORDER BY changed_at DESC, id = ? DESC LIMIT -1 OFFSET ?)""",
                    (actor.name, conversation, self._most),
                )
            else:
                self.get(actor, conversation)
                db.execute("UPDATE conversations SET changed_at = ? WHERE id = ?", (now, conversation))
            db.execute(
                "INSERT INTO turns (id, conversation, question, asked, collection, asked_at) VALUES (?, ?, ?, ?, ?, ?)",
                (turn, conversation, question, asked, collection, now),
            )
        return conversation, turn

    def finish(self, turn: str, answer: Answer, *, stopped: bool) -> None:
        """Record the answer, or what there is of it; a turn that was deleted meanwhile is no error."""
        with self._db.write() as db:
            db.execute(
                "UPDATE turns SET refused = ?, stopped = ?, timings = ? WHERE id = ?",
                (answer.refused, stopped, json.dumps(answer.timings), turn),
            )
            keep(db, turn, answer)

    # -- feedback ------------------------------------------------------------------------------------------

    def judge(self, actor: Actor, turn: str, feedback: Feedback) -> None:
        """Keep what the actor thinks of an answer, in place of what was kept before.

        Raises:
            NotFound: the actor has no such turn, or may read no such file.
            BadInput: the thumb is none, or the file has no such page.
        """
        owned = "SELECT 1 FROM turns t JOIN conversations c ON c.id = t.conversation WHERE t.id = ? AND c.user = ?"
        if not self._db.read(owned, turn, actor.name):
            raise NotFound(f"You have no answer {turn}. GET /api/conversations lists your conversations.")
        if feedback.thumb not in THUMBS:
            raise BadInput(f'{feedback.thumb!r} is no thumb. Send "up", "down", or "" to take it back.')
        if bool(feedback.file) != bool(feedback.page):
            raise BadInput("The right page needs both a file and a page number. Send both, or neither.")
        if feedback.file:
            self._check_page(actor, feedback.file, feedback.page)
        with self._db.write() as db:
            db.execute(
                "UPDATE turns SET thumb = ?, file = ?, page = ? WHERE id = ?",
                (feedback.thumb, feedback.file, feedback.page, turn),
            )
        if feedback.thumb:
            self._judged(turn_of(self._db.read("SELECT * FROM turns WHERE id = ?", turn)[0]))

    def questions(self) -> list[dict[str, Any]]:
        """Return the judged turns of all users as lines of a question file (`ragbox/evaluation`), oldest first.

        The right page is gold; without one, the pages that an answer with a thumb up cites, and their quotes are the
        answer. A thumb up for a refusal says that there is none. A thumb down alone says nothing that can be scored.
        """
        rows = self._db.read("SELECT * FROM turns WHERE (thumb = 'up' OR file != '') AND NOT stopped ORDER BY seq")
        found = []
        for turn in self._recall.visible(self._auth.local(), map(turn_of, rows)):
            told, said = turn.feedback, [c for c in turn.answer.citations if not c.gone]
            if told.file:
                gold, answer = [(told.file, told.page)], []
            else:
                gold, answer = list(dict.fromkeys((c.file, c.page) for c in said)), [c.quote for c in said]
            if gold or turn.answer.refused:
                found.append(
                    {
                        "id": turn.id, "answer": answer,
                        "question": turn.answer.asked or self._privacy.clean(self._auth.local(), None, turn.question),
                        "gold": [{"file": file, "page": page} for file, page in gold], "unanswerable": not gold,
                    }
                )  # fmt: skip
        return found

    def praised(self) -> list[Turn]:
        """Return the turns of all users that have a thumb up, oldest first, as far as their documents are there."""
        rows = self._db.read("SELECT * FROM turns WHERE thumb = 'up' AND NOT stopped ORDER BY seq")
        return list(self._recall.visible(self._auth.local(), map(turn_of, rows)))

    # -- what may be seen ----------------------------------------------------------------------------------

    def _check_page(self, actor: Actor, file: str, page: int) -> None:
        if not (pages := self._recall.pages(actor, file)):
            raise NotFound(f"There is no file {file!r}. GET /api/documents lists them.")
        if not 1 <= page <= max(pages):
            raise BadInput(f"{file} has {max(pages)} pages, {page} is none of them. Give another page.")

    def _shows(self, actor: Actor, conversation: str, words: str) -> bool:
        return any(words.casefold() in turn.answer.text.casefold() for turn in self.turns(actor, conversation))


def shortened(text: str, most: int) -> str:
    """Return a text in one line of at most `most` characters, cut between words, "…" where something is left out."""
    line = " ".join(text.split())
    if len(line) <= most:
        return line
    cut = line[: most - 1]
    words = cut if line[most - 1].isspace() else cut.rpartition(" ")[0]
    return (words if len(words) > most // 2 else cut).rstrip(" ,;:，；：、") + "…"


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="microseconds")
