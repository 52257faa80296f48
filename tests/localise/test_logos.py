"""A branch's own logo: what can be one, where it is refused, and that every kind of document carries it."""

from __future__ import annotations

import io
import re
import shutil
import struct
import zipfile
import zlib
from base64 import b64decode
from pathlib import Path
from typing import Any

import docx
import pypdfium2
import pytest
from PIL import Image

from tests.driver import SiteTest
from toolkit_builder import logos
from toolkit_builder.localise.album import Album
from toolkit_builder.printing.inspect import facts
from toolkit_builder.sources import Asset

DRAWING = (
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 240 96"><rect width="240" height="96" fill="#123"/></svg>'
)
SECRET = b"51.4825766,-0.0076589"


def photograph(kind: str, size: tuple[int, int] = (300, 150)) -> bytes:
    out = io.BytesIO()
    Image.new("RGB", size, "crimson").save(out, kind)
    return out.getvalue()


def located() -> bytes:
    """A PNG that says where it was taken."""
    plain = photograph("PNG")
    body = b"tEXt" + b"Raw profile type exif\0" + SECRET
    chunk = struct.pack(">I", len(body) - 4) + body + struct.pack(">I", zlib.crc32(body))
    return plain[:33] + chunk + plain[33:]


THERE = {"content/images/a.svg", "content/images/b.png", "content/notes.pdf"}


@pytest.mark.parametrize(
    ("path", "said", "hint"),
    [
        ("images/a.svg", None, ""),
        ("/images/b.png", None, ""),
        ("https://elsewhere.example/a.svg", "lies elsewhere", "put the picture into content/"),
        ("//elsewhere.example/a.svg", "lies elsewhere", "put the picture into content/"),
        ("data:image/png;base64,AAAA", "lies elsewhere", "put the picture into content/"),
        ("file:///etc/passwd", "lies elsewhere", "put the picture into content/"),
        ("../secret.png", "lies outside content/", "put the picture into content/"),
        ("images/../../secret.png", "lies outside content/", "put the picture into content/"),
        (r"C:\logos\a.png", "lies outside content/", "put the picture into content/"),
        (r"..\a.png", "lies outside content/", "put the picture into content/"),
        ("~/a.png", "lies outside content/", "put the picture into content/"),
        ("images/a.sgv", "there is no picture 'images/a.sgv' in content/", "did you mean images/a.svg?"),
        ("content/images/b.png", "there is no picture", "did you mean images/b.png?"),
        ("/etc/passwd", "there is no picture '/etc/passwd' in content/", "write its path below content/"),
        ("notes.pdf", "cannot be a logo", "save it as SVG, PNG or JPEG"),
    ],
)
def test_where_a_logo_may_lie(path: str, said: str | None, hint: str) -> None:
    found = logos.misnamed(path, THERE)
    if said is None:
        assert found is None
    else:
        assert found is not None
        assert said in found[0]
        assert found[1].startswith(hint)


