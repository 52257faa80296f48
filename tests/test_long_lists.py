"""A page with long lists of which one has changed: the others are cut from the page as it was, to the same bytes."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.test_frames import bundle, given_page
from toolkit_builder.build.jobs import Job, Parted
from toolkit_builder.build.keys import resolve
from toolkit_builder.build.parts import BESIDE, Before, Same, changed, keys_of
from toolkit_builder.formats import page
from toolkit_builder.formats.lists import MARK, PARTS
from toolkit_builder.formats.templates import TemplateFailure, Templates

BASE = '<main>{{ page.title }}{% from "rows.html" import rows with context %}SHOWN</main>'
SHOWN = "{% for group in doc.groups %}<h2>{{ group.name }}</h2>{{ rows(group.rows) }}{% endfor %}"
ROWS = """{% macro row(r) %}<li><a href="{{ r.url }}">{{ r.name }} ({{ t('Menu') }})</a>
{% if r.below %}<ul>{% for each in r.below %}{{ row(each) }}{% endfor %}</ul>{% endif %}</li>{% endmacro %}
{% macro rows(list) %}<ul>{% for r in list %}{{ row(r) }}{% endfor %}</ul>{% endmacro %}"""


def job(lists: list[list[dict[str, Any]]], url: str = "/all/", **more: Any) -> Job:
    groups = [{"name": f"Group {n}", "rows": [MARK, n]} for n in range(len(lists))]
    payload = {
        **given_page(url, **more),
        "doc": {"groups": groups},
        PARTS: [{"rows": json.dumps(each)} for each in lists],
        BESIDE: ["page", "doc", "listings", "label"],
        "at": [url, more.get("language", "en-GB")],
    }
    return Job("all/index.html", "page", payload, "c", parts=PARTS)


def row(name: str, *below: dict[str, Any]) -> dict[str, Any]:
    return {"name": name, "url": f"/{name.lower()}/", "below": list(below)}


def rendered(job: Job, theme: Any) -> Parted:
    found = page.render(dict(job.payload), Templates(theme))
    assert isinstance(found, Parted)
    return found


def again(before: Job, after: Job, theme: Any) -> tuple[bytes | None, int]:
    """The page made from the one before it, None where that cannot be; and how many lists were taken from there."""
    old = rendered(before, theme)
    kept = changed(after, keys_of(after, {}), Before(old.data, keys_of(before, {}), old.places))
    if kept is None:
        return None, 0
    same = sum(isinstance(part, Same) for part in kept[1][PARTS])
    found = page.render(resolve(kept[1], 0, {}, {}), Templates(theme))
    assert isinstance(found, Parted)
    assert found.places == rendered(after, theme).places
    return found.data, same


FIRST = [[row("A & b", row("Below")), row("Two")], [row("Three")], []]
SECOND = [[row("A & b", row("Below")), row("Two")], [row("Three"), row("<Four>")], []]


def test_lists_without_a_change_are_cut_from_the_page_as_it_was() -> None:
    theme = bundle(base__html=BASE.replace("SHOWN", SHOWN), rows__html=ROWS)
    assert again(job(FIRST), job(SECOND), theme) == (rendered(job(SECOND), theme).data, 2)
    assert b'href="../a%20&amp;%20b/"' in rendered(job([[{**row("x"), "url": "/a%20&%20b/"}]]), theme).data


def test_lists_may_move_and_what_stands_around_them_may_change() -> None:
    theme = bundle(base__html=BASE.replace("SHOWN", SHOWN), rows__html=ROWS)
    moved = job([[row("New")], FIRST[1], FIRST[0]], title="Other")
    assert again(job(FIRST), moved, theme) == (rendered(moved, theme).data, 2)


def test_the_same_lists_elsewhere_or_in_another_language_are_others() -> None:
    theme = bundle(base__html=BASE.replace("SHOWN", SHOWN), rows__html=ROWS)
    assert again(job(FIRST), job(FIRST, "/all/of/them/"), theme) == (None, 0)
    assert again(job(FIRST), job(FIRST, language="cy"), theme) == (None, 0)


@pytest.mark.parametrize(
    ("shown", "rows"),
    [
        (SHOWN, ROWS.replace("r.name }}", "r.name }}{{ page.title }}")),
        (SHOWN, ROWS.replace("r.name }}", "r.name }}{{ doc.groups | length }}")),
        (SHOWN.replace("rows(group.rows)", "rows(group.rows) | replace('(', '[')"), ROWS),
        (SHOWN.replace("rows(group.rows)", "group.rows | length"), ROWS),
        (SHOWN.replace("{{ rows(group.rows) }}", "{% if group.rows %}{{ rows(group.rows) }}{% endif %}"), ROWS),
        (SHOWN.replace("rows(group.rows)", "rows(group.rows + group.rows)"), ROWS),
        (SHOWN.replace("rows(group.rows)", "rows(group.rows[:1])"), ROWS),
        (SHOWN, ROWS.replace("<ul>{% for r", "words <ul>{% for r")),
    ],
)
def test_a_template_that_looks_at_the_lists_in_other_ways_gets_them(shown: str, rows: str) -> None:
    theme = bundle(base__html=BASE.replace("SHOWN", shown), rows__html=rows)
    full = [[row("A"), row("B")], [row("C")]]
    plain = job(full).payload | {
        "doc": {"groups": [{"name": f"Group {n}", "rows": each} for n, each in enumerate(full)]}
    }
    plain.pop(PARTS)
    assert rendered(job(full), theme).data == page.render(plain, Templates(theme))
    assert again(job(full), job([full[0], [row("D")]], title="Other"), theme) == (None, 0)


def test_a_list_that_only_another_page_looks_into_is_not_guessed() -> None:
    """What the page as it was did not need is not there: the page must be made as a whole."""
    long = "{% if page.title == 'Long' %}{{ doc.groups[0].rows | length }}{% endif %}"
    theme = bundle(base__html=BASE.replace("SHOWN", long + SHOWN), rows__html=ROWS)
    with pytest.raises(TemplateFailure):
        again(job(FIRST), job(SECOND, title="Long"), theme)
