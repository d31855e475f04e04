"""Messages to students and representatives: what waits to be sent, and what went out."""
