"""How often to decode: as often as the machine sustains. Knows only lags, costs and sound.

Sound is never dropped here. What gives way is, in order: how often tentative text is renewed,
then tentative text as a whole; the text of a finished segment is always decoded.
"""

from collections import deque

from engine.datatypes import SAMPLE_RATE

BEHIND_S = 1.5  # a lag that a reader notices
BEHIND_STEPS = 3  # chunks in a row, so that one slow step changes nothing
CAUGHT_UP_S = 0.5
CAUGHT_UP_STEPS = 31  # 5 s
LONGEST_PATIENCE = 32 * CAUGHT_UP_STEPS
FACTORS = (1, 2, 4, 6, None)  # of the usual cadence; None: no tentative text
RECENT_DECODINGS = 4
RECENT_SAMPLES = 5 * SAMPLE_RATE
SUSTAINED = 0.8  # of the time: the rest is for what else the machine does


class Pace:
    """Decides when tentative text is due.

    State: the current factor and how long it has served, what hearing and the last decodings cost,
    how long being on time must last before text comes more often again.

    Args:
        every_samples: sound between two decodings.
        share: of the time, what decodings may take; None: whatever they take.
        load: of the time, what hearing and decoding together may take before text is renewed more
            rarely; None: only falling behind makes it so.
    """

    def __init__(
        self, every_samples: int, share: float | None = None, load: float | None = None
    ) -> None:
        self._every, self._share, self._load = every_samples, share, load
        self._earliest = 0.0
        self._level = 0
        self._behind = 0
        self._caught_up = 0
        self._patience = CAUGHT_UP_STEPS
        self._eased = False
        self._decodings: deque[float] = deque(maxlen=RECENT_DECODINGS)
        self._heard_s = self._heard_samples = 0.0

    @property
    def factor(self) -> int | None:
        """How much rarer than usual tentative text is decoded; None: not at all."""
        return FACTORS[self._level]

    @property
    def every_s(self) -> float | None:
        """Sound between two renewals of tentative text, seconds; None: there is no such text."""
        return None if self.factor is None else self.factor * self._every / SAMPLE_RATE

    def note(self, lag_s: float) -> None:
        """Take the age of a chunk at the time its turn came."""
        self._behind = self._behind + 1 if lag_s > BEHIND_S else 0
        self._caught_up = self._caught_up + 1 if lag_s < CAUGHT_UP_S else 0
        if self._behind >= BEHIND_STEPS:
            self._rarer()
        elif self._caught_up >= self._patience and self._level > 0 and self._sustains(-1):
            self._level, self._caught_up, self._eased = self._level - 1, 0, True

    def note_hearing(self, compute_s: float, samples: int) -> None:
        """Take what it took to encode so much sound."""
        left = max(0.0, 1 - samples / RECENT_SAMPLES)
        self._heard_s = left * self._heard_s + compute_s
        self._heard_samples = left * self._heard_samples + samples

    def note_cost(self, compute_s: float) -> None:
        """Take what a decoding of the open segment took; 0 where another segment begins."""
        self._earliest = compute_s * SAMPLE_RATE / self._share if self._share else 0.0

    def note_renewal(self, compute_s: float) -> None:
        """Take what a decoding of tentative text took."""
        self._decodings.append(compute_s)
        if len(self._decodings) == RECENT_DECODINGS and not self._sustains(0):
            self._rarer()

    def is_due(self, new_samples: int) -> bool:
        """Say whether to decode after `new_samples` of sound since the last time."""
        factor = self.factor
        return factor is not None and new_samples >= max(factor * self._every, self._earliest)

    def _rarer(self) -> None:
        """Renew text more rarely; what did not last is tried again only after twice the time."""
        if self._level == len(FACTORS) - 1:
            return
        self._level, self._behind, self._caught_up = self._level + 1, 0, 0
        if self._eased:
            self._patience, self._eased = min(2 * self._patience, LONGEST_PATIENCE), False
        # Fewer decodings bring more words each: what they cost is learnt anew.
        self._decodings.clear()

    def _sustains(self, step: int) -> bool:
        """Whether the machine bears the cadence so many levels from now, by what it has taken."""
        factor = FACTORS[self._level + step]
        if self._load is None or factor is None or not self._decodings:
            return True
        hearing = self._heard_s / max(self._heard_samples, 1.0)
        decoding = sum(self._decodings) / len(self._decodings) / (factor * self._every)
        return (hearing + decoding) * SAMPLE_RATE <= self._load
