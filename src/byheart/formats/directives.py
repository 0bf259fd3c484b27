"""What the directives of reST and MyST hold, by name. A name that is not here holds text with blocks of its own."""

from __future__ import annotations

from byheart.types import BlockKind

# What is shown as it stands.
CODE = frozenset(
    "bash code code-block code-cell code-tab console-session digraph doctest eval-math grammar-snippet graph graphviz "
    "inheritance-diagram ipython jupyter-execute literalinclude math mermaid parsed-literal plot productionlist "
    "prompt pycon raw shell sourcecode testcode testoutput uml".split()
)
TABLES = frozenset(("table", "list-table", "csv-table", "autosummary"))

# What makes or steers something, and holds no text for a reader.
UNSEEN = frozenset(
    "codeauthor contents currentmodule default-domain default-role highlight highlightlang image include index meta "
    "module moduleauthor no-index program role rst-class sectionauthor sectnum tableofcontents tabularcolumns "
    "testcleanup testsetup title toctree".split()
)

# What stands beside the text: its argument is a title or belongs to the text, and is no term that is defined.
ASIDES = frozenset(
    "admonition attention availability caution centered compound container danger deprecated deprecated-removed "
    "details dropdown epigraph error figure group-tab highlights hint impl-detail important note only pull-quote "
    "rubric seealso sidebar tab tabs tip todo topic versionadded versionchanged versionremoved warning".split()
)


def kind(name: str, *, has_argument: bool) -> BlockKind | None:
    """The kind of block that the directive `name` begins; None for one that shows nothing."""
    local = name.rpartition(":")[2].lower()
    if local in CODE:
        return BlockKind.CODE
    if local in TABLES:
        return BlockKind.TABLE
    if local in UNSEEN:
        return None
    return BlockKind.DEFINITION if has_argument and local not in ASIDES else BlockKind.PROSE


def is_whole(found: BlockKind | None) -> bool:
    """Whether what a directive of this kind holds is one block, and not text with blocks of its own."""
    return found in (BlockKind.CODE, BlockKind.TABLE, None)
