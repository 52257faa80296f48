"""toolkit.yaml, and what the environment may say instead of it."""

from __future__ import annotations

from pathlib import Path

import pytest

from toolkit_builder import config
from toolkit_builder.diagnostics import as_text


def load(project: Path, text: str, **environment: str) -> tuple[config.Config | None, list[str]]:
    (project / "toolkit.yaml").write_text(text, encoding="utf-8")
    value, found = config.load(project, environment)
    return value, [as_text(d).split("\n")[0] for d in found]


def test_the_shortest_configuration(tmp_path: Path) -> None:
    value, found = load(tmp_path, "title: Our Union\n")
    assert found == []
    assert value == config.Config(title="Our Union")


def test_text_stays_text(tmp_path: Path) -> None:
    value, _ = load(tmp_path, "title: 2027\norganisation: {name: no}\nmotions: {results: {carried: {label: yes}}}\n")
    assert value is not None
    assert (value.title, value.organisation.name, value.motions.results["carried"].label) == ("2027", "no", "yes")


def test_the_environment_replaces_single_values(tmp_path: Path) -> None:
    value, found = load(
        tmp_path,
        "title: Our Union\nbase_url: https://a.example\nprint:\n  seconds: 5\n",
        TOOLKIT_BASE_URL="https://b.example",
        TOOLKIT_PRINT_ENABLED="No",
        TOOLKIT_ORGANISATION_NAME="20.10",
        TOOLKIT_MOTIONS_LIMITS_MOTION_WORDS="500",
        TOOLKIT_JOBS="many",
        PATH="/bin",
        TOOLKIT_MENU="x",
    )
    assert found == []
    assert value is not None
    assert (value.base_url, value.print.enabled, value.print.seconds) == ("https://b.example", False, 5)
    assert value.organisation.name == "20.10"
    assert value.motions.limits.motion_words == 500


def test_the_environment_can_give_what_the_file_lacks(tmp_path: Path) -> None:
    value, found = load(tmp_path, "# nothing yet\n", TOOLKIT_TITLE="From outside")
    assert found == []
    assert value == config.Config(title="From outside")


@pytest.mark.parametrize(
    ("name", "text", "report"),
    [
        ("TOOLKIT_BASE_URL", "b.example", "error[V309]: TOOLKIT_BASE_URL: 'b.example' is not a full web address"),
        ("TOOLKIT_PRINT_ENABLED", "maybe", "error[V308]: TOOLKIT_PRINT_ENABLED: 'maybe' is neither yes nor no"),
        (
            "TOOLKIT_PRINT_SECONDS",
            "0",
            "error[V310]: TOOLKIT_PRINT_SECONDS: 'seconds' of 'print' must be more than 0, not 0",
        ),
        ("TOOLKIT_TIME_ZONE", "Mars", "error[C402]: TOOLKIT_TIME_ZONE: there is no time zone 'Mars'"),
        ("TOOLKIT_OUTPUT", "/tmp/x", "error[C403]: TOOLKIT_OUTPUT: the site cannot be written to '/tmp/x'"),
        ("TOOLKIT_LOCALISE", "always", "error[V306]: TOOLKIT_LOCALISE: 'localise' cannot be 'always'"),
    ],
)
def test_what_is_wrong_in_the_environment_is_named_by_its_variable(
    tmp_path: Path, name: str, text: str, report: str
) -> None:
    value, found = load(tmp_path, "title: A\n", **{name: text})
    assert value is None
    assert found == [report]


@pytest.mark.parametrize("place", ["output", "public", "build/site", "site.example"])
def test_folders_the_site_may_be_written_to(tmp_path: Path, place: str) -> None:
    value, _ = load(tmp_path, f"title: A\noutput: {place}\n")
    assert value is not None


@pytest.mark.parametrize(
    "place",
    [
        "..",
        "../x",
        "/x",
        "a/../../x",
        "content",
        "content/x",
        "themes",
        ".",
        "./content",
        ".git",
        "C:\\x",
        "..\\x",
        ".toolkit/x",
    ],
)
def test_folders_it_may_not(tmp_path: Path, place: str) -> None:
    value, (found,) = load(tmp_path, f"title: A\noutput: {place}\n")
    assert value is None
    assert "C403" in found


@pytest.mark.parametrize("zone", ["../../etc/passwd", "/etc/localtime", "Europe/", "", "Europe", "London"])
def test_a_time_zone_is_a_name_and_never_a_path(tmp_path: Path, zone: str) -> None:
    value, found = load(tmp_path, f"title: A\ntime_zone: '{zone}'\n")
    assert value is None
    assert "C402" in found[0]


def test_a_configuration_that_leads_out_of_the_project_is_not_read(tmp_path: Path) -> None:
    (tmp_path / "secret.yaml").write_text("title: Secret\n", encoding="utf-8")
    site = tmp_path / "site"
    site.mkdir()
    (site / "toolkit.yaml").symlink_to("../secret.yaml")
    value, (found,) = config.load(site, {})
    assert value is None
    assert found.code == "F109"
