"""Plain names for staged files, so that no path of theirs needs quoting in two query languages."""


def link_name(index: int) -> str:
    """The plain name that the staged file at this place of a request has in the scratch directory."""
    return f"staged-{index:06}.parquet"
