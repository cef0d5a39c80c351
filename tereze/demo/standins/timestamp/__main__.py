from tereze.demo.standins.serving import main
from tereze.demo.standins.timestamp import create_app


main(create_app, name="timestamp", port=8084, fill=lambda _app: None)
