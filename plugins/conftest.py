"""The order of the plugins' tests: the longest begin first, and files that need the same server run in one process."""

from __future__ import annotations

from pathlib import PurePath
from typing import Any, Dict, List, Optional

import pytest

#: The ends of the names of files, in the order in which they begin; the others come last. Files of one group run in one process.
GROUPS: Dict[str, str] = {
    "test_sandbox_server.py": "a server in a home of its own",
    # One server for those that ask for a real one, and one process that has imported the SDK of MCP.
    "test_mcp_real.py": "real server, forks",
    "test_power_real.py": "real server, forks",
    "test_mcp_process.py": "real server, forks",
    "test_mcp_http.py": "real server, forks",
}


def _rank(item: pytest.Item) -> int:
    names = list(GROUPS)
    return names.index(item.path.name) if item.path.name in names else len(names)


def pytest_collection_modifyitems(items: List[pytest.Item]) -> None:
    items.sort(key=_rank)


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Optional[Any]:
    """For `--dist loadfile`: as there, but groups of files stay together, and the order is kept."""
    if config.getoption("dist") != "loadfile":
        return None
    from xdist.scheduler import LoadFileScheduling

    class Grouped(LoadFileScheduling):
        def _split_scope(self, nodeid: str) -> str:
            path: str = super()._split_scope(nodeid)
            return GROUPS.get(PurePath(path).name, path)

    config.option.loadscopereorder = False
    return Grouped(config, log)
