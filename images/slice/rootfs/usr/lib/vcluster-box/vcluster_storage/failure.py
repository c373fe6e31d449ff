"""What a program reports when it cannot do what was asked."""


class Failed(Exception):
    """The message is for the user; the program ends with `status`."""

    def __init__(self, message: str, status: int = 5) -> None:
        super().__init__(message)
        self.status = status


class BadUsage(Failed):
    """LVM's programs end with status 3 then."""

    def __init__(self, message: str) -> None:
        super().__init__(message, 3)
