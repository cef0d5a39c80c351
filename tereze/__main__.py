import sys

from tereze.cli import main


if __name__ == "__main__":
    sys.exit(main())
