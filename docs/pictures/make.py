"""The sample site in; the pictures of the README and of these pages out. Run ``python docs/pictures/make.py``.

Needs the test extra (playwright), a Chromium at /usr/bin/chromium and the print libraries.
"""

from __future__ import annotations

import io
import shutil
import sys
import tempfile
from pathlib import Path

from PIL import Image, ImageFilter
from playwright.sync_api import Browser, sync_playwright

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
sys.path.insert(0, str(ROOT))

from tests.sample import Sample  # noqa: E402
from toolkit_builder import pipeline  # noqa: E402
from toolkit_builder.printing.picture import pages  # noqa: E402

CONFERENCE = "conferences/2027-asw"
ARGUMENTS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
GROUND, EDGE = (240, 235, 240), (206, 196, 206)
HEIGHT, MARGIN = 560, 26  # of a sheet, and around it, in pixels


def main() -> None:
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as started:
        site = built(Path(folder) / "site")
        (sample_folder := Path(folder) / "sample").mkdir()
        sample = Sample.load(sample_folder)
        browser = started.chromium.launch(executable_path="/usr/bin/chromium", args=ARGUMENTS)
        wide = 1600 - 4 * MARGIN - 2 * round(HEIGHT / 297 * 210)
        conference = shot(browser, site / CONFERENCE / "index.html", 1400, round(1400 * HEIGHT / wide))
        sheets = [
            conference.resize((wide, HEIGHT), Image.Resampling.LANCZOS),
            sheet(sample, f"{CONFERENCE}/bulletins/2/bulletin.pdf"),
            sheet(sample, "plans/adult-social-work/plan-a3.pdf"),
        ]
        keep(side_by_side(sheets), "overview.png")
        keep(chosen(browser, site / CONFERENCE / "motions/5/index.html"), "chosen.png")
        browser.close()


def built(folder: Path) -> Path:
    """The sample site without print."""
    shutil.copytree(ROOT / "content", folder / "content")
    config = (ROOT / "toolkit.yaml").read_text(encoding="utf-8")
    (folder / "toolkit.yaml").write_text(f"{config}\nprint:\n  enabled: no\n", encoding="utf-8")
    report = pipeline.build(folder, pipeline.Options(jobs=1))
    assert report.published, report.diagnostics
    return folder / "output"


def sheet(sample: Sample, path: str) -> Image.Image:
    """The first page of a printed document."""
    (page,) = pages(sample.printed(path).pdf, dpi=144, only=range(1))
    picture = Image.open(io.BytesIO(page)).convert("RGB")
    return picture.resize((round(HEIGHT * picture.width / picture.height), HEIGHT), Image.Resampling.LANCZOS)


def shot(browser: Browser, page: Path, width: int, height: int) -> Image.Image:
    """What a window of this size shows of a page, at twice the size."""
    opened = browser.new_page(viewport={"width": width, "height": height}, device_scale_factor=2)
    opened.goto(page.as_uri())
    opened.evaluate("document.fonts.ready")
    picture = Image.open(io.BytesIO(opened.screenshot())).convert("RGB")
    opened.close()
    return picture


def chosen(browser: Browser, page: Path) -> Image.Image:
    """The text of a motion with two of its amendments ticked."""
    opened = browser.new_page(viewport={"width": 1000, "height": 900})
    opened.goto(f"{page.as_uri()}?with=5-1,5-2,5-3")
    opened.evaluate("document.fonts.ready")
    box = opened.locator("#text").bounding_box()
    assert box is not None
    clip = {"x": 0, "y": box["y"] - 12, "width": 860, "height": 640}
    picture = Image.open(io.BytesIO(opened.screenshot(full_page=True, clip=clip))).convert("RGB")
    opened.close()
    return picture


def side_by_side(sheets: list[Image.Image]) -> Image.Image:
    """Sheets on a table, each with its shadow."""
    table = Image.new("RGB", (1600, HEIGHT + 2 * MARGIN), GROUND)
    shadow = Image.new("L", table.size, 0)
    places, x = [], MARGIN
    for each in sheets:
        places.append((x, MARGIN))
        shadow.paste(70, (x + 2, MARGIN + 6, x + each.width + 2, MARGIN + HEIGHT + 6))
        x += each.width + MARGIN
    table.paste((60, 40, 60), mask=shadow.filter(ImageFilter.GaussianBlur(7)))
    for place, each in zip(places, sheets, strict=True):
        table.paste(EDGE, (place[0] - 1, place[1] - 1, place[0] + each.width + 1, place[1] + HEIGHT + 1))
        table.paste(each, place)
    return table


def keep(picture: Image.Image, name: str) -> None:
    """Few colours are enough for pages, and keep the file small."""
    few = picture.quantize(256, method=Image.Quantize.MAXCOVERAGE, dither=Image.Dither.NONE)
    few.save(HERE / name, optimize=True)
    print(f"{name}: {picture.width} x {picture.height}, {(HERE / name).stat().st_size // 1000} kB")


if __name__ == "__main__":
    main()
