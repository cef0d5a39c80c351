from tereze.demo.standins.mailbox import create_app
from tereze.demo.standins.serving import arguments, configured


def main() -> None:
    parser = arguments("mailbox", 8083)
    parser.add_argument("--smtp-port", type=int, default=8025)
    options = parser.parse_args()
    app = create_app(options.state, smtp_port=options.smtp_port, host=options.host)
    configured(app, options.host, options.port).run()


main()
