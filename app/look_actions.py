"""The commands of looking: words, keys and icons, and their menu. What they do is elsewhere."""

from app.action_set import ActionSet, Words

MENU = (
    ("panel", "camera", "off"),
    ("ask", "watch", "moment"),
    ("attach_frame", "attach_file"),
    ("keep",),
    ("mirror", "turn"),
)


class LookActions(ActionSet):
    """All actions around the camera and the screen, by name."""

    prefix = "look_"
    groups = MENU

    def _title(self) -> str:
        return self.tr("L&ook")

    def _table(self) -> dict[str, Words]:
        return {
            "panel": Words(
                self.tr("&Show the camera's place"),
                self.tr("Show or hide the place for camera and screen; this turns nothing on"),
                ("F7",),
                "camera",
                checkable=True,
            ),
            "camera": Words(
                self.tr("&Look"),
                self.tr("Turn the chosen camera or screen on or off"),
                ("Ctrl+K",),
                "eye",
                checkable=True,
            ),
            "off": Words(
                self.tr("Turn it off &now"),
                self.tr("Camera and screen off at once, wherever you are in the window"),
                ("F12",),
                "close",
            ),
            "ask": Words(
                self.tr("&Ask about the picture"),
                self.tr("Write a question about what is seen now"),
                ("Ctrl+Shift+A",),
                "picture",
            ),
            "watch": Words(
                self.tr("&Tell me when…"),
                self.tr("Say when something happens; asked again only when the scene changes"),
                ("Ctrl+Shift+T",),
                "eye",
                checkable=True,
            ),
            "moment": Words(
                self.tr("Ask the &moment"),
                self.tr(
                    "One question of the last 20 seconds of sound, the picture and the marked text"
                ),
                ("F6",),
                "moment",
            ),
            "attach_frame": Words(
                self.tr("Put this &picture into the question"),
                self.tr("The picture that is seen now goes with the question you are writing"),
                ("Ctrl+Shift+P",),
                "picture",
            ),
            "attach_file": Words(
                self.tr("Put a picture &file into the question…"),
                self.tr("Choose pictures; they can also be pasted or dropped into the question"),
                ("Ctrl+Shift+O",),
                "folder",
            ),
            "keep": Words(
                self.tr("&Keep this picture…"),
                self.tr("Save the picture that is seen now; otherwise none is ever written down"),
                (),
                "save",
            ),
            "mirror": Words(
                self.tr("M&irror the preview"),
                self.tr("As in a mirror; what is asked about is never mirrored"),
                checkable=True,
            ),
            "turn": Words(
                self.tr("Turn the picture &round"),
                self.tr("A quarter turn to the right, for a camera that stands on its side"),
            ),
        }
