"""Archives are those of the standard library, byte for byte, and may be put together from what was packed before."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from toolkit_builder.build.parts import BEFORE, Same
from toolkit_builder.formats import files

Entries = Sequence[tuple[str, bytes | str]]

names = st.text(st.characters(exclude_characters="\0\\/", exclude_categories=["Cs"]), min_size=1, max_size=8)
entries = st.dictionaries(
    st.builds(lambda name, end: name + end, names, st.sampled_from(["", ".md", ".pdf"])),
    st.one_of(st.binary(max_size=300), st.text(st.characters(exclude_categories=["Cs"]), max_size=300)),
    max_size=6,
).map(lambda found: sorted(found.items()))


@given(entries)
def test_an_archive_is_what_the_standard_library_makes(found: Entries) -> None:
    assert files.archive({"entries": found}) == files._large_archive(found)


@given(entries, entries)
def test_members_are_taken_from_an_archive_as_they_are(old: Entries, new: Entries) -> None:
    before = files.archive({"entries": old})
    place = {entry: n for n, entry in enumerate(old)}
    mixed = [Same(place[entry]) if entry in place else entry for entry in new]
    assert files.archive({"entries": mixed, BEFORE: before}) == files.archive({"entries": new})


def test_an_archive_that_is_too_large_for_plain_fields_has_others(monkeypatch: pytest.MonkeyPatch) -> None:
    some = [("a.md", "one"), ("b.md", "two")]
    for limit in ("_MOST_ENTRIES", "_MOST_BYTES"):
        with monkeypatch.context() as patch:
            patch.setattr(files, limit, 2)
            with zipfile.ZipFile(io.BytesIO(files.archive({"entries": some}))) as packed:
                assert [(name, packed.read(name).decode()) for name in packed.namelist()] == some
