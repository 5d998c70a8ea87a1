"""Errors that a person may read. Light: no torch, no NumPy, no Qt.

A message has three parts: what was found, what was expected, what to do. Code decides by
`kind`, never by the text.
"""

from enum import StrEnum


class ErrorKind(StrEnum):
    """Why something failed, for code to decide by."""

    BAD_MODEL = "bad_model"  # a model folder that cannot be loaded
    BAD_AUDIO = "bad_audio"  # a sound file that cannot be read
    BAD_INPUT = "bad_input"  # an argument or a prompt outside what is allowed
    UNSUPPORTED_TASK = "unsupported_task"  # this model was not made for what is asked
    CONTEXT_FULL = "context_full"  # more tokens than the model's context holds
    REWIND_TOO_FAR = "rewind_too_far"  # further back than the sliding rings keep
    NO_MICROPHONE = "no_microphone"
    MICROPHONE_LOST = "microphone_lost"
    MICROPHONE_MOVED = "microphone_moved"  # the sound server went on with another one
    AUDIO_SERVER = "audio_server"  # the sound server is missing, dead or frozen
    NO_CAMERA = "no_camera"  # a camera, an address or a video file that cannot be opened
    CAMERA_LOST = "camera_lost"  # unplugged, hanging, or not letting go
    BAD_PICTURE = "bad_picture"  # a picture file, or what was pasted, that cannot be read
    NO_SCREEN = "no_screen"  # this desktop does not let programs see the screen
    WORKER_DIED = "worker_died"
    OUT_OF_MEMORY = "out_of_memory"
    DISK = "disk"  # a file cannot be written
    NETWORK = "network"  # no connection, or a server that does not do its part
    TOKEN = "token"  # a server wants to know who asks, or refuses the token it was given
    KEYRING = "keyring"  # the system's keyring is locked, or does not do its part
    LICENCE = "licence"  # terms to accept on a web page before a model may be downloaded
    BAD_DOWNLOAD = "bad_download"  # what arrives is not what was announced
    MISSING_LIBRARY = "missing_library"  # a system library such as PortAudio
    PROTOCOL = "protocol"  # the other side speaks another version
    INTERNAL = "internal"  # a bug of ours


class NestlingError(Exception):
    """An error with a kind for code and one sentence for people.

    Args:
        kind: what code decides by.
        message: one or two sentences: found, expected, what to do.
    """

    def __init__(self, kind: ErrorKind, message: str) -> None:
        super().__init__(message)
        self.kind = kind
        self.message = message
