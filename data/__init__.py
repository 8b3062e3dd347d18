"""The catalogue: rows and pictures. No torch, no pages.

Reading order: pictures (bytes -> a checked square), sources (where rows come from), importing, workspace, catalogue
(the products of one version), pixels, embeddings, maps. Apart from these: dsprites, pictures with known factors.
"""