SVG = '<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" viewBox="0 0 9 9">{}</svg>'
BAD = {
    "large.png": (b"\x89PNG" + bytes(1_000_000), "is 1,000,004 bytes large, and 1 MB is the most"),
    "huge.jpg": (bytes(3_210_000), "is 3.2 MB large"),
    "points.png": (photograph("PNG", (5000, 4000)), "is 5000 by 4000 points, and 16 million is the most"),
    "words.png": (b"no picture at all", "is no PNG that can be read"),
    "half.png": (photograph("PNG", (900, 900))[:200], "is no PNG that can be read"),
    "half.jpeg": (photograph("JPEG", (900, 900))[:900], "is no JPEG that can be read"),
    "other.png": (photograph("GIF"), "is a GIF and no PNG"),
    "nothing.svg": (b"", "is no SVG that can be read"),
    "page.svg": (b"<html><body/></html>", "is no SVG, although its name says so"),
    "runs.svg": (SVG.format("<script>alert(1)</script>").encode(), "has <script> in it"),
    "event.svg": (SVG.format('<path onclick="x()"/>').encode(), 'has onclick="x()" in it'),
    "entity.svg": (b'<!DOCTYPE svg [<!ENTITY a "b">]><svg/>', "has the entity 'a' in it"),
    "far.svg": (SVG.format('<image href="https://far.example/x.png"/>').encode(), "shows 'https://far.example/x.png'"),
    "near.svg": (SVG.format('<image xlink:href="../x.png"/>').encode(), "shows '../x.png', which is not in it"),
    "use.svg": (SVG.format('<use href="other.svg#a"/>').encode(), "shows 'other.svg#a'"),
    "fill.svg": (SVG.format('<path fill="url(other.svg#a)"/>').encode(), "shows 'other.svg#a'"),
    "import.svg": (SVG.format("<style>@import 'x.css';</style>").encode(), "shows 'x.css'"),
    "shapeless.svg": (b'<svg xmlns="http://www.w3.org/2000/svg" width="100%"><path/></svg>', "neither how wide it is"),
    "flat.svg": (b'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 10 0"/>', "neither how wide it is"),
    "odd.svg": (b'<svg xmlns="http://www.w3.org/2000/svg" viewBox="a b c d"/>', "neither how wide it is"),
}


@pytest.mark.parametrize("name", BAD)
def test_what_cannot_be_a_logo(name: str) -> None:
    data, said = BAD[name]
    found = logos.unusable(f"images/{name}", data)
    assert found is not None
    assert found[0].startswith(f"the logo 'images/{name}'")
    assert said in found[0]
    assert found[1]


@pytest.mark.parametrize(
    ("name", "data", "shape"),
    [
        ("a.svg", DRAWING.encode(), (240, 96)),
        ("a.svg", b'<svg xmlns="http://www.w3.org/2000/svg" width="30mm" height="1.5e1"/>', (30, 1.5)),
        ("a.svg", SVG.format('<use href="#a"/><path fill="url(#b)"/><a href="https://x.example"/>').encode(), (9, 9)),
        ("a.svg", SVG.format('<image href="data:image/png;base64,AAAA"/>').encode(), (9, 9)),
        ("a.png", photograph("PNG"), (300, 150)),
        ("a.jpg", photograph("JPEG"), (300, 150)),
        ("called-wrongly.png", photograph("JPEG"), (300, 150)),
    ],
)
def test_what_can_be_a_logo(name: str, data: bytes, shape: tuple[float, float]) -> None:
    assert logos.unusable(name, data) is None
    assert logos.shape(name, data) == shape


# --- where it is refused ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("logo", "said"),
    [
        ("https://x.example/a.png", "branch.md:4:7: error[S206]: the picture 'https://x.example/a.png' lies elsewhere"),
        ("../a.png", "branch.md:4:7: error[S206]: the picture '../a.png' lies outside content/"),
        ("images/gone.png", "branch.md:4:7: error[S206]: there is no picture 'images/gone.png' in content/"),
        ("images/words.png", "branch.md:4:7: error[S215]: the logo 'images/words.png' is no PNG that can be read"),
        ("images/shapeless.svg", "branch.md:4:7: error[S215]: the logo 'images/shapeless.svg' says neither"),
        ("images/large.png", "branch.md:4:7: error[S215]: the logo 'images/large.png' is 1,000,004 bytes large"),
    ],
)
def test_a_branch_s_file_is_told_at_its_line(tmp_path: Path, logo: str, said: str) -> None:
    site = SiteTest(tmp_path)
    site.content(**{f"images/{name}": BAD[name][0] for name in ("words.png", "shapeless.svg", "large.png")})
    site.content(
        **{
            "index.md": "---\ntitle: Home\n---\n\nText.\n",
            "branches/branch.md": f"---\ntitle: Alder\nregion: North\nlogo: {logo}\n---\n\nText.\n",
        }
    )
    assert said in site.check()
    assert not site.attempt().report.published
    if logo.startswith("images/") and "gone" not in logo:
        done = site.run("localise", "--all", "-o", "out")
        assert done.returncode == 1
        assert said in done.stderr


