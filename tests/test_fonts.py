"""Letters that matplotlib's own font lacks: drawn with a font of this machine, or as boxes with one sentence."""

import io
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from matplotlib.axes import Axes
from matplotlib.text import Text

import onecenter as oc
from onecenter.cli.main import main
from onecenter.plot import fonts, new_axes
from onecenter.plot.fonts import BOX, FontWarning, chinese_family, legible

SENTENCE = "Chinese letters are drawn as boxes: install a font that has them, such as fonts-noto-cjk"
no_font = pytest.mark.skipif(chinese_family() is None, reason="no font with Chinese letters (fonts-noto-cjk)")


def written(text: str) -> Axes:
    """Return Axes with a text in each place where one can stand."""
    ax = new_axes()
    ax.plot([1, 2], [3, 4], label=text)
    ax.set_yticks([3, 4], [text, "plain"])
    for write in (ax.set_title, ax.set_xlabel, ax.set_ylabel):
        write(text)
    ax.annotate(text, (1, 3))
    ax.legend()
    return ax


def saved(ax: Axes) -> bytes:
    """Return the picture; a warning about a letter without a glyph is an error."""
    out = io.BytesIO()
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        ax.get_figure().savefig(out, format="png")  # type: ignore[union-attr]
    return out.getvalue()


def texts_of(ax: Axes) -> list[str]:
    return [each.get_text() for each in ax.findobj(Text) if isinstance(each, Text) and each.get_text()]


@no_font
def test_chinese_letters_are_drawn() -> None:
    ax = legible(written("公共算力 ok"))
    assert saved(ax) != saved(legible(written("产业聚合 ok")))
    assert texts_of(ax).count("公共算力 ok") >= 6 and BOX not in "".join(texts_of(ax))


def test_without_a_font_one_sentence_names_the_package(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fonts, "FAMILIES", ())
    monkeypatch.setattr(fonts, "FILES", ("nothing-begins-so",))
    with pytest.warns(FontWarning) as caught:
        ax = legible(written("公共算力 ok"))
    assert [str(each.message) for each in caught] == [SENTENCE]
    saved(ax)
    assert texts_of(ax).count(f"{4 * BOX} ok") >= 6 and "公" not in "".join(texts_of(ax))


@pytest.mark.parametrize("text", ["$x^{$ \\frac", "a\x07b", "$$", "\ue000 private", "\U0001f984"])
def test_texts_are_data(text: str) -> None:
    saved(legible(written(text)))


def test_latin_letters_are_left_alone() -> None:
    ax = written("plain – ≤ 30 min")
    before = [each.get_fontfamily() for each in ax.findobj(Text)]
    legible(ax)
    assert [each.get_fontfamily() for each in ax.findobj(Text)] == before


@no_font
@pytest.mark.parametrize("name", ["utilisation", "queue", "waits", "gantt"])
def test_pictures_of_a_result_in_chinese(name: str) -> None:
    draw: Callable[..., Any] = getattr(oc.run("tiny").plot, name)
    ax = new_axes()
    draw(ax, language="zh")
    assert any("公共算力服务平台" in text for text in texts_of(ax))
    saved(ax)


def test_the_command_says_it_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(fonts, "FAMILIES", ())
    monkeypatch.setattr(fonts, "FILES", ("nothing-begins-so",))
    label = 'platforms.talent.label={ en = "产业" }'
    with warnings.catch_warnings():
        warnings.simplefilter("default")
        assert main(["run", "tiny", "--set", label, "--out", str(tmp_path / "out")]) == 0
    assert capsys.readouterr().err.splitlines().count(f"onecenter: {SENTENCE}") == 1
