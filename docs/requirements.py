"""Print what builds the site: the extra `docs` of setup.cfg, which pip cannot install without the program."""

import configparser
from pathlib import Path

setup_cfg = configparser.ConfigParser()
setup_cfg.read(Path(__file__).parent.parent / "setup.cfg", encoding="utf-8")
print(setup_cfg["options.extras_require"]["docs"].strip())
