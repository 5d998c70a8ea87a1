"""Stands in for what the recipe fetches: no fonts but OpenCV's, and things of a few lines each."""

from pathlib import Path

from engine.training.grammar import is_held_out
from engine.training.pictures.things import Style

NOUNS = ("cat", "dog", "key")
UNNAMED = ("gizmo", "gadget", "widget", "doodad", "whatsit", "thingy", "gubbins", "doohickey")
UNNAMED += ("contraption", "apparatus", "implement", "device", "machine", "engine", "motor")
# Of several words: only the first is nothing that has a name here.
PAIRS = ("odd-gizmo", "odd-cat", "black-heart", "play-button")
_SVG = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32">{}</svg>'
_COLOURS = {Style.MODERN: "#c33", Style.HIGH_CONTRAST: "#212121", Style.FLAT: "#36c"}


def sources(folder: Path) -> Path:
    """`folder` with everything that a Painter looks for in its cache."""
    assert len({is_held_out(name) for name in UNNAMED}) == 2
    (folder / "fonts").mkdir(parents=True)
    for style in Style:
        icons = folder / "fluentui-emoji" / style
        icons.mkdir(parents=True)
        for place, name in enumerate((*NOUNS, *UNNAMED, *PAIRS)):
            bar = f'<rect x="2" y="{2 + place}" width="28" height="12" fill="{_COLOURS[style]}"/>'
            (icons / f"{name}.svg").write_text(_SVG.format(bar))
    return folder
