"""The report in a real browser; skipped where there is none."""

from collections.abc import Iterator
from pathlib import Path

import browser
import pytest
from reports import eighth, folder_of, plan

from onecenter.report.page import page
from onecenter.report.sources import read
from onecenter.words import LANGUAGES

pytestmark = pytest.mark.skipif(browser.binary() is None, reason=f"none of {', '.join(browser.NAMES)} is installed")

#: What is too wide: elements that stand out of the window, but for those inside a part that scrolls by itself.
OUTSIDE = """[...document.querySelectorAll('body *')].filter(each => !each.closest('.scroll, svg')
    && each.getBoundingClientRect().right > innerWidth + 0.5).map(each => each.tagName).join()"""

#: The smallest letters of the pictures that are seen, in px.
SMALLEST = """Math.min(...[...document.querySelectorAll('svg text')].filter(each => each.getClientRects().length)
    .map(each => { const turned = each.getScreenCTM();
        return parseFloat(getComputedStyle(each).fontSize) * Math.hypot(turned.a, turned.b); }))"""

#: Texts of pictures that stand out of them.
CUT = """[...document.querySelectorAll('svg text')].filter(each => each.getClientRects().length).filter(each => {
    const text = each.getBoundingClientRect(), box = each.ownerSVGElement.getBoundingClientRect();
    return text.left < box.left - 2 || text.right > box.right + 2; }).map(each => each.textContent).join()"""


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    folder = tmp_path_factory.mktemp("reports")
    subjects, found = read([folder_of(eighth(), folder / "out", plan=plan())])
    for language in LANGUAGES:
        (folder / f"{language}.html").write_text(page(subjects, found, language), encoding="utf-8")
    return {language: folder / f"{language}.html" for language in LANGUAGES}


@pytest.fixture(scope="module")
def tab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[browser.Tab]:
    with browser.tab(tmp_path_factory.mktemp("profile")) as found:
        yield found


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("width", [1280, 390])
def test_pages_open_quietly_and_fit(
    tab: browser.Tab, files: dict[str, Path], language: str, width: int, tmp_path: Path
) -> None:
    tab.open(files[language], width)
    assert tab.complaints() == []
    assert tab.fetched() == [files[language].resolve().as_uri()]
    assert tab.value("innerWidth") == width
    assert tab.value("document.documentElement.scrollWidth") <= width
    assert tab.value(OUTSIDE) == ""
    assert tab.value(CUT) == ""
    assert tab.value(SMALLEST) >= 10
    assert tab.value("parseFloat(getComputedStyle(document.querySelector('td')).fontSize)") >= 13
    assert tab.value("document.querySelector('.answer').getBoundingClientRect().bottom") < 900
    tab.picture(tmp_path / "page.png")
    assert (tmp_path / "page.png").stat().st_size > 20_000


def test_the_browser_hears_complaints_and_sees_what_is_too_wide(tab: browser.Tab, tmp_path: Path) -> None:
    loud = tmp_path / "loud.html"
    loud.write_text(
        '<!DOCTYPE html><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>x</title>'
        '<div style="width: 900px">wide</div><img src="no.png">'
        "<script>console.error('x'); nothing.at.all</script>",
        encoding="utf-8",
    )
    tab.open(loud, 390)
    assert {each["method"] for each in tab.complaints()} >= {"Runtime.consoleAPICalled", "Runtime.exceptionThrown"}
    assert any(address.endswith("no.png") for address in tab.fetched())
    assert tab.value("document.documentElement.scrollWidth") == 908
