"""What reading one scan may cost, and how closely it is looked at."""

#: The child's address space in bytes: models and libraries map 1.0 GB of it, a photo of 50
#: megapixels takes 1.4 GB in all, of which 0.9 GB are ever touched.
MEMORY = 2048 * 1024 * 1024
#: Its processor time and its whole time in seconds; most scans take 2 to 4 seconds of the former,
#: and a busy machine may give them slowly.
PROCESSOR_SECONDS = 20
WALL_SECONDS = 60

#: A PDF is looked at for so many pages, drawn with so many dots to the inch.
MOST_PAGES = 3
DOTS_PER_INCH = 200

#: The long side, in pixels, at which lines of text are looked for: first quickly, then closely.
SIDES = (960, 1600)
#: Lines are cut from a page no larger than this; more than that adds no detail.
LARGEST_SIDE = 4000
