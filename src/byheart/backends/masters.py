"""AdamW on float32 master weights under a model that computes in bfloat16.

Takes a model's parameters, each with the weight that is learned for it; steps these, and sets the model to them.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import torch
from torch.optim.adamw import adamw


class MasterAdamW(torch.optim.AdamW):
    """torch's AdamW, without weight decay, on weights whose gradients stand beside others.

    `masters` are pairs: a parameter of the model, which gets the gradient, and the weight that is learned, which may
    be the same tensor. One is done after the other, so that each, its gradient and its moments are read from memory
    once a step, and no gradient is held twice.
    """

    def __init__(
        self,
        masters: Sequence[tuple[torch.Tensor, torch.Tensor]],
        *,
        rate: float,
        betas: tuple[float, float],
    ) -> None:
        super().__init__([weight for _, weight in masters], lr=rate, betas=betas, weight_decay=0.0, fused=True)
        self._masters = masters

    @torch.no_grad()
    def step(self, closure: Any = None) -> Any:
        """Steps all weights whose parameters have a gradient; no `closure` is called."""
        (group,) = self.param_groups
        beta1, beta2 = group["betas"]
        for own, weight in self._masters:
            if own.grad is None:
                continue
            held = self.state[weight]
            if not held:
                held["step"] = torch.zeros((), device=weight.device)
                held["exp_avg"], held["exp_avg_sq"] = torch.zeros_like(weight), torch.zeros_like(weight)
            adamw(
                [weight],
                [own.grad.float()],
                [held["exp_avg"]],
                [held["exp_avg_sq"]],
                [],
                [held["step"]],
                fused=True,
                amsgrad=False,
                beta1=beta1,
                beta2=beta2,
                lr=group["lr"],
                weight_decay=group["weight_decay"],
                eps=group["eps"],
                maximize=False,
            )
            if own is not weight:
                own.copy_(weight)
