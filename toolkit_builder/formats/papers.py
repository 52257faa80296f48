"""Conference papers for machines and for plain readers: numbered text and Akoma Ntoso, from the papers' sources."""

from __future__ import annotations

from toolkit_builder.formats import akoma_ntoso
from toolkit_builder.model import Payload
from toolkit_builder.motions import lines, pins, text

VERSION = 1


def numbered(payload: Payload) -> bytes:
    """``{head: [lines], source, title, measure, pin}`` -> the paper as plain text, its printed line numbers before it."""
    read, _ = text.parse(payload["source"], title=payload["title"])
    pin = payload["pin"]
    printed = pins.apply_pin(pin, read)[0] if pin is not None else lines.line_map(read, payload["measure"])
    head = "\n".join(line for line in payload["head"] if line)
    return f"{head}\n\n{lines.numbered(read, printed)}".encode()


def akoma(payload: Payload) -> bytes:
    """``akoma_ntoso.render``'s payload, each paper with its ``source`` in place of ``blocks``."""
    papers = []
    for paper in payload["papers"]:
        read, _ = text.parse(paper["source"], title=paper["title"])
        papers.append({**paper, "blocks": akoma_ntoso.blocks(read)})
    return akoma_ntoso.render({**payload, "papers": papers})
