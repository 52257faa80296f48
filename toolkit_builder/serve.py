"""A project folder in; a site in the browser that follows every edit out, on this computer only.

The last good site is served from ``output/``. While an edit is broken, every page says so above the site that is
still whole, and the page heals by itself when the next build is good. Printed documents are made when they are asked
for, so that an edit does not wait for them. After an edit browsers are told to reload as soon as its page can be made
(`ahead`); the build that looks at everything, and publishes, comes after that.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from html import escape
from pathlib import Path
from typing import Any

import tornado.web
from livereload.handlers import LiveReloadHandler, LiveReloadJSHandler

from toolkit_builder.ahead import Ahead, Answer, Scout
from toolkit_builder.build.engine import BuildReport
from toolkit_builder.diagnostics import Diagnostic, Severity, ordered
from toolkit_builder.later import Later
from toolkit_builder.loading import Foreseen

HOST = "127.0.0.1"
_LOCAL = {"127.0.0.1", "localhost", "[::1]"}
_DEBOUNCE_MS = 50  # the longest that is waited for further changes
_STEP_MS = 10  # without one, after which an edit is taken to be complete
_PATIENCE = 0.2  # seconds until a browser that was told to reload has asked for its page
_LONGEST = 5.0  # seconds for which edits that follow one another are shown and not published


class State:
    """What the server knows: where the site lies, and what the last build complained about.

    ``ahead`` is the next good site, until it is published. ``changed`` are files that nobody has looked at yet,
    ``under_way`` those that have changed since the site that is published.
    One thread builds and one makes pages, so that each has its templates compiled.
    """

    def __init__(self, output: Path, root: str) -> None:
        self.output, self.root = output, root
        self.problems: list[Diagnostic] = []
        self.good = False
        self.later: Later | None = None
        self.ahead: Ahead | None = None
        self.changed: set[str] = set()
        self.under_way: set[str] = set()
        self.printing = asyncio.Lock()
        self.building = asyncio.Lock()
        self.shown = asyncio.Event()
        self.edited = asyncio.Event()
        self.begun = time.time()  # before the first build
        self.since = 0.0  # the monotonic time of the first edit that is not published; 0 where all are
        self.builder = ThreadPoolExecutor(1, "build")
        self.maker = ThreadPoolExecutor(1, "pages")

    def take_later(self, later: Later) -> None:
        """What can be printed of the site as it is now."""
        self.later = later

    def take(self, report: BuildReport) -> None:
        self.good = report.published
        if report.published:  # until then pages that have been shown stay, below what is wrong
            self.ahead, self.since = None, 0.0
            self.under_way.clear()
        self.problems = (
            [] if report.published else [d for d in ordered(report.diagnostics) if d.severity is Severity.ERROR]
        )

    def begin(self) -> None:
        """What has been edited is going to be built."""
        self.since = self.since or time.monotonic()
        self.under_way |= self.changed
        self.changed.clear()
        self.edited.clear()
        self.shown.clear()

    async def until_shown(self) -> None:
        """Leave the processor to who makes the page that browsers were told of, until they have it."""
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self.shown.wait(), _PATIENCE)

    def go_on(self, done: int, total: int) -> None:
        """For a build's progress. Raises `Interrupted` where the next edit waits to be shown."""
        if self.ahead and self.edited.is_set() and time.monotonic() - self.since < _LONGEST:
            raise Interrupted


class Interrupted(Exception):
    """The next edit has come while the site was built, and nothing was published of the one before."""


class _LocalOnly(tornado.web.RequestHandler):
    """Answers only to this computer's own names, so that no web page elsewhere can reach in by DNS."""

    def prepare(self) -> None:
        if self.request.host.rpartition(":")[0] not in _LOCAL and self.request.host not in _LOCAL:
            raise tornado.web.HTTPError(403, reason="This server answers to localhost only")

    def set_default_headers(self) -> None:
        self.set_header("Cache-Control", "no-store")
        self.set_header("X-Content-Type-Options", "nosniff")


class Reload(LiveReloadHandler):  # type: ignore[misc]  # livereload has no types
    """The socket that tells browsers to reload; pages of other origins may not listen."""

    def check_origin(self, origin: str) -> bool:
        return bool(origin.partition("://")[2] == self.request.host)

    def on_message(self, message: str | bytes) -> None:
        with contextlib.suppress(ValueError, AttributeError, TypeError):
            super().on_message(message)

    @classmethod
    def tell_browsers(cls) -> None:
        for waiter in LiveReloadHandler.waiters.copy():
            try:
                waiter.write_message({"command": "reload", "path": "*", "liveCSS": False, "liveImg": False})
            except Exception:
                LiveReloadHandler.waiters.discard(waiter)


class Script(_LocalOnly, LiveReloadJSHandler):  # type: ignore[misc]
    """The browser's half of livereload."""


