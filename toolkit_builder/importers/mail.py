"""An e-mail's bytes, or its text as it was copied, in; the text that was sent out, with a note of all around it.

Addresses, signatures and the marks of forwarding are no words of a motion: they are left out, and the report has them.
"""

from __future__ import annotations

import email
import email.policy
import re
from email.message import EmailMessage

from toolkit_builder.diagnostics import Diagnostic, Span, note
from toolkit_builder.importers.guess import OPENER
from toolkit_builder.importers.pieces import left_out

_HEAD = re.compile(r"(?i)>*\s*(?:from|to|cc|bcc|date|sent|subject|reply-to|importance|attachments?):(?:\s.*)?")
_FORWARDED = re.compile(
    r"(?i)\s*(?:-{3,}\s*(?:forwarded|original) message\s*-{3,}|begin forwarded message:|on .{5,120}wrote:)\s*"
)
_PAPER = re.compile(
    r"(?i)(?:(?:re|fwd?|aw|sv)\s*:\s*)*(?P<paper>(?:(?:emergency|late|draft|proposed)\s+)?"
    r"(?:(?:sub-?)?amendment|motion|composite|resolution)(?:\s+(?:\w*\d|to\b|on\b|no\b)|\s*[:–—-]\s*\w).*)"
)
"""A line that says which paper this is: ``Fwd: Motion 9: Fair pay``, ``Amendment to motion 20``."""
_QUOTED = re.compile(r"(?:>\s?)+")
_RAW = re.compile(rb"(?i)(?:[A-Za-z][A-Za-z0-9-]{1,40}:[^\r\n]*\r?\n(?:[ \t][^\r\n]*\r?\n)*){3,}\r?\n")
_SURE = re.compile(rb"(?im)^(?:mime-version|message-id|received|content-transfer-encoding):")


def is_mail(data: bytes, path: str) -> bool:
    """Whether these are the bytes of a saved message."""
    head = _RAW.match(data[:65536])
    return path.lower().endswith(".eml") or (head is not None and _SURE.search(head[0]) is not None)


def body(data: bytes, path: str) -> tuple[str, str, list[Diagnostic]]:
    """``("html" or "text", the words, notes)`` of a saved message. What cannot be decoded stays as it is."""
    message = email.message_from_bytes(data, policy=email.policy.default)
    problems: list[Diagnostic] = []
    head = "; ".join(f"{name}: {message[name]}" for name in ("From", "To", "Date", "Subject") if message[name])
    if head:
        problems.append(left_out(path, "the head of an e-mail", head))
    part = message.get_body(("plain", "html")) if isinstance(message, EmailMessage) else None
    for attached in message.iter_attachments() if isinstance(message, EmailMessage) else ():
        name = attached.get_filename() or attached.get_content_type()
        problems.append(
            note("I116", f"the attachment '{name}' was left out", Span(path), hint="save it, and import it by itself")
        )
    if part is None:
        return "text", "", problems
    try:
        words = str(part.get_content())
    except (LookupError, UnicodeError, ValueError):
        payload = part.get_payload(decode=True)
        words = payload.decode("cp1252", "replace") if isinstance(payload, bytes) else ""
    if part.get_content_subtype() == "html":
        return "html", words, problems
    lines = words.replace("\r\n", "\n").split("\n")
    _sign_off(lines, path, problems)
    about = _about(str(message["Subject"] or ""), lines)
    return "text", "\n".join([about, "", *lines] if about else lines), problems


def _about(subject: str, lines: list[str]) -> str:
    """``Motion 9: Fair pay`` from a subject line, unless the text begins in that way itself."""
    said = _PAPER.fullmatch(" ".join(subject.split()))
    first = next((line for line in lines if line.strip()), "")
    return said["paper"] if said and not _PAPER.match(first) else ""


def _sign_off(lines: list[str], path: str, found: list[Diagnostic]) -> None:
    """A signature below its line of two hyphens becomes empty lines."""
    close = next((n for n, line in enumerate(lines) if line.rstrip() == "--"), None)
    if close is not None and len(lines) - close < 25:
        found.append(left_out(path, "a signature", " ".join(lines[close + 1 :]).strip(), close + 1))
        lines[close:] = [""] * (len(lines) - close)


def bare(text: str, path: str) -> tuple[str, list[Diagnostic]]:
    """A text that was copied from an e-mail without its head, its quotation marks and its signature.

    Every line stays at its number: what is left out is an empty line.
    """
    lines = text.split("\n")
    found: list[Diagnostic] = []
    at = next((n for n, line in enumerate(lines) if line.strip()), 0)
    head = _head_from(lines, at)
    if not head:
        quoted = [_QUOTED.sub("", line, count=1) for line in lines if line.startswith(">")]
        if len(quoted) > 2 and re.search(OPENER, "\n".join(quoted)):  # a paper that was forwarded below a greeting
            return "\n".join(_QUOTED.sub("", line, count=1) for line in lines), []
        return text, []
    found.append(left_out(path, "the head of an e-mail", "; ".join(lines[n] for n in head), head[0] + 1))
    subject = next((lines[n].partition(":")[2] for n in head if lines[n].lower().startswith("subject:")), "")
    about = _about(subject, [line for n, line in enumerate(lines) if n not in head])
    for n in head:
        lines[n] = ""
    lines[head[0]] = about
    full = [line for line in lines if line.strip()]
    if sum(line.startswith(">") for line in full) > len(full) // 2:
        lines = [_QUOTED.sub("", line, count=1) for line in lines]
        inner = next((n for n, line in enumerate(lines) if line.strip()), 0)
        for n in _head_from(lines, inner):
            found.append(left_out(path, "the head of an e-mail", lines[n], n + 1))
            lines[n] = ""
    _sign_off(lines, path, found)
    return "\n".join(lines), found


def _head_from(lines: list[str], at: int) -> list[int]:
    """The lines of a head that begins here: three fields or more, perhaps under a mark of forwarding."""
    found: list[int] = []
    fields = 0
    for n in range(at, min(at + 40, len(lines))):
        line = lines[n]
        if _HEAD.fullmatch(line):
            fields += 1
            found.append(n)
        elif _FORWARDED.fullmatch(line) or (line.strip() and found and line[0] in " \t" and fields):
            found.append(n)
        elif line.strip() or fields >= 3:
            break
    return found if fields >= 3 else []
