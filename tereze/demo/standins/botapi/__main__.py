from tereze.demo.standins.botapi import create_app, example
from tereze.demo.standins.serving import main


main(create_app, name="botapi", port=8081, fill=lambda app: example.fill(app.state.city))
