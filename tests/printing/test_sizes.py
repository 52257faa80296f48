"""The search for the largest type that fits: what it finds, and in how few tries."""

from __future__ import annotations

import math
from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.printing.conftest import document
from toolkit_builder.printing.engine import WeasyPrintEngine
from toolkit_builder.printing.sizes import Trial, largest

SIZES = [12.4, 12.6, 12.8, 13.0, 13.2, 13.4, 13.6, 13.8, 14.0, 14.2, 14.4, 14.6]


def counted(trial: Callable[[int], Trial]) -> tuple[Callable[[int], Trial], list[int]]:
    tried: list[int] = []

    def attempt(index: int) -> Trial:
        tried.append(index)
        return trial(index)

    return attempt, tried


@given(fixed=st.floats(0, 0.5), copy=st.floats(0.3, 3.5), waste=st.lists(st.floats(0, 0.03), min_size=12, max_size=12))
@settings(max_examples=200, deadline=None)
def test_copy_that_runs_through_its_pages_fills_them(fixed: float, copy: float, waste: list[float]) -> None:
    def used(index: int) -> float:
        return fixed + copy * (SIZES[index] / 13.5) ** 2 + waste[index]

    attempt, tried = counted(lambda index: Trial(math.ceil(used(index)), used(index), misfits=False))
    chosen = largest(SIZES, attempt)
    assert math.ceil(used(chosen)) <= math.ceil(used(0))
    fits = [index for index in range(12) if math.ceil(used(index)) <= math.ceil(used(0))]
    assert chosen == fits[-1] or used(chosen) > math.ceil(used(0)) - 0.12
    assert len(tried) == len(set(tried)) <= 7


@pytest.mark.parametrize("last", range(12))
def test_a_text_in_a_box_is_set_in_the_largest_size_that_the_box_holds(last: int) -> None:
    attempt, tried = counted(lambda index: Trial(1, 0.0, misfits=index > last))
    assert largest(SIZES, attempt) == last
    assert len(tried) <= 6


def test_what_overflows_in_every_size_is_set_in_the_smallest() -> None:
    assert largest(SIZES, lambda index: Trial(1, 0.0, misfits=True)) == 0
    assert largest(SIZES, lambda index: Trial(3, 2.5, misfits=True)) == 0


def test_one_size_is_no_choice() -> None:
    assert largest([12.0], lambda index: Trial(2, 1.5, misfits=False)) == 0


def paragraphs(count: int) -> str:
    return "<p>Delegates heard that caseloads have grown for the sixth year running.</p>" * count


CSS = "@page { size: A5 } html { font: 1rem/1.4 'Print Test' } p { font-size: 1rem; margin: 0 } .box { height: 60mm }"


def test_a_document_is_printed_as_if_it_had_been_given_the_size_that_was_chosen(engine: WeasyPrintEngine) -> None:
    sizes = (8.0, 10.0, 12.0, 14.0, 16.0)
    printed, found = engine.render(document(paragraphs(24), CSS, sizes=sizes))
    alone = [engine.render(document(paragraphs(24), CSS + f"html {{ font-size: {size}pt }}"))[0] for size in sizes]
    assert [each.pages for each in alone] == sorted(each.pages for each in alone)
    assert printed.pdf == next(each.pdf for each in reversed(alone) if each.pages == alone[0].pages)
    assert not found


def test_a_try_that_does_not_fit_is_not_spoken_of(engine: WeasyPrintEngine) -> None:
    body = f'<div class="box" data-fit="the box">{paragraphs(6)}</div><img src="gone.png" alt="x">'
    printed, found = engine.render(document(body, CSS, sizes=(8.0, 10.0, 12.0, 30.0, 60.0)))
    assert [problem.code for problem in found] == ["Q102"]
    assert printed.pdf


def test_a_size_in_which_text_is_lost_is_not_taken(engine: WeasyPrintEngine) -> None:
    css = CSS + "body { position: relative; height: 150mm } .box { position: absolute; top: 0 }"
    body = f'<div class="box">{paragraphs(30)}</div>'
    _, found = engine.render(document(body, css, sizes=(6.0, 7.0, 8.0, 20.0, 40.0, 60.0)))
    assert not [problem.message for problem in found if problem.code == "Q125"]


def test_what_no_size_cures_does_not_make_all_else_small(engine: WeasyPrintEngine) -> None:
    css = CSS + ".title { height: 5mm; font: 30pt/1 serif }"
    title = '<h1 class="title" data-fit="the title">' + "<br>".join(["Pay"] * 2) + "</h1>"
    _, (fault,) = engine.render(document(title + paragraphs(4), css, sizes=(6.0,)))
    printed, (same,) = engine.render(document(title + paragraphs(4), css, sizes=(6.0, 8.0, 12.0)))
    alone, _ = engine.render(document(title + paragraphs(4), css, sizes=(12.0,)))
    assert (fault.code, same.message) == ("Q121", fault.message)
    assert printed.pdf == alone.pdf
