"""Networks: encoder and decoder, critics of pictures and of codes, principal components, pretrained features."""

from looks_like.model.networks.code_critic import BETAS, CodeCritic, fooled, told_apart
from looks_like.model.networks.convolutional import SIZES_PX, Decoder, Encoder, NoEncoder
from looks_like.model.networks.critics import (
    PictureCritic,
    alarm,
    critic_loss,
    frozen,
    judged,
    refuse_sharpening,
    score,
    variety,
)
from looks_like.model.networks.pretrained import EDGE_PX, efficientnet, features, features_of
from looks_like.model.networks.principal import (
    EDGE_MAX_PX,
    Principal,
    flatten,
    independent_axes,
    linear_decoder,
    principal_codes,
    principal_components,
    principal_pictures,
)

__all__ = [
    "BETAS",
    "EDGE_MAX_PX",
    "EDGE_PX",
    "SIZES_PX",
    "CodeCritic",
    "Decoder",
    "Encoder",
    "NoEncoder",
    "PictureCritic",
    "Principal",
    "alarm",
    "critic_loss",
    "efficientnet",
    "features",
    "features_of",
    "flatten",
    "fooled",
    "frozen",
    "independent_axes",
    "judged",
    "linear_decoder",
    "principal_codes",
    "principal_components",
    "principal_pictures",
    "refuse_sharpening",
    "score",
    "told_apart",
    "variety",
]
