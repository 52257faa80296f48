"""A plain ``toolkit build`` of an unchanged project: answered from the last build's record, with nothing imported.

Only the forms that people type a hundred times a day are understood here; anything else goes the long way round.
"""

from __future__ import annotations

import os
import sys
import time

TYPE_CHECKING = False  # importing typing takes as long as all that is done here
if TYPE_CHECKING:
    from toolkit_builder.build.fastpath import Looked

_PLAIN = frozenset({"-q", "--quiet", "-s", "--strict", "-D", "--drafts", "-F", "--future"})


def settings_of(environment: dict[str, str], arguments: list[str]) -> str:
    """What decides the result beside the files, as one text: the same for the long way round and for this one."""
    said = sorted(i for i in environment.items() if i[0].startswith("TOOLKIT_"))
    return repr((said, sorted(a for a in arguments if a not in {"build", "-q", "--quiet", "-v", "--verbose"})))


def answer(arguments: list[str]) -> tuple[bool, Looked | None]:
    """Whether ``arguments`` ask for a build that would change nothing; says so on standard output if it is.

    If it is not: what was seen of the project meanwhile, for the build that is needed.
    """
    if not arguments or arguments[0] != "build" or not _PLAIN.issuperset(arguments[1:]):
        return False, None
    project = _project()
    if project is None:
        return False, None
    from toolkit_builder.build import fastpath

    now = time.strftime("%Y-%m-%dT%H:%M:%S+00:00", time.gmtime())
    started = time.perf_counter()
    looked = fastpath.look(project, os.path.join(project, output_name(project)))
    if looked is None or looked.record.head["roots"].get("program") != os.path.dirname(__file__):
        return False, looked  # the last build was that of another copy of this program
    if not looked.unchanged(settings_of(dict(os.environ), arguments), now):
        return False, looked
    quiet = bool({"-q", "--quiet"} & set(arguments))
    _say_again(looked.record.head["said"], quiet)
    if not quiet:
        sys.stdout.write(f"Nothing has changed since the last build ({time.perf_counter() - started:.2f} s).\n")
        sys.stdout.flush()
    return True, None


def _say_again(said: str, quiet: bool) -> None:
    """The warnings of the last build: they hold as long as nothing changes."""
    if not said:
        return
    import json

    from toolkit_builder.diagnostics import Diagnostic, as_text

    colour = sys.stderr.isatty() and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"
    each = [Diagnostic.from_json(one) for one in json.loads(said)]
    for one in each:
        sys.stderr.write(f"{as_text(one, colour=colour)}\n")
    if not quiet:
        sys.stderr.write(f"{len(each)} warning{'s' if len(each) != 1 else ''}\n")
    sys.stderr.flush()


def _project() -> str | None:
    folder = os.getcwd()
    while True:
        if os.path.isfile(os.path.join(folder, "toolkit.yaml")):
            return folder
        above = os.path.dirname(folder)
        if above == folder:
            return None
        folder = above


def output_name(project: str) -> str:
    """The ``output:`` of toolkit.yaml, read as a plain line; ``output`` where there is none inside."""
    try:
        with open(os.path.join(project, "toolkit.yaml"), encoding="utf-8") as file:
            for line in file:
                if line.startswith("output:"):
                    name = line[7:].split(" #")[0].strip().strip("'\"")
                    outside = name.startswith(("/", "\\")) or ":" in name or ".." in name.replace("\\", "/").split("/")
                    return "output" if outside else name or "output"
    except (OSError, UnicodeDecodeError):
        pass
    return "output"
