"""A letter's greeting and close end in a comma and are no broken sentences."""

from __future__ import annotations

from toolkit_builder.prose import broken_lines


def test_a_greeting_and_a_close_are_whole() -> None:
    letter = "Dear {{ fields.name }},\n\nI live in your ward.\n\nYours sincerely,\n\n{{ fields.sender }}\n"
    assert broken_lines(letter, "letter.md") == []
    assert broken_lines("Annwyl Gyfarwyddwr,\n\nYsgrifennaf atoch.\n\nYn gywir,\n\nA. Name\n", "llythyr.md") == []


def test_a_sentence_that_only_starts_like_a_greeting_is_broken() -> None:
    assert len(broken_lines("Dear friends of the\n\nunion, we met.\n", "letter.md")) == 1
