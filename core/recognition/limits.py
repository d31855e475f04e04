"""What reading one scan may cost, and how closely it is looked at."""

#: The child's address space in bytes, its processor time and its whole time in seconds. The models
#: take about 0.4 GB; a page of 50 megapixels as the child holds it takes as much again.
MEMORY = 2048 * 1024 * 1024
PROCESSOR_SECONDS = 20
WALL_SECONDS = 20

#: A PDF is looked at for so many pages, drawn with so many dots to the inch.
MOST_PAGES = 3
DOTS_PER_INCH = 200

#: The long side, in pixels, at which lines of text are looked for: first quickly, then closely.
SIDES = (960, 1600)
#: Lines are cut from a page no larger than this; more than that adds no detail.
LARGEST_SIDE = 4000
