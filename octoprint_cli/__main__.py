"""Run the program as `python -m octoprint_cli`."""

import sys

from octoprint_cli.app.main import main

if __name__ == "__main__":
    sys.exit(main())
