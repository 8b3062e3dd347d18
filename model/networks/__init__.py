"""Networks: encoder and decoder, critics of pictures and of codes, principal components, pretrained features."""

from looks_like.model.networks.code_critic import BETAS, CodeCritic, discriminator_loss, non_saturating_loss
from looks_like.model.networks.colour_shares import (
    COLOUR_WORDS,
    COLOURS_PX,
    colour_shares,
    colour_table,
    words_of_colours,
)
from looks_like.model.networks.convolutional import SIZES_PX, Decoder, Encoder, NoEncoder
from looks_like.model.networks.given import Given, GivenSettings, fit_given
from looks_like.model.networks.look import FITTED_MAX, FORM, Look, LookSettings, fit_look
from looks_like.model.networks.mlp import MLP_SIZE_MAX_PX, MLPDecoder, MLPEncoder
from looks_like.model.networks.patch_critic import PatchCritic, likeness_and_appeal, patch_critic_loss
from looks_like.model.networks.pca import (
    EDGE_MAX_PX,
    PCA,
    fitted_linear_decoder,
    flatten,
    ica_rotated,
    linear_decoder,
    pca_codes,
    pca_pictures,
    principal_components,
    unflattened,
)
from looks_like.model.networks.picture_critic import (
    PictureCritic,
    alarm,
    critic_loss,
    diversity,
    feature_distance_and_score,
    frozen,
    refuse_sharpening,
    score,
)
from looks_like.model.networks.pretrained import EDGE_PX, efficientnet, features, features_of
from looks_like.model.networks.refined import RefinedDecoder
from looks_like.model.networks.words import Texts, WordMap, Words, fit_word_map, read_words

__all__ = [
    "BETAS",
    "COLOURS_PX",
    "COLOUR_WORDS",
    "EDGE_MAX_PX",
    "EDGE_PX",
    "FITTED_MAX",
    "FORM",
    "MLP_SIZE_MAX_PX",
    "PCA",
    "SIZES_PX",
    "CodeCritic",
    "Decoder",
    "Encoder",
    "Given",
    "GivenSettings",
    "Look",
    "LookSettings",
    "MLPDecoder",
    "MLPEncoder",
    "NoEncoder",
    "PatchCritic",
    "PictureCritic",
    "RefinedDecoder",
    "Texts",
    "WordMap",
    "Words",
    "alarm",
    "colour_shares",
    "colour_table",
    "critic_loss",
    "discriminator_loss",
    "diversity",
    "efficientnet",
    "feature_distance_and_score",
    "features",
    "features_of",
    "fit_given",
    "fit_look",
    "fit_word_map",
    "fitted_linear_decoder",
    "flatten",
    "frozen",
    "ica_rotated",
    "likeness_and_appeal",
    "linear_decoder",
    "non_saturating_loss",
    "patch_critic_loss",
    "pca_codes",
    "pca_pictures",
    "principal_components",
    "read_words",
    "refuse_sharpening",
    "score",
    "unflattened",
    "words_of_colours",
]
