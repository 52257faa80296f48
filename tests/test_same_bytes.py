"""The same content gives the same bytes wherever, however and beside whatever it is built.

Sites with PDFs, Word files and archives are built by the command, in processes of their own; damage to what builds
leave behind is tried on a site without print, in this process.
"""

from __future__ import annotations

import os
import random
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.driver import SiteTest
from tests.edits import EDITS, start
from toolkit_builder.build import engine
from toolkit_builder.loading import print_problem

ROOT = str(Path(__file__).resolve().parent.parent)
BUILD = """
import os, random, sys
os.umask({umask})
if {shuffled}:
    chance = random.Random({shuffled})
    scandir, listdir = os.scandir, os.listdir

    class Shuffled:
        def __init__(self, entries):
            self.entries = entries
            self.left = iter(chance.sample(every, len(every))) if (every := list(entries)) else iter(())
        def __enter__(self): return self
        def __exit__(self, *_): self.close()
        def __iter__(self): return self
        def __next__(self): return next(self.left)
        def close(self): self.entries.close()

    os.scandir = lambda *where: Shuffled(scandir(*where))
    os.listdir = lambda *where: chance.sample(every := listdir(*where), len(every))
from toolkit_builder.__main__ import main
sys.argv[1:] = ["build", "-q", "--clock", "2027-06-20T12:00", "-j", "{workers}"]
main()
"""


def built(
    folder: Path, *, python: str = sys.executable, umask: int = 0o022, shuffled: int = 0, workers: int = 1, **env: str
) -> dict[str, bytes]:
    """What the command makes of a project, in a process of its own."""
    code = BUILD.format(umask=umask, shuffled=shuffled, workers=workers)
    environment = {k: v for k, v in os.environ.items() if not k.startswith(("LC_", "LANG", "PYTHON"))}
    environment["PYTHONPATH"] = ROOT
    done = subprocess.run(
        [python, "-c", code], cwd=folder, env=environment | env, capture_output=True, check=False, timeout=280
    )
    assert done.returncode == 0, (done.stdout + done.stderr).decode(errors="replace")
    output = folder / "output"
    return {p.relative_to(output).as_posix(): p.read_bytes() for p in sorted(output.rglob("*")) if p.is_file()}


def small(site: SiteTest) -> SiteTest:
    """Little of everything, accents in names and text, and printed."""
    site.conference()
    site.motion("1", tags="[pay, Öffentlich]", aliases="[/old/, /ältere/]").motion("2", tags="[pay]", title="İstanbul")
    site.amendment("1.1", "1", 'In paragraph 1 delete "the facts" and insert "these facts".')
    site.content(
        **{
            "conferences/2027/bulletins/1.md": "---\nissue: 1\ntitle: One\ndate: 2027-06-14\n---\n\n## News\n\nMotion 1.\n",
            "news/ŵyl.md": "---\ntitle: Gŵyl\ndate: 2027-06-01\ntags: [pay, Iş]\n---\n\nText, ![A line](../a.svg).\n",
            "branches/x.md": "---\ntitle: X Branch\nregion: North\n---\n\nHello.\n",
            "toolkits/t/index.md": "---\ntitle: Tools\n---\n\nTake these.\n",
            "toolkits/t/form.md": "---\ntitle: A form\ntype: model-letter\ntemplate: yes\n---\n\n{{ branch.title }}.\n",
            "a.svg": '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9"><path d="M0h9"/></svg>',
        }
    )
    return site.edit("toolkit.yaml", "enabled: no", "enabled: yes")


def copied(site: Path, to: Path) -> Path:
    """The same project elsewhere, its files written in another order."""
    files = sorted(
        (p for p in site.rglob("*") if p.is_file() and not {"output", ".toolkit"} & set(p.parts)), reverse=True
    )
    for path in files:
        target = to / path.relative_to(site)
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(path.read_bytes())
    return to


@pytest.fixture(scope="module")
def usual(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[str, bytes]]:
    if problem := print_problem():
        pytest.skip(problem)
    site = small(SiteTest(tmp_path_factory.mktemp("usual") / "site"))
    tree = built(site.folder, PYTHONHASHSEED="1", TZ="UTC", LC_ALL="C.UTF-8")
    kinds = {Path(name).suffix for name in tree}
    assert {".pdf", ".zip", ".docx", ".html", ".xml", ".csv", ".json", ".js", ".txt"} <= kinds
    return site.folder, tree


def locale(tmp_path: Path, name: str, characters: str) -> dict[str, str]:
    """A locale made for the test, in which letters have other small and capital forms and numbers other points."""
    maker = shutil.which("localedef")
    if maker is None:
        pytest.skip("there is no localedef")
    made = subprocess.run(
        [maker, "-i", name, "-f", characters, tmp_path / f"{name}.{characters}"], capture_output=True, check=False
    )
    if not (tmp_path / f"{name}.{characters}").is_dir():
        pytest.skip(f"localedef makes no {name}: {made.stderr.decode(errors='replace')}")
    return {"LOCPATH": str(tmp_path), "LC_ALL": f"{name}.{characters}", "LANG": f"{name}.{characters}"}


