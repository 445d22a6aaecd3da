"""The CI workflows: pinned, with least rights, and aware of every variable that a run reads."""

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import yaml
from guards.suites import ROOT

WORKFLOWS = sorted((ROOT / ".github" / "workflows").glob("*.yml"))
ACTIONLINT = "github.com/rhysd/actionlint/cmd/actionlint@v1.7.12"
PINNED = re.compile(r"uses: [\w./-]+@[0-9a-f]{40} # v[\d.]+$")
SET_OTHERWISE = {"FOCUS_ENVIRONMENT", "FOCUS_KUBECONFIG", "FOCUS_PYTHON", "FOCUS_SHARD"}


@pytest.mark.parametrize("file", WORKFLOWS, ids=lambda file: file.name)
def test_actions_are_pinned_to_a_commit(file: Path) -> None:
    used = [line.strip().removeprefix("- ") for line in _lines(file) if "uses:" in line]
    assert used
    assert [line for line in used if not PINNED.search(line)] == []


@pytest.mark.parametrize("file", WORKFLOWS, ids=lambda file: file.name)
def test_a_workflow_reads_and_no_more_and_its_code_counts(file: Path) -> None:
    workflow = yaml.safe_load(file.read_text(encoding="utf-8"))
    assert workflow["permissions"] == {"contents": "read"}
    steps = [step for job in workflow["jobs"].values() for step in job["steps"]]
    assert not any("continue-on-error" in step for step in steps)
    assert all("timeout-minutes" in job for job in workflow["jobs"].values())


@pytest.mark.parametrize("file", WORKFLOWS, ids=lambda file: file.name)
def test_a_real_system_has_a_protected_environment_of_its_own(file: Path) -> None:
    jobs = yaml.safe_load(file.read_text(encoding="utf-8"))["jobs"]
    with_secrets = [job for job in jobs.values() if "secrets." in str(job)]
    assert all(job.get("environment") for job in with_secrets)


def test_a_run_on_a_real_system_gets_every_variable_that_is_documented() -> None:
    documented = set(re.findall(r"`(FOCUS_[A-Z_]+)`", _section("Environment variables")))
    passed = (ROOT / ".github" / "workflows" / "suites.yml").read_text(encoding="utf-8")
    assert {name for name in documented - SET_OTHERWISE if name not in passed} == set()


def test_actionlint_has_nothing_to_say() -> None:
    said = subprocess.run(
        [*_actionlint(), "-no-color"],
        cwd=ROOT,
        check=False,
        text=True,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
    )
    assert said.returncode == 0, said.stdout


def test_gitlab_takes_its_file() -> None:
    file = ROOT / "deploy" / "ci" / "gitlab-ci.yml"
    check = [sys.executable, "-m", "check_jsonschema", "--builtin-schema", "vendor.gitlab-ci"]
    said = subprocess.run([*check, str(file)], check=False, text=True, capture_output=True)
    assert said.returncode == 0, said.stdout + said.stderr


def _actionlint() -> list[str]:
    if program := shutil.which("actionlint"):
        return [program]
    if go := shutil.which("go"):
        return [go, "run", ACTIONLINT]
    pytest.skip("neither actionlint nor Go is installed")


def _section(title: str) -> str:
    text = (ROOT / "docs" / "operations.md").read_text(encoding="utf-8")
    return text.split(f"## {title}\n")[1].split("\n## ")[0]


def _lines(file: Path) -> list[str]:
    return file.read_text(encoding="utf-8").splitlines()
