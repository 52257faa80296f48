"""Conference papers for machines and for plain readers: numbered text and Akoma Ntoso, from the papers' sources."""

from __future__ import annotations

import json

from toolkit_builder.build.parts import Same
from toolkit_builder.formats import akoma_ntoso
from toolkit_builder.model import Payload
from toolkit_builder.motions import lines, listed, pins, text


def numbered(payload: Payload) -> bytes:
    """``{head: [lines], source, title, measure, pin}`` -> the paper as plain text, its printed line numbers before it.

    In place of all but the head there may be ``printed``: what was kept when the paper was read.
    """
    head = "\n".join(line for line in payload["head"] if line)
    if "printed" in payload:
        return f"{head}\n\n{json.loads(payload['printed'])['numbered']}".encode()
    read, _ = text.parse(payload["source"], title=payload["title"])
    pin = payload["pin"]
    printed = pins.apply_pin(pin, read)[0] if pin is not None else lines.line_map(read, payload["measure"])
    return f"{head}\n\n{lines.numbered(read, printed)}".encode()


def akoma(payload: Payload) -> bytes:
    """``akoma_ntoso.render``'s payload, each paper with its ``source``, or ``printed``, in place of ``blocks``."""
    papers = [p if isinstance(p, Same) else {**p, "blocks": _blocks(p)} for p in payload["papers"]]
    return akoma_ntoso.render({**payload, "papers": papers})


def _blocks(paper: Payload) -> list[Payload]:
    if "printed" in paper:
        kept: list[Payload] = json.loads(paper["printed"])["blocks"]
        return kept
    return listed.blocks(text.parse(paper["source"], title=paper["title"])[0])
