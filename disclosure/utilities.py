"""The utilities of a building, as the law counts them (ПП РФ № 354, appendix 1)."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Utility(models.TextChoices):
    """A utility that somebody supplies to a building."""

    COLD_WATER = "cold_water", _("Cold water")
    HOT_WATER = "hot_water", _("Hot water")
    HEATING = "heating", _("Heating")
    SEWERAGE = "sewerage", _("Sewage")
    ELECTRICITY = "electricity", _("Electricity")
    GAS = "gas", _("Gas")
    WASTE = "waste", _("Waste")
