"""Plots drawn on the server: a sentence, a drawing in two sizes, a table and a file.

Every function here is pure: values in, a :class:`Plot` out. A drawing is SVG text in
which each word is escaped; it has classes and no style of its own, because the site's
policy lets no inline style through. The wide drawing is for a desk, the narrow one for
a phone: each is laid out for its own width, so that its letters keep their size.
"""
