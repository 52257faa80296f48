"""Templates: guidance, choices, panels, conditions around blocks, places in the source, and what is missing."""

from __future__ import annotations

import pytest

from tests.localise.helpers import ALDER, branch, compiled, filled
from toolkit_builder.kinds.fields import TemplateField
from toolkit_builder.localise import documents, fields, resources
from toolkit_builder.localise.template import as_shown, compile_template


def test_guidance_is_never_in_the_document() -> None:
    assert filled("::: guidance\nFor you only.\n:::\n\nDear all,").html == "<p>Dear all,</p>"


CHOICE = '::: choose 1-2 "Pick"\n- One {{ branch.title }}\n- Two\n- Three\n:::'


@pytest.mark.parametrize(
    ("picked", "said"),
    [
        ({}, ["One Alder branch"]),
        ({"choice-1": [2]}, ["Two"]),
        ({"choice-1": [3, 1]}, ["One Alder branch", "Three"]),
        ({"choice-1": [1, 2, 3]}, ["One Alder branch", "Two"]),
        ({"choice-1": [9]}, []),
    ],
)
def test_a_choice_takes_as_many_as_it_may(picked: dict[str, list[int]], said: list[str]) -> None:
    html = filled(CHOICE, chosen=picked).html
    assert [p.partition("</p>")[0] for p in html.split("<p>")[1:]] == said
    assert "Pick" not in html


def test_a_branch_chooses_in_its_own_fields() -> None:
    made, _ = compiled(CHOICE)
    assert fields.choices({"custom": {"choice-1": "2 and 3"}}, made) == {"choice-1": [2, 3]}
    assert fields.choices({"custom": {"choice_1": "7"}}, made) == {}


def test_a_choice_without_options_is_a_mistake() -> None:
    _, found = compiled("::: choose 1\nJust words.\n:::")
    assert [d.code for d in found] == ["L109"]


def test_sides_and_panels_are_lifted_out() -> None:
    made = filled(
        '::: side front\n## At {{ branch.title }}\n:::\n\n::: panel back "For {{ contact.name }}"\nBack.\n:::\n\nRest.'
    )
    assert made.html == "<p>Rest.</p>"
    assert "At Alder branch</h2>" in made.panels["front"]["html"]
    assert made.panels["back"] == {"title": "For Ada Bell", "html": "<p>Back.</p>"}


BLOCKS = {
    "{% if meeting %}\nCome.\n\nBring tea.\n{% endif %}": ("<p>Come.</p>\n<p>Bring tea.</p>", ""),
    "- a\n{% if meeting %}\n- b\n{% endif %}\n- c": ("<li>b", "<li>c"),
    "{% if meeting %}\n- a\n- b\n{% endif %}\n\nEnd": ("<li>a</li>", "End"),
    "::: panel front\n{% if meeting %}\nCome.\n{% endif %}\nStay.\n:::": ("", ""),
    "| A | B |\n|---|---|\n| 1 | 2 |\n{% if meeting %}\n| 3 | 4 |\n{% endif %}\n| 5 | 6 |": (
        "<td>3</td>",
        "<td>5</td>",
    ),
}


@pytest.mark.parametrize("text", BLOCKS)
def test_conditions_enclose_whole_blocks(text: str) -> None:
    inside, after = BLOCKS[text]
    with_meeting, without = filled(text), filled(text, branch(meeting=None))
    assert inside in with_meeting.html
    assert after in without.html
    for made in (with_meeting, without):
        whole = made.html + "".join(p["html"] for p in made.panels.values())
        for tag in ("li", "p", "ul", "tr", "table"):
            assert whole.count(f"<{tag}>") == whole.count(f"</{tag}>"), whole
    if inside:
        assert inside not in without.html


@pytest.mark.parametrize(
    "text",
    [
        "A {% if meeting %}b\n\n- c{% endif %} d",
        "{% if meeting %}\n::: panel front\nx\n{% endif %}\n:::",
        "**a {% if meeting %}b** c{% endif %}",
    ],
)
def test_conditions_that_cut_a_paragraph_are_mistakes(text: str) -> None:
    _, found = compiled(text)
    assert {d.code for d in found} <= {"L106", "L108"}
    assert found


