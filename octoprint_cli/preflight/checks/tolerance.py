"""The tolerance of all checks that compare lengths."""

#: A length is as good as the numbers in the file: slicers write three decimals.
TOLERANCE_MM = 0.01
#: Far below any number in a file: what sums and roots of floats are off by.
_NOISE = 1e-6


def beyond(excess: float) -> bool:
    """Whether a length that is too large by so many millimetres is too large beyond the tolerance."""
    return excess > TOLERANCE_MM + _NOISE