def test_a_table_is_told_its_row_and_column_and_the_others_are_made(union: SiteTest) -> None:
    union.content(**{"images/a.svg": DRAWING, "images/b.jpg": photograph("JPEG"), "images/words.png": b"no"})
    rows = (
        ("One", "images/a.svg"), ("Two", "images/words.png"), ("Three", "http://x.example/x.png"),
        ("Four", "../../etc/passwd"), ("Five", "images/gone.svg"), ("Six", "/images/b.jpg"), ("Seven", ""),
    )  # fmt: skip
    union.write(**{"b.csv": "branch,logo\n" + "".join(f"{name},{logo}\n" for name, logo in rows)})
    done = union.run("localise", "letter", "--data", "b.csv", "--format", "html,txt", "-o", "out")
    out = union.folder / "out"
    assert {p.name for p in out.iterdir() if p.is_dir()} == {"one", "six", "seven", ".toolkit"}
    for said in (
        "b.csv:3:2: error[L128]: row 3, column B: the logo 'images/words.png' is no PNG that can be read",
        "b.csv:4:2: error[L128]: row 4, column B: the picture 'http://x.example/x.png' lies elsewhere",
        "b.csv:5:2: error[L128]: row 5, column B: the picture '../../etc/passwd' lies outside content/",
        "b.csv:6:2: error[L128]: row 6, column B: there is no picture 'images/gone.svg' in content/",
    ):
        assert said in done.stderr
    assert "data:image/svg+xml;base64," in (out / "one/letter.html").read_text()
    assert "data:image/jpeg;base64," in (out / "six/letter.html").read_text()
    assert "<img" not in (out / "seven/letter.html").read_text()


# --- what carries it -------------------------------------------------------------------------------------------

KINDS: dict[str, tuple[str, str, str]] = {
    "leaflet-a5": ("leaflet", "a5", "::: side front\n## Front\n:::\n\n::: side back\nBack {{ branch.imprint }}\n:::"),
    "leaflet-one-side": ("leaflet", "a5", "## Front"),
    "leaflet-a4": ("leaflet", "a4", "## Front"),
    "leaflet-dl": ("leaflet", "dl", '::: panel front "Front"\nWords\n:::'),
    "poster-a4": ("poster", "a4", "## Front"),
    "poster-a3": ("poster", "a3", "## Front"),
    "letter": ("model-letter", "a4", "Dear Director,"),
    "press-release": ("press-release", "a4", "## News"),
    "motion": ("model-motion", "a4", "## A motion\n\nThis branch notes."),
    "agreement": ("model-agreement", "a4", "## An agreement"),
    "article": ("article", "a4", "## News"),
    "petition": ("petition", "a4", "We ask.\n\n| Name |\n|---|\n| ____ |"),
    "postcard": ("postcard", "a6", "::: side front\n## Front\n:::\n\n::: side back\nBack {{ branch.imprint }}\n:::"),
    "social": ("social", "", "## Enough"),
}
PICTURES = {"drawn": ("images/a.svg", 2.5), "png": ("images/b.png", 2.0), "jpeg": ("images/c.jpg", 2.0)}


