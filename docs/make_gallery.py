"""The sample site's printed documents -> the small pictures of gallery.md. Run ``python docs/make_gallery.py``."""

from __future__ import annotations

import io
import sys
import tempfile
from pathlib import Path

from PIL import Image

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE.parent))

from tests.sample import Sample  # noqa: E402
from toolkit_builder.printing.picture import pages  # noqa: E402

HELD = "conferences/2027-asw"
BRANCH = "branches/penrhyn-vale/enough-hands"
PICTURES = {
    "bulletin": [(f"{HELD}/bulletins/2/bulletin.pdf", 0), (f"{HELD}/bulletins/2/bulletin.pdf", 1)],
    "agenda": [(f"{HELD}/agenda.pdf", n) for n in (0, 1, 3, 4, 5)],
    "agenda-sizes": [(f"{HELD}/agenda-a5.pdf", 6), (f"{HELD}/agenda-large.pdf", 7), (f"{HELD}/agenda-giant.pdf", 7)],
    "motion": [(f"{HELD}/motions/5/motion.pdf", n) for n in (0, 1)]
    + [(f"{HELD}/composites/composite-a/composite.pdf", n) for n in (0, 1)],
    "plan": [(f"plans/adult-social-work/plan-{size}.pdf", n)
             for size, n in (("a4", 0), ("a3", 0), ("a5", 0), ("a5", 1), ("a6", 0), ("a6", 1))],
    "leaflets": [(f"{BRANCH}/leaflet-a5.pdf", 0), (f"{BRANCH}/leaflet-a5.pdf", 1), (f"{BRANCH}/leaflet-dl.pdf", 0),
                 (f"{BRANCH}/leaflet-dl.pdf", 1), (f"{BRANCH}/leaflet-a4.pdf", 0)],
    "posters": [(f"{BRANCH}/poster-a4.pdf", 0), (f"{BRANCH}/poster-a3.pdf", 0), (f"{BRANCH}/postcard.pdf", 0),
                (f"{BRANCH}/postcard.pdf", 1)],
    "letters": [(f"{BRANCH}/{name}.pdf", 0) for name in
                ("model-letter-director", "petition", "press-release", "model-agreement")],
    "toolkit": [("toolkits/enough-hands/toolkit.pdf", n) for n in (0, 1, 3, 10, 11)],
}  # fmt: skip
HEIGHT = 300


def strip(pictures: list[bytes]) -> Image.Image:
    """Pages of one height side by side on grey."""
    opened = [Image.open(io.BytesIO(data)).convert("RGB") for data in pictures]
    scaled = [one.resize((round(one.width * HEIGHT / one.height), HEIGHT), Image.Resampling.LANCZOS) for one in opened]
    sheet = Image.new("RGB", (sum(one.width + 12 for one in scaled) + 12, HEIGHT + 24), "#d9d6dc")
    left = 12
    for one in scaled:
        sheet.paste(one, (left, 12))
        left += one.width + 12
    return sheet


def main() -> None:
    folder = HERE / "pictures" / "print"
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as scratch:
        sample = Sample.load(Path(scratch))
        for name, wanted in PICTURES.items():
            shown = [pages(sample.printed(path).pdf, 72, only=range(n, n + 1))[0] for path, n in wanted]
            strip(shown).quantize(64).save(folder / f"{name}.png", optimize=True)


if __name__ == "__main__":
    main()
