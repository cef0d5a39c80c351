"""A scenario dies at every point where it could; after each death nothing may be lost."""