@pytest.mark.slow
@pytest.mark.parametrize(
    "how",
    [
        {"workers": 2, "PYTHONHASHSEED": "2"},
        {"workers": 3, "PYTHONHASHSEED": "random", "TZ": "Pacific/Auckland"},
        {"umask": 0o077, "LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"},
        {"shuffled": 5, "TZ": "America/St_Johns", "SOURCE_DATE_EPOCH": "0"},
        {"workers": 2, "shuffled": 6, "umask": 0o002, "HOME": "/nonexistent", "COLUMNS": "20", "TERM": "dumb"},
    ],
    ids=lambda how: ", ".join(f"{k}={v}" for k, v in how.items()),
)
def test_another_machine(usual: tuple[Path, dict[str, bytes]], tmp_path: Path, how: dict[str, object]) -> None:
    folder = copied(usual[0], tmp_path / "a folder's name" / "with ŵ, 100% & #2")
    assert built(folder, **how) == usual[1]  # type: ignore[arg-type]
    assert {p.stat().st_mode & 0o777 for p in (folder / "output").rglob("*") if p.is_file()} == {0o644}


@pytest.mark.slow
@pytest.mark.parametrize(("name", "characters"), [("tr_TR", "UTF-8"), ("de_DE", "UTF-8"), ("en_GB", "ISO-8859-1")])
def test_another_locale(usual: tuple[Path, dict[str, bytes]], tmp_path: Path, name: str, characters: str) -> None:
    environment = locale(tmp_path, name, characters)
    assert built(copied(usual[0], tmp_path / "site"), PYTHONUTF8="0", **environment) == usual[1]


@pytest.mark.slow
@pytest.mark.parametrize("version", ["3.11", "3.12", "3.13"])
def test_another_python(usual: tuple[Path, dict[str, bytes]], tmp_path: Path, version: str) -> None:
    """Each interpreter on the path, or named by TOOLKIT_TEST_PYTHONS (with ``:`` between), that has what is needed."""
    named = [*os.environ.get("TOOLKIT_TEST_PYTHONS", "").split(":"), shutil.which(f"python{version}") or ""]
    for python in filter(None, named):
        asked = "import sys, weasyprint, nh3, pydantic, pikepdf, docx; print('%d.%d' % sys.version_info[:2])"
        said = subprocess.run([python, "-c", asked], capture_output=True, text=True, check=False)
        if said.stdout.strip() == version:
            assert built(copied(usual[0], tmp_path / "site"), python=python) == usual[1]
            return
    pytest.skip(f"no Python {version} with this project's dependencies (name it in TOOLKIT_TEST_PYTHONS)")


@pytest.mark.slow
def test_a_warm_cache_a_copied_one_and_the_one_of_another_site(
    usual: tuple[Path, dict[str, bytes]], tmp_path: Path
) -> None:
    folder, tree = usual
    assert built(folder, workers=2) == tree
    whole = tmp_path / "copied with all that builds leave"
    shutil.copytree(folder, whole)
    assert built(whole) == tree
    other = copied(folder, tmp_path / "other")
    (other / "content/news/ŵyl.md").unlink()
    shutil.copytree(folder / ".toolkit", other / ".toolkit")
    (other / "content/news/ŵyl.md").write_bytes((folder / "content/news/ŵyl.md").read_bytes())
    assert built(other) == tree


@pytest.mark.parametrize("ends", [b"\r\n", b"\r"])
def test_the_ends_of_lines_in_texts_make_no_difference(site: SiteTest, tmp_path: Path, ends: bytes) -> None:
    """A checkout with CRLF publishes the files of one with LF, source files included."""
    start(site, motions=2).build()
    other = SiteTest(tmp_path / "other")
    copied(site.folder, other.folder)
    for path in (other.folder / "toolkit.yaml", *(other.folder / "content").rglob("*.md")):
        path.write_bytes(path.read_bytes().replace(b"\n", ends))
    assert other.build().tree() == site.tree()


# --- what builds leave behind ----------------------------------------------------------------------------


def store(site: SiteTest) -> Path:
    return site.folder / ".toolkit/store/fragments.db"


def altered(site: SiteTest, *statements: str) -> None:
    connection = sqlite3.connect(store(site))
    with connection:
        for statement in statements:
            connection.execute(statement)
    connection.close()


def truncated(site: SiteTest, chance: random.Random) -> None:
    data = store(site).read_bytes()
    store(site).write_bytes(data[: chance.randrange(len(data))])


def flipped(site: SiteTest, chance: random.Random) -> None:
    data = bytearray(store(site).read_bytes())
    for _ in range(20):
        data[chance.randrange(len(data))] ^= 1 << chance.randrange(8)
    store(site).write_bytes(bytes(data))


