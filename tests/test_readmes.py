"""The README: the same commands in its two languages, and every room in its tree."""

import re
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]


def commands(name: str) -> list[str]:
    return re.findall(r"```sh\n(.*?)```", (ROOT / name).read_text(encoding="utf-8"), re.DOTALL)


def test_both_languages_have_the_same_commands() -> None:
    english = commands("README.md")
    assert len(english) >= 2
    assert commands("README.zh.md") == english


def test_each_names_the_other() -> None:
    for name, other in (("README.md", "README.zh.md"), ("README.zh.md", "README.md")):
        assert f"]({other})" in (ROOT / name).read_text(encoding="utf-8")


def test_the_tree_names_every_room() -> None:
    tree = (ROOT / "README.md").read_text(encoding="utf-8").split("## The tree")[1].split("```")[1]
    for half, other in (("engine", "app"), ("app", "assets")):
        named = set(re.findall(r"\w+", tree[tree.index(f"\n{half}/") : tree.index(f"\n{other}/")]))
        rooms = {path.stem for path in (ROOT / half).iterdir() if path.name[0] not in "_."}
        assert not sorted(rooms - named), half
