"""What authors have written can be read, whole."""


def test_every_course_is_read_without_a_remark(idle_app):
    done = idle_app.test_cli_runner().invoke(args=["courses", "check"])
    assert done.exit_code == 0, done.output
