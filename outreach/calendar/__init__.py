"""The calendar of everything: seminars, days of reception, planned outages."""
