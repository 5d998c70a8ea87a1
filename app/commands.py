"""What the menus and buttons do: copy, save, open, look back, delete. Knows no worker."""

from __future__ import annotations

from collections.abc import Callable, Set
from functools import partial
from pathlib import Path

from PySide6.QtCore import QLocale, QObject, QStandardPaths, Signal, Slot
from PySide6.QtGui import QAction, QGuiApplication
from PySide6.QtWidgets import QFileDialog, QWidget

from app import journal
from app.error_words import in_own_language
from app.export import Format, Words, export_rows
from app.models.live import LiveState, Phase
from app.models.transcript import TranscriptModel
from app.paths import Paths, bundled_model
from app.settings.choices import Page, Theme
from app.settings.schema import TEXT_SIZES, Settings
from app.settings.store import SettingsStore
from app.whole_file import written_whole
from app.widgets.about import AboutDialog
from app.widgets.confirm import confirmed
from app.widgets.connections_page import ConnectionsPage
from app.widgets.history_dialog import HistoryDialog
from app.widgets.main_window import MainWindow
from app.widgets.privacy_page import PrivacyPage
from app.widgets.save_dialog import SaveDialog
from app.widgets.settings_dialog import SettingsDialog
from app.widgets.size_picker import SizePicker
from app.widgets.weights_note import WeightsNote
from engine.errors import ErrorKind, NestlingError

VERSION = "0.1.0"