class Pages(_LocalOnly):
    """The files of the site; pages get the reload script and, while an edit is broken, what is wrong."""

    def initialize(self, state: State) -> None:
        self.state = state

    async def head(self, path: str) -> None:
        await self.get(path)

    async def get(self, path: str) -> None:
        if self.state.ahead and (made := await self._ahead(self.state.ahead, path)):
            self._send(*made)
            self.state.shown.set()
            return
        if self.state.later and path in self.state.later.paths:
            async with self.state.building:  # an edit's pages stand a moment before what prints them is known
                later = self.state.later
            if path in later.paths:
                await self._print(later, path)
                return
        if file := self._file(path):
            self._send(file.name, file.read_bytes())

    def _send(self, name: str, data: bytes) -> None:
        kind = _content_type(name)
        self.set_header("Content-Type", kind)
        if kind.startswith("text/html"):
            data = self._dressed(data)
        self.finish(data)

    async def _ahead(self, ahead: Ahead, path: str) -> tuple[str, bytes] | None:
        """A file of the site that is about to be published; None where output/ has it, by now if not before."""
        parts = _parts(path)
        place = "/".join([*parts, "index.html"] if not path or path.endswith("/") else parts)
        found: bytes | Answer | None = ahead.known(place)
        if found is None:
            found = await asyncio.get_running_loop().run_in_executor(self.state.maker, ahead.make, place)
        if isinstance(found, bytes):
            return place, found
        if (
            found is Answer.GONE
            and not (self.state.output / place).is_file()
            and f"{place}/index.html" not in ahead.jobs
        ):
            return None
        if found is not Answer.SAME:
            async with self.state.building:
                pass
        return None

    async def _print(self, later: Later, path: str) -> None:
        """A printed document of the site as it is now; what is wrong with it, where it cannot be made."""
        async with self.state.printing:
            made = await asyncio.to_thread(later.make, path)
        wrong = [d for d in made.diagnostics if d.severity is Severity.ERROR]
        if path in made.files and not wrong:
            self.set_header("Content-Type", _content_type(path))
            self.finish(made.files[path])
            return
        self.set_status(500)
        self.set_header("Content-Type", "text/html; charset=utf-8")
        blank = b"<!doctype html><html lang=en><title>Not printed</title><body></body></html>"
        self.finish(self._dressed(blank, overlay(wrong, _NOT_PRINTED)))

    def _file(self, path: str) -> Path | None:
        """The file behind an address; sends the redirect or the page for a wrong address where there is none."""
        root = self.state.output
        if "\0" in path:
            raise tornado.web.HTTPError(400)
        wanted = Path(root, *_parts(path))
        if wanted.is_dir():
            if path and not path.endswith("/"):
                self.redirect(f"/{path}/")
                return None
            wanted /= "index.html"
        if wanted.is_file() and wanted.resolve().is_relative_to(root.resolve()):
            return wanted
        if not self.state.good and path in ("", "index.html"):
            self.set_header("Content-Type", "text/html; charset=utf-8")
            self.finish(self._dressed(b"<!doctype html><html lang=en><title>Not built yet</title><body></body></html>"))
            return None
        self.set_status(404)
        missing = root / "404.html"
        if missing.is_file():
            return missing
        self.finish("There is no such page.")
        return None

    def _dressed(self, data: bytes, panel: str = "") -> bytes:
        port = self.request.host.rpartition(":")[2]
        extra = f'<script src="/livereload.js?port={port}&amp;mindelay=10"></script>'
        if self.state.problems and not panel:
            panel = overlay(self.state.problems)
        extra += panel
        head, mark, tail = data.rpartition(b"</body>")
        return head + extra.encode() + mark + tail if mark else data + extra.encode()


def _parts(path: str) -> list[str]:
    return [part for part in path.split("/") if part not in ("", ".", "..")]


_NOT_PUBLISHED = (
    "This edit cannot be published yet",
    "The last good site is below. This message goes away by itself when the mistake is mended.",
)
_NOT_PRINTED = ("This document cannot be printed yet", "Load it again when the mistake is mended.")


def overlay(problems: Sequence[Diagnostic], said: tuple[str, str] = _NOT_PUBLISHED) -> str:
    """The report of a broken edit (or of a document that cannot be printed), as a panel above the page."""
    entries = []
    for d in problems[:50]:
        place = (
            f"{d.span.path}:{d.span.line}:{d.span.column}"
            if d.span and d.span.line
            else (d.span.path if d.span else "")
        )
        source = ""
        if d.source.strip() and d.span:
            caret = " " * max(d.span.column - 1, 0) + "^" * max(
                1, d.span.end_column - d.span.column if d.span.end_line == d.span.line else 1
            )
            source = f"<pre>{escape(d.source)}\n{caret}</pre>"
        hint = f"<p>{escape(d.hint)}</p>" if d.hint else ""
        entries.append(
            f"<li><p><code>{escape(place)}</code></p><p><strong>{escape(d.message)}</strong></p>{source}{hint}</li>"
        )
    return (
        f'<section id="toolkit-problems" role="alert" aria-label="{said[0]}" '
        'style="position:fixed;inset:0;overflow:auto;z-index:2147483647;background:#1c1017f2;color:#fff;'
        'font:16px/1.5 system-ui,sans-serif;padding:6vh 6vw">'
        f"<h2 style='color:#fff;margin:0 0 .5em'>{said[0]}</h2><p>{said[1]}</p>"
        f"<ol style='padding-left:1.2em'>{''.join(entries)}</ol></section>"
    )


