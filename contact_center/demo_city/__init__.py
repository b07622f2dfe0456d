"""The invented city of the demo: its drawing, and the streets its houses stand on."""
