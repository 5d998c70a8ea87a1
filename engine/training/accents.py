"""Accents that nobody has: voice files for espeak-ng, put together at random from known traits.

A recogniser that knew five accents of the synthesiser heard a sixth, which drops its h and has the
vowel of "put" in "but", five times worse. The traits are those by which accents of English are told
apart (Wells, Accents of English, 1982); the sound tables of the voices held out from training are
not among the bases. Formants differ, too, each by a factor of its own, as resampling cannot do it.
"""

import atexit
import random
import shutil
import tempfile
from functools import cache
from pathlib import Path

MADE = "made-"  # begins the names of such voices; a number follows
COUNT = 4000
_BASES = (  # sound table and pronunciation rules of the voices that training uses
    ("en", ""),
    ("en-us", "3 6"),
    ("en-sc", "2 5 6 7"),
    ("en-wi", "8"),
    ("en-rp", ""),
)
_EVERYWHERE, _LAST, _UNSTRESSED = "00", "01", "02"
# Sounds by espeak-ng's names, and what is said in their place.
_COMMON = (  # traits of many people: each by itself, that often
    ((_EVERYWHERE, "h", "NULL"),),  # 'ouse
    ((_EVERYWHERE, "T", "f"), (_EVERYWHERE, "D", "v")),  # fink, bruvver
    ((_EVERYWHERE, "V", "U"),),  # "but" as "put"
    ((_EVERYWHERE, "aa", "a"),),  # short "bath"
    ((_EVERYWHERE, "0", "A:"), (_EVERYWHERE, "O:", "A:")),  # "cot" as "caught"
    ((_LAST, "N", "n"),),  # goin'
    ((_LAST, "t", "?"),),
)
_COMMON_ODDS = 0.15
_TRAITS = (  # of few: one to three of these
    ((_EVERYWHERE, "T", "t"), (_EVERYWHERE, "D", "d")),  # ting, dis
    ((_EVERYWHERE, "T", "s"), (_EVERYWHERE, "D", "z")),
    ((_EVERYWHERE, "V", "@"),),
    ((_EVERYWHERE, "V", "a"),),
    ((_EVERYWHERE, "A:", "a"),),
    ((_EVERYWHERE, "a", "E"),),  # "pan" as "pen"
    ((_EVERYWHERE, "a", "A:"),),
    ((_EVERYWHERE, "E", "I"),),  # "pen" as "pin"
    ((_EVERYWHERE, "E", "a"),),
    ((_EVERYWHERE, "E", "eI"),),
    ((_EVERYWHERE, "I", "i:"), (_EVERYWHERE, "I2", "i")),  # "ship" as "sheep"
    ((_EVERYWHERE, "I", "@"),),
    ((_EVERYWHERE, "i:", "I"),),
    ((_EVERYWHERE, "i:", "eI"),),
    ((_LAST, "i", "I"),),
    ((_EVERYWHERE, "u:", "U"),),
    ((_EVERYWHERE, "U", "u:"),),
    ((_EVERYWHERE, "eI", "aI"),),  # "day" as "die"
    ((_EVERYWHERE, "eI", "E"),),
    ((_EVERYWHERE, "aI", "OI"),),
    ((_EVERYWHERE, "aI", "A:"),),  # "time" with one vowel
    ((_EVERYWHERE, "aI", "eI"),),
    ((_EVERYWHERE, "aU", "oU"),),
    ((_EVERYWHERE, "aU", "a"),),
    ((_EVERYWHERE, "oU", "O:"),),  # "boat" nearly as "bought"
    ((_EVERYWHERE, "oU", "aU"),),
    ((_EVERYWHERE, "oU", "u:"),),
    ((_EVERYWHERE, "0", "O:"),),
    ((_EVERYWHERE, "0", "a"),),
    ((_EVERYWHERE, "O:", "0"),),
    ((_EVERYWHERE, "O:", "oU"),),
    ((_EVERYWHERE, "3:", "e@"),),  # "fur" as "fair"
    ((_EVERYWHERE, "3:", "O:"),),
    ((_EVERYWHERE, "3:", "V"),),
    ((_EVERYWHERE, "e@", "3:"),),
    ((_EVERYWHERE, "e@", "i@"),),
    ((_EVERYWHERE, "i@", "e@"),),
    ((_EVERYWHERE, "OI", "aI"),),
    ((_UNSTRESSED, "@", "V"),),
    ((_UNSTRESSED, "@", "a"),),
    ((_EVERYWHERE, "v", "w"),),
    ((_EVERYWHERE, "w", "v"),),
    ((_LAST, "z", "s"),),
    ((_LAST, "d", "t"), (_LAST, "b", "p")),
    ((_LAST, "l", "U"),),  # "well" nearly as "weu"
    ((_EVERYWHERE, "tS", "S"),),
    ((_EVERYWHERE, "dZ", "Z"),),
    ((_EVERYWHERE, "t", "t["), (_EVERYWHERE, "d", "d[")),
    ((_EVERYWHERE, "j", "NULL"),),  # "noo" for "new"
)
_MOST_TRAITS = 3
_LENGTHS = (  # of vowels by stress, as in the voices that training uses; "" = the table's own
    "",
    "140 120 190 170 0 0 255 300",
    "180 130 200 200 0 0 250 270",
    "175 175 175 175 220 220 250 290",
    "150 140 180 180 0 0 230 240",
)
_FORMANTS = 6


def voice_text(number: int) -> str:
    """The voice file of one accent; the same number is always the same accent."""
    rng = random.Random(f"accent {number}")
    table, rules = rng.choice(_BASES)
    lines = [f"name {MADE}{number}", f"language en-x-made{number}", f"phonemes {table}"]
    if rules:
        lines.append(f"dictrules {rules}")
    lengths = rng.choice(_LENGTHS)
    if lengths:
        lines.append(f"stressLength {lengths}")
    lines.append(f"intonation {rng.randint(1, 4)}")
    replaced: set[str] = set()
    traits = [trait for trait in _COMMON if rng.random() < _COMMON_ODDS]
    for trait in (*traits, *rng.sample(_TRAITS, rng.randint(1, _MOST_TRAITS))):
        for where, sound, other in trait:
            if sound not in replaced:
                replaced.add(sound)
                lines.append(f"replace {where} {sound} {other}")
    size = rng.uniform(0.93, 1.13)
    for formant in range(1, _FORMANTS + 1):
        frequency = size * rng.uniform(0.95, 1.05)
        height, width = rng.uniform(0.7, 1.3), rng.uniform(0.8, 1.3)
        percents = (round(100 * factor) for factor in (frequency, height, width))
        lines.append(f"formant {formant} {' '.join(map(str, percents))}")
    return "\n".join(lines) + "\n"


@cache
def _folder() -> Path:
    folder = Path(tempfile.mkdtemp(prefix="say-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    return folder


@cache
def voice_file(name: str) -> Path:
    """A file with the accent of that name, "made-17"; kept as long as the process."""
    number = name.removeprefix(MADE)
    file = _folder() / number  # short: the library has room for 40 bytes
    file.write_text(voice_text(int(number)))
    return file
