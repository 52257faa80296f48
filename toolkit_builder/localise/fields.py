"""What a template may ask for: the names, what they are called, what each branch has for them, and what is missing.

A branch is a plain payload in the shape of its front matter (``kinds.fields.BranchFields``), whether it comes from a
file or from a row of a table.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from msgspec import Struct

from toolkit_builder.diagnostics import Diagnostic, Span, error, warning
from toolkit_builder.kinds.fields import BranchFields, Meeting
from toolkit_builder.localise.fill import Filled
from toolkit_builder.model import Contact, Payload
from toolkit_builder.wording import nearest

_HIDDEN = {
    "slug",
    "draft",
    "embargo",
    "expires",
    "aliases",
    "translation_of",
    "related",
    "image",
    "image_alt",
    "tags",
    "custom",
    "date",
    "updated",
    "description",
    "language",
    "languages",
    "layout",
}
KNOWN: dict[str, tuple[str, ...]] = {
    "branch": (*(n for n in BranchFields.model_fields if n not in _HIDDEN), "url", "name"),
    "contact": tuple(Contact.model_fields), "meeting": tuple(Meeting.model_fields),
    "union": ("name", "short_name", "address", "join_link", "imprint"),
    "toolkit": ("title", "campaign", "version", "stock_number"),
}  # fmt: skip
"""Every name that a template may use, but ``fields``, which the template declares itself."""

OPTIONAL = frozenset({
    "meeting.access", "meeting.time", "meeting.link", "contact.role", "contact.note", "contact.hours", "branch.hours",
    "contact.textphone", "branch.textphone", "branch.welsh_name", "branch.logo", "branch.logo_alt",
    "branch.facts", "branch.quotes",
})  # fmt: skip
"""What may be empty without leaving a hole."""

REQUIRED = ("branch.imprint", "contact.name", "contact.phone", "contact.email")
"""Without these a document is not to be printed, where it uses them."""

_LABELS = {
    "branch.title": "branch name", "branch.employer": "employer", "branch.region": "region",
    "branch.imprint": "imprint", "branch.lobby": "who to lobby", "branch.demand": "your demand",
    "branch.phone": "branch phone number", "branch.textphone": "textphone", "branch.email": "branch e-mail",
    "branch.web": "branch web address", "branch.office": "branch office", "branch.join_link": "link to join",
    "contact.name": "contact's name", "contact.role": "contact's role", "contact.phone": "contact's phone number",
    "contact.email": "contact's e-mail", "contact.textphone": "contact's textphone",
    "contact.hours": "contact's hours", "branch.hours": "opening hours", "branch.facts": "local facts",
    "branch.quotes": "quotes from members", "meeting.date": "date of the meeting",
    "meeting.time": "time of the meeting", "meeting.place": "place of the meeting",
    "meeting.access": "access to the meeting",
}  # fmt: skip
_WELSH = {
    "branch.title": "enw'r gangen", "branch.employer": "cyflogwr", "branch.imprint": "argraffnod",
    "contact.hours": "oriau'r cyswllt", "branch.hours": "oriau agor", "branch.facts": "ffeithiau lleol",
    "branch.quotes": "dyfyniadau gan aelodau", "contact.textphone": "ffôn testun y cyswllt",
    "branch.join_link": "dolen ymuno", "branch.lobby": "pwy i'w lobïo", "contact.name": "enw'r cyswllt",
    "contact.phone": "ffôn y cyswllt", "contact.email": "e-bost y cyswllt", "contact.role": "rôl y cyswllt",
    "meeting.date": "dyddiad y cyfarfod", "meeting.place": "lleoliad y cyfarfod", "meeting.time": "amser y cyfarfod",
}  # fmt: skip


def labels(declared: Mapping[str, Any], language: str) -> dict[str, str]:
    """What each field is called in the guide and on the form, by path."""
    own = {f"fields.{name}": _lower(f.label) or name.replace("_", " ") for name, f in declared.items()}
    return {**_LABELS, **(_WELSH if language.partition("-")[0] == "cy" else {}), **own}


def _lower(label: str) -> str:
    return label[:1].lower() + label[1:] if label[1:2].islower() or label[1:2] == " " else label


def unknown(compiled: Payload, declared: Iterable[str], path: str) -> list[Diagnostic]:
    """Every name that no branch can fill because it does not exist, with the one that was probably meant."""
    found = []
    names = {**KNOWN, "fields": tuple(declared)}
    for use in compiled["uses"]:
        parts = use["path"].split(".")
        span = Span(path, use["line"], use["column"], use["line"], use["column"] + use["length"])
        if problem := _unknown_name(parts, names):
            found.append(error("L110", problem[0], span, hint=problem[1], source=use["source"]))
    return found


def _unknown_name(parts: Sequence[str], names: Mapping[str, Sequence[str]]) -> tuple[str, str] | None:
    if parts[0] not in names:
        near = nearest(parts[0], names)
        owner = next((k for k, v in names.items() if parts[0] in v), "")
        meant = f"{owner}.{parts[0]}" if owner else near
        return (
            f"there is no '{parts[0]}' to fill in",
            f"did you mean {meant}?" if meant else f"a template may use {', '.join(names)}",
        )
    if len(parts) == 1:
        return None
    if parts[1] not in names[parts[0]]:
        near = nearest(parts[1], names[parts[0]])
        if parts[0] == "fields":
            return (
                f"the template has no field '{parts[1]}'",
                f"did you mean fields.{near}?" if near else f"add '{parts[1]}' below 'fields' in the front matter",
            )
        elsewhere = next((k for k, v in names.items() if parts[1] in v), "")
        meant = f"{parts[0]}.{near}" if near else f"{elsewhere}.{parts[1]}" if elsewhere else ""
        return (
            f"'{parts[0]}' has no '{parts[1]}'",
            f"did you mean {meant}?" if meant else f"it has {', '.join(names[parts[0]])}",
        )
    if len(parts) > 2:
        return f"'{'.'.join(parts[:2])}' has nothing inside it", f"write {parts[0]}.{parts[1]}"
    return None


# --- one branch's values ---------------------------------------------------------------------------------------


def context(
    branch: Payload,
    declared: Mapping[str, Payload],
    *,
    language: str,
    site_language: str,
    union: Payload,
    toolkit: Payload,
) -> Payload:
    """All values that a template in ``language`` can show of one branch; each of them text, a list or a group."""
    own = language.partition("-")[0]
    foreign = own != site_language.partition("-")[0]
    custom: Mapping[str, str] = branch.get("custom") or {}

    def worded(name: str, value: Any) -> Any:
        return custom.get(f"{name}_{own}") or value

    contacts = [c for c in branch.get("contacts") or [] if any(c.values())]
    first = dict(contacts[0]) if contacts else {}
    contact = {
        name: worded(f"contact_{name}", first.get(name) or _fallback(name, branch)) for name in Contact.model_fields
    }
    shown = {name: worded(name, branch.get(name)) for name in KNOWN["branch"] if name not in {"contacts", "meeting"}}
    if own == "cy" and branch.get("welsh_name"):
        shown["title"] = branch["welsh_name"]
    shown["contacts"] = contacts
    shown["meeting"] = meeting = branch.get("meeting") or None
    shown["join_link"] = shown.get("join_link") or union.get("join_link", "")
    shown["phone"] = shown.get("phone") or first.get("phone", "")
    shown["email"] = shown.get("email") or first.get("email", "")
    shown["textphone"] = shown.get("textphone") or first.get("textphone", "")
    values = {name: _field_value(name, spec, branch, custom, own, foreign=foreign) for name, spec in declared.items()}
    if meeting and foreign:
        meeting = {k: worded(f"meeting_{k}", v) for k, v in meeting.items()}
    return {
        "branch": shown,
        "contact": contact,
        "meeting": meeting,
        "fields": values,
        "union": dict(union),
        "toolkit": dict(toolkit),
    }


def _fallback(name: str, branch: Payload) -> Any:
    """The branch's own number, address or hours where its contact has none."""
    return branch.get(name) or "" if name in {"phone", "email", "web", "textphone", "hours"} else ""


