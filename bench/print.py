"""How long printing takes: a bulletin, a leaflet, a 60-page agenda, and leaflets a second with two processes.

Run ``python bench/print.py``; it needs the fonts of ``tests/printing``. Times are CPU milliseconds of one warm
process (median), except the last two lines, which are wall time.
"""

from __future__ import annotations

import gc
import resource
import statistics
import sys
import time
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from tests.printing.conftest import FONTS
from toolkit_builder.printing import inspect
from toolkit_builder.printing.engine import PrintDocument, WeasyPrintEngine
from toolkit_builder.printing.impose import impose
from toolkit_builder.printing.limits import LimitedEngine

FACES = """
@font-face { font-family: "Print Test"; font-weight: 400; src: url(fonts/PrintTest-Regular.ttf) }
@font-face { font-family: "Print Test"; font-weight: 700; src: url(fonts/PrintTest-Bold.ttf) }
html { font: 9.5pt/1.35 "Print Test" } body { margin: 0 } p { margin: 0 0 1.5mm } h1, h2 { break-after: avoid }
"""
WORDS = (
    "Delegates heard that caseloads have grown for the sixth year running while posts stand empty in every region, "
    "and agreed that nobody should carry more work than can be done well and safely in a working week."
)
PEOPLE = 400


def document(body: str, css: str, title: str = "Bench") -> PrintDocument:
    html = f'<!doctype html><html lang="en-GB"><head><title>{title}</title></head><body>{body}</body></html>'
    return PrintDocument(html=html, title=title, lang="en-GB", path="bench.md", stylesheets=(FACES, css), assets=FONTS)


def bulletin() -> PrintDocument:
    css = """
    @page { size: A4; margin: 18mm 15mm; @top-left { content: string(name) } @bottom-right { content: counter(page) } }
    header { background: #a01; color: white; padding: 6mm } h1 { string-set: name content() }
    main { columns: 2; column-gap: 6mm; text-align: justify; hyphens: auto }
    blockquote { margin: 3mm 0; padding: 2mm 4mm; border-left: 1mm solid #a01; font-weight: 700; break-inside: avoid }
    """
    articles = "".join(
        f"<article><h2>Article {number}: work we can do well</h2>"
        + "".join(f"<p>{WORDS} {WORDS}</p>" for _ in range(5))
        + f"<blockquote>{WORDS[:90]}</blockquote></article>"
        for number in range(1, 13)
    )
    return document(f"<header><h1>Daily bulletin</h1><p>Tuesday</p></header><main>{articles}</main>", css)


def agenda(motions: int = 62) -> PrintDocument:
    css = """
    @page { size: A4; margin: 20mm 20mm 20mm 25mm; @top-right { content: string(motion) }
            @bottom-center { content: counter(page) " of " counter(pages) } }
    h2 { string-set: motion content(); bookmark-level: 1; break-before: page } p { margin: 0 0 2mm }
    nav a { text-decoration: none; color: black }
    nav a::after { content: leader(".") target-counter(attr(href), page) }
    """
    contents = "".join(f'<li><a href="#m{number}">Motion {number}</a></li>' for number in range(1, motions + 1))
    texts = "".join(f'<h2 id="m{number}">Motion {number}</h2>{motion_text()}' for number in range(1, motions + 1))
    return document(f"<h1>Agenda</h1><nav><ol>{contents}</ol></nav>{texts}", css)


def motion_text() -> str:
    line = 0
    paragraphs = []
    for _ in range(6):
        spans = []
        for words in (WORDS[:95], WORDS[95:190], WORDS[:80], WORDS[10:99], WORDS[30:70]):
            line += 1
            spans.append(f'<span class="line" data-line="{line}">{words.strip()}</span>')
        paragraphs.append(f"<p>{'<br>'.join(spans)}</p>")
    return "".join(paragraphs)


LEAFLET = """
@page { size: A4; margin: 0 } h1 { position: absolute; left: 15mm; top: 10mm; font-size: 26pt; margin: 0; color: white }
header { position: absolute; width: 210mm; height: 48mm; background: #a01 }
section { position: relative; height: 297mm } .point { position: absolute; width: 82mm; height: 30mm }
.point b { display: block; font-size: 11pt } .contact { position: absolute; left: 15mm; top: 235mm; width: 180mm }
"""


def points() -> str:
    made = "".join(
        f'<div class="point" data-fit="point {number + 1}" style="left: {15 + number % 2 * 94}mm; '
        f'top: {58 + number // 2 * 34}mm"><b>Point {number + 1}</b><p>{WORDS[:120]}</p></div>'
        for number in range(10)
    )
    return f"<header></header><h1>Ten points for a fair deal</h1>{made}"


def contact(number: int) -> str:
    return (
        f'<div class="contact" data-fit="contact"><h2>Talk to person {number}</h2><p>Phone 0100 {number:06d}. '
        f'<a href="https://union.example/{number}">union.example/{number}</a></p><p>We meet in room {number}.</p></div>'
    )


def leaflet(number: int) -> PrintDocument:
    return document(f"<section>{points()}{contact(number)}</section>", LEAFLET, f"Branch {number}")


def cpu(work: Callable[[], object], rounds: int) -> float:
    """Median CPU milliseconds of one warm run."""
    work()
    gc.collect()
    times = []
    for _ in range(rounds):
        start = time.process_time()
        work()
        times.append(time.process_time() - start)
    return statistics.median(times) * 1000


_engine: WeasyPrintEngine | None = None


def warm() -> WeasyPrintEngine:
    global _engine
    _engine = _engine or WeasyPrintEngine()
    return _engine


def whole(number: int) -> int:
    return len(warm().render(leaflet(number))[0].pdf)


def throughput(work: Callable[[int], int]) -> float:
    """Leaflets a second, two processes, all different."""
    with ProcessPoolExecutor(2) as pool:
        list(pool.map(work, range(4)))
        start = time.perf_counter()
        list(pool.map(work, range(PEOPLE), chunksize=10))
        return PEOPLE / (time.perf_counter() - start)


def main() -> None:
    engine = WeasyPrintEngine()
    for name, paper, rounds in (("bulletin", bulletin(), 7), ("leaflet", leaflet(1), 30), ("agenda", agenda(), 3)):
        printed, found = engine.render(paper)
        assert not found, found
        times = cpu(lambda paper=paper: engine.render(paper), rounds)  # type: ignore[misc]
        size = len(printed.pdf) // 1024
        print(f"{name:10s} {times:7.0f} ms  {printed.pages} pages, {printed.numbered} line numbers, {size} KB")
    start = time.process_time()
    long, _ = engine.render(agenda(300))
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    print(f"300 pages  {(time.process_time() - start) * 1000:7.0f} ms  {long.pages} pages, {peak} MB at the most")
    book = engine.render(agenda())[0].pdf
    print(f"booklet    {cpu(lambda: impose(book, 'booklet', 'a3'), 5):7.0f} ms  imposing that agenda")
    print(f"inspect    {cpu(lambda: inspect.facts(book), 3):7.0f} ms  reading its structure")
    with LimitedEngine() as limited:
        paper = leaflet(1)
        limited.render(paper)
        start = time.perf_counter()
        for _ in range(20):
            limited.render(paper)
        print(f"limited    {(time.perf_counter() - start) * 50:7.1f} ms  a leaflet within limits (wall)")
    print(f"leaflets   {throughput(whole):7.1f} a second, two processes")


if __name__ == "__main__":
    main()
