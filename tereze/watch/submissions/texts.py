"""What we write to an administrator, in their language: short, about what, how, and who asks.

Nothing here says who handed the chat over, nor how their phone names the author.
"""

from collections.abc import Sequence
from urllib.parse import quote
from zoneinfo import ZoneInfo

from tereze.watch.models import ChatAdministrator, ChatRequest, Message
from tereze.watch.reasons import told


SHOWN = 5  # publications in one message; the page behind the link shows all
BEGINNING = 90  # letters of each
MEMO_VERSION = "2026-11"

ASK = {
    "ru": (
        "Здравствуйте! Пишет киберполиция, {unit}. В чате «{chat}», который вы ведёте, есть "
        "публикации с признаками мошенничества ({why}):\n\n{list}\n\n"
        "Пожалуйста, удалите их: нажмите на публикацию и удерживайте → Удалить → Удалить у всех. "
        "Если WhatsApp этого уже не даёт, исключите автора и предупредите участников.\n\n"
        "Потом откройте ссылку и нажмите «Удалил(а)». Если удалить нельзя или вы не согласны, "
        "напишите это там же:\n{link}\n\n"
        "Паролей, кодов и денег мы не просим. Проверить нас можно по телефону 102."
    ),
    "kk": (
        "Сәлеметсіз бе! Бұл киберполиция, {unit}. Сіз жүргізетін «{chat}» чатында алаяқтық "
        "белгілері бар жазбалар бар ({why}):\n\n{list}\n\n"
        "Оларды өшіруіңізді сұраймыз: жазбаны басып тұрыңыз → Жою → Барлығынан жою. "
        "WhatsApp енді рұқсат бермесе, авторды шығарып, қатысушыларға ескертіңіз.\n\n"
        "Содан кейін сілтемені ашып, «Өшірдім» түймесін басыңыз. Өшіру мүмкін болмаса немесе "
        "келіспесеңіз, сол жерге жазыңыз:\n{link}\n\n"
        "Біз құпиясөз, код және ақша сұрамаймыз. Бізді 102 нөмірі арқылы тексеруге болады."
    ),
}
REMIND = {
    "ru": (
        "Здравствуйте! Киберполиция, {unit}: напоминаем о публикациях с признаками мошенничества "
        "в чате «{chat}». Их ещё могут прочитать ваши соседи. Удалите их и ответьте по ссылке:\n{link}"
    ),
    "kk": (
        "Сәлеметсіз бе! Киберполиция, {unit}: «{chat}» чатындағы алаяқтық белгілері бар жазбалар "
        "туралы еске саламыз. Оларды көршілеріңіз әлі оқуы мүмкін. Өшіріп, сілтеме арқылы жауап "
        "беріңіз:\n{link}"
    ),
}
WITHDRAW = {
    "ru": (
        "Здравствуйте! Киберполиция, {unit}: просьбу удалить публикации в чате «{chat}» мы "
        "отзываем, удалять их не нужно. Извините за беспокойство."
    ),
    "kk": (
        "Сәлеметсіз бе! Киберполиция, {unit}: «{chat}» чатындағы жазбаларды өшіру туралы "
        "өтінішімізді қайтарып аламыз, өшірудің қажеті жоқ. Мазалағанымыз үшін кешіріңіз."
    ),
}
MEMO_NOTE = {
    "ru": "Здравствуйте! Киберполиция, {unit}. Памятка администратору чата, как обещали:\n\n{memo}",
    "kk": "Сәлеметсіз бе! Киберполиция, {unit}. Уәде еткен чат әкімшісінің жаднамасы:\n\n{memo}",
}
MEMO = {
    "ru": {
        "title": "Памятка администратору чата",
        "parts": [
            (
                "Что удалять сразу",
                [
                    "«Куплю карту», «нужны карты, оплата сразу», «сдай счёт в аренду»: так ищут дропперов, это статья 232-1 УК РК.",
                    "Лёгкий заработок за переводы, лайки и «задания», куда сначала надо внести деньги.",
                    "Ссылки на «выплаты», «компенсации», «голосование», где просят номер карты или код из СМС.",
                    "«Звонят из банка, полиции, КНБ» и просят код, перевод на «безопасный счёт» или оформить кредит.",
                ],
            ),
            (
                "Как удалить",
                [
                    "Нажмите на публикацию и удерживайте, затем «Удалить» и «Удалить у всех».",
                    "WhatsApp даёт это примерно двое суток: не откладывайте.",
                    "Автора можно исключить: сведения о группе → участник → «Удалить из группы».",
                    "Прежде чем удалять, не пересылайте и не переходите по ссылкам.",
                ],
            ),
            (
                "Как прислать нам",
                [
                    "Откройте чат → меню → «Ещё» → «Экспорт чата» → «Без медиафайлов».",
                    "Отправьте файл через страницу {address}",
                    "Никто из участников не узнает, кто прислал. Обычные сообщения мы удаляем через 7 дней.",
                ],
            ),
            (
                "Когда мы пишем вам",
                [
                    "Просим удалить и ответить по ссылке; решаете вы, ответ «не согласен» тоже ответ.",
                    "Не просим паролей, кодов и денег. Проверить нас: 102.",
                    "Чтобы мы удалили ваши имя и номер из реестра, скажите нам об этом.",
                ],
            ),
        ],
    },
    "kk": {
        "title": "Чат әкімшісіне жаднама",
        "parts": [
            (
                "Нені бірден өшіру керек",
                [
                    "«Карта сатып аламын», «карта керек, ақшасы бірден», «шотыңды жалға бер»: дропперлерді осылай іздейді, бұл ҚР ҚК 232-1-бабы.",
                    "Аударым, лайк немесе «тапсырма» үшін оңай табыс: алдымен ақша салуды сұрайды.",
                    "«Төлем», «өтемақы», «дауыс беру» сілтемелері: карта нөмірін немесе СМС кодын сұрайды.",
                    "«Банктен, полициядан, ҰҚК-ден» қоңырау шалып, код, «қауіпсіз шотқа» аударым немесе несие сұрау.",
                ],
            ),
            (
                "Қалай өшіреді",
                [
                    "Жазбаны басып тұрыңыз, содан кейін «Жою» және «Барлығынан жою».",
                    "WhatsApp бұған шамамен екі тәулік береді: кейінге қалдырмаңыз.",
                    "Авторды топтан шығаруға болады: топ туралы мәлімет → қатысушы → «Топтан шығару».",
                    "Өшірмес бұрын басқаларға жібермеңіз және сілтемелерді ашпаңыз.",
                ],
            ),
            (
                "Бізге қалай жіберуге болады",
                [
                    "Чатты ашыңыз → мәзір → «Тағы» → «Чатты экспорттау» → «Медиафайлдарсыз».",
                    "Файлды мына бетте жіберіңіз: {address}",
                    "Кім жібергенін қатысушылардың ешқайсысы білмейді. Қарапайым жазбаларды 7 күннен кейін өшіреміз.",
                ],
            ),
            (
                "Біз сізге жазғанда",
                [
                    "Өшіруді және сілтеме арқылы жауап беруді сұраймыз; шешімді сіз қабылдайсыз, «келіспеймін» де жауап.",
                    "Құпиясөз, код және ақша сұрамаймыз. Бізді тексеру: 102.",
                    "Атыңыз бен нөміріңізді тізілімнен өшіру үшін бізге айтыңыз.",
                ],
            ),
        ],
    },
}


