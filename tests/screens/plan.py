"""Which pages are looked at, and as whom."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Screen:
    name: str
    address: str
    role: str = ""  # nobody logged in: a resident
    follow: str = ""  # then this link of the page, for pages whose address is a random id
    both_themes: bool = False
    is_wall: bool = False  # read from across the room: contrast AAA

    @property
    def is_public(self) -> bool:
        return not self.role


SCREENS = [
    Screen("01-home", "/", both_themes=True),
    Screen("02-report", "/report/"),
    Screen("03-check", "/check/"),
    Screen("04-reports", "/desk/intake/", role="duty_officer"),
    Screen("05-report", "/desk/intake/", role="chief", follow="a.item-title"),
    Screen("06-call", "/desk/intake/new/", role="dispatcher"),
    Screen("07-case", "/desk/cases/", role="operative", follow="a.item-title >> text=Айбек"),
    Screen("08-portal", "/portal/", role="partner"),
    Screen("09-wall", "/desk/wall/", role="duty_officer", both_themes=True, is_wall=True),
    Screen("10-figures", "/desk/figures/", role="chief"),
    Screen("11-warnings", "/warnings/"),
    Screen("12-requests", "/desk/requests/", role="chief"),
    Screen("13-radar", "/desk/radar/", role="operative", both_themes=True),
    Screen("14-appeals", "/desk/appeals/", role="chief"),
    Screen("15-appeal-code", "/appeal-code/"),
    Screen("16-chats", "/desk/chats/", role="it_specialist"),
    Screen("17-chat", "/desk/chats/", role="it_specialist", follow="main table th a:first-child"),
    Screen("18-matrix", "/desk/chats/new/matrix/", role="it_specialist"),
    Screen("19-lists", "/desk/chats/lists/", role="it_specialist"),
    Screen("20-site", "/desk/chats/new/site/", role="it_specialist"),
    Screen(
        "21-page", "/desk/chats/", role="it_specialist", follow="main table th a >> text=Акимат"
    ),
    Screen("22-rules", "/desk/rules/?scheme=rent_deposit", role="it_specialist"),
    Screen("23-new-rule", "/desk/rules/new/", role="it_specialist"),
    Screen("24-shift", "/desk/shift/", role="duty_officer", both_themes=True),
    Screen("25-whatsapp", "/whatsapp/", both_themes=True),
    Screen("26-submissions", "/desk/whatsapp/", role="chief"),
    Screen("27-administrators", "/desk/administrators/", role="chief"),
    Screen("28-new-administrator", "/desk/administrators/new/", role="chief"),
    Screen("29-reach", "/desk/wall/calls/reach/", role="duty_officer", both_themes=True),
    Screen("30-message", "/desk/wall/", role="chief", follow="[data-item] [data-open]"),
    Screen(
        "31-submission",
        "/desk/whatsapp/",
        role="chief",
        follow="a.item-title[href*='/whatsapp/']:not([href*='/requests/'])",
    ),
    Screen(
        "32-chat-request",
        "/desk/whatsapp/",
        role="chief",
        follow="a.item-title[href*='/requests/']",
    ),
    Screen(
        "33-administrator",
        "/desk/administrators/",
        role="chief",
        follow="main a[href*='/memo/'], main table th a, main a.item-title",
    ),
]
WIDTHS = (390, 1440)
LANGUAGES = ("ru", "kk")
FIRST_PAGE_LIMIT = 60_000  # bytes over the line, with everything the page asks for
