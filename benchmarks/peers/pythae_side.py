"""pythae's side of a comparison: its models over our nets, in its trainer. It is imported only when asked for."""

import contextlib
import importlib.util
import io
import logging
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from torch import Tensor

from benchmarks.measure import Missing
from looks_like.model.family import Family

LEARNING_RATE = 1e-3  # ten times its default, with which it learns too slowly for so few steps


def wanted() -> None:
    """Missing, with what to do, where pythae is not installed."""
    if importlib.util.find_spec("pythae") is None:
        raise Missing('pythae is not installed: pip install "pythae==0.1.2", or the extra bench')


class Peer:
    """pythae's BaseTrainer (Adam, fp32, its DataLoader) with one of its models; each `epoch()` trains `net` itself.

    That is its own loop without the copy of the best weights after each epoch and the pickles at the end.
    """

    def __init__(self, net: Family, family: str, x_nchw: Tensor, folder: Path, *, epochs: int = 1) -> None:
        from pythae.data.preprocessors import DataProcessor
        from pythae.trainers import BaseTrainer, BaseTrainerConfig

        config = BaseTrainerConfig(
            output_dir=str(folder),
            per_device_train_batch_size=net.settings.batch,
            learning_rate=LEARNING_RATE,
            num_epochs=epochs,
            seed=0,
        )
        with _quiet():
            dataset = DataProcessor.to_dataset(x_nchw)
            self.trainer = BaseTrainer(their_model(net, family, epochs), dataset, training_config=config)
            self.trainer.prepare_training()
        self.epochs = 0

    def epoch(self) -> None:
        self.epochs += 1
        with _quiet():
            self.trainer.train_step(self.epochs)
            self.trainer.callback_handler.on_epoch_end(training_config=self.trainer.training_config)


def their_model(net: Family, family: str, epochs: int) -> Any:
    """pythae's model of our family, with our net inside and our objective.

    Its VAEs halve the summed squared error: a Gaussian whose standard deviation is 1, with no setting for another. With
    ours of sigma, every weight is times sigma squared: the same objective, all of it times sigma squared, which Adam
    does not see. A plain VAE, which has no weight there, is its BetaVAE (the same lines). Its annealed VAE differs in
    two things: the capacity rises by epochs, and is held against each picture's own KL.
    """
    from pythae import models

    settings: Any = net.settings
    edge, variance = settings.size, settings.sigma_floor**2
    shape: dict[str, Any] = {"input_dim": (settings.channels, edge, edge), "latent_dim": settings.latent}
    if family == "wae-mmd":
        config = models.WAE_MMD_Config(**shape, reg_weight=settings.penalty)
        return models.WAE_MMD(config, *_wrapped(net))
    if family == "annealed-vae":
        rise = max(0, round(settings.rise * epochs) - 1)  # it reaches C in the epoch after
        config = models.DisentangledBetaVAEConfig(
            **shape, beta=variance * settings.gamma, C=settings.capacity, warmup_epoch=rise
        )
        return models.DisentangledBetaVAE(config, *_wrapped(net))
    return models.BetaVAE(models.BetaVAEConfig(**shape, beta=variance * settings.beta), *_wrapped(net))


def _wrapped(net: Family) -> tuple[Any, Any]:
    from pythae.models.base.base_utils import ModelOutput
    from pythae.models.nn import BaseDecoder, BaseEncoder

    class Encoder(BaseEncoder):
        def __init__(self) -> None:
            super().__init__()
            self.net = net.encoder

        def forward(self, x_nchw: Tensor) -> Any:
            mean_nd, logvar_nd = net.posterior(x_nchw)
            return ModelOutput(embedding=mean_nd, log_covariance=logvar_nd)

    class Decoder(BaseDecoder):
        def __init__(self) -> None:
            super().__init__()
            self.net = net.decoder

        def forward(self, z_nd: Tensor) -> Any:
            return ModelOutput(reconstruction=self.net(z_nd))

    return Encoder(), Decoder()


@contextlib.contextmanager
def _quiet() -> Iterator[None]:
    """Without its progress bars and its log."""
    before = logging.root.manager.disable
    logging.disable(logging.WARNING)
    try:
        with contextlib.redirect_stderr(io.StringIO()):
            yield
    finally:
        logging.disable(before)
