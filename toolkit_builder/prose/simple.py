"""One block's text in; whether it has inline marks, and which, where they are plain emphasis and links alone, out.

Most lines of most papers have no other marks. They are known here for sure, so Python-Markdown is not even imported.
"""

from __future__ import annotations

import re


def has_marks(text: str) -> bool:
    """Whether a text may hold an inline mark. (Eight scans for one character beat one scan for eight.)"""
    return (
        "*" in text or "[" in text or "_" in text or "&" in text or "<" in text or "`" in text
        or "\\" in text or "  \n" in text
    )  # fmt: skip


_SIMPLE = re.compile(
    r"(?:(?<!\w)|(?=\*{1,2}\w))(\*{1,2})([^*\s\[\]](?:[^*\[\]]*[^*\s\[\]])?)\1(?!\*)|\[([^\[\]*^][^\[\]*]*)\]\(([^\s()\[\]*<>\"']+)\)"
)
"""``*words*``, ``**words**`` and ``[words](address)`` with no other mark inside; ``pay*, hours*`` has none."""


def simple_pieces(text: str) -> list[str] | None:
    """A text cut at its simple marks: plain words, then the run of asterisks, the words in it, a link's words and its
    address (None where there is none), then plain words again. None where a mark of any other sort may stand."""
    if ("_" in text or "&" in text or "<" in text or "`" in text or "\\" in text or "{" in text or "![" in text
            or "  \n" in text or "\x02" in text):  # fmt: skip
        return None
    pieces = _SIMPLE.split(text)
    return None if any("*" in plain for plain in pieces[::5]) else pieces


def simply(text: str) -> str | None:
    """The HTML of a text whose only marks are simple ones; None for any other, which is for Python-Markdown."""
    pieces = simple_pieces(text)
    if pieces is None:
        return None
    out = []
    for at in range(0, len(pieces), 5):
        plain = pieces[at]
        if "[" in plain or "]" in plain:
            return None
        out.append(plain.replace(">", "&gt;"))
        if at + 1 < len(pieces):
            run, words, label, target = pieces[at + 1 : at + 5]
            if run:
                name = "em" if len(run) == 1 else "strong"
                out.append(f"<{name}>{words.replace('>', '&gt;')}</{name}>")
            else:
                out.append(f'<a href="{target}">{label.replace(">", "&gt;")}</a>')
    return "".join(out)
