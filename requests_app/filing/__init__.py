"""Filing in a browser: five questions, one a page, kept in a draft until they are sent."""
