"""English words by what they do in a sentence: what facts, questions and lessons need to know of the language.

Word lists only, and nothing that computes. Another language is another such module, beside another wordings.py.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

STOP_WORDS = frozenset(
    """a about above after again all also although always am an and any are as at be because been before being
    below between both but by can cannot could did do does doing done each either else even ever every few for
    from further get gets given had has have having he her here hers him his how however i if in instead into is
    it its itself just let lets like made make makes many may me might more most much must my neither no nor not
    now of off often on once one only or other others otherwise our out over own per quite rather really same
    several shall she should simply since so some still such than that the their them then there therefore these
    they this those though through thus to too two under until up upon us use used uses using usually very was
    way we well were what when where whether which while who whom whose why will with within without would yet
    you your""".split()
)

LEANING_WORDS = frozenset(
    """this that these those it its they them their he his she her here such former latter both neither another
    others then thus therefore hence instead similarly likewise otherwise also again so but and or yet however
    moreover furthermore nevertheless nonetheless conversely finally accordingly consequently meanwhile
    additionally unfortunately fortunately obviously besides ditto yes no i my where which who because whereas
    consider let let's suppose assume imagine""".split()
)
"""Words that open a sentence which cannot be understood without the one before it."""

CONNECTIVES = re.compile(
    r"(?:(?:However|Moreover|Furthermore|Additionally|In addition|Also|So|Finally|Actually|Basically|In fact"
    r"|In particular|Of course|Therefore|Thus|Hence|Similarly|Likewise|Still|Yet|Unfortunately|Fortunately|Indeed"
    r"|As a result|Consequently|Accordingly|For example|For instance), +|(?:But|And) +"
    r"|(?:Please )?[Nn]ote(?: also)?,? that,? +|(?:Remember|Recall|Keep in mind),? that,? +|Note(?: also)?: +)+"
)
"""What ties a sentence to the one before it, and can be left out."""

LEANING_PHRASES = re.compile(
    r"\b(?:above|below|aforementioned|preceding)\b|\bas follows\b|\b(?:in|from) (?:this|that|these|those|our) "
    r"|\b(?:the|this|our|these|those) (?:following|previous|next|former|latter|examples?|snippets?|outputs?|section"
    r"|chapter|tables?|listing|figures?|cells?|lines?|cases?|first|second|third|last)\b|\bdo(?:ing)? (?:this|that|so)\b"
    r"|\b(?:earlier|later|already) (?:in|on|seen|discussed|mentioned|described)\b|\bwe (?:saw|have seen|will|'ll)\b"
    r"|\b(?:see|consult|refer to|for more (?:details|information|about|on)|to learn more)\b",
    re.IGNORECASE,
)
"""What points to another sentence, wherever it stands in one."""

GENERIC_HEADINGS = frozenset(
    """abstract acknowledgements acknowledgments appendix background conclusion conclusions contents copyright
    discussion details example examples explanation footnotes further general implementation index introduction
    motivation note notes overview output preface proposal rationale reference references semantics
    specification summary syntax terminology the text title usage changelog changes scope goals non-goals
    questions answers other misc miscellaneous how why what design requirements options alternatives history
    status links resources installation install start getting started features structure backwards compatibility
    impact security considerations teach this rejected ideas open issues future work related prior art deferred
    faq tips and of for with to in a an basics advanced more""".split()
)
"""Words that say nothing of what a section is about."""

TRIVIAL_VALUES = frozenset(
    """foo bar baz qux spam eggs ham parrot n/a tbd todo yes no ok etc python self cls args kwargs *args **kwargs
    ... ?? ? - none true false c c++ linux windows unix pep peps api apis guide following result reason same
    answer idea problem goal purpose point first second example value values thing way difference rest only main
    object name""".split()
)
"""Values that make no answer of their own; of one letter there is none either."""

UNITS = frozenset(
    """bit bits byte bytes kb mb gb kib mib gib character characters column columns line lines space spaces digit
    digits word words second seconds minute minutes hour hours day days week weeks month months year years time
    times argument arguments parameter parameters element elements item items value values module modules
    function functions method methods class classes file files level levels step steps release releases version
    versions thread threads process processes core cores iterations objects object keys places decimal ms us ns
    hz khz mhz ghz meters km dimensions dimension rows points ways kinds types parts phases stages members
    people developers letters symbols arrays names operators keywords statements attributes copies references
    cases""".split()
)

