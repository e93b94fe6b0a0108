"""What a program reads from the environment."""

from tests.program.test_program import linked

from durability.engine.survey import map_of

ENV = (
    "import environ\nenv = environ.Env(DEBUG=(bool, False), PORT=(int, 80))\nSECRET_KEY = env('SECRET_KEY', default='x')\n"
    "DEBUG = env('DEBUG')\nPORT = env('PORT', int)\nNAME = env.str('DB_NAME', 'shop')\nPASSWORD = env('DB_PASSWORD')\n"
)


def test_what_django_environ_reads():
    found = {item.name: (item.default, item.missing) for item in map_of("x", linked(settings=ENV)).settings}
    assert found == {
        "SECRET_KEY": ("***", "default"),
        "DEBUG": ("False", "default"),
        "PORT": ("80", "default"),
        "DB_NAME": ("shop", "default"),
        "DB_PASSWORD": (None, "stops"),
    }