@pytest.fixture
def marked(tmp_path: Path) -> SiteTest:
    """A toolkit of every kind, and branches with a drawing, a PNG, a JPEG and no logo."""
    site = SiteTest(tmp_path / "marked")
    resources = {
        f"toolkits/hands/{name}.md": f"---\ntitle: {name}\ntype: {kind}\ntemplate: yes\n"
        + (f"sizes: [{size}]\n" if size else "")
        + f"---\n\n{body}\n"
        for name, (kind, size, body) in KINDS.items()
    }
    branches = {
        f"branches/{name}.md": f"---\ntitle: Branch {name}\nregion: North\nlogo: {path}\nimprint: Printed by P\n---\n"
        for name, (path, _) in PICTURES.items()
    }
    return site.content(
        **{
            "index.md": "---\ntitle: Home\n---\n\nText.\n",
            "toolkits/hands/index.md": "---\ntitle: Hands\n---\n\nText.\n",
            "branches/plain.md": "---\ntitle: Branch plain\nregion: North\nimprint: Printed by P\n---\n",
            "images/a.svg": DRAWING,
            "images/b.png": located(),
            "images/c.jpg": photograph("JPEG"),
            **resources,
            **branches,
        }
    )


def shown(pdf: bytes) -> list[tuple[float, float]]:
    """Width and height, in millimetres, of the photographs on a PDF's pages."""
    found = []
    with pypdfium2.PdfDocument(pdf) as opened:
        for page in opened:
            for item in page.get_objects(filter=[pypdfium2.raw.FPDF_PAGEOBJ_IMAGE]):
                left, bottom, right, top = item.get_bounds()
                found.append(((right - left) / 72 * 25.4, (top - bottom) / 72 * 25.4))
    return found


def test_every_kind_of_document_carries_the_logo(marked: SiteTest, press: None) -> None:
    done = marked.run("localise", "--all", "--format", "pdf,html,png,docx,svg", "-o", "out")
    assert "error" not in done.stderr, done.stderr
    out = marked.folder / "out"
    for name, (kind, size, _) in KINDS.items():
        without = out / "plain" / name
        for branch, (path, shape) in PICTURES.items():
            made = out / branch / name
            address = re.escape(f"data:{logos.kind(path)};base64,")
            if kind == "social":
                [said] = re.findall(rf'<image [^>]*href="{address}([^"]+)"', made.with_suffix(".svg").read_text())
                assert "<image" not in without.with_suffix(".svg").read_text()
                assert made.with_suffix(".png").read_bytes() != without.with_suffix(".png").read_bytes()
                continue
            html = made.with_suffix(".html").read_text()
            [(said, alt)] = re.findall(rf'<img class="branch-logo[^>]*src="{address}([^"]+)" alt="([^"]*)"', html)
            assert alt == f"Branch {branch}", name
            assert SECRET not in b64decode(said)
            assert "<img" not in without.with_suffix(".html").read_text()
            printed = made.with_suffix(".pdf").read_bytes()
            assert f"Branch {branch}" in facts(printed).figures, name
            for wide, high in shown(printed):
                assert wide / high == pytest.approx(shape, rel=0.02), name  # its proportions are kept
                assert 5 < wide < (70 if size == "a3" else 50)
                assert 5 < high < (30 if size == "a3" else 20)
            assert len(shown(printed)) == (0 if branch == "drawn" else 1)
            if kind in {"model-letter", "press-release", "model-motion", "model-agreement", "article"}:
                check_word(made.with_suffix(".docx"), f"Branch {branch}", shape)
                assert not docx.Document(str(without.with_suffix(".docx"))).part.package.image_parts
    assert SECRET not in b"".join(p.read_bytes() for p in out.rglob("*") if p.is_file())


def check_word(path: Path, alt: str, shape: float) -> None:
    document = docx.Document(str(path))
    [drawn] = document.element.body.xpath(".//w:drawing")
    assert drawn.xpath(".//wp:docPr/@descr") == [alt]
    extent = drawn.xpath(".//wp:extent")[0]
    assert int(extent.get("cx")) / int(extent.get("cy")) == pytest.approx(shape, rel=0.02)
    with zipfile.ZipFile(path) as packed:
        [name] = [n for n in packed.namelist() if n.startswith("word/media/")]
        assert SECRET not in packed.read(name)
        with Image.open(io.BytesIO(packed.read(name))) as picture:
            assert picture.width / picture.height == pytest.approx(shape, rel=0.02)


