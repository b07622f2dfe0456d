"""Personal reception: times made from hours, bookings that cannot double, letters, pages, API."""
