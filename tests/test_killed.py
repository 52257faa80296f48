"""The command itself is killed at random moments of its run: `output/` is the whole old site or the whole new one."""

from __future__ import annotations

import os
import random
import signal
import time
from pathlib import Path

import pytest

from tests.driver import SiteTest, started
from tests.edits import said, world

pytestmark = [pytest.mark.slow, pytest.mark.skipif(os.name == "nt", reason="SIGKILL")]

BUILD = ("build", "-q", "-j", "2", "--clock", "2027-06-20T12:00")
KILLS = 40


def titled(site: SiteTest, title: str) -> SiteTest:
    """A state of the site: one title, one paper more or less, one style sheet."""
    said(site, "content/conferences/2027/motions/2.md", "title", title)
    site.write(**{"themes/mine/assets/css/extra.css": f"p{{content:'{title}'}}\n"})
    extra = site.folder / "content/conferences/2027/motions/50.md"
    if title == "New":
        site.motion("50", tags="[pay]")
    else:
        extra.unlink(missing_ok=True)
    return site


def litter(folder: Path) -> list[str]:
    """Files under `.toolkit/` and beside `output/` that no build needs."""
    known = ("tree-", "record", "explain.db", "standby", "fragments.db", "lock", ".gitignore")
    found = [p for p in folder.rglob("*") if p.is_file() and "objects" not in p.parts and "standby" not in p.parts]
    odd = [p for p in found if ".toolkit" in p.parts and not p.name.startswith(known)]
    return [str(p) for p in odd] + [p.name for p in folder.iterdir() if "toolkit-" in p.name]


@pytest.mark.timeout(1800)
def test_killed_at_random_moments_of_the_command(site: SiteTest, tmp_path: Path) -> None:
    chance = random.Random(11)
    world(site)
    whole = {}
    for title in ("Old", "New"):
        whole[title] = titled(site, title).clean_build_of_the_same(tmp_path / title).tree()
    titled(site, "Old").run(*BUILD)
    begun = time.monotonic()
    titled(site, "New").run(*BUILD)
    usual = time.monotonic() - begun
    now, killed, changed = "New", 0, 0
    for n in range(KILLS):
        other = "Old" if now == "New" else "New"
        process = started(titled(site, other).folder, *BUILD)
        time.sleep(chance.uniform(0.2, 1.1) * usual)
        process.send_signal(signal.SIGKILL)
        _, complaints = process.communicate(timeout=60)
        killed += process.returncode == -signal.SIGKILL
        assert process.returncode in (0, -signal.SIGKILL), complaints
        stands = site.tree()
        assert stands in (whole[now], whole[other]), f"after kill {n} the site is neither the old nor the new one"
        changed += stands == whole[other]
        now = other if stands == whole[other] else now
        if n % 8 == 7:
            now = chance.choice(["Old", "New"])
            done = titled(site, now).run(*BUILD)
            assert done.returncode == 0, done.stderr
            assert site.tree() == whole[now]
            assert litter(site.folder) == []
    assert killed >= KILLS / 4
    print(f"counted: {killed} of {KILLS} commands killed at random moments, {changed} of them after the new site stood")
