"""How large a scan may be, and what a check of it may cost."""

LARGEST_FILE = 15 * 1024 * 1024
MOST_PAGES = 60
MOST_PIXELS = 50_000_000

#: Previews: how many pages, and their long side in pixels.
MOST_PREVIEWS = 10
PREVIEW_SIDE = 1400

#: The child's memory in bytes, its processor time and its whole time in seconds.
MEMORY = 1024 * 1024 * 1024
PROCESSOR_SECONDS = 15
WALL_SECONDS = 25

#: Spreadsheets: parts of the archive, their size unpacked, and how often that may exceed the file.
MOST_PARTS = 2_000
LARGEST_UNPACKED = 200 * 1024 * 1024
HIGHEST_RATIO = 150

#: So many rows and columns of a table are looked at.
MOST_ROWS = 20_000
MOST_COLUMNS = 100
