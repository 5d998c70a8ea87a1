"""What the page says of the conversation's state: obstacles, what can be gone on with, the context.

Shows only; what is said is done elsewhere.
"""

from PySide6.QtCore import QObject, Slot

from app.chat_actions import ChatActions
from app.conversation.controller import CannotAsk, ConversationController
from app.conversation.speaking import SpokenQuestion
from app.conversation.tree import MessageState
from app.models.live import LiveState
from app.widgets.conversation_page import ConversationPage


class Sentences(QObject):
    """Keeps notice, meter, obstacle and the state of actions up to date."""

    def __init__(
        self,
        controller: ConversationController,
        spoken: SpokenQuestion,
        state: LiveState,
        page: ConversationPage,
        actions: ChatActions,
        parent: QObject,
    ) -> None:
        super().__init__(parent)
        self._controller, self._spoken, self._state = controller, spoken, state
        self._page, self._actions = page, actions
        controller.answering_changed.connect(self.show_state)
        controller.notice_changed.connect(self.show_state)
        controller.context_changed.connect(self._show_context)
        spoken.changed.connect(self._show_speaking)
        state.coming_changed.connect(self._show_context)
        controller.book.opened.connect(self.show_state)
        self.show_state()

    @Slot()
    def show_state(self) -> None:
        """Bring everything up to date."""
        controller = self._controller
        obstacle = controller.obstacle
        if obstacle is CannotAsk.NO_CHAT:
            self._page.composer.set_obstacle(
                controller.no_chat_sentence(), self.tr("Open model folder…")
            )
        elif obstacle is CannotAsk.NO_MODEL:
            self._page.composer.set_obstacle(
                self.tr("There is no model to ask: open the folder of a Gemma 3n model."),
                self.tr("Open model folder…"),
            )
        else:
            self._page.composer.set_obstacle("")
        answering = controller.answering
        self._page.composer.set_answering(answering)
        kept = controller.book.conversation is not None
        self._actions["stop"].setEnabled(answering)
        self._actions["go_on"].setEnabled(controller.can_go_on and obstacle is None)
        for name in ("again", "edit"):
            self._actions[name].setEnabled(kept and obstacle is None)
        forked = any(row.versions > 1 for row in controller.book.model.rows())
        for name in ("version_back", "version_forth"):
            self._actions[name].setEnabled(forked and not answering)
        self._page.view.set_switching(not answering)
        for name in ("rename", "delete", "export_md", "export_json"):
            self._actions[name].setEnabled(kept)
        unkept = any(m.has_media and not m.kept for m in controller.book.path)
        self._actions["keep_media"].setEnabled(unkept)
        self._show_speaking()
        self._show_context()

    @Slot()
    def _show_speaking(self) -> None:
        """A question can be said when it can be heard and asked; one that is heard, ended."""
        can_ask = self._spoken.possible and self._controller.obstacle is None
        self._actions["speak"].setEnabled(self._spoken.hearing or can_ask)

    @Slot()
    def _show_context(self) -> None:
        controller = self._controller
        self._page.composer.meter.set_use(controller.used, controller.limit)
        last = controller.book.last
        go_on = self.tr("Go on") if controller.obstacle is None else ""
        text = self._cut_short()
        full = last is not None and last.state is MessageState.CONTEXT_FULL and self._alone
        full = full and bool(last and last.text)
        action = go_on if text and not full else ""
        if controller.too_long is not None:
            text = self.tr("This question is longer than the model holds: shorten it.")
            action = self._actions["edit"].text() if go_on else ""
        if controller.answering and self._state.coming:
            text = self._state.coming_sentence
        elif controller.book.dropped:
            said = self.tr(
                "The context is full: the model does not see the %Ln oldest messages any more.",
                "",
                controller.book.dropped,
            )
            text = f"{text} {said}".strip()
        if (text, action) != (self._page.notice.text, self._page.notice.button.text()):
            self._page.notice.show_sentence(text, action)

    @property
    def _alone(self) -> bool:
        """Whether the model sees the last question and its answer, and nothing before."""
        return len(self._controller.book.path) - self._controller.book.dropped <= 2

    def _cut_short(self) -> str:
        """Why the last answer has not come to its end; empty if it has."""
        last = self._controller.book.last
        match last.state if last is not None and self._controller.can_go_on else None:
            case MessageState.STOPPED:
                return self.tr("You stopped this answer.")
            case MessageState.LENGTH:
                return self.tr("The answer ended at the longest length allowed.")
            case MessageState.CONTEXT_FULL | MessageState.CUT if last is not None and not last.text:
                return self.tr("The answer was cut off before its first word.")
            case MessageState.CONTEXT_FULL if self._alone:
                return self.tr(
                    "This answer fills the context by itself; ask for a shorter one, or begin a "
                    "new conversation."
                )
            case MessageState.CONTEXT_FULL:
                return self.tr(
                    "The context is full; to go on, the oldest messages fall out of the model's "
                    "sight."
                )
            case MessageState.CUT:
                return self.tr("The answer was cut off; what was written is kept.")
        return ""
