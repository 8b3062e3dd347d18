"""The one exception of this package: a mistake that a person can mend, said in a sentence."""


class ModelError(ValueError):
    """What was given, what is allowed, what to do."""
