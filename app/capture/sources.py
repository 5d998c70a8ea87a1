"""Microphones by the sound server's names, and what happens to them. Knows no Qt, no PortAudio.

PortAudio on Linux knows "pulse" and "default" only, and says nothing when the server moves a
stream to another microphone. The server itself tells both within 25 ms, over a connection of ours.
Elsewhere PortAudio's own list has the names; `portaudio.PortAudio.sources` reads it.
"""

import logging
import os
import threading
from collections.abc import Callable
from dataclasses import dataclass
from types import ModuleType
from typing import Any

log = logging.getLogger(__name__)

LISTEN_SECONDS = 0.25  # how long closing waits at most for the event loop to look up
RETRY_SECONDS = 0.5  # between attempts to reach a server that is away

# The id of "what the computer plays", on whatever output is the default just then. Sound servers
# know this name themselves: PulseAudio, src/pulsecore/namereg.c, and pipewire-pulse.
COMPUTER_SOUND = "@DEFAULT_MONITOR@"


@dataclass(frozen=True, slots=True)
class Source:
    """Something to record from.

    id: what `CaptureController.start` takes; stable across restarts of the server.
    label: the name for people.
    monitor: it records what a loudspeaker plays, not a microphone.
    default: what the system would choose.
    """

    id: str
    label: str
    monitor: bool
    default: bool


@dataclass(frozen=True, slots=True)
class SoundServer:
    """The sound server as last seen.

    sources: microphones first, then monitors of loudspeakers.
    ours: the source that this process records from now, None if it does not.
    """

    reachable: bool
    sources: tuple[Source, ...] = ()
    ours: str | None = None

    def find(self, source: str | None) -> Source | None:
        """The source of that id, if it is there."""
        return next((found for found in self.sources if found.id == source), None)


def ordered(sources: list[Source]) -> tuple[Source, ...]:
    """Microphones before monitors, each by name."""
    return tuple(
        sorted(
            sources,
            key=lambda source: (
                source.monitor,
                source.id != COMPUTER_SOUND,
                source.label.casefold(),
            ),
        )
    )


class ServerWatcher:
    """A thread that reports the sound server whenever it changes, and brings our stream home.

    Args:
        report: called in the watcher's thread with each change.
    """

    def __init__(self, report: Callable[[SoundServer], None]) -> None:
        self._report = report
        self._closing = threading.Event()
        self._changed = False
        self._wanted: str | None = None
        self._thread = threading.Thread(target=self._run, name="sound server", daemon=True)

    @staticmethod
    def library() -> ModuleType | None:
        """Pulsectl, or None where the system has no PulseAudio client library."""
        try:
            import pulsectl
        except (ImportError, OSError):
            return None
        return pulsectl  # type: ignore[no-any-return]

    def start(self) -> None:
        """Begin to watch."""
        self._thread.start()

    def follow(self, source: str | None) -> None:
        """Bring our stream back to this source whenever it appears; None: to the first it used."""
        self._wanted = source

    def close(self) -> None:
        """Stop watching. A frozen server may keep the thread; it dies with the process."""
        self._closing.set()
        if self._thread.is_alive():
            self._thread.join(2 * LISTEN_SECONDS)

    def _run(self) -> None:
        library = self.library()
        if library is None:
            self._report(SoundServer(reachable=False))
            return
        seen_away = False
        while not self._closing.is_set():
            try:
                with library.Pulse("Nestling", connect=False) as pulse:
                    pulse.connect()
                    seen_away = False
                    self._watch(library, pulse)
            except Exception as error:  # noqa: BLE001 - a thread's border
                # Going away is the server's good right and raises three unrelated types.
                if not seen_away:
                    log.info("the sound server is away: %r", error)
                    self._report(SoundServer(reachable=False))
                seen_away = True
                self._closing.wait(RETRY_SECONDS)

    def _watch(self, library: ModuleType, pulse: Any) -> None:
        def note(event: Any) -> None:
            self._changed = True
            raise library.PulseLoopStop

        pulse.event_mask_set("source", "source_output", "server")
        pulse.event_callback_set(note)
        before, known = None, _Indices(None, None, None, {}, frozenset())
        while not self._closing.is_set():
            self._changed = False
            server, indices = self._look(pulse)
            if server != before:
                self._report(server)
            self._bring_home(pulse, known, server, indices)
            before, known = server, indices
            while not self._changed and not self._closing.is_set():
                pulse.event_listen(LISTEN_SECONDS)

    def _look(self, pulse: Any) -> tuple[SoundServer, "_Indices"]:
        """The server now, and the numbers it knows our streams and the sources by."""
        found = pulse.source_list()
        info = pulse.server_info()
        default = info.default_source_name
        names = {source.index: source.name for source in found}
        sources = [
            Source(
                source.name,
                source.description or source.name,
                # PulseAudio leaves the field empty, pipewire-pulse sets it to None.
                bool(source.monitor_of_sink_name),
                source.name == default,
            )
            for source in found
        ]
        # PulseAudio names a monitor after its output; others are found by what they record.
        output = next((s for s in found if s.monitor_of_sink_name == info.default_sink_name), None)
        if output is not None and output.monitor_of_sink_name:
            label = output.description or output.name
            sources.append(Source(COMPUTER_SOUND, label, monitor=True, default=False))
        process = str(os.getpid())
        outputs = {
            stream.index: names.get(stream.source)
            for stream in pulse.source_output_list()
            if stream.proplist.get("application.process.id") == process
        }
        newest = max(outputs, default=None)  # while one is being closed there are two
        at = outputs.get(newest) if outputs else None
        played = output.name if output is not None else None
        # Whoever asked for the computer's sound hears it, whichever output that is.
        ours = COMPUTER_SOUND if self._wanted == COMPUTER_SOUND and at == played else at
        server = SoundServer(True, ordered(sources), ours)
        indices = {name: index for index, name in names.items()}
        return server, _Indices(newest, at, played, indices, frozenset(outputs))

    def _bring_home(
        self, pulse: Any, known: "_Indices", server: SoundServer, indices: "_Indices"
    ) -> None:
        """Move our stream to the followed source if that has just appeared, or the stream has."""
        if indices.stream is None or indices.at is None:
            return
        if self._wanted is None:
            self._wanted = server.ours
        wanted = indices.named(self._wanted)
        if indices.at == wanted:
            return
        there = wanted in indices.sources
        was_there = known.named(self._wanted) == wanted and wanted in known.sources
        if there and (not was_there or indices.stream not in known.streams):
            pulse.source_output_move(indices.stream, indices.sources[wanted])
        elif there and indices.stream == known.stream and indices.at != known.at:
            # It was there all the time: a person has moved the stream in the system's mixer. A
            # stream that stays where it is only waits to be closed for one from another source.
            self._wanted = server.ours


@dataclass(frozen=True, slots=True)
class _Indices:
    """The server's numbers and names.

    stream: our newest one; at: the source it records from. played: the source of what the default
    output plays. streams: all of ours.
    """

    stream: int | None
    at: str | None
    played: str | None
    sources: dict[str, int]
    streams: frozenset[int]

    def named(self, source: str | None) -> str:
        """The server's own name of a source that was chosen; empty if it has none."""
        return (self.played if source == COMPUTER_SOUND else source) or ""