def ask(request: ChatRequest, messages: Sequence[Message], link: str) -> str:
    return ASK[request.language].format(
        unit=unit_name(request), chat=request.source.title, link=link,
        why=reasons(messages, request.language), list=listed(request, messages),
    )  # fmt: skip


def remind(request: ChatRequest, link: str) -> str:
    return REMIND[request.language].format(
        unit=unit_name(request), chat=request.source.title, link=link
    )


def withdraw(request: ChatRequest) -> str:
    return WITHDRAW[request.language].format(unit=unit_name(request), chat=request.source.title)


def unit_name(request: ChatRequest) -> str:
    unit = request.source.unit
    return (unit.name_kk if request.language == "kk" else "") or unit.name


def reasons(messages: Sequence[Message], language: str) -> str:
    return "; ".join(dict.fromkeys(told(message)[language] for message in messages))


def listed(request: ChatRequest, messages: Sequence[Message]) -> str:
    zone = ZoneInfo(request.source.unit.zone)
    rows = []
    for message in messages[:SHOWN]:
        words = " ".join(message.masked.split())
        cut = words[:BEGINNING] + ("…" if len(words) > BEGINNING else "")
        rows.append(f"– {message.sent_at.astimezone(zone):%d.%m %H:%M} «{cut}»")
    if len(messages) > SHOWN:
        more = {"ru": "и ещё {n}: см. по ссылке", "kk": "тағы {n}: сілтемеден қараңыз"}
        rows.append("– " + more[request.language].format(n=len(messages) - SHOWN))
    return "\n".join(rows)


def memo_text(administrator: ChatAdministrator, address: str) -> str:
    """The memo as a message."""
    memo = MEMO[administrator.language]
    blocks = []
    for title, points in memo["parts"]:
        blocks.append("\n".join([f"*{title}*", *(f"• {point}" for point in points)]))
    whole = "\n\n".join([f"*{memo['title']}*", *blocks]).format(address=address)
    unit = administrator.unit
    name = (unit.name_kk if administrator.language == "kk" else "") or unit.name
    return MEMO_NOTE[administrator.language].format(unit=name, memo=whole)


def wa_me(phone: str, text: str) -> str:
    """Opens WhatsApp with the text ready; a person sends it."""
    digits = "".join(letter for letter in phone if letter.isdigit())
    return f"https://wa.me/{digits}?text={quote(text)}"
