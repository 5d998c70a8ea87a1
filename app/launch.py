"""The way to the window: says in the terminal why there can be none, before Qt would abort."""

import sys
from pathlib import Path

from app.display import obstacle


def main(model: Path | None = None, profile: Path | None = None) -> int:
    """Run the window. Returns: the process's exit code; 1 if no window can be shown."""
    problem = obstacle()
    if problem is not None:
        sys.stderr.write(problem + "\n")
        return 1
    from app import application

    return application.main(application.Options(model, profile))
