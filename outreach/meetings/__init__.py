"""Owners' meetings: questions and majorities, counting of votes, dates, and the papers."""
