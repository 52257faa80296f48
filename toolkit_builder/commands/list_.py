"""``toolkit list``."""

from __future__ import annotations

import json

import click

from toolkit_builder.commands import common


@click.command("list")
@click.argument("kind", required=False, default="")
@click.option("--conference", default="", metavar="NAME", help="Only papers of this conference.")
@click.option("--tag", default="", help="Only documents with this tag.")
@click.option("--result", default="", metavar="WORD", help="Only papers with this result, such as carried.")
@click.option("--json", "as_json", is_flag=True, help="Write JSON.")
@common.site_options
def command(
    kind: str,
    conference: str,
    tag: str,
    result: str,
    as_json: bool,
    asked: common.Asked,
) -> int:
    """List documents by kind, conference, tag or result.

    For example: toolkit list motions --conference 2027 --result carried
    """
    from toolkit_builder import loading
    from toolkit_builder.build.cache import Store
    from toolkit_builder.kinds import BY_NAME, shapes
    from toolkit_builder.site import PAPERS

    singular = {k.plural.lower().replace(" ", "-"): name for name, k in BY_NAME.items()}
    wanted = singular.get(kind.lower(), kind.lower())
    if wanted and wanted not in BY_NAME:
        near = common.meant(kind, [*BY_NAME, *singular])
        raise click.UsageError(f"there is no kind '{kind}'{near or '; the kinds are: ' + ', '.join(BY_NAME)}")
    project = common.site()
    with Store(project / ".toolkit" / "store") as store:
        loaded = loading.load(project, asked.options(), store)
    if loaded.site is None:
        common.report(loaded.diagnostics)
        return 1
    if conference and conference not in (names := loaded.site.conference_by_name):
        there = common.meant(conference, names) or f"; there is: {', '.join(names) or 'none yet'}"
        raise click.UsageError(f"there is no conference '{conference}'{there}")
    rows = []
    outcomes: set[str] = set()
    for doc in loaded.site.documents:
        shown = shapes.card(doc, loaded.site)
        outcome = shown["result"]["label"] if doc.kind in PAPERS else ""
        outcomes.add(outcome)
        if (
            (wanted and doc.kind != wanted)
            or (conference and doc.conference != conference)
            or (tag and tag.lower() not in (t.lower() for t in doc.fields.tags))
            or (result and result.lower() not in outcome.lower())
        ):
            continue
        rows.append(
            {
                "id": doc.id,
                "kind": doc.kind,
                "title": shown["title"],
                "label": shown["label"],
                "url": doc.url,
                "path": doc.path,
                "result": outcome,
            }
        )
    if as_json:
        click.echo(json.dumps(rows, ensure_ascii=False, indent=1))
    else:
        for row in rows:
            name = f"{row['label']}: {row['title']}" if row["label"] else row["title"]
            click.echo(f"{row['kind']:<11} {name}{'  [' + row['result'] + ']' if row['result'] else ''}  {row['path']}")
    if broken := len({d.span.path for d in loaded.diagnostics if d.is_error and d.span}):
        files = "1 file has" if broken == 1 else f"{broken} files have"
        click.echo(f"{files} mistakes and may be missing here; see them with: toolkit check", err=True)
    elif not rows:
        tags = {each for doc in loaded.site.documents for each in doc.fields.tags}
        near = (tag and common.meant(tag, tags)) or (result and common.meant(result, outcomes))
        click.echo(f"No document is like that{near or '.'}", err=True)
    return 0
