from tereze.demo.standins.platform import create_app
from tereze.demo.standins.serving import main


main(create_app, name="platform", port=8082)
