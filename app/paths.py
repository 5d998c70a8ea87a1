"""Where the program's files lie on this system. Knows nothing of Qt."""

from dataclasses import dataclass
from pathlib import Path

import platformdirs

APP_ID = "io.github.nestling.Nestling"  # also the desktop file's and the icon's name
APP_NAME = "nestling"

_ROOT = Path(__file__).resolve().parent.parent


@dataclass(frozen=True, slots=True)
class Paths:
    """The folders of one profile; none of them need exist yet.

    config: settings. data: transcripts, conversations, models. state: crash log.
    """

    config: Path
    data: Path
    state: Path

    @property
    def settings_file(self) -> Path:
        """The settings, as TOML."""
        return self.config / "settings.toml"

    @property
    def journal_folder(self) -> Path:
        """One JSONL file for each recording."""
        return self.data / "transcripts"

    @property
    def conversations_file(self) -> Path:
        """What was asked and answered, as an SQLite database."""
        return self.data / "conversations.sqlite3"

    @property
    def models_folder(self) -> Path:
        """Downloaded models, a folder each."""
        return self.data / "models"

    @property
    def sizes_file(self) -> Path:
        """What sizes of models cost on this machine."""
        return self.state / "sizes.json"

    @property
    def crash_file(self) -> Path:
        """What went wrong inside, with tracebacks; never a transcript's words."""
        return self.state / "crash.log"


def profile_paths(profile: Path | None = None) -> Paths:
    """The folders of `profile`, or the user's own ones where the system wants them."""
    if profile is not None:
        root = profile.expanduser().absolute()
        return Paths(config=root, data=root, state=root)
    dirs = platformdirs.PlatformDirs(APP_NAME, appauthor=False)
    return Paths(
        config=Path(dirs.user_config_dir),
        data=Path(dirs.user_data_dir),
        state=Path(dirs.user_state_dir),
    )


def assets_folder() -> Path:
    """What is shipped with the program."""
    return _ROOT / "assets"


def program_file() -> Path:
    """What Python runs to begin the program, or one of its commands."""
    return _ROOT / "main.py"


def bundled_model() -> Path:
    """The small model that is shipped with the program."""
    return assets_folder() / "nano"
