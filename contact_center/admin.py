"""What the roof itself shows at the desk."""

from contact_center.own_data.admin import ErasureAdmin

__all__ = ["ErasureAdmin"]
