"""A conversation from the question to the last token: what is asked, kept, branched, gone on with.

Knows nothing of widgets. Everything here runs in the GUI thread, and nothing in it waits.
"""

import time
from dataclasses import replace
from enum import StrEnum

from PySide6.QtCore import QObject, Qt, QTimer, Signal, Slot

from app.bridge.bridge import EngineBridge
from app.capture.picture import fitted
from app.conversation.book import ConversationBook
from app.conversation.tree import STATES, Message, MessageState
from app.error_words import in_own_language
from app.models.live import LiveState, ModelState
from engine.datatypes import SAMPLE_RATE, Pcm, Rgb, Role, Task, Turn
from engine.errors import ErrorKind, NestlingError
from engine.protocol import Context, Finished, Heard, Token


class CannotAsk(StrEnum):
    """Why no question can be asked now."""

    NO_MODEL = "no_model"
    NO_CHAT = "no_chat"  # the model was not made for it
    ANSWERING = "answering"


_WITH_SIZE = " · "  # between a model's name and its size, where an answer tells who wrote it


class ConversationController(QObject):
    """Asks the worker, and writes its answers into the book's conversation.

    The worker is told all of a branch anew with each question; what it keeps only saves work.

    Signals:
        answering_changed(): `answering` or `obstacle` is another.
        context_changed(): `used`, `limit` or the book's `dropped` is another.
        notice_changed(): what can be gone on with is another.
        media_missing(int): so many questions are told again without their pictures or sound, which
            were not kept; once for a conversation, and whenever one is asked anew.
    """

    answering_changed = Signal()
    context_changed = Signal()
    notice_changed = Signal()
    media_missing = Signal(int)

    def __init__(
        self,
        bridge: EngineBridge,
        book: ConversationBook,
        state: LiveState,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._bridge, self.book, self._state = bridge, book, state
        self.used = self.limit = 0  # tokens; 0: not known yet
        self._answer: Message | None = None  # being written
        self._turns: tuple[Turn, ...] = ()  # asked for, and not yet sent
        self._turn: int | None = None  # the worker answers it
        self._missing_told = False
        self._told = 0  # messages that this answer is known to leave out
        self._failure: ErrorKind | None = None  # the newest of the worker's; comes before the end
        bridge.heard.connect(self._take_heard)
        bridge.token.connect(self._take_token)
        bridge.context_changed.connect(self._take_context)
        bridge.failed.connect(self._take_failure)
        bridge.finished.connect(self._take_end)
        bridge.loaded.connect(self._model_ready)
        bridge.gave_up.connect(self._give_up)
        state.model_changed.connect(self.answering_changed)
        # After everyone who listens to the same signal.
        state.model_changed.connect(self._send_waiting, Qt.ConnectionType.QueuedConnection)
        book.leaving.connect(self.stop)
        book.opened.connect(self._conversation_opened)
        book.moved.connect(self.notice_changed)

    # --- asking ----------------------------------------------------------------------------------

    @property
    def answering(self) -> bool:
        """Whether an answer is being written or waited for."""
        return self._answer is not None

    @property
    def obstacle(self) -> CannotAsk | None:
        """Why `ask` would refuse; None: it would not. A model on its way is no obstacle."""
        model = self._state.model
        if model is not None and not {Task.CHAT, Task.SEE} & set(model.tasks):
            return CannotAsk.NO_CHAT
        if model is None and self._state.model_state is ModelState.MISSING:
            return CannotAsk.NO_MODEL
        return CannotAsk.ANSWERING if self.answering else None

    def ask(
        self,
        text: str,
        *,
        images: tuple[Rgb, ...] = (),
        audio: Pcm | None = None,
    ) -> int:
        """Ask at the end of the conversation in sight. Returns: the turn's id.

        images: uint8[H, W, 3] each; what is larger than a model uses is made smaller. audio:
        float32[n], 16 kHz, mono.

        Raises:
            NestlingError: BAD_INPUT while an answer is being written or with nothing to ask;
                UNSUPPORTED_TASK if the model was not made to chat, or only about pictures and
                there is none; BAD_MODEL without one.
        """
        self._refuse()
        if not text.strip() and not images and audio is None:
            raise NestlingError(
                ErrorKind.BAD_INPUT, self.tr("There is nothing to ask yet: write a question.")
            )
        images = tuple(map(fitted, images))
        question = self._new(self.book.leaf, Role.USER, text, images, audio)
        self._refuse_unseen(question)
        self._begin(question)
        return question.id

    @Slot()
    def stop(self) -> None:
        """End the answer now; what is written stays. The worker follows at its next step."""
        answer = self._answer
        if answer is None:
            return
        if self._turns:
            self._turns = ()  # never sent
        else:
            self._bridge.stop_answer()
        self._settle(replace(answer, state=MessageState.STOPPED))

    def regenerate(self, number: int) -> None:
        """Another answer beside the answer `number`, on a branch of its own."""
        self._refuse()
        tree = self.book.tree
        question = tree[number].parent
        if tree[number].role is Role.MODEL and question is not None:
            self._refuse_unseen(tree[question])
            self._begin(tree[question], anew=True)

    def edit(
        self,
        number: int,
        text: str,
        *,
        images: tuple[Rgb, ...] = (),
        audio: Pcm | None = None,
    ) -> int:
        """Ask another question in place of `number`; the old one stays on its branch.

        images: uint8[H, W, 3] each, instead of those that went with it; none: the same go again.
        audio: float32[n], 16 kHz, mono, instead of what was said with it; in a model that puts
            sound into words also instead of the words that it made, if they are unchanged.

        Returns: the new question's id.
        """
        self._refuse()
        old = self.book.tree[number]
        if images:  # to keep the old ones was no word about these
            fresh = tuple(map(fitted, images))
            old = replace(old, images=fresh, pictures=len(fresh), kept=False)
        corrected = not old.text.strip() and text.strip() and self._answers_words()
        if audio is not None:
            if text == old.text and self._answers_words():
                text = ""
            old = replace(old, audio=audio, sound_s=audio.size / SAMPLE_RATE, kept=False)
        elif not corrected:  # else what was heard in it is not said once more
            audio = old.audio
        question = self._new(old.parent, Role.USER, text, old.images, audio)
        self._refuse_unseen(question)
        self._begin(question, anew=True, lost=old.forgotten)
        if old.kept:
            try:
                self.book.keep_media(question.id)
            except NestlingError as error:
                self.book.failed.emit(error.kind, in_own_language(error.kind, error.message))
        return question.id

    def _answers_words(self) -> bool:
        """Whether the model puts sound into words; see `engine.questions`."""
        return self._state.model is not None and self._state.model.demonstration

    @Slot()
    def go_on(self) -> None:
        """Go on with the last answer, which was cut off or stopped."""
        last = self.book.last
        if last is None or not self.can_go_on or self.obstacle is not None:
            return
        turns = self._turns_to(last.parent)
        if last.text:
            turns += (Turn(last.id, Role.MODEL, last.text),)
        by = last.model if last.text else ""
        self._write(turns, replace(last, model=by, state=MessageState.WRITING))

    @property
    def can_go_on(self) -> bool:
        """Whether the last answer has not come to its end, and may."""
        last = self.book.last
        unfinished = last is not None and last.role is Role.MODEL and last.state.can_go_on
        return unfinished and self.too_long is None

    @property
    def too_long(self) -> Message | None:
        """The last question, if the model cannot hold it even alone; another one may."""
        last, model = self.book.last, self._state.model
        if last is None or last.parent is None or last.text or model is None:
            return None
        asked = last.model.rpartition(_WITH_SIZE)[0]
        full = last.state is MessageState.CONTEXT_FULL and asked == model.name
        return self.book.tree[last.parent] if full else None

    def _refuse(self) -> None:
        match self.obstacle:
            case CannotAsk.NO_CHAT:
                raise NestlingError(ErrorKind.UNSUPPORTED_TASK, self.no_chat_sentence())
            case CannotAsk.NO_MODEL:
                raise NestlingError(
                    ErrorKind.BAD_MODEL, self.tr("No model is open. Open a model folder first.")
                )
            case CannotAsk.ANSWERING:
                raise NestlingError(
                    ErrorKind.BAD_INPUT,
                    self.tr("An answer is still being written: stop it, or wait for its end."),
                )

    def _refuse_unseen(self, question: Message) -> None:
        """A model that was made for pictures alone needs one in the branch."""
        model = self._state.model
        if model is None or Task.CHAT in model.tasks:
            return
        if not any(one.images for one in (*self.book.tree.path(question.parent), question)):
            raise NestlingError(
                ErrorKind.UNSUPPORTED_TASK,
                self.tr(
                    "{name} answers questions about pictures only: add a picture, or open the "
                    "folder of a general Gemma 3n model (E2B or E4B) to ask other things."
                ).format(name=model.name),
            )

    def no_chat_sentence(self) -> str:
        """Why this model does not answer, and how to get one that does."""
        name = self._state.model.name if self._state.model else ""
        return self.tr(
            "{name} was made to listen, not to answer: open the folder of a general Gemma 3n model "
            "(E2B or E4B) to ask things."
        ).format(name=name)

    def _new(
        self,
        parent: int | None,
        role: Role,
        text: str,
        images: tuple[Rgb, ...] = (),
        audio: Pcm | None = None,
    ) -> Message:
        sound_s = audio.size / SAMPLE_RATE if audio is not None else 0.0
        return Message(
            self.book.new_id(),
            parent,
            role,
            text,
            created=time.time(),
            pictures=len(images),
            sound_s=sound_s,
            images=images,
            audio=audio,
        )

    def _begin(self, question: Message, *, anew: bool = False, lost: bool = False) -> None:
        """Put a question and an empty answer at the end of a branch, and ask.

        anew: it has been asked before. lost: what it stands for had pictures or sound once.
        """
        answer = replace(self._new(question.id, Role.MODEL, ""), state=MessageState.WRITING)
        path = self.book.tree.path(question.parent)
        self._write(self._turns_of([*path, question]), question, answer)
        missing = lost + sum(message.forgotten for message in [*path, question])
        if missing and (anew or not self._missing_told):
            self._missing_told = True
            self.media_missing.emit(missing)

    def _write(self, turns: tuple[Turn, ...], *messages: Message) -> None:
        """Bring the messages in sight, the last of them an answer, and have it written."""
        self.book.grow(*messages)
        self._answer, self._turns = messages[-1], turns
        self._send()
        self.answering_changed.emit()
        self.notice_changed.emit()

    def _turns_to(self, leaf: int | None) -> tuple[Turn, ...]:
        return self._turns_of(self.book.tree.path(leaf))

    def _turns_of(self, path: list[Message]) -> tuple[Turn, ...]:
        """What the model is told: the instruction, and the branch from where it still sees it."""
        numbers = [message.id for message in path]
        begin = numbers.index(self.book.first) if self.book.first in numbers else 0
        turns = [Turn(m.id, m.role, m.text, audio=m.audio, images=m.images) for m in path[begin:]]
        if self.book.system.strip():
            turns.insert(0, Turn(0, Role.SYSTEM, self.book.system.strip()))
        return tuple(turns)

    def _send(self) -> None:
        """Ask the worker, once it has a model, none is on its way, and what was stopped has ended.

        While it loads one it would not see that the question has been stopped.
        """
        model = self._state.model
        if model is None or self._state.model_state is ModelState.LOADING:
            return
        if self._turns and self._turn is None and self._answer is not None:
            if not self._answer.model:
                by = model.name + _WITH_SIZE + self._state.size
                self._answer = replace(self._answer, model=by)
            turns, self._turns = self._turns, ()
            self._turn, self._told, self._failure = turns[-1].id, 0, None
            self._bridge.ask(turns, self.book.sampling.params(), starter=self._state.starter_wanted)

    # --- what the worker says --------------------------------------------------------------------

    @Slot(object)
    def _take_heard(self, heard: Heard) -> None:
        """The question is now the words that it was understood as: seen, and edited if wrong.

        One that another answer belongs to as well stays the sound that this one was given to.
        """
        answer = self._answer
        if heard.turn != self._turn or answer is None or answer.parent != heard.turn:
            return
        if len(self.book.tree.versions(answer.id)) == 1:
            self.book.reword(heard.turn, heard.text)

    @Slot(object)
    def _take_token(self, token: Token) -> None:
        answer = self._answer
        if answer is None or token.turn != self._turn or self._turns:
            return  # of an answer that was stopped
        if self.used:
            self.used += 1
            self.context_changed.emit()
        if not token.piece:
            return
        self._answer = replace(answer, text=answer.text + token.piece)
        self.book.write(self._answer, token.piece)

    @Slot(object)
    def _take_context(self, context: Context) -> None:
        if context.turn != self._turn or self._turns or self._answer is None:
            return
        self.used, self.limit = context.used, context.limit
        if context.dropped:
            self.book.leave_out(context.dropped - self._told)
            self._told = context.dropped
        self.context_changed.emit()

    @Slot(object, str)
    def _take_failure(self, kind: ErrorKind, _message: str) -> None:
        self._failure = kind

    @Slot(object)
    def _take_end(self, finished: Finished) -> None:
        if finished.turn != self._turn:
            return
        self._turn = None
        if self._answer is not None and not self._turns:
            state = STATES[finished.reason]
            if state is MessageState.CUT and self._failure is ErrorKind.CONTEXT_FULL:
                state = MessageState.CONTEXT_FULL
            self._settle(replace(self._answer, state=state))
        # Only after the bridge has told all: the worker may have died of it.
        QTimer.singleShot(0, self, self._send_waiting)

    def _settle(self, answer: Message) -> None:
        """The answer has ended: keep it whole."""
        self._answer = None
        self.book.settle(answer)
        self.answering_changed.emit()
        self.notice_changed.emit()

    @Slot(object)
    def _model_ready(self, _model: object) -> None:
        self.book.first = None  # another model may hold more

    @Slot()
    def _send_waiting(self) -> None:
        if self._turns and self.obstacle is CannotAsk.NO_CHAT and self._answer is not None:
            self._turns = ()
            self._settle(replace(self._answer, state=MessageState.CUT))
        self._send()

    @Slot()
    def _conversation_opened(self) -> None:
        self._missing_told = False
        self.used = self.limit = 0
        self.context_changed.emit()
        self.answering_changed.emit()
        self.notice_changed.emit()

    @Slot()
    def _give_up(self) -> None:
        """There will be no worker: what waits for one does not wait any more."""
        if self._answer is not None:
            self._turns, self._turn = (), None
            self._settle(replace(self._answer, state=MessageState.CUT))