NUMBER_WORDS = tuple("three four five six seven eight nine ten twelve fifteen twenty thirty fifty hundred".split())

MONTHS = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November",
    "December", "Jan", "Feb", "Mar", "Apr", "Jun", "Jul", "Aug", "Sept", "Sep", "Oct", "Nov", "Dec",
)  # fmt: skip

TYPE_NOUNS = frozenset(
    """function method module class exception argument parameter attribute option keyword statement operator
    decorator flag command package library type file directory variable object protocol descriptor token opcode
    bytecode clause expression syntax prefix suffix macro field key table section string character encoding
    format constant error warning instruction tool script action property hook event codec algorithm interpreter
    compiler editor language debugger database website loop""".split()
)
"""Nouns that say what a term is when they stand beside it."""

CODE_NOUNS = tuple(
    """function module method class command keyword statement operator package library argument parameter attribute
    decorator option""".split()
)
"""Nouns beside which an unmarked word is the name of such a thing."""

QUALIFIERS = frozenset(
    """new first second third same following other only optional required default main entire given whole current
    original previous next last base built-in builtin standard external actual resulting inner outer parent
    child special specific named single simple different appropriate corresponding helper generator abstract
    anonymous called calling certain custom derived existing final full generic global important imported
    inherited initial internal local mutable necessary official old ordinary popular positional possible private
    public real regular relevant returned self similar small source third-party top-level user user-defined
    useful usual various python""".split()
)
"""What may stand before such a noun without being a name."""

IMPERATIVES = {
    "return": "returns", "raise": "raises", "remove": "removes", "add": "adds", "convert": "converts",
    "create": "creates", "check": "checks", "call": "calls", "compute": "computes", "construct": "constructs",
    "copy": "copies", "decode": "decodes", "delete": "deletes", "encode": "encodes", "execute": "executes",
    "extract": "extracts", "find": "finds", "format": "formats", "get": "gets", "give": "gives", "insert": "inserts",
    "iterate": "iterates", "join": "joins", "load": "loads", "make": "makes", "open": "opens", "parse": "parses",
    "print": "prints", "produce": "produces", "read": "reads", "replace": "replaces", "reverse": "reverses",
    "run": "runs", "search": "searches", "select": "selects", "serialize": "serializes",
    "deserialize": "deserializes", "set": "sets", "show": "shows", "sort": "sorts", "split": "splits",
    "start": "starts", "stop": "stops", "store": "stores", "test": "tests", "update": "updates", "use": "uses",
    "wrap": "wraps", "write": "writes", "yield": "yields", "apply": "applies", "determine": "determines",
    "display": "displays", "fill": "fills", "generate": "generates", "increment": "increments", "list": "lists",
    "match": "matches", "move": "moves", "pop": "pops", "rename": "renames", "register": "registers", "send": "sends",
    "strip": "strips", "truncate": "truncates", "change": "changes", "clear": "clears", "close": "closes",
    "collapse": "collapses", "count": "counts", "evaluate": "evaluates", "expand": "expands", "locate": "locates",
    "merge": "merges", "normalize": "normalizes", "quote": "quotes", "perform": "performs", "push": "pushes",
    "initialize": "initializes", "restore": "restores", "choose": "chooses", "divide": "divides",
    "shuffle": "shuffles", "round": "rounds", "calculate": "calculates", "scale": "scales", "shift": "shifts",
    "skip": "skips", "ensure": "ensures", "unregister": "unregisters", "estimate": "estimates", "compare": "compares",
    "build": "builds", "invoke": "invokes", "unpack": "unpacks", "enter": "enters", "exit": "exits", "walk": "walks",
    "traverse": "traverses", "wait": "waits", "acquire": "acquires", "release": "releases",
    "initialise": "initialises", "configure": "configures", "define": "defines", "specify": "specifies",
    "translate": "translates", "escape": "escapes", "flatten": "flattens", "group": "groups", "assign": "assigns",
    "append": "appends", "extend": "extends", "allow": "allows", "import": "imports", "reload": "reloads",
    "reformat": "reformats", "report": "reports", "transform": "transforms", "rotate": "rotates",
}  # fmt: skip
"""Verbs that descriptions of functions begin with, and the form that a question wants."""

JOINED_VERBS = frozenset(
    """return truncate add remove raise compute pop insert delete print write give yield convert replace update
    execute produce create store""".split()
)
"""Those that are hardly anything but verbs after "and"."""

