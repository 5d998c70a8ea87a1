"""The conversation in the window: connects store, book, controller and page. One object of the
composition root."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Qt, QUrl, Slot
from PySide6.QtGui import QDesktopServices, QGuiApplication
from PySide6.QtWidgets import QMessageBox

from app.chat_actions import ChatActions
from app.conversation.book import ConversationBook
from app.conversation.controller import CannotAsk, ConversationController
from app.conversation.drafts import Drafts
from app.conversation.saving import ConversationSaving
from app.conversation.sentences import Sentences
from app.conversation.speaking import SpokenQuestion
from app.conversation.store import Conversation, Store
from app.models.messages import Row
from app.widgets.answers_dialog import AnswersDialog
from app.widgets.conversation_page import ConversationPage
from app.widgets.markdown import warm_up
from app.widgets.wheel import zoom_with_wheel
from engine.datatypes import Pcm, Rgb, Role
from engine.errors import ErrorKind, NestlingError

if TYPE_CHECKING:
    from collections.abc import Callable

    from app.application import Application

# What would act out of sight while another page is shown.
_BRING_THE_PAGE = (
    *("new", "rename", "delete", "speak", "go_on", "again", "edit", "keep_media"),
    *("version_back", "version_forth"),
)


class ConversationFeature(QObject):
    """Installs the page, and does what its buttons and keys say.

    `controller.ask` asks for others, too: a camera, a shortcut. `confirm` and `open_link` stand for
    what leaves the program.
    """

    def __init__(self, program: Application) -> None:
        super().__init__(program)
        self._program = program
        self._said: tuple[Pcm, tuple[Rgb, ...]] | None = None  # waits for the end of an answer
        self.confirm: Callable[[str, str, str], bool] = self._asked
        self.open_link: Callable[[QUrl], object] = QDesktopServices.openUrl
        self.store = self._opened_store()
        self.book = ConversationBook(self.store, self)
        self.controller = ConversationController(program.bridge, self.book, program.state, self)
        self.saving = ConversationSaving(self.book, program.window, self)
        self.spoken = SpokenQuestion(program.capture, program.state, program.settings, self)
        self.actions = ChatActions(program.theme, self)
        self.actions.add_menu(program.window.menuBar())
        self.page = ConversationPage(self.book.model, self.actions, program.theme, program.window)
        self.page.addActions([self.actions[name] for name in ("new", "find", "speak", "stop")])
        program.window.conversation_place.addWidget(self.page)
        self.drafts = Drafts(self.page.composer, self)
        self._sentences = Sentences(
            self.controller, self.spoken, program.state, self.page, self.actions, self
        )
        program.window.language_changed.connect(self.actions.retranslate)
        program.window.language_changed.connect(self._sentences.show_state)
        program.window.pages.page_changed.connect(self._page_changed)
        table = program.window.table
        zoom_with_wheel(self.page.view, table["text_larger"], table["text_smaller"])
        self._connect()
        self._apply_settings(frozenset({"text_size", "enter_sends"}))
        warm_up()
        self._open_last()
        self.page.show()  # a window that becomes active passes over what is not in sight
        self._page_changed(program.window.pages.page)

    def _opened_store(self) -> Store:
        file = self._program.paths.conversations_file
        if not self._program.settings.values.keep_conversations:
            return Store(None)
        try:
            store = Store(file)
        except NestlingError as error:
            self._program.say(error.kind, error.message)
            return Store(None)
        if store.problem:
            self._program.say(None, store.problem)
        return store

    def _connect(self) -> None:
        program, page, actions = self._program, self.page, self.actions
        composer, view = page.composer, page.view
        composer.sent.connect(self._sent)
        composer.stop_asked.connect(self.controller.stop)
        composer.help_asked.connect(program.window.table["open_model"].trigger)
        composer.edit.recall_asked.connect(self._recall)
        composer.speak_pressed.connect(self.spoken.press)
        composer.speak_released.connect(self.spoken.let_go)
        self.spoken.changed.connect(self._speaking_changed)
        self.spoken.heard.connect(self._heard)
        self.spoken.missed.connect(self._missed)
        view.link_clicked.connect(self._link_clicked)
        view.code_copied.connect(self._copy)
        view.version_asked.connect(self._switch)
        page.notice.taken.connect(self._take_notice)
        # Queued: what is chosen is listed anew, and the list must be done with its own signal.
        page.list.chosen.connect(self._chosen, Qt.ConnectionType.QueuedConnection)
        page.list.search_asked.connect(self._relist)
        page.list.renamed.connect(self._renamed)
        for name in _BRING_THE_PAGE:
            actions[name].triggered.connect(self._bring_the_page)
        for name, slot in {
            "new": self._new,
            "find": self._find,
            "rename": self.page.begin_rename,
            "speak": self.spoken.toggle,
            "stop": self.controller.stop,
            "go_on": self.controller.go_on,
            "again": self._again,
            "edit": self._edit,
            "version_back": self._back,
            "version_forth": self._forth,
            "copy_message": self._copy_message,
            "copy_code": self._copy_code,
            "keep_media": self._keep_media,
            "answers": self._show_answers,
            "export_md": self.saving.ask_markdown,
            "export_json": self.saving.ask_json,
            "delete": self._delete,
        }.items():
            actions[name].triggered.connect(slot)
        self.book.failed.connect(self._failed)
        self.book.recovered.connect(self._recovered)
        self.saving.told.connect(self._program.say)
        # Queued: the controller must be done with the end of an answer.
        self.controller.answering_changed.connect(
            self._answering_changed, Qt.ConnectionType.QueuedConnection
        )
        self.controller.media_missing.connect(self._media_missing)
        self.book.listed.connect(self._relist)
        self.book.opened.connect(self._opened)
        program.settings.changed.connect(self._apply_settings)
        program.commands.deleted.connect(self.book.delete_all)
        program.commands.deleted.connect(self.drafts.forget)
        program.ending.connect(self._close)

    # --- asking ----------------------------------------------------------------------------------

    def ask(self, text: str, *, images: tuple[Rgb, ...], audio: Pcm | None = None) -> None:
        """Ask at the end, or in place of the question that is being edited.

        Raises NestlingError as `ConversationController.ask` does.
        """
        if self.drafts.editing is not None:
            self.controller.edit(self.drafts.editing, text, images=images, audio=audio)
        else:
            self.controller.ask(text, images=images, audio=audio)

    @Slot(str)
    def _sent(self, text: str) -> None:
        composer = self.page.composer
        try:
            self.ask(text, images=composer.pictures)
        except NestlingError as error:
            self._program.say(error.kind, error.message)
            return
        composer.clear()
        self.page.view.follow()

    @Slot(object)
    def _heard(self, audio: Pcm) -> None:
        self._ask_aloud(audio, self.page.composer.pictures)

    @Slot()
    def _answering_changed(self) -> None:
        """Ask what was said while the answer was being written; who asks was welcomed."""
        if self.controller.answering:
            self._program.window.end_welcome()
        if self._said is not None and not self.controller.answering:
            self._program.window.banner.clear(ErrorKind.BAD_INPUT)
            self._ask_aloud(*self._said)

    def _ask_aloud(self, audio: Pcm, images: tuple[Rgb, ...]) -> None:
        composer = self.page.composer
        waits = self.controller.obstacle is CannotAsk.ANSWERING
        self._said = (audio, images) if waits else None
        try:
            self.ask(composer.edit.toPlainText(), images=images, audio=audio)
        except NestlingError as error:
            self._program.say(error.kind, error.message)
            return
        composer.clear()
        self.page.view.follow()

    @Slot()
    def _missed(self) -> None:
        self._program.say(
            ErrorKind.NO_MICROPHONE, self.tr("No sound came from the microphone; ask again.")
        )

    @Slot()
    def _speaking_changed(self) -> None:
        self.page.composer.set_speaking(self.spoken.hearing, self.spoken.seconds)

    @Slot()
    def _recall(self) -> None:
        self.page.composer.edit.setPlainText(self.book.last_question())

    def _entered(self, role: Role | None = None) -> Row | None:
        """The message whose buttons are shown, the one with the focus, or the last of its role."""
        model = self.book.model
        number = self.page.tools.message
        index = self.page.view.currentIndex()
        place = model.place(number) if number is not None else None
        if place is None and index.isValid() and self.page.view.hasFocus():
            place = index.row()
        if place is not None and role in (None, model.row(place).message.role):
            return model.row(place)
        rows = [row for row in model.rows() if role in (None, row.message.role)]
        return rows[-1] if rows else None

    @Slot()
    def _again(self) -> None:
        row = self._entered(Role.MODEL)
        if row is not None:
            self._try(lambda: self.controller.regenerate(row.message.id))

    @Slot()
    def _edit(self) -> None:
        row = self._entered(Role.USER)
        if row is not None:
            self.drafts.edit(row.message)

    @Slot()
    def _take_notice(self) -> None:
        question = self.controller.too_long
        if question is not None:
            self.drafts.edit(question)
        else:
            self.controller.go_on()

    @Slot()
    def _back(self) -> None:
        self._switch_entered(-1)

    @Slot()
    def _forth(self) -> None:
        self._switch_entered(1)

    def _switch_entered(self, step: int) -> None:
        row = self._entered()
        if row is not None and row.versions == 1:  # the newest fork on the way to it
            forks = [other for other in self.book.model.rows() if other.versions > 1]
            row = forks[-1] if forks else None
        if row is not None:
            self._switch(row.message.id, step)

    @Slot(int, int)
    def _switch(self, number: int, step: int) -> None:
        other = self.book.tree.neighbour(number, step)
        if other is not None and not self.controller.answering:
            self.book.switch(number, step)
            self.page.view.show_message(other)

    def _try(self, act: Callable[[], object]) -> None:
        try:
            act()
        except NestlingError as error:
            self._program.say(error.kind, error.message)

    # --- what leaves the page --------------------------------------------------------------------

    @Slot()
    def _copy_message(self) -> None:
        row = self._entered()
        text = self.page.view.marking.text() or (row.message.text if row else "")
        if text:
            self._copy(text)

    @Slot()
    def _copy_code(self) -> None:
        row = self._entered(Role.MODEL)
        code = self.page.view.layouts.code(row) if row is not None else []
        if code:
            self._copy(code[-1])

    @Slot()
    def _keep_media(self) -> None:
        """Keep what went with the entered question, or with the last that has something."""
        entered = self._entered(Role.USER)
        rows = [*self.book.model.rows(), *([entered] if entered is not None else [])]
        asked = [row.message for row in rows if row.message.has_media and not row.message.kept]
        if not asked:
            return
        if not self.book.keeps:
            self._program.say(
                None,
                self.tr("Nothing is kept while conversations are not; the settings say so."),
            )
            return
        self._try(lambda: self.book.keep_media(asked[-1].id))
        self._sentences.show_state()

    @Slot(int)
    def _media_missing(self, count: int) -> None:
        self._program.say(
            None,
            self.tr(
                "Pictures and sound of %Ln questions were not kept: the model answers "
                "without them.",
                "",
                count,
            ),
        )

    @Slot(str)
    def _copy(self, text: str) -> None:
        QGuiApplication.clipboard().setText(text)

    @Slot(str)
    def _link_clicked(self, href: str) -> None:
        """Show where a link leads, whole, before anything is opened."""
        url = QUrl(href)
        shown = url.toDisplayString()
        if self.confirm(
            self.tr("Open this link?"),
            self.tr(
                "The model wrote it, and it may lead anywhere. It opens in your browser:\n\n{url}"
            ).format(url=shown),
            self.tr("Open"),
        ):
            self.open_link(url)

    # --- conversations ---------------------------------------------------------------------------

    def _open_last(self) -> None:
        self._relist()
        try:
            kept = self.book.conversations()
            if kept:
                self.book.open(kept[0])
        except NestlingError as error:
            self._program.say(error.kind, error.message)

    @Slot(str)
    def _page_changed(self, name: str) -> None:
        """What is typed is the question, except where somebody walks along the tabs."""
        if name == "conversation" and not self._program.window.pages.tabs.hasFocus():
            self.page.composer.edit.setFocus()

    @Slot()
    def _bring_the_page(self) -> None:
        self._program.window.pages.show_page("conversation")

    @Slot()
    def _new(self) -> None:
        self.book.new()
        self.page.composer.edit.setFocus()

    @Slot()
    def _find(self) -> None:
        fresh = not self.page.isVisible()
        self._bring_the_page()
        self.page.show_search(fresh=fresh)

    @Slot(object, object)
    def _chosen(self, conversation: Conversation, message: int | None) -> None:
        shown = self.book.conversation
        try:
            there = shown is not None and shown.id == conversation.id
            if not there or (message is not None and self.book.model.place(message) is None):
                self.book.open(conversation, message)
        except NestlingError as error:
            self._program.say(error.kind, error.message)
            return
        if message is not None:
            self.page.view.show_message(message)
            self.page.view.marking.mark_found(message, self.page.list.searching)

    @Slot()
    def _opened(self) -> None:
        """Another conversation is in sight: its own draft, from its end."""
        if self._said is not None:  # to the one before
            self._said = None
            self._program.window.banner.clear(ErrorKind.BAD_INPUT)
            self._program.say(
                None,
                self.tr(
                    "What you said while the answer was being written was not asked, because you "
                    "went to another conversation."
                ),
            )
        shown, model = self.book.conversation, self.book.model
        self.drafts.go_to(
            shown.id if shown is not None else None,
            lambda number: model.place(number) is not None,
        )
        self.page.view.follow()
        self._relist()

    @Slot()
    def _relist(self) -> None:
        shown = self.book.conversation.id if self.book.conversation else None
        self.drafts.name(shown)
        words = self.page.list.searching
        try:
            if words:
                self.page.list.show_found(self.book.search(words), shown)
            else:
                self.page.list.show_all(self.book.conversations(), shown)
        except NestlingError as error:
            self._program.say(error.kind, error.message)

    @Slot(object, str)
    def _renamed(self, conversation: Conversation, title: str) -> None:
        self.book.rename(conversation, title)

    @Slot()
    def _delete(self) -> None:
        conversation = self.book.conversation
        if conversation is not None and self.confirm(
            self.tr("Delete this conversation?"),
            self.tr("“{title}” will be deleted for good, on every branch.").format(
                title=conversation.title
            ),
            self.tr("Delete"),
        ):
            self.book.delete(conversation)

    @Slot()
    def _show_answers(self) -> None:
        dialog = AnswersDialog(
            self.book.system, self.book.sampling, self._program.theme, self._program.window
        )
        dialog.system_changed.connect(self.book.set_system)
        dialog.sampling_changed.connect(self.book.set_sampling)
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()

    # --- the program -----------------------------------------------------------------------------

    @Slot(object)
    def _apply_settings(self, names: frozenset[str]) -> None:
        values = self._program.settings.values
        if "text_size" in names:
            self.page.view.set_text_size(values.text_size)
        if "enter_sends" in names:
            self.page.composer.edit.enter_sends = values.enter_sends

    @Slot(object, str)
    def _failed(self, kind: ErrorKind, message: str) -> None:
        if kind is ErrorKind.DISK:
            self._program.window.banner.show_message(
                kind, message, self.tr("Try again"), self.book.retry_writing
            )
        else:
            self._program.say(kind, message)

    @Slot(object)
    def _recovered(self, kind: ErrorKind) -> None:
        self._program.window.banner.clear(kind)

    def _asked(self, title: str, text: str, action: str) -> bool:
        box = QMessageBox(self._program.window)
        box.setTextFormat(box.textFormat().PlainText)
        box.setWindowTitle(title)
        box.setText(text)
        yes = box.addButton(action, QMessageBox.ButtonRole.AcceptRole)
        box.setDefaultButton(box.addButton(QMessageBox.StandardButton.Cancel))
        box.exec()
        return box.clickedButton() is yes

    @Slot()
    def _close(self) -> None:
        """The window closes: end what is heard and written, let go of the file."""
        self.spoken.cancel()
        self.controller.stop()
        self.book.close()
