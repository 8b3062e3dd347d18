"""Numbers as people read them."""


def number(value: float, digits: int = 6) -> str:
    """Thousands apart from 10,000 on: 2015 is more often a year than a number that needs it."""
    return f"{value:,.{digits}g}" if abs(value) >= 10_000 else f"{value:.{digits}g}"
