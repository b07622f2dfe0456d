"""Background work in the workplace: how far it is, who held it and why, and the page that asks."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from django import forms
from django.contrib import admin, messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.utils.functional import Promise
from django.utils.timezone import now
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from notifications import background
from notifications.models import BackgroundWork, Deed, WorkDeed, WorkState

TONES: dict[str, tuple[str, str]] = {
    WorkState.WAITING: ("clock", "wait"),
    WorkState.RUNNING: ("forward", "work"),
    WorkState.PAUSED: ("pause", "wait"),
    WorkState.CANCELLED: ("minus-circle", "quiet"),
    WorkState.FINISHED: ("check-circle", "good"),
}


@dataclass(frozen=True)
class Words:
    """How a deed is asked about, done and told of."""

    question: Promise
    hint: Promise
    button: Promise
    past: Promise


WORDS: dict[Deed, Words] = {
    Deed.PAUSE: Words(
        gettext_lazy("Pause this work?"),
        gettext_lazy("It stops after the batch in hand and goes on from there when you say so."),
        pgettext_lazy("work", "Pause"),
        pgettext_lazy("work", "paused"),
    ),
    Deed.GO_ON: Words(
        gettext_lazy("Go on with this work?"),
        gettext_lazy("It goes on from where it stopped; nobody is told twice."),
        pgettext_lazy("work", "Go on"),
        pgettext_lazy("work", "resumed"),
    ),
    Deed.CANCEL: Words(
        gettext_lazy("Cancel this work for good?"),
        gettext_lazy(
            "Nobody else is told, and letters that wait do not leave. What has left or was done "
            "stays."
        ),
        gettext_lazy("Cancel for good"),
        pgettext_lazy("work", "cancelled"),
    ),
}


@dataclass(frozen=True)
class Shown:
    """Work as pages show it: a chip, a bar where the end is known, buttons, what was decided."""

    work: BackgroundWork
    name: str
    icon: str
    tone: str
    done: int
    total: int
    buttons: list[tuple[Promise, str]]
    decided: list[tuple[WorkDeed, Promise]]
    notes: list[str] = field(default_factory=list)

    @property
    def percent(self) -> int:
        """How far it is, 0 to 100."""
        return self.done * 100 // self.total if self.total else 0


def shown(
    works: Iterable[BackgroundWork],
    *,
    name: Callable[[BackgroundWork], str],
    href: Callable[[BackgroundWork, Deed], str] | None,
) -> list[Shown]:
    """Return works of one kind with what was decided on them; no `href`, no buttons. One query."""
    rows = list(works)
    decided = background.decisions_on(rows)
    return [
        Shown(
            work,
            name(work),
            *TONES[work.state],
            done=getattr(work, "done", 0),
            total=getattr(work, "total", 0),
            buttons=[(WORDS[deed].button, href(work, deed)) for deed in background.deeds_of(work)]
            if href
            else [],
            decided=[(one, WORDS[Deed(one.deed)].past) for one in decided[work.pk]],
        )
        for work in rows
    ]


class _ReasonForm(forms.Form):
    reason = forms.CharField(
        label=pgettext_lazy("work", "Why"),
        help_text=gettext_lazy("Colleagues read it beside the work."),
        max_length=background.REASON_MAX,
    )

    def __init__(self, data: object = None, *, deed: Deed) -> None:
        super().__init__(data)  # type: ignore[arg-type]
        self.fields["reason"].required = deed != Deed.GO_ON


def ask(
    request: HttpRequest, work: BackgroundWork, deed: str, *, name: str, back: str
) -> HttpResponse:
    """
    Ask whether and why; a POST does it and leads `back`. 404 for what is no deed.

    Whoever may not is kept away by the page that calls this.
    """
    if deed not in Deed.values:
        raise Http404
    wanted = Deed(deed)
    form = _ReasonForm(request.POST if request.method == "POST" else None, deed=wanted)
    if form.is_valid():
        try:
            background.move(
                work,
                wanted,
                reason=form.cleaned_data["reason"],
                by=request.user.pk,
                at=now(),
            )
        except background.NoReason as refused:
            form.add_error("reason", str(refused))
        except background.CannotMove as refused:
            messages.warning(request, str(refused))
            return redirect(back)
        else:
            said = _("“%(work)s” is %(past)s.")
            messages.success(request, said % {"work": name, "past": WORDS[wanted].past})
            return redirect(back)
    elif request.method != "POST" and wanted not in background.deeds_of(work):
        messages.warning(request, _("It stands otherwise by now: nothing was changed."))
        return redirect(back)
    return TemplateResponse(
        request,
        "admin/notifications/work_sure.html",
        {
            **admin.site.each_context(request),
            "title": WORDS[wanted].question,
            "words": WORDS[wanted],
            "work": shown([work], name=lambda _work: name, href=None)[0],
            "form": form,
            "back": back,
        },
        status=422 if form.errors else 200,
    )