def test_a_condition_over_two_paragraphs_leaves_one() -> None:
    text = "A {% if meeting %}b\n\nc{% endif %} d"
    assert filled(text).html == "<p>A b</p>\n<p>c d</p>"
    assert filled(text, branch(meeting=None)).html == "<p>A  d</p>"


def test_a_field_in_a_link_leads_only_to_safe_addresses() -> None:
    text = "[Join]({{ branch.web }}) us"
    assert 'href="https://alder.example/"' in filled(text, branch(web="https://alder.example/")).html
    made, _ = compiled(text)
    from toolkit_builder.localise.fill import fill

    assert 'href=""' in fill(made, {"branch": {"web": "javascript:alert(1)"}}).html


def test_markdown_never_sees_a_value() -> None:
    assert filled("{{ branch.demand }}", branch(demand="# *one* [two](javascript:x) <b>")).html == (
        "<p># *one* [two](javascript:x) &lt;b&gt;</p>"
    )


def test_a_markdown_mistake_keeps_its_place() -> None:
    _, found = compiled("{% if meeting %}\nCome to {{ branch.title }}.\n{% endif %}\n\n::: bxo\nx\n:::")
    assert [(d.code, d.span.line if d.span else 0) for d in found] == [("P107", 5)]
    assert found[0].source == "::: bxo"


def test_unknown_names_are_reported_with_the_one_that_was_meant() -> None:
    made, _ = compiled("Dear {{ branch.titel }}, {{ meeting.when }}, {{ fields.demmand }}, {{ employer }}")
    found = fields.unknown(made, ["demand"], "t.md")
    said = [(d.span.column, d.message, d.hint) for d in found if d.span]
    assert said[0] == (9, "'branch' has no 'titel'", "did you mean branch.title?")
    assert said[1][0] == 29
    assert said[2][1:] == ("the template has no field 'demmand'", "did you mean fields.demand?")
    assert said[3][2] == "did you mean branch.employer?"


def test_the_page_shows_fields_as_marked_blanks() -> None:
    text = "# Hi\n\n## At {{ branch.employer }}\n\n{% if meeting %}\nCome on {{ meeting.date | date }}.\n{% endif %}"
    made, value, _ = compile_template(text, path="t.md", first_line=1, language="en-GB")
    shown = as_shown(value, made, fields.labels({}, "en-GB"))
    assert '<span class="field">[employer]</span></h2>' in shown.html
    assert 'Come on <span class="field">[date of the meeting]</span>.' in shown.html
    assert shown.headings[-1].text == "At [employer]"
    assert not any(0x17000 <= ord(c) <= 0x187F7 for c in str(shown))


def test_rare_letters_of_the_text_itself_are_kept() -> None:
    assert filled("𗀀𗀁 {{ branch.title }}").html == "<p>𗀀𗀁 Alder branch</p>"


# --- what is missing ---------------------------------------------------------------------------------------------


def _template(text: str, type: str = "leaflet", **declared: TemplateField) -> resources.Template:
    made, found = compiled(text)
    assert not found
    return resources.Template(
        name="t",
        folder="k",
        path="t.md",
        url="/t/",
        title="T",
        type=type,
        language="en-GB",
        site_language="en-GB",
        compiled=made,
        declared={n: f.model_dump(mode="json") for n, f in declared.items()},
        labels=fields.labels(declared, "en-GB"),
        toolkit=dict.fromkeys(fields.KNOWN["toolkit"], ""),
        union=dict.fromkeys(fields.KNOWN["union"], ""),
        resolve={},
        sheets=(),
    )


def test_what_is_required_keeps_a_document_from_the_printer() -> None:
    text = "{{ contact.name }} {{ contact.role }} {{ fields.finding }} {{ branch.lobby }}"
    template = _template(text, finding=TemplateField(required=True))
    made = documents.make(template, branch(contacts=[], imprint=""))
    assert [(m.path, m.required) for m in made.missing] == [
        ("branch.imprint", True),
        ("contact.name", True),
        ("fields.finding", True),
        ("branch.lobby", False),
    ]
    assert made.doc["not_for_print"] == ["imprint", "contact's name", "finding"]
    assert made.filled.html.count("______________________") == 3  # a role may be empty