def test_its_description_is_in_the_document_s_language(marked: SiteTest) -> None:
    from toolkit_builder.localise import documents

    class Of:
        language, site_language, union = "en-GB", "en-GB", {"name": "Union"}

    branch: dict[str, Any] = {"logo": "/images/a b.svg", "logo_alt": "A ferry", "custom": {}}
    made = documents.logo(branch, Of, {"title": "Alder"})  # type: ignore[arg-type]
    assert made == {"src": "/images/a%20b.svg", "path": "images/a b.svg", "alt": "A ferry", "drawn": True}
    Of.language = "cy"
    assert documents.logo(branch, Of, {"title": "Gwern"})["alt"] == "Gwern"  # type: ignore[arg-type, index]
    branch["custom"] = {"logo_alt_cy": "Fferi"}
    assert documents.logo(branch, Of, {"title": "Gwern"})["alt"] == "Fferi"  # type: ignore[arg-type, index]
    assert documents.logo({**branch, "logo_alt": "", "custom": {}}, Of, {"title": ""})["alt"] == "Union"  # type: ignore[arg-type, index]
    assert documents.logo({"logo": ""}, Of, {}) is None  # type: ignore[arg-type]


def test_a_logo_that_changes_under_its_name_is_printed_anew(marked: SiteTest) -> None:
    order = ("localise", "letter", "--all", "--format", "html", "-o", "out")
    assert "4 made" in marked.run(*order).stdout
    assert "0 made, 4 unchanged" in marked.run(*order).stdout
    marked.content(**{"images/a.svg": DRAWING.replace("#123", "#321")})
    assert "1 made, 3 unchanged" in marked.run(*order).stdout


def test_the_site_s_own_documents_and_make_pages_carry_it(marked: SiteTest) -> None:
    marked.write(**{"toolkit.yaml": marked.settings() + "localise: build\n"}).build()
    for branch, (path, shape) in PICTURES.items():
        check_word(marked.output / f"branches/{branch}/hands/letter.docx", f"Branch {branch}", shape)
        script = marked.text(f"assets/branches/{branch}.js")
        assert f'"logo":"data:{logos.kind(path)};base64,' in script
        assert f'"logo_alt":"Branch {branch}"' in script
        data = b64decode(re.findall(r'"logo":"data:[^,]*,([^"]*)"', script)[0])
        assert data == (marked.output / path).read_bytes()  # what is published: it does not say where it was taken
    assert '"logo":"data:' not in marked.text("assets/branches/plain.js")
    marked.content(**{"images/a.svg": DRAWING.replace("240", "480")}).build()
    check_word(marked.output / "branches/drawn/hands/letter.docx", "Branch drawn", 5.0)
    clean = {p.relative_to(marked.output): p.read_bytes() for p in marked.output.rglob("*") if p.is_file()}
    shutil.rmtree(marked.folder / ".toolkit")
    shutil.rmtree(marked.output)
    marked.build()
    assert clean == {p.relative_to(marked.output): p.read_bytes() for p in marked.output.rglob("*") if p.is_file()}


def test_an_album_reads_what_is_asked_for(tmp_path: Path) -> None:
    (tmp_path / "a.png").write_bytes(located())
    album = Album([Asset("content/images/a.png", tmp_path / "a.png", 1), Asset("content/b.png", tmp_path / "gone", 1)])
    assert SECRET not in album.read("images/a.png")
    assert album.named_in("nothing of the kind") == {}
    assert list(album.named_in('"../images/a.png"')) == ["images/a.png"]
    assert album.read("b.png") == b""
    assert album.digest("b.png") == ""
    assert album.logo_fault("b.png") == ("the picture 'b.png' cannot be read", "look whether it is still there")
