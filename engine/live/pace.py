"""How often to decode: less often when the machine falls behind. Knows only lags and sound.

Sound is never dropped here. What gives way is, in order: how often tentative text is renewed,
then tentative text as a whole; the text of a finished segment is always decoded.
"""

from engine.datatypes import SAMPLE_RATE

BEHIND_S = 1.5  # a lag that a reader notices
BEHIND_STEPS = 3  # chunks in a row, so that one slow step changes nothing
CAUGHT_UP_S = 0.5
CAUGHT_UP_STEPS = 31  # 5 s
FACTORS = (1, 2, 4, None)  # of the usual cadence; None: no tentative text


class Pace:
    """Decides when tentative text is due.

    State: the current factor and how long it has served, what the last decoding cost.

    Args:
        every_samples: sound between two decodings.
        share: of the time, what decodings may take; None: whatever they take.
    """

    def __init__(self, every_samples: int, share: float | None = None) -> None:
        self._every, self._share = every_samples, share
        self._earliest = 0.0
        self._level = 0
        self._behind = 0
        self._caught_up = 0

    @property
    def factor(self) -> int | None:
        """How much rarer than usual tentative text is decoded; None: not at all."""
        return FACTORS[self._level]

    def note(self, lag_s: float) -> None:
        """Take the age of a chunk at the time its turn came."""
        self._behind = self._behind + 1 if lag_s > BEHIND_S else 0
        self._caught_up = self._caught_up + 1 if lag_s < CAUGHT_UP_S else 0
        if self._behind >= BEHIND_STEPS and self._level < len(FACTORS) - 1:
            self._level, self._behind = self._level + 1, 0
        elif self._caught_up >= CAUGHT_UP_STEPS and self._level > 0:
            self._level, self._caught_up = self._level - 1, 0

    def note_cost(self, compute_s: float) -> None:
        """Take what a decoding of the open segment took; 0 where another segment begins."""
        self._earliest = compute_s * SAMPLE_RATE / self._share if self._share else 0.0

    def is_due(self, new_samples: int) -> bool:
        """Say whether to decode after `new_samples` of sound since the last time."""
        factor = self.factor
        return factor is not None and new_samples >= max(factor * self._every, self._earliest)
