"""The English that facts and lessons are made with: word lists and wordings, and nothing that computes.

Another language is another such module.
"""

from __future__ import annotations

from collections.abc import Mapping

STOP_WORDS = frozenset(
    """a about above after again all also although always am an and any are as at be because been before being below
    between both but by can cannot could did do does doing done each either else even ever every few for from further
    get gets given had has have having he her here hers him his how however i if in instead into is it its itself just
    let lets like made make makes many may me might more most much must my neither no nor not now of off often on once
    one only or other others otherwise our out over own per quite rather really same several shall she should simply
    since so some still such than that the their them then there therefore these they this those though through thus
    to too two under until up upon us use used uses using usually very was way we well were what when where whether
    which while who whom whose why will with within without would yet you your""".split()
)

LEANING_WORDS = frozenset(
    """this that these those it its they them their he she his her here such former latter both neither another others
    then thus therefore hence instead similarly likewise otherwise also again so but and or yet however moreover
    furthermore nevertheless nonetheless conversely finally""".split()
)
"""Words that open a sentence which cannot be understood without the one before it."""

GENERIC_HEADINGS = frozenset(
    """abstract acknowledgements acknowledgments appendix background conclusion conclusions contents copyright discussion
    details example examples explanation footnotes further general implementation index introduction motivation note
    notes overview output preface proposal rationale reference references semantics specification summary syntax terminology
    the text title usage""".split()
)

TRIVIAL_VALUES = frozenset(
    """foo bar baz qux spam eggs ham parrot none n/a tbd todo yes no true false x y z i j k n a b c d e f g s self cls args
    kwargs *args **kwargs etc python ... ok a.b x.y a.py foo.py spam.py c++ c""".split()
)

UNITS = frozenset(
    """percent % bit bits byte bytes kb mb gb kib mib gib character characters column columns line lines space spaces
    digit digits word words second seconds minute minutes hour hours day days week weeks month months year years time
    times argument arguments parameter parameters element elements item items value values module modules function
    functions method methods class classes file files level levels step steps release releases version versions thread
    threads process processes core cores core-developers iterations objects object keys places decimal ms us ns hz khz
    mhz ghz meters km dimensions dimension rows points ways kinds types parts phases stages members people developers
    letters symbols arrays names operators keywords statements attributes copies references cases""".split()
)

NUMBER_WORDS = frozenset("three four five six seven eight nine ten twelve fifteen twenty thirty fifty hundred".split())

TYPE_NOUNS = frozenset(
    """function method module class exception argument parameter attribute option keyword statement operator decorator flag
    command package library type file directory variable object protocol descriptor token opcode bytecode clause
    expression syntax prefix suffix macro field key table section string character encoding format constant error
    warning import instruction tool script action environment property hook event codec algorithm""".split()
)

ATTRIBUTES: Mapping[str, tuple[str, ...]] = {
    "title": ("title", "name", "full title"),
    "status": ("status", "state", "current status"),
    "author": ("author", "authors", "writer"),
    "created": ("creation date", "created date", "date of creation"),
    "python-version": ("Python version", "target Python version", "Python release"),
    "type": ("type", "category", "kind"),
    "topic": ("topic", "subject area", "area"),
    "requires": ("requirement", "prerequisite", "requires entry"),
    "replaces": ("predecessor", "replaced document", "replaces entry"),
    "superseded-by": ("successor", "superseding document", "replacement"),
    "sponsor": ("sponsor", "supporting core developer", "backer"),
    "bdfl-delegate": ("BDFL-Delegate", "delegate", "BDFL delegate"),
    "pep-delegate": ("PEP-Delegate", "delegate", "PEP delegate"),
    "post-history": ("post history", "posting dates", "dates of posting"),
    "version": ("version", "version number", "release"),
    "license": ("licence", "license", "licensing"),
    "date": ("date", "day", "publication date"),
    "new in": ("version that introduced it", "introduction version", "first version"),
    "changed in": ("version that changed it", "changed version", "version of the change"),
    "deprecated since": ("deprecation version", "deprecated since version", "version that deprecated it"),
    "removed in": ("removal version", "removed in version", "version that removed it"),
}
"""What people call a header's attribute."""

QUESTIONS: Mapping[str, tuple[str, ...]] = {
    "title": ("What is {s} called?", "What is {s} about?", "How is {s} titled?"),
    "status": ("Is {s} final, active or something else?", "What became of {s}?", "Where does {s} stand?"),
    "author": ("Who wrote {s}?", "Who is behind {s}?", "Whose work is {s}?"),
    "created": ("When was {s} created?", "When did {s} come about?", "On what date was {s} started?"),
    "python-version": (
        "Which Python version did {s} target?",
        "In which Python did {s} land?",
        "Since which Python is {s} in?",
    ),
    "type": ("What type of document is {s}?", "What sort of text is {s}?", "How is {s} classified?"),
    "topic": ("Which topic does {s} belong to?", "What area is {s} in?", "What field does {s} concern?"),
    "requires": ("What does {s} require?", "What does {s} depend on?", "What must come before {s}?"),
    "replaces": ("What does {s} replace?", "What did {s} take the place of?", "Which one was before {s}?"),
    "superseded-by": ("What supersedes {s}?", "What replaced {s}?", "What came after {s}?"),
    "sponsor": ("Who sponsored {s}?", "Who backed {s}?", "Who lent support to {s}?"),
    "bdfl-delegate": ("Who was BDFL-Delegate for {s}?", "Who decided on {s}?", "Who ruled on {s}?"),
    "pep-delegate": ("Who was PEP-Delegate for {s}?", "Who decided on {s}?", "Who ruled on {s}?"),
    "post-history": ("When was {s} posted?", "On which dates was {s} posted?", "When did {s} go out for comment?"),
    "version": ("Which version is {s}?", "What release is {s} at?", "How far along is {s}?"),
    "license": ("How is {s} licensed?", "Under which licence is {s}?", "What licence covers {s}?"),
    "date": ("When is {s} from?", "What date does {s} carry?", "From which day is {s}?"),
    "new in": ("When was {s} added?", "Which version introduced {s}?", "Since when is there {s}?"),
    "changed in": ("When did {s} change?", "Which version changed {s}?", "Since when is {s} different?"),
    "deprecated since": ("When was {s} deprecated?", "Which version deprecated {s}?", "Since when is {s} discouraged?"),
    "removed in": ("When was {s} removed?", "Which version removed {s}?", "From which version on is {s} gone?"),
}
"""Three questions for an attribute, each of another family, in which {s} is the subject."""

