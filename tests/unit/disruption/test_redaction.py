import pytest

from tereze.disruption.redaction import Own, redact


OWN = Own(frozenset({"+77011234567", "aigul@mail.kz"}), ("Айгүл Серікқызы Нұрланова",))


@pytest.mark.parametrize(
    ("text", "gone", "kept"),
    [
        ("Карта 4400 4301 2345 6783, не приходит", "6783", "не приходит"),
        ("карта 4400430123456783", "4400430123456783", "карта"),
        ("ИИН 061211600012", "061211600012", "ИИН"),
        ("ИИН: 900101 300125", "300125", "ИИН"),  # also one with a slip in it
        ("Мой телефон 8 747 222 33 44, звоните", "222 33 44", "звоните"),  # named by nobody else
        ("Звоните мне 8 (701) 123-45-67", "123-45-67", "Звоните мне"),
        ("почта aigul@mail.kz", "aigul", "почта"),
        ("Мошенник звонил с +7 705 111 22 33", "заявителя", "+7 705 111 22 33"),
        ("Айгүл Нұрланова перевела деньги", "Нұрланова", "перевела деньги"),
        ("передайте Айгүлге", "Айгүл", "передайте"),
        ("у Нұрлановой украли", "Нұрланов", "украли"),
        ("пишет АЙГҮЛ", "АЙГҮЛ", "пишет"),
        ("у Нурлановой Айгуль украли", "Нурланов", "украли"),
        ("Айгуль Сериковна", "Айгуль", "Сериковна"),
        ("Transfer from AIGUL NURLANOVA", "NURLANOVA", "Transfer from"),
    ],
)
def test_what_is_the_victims_stays_in_the_house(text: str, gone: str, kept: str) -> None:
    safe = redact(text, OWN)
    assert gone not in safe
    assert kept in safe


def test_a_name_from_a_passport_is_known_in_cyrillic_too() -> None:
    safe = redact("Жанибек и Шыңғыс", Own(names=("Zhanibek", "Shyngys")))
    assert "Жанибек" not in safe
    assert "Шыңғыс" not in safe


def test_a_text_without_anything_personal_is_left_alone() -> None:
    text = "Предоплата за iPhone, продавец Айбек, +7 705 111 22 33, объявление olx:r9sfK"
    assert redact(text) == text
