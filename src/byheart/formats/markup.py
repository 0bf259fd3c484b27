"""Inline markup of reST and Markdown, reduced to the text that a reader sees.

Takes source lines, gives the same lines without marks. It deliberately knows no blocks: given code, it
would take some operators for marks.
"""

from __future__ import annotations

import html
import re


def plain(text: str) -> str:
    """`text` without inline markup (``x`` is x, :func:`len` is len, [a](b) is a, *x* is x), its line breaks kept."""
    return _ESCAPED.sub(r"\1", _reduced(text, depth=0))


def _reduced(text: str, depth: int) -> str:
    def shown(found: re.Match[str]) -> str:
        name = found.lastgroup or ""
        inner = found[name]
        if name in _LITERAL:
            return _LITERAL[name](inner, found)
        return _reduced(inner, depth + 1) if depth < 4 else inner

    return _INLINE.sub(shown, text)


def _role(inner: str, found: re.Match[str]) -> str:
    role = (found["role_name"] or found["myst_name"] or "").rpartition(":")[2]
    titled = _TITLED.fullmatch(inner)
    if titled:
        return titled[1]
    inner = inner.removeprefix("!")
    if inner.startswith("~"):
        inner = inner[1:].rpartition(".")[2]
    return f"{role.upper()} {inner}" if role in ("pep", "rfc") and inner[:1].isdigit() else inner


def _quoted(inner: str, found: re.Match[str]) -> str:
    titled = _TITLED.fullmatch(inner)
    return titled[1] if titled else inner


def _as_is(inner: str, found: re.Match[str]) -> str:
    return inner


def _nothing(inner: str, found: re.Match[str]) -> str:
    return ""


def _entity(inner: str, found: re.Match[str]) -> str:
    return html.unescape(inner)


_LITERAL = {
    "code": _as_is,
    "role_text": _role,
    "myst_text": _role,
    "quoted": _quoted,
    "tag": _nothing,
    "address": _as_is,
    "entity": _entity,
    "footnote": _as_is,
    "reference": _as_is,
}

# The title and the target of `title <target>`; a type such as `list<int>` is not one.
_TITLED = re.compile(r"(.*?\S)\s+<[^<>]+>", re.DOTALL)

# A paragraph's end is the end of any inline markup.
_NO_BLANK_LINE = r"(?:(?!\n[ \t]*\n)[\s\S])"

_INLINE = re.compile(
    rf"""
      (?P<tick>`{{3,}})(?P<fence>{_NO_BLANK_LINE}*?)(?P=tick)
    | (?<!`)``(?!`)(?P<code>{_NO_BLANK_LINE}+?)(?<!`)``(?!`)
    | (?<![\w`:]):(?P<role_name>[A-Za-z][\w.+-]*(?::[\w.+-]+)*):`(?P<role_text>[^`]+?)`
    | \{{(?P<myst_name>[A-Za-z][\w.:+-]*)\}}`(?P<myst_text>[^`]+?)`
    | (?:(?<!\w)_)?(?<![`\\])`(?P<quoted>[^`\s](?:[^`]*?[^`\s])?|[^`\n]+)`(?:__?(?!\w)|:[\w:.+-]+:)?
    | !?\[(?P<link>(?:[^\[\]\\\n]|\\.|\n(?!\n)|\[[^\[\]\n]*\])*)\]
        \((?:[^()\s]|\([^()\s]*\))*(?:\s+(?:"[^"]*"|'[^']*'))?\)(?:\{{[^{{}}\n]*\}})?
    | !?\[(?P<labelled>(?:[^\[\]\\\n]|\\.)+)\]\[[^\[\]\n]*\]
    | \[(?P<footnote>\#?[\w.-]*|\*)\]_(?!\w)
    | <(?P<address>(?:https?|ftp|mailto):[^<>\s]+|[\w.+-]+@[\w-]+(?:\.[\w-]+)+)>
    | (?P<tag></?(?:a|abbr|b|big|br|code|del|div|em|font|h[1-6]|hr|i|img|ins|kbd|mark|p|picture|s|small|source|span|
        strong|sub|summary|details|sup|tt|u|var)(?:\s[^<>]*)?/?>|<!--[\s\S]*?-->)
    | (?P<entity>&(?:[a-z]{{2,8}}|\#\d{{1,6}}|\#x[0-9A-Fa-f]{{1,5}});)
    | (?<![\w*\\])\*\*(?=\*?[^\s*])(?P<strong>(?:[^*]|\*(?!\*))+?)(?<=[^\s\\])\*\*(?![\w*])
    | (?<![\w*\\])\*(?=[^\s*])(?P<emphasis>[^*\n]+(?:\n[^*\n]+)*?)(?<=[^\s\\])\*(?![\w*])
    | (?<![\w\\])__(?=[^\s_])(?P<strong_line>[^_\n]*[^\w\n][^_\n]*)(?<=[^\s\\])__(?!\w)
    | (?<![\w\\])_(?=[^\s_])(?P<emphasis_line>[^_\n]+)(?<=[^\s\\_])_(?!\w)
    | (?<![\w|])\|(?=[^\s|])(?P<substitution>[^|\n]+)(?<=[^\s])\|(?:__?)?(?![\w|])
    | (?<![\w`.])(?P<reference>[A-Za-z0-9](?:[\w.-]*[A-Za-z0-9])?)__?(?![\w(`.:=\[])
    """,
    re.VERBOSE,
)

_ESCAPED = re.compile(r"\\([*_`\\|<>\[\]#~!-])")
