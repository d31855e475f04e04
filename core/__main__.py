"""``python -m core <command>``: what operators and scripts do without a browser."""

import sys

from core.commands.parser import run

if __name__ == "__main__":
    sys.exit(run(sys.argv[1:]))