class Commands(QObject):
    """Connects the action table to what it names.

    Signals:
        model_chosen(str): open the model in this folder.
        size_chosen(str): take this size.
        automatic_chosen(bool): whether the program chooses the size.
        sizes_asked(): show all sizes with what they cost.
        cleared(): the window's transcript is empty now.
        kept_shown(object, object): the window shows this kept transcript; its recordings'
            numbers in the window, to those in the file.
        deleted(): everything kept on disk goes.
    """

    model_chosen = Signal(str)
    size_chosen = Signal(str)
    automatic_chosen = Signal(bool)
    sizes_asked = Signal()
    cleared = Signal()
    kept_shown = Signal(object, object)
    deleted = Signal()

    def __init__(
        self,
        window: MainWindow,
        settings: SettingsStore,
        state: LiveState,
        transcript: TranscriptModel,
        paths: Paths,
    ) -> None:
        super().__init__(window)
        self._window, self._settings, self._state = window, settings, state
        self._transcript, self._paths = transcript, paths
        self._settings_dialog: SettingsDialog | None = None
        self._privacy: PrivacyPage | None = None
        self.confirm = confirmed
        self.kept_nowhere: Callable[[], bool] = lambda: False
        self._saved = ""
        self.growing_journals: Callable[[], Set[Path]] = frozenset[Path]
        table = window.table
        for name, slot in {
            "clear": self.clear,
            "open_model": self.open_model,
            "bundled_model": self.use_bundled_model,
            "history": self.show_history,
            "save_txt": self.save,
            "save_srt": self.save,
            "save_vtt": self.save,
            "text_larger": self.enlarge_text,
            "text_smaller": self.shrink_text,
            "text_normal": self.reset_text,
            "settings": self.show_settings,
            "privacy": self.show_privacy,
            "connections": self.show_connections,
            "about": self.show_about,
        }.items():
            table[name].triggered.connect(slot)
        table.themes.triggered.connect(self._take_theme)
        self._connect_sizes(window.sizes)

    # --- the transcript --------------------------------------------------------------------------

    @Slot()
    def clear(self) -> None:
        """Empty the window; what is kept on disk stays."""
        if self._state.phase is Phase.IDLE:
            self.empty()

    def empty(self, *, unseen: bool = False) -> bool:
        """Empty the window, if what is in it may go. Returns: whether it is empty now.

        unseen: nobody asked for it now; whoever looks at another page stays there.
        """
        if not unseen:
            self._window.pages.show_page("transcript")
        if not self._may_go():
            return False
        self._transcript.clear()
        self.cleared.emit()
        return True

    def _may_go(self) -> bool:
        """Whether what is in the window is kept elsewhere, or somebody says that it may go."""
        return not self.unsaved() or self.confirm(
            self._window,
            self.tr("Empty the window?"),
            self.tr("This transcript is kept nowhere else. This cannot be undone."),
        )

    def unsaved(self) -> bool:
        """Whether the window shows words that are in no file, neither kept nor saved."""
        return self.kept_nowhere() and self._in_any_language() != self._saved

    def _in_any_language(self) -> str:
        """What is in the window; the same whatever language the window speaks."""
        return self._exported(missing=str)

    def _exported(
        self,
        kind: Format = Format.TXT,
        words: Words = Words.BOTH,
        missing: Callable[[float], str] | None = None,
    ) -> str:
        rows = [(segment, clauses) for _, segment, clauses in self._transcript.translated()]
        return export_rows(rows, kind, words, missing or self._missing)

    def _missing(self, seconds: float) -> str:
        written = QLocale().toString(seconds, "f", 1)
        return self.tr("[{seconds} s of sound missing]").format(seconds=written)

    @Slot()
    def copy_all(self) -> None:
        """The whole transcript to the clipboard, as text."""
        QGuiApplication.clipboard().setText(self._exported())

    @Slot()
    def save(self) -> None:
        """Ask where and as what; the file's ending decides."""
        sender = self.sender()
        name = sender.objectName() if isinstance(sender, QAction) else "save"
        chosen = Format(name.removeprefix("save_")) if name.startswith("save_") else Format.TXT
        filters = self._filters()
        words = Words.BOTH if self._transcript.has_translations else Words.SPOKEN
        first = next(text for text, kind in filters.items() if kind == (chosen, words))
        endings = {text: filters[text][0].value for text in (first, *filters)}
        place = QStandardPaths.StandardLocation.DocumentsLocation
        title = self.tr("Save the transcript")
        rows = self._transcript.rowCount()
        named = Path(self._transcript.title(0)).stem if rows else ""
        dialog = SaveDialog(self._window, title, endings, place, named or "transcript")
        dialog.setObjectName("save dialog")
        dialog.chosen.connect(self._save_to)
        dialog.open()

    def _filters(self) -> dict[str, tuple[Format, Words]]:
        """What a transcript can be saved as, by the words of the file dialog."""
        spoken = {
            self.tr("Text (*.txt)"): (Format.TXT, Words.SPOKEN),
            self.tr("SubRip subtitles (*.srt)"): (Format.SRT, Words.SPOKEN),
            self.tr("WebVTT subtitles (*.vtt)"): (Format.VTT, Words.SPOKEN),
        }
        if not self._transcript.has_translations:
            return spoken
        return spoken | {
            self.tr("Text in both languages (*.txt)"): (Format.TXT, Words.BOTH),
            self.tr("SubRip subtitles in both languages (*.srt)"): (Format.SRT, Words.BOTH),
            self.tr("WebVTT subtitles in both languages (*.vtt)"): (Format.VTT, Words.BOTH),
            self.tr("The translation as text (*.txt)"): (Format.TXT, Words.TRANSLATED),
            self.tr("The translation as SubRip subtitles (*.srt)"): (Format.SRT, Words.TRANSLATED),
            self.tr("The translation as WebVTT subtitles (*.vtt)"): (Format.VTT, Words.TRANSLATED),
        }

    def save_to(self, file: Path, words: Words = Words.SPOKEN) -> None:
        """Write the transcript whole or not at all; the ending says as what.

        Raises:
            NestlingError: DISK, if the file cannot be written.
        """
        suffix = file.suffix.lower().lstrip(".")
        kind = Format(suffix) if suffix in set(Format) else Format.TXT
        try:
            with written_whole(file) as temporary:
                temporary.write_text(self._exported(kind, words), encoding="utf-8")
        except OSError as error:
            raise NestlingError(
                ErrorKind.DISK,
                self.tr(
                    "The transcript cannot be saved as {file} ({reason}). "
                    "Choose another folder or make room; it is still in the window."
                ).format(file=file, reason=error.strerror),
            ) from error
        self._saved = self._in_any_language()

    @Slot(str, str)
    def _save_to(self, name: str, asked: str = "") -> None:
        _, words = self._filters().get(asked, (Format.TXT, Words.SPOKEN))
        try:
            self.save_to(Path(name), words)
        except NestlingError as error:
            self._window.banner.show_message(error.kind, error.message)
            return
        self._window.banner.show_message(None, self.tr("Saved as {file}.").format(file=name))

    @Slot()
    def show_history(self) -> None:
        """List the kept transcripts."""
        folder, growing = self._paths.journal_folder, self.growing_journals()
        dialog = HistoryDialog(folder, growing, self._window.theme, self._window)
        dialog.open_requested.connect(self._show_kept)
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()

    @Slot(object)
    def _show_kept(self, path: Path) -> None:
        if self._state.phase is not Phase.IDLE:
            self._window.banner.show_message(
                None, self.tr("Stop listening first; then an earlier transcript can be shown.")
            )
            return
        if not self._may_go():
            return
        try:
            kept = journal.summary(path)
            numbers = self._transcript.show_all(
                journal.load(path), journal.load_translations(path), kept.file if kept else ""
            )
        except NestlingError as error:
            text = in_own_language(error.kind, error.message)
            self._window.banner.show_message(error.kind, text)
            return
        self.cleared.emit()
        self.kept_shown.emit(path, numbers)
        self._window.show_welcome(False)

    # --- the model -------------------------------------------------------------------------------

    @Slot()
    def open_model(self) -> None:
        """Ask for a model's folder."""
        dialog = QFileDialog(self._window, self.tr("Open a model folder"))
        dialog.setObjectName("model dialog")
        dialog.setFileMode(QFileDialog.FileMode.Directory)
        dialog.setOption(QFileDialog.Option.ShowDirsOnly)
        if self._settings.values.model_folder:
            dialog.setDirectory(self._settings.values.model_folder)
        dialog.fileSelected.connect(self.model_chosen)
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()

    @Slot()
    def use_bundled_model(self) -> None:
        """Back to the demonstration."""
        self.model_chosen.emit(str(bundled_model()))

    # --- look ------------------------------------------------------------------------------------

    @Slot()
    def enlarge_text(self) -> None:
        """The transcript one step larger."""
        self._set_text_size(self._settings.values.text_size + 2)

    @Slot()
    def shrink_text(self) -> None:
        """The transcript one step smaller."""
        self._set_text_size(self._settings.values.text_size - 2)

    @Slot()
    def reset_text(self) -> None:
        """The transcript as large as at first."""
        self._set_text_size(Settings().text_size)

    def _set_text_size(self, points: int) -> None:
        self._settings.change(text_size=max(TEXT_SIZES[0], min(TEXT_SIZES[1], points)))

    @Slot(QAction)
    def _take_theme(self, action: QAction) -> None:
        self._settings.change(theme=Theme(action.objectName().removeprefix("theme_")))

    # --- dialogs ---------------------------------------------------------------------------------

    @Slot()
    def show_settings(self) -> None:
        """The settings at their first page."""
        self._open_settings(Page.LISTENING)

    @Slot()
    def show_privacy(self) -> None:
        """The settings at the page of what is kept."""
        self._open_settings(Page.PRIVACY)

    @Slot()
    def show_connections(self) -> None:
        """The settings at the page of connections."""
        self._open_settings(Page.CONNECTIONS)

    def _connect_sizes(self, sizes: SizePicker) -> None:
        sizes.chosen.connect(self.size_chosen)
        sizes.automatic_chosen.connect(self.automatic_chosen)
        sizes.table_asked.connect(self.sizes_asked)

    def _open_settings(self, page: Page) -> None:
        if self._settings_dialog is None:
            sizes = SizePicker(self._state)
            self._connect_sizes(sizes)
            self._privacy = PrivacyPage(self._paths)
            self._privacy.delete_requested.connect(self.delete_everything)
            extras: dict[Page, list[QWidget]] = {
                Page.LISTENING: [WeightsNote(self._state), sizes],
                Page.PRIVACY: [self._privacy],
                Page.CONNECTIONS: [ConnectionsPage()],
            }
            self._settings_dialog = SettingsDialog(
                self._settings, extras, self._window.theme, self._window
            )
        if self._privacy is not None:
            self._privacy.refresh()
        self._settings_dialog.show_page(page)
        self._settings_dialog.show()
        self._settings_dialog.raise_()
        self._settings_dialog.activateWindow()

    @property
    def settings_dialog(self) -> SettingsDialog | None:
        """The dialog, once it has been opened."""
        return self._settings_dialog

    @Slot()
    def show_about(self) -> None:
        """Version and licences."""
        dialog = AboutDialog(VERSION, self._window.theme, self._window)
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()

    @Slot()
    def delete_everything(self) -> None:
        """All transcripts and conversations, the error log, the settings, what the window shows."""
        if self._state.phase is not Phase.IDLE:
            self._window.banner.show_message(
                None, self.tr("Stop listening first; then everything can be deleted.")
            )
            return
        from app.conversation.store import forget as forget_conversations  # brings NumPy

        self.deleted.emit()  # who has files of it open lets go of them
        refused: list[OSError] = []
        for forget in (
            partial(journal.forget_all, self._paths.journal_folder),
            partial(forget_conversations, self._paths.conversations_file),
            partial(self._paths.crash_file.unlink, missing_ok=True),
            partial(self._paths.sizes_file.unlink, missing_ok=True),
            self._settings.reset,
        ):
            try:
                forget()
            except OSError as error:
                refused.append(error)
        self._transcript.clear()
        self.cleared.emit()
        self._window.banner.clear(ErrorKind.DISK, ErrorKind.BAD_INPUT)  # of what is gone now
        if refused:
            self._window.banner.show_message(
                ErrorKind.DISK,
                self.tr("Not everything could be deleted ({reason}); look at {folder}.").format(
                    reason=refused[0].strerror, folder=self._paths.data
                ),
            )
            return
        self._window.banner.show_message(None, self.tr("Everything is deleted."))
