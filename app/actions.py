"""The table of actions: every command's words, key and icon in one place.

Menus, buttons and keys use these actions and no others; what they do is connected elsewhere.
"""

import re

from PySide6.QtCore import QObject
from PySide6.QtGui import QAction, QActionGroup

from app.action_set import ActionSet, Words
from app.models.live import Phase
from app.settings.choices import Theme as ThemeChoice
from app.theme import Theme


def plain(words: str) -> str:
    """Words of a menu for a button: without the key's mark, "&Stop" or, in Chinese, "停止(&S)"."""
    return re.sub(r"\(&\w\)|&", "", words)


class ActionTable(ActionSet):
    """All actions of the main window, by name.

    State: enabled and checked are set by who owns the fact; texts of `listen` and `pause`
    follow `show_phase`.
    """

    def __init__(self, theme: Theme, parent: QObject) -> None:
        super().__init__(theme, parent)
        self.themes = QActionGroup(self)
        for choice in ThemeChoice:
            self.themes.addAction(self[f"theme_{choice.value}"])
        self["quit"].setMenuRole(QAction.MenuRole.QuitRole)
        self["about"].setMenuRole(QAction.MenuRole.AboutRole)
        self["settings"].setMenuRole(QAction.MenuRole.PreferencesRole)

    def show_phase(self, phase: Phase) -> None:
        """Name the listening actions by what they would do now."""
        paused, reading = phase is Phase.PAUSED, phase is Phase.READING
        listening = paused or phase is Phase.LISTENING
        stop = self.tr("&Stop") if reading else self.tr("&Stop listening")
        start = self.tr("&Start listening")
        self["listen"].setText(stop if listening or reading else start)
        self["pause"].setText(self.tr("&Resume") if paused else self.tr("&Pause"))
        self["pause"].setEnabled(listening)
        self._tint("listen", "stop" if listening or reading else "microphone")
        self._tint("pause", "resume" if paused else "pause")

    def _table(self) -> dict[str, Words]:
        return {
            "listen": Words(
                self.tr("&Start listening"),
                self.tr("Write down what is said, or stop doing so"),
                ("Ctrl+L",),
                "microphone",
            ),
            "pause": Words(
                self.tr("&Pause"),
                self.tr("Close the microphone for a while; the transcript goes on afterwards"),
                ("Ctrl+P",),
                "pause",
            ),
            "clear": Words(
                self.tr("&New transcript"),
                self.tr("Empty the window; kept transcripts stay where they are"),
                ("Ctrl+N",),
            ),
            "transcribe_file": Words(
                self.tr("Transcribe a &file…"),
                self.tr("Write down what is said in a sound file or a video"),
                ("Ctrl+T",),
            ),
            "models": Words(
                self.tr("M&odels…"),
                self.tr("Download Gemma 3n, open it, or delete it"),
                ("Ctrl+Shift+G",),
                "network",
            ),
            "open_model": Words(
                self.tr("Open &model folder…"),
                self.tr("Use a Gemma 3n model that lies on this computer"),
                ("Ctrl+O",),
                "folder",
            ),
            "bundled_model": Words(
                self.tr("Use the &demonstration model"),
                self.tr("Go back to the small model that comes with Nestling"),
            ),
            "history": Words(
                self.tr("Earlie&r transcripts…"),
                self.tr("Look at, save or delete what was written down before"),
                ("Ctrl+H",),
                "history",
            ),
            "save": Words(
                self.tr("&Save as…"),
                self.tr("Save the transcript as text or subtitles, or the conversation as text"),
                ("Ctrl+S",),
                "save",
            ),
            "save_txt": Words(self.tr("As &text (TXT)…"), self.tr("Save the words alone")),
            "save_srt": Words(
                self.tr("As &SubRip subtitles (SRT)…"),
                self.tr("Save subtitles that any player shows"),
            ),
            "save_vtt": Words(
                self.tr("As &WebVTT subtitles (VTT)…"), self.tr("Save subtitles for web pages")
            ),
            "copy": Words(
                self.tr("&Copy selection"),
                self.tr("Copy the marked words"),
                ("Ctrl+C",),
            ),
            "copy_all": Words(
                self.tr("Copy &all"),
                self.tr("Copy the whole transcript, or the whole conversation"),
                ("Ctrl+Shift+C",),
                "copy",
            ),
            "select_all": Words(
                self.tr("Se&lect all"),
                self.tr("Mark the whole transcript, or all of one message"),
                ("Ctrl+A",),
            ),
            "latest": Words(
                self.tr("&Jump to the latest words"),
                self.tr("Scroll to the end and stay there"),
                ("Ctrl+End",),
                "down",
            ),
            "captions": Words(
                self.tr("Ca&ptions"),
                self.tr("Show what is heard in a small window above all others"),
                ("F8",),
                "captions",
                checkable=True,
            ),
            "swap_languages": Words(
                self.tr("S&wap the languages"),
                self.tr("Translate the other way round"),
                ("Ctrl+Shift+L",),
                "swap",
            ),
            "translate_rest": Words(
                self.tr("&Translate what is not translated yet"),
                self.tr("Translate the lines of the transcript that have no translation"),
            ),
            "microphone": Words(
                self.tr("Choose the &microphone"),
                self.tr("Go to the list of microphones"),
                ("Ctrl+M",),
            ),
            "size_larger": Words(
                self.tr("&Larger model size"),
                self.tr("Better words, more computing"),
                ("Ctrl+Shift+Up",),
                steps=True,
            ),
            "size_smaller": Words(
                self.tr("Sm&aller model size"),
                self.tr("Less computing, rougher words"),
                ("Ctrl+Shift+Down",),
                steps=True,
            ),
            "text_larger": Words(
                self.tr("&Larger text"),
                self.tr("Make the transcript larger"),
                ("Ctrl++", "Ctrl+="),
                steps=True,
            ),
            "text_smaller": Words(
                self.tr("&Smaller text"),
                self.tr("Make the transcript smaller"),
                ("Ctrl+-",),
                steps=True,
            ),
            "text_normal": Words(
                self.tr("&Normal text size"),
                self.tr("Make the transcript as large as at first"),
                ("Ctrl+0",),
            ),
            "theme_system": Words(
                self.tr("As the &system"), self.tr("Light or dark as the system is"), checkable=True
            ),
            "theme_light": Words(self.tr("&Light"), self.tr("Dark on light"), checkable=True),
            "theme_dark": Words(self.tr("&Dark"), self.tr("Light on dark"), checkable=True),
            "page_transcript": Words(
                self.tr("&Transcript"),
                self.tr("Show what is heard, word by word"),
                ("Ctrl+1",),
                checkable=True,
            ),
            "page_conversation": Words(
                self.tr("C&onversation"),
                self.tr("Ask the model, by keyboard, aloud or with a picture"),
                ("Ctrl+2",),
                checkable=True,
            ),
            "panel": Words(
                self.tr("&Model and memory"),
                self.tr("Show or hide the model's size and its memory"),
                ("F9",),
                "panel",
                checkable=True,
            ),
            "full_screen": Words(
                self.tr("&Full screen"),
                self.tr("Use the whole screen"),
                ("F11",),
                checkable=True,
            ),
            "settings": Words(
                self.tr("Sett&ings…"), self.tr("Change how Nestling works"), ("Ctrl+,",), "settings"
            ),
            "privacy": Words(
                self.tr("&Privacy…"),
                self.tr("What is kept, where, how long; delete everything"),
            ),
            "connections": Words(
                self.tr("Conn&ections…"),
                self.tr("Every connection that Nestling can make, and when"),
            ),
            "welcome": Words(
                self.tr("&What Nestling is"), self.tr("The three lines of the first start")
            ),
            "doctor": Words(
                self.tr("C&heck the model…"),
                self.tr("Whether its files are whole, and what it can do on this computer"),
            ),
            "about": Words(self.tr("&About Nestling"), self.tr("Version and licences")),
            "close": Words(self.tr("&Close"), self.tr("Close the window"), ("Ctrl+W",)),
            "quit": Words(self.tr("&Quit"), self.tr("End Nestling"), ("Ctrl+Q",)),
        }
