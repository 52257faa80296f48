"""A theme's name in; the theme out, read with its parents from the project or from what is built in."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path

from toolkit_builder import resources
from toolkit_builder.diagnostics import Diagnostic, Span, error
from toolkit_builder.theme import API, MOST_PARENTS, Listing, Template, Theme, ThemeFile, colours, templates


def _folder(project: Path, name: str) -> Path | None:
    for base in (project / "themes", resources.themes()):
        folder = base / name
        if folder.is_dir() and "/" not in name and name not in {".", ".."}:
            return folder
    return None


def _read_tree(folder: Path) -> dict[str, bytes]:
    if not folder.is_dir():
        return {}
    return {
        p.relative_to(folder).as_posix(): p.read_bytes()
        for p in sorted(folder.rglob("*"))
        if p.is_file() and not any(part.startswith(".") for part in p.relative_to(folder).parts)
    }


def folders(project: Path, name: str) -> list[Path]:
    """The theme's folder and its parents', nearest first: the input tree of a theme, for watching and stamping."""
    found: list[Path] = []
    while name and len(found) < MOST_PARENTS and (folder := _folder(project, name)) and folder not in found:
        found.append(folder)
        name = _settings(folder, f"themes/{name}")[0].parent
    return found


def _settings(folder: Path, shown: str) -> tuple[ThemeFile, list[Diagnostic]]:
    from toolkit_builder.decode import decode_yaml

    path = folder / "theme.yaml"
    text = path.read_text(encoding="utf-8", errors="replace") if path.is_file() else ""
    decoded = decode_yaml(ThemeFile, text, f"{shown}/theme.yaml")
    return decoded.fields or ThemeFile(), list(decoded.diagnostics)


def load(
    project: Path, name: str, check: Callable[[Theme], Iterable[Diagnostic]] = templates.problems
) -> tuple[Theme | None, list[Diagnostic]]:
    """Read theme ``name`` from ``project/themes`` or the built-in themes, with its parents.

    ``check`` finds what is wrong with the templates; who remembers what it found the last time hands in another.
    Returns ``(None, diagnostics)`` when the theme or a parent is missing or its parents form a ring.
    """
    diagnostics: list[Diagnostic] = []
    chain: list[tuple[str, Path, ThemeFile]] = []
    wanted, asked_by = name, Span("toolkit.yaml")
    while wanted:
        folder = _folder(project, wanted)
        if folder is None:
            known = sorted(
                {
                    p.name
                    for b in (project / "themes", resources.themes())
                    if b.is_dir()
                    for p in b.iterdir()
                    if p.is_dir()
                }
            )
            return None, [
                *diagnostics,
                error(
                    "T101",
                    f"there is no theme '{wanted}'",
                    asked_by,
                    hint=f"the themes here are: {', '.join(known) or 'none'}",
                ),
            ]
        if any(n == wanted for n, _, _ in chain) or len(chain) >= MOST_PARENTS:
            return None, [
                *diagnostics,
                error(
                    "T106",
                    f"theme '{wanted}' is its own parent's parent",
                    asked_by,
                    hint="change 'parent' in one theme.yaml",
                ),
            ]
        settings, found = _settings(folder, f"themes/{wanted}")
        diagnostics += found
        if settings.api != API:
            diagnostics.append(
                error(
                    "T107",
                    f"this theme is made for version {settings.api} of the theme contract; "
                    f"this toolkit has version {API}",
                    Span(f"themes/{wanted}/theme.yaml"),
                    hint="see docs/themes.md for what changed",
                )
            )
        chain.append((wanted, folder, settings))
        asked_by, wanted = Span(f"themes/{wanted}/theme.yaml"), settings.parent
    theme = _assemble(chain)
    return theme, [*diagnostics, *check(theme), *colours.problems(theme)]


def _assemble(chain: list[tuple[str, Path, ThemeFile]]) -> Theme:
    written: list[Template] = []
    assets: dict[str, bytes] = {}
    prints: dict[str, bytes] = {}
    locales: dict[str, dict[str, str]] = {}
    brand: dict[str, str] = {}
    listings: dict[str, Listing] = {}
    for level, (name, folder, settings) in reversed(list(enumerate(chain))):
        for kind in ("templates", "print"):
            for path, data in _read_tree(folder / kind).items():
                if path.endswith(".html"):
                    full = path if kind == "templates" else f"print/{path}"
                    written.append(
                        Template(full, f"themes/{name}/{kind}/{path}", level, data.decode("utf-8", "replace"))
                    )
                elif kind == "print":
                    prints[path] = data
        assets |= _read_tree(folder / "assets")
        for path, data in _read_tree(folder / "locales").items():
            locales.setdefault(Path(path).stem, {}).update(_locale(data))
        brand |= settings.colours
        listings |= settings.listings
    top = chain[0][2].model_copy(update={"colours": brand, "listings": listings})
    return Theme(
        name=chain[0][0], settings=top, templates=tuple(written), assets=assets, print_files=prints, locales=locales
    )


def _locale(data: bytes) -> dict[str, str]:
    import yaml

    try:
        words = yaml.load(data, Loader=getattr(yaml, "CBaseLoader", yaml.BaseLoader))
    except yaml.YAMLError:
        return {}
    return {str(k): str(v) for k, v in words.items()} if isinstance(words, dict) else {}
