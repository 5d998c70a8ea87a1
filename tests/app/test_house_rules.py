"""Rules of the window's code that no type checker knows."""

import ast
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from xml.etree import ElementTree

import pytest

from app.i18n import translation_file

ROOT = Path(__file__).resolve().parents[2]
SOURCES = sorted((ROOT / "app").rglob("*.py"))


Texts = dict[tuple[str, str], list[str]]


def texts(file: Path) -> Texts:
    """The forms of each text of a Linguist file by its context; none: unfinished."""
    found: Texts = {}
    for context in ElementTree.parse(file).getroot().iter("context"):
        for message in context.iter("message"):
            key = context.findtext("name", ""), message.findtext("source", "")
            translation = message.find("translation")
            assert translation is not None
            forms = [form.text or "" for form in translation.iter("numerusform")]
            forms = forms or [translation.text or ""]
            found[key] = [] if translation.get("type") or not all(forms) else forms
    return found


@pytest.fixture(scope="module")
def extracted(tmp_path_factory: pytest.TempPathFactory) -> Texts:
    """What Qt's own tool finds in the sources now."""
    file = tmp_path_factory.mktemp("lupdate") / "now.ts"
    tool = Path(sys.executable).with_name("pyside6-lupdate")
    names = [str(path) for path in SOURCES]
    subprocess.run([tool, *names, "-ts", file], check=True, capture_output=True)
    return texts(file)


LANGUAGES = ("de", "zh_CN")


@pytest.mark.parametrize("code", LANGUAGES)
def test_every_text_is_extracted_and_translated(extracted: Texts, code: str) -> None:
    translated = texts(translation_file(code))
    assert len(extracted) > 150
    assert set(extracted) - set(translated) == set(), "run pyside6-lupdate"
    assert set(translated) - set(extracted) == set(), "texts that are gone"
    assert [key for key, forms in translated.items() if not forms] == []


@pytest.mark.parametrize(("code", "count"), [("en", 2), ("de", 2), ("zh_CN", 1)])
def test_texts_with_a_number_have_the_forms_of_their_language(
    extracted: Texts, code: str, count: int
) -> None:
    """It said "1 words" and "1 picture(s)"; English has no other texts to be translated."""
    found = texts(translation_file(code))
    assert {key for key in found if "%Ln" in key[1]} == {k for k in extracted if "%Ln" in k[1]}
    assert {len(forms) for key, forms in found.items() if "%Ln" in key[1]} == {count}
    assert not [source for _, source in extracted if "(s)" in source]
    assert code != "en" or all("%Ln" in source for _, source in found)


@pytest.mark.parametrize("code", LANGUAGES)
def test_translations_keep_the_places_for_values(code: str) -> None:
    places = re.compile(r"\{[^}]*\}|%\w")
    for (_, source), forms in texts(translation_file(code)).items():
        for text in forms:
            assert sorted(places.findall(source)) == sorted(places.findall(text))


def test_chinese_is_written_with_its_own_marks_and_one_word_for_the_model_s_size() -> None:
    """Half-width marks stood in eight sentences; a size was 规格, 规模, 尺寸 or 大小."""
    half = re.compile(r"[\u4e00-\u9fff”}][,;:!?]|[,;:!?][\u4e00-\u9fff“]")
    for (_, source), (text, *_) in texts(translation_file("zh_CN")).items():
        assert not half.search(text), text
        assert not re.search("规模|尺寸", text), text
        if re.search(r"\bsize\b", source) and not re.search("[Tt]ext|else", source):
            assert "大小" not in text, text


def calls(tree: ast.AST) -> Iterator[ast.Call]:
    return (node for node in ast.walk(tree) if isinstance(node, ast.Call))


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_source_keeps_the_rules(path: Path) -> None:
    """Literals only in tr; no nested event loops; no waiting for another thread; short files."""
    text = path.read_text(encoding="utf-8")
    tree = ast.parse(text)
    for call in calls(tree):
        if isinstance(call.func, ast.Attribute) and call.func.attr == "tr":
            assert isinstance(call.args[0], ast.Constant), f"line {call.lineno}: tr of no literal"
            assert isinstance(call.func.value, ast.Name)
            assert call.func.value.id == "self", f"line {call.lineno}: lupdate needs self.tr"
    for forbidden in ("processEvents", "BlockingQueuedConnection", "terminate()  # thread"):
        assert forbidden not in text
    limit = 300 if path.name == "main_window.py" else 500
    assert len(text.splitlines()) < limit


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_methods_connected_to_signals_are_slots(path: Path) -> None:
    """A method of this class that a signal is connected to carries @Slot; lambdas never do."""
    for cls in (n for n in ast.walk(ast.parse(path.read_text())) if isinstance(n, ast.ClassDef)):
        methods = {n.name: n for n in cls.body if isinstance(n, ast.FunctionDef)}
        for call in calls(cls):
            signal = isinstance(call.func, ast.Attribute) and call.func.attr == "connect"
            if not signal or not call.args:
                continue
            target = call.args[0]
            assert not isinstance(target, ast.Lambda), f"line {call.lineno}: a lambda as a slot"
            own = (
                isinstance(target, ast.Attribute)
                and isinstance(target.value, ast.Name)
                and target.value.id == "self"
            )
            if own and target.attr in methods:  # type: ignore[attr-defined]
                marks = [ast.unparse(mark) for mark in methods[target.attr].decorator_list]  # type: ignore[attr-defined]
                assert any(mark.startswith("Slot") for mark in marks), ast.unparse(target)


def test_the_desktop_file_names_the_program() -> None:
    from app.paths import APP_ID

    lines = (ROOT / "assets" / f"{APP_ID}.desktop").read_text(encoding="utf-8").splitlines()
    assert f"Icon={APP_ID}" in lines
    assert f"StartupWMClass={APP_ID}" in lines
