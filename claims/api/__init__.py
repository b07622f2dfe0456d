"""Money for programs: what a bill is reduced by, tariffs, what was won, who has free legal aid."""
