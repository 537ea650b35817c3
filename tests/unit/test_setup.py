"""`bin/setup` and the files that start krn say one sentence when they can't go on, and name what exists."""

import os
import re
import shutil
import subprocess
import tomllib
from pathlib import Path

import pytest

from krn.config import validated

ROOT = Path(__file__).parents[2]


def setup(folder: Path, uv: str, **environ: str) -> subprocess.CompletedProcess[str]:
    """Run a copy of bin/setup in `folder` with a uv that does what this line of shell says."""
    for name in ("bin", "fakes"):
        (folder / name).mkdir()
    shutil.copy(ROOT / "bin" / "setup", folder / "bin")
    fake = folder / "fakes" / "uv"
    fake.write_text(f"#!/bin/sh\n{uv}\n", encoding="utf-8")
    fake.chmod(0o755)
    path = {"PATH": f"{folder / 'fakes'}:{os.environ['PATH']}", "HOME": str(folder)}
    return subprocess.run(
        [folder / "bin" / "setup"], env={**path, **environ}, capture_output=True, text=True, check=False
    )


@pytest.mark.parametrize(
    ("output", "sentence"),
    [
        ("OSError: [Errno 28] No space left on device", "The disk is full."),
        ("error: Failed to fetch: dns error", "The package index does not answer."),
        ("Failed to establish a new connection: [Errno 111]", "The package index does not answer."),
        ("error: Request failed: error sending request: operation timed out", "The package index does not answer."),
        ("THESE PACKAGES DO NOT MATCH THE HASHES", "A package differs from its locked hash and was refused."),
    ],
)
def test_a_failed_step_ends_in_one_sentence_and_the_next_command(tmp_path: Path, output: str, sentence: str) -> None:
    done = setup(tmp_path, f"echo '{output}'; echo 'Traceback' >&2; exit 1")
    assert (done.returncode, done.stderr.count("\n")) == (69, 1)
    assert re.fullmatch(re.escape(sentence) + r" Next: .+, then make setup\n", done.stderr)


@pytest.mark.parametrize("said", ["the moon is full", "Resolved 3 packages in 5ms", "Collecting networkx==3.7"])
def test_an_unknown_failure_shows_what_was_said(tmp_path: Path, said: str) -> None:
    done = setup(tmp_path, f"echo '{said}'; exit 1")
    assert done.returncode == 69
    assert done.stderr.startswith(f"{said}\nThis failed: uv venv")


# What bin/setup calls besides Python; a uv of this machine is not among it.
TOOLS = ("awk", "basename", "bash", "cat", "cp", "dirname", "env", "grep", "mkdir", "mktemp", "paste", "rm", "sh", "tr")

