"""Public registers of houses and organisations, and how they get into the portal.

One module a layout turns a line into a value of `rows`; `reading` knows files and finds the
layout by the header; `houses` and `organisations` store batches; `runs` drives one file.
"""
