"""Every test of the runner works on a project of its own."""

from pathlib import Path

import pytest
from small_project import Project, small_project


@pytest.fixture
def project(tmp_path: Path) -> Project:
    return small_project(tmp_path / "a project with spaces")
