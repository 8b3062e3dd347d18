"""Networks, families, training, curves, neighbours, maps and measures: arrays in, arrays out.

Tensor and array names end in one letter per axis:
  n pictures or products · c channels · h, w height and width in px · d latent dimensions
  k neighbours · t steps of a path · m queries · p flattened values of a picture · 2 map axes

Pictures outside the networks are uint8 (N, S, S, 3) `pixels`; inside they are float `x_nchw` in [0, 1].
Reading order: family, families/vae, networks, losses, training, card, geometry, maps, metrics.
"""
