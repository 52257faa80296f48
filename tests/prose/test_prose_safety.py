"""Nothing in a text can run, load or lead off unseen; and nothing in a text can bring the build to a stop."""

from __future__ import annotations

import re
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from toolkit_builder.prose import allowed, broken_lines, convert, inline, plain, split_sections
from toolkit_builder.references import find, link

ATTACKS = [
    "<script>alert(1)</script>",
    "text <script>alert(1)</script> text",
    "<SCRIPT SRC=//evil.example/x.js></SCRIPT>",
    "<scr<script>ipt>alert(1)</script>",
    "<script",
    "<script>alert(1)",
    "<img src=x onerror=alert(1)>",
    '<img src="javascript:alert(1)">',
    "<svg onload=alert(1)><script>alert(1)</script></svg>",
    "<math><mi xlink:href='javascript:alert(1)'>x</mi></math>",
    "<iframe src='https://evil.example'></iframe>",
    "<object data='x'></object><embed src='x'>",
    "<form action='https://evil.example'><input name=x><button formaction='javascript:x'>go</button></form>",
    "<a href='javascript:alert(1)'>x</a>",
    "<a href='jAvAsCrIpT:alert(1)'>x</a>",
    "<a href='java\tscript:alert(1)'>x</a>",
    "<a href='&#106;avascript:alert(1)'>x</a>",
    "[x](javascript:alert(1))",
    "[x](javascript&colon;alert(1))",
    "[x](data:text/html,<script>alert(1)</script>)",
    "[x](vbscript:x)",
    "[x]: javascript:alert(1)\n\n[x]",
    "<javascript:alert(1)>",
    "<javascript://x%0aalert(1)>",
    "![x](javascript:alert(1))",
    "[x](//evil.example)",
    "[x](/\\evil.example)",
    "[x](\\\\evil.example)",
    "<a href='/\t/evil.example'>x</a>",
    "<a href=' //evil.example'>x</a>",
    "<img src='//evil.example/x.png'>",
    "*x*{onclick=alert(1)}",
    "# x {onclick=alert(1)}",
    "::: box {onclick=alert(1) style=x}\nx\n:::",
    '::: box "<img src=x onerror=alert(1)>"\nx\n:::',
    "::: quote from='<script>alert(1)</script>'\nx\n:::",
    "<style>body{display:none}</style>",
    "<p style='position:fixed'>x</p>",
    "<link rel=stylesheet href=//evil.example>",
    "<meta http-equiv=refresh content='0;url=//evil.example'>",
    "<base href='//evil.example'>",
    "*[HTML]: <script>alert(1)</script>\n\nHTML",
    '*[A]: "><script>alert(1)</script>\n\nA',
    "[^1]\n\n[^1]: <script>alert(1)</script>",
    '[^"><script>]\n\n[^"><script>]: x',
    '```"><script>\nx\n```',
    "| <script>x</script> | b |\n|---|---|\n| <img onerror=x> | d |",
    "<!-- --><script>alert(1)</script>",
    "<!--><script>alert(1)</script>-->",
    "<![CDATA[<script>alert(1)</script>]]>",
    "<?php <script>alert(1)</script> ?>",
    '<noscript><p title="</noscript><img src=x onerror=alert(1)>">',
    "<textarea><script>alert(1)</script></textarea>",
    "<title><img src=x onerror=alert(1)></title>",
    "<xmp><img src=x onerror=alert(1)></xmp>",
    "<plaintext><script>alert(1)</script>",
    "<template><script>alert(1)</script></template>",
    "<details open ontoggle=alert(1)>x</details>",
    'https://x.org/"onmouseover=alert(1)',
    "www.x.org/'><script>alert(1)</script>",
    'a@b.org"><script>alert(1)</script>',
    "klzzwxh:0001 wzxhzdk:0 \x02wzxhzdk:0\x03 <script>x</script>",
]
_FORBIDDEN = r"</?(?:script|style|iframe|object|embed|form|input|button|svg|math|link|meta|base|template)\b"
_TAGS = re.compile(r"<[^>]*>")