def _field_value(
    name: str, spec: Payload, branch: Payload, custom: Mapping[str, str], language: str, *, foreign: bool
) -> str:
    """What the branch says in the template's language, else what it says at all, else the template's default.

    In another language than the site's, the template's own default comes before the branch's words.
    """
    said = custom.get(f"{name}_{language}") or ("" if foreign and spec.get("default") else custom.get(name))
    if not said and not (foreign and spec.get("default")):
        plain = branch.get(name)
        said = plain if isinstance(plain, str) else ""
    return said or spec.get("default") or ""


def choices(branch: Payload, compiled: Payload) -> dict[str, list[int]]:
    """The options that a branch has picked: ``custom: {choice-1: 2}`` or ``choice_1: 1 3``."""
    custom, found = branch.get("custom") or {}, {}
    for choice in compiled["choices"]:
        said = custom.get(choice["id"]) or custom.get(choice["id"].replace("-", "_"), "")
        picked = [int(n) for n in re.findall(r"[0-9]{1,3}", said) if 0 < int(n) <= choice["options"]]
        if picked:
            found[choice["id"]] = picked
    return found


# --- what is missing -------------------------------------------------------------------------------------------


class Missing(Struct, frozen=True):
    """One value that a document lacks. ``required``: it must not be printed so."""

    path: str
    label: str
    required: bool


