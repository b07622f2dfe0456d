"""The project itself: the roof over the other rooms."""

from django.apps import AppConfig
from django.contrib.admin.apps import AdminConfig
from django.utils.translation import gettext_lazy as _


class ContactCenterConfig(AppConfig):
    name = "contact_center"
    verbose_name = _("Contact centre")


class DeskConfig(AdminConfig):
    """Django's admin with the operators' front page."""

    default_site = "contact_center.desk_site.DeskSite"
