"""byheart knows your core documents by heart and looks the rest up.

    with byheart.open("my-books") as library:
        answer = library.ask("Which Python version did PEP 634 target?")
        answer.text, answer.origin, answer.confidence, answer.citations, answer.seconds

Importing this package opens nothing and loads no model.
"""

