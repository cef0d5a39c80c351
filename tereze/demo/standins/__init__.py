"""Small servers that stand in for the outside world: a Bot API, a classifieds site, a mail box."""
