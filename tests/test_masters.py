"""AdamW on master weights: what torch's own does, whether the model computes in their precision or in another."""

import copy

import pytest

pytestmark = pytest.mark.real


@pytest.mark.parametrize("kind", ["float32", "bfloat16"])
def test_weights_go_as_with_torch_and_the_model_follows(kind):
    import torch

    from byheart.backends.masters import MasterAdamW

    torch.manual_seed(1)
    start = [torch.randn(3, 5), torch.randn(7)]
    plain = [tensor.clone().requires_grad_() for tensor in start]
    weights = [tensor.clone().requires_grad_() for tensor in start]
    own = [w if kind == "float32" else w.detach().to(torch.bfloat16).requires_grad_() for w in weights]
    betas = (0.9, 0.99)
    theirs = torch.optim.AdamW(plain, lr=0.1, betas=betas, weight_decay=0.0, fused=True)
    ours = MasterAdamW(list(zip(own, weights, strict=True)), rate=0.1, betas=betas)
    falling = [torch.optim.lr_scheduler.LambdaLR(one, lambda step: 1 / (step + 1)) for one in (theirs, ours)]
    for step in range(4):
        for place, (first, second) in enumerate(zip(plain, own, strict=True)):
            # One of them has no gradient in the first step.
            second.grad = torch.randn_like(second) if step or place else None
            first.grad = None if second.grad is None else second.grad.float()
        for one in (theirs, ours, *falling):
            one.step()
    for first, second, served in zip(plain, weights, own, strict=True):
        assert torch.equal(first, second)
        assert torch.equal(served, second.to(served.dtype))


def test_its_state_goes_on_where_it_was_kept():
    import torch

    from byheart.backends.masters import MasterAdamW

    weight = torch.ones(3, requires_grad=True)
    kept = MasterAdamW([(weight, weight)], rate=0.1, betas=(0.9, 0.99))
    weight.grad = torch.full((3,), 2.0)
    kept.step()
    other = weight.detach().clone().requires_grad_()
    went_on = MasterAdamW([(other, other)], rate=0.1, betas=(0.9, 0.99))
    went_on.load_state_dict(copy.deepcopy(kept.state_dict()))
    for tensor, optimizer in ((weight, kept), (other, went_on)):
        tensor.grad = torch.full((3,), -1.0)
        optimizer.step()
    assert torch.equal(weight, other)
