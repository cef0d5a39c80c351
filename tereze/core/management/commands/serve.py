from typing import Any

import uvicorn
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandParser

from tereze.core.processes import watch_supervisor


class Command(BaseCommand):
    help = "Pages and the live stream."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--host", default="127.0.0.1")
        parser.add_argument("--port", type=int, default=8000)

    def handle(self, *args: Any, **options: Any) -> None:
        call_command("collectstatic", interactive=False, verbosity=0)
        server = uvicorn.Server(
            uvicorn.Config(
                "tereze.asgi:application",
                host=options["host"],
                port=options["port"],
                log_level="warning",
                # open streams never end by themselves
                timeout_graceful_shutdown=2,
                proxy_headers=True,
            )
        )
        watch_supervisor(lambda: setattr(server, "should_exit", True))
        server.run()
