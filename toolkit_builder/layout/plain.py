"""A site's addresses and other files come in; the files that no document makes go out, as jobs."""

from __future__ import annotations

from collections.abc import Sequence
from hashlib import blake2b

from toolkit_builder import editions, pictures, redirects
from toolkit_builder.build.digests import digest, digest_of_value
from toolkit_builder.build.jobs import SharedValue
from toolkit_builder.formats import make
from toolkit_builder.frame import root_of
from toolkit_builder.kinds import editionmap, shapes
from toolkit_builder.layout.draft import Draft, output_path
from toolkit_builder.linking.addresses import address_of
from toolkit_builder.misfits import Listed
from toolkit_builder.model import Payload
from toolkit_builder.theme import Theme
from toolkit_builder.theme.colours import brand_css


def for_machines(draft: Draft, listed: Sequence[Listed]) -> None:
    """``robots.txt``, and the sitemap of a site that knows its address."""
    root = root_of(draft.site)
    allow = draft.site.config.robots == "allow"
    said = {"root": root, "allow": allow}
    draft.add("robots.txt", "robots", said, label="robots.txt", reasons={"site settings": digest_of_value(said)})
    if root:
        public = sorted((p.url, p.updated) for p in listed if p.url != "/404.html" and p.kind != "motion-view")
        text = "\n".join(map(" ".join, public)).encode("utf-8", "surrogatepass")
        pages = SharedValue(digest(text), public)  # so many that they are not encoded for the key
        reasons = {"addresses and dates of all pages": pages.digest, "site settings": root}
        draft.add("sitemap.xml", "sitemap", {"root": root, "pages": pages}, label="sitemap.xml", reasons=reasons)


def old_addresses(draft: Draft, taken: set[str]) -> None:
    """Every alias that is free leads on to its page."""
    found, problems = redirects.redirects(draft.site, taken, draft.texts)
    draft.diagnostics += problems
    for each in found:
        path = each.doc.path if each.doc else "toolkit.yaml"
        draft.add(
            output_path(each.url),
            "redirect",
            {
                "url": each.url,
                "target": each.target,
                "title": each.title,
                "root": root_of(draft.site),
                "language": each.language,
            },
            label=path,
            reasons={path: each.doc.digest if each.doc else each.target},
        )


def old_numbers(draft: Draft, taken: set[str]) -> None:
    """Links to a paper's number in an earlier edition lead to the paper, where no other paper has that number now."""
    site = draft.site
    for held in site.conferences:
        for doc, number in editionmap.redirects(held):
            url = f"{doc.url.rstrip('/').rpartition('/')[0]}/{address_of(number)}/"
            if url not in taken:
                taken.add(url)
                draft.add(
                    output_path(url),
                    "redirect",
                    {
                        "url": url,
                        "target": doc.url,
                        "title": shapes.title(doc, site),
                        "root": root_of(site),
                        "language": site.config.language,
                    },
                    label=doc.path,
                    reasons={doc.path: doc.digest},
                )


def files(draft: Draft) -> None:
    """Pictures and other files of ``content/``, and the theme's own."""
    for asset in draft.assets:
        if editions.is_pin(asset.path):
            continue
        path = asset.path.removeprefix("content/")
        payload: Payload = {"data": draft.file(asset)}
        if path.lower().endswith(".svg"):
            draft.diagnostics += pictures.drawing(asset.read(), asset.path)
        photograph = path.lower().endswith(pictures.PHOTOGRAPHS)
        draft.add(
            path,
            "picture" if photograph else "copy",
            {**payload, "path": asset.path} if photograph else payload,
            label=asset.path,
            reasons={asset.path: asset.digest},
        )
    own = {**draft.theme.assets, "css/brand.css": brand_css(draft.theme)}
    if draft.theme.has(make.TEMPLATE):
        own |= _screen_files(draft.theme)
    for name, data in sorted(own.items()):
        draft.add(
            f"assets/{name}",
            "copy",
            {"data": draft.blob(data)},
            label=f"theme: assets/{name}",
            reasons={f"theme: assets/{name}": blake2b(data, digest_size=8).hexdigest()},
        )


def _screen_files(theme: Theme) -> dict[str, bytes]:
    """What previews need of the theme: its print rules with its colours, and the faces that it prints in."""
    sheets = {n: d for n, d in theme.print_files.items() if n.endswith(".css")}
    return make.screen_files({**sheets, "zz-brand.css": brand_css(theme)}, theme.print_files, theme.assets)
