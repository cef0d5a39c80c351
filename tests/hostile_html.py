"""Pieces of markup that, repeated, take parsers minutes, gigabytes, or their stack."""

HOSTILE = (
    "<a ",
    "<b\t",
    "<a b='",
    '<a b="',
    "<![",
    "<!--",
    "</",
    "<?",
    "<div>",
    "<ul><li>",
    "<h1><p>",
    "<template>",
    "<frameset>",
    "<svg><title>",
    "<x></y>",
    "\0",
    "&#1",
    "<p>" + "".join(f"<b a={n}>" for n in range(300)) + "<p>x" * 900,
    "<p " + " ".join(f"a{n}=" for n in range(9000)),
)