def _content_type(name: str) -> str:
    import mimetypes

    kinds = {
        ".woff2": "font/woff2",
        ".xml": "application/xml; charset=utf-8",
        ".md": "text/markdown; charset=utf-8",
        ".js": "text/javascript; charset=utf-8",
        ".json": "application/json; charset=utf-8",
    }
    ending = name[name.rfind(".") :]
    guess = kinds.get(ending) or mimetypes.guess_type(name)[0] or "application/octet-stream"
    return f"{guess}; charset=utf-8" if guess.startswith("text/") and "charset" not in guess else guess


def application(state: State) -> tornado.web.Application:
    return tornado.web.Application(
        [
            (r"/livereload", Reload),
            (r"/livereload\.js", Script),
            (r"/(.*)", Pages, {"state": state}),
        ]
    )


async def serve(
    state: State,
    port: int,
    folders: Sequence[Path],
    rebuild: Callable[[Foreseen | None], BuildReport],
    say: Callable[[BuildReport, float], None],
    scout: Scout,
) -> None:
    """Serve until cancelled; rebuild in a thread after every change below ``folders``.

    ``rebuild`` is told what is known of the site already. Raises OSError where the port is taken.
    """
    from watchfiles import awatch

    server = application(state).listen(port, address=HOST)
    working = asyncio.create_task(_work(state, folders, rebuild, say, scout))
    try:
        async for changes in awatch(*folders, debounce=_DEBOUNCE_MS, step=_STEP_MS, yield_on_timeout=False):
            if working.done():
                break
            state.changed |= {path for _, path in changes}
            state.edited.set()
            state.shown.set()  # nobody needs to wait for the page of the edit before
        await working
    finally:
        server.stop()
        working.cancel()
        await asyncio.gather(working, return_exceptions=True)
        state.builder.shutdown()
        state.maker.shutdown()


async def _work(
    state: State,
    folders: Sequence[Path],
    rebuild: Callable[[Foreseen | None], BuildReport],
    say: Callable[[BuildReport, float], None],
    scout: Scout,
) -> None:
    """Follow edits, one after the other: those first that were made after the first build had begun."""
    if missed := await asyncio.to_thread(_changed_since, state.begun, folders):
        state.changed |= missed
        state.edited.set()
    await _warm_up(state, scout)
    while True:
        await state.edited.wait()
        async with state.building:
            await _follow(state, rebuild, say, scout)


def _changed_since(moment: float, places: Sequence[Path]) -> set[str]:
    """Files and folders that were changed then or later."""
    waiting, found = list(map(str, places)), set()
    while waiting:
        place = waiting.pop()
        with contextlib.suppress(OSError):
            if os.stat(place).st_mtime >= moment:
                found.add(place)
            if os.path.isdir(place):
                with os.scandir(place) as entries:
                    waiting += [entry.path for entry in entries if not entry.is_symlink()]
    return found


async def _warm_up(state: State, scout: Scout) -> None:
    """So that the first edit takes no longer than those after it."""
    run = asyncio.get_running_loop().run_in_executor
    async with state.building:
        found = await run(state.builder, scout.warm_up, state.later) if state.later else None
    if found and found[0].known(found[1]) is None:
        await run(state.maker, found[0].make, found[1])


async def _follow(
    state: State,
    rebuild: Callable[[Foreseen | None], BuildReport],
    say: Callable[[BuildReport, float], None],
    scout: Scout,
) -> None:
    """After an edit: show its pages, then build and publish, unless the next one has come by then."""
    run = asyncio.get_running_loop().run_in_executor
    started = time.perf_counter()
    was_good, last = state.good, state.later
    state.begin()
    ahead = await run(state.builder, scout.look, last, frozenset(state.under_way)) if last else None
    shown = ahead if ahead and last and not (was_good and ahead.made_from(last.loaded)) else None
    if shown:
        state.ahead, state.problems = shown, []
        Reload.tell_browsers()
        await state.until_shown()
    try:
        report: Any = await run(state.builder, rebuild, ahead.foreseen if ahead else None)
    except Interrupted:
        return
    told = shown and report.published and state.later and shown.made_from(state.later.loaded)
    state.take(report)
    if not told and (report.paths or report.removed or not report.published or not was_good):
        Reload.tell_browsers()
    say(report, time.perf_counter() - started)
