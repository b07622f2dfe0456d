"""The centre's public record: what it did for people, year by year."""
