"""Autoencoder: reconstruction alone. The baseline: its latent space has the chasms that the other families mend."""

from torch import Generator, Tensor

from looks_like.model.family import Family, Parts


class Autoencoder(Family):
    title = "Autoencoder"
    objective = "reconstruction (Gaussian, Bernoulli or Laplacian pyramid), nats per picture"
    source = "Hinton & Salakhutdinov 2006"

    def loss(self, x_nchw: Tensor, rng: Generator, done: float) -> tuple[Tensor, Parts]:
        recon, mse = self.reconstruction(self.encode(x_nchw), x_nchw)
        return recon, {"recon": recon.detach(), "mse": mse.detach()}
