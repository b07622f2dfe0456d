"""Sign-in through an OpenID Connect provider that the environment names (a state sign-in)."""
