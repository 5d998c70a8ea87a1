"""The figures of live translation, on a translator that knows how long it takes."""

from collections.abc import Iterator

import pytest

from engine.datatypes import LiveMetrics, Translation
from engine.live.translator import Request
from tests.bench.listening import Heard
from tests.bench.material import spoken
from tests.bench.test_listening import Instant, Knowing
from tests.bench.translating import Interpreted, interpret


class Spelling:
    """Writes the text backwards, one word a slice."""

    def translate(self, request: Request) -> Iterator[str]:
        words = request.text.split()[::-1]
        yield ""
        for count in range(1, len(words) + 1):
            yield " ".join(words[:count])


class Hearing(Knowing):
    """Keeps no sound for a translator."""

    def sound(self) -> tuple[()]:
        return ()


@pytest.fixture
def found() -> Interpreted:
    return interpret(Hearing(spoken(12, 3, unbroken=False)), Spelling(), CLIP.pcm, Instant())


CLIP = spoken(12, 3, unbroken=False)


def test_every_clause_is_translated_once_and_in_time(found: Interpreted) -> None:
    finals = [translation for _, translation in found.texts if translation.final]
    assert len(finals) == len(found.closed) > 1
    assert all(delay >= 0 for delay in found.delays_s())
    assert len(found.first_delays_s()) == len(finals)
    assert found.erasure() == 0
    for said, meant in found.pairs():
        assert meant.split() == said.split()[::-1]


def test_what_is_taken_back_is_counted() -> None:
    clause = Translation(0, 0, 1, "Spanish", "hola", final=False)
    other = Translation(0, 0, 1, "Spanish", "hoy sí", final=True)
    heard = Heard((), LiveMetrics(0, 0, 0, 0, 0, False))
    found = Interpreted(heard, {(0, 0): (1.0, "hello")}, [(1.5, clause), (2.0, other)])
    assert found.erasure() == pytest.approx(2 / 6)
    assert found.delays_s() == [1.0]
    assert found.first_delays_s() == [0.5]
