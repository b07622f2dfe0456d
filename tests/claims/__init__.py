"""Tests of money back."""
