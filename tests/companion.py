"""One of several processes that teach a tiny model: `python companion.py BASE FOLDER METHOD [ROUND]`.

The first writes what came of it to FOLDER/told.json. The last is killed in round ROUND, if one is given.
"""

import json
import os
import signal
import sys
from pathlib import Path

from byheart.backends import company, course, transformers
from byheart.backends.transformers import TransformersTrainer
from byheart.errors import TrainingFailed
from tiny import converter, lessons


def main(base: Path, folder: Path, method: str, deadly: int = 0) -> None:
    course.CHECKPOINT_SECONDS = course.WATCH_SECONDS = 0.0
    # Two processes read other rows than one does, and each would hear a noise of its own.
    transformers.NOISE = 0.0
    if company.join():
        if deadly:
            die_in(deadly)
        company.serve()
        return
    curriculum, losses = lessons(), []
    trainer = TransformersTrainer(base, threads=1, converter=converter(), method=method)
    result = trainer.train(
        curriculum, folder, minutes=5, seed=3, watch=lambda progress: losses.append((progress.round, progress.loss))
    )
    told = {
        "losses": losses,
        "tokens": result.tokens,
        "rounds": result.rounds,
        "mastered": sorted(curriculum.mastered()),
    }
    (folder / "told.json").write_text(json.dumps(told), encoding="utf-8")
    if company.size() > 1:
        company.dismiss()


def die_in(round: int) -> None:
    """This process ends in that round as if it had been killed."""
    opened = course.Course._is_opened

    def is_opened(course):
        if course._round == round:
            os.kill(os.getpid(), signal.SIGKILL)
        return opened(course)

    course.Course._is_opened = is_opened


if __name__ == "__main__":
    try:
        main(Path(sys.argv[1]), Path(sys.argv[2]), sys.argv[3], int(sys.argv[4]) if sys.argv[4:] else 0)
    except TrainingFailed as error:
        sys.exit(f"{type(error).__name__}: {error}")