def is_safe(fragment: str) -> bool:
    """Tags and attributes of the allow list only, and addresses that stay on the web's safe side."""
    for tag in _TAGS.findall(fragment):
        if re.match(_FORBIDDEN, tag):
            return False
        bare = re.sub(r'="[^"]*"', '=""', tag)
        if re.search(r"\s(?:on\w+|style|srcdoc|formaction|action|xlink:href)\s*=", bare):
            return False
        for address in re.findall(r'(?:href|src)="([^"]*)"', tag):
            if re.match(r"\s*(?:javascript|vbscript|data):|\s*[/\\]\s*[/\\]", address, re.IGNORECASE):
                return False
    return "\x02" not in fragment


@pytest.mark.parametrize("source", ATTACKS)
def test_no_attack_reaches_the_page(source: str) -> None:
    for text in (source, f"- {source}", f"> {source}", f"words {source} words", f"## {source}"):
        assert is_safe(convert(text, path="x")[0].html), convert(text, path="x")[0].html
        assert is_safe(inline(text))


@settings(max_examples=300, deadline=None)
@given(st.lists(st.sampled_from([*ATTACKS, *"\n *`\"'><[)", "\n\n", "</", "]("]), max_size=6))
def test_no_mixture_of_attacks_reaches_the_page(pieces: list[str]) -> None:
    assert is_safe(convert("".join(pieces), path="x")[0].html)


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        ("https://x.org", True), ("http://x.org", True), ("mailto:a@b.org", True), ("tel:+44", True), ("/a/b", True),
        ("../a", True), ("#x", True), ("?a=b", True), ("a.pdf", True), ("HTTPS://X.ORG", True), ("", True),
        ("//x.org", False), ("\\\\x.org", False), ("/\\x.org", False), ("/\t/x.org", False), (" //x", False),
        ("javascript:x", False), ("JavaScript:x", False), ("java\nscript:x", False), ("data:x", False),
        ("file:///x", False), ("ftp://x", False), ("vbscript:x", False), ("blob:x", False),
    ],
)  # fmt: skip
def test_addresses_are_judged(address: str, expected: bool) -> None:
    assert allowed(address) is expected


def test_what_is_left_out_is_reported_with_its_line() -> None:
    source = "One\n\n<script>\nx\n</script>\n\n<iframe src='x'></iframe>\n\n<b onclick='x'>b</b>\n\n[l](javascript:x)\n"
    _, diagnostics = convert(source, path="x.md", first_line=10)
    found = [(d.code, d.span.line) for d in diagnostics if d.span]
    assert found == [("P103", 12), ("P104", 16), ("P106", 18), ("P105", 20)]


def test_what_is_given_up_is_kept_to_the_letter() -> None:
    source = "[&<b> *x* " * 5_000
    assert plain(convert(source, path="x")[0].html) == source.strip()


def test_an_unclosed_script_takes_nothing_with_it() -> None:
    prose, _ = convert("before\n\n<script>\n\nafter *all*\n\n<!-- never closed\n\nthe end", path="x")
    assert plain(prose.html) == "before\n<script>\nafter all\n<!-- never closed\nthe end"


