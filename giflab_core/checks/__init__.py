"""Judge what was measured: checks, limits, a verdict.

1. `assessment`: what clips and decoding told, as checks that no limit matters to.
2. `motion`, `content` and `content_type` look at pictures while they pass: does what moves move alike, is anything left
   of it, and what kind of picture is it?
3. `limits`: numbers against limits, and the verdict.
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
    from giflab_core.checks.assessment import check_transparency as check_transparency
    from giflab_core.checks.content import is_lost as is_lost
    from giflab_core.checks.content_type import ContentJudge as ContentJudge
    from giflab_core.checks.limits import check_compared as check_compared
    from giflab_core.checks.limits import check_given_limits as check_given_limits
    from giflab_core.checks.limits import check_limits as check_limits
    from giflab_core.checks.limits import limits_in_force as limits_in_force
    from giflab_core.checks.limits import unfit as unfit
    from giflab_core.checks.limits import verdict as verdict
    from giflab_core.checks.motion import MATTE as MATTE
    from giflab_core.checks.motion import MotionCorrelation as MotionCorrelation

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
            "check_transparency",
        ),
        "content": ("is_lost",),
        "content_type": ("ContentJudge",),
        "limits": ("check_compared", "check_given_limits", "check_limits", "limits_in_force", "unfit", "verdict"),
        "motion": ("MATTE", "MotionCorrelation"),
    },
)
