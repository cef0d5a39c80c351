from tereze.demo.standins.platform import create_app, example
from tereze.demo.standins.serving import main


main(create_app, name="platform", port=8082, fill=lambda app: example.fill(app.state.site))
