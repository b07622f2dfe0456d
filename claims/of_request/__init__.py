"""Pages of the claims on one request; below /requests/<number>/, where its opened code is known."""
