"""What every call of /api/v1/ stands on: `call.Call` and the notions beside it (docs/api.md)."""
