"""Papers of this room: the letter to the housing inspectorate."""
