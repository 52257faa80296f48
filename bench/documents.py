"""How long each printed document of the sample site takes: CPU milliseconds of one warm process, pages, bytes.

Run ``python bench/documents.py``. A document that is set in the largest type that fits is timed with all its tries.
``python bench/documents.py --steps`` says where the time of a few of them goes, in milliseconds of each step.
"""

from __future__ import annotations

import importlib
import inspect
import sys
import tempfile
import time
from collections import defaultdict
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[1]))

from tests.sample import Sample
from toolkit_builder.formats import pdf
from toolkit_builder.printing.engine import WeasyPrintEngine
from toolkit_builder.printing.inspect import facts

HELD = "conferences/2027-asw"
SHOWN = (
    f"{HELD}/bulletins/2/bulletin.pdf", f"{HELD}/bulletins/2/bulletin-large.pdf",
    f"{HELD}/agenda.pdf", f"{HELD}/agenda-a5.pdf", f"{HELD}/agenda-large.pdf",
    f"{HELD}/agenda-giant.pdf", f"{HELD}/motions/5/motion.pdf", f"{HELD}/composites/composite-a/composite.pdf",
    *(f"plans/adult-social-work/plan-{size}.pdf" for size in ("a4", "a3", "a5", "a6")),
    "toolkits/enough-hands/toolkit.pdf",
    *(f"branches/penrhyn-vale/enough-hands/{name}.pdf"
      for name in ("leaflet-a5", "leaflet-a4", "leaflet-dl", "poster-a4", "model-letter-director")),
)  # fmt: skip


STEPS = (
    ("weasyprint", "HTML.__init__", "parsing HTML"),
    ("weasyprint.document", "get_all_computed_styles", "styles"),
    ("weasyprint.document", "build_formatting_structure", "boxes"),
    ("weasyprint.document", "layout_document", "layout"),
    ("toolkit_builder.printing.engine", "checked", "checks"),
    ("weasyprint.document", "generate_pdf", "drawing, fonts, tags"),
    ("pydyf", "PDF.write", "writing"),
    ("toolkit_builder.printing.finish", "finished", "mending tags, packing"),
)
STEPPED = (SHOWN[0], SHOWN[2], SHOWN[6], SHOWN[13], SHOWN[15])


def timed(steps: dict[str, float], name: str, function: Any) -> Any:
    def run(*arguments: Any, **options: Any) -> Any:
        start = time.process_time()
        try:
            made = function(*arguments, **options)
            return list(made) if inspect.isgenerator(made) else made
        finally:
            steps[name] += time.process_time() - start

    return run


def steps(sample: Sample) -> None:
    """The time of each step, by functions of the engine that are wrapped in a stop-watch."""
    spent: dict[str, float] = defaultdict(float)
    for module, path, name in STEPS:
        holder, _, attribute = path.rpartition(".")
        owner = importlib.import_module(module)
        owner = getattr(owner, holder) if holder else owner
        setattr(owner, attribute, timed(spent, name, getattr(owner, attribute)))
    for path in STEPPED:
        sample.make(path)
        spent.clear()
        start = time.process_time()
        for _ in range(3):
            sample.make(path)
        whole = (time.process_time() - start) / 3 * 1000
        parts = ", ".join(f"{name} {spent[name] / 3 * 1000:.1f}" for _, _, name in STEPS)
        print(f"{path}: {whole:.0f} ms: {parts}")


def main() -> None:
    here = WeasyPrintEngine()
    pdf.engine = lambda seconds: here  # this process and no child, so that its CPU time is counted
    with tempfile.TemporaryDirectory() as folder:
        sample = Sample.load(Path(folder))
        sample.make(SHOWN[6])  # the engine is imported, the style sheets are parsed
        if "--steps" in sys.argv:
            steps(sample)
            return
        for path in SHOWN:
            times = []
            for _ in range(3):
                start = time.process_time()
                made = sample.make(path)
                times.append(time.process_time() - start)
            pages = len(facts(made.pdf).sheets)
            print(f"{path:48s} {min(times) * 1000:6.0f} ms {pages:3d} pages {len(made.pdf) // 1000:4d} KB")


if __name__ == "__main__":
    main()
