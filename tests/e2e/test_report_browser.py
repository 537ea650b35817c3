"""The report in a real browser: it is painted, it can be clicked through, it says nothing to the console, and it runs
nothing."""

import re
from collections.abc import Iterator
from pathlib import Path

import browser
import pytest
import yesterday
from browser import PROGRAM, WORDS, Page

from krn.report import build

HOSTILE = "<script>document.title='ran'</script><img src=x onerror=\"document.title='ran'\">"
PHONE, DESK = (390, 844), (1100, 900)
LIGHT, DARK, PAPER = (251, 251, 250), (20, 23, 26), (255, 255, 255)

pytestmark = pytest.mark.skipif(not PROGRAM, reason="There is no chromium here to look at the report with.")


@pytest.fixture(scope="module")
def report(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The page on a shop of which yesterday went wrong, whose bodies are hostile."""
    folder = tmp_path_factory.mktemp("report")
    path = folder / "report.html"
    path.write_text(build(yesterday.warehouse(folder / "warehouse"), yesterday.NOW), encoding="utf-8")
    return path


@pytest.fixture(scope="module")
def window(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Page]:
    with browser.browser(tmp_path_factory.mktemp("profile")) as opened:
        yield opened


@pytest.fixture
def page(window: Page, report: Path) -> Page:
    window.open(report)
    return window


def with_hostile(report: Path, policy: bool = True) -> Path:
    """The page as it would be if a script got into it."""
    text = report.read_text(encoding="utf-8").replace("</body>", f"{HOSTILE}</body>")
    path = report.with_name("hostile.html")
    path.write_text(text if policy else re.sub("<meta http-equiv=.*?>", "", text), encoding="utf-8")
    return path


def test_the_page_is_titled_by_the_worst_news(page):
    assert page.run("document.title").startswith("warehouse: silver.payments is held")


def test_every_link_leads_to_its_section(page):
    page.look(*DESK)
    n = page.run("document.links.length")
    assert n > 10
    for link in range(n):
        page.run("window.scrollTo(0, 0)")
        page.run(f"document.links[{link}].click()")
        where = page.run("document.querySelector(':target').getBoundingClientRect().top")
        end = page.run("document.documentElement.scrollHeight - window.innerHeight - window.scrollY")
        assert abs(where) < 2 or (end < 2 and 0 <= where < DESK[1])


def test_every_fold_opens_and_shows_something(page):
    n = page.run("document.querySelectorAll('details').length")
    assert n == len((*yesterday.SILVER, *yesterday.GOLD)) + 1  # their expectations, and the sums
    page.run("document.querySelectorAll('details').forEach(fold => fold.open = false)")
    for fold in range(n):
        of = f"document.querySelectorAll('details')[{fold}]"
        closed = page.run(f"{of}.offsetHeight")
        page.run(f"{of}.querySelector('summary').click()")
        assert page.run(f"{of}.offsetHeight") > closed + 10


def test_nothing_is_loaded_and_the_console_is_silent(page, report):
    page.run("document.querySelectorAll('details').forEach(fold => fold.open = true)")
    page.look(*DESK)
    requests = [event["params"]["request"]["url"] for event in page.said("Network.requestWillBeSent")]
    assert requests == [report.as_uri()]
    assert page.said(*WORDS) == []


def test_even_a_script_that_got_into_the_page_does_not_run(window, report):
    window.open(with_hostile(report))
    assert window.run("document.scripts.length") == 1
    assert window.run("document.title") != "ran"
    assert window.said(*WORDS) != []  # a silent console would have been broken by it


def test_a_browser_would_run_that_script_without_the_policy(window, report):
    window.open(with_hostile(report, policy=False))
    assert window.run("document.title") == "ran"


@pytest.mark.parametrize(
    ("size", "media", "scheme", "background"),
    [
        (DESK, "screen", "light", LIGHT),
        (DESK, "screen", "dark", DARK),
        (PHONE, "screen", "light", LIGHT),
        (PHONE, "screen", "dark", DARK),
        (DESK, "print", "dark", PAPER),
    ],
    ids=["light", "dark", "phone", "dark phone", "paper"],
)
def test_the_page_is_painted(page, size, media, scheme, background):
    """Text has many shades; no part is wider than the window, but those that scroll by themselves."""
    seen = page.look(*size, media, scheme)
    assert seen.height > 4 * size[1]
    assert seen.getpixel((2, 2)) == background
    for top in (*range(0, seen.height - size[1], size[1]), seen.height - size[1]):
        colours = seen.crop((0, top, size[0], top + size[1])).getcolors(maxcolors=2**20)
        assert colours is not None
        assert len(colours) > 20, f"the page is blank from {top} on"
    assert page.run("document.documentElement.scrollWidth") == size[0]
