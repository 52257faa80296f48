"""A site and a browser in; visits to its pages out, with all that went wrong on the way."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

CONFERENCE = "/conferences/2027-asw/"
MOTION = f"{CONFERENCE}motions/5/"

PAGES = {
    "home": "/",
    "page": "/about/",
    "conference": CONFERENCE,
    "motion": MOTION,
    "amendment": f"{CONFERENCE}amendments/9-1/",
    "composite": f"{CONFERENCE}composites/composite-a/",
    "motion-view": f"{CONFERENCE}motions/9/views/9-1/",
    "conflicts": f"{CONFERENCE}conflicts/",
    "editions": f"{CONFERENCE}editions/",
    "register": f"{CONFERENCE}register/",
    "motions": "/motions/",
    "plan": "/plans/adult-social-work/",
    "bulletin": f"{CONFERENCE}bulletins/2/",
    "bulletins": f"{CONFERENCE}bulletins/",
    "toolkit": "/toolkits/enough-hands/",
    "resource": "/toolkits/enough-hands/health-check/",
    "branches": "/branches/",
    "branch": "/branches/thornlea/",
    "update": "/updates/the-front-door/week-3/",
    "series": "/updates/the-front-door/",
    "news": "/news/2027-06-18-what-conference-decided/",
    "news-index": "/news/",
    "tags": "/tags/",
    "tag": "/tags/homecare/",
    "404": "/404.html",
    "make": "/toolkits/enough-hands/leaflet-a5/make/",
}
"""One page of each kind."""

MORE = {
    "welsh": "/croeso/",
    "arabic": "/ahlan/",
    "welsh plan": "/plans/adult-social-work-cy/",
    "leaflet": "/toolkits/enough-hands/leaflet-a5/",
    "letter": "/toolkits/enough-hands/model-letter-director/",
    "social": "/toolkits/enough-hands/social/",
    "parts": f"{CONFERENCE}motions/4/",
    "emergency": f"{CONFERENCE}motions/em1/",
    "bilingual branch": "/branches/dyffryn-arad/",
    "survey": "/toolkits/enough-hands/health-check/make/",
}
"""Others that differ from their kind's first."""


@dataclass(frozen=True, slots=True)
class Site:
    folder: Path
    root: str

    def file(self, url: str) -> Path:
        return self.folder / url.strip("/") / ("" if url.endswith(".html") else "index.html")

    def kinds(self) -> Iterator[tuple[str, str]]:
        """(kind, path) of every page of the site, by the class of its body."""
        for path in sorted(self.folder.rglob("*.html")):
            _, found, rest = path.read_text(encoding="utf-8").partition('<body class="kind-')
            if found:
                yield rest.partition('"')[0], path.relative_to(self.folder).as_posix()


@dataclass(slots=True)
class Visit:
    """A page that is open, what it asked for and what it complained of."""

    page: Any
    root: str
    asked: list[str] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)

    def go(self, url: str) -> Any:
        self.page.goto(url if "://" in url else self.root + url)
        return self.page

    def answered(self, url: str, status: int) -> None:
        if status >= 400:
            self.faults.append(f"{status}: {url}")

    def said(self, kind: str, words: str) -> None:
        if kind in {"error", "warning"}:
            self.faults.append(f"console: {words}")

    def text(self, selector: str = "main") -> str:
        found: str = self.page.inner_text(selector)
        return found

    def problems(self) -> list[str]:
        """What failed, and what was asked of anybody else."""
        return self.faults + [f"asked for {url}" for url in self.asked if not url.startswith((self.root, "data:"))]

    def stays_within(self) -> list[str]:
        """What is wider than the window, or nothing."""
        found: list[str] = self.page.evaluate("""() => {
            const wide = document.documentElement.scrollWidth - window.innerWidth;
            if (wide <= 0) return [];
            return [`${wide}px too wide`, ...[...document.querySelectorAll("body *")]
                .filter((e) => e.getBoundingClientRect().right > window.innerWidth + 1)
                .slice(0, 5).map((e) => e.tagName + "." + e.className)];
        }""")
        return found


class Browser:
    """Opens visits: ``with browser.visit(site, width=340, dark=True) as visit``."""

    def __init__(self, opened: Any) -> None:
        self.opened = opened
        self.contexts: dict[tuple[bool, bool, int], Any] = {}

    @contextmanager
    def visit(
        self,
        site: Site,
        url: str = "",
        *,
        width: int = 1280,
        height: int = 800,
        scripts: bool = True,
        calm: bool = False,
        scale: int = 1,
        root: str = "",
    ) -> Iterator[Visit]:
        settings = (scripts, calm, scale)
        if settings not in self.contexts:  # one for all visits alike: a page keeps nothing
            self.contexts[settings] = self.opened.new_context(
                java_script_enabled=scripts,
                reduced_motion="reduce" if calm else "no-preference",
                device_scale_factor=scale,
            )
        page = self.contexts[settings].new_page()
        page.set_viewport_size({"width": width, "height": height})
        visit = Visit(page, root or site.root)
        page.on("request", lambda r: visit.asked.append(r.url))
        page.on("requestfailed", lambda r: visit.faults.append(f"failed: {r.url} {r.failure}"))
        page.on("response", lambda r: visit.answered(r.url, r.status))
        page.on("console", lambda m: visit.said(m.type, m.text))
        page.on("pageerror", lambda e: visit.faults.append(f"script: {e}"))
        if url:
            visit.go(url)
        yield visit
        page.close()
