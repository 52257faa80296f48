"""The state of a tree: what many files have in common with the last build stands in a table that both trees share."""

from __future__ import annotations

from pathlib import Path

import pytest

from toolkit_builder.build.manifest import Made, Tree, forget_other_trees, load_tree, save_tree

WARNING = ({"code": "X1", "message": "odd \ud800"},)


def tree(files: int = 40, hidden: int = 8) -> Tree:
    return Tree(
        {f"{n % 4}/{n}.html": Made(f"key{n}", f"digest{n}", n, 10**18 + n, 2**70 + n) for n in range(files)},
        {f".print/{n}.html": Made(f"h{n}", f"d{n}", diagnostics=WARNING if n == 3 else ()) for n in range(hidden)},
        {"": 7, **{str(n): 70 + n for n in range(4)}},
    )


def tables(state: Path) -> list[str]:
    return sorted(path.name for path in state.glob("tree-rows-*"))


def same(one: Tree | None, other: Tree) -> bool:
    return one is not None and (one.files, one.hidden, one.folders) == (other.files, other.hidden, other.folders)


@pytest.mark.parametrize("kind", ["files", "hidden"])
def test_a_few_changed_rows_stand_beside_the_table(tmp_path: Path, kind: str) -> None:
    first = save_tree(tmp_path, 1, tree())
    live = load_tree(tmp_path, 1)
    assert live is not None
    assert same(live, tree())
    rows = getattr(live, kind)
    path = list(rows)[5]
    rows[path] = Made("new", "other", 9, 99, 999, WARNING)
    saved = save_tree(tmp_path, 2, live)
    assert len(tables(tmp_path)) == 1
    assert saved.seal != first.seal
    assert same(load_tree(tmp_path, 2), live)
    assert same(load_tree(tmp_path, 2, live.read), live)
    assert same(load_tree(tmp_path, 1, live.read), tree())


def test_the_columns_for_the_record_are_those_of_the_tree_with_a_shared_table_too(tmp_path: Path) -> None:
    save_tree(tmp_path, 1, tree())
    live = load_tree(tmp_path, 1)
    assert live is not None
    live.files["1/5.html"] = Made("new", "other", 9, 99, 999)
    shared = save_tree(tmp_path, 2, live)
    alone = save_tree(tmp_path, 3, Tree(live.files, live.hidden, live.folders))
    assert shared.files == alone.files
    assert "999" in shared.files[3].split("\n")


@pytest.mark.parametrize("what", ["another file", "a file less", "many rows", "another hidden result"])
def test_other_paths_or_many_changes_make_another_table(tmp_path: Path, what: str) -> None:
    save_tree(tmp_path, 1, tree())
    live = load_tree(tmp_path, 1)
    assert live is not None
    if what == "another file":
        live.files["new.html"] = Made("k", "d")
    elif what == "a file less":
        del live.files["1/5.html"]
    elif what == "many rows":
        live.files |= {path: made._replace(key="new") for path, made in list(live.files.items())[:10]}
    else:
        live.hidden["new"] = Made("k", "d")
    save_tree(tmp_path, 2, live)
    assert len(tables(tmp_path)) == 2
    assert same(load_tree(tmp_path, 2, live.read), live)
    forget_other_trees(tmp_path, {1, 2})
    assert len(tables(tmp_path)) == 2
    forget_other_trees(tmp_path, {2})
    assert len(tables(tmp_path)) == 1
    assert same(load_tree(tmp_path, 2), live)


@pytest.mark.parametrize("damage", ["lost", "cut short", "changed"])
@pytest.mark.parametrize("victim", ["table", "state"])
def test_what_is_damaged_or_lost_is_no_state(tmp_path: Path, victim: str, damage: str) -> None:
    save_tree(tmp_path, 1, tree())
    path = tmp_path / (tables(tmp_path)[0] if victim == "table" else "tree-1.json")
    if damage == "lost":
        path.unlink()
    elif damage == "cut short":
        path.write_bytes(path.read_bytes()[:-20])
    else:
        path.write_bytes(path.read_bytes().replace(b"5", b"6", 1))
    assert load_tree(tmp_path, 1) is None
    forget_other_trees(tmp_path, {1})
    save_tree(tmp_path, 1, tree())
    assert same(load_tree(tmp_path, 1), tree())
