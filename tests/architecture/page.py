"""What the inventory says of one page."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Absent:
    """Why a page has no such state."""

    why: str


@dataclass(frozen=True)
class Page:
    """A question, the routes that answer it, and the test that sees each state."""

    question: str
    routes: tuple[str, ...]
    answer: str
    empty: str | Absent
    error: str | Absent
    closed: str
    acted: str
    plain: str

    @property
    def tests(self) -> list[str]:
        named = (self.answer, self.empty, self.error, self.closed, self.acted)
        return [each for each in (*named, self.plain) if isinstance(each, str)]


def of_file(path: str) -> str:
    return f"tests/{path}.py::test_"
