"""Questions at the desk of the experts: the most pressing first, the answer, the public text."""

from __future__ import annotations

from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import URLPattern, path, reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.timezone import now
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

from outreach import senders
from outreach.models import Question
from outreach.questions import asking, taking
from requests_app.admin import access
from requests_app.admin.titles import PluralTitle

REFUSALS = (taking.Colleagues, taking.Over, asking.Declined, asking.Answered)


class StateFilter(admin.SimpleListFilter):
    """What waits, what is late, what is answered or published."""

    title = _("state")
    parameter_name = "state"
    WORDS: tuple[tuple[str, Any], ...] = (
        ("waiting", _("waits for an answer")),
        ("late", _("late")),
        ("answered", _("answered")),
        ("published", _("published")),
        ("declined", _("declined")),
    )

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        """Offer them."""
        return list(self.WORDS)

    def queryset(self, request: HttpRequest, rows: QuerySet[Question]) -> QuerySet[Question]:
        """Narrow the rows."""
        found: QuerySet[Question] = rows.in_state(self.value() or "", at=now())  # type: ignore[attr-defined]
        return found


@admin.register(Question)
class QuestionAdmin(PluralTitle):
    """
    The experts' queue. Saving keeps a draft; the buttons answer, publish and hide.

    Name and address are not shown: the letter finds the asker by itself.
    """

    list_display = ("asked_at", "topic", "beginning", "answer_by", "state", "expert", "may_publish")
    list_select_related = ("taking__by",)
    list_filter = (StateFilter, "topic")
    show_facets = admin.ShowFacets.NEVER
    search_fields = ("public_question",)
    list_per_page = 50
    show_full_result_count = False
    ordering = ("answered_at", "answer_by", "pk")
    fieldsets = (
        (None, {"fields": ("asked_at", "answer_by", "topic", "text", "may_publish")}),
        (_("To the asker"), {"fields": ("answer", "guide", "state", "expert", "request_link")}),
        (_("For everybody"), {"fields": ("public_question", "public_answer")}),
    )
    change_form_template = "admin/outreach/question/change_form.html"

    def get_readonly_fields(self, request: HttpRequest, obj: Question | None = None) -> Any:
        """Leave the asker's words alone, and an answer that has left; hide before rewriting."""
        fixed: tuple[str, ...] = ("asked_at", "answer_by", "text", "may_publish", "state")
        fixed += ("expert", "request_link")
        if obj is not None and obj.declined_at is not None:
            return (*fixed, "topic", "answer", "guide", "public_question", "public_answer")
        if obj is not None and obj.answered_at is not None:
            fixed += ("answer",)
        if obj is not None and obj.published_at is not None:
            fixed += asking.PUBLIC
        return fixed

    def get_queryset(self, request: HttpRequest) -> QuerySet[Question]:
        """Leave out what is erased, and the search vector."""
        return super().get_queryset(request).filter(erased_at=None).defer("search")

    def get_urls(self) -> list[URLPattern]:
        """Add the buttons."""
        view = self.admin_site.admin_view(require_POST(self.act))
        return [
            path("<int:pk>/do/", view, name="outreach_question_do"),
            *super().get_urls(),
        ]

    @admin.display(description=_("question"))
    def beginning(self, question: Question) -> str:
        """Return the first words."""
        return question.text[:90]

    @admin.display(description=_("state"))
    def state(self, question: Question) -> str:
        """Return where it stands."""
        words = dict(StateFilter.WORDS)[question.stands(at=now())]
        return f"{words}: {question.decline_reason}" if question.declined_at else str(words)

    @admin.display(description=_("expert"))
    def expert(self, question: Question) -> str:
        """Return who works on it."""
        taking = getattr(question, "taking", None)
        return str(taking.by) if taking is not None else "—"

    def save_model(self, request: HttpRequest, obj: Question, form: Any, change: bool) -> None:  # noqa: FBT001 - Django's
        """Keep the draft by the rule that programs follow too."""
        names = {"guide": "guide_id"}
        written = {
            names.get(name, name): getattr(obj, names.get(name, name)) for name in form.changed_data
        }
        try:
            asking.write(obj, asking.Draft(**written), by=access.operator_of(request))
        except senders.Invalid as invalid:
            for words in invalid.errors.values():
                messages.error(request, words)
        except REFUSALS as refused:
            messages.error(request, str(refused))

    @admin.display(description=_("more than a question"))
    def request_link(self, question: Question) -> SafeString:
        """Return the way to file what turns out to be a fault, which puts it under the clock."""
        address = reverse("admin:requests_app_request_add")
        return format_html('<a href="{}">{}</a>', address, _("File a request"))

    def act(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Take, give back, answer, publish, hide or decline, as the pressed button says."""
        question = self.get_queryset(request).filter(pk=pk).first()
        if question is None:
            raise Http404
        if not self.has_change_permission(request):
            raise PermissionDenied
        actor = access.operator_of(request)
        try:
            match request.POST.get("do"):
                case "take":
                    over = "over" in request.POST
                    taking.take(question, by=actor, at=now(), over=over)
                    messages.success(request, _("The question is yours now."))
                case "give_back":
                    taking.give_back(question, by=actor)
                    messages.success(request, _("Others can take the question."))
                case "decline":
                    reason = request.POST.get("reason", "")
                    asking.decline(question, reason=reason, by=actor, at=now())
                    messages.success(request, _("The asker is told why."))
                case "answer":
                    asking.answer(question, by=actor, at=now())
                    messages.success(request, _("The answer is on its way."))
                case "publish":
                    asking.publish(question, at=now())
                    messages.success(request, _("Everybody may read it now."))
                case "hide":
                    asking.hide(question)
                    messages.success(request, _("It is off the public pages."))
        except senders.Invalid as invalid:
            for words in invalid.errors.values():
                messages.error(request, words)
        except REFUSALS as refused:
            messages.error(request, str(refused))
        return redirect("admin:outreach_question_change", question.pk)

    def has_add_permission(self, request: HttpRequest) -> bool:
        """By the public page only."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Question | None = None) -> bool:
        """Never: what is old is erased by itself."""
        return False
