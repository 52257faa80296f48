"""``toolkit serve``."""

from __future__ import annotations

import asyncio
from typing import Any

import click
from msgspec.structs import replace

from toolkit_builder.commands import common


@click.command("serve")
@click.option(
    "-p",
    "--port",
    default=8000,
    envvar="TOOLKIT_PORT",
    type=click.IntRange(1, 65535),
    metavar="N",
    help="The port to serve on (8000).",
)
@click.option("-o", "--open", "open_", is_flag=True, help="Open the browser.")
@common.site_options
@common.report_options
def command(
    port: int,
    open_: bool,
    asked: common.Asked,
    voice: common.Voice,
) -> int:
    """Show the site in the browser and follow every edit.

    Printed documents are made when they are asked for. It ends with Ctrl-C.
    """
    from toolkit_builder import ahead, loading, pipeline, quick, serve
    from toolkit_builder.intake import Warm

    project = common.site(voice.messages)
    state = serve.State(project / quick.output_name(str(project)), "/")
    heard = ("serve", str(asked.drafts), str(asked.future), str(asked.strict), asked.base_url, asked.clock)
    options = asked.options(arguments=heard, on_progress=common.progress, warm=Warm())
    first = pipeline.build(project, options, on_later=state.take_later)
    voice.report(first.diagnostics)
    state.take(first)
    address = f"http://{serve.HOST}:{port}/"
    calm = replace(options, on_progress=state.go_on)
    scout = ahead.Scout(project, calm)

    def rebuild(foreseen: loading.Foreseen | None) -> Any:
        return pipeline.build(project, calm, foreseen=foreseen, on_later=state.take_later)

    def say(report: Any, seconds: float) -> None:
        voice.report(report.diagnostics)
        if not voice.quiet and report.published:
            click.echo(f"Built in {seconds:.2f} s: {len(report.paths)} made, {report.reused} unchanged.")

    folders = [p for p in (project / "content", project / "themes", project / "toolkit.yaml") if p.exists()]
    if not voice.quiet:
        click.echo(f"The site is at {address} (end with Ctrl-C)")
    if open_:
        click.launch(address)
    try:
        asyncio.run(serve.serve(state, port, folders, rebuild, say, scout))
    except KeyboardInterrupt:
        click.echo("Stopped.")
    except OSError as problem:
        raise click.ClickException(
            f"port {port} cannot be used: {problem.strerror or problem}; "
            f"try: toolkit serve -p {port + 1 if port < 65535 else 8001}"
        ) from None
    return 0
