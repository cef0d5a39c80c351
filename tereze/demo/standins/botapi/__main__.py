from tereze.demo.standins.botapi import create_app
from tereze.demo.standins.serving import main


main(create_app, name="botapi", port=8081)
