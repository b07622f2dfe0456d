"""The floor: Django with no middleware and no rules, doing the portal's own statements."""
