"""A logo on the page that makes a document: the branch's published one, or a file that never leaves the device."""

from __future__ import annotations

import io
import json
import zipfile
from pathlib import Path
from typing import Any
from urllib.parse import quote

import docx
import pytest
from PIL import Image

from tests.localise.test_logos import DRAWING, photograph
from tests.localise.test_make import browser, loaded, page_of, pick, sample

pytestmark = [pytest.mark.browser, pytest.mark.slow]
__all__ = ["browser", "loaded", "sample"]  # fixtures


def shown(page: Any) -> list[list[str]]:
    """Address (its beginning), description and class of the logos in the preview."""
    found: list[list[str]] = page.evaluate(
        """() => [...document.querySelector('iframe').contentDocument.querySelectorAll('.branch-logo')]
        .map((e) => [e.getAttribute('src').split(',')[0], e.alt, e.className])"""
    )
    return found


def choose(page: Any, path: Path) -> None:
    page.set_input_files("#make-logo", path)
    page.wait_for_function("document.querySelector('.make-status').textContent !== ''")


KINDS = (
    "leaflet-a5", "leaflet-a4", "leaflet-dl", "poster-a3", "poster-a4", "model-letter-director", "press-release",
    "model-motion-branch", "model-agreement", "article", "petition", "postcard",
)  # fmt: skip


def test_every_kind_shows_the_logo_of_the_branch_that_is_picked(browser: Any, sample: Path) -> None:
    for name in KINDS:
        page = page_of(browser, sample, name)
        assert shown(page) == [], name
        pick(page, "kingsferry")
        drawn = ["data:image/svg+xml;base64", "A ferry on three waves, the badge of the Kingsferry branch"]
        assert shown(page) == [[*drawn, "branch-logo drawn"]], name
        pick(page, "aldermoor")
        assert [logo[0] for logo in shown(page)] == ["data:image/png;base64"], name
        pick(page, "marlbrook")
        assert shown(page) == [], name
        page.close()


def test_each_language_has_its_own_description(browser: Any, sample: Path) -> None:
    page = page_of(browser, sample, "petition", "#branch=penrhyn-vale")
    page.wait_for_function("document.querySelector('iframe').contentDocument.querySelectorAll('.branch-logo').length")
    english = "A headland with a lighthouse, the badge of the Penrhyn Vale branch"
    assert [logo[1] for logo in shown(page)] == [english, "Cangen Bro Penrhyn"]
    page.close()


@pytest.mark.parametrize(
    ("name", "kind"), [("a.svg", "svg+xml"), ("b.png", "png"), ("c.jpg", "jpeg"), ("d.txt", "svg+xml")]
)
def test_a_file_of_one_s_own_stays_on_the_device(
    browser: Any, sample: Path, tmp_path: Path, name: str, kind: str
) -> None:
    data = {"svg+xml": DRAWING.encode(), "png": photograph("PNG"), "jpeg": photograph("JPEG")}[kind]
    (tmp_path / name).write_bytes(data)
    context = browser.new_context()
    asked: list[str] = []
    page = page_of(context, sample, "leaflet-a5")
    page.on("request", lambda request: asked.append(request.url))
    page.get_by_label("Branch name").first.fill("Oak branch") if page.get_by_label("Branch name").count() else None
    choose(page, tmp_path / name)
    assert [logo[0] for logo in shown(page)] == [f"data:image/{kind};base64"]
    assert shown(page)[0][1]
    page.evaluate("navigator.clipboard.writeText = (text) => { window.copied = text; return Promise.resolve(); }")
    page.get_by_role("button", name="Copy a link with these details").click()
    page.wait_for_function("window.copied")
    assert "data%3A" not in page.evaluate("window.copied")
    assert "base64" not in page.evaluate("window.copied")
    assert page.evaluate("localStorage.length") == 0
    assert [url for url in asked if not url.startswith(("data:", "file:", "blob:"))] == []
    page.get_by_label("Remember what I typed on this device").check()
    page.reload()
    page.wait_for_function("document.querySelector('iframe').contentDocument.querySelectorAll('.branch-logo').length")
    assert [logo[0] for logo in shown(page)] == [f"data:image/{kind};base64"]
    page.get_by_role("button", name="Take my logo out").click()
    assert shown(page) == []
    assert "base64" not in page.evaluate("localStorage.getItem('toolkit-make:leaflet-a5')")
    choose(page, tmp_path / name)
    page.get_by_role("button", name="Clear everything").click()
    page.wait_for_function("localStorage.length === 0")
    assert shown(page) == []
    context.close()


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"no picture", "This file is not an SVG, PNG or JPEG"),
        (b"\x89PNG\r\n\x1a\nbroken", "This file is not an SVG, PNG or JPEG"),
        (b"<html><body>page</body></html>", "This file is not an SVG, PNG or JPEG"),
        (b'<svg xmlns="http://www.w3.org/2000/svg"><path/></svg>', "This file is not an SVG, PNG or JPEG"),
        (b"", "This file is not an SVG, PNG or JPEG"),
        (bytes(1_000_001), "This picture is too large"),
        (photograph("PNG", (5000, 4000)), "This picture is too large"),
    ],
)
def test_what_is_no_logo_is_told(browser: Any, sample: Path, tmp_path: Path, data: bytes, said: str) -> None:
    (tmp_path / "logo.png").write_bytes(data)
    page = page_of(browser, sample, "leaflet-a5")
    choose(page, tmp_path / "logo.png")
    assert page.locator(".make-status").inner_text().startswith(said)
    assert shown(page) == []
    page.close()


