"""What is typed, and what comes back: in a site, outside of one, with slips and broken settings."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.driver import COMMAND, SiteTest, started, toolkit

NEWS = "---\ntitle: News of {}\ndate: 2027-06-0{}\n---\n\nText {}.\n"


def _news(site: SiteTest, name: str, day: int, text: str = "one") -> SiteTest:
    return site.content(**{f"news/{name}.md": NEWS.format(name, day, text)})


# --- outside of a site -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "words",
    [
        ["build"],
        ["check"],
        ["list"],
        ["clean"],
        ["explain", "/"],
        ["serve"],
        ["build", "--dry-run"],
        ["build", "--clean"],
        ["new", "news", "Hello"],
    ],
)
def test_outside_of_a_site_it_says_so_and_writes_nothing(tmp_path: Path, words: list[str]) -> None:
    done = toolkit(tmp_path, *words)
    assert done.returncode == 1
    assert "toolkit.yaml" in done.stderr
    assert "toolkit init my-site" in done.stderr
    assert not list(tmp_path.iterdir())


def test_outside_of_a_site_json_is_still_json(tmp_path: Path) -> None:
    done = toolkit(tmp_path, "check", "--messages", "json")
    assert [d["code"] for d in json.loads(done.stdout)] == ["C401"]
    assert done.returncode == 1


def test_any_folder_of_the_site_will_do(site: SiteTest) -> None:
    _news(site, "a", 1)
    done = toolkit(site.folder / "content" / "news", "build", "--clock", "2027-06-20")
    assert done.returncode == 0, done.stderr
    assert (site.output / "news/a/index.html").is_file()


# --- slips -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["biuld"], "Did you mean 'build'?"),
        (["build", "--stric"], "--strict"),
        (["build", "-j", "x"], "not a valid integer"),
        (["build", "more"], "unexpected extra argument"),
        (["list", "motionz"], "there is no kind 'motionz'; did you mean 'motion'?"),
        (["list", "xyz"], "the kinds are: conference, motion"),
        (["list", "--conference", "2028"], "there is no conference '2028'; did you mean '2027'?"),
        (["list", "--conference", "x"], "there is no conference 'x'; there is: 2027"),
        (["schema", "motionz"], "there is no kind 'motionz'; did you mean 'motion'?"),
        (["check", "--messages", "xml"], "'xml' is not one of"),
        (["new", "motoin", "Pay"], "did you mean 'motion'?"),
        (["new", "motion", "..."], "a title needs letters or digits"),
        (["new", "motion", "Pay", "--in", "../../etc"], "there is no conference '../../etc'"),
    ],
)
def test_a_slip_is_a_usage_error_that_names_what_was_meant(site: SiteTest, words: list[str], said: str) -> None:
    done = site.conference().run(*words)
    assert done.returncode == 2, done.stdout
    assert said.lower() in done.stderr.lower()
    assert "Traceback" not in done.stderr


def test_help_of_every_command(tmp_path: Path) -> None:
    from toolkit_builder.cli import COMMANDS, _exists

    for name in filter(_exists, COMMANDS):
        done = toolkit(tmp_path, name, "--help")
        assert done.returncode == 0
        assert done.stdout.startswith(f"Usage: toolkit {name}"), name


@pytest.mark.parametrize("output", ["../..", "/", "a/../../b", "content"])
def test_an_output_folder_elsewhere_is_refused_and_never_touched(site: SiteTest, output: str) -> None:
    other = site.folder.parent / "b"
    other.mkdir()
    (other / "mine.txt").write_text("mine")
    _news(site, "a", 1).write(**{"toolkit.yaml": f"title: x\noutput: {output}\n"})
    for words in (["build"], ["clean"], ["build", "--clean"]):
        done = site.run(*words)
        assert done.returncode in (0, 1), done.stderr
        assert "internal" not in done.stderr
    assert (other / "mine.txt").read_text() == "mine"
    assert (site.folder / "content/news/a.md").is_file()


# --- options ---------------------------------------------------------------------------------------------


def test_settings_from_the_environment(site: SiteTest) -> None:
    _news(site, "a", 1).content(
        **{
            "news/draft.md": "---\ntitle: D\ndate: 2027-06-01\ndraft: yes\n---\n\nText.\n",
            "news/late.md": NEWS.format("later", 9, "x"),
        }
    )

    def names(**environment: str) -> list[str]:
        done = site.run("list", "--json", TOOLKIT_CLOCK="2027-06-05", **environment)
        return [row["id"] for row in json.loads(done.stdout)]

    assert names() == ["news:a"]
    assert names(TOOLKIT_DRAFTS="yes") == ["news:a", "news:draft"]
    assert names(TOOLKIT_DRAFTS="no", TOOLKIT_FUTURE="1") == ["news:a", "news:late"]
    assert site.run("build", TOOLKIT_DRAFTS="maybe").returncode == 2
    assert site.run("build", TOOLKIT_JOBS="many").returncode == 2
    assert "TOOLKIT_CLOCK" in site.run("build", TOOLKIT_CLOCK="31/12/2027").stderr


@pytest.mark.parametrize(
    "words", [["build"], ["check"], ["list"], ["new", "page", "About"], ["import", "toolkit.yaml"]]
)
def test_a_clock_that_is_no_moment_is_a_mistake_in_the_command(site: SiteTest, words: list[str]) -> None:
    done = site.run(*words, "--clock", "yesterday")
    assert (done.returncode, "Traceback" in done.stderr) == (2, False)
    assert "'yesterday' is not a moment" in done.stderr


def test_strict_from_the_environment_stops_a_build_with_a_warning(site: SiteTest) -> None:
    site.conference().motion("1", "Conference notes motion 77.\n\nConference calls for action.")
    assert site.run("build").returncode == 0
    assert site.run("build", TOOLKIT_STRICT="1").returncode == 1


def test_the_clock_of_the_environment_makes_the_site_of_that_day(site: SiteTest) -> None:
    _news(site, "early", 1)
    _news(site, "late", 9)
    assert site.run("build", TOOLKIT_CLOCK="2027-06-05").returncode == 0
    assert (site.output / "news/early/index.html").exists()
    assert not (site.output / "news/late/index.html").exists()
    assert site.run("build", TOOLKIT_CLOCK="2027-06-10").returncode == 0
    assert (site.output / "news/late/index.html").exists()


def test_only_leaves_the_rest_as_it_was_and_the_next_build_catches_up(site: SiteTest) -> None:
    _news(site, "a", 1)
    site.content(**{"about.md": "---\ntitle: About\n---\n\nOld words.\n"}).build()
    _news(site, "a", 1, "NEWER")
    site.edit("content/about.md", "Old words", "New words")
    site.build(only=("/news/",))
    assert "NEWER" in site.text("news/a/index.html")
    assert "Old words" in site.text("about/index.html")
    assert {p.partition("/")[0] for p in site.report.paths} == {"news"}
    site.build()
    assert "New words" in site.text("about/index.html")
    assert site.tree() == site.clean_build_of_the_same(site.folder.parent / "fresh").tree()


def test_only_in_the_first_build_makes_the_whole_site(site: SiteTest) -> None:
    _news(site, "a", 1).build(only=("news",))
    assert (site.output / "index.html").is_file()


def test_only_for_an_address_that_is_not_there(site: SiteTest) -> None:
    _news(site, "a", 1).attempt(only=("/nwes/",))
    assert not site.report.published
    assert "nothing of this site is below '/nwes/'\n  hint: did you mean /news/?" in site.problems


def test_only_for_a_folder_without_a_page_of_its_own_is_named_where_it_is_mistyped(site: SiteTest) -> None:
    site.write(**{"content/plans/work.md": "---\ntitle: Work\n---\n\n1. One.\n2. Two.\n"})
    assert "did you mean /plans/?" in site.attempt(only=("/plas/",)).problems


def test_dry_run_shows_what_only_would_look_at(site: SiteTest) -> None:
    _news(site, "a", 1)
    done = site.run("build", "--dry-run", "--only", "/news/", "--clock", "2027-06-20")
    assert done.stdout.split() == ["news/a/index.html", "news/feed.xml", "news/index.html"]
    assert not site.output.exists()


def test_explain_after_a_build_takes_an_address_or_a_file(site: SiteTest) -> None:
    _news(site, "a", 1).build()
    for path in ("/news/a/", "news/a/index.html", "output/news/a/index.html"):
        done = site.run("explain", path)
        assert done.returncode == 0, path
        assert "content/news/a.md" in done.stdout
    assert site.run("explain", "/nwes/").returncode == 1


def test_list_tells_of_broken_files_and_of_nothing_found(site: SiteTest) -> None:
    _news(site, "a", 1).content(**{"news/bad.md": "---\ntitle: [\n---\n"})
    done = site.run("list", "--clock", "2027-06-20")
    assert "News of a" in done.stdout
    assert "1 file has mistakes" in done.stderr
    site.remove("content/news/bad.md")
    assert "No document is like that" in site.run("list", "--tag", "nothing").stderr


# --- terminals and pipes ---------------------------------------------------------------------------------


def test_a_reader_that_goes_away_is_no_fault(site: SiteTest) -> None:
    for n in range(1, 10):
        _news(site, f"n{n}", n)
    process = started(site.folder, "list", "--clock", "2027-06-20")
    assert process.stdout
    assert process.stderr
    process.stdout.close()
    said = process.stderr.read()
    process.stderr.close()
    assert process.wait(60) == 0
    assert "Traceback" not in said
    assert "fault" not in said


def test_a_command_outside_a_site_says_so_and_writes_nothing(tmp_path: Path) -> None:
    done = toolkit(tmp_path, "localise", "--all")
    assert done.returncode == 1
    assert "there is no toolkit.yaml here" in done.stderr
    assert "1 error" in done.stderr
    assert list(tmp_path.iterdir()) == []


def test_what_is_piped_in_is_a_motion_inside_a_site_too(site: SiteTest) -> None:
    site.content(**{"a.md": "---\ntitle: A\n---\n\nDelete paragraph 2.\n"})
    done = subprocess.run(
        [*COMMAND, "amend", "-", "content/a.md"], cwd=site.folder, input="Conference notes.\n\nConference resolves.\n",
        capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip
    assert (done.returncode, done.stdout) == (0, "Conference notes.\n")


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs /dev/full")
@pytest.mark.parametrize("words", [["list", "--clock", "2027-06-20"], ["build"]])
def test_a_full_disk_behind_standard_output_is_one_sentence(site: SiteTest, words: list[str]) -> None:
    _news(site, "a", 1)
    assert site.run("build").returncode == 0  # so that the next one has nothing to do
    with open("/dev/full", "w") as full:
        done = subprocess.run(
            [*COMMAND, *words],
            cwd=site.folder,
            stdout=full,
            stderr=subprocess.PIPE,
            text=True,
            timeout=60,
            check=False,
        )
    assert done.returncode == 1
    assert "No space left" in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.skipif(sys.platform == "win32", reason="signals")
def test_ctrl_c_in_a_build_leaves_the_last_good_site(site: SiteTest) -> None:
    for n in range(400):
        site.content(**{f"pages/p{n}.md": f"---\ntitle: Page {n}\n---\n\n" + "Many words here. " * 400})
    process = started(site.folder, "build", "-j", "1")
    time.sleep(1.2)
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=60)
    if process.returncode == 0:
        pytest.skip("it was done before it could be stopped")
    assert process.returncode == 130, err
    assert "Traceback" not in err
    assert "Published" not in out
    assert not (site.output / "index.html").exists()
    site.build()


def test_completion_scripts_and_words(tmp_path: Path) -> None:
    for shell in ("bash", "zsh", "fish"):
        done = toolkit(tmp_path, _TOOLKIT_COMPLETE=f"{shell}_source")
        if "requires" not in done.stderr and "Couldn't detect" not in done.stderr:  # click asks which bash there is
            assert "_TOOLKIT_COMPLETE" in done.stdout, done.stderr
    done = toolkit(tmp_path, _TOOLKIT_COMPLETE="bash_complete", COMP_WORDS="toolkit bu", COMP_CWORD="1")
    assert done.stdout.strip() == "plain,build"
    done = toolkit(tmp_path, _TOOLKIT_COMPLETE="bash_complete", COMP_WORDS="toolkit new mo", COMP_CWORD="2")
    assert done.stdout.strip() == "plain,motion"


@pytest.mark.parametrize("address", ["javascript:alert(1)", "example.org", "https://a b", "https://x/?q"])
def test_a_base_url_that_is_none_is_a_usage_error(site: SiteTest, address: str) -> None:
    done = _news(site, "a", 1).run("build", "--base-url", address)
    assert done.returncode == 2
    assert "is not a full web address" in done.stderr


def test_a_title_that_is_a_device_on_windows_gets_a_name_that_can_be_published(site: SiteTest) -> None:
    assert site.conference().run("new", "page", "CON").stdout.strip() == "content/con-page.md"
    assert site.run("build").returncode == 0


def test_a_new_site_says_how_to_go_there(tmp_path: Path) -> None:
    assert "  cd 'our site'\n" in toolkit(tmp_path, "init", "our site").stdout
    (tmp_path / "here").mkdir()
    assert "  cd" not in toolkit(tmp_path / "here", "init", ".").stdout
    assert (tmp_path / "here" / "toolkit.yaml").is_file()


def test_a_misspelt_subject_or_result_says_what_was_meant(site: SiteTest) -> None:
    site.conference().motion("1", result="carried", tags="[workload]")
    assert site.run("list", "--tag", "workloda").stderr == "No document is like that; did you mean 'workload'?\n"
    assert site.run("list", "--result", "carrid").stderr == "No document is like that; did you mean 'carried'?\n"
    assert site.run("list", "--tag", "xyz").stderr == "No document is like that.\n"
    assert "motion" in site.run("list", "--tag", "Workload", "--result", "carried").stdout
