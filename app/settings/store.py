"""The settings file: read with every fault named, written whole or not at all."""

import dataclasses
import os
import tempfile
import tomllib
from pathlib import Path
from typing import Any

import tomli_w
from PySide6.QtCore import QObject, Signal

from app.settings.schema import Settings, checked, entries
from engine.errors import ErrorKind, NestlingError


class SettingsStore(QObject):
    """Owns the settings of one profile and their file.

    State: `values` is what holds now; `change` replaces and saves it.
    problems: one sentence for each value of the file that could not be used.
    Signals:
        changed(object): frozenset of the names of the settings that changed.
        failed(object, str): the file could not be written; the change holds for this session.
    """

    changed = Signal(object)
    failed = Signal(object, str)

    def __init__(self, file: Path, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._file = file
        self._unreadable = file.with_suffix(".toml.unreadable")
        self.problems: list[str] = []
        self._document: dict[str, Any] = self._read()
        self.values = self._parse()

    def change(self, **values: Any) -> None:
        """Take new values, save them, tell who listens.

        Raises:
            ValueError: for a value outside its setting's bounds.
        """
        values = {name: checked(name, value) for name, value in values.items()}
        before = self.values
        self.values = dataclasses.replace(before, **values)
        names = frozenset(n for n in values if getattr(before, n) != getattr(self.values, n))
        if not names:
            return
        try:
            self.save()
        except NestlingError as error:
            self.failed.emit(error.kind, error.message)
        self.changed.emit(names)

    def reset(self) -> None:
        """Everything back to its default, and the file gone."""
        before, self.values, self._document = self.values, Settings(), {}
        self._file.unlink(missing_ok=True)
        self._unreadable.unlink(missing_ok=True)
        names = [f.name for f in dataclasses.fields(Settings)]
        self.changed.emit(
            frozenset(n for n in names if getattr(before, n) != getattr(self.values, n))
        )

    def save(self) -> None:
        """Write beside the file, flush, rename over it.

        Raises:
            NestlingError: DISK, if the folder cannot be written; the old file is untouched.
        """
        defaults = Settings()
        for name, entry in entries().items():
            value = getattr(self.values, name)
            table = self._document.setdefault(entry.page.value, {})
            if value != getattr(defaults, name) or name in table:
                table[name] = value
        text = tomli_w.dumps({key: value for key, value in self._document.items() if value != {}})
        try:
            self._file.parent.mkdir(parents=True, exist_ok=True)
            handle, temporary = tempfile.mkstemp(dir=self._file.parent, prefix=".settings-")
            try:
                with os.fdopen(handle, "w", encoding="utf-8") as stream:
                    stream.write(text)
                    stream.flush()
                    os.fsync(stream.fileno())
                os.replace(temporary, self._file)
            except BaseException:
                Path(temporary).unlink(missing_ok=True)
                raise
        except OSError as error:
            raise NestlingError(
                ErrorKind.DISK,
                self.tr(
                    "The settings cannot be saved in {folder} ({reason}). Make room or allow "
                    "writing there; until then they hold for this session."
                ).format(folder=self._file.parent, reason=error.strerror),
            ) from error

    def _read(self) -> dict[str, Any]:
        try:
            # Editors of Windows put a byte order mark before what they save.
            return tomllib.loads(self._file.read_bytes().decode("utf-8-sig"))
        except FileNotFoundError:
            return {}
        except (OSError, tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
            kept = self._unreadable
            try:
                os.replace(self._file, kept)
                where = f"it is kept as {kept.name}"
            except OSError:
                where = "it could not be set aside"
            self.problems.append(
                f"{self._file.name} cannot be read ({error}); {where}, and the defaults are used."
            )
            return {}

    def _parse(self) -> Settings:
        found: dict[str, Any] = {}
        for name, entry in entries().items():
            table = self._document.get(entry.page.value, {})
            if not isinstance(table, dict):
                self.problems.append(
                    f"{self._file.name}: {entry.page.value} is {table!r}; expected a table; "
                    "its defaults are used."
                )
                self._document[entry.page.value] = table = {}
            if name not in table:
                continue
            try:
                found[name] = checked(name, table[name])
            except ValueError as error:
                self.problems.append(
                    f"{self._file.name}: {entry.page.value}.{name} is {table[name]!r}; "
                    f"expected {error}; the default is used."
                )
        return Settings(**found)