def exchanged(site: SiteTest, chance: random.Random) -> None:
    """Each row has the value of another: rows of another key."""
    altered(
        site,
        "CREATE TABLE old AS SELECT rowid AS n, * FROM fragments",
        "UPDATE fragments SET (seal, value) = (SELECT seal, value FROM old WHERE n > fragments.rowid AND "
        "stage = fragments.stage ORDER BY n LIMIT 1) WHERE rowid < (SELECT max(n) FROM old WHERE stage = fragments.stage)",
        "DROP TABLE old",
        "CREATE TABLE was AS SELECT rowid AS n, * FROM blobs",
        "UPDATE blobs SET value = (SELECT value FROM was WHERE n > blobs.rowid ORDER BY n LIMIT 1) "
        "WHERE rowid < (SELECT max(n) FROM was)",
        "DROP TABLE was",
    )


def renamed(site: SiteTest, chance: random.Random) -> None:
    """Rows of another stage and of another key under the names that the next build looks for."""
    altered(site, "UPDATE OR IGNORE fragments SET stage = 'study' WHERE stage = 'read'", "DELETE FROM blobs")


def of_another_version(site: SiteTest, chance: random.Random) -> None:
    altered(site, "PRAGMA user_version = 99")


def of_another_program(site: SiteTest, chance: random.Random) -> None:
    store(site).unlink()
    altered(site, "CREATE TABLE fragments (stage, key)", "PRAGMA user_version = 2")


def a_folder(site: SiteTest, chance: random.Random) -> None:
    store(site).unlink()
    (store(site) / "inside").mkdir(parents=True)


def a_file_for_the_folder(site: SiteTest, chance: random.Random) -> None:
    shutil.rmtree(store(site).parent)
    store(site).parent.write_bytes(b"a file")


def a_link_to_nowhere(site: SiteTest, chance: random.Random) -> None:
    store(site).unlink()
    store(site).symlink_to("nowhere/at/all")


def rubbish_beside(site: SiteTest, chance: random.Random) -> None:
    for ending in ("-wal", "-shm", "-journal"):
        store(site).with_name(f"fragments.db{ending}").write_bytes(chance.randbytes(5000))


DAMAGE: list[Callable[[SiteTest, random.Random], None]] = [
    *[truncated] * 6, *[flipped] * 8, exchanged, renamed, of_another_version, of_another_program, a_folder,
    a_file_for_the_folder, a_link_to_nowhere, rubbish_beside,
]  # fmt: skip


def test_no_damage_to_the_cache_reaches_the_site(site: SiteTest, tmp_path: Path) -> None:
    """After each damage a build with a changed file, and one without, as a clean build makes them."""
    start(site, motions=3).build()
    for n, damage in enumerate(DAMAGE):
        damage(site, random.Random(n))
        EDITS["text"](site, n, random.Random(n))
        clean = site.build().clean_build_of_the_same(tmp_path / f"clean{n}").tree()
        assert site.tree() == clean, damage.__name__
        assert site.build().tree() == clean, damage.__name__
        if not store(site).is_file():  # a warning said so, and that this helps
            assert "toolkit clean" in site.problems
            assert engine.clean(site.folder, site.output) == []
            assert site.build().problems == ""
    print(f"counted: {len(DAMAGE)} sorts of damage to the cache, none reaches the site")


@pytest.mark.parametrize("how", ["read only", "closed to us"])
def test_a_database_that_cannot_be_written_is_a_warning(
    site: SiteTest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, how: str
) -> None:
    start(site, motions=3).build()
    connect = sqlite3.connect

    def limited(name: str, *given: object, **options: object) -> sqlite3.Connection:
        if not name.endswith("fragments.db"):
            return connect(name, *given, **options)  # type: ignore[call-overload,no-any-return]
        if how == "closed to us":
            raise sqlite3.OperationalError("unable to open database file")
        return connect(f"file:{name}?mode=ro", *given, **options, uri=True)  # type: ignore[call-overload,no-any-return]

    EDITS["text"](site, 1, random.Random(1))
    clean = site.clean_build_of_the_same(tmp_path / "clean").tree()
    monkeypatch.setattr(sqlite3, "connect", limited)
    assert site.build().tree() == clean
    assert "the cache in .toolkit/store cannot be used" in site.problems


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root may read everything")
def test_a_cache_folder_without_permissions_is_a_warning_or_a_sentence(site: SiteTest) -> None:
    start(site, motions=2).build()
    before = site.tree()
    site.edit("content/news/a.md", "Text.", "Words.")
    store(site).parent.chmod(0)
    try:
        done = site.run("build", "--clock", "2027-06-20T12:00")
    finally:
        store(site).parent.chmod(0o755)
    assert "Traceback" not in done.stderr
    assert ".toolkit/store" in done.stderr
    assert (done.returncode, site.tree() == before) in {(0, False), (1, True)}, done.stderr
