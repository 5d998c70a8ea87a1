"""The check of the open model, from the Help menu: a child process and a dialog with its table."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Slot

from app.paths import assets_folder, bundled_model

if TYPE_CHECKING:
    from app.application import Application
    from app.widgets.doctor_dialog import DoctorDialog


class Doctor(QObject):
    """Opens one dialog at a time."""

    def __init__(self, program: Application) -> None:
        super().__init__(program)
        self._window, self._state = program.window, program.state
        self.dialog: DoctorDialog | None = None
        program.window.table["doctor"].triggered.connect(self._examine)
        program.ending.connect(self._close)

    @Slot()
    def _examine(self) -> None:
        from app.widgets.doctor_dialog import DoctorDialog

        self._close()
        self.dialog = dialog = DoctorDialog(self._window.theme, self._window)
        dialog.finished.connect(dialog.deleteLater)
        dialog.finished.connect(self._forget)
        model = self._state.model
        folder = model.folder if model is not None else str(bundled_model())
        dialog.examine(
            sys.executable, ["-m", "main", "doctor", folder], str(assets_folder().parent)
        )
        dialog.open()

    @Slot()
    def _forget(self) -> None:
        self.dialog = None

    @Slot()
    def _close(self) -> None:
        if self.dialog is not None:
            self.dialog.reject()
