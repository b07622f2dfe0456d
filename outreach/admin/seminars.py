"""Seminars at the desk: the programme, its meetings and files; who signed up; certificates."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django import forms
from django.conf import settings
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import Max, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.timezone import now
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from accounts import contact_looks, uploads
from accounts.audit import AuditedAdmin, Table
from accounts.client_address import client_address
from accounts.models import Upload
from accounts.phones import in_words
from disclosure.sheets.writing import XLSX_TYPE
from outreach.models import (
    Certificate,
    Feedback,
    Material,
    Meeting,
    Seminar,
    SeminarState,
    SignUp,
)
from outreach.seminars import certificates, programme, sheets, signing_up
from requests_app.admin.access import SEE_CONTACT
from requests_app.admin.titles import PluralTitle
from requests_app.typed_text import one_line


class SeminarForm(forms.ModelForm):
    """A seminar; called off by its button, not here."""

    district = forms.ChoiceField(label=_("district"), required=False)
    # What is typed without a scheme is meant as a safe address.
    online_link = forms.URLField(
        label=_("link of the video call"),
        required=False,
        max_length=200,
        assume_scheme="https",
        help_text=_("Shown only to those signed up."),
    )

    class Meta:
        model = Seminar
        fields = (
            *("title", "topic", "about", "audience", "speaker", "state", "place", "district"),
            *("house", "online_link", "capacity", "closes_at", "certificate_after"),
        )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "district" in self.fields:
            names = [("", "—"), *((name, name) for name in settings.CITY.districts)]
            self.fields["district"].choices = names  # type: ignore[attr-defined]
        if "state" in self.fields:
            shown = (SeminarState.DRAFT, SeminarState.OPEN)
            self.fields["state"].choices = [  # type: ignore[attr-defined]
                (state.value, state.label) for state in shown
            ]

    def clean(self) -> dict[str, Any]:
        """Refuse what people could not use."""
        found = super().clean() or {}
        if found.get("state") == SeminarState.OPEN:
            if not found.get("place") and not found.get("online_link"):
                self.add_error("place", _("Say where one meets: a place, a video call, or both."))
        elif self.instance.pk and self.instance.sign_ups.exists():
            self.add_error("state", _("People have signed up: it can only be called off."))
        return found


class MeetingForm(forms.ModelForm):
    """A meeting; the head of the table says what a box is for, this says it to all readers."""

    recording = forms.URLField(
        label=_("recording"), required=False, max_length=200, assume_scheme="https"
    )

    class Meta:
        model = Meeting
        fields = ("title", "starts_at", "ends_at", "recording")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            field.widget.attrs["aria-label"] = str(field.label)


class MeetingFormSet(forms.BaseInlineFormSet):
    """The meetings; judged together with what the seminar promises."""

    def clean(self) -> None:
        """Refuse an open seminar without meetings, or one that closes after it has begun."""
        super().clean()
        kept = [
            form.cleaned_data
            for form in self.forms
            if form.cleaned_data and not form.cleaned_data.get("DELETE")
        ]
        starts = [row["starts_at"] for row in kept if row.get("starts_at")]
        seminar = self.instance
        if seminar.state != SeminarState.OPEN:
            return
        if not starts:
            raise forms.ValidationError(_("A seminar of the programme has at least one meeting."))
        if seminar.closes_at and seminar.closes_at > min(starts):
            raise forms.ValidationError(_("Sign-up must close before the first meeting begins."))
        if seminar.certificate_after and seminar.certificate_after > len(starts):
            raise forms.ValidationError(
                _("A certificate cannot ask for more meetings than there are.")
            )


class MeetingInline(admin.TabularInline):
    """The meetings of a seminar."""

    model = Meeting
    form = MeetingForm
    formset = MeetingFormSet
    # Another row is a press; an empty one beside the last would be taken for a meeting forgotten.
    extra = 0
    min_num = 1


class MaterialInline(admin.TabularInline):
    """The files of a seminar; added by the form above, where they are checked."""

    model = Material
    extra = 0
    fields = ("title", "position", "size")
    readonly_fields = ("size",)

    def has_add_permission(self, request: HttpRequest, obj: Seminar | None = None) -> bool:
        """By the form that checks the file only."""
        return False

    @admin.display(description=_("size"))
    def size(self, material: Material) -> str:
        """Return the size in words."""
        return f"{material.upload.size // 1024} KB"


class WhenFilter(admin.SimpleListFilter):
    """Coming or past."""

    title = _("when")
    parameter_name = "when"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        """Offer them."""
        return [("coming", _("coming")), ("past", _("over"))]

    def queryset(self, request: HttpRequest, rows: Any) -> Any:
        """Narrow the rows."""
        match self.value():
            case "coming":
                return rows.upcoming(now())
            case "past":
                return rows.over(now())
        return rows


@admin.register(Seminar)
class SeminarAdmin(AuditedAdmin, PluralTitle):
    """The programme. A change of time, place or link is told to everybody signed up."""

    audits = (Table("outreach.SeminarAudit"),)
    form = SeminarForm
    list_display = ("title", "begins", "seats", "waits", "state", "topic", "district")
    list_filter = (WhenFilter, "state", "topic")
    show_facets = admin.ShowFacets.NEVER
    search_fields = ("title", "speaker")
    show_full_result_count = False
    list_per_page = 50
    ordering = ("-pk",)
    autocomplete_fields = ("house",)
    inlines = (MeetingInline, MaterialInline)
    readonly_fields = ("cancel_reason",)
    fieldsets = (
        (None, {"fields": ("title", "topic", "about", "audience", "speaker", "state")}),
        (_("Where"), {"fields": ("place", "district", "house", "online_link")}),
        (_("Sign-up"), {"fields": ("capacity", "closes_at", "certificate_after")}),
    )
    change_form_template = "admin/outreach/seminar/change_form.html"

    def get_queryset(self, request: HttpRequest) -> QuerySet[Seminar]:
        """Return the seminars with their times and seats."""
        return Seminar.objects.with_times().with_seats()

    def get_fieldsets(self, request: HttpRequest, obj: Seminar | None = None) -> Any:
        """Say first why it was called off, if it was."""
        found = super().get_fieldsets(request, obj)
        if obj is None or obj.state != SeminarState.CANCELLED:
            return found
        return ((None, {"fields": ("cancel_reason",)}), *found)

    def get_readonly_fields(self, request: HttpRequest, obj: Seminar | None = None) -> Any:
        """Leave alone what was called off."""
        if obj is not None and obj.state == SeminarState.CANCELLED:
            names = [name for _title, part in self.fieldsets for name in part["fields"]]
            return (*names, "cancel_reason")
        return super().get_readonly_fields(request, obj)

    def get_urls(self) -> list[URLPattern]:
        """Add the buttons."""

        def wrapped(view: Any) -> Any:
            return self.admin_site.admin_view(view)

        return [
            path("<int:pk>/copy/", wrapped(require_POST(self.copy)), name="outreach_seminar_copy"),
            path(
                "<int:pk>/call-off/",
                wrapped(require_POST(self.call_off)),
                name="outreach_seminar_call_off",
            ),
            path("<int:pk>/file/", wrapped(require_POST(self.file)), name="outreach_seminar_file"),
            path(
                "<int:pk>/list.xlsx",
                wrapped(require_safe(self.sheet)),
                name="outreach_seminar_xlsx",
            ),
            *super().get_urls(),
        ]

    @admin.display(description=_("begins"), ordering="starts_at")
    def begins(self, seminar: Seminar) -> datetime | None:
        """Return when the first meeting begins."""
        found: datetime | None = seminar.starts_at  # type: ignore[attr-defined]
        return timezone.localtime(found) if found else None

    @admin.display(description=_("seats taken"))
    def seats(self, seminar: Seminar) -> str:
        """Return how many seats are taken of how many."""
        return f"{seminar.taken} / {seminar.capacity}"  # type: ignore[attr-defined]

    @admin.display(description=_("wait"))
    def waits(self, seminar: Seminar) -> int:
        """Return how many wait."""
        waiting: int = seminar.waiting  # type: ignore[attr-defined]
        return waiting

    def save_model(self, request: HttpRequest, obj: Seminar, form: Any, change: bool) -> None:  # noqa: FBT001 - Django's
        """Remember what people were told before it changes."""
        if change:
            signing_up.locked(obj.pk)
            form.told_before = programme.told(obj)
        super().save_model(request, obj, form, change)

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:  # noqa: FBT001 - Django's
        """Save the meetings, then tell people of what has changed."""
        super().save_related(request, form, formsets, change)
        if change:
            told = programme.tell_changes(form.instance, form.told_before, at=now())
            if told:
                messages.warning(
                    request,
                    ngettext(
                        "%(count)d person was told of the change.",
                        "%(count)d people were told of the change.",
                        told,
                    )
                    % {"count": told},
                )

    def copy(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Make a draft of the same seminar, a week or more ahead."""
        seminar = self._found(request, pk)
        if not self.has_add_permission(request):
            raise PermissionDenied
        made = programme.copy(seminar, at=now())
        messages.success(request, _("A copy, as a draft: look at the times."))
        return redirect("admin:outreach_seminar_change", made.pk)

    def call_off(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Call the seminar off and tell everybody."""
        seminar = self._found(request, pk)
        if not self.has_change_permission(request, seminar):
            raise PermissionDenied
        reason = one_line(request.POST.get("reason", ""))[:300]
        if not reason:
            messages.error(request, _("Say why: people read it in the letter."))
            return redirect("admin:outreach_seminar_change", pk)
        told = programme.call_off(seminar, reason=reason, at=now())
        if told is None:
            messages.error(request, _("Only what is in the programme and not over is called off."))
        else:
            messages.warning(
                request,
                ngettext(
                    "Called off; %(count)d person was told.",
                    "Called off; %(count)d people were told.",
                    told,
                )
                % {"count": told},
            )
        return redirect("admin:outreach_seminar_change", pk)

    def file(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Check a file and add it to the materials."""
        seminar = self._found(request, pk)
        if not self.has_change_permission(request, seminar):
            raise PermissionDenied
        sent, title = request.FILES.get("file"), one_line(request.POST.get("title", ""))[:160]
        if sent is None or not title:
            messages.error(request, _("Choose a file and say what it is."))
            return redirect("admin:outreach_seminar_change", pk)
        at = now()
        try:
            upload = uploads.accept(
                sent,
                by=request.actor,  # type: ignore[attr-defined]
                address=client_address(request),
                at=at,
            )
        except uploads.Rejected as rejected:
            messages.error(request, rejected.message)
            return redirect("admin:outreach_seminar_change", pk)
        last = seminar.materials.aggregate(last=Max("position"))["last"] or 0
        Upload.objects.filter(pk=upload.pk).update(claimed_at=at)
        Material.objects.create(seminar=seminar, title=title, upload=upload, position=last + 1)
        messages.success(request, _("The file is among the materials."))
        return redirect("admin:outreach_seminar_change", pk)

    def sheet(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Return the list as a workbook."""
        seminar = self._found(request, pk)
        if not request.user.has_perm("outreach.view_signup"):
            raise PermissionDenied
        answer = HttpResponse(sheets.xlsx(seminar), content_type=XLSX_TYPE)
        answer["Content-Disposition"] = f'attachment; filename="seminar-{seminar.pk}.xlsx"'
        return answer

    def _found(self, request: HttpRequest, pk: int) -> Seminar:
        if not self.has_view_permission(request):
            raise PermissionDenied
        return get_object_or_404(Seminar, pk=pk)

    def has_delete_permission(self, request: HttpRequest, obj: Seminar | None = None) -> bool:
        """Drafts only: what people saw is called off."""
        may = super().has_delete_permission(request, obj)
        return may and obj is not None and obj.state == SeminarState.DRAFT


@admin.register(SignUp)
class SignUpAdmin(PluralTitle):
    """Who signed up. The contact is shown by a noted press; the buttons confirm and cancel."""

    list_display = ("name", "title", "state", "code", "is_walk_in", "made_at")
    list_filter = ("state", "is_walk_in")
    show_facets = admin.ShowFacets.NEVER
    search_fields = ("name", "=email", "=phone", "=code", "seminar__title")
    list_select_related = ("seminar",)
    list_per_page = 50
    show_full_result_count = False
    ordering = ("-made_at", "-pk")
    fields = ("name", "title", "state", "code", "district", "made_at", "offered_until", "came")
    readonly_fields = fields
    change_form_template = "admin/outreach/signup/change_form.html"

    def get_queryset(self, request: HttpRequest) -> QuerySet[SignUp]:
        """Leave out what is erased."""
        return super().get_queryset(request).filter(erased_at=None)

    def get_urls(self) -> list[URLPattern]:
        """Add the buttons."""
        return [
            path(
                f"<int:pk>/{name}/",
                self.admin_site.admin_view(require_POST(view)),
                name=f"outreach_signup_{name}",
            )
            for name, view in (("contact", self.contact), ("do", self.do))
        ] + super().get_urls()

    @admin.display(description=_("seminar"), ordering="seminar__title")
    def title(self, sign_up: SignUp) -> str:
        """Return the seminar."""
        return sign_up.seminar.title

    @admin.display(description=_("meetings attended"))
    def came(self, sign_up: SignUp) -> int:
        """Return to how many meetings the person came."""
        return sign_up.attendances.count()

    def contact(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Note the look, then say how to reach the person."""
        row = self._found(request, pk)
        if not request.user.has_perm(SEE_CONTACT):
            raise PermissionDenied
        actor = request.actor  # type: ignore[attr-defined]
        contact_looks.record(f"seminar:{row.pk}", by=actor, at=now())
        reached = ", ".join(filter(None, (in_words(row.phone), row.email))) or "—"
        messages.info(request, f"{row.name}: {reached}")
        return redirect("admin:outreach_signup_change", row.pk)

    def do(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Say yes to an offered seat for who was asked by phone, or give the seat up."""
        row = self._found(request, pk)
        match request.POST.get("do"):
            case "confirm":
                done = signing_up.confirm(row, at=now())
            case "cancel":
                done = signing_up.cancel(row, at=now())
            case _:
                done = False
        if done:
            messages.success(request, _("Done; the person was written to if there is an address."))
        else:
            messages.error(request, _("Nothing has changed: it stands differently by now."))
        return redirect("admin:outreach_signup_change", row.pk)

    def _found(self, request: HttpRequest, pk: int) -> SignUp:
        row = self.get_queryset(request).filter(pk=pk).first()
        if row is None:
            raise Http404
        if not self.has_change_permission(request, row):
            raise PermissionDenied
        return row

    def has_add_permission(self, request: HttpRequest) -> bool:
        """By the page of the seminar only, for a caller too."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: SignUp | None = None) -> bool:
        """Never: what is old is erased by itself."""
        return False


@admin.register(Certificate)
class CertificateAdmin(AuditedAdmin, PluralTitle):
    """Certificates; a reason given annuls one for good."""

    audits = (Table("outreach.CertificateAudit"),)
    list_display = ("number", "holder", "seminar", "issued_at", "annulled_at")
    list_select_related = ("sign_up__seminar",)
    show_facets = admin.ShowFacets.NEVER
    search_fields = ("number", "sign_up__name")
    show_full_result_count = False
    list_per_page = 50
    ordering = ("-issued_at", "-pk")
    fields = ("number", "holder", "seminar", "issued_at", "meetings", "page", "annul_reason")
    readonly_fields = ("number", "holder", "seminar", "issued_at", "meetings", "page")

    def get_readonly_fields(self, request: HttpRequest, obj: Certificate | None = None) -> Any:
        """Leave the reason alone once it is annulled."""
        fixed = super().get_readonly_fields(request, obj)
        return (*fixed, "annul_reason") if obj is not None and obj.annulled_at else fixed

    @admin.display(description=_("holder"))
    def holder(self, certificate: Certificate) -> str:
        """Return the name."""
        return certificate.sign_up.name

    @admin.display(description=_("seminar"))
    def seminar(self, certificate: Certificate) -> str:
        """Return the seminar."""
        return certificate.sign_up.seminar.title

    @admin.display(description=_("page for everybody"))
    def page(self, certificate: Certificate) -> SafeString:
        """Return the way to the page that confirms it."""
        address = reverse("outreach:certificate", args=[certificate.number])
        return format_html('<a href="{}">{}</a>', address, certificate.number)

    def save_model(self, request: HttpRequest, obj: Certificate, form: Any, change: bool) -> None:  # noqa: FBT001 - Django's
        """Annul, if a reason was given."""
        reason = one_line(form.cleaned_data.get("annul_reason", ""))
        if certificates.annul(obj, reason=reason, at=now()):
            messages.warning(request, _("The certificate is annulled: its page says so now."))

    def has_add_permission(self, request: HttpRequest) -> bool:
        """By attendance only."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Certificate | None = None) -> bool:
        """Never: it is annulled."""
        return False


@admin.register(Feedback)
class FeedbackAdmin(PluralTitle):
    """What people thought; to read."""

    list_display = ("mark", "seminar", "text", "at")
    list_filter = ("mark",)
    list_select_related = ("sign_up__seminar",)
    show_facets = admin.ShowFacets.NEVER
    search_fields = ("text", "sign_up__seminar__title")
    show_full_result_count = False
    list_per_page = 50
    ordering = ("-at",)
    fields = ("seminar", "mark", "text", "at")
    readonly_fields = fields

    @admin.display(description=_("seminar"))
    def seminar(self, feedback: Feedback) -> str:
        """Return the seminar."""
        return feedback.sign_up.seminar.title

    def has_add_permission(self, request: HttpRequest) -> bool:
        """By the person's own page only."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: Feedback | None = None) -> bool:
        """Never."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Feedback | None = None) -> bool:
        """Never."""
        return False