# A Python and all that a virtual environment of it has; each call is a line of `calls`.
PYTHON = r"""#!/bin/sh
echo "$(basename "$0") $*" >> "$CALLS"
case "$*" in
    *"-m venv"*)
        mkdir -p .venv/bin
        echo "$PWD/.venv" > .venv/bin/activate
        cp "$0" .venv/bin/python
        cp "$0" .venv/bin/pip ;;
    *"config list"*) echo "$PIP_CONFIG" ;;
    *"cache dir"*) echo "$CACHE" ;;
    *requirements.lock) ;;
    *--require-hashes*) cp "$0" .venv/bin/uv; cat "$(eval "echo \${$#}")" >> "$CALLS" ;;
esac
"""


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A folder with bin/setup, a lock, and tools among which is no uv."""
    for name in ("bin", "tools"):
        (tmp_path / name).mkdir()
    shutil.copy(ROOT / "bin" / "setup", tmp_path / "bin")
    for tool in TOOLS:
        (tmp_path / "tools" / tool).symlink_to(shutil.which(tool) or tool)
    for name in ("bin/env", "python"):
        (tmp_path / name).write_text(PYTHON, encoding="utf-8")
        (tmp_path / name).chmod(0o755)
    (tmp_path / "requirements.lock").write_text("a==1\nuv==2 \\\n    --hash=sha256:7\nuvloop==3\n", encoding="utf-8")
    return tmp_path


def installed(project: Path, path: str = "", **environ: str) -> tuple[str, list[str]]:
    """What installs the lock, without the lock, and the lines of the lock that uv was installed by."""
    calls = project / "calls"
    calls.unlink(missing_ok=True)
    said = {"PATH": f"{path}{project / 'tools'}", "PYTHON": str(project / "python"), "CALLS": str(calls)}
    defaults = {"PIP_CONFIG": "global.timeout='9'", "CACHE": str(project / "cache")}
    subprocess.run([project / "bin" / "setup"], env={**said, **defaults, **environ}, check=True, capture_output=True)
    lines = calls.read_text(encoding="utf-8").splitlines()
    [install] = [line for line in lines if line.endswith(" --require-hashes -r requirements.lock")]
    of_lock = [line for line in lines if line.startswith(("uv==", "uvloop==", "    --hash"))]
    return install.removesuffix(" --require-hashes -r requirements.lock"), of_lock


STORED = "--config-settings-package pyspark:--build-option=--compression=stored"
UV = f"uv pip install --system-certs {STORED} --python .venv/bin/python"
PIP = "python -m pip install --disable-pip-version-check --retries 2"


def test_the_uv_of_the_lock_installs_the_rest(project: Path) -> None:
    assert installed(project) == (UV, ["uv==2 \\", "    --hash=sha256:7"])


@pytest.mark.parametrize(
    "config",
    ["global.index-url='https://x'", ":env:.proxy='x'", "global.cert='/here'", "global.trusted-host='x'"],
)
def test_pip_installs_where_its_settings_say_how_packages_are_reached(project: Path, config: str) -> None:
    assert installed(project, PIP_CONFIG=config) == (PIP, [])


def test_pip_installs_where_the_environment_gives_it_a_certificate_of_its_own(project: Path) -> None:
    assert installed(project, REQUESTS_CA_BUNDLE="/here") == (PIP, [])


def test_a_certificate_that_uv_is_told_of_as_well_is_no_reason_for_pip(project: Path) -> None:
    assert installed(project, PIP_CONFIG="global.cert='/here'", SSL_CERT_FILE="/here")[0] == UV


def test_a_uv_that_cannot_write_its_cache_keeps_none(project: Path) -> None:
    (project / "file").touch()
    assert installed(project, CACHE=str(project / "file" / "cache"))[0] == f"{UV} --no-cache"


def test_a_second_set_up_in_an_activated_environment_installs_as_the_first(project: Path) -> None:
    pip = {"PIP_CONFIG": "global.index-url='https://x'"}
    assert installed(project)[0] == UV  # so .venv has a uv
    for path in (f"{project}/.venv/bin:", f"{project}/tools:{project}/.venv/bin:"):
        assert installed(project, path=path, **pip)[0] == PIP


def test_python_keeps_what_it_compiles_even_where_it_is_told_not_to() -> None:
    """What uv installs is not compiled: Great Expectations takes 13 s to import as it comes, 5 s once compiled."""
    asked = [ROOT / "bin" / "env", "python", "-c", "import sys; print(sys.dont_write_bytecode)"]
    environ = {**os.environ, "PYTHONDONTWRITEBYTECODE": "1"}
    assert subprocess.run(asked, env=environ, stdout=subprocess.PIPE, text=True, check=True).stdout == "False\n"


def test_help_names_every_target() -> None:
    done = subprocess.run(["make", "-C", ROOT, "--no-print-directory"], capture_output=True, text=True, check=True)
    phony = re.search(r"^\.PHONY: (.+)$", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE)
    assert phony
    assert [line.split()[1] for line in done.stdout.splitlines()] == phony[1].split()


@pytest.mark.parametrize("name", ["local.toml", "prod.toml"])
def test_the_configurations_given_are_valid(name: str) -> None:
    values = tomllib.loads((ROOT / "conf" / name).read_text(encoding="utf-8"))
    assert validated(values, name).sources


def test_what_local_toml_shows_in_comments_is_valid_too() -> None:
    text = (ROOT / "conf" / "local.toml").read_text(encoding="utf-8")
    shown = re.sub(r"^# ((?:\[\[|[a-z_]+ = ).*)$", r"\1", text, flags=re.MULTILINE)
    assert [source.kind for source in validated(tomllib.loads(shown), "local.toml").sources] == ["landing", "sqs"]


def test_the_crontab_starts_jobs_and_files_that_exist() -> None:
    crontab = (ROOT / "conf" / "crontab.example").read_text(encoding="utf-8")
    named = set(re.findall(r"(?:bin|conf|jobs)/[\w.-]+", crontab)) - {"conf/crontab.example"}
    assert [name for name in sorted(named) if not (ROOT / name).is_file()] == []
    assert {name for name in named if name.startswith("jobs/")} == {
        f"jobs/{path.name}" for path in (ROOT / "jobs").glob("*.py")
    }


def test_every_line_of_the_crontab_has_five_times_and_goes_to_the_project_first() -> None:
    lines = (ROOT / "conf" / "crontab.example").read_text(encoding="utf-8").splitlines()
    entries = [line for line in lines if line and not re.match(r"#|[A-Z]+=", line)]
    assert entries
    assert [
        entry
        for entry in entries
        if not re.fullmatch(r"(?:[\d*/,-]+\s+){5}cd \$KRN && (?:\$SUBMIT|bin/env krn) .+", entry)
    ] == []
