"""How long each printed document of the sample site takes: CPU milliseconds of one warm process, pages, bytes.

Run ``python bench/documents.py``. A document that is set in the largest type that fits is timed with all its tries.
"""

from __future__ import annotations

import sys
import tempfile
import time
from pathlib import Path

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


def main() -> None:
    here = WeasyPrintEngine()
    pdf.engine = lambda seconds: here  # this process and no child, so that its CPU time is counted
    with tempfile.TemporaryDirectory() as folder:
        sample = Sample.load(Path(folder))
        sample.make(SHOWN[6])  # the engine is imported, the style sheets are parsed
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
