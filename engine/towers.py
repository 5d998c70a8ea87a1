"""The towers of an open model: coming in a thread of their own, held, idle, going.

Knows no question, no pipe and no window. A tower that is coming is told of again and again, so
that whoever waits can see to other things in between; giving it up is one of them.
"""

import math
import threading
import time
from collections.abc import Callable, Iterator

from torch import Tensor

from engine import residency
from engine.datatypes import Modality
from engine.model import AnyTower, Gemma3n
from engine.protocol import Tower, TowerState

HEARTBEAT_S = 0.05  # between two events of a tower that is coming


class _GivenUp(Exception):
    """Nobody wants the tower any more."""


class _Arrival:
    """A tower that a thread reads into memory, weight by weight. `weights`: those that are there.

    Giving up holds from the next weight on.
    """

    def __init__(self, model: Gemma3n, modality: Modality) -> None:
        self.weights: list[Tensor] = []
        self.given_up = False
        self._model, self._modality = model, modality
        self._total = max(1, model.tower_params(modality))
        self._arrived = 0
        self._tower: AnyTower | None = None
        self._error: Exception | None = None
        name = f"{modality.value} tower"
        self._thread = threading.Thread(target=self._read, name=name, daemon=True)
        self._thread.start()

    @property
    def fraction(self) -> float:
        """How much of it is there, 0..1."""
        return min(1.0, self._arrived / self._total)

    def wait(self, seconds: float | None = None) -> bool:
        """Let time pass; whether the thread has come to an end."""
        self._thread.join(seconds)
        return not self._thread.is_alive()

    def result(self) -> tuple[AnyTower | None, Exception | None]:
        """The tower unless it was given up, and what went wrong; nothing is left here."""
        self.weights.clear()
        tower, self._tower = self._tower, None
        return (None if self.given_up else tower), self._error

    def _read(self) -> None:
        try:
            self._tower = self._model.read_tower(self._modality, self._take)
        except _GivenUp:
            return
        except Exception as error:  # noqa: BLE001 - a thread's border: raised to whoever waits
            # Its frames would keep the weights that are there already.
            self._error = error.with_traceback(None)

    def _take(self, weight: Tensor) -> None:
        if self.given_up:
            raise _GivenUp
        residency.touch(weight)
        self.weights.append(weight)
        self._arrived += weight.numel()


class Towers:
    """Which towers are in memory.

    Args:
        model: whose towers they are.
        clock: monotonic seconds.

    State: those that are coming; those held and what for, which stay; when each was used last;
    those that go as soon as they are held no more.
    """

    def __init__(self, model: Gemma3n, clock: Callable[[], float] = time.monotonic) -> None:
        self._model, self._clock = model, clock
        self._arrivals: dict[Modality, _Arrival] = {}
        self._held: dict[Modality, set[str]] = {}
        self._used_at: dict[Modality, float] = {}
        self._unwanted: set[Modality] = set()

    @property
    def loaded(self) -> tuple[Modality, ...]:
        """The towers in memory."""
        return tuple(modality for modality in Modality if self._model.has_tower(modality))

    @property
    def arriving(self) -> dict[str, list[Tensor]]:
        """The weights so far of towers that are coming, by the name of the modality."""
        return {m.value: list(arrival.weights) for m, arrival in self._arrivals.items()}

    def load(self, modality: Modality, stop: Callable[[], bool] = lambda: False) -> Iterator[Tower]:
        """Have a tower; read in the background if it is not there.

        Not in `loaded` afterwards: it was given up, by `release` or by `stop`.

        Errors: BAD_INPUT if the model does not have it; whatever reading it raises.
        """
        if not self._model.has_tower(modality):
            yield from self._load(modality, stop)
        self.note_use(modality)

    def _load(self, modality: Modality, stop: Callable[[], bool]) -> Iterator[Tower]:
        arrival = self._arrivals[modality] = _Arrival(self._model, modality)
        try:
            yield Tower(modality, TowerState.LOADING, 0.0)
            while not arrival.wait(HEARTBEAT_S):
                if stop():  # which may itself give it up
                    arrival.given_up = True
                yield Tower(modality, TowerState.LOADING, arrival.fraction)
            tower, error = arrival.result()
            if tower is not None:
                self._model.put_tower(modality, tower)
        finally:  # also where nobody waits any longer: the generator was closed
            arrival.given_up = True
            arrival.wait()
            del self._arrivals[modality], arrival
            if not self._model.has_tower(modality):
                residency.trim()
        state = TowerState.ABSENT if tower is None else TowerState.LOADED
        del tower
        yield Tower(modality, state)
        if error is not None:
            raise error

    def hold(self, modality: Modality, use: str) -> None:
        """From now on the tower is in use for something, and stays whoever wants it away."""
        self._held.setdefault(modality, set()).add(use)

    def unhold(self, modality: Modality, use: str) -> None:
        """This use is over. Nothing to do where it had not begun."""
        uses = self._held.get(modality, set())
        if use in uses:
            uses.discard(use)
            self.note_use(modality)

    def is_held(self, modality: Modality) -> bool:
        """Whether the tower is in use."""
        return bool(self._held.get(modality))

    def note_use(self, modality: Modality) -> None:
        """The tower was used just now, if it is there: idle time begins anew."""
        if self._model.has_tower(modality):
            self._used_at[modality] = self._clock()

    def release(self, modality: Modality) -> tuple[Tower, ...]:
        """Give a tower's memory back, or give it up while it comes; one that is held goes later."""
        if modality in self._arrivals:
            self._arrivals[modality].given_up = True
            return ()
        if self.is_held(modality):
            self._unwanted.add(modality)
            return ()
        self._unwanted.discard(modality)
        self._used_at.pop(modality, None)
        self._model.release(modality)
        residency.trim()
        return (Tower(modality, TowerState.ABSENT),)

    def due(self, idle_s: float) -> float | None:
        """When `going` will name one, on the clock; None = not before something happens."""
        moments = [self._goes_at(modality, idle_s) for modality in self._used_at]
        return min((moment for moment in moments if moment < math.inf), default=None)

    def going(self, idle_s: float) -> list[Modality]:
        """What shall be released: wanted away while it was held, or idle for so long."""
        now = self._clock()
        return [modality for modality in self._used_at if self._goes_at(modality, idle_s) <= now]

    def _goes_at(self, modality: Modality, idle_s: float) -> float:
        if self.is_held(modality):
            return math.inf
        return self._used_at[modality] + (0.0 if modality in self._unwanted else idle_s)
