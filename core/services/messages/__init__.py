"""Messages to students and their representatives: prepared from due dates, sent, and kept."""
