"""Plans, toolkits and their resources: what a campaign gives its branches."""

from __future__ import annotations

from toolkit_builder.kinds import shapes
from toolkit_builder.kinds.shapes import card, link
from toolkit_builder.model import Document, Payload
from toolkit_builder.site import Site, neighbours

TYPE_LABELS = {
    "guidance": "Guidance", "faq": "Questions and answers", "key-messages": "Key messages", "facts": "Facts and myths",
    "model-motion": "Model motion", "model-letter": "Model letter", "model-agreement": "Model agreement",
    "press-release": "Press release", "article": "Newsletter article", "checklist": "Checklist",
    "survey": "Workload health check", "leaflet": "Leaflet", "poster": "Poster", "petition": "Petition",
    "postcard": "Postcard", "social": "Social image", "plan": "Plan", "contacts": "Contacts", "other": "Resource",
}  # fmt: skip

_GROUPS = (
    ("Start here", ("guidance", "faq", "key-messages", "facts", "plan", "checklist", "contacts")),
    ("Motions, letters and agreements", ("model-motion", "model-letter", "model-agreement")),
    ("Leaflets, posters and petitions", ("leaflet", "poster", "postcard", "petition", "survey")),
    ("Press and social media", ("press-release", "article", "social")),
    ("More", ("other",)),
)


def plan(doc: Document, site: Site) -> Payload:
    parsed, fields = doc.parsed, doc.fields
    return {
        "title": doc.title,
        "campaign": fields.campaign,
        "source": fields.source,
        "intro_html": parsed.get("intro_html", ""),
        "points": parsed.get("points", []),
        "outro_html": parsed.get("outro_html", ""),
        "contact": shapes.contact(fields.contact) or shapes.contact(site.config.contact),
        "downloads": [],
        "toolkits": [
            card(t, site) for t in site.all("toolkit") if t.fields.campaign and t.fields.campaign == fields.campaign
        ],
        "mentioned_in": shapes.mentioned_in(doc, site),
    }


def resources(doc: Document, site: Site) -> list[Document]:
    """A toolkit's resources: those named in ``order`` first, the rest by group, type and title."""
    ranks = {t: (g, i) for g, (_, types) in enumerate(_GROUPS) for i, t in enumerate(types)}
    order = {name: n for n, name in enumerate(doc.fields.order)}
    mine = [r for r in site.all("resource") if r.folder["toolkit"] == doc.folder["toolkit"]]
    return sorted(mine, key=lambda r: (order.get(r.name, len(order)), ranks[r.fields.type], r.title.lower(), r.path))


def toolkit(doc: Document, site: Site) -> Payload:
    mine = resources(doc, site)
    groups = []
    for heading, types in _GROUPS:
        cards = [{**card(r, site), "type_label": TYPE_LABELS[r.fields.type]} for r in mine if r.fields.type in types]
        if cards:
            groups.append({"title": heading, "resources": cards})
    fields = doc.fields
    return {
        **_body(doc),
        "campaign": fields.campaign,
        "version": fields.version,
        "stock_number": fields.stock_number,
        "groups": groups,
        "contact": shapes.contact(fields.contact) or shapes.contact(site.config.contact),
        "imprint_html": doc.parsed.get("imprint_html", ""),
        "downloads": [shapes.download("The whole toolkit", f"{doc.url}{doc.folder['toolkit']}.zip", "ZIP")]
        if mine
        else [],
        "plans": [
            card(p, site) for p in site.all("plan") if p.fields.campaign and p.fields.campaign == fields.campaign
        ],
        "mentioned_in": shapes.mentioned_in(doc, site),
    }


def resource(doc: Document, site: Site) -> Payload:
    fields = doc.fields
    home = site.by_id.get(f"toolkit:{doc.folder['toolkit']}")
    previous, following = neighbours(resources(home, site), doc) if home else (None, None)
    return {
        **_body(doc),
        "type": fields.type,
        "type_label": TYPE_LABELS[fields.type],
        "audience": fields.audience,
        "toolkit": link(home, site) if home else None,
        "downloads": shapes.files_of(doc),
        "questions": [q.model_dump(mode="json") for q in fields.questions],
        "make_url": f"{doc.url}make/"
        if (fields.template or fields.questions) and site.config.localise != "off"
        else None,
        "post_text": fields.post_text,
        "image": {"src": shapes.file_url(fields.image), "alt": fields.image_alt} if fields.image else None,
        "previous": link(previous, site) if previous else None,
        "next": link(following, site) if following else None,
    }


def _body(doc: Document) -> Payload:
    return {"title": doc.title, "body_html": doc.parsed.get("html", ""), "headings": doc.parsed.get("headings", [])}
