"""
Open311 GeoReport v2, below /open311/v2/: requests for other cities' fronts, in JSON and in XML.

A file is one notion: `formats` (one structure, two writings), `errors`, `endpoint` (what every call
has around it), `windows` (dates), `discovery`, `services`, `keys` (who sends), `attributes`,
`location` (which house is meant), `filing`, `rows` (a request as strangers see it), `searching`,
`states` (their words for ours), `updates` (read) and `telling` (write), `remote_photos`.
What we chose where the standard is silent: docs/open311.md.
"""
