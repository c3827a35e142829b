"""The report as one HTML file."""

from collections.abc import Mapping, Sequence
from importlib.resources import files
from typing import Any

from onecenter.planning.file import PlanFile
from onecenter.report.blocks import Block, Chapter, Section
from onecenter.report.sections import Writer
from onecenter.report.subject import Subject
from onecenter.visible import visible

#: What a browser calls the languages.
TAGS: Mapping[str, str] = {"en": "en", "zh": "zh-CN"}


def page(subjects: Sequence[Subject], plan: PlanFile | None = None, language: str = "en") -> str:
    """Return the report as HTML that needs no other file, a plan's answer first; equal input gives equal text."""
    from jinja2 import Environment, StrictUndefined
    from markupsafe import Markup

    def finished(value: Any) -> Any:
        return value if isinstance(value, Markup) else visible(str(value), keep="\t\n")

    folder = files("onecenter.report")
    source = folder.joinpath("template.html.j2").read_text(encoding="utf-8")
    style = folder.joinpath("style.css").read_text(encoding="utf-8")
    environment = Environment(
        autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True, finalize=finished
    )
    environment.filters["drawn"] = Markup
    return environment.from_string(source).render(**_context(subjects, plan, language), style=Markup(style)) + "\n"


def _context(subjects: Sequence[Subject], plan: PlanFile | None, language: str) -> dict[str, Any]:
    writer = Writer(language, "all")
    names = _names(subjects, language)
    return {
        "language": TAGS[language],
        "title": _title(writer, subjects, plan),
        "kind": writer.words("kind"),
        "subtitle": _subtitle(writer, subjects, plan),
        "answer_title": writer.words("answer"),
        "contents_title": writer.words("contents"),
        "answers": _answers(writer, subjects, plan, names),
        "chapters": _chapters(writer, subjects, plan, names),
    }


def _title(writer: Writer, subjects: Sequence[Subject], plan: PlanFile | None) -> str:
    if plan is not None and not subjects:
        return plan.planned.title_in(writer.words.language)
    return subjects[0].title(writer.words.language) if len(subjects) == 1 else writer.words("side by side")


def _subtitle(writer: Writer, subjects: Sequence[Subject], plan: PlanFile | None) -> str:
    """Return the size and the policy of a single result, the policy of a plan alone."""
    if len(subjects) == 1:
        (one,) = subjects
        sizes = {"nodes": writer.words.count(one.nodes), "accelerators": writer.words.count(one.capacity)}
        return writer.words("header", policy=writer.policy(one.result.policy), **sizes)
    return writer.policy(plan.rules) if plan is not None and not subjects else ""


def _names(subjects: Sequence[Subject], language: str) -> list[str]:
    """Return what each result is called: its title, with its file where there are several."""
    if len(subjects) == 1:
        return [subjects[0].title(language)]
    return [f"{subject.name}: {subject.title(language)}" for subject in subjects]


def _answers(
    writer: Writer, subjects: Sequence[Subject], plan: PlanFile | None, names: Sequence[str]
) -> list[tuple[str, Block]]:
    """Return the answers, each with the name of what it is about."""
    found: list[tuple[str, Block]] = [] if plan is None else [("", writer.answers.of_plan(plan))]
    for subject, name in zip(subjects, names, strict=True):
        below = _below(writer, subject, plan) if plan else ""
        found.append((name if len(subjects) > 1 else below, writer.answers.of_run(subject)))
    return found


def _below(writer: Writer, subject: Subject, plan: PlanFile) -> str:
    """Return what the run below a plan is, with its demand where the plan is for another one."""
    text = writer.words("run below", nodes=writer.words.count(subject.nodes))
    if plan.demand == 1 or subject.scenario is None:
        return text
    scales = [[stream.scale for _, _, stream in each.streams] for each in (subject.scenario, plan.planned)]
    return writer.words("own demand", run=text) if scales[0] == scales[1] else text


def _chapters(
    writer: Writer, subjects: Sequence[Subject], plan: PlanFile | None, names: Sequence[str]
) -> list[Chapter]:
    first: list[Section] = []
    if len(subjects) > 1:
        table = writer.side_by_side(subjects, names)
        first.append(Section("side-by-side", writer.words("side by side"), [table]))
    if plan is not None:
        first += writer.of_plan(plan, alone=not subjects)
    chapters = [Chapter("all", "", first)] if first else []
    for place, (subject, name) in enumerate(zip(subjects, names, strict=True), 1):
        sections = Writer(writer.words.language, f"r{place}").of_run(subject)
        chapters.append(Chapter(f"r{place}", name if len(subjects) > 1 else "", list(sections)))
    return chapters
