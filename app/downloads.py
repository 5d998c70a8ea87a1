"""Models that come and go: runs the child, keeps the library, shows the page, which may close."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, QUrl, Slot
from PySide6.QtGui import QDesktopServices

from app.error_words import ErrorWords, in_own_language
from app.model_process import ModelProcess
from app.models.library import Here, Library, Step
from app.models.live import Phase
from app.widgets.models_dialog import ModelsDialog
from engine.errors import ErrorKind

if TYPE_CHECKING:
    from app.application import Application

# No model's name has brackets.
_LIST, _FORGET, _FORGET_TOO = "(list)", "(forget)", "(forget too)"


class Downloads(QObject):
    """The feature behind the page of models. Starts nothing before a person opens that page.

    State: `library`; `dialog` once it was opened.
    """

    def __init__(self, program: Application) -> None:
        super().__init__(program)
        self._program = program
        self._settings, self._window = program.settings, program.window
        self.library = Library(self)
        self.dialog: ModelsDialog | None = None
        self._runs: dict[str, ModelProcess] = {}
        self._removing_after: set[str] = set()
        self._stopped: set[str] = set()
        self._list_again = False
        program.window.table["models"].triggered.connect(self.show)
        program.commands.deleted.connect(self._deleted)
        program.state.model_changed.connect(self._opened)
        program.state.phase_changed.connect(self._opened)
        program.closed.connect(self.close)
        program.settings.changed.connect(self._settings_changed)
        self._opened()

    # --- the page --------------------------------------------------------------------------------

    @Slot()
    def show(self) -> None:
        """Open the page."""
        if self.dialog is None:
            self.dialog = ModelsDialog(
                self.library, self._settings, self._window.theme, self._window
            )
            for signal, slot in (
                (self.dialog.get_asked, self.get),
                (self.dialog.stop_asked, self.stop),
                (self.dialog.drop_asked, self.drop),
                (self.dialog.open_asked, self.open),
                (self.dialog.page_asked, self.show_page),
                (self.dialog.answered, self.answer),
                (self.dialog.folder_chosen, self.take_folder),
                (self.dialog.forget_asked, self.forget_token),
                (self.dialog.connections_asked, self._show_connections),
                (self.dialog.local_asked, self._open_local),
                (self.dialog.bundled_asked, self._open_bundled),
            ):
                signal.connect(slot)
        self.refresh()
        self.dialog.show_outcome("")
        self.dialog.show()
        self.dialog.raise_()
        self.dialog.activateWindow()

    @Slot()
    def refresh(self) -> None:
        """Look at the disk again; asks no server."""
        if _LIST in self._runs:
            self._list_again = True  # what it finds may be old already
        else:
            self._start(_LIST, ["list", "--json", *self._place(), *self._server()])

    @Slot()
    def _opened(self) -> None:
        state = self._program.state
        folder = state.model.folder if state.model is not None else ""
        self.library.show_opened(folder, may_open=state.phase is Phase.IDLE)

    @Slot()
    def _show_connections(self) -> None:
        self._program.commands.show_connections()

    @Slot()
    def _open_local(self) -> None:
        self._window.table["open_model"].trigger()

    @Slot()
    def _open_bundled(self) -> None:
        self._window.table["bundled_model"].trigger()

    @Slot(object)
    def _settings_changed(self, names: frozenset[str]) -> None:
        if names & {"models_folder", "models_server"} and self.dialog is not None:
            self.refresh()

    # --- what a person can ask for ---------------------------------------------------------------

    @Slot(str)
    def get(self, name: str) -> None:
        """Download, or go on."""
        if name not in self._runs:
            self.library.move(name, step=Step.STARTING, kind=None, message="", rate=0.0)
            words = ["get", name, "--progress", "json", *self._place(), *self._server()]
            self._start(name, words)

    @Slot(str)
    def stop(self, name: str) -> None:
        """Stop for now; what has arrived stays."""
        if name in self._runs:
            self._stopped.add(name)
            self.library.move(name, step=Step.STOPPING)
            self._runs[name].stop()

    @Slot(str)
    def drop(self, name: str) -> None:
        """Take what is there of it off the disk, after stopping it if it is on its way."""
        if name in self._runs:
            self._removing_after.add(name)
            self.stop(name)
        else:
            self.library.move(name, step=Step.REMOVING, kind=None, message="")
            self._stopped.discard(name)
            self._start(name, ["remove", name, *self._place()])

    @Slot(str)
    def open(self, name: str) -> None:
        """Use it from now on."""
        if (model := self.library.models.get(name)) is not None and self.library.may_open:
            self._program.commands.model_chosen.emit(model.folder)

    @Slot(str)
    def show_page(self, address: str) -> None:
        """A page of the server, in the browser."""
        QDesktopServices.openUrl(QUrl(address))

    @Slot(str, str)
    def answer(self, name: str, token: str) -> None:
        """The token that a download waits for."""
        if name in self._runs:
            self.library.move(name, step=Step.STARTING)
            self._runs[name].answer(token)

    @Slot(str)
    def take_folder(self, folder: str) -> None:
        """Keep models there from now on."""
        self._settings.change(models_folder=folder)

    @Slot()
    def forget_token(self) -> None:
        """Take the token out of the system's keyring."""
        self._forget(_FORGET)

    @Slot()
    def _deleted(self) -> None:
        """Everything kept shall go; the keyring is the user's, not that of a profile beside it."""
        if self._program.options.profile is None:
            self._forget(_FORGET_TOO)

    # --- children --------------------------------------------------------------------------------

    def _forget(self, name: str) -> None:
        if name not in self._runs:
            self._start(name, ["token", "--forget", "--json", *self._server()])

    def _place(self) -> list[str]:
        folder = self._settings.values.models_folder or self._program.paths.models_folder
        return ["--folder", str(folder)]

    def _server(self) -> list[str]:
        server = self._settings.values.models_server
        return ["--server", server] if server else []

    def _start(self, name: str, words: list[str]) -> None:
        run = ModelProcess(name, words, self)
        run.said.connect(self._said)
        run.ended.connect(self._ended)
        self._runs[name] = run
        run.start()

    @Slot(str, object)
    def _said(self, name: str, said: dict[str, Any]) -> None:
        if name == _LIST:
            self.library.show_listing(said)
            return
        if name in (_FORGET, _FORGET_TOO):
            if name == _FORGET:
                self._tell_forgotten(said["host"], was_kept=said["forgotten"])
            return
        move = self.library.move
        match said.get("event"):
            case "planned":
                move(name, total=said["total"], here=said["here"], step=Step.STARTING)
            case "checking":
                move(name, step=Step.CHECKING)
            case "arriving":
                move(
                    name,
                    step=Step.ARRIVING,
                    state=Here.PARTIAL,
                    here=said["done"],
                    total=said["total"],
                    rate=said["rate"],
                    seconds_left=said["seconds_left"],
                )
            case "waiting":
                move(name, step=Step.WAITING, reason=said["reason"], wait_s=said["seconds"])
            case "token_wanted":
                move(
                    name,
                    step=Step.ASKING,
                    kind=ErrorKind.TOKEN,
                    message=said["message"],
                    token_page=said["page"],
                    token_refused=said["refused"],
                    page=said["terms"],
                )
                title = self.library.models[name].title
                self._tell(self.tr("The download of {name} waits for a token.").format(name=title))
            case "token_kept":
                move(name, kind=None, message=said["message"])
            case "failed":
                move(name, kind=ErrorKind(said["kind"]), message=said["message"])

    @Slot(str, bool, str)
    def _ended(self, name: str, good: bool, words: str) -> None:
        self._runs.pop(name).deleteLater()
        if name == _LIST:
            if not good:
                self.library.show_fault(words)
            if self._list_again:
                self._list_again = False
                self.refresh()
            return
        if name in (_FORGET, _FORGET_TOO):
            if not good:
                self._tell_not_forgotten(words, with_everything=name == _FORGET_TOO)
            return
        model = self.library.models[name]
        stopped = name in self._stopped
        self._stopped.discard(name)
        arrived = good and model.step is not Step.REMOVING
        if not good and not stopped and model.kind in (None, ErrorKind.TOKEN):
            self.library.move(name, kind=ErrorKind.INTERNAL, message=words)
        self.library.move(name, step=Step.NONE, rate=0.0, seconds_left=None)
        if name in self._removing_after:
            self._removing_after.discard(name)
            self.drop(name)
            return
        self.refresh()
        if arrived:
            self._tell(self.tr("{name} has arrived.").format(name=model.title))
        elif not (good or stopped):
            self._tell(self.tr("The download of {name} has stopped.").format(name=model.title))

    def _tell_forgotten(self, host: str, *, was_kept: bool) -> None:
        text = (
            self.tr("The token for {host} is forgotten.")
            if was_kept
            else self.tr("No token for {host} was kept.")
        ).format(host=host)
        self._window.banner.clear(ErrorKind.KEYRING)
        self._tell_on_page(None, text)

    def _tell_not_forgotten(self, words: str, *, with_everything: bool) -> None:
        kind, banner = ErrorKind.KEYRING, self._window.banner
        text = in_own_language(kind, words) if words else ErrorWords().sentences()[kind]
        if with_everything:
            banner.clear(None)  # it says that everything is deleted
            banner.show_message(kind, text)
        else:
            self._tell_on_page(kind, text)

    def _tell_on_page(self, kind: ErrorKind | None, text: str) -> None:
        """Where it was asked for; in the window, if the page has been closed since."""
        if self.dialog is not None and self.dialog.isVisible():
            self.dialog.show_outcome(text, trouble=kind is not None)
        else:
            self._window.banner.show_message(kind, text)

    def _tell(self, text: str) -> None:
        """In the window, where the page is not seen."""
        if self.dialog is None or not self.dialog.isVisible():
            banner = self._window.banner
            banner.show_message(None, text, self.tr("Show the models"), self.show)

    @Slot()
    def close(self) -> None:
        """End what runs; downloads go on when a person asks for it."""
        for run in self._runs.values():
            run.close()
        self._runs = {}
