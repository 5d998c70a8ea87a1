"""The conversation's commands: words, keys and icons, and their menu. What they do is elsewhere."""

from app.action_set import ActionSet, Words

MENU = (
    ("new", "find", "rename"),
    ("speak", "stop", "go_on", "again", "edit"),
    ("version_back", "version_forth"),
    ("copy_message", "copy_code", "keep_media"),
    ("answers",),
    ("export_md", "export_json", "delete"),
)


class ChatActions(ActionSet):
    """All actions of the conversation page, by name."""

    prefix = "chat_"
    groups = MENU

    def _title(self) -> str:
        return self.tr("&Conversation")

    def _table(self) -> dict[str, Words]:
        return {
            "new": Words(
                self.tr("&New conversation"),
                self.tr("Begin with an empty page; this conversation is kept"),
                ("Ctrl+Shift+N",),
                "add",
            ),
            "find": Words(
                self.tr("&Find in conversations"),
                self.tr("Look for words in everything that was asked and answered"),
                ("Ctrl+F",),
                "search",
            ),
            "rename": Words(
                self.tr("&Rename…"), self.tr("Give this conversation another title"), ("F2",)
            ),
            "speak": Words(
                self.tr("Say the &question"),
                self.tr("Hear a question through the microphone; press again to ask it"),
                ("Ctrl+Shift+Space",),
                "microphone",
            ),
            "stop": Words(
                self.tr("&Stop the answer"),
                self.tr("End the answer now; what is written stays"),
                ("Ctrl+.",),
                "stop",
            ),
            "go_on": Words(
                self.tr("&Go on"),
                self.tr("Go on with an answer that was stopped or cut off"),
                ("Ctrl+G",),
                "resume",
            ),
            "again": Words(
                self.tr("Answer &again"),
                self.tr("Write another answer; this one stays beside it"),
                ("Ctrl+R",),
                "again",
            ),
            "edit": Words(
                self.tr("&Edit the question"),
                self.tr("Ask differently from here on; what followed stays on its branch"),
                ("Ctrl+E",),
                "edit",
            ),
            "version_back": Words(
                self.tr("&Previous version"),
                self.tr("Show the version before this one, with what followed it"),
                ("Alt+Left",),
                steps=True,
            ),
            "version_forth": Words(
                self.tr("Next &version"),
                self.tr("Show the version behind this one, with what followed it"),
                ("Alt+Right",),
                steps=True,
            ),
            "copy_message": Words(
                self.tr("&Copy message"),
                self.tr("Copy the marked words, or the whole message as it was written"),
                ("Ctrl+Shift+M",),
                "copy",
            ),
            "copy_code": Words(
                self.tr("Copy c&ode"),
                self.tr("Copy the last block of code of this message"),
                ("Ctrl+Shift+K",),
                "code",
            ),
            "keep_media": Words(
                self.tr("&Keep pictures and sound"),
                self.tr("Store what went with this question, until its conversation is deleted"),
                (),
                "save",
            ),
            "answers": Words(
                self.tr("How to ans&wer…"),
                self.tr("An instruction for the model, and how lively it answers"),
                ("Ctrl+I",),
                "sliders",
            ),
            "export_md": Words(
                self.tr("Save as &Markdown…"), self.tr("Save this branch as a text to be read")
            ),
            "export_json": Words(
                self.tr("Save as &JSON…"),
                self.tr("Save every branch for other programs"),
            ),
            "delete": Words(
                self.tr("&Delete this conversation…"),
                self.tr("Delete it for good; nothing of it stays on this computer"),
                (),
                "delete",
            ),
        }
