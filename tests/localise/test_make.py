"""The same leaflet both ways: make.js in a real browser says the words that the builder prints."""

from __future__ import annotations

import io
import json
import re
import shutil
import zipfile
from pathlib import Path
from typing import Any

import docx
import pytest
from selectolax.lexbor import LexborHTMLParser

from toolkit_builder import frame, loading, pipeline
from toolkit_builder.build.cache import Store
from toolkit_builder.formats import pdf
from toolkit_builder.formats.templates import Templates
from toolkit_builder.localise import documents, languages, resources, sheets
from toolkit_builder.localise.branchfiles import variant_id
from toolkit_builder.site import Site

pytestmark = [pytest.mark.browser, pytest.mark.slow]
ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def sample(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The sample site, built without its PDFs."""
    folder = tmp_path_factory.mktemp("sample")
    shutil.copytree(ROOT / "content", folder / "content")
    text = (ROOT / "toolkit.yaml").read_text("utf-8")
    text = text.replace("localise: build", "localise: on-demand") + "\nprint:\n  enabled: false\n"
    (folder / "toolkit.yaml").write_text(text, "utf-8")
    report = pipeline.build(folder, loading.Options(jobs=1))
    assert report.published, report.diagnostics
    return folder


@pytest.fixture(scope="module")
def loaded(sample: Path) -> loading.Loaded:
    with Store(sample / ".toolkit" / "store") as store:
        return loading.load(sample, loading.Options(jobs=1), store)


@pytest.fixture(scope="module")
def browser(chromium: Any) -> Any:
    return chromium


def page_of(browser: Any, sample: Path, name: str, fragment: str = "", **options: Any) -> Any:
    page = browser.new_page(**options)
    page.on("pageerror", lambda problem: pytest.fail(f"{name}: {problem}"))
    address = (sample / f"output/toolkits/enough-hands/{name}/make/index.html").as_uri()
    page.goto(f"{address}{fragment}")
    if options.get("java_script_enabled", True) and page.locator("[data-make]").count():
        page.wait_for_selector("[data-make]:not([aria-busy])", state="attached")
    return page


def same(text: str) -> str:
    return " ".join(text.replace("\u00b7", " ").split())


def form_of(
    template: resources.Template, every: list[resources.Template], branch: dict[str, Any]
) -> resources.Template:
    """The form that a template's page takes when a branch is picked: the branch's own, if the page's language is in it."""
    original = next((t for t in every if t.path == template.original), template)
    own = resources.variant(original, branch)
    return own if own and own.parts else template


def payload_of(template: resources.Template, branch: dict[str, Any], loaded: loading.Loaded) -> dict[str, Any]:
    assert loaded.theme is not None
    paper = sheets.stationery(frame.site_payload(linked(loaded)), "", loaded.theme, {})
    return sheets.page_payload(template, documents.make(template, branch), template.sheets[0], paper)


def linked(loaded: loading.Loaded) -> Site:
    assert loaded.site is not None
    return loaded.site


def built_words(template: resources.Template, branch: dict[str, Any], loaded: loading.Loaded) -> str:
    assert loaded.theme is not None
    html = pdf.page(payload_of(template, branch, loaded), Templates(loaded.theme.bundle)).decode()
    body = LexborHTMLParser(re.sub(r"<svg.*?</svg>", "", html, flags=re.DOTALL)).body
    assert body is not None
    return same(body.text())


def pick(page: Any, name: str) -> None:
    """Pick a branch, and wait for its file."""
    page.select_option("#make-branch", name)
    page.wait_for_selector("[data-make]:not([aria-busy])")


SAID = """() => { const body = toolkitMake.page(); body.querySelectorAll('svg, title').forEach((e) => e.remove());
    return body.textContent; }"""


def test_every_template_says_the_same_in_the_browser(browser: Any, sample: Path, loaded: loading.Loaded) -> None:
    branches = [documents.branch_of(b, linked(loaded)) for b in linked(loaded).all("branch")]
    every = resources.templates(linked(loaded))
    compared, together = 0, 0
    for template in every:
        if not template.sheets:
            continue
        page = page_of(browser, sample, template.url.rstrip("/").rpartition("/")[2])
        for branch in (*branches[:2], *(b for b in branches if b["layout"] != "separate")):
            if page.locator("#make-branch").count():
                pick(page, branch["name"])
            own = form_of(template, every, branch)
            assert same(page.evaluate(SAID)) == built_words(own, branch, loaded), (template.name, branch["name"])
            compared, together = compared + 1, together + bool(own.parts)
        page.close()
    assert compared >= 60
    assert together >= 20


@pytest.mark.parametrize("name", ["leaflet-a5", "model-letter-director-cy", "petition", "press-release"])
def test_every_language_and_layout_can_be_chosen(browser: Any, sample: Path, loaded: loading.Loaded, name: str) -> None:
    every = {t.name: t for t in resources.templates(linked(loaded))}
    template = every[name]
    original = next((t for t in every.values() if t.path == template.original), template)
    branch = documents.branch_of(next(b for b in linked(loaded).all("branch") if b.name == "aldermoor"), linked(loaded))
    page = page_of(browser, sample, name)
    pick(page, "aldermoor")
    seen = set()
    for layout in languages.LAYOUTS:
        for wanted in (["en", "cy"], ["cy", "en"], ["cy"], ["en"]):
            if layout == languages.SEPARATE and len(wanted) > 1:
                continue
            asked = {**branch, "languages": wanted, "layout": layout}
            own = resources.variant(original, asked) or original.translations[0]
            page.select_option("#make-variant", variant_id(own))
            assert same(page.evaluate(SAID)) == built_words(own, asked, loaded), (layout, wanted)
            seen.add(variant_id(own))
    assert len(seen) == page.locator("#make-variant option").count() == 6
    page.close()


@pytest.mark.parametrize(
    ("name", "branch"),
    [
        ("leaflet-a5", "aldermoor"),
        ("leaflet-a5", "dyffryn-arad"),
        ("leaflet-dl", "penrhyn-vale"),
        ("poster-a3", "dyffryn-arad"),
        ("postcard", "dyffryn-arad"),
        ("model-letter-director", "penrhyn-vale"),
    ],
)
def test_what_fits_on_paper_fits_in_the_preview(browser: Any, sample: Path, name: str, branch: str) -> None:
    page = page_of(browser, sample, name, f"#branch={branch}")
    page.wait_for_timeout(300)
    assert page.locator(".make-lacking").inner_text() == ""
    page.close()


def test_what_does_not_fit_is_named(browser: Any, sample: Path) -> None:
    page = page_of(browser, sample, "leaflet-a5", "#branch=aldermoor")
    page.get_by_label("Place of the meeting").fill("a long way to go " * 120)
    page.get_by_text("This does not fit: side back").wait_for()
    page.get_by_label("Place of the meeting").fill("the hall")
    page.wait_for_function("document.querySelector('.make-lacking').textContent === ''")
    page.close()


@pytest.mark.parametrize(
    "key",
    [
        "language",
        "size",
        "branch",
        "cy:branch.employer",
        "__proto__.x",
        "choice-1",
        "choice-__proto__",
        "constructor",
        "fields.demand",
        "cy:__proto__",
    ],
)
@pytest.mark.parametrize(
    "value",
    [
        "__proto__",
        "constructor",
        "<img src=x onerror=alert(1)>",
        "9" * 4000,
        "\u202e\u0000x",
        "1 1 2 -1 NaN",
        "\U0001f469\u200d\U0001f4bb\U0001f3f4 \u0645\u0631\u062d\u0628\u0627",
    ],
)
def test_a_link_of_any_shape_leaves_a_page_that_works(shared_page: Any, sample: Path, key: str, value: str) -> None:
    from urllib.parse import quote

    shared_page.evaluate("(hash) => { location.hash = hash; }", f"{quote(key)}={quote(value)}")
    shared_page.wait_for_selector("[data-make]:not([aria-busy])")
    assert shared_page.evaluate("({}).x === undefined && [].x === undefined")
    assert shared_page.evaluate("Object.prototype.toString.call(toolkitMake.page())") == "[object HTMLBodyElement]"
    frame = shared_page.frame_locator("iframe")
    assert frame.locator("script, img[src=x]").count() == 0
    assert len(shared_page.evaluate("toolkitMake.text()")) > 200


@pytest.fixture(scope="module")
def shared_page(browser: Any, sample: Path) -> Any:
    page = page_of(browser, sample, "model-letter-director")
    yield page
    page.close()


def test_the_keyboard_is_enough(browser: Any, sample: Path) -> None:
    page = page_of(browser, sample, "leaflet-a5")
    page.locator("#make-branch").focus()
    page.keyboard.type("Dyff")
    page.wait_for_selector("[data-make]:not([aria-busy])")
    page.wait_for_function("toolkitMake.text().includes('Dyffryn Arad')")
    assert page.locator("#make-variant").input_value() == "cy+en:side"
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.id") == "make-variant"
    seen = set()
    for _ in range(40):
        page.keyboard.press("Tab")
        seen.add(page.evaluate("document.activeElement.dataset.do ?? document.activeElement.id"))
    assert {"print", "copy", "link", "clear", "make-remember"} <= seen
    page.close()


def test_a_branch_whose_file_is_gone_is_typed(browser: Any, sample: Path) -> None:
    gone = sample / "output/assets/branches/eastwold.js"
    kept = gone.read_bytes()
    gone.unlink()
    try:
        page = page_of(browser, sample, "leaflet-a5")
        pick(page, "eastwold")
        page.get_by_text("The details of this branch could not be read.").wait_for()
        page.get_by_label("Employer (English)").fill("Oak Council")
        assert "Oak Council" in page.evaluate("toolkitMake.text()")
        page.close()
    finally:
        gone.write_bytes(kept)


def test_typing_changes_the_document_and_markup_stays_text(browser: Any, sample: Path) -> None:
    page = page_of(browser, sample, "leaflet-a5")
    page.get_by_label("Employer").fill("<img src=x onerror=alert(1)> & Sons")
    frame = page.frame_locator("iframe")
    assert "<img src=x onerror=alert(1)> & Sons" in frame.locator("body").inner_text()
    assert frame.locator("img").count() == 0
    assert "Still missing" in page.locator(".make-lacking").inner_text()
    page.close()


@pytest.mark.parametrize(
    "fragment",
    [
        "#branch=__proto__",
        "#__proto__.polluted=1",
        "#branch.title=<script>alert(1)</script>",
        "#choice-1=9 x -1",
        "#branch=aldermoor&fields.demand=" + "x" * 9000,
        "#constructor.prototype=1",
        "#%E0%A4%A",
    ],
)
def test_a_crafted_link_can_only_fill_fields(browser: Any, sample: Path, fragment: str) -> None:
    page = page_of(browser, sample, "model-letter-director", fragment)
    page.wait_for_function("window.toolkitMake")
    assert page.evaluate("({}).polluted") is None
    frame = page.frame_locator("iframe")
    assert frame.locator("script").count() == 0
    assert "Dear" in frame.locator("body").inner_text()
    page.close()


def test_a_link_carries_what_was_typed(browser: Any, sample: Path) -> None:
    page = page_of(browser, sample, "model-letter-director", "#branch=aldermoor")
    page.get_by_label("The director's name").fill("Ms O’Neill & Co")
    page.locator("#make-choice-1-3").check()
    page.evaluate("navigator.clipboard.writeText = (text) => { window.copied = text; return Promise.resolve(); }")
    page.get_by_role("button", name="Copy a link with these details").click()
    page.wait_for_function("window.copied")
    address = page.evaluate("window.copied")
    assert "?" not in address.partition("#")[0]
    other = browser.new_page()
    other.goto(address)
    said = other.evaluate("toolkitMake.text()")
    assert "Dear Ms O’Neill & Co," in said
    assert "Nobody has ever told me to stop" in said
    for each in (page, other):
        each.close()


def test_nothing_is_kept_unless_the_person_says_so(browser: Any, sample: Path) -> None:
    context = browser.new_context()
    page = page_of(context, sample, "leaflet-a5")
    page.get_by_label("Employer").fill("Oak Council")
    assert page.evaluate("localStorage.length") == 0
    page.get_by_label("Remember what I typed on this device").check()
    assert "Oak Council" in page.evaluate("localStorage.getItem('toolkit-make:leaflet-a5')")
    page.reload()
    assert page.get_by_label("Employer").input_value() == "Oak Council"
    page.get_by_role("button", name="Clear everything").click()
    assert page.evaluate("localStorage.length") == 0
    context.close()


def test_the_word_file_opens(browser: Any, sample: Path) -> None:
    page = page_of(browser, sample, "model-letter-director", "#branch=aldermoor")
    with page.expect_download() as found:
        page.get_by_role("button", name="Download for Word").click()
    data = Path(found.value.path()).read_bytes()
    with zipfile.ZipFile(io.BytesIO(data)) as packed:
        assert packed.testzip() is None
    document = docx.Document(io.BytesIO(data))
    said = "\n".join(p.text for p in document.paragraphs)
    assert "Dear Director of Adult Social Services," in said
    assert "Aldermoor branch" in said
    assert document.core_properties.title == "Model letter to the director"
    page.close()


def test_without_scripts_the_blank_form_is_there(browser: Any, sample: Path) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = page_of(context, sample, "leaflet-a5")
    assert page.locator("[data-make]").is_visible() is False
    assert "______" in page.locator("[data-blank]").inner_text()
    survey = page_of(context, sample, "health-check")
    assert survey.locator("fieldset").count() == 11
    assert survey.get_by_role("button", name="Show my result").count() == 0
    context.close()


def test_the_health_check_judges_keeps_and_adds_up(browser: Any, sample: Path, tmp_path: Path) -> None:
    page = page_of(browser, sample, "health-check")
    page.fill("#q1", "26")
    page.check("#q4-5")
    page.check("#q5-5")
    page.check("#q9-2")
    page.fill("#q15", '=1+1, "notes"\nand more')
    page.get_by_role("button", name="Show my result").click()
    assert page.locator("[data-summary]").inner_text().startswith("2 of the 5 questions")
    assert page.locator("[data-chart] svg title").count() == 1
    with page.expect_download() as found:
        page.get_by_role("button", name="Download my answers").click()
    text = Path(found.value.path()).read_text("utf-8-sig")
    assert '"\'=1+1, ""notes""' in text
    files = []
    for n in range(5):
        files.append(tmp_path / f"{n}.csv")
        files[-1].write_text("\ufeff" + text, "utf-8")
    (tmp_path / "other.csv").write_text("a,b\n1,2\n", "utf-8")
    page.set_input_files("#survey-files", [*files[:2], tmp_path / "other.csv"])
    result = page.locator("[data-team-result]")
    result.get_by_text("Only 2 people have answered").wait_for()
    assert "other.csv is not a file of this health check" in result.inner_text()
    page.set_input_files("#survey-files", files)
    result.get_by_text("5 colleagues together.").wait_for()
    assert "Average 26.0, 5 answers" in result.inner_text()
    assert "5 of 5 with a cause for concern" in result.inner_text()
    page.close()


@pytest.mark.parametrize("width", [360, 1280])
@pytest.mark.parametrize("name", ["leaflet-a5", "model-letter-director", "health-check"])
def test_nothing_is_wider_than_the_screen_and_everything_has_a_name(
    browser: Any, sample: Path, name: str, width: int
) -> None:
    page = page_of(browser, sample, name, "#branch=aldermoor", viewport={"width": width, "height": 800})
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    unnamed = page.evaluate("""() => [...document.querySelectorAll('main :is(input, select, textarea, button)')]
        .filter((e) => e.offsetParent && !(e.labels && e.labels.length) && !e.textContent.trim())
        .map((e) => e.outerHTML)""")
    assert unnamed == []
    page.close()


@pytest.mark.parametrize("width", [360, 1280])
@pytest.mark.parametrize("name", ["leaflet-a5", "model-letter-director", "health-check"])
def test_axe_finds_nothing(browser: Any, axe: str, sample: Path, name: str, width: int) -> None:
    page = page_of(browser, sample, name, "#branch=aldermoor", viewport={"width": width, "height": 800})
    page.evaluate(axe)
    run = "axe.run(document, {iframes: false}).then((r) => JSON.stringify(r.violations))"
    found = json.loads(page.evaluate(run))
    assert [(v["id"], [n["html"] for n in v["nodes"]][:3]) for v in found] == []
    page.close()
