"""What each pair of frames scored.

1. `scores`: the numbers of one metric, pair by pair, kept as bytes that are read when somebody asks for them.
"""

from typing import TYPE_CHECKING

from giflab_core import lazy

if TYPE_CHECKING:
    from giflab_core.series.scores import PairScore as PairScore
    from giflab_core.series.scores import Series as Series
    from giflab_core.series.scores import pack_pairs as pack_pairs
    from giflab_core.series.scores import pack_values as pack_values

lazy.exports(__name__, {"scores": ("PairScore", "Series", "pack_pairs", "pack_values")})
