"""A fragment in; the same with ids that are its own among others on one page or in one document, out."""

from __future__ import annotations

import re

_IDS = re.compile(r"""(\s(?:id|for|aria-labelledby)="|\shref="#)""")


def own_ids(html: str, prefix: str) -> str:
    """Every id, and every link to one, with ``prefix-`` before it. A fragment without any comes back as it is."""
    return _IDS.sub(rf"\1{prefix}-", html) if _IDS.search(html) else html