MONSTERS = {
    "brackets": "[" * 50_000,
    "links": "[a](" * 20_000,
    "tags": "<a " * 20_000,
    "footnotes": "[^1]" * 5_000,
    "defined footnotes": "[^1]" * 5_000 + "\n\n[^1]: x",
    "nested bullets": "\n".join("  " * n + "- x" for n in range(2_000)),
    "bullets on a line": "- " * 2_000 + "x",
    "nested quotations": "> " * 2_000 + "x",
    "boxes never closed": "::: box\n" * 5_000 + "x",
    "ever longer fences": "\n".join(":" * (n + 3) + " box" for n in range(1_000)),
    "one line": "word " * 200_000,
    "one line of marks": "*a* " * 250_000,
    "stars": "*" * 500_000,
    "underscores": "_" * 500_000,
    "backticks": "`a" * 200_000,
    "unlike backticks": "\n\n".join("`" * (n % 50) for n in range(5_000)),
    "backslashes": "\\" * 500_000,
    "divs": "<div>" * 50_000,
    "divs on lines": "<div>\n\n" * 10_000,
    "scripts": "x<script>" * 20_000,
    "comments": "a <!--" * 50_000,
    "bars": "|" * 50_000 + "\n" + "|-" * 25_000,
    "headings": "# h\n" * 5_000,
    "quotes": "\"'" * 100_000,
    "entities": "&amp;" * 200_000,
    "mail in brackets": "<a@b.c> " * 30_000,
    "many bad paragraphs": "\n\n".join(["[" * 1_000] * 500),
    "addresses": "http://" * 50_000,
    "mail": "a@" * 100_000,
    "spaces": "x" + " " * 500_000 + "x",
    "spaces after a hash": "# x" + " " * 200_000 + "x",
    "attributes": "# x {" + ".a " * 50_000 + "x",
    "points": "1 A: b\n\n" * 5_000,
    "NUL": "a\0b" * 50_000,
    "surrogates": "\ud800" * 50_000,
    "terms": "a\n: b\n" * 5_000,
    "code fences": "```\n" * 10_001,
    "numbered": "1)a\n" * 10_000,
    "abbreviations": "\n".join(f"*[x{n}]: y" for n in range(1_000)) + "\n\nx1 x2",
}


@pytest.mark.parametrize("name", MONSTERS)
def test_no_text_stops_the_build(name: str) -> None:
    source = MONSTERS[name]
    started = time.process_time()
    prose, diagnostics = convert(source, path="x")
    fragment = link(prose.html, {})
    find(fragment)
    split_sections(fragment)
    broken_lines(source, "x")
    assert time.process_time() - started < 20  # a second or two alone on a common machine
    fragment.encode("utf-8")
    letters = source.count("x") if name in {"nested bullets", "bullets on a line", "nested quotations"} else 0
    assert plain(fragment).count("x") >= letters
    assert prose.html or diagnostics


@pytest.mark.parametrize(
    ("source", "code"),
    [("[" * 50_000, "P114"), ("> " * 2_000 + "x", "P113"), ("a\0", "P101"), ("a\ud800", "P102")],
)
def test_what_was_too_much_is_said(source: str, code: str) -> None:
    prose, diagnostics = convert(source, path="x")
    assert code in {d.code for d in diagnostics}
    assert source.strip("> ")[0] in plain(prose.html)


@pytest.mark.parametrize(
    ("source", "shown"),
    [
        ("![A march](https://elsewhere.example/p.png)", '<a href="https://elsewhere.example/p.png">A march</a>'),
        (
            "<img src='HTTPS://elsewhere.example/p.png'>",
            '<a href="HTTPS://elsewhere.example/p.png">HTTPS://elsewhere.example/p.png</a>',
        ),
        ("[![A march](https://elsewhere.example/p.png)](/about/)", '<a href="/about/">A march</a>'),
    ],
)
def test_a_picture_on_another_site_is_a_link_and_is_never_fetched(source: str, shown: str) -> None:
    found, problems = convert(f"Before {source} after", path="a.md")
    assert shown in found.html
    assert "<img" not in found.html
    assert [d.code for d in problems if d.code == "P122"] == ["P122"]
    assert "<img" not in inline(source)


def test_a_raw_picture_without_words_still_has_an_alt() -> None:
    assert 'alt=""' in convert('Before <img src="/a.png"> after', path="a.md")[0].html


def test_a_line_holds_no_paragraphs() -> None:
    assert inline("one <p class='x'>two</p><div>three</div> <b>four</b>").split() == [
        "one",
        "two",
        "three",
        "<b>four</b>",
    ]