def test_a_drawing_that_would_run_does_not(browser: Any, sample: Path, tmp_path: Path) -> None:
    hostile = (
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9" onload="top.ran=1"><script>top.ran = 1</script>'
        '<image href="https://evil.example/x.png"/><foreignObject><img src="x" onerror="top.ran=1"/></foreignObject></svg>'
    )
    (tmp_path / "logo.svg").write_text(hostile)
    page = page_of(browser, sample, "model-letter-director")
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    choose(page, tmp_path / "logo.svg")
    page.get_by_role("button", name="Download for Word").click()
    page.wait_for_timeout(300)
    assert page.evaluate("window.ran") is None
    assert page.frame_locator("iframe").locator("script, foreignObject").count() == 0
    assert not [url for url in asked if "evil" in url]
    page.close()


@pytest.mark.parametrize("picked", ["kingsferry", "aldermoor", "dyffryn-arad", "penrhyn-vale"])
def test_the_word_file_has_the_logo(browser: Any, sample: Path, picked: str) -> None:
    page = page_of(browser, sample, "model-letter-director", f"#branch={picked}")
    page.wait_for_function("document.querySelector('iframe').contentDocument.querySelectorAll('.branch-logo').length")
    described = [logo[1] for logo in shown(page)]
    with page.expect_download() as found:
        page.get_by_role("button", name="Download for Word").click()
    data = Path(found.value.path()).read_bytes()
    document = docx.Document(io.BytesIO(data))
    assert document.element.body.xpath(".//w:drawing//wp:docPr/@descr") == described
    with zipfile.ZipFile(io.BytesIO(data)) as packed:
        assert packed.testzip() is None
        [name] = [n for n in packed.namelist() if n.startswith("word/media/")]
        with Image.open(io.BytesIO(packed.read(name))) as picture:
            shape = picture.width / picture.height
    extent = document.element.body.xpath(".//wp:extent")[0]
    assert int(extent.get("cx")) / int(extent.get("cy")) == pytest.approx(shape, rel=0.02)
    page.close()


@pytest.mark.parametrize("logo", [f"data:image/svg+xml,{DRAWING}", "https://evil.example/x.png", "javascript:alert(1)"])
def test_no_link_carries_a_logo(browser: Any, sample: Path, logo: str) -> None:
    page = page_of(browser, sample, "leaflet-a5", f"#branch.employer=Oak&logo={quote(logo)}&branch.logo={quote(logo)}")
    page.wait_for_function("toolkitMake.text().includes('Oak')")
    assert shown(page) == []
    page.close()


def test_what_is_kept_is_not_trusted(browser: Any, sample: Path) -> None:
    context = browser.new_context()
    page = page_of(context, sample, "leaflet-a5")
    for logo in (
        "https://evil.example/x.png",
        'data:image/png;base64,AA"onerror=x',
        7,
        {"a": 1},
        "data:text/html;base64,AAAA",
    ):
        page.evaluate(
            "(said) => localStorage.setItem('toolkit-make:leaflet-a5', said)", json.dumps({"values": {}, "logo": logo})
        )
        page.reload()
        page.wait_for_selector("[data-make]:not([aria-busy])")
        assert shown(page) == []
    for broken in (
        "[1, 2]",
        "{",
        "null",
        '{"values": 7, "chosen": [], "branch": {}}',
        '"x"',
        '{"__proto__": {"x": 1}}',
    ):
        page.evaluate("(said) => localStorage.setItem('toolkit-make:leaflet-a5', said)", broken)
        page.reload()
        page.wait_for_selector("[data-make]:not([aria-busy])")
        assert len(page.evaluate("toolkitMake.text()")) > 200
        assert page.evaluate("({}).x === undefined")
    context.close()


