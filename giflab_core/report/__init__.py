"""A validation report in the forms people and programs read."""

from typing import TYPE_CHECKING

from giflab_core import lazy

if TYPE_CHECKING:
    from giflab_core.report.document import to_document as to_document
    from giflab_core.report.document import to_json as to_json
    from giflab_core.report.terminal import show as show

__getattr__, __dir__ = lazy.exports(
    __name__, {"to_document": "document", "to_json": "document", "show": "terminal"}
)