def test_a_blank_on_purpose_is_not_missing() -> None:
    story = TemplateField(required=True, blank=True)
    made = documents.make(_template("{{ fields.story }}", "model-letter", story=story), branch())
    assert made.missing == []
    assert "______" in made.filled.html


@pytest.mark.parametrize(
    ("custom", "language", "said"),
    [
        ({}, "en-GB", "fifteen cases"),
        ({"demand": "twelve"}, "en-GB", "twelve"),
        ({}, "cy", "pymtheg"),
        ({"demand": "twelve"}, "cy", "pymtheg"),
        ({"demand_cy": "deuddeg"}, "cy", "deuddeg"),
    ],
)
def test_a_template_prefers_words_in_its_own_language(custom: dict[str, str], language: str, said: str) -> None:
    spec = TemplateField(default="pymtheg" if language == "cy" else "")
    assert filled("{{ fields.demand }}", branch(custom=custom), language=language, demand=spec).html == f"<p>{said}</p>"


def test_the_report_names_the_place_and_the_branches() -> None:
    template = _template("Ring {{ contact.phone }}.")
    lack = fields.Missing("contact.phone", "contact's phone number", required=True)
    found = fields.report({"contact.phone": [(f"B{n}", lack) for n in range(7)]}, template.compiled, "t.md")
    assert found[0].message.endswith("is missing for B0, B1, B2, B3, B4 and 2 more")
    assert found[0].span is not None
    assert (found[0].span.line, found[0].span.column) == (1, 9)


def test_the_sample_branch_is_complete() -> None:
    assert branch()["title"] == ALDER["title"]


# --- lines to write on, and addresses ----------------------------------------------------------------------------


def test_a_line_of_underscores_is_a_line_to_write_on() -> None:
    line = '<p class="write-line"><span class="blank">______________________</span></p>'
    assert (
        filled("Because\n\n_______\n\n___\n\nFrom: ____").html == f"<p>Because</p>\n{line}\n{line}\n<p>From: ____</p>"
    )
    assert filled("A\n\n---\n\nB").html == "<p>A</p>\n<hr>\n<p>B</p>"


def test_a_mistake_after_a_line_to_write_on_keeps_its_place() -> None:
    _, found = compiled("_______\n\n  ____\n\n{{ branch.title | foo }}")
    assert [(d.span.line, d.span.column) for d in found if d.span] == [(5, 19)]


def test_an_address_is_kept_in_one_piece() -> None:
    html = filled("Write to {{ contact.email }}, {{ contact.name }}").html
    assert html == '<p>Write to <span class="address"><span>ada</span><span>@alder.example</span></span>, Ada Bell</p>'


# --- every feature, and a mistake in each ------------------------------------------------------------------------

EVERYTHING = """# Title

::: guidance
Not in the document: {{ branch.title }}.
:::

Dear {{ branch.lobby | default('friend') | upper }}, {{ 'a' if meeting else 'b' }} {{ branch.facts | join('; ') }}.

{% if meeting and not branch.web or branch.title == "x" %}
Come on {{ meeting.date | date('long') }}{% if meeting.time %}, {{ meeting.time | trim }}{% endif %}.

{% for quote in branch.quotes %}
- {{ quote.text }} {% if quote.name in "Bo Bea" %}({{ quote.name | first }}){% endif %}
{% endfor %}
{% elif branch.web %}
See {{ branch.web }}.
{% else %}
Nothing.
{% endif %}

::: choose 1-2 "Pick"
- One {{ branch.title | capitalize }}
- Two {{ branch.facts | length }}
:::

{# a remark #}
Write {{ fields.story }} here:

______________
"""

