"""The methodologies, one file a version; a version that was published is never edited."""
