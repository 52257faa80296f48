"""A toolkit's resources in; ``Template``s out: plain values that know their translations and travel to workers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from msgspec import Struct
from msgspec.structs import replace

from toolkit_builder.kinds import campaigns
from toolkit_builder.localise import calendar, fields, languages
from toolkit_builder.model import Document, Payload
from toolkit_builder.site import Site

_LETTER = {"a4": ("letter", None)}
SHEETS: Mapping[str, Mapping[str, tuple[str, int | None]]] = {
    "leaflet": {"a5": ("leaflet-a5", 2), "a4": ("leaflet-a4", 2), "dl": ("leaflet-dl", 2)},
    "poster": {"a4": ("poster", 1), "a3": ("poster", 1)},
    "petition": {"a4": ("petition", None)}, "survey": {"a4": ("survey", None)},
    "postcard": {"a6": ("postcard", 2)}, "press-release": {"a4": ("press-release", None)},
    "model-letter": _LETTER, "model-motion": _LETTER, "model-agreement": _LETTER, "article": _LETTER,
    "checklist": _LETTER, "guidance": _LETTER, "faq": _LETTER, "key-messages": _LETTER, "facts": _LETTER,
    "plan": _LETTER, "contacts": _LETTER, "other": _LETTER,
}  # fmt: skip
"""Type -> paper -> (template of ``print/``, the most pages that it may take). Social images have no sheet."""

WORDS = {"model-letter", "model-motion", "model-agreement", "press-release", "article"}
"""Types that a branch edits: they come as DOCX and as text too."""

IMPRINTED = {"leaflet", "poster", "postcard", "petition"}
"""Types that the law wants an imprint on."""

SIZE_LABELS = {"a3": "A3", "a4": "A4", "a5": "A5", "a6": "A6", "dl": "folded to DL"}


class Template(Struct, frozen=True, kw_only=True):
    """One template of a toolkit. ``sheets`` are (file name, print template, paper, most pages).

    ``original`` is the path of the template that this one translates; an original has its ``translations``, and all of
    a ``family`` know its languages. ``parts`` and ``layout`` are those of a document in several languages.
    """

    name: str
    folder: str
    path: str
    url: str
    title: str
    type: str
    language: str
    site_language: str
    compiled: Payload
    declared: Payload
    labels: Mapping[str, str]
    toolkit: Payload
    union: Payload
    resolve: Payload
    sheets: tuple[tuple[str, str, str, int | None], ...]
    questions: tuple[Payload, ...] = ()
    post_text: str = ""
    original: str = ""
    family: tuple[str, ...] = ()
    translations: tuple[Template, ...] = ()
    parts: tuple[Template, ...] = ()
    layout: str = ""

    @property
    def words(self) -> bool:
        return self.type in WORDS


def templates(site: Site) -> list[Template]:
    """Every template of the site's toolkits, in the order of its toolkit."""
    key = ("templates", "")
    if key not in site.memo:
        every = (doc for home in site.all("toolkit") for doc in campaigns.resources(home, site))
        site.memo[key] = families(
            [template_of(doc, site) for doc in every if doc.fields.template and "template" in doc.parsed]
        )
    found: list[Template] = site.memo[key]
    return list(found)


def families(every: Sequence[Template]) -> list[Template]:
    """Templates that know each other: an original its translations, all of them the family's languages."""
    found = {t.path: t for t in every}
    translations: dict[str, list[Template]] = {}
    for each in every:
        if each.original:
            translations.setdefault(each.original, []).append(each)
    known = []
    for each in every:
        home = each.original or each.path
        first = found[home].language if home in found else each.site_language
        own = tuple(dict.fromkeys(languages.tag(t) for t in (first, *(o.language for o in translations.get(home, ())))))
        members = () if each.original else tuple(replace(o, family=own) for o in translations.get(home, ()))
        known.append(replace(each, family=own, translations=members))
    return known


def variant(template: Template, branch: Payload, *, every: bool = False) -> Template | None:
    """The template in the form in which a branch has it: itself, or with its translations in one document.

    None where the branch has it in another form or language only. ``every``: see ``languages.wanted``.
    """
    tags = languages.wanted(branch, template.family, every=every)
    if (template.sheets or template.words or template.type == "social") and languages.together(branch, tags):
        return None if template.original else composed(template, tags, branch["layout"])
    return template if not template.family or languages.tag(template.language) in tags else None


def composed(template: Template, tags: Sequence[str], layout: str) -> Template:
    """An original in several of its family's languages, in one document."""
    by_tag = {languages.tag(t.language): t for t in (*reversed(template.translations), template)}
    parts = tuple(replace(by_tag[t], translations=()) for t in tags)
    title = " / ".join(dict.fromkeys(t.title for t in parts))
    return replace(template, language=parts[0].language, title=title, translations=(), parts=parts, layout=layout)


def template_of(doc: Document, site: Site) -> Template:
    config, home = site.config, site.by_id.get(f"toolkit:{doc.folder['toolkit']}")
    language = doc.fields.language or config.language
    declared = {name: spec.model_dump(mode="json") for name, spec in doc.fields.fields.items()}
    original = site.lookup(doc.fields.translation_of, ("resource",)) if doc.fields.translation_of else None
    return Template(
        name=doc.name,
        folder=doc.folder["toolkit"],
        path=doc.path,
        url=doc.url,
        title=doc.title,
        type=doc.fields.type,
        language=language,
        site_language=config.language,
        compiled=_compiled(doc, language),
        declared=declared,
        labels=fields.labels(doc.fields.fields, language),
        toolkit=_toolkit(home),
        union=union(site),
        resolve=dict(site.resolves.get(doc.id, {})),
        sheets=sheets(doc),
        questions=tuple(q.model_dump(mode="json") for q in doc.fields.questions),
        post_text=doc.fields.post_text,
        original=original.path if original else "",
        family=(languages.tag(language),),
    )


def _compiled(doc: Document, language: str) -> Payload:
    """A resource that is no template is one in which nothing is to be filled in."""
    if "template" in doc.parsed:
        return dict(doc.parsed["template"])
    return {
        "tree": [doc.parsed.get("html", "")],
        "uses": [],
        "choices": [],
        "panels": [],
        "language": language,
        "calendar": calendar.words(language),
    }


def sheets(doc: Document) -> tuple[tuple[str, str, str, int | None], ...]:
    """A resource's printed forms: the first paper goes by the resource's name, others add theirs."""
    known = SHEETS.get(doc.fields.type, {})
    sizes = [s for s in dict.fromkeys(doc.fields.sizes) if s in known]
    name = file_name(doc.name)
    return tuple(
        (name if n == 0 else f"{name}-{size}", f"print/{known[size][0]}.html", size, known[size][1])
        for n, size in enumerate(sizes)
    )


def file_name(name: str) -> str:
    """``leaflet-a5.cy`` as ``leaflet-a5-cy``: one dot in a file's name."""
    return name.replace(".", "-")


def _toolkit(home: Document | None) -> Payload:
    if home is None:
        return dict.fromkeys(fields.KNOWN["toolkit"], "")
    return {
        "title": home.title,
        "campaign": home.fields.campaign,
        "version": home.fields.version,
        "stock_number": home.fields.stock_number,
    }


def union(site: Site) -> Payload:
    own = site.config.organisation
    return {name: getattr(own, name) for name in fields.KNOWN["union"]}
