"""The doctor's table, growing row by row while a child process makes it; to be copied."""

from PySide6.QtCore import QEvent, QProcess, QSize, Signal, Slot
from PySide6.QtGui import QFontDatabase, QGuiApplication
from PySide6.QtWidgets import (
    QDialogButtonBox,
    QLabel,
    QPlainTextEdit,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from app.theme import Theme
from app.widgets.sized_dialog import SizedDialog

_CHECKING = "checking: "  # what the command says before each check, on its standard error
KILL_MS = 2_000  # for a child that does not end when asked


class DoctorDialog(SizedDialog):
    """Runs one check of a model; closing ends it.

    Signals:
        examined(bool): the child has ended; whether nothing is wrong.
    """

    examined = Signal(bool)

    def __init__(self, theme: Theme, parent: QWidget) -> None:
        super().__init__(QSize(860, 460), theme, parent)
        self._outcome: bool | None = None
        self._check = ""  # that is being made
        self._state = QLabel(self)
        self._state.setProperty("role", "muted")
        self._state.setWordWrap(True)
        self.table = QPlainTextEdit(self)
        self.table.setReadOnly(True)
        self.table.setLineWrapMode(QPlainTextEdit.LineWrapMode.NoWrap)
        self._fit_letters()
        theme.changed.connect(self._fit_letters)
        self.copy_button = QPushButton(self)
        self.copy_button.clicked.connect(self._copy)
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close, self)
        buttons.addButton(self.copy_button, QDialogButtonBox.ButtonRole.ActionRole)
        buttons.rejected.connect(self.reject)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(20, 20, 20, 16)
        layout.setSpacing(12)
        layout.addWidget(self._state)
        layout.addWidget(self.table, 1)
        layout.addWidget(buttons)
        self._child = QProcess(self)
        self._child.readyReadStandardError.connect(self._read_progress)
        self._child.readyReadStandardOutput.connect(self._read)
        self._child.finished.connect(self._finished)
        self._child.errorOccurred.connect(self._failed)
        self.finished.connect(self._end_child)
        self.retranslate()

    def examine(self, program: str, arguments: list[str], folder: str) -> None:
        """Begin. program, arguments: the doctor's command; folder: where it runs."""
        self._child.setWorkingDirectory(folder)
        self._child.start(program, arguments)

    def changeEvent(self, event: QEvent) -> None:
        """Follow the language of the window."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.LanguageChange:
            self.retranslate()

    def retranslate(self) -> None:
        """Name everything in the language of the window."""
        self.setWindowTitle(self.tr("Check of the model"))
        self.table.setAccessibleName(self.tr("What was found"))
        self.copy_button.setText(self.tr("Copy the table"))
        self._show_state()

    @Slot()
    def _fit_letters(self) -> None:
        font = QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont)
        font.setPointSizeF(self._theme.points(font.pointSizeF()))
        self.table.setFont(font)

    @property
    def state(self) -> str:
        """The sentence above the table."""
        return self._state.text()

    @property
    def running(self) -> bool:
        """Whether the child is still at it."""
        return self._child.state() is not QProcess.ProcessState.NotRunning

    def _show_state(self) -> None:
        if self._outcome is None:
            text = self.tr(
                "The model is being checked beside your work; with a full model this takes some "
                "minutes. The table names nothing of yours and can be shown to anyone."
            )
            if self._check:
                text += " " + self.tr("Now: {check}.").format(check=self._check)
        elif self._outcome:
            text = self.tr("Nothing is wrong with this model.")
        else:
            text = self.tr("Something is wrong: look at the rows that say FAIL.")
        self._state.setText(text)

    @Slot()
    def _read_progress(self) -> None:
        lines = bytes(self._child.readAllStandardError().data()).decode("utf-8", "replace")
        for line in lines.splitlines():
            if line.startswith(_CHECKING):
                self._check = line.removeprefix(_CHECKING)
                self._show_state()

    @Slot()
    def _read(self) -> None:
        while self._child.canReadLine():  # whole lines: they may come in pieces
            line = bytes(self._child.readLine().data()).decode("utf-8", "replace")
            self.table.appendPlainText(line.rstrip())

    @Slot(int, QProcess.ExitStatus)
    def _finished(self, code: int, status: QProcess.ExitStatus) -> None:
        self._read()
        if status is QProcess.ExitStatus.CrashExit or code not in (0, 1):
            self._say_ended(code)
        self._end(code == 0 and status is QProcess.ExitStatus.NormalExit)

    @Slot(QProcess.ProcessError)
    def _failed(self, error: QProcess.ProcessError) -> None:
        if error is QProcess.ProcessError.FailedToStart:
            self._say_ended(-1)
            self._end(False)

    def _say_ended(self, code: int) -> None:
        """Kept in English, as the table is."""
        self.table.appendPlainText(f"FAIL  the check itself ended early (exit code {code})")

    def _end(self, sound: bool) -> None:
        self._outcome = sound
        self._show_state()
        self.examined.emit(sound)

    @Slot()
    def _copy(self) -> None:
        QGuiApplication.clipboard().setText(self.table.toPlainText())

    @Slot()
    def _end_child(self) -> None:
        if self.running:
            self._child.blockSignals(True)
            self._child.kill()
            self._child.waitForFinished(KILL_MS)