ANY_QUESTIONS = ("Which {n} does {s} have?", "What {n} is given for {s}?", "{s} comes with what {n}?")
"""The same for an attribute without questions of its own; {n} is its name."""

TITLE_QUESTIONS = ("Which {k} is titled {v}?", "Which {k} is called {v}?", "{v}: which {k}?", "Number of the {k} {v}?")
"""From a title back to what bears it; {k} is its kind ("PEP")."""

SYNONYMS: Mapping[str, str] = {
    "add": "include", "added": "introduced", "adds": "introduces", "allow": "let", "allowed": "permitted",
    "allows": "permits", "always": "at all times", "avoid": "keep away from", "begin": "start", "call": "invoke",
    "called": "invoked", "calls": "invokes", "change": "alter", "changed": "altered", "changes": "alters",
    "check": "test", "checks": "tests", "contain": "hold", "containing": "holding", "contains": "holds",
    "convert": "turn", "converts": "turns", "create": "make", "created": "made", "creates": "makes",
    "define": "declare", "defined": "declared", "defines": "declares", "delete": "remove", "deleted": "removed",
    "deletes": "removes", "different": "other", "display": "show", "displays": "shows", "end": "finish",
    "ensure": "make sure", "entire": "whole", "equal": "the same", "execute": "run", "executed": "run",
    "executes": "runs", "fast": "quick", "faster": "quicker", "find": "locate", "finds": "locates",
    "generate": "produce", "generates": "produces", "import": "load", "imported": "loaded", "large": "big",
    "list": "sequence", "modify": "change", "modified": "changed", "multiple": "several", "needed": "required",
    "needs": "requires", "new": "fresh", "number": "count", "obtain": "get", "occurs": "happens", "omitted": "left out",
    "optional": "not required", "perform": "do", "performs": "does", "prevent": "stop", "prevents": "stops",
    "print": "show", "printed": "shown", "prints": "shows", "provide": "offer", "provided": "offered",
    "provides": "offers", "raise": "throw", "raised": "thrown", "raises": "throws", "read": "load", "recommended": "advised",
    "remove": "drop", "removed": "dropped", "removes": "drops", "replace": "swap", "replaced": "swapped",
    "require": "need", "required": "needed", "requires": "needs", "return": "give back", "returned": "given back",
    "returns": "gives back", "run": "execute", "runs": "executes", "show": "display", "shows": "displays",
    "similar": "alike", "simple": "easy", "single": "one", "small": "little", "specified": "given",
    "specifies": "gives", "specify": "give", "start": "begin", "started": "begun", "starts": "begins", "store": "keep",
    "stored": "kept", "stores": "keeps", "string": "text", "strings": "texts", "support": "handle",
    "supported": "handled", "supports": "handles", "test": "check", "whole": "entire", "write": "put", "written": "put",
}  # fmt: skip
"""Other words for common ones, one for one; only what is never trained on (sealed forms) uses them."""

KNOWN_ATTRIBUTES = ("price", "licence fee", "mailing list", "logo", "phone number", "page count", "editor", "translator",
                    "budget", "download size", "mascot", "sequel", "publisher", "headquarters", "ISBN")  # fmt: skip
"""Attributes that technical documents seldom give."""

UNRELATED = (
    "What is the capital of {x}?", "How long do you boil {y}?", "Who won the {z} in 1998?", "How tall is the highest hill in {x}?",
    "Which spice goes best with {y}?", "When does the {z} season start?", "What do people in {x} have for breakfast?",
    "Can I freeze {y}?", "Where was the last {z} held?", "How many people live in {x}?", "What wine goes with {y}?",
    "Who is the best {z} player?", "How far is it from {x} to Lisbon?", "How do I get {y} out of a shirt?",
)  # fmt: skip
UNRELATED_WORDS: Mapping[str, tuple[str, ...]] = {
    "x": ("Peru", "Norway", "Ghana", "Tasmania", "Latvia", "Bhutan", "Uruguay", "Malta", "Kenya", "Scotland"),
    "y": ("an egg", "lentils", "rhubarb", "asparagus", "plum jam", "goulash", "red cabbage", "trout", "beetroot"),
    "z": ("ski jumping", "chess", "Tour de France", "table tennis", "curling", "water polo", "handball", "sumo"),
}