def test_a_full_device_keeps_the_words(browser: Any, sample: Path, tmp_path: Path) -> None:
    (tmp_path / "a.png").write_bytes(photograph("PNG") + bytes(50_000))
    context = browser.new_context()
    context.add_init_script(
        """const set = Storage.prototype.setItem;
        Storage.prototype.setItem = function (key, value) {
          if (value.length > (window.room ?? 30000)) throw new DOMException('full', 'QuotaExceededError');
          return set.call(this, key, value); };"""
    )
    page = page_of(context, sample, "leaflet-a5")
    choose(page, tmp_path / "a.png")
    page.get_by_label("Employer").first.fill("Oak Council")
    page.get_by_label("Remember what I typed on this device").check()
    kept = json.loads(page.evaluate("localStorage.getItem('toolkit-make:leaflet-a5')"))
    assert kept["logo"] == ""
    assert "Oak Council" in kept["values"].values()
    page.evaluate("window.room = 10")
    page.get_by_label("Employer").first.fill("Elm Council")
    page.get_by_text("There is no room on this device to remember this.").wait_for()
    assert "Elm Council" in page.evaluate("toolkitMake.text()")
    context.close()


def test_without_storage_the_page_works(browser: Any, sample: Path) -> None:
    context = browser.new_context()
    context.add_init_script(
        "Object.defineProperty(window, 'localStorage', { get() { throw new DOMException('off', 'SecurityError'); } });"
    )
    page = page_of(context, sample, "leaflet-a5", "#branch=aldermoor")
    page.get_by_label("Employer").first.fill("Oak Council")
    page.get_by_label("Remember what I typed on this device").check()
    page.get_by_text("There is no room on this device to remember this.").wait_for()
    assert "Oak Council" in page.evaluate("toolkitMake.text()")
    page.get_by_role("button", name="Clear everything").click()
    page.wait_for_function("!toolkitMake.text().includes('Oak Council')")
    context.close()


def test_lists_are_typed_line_by_line(browser: Any, sample: Path) -> None:
    page = page_of(browser, sample, "article", "#branch=aldermoor")
    page.wait_for_function("toolkitMake.text().includes('I have 31.')")
    box = page.get_by_label("Quotes from members")
    assert (
        box.input_value()
        == "They tell us that fifteen is not realistic. I have 31. | Nadia Fenwright | Social worker and branch secretary"
    )
    box.fill("Enough! | Bo\n\n<b>Now</b>\n")
    page.get_by_label("Local facts").fill("One.\nTwo.")
    said = page.evaluate("toolkitMake.text()")
    assert "Bo: " in said
    assert "Enough!" in said
    assert "<b>Now</b>" in said
    assert "One. Two." in said
    assert "I have 31" not in said
    page.close()


def test_printing_the_page_prints_the_document(browser: Any, sample: Path) -> None:
    page = page_of(browser, sample, "model-letter-director", "#branch=aldermoor")
    page.emulate_media(media="print")
    assert page.locator(".make-form").is_visible() is False
    assert page.locator("iframe").is_visible()
    page.close()


def test_the_health_check_takes_files_as_they_come(browser: Any, sample: Path, tmp_path: Path) -> None:
    page = page_of(browser, sample, "health-check")
    page.check("#q4-5")
    with page.expect_download() as found:
        page.get_by_role("button", name="Download my answers").click()
    text = Path(found.value.path()).read_text("utf-8-sig")
    head, answer = text.split("\n")[:2]
    cells = answer.split(",")

    def changed(question: int, value: str) -> str:
        return ",".join([*cells[:question], f'"{value}"', *cells[question + 1 :]])

    files = {
        "excel.csv": f"{head.replace(',', ';')}\r\n{answer.replace(',', ';')}\r\n".encode("utf-8-sig"),
        "old.csv": f"{head}\r{answer}\r".encode("cp1252", "replace"),
        "wide.csv": f"{head}\n{answer}\n".encode("utf-16"),
        "odd.csv": f"{head}\n{changed(3, '99')}\n{changed(3, '-1')}\n{changed(0, '1e999')}\n".encode(),
        "markup.csv": f"{head}\n{changed(14, '<img src=x onerror=alert(1)>')}\n".encode(),
        "again.csv": f"{head}\n{answer}\n".encode("utf-16"),
        "foreign.csv": b"a,b\n1,2\n",
        "empty.csv": b"",
        "broken.csv": b'"never closed,\x00\xff' * 50,
        "huge.csv": bytes(1_000_001),
        "head.csv": f"{head}\r\n".encode(),
    }
    for name, data in files.items():
        (tmp_path / name).write_bytes(data)
    page.set_input_files("#survey-files", [tmp_path / name for name in files])
    result = page.locator("[data-team-result]")
    result.get_by_text("8 colleagues together.").wait_for()
    said = result.inner_text()
    for name in ("foreign", "empty", "broken", "head"):
        assert f"{name}.csv is not a file of this health check." in said
    assert "huge.csv is too large" in said
    assert "odd.csv: 3 answers cannot be read and are left out." in said
    assert "again.csv has the same answers as wide.csv." in said
    assert "<img src=x onerror=alert(1)>" in said
    assert result.locator("img").count() == 0
    assert "6 of 6 with a cause for concern" in said
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    page.close()
