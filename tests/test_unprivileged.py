from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.unprivileged import as_an_owner


@pytest.mark.skipif(os.geteuid() != 0 or not shutil.which("setpriv"), reason="only root passes over modes")
def test_an_owner_is_refused_what_a_mode_refuses(tmp_path: Path) -> None:
    sealed = tmp_path / "sealed"
    sealed.touch(0o444)
    command = ["sh", "-c", f"echo x >> {sealed}"]
    assert subprocess.run(command, check=False).returncode == 0
    assert subprocess.run(as_an_owner(command), check=False, capture_output=True).returncode != 0
