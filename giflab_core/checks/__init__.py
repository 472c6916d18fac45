"""Judge what was measured: checks, limits, a verdict.

1. `assessment`: what clips and decoding told, as checks that no limit matters to.
2. `motion`, `content` and `content_type` look at pictures while they pass: does what moves move alike, is anything left
   of it, and what kind of picture is it?
3. `suspects` looks for places that differ much in each pair, after `explained` has taken out what a small palette
   explains (`requantised`), and what dithering does (`undithered`); `region` judges the worst place over time.
4. `tonality` measures how tones, colours and detail of the whole became others, and `tone` judges it.
5. `limits`: numbers against limits, which `goals` has by goal and content, and the verdict.
6. `folding`: which of all these follow from others.
"""

from typing import TYPE_CHECKING

from giflab_core import lazy

if TYPE_CHECKING:
    from giflab_core.checks.assessment import check_animation as check_animation
    from giflab_core.checks.assessment import check_canvas as check_canvas
    from giflab_core.checks.assessment import check_colour as check_colour
    from giflab_core.checks.assessment import check_content as check_content
    from giflab_core.checks.assessment import check_duration as check_duration
    from giflab_core.checks.assessment import check_loop as check_loop
    from giflab_core.checks.assessment import check_readable as check_readable
    from giflab_core.checks.assessment import check_size as check_size
    from giflab_core.checks.assessment import check_transparency as check_transparency
    from giflab_core.checks.content import is_lost as is_lost
    from giflab_core.checks.content_type import ContentJudge as ContentJudge
    from giflab_core.checks.folding import fold as fold
    from giflab_core.checks.goals import GOAL_LIMITS as GOAL_LIMITS
    from giflab_core.checks.limits import check_compared as check_compared
    from giflab_core.checks.limits import check_given_limits as check_given_limits
    from giflab_core.checks.limits import check_limits as check_limits
    from giflab_core.checks.limits import check_lossless as check_lossless
    from giflab_core.checks.limits import limits_in_force as limits_in_force
    from giflab_core.checks.limits import unfit as unfit
    from giflab_core.checks.limits import verdict as verdict
    from giflab_core.checks.motion import MATTE as MATTE
    from giflab_core.checks.motion import MotionCorrelation as MotionCorrelation
    from giflab_core.checks.region import check_region as check_region
    from giflab_core.checks.region import share_in as share_in
    from giflab_core.checks.region import tell_place as tell_place
    from giflab_core.checks.region import worst_place as worst_place
    from giflab_core.checks.suspects import PLACE_LIMITS as PLACE_LIMITS
    from giflab_core.checks.suspects import Suspects as Suspects
    from giflab_core.checks.suspects import find_suspects as find_suspects
    from giflab_core.checks.tonality import ToneJudge as ToneJudge
    from giflab_core.checks.tone import TONE_TOLERANCES as TONE_TOLERANCES
    from giflab_core.checks.tone import check_tone as check_tone

lazy.exports(
    __name__,
    {
        "assessment": (
            "check_animation",
            "check_canvas",
            "check_colour",
            "check_content",
            "check_duration",
            "check_loop",
            "check_readable",
            "check_size",
            "check_transparency",
        ),
        "content": ("is_lost",),
        "content_type": ("ContentJudge",),
        "folding": ("fold",),
        "goals": ("GOAL_LIMITS",),
        "limits": (
            "check_compared",
            "check_given_limits",
            "check_limits",
            "check_lossless",
            "limits_in_force",
            "unfit",
            "verdict",
        ),
        "motion": ("MATTE", "MotionCorrelation"),
        "region": ("check_region", "share_in", "tell_place", "worst_place"),
        "suspects": ("PLACE_LIMITS", "Suspects", "find_suspects"),
        "tonality": ("ToneJudge",),
        "tone": ("TONE_TOLERANCES", "check_tone"),
    },
)
