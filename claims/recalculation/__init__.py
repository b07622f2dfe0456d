"""
What a month's charge for a utility must be reduced by (ПП РФ № 354, appendix 1, sections IX–X).

Plain functions over values: no queries, no HTTP, no clock. `compute.calculate` is the door.
"""
