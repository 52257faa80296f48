"""A laid-out document in; its copy-fit figures and everything wrong with its layout out."""

from __future__ import annotations

from typing import Any

from ..diagnostics import Diagnostic
from . import copyfit, lost, nesting, overflow, resolution
from .document import Fit, PrintDocument


def checked(laid_out: Any, document: PrintDocument, root: Any, style_for: Any) -> tuple[Fit, list[Diagnostic]]:
    span = document.span
    fit = copyfit.measured(laid_out, document.max_pages)
    return fit, [
        *lost.diagnostics(laid_out, root, style_for, span),
        *overflow.diagnostics(overflow.overflows(laid_out), span),
        *copyfit.diagnostics(laid_out, fit, document.max_pages, span),
        *nesting.diagnostics(laid_out, span),
        *resolution.diagnostics(laid_out, document.minimum_dpi, span),
    ]
