"""What a study needs, as text for a terminal: each figure with the arithmetic that gives it.

Takes needs, gives text. It computes nothing anew.
"""

from __future__ import annotations

from byheart import units
from byheart.needs import RANK, Machine, Needs
from byheart.shown import row


def told(needs: Needs) -> str:
    """All of what a study needs."""
    shape = needs.shape
    how = f"adapters of rank {RANK}, {_large(shape.adapters())} parameters" if needs.is_adapted else "all layers"
    each = f"{needs.tokens / needs.facts:,.0f} a fact; {needs.operations:.3g} operations a token"
    parts = ", ".join(f"{name} {units.size(round(size))}" for name, size in needs.memory.items())
    memory = f"{units.size(round(sum(needs.memory.values())))} in bfloat16: {parts}"
    lines = [f"{needs.model} ({_large(shape.parameters())} parameters, {how}) taught {needs.facts:,} facts"]
    lines += row("tokens", f"{needs.tokens:,.0f}: {each}")
    for machine, hours in needs.hours.items():
        lines += row(machine.name, f"{units.seconds(hours * 3600)} {_at(machine)}")
    if needs.money is not None:
        lines += row("money", f"{units.money(needs.money)} at the price named")
    lines += row("memory", f"{memory}; {units.size(round(needs.loading))} for a moment, to read the model in float32")
    return "\n".join([*lines, *row("disk", f"{units.size(round(needs.disk))}: the model at Q8_0, two checkpoints")])


def _at(machine: Machine) -> str:
    if machine.source:
        reached = f"at {units.share(machine.reached)} (assumed) of {_large(machine.operations)} operations a second"
        return f"{reached} ({machine.source})"
    return f"at {_large(machine.operations)} operations a second, as measured now"


def _large(number: float) -> str:
    for unit, name in ((1e12, "trillion"), (1e9, "billion"), (1e6, "million")):
        if number >= unit:
            return f"{number / unit:.3g} {name}"
    return f"{number:,.0f}"
