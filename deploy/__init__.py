"""What runs the portal: embedded servers, the supervisor of `make run`, the reverse proxy."""
