"""A theme and the files of a project come in, of which few have changed; a process that will render the pages of those
goes out, making ready while this one reads and links."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from toolkit_builder.formats import Toolchain, rehearse
from toolkit_builder.kinds import kind_of
from toolkit_builder.site import PAPERS
from toolkit_builder.sources import Tree, Unread
from toolkit_builder.theme import Theme

if TYPE_CHECKING:
    from concurrent.futures import Executor

    from toolkit_builder.build.beside import Beside

FEW = 50
"""Files that have changed: more are for worker processes, each of which compiles templates for itself."""

MANY = 300
"""Files of a site for whose edits a process is worth starting."""

_FORMATS = frozenset({"page"})
_OF_PAPERS = ("conference.html", "register.html", "motions.html", "tag.html")  # which list them, by their titles


class Stage:
    """Where a build has its process beside it, if it has one; leaving it ends that."""

    def __init__(self, executor: Executor | None, workers: int) -> None:
        self.process: Beside | None = None
        self._alone = executor is not None or workers == 1

    def __enter__(self) -> Stage:
        return self

    def __exit__(self, *exception: object) -> None:
        if self.process:
            self.process.close()

    def begin(self, theme: Theme, tree: Tree) -> None:
        """Start the process, where it is worth while."""
        changed = [source for source in tree.sources if not isinstance(source, Unread)]
        if self._alone or len(tree.sources) < MANY or not 0 < len(changed) <= FEW:
            return
        from toolkit_builder.build import beside

        kinds = dict.fromkeys(kind_of(source.path)[0] for source in changed)
        pages = [kind.template for kind in kinds]
        if any(kind.name in PAPERS for kind in kinds):
            pages += _OF_PAPERS
        every = [each for page in pages for each in theme.closure(page)]
        names = dict.fromkeys(each.name for each in every if theme.find(each.name) is each)
        self.process = beside.started(Toolchain(theme.bundle), _FORMATS, partial(rehearse, list(names)))
