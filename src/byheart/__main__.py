"""`python -m byheart`: the command line, or one of several processes that `accelerate launch` has started.

Of several the first is the command line; the others open no library and only share in its training.
"""

from __future__ import annotations

import os
import sys

from byheart import cli
from byheart.errors import of_extra


def main() -> None:
    """Runs the command line, and what of its training falls to this process."""
    if int(os.environ.get("WORLD_SIZE", "1")) > 1:
        cli.main(_one_of_several)
    else:
        cli.main()


def _one_of_several() -> None:
    with of_extra("study", "training in several processes"):
        from byheart.backends import company

    try:
        if company.join():
            company.serve()
        else:
            cli.app()
    except KeyboardInterrupt:
        sys.exit(130)
    except SystemExit as ended:
        # Where it failed the others are not told: they may be amid a step, and end when they find themselves alone.
        if not ended.code:
            company.dismiss()
        sys.exit(ended.code)


if __name__ == "__main__":
    main()
