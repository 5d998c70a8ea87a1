"""A worker without an engine: speaks the protocol, obeys the names of "models" and sizes.

Runs in a real spawned process. What it shall do is told by the folder in LoadModel.
"""

import ctypes
import os
import signal
import sys
import threading
import time
from multiprocessing.connection import Connection

from engine.datatypes import FinishReason, Modality, ModelInfo, SamplingParams, SizeInfo, Task
from engine.errors import ErrorKind
from engine.protocol import (
    Ask,
    Envelope,
    Event,
    Failed,
    Feed,
    Finished,
    Handled,
    Hello,
    Listening,
    ListeningState,
    Loaded,
    LoadModel,
    Progress,
    Ready,
    Release,
    SetIdleRelease,
    SetSize,
    Shutdown,
    SizeChanged,
    StartListening,
    StopListening,
    Tower,
    TowerState,
    decode,
    encode,
)


def model(folder: str, size: str | None) -> ModelInfo:
    return ModelInfo(
        name="fake",
        folder=folder,
        tasks=(Task.TRANSCRIBE,),
        modalities=(Modality.TEXT, Modality.AUDIO),
        sizes=(SizeInfo("small", 1, 1, None, 0), SizeInfo("full", 2, 1, None, 0)),
        size=size or "full",
        streaming=True,
        demonstration=True,
    )


def run(connection: Connection, stop_through: ctypes.c_int64) -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    forbidden = {"PySide6", "app", "torch"} & set(sys.modules)
    seq, owner, heard = 0, "", 0

    def say(event: Event) -> None:
        nonlocal seq
        connection.send_bytes(encode(Envelope(owner, seq, event)))
        seq += 1

    while True:
        try:
            envelope = decode(connection.recv_bytes())
        except EOFError:
            return
        if isinstance(envelope.body, Hello):
            owner = envelope.session
        say(Handled(envelope.seq))
        match envelope.body:
            case Hello():
                say(Ready(os.getpid(), ",".join(sorted(forbidden)) or "cpu"))
            case LoadModel("dies", _):
                os._exit(3)
            case LoadModel("missing", _):
                say(Failed(ErrorKind.BAD_MODEL, "There is no model here.", load=True))
            case LoadModel("babbles", _):
                connection.send_bytes(b"not a message")
            case LoadModel("sleeps", _):
                threading.Event().wait()
            case LoadModel(folder, size):
                say(Loaded(model(folder, size)))
            case SetSize(name):
                say(SizeChanged(name))
            case StartListening(recording):
                say(Listening(recording, ListeningState.STARTED))
            case Feed(chunk):
                heard += chunk.pcm.size
            case StopListening(recording):
                say(Progress("heard", heard))
                say(Listening(recording, ListeningState.STOPPED))
            case Ask(turns, SamplingParams(max_tokens=2)):  # the ears come meanwhile
                while stop_through.value < envelope.seq:
                    time.sleep(0.01)
                for step in range(20):
                    say(Tower(Modality.AUDIO, TowerState.LOADING, step / 20))
                    time.sleep(0.05)
                say(Finished(turns[-1].id, FinishReason.STOPPED))
            case Ask(turns, params):
                if params.max_tokens > 1:
                    while stop_through.value < envelope.seq:
                        time.sleep(0.01)
                else:  # deaf to the flag
                    threading.Event().wait()
                say(Finished(turns[-1].id, FinishReason.STOPPED))
            case Release(modality):
                say(Tower(modality, TowerState.ABSENT))
            case SetIdleRelease(seconds):
                say(Progress("idle", float(seconds)))
            case Shutdown():
                return
