"""The README in its two languages: the same commands, character by character."""

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
