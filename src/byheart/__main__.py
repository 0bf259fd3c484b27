"""`python -m byheart`: the command line, or one of several processes that `accelerate launch` has started.

Of several the first is the command line; the others open no library and only share in its training.
"""

from __future__ import annotations

import os
import sys

from byheart import cli, console
from byheart.errors import of_extra


def main() -> None:
    """Runs the command line, and what of its training falls to this process."""
    cli.main(_one_of_several if int(os.environ.get("WORLD_SIZE", "1")) > 1 else cli.app)


def _one_of_several() -> None:
    with of_extra("study", "training in several processes"):
        from byheart.backends import company

    try:
        cli.main(_serve if company.join() else _lead)
    except KeyboardInterrupt:
        console.end(130)
    except SystemExit as ended:
        # Not as Python ends: torch's threads may still hold a tensor of the last exchange, need the interpreter to let
        # go of it, and abort the process where that is ending already.
        console.end(int(ended.code or 0))


def _serve() -> None:
    from byheart.backends import company

    company.serve()
    sys.exit(0)


def _lead() -> None:
    from byheart.backends import company

    try:
        cli.app()
    except SystemExit as ended:
        # Where it failed the others are not told: they may be amid a step, and end when they find themselves alone.
        if not ended.code:
            company.dismiss()
        raise


if __name__ == "__main__":
    main()
