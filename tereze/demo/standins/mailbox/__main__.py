from tereze.demo.standins.mailbox import create_app
from tereze.demo.standins.serving import arguments, require_free, serve


def main() -> None:
    parser = arguments("mailbox", 8083)
    parser.add_argument("--smtp-port", type=int, default=8025)
    options = parser.parse_args()
    require_free(options.host, options.port, "--port")
    require_free(options.host, options.smtp_port, "--smtp-port")
    app = create_app(options.state, smtp_port=options.smtp_port, host=options.host)
    serve(app, options.host, options.port)


main()
