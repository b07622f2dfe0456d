"""The registry and what companies disclose, for programs; what pages show and nothing more."""
