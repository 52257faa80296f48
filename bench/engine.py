"""Time the build engine alone: N jobs with 2 KB payloads and a renderer that only joins strings.

    python bench/engine.py [N]

Prints ms a page for each step; the site stage, templates and Markdown are not part of it.
"""

from __future__ import annotations

import resource
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from toolkit_builder.build import fastpath
from toolkit_builder.build.cache import Store, blob_of
from toolkit_builder.build.engine import Options, build
from toolkit_builder.build.inputs import Inputs
from toolkit_builder.build.jobs import Job, SharedValue
from toolkit_builder.build.keys import Encoder
from toolkit_builder.build.stage import WithBlobs, stage


@dataclass(frozen=True)
class Pages:
    """A toolchain whose one renderer costs next to nothing."""

    digest: str = "bench"

    def renderers(self) -> Mapping[str, Callable[[Any], bytes]]:
        return {"page": page}


def page(payload: Any) -> bytes:
    nav = "".join(f"<li>{item}" for item in payload["nav"])
    return f"<!doctype html><title>{payload['title']}</title><ul>{nav}</ul>{payload['body']}".encode()


def parse(text: str) -> WithBlobs:
    body = "<p>" + text.replace("\n\n", "<p>")
    blob = blob_of(body)
    return WithBlobs({"title": text[:40], "body": blob.digest, "words": len(text.split())}, {blob.digest: body})


def jobs_of(values: list[Any], generation: int) -> list[Job]:
    from toolkit_builder.build.jobs import Blob

    nav = SharedValue.of([f"section {n}" for n in range(40)])
    jobs = []
    for n, value in enumerate(values):
        facts = {f"field {k}": f"value {n} {k} " + "x" * 60 for k in range(20)}
        payload = {"title": f"{value['title']} {generation if n == 7 else 0}", "nav": nav, "facts": facts}
        payload["body"] = Blob(value["body"])
        reasons = {f"content/motions/{n}.md": str(generation if n == 7 else 0), "theme:base.html": "1"}
        path = f"conferences/{2000 + n % 20}/motions/{n}/index.html"
        jobs.append(Job(path, "page", payload, "closure", reasons, label=f"content/motions/{n}.md"))
    return jobs


def main() -> None:
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 10_000
    folder = Path(tempfile.mkdtemp(prefix="engine-", dir=Path.cwd()))
    try:
        run(folder, count)
    finally:
        shutil.rmtree(folder)


def run(folder: Path, count: int) -> None:
    def show(what: str, seconds: float) -> None:
        print(f"{what:<44} {seconds:8.3f} s {1000 * seconds / count:8.4f} ms a page", flush=True)

    content = folder / "content"
    content.mkdir()
    for n in range(count):
        (content / f"{n}.md").write_text(f"Motion {n}\n\n" + "Conference believes in tests. " * 80)
    output = folder / "output"
    state = Path(fastpath.state_folder(str(folder), str(output)))
    roots = {"content": "content"}

    def once(name: str, generation: int, options: dict[str, Any]) -> None:
        start = time.perf_counter()
        scanned = time.time_ns()
        scan = fastpath.scan(fastpath.absolute_roots(str(folder), roots))
        show(f"{name}: scan the inputs", time.perf_counter() - start)
        with Store(folder / ".toolkit" / "store") as store:
            begin = time.perf_counter()
            inputs = [(f"{n}", (content / f"{n}.md").read_text) for n in range(count)]
            values = stage("parse", "1", inputs, parse, store)
            show(f"{name}: stage", time.perf_counter() - begin)
            begin = time.perf_counter()
            jobs = jobs_of(values, generation)
            show(f"{name}: (make the jobs)", time.perf_counter() - begin)
            begin = time.perf_counter()
            encode = Encoder()
            for job in jobs:
                encode(job).key({})
            show(f"{name}: (keys alone)", time.perf_counter() - begin)
            begin = time.perf_counter()
            chosen = Options(clock="2027", settings="s", inputs=Inputs(roots, scan, scanned), **options)
            report = build(folder, output, jobs, store.blobs, Pages(), chosen, store=store)
            show(f"{name}: build", time.perf_counter() - begin)
        print(f"{name}: all {time.perf_counter() - start:.3f} s; {report.rendered} {report.diagnostics}\n")

    once("cold", 0, {})
    once("one edit, standby not made yet", 1, {})
    once("one edit", 2, {})
    once("nothing (full path)", 2, {})
    once("one edit, one process", 3, {"workers": 1})
    code = (
        "import sys, time; t = time.perf_counter()\n"
        "from toolkit_builder.build.fastpath import look\n"
        f"same = look({str(folder)!r}, {str(output)!r}).unchanged('s', '2027')\n"
        "print(same, round(time.perf_counter() - t, 3), 's inside', len(sys.modules), 'modules')"
    )
    for _ in range(3):
        start = time.perf_counter()
        out = subprocess.run(
            [
                sys.executable,
                "-I",
                "-S",
                "-c",
                f"sys=__import__('sys'); sys.path.insert(0, {str(Path(__file__).parents[1])!r})\n{code}",
            ],
            capture_output=True,
            text=True,
            check=True,
        )
        show(f"nothing (fast path): {out.stdout.strip()}", time.perf_counter() - start)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    sizes = {p.name: p.stat().st_size for p in sorted(state.iterdir()) if p.is_file()}
    print(f"peak memory {peak:.0f} MB; state files {sizes}")


if __name__ == "__main__":
    main()