def missing(
    filled: Filled, values: Payload, declared: Mapping[str, Payload], names: Mapping[str, str], compiled: Payload
) -> list[Missing]:
    """What a branch's document lacks, required things first; blanks that are asked for on purpose are left out."""
    found = {}
    for path in filled.missing:
        root, _, name = path.partition(".")
        spec = declared.get(name, {}) if root == "fields" else {}
        if spec.get("blank"):
            continue
        must = bool(spec.get("required")) or path in REQUIRED
        found[path] = Missing(path, names.get(path, name.replace("_", " ")), must)
    used = {use["path"] for use in compiled["uses"]}
    for name, spec in declared.items():  # a required field that stands in a condition only
        path = f"fields.{name}"
        if spec.get("required") and not spec.get("blank") and not values["fields"].get(name) and path in used:
            found.setdefault(path, Missing(path, names.get(path, name), required=True))
    return sorted(found.values(), key=lambda m: not m.required)


def report(holes: Mapping[str, Sequence[tuple[str, Missing]]], compiled: Payload, path: str) -> list[Diagnostic]:
    """One warning for each value that some branches cannot fill: where the template asks, and which branches lack it.

    ``holes``: by path, pairs of a branch's title and what it lacks.
    """
    found = []
    for name, lacking in holes.items():
        use = next((u for u in compiled["uses"] if u["path"] == name), None)
        span = Span(path, use["line"], use["column"], use["line"], use["column"] + use["length"]) if use else Span(path)
        item = lacking[0][1]
        titles = [title for title, _ in lacking]
        listed = ", ".join(titles[:5]) + (f" and {len(titles) - 5} more" if len(titles) > 5 else "")
        kind = "required field" if item.required else "field"
        said = f"the {kind} '{item.label}' ({name}) is missing for {listed}"
        hint = (
            "fill it in for these branches, or give it a default"
            if name.startswith("fields.")
            else "fill it in for these branches, or ask for it inside {% if ... %}"
        )
        found.append(
            warning("L111" if item.required else "L112", said, span, hint=hint, source=use["source"] if use else "")
        )
    return found
