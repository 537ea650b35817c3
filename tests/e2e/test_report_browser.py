"""The report in a real browser: it is painted in light and in dark, and nothing in it runs."""

import os
import re
import shutil
import subprocess
from datetime import UTC, datetime
from pathlib import Path

import pytest
from PIL import Image

from krn.journal import Record
from krn.journal import write as write_record
from krn.report import build

BROWSER = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), "")
NOW = datetime(2026, 11, 24, 7, 0, tzinfo=UTC)
HOSTILE = "<script>document.title='ran'</script><img src=x onerror=\"document.title='ran'\">"

pytestmark = pytest.mark.skipif(not BROWSER, reason="There is no chromium here to look at the report with.")


@pytest.fixture
def page(tmp_path: Path) -> Path:
    """A page on a run whose error is hostile."""
    write_record(tmp_path / "warehouse", Record("r1", "run", NOW, NOW, NOW, 69, HOSTILE))
    path = tmp_path / "report.html"
    path.write_text(build(tmp_path / "warehouse", NOW), encoding="utf-8")
    return path


def browse(page: Path, *options: str) -> str:
    sandbox = ["--no-sandbox"] if os.geteuid() == 0 else []  # chromium refuses to have one as root
    profile = f"--user-data-dir={page.parent / 'profile'}"
    command = [BROWSER, "--headless", "--disable-gpu", "--hide-scrollbars", *sandbox, profile, *options, page.as_uri()]
    return subprocess.run(command, capture_output=True, text=True, check=True, timeout=60).stdout


def title(dom: str) -> str:
    found = re.search("<title>(.*?)</title>", dom, re.DOTALL)
    return found[1] if found else ""


def test_a_script_out_of_an_error_is_text(page):
    dom = browse(page, "--dump-dom")
    assert title(dom).startswith("warehouse: The last run failed")
    assert "&lt;script&gt;document.title" in dom
    assert not re.search("<script|<img", dom)


def test_even_a_script_that_got_into_the_page_does_not_run(page):
    page.write_text(page.read_text(encoding="utf-8").replace("</body>", f"{HOSTILE}</body>"), encoding="utf-8")
    dom = browse(page, "--dump-dom")
    assert "<script>document.title" in dom
    assert title(dom) != "ran"


def test_a_browser_would_run_that_script_without_the_policy(page):
    text = page.read_text(encoding="utf-8").replace("</body>", f"{HOSTILE}</body>")
    page.write_text(re.sub("<meta http-equiv=.Content-Security-Policy.*?>", "", text), encoding="utf-8")
    assert title(browse(page, "--dump-dom")) == "ran"


@pytest.mark.parametrize(("scheme", "background"), [(1, (251, 251, 250)), (0, (20, 23, 26))], ids=["light", "dark"])
def test_the_page_is_painted_in_both_colour_schemes(page, scheme, background):
    picture = page.parent / "picture.png"
    browse(page, f"--screenshot={picture}", "--window-size=800,600", f"--blink-settings=preferredColorScheme={scheme}")
    with Image.open(picture) as seen:
        colours = seen.convert("RGB").getcolors(maxcolors=2**20)
        assert seen.convert("RGB").getpixel((2, 2)) == background
    assert colours is not None
    assert len(colours) > 100  # text has many shades