VERBS = {
    "returns": "return", "raises": "raise", "takes": "take", "uses": "use", "means": "mean", "requires": "require",
    "accepts": "accept", "calls": "call", "contains": "contain", "creates": "create", "produces": "produce",
    "yields": "yield", "needs": "need", "provides": "provide", "represents": "represent", "denotes": "denote",
    "gives": "give", "supports": "support", "replaces": "replace", "invokes": "invoke", "defines": "define",
    "introduced": "introduce", "replaced": "replace", "introduces": "introduce", "proposes": "propose",
    "removes": "remove", "adds": "add", "prints": "print", "stores": "store", "has": "have", "became": "become",
}  # fmt: skip
"""Verbs whose object can be asked for, with the form that goes with "does" ("did" for those in -ed)."""

AUXILIARIES = ("is", "are", "was", "were", "can", "could", "should", "must", "will", "would", "may", "might")
PREPOSITIONS = frozenset("in since by with to from at on of for as into using than through under within via".split())

SYNONYMS: Mapping[str, str] = {
    "added": "introduced", "allows": "permits", "allow": "permit", "allowed": "permitted", "avoid": "keep away from",
    "begin": "start", "begins": "starts", "calls": "invokes", "called": "invoked", "changes": "alters",
    "changed": "altered", "checks": "tests", "contains": "holds", "converts": "turns", "creates": "makes",
    "created": "made", "defines": "declares", "defined": "declared", "deletes": "removes", "deleted": "removed",
    "executes": "runs", "executed": "run", "faster": "quicker", "generates": "produces", "imported": "loaded",
    "large": "big", "modified": "changed", "modify": "change", "multiple": "several", "needed": "required",
    "obtain": "get", "occurs": "happens", "omitted": "left out", "performs": "does", "prevents": "stops",
    "prints": "shows", "provides": "offers", "provided": "offered", "raises": "throws", "raised": "thrown",
    "recommended": "advised", "removes": "drops", "removed": "dropped", "replaces": "swaps", "requires": "needs",
    "required": "needed", "returns": "gives back", "returned": "given back", "shows": "displays", "similar": "alike",
    "simple": "easy", "single": "one", "small": "little", "specified": "given", "specifies": "gives",
    "starts": "begins", "stores": "keeps", "stored": "kept", "supports": "handles", "supported": "handled",
    "whole": "entire", "entire": "whole",
}  # fmt: skip
"""Other words for common ones, for keyword queries only: in a sentence they could be wrong."""

NEGATIONS = frozenset("no not never none nothing nobody without neither nor".split())

ORDINALS = frozenset("first second third fourth fifth last".split())
WEEKDAYS = frozenset("monday tuesday wednesday thursday friday saturday sunday".split())

ANTONYMS = tuple(
    tuple(pair.split("/"))
    for pair in """enabled/disabled on/off always/never sometimes/never all/none both/neither before/after first/last
    left/right minimum/maximum least/most lowest/highest lower/higher more/less more/fewer ascending/descending
    true/false upper/lower smallest/largest smaller/larger small/large big/little shortest/longest static/dynamic
    public/private local/global positional/keyword required/optional inclusive/exclusive included/excluded with/without
    parent/child base/derived encode/decode older/newer old/new oldest/newest read/write input/output client/server
    lazy/eager start/end begin/end import/run compile/run source/target yes/no sync/async internal/external
    increase/decrease top/bottom front/back open/close success/failure earlier/later single/double""".split()
)
"""Words of which one denies the other, where both answer the same question."""

SAME_WORDS: Mapping[str, str] = {
    word: words.split()[0]
    for words in (
        "later newer higher up onwards upwards above", "licence license licens licenc", "raise throw thrown rais",
        "return give given gave", "remove delete drop taken remov delet", "call invoke invok", "argument parameter",
        "dictionary dict dictionari", "integer int integ", "string str", "directory folder directori",
        "start begin begun began",
        "change modify alter chang modifi", "create make made creat", "need require requir", "fast quick",
        "about roughly approximately around circa", "function func", "attribute attr attribut", "use using used",
        "cannot unable", "allow permit", "subclass inherit", "empty blank", "whole entire entir",
    )
    for word in words.split()
}  # fmt: skip
"""Words that are one word to whoever compares two answers; the first of each group stands for it."""