MISTAKES = {
    "upper }}": ("uper }}", "L101", "there is no filter 'uper'", "did you mean upper?"),
    "default('friend')": ("default(friend)", "L101", "the filter 'default' takes words in quotes", ""),
    "join('; ')": ("join('; '", "L101", "a bracket is not closed here", "a filter takes one argument at most"),
    "date('long')": (
        "date('long', 'x')",
        "L101",
        "a bracket is not closed here",
        "a filter takes one argument at most",
    ),
    'branch.title == "x"': ('branch.title = "x"', "L101", "'=' does not belong here", "templates hold names, words"),
    "{% endfor %}": ("{% endfr %}", "L105", "there is no statement 'endfr' in templates", "the statements are: if"),
    "{% else %}\nNothing.\n{% endif %}": (
        "{% else %}\nNothing.\n",
        "L106",
        "this {% if %} is never closed",
        "write {% endif %}",
    ),
    "{% elif branch.web %}": ("{% elif %}", "L101", "something is missing here", "write the name of a field"),
    "for quote in branch.quotes": ("for quote of branch.quotes", "L101", "a loop is written {% for quote in", ""),
    "{{ fields.story }}": ("{{ fields.story", "L102", "'{{' is opened here and never closed", "close it with }}"),
    "{{ branch.title | capitalize }}": (
        "{{ branch.title() }}",
        "L101",
        "'branch.title' cannot be called",
        "name a field",
    ),
    "{{ meeting.time | trim }}": ("{{ meeting.__class__ }}", "L101", "'__class__' is not the name of a field", ""),
    "- One {{ branch.title | capitalize }}\n- Two {{ branch.facts | length }}": (
        "Neither.",
        "L109",
        "this choice has no list of options",
        "write each option as a line with a dash",
    ),
    "{{ branch.web }}": ("{{ branch[0] }}", "L101", "'[' does not belong here", "templates hold names"),
    "{# a remark #}": ("{% set x = 1 %}", "L105", "there is no statement 'set' in templates", "the statements are"),
}


def test_every_feature_at_once() -> None:
    html = filled(EVERYTHING, story=TemplateField(blank=True)).html
    for said in (
        "FRIEND, a One fact; Another fact.",
        "Tuesday 14 September 2027, 6pm.",
        "Enough! (B)",
        "One Alder branch",
        "write-line",
    ):
        assert said in html, said
    assert "Not in the document" not in html
    assert "remark" not in html


@pytest.mark.parametrize("right", MISTAKES)
def test_every_mistake_has_a_place_and_a_hint(right: str) -> None:
    wrong, code, message, hint = MISTAKES[right]
    assert EVERYTHING.count(right) == 1
    text = EVERYTHING.replace(right, wrong)
    _, found = compiled(text)
    hit = next((d for d in found if d.code == code and d.message.startswith(message)), None)
    assert hit is not None, [(d.code, d.message) for d in found]
    assert hit.span is not None
    assert hit.source == text.split("\n")[hit.span.line - 1]
    assert 0 < hit.span.column < hit.span.end_column <= len(hit.source) + 1
    assert hint in hit.hint
    assert all(d.span is not None and d.span.line for d in found)


@pytest.mark.parametrize(
    "text",
    [
        "{{ " * 500,
        "{% if " * 300 + " %}" * 300,
        "::: choose\n" * 50,
        "{% for a in branch.facts %}" * 40,
        "{{ branch." + "a." * 200 + "b }}",
        "::: choose 2-1\n- a\n:::",
        "::: choose 0\n- a\n:::",
        "{%%}{{}}{##}",
        "{% endif %}{% else %}{% endfor %}",
        "\U0001f469\u200d\U0001f4bb {{ \u0645 }} \u202e{{ branch.title }}",
        "::: choose 1\n- a\n\n  ::: choose 1\n  - b\n  :::\n:::",
        "| {% if meeting %} | a |\n|--|--|\n| {% endif %} | b |",
    ],
)
def test_no_template_makes_a_traceback(text: str) -> None:
    made, found = compiled(text)
    assert all(d.span is not None and d.message for d in found)
    from toolkit_builder.localise.fill import fill

    assert isinstance(fill(made, {"branch": {}, "fields": {}}).html, str)


@pytest.mark.parametrize(
    "value",
    [
        "<script>alert(1)</script>",
        "{{ branch.imprint }}",
        "{% if x %}",
        "*a* [b](javascript:c)",
        "\u202e\u0645\u0631\u062d\u0628\u0627",
        "\U0001f3f4\U000e0067\U000e0062\U000e007f",
        "x" * 20_000,
        "line\nline",
        "\ue0000\ue001",
        "&amp;&#x41;",
        "\U00017000",
    ],
)
def test_hostile_values_are_text(value: str) -> None:
    from html import unescape

    html = filled("A {{ branch.demand }} B", branch(demand=value)).html
    assert unescape(html.replace("<br>", "\n")) == f"<p>A {value} B</p>"
