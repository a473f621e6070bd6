"""Which area holds which? The area tree's two questions, asked of whole columns."""

import ibis
import ibis.expr.types as ir

from ringfence import areas


def at_level(code: ir.StringValue, level: str) -> ir.StringValue:
    """The ancestor of each code at a level; unknown where the code is coarser than that."""
    depth = areas.LEVELS.index(level) - areas.LEVELS.index("community")
    if depth <= 0:
        digits = areas.digits(level)
        return (code.length() >= digits).ifelse(code.substr(0, digits), ibis.null("string"))
    segments = code.split("-")
    kept = ibis.literal("-").join(segments[: depth + 1])
    return (segments.length() > depth).ifelse(kept, ibis.null("string"))


def holds(area: ir.StringValue, code: ir.StringValue) -> ir.BooleanValue:
    """Whether an area is, or lies above, each code; below the community a prefix ends where a segment
    does."""
    follows = code.substr(area.length(), 1)
    whole = (area.length() < areas.COMMUNITY_DIGITS) | (follows == "") | (follows == "-")
    return code.startswith(area) & whole
